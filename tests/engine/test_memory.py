"""What a conversation remembers, comes back to and forgets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.engine.model import MAX_HISTORY, Act, Button, Input, Place, Remove, Send, Slot, Switch, Target
from bot.engine.world import World
from tests.engine.talk import (
    START_CARD,
    Talk,
    a_flow,
    a_world,
    ask,
    every_text,
    language,
    made_up_arabic,
    say,
    to,
    without,
    words,
)
from tests.fake_facts import FACTS, NO_RECORD, PARTIAL, PLEDGED, SEVERAL, STUBBURY, TESTFORD

ANSWER_CARD = [f"mp_answer.{step}" for step in ("mp_no_record", "register", "dates", "organisations", "what_next")]


def chain(length: int) -> Talk:
    """A conversation at the first of so many questions, each leading to the next."""
    questions = [ask(f"q{number}", f"on -> q{number + 1}") for number in range(length)]
    return Talk(a_world(a_flow("tiny", *questions, ask(f"q{length}", "on -> END"))), opens="tiny")


# --- interruptions


@pytest.mark.parametrize(
    ("interrupt", "goes_on"),
    [("/help", ["back"]), ("/privacy", ["back"]), ("/privacy", ["more", "back"]), ("/language", ["=en"])],
)
def test_an_interruption_comes_back_to_the_card_with_all_its_texts(interrupt: str, goes_on: list[str]) -> None:
    talk = Talk().say(NO_RECORD)
    text, slots, history = talk.text, talk.kept.slots, talk.kept.history
    talk.say(interrupt)
    assert talk.steps[0].startswith(interrupt.replace("/", "_"))
    talk.press(*goes_on)
    assert (talk.text, talk.kept.slots, talk.kept.history) == (text, slots, history)
    assert talk.press("sign").steps == ["ask_to_sign.intro"]  # its buttons work


@pytest.mark.parametrize(("notice", "typed"), [("_not_understood.sorry", "photo"), ("_back.at_the_start", "/back")])
def test_a_notice_stands_above_the_card_however_often_it_is_said(notice: str, typed: str) -> None:
    talk = Talk()
    for _ in range(3):
        assert talk.say(None if typed == "photo" else typed).steps == [notice, *START_CARD]
    assert talk.press("privacy", "back").steps == ["_start.menu"]


def test_a_notice_is_gone_when_its_card_is_gone_back_to() -> None:
    talk = Talk(opens="mp").say(None).press("part", "_back")
    assert talk.steps == ["ask_mp.ask_place"]
    assert Talk(opens="mp").say(None).say("/help").press("back").steps == ["ask_mp.ask_place"]


def test_a_reserved_flow_that_was_called_is_no_notice() -> None:
    talk = Talk().press("privacy").say(None)
    assert talk.steps == ["_not_understood.sorry", "_privacy.what_we_keep"]
    assert talk.say(None).steps == ["_not_understood.sorry", "_privacy.what_we_keep"]
    assert talk.press("back").steps == ["_start.menu"]


def test_an_interruption_of_an_interruption_comes_back_to_the_card_below_both() -> None:
    talk = Talk(opens="mp").say("/help").say("/privacy").press("more")
    assert talk.press("back").steps == ["ask_mp.ask_place"]


def test_back_ends_an_interruption() -> None:
    talk = Talk(opens="mp").press("part").say("/privacy").press("more", "_back")
    assert talk.steps == ["ask_mp.ask_part"]
    assert talk.press("_back").steps == ["ask_mp.ask_place"]


def test_an_interrupted_card_that_was_left_for_good_can_be_gone_back_to() -> None:
    talk = Talk(opens="mp").say("/help").press("_start")
    assert talk.steps == START_CARD
    assert talk.press("_back").steps == ["ask_mp.ask_place"]


def test_an_interruption_that_goes_elsewhere_does_not_come_back() -> None:
    world = a_world(a_flow("_help", ask("q", "away -> goto:about", "back -> END")))
    talk = Talk(world, opens="mp").say("/help").press("away", "back")
    assert talk.steps == START_CARD
    assert Talk(world, opens="mp").say("/help").press("away", "_back").steps == ["ask_mp.ask_place"]


def test_changing_the_language_changes_the_words_of_the_same_card() -> None:
    world = a_world(languages=(made_up_arabic(),))
    talk = Talk(world).say(NO_RECORD)
    english = talk.text
    talk.press("_language", "=ar")
    assert talk.steps == ANSWER_CARD
    assert talk.text != english
    assert talk.card.rtl
    assert talk.press("_language", "=en").text == english


def test_a_translation_that_nobody_has_reviewed_says_so_once() -> None:
    world = a_world(languages=(made_up_arabic(reviewed=False),))
    talk = Talk(world, opens="mp").press("_language", "=ar")
    assert talk.steps == ["_unreviewed.notice", "ask_mp.ask_place"]
    assert talk.press("_language", "=ar").steps == ["ask_mp.ask_place"]
    assert talk.press("part", "_back").steps == ["ask_mp.ask_place"]


def test_a_link_in_a_language_that_nobody_has_reviewed_says_so_once() -> None:
    world = a_world(languages=(made_up_arabic(reviewed=False),))
    talk = Talk(world, speaks=None).start("mp-ar")
    assert talk.steps == ["_unreviewed.notice", "ask_mp.ask_place"]
    assert talk.start("mp-ar").steps == ["ask_mp.ask_place"]


@pytest.mark.parametrize("english", ["_english", "English"])
def test_english_is_offered_beside_a_translation_that_nobody_has_reviewed(english: str) -> None:
    talk = Talk(a_world(languages=(made_up_arabic(reviewed=False),)), speaks=None).start("mp-ar")
    assert "_english" in talk.buttons
    there = talk.press(english) if english.startswith("_") else talk.say(english)
    assert (there.kept.language, there.steps) == ("en", ["ask_mp.ask_place"])
    assert "_english" not in there.buttons


# --- back


def test_back_goes_through_the_cards_to_the_first() -> None:
    talk = Talk().press("no_postcode", "part", "rather_not")
    cards = []
    while "_back" in talk.buttons:
        cards.append(talk.press("_back").steps)
    assert cards == [["ask_mp.ask_part"], ["ask_mp.ask_place"], START_CARD]
    assert talk.say("/back").steps == ["_back.at_the_start", *START_CARD]


def test_back_brings_back_what_was_known_at_that_card() -> None:
    talk = Talk().say(PLEDGED).say(NO_RECORD)
    pledged = talk.press("_back")
    assert pledged.steps[0] == "mp_answer.mp_pledged"
    assert pledged.kept.slots == {"place": Place("found", (TESTFORD,), "live")}
    assert not pledged.press("_back").kept.slots


def test_back_goes_at_most_twenty_cards() -> None:
    talk = chain(25).press(*["on"] * 25)
    assert talk.steps == ["tiny.q25"]
    assert len(talk.kept.history) == MAX_HISTORY == 20
    for number in range(20):
        assert talk.press("_back").steps == [f"tiny.q{24 - number}"]
    assert talk.say("/back").steps[0] == "_back.at_the_start"


def test_back_passes_over_cards_whose_steps_were_removed() -> None:
    talk = chain(4).press("on", "on", "on")
    talk.in_world(without(talk.world, "tiny", "q1", "q2"))
    assert talk.press("_back").steps == ["tiny.q0"]


def test_back_with_only_removed_cards_says_that_it_cannot() -> None:
    talk = chain(2).press("on", "on")
    talk.in_world(without(talk.world, "tiny", "q0", "q1"))
    assert talk.press("_back").steps == ["_back.at_the_start", "tiny.q2"]
    assert "_back" not in talk.buttons


def test_other_pages_of_a_list_are_not_cards_of_their_own() -> None:
    talk = Talk(opens="mp").say(PARTIAL).press("_more", "_more")
    assert talk.press("_back").steps == ["ask_mp.ask_place"]


# --- slots


def choosing(keep: str) -> Talk:
    """Two questions after one that sets `colour`, then a switch on it."""
    colour = Slot("colour", "choice", "step" if keep == "step" else "session", ("red", "blue"))
    first = ask("first", "wait -> second")
    red = Button("red", words("Red"), to("second"), {"colour": "red"})
    blue = Button("blue", words("Blue"), to("which"), {"colour": "blue"})
    flow = a_flow(
        "tiny",
        replace(first, buttons=(*first.buttons, red, blue)),
        ask("second", "on -> third"),
        ask("third", "on -> which"),
        Switch("which", "colour", {"red": to("saw_red"), "blue": to("saw_blue"), "": to("saw_none")}),
        ask("saw_red", "on -> END"),
        ask("saw_blue", "on -> END"),
        ask("saw_none", "on -> END"),
        slots=(colour,),
    )
    return Talk(a_world(flow), opens="tiny")


def test_a_slot_kept_for_a_step_is_forgotten_once_the_next_question_is_answered() -> None:
    talk = choosing("step").press("red")
    assert talk.kept.slots == {"colour": "red"}
    assert talk.press("on").kept.slots == {}
    assert talk.press("on").steps == ["tiny.saw_none"]
    assert choosing("step").press("blue").steps == ["tiny.saw_blue"]


def test_a_slot_kept_for_the_session_stays() -> None:
    assert choosing("session").press("red", "on", "on").steps == ["tiny.saw_red"]


def test_starting_again_keeps_the_place_and_stopping_forgets_it() -> None:
    talk = Talk().say(NO_RECORD).press("_start")
    assert talk.kept.slots == {"place": Place("found", (STUBBURY,), "live")}
    talk.say("/cancel")
    assert talk.steps == ["_cancel.stopped", *START_CARD]
    assert not talk.kept.slots
    assert not talk.kept.history
    assert talk.kept.language == "en"


def test_of_a_place_only_area_codes_are_kept() -> None:
    for typed, kind, codes in ((SEVERAL, "several", (TESTFORD, STUBBURY)), (NO_RECORD, "found", (STUBBURY,))):
        assert Talk().say(typed).kept.slots["place"] == Place(kind, codes, "live")
    searched = Talk(opens="mp").press("name").say("stubbs").kept.slots["place"]
    assert searched == Place("search", (STUBBURY,))


# --- forgetting


@pytest.mark.parametrize("how", ["_forget", "/forget", "Leave now"])
def test_leaving_forgets_everything_and_deletes_what_can_be_deleted(how: str) -> None:
    talk = Talk(languages_of_test()).say(NO_RECORD)
    turn = talk.tap(how) if how == "_forget" else talk.say(how)
    assert turn.session is None
    everything, sent = turn.replies
    assert everything == Remove("everything")
    assert isinstance(sent, Send)
    assert talk.steps == ["_forget.gone"]
    assert "_back" not in talk.buttons
    assert talk.tap("_start").steps == ["_language.choose"]


def languages_of_test() -> World:
    """English and one more."""
    return a_world(languages=(language(),))


def test_the_last_card_is_still_in_the_persons_language() -> None:
    world = a_world(languages=(made_up_arabic(),))
    assert Talk(world, speaks="ar").press("_forget").card.language == "ar"


@pytest.mark.parametrize("interrupt", ["/help", "/language"])
def test_leaving_works_from_within_an_interruption(interrupt: str) -> None:
    talk = Talk(opens="mp").say(interrupt).press("_forget")
    assert talk.session is None
    assert talk.steps == ["_forget.gone"]


# --- when an editor changed the flows meanwhile


def test_a_conversation_whose_step_was_removed_says_so_and_starts_again() -> None:
    talk = Talk(opens="mp").press("part")
    talk.in_world(without(talk.world, "ask_mp", "ask_part")).say("M1")
    assert talk.steps == ["_updated.changed", *START_CARD]
    assert not talk.kept.history
    assert talk.say(NO_RECORD).steps == ANSWER_CARD


def test_a_conversation_whose_flow_was_removed_says_so_and_starts_again() -> None:
    talk = Talk(a_world(a_flow("tiny", ask("q", "on -> q"))), opens="tiny")
    assert talk.in_world(without(talk.world, "tiny")).tap("_back").steps == ["_updated.changed", *START_CARD]


def test_so_does_one_whose_card_has_a_text_that_was_removed() -> None:
    talk = Talk(a_world(a_flow("tiny", say("hello", "q"), ask("q", "on -> q"))), opens="tiny")
    assert talk.in_world(without(talk.world, "tiny", "hello")).press("on").steps[0] == "_updated.changed"


def test_so_does_one_that_could_not_be_resumed() -> None:
    talk = Talk(a_world(a_flow("tiny", ask("q", "on -> q"))), opens="tiny").say("/help")
    talk.in_world(without(talk.world, "tiny")).press("back")
    assert talk.steps == ["_updated.changed", *START_CARD]
    assert talk.kept.resume is None


@pytest.mark.parametrize("how", ["_forget", "/forget", "Leave now"])
def test_leaving_works_even_then(how: str) -> None:
    talk = Talk(opens="mp").press("part")
    talk.in_world(without(talk.world, "ask_mp", "ask_part"))
    talk.tap(how) if how == "_forget" else talk.say(how)
    assert talk.session is None
    assert talk.steps == ["_forget.gone"]


def test_a_link_opens_what_it_names_even_then() -> None:
    talk = Talk(opens="mp").press("part")
    assert talk.in_world(without(talk.world, "ask_mp", "ask_part")).start("help").steps == ["find_help.ask_topic"]


def test_a_photo_is_no_wish_to_leave() -> None:
    talk = Talk(opens="mp").press("part")
    assert talk.in_world(without(talk.world, "ask_mp", "ask_part")).say(None).steps[0] == "_updated.changed"


def test_removed_options_make_their_buttons_stale() -> None:
    talk = Talk(opens="mp").press("rather_not")
    no_seats = replace(FACTS, seats=())
    talk.in_world(a_world(facts=no_seats)).press("=E12900001")
    assert talk.steps == ["find_help.ask_topic"]
    talk = Talk().say(PARTIAL)
    talk.in_world(a_world(facts=no_seats)).press("=E14900101")
    assert talk.buttons[:2] == ["not_sure", "again"]


def test_an_answer_may_call_a_flow_and_fill_a_slot() -> None:
    asked = Input("search", "place", Target("after", call="about"), to("after"))
    flow = a_flow("tiny", ask("q", input=asked), Act("kind", "place_kind", {}, {}), ask("after", "on -> END"))
    talk = Talk(a_world(flow), opens="tiny").say("Stubbury")
    assert talk.steps == ["about.figures"]
    assert talk.press("back").steps == ["tiny.after"]


def test_every_made_up_language_knows_every_text() -> None:
    known = made_up_arabic().messages
    assert all((text.context, text.msgid) in known for text in every_text())
