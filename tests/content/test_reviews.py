"""The comment above a catalogue says who reviewed it, and when."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.reviews import Review, review_in, with_review

DAY = dt.date(2026, 11, 26)


@pytest.mark.parametrize(
    ("comment", "review"),
    [
        (
            "# Arabic.\n# Reviewed-by: Refugee Council interpreters, 2026-11-26\n#",
            Review("Refugee Council interpreters", DAY),
        ),
        ("# reviewed-by: a speaker", Review("a speaker", None)),
        ("# Reviewed-by: A, B, 2026-02-30", Review("A, B, 2026-02-30", None)),
        ("# Reviewed-by:\n# Translated-by: X", None),
        ("# Arabic.", None),
        ("", None),
    ],
)
def test_a_review_is_who_and_when(comment: str, review: Review | None) -> None:
    assert review_in(comment) == review


def test_a_newer_review_takes_the_place_of_the_older() -> None:
    comment = with_review("# Arabic.\n# Reviewed-by: A, 2025-01-01\n# More.", Review("B", DAY))
    assert comment == "# Arabic.\n# More.\n# Reviewed-by: B, 2026-11-26"
    assert with_review(comment, None) == "# Arabic.\n# More."


@given(st.text(st.characters(categories=["L", "N"]), min_size=1), st.dates())
def test_what_is_written_is_read(who: str, day: dt.date) -> None:
    assert review_in(with_review("# X.", Review(who, day))) == Review(who, day)
