"""How old everything is that the bot knows, what that hides, and where help is thin: `askfirst data status`. Pure.

What is counted is what people would get: organisations come through `organisations.choose`, verdicts through
`WorldFacts.answer`, on the day asked about.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from dateutil.relativedelta import relativedelta

from bot.engine.facts import Area, Member, Organisation, Pledge, Verdict
from bot.world import organisations
from bot.world.limits import Limits, fresh
from bot.world.organisation_file import UK
from bot.world.organisations import OrganisationRecord
from bot.world.topics import TOPICS
from bot.world.verdict import verdict_of_seat
from bot.world.world import WorldFacts

SOON: Final = relativedelta(days=60)
"""An organisation that passes its limit within this time is named, so that somebody checks it before it is hidden."""
LONGEST_PARLIAMENT: Final = relativedelta(years=5)
"""Dissolution and Calling of Parliament Act 2022, s.4: it ends five years after it first met, if not before. Whoever
has not changed `members.last_general_election` by then has missed an election."""
CRISIS: Final = "crisis"

SourceName = Literal["postcodes", "members", "pledges", "directory", "election"]


@dataclass(frozen=True, slots=True)
class SourceAge:
    """A source against its limit. `date` is None where there is no such fact; `good_until` is the last good day."""

    name: SourceName
    date: dt.date | None
    limit: relativedelta
    good_until: dt.date | None
    past: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """The organisations, by id. `phones_past` and `phones_undated` name the organisation of each number.

    shown            may be offered today
    without_phone    of these, those without a number on the card
    held_back        advise on immigration, but are not offered for it: no regulator's record that is fresh
    soon             become stale within SOON
    stale            hidden: checked too long ago
    inactive         hidden: not open, by their own entry
    phones_shown     how many numbers are on cards
    phones_past      numbers hidden because they were checked too long ago
    phones_undated   numbers hidden because nobody is known to have checked them
    regulators_past  whose regulator's record is too old
    """

    shown: tuple[str, ...]
    without_phone: tuple[str, ...]
    held_back: tuple[str, ...]
    soon: tuple[str, ...]
    stale: tuple[str, ...]
    inactive: tuple[str, ...]
    phones_shown: int
    phones_past: tuple[str, ...]
    phones_undated: tuple[str, ...]
    regulators_past: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """How many organisations people in a region are offered besides those for the whole UK: in the constituency that
    has the fewest, and in the one that has the most."""

    region: Area
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class TopicCover:
    """Who helps with a topic (or `crisis`: the help lines): for the whole UK, and in each of the twelve regions."""

    topic: str
    uk_wide: int
    regions: tuple[Cover, ...]


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A seat that nobody sits for; `since` is None where the day is not known. A seat that the member list says nothing
    of is not among them: its verdict is `unknown`."""

    code: str
    name: str
    since: dt.date | None


