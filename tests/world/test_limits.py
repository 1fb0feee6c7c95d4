"""How old a fact may be."""

from __future__ import annotations

import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from bot.world.limits import Limits, duration_words, fresh, parse_duration

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1))


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("24 months", relativedelta(months=24)),
        ("1 month", relativedelta(months=1)),
        ("45 days", relativedelta(days=45)),
        ("2 weeks", relativedelta(days=14)),
        (" 2 Years ", relativedelta(years=2)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, duration: relativedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text", ["", "24", "months", "0 days", "-1 days", "1.5 years", "45days", "two years", "10000 days"]
)
def test_anything_else_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(ValueError, match="for example 24 months or 45 days"):
        parse_duration(text)


def test_the_defaults_are_those_of_the_plan() -> None:
    limits = Limits()
    assert limits.confirmed_within == parse_duration("24 months")
    assert limits.members_fresh_within == parse_duration("45 days")
    assert limits.members_max_age == parse_duration("24 months")
    assert limits.last_general_election == dt.date(2024, 7, 4)
    assert limits.phone_max_age == parse_duration("12 months")
    assert limits.directory_max_age == parse_duration("24 months")
    assert limits.postcodes_max_age == parse_duration("36 months")


@given(st.integers(1, 800), st.sampled_from(["day", "week", "month", "year"]))
def test_a_duration_in_words_is_the_same_duration(number: int, unit: str) -> None:
    duration = parse_duration(f"{number} {unit}s")
    assert parse_duration(duration_words(duration)) == duration


def test_durations_are_told_in_days_or_months() -> None:
    told = [duration_words(parse_duration(text)) for text in ("1 day", "6 weeks", "1 month", "24 months", "3 years")]
    assert told == ["1 day", "42 days", "1 month", "24 months", "36 months"]


def test_the_last_day_counts() -> None:
    today = dt.date(2026, 11, 22)
    assert fresh(dt.date(2026, 10, 8), relativedelta(days=45), today)
    assert not fresh(dt.date(2026, 10, 7), relativedelta(days=45), today)
    assert fresh(dt.date(2024, 11, 22), relativedelta(months=24), today)
    assert not fresh(dt.date(2024, 11, 21), relativedelta(months=24), today)


def test_months_of_different_length_are_read_strictly() -> None:
    assert not fresh(dt.date(2026, 2, 28), relativedelta(months=6), dt.date(2026, 8, 29))


def test_the_future_is_not_fresh_and_the_end_of_the_calendar_is_no_error() -> None:
    assert not fresh(dt.date(2026, 11, 23), relativedelta(days=45), dt.date(2026, 11, 22))
    assert fresh(dt.date.max, relativedelta(months=24), dt.date.max)
    assert fresh(dt.date.max, relativedelta(days=45), dt.date.max)


@given(DAYS, DAYS, DAYS, st.sampled_from(["45 days", "1 month", "24 months"]))
def test_the_older_is_never_fresher(one: dt.date, other: dt.date, today: dt.date, within: str) -> None:
    older, newer = sorted((one, other))
    if newer <= today and fresh(older, parse_duration(within), today):
        assert fresh(newer, parse_duration(within), today)
