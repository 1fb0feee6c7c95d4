"""Everything the bot knows, read from `data/` and checked as a whole: the engine's `Facts`.

A `WorldFacts` is one immutable value. When files change, a new one is loaded and takes the old one's place at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.engine.facts import (
    Area,
    ConstituencyAnswer,
    DataDates,
    Member,
    Organisation,
    PlaceAnswer,
    PostcodeFinding,
    Verdict,
)
from bot.errors import DataError, Fault, shown_path
from bot.world import organisations, sandbox
from bot.world.constituencies import Constituency, read_constituencies
from bot.world.limits import Limits, fresh
from bot.world.lookup import PostcodeLookup, find
from bot.world.members import MemberList, read_members
from bot.world.organisations import OrganisationRecord, read_organisations
from bot.world.pledges import PledgeRegister, read_pledges
from bot.world.postcode_index import PostcodeIndex
from bot.world.search import PlaceSearch, place_search
from bot.world.verdict import combine, verdict_of_seat

MOST_WITHOUT_A_ROW = 32  # of 650; a vacant seat keeps the row of whoever sat there last


class DatedPostcodes(PostcodeLookup, Protocol):
    """An index that knows how old it is."""

    @property
    def date(self) -> dt.date:
        """The month of the source, as its first day."""
        ...


@dataclass(frozen=True, slots=True)
class WorldFacts:
    """All facts; `load_world` makes one. `seats` are the constituencies by GSS code; `sandbox_on` says whether the
    invented places exist."""

    postcodes: DatedPostcodes
    seats: Mapping[str, Constituency]
    by_region: Mapping[str, tuple[Area, Area]]  # each region and its nation, by the region's code
    members: MemberList
    pledges: PledgeRegister
    directory: tuple[OrganisationRecord, ...]
    limits: Limits
    sandbox_on: bool
    by_name: PlaceSearch  # constituencies by their own and their member's name
    by_council: PlaceSearch

    def read_postcode(self, text: str, today: dt.date) -> PostcodeFinding:
        """Finds the postcode in a person's own words and looks it up. The text is kept nowhere."""
        return find(text, self.postcodes, self.sandbox_on)

    def answer(self, codes: tuple[str, ...], today: dt.date) -> PlaceAnswer:
        """Verdict and members of these candidate constituencies; a code that is none of them counts as `unknown`."""
        codes = tuple(dict.fromkeys(codes))
        if self.sandbox_on and codes and all(map(sandbox.is_sandbox, codes)):
            return sandbox.answer(codes, today, self.limits)
        known = tuple(self._seat(self.seats[code], today) for code in codes if code in self.seats)
        verdicts = [seat.verdict for seat in known] + [Verdict.UNKNOWN] * (len(codes) - len(known))
        return PlaceAnswer(
            verdict=combine(verdicts),
            constituencies=known,
            dates=DataDates(self.postcodes.date, self.members.date, self.pledges.date),
            members_fresh=self.members.date is not None
            and fresh(self.members.date, self.limits.members_fresh_within, today),
        )

    def search(self, text: str) -> tuple[Area, ...]:
        """Constituencies whose name or whose member's name resembles the text; where none does, those of a council."""
        return self.by_name.find(text) or self.by_council.find(text)

    def area(self, code: str) -> Area | None:
        """The nation, region or constituency with this GSS code, or the invented place."""
        if code in self.seats:
            return Area(code, self.seats[code].name)
        if code in self.by_region:
            return self.by_region[code][0]
        nation = next((one for one in self.nations() if one.code == code), None)
        return nation or (sandbox.area(code) if self.sandbox_on else None)

    def nations(self) -> tuple[Area, ...]:
        """The four nations of the UK, by name."""
        return _by_name(nation for _, nation in self.by_region.values())

    def regions(self) -> tuple[Area, ...]:
        """The nine regions of England by name, then Scotland, Wales and Northern Ireland."""
        found = _by_name(region for region, _ in self.by_region.values())
        return tuple(sorted(found, key=lambda region: "ESWN".index(region.code[0])))

    def constituencies_in(self, code: str) -> tuple[Area, ...]:
        """The constituencies of a nation or region, by name."""
        return _by_name(
            Area(seat.code, seat.name) for seat in self.seats.values() if code in (seat.nation.code, seat.region.code)
        )

    def organisations(self, topic: str | None, codes: tuple[str, ...], today: dt.date) -> tuple[Organisation, ...]:
        """Who helps with this topic (None: with any) there, nearest first.

        () as `codes` means the whole UK only, and so do invented places.
        """
        here = self._areas_of(codes)
        if topic is not None:
            return organisations.choose(self.directory, topic, here, today, self.limits)
        return organisations.choose_any(self.directory, here, today, self.limits)

    def crisis_lines(self, codes: tuple[str, ...], today: dt.date) -> tuple[Organisation, ...]:
        """The help lines for an emergency there."""
        return organisations.crisis_lines(self.directory, self._areas_of(codes), today, self.limits)

    def _seat(self, seat: Constituency, today: dt.date) -> ConstituencyAnswer:
        """The answer for one constituency. Where the member list cannot be relied on, it names nobody."""
        record = self.members.sitting(seat.code, today)
        member = Member(record.person_id, record.name, record.party) if record else None
        pledge = self.pledges.by_person.get(member.id) if member else None
        verdict = verdict_of_seat(member, pledge, self.members.date, today, self.limits)
        if verdict is Verdict.UNKNOWN or seat.code not in self.members.by_seat:
            # A seat that the list says nothing of is not a vacant seat.
            return ConstituencyAnswer(seat.code, seat.name, None, None, Verdict.UNKNOWN, None)
        vacant_since = self.members.vacant_since(seat.code, today)
        return ConstituencyAnswer(seat.code, seat.name, member, vacant_since, verdict, pledge)

    def _areas_of(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """GSS codes of all areas that these constituencies, regions or nations lie in."""
        found: dict[str, None] = {}
        nations = {nation.code for _, nation in self.by_region.values()}
        for code in codes:
            if code in self.seats:
                found.update(dict.fromkeys(self.seats[code].area_codes()))
            elif code in self.by_region:
                found.update(dict.fromkeys(area.code for area in self.by_region[code]))
            elif code in nations:
                found[code] = None
        return tuple(found)


def load_world(
    data_dir: Path, limits: Limits, today: dt.date, sandbox: bool = True, instead: Path | None = None
) -> WorldFacts:
    """Reads and checks all files of `data_dir`. Raises DataError with everything that is wrong with them.

    `today` is the day after which no date may lie. `sandbox`: whether the invented ZZ postcodes exist. `instead`: a
    folder whose files, and whose folder of organisations, take the place of those of the same name.
    """

    def at(name: str) -> Path:
        return instead / name if instead and (instead / name).exists() else data_dir / name

    faults: list[Fault] = []
    postcodes = _open_postcodes(at("postcodes.idx"), faults)
    seats = read_constituencies(at("constituencies.csv"), faults)
    members = read_members(at("members.csv"), seats, today, faults)
    pledges = read_pledges(at("pledges.yaml"), members, today, faults)
    councils = {area.code for seat in seats.values() for area in seat.councils}
    directory = read_organisations(at("organisations"), faults, today, frozenset(seats) | councils)
    if not faults:
        faults += _cut_short(at("members.csv"), seats, members)
    if faults or postcodes is None:
        raise DataError(f"The data in {shown_path(data_dir)} cannot be used:", faults)
    return WorldFacts(
        postcodes=postcodes,
        seats=seats,
        by_region={seat.region.code: (seat.region, seat.nation) for seat in seats.values()},
        members=members,
        pledges=pledges,
        directory=directory,
        limits=limits,
        sandbox_on=sandbox,
        by_name=place_search((Area(seat.code, seat.name), _names(seat, members, today)) for seat in seats.values()),
        by_council=place_search(
            (Area(seat.code, seat.name), [area.name for area in seat.councils]) for seat in seats.values()
        ),
    )


def _open_postcodes(path: Path, faults: list[Fault]) -> PostcodeIndex | None:
    file = shown_path(path)
    if not path.exists():
        message = "is missing; take it from the release, or make it with `askfirst data build`"
        faults.append(Fault(file, 0, 0, "missing", message))
        return None
    try:
        index = PostcodeIndex.open(path)
        index.verify()  # a damaged body could name a wrong MP
    except DataError as error:
        faults.append(Fault(file, 0, 0, "postcodes", str(error).removeprefix(f"{file} ")))
        return None
    return index


def _cut_short(path: Path, seats: Mapping[str, Constituency], members: MemberList) -> list[Fault]:
    """Half a member list is a good table too, but it would call half the seats vacant."""
    nobody = len(seats.keys() - members.by_seat.keys())
    if nobody <= MOST_WITHOUT_A_ROW:
        return []
    message = f"names nobody, now or before, for {nobody} of {len(seats)} seats; take the whole list again"
    return [Fault(shown_path(path), 0, 0, "cut-short", message)]


def _names(seat: Constituency, members: MemberList, today: dt.date) -> list[str]:
    sitting = members.sitting(seat.code, today)
    return [seat.name, sitting.name] if sitting else [seat.name]


def _by_name(areas: Iterable[Area]) -> tuple[Area, ...]:
    return tuple(sorted(set(areas), key=lambda area: (area.name, area.code)))
