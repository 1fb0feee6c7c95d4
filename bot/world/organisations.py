"""The directory of organisations: reads `data/organisations/*.yaml`, and chooses who is shown for a topic and place.

The choice depends on the topic, the place and the day alone, never on the person: the same question gets the same
list. Nothing is shown that has not been checked lately (see docs/decisions/0005).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dateutil.relativedelta import relativedelta

from bot.engine.facts import Organisation, Phone, Regulator
from bot.errors import Fault, shown_path
from bot.world.organisation_file import (
    ENGLAND,
    NORTHERN_IRELAND,
    SCOTLAND,
    SEVERAL_NATIONS,
    UK,
    WALES,
    OrganisationFile,
    RegulatorPart,
)
from bot.world.organisation_rules import check, repeated
from bot.world.topics import ADVICE_TOPICS
from bot.yamlfile import Document, read

_NATION_BY_LETTER = {"E": ENGLAND, "S": SCOTLAND, "W": WALES, "N": NORTHERN_IRELAND}


class OrganisationLimits(Protocol):
    """How old a checked fact may be and still be shown (`directory.` in bot_config.yaml)."""

    @property
    def phone_max_age(self) -> relativedelta:
        """Of a telephone number."""
        ...

    @property
    def directory_max_age(self) -> relativedelta:
        """Of a whole entry, and of a regulator's record."""
        ...


@dataclass(frozen=True, slots=True)
class AssuredPhone:
    """A telephone line, and the day on which somebody saw that its number is right; None: nobody is known to have."""

    phone: Phone
    assured_date: dt.date | None


@dataclass(frozen=True, slots=True)
class ServiceArea:
    """An area served: its name on the card, and the GSS codes that make it up."""

    name: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrganisationRecord:
    """One file of the directory, whether or not it may be shown today. Absent texts are empty."""

    id: str
    name: str
    description: str
    url: str
    status: str
    topics: tuple[str, ...]
    crisis: bool
    gives_immigration_advice: bool
    areas: tuple[ServiceArea, ...]
    phones: tuple[AssuredPhone, ...]
    languages: tuple[str, ...]
    interpretation: bool
    hours: str
    cost: str
    eligibility: str
    funding: str
    alert: str
    regulator: Regulator | None
    assured_date: dt.date
    sources: tuple[str, ...]


def read_organisations(
    folder: Path, faults: list[Fault], today: dt.date, known_areas: frozenset[str]
) -> tuple[OrganisationRecord, ...]:
    """The files without a fault, by id; what is wrong with the others is added to `faults`.

    `known_areas` are the GSS codes of the councils and constituencies that a service may name; nations, English regions
    and the groups of nations (K02000001, K03000001, K04000001) are known here.
    """
    if not folder.is_dir():
        faults.append(
            Fault(shown_path(folder), 0, 0, "unreadable", "is not a folder; check `data.dir` in bot_config.yaml")
        )
        return ()
    documents: list[Document[OrganisationFile]] = []
    faulty: set[str] = set()
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):  # what editors leave beside a file that is open
            continue
        if path.suffix == ".yml":
            faults.append(Fault(shown_path(path), 0, 0, "wrong-ending", "would not be read; end its name in .yaml"))
        if path.suffix != ".yaml":
            continue
        document = read(path, OrganisationFile, faults)
        if document is None:
            continue
        found = list(check(document, path.stem, today, known_areas))
        faults.extend(found)
        documents.append(document)
        if found:
            faulty.add(document.file)
    found = list(repeated(documents))
    faults.extend(found)
    faulty.update(fault.file for fault in found)
    return tuple(_record(document.model) for document in documents if document.file not in faulty)


def choose(
    records: Iterable[OrganisationRecord],
    topic: str,
    area_codes: tuple[str, ...],
    today: dt.date,
    limits: OrganisationLimits,
) -> tuple[Organisation, ...]:
    """Who helps with this topic there: councils first, then region, nation and several nations, each by name.

    `area_codes` are all areas the place lies in, small and large (constituency, council, region, nation); the nation
    may be left out, for every code begins with its letter. () means services for the whole UK only.
    """
    suited = (one for one in records if topic in one.topics and _may_advise(one, topic, today, limits))
    return _shown(suited, area_codes, today, limits)


def choose_any(
    records: Iterable[OrganisationRecord], area_codes: tuple[str, ...], today: dt.date, limits: OrganisationLimits
) -> tuple[Organisation, ...]:
    """Who helps there with anything: councils and region first; then what concerns papers; help lines last."""
    suited = (one for one in records if any(_may_advise(one, topic, today, limits) for topic in one.topics))
    return _shown(suited, area_codes, today, limits, order=_first_look)


