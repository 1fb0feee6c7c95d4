"""How a turn goes: what opens a conversation, what a tap and a typed word do, what is sent back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.engine.model import (
    Edit,
    Event,
    Remove,
    Said,
    Send,
    Started,
    Tapped,
    Toast,
)
from tests.engine.talk import (
    AT,
    START_CARD,
    Talk,
    a_flow,
    a_world,
    language,
    made_up_arabic,
    say,
)
from tests.fake_facts import NO_RECORD, PARTIAL

ARABIC = made_up_arabic()

# --- opening


@pytest.mark.parametrize(
    ("opening", "then"),
    [
        (Started(AT, payload="mp"), ["ask_mp.ask_place"]),
        (Started(AT), START_CARD),
        (Said(AT, "/help"), ["_help.commands"]),
        (Said(AT, "/urgent@AskFirstBot please"), ["urgent.show"]),
        (Said(AT, "/start sign-x"), ["ask_to_sign.intro"]),
        (Said(AT, "/nothing"), START_CARD),
        (Said(AT, "hello"), START_CARD),
        (Said(AT, None), START_CARD),
        (Tapped(AT, "_privacy"), ["_privacy.what_we_keep"]),
        (Tapped(AT, "_back"), ["_back.at_the_start", *START_CARD]),
        (Tapped(AT, "5:more"), ["_timeout.forgotten", *START_CARD]),
        (Tapped(AT, "anything"), ["_timeout.forgotten", *START_CARD]),
    ],
    ids=repr,
)
def test_first_the_language_is_asked_then_comes_what_was_opened(opening: Event, then: list[str]) -> None:
    talk = Talk(speaks=None)
    talk.session = None
    talk.take(opening)
    assert talk.steps == ["_language.choose"]
    assert talk.press("=en").steps == then


def test_a_language_that_is_opened_first_is_asked_once() -> None:
    talk = Talk(speaks=None)
    talk.session = None
    assert talk.say("/language").steps == ["_language.choose"]
    assert talk.press("=en").steps == START_CARD


def test_leaving_needs_no_language_and_leaves_a_way_back_in() -> None:
    talk = Talk(speaks=None)
    assert talk.buttons == ["=en", "_forget"]
    talk.press("_forget")
    assert talk.steps == ["_forget.gone"]
    assert talk.buttons == ["_start", "_language"]
    assert talk.press("_start").steps == ["_language.choose"]


@pytest.mark.parametrize("command", ["/help", "/privacy"])
def test_help_asked_for_before_the_language_comes_after_it(command: str) -> None:
    talk = Talk(opens="mp", speaks=None).say(command)
    assert talk.steps == ["_language.choose"]
    assert talk.press("=en").steps[0].startswith(command.replace("/", "_"))
    assert talk.press("back").steps == START_CARD


@pytest.mark.parametrize("text", ["?", "/nothing", "/back", "/language", None])
def test_what_cannot_be_done_before_the_language_is_known_asks_for_it_again(text: str | None) -> None:
    talk = Talk(opens="mp", speaks=None).say(text)
    assert talk.steps == ["_language.choose"]
    assert talk.press("=en").steps == ["ask_mp.ask_place"]


@pytest.mark.parametrize(
    ("payload", "speaks", "first"),
    [
        ("", None, "_language.choose"),
        ("mp", None, "_language.choose"),
        ("mp-ar", "ar", "ask_mp.ask_place"),
        ("mp-ar-leeds7", "ar", "ask_mp.ask_place"),
        ("mp-leeds7", None, "_language.choose"),
        ("mp-arabia", None, "_language.choose"),
        ("mp-zh-Hans", "zh-Hans", "ask_mp.ask_place"),
        ("mp-zh-Hans-leeds-7", "zh-Hans", "ask_mp.ask_place"),
        ("mp-zh-leeds7", "zh", "ask_mp.ask_place"),
        ("-ar", "ar", "_start.welcome"),
        ("no_such_flow-ar", "ar", "_start.welcome"),
        ("_forget-ar", "ar", "_start.welcome"),
        ("----", None, "_language.choose"),
    ],
)
def test_a_link_names_a_flow_and_perhaps_a_language_and_where_it_hangs(
    payload: str, speaks: str | None, first: str
) -> None:
    world = a_world(languages=(ARABIC, language("zh"), language("zh-Hans")))
    talk = Talk(world, speaks=None).start(payload)
    assert (talk.kept.language, talk.steps[0]) == (speaks, first)
    assert talk.card.language == (speaks or "en")


def test_where_a_link_hangs_is_not_remembered() -> None:
    assert Talk(opens="mp", speaks="en-leeds7").session == Talk(opens="mp", speaks="en").session


def test_a_link_begins_anew_but_keeps_the_language() -> None:
    talk = Talk().say(NO_RECORD).say("/language").start("help")
    assert talk.steps == ["find_help.ask_topic"]
    assert talk.kept.language == "en"
    assert not talk.kept.history
    assert not talk.kept.slots
    assert talk.kept.resume is None
    assert "_back" not in talk.buttons


def test_a_hinted_language_is_offered_first_but_not_assumed() -> None:
    world = a_world(languages=(language("pl"), ARABIC))
    talk = Talk(world, speaks=None)
    assert talk.buttons == ["=en", "=ar", "=pl", "_forget"]
    talk.start("mp", hint="ar-EG")
    assert talk.buttons == ["=en", "=ar", "=pl", "_forget"]  # in Arabic the first button stands on the right
    assert talk.card.language == "ar"
    assert talk.kept.language is None


@pytest.mark.parametrize("typed", ["العربية", "arabic", "Arabski", "ar"])
def test_a_language_can_be_typed_by_its_name_in_any_language(typed: str) -> None:
    catalogues = (language("pl"), ARABIC)
    assert Talk(a_world(languages=catalogues), speaks=None).say(typed).kept.language == "ar"


def test_a_name_of_two_languages_shows_the_page_where_they_are() -> None:
    tags = ("ar", "ur", "fa", "ps", "ti", "sq", "pa", "bn", "es", "pt", "am", "vi", "fr", "kmr", "ckb")
    talk = Talk(a_world(languages=tuple(language(tag) for tag in tags)), speaks=None)
    talk.press("_more")
    assert talk.buttons[0] != "=en"
    talk.say("kurdish")
    assert {"=ckb", "=en"} <= set(talk.buttons)
    assert talk.say("kurmanji").kept.language == "kmr"


# --- buttons


def test_every_card_has_a_number_and_its_buttons_carry_it() -> None:
    talk = Talk(opens="mp")
    first = talk.kept.card
    assert talk.keys[0].data == f"{first}:part"
    talk.press("part")
    assert talk.kept.card == first + 1
    assert talk.keys[0].data == f"{first + 1}:name"


@pytest.mark.parametrize(
    "data", ["{old}:part", "{new}:no_such_button", "{new}:_more", "{new}:=E1", "{new}", "", ":", "x"]
)
def test_a_tap_that_fits_no_button_of_the_newest_card_shows_that_card_again(data: str) -> None:
    talk = Talk(opens="mp").say("rubbish")
    before, drawn = talk.kept, talk.card
    talk.tap(data.format(old=before.card - 1, new=before.card))
    toast, sent = talk.replies
    assert toast == Toast("This button was on an older card. Here is the newest one.")
    assert isinstance(sent, Send)
    assert sent.card.blocks == drawn.blocks
    assert talk.kept == replace(before, card=before.card + 1)


def test_a_stale_tap_keeps_the_page_of_options() -> None:
    talk = Talk().say(PARTIAL).press("_more")
    shown = talk.buttons
    assert talk.tap("1:part").buttons == shown


def test_an_option_of_an_older_list_is_stale() -> None:
    talk = Talk().say(PARTIAL)
    talk.tap(f"{talk.kept.card}:=E14900001")
    assert isinstance(talk.replies[0], Toast)


def test_a_tap_on_a_card_without_a_question_is_stale() -> None:
    talk = Talk(a_world(a_flow("_start", say("bye"))))
    assert talk.steps == ["_start.bye"]
    assert talk.tap(f"{talk.kept.card}:bye").steps == ["_start.bye"]
    assert isinstance(talk.replies[0], Toast)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("_start", "_start.welcome"),
        ("_language", "_language.choose"),
        ("_back", "ask_mp.ask_place"),
        ("_help", "_help.commands"),
        ("_privacy", "_privacy.what_we_keep"),
        ("_forget", "_forget.gone"),
    ],
)
def test_navigation_works_on_every_card_however_old(name: str, first: str) -> None:
    talk = Talk(opens="mp").press("part")  # data of navigation has no number: an older card's is the same
    assert talk.tap(name).steps[0] == first
    assert isinstance(talk.replies[-1], Edit | Send)


def test_a_tapped_card_is_edited_and_everything_else_is_sent_below() -> None:
    talk = Talk(opens="mp")
    assert [type(reply) for reply in talk.replies] == [Send]
    assert [type(reply) for reply in talk.press("part").replies] == [Edit]
    assert [type(reply) for reply in talk.say("/help").replies] == [Send]


# --- words


@pytest.mark.parametrize("text", ["I would rather not say", " i WOULD rather\nnot  say "])
def test_a_buttons_words_press_it(text: str) -> None:
    assert Talk(opens="mp").say(text).steps == ["ask_mp.choose_area"]


def test_words_are_those_of_the_persons_language_or_english() -> None:
    world = a_world(languages=(ARABIC,))
    label = Talk(world, opens="mp", speaks="ar").keys[0].label
    assert label not in ("I only know part of it", "")
    for typed in (label, "I only know part of it"):
        assert Talk(world, opens="mp", speaks="ar").say(typed).steps == ["ask_mp.ask_part"]
    assert Talk(world, opens="mp", speaks="en").say(label).steps == ["ask_mp.ask_place"]  # read as a postcode


def test_navigation_and_options_can_be_typed_too() -> None:
    talk = Talk(opens="mp").press("rather_not")
    assert talk.say("leave now").steps == ["_forget.gone"]
    assert Talk(opens="mp").press("rather_not").say("makebelieve NORTH").steps == ["find_help.ask_topic"]
    assert Talk(opens="mp").press("rather_not").say("e12900001").steps == ["find_help.ask_topic"]
    assert Talk().say(PARTIAL).say("Vale 30").steps[0] == "mp_answer.mp_no_record"  # also from another page
    assert Talk().say(PARTIAL).say("More").keys[0].label == "Vale 13"
    assert Talk(opens="mp").say("More").steps == ["ask_mp.ask_place"]  # where there is no such button, it is not one


def test_a_language_can_be_typed_by_its_name_or_tag() -> None:
    world = a_world(languages=(ARABIC,))
    assert Talk(world, speaks=None).say("العربية").kept.language == "ar"
    assert Talk(world, speaks=None).say("AR").kept.language == "ar"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("/mp", "ask_mp.ask_place"),
        ("/MP@AskFirstBot", "ask_mp.ask_place"),
        ("/mp M1 1AE", "ask_mp.ask_place"),
        ("/menu", "_start.welcome"),
        ("/start", "_start.welcome"),
        ("/start help-en", "find_help.ask_topic"),
        ("/cancel", "_cancel.stopped"),
        ("/nothing", "_not_understood.sorry"),
        ("/", "_not_understood.sorry"),
        ("/ mp", "ask_mp.ask_place"),
        ("//mp", "_not_understood.sorry"),
    ],
)
def test_commands(text: str, first: str) -> None:
    assert Talk().say(text).steps[0] == first


@pytest.mark.parametrize(
    "text", ["M1 1AE", "my story", "", "🙂", "I need help now", "/nothing", "/", "/mp M1 1AE", None]
)
def test_whatever_is_typed_is_deleted(text: str | None) -> None:
    assert Talk().say(text).replies[0] == Remove("incoming")
    talk = Talk()
    talk.session = None
    assert talk.say(text).replies[0] == Remove("incoming")


@pytest.mark.parametrize("text", ["/mp", "/help@AskFirstBot", "/start", "/start help-en-leeds"])
def test_but_a_bare_command_tells_nothing_and_may_stay(text: str) -> None:
    assert [type(reply) for reply in Talk().say(text).replies] == [Send]


def test_a_photo_is_not_understood_and_the_question_is_asked_again() -> None:
    talk = Talk(opens="mp").say(None)
    assert talk.steps == ["_not_understood.sorry", "ask_mp.ask_place"]
