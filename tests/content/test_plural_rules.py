"""The plural rule of a catalogue is that of its language, in whatever order its forms stand."""

from __future__ import annotations

from gettext import c2py

import pytest

from bot.content.plural_rules import plural_mismatch
from bot.engine.languages import locale_of

SLAVIC = "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)"
ARABIC = "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)"
RIGHT = [
    ("ar", ARABIC),
    ("ar", "(n==1 ? 0 : n==0 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)"),
    ("cy", "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 5)"),
    ("ru", SLAVIC),
    ("uk", SLAVIC),
    ("pl", "(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)"),
    ("ro", "(n==1 ? 0 : n==0 || (n%100>0 && n%100<20) ? 1 : 2)"),
    ("fr", "(n > 1)"),
    ("es", "(n != 1)"),  # what CLDR says of millions is no matter of constituencies
    ("prs", "(n > 1)"),
    ("kmr", "(n != 1)"),
    ("tr", "(n != 1)"),
    ("zh-Hans", "0"),
]


@pytest.mark.parametrize(("tag", "rule"), RIGHT)
def test_the_rules_of_cldr_are_right(tag: str, rule: str) -> None:
    assert plural_mismatch(str(locale_of(tag)), c2py(rule)) is None


WRONG = [
    ("tr", "0", "counts 0 and 1 alike, which CLDR parts (`other`, `one`)"),
    ("fr", "(n != 1)", "parts 0 from 1, which CLDR counts alike (`one`)"),
    ("pl", SLAVIC, "parts 0 from 21, which CLDR counts alike (`many`)"),
    ("ar", "(n != 1)", "counts 0 and 2 alike, which CLDR parts (`zero`, `two`)"),
    ("zh-Hans", "(n != 1)", "parts 0 from 1, which CLDR counts alike (`other`)"),
]


@pytest.mark.parametrize(("tag", "rule", "message"), WRONG)
def test_a_rule_of_another_language_is_told_by_the_numbers_it_gets_wrong(tag: str, rule: str, message: str) -> None:
    assert plural_mismatch(str(locale_of(tag)), c2py(rule)) == f"the rule {message}"
