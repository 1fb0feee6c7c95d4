"""How a turn goes: what opens a conversation, what a tap and a typed word do, what is sent back."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from bot.engine.drawing import draw
from bot.engine.machine import EndlessFlow, Turn, fail, redraw, step
from bot.engine.model import (
    Act,
    Edit,
    Event,
    Frame,
    Input,
    Mark,
    Remove,
    Said,
    Send,
    Session,
    Started,
    Tapped,
    Toast,
)
from tests.engine.talk import (
    AT,
    FLOWS,
    Talk,
    a_flow,
    a_world,
    ask,
    language,
    made_up_arabic,
    say,
    text_of,
    to,
    without,
    words,
)
from tests.fake_facts import FACTS, NO_RECORD, NOT_FOUND, PARTIAL, TODAY

ARABIC = made_up_arabic()
START_CARD = ["_start.welcome", "_start.what_is_kept", "_start.menu"]


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
    assert talk.buttons == ["=en", "=pl", "=ar", "_forget"]
    talk.start("mp", hint="ar-EG")
    assert talk.buttons == ["=en", "=ar", "=pl", "_forget"]  # in Arabic the first button stands on the right
    assert talk.card.language == "ar"
    assert talk.kept.language is None


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
def test_a_card_that_cannot_be_drawn_any_more_is_a_failure(gone: str) -> None:
    talk = Talk().say(NO_RECORD)
    world = without(talk.world, "mp_answer", "dates") if gone == "step" else a_world(facts=replace(FACTS, directory=()))
    event = Tapped(AT, "x")
    with pytest.raises(KeyError):
        draw(world, talk.kept, TODAY)
    assert redraw(world, talk.kept, event) == fail(world, talk.kept, event)


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
