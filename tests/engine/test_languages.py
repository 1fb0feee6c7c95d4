"""Languages by their tags: names and formats are CLDR's, and our own only where CLDR has none."""

from __future__ import annotations

import pytest
from babel import UnknownLocaleError

from bot.engine.languages import by_need, hinted, locale_of, name_in, names_of, own_name

TAGS = (
    *("ar", "ur", "fa", "prs", "ps", "ckb", "ti", "am", "sq", "pa", "bn", "es", "pt", "zh-Hans", "vi", "fr", "ro"),
    *("pl", "so", "tr", "hi", "ta", "sw", "ru", "uk", "kmr", "cy"),
)


@pytest.mark.parametrize("tag", TAGS)
def test_every_language_has_a_name_of_its_own_in_its_own_script(tag: str) -> None:
    assert own_name(tag) != tag
    assert name_in(tag, "en") != tag


@pytest.mark.parametrize(
    ("tag", "name"),
    [("prs", "دری"), ("kmr", "Kurdî (Kurmancî)"), ("ckb", "کوردی (سۆرانی)"), ("ti", "ትግርኛ"), ("fa", "فارسی")],
)
def test_names_are_what_speakers_say(tag: str, name: str) -> None:
    assert own_name(tag) == name


@pytest.mark.parametrize(
    ("tag", "locale", "name"),
    [
        ("prs", "en", "Dari"),
        ("prs", "ps", "دری (افغانستان)"),
        ("kmr", "en", "Kurdish"),
        ("fa", "fr", "persan"),
        ("xx", "en", "xx"),
    ],
)
def test_names_in_other_languages_are_those_of_cldr(tag: str, locale: str, name: str) -> None:
    assert name_in(tag, locale) == name


def test_the_six_that_are_written_from_right_to_left() -> None:
    assert {tag for tag in TAGS if locale_of(tag).text_direction == "rtl"} == {"ar", "ur", "fa", "prs", "ps", "ckb"}


def test_a_tag_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownLocaleError):
        locale_of("xx")


@pytest.mark.parametrize(
    ("tag", "hint", "fits"),
    [
        ("ar", "ar-EG", True),
        ("pt-BR", "pt", True),
        ("zh-Hans", "zh", True),
        ("kmr", "ku", True),
        ("ckb", "ku", True),
        ("prs", "fa", True),
        ("fa", "fa_IR", True),
        ("ar", "arc", False),
        ("ar", "", False),
        ("ar", None, False),
    ],
)
def test_a_hint_names_a_language_whatever_its_region(tag: str, hint: str | None, fits: bool) -> None:
    assert hinted(tag, hint) is fits


def test_hinted_languages_come_first_then_english_then_those_most_needed() -> None:
    assert by_need(["xx", "cy", "en", "fr", "ar"], "fr") == ["fr", "en", "ar", "cy", "xx"]
    assert by_need(["ckb", "en", "kmr"], "ku") == ["ckb", "kmr", "en"]


def test_a_name_with_brackets_is_known_by_both_its_parts() -> None:
    assert {"Kurdî", "Kurmancî", "Kurdî (Kurmancî)", "Kurdish"} <= set(names_of("kmr", ["en"]))
