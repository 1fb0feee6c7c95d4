"""Facts of an invented country, for tests of whatever stands on the engine. Small, and plainly nobody's.

Its postcodes are in the area QX, which Royal Mail does not use; its telephone numbers are those that Ofcom keeps free
for drama. `FACTS` is the whole country; `dataclasses.replace(FACTS, …)` makes another.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from bot.engine.facts import (
    Area,
    ConstituencyAnswer,
    DataDates,
    Facts,
    Member,
    Organisation,
    Phone,
    PlaceAnswer,
    Pledge,
    PostcodeFinding,
    PostcodeKind,
    Regulator,
    Verdict,
)

TODAY: Final = dt.date(2026, 11, 22)

TESTFORD, MOCKSEA, STUBBURY, FAKEHAM, DUMMYTON, BLANKSHIRE = (f"E149000{number:02}" for number in range(1, 7))
VALES: Final = tuple(f"E149001{number:02}" for number in range(1, 31))  # thirty small places, for long lists
ANTRIM_EAST, ANTRIM_WEST = "N05900001", "N05900002"
NORTH, SOUTH = "E12900001", "E12900002"

PLEDGED: Final = "QX1 1AA"
UNCONFIRMED: Final = "QX1 1AB"
NO_RECORD: Final = "QX1 1AC"
WITHDRAWN: Final = "QX1 1AD"
VACANT: Final = "QX1 1AE"
UNKNOWN: Final = "QX1 1AF"
SEVERAL: Final = "QX2 2AA"  # two constituencies with different verdicts
SEVERAL_ALIKE: Final = "QX2 2AB"  # two constituencies, no record in either
TERMINATED: Final = "QX3 3AA"
NEWER: Final = "QX3 3AB"
PARTIAL: Final = "QX4"
PARTIAL_SURE: Final = "QX5"  # only part of a postcode, but all of it in one constituency
NORTHERN_IRELAND: Final = "QX6 6AA"
CHANNEL_ISLANDS: Final = "QX7 7AA"
BRITISH_FORCES: Final = "QX7 7AB"
NOT_FOUND: Final = "QX9 9ZZ"


def _seat(
    code: str,
    name: str,
    member: str,
    verdict: Verdict,
    *,
    vacant_since: dt.date | None = None,
    confirmed_on: dt.date | None = None,
    withdrawn_on: dt.date | None = None,
) -> ConstituencyAnswer:
    sitting = Member(int(code[-3:]), member, "Sample Party") if member else None
    pledge = None
    if sitting and verdict in (Verdict.PLEDGED, Verdict.UNCONFIRMED, Verdict.WITHDRAWN):
        source = f"https://pledges.example.org/{code}"
        signed_on = dt.date(2018, 6, 19)
        pledge = Pledge(sitting.id, member, signed_on, confirmed_on, withdrawn_on, source, dt.date(2026, 10, 30))
    return ConstituencyAnswer(code, name, sitting, vacant_since, verdict, pledge)


_SEATS: Final = (
    _seat(TESTFORD, "Testford", "Tess Testing", Verdict.PLEDGED, confirmed_on=dt.date(2026, 3, 14)),
    _seat(MOCKSEA, "Mocksea and Sham", "Mo Mocking", Verdict.UNCONFIRMED),
    _seat(STUBBURY, "Stubbury", "Stu Stubbs", Verdict.NO_RECORD),
    _seat(FAKEHAM, "Fakeham", "Fay Faking", Verdict.WITHDRAWN, withdrawn_on=dt.date(2025, 2, 3)),
    _seat(DUMMYTON, "Dummyton", "", Verdict.VACANT, vacant_since=dt.date(2026, 9, 8)),
    _seat(BLANKSHIRE, "Blankshire", "", Verdict.UNKNOWN),
    _seat(ANTRIM_EAST, "Pretend Antrim East", "Pat Pretend", Verdict.NO_RECORD),
    _seat(ANTRIM_WEST, "Pretend Antrim West", "Pam Pretend", Verdict.NO_RECORD),
    *(_seat(code, f"Vale {code[-2:]}", f"Val {code[-2:]}", Verdict.NO_RECORD) for code in VALES),
)

_NATIONS: Final = (
    Area("E92900001", "Makebelieve"),
    Area("S92900003", "Makebelieve Highlands"),
    Area("W92900004", "Makebelieve Valleys"),
    Area("N92900002", "Makebelieve Isle"),
)
_REGIONS: Final = (Area(NORTH, "Makebelieve North"), Area(SOUTH, "Makebelieve South"), *_NATIONS[1:])
_WITHIN: Final[Mapping[str, tuple[str, ...]]] = {
    NORTH: VALES,
    SOUTH: (TESTFORD, MOCKSEA, STUBBURY, FAKEHAM, DUMMYTON, BLANKSHIRE),
    "N92900002": (ANTRIM_EAST, ANTRIM_WEST),
}


def _found(*codes: str) -> PostcodeFinding:
    return PostcodeFinding(PostcodeKind.FOUND if len(codes) == 1 else PostcodeKind.SEVERAL, "live", codes)


_FINDINGS: Final[Mapping[str, PostcodeFinding]] = {
    PLEDGED: _found(TESTFORD),
    UNCONFIRMED: _found(MOCKSEA),
    NO_RECORD: _found(STUBBURY),
    WITHDRAWN: _found(FAKEHAM),
    VACANT: _found(DUMMYTON),
    UNKNOWN: _found(BLANKSHIRE),
    SEVERAL: _found(TESTFORD, STUBBURY),
    SEVERAL_ALIKE: _found(VALES[0], VALES[1]),
    TERMINATED: PostcodeFinding(PostcodeKind.FOUND, "terminated", (STUBBURY,)),
    NEWER: PostcodeFinding(PostcodeKind.SEVERAL, "newer_than_index", (STUBBURY, FAKEHAM)),
    PARTIAL: PostcodeFinding(PostcodeKind.PARTIAL, None, VALES),
    PARTIAL_SURE: PostcodeFinding(PostcodeKind.PARTIAL, None, (STUBBURY,)),
    NORTHERN_IRELAND: PostcodeFinding(PostcodeKind.NORTHERN_IRELAND, None, (ANTRIM_EAST, ANTRIM_WEST)),
    CHANNEL_ISLANDS: PostcodeFinding(PostcodeKind.NO_MP, None, (), "jersey"),
    BRITISH_FORCES: PostcodeFinding(PostcodeKind.NO_MP, None, (), "british_forces"),
    NOT_FOUND: PostcodeFinding(PostcodeKind.NOT_FOUND),
}
POSTCODES: Final = tuple(_FINDINGS)


def organisation(number: int, *topics: str, area: str = "United Kingdom") -> Organisation:
    """An invented organisation with everything that a card can show."""
    return Organisation(
        id=f"example_{number}",
        name=f"Example House {number}",
        description=f"Helps with examples of kind {number}.",
        url=f"https://www.house{number}.example.org/help",
        topics=topics,
        area_names=(area, "Islands"),
        phones=(Phone(f"0808 157 0{number:03}", "Free to call."), Phone(f"020 7946 0{number:03}")),
        languages=("en", "ar"),
        interpretation=True,
        hours="Monday to Friday, 9am to 5pm",
        cost="Free",
        eligibility="Everybody",
        funding="Gifts from the public",
        alert="Closed on the last Friday of the month.",
        regulator=Regulator("IAA", f"N2026{number:05}", "https://register.example.org", dt.date(2026, 9, 1)),
        assured_date=dt.date(2026, 10, 5),
        source=f"https://www.house{number}.example.org",
    )


_HOUSES: Final = tuple(organisation(number, "housing", "asylum") for number in range(1, 6))
_DATES: Final = DataDates(dt.date(2024, 7, 1), dt.date(2026, 11, 20), dt.date(2026, 10, 31))
_LINES: Final = (organisation(8, "urgent"), organisation(9, "urgent"))


@dataclass(frozen=True, slots=True)
class FakeFacts:
    """The invented country as `Facts`. `directory` says who helps anywhere, `lines` who helps in an emergency."""

    findings: Mapping[str, PostcodeFinding] = field(default_factory=lambda: MappingProxyType(dict(_FINDINGS)))
    seats: tuple[ConstituencyAnswer, ...] = _SEATS
    directory: tuple[Organisation, ...] = _HOUSES
    lines: tuple[Organisation, ...] = _LINES
    dates: DataDates = _DATES
    members_fresh: bool = True

    def read_postcode(self, text: str, today: dt.date) -> PostcodeFinding:
        """A postcode of this country as it is written here, in capitals or not, or a likely one that does not exist."""
        typed = " ".join(text.split()).upper()
        if re.fullmatch("[A-Z]{1,2}[0-9]{1,2}( [0-9][A-Z]{2})?", typed):
            return self.findings.get(typed, PostcodeFinding(PostcodeKind.NOT_FOUND))
        return PostcodeFinding(PostcodeKind.NOT_A_POSTCODE)

    def answer(self, codes: tuple[str, ...], today: dt.date) -> PlaceAnswer:
        """The seats with these codes, and the verdict that they share."""
        found = tuple(seat for code in codes for seat in self.seats if seat.code == code)
        verdicts = {seat.verdict for seat in found} | ({Verdict.UNKNOWN} if len(found) < len(codes) else set())
        verdict = Verdict.SEVERAL if len(verdicts) > 1 else next(iter(verdicts), Verdict.UNKNOWN)
        return PlaceAnswer(verdict, found, self.dates, self.members_fresh)

    def search(self, text: str) -> tuple[Area, ...]:
        """Places in whose name, or whose member's name, the text stands."""
        wanted = text.strip().casefold()
        names = ((seat, f"{seat.name} {seat.member.name if seat.member else ''}".casefold()) for seat in self.seats)
        return tuple(Area(seat.code, seat.name) for seat, name in names if len(wanted) > 2 and wanted in name)[:8]

    def area(self, code: str) -> Area | None:
        """The nation, region or constituency with this code."""
        known = (*_NATIONS, *_REGIONS, *(Area(seat.code, seat.name) for seat in self.seats))
        return next((area for area in known if area.code == code), None)

    def nations(self) -> tuple[Area, ...]:
        """The four nations."""
        return _NATIONS

    def regions(self) -> tuple[Area, ...]:
        """Two regions, then three nations."""
        return _REGIONS

    def constituencies_in(self, code: str) -> tuple[Area, ...]:
        """The constituencies of a region, or of the one nation that has any here."""
        return tuple(area for inside in _WITHIN.get(code, ()) if (area := self.area(inside)))

    def organisations(self, topic: str | None, codes: tuple[str, ...], today: dt.date) -> tuple[Organisation, ...]:
        """Who helps with the topic; all of them help everywhere."""
        return tuple(one for one in self.directory if topic is None or topic in one.topics)

    def crisis_lines(self, codes: tuple[str, ...], today: dt.date) -> tuple[Organisation, ...]:
        """The help lines; the same everywhere."""
        return self.lines


FACTS: Final = FakeFacts()
_: Facts = FACTS  # the type checker holds the fake to the port
