"""What holds of every turn: tries that end, flows that come back, failures that are answered, nothing changed."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from bot.engine.drawing import draw
from bot.engine.machine import Turn, fail, redraw, step
from bot.engine.model import (
    Act,
    Edit,
    Event,
    Frame,
    Input,
    Mark,
    Said,
    Send,
    Session,
    Started,
    Tapped,
)
from bot.engine.walk import EndlessFlow
from tests.engine.talk import (
    AT,
    FLOWS,
    START_CARD,
    Talk,
    a_flow,
    a_world,
    ask,
    made_up_arabic,
    say,
    text_of,
    to,
    without,
    words,
)
from tests.fake_facts import FACTS, NO_RECORD, NOT_FOUND, PARTIAL, TODAY

ARABIC = made_up_arabic()

# --- answers that cannot be read


def test_after_as_many_tries_as_the_question_gives_the_conversation_goes_on() -> None:
    talk = Talk(opens="mp")
    question = talk.text
    again = talk.say("rubbish").text
    assert again != question
    assert "I cannot read this as a postcode." in again
    assert talk.steps == ["ask_mp.ask_place"]
    assert talk.say("more rubbish").steps == ["ask_mp.ask_name"]
    assert talk.say("qqq").steps == ["ask_mp.ask_name"]
    assert talk.say("qqq").steps == ["ask_mp.choose_area"]


def test_the_tries_count_anew_once_something_was_understood() -> None:
    talk = Talk(opens="mp").say("rubbish").press("part").say("rubbish").press("_back")
    assert talk.say("rubbish").steps == ["ask_mp.ask_place"]
    assert talk.say("rubbish").steps == ["ask_mp.ask_name"]


def test_the_shipped_menu_gives_three_tries() -> None:
    talk = Talk()
    assert [talk.say("rubbish").steps for _ in range(3)] == [["_start.menu"], ["_start.menu"], ["ask_mp.ask_place"]]


def test_without_words_of_its_own_the_question_stays_and_the_tries_still_count() -> None:
    asked = Input("postcode", "place", to("done"), to("other"), tries=3)
    talk = Talk(
        a_world(a_flow("tiny", say("hello", "q"), ask("q", input=asked), ask("done"), ask("other"))), opens="tiny"
    )
    for _ in range(2):
        assert talk.say("rubbish").steps == ["_not_understood.sorry", "tiny.hello", "tiny.q"]
    assert talk.say("rubbish").steps == ["tiny.other"]


def test_a_postcode_that_does_not_exist_is_an_answer_and_no_failed_try() -> None:
    assert Talk(opens="mp").say(NOT_FOUND).steps == ["mp_answer.not_found"]


def test_a_choice_cannot_be_answered_by_other_words() -> None:
    talk = Talk(opens="mp").press("rather_not")
    assert talk.say("somewhere else").steps == ["_not_understood.sorry", "ask_mp.choose_area"]


# --- what the machine promises of itself


def test_a_flow_that_never_asks_is_stopped() -> None:
    world = a_world(a_flow("tiny", say("a", "b"), say("b", "a")))
    with pytest.raises(EndlessFlow, match="tiny"):
        step(world, None, Started(AT, payload="tiny-en"))


def test_a_start_that_shows_nothing_is_stopped_too() -> None:
    nothing = Act("quiet", "pledge_words", {}, {"done": to("END")})
    with pytest.raises(EndlessFlow):
        step(a_world(a_flow("_start", nothing)), None, Started(AT, payload="-en"))


@pytest.mark.parametrize("event", [Started(AT), Said(AT, "rubbish"), Tapped(AT, "1:x")], ids=str)
def test_after_a_failure_only_the_language_is_left_and_the_start_is_offered(event: Event) -> None:
    world = a_world(languages=(ARABIC,))
    before = Talk(world, speaks="ar").say(NO_RECORD).kept
    turn = fail(world, before, event)
    assert turn.session is not None
    assert turn.session.language == "ar"
    assert turn.session.card == before.card + 1
    assert not turn.session.slots
    assert not turn.session.history
    assert [shown.flow for shown in turn.session.shown] == ["_error", "_start", "_start", "_start"]


def test_after_a_failure_of_the_very_first_turn_the_language_is_asked() -> None:
    talk = Talk(speaks=None)
    talk.after(fail(talk.world, None, Tapped(AT, "_start")))
    assert talk.steps == ["_language.choose"]
    assert talk.press("=en").steps == ["_error.sorry", *START_CARD]


def test_a_redrawn_card_is_the_very_same_card() -> None:
    talk = Talk(opens="mp").say(PARTIAL).press("_more")
    assert redraw(talk.world, talk.kept, Tapped(AT, "x")) == Turn(talk.kept, (Edit(talk.card),))
    assert redraw(talk.world, talk.kept, Started(AT)) == Turn(talk.kept, (Send(talk.card),))
    assert redraw(talk.world, talk.kept, Said(AT, "/mp")) == Turn(talk.kept, (Send(talk.card),))


def test_redrawing_still_deletes_what_was_typed() -> None:
    talk = Talk(opens="mp").say(NO_RECORD)
    assert redraw(talk.world, talk.kept, Said(AT, NO_RECORD)) == Turn(talk.kept, talk.replies)


@pytest.mark.parametrize("gone", ["step", "fact"])
def test_a_card_that_cannot_be_drawn_any_more_says_that_the_guide_has_changed(gone: str) -> None:
    talk = Talk().say(NO_RECORD)
    world = without(talk.world, "mp_answer", "dates") if gone == "step" else a_world(facts=replace(FACTS, directory=()))
    with pytest.raises(KeyError):
        draw(world, talk.kept, TODAY)
    again = talk.in_world(world).after(redraw(world, talk.kept, Tapped(AT, "x")))
    assert again.steps == ["_updated.changed", *START_CARD]
    assert not again.kept.history


def test_a_turn_changes_nothing_that_it_was_given() -> None:
    world = a_world()
    flows = copy.deepcopy(dict(FLOWS))
    talk = Talk(world).say(NO_RECORD).press("more", "housing", "more", "_back", "_language").say("x").say("/cancel")
    assert talk.world is world
    assert dict(FLOWS) == flows


def test_the_number_of_a_first_card_is_one_that_an_older_conversation_did_not_reach() -> None:
    assert Talk().kept.card == int(AT.timestamp()) % 1_000_000 + 1


def test_a_called_flow_comes_back_and_one_gone_to_does_not() -> None:
    inner = a_flow("inner", ask("q", "ok -> END"))
    calls = a_flow("outer", ask("first", "c -> call:inner second", "g -> goto:inner"), ask("second"))
    world = a_world(inner, calls)
    assert Talk(world, opens="outer").press("c").steps == ["inner.q"]
    assert Talk(world, opens="outer").press("c", "ok").steps == ["outer.second"]
    assert Talk(world, opens="outer").press("g").steps == ["inner.q"]
    assert Talk(world, opens="outer").press("g", "ok").steps == START_CARD


def test_a_text_may_call_a_flow_before_it_goes_on() -> None:
    inner = a_flow("inner", say("hello"))
    world = a_world(inner, a_flow("outer", say("one", "call:inner two"), ask("two")))
    assert Talk(world, opens="outer").steps == ["outer.one", "inner.hello", "outer.two"]


def test_what_has_ended_with_nothing_to_come_back_to_begins_again() -> None:
    assert Talk(opens="about").press("back").steps == START_CARD
    assert Talk(a_world(a_flow("tiny", say("bye"))), opens="tiny").steps == ["tiny.bye", *START_CARD]


def test_a_session_that_stands_nowhere_is_answered_too() -> None:
    talk = Talk()
    talk.session = Session(language="en", resume=Mark((Frame("ask_mp", "ask_place"),), (), {}))
    assert talk.say("?").steps == ["_not_understood.sorry", "ask_mp.ask_place"]


def test_a_small_flow_shows_its_words() -> None:
    talk = Talk(a_world(a_flow("tiny", ask("q", "yes -> END", text="**Really**?"))), opens="tiny")
    assert text_of(talk.card) == "Really?"
    assert words("Yes").msgid == talk.keys[0].label