@dataclass(frozen=True, slots=True)
class PledgeCounts:
    """The records of the register. `history`: the person does not sit today, or is not known by id.

    Counted as if the member list were of today: a list that is not fresh hides confirmations, but does not undo them.
    """

    confirmed: int
    unconfirmed: int
    withdrawn: int
    history: int


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `askfirst data status` says. `names_nobody`: the member list is too old to name anybody."""

    day: dt.date
    sources: tuple[SourceAge, ...]
    names_nobody: bool
    directory: Directory
    coverage: tuple[TopicCover, ...]
    vacancies: tuple[Vacancy, ...]
    pledges: PledgeCounts
    verdicts: Mapping[Verdict, int]

    @property
    def past(self) -> tuple[str, ...]:
        """What is past its age limit: names of sources, `phones`, `regulators`."""
        found = [source.name for source in self.sources if source.past]
        parts = (("phones", self.directory.phones_past), ("regulators", self.directory.regulators_past))
        return (*found, *(name for name, ids in parts if ids))


def status(facts: WorldFacts, day: dt.date) -> Status:
    """What is known, how old it is, and what it leads to, on this day."""
    answers = [facts.answer((code,), day).constituencies[0] for code in facts.seats]
    counts = Counter(answer.verdict for answer in answers)
    members = facts.members
    return Status(
        day=day,
        sources=tuple(source_ages(source_dates(facts), facts.limits, day)),
        names_nobody=verdict_of_seat(None, None, members.date, day, facts.limits) is Verdict.UNKNOWN,
        directory=_directory(facts, day),
        coverage=tuple(_coverage(facts, day)),
        vacancies=tuple(
            Vacancy(seat.code, seat.name, members.vacant_since(seat.code, day))
            for seat in facts.seats.values()
            if seat.code in members.by_seat and members.sitting(seat.code, day) is None
        ),
        pledges=_pledges(facts, day),
        verdicts={verdict: counts[verdict] for verdict in Verdict if verdict is not Verdict.SEVERAL},
    )


def source_dates(facts: WorldFacts) -> Mapping[SourceName, dt.date | None]:
    """The date of each source that is read from files."""
    return {
        "postcodes": facts.postcodes.date,
        "members": facts.members.date,
        "pledges": facts.pledges.date,
        "directory": min((one.assured_date for one in facts.directory if one.status == "active"), default=None),
    }


def source_ages(dates: Mapping[SourceName, dt.date | None], limits: Limits, day: dt.date) -> Iterator[SourceAge]:
    """Each source against its limit on this day, and the last general election."""
    yield _age("postcodes", dates.get("postcodes"), limits.postcodes_max_age, day)
    yield _age("members", dates.get("members"), limits.members_fresh_within, day)
    yield _age("pledges", dates.get("pledges"), limits.confirmed_within, day)
    yield _age("directory", dates.get("directory"), limits.directory_max_age, day)
    election = limits.last_general_election
    # The day of the next election may be written down as soon as it is called.
    yield _age("election", election, LONGEST_PARLIAMENT, max(day, election))


def _age(name: SourceName, date: dt.date | None, limit: relativedelta, day: dt.date) -> SourceAge:
    if date is None:
        return SourceAge(name, None, limit, None, past=True)
    try:
        good_until = date + limit
    except (ValueError, OverflowError):  # as in `fresh`
        good_until = dt.date.max
    return SourceAge(name, date, limit, good_until, past=not fresh(date, limit, day))


def _directory(facts: WorldFacts, day: dt.date) -> Directory:
    limits = facts.limits
    active = [one for one in facts.directory if one.status == "active"]
    shown = [one for one in active if fresh(one.assured_date, limits.directory_max_age, day)]
    stale = [one for one in active if not fresh(one.assured_date, limits.directory_max_age, day)]
    soon = [one for one in shown if not fresh(one.assured_date, limits.directory_max_age, day + SOON)]
    numbers = [(one.id, phone.assured_date) for one in shown for phone in one.phones]
    good = [(name, on) for name, on in numbers if on is not None and fresh(on, limits.phone_max_age, day)]
    called = {name for name, _ in good}
    return Directory(
        shown=_ids(shown),
        without_phone=_ids(one for one in shown if one.id not in called),
        held_back=_ids(organisations.held_back(shown, day, limits)),
        soon=_ids(soon),
        stale=_ids(stale),
        inactive=_ids(one for one in facts.directory if one.status != "active"),
        phones_shown=len(good),
        phones_past=tuple(name for name, on in numbers if on is not None and (name, on) not in good),
        phones_undated=tuple(name for name, on in numbers if on is None),
        regulators_past=tuple(
            one.id
            for one in shown
            if one.regulator and not fresh(one.regulator.checked_on, limits.directory_max_age, day)
        ),
    )


def _ids(records: Iterable[OrganisationRecord]) -> tuple[str, ...]:
    return tuple(one.id for one in records)


def _coverage(facts: WorldFacts, day: dt.date) -> Iterator[TopicCover]:
    everywhere = {one.id for one in facts.directory if any(UK in area.codes for area in one.areas)}
    places = {region: _places(facts, region) for region in facts.regions()}
    for topic in (*TOPICS, CRISIS):
        regions = []
        for region, kinds in places.items():
            numbers = [sum(one.id not in everywhere for one in _offered(facts, topic, at, day)) for at in kinds]
            regions.append(Cover(region, min(numbers), max(numbers)))
        yield TopicCover(topic, len(_offered(facts, topic, (), day)), tuple(regions))


def _places(facts: WorldFacts, region: Area) -> set[tuple[str, ...]]:
    """The area codes of the region's constituencies, without those that no organisation serves: most are then alike,
    and each kind of place has to be asked about only once."""
    served = {code for one in facts.directory for area in one.areas for code in area.codes}
    inside = (facts.seats[seat.code] for seat in facts.constituencies_in(region.code))
    return {
        (*(code for code in seat.area_codes() if code in served), seat.region.code, seat.nation.code) for seat in inside
    }


def _offered(facts: WorldFacts, topic: str, codes: tuple[str, ...], day: dt.date) -> tuple[Organisation, ...]:
    if topic == CRISIS:
        return organisations.crisis_lines(facts.directory, codes, day, facts.limits)
    return organisations.choose(facts.directory, topic, codes, day, facts.limits)


def _pledges(facts: WorldFacts, day: dt.date) -> PledgeCounts:
    sitting = (facts.members.sitting(code, day) for code in facts.seats)
    members = {one.person_id: Member(one.person_id, one.name, one.party) for one in sitting if one}
    counts = Counter(_standing(members, pledge, day, facts.limits) for pledge in facts.pledges.records)
    return PledgeCounts(
        confirmed=counts[Verdict.PLEDGED],
        unconfirmed=counts[Verdict.UNCONFIRMED],
        withdrawn=counts[Verdict.WITHDRAWN],
        history=counts[None],
    )


def _standing(members: Mapping[int, Member], pledge: Pledge, day: dt.date, limits: Limits) -> Verdict | None:
    """What the record is worth on this day; None for history."""
    if pledge.person_id is None or pledge.person_id not in members:
        return None
    verdict = verdict_of_seat(members[pledge.person_id], pledge, day, day, limits)
    return verdict if verdict in (Verdict.PLEDGED, Verdict.WITHDRAWN) else Verdict.UNCONFIRMED
