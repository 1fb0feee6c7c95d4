"""What typed words mean."""

from __future__ import annotations

import pytest

from bot.engine.folding import folded
from bot.engine.model import Input, Place, Session
from bot.engine.reading import command, place_in_words, pressed_by_words
from tests.engine.talk import Talk, a_world, to
from tests.fake_facts import (
    BRITISH_FORCES,
    FACTS,
    NEWER,
    NO_RECORD,
    NORTHERN_IRELAND,
    NOT_FOUND,
    PARTIAL,
    SEVERAL,
    STUBBURY,
    TERMINATED,
    TODAY,
    VALES,
)

POSTCODE = Input("postcode", "place", to("END"), to("END"))
SEARCH = Input("search", "place", to("END"), to("END"))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("/mp", "mp"),
        ("/MP@AskFirstBot M1 1AE", "mp"),
        ("/mp\nM1 1AE", "mp"),
        ("/", ""),
        ("/   ", ""),
        ("/@AskFirstBot", ""),
        ("", ""),
        ("mp", ""),
        (" /mp", ""),
    ],
)
def test_a_command_is_the_first_word_after_the_slash(text: str, word: str) -> None:
    assert command(text) == word


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (NO_RECORD, Place("found", (STUBBURY,), "live")),
        (f"  {NO_RECORD.lower()} ", Place("found", (STUBBURY,), "live")),
        (SEVERAL, Place("several", FACTS.findings[SEVERAL].constituencies, "live")),
        (TERMINATED, Place("found", (STUBBURY,), "terminated")),
        (NEWER, Place("several", FACTS.findings[NEWER].constituencies, "newer_than_index")),
        (PARTIAL, Place("partial", VALES)),
        (NORTHERN_IRELAND, Place("northern_ireland", FACTS.findings[NORTHERN_IRELAND].constituencies)),
        (BRITISH_FORCES, Place("no_mp", reason="british_forces")),
        (NOT_FOUND, Place("not_found")),
        ("rubbish", None),
        ("", None),
        ("🙂" * 2000, None),
    ],
)
def test_of_a_postcode_only_areas_and_their_kind_remain(text: str, place: Place | None) -> None:
    assert place_in_words(FACTS, POSTCODE, text, TODAY) == place


def test_a_name_is_searched_for() -> None:
    assert place_in_words(FACTS, SEARCH, "Stu Stubbs", TODAY) == Place("search", (STUBBURY,))
    assert place_in_words(FACTS, SEARCH, "nobody at all", TODAY) is None
    assert place_in_words(FACTS, SEARCH, NO_RECORD, TODAY) is None  # a postcode is no name


def test_words_press_only_what_is_on_the_card() -> None:
    talk = Talk(opens="mp")
    card = talk.kept.card
    assert pressed_by_words(talk.world, talk.kept, "I have no fixed home", None) == f"{card}:homeless"
    assert pressed_by_words(talk.world, talk.kept, "🌐 language", None) == "_language"
    assert pressed_by_words(talk.world, talk.kept, "Choose from a list", None) is None
    assert pressed_by_words(talk.world, talk.kept, "", None) is None
    assert pressed_by_words(talk.world, Session(language="en"), "Start again", None) == "_start"


def test_letters_that_only_look_the_same_are_the_same() -> None:
    talk = Talk(opens="mp")
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter != " " else "\u3000" for letter in "I have no fixed home")
    assert pressed_by_words(talk.world, talk.kept, wide, None) == f"{talk.kept.card}:homeless"


def test_before_a_language_was_chosen_the_hinted_one_is_read() -> None:
    talk = Talk(a_world(), speaks=None)
    assert pressed_by_words(talk.world, talk.kept, "leave NOW", "ar") == "_forget"


@pytest.mark.parametrize(
    ("label", "typed"),
    [
        ("← Back", "back"),
        ("🌐 Language", "LANGUAGE"),
        ("→ رجوع", "رجوع"),
        ("لماذا السؤال هنا أولاً؟", "لماذا السؤال هنا اولا"),
        ("Wróć do początku", "wroc do poczatku"),
        ("मदद", "मदद"),
    ],
)
def test_a_label_is_known_without_its_signs_and_marks(label: str, typed: str) -> None:
    assert folded(label) == folded(typed)


@pytest.mark.parametrize(("one", "other"), [("किला", "कला"), ("Stop", "Step"), ("١", "٢")])
def test_other_words_stay_other_words(one: str, other: str) -> None:
    assert folded(one) != folded(other)
