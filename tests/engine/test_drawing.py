"""How a session becomes a card: texts, rows of buttons, ways out, pages, and the English beneath."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.engine.choices import OPTIONS_ON_A_CARD
from bot.engine.drawing import draw, navigation, options, page_of_options, speaking, waiting_question
from bot.engine.model import Act, Ask, Frame, Input, Say, Session, Shown, Text
from bot.engine.wording import ENGLISH, RLM
from tests.engine.talk import FLOWS, Talk, a_flow, a_world, ask, language, made_up_arabic, say, text_of, to, words
from tests.fake_facts import FACTS, NO_RECORD, PARTIAL, SEVERAL, TODAY, VALES

SHORT, LONG = "x" * 18, "x" * 19


def rows_of(talk: Talk) -> list[list[str]]:
    """The labels of the rows that belong to the question."""
    return [[key.label for key in row] for row in talk.card.rows if not row[0].data.startswith("_")]


# --- rows


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        ([SHORT], [[SHORT]]),
        ([SHORT, SHORT], [[SHORT, SHORT]]),
        ([SHORT, SHORT, SHORT], [[SHORT, SHORT], [SHORT]]),
        ([LONG, SHORT, SHORT], [[LONG], [SHORT, SHORT]]),
        ([SHORT, LONG, SHORT], [[SHORT], [LONG], [SHORT]]),
        ([LONG, LONG], [[LONG], [LONG]]),
    ],
)
def test_two_short_labels_share_a_row_and_a_long_one_stands_alone(labels: list[str], rows: list[list[str]]) -> None:
    question = ask("q", *(f"b{number} -> END" for number in range(len(labels))))
    named = tuple(replace(one, text=words(label)) for one, label in zip(question.buttons, labels, strict=True))
    assert rows_of(Talk(a_world(a_flow("tiny", replace(question, buttons=named))), opens="tiny")) == rows


def test_rows_are_mirrored_for_a_language_from_right_to_left() -> None:
    world = a_world(a_flow("tiny", ask("q", "a -> END", "b -> END", "c -> END")), languages=(language("ar", rtl=True),))
    talk = Talk(world, opens="tiny", speaks="ar")
    assert rows_of(talk) == [["B", "A"], ["C"]]
    assert [[key.data for key in row] for row in talk.card.rows[2:]] == [["_language", "_start"], ["_forget"]]
    assert talk.card.rtl


def test_the_ways_out_stand_below_two_to_a_row() -> None:
    talk = Talk(opens="mp").press("part")
    assert [[key.data for key in row] for row in talk.card.rows[-2:]] == [["_back", "_start"], ["_language", "_forget"]]


# --- ways out


def test_no_card_offers_the_way_to_itself() -> None:
    assert "_start" not in Talk().buttons
    assert "_language" not in Talk().press("_language").buttons
    assert "_forget" not in Talk().press("_forget").buttons
    assert "_back" not in Talk().say("/back").buttons


def test_the_way_back_is_offered_when_there_is_a_card_to_go_back_to() -> None:
    assert "_back" not in Talk().buttons
    assert "_back" in Talk().press("no_postcode").buttons
    assert "_back" in Talk().say("/help").buttons


def test_without_a_label_or_a_card_there_is_no_button() -> None:
    world = a_world(a_flow("_start", ask("q", "a -> END")))
    assert navigation(world, Session(language="en", shown=(Shown("about", "figures"),))) == ("_language", "_forget")
    assert navigation(world, Session(language="en")) == ("_language", "_forget")


def test_a_custom_label_is_used() -> None:
    world = a_world(a_flow("_start", ask("q", "a -> END"), label="From the top"))
    assert [key.label for key in Talk(world, opens="about").keys if key.data == "_start"] == ["From the top"]


# --- languages


def test_the_card_speaks_the_chosen_language_then_the_hinted_then_english() -> None:
    polish, arabic = language("pl"), made_up_arabic()
    world = a_world(languages=(polish, arabic))
    assert speaking(world, "pl", "ar") is polish
    assert speaking(world, None, "ar-EG") is arabic
    assert speaking(world, None, "AR_eg") is arabic
    assert speaking(world, None, "fr") is ENGLISH
    assert speaking(world, None) is ENGLISH
    assert speaking(world, "removed", None) is ENGLISH


# --- what stands on the card


def test_each_text_is_a_block_named_after_its_step() -> None:
    talk = Talk().say(NO_RECORD)
    assert talk.steps == [
        f"mp_answer.{step}" for step in ("mp_no_record", "register", "dates", "organisations", "what_next")
    ]
    assert all(block.lines for block in talk.card.blocks)


def test_a_text_that_has_no_lines_today_leaves_no_block() -> None:
    undated = replace(FACTS, dates=replace(FACTS.dates, members=None))
    assert "mp_answer.dates" not in Talk(a_world(facts=undated)).say(NO_RECORD).steps


def test_a_safety_text_stands_with_its_english_until_somebody_reviewed_the_translation() -> None:
    unreviewed = Talk(a_world(languages=(made_up_arabic(reviewed=False),)), speaks="ar")
    kept = [block for block in unreviewed.card.blocks if block.step == "_start.what_is_kept"]
    translated, english = kept
    assert translated.lines[0][0].text == RLM
    assert "I do not ask for your name." in text_of(replace(unreviewed.card, blocks=(english,)))
    assert english.lines[0][0].text == RLM  # “The same text in English:”, in Arabic
    assert all(line[0].text != RLM for line in english.lines[1:])
    assert unreviewed.steps.count("_start.welcome") == 1  # only safety texts are said twice
    reviewed = Talk(a_world(languages=(made_up_arabic(reviewed=True),)), speaks="ar")
    assert reviewed.steps.count("_start.what_is_kept") == 1


def test_what_is_not_translated_is_not_said_twice() -> None:
    talk = Talk(a_world(languages=(language("pl", reviewed=False),)), speaks="pl")
    assert talk.text.count("I do not ask for your name.") == 1


def test_english_that_stands_in_for_a_missing_translation_says_so() -> None:
    welcome = FLOWS["_start"].steps["welcome"]
    assert isinstance(welcome, Say)
    said = {
        welcome.text: "Witamy.",
        Text("card.untranslated", "This part is only in English for now."): "Po angielsku.",
    }
    talk = Talk(a_world(languages=(language("pl", said),)), speaks="pl")
    lines = talk.text.splitlines()
    assert lines[0] == "Witamy."
    assert lines[1].startswith("I do not ask for your name.")
    assert lines[2].startswith("I cannot hide that this chat is on your phone.")
    assert lines[3] == "Po angielsku."
    assert lines.count("Po angielsku.") == 2  # once for each of the two texts that are missing


def test_a_text_of_values_alone_needs_no_translation() -> None:
    assert (
        "This part is only in English for now."
        not in Talk(
            a_world(a_flow("tiny", ask("q", "a -> END", text="…")), languages=(language("pl"),)),
            opens="tiny",
            speaks="pl",
        ).text
    )


def test_the_english_beneath_has_its_values_in_english() -> None:
    talk = Talk(a_world(languages=(made_up_arabic(reviewed=False),)), speaks="ar").say(NO_RECORD)
    _, english = (block for block in talk.card.blocks if block.step == "mp_answer.mp_no_record")
    assert "Your MP is Stu Stubbs, Sample Party, for Stubbury." in text_of(replace(talk.card, blocks=(english,)))


def test_the_question_repeated_has_words_of_its_own() -> None:
    question = Ask("q", words("First?"), input=Input("postcode", "place", to("END"), to("END"), again=words("Again?")))
    talk = Talk(a_world(a_flow("tiny", question)), opens="tiny")
    assert talk.text == "First?"
    assert talk.say("rubbish").text == "Again?"


@pytest.mark.parametrize("changed", [ask("q", "a -> END", text="Now?"), say("q")])
def test_words_that_were_removed_meanwhile_are_replaced_by_the_question_itself(changed: Ask | Say) -> None:
    session = Session("en", (Frame("tiny", "q"),), shown=(Shown("tiny", "q", again=True),))
    card = draw(a_world(a_flow("tiny", changed)), session, TODAY)
    assert text_of(card) == ("Now?" if isinstance(changed, Ask) else "Text q.")


def test_a_step_that_has_become_an_action_says_nothing() -> None:
    act = Act("q", "pledge_words", {}, {"done": to("END")})
    session = Session("en", (Frame("tiny", "q"),), shown=(Shown("tiny", "q", ("q", "gone")),))
    assert draw(a_world(a_flow("tiny", act)), session, TODAY).blocks == ()


def test_a_text_that_needs_no_value_does_not_mind_that_its_action_was_removed() -> None:
    shown = (Shown("about", "figures", ("gone",)),)
    card = draw(a_world(), Session("en", (Frame("about", "figures"),), shown=shown), TODAY)
    assert text_of(card).startswith("Why ask first?")


def test_values_come_from_every_action_on_the_way_the_newest_last() -> None:
    flow = a_flow(
        "tiny",
        Act("words", "pledge_words", {}, {"done": to("kind")}),
        Act("kind", "place_kind", {}, {"unset": to("q")}),
        Ask("q", Text("small", "{pledge}\n{count}"), ask("q", "a -> kind").buttons),
    )
    talk = Talk(a_world(flow), opens="tiny")
    assert talk.text.startswith("“As a member of parliament")
    assert talk.text.endswith("\n0")
    talk.press("a")
    assert talk.kept.frames == (Frame("tiny", "q", ("words", "kind"), ("done", "unset")),)


def test_nothing_waits_without_a_question() -> None:
    world = a_world()
    assert waiting_question(world, Session()) is None
    assert waiting_question(world, Session(frames=(Frame("gone", "q"),))) is None
    assert waiting_question(world, Session(frames=(Frame("ask_mp", "gone"),))) is None
    assert waiting_question(world, Session(frames=(Frame("_start", "welcome"),))) is None
    assert options(world, Session(frames=(Frame("ask_mp", "ask_place"),)), None) == ()
    assert options(world, Session(frames=(Frame("about", "figures"),)), None) == ()


# --- pages of options


def test_a_long_list_is_shown_in_pages_that_go_round() -> None:
    talk = Talk().say(PARTIAL)
    pages = []
    for _ in range(7):
        pages.append([button.removeprefix("=") for button in talk.buttons if button.startswith("=")])
        assert "_more" in talk.buttons
        talk.press("_more")
    assert pages[:3] == [list(VALES[:12]), list(VALES[12:24]), list(VALES[24:])]
    assert pages[3:6] == pages[:3]
    assert pages[6] == pages[0]


def test_options_come_first_then_more_then_the_buttons() -> None:
    talk = Talk().say(PARTIAL)
    assert talk.buttons[OPTIONS_ON_A_CARD - 1 : OPTIONS_ON_A_CARD + 3] == [
        f"={VALES[11]}",
        "_more",
        "not_sure",
        "again",
    ]


def test_a_list_that_fits_has_no_pages() -> None:
    assert "_more" not in Talk().say(SEVERAL).buttons
    session = replace(Talk().say(SEVERAL).kept, page=3)
    assert len(page_of_options(a_world(), session, None)[0]) == 2


def test_a_page_beyond_a_list_that_became_shorter_is_one_of_its_pages() -> None:
    session = replace(Talk().say(PARTIAL).kept, page=1000)
    shown, more = page_of_options(a_world(), session, None)
    assert more
    assert [option.id for option in shown] == list(VALES[12:24])


@pytest.mark.parametrize("count", [OPTIONS_ON_A_CARD, OPTIONS_ON_A_CARD + 1])
def test_exactly_twelve_fit(count: int) -> None:
    languages = tuple(language(f"x{number}") for number in range(count - 1))
    assert ("_more" in Talk(a_world(languages=languages), speaks=None).buttons) == (count > OPTIONS_ON_A_CARD)


def test_the_same_session_gives_the_same_card() -> None:
    talk = Talk().say(SEVERAL)
    assert draw(talk.world, talk.kept, TODAY) == talk.card


# --- telephone numbers


@pytest.mark.parametrize("speaks", ["en", "ar"])
def test_each_telephone_number_on_a_card_has_a_button_that_copies_it_without_marks(speaks: str) -> None:
    talk = Talk(a_world(languages=(made_up_arabic(),)), opens="urgent", speaks=speaks)
    copies = [key for key in talk.keys if key.copy is not None]
    assert copies
    for key in copies:
        assert key.copy == key.label
        assert re.fullmatch(r"\+?[0-9 ]+", key.copy or "")
        assert key.label in talk.text
    assert len({key.copy for key in copies}) == len(copies)


def test_a_card_that_shows_no_organisation_copies_nothing() -> None:
    assert not [key for key in Talk(opens="urgent").press("where").keys if key.copy]
