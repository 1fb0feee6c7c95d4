"""Days as campaigns write them: 2018-10-12, or day first as in the UK: 12/10/2018, 12 October 2018.

Whatever could be read in two ways, or names no single day, is refused: a wrong day could make an old signature count as
a new one. A time of day after the day is ignored.
"""

from __future__ import annotations

import datetime as dt
import re

from dateutil import parser

_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
_TIME = rf"(?:[T ,]+{_CLOCK}(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}}))?)?"
_ISO = re.compile(rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}){_TIME}")
_NUMBERS = re.compile(rf"(([0-9]{{1,2}})([/.-])([0-9]{{1,2}})\3([0-9]{{4}})){_TIME}")
_SHORT_YEAR = re.compile(rf"[0-9]{{1,2}}([/.-])(?:[0-9]{{1,2}}|[A-Za-z]+)\1[0-9]{{2}}{_TIME}")
_WORDS = re.compile(rf"([A-Za-z0-9 .,'’-]+?){_TIME}")
_ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th)\b", re.IGNORECASE)
_MONTHS = re.compile(
    "jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?|oct(ober)?|nov(ember)?|dec(ember)?"
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_REMEDY = "write it like 2018-10-12 or 12 October 2018"


def read_day(text: str) -> dt.date:
    """The day that a text names. Raises ValueError, with the remedy, for anything that is not plainly one day."""
    text = " ".join(text.split())
    if match := _ISO.fullmatch(text):
        try:
            return dt.date.fromisoformat(match[1])
        except ValueError:
            raise ValueError(f"{text!r:.40} is not a day of the calendar; {_REMEDY}") from None
    if match := _NUMBERS.fullmatch(text):
        return _day_first(match[1], int(match[2]), int(match[4]), int(match[5]))
    if _SHORT_YEAR.fullmatch(text):
        raise ValueError(f"{text!r:.40} has a year of two figures; {_REMEDY}")
    if match := _WORDS.fullmatch(text):
        return _in_words(match[1])
    raise ValueError(f"{text!r:.40} is not a day; {_REMEDY}")


def _day_first(text: str, day: int, month: int, year: int) -> dt.date:
    if month > 12 >= day > 0:
        raise ValueError(f"{text!r} has the month first, which can be misread; {_REMEDY} in the whole file")
    found = _parsed(text)
    if found is None or (found.day, found.month, found.year) != (day, month, year):
        raise ValueError(f"{text!r} is not a day of the calendar; {_REMEDY}")
    return found


def _parsed(text: str) -> dt.date | None:
    try:
        return parser.parse(text, dayfirst=True).date()
    except (ValueError, OverflowError):
        return None


def _in_words(text: str) -> dt.date:
    """A day with the month as a word, which no order of day and month can confuse."""
    plain = _ORDINAL.sub("", text)
    words = [word.casefold() for word in re.findall(r"[A-Za-z]+", plain)]
    numbers = re.findall(r"[0-9]+", plain)
    months = [word for word in words if _MONTHS.fullmatch(word)]
    weekdays = [word for word in words if len(word) > 2 and any(day.startswith(word) for day in _WEEKDAYS)]
    others = set(words) - {*months, *weekdays, "of", "the"}
    if len(months) != 1 or others or len(weekdays) > 1:
        raise ValueError(f"{text!r:.40} is not a day; {_REMEDY}")
    if sorted(map(len, numbers)) not in ([1, 4], [2, 4]):
        raise ValueError(f"{text!r:.40} does not name one day and a year of four figures; {_REMEDY}")
    day, year = sorted(numbers, key=len)
    found = _parsed(f"{day} {months[0]} {year}")
    if found is None or (found.day, found.year) != (int(day), int(year)):
        raise ValueError(f"{text!r:.40} is not a day of the calendar; {_REMEDY}")
    if weekdays and not _WEEKDAYS[found.weekday()].startswith(weekdays[0][:3]):
        raise ValueError(f"{text!r:.40} was a {_WEEKDAYS[found.weekday()].capitalize()}; find out which is meant")
    return found
