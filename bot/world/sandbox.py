"""Places that do not exist, for training, screenshots and scripts: one for each verdict and oddity.

Their postcodes are in the area ZZ, which Royal Mail does not use. Names are plainly invented, and every answer says
that it is an example. The verdicts come out of the same function as all others, from records made for the day asked
about. The configuration can switch these places off.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.engine.facts import (
    Area,
    ConstituencyAnswer,
    DataDates,
    Member,
    PlaceAnswer,
    Pledge,
    PostcodeFinding,
    PostcodeKind,
    PostcodeStatus,
    Verdict,
)
from bot.world.limits import Limits, fresh
from bot.world.verdict import combine, verdict_of_seat

_SIGNED = dt.date(2018, 10, 12)
_A_WHILE = dt.timedelta(days=30)
_SOURCE = "https://example.org/example-pledge"


@dataclass(frozen=True, slots=True)
class _Dates:
    """The dates of an invented record. `confirmed`, `withdrawn` and `vacant` are days on or before the day asked."""

    signed: dt.date | None = None
    confirmed: dt.date | None = None
    withdrawn: dt.date | None = None
    vacant: dt.date | None = None
    list_missing: bool = False


@dataclass(frozen=True, slots=True)
class _Seat:
    code: str
    name: str
    member: str
    dates: Callable[[dt.date], _Dates]


_SEATS = (
    _Seat("Z99000001", "Sandbox East", "Example Member", lambda day: _Dates(signed=_SIGNED, confirmed=day)),
    _Seat("Z99000002", "Sandbox North", "Example Member Two", lambda day: _Dates(signed=_SIGNED)),
    _Seat("Z99000003", "Sandbox South", "Example Member Three", lambda day: _Dates()),
    _Seat(
        "Z99000004", "Sandbox West", "Example Member Four", lambda day: _Dates(signed=_SIGNED, withdrawn=day - _A_WHILE)
    ),
    _Seat("Z99000005", "Sandbox Central", "", lambda day: _Dates(vacant=day - _A_WHILE)),
    _Seat("Z99000006", "Sandbox Hill", "Example Member Six", lambda day: _Dates(signed=_SIGNED, confirmed=day)),
    _Seat("Z99000007", "Sandbox Valley", "Example Member Seven", lambda day: _Dates()),
    _Seat("Z99000008", "Sandbox Marsh", "Example Member Eight", lambda day: _Dates(list_missing=True)),
    _Seat("Z99000009", "Sandbox Old Town", "Example Member Nine", lambda day: _Dates()),
)
_BY_CODE: Mapping[str, _Seat] = {seat.code: seat for seat in _SEATS}

_POSTCODES: Mapping[str, tuple[PostcodeStatus, tuple[str, ...]]] = {
    "ZZ9 9AA": ("live", ("Z99000001",)),  # pledged
    "ZZ9 9AB": ("live", ("Z99000002",)),  # unconfirmed
    "ZZ9 9AC": ("live", ("Z99000003",)),  # no record
    "ZZ9 9AD": ("live", ("Z99000004",)),  # withdrawn
    "ZZ9 9AE": ("live", ("Z99000005",)),  # vacant
    "ZZ9 9AF": ("live", ("Z99000006", "Z99000007")),  # several
    "ZZ9 9AG": ("live", ("Z99000008",)),  # unknown
    "ZZ9 9AH": ("terminated", ("Z99000009",)),  # a postcode that is no longer in use
}
POSTCODES = tuple(_POSTCODES)


def finding(postcode: str) -> PostcodeFinding | None:
    """The finding of a postcode in canonical form; None for all but the invented ones."""
    known = _POSTCODES.get(postcode)
    if known is None:
        return None
    status, codes = known
    return PostcodeFinding(PostcodeKind.FOUND if len(codes) == 1 else PostcodeKind.SEVERAL, status, codes)


def is_sandbox(code: str) -> bool:
    """Whether this is the code of an invented place."""
    return code in _BY_CODE


def area(code: str) -> Area | None:
    """The invented place with this code."""
    seat = _BY_CODE.get(code)
    return Area(seat.code, seat.name) if seat else None


def answer(codes: tuple[str, ...], today: dt.date, limits: Limits) -> PlaceAnswer:
    """The answer for invented places, as if all data were of this day. All `codes` must be invented."""
    seats = tuple(_answer(_BY_CODE[code], today, limits) for code in codes)
    members_date = None if any(_BY_CODE[code].dates(today).list_missing for code in codes) else today
    return PlaceAnswer(
        verdict=combine(seat.verdict for seat in seats),
        constituencies=seats,
        dates=DataDates(postcodes=today, members=members_date, pledges=today),
        members_fresh=members_date is not None and fresh(members_date, limits.members_fresh_within, today),
    )


def _answer(seat: _Seat, today: dt.date, limits: Limits) -> ConstituencyAnswer:
    dates = seat.dates(today)
    member = Member(-int(seat.code[1:]), seat.member, "Example Party") if seat.member else None
    pledge = None
    if member and dates.signed:
        pledge = Pledge(member.id, member.name, dates.signed, dates.confirmed, dates.withdrawn, _SOURCE, today)
    verdict = verdict_of_seat(member, pledge, None if dates.list_missing else today, today, limits)
    if verdict is Verdict.UNKNOWN:
        member = pledge = None
    return ConstituencyAnswer(seat.code, seat.name, member, dates.vacant, verdict, pledge, example=True)
