"""What CLDR says of a language's script, and that our table of directions agrees with it."""

import pytest
from babel import Locale
from babel.localedata import locale_identifiers

from bot.content.writing_systems import right_to_left, writing_of

LANGUAGES = sorted({name.split("_")[0] for name in locale_identifiers()})


def test_every_language_of_cldr_runs_the_way_that_cldr_says() -> None:
    wrong = [tag for tag in LANGUAGES if right_to_left(tag) != (Locale.parse(tag).text_direction == "rtl")]
    assert wrong == []


@pytest.mark.parametrize(("tag", "leftwards"), [("prs", True), ("kmr", False), ("pa-Arab", True), ("az-Cyrl", False)])
def test_a_language_without_a_locale_of_its_own_name_has_a_direction_too(tag: str, leftwards: bool) -> None:
    assert right_to_left(tag) is leftwards


def test_the_script_of_a_language_is_that_of_most_who_write_it() -> None:
    assert [writing_of(tag).script for tag in ("ti", "ckb", "pa", "zh-Hans")] == [
        "Ethiopic",
        "Arabic",
        "Gurmukhi",
        "Han",
    ]
