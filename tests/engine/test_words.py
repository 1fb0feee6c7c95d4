"""Typed words that mean a button, in the language of the conversation and in English."""

from __future__ import annotations

import pytest

from bot.engine.folding import folded
from bot.engine.model import Text
from bot.engine.words import NO, OPENS, YES, flow_meant, means
from tests.engine.talk import START_CARD, Talk, a_flow, a_world, ask, language, say
from tests.fake_facts import NEWER

POLISH = language(
    "pl",
    {YES: "tak, dobrze", NO: "nie", OPENS["_back"]: "wstecz, wróć", OPENS["_forget"]: "wyjdź, koniec"},
)


@pytest.mark.parametrize(
    ("typed", "flow"),
    [
        ("stop", "_cancel"),
        ("STOP!", "_cancel"),
        (" help ", "_help"),
        ("go back", "_back"),
        ("menu", "_start"),
        ("languages", "_language"),
        ("privacy", "_privacy"),
        ("quit", "_forget"),
        ("wróć", "_back"),
        ("wroc", "_back"),  # without the marks that not every keyboard has
        ("koniec", "_forget"),
        ("stop it please", None),
        ("", None),
        ("helper", None),
    ],
)
def test_a_word_alone_opens_its_flow(typed: str, flow: str | None) -> None:
    assert flow_meant(folded(typed), POLISH) == flow


def test_a_word_works_on_a_card() -> None:
    talk = Talk(opens="mp")
    assert talk.say("help").steps == ["_help.commands"]
    assert talk.say("ok").steps == ["ask_mp.ask_place"]  # the only button goes on
    assert talk.press("part").say("back").steps == ["ask_mp.ask_place"]
    assert talk.say("stop").steps == ["_cancel.stopped", *START_CARD]
    assert talk.say("quit").session is None


def test_danger_opens_the_help_lines_from_anywhere() -> None:
    assert Talk(opens="mp").say("Emergency!").steps == ["urgent.show"]


@pytest.mark.parametrize(("typed", "step"), [("yes", "mp_answer.which_place"), ("no", "ask_mp.ask_place")])
def test_yes_and_no_press_the_buttons_that_mean_them(typed: str, step: str) -> None:
    assert step in Talk(opens="mp").say(NEWER).say(typed).steps


def test_yes_where_nothing_is_confirmed_presses_nothing() -> None:
    two = a_flow("tiny", ask("q", "a -> done", "b -> done"), say("done"))
    assert Talk(a_world(two), opens="tiny").say("yes").steps[0] == "_not_understood.sorry"


def test_a_label_goes_before_a_word() -> None:
    stop = a_flow("tiny", ask("q", "stop -> done", "go -> done"), say("done"))
    assert Talk(a_world(stop), opens="tiny").say("stop").steps[0] == "tiny.done"


@pytest.mark.parametrize("typed", ["\u200ftak\u200f", "ta\u200bk", "\u2067tak\u2069", "TAK.", "\ufefftak"])
def test_marks_that_nobody_sees_do_not_count(typed: str) -> None:
    assert means(YES, folded(typed), POLISH)


@pytest.mark.parametrize(("typed", "digits"), [("٢٣", "23"), ("۲۳", "23"), ("২৩", "23"), ("२३", "23"), ("２３", "23")])
def test_digits_of_every_script_are_digits(typed: str, digits: str) -> None:
    assert folded(typed) == digits


def test_every_word_is_a_text_for_translators() -> None:
    assert all(isinstance(text, Text) and text.context.startswith("words.") for text in (YES, NO, *OPENS.values()))
