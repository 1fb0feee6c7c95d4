"""How old a fact may be before the bot stops relying on it.

The configuration writes these as words ("24 months"); `fresh` is the one place that compares a date with a limit.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

_45_DAYS, _ONE_YEAR, _TWO_YEARS = relativedelta(days=45), relativedelta(months=12), relativedelta(months=24)
_THREE_YEARS = relativedelta(months=36)
_DURATION = re.compile(r"([1-9][0-9]{0,3}) +(day|week|month|year)s?")


@dataclass(frozen=True, slots=True)
class Limits:
    """The ages and the one date that decide what may be said.

    confirmed_within     a pledge confirmed longer ago than this is `unconfirmed`
    members_fresh_within a member list older than this confirms nothing, and the answer says how to check
    members_max_age      a member list older than this names nobody
    last_general_election  nothing older than this is relied on; set it to the day of the next one when it is called
    phone_max_age        a telephone number assured longer ago than this is not shown
    directory_max_age    an organisation assured longer ago than this is not shown
    postcodes_max_age    an index older than this is called old by `askfirst data status`; answers do not change
    """

    confirmed_within: relativedelta = _TWO_YEARS
    members_fresh_within: relativedelta = _45_DAYS
    members_max_age: relativedelta = _TWO_YEARS
    last_general_election: dt.date = dt.date(2024, 7, 4)
    phone_max_age: relativedelta = _ONE_YEAR
    directory_max_age: relativedelta = _TWO_YEARS
    postcodes_max_age: relativedelta = _THREE_YEARS


def parse_duration(text: str) -> relativedelta:
    """`24 months` or `45 days` as a duration. Raises ValueError, with the remedy, for anything else."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(
            f"{text!r} is not a duration; write a whole number and a unit, for example 24 months or 45 days"
        )
    number, unit = int(match[1]), match[2]
    if unit == "day":
        return relativedelta(days=number)
    if unit == "week":
        return relativedelta(weeks=number)
    return relativedelta(months=number) if unit == "month" else relativedelta(years=number)


def duration_words(duration: relativedelta) -> str:
    """A duration in one unit, as `parse_duration` reads it: `24 months`, `45 days`."""
    number, unit = (duration.days, "day") if duration.days else (12 * duration.years + duration.months, "month")
    return f"{number} {unit}{'' if number == 1 else 's'}"


def fresh(date: dt.date, within: relativedelta, today: dt.date) -> bool:
    """Whether `date` lies no longer back than `within`, and not in the future.

    Months are counted forward from `date`: where they have different lengths this is the stricter reading.
    """
    if date > today:
        return False
    try:
        return date + within >= today
    except (ValueError, OverflowError):  # beyond the calendar's last year, so later than any day
        return True