def crisis_lines(
    records: Iterable[OrganisationRecord], area_codes: tuple[str, ...], today: dt.date, limits: OrganisationLimits
) -> tuple[Organisation, ...]:
    """The lines for people in danger or despair there, whatever they asked for.

    Those whose number may be shown come first, for whoever is in danger reads no further; then the nearest.
    """

    def order(nearest: int, record: OrganisationRecord) -> tuple[bool | int, ...]:
        return not _fresh_phones(record, today, limits), nearest

    return _shown((one for one in records if one.crisis), area_codes, today, limits, order)


def held_back(
    records: Iterable[OrganisationRecord], today: dt.date, limits: OrganisationLimits
) -> tuple[OrganisationRecord, ...]:
    """Who advises on immigration but is not offered for it, for want of a regulator's record that is fresh.

    They are what a keeper of the directory should look up next; see `askfirst data verify`.
    """
    return tuple(
        one
        for one in records
        if one.status == "active" and not all(_may_advise(one, topic, today, limits) for topic in one.topics)
    )


def _may_advise(record: OrganisationRecord, topic: str, today: dt.date, limits: OrganisationLimits) -> bool:
    if topic not in ADVICE_TOPICS or not record.gives_immigration_advice:
        return True
    regulator = record.regulator
    return regulator is not None and not _older(regulator.checked_on, limits.directory_max_age, today)


def _shown(
    records: Iterable[OrganisationRecord],
    area_codes: tuple[str, ...],
    today: dt.date,
    limits: OrganisationLimits,
    order: Callable[[int, OrganisationRecord], tuple[bool | int, ...]] = lambda nearest, record: (nearest,),
) -> tuple[Organisation, ...]:
    here = frozenset(area_codes) | {_NATION_BY_LETTER[code[0]] for code in area_codes if code[:1] in _NATION_BY_LETTER}
    ranked = [
        (order(nearest, record), record.name.casefold(), record.id, record)
        for record in records
        if record.status == "active"
        and not _older(record.assured_date, limits.directory_max_age, today)
        and (nearest := _nearest(record, here)) is not None
    ]
    ranked.sort(key=lambda entry: entry[:3])
    return tuple(_card(entry[3], today, limits) for entry in ranked)


def _first_look(nearest: int, record: OrganisationRecord) -> tuple[bool | int, ...]:
    return nearest > 1, record.crisis, not ADVICE_TOPICS & set(record.topics), nearest


def _older(day: dt.date, age: relativedelta, today: dt.date) -> bool:
    return day + age < today


def _nearest(record: OrganisationRecord, here: frozenset[str]) -> int | None:
    """0 council or constituency, 1 region, 2 nation, 3 several nations; None if the service does not reach there."""
    steps = [step for area in record.areas for code in area.codes if (step := _step(code, here)) is not None]
    return min(steps, default=None)


def _step(code: str, here: frozenset[str]) -> int | None:
    if code in SEVERAL_NATIONS:
        return 3 if code == UK or SEVERAL_NATIONS[code] & here else None
    if code not in here:
        return None
    if code in _NATION_BY_LETTER.values():
        return 2
    return 1 if code.startswith("E12") else 0


def _fresh_phones(record: OrganisationRecord, today: dt.date, limits: OrganisationLimits) -> tuple[Phone, ...]:
    return tuple(
        one.phone
        for one in record.phones
        if one.assured_date is not None and not _older(one.assured_date, limits.phone_max_age, today)
    )


def _card(record: OrganisationRecord, today: dt.date, limits: OrganisationLimits) -> Organisation:
    return Organisation(
        id=record.id,
        name=record.name,
        description=record.description,
        url=record.url,
        topics=record.topics,
        area_names=tuple(area.name for area in record.areas),
        phones=_fresh_phones(record, today, limits),
        languages=record.languages,
        interpretation=record.interpretation,
        hours=record.hours,
        cost=record.cost,
        eligibility=record.eligibility,
        funding=record.funding,
        alert=record.alert,
        regulator=record.regulator,
        assured_date=record.assured_date,
        source=record.sources[0],
    )


def _record(entry: OrganisationFile) -> OrganisationRecord:
    organization, service = entry.organization, entry.service
    return OrganisationRecord(
        id=organization.id,
        name=service.name or organization.name,
        description=service.description,
        url=service.url or organization.website,
        status=service.status,
        topics=entry.topics,
        crisis=entry.crisis,
        gives_immigration_advice=entry.gives_immigration_advice,
        areas=tuple(ServiceArea(area.name, area.codes) for area in entry.service_areas),
        phones=tuple(
            AssuredPhone(Phone(one.number, one.description or "", one.languages), one.assured_date)
            for one in entry.phones
        ),
        languages=entry.languages,
        interpretation=service.interpretation_services is not None,
        hours="; ".join(schedule.description for schedule in entry.schedules),
        cost=service.fees_description or "",
        eligibility=service.eligibility_description or "",
        funding=entry.funding or "",
        alert=service.alert or "",
        regulator=Regulator(**entry.regulator.model_dump()) if isinstance(entry.regulator, RegulatorPart) else None,
        assured_date=service.assured_date,
        sources=tuple(source.url for source in entry.sources),
    )
