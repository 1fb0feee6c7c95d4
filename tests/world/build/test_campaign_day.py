"""Days as campaigns write them."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.world.build.campaign_day import read_day

OCTOBER = dt.date(2018, 10, 12)


@pytest.mark.parametrize(
    "text",
    [
        *("2018-10-12", "2018-10-12T10:00:00Z", "2018-10-12 10:00", "2018-10-12T23:59:59.999+01:00"),
        *("12/10/2018", "12.10.2018", "12-10-2018", " 12/10/2018 ", "12/10/2018 14:33:05", "12/10/2018 2:33 PM"),
        *("12 October 2018", "12th Oct 2018", "12 OCT 2018", "12-Oct-2018", "October 12, 2018", "Oct. 12 2018"),
        *("Friday 12 October 2018", "Fri, 12 Oct 2018", "the 12th of October 2018", "12 October 2018, 10:15"),
    ],
)
def test_a_day_is_read_day_first(text: str) -> None:
    assert read_day(text) == OCTOBER


def test_figures_alone_are_never_read_month_first() -> None:
    assert read_day("1/2/2018") == dt.date(2018, 2, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("10/25/2018", "has the month first, which can be misread; write it like 2018-10-12"),
        *((text, "has a year of two figures") for text in ("12/10/18", "12.10.18", "12-Oct-18")),
        *((text, "does not name one day") for text in ("October 2018", "12 Oct 18", "12 13 October 2018", "Oct")),
        ("Thursday 12 October 2018", "was a Friday; find out which is meant"),
        *(
            (text, "is not a day of the calendar")
            for text in ("31/02/2018", "2018-02-30", "00/10/2018", "31 June 2018", "12 October 0000", "0000-01-01")
        ),
        *(
            (text, "is not a day; write it like 2018-10-12 or 12 October 2018")
            for text in ("", "2018", "43385", "soon", "2018/10/12", "12/10-2018", "12 Foo 2018", "12 October 2018 UTC")
        ),
        ("Mon Tue 12 October 2018", "is not a day"),
        ("١٢/١٠/٢٠١٨", "is not a day"),
    ],
)
def test_what_can_be_read_in_two_ways_or_in_none_is_refused_with_the_remedy(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_day(text)


@given(st.dates(dt.date(1000, 1, 1)))
def test_every_day_is_read_back_from_each_way_to_write_it(day: dt.date) -> None:
    month = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October"]
    name = [*month, "November", "December"][day.month - 1]
    for text in (
        day.isoformat(),
        f"{day.day}/{day.month}/{day.year}",
        f"{day.day:02}.{day.month:02}.{day.year}",
        f"{day.day} {name} {day.year}",
        f"{name[:3]} {day.day}, {day.year}",
    ):
        assert read_day(text) == day


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{1,4}[ /.-][0-9A-Za-z]{1,9}[ /.-][0-9]{1,4}", fullmatch=True))
def test_any_text_is_a_day_or_a_refusal(text: str) -> None:
    with suppress(ValueError):
        found = read_day(text)
        assert str(found.year) in text
