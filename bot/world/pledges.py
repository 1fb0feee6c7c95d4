"""The register of the "MPs Not Border Guards" pledge: one record per person (`data/pledges.yaml`).

A pledge is a person's, never a seat's: it is matched by the person id of Parliament's Members API and follows the
person to another constituency. A record without an id is history; it says nothing about anybody who sits.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from bot.engine.facts import Pledge
from bot.errors import Fault
from bot.world.members import MemberList
from bot.world.search import words
from bot.yamlfile import Document, read

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: object) -> object:
    if isinstance(value, dt.date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("must be a day, written like 2018-10-12")


Day = Annotated[dt.date, BeforeValidator(_day)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class PledgeEntry(BaseModel):
    """One record as it stands in the file; its header explains every key."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    person_id: Annotated[int, Field(strict=True, gt=0)] | None = None
    name: Words
    constituency_then: Words | None = None
    signed_on: Day
    signed_on_is: Literal["on", "by"] = "on"
    confirmed_on: Day | None = None
    withdrawn_on: Day | None = None
    source: Words
    source_note: Words | None = None
    checked_on: Day
    checked_by: Words


class PledgeFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pledges: tuple[PledgeEntry, ...]


@dataclass(frozen=True, slots=True)
class PledgeRegister:
    """All records, and those that can be matched. `date`: every record has been checked on or after this day."""

    records: tuple[Pledge, ...]
    by_person: Mapping[int, Pledge]
    date: dt.date | None


def register(records: tuple[Pledge, ...]) -> PledgeRegister:
    """A register of these records; persons must differ."""
    by_person = {record.person_id: record for record in records if record.person_id is not None}
    return PledgeRegister(records, by_person, min((record.checked_on for record in records), default=None))


def read_pledges(path: Path, members: MemberList, today: dt.date, faults: list[Fault]) -> PledgeRegister:
    """The register in this file. What is wrong is added to `faults`.

    `members` guards against a wrong digit in a person id, which would hang a signature on somebody else.
    """
    document = read(path, PledgeFile, faults)
    if document is None:
        return register(())
    persons = members.persons()
    for number, entry in enumerate(document.model.pledges):
        faults.extend(_dates(document, number, entry, today))
        faults.extend(_source(document, number, entry))
        faults.extend(_repeated(document, number, entry))
        now = persons.get(entry.person_id) if entry.person_id else None
        if now and not _may_be(words(now.name), words(entry.name)):
            message = (
                f"in members.csv this is the id of {now.name}, not of {entry.name}; "
                "correct the id, or add the name now in use to `name`"
            )
            faults.append(document.fault(("pledges", number, "person_id"), "other-person", message))
    unique = {entry.person_id or -number: entry for number, entry in enumerate(document.model.pledges, 1)}
    return register(tuple(_pledge(entry) for entry in unique.values()))


def _may_be(now: Sequence[str], signed: Sequence[str]) -> bool:
    """Whether the member of that id can be the person who signed: the same surname and a first name that begins alike.

    One word in common is not enough: two members are called Richard.
    """
    if not now or now[-1] not in signed:
        return False
    given = [word for word in signed if word != now[-1]]
    return any(word[:3] == other[:3] for word in now[:-1] for other in given)


def _pledge(entry: PledgeEntry) -> Pledge:
    return Pledge(
        person_id=entry.person_id,
        name=entry.name,
        signed_on=entry.signed_on,
        confirmed_on=entry.confirmed_on,
        withdrawn_on=entry.withdrawn_on,
        source=entry.source,
        checked_on=entry.checked_on,
        signed_on_is=entry.signed_on_is,
    )


def _dates(document: Document[PledgeFile], number: int, entry: PledgeEntry, today: dt.date) -> list[Fault]:
    found = []
    for key in ("signed_on", "confirmed_on", "withdrawn_on", "checked_on"):
        day = getattr(entry, key)
        if day and day > today:
            message = f"{day} lies after {today}; correct the day"
            found.append(document.fault(("pledges", number, key), "future-date", message))
    place = ("pledges", number, "confirmed_on")
    if entry.confirmed_on and entry.confirmed_on < entry.signed_on:
        message = f"{entry.confirmed_on} is before the signature on {entry.signed_on}; correct one of them"
        found.append(document.fault(place, "wrong-order", message))
    elif entry.confirmed_on and entry.withdrawn_on and entry.signed_on <= entry.withdrawn_on <= entry.confirmed_on:
        message = (
            f"the pledge was withdrawn on {entry.withdrawn_on} and confirmed later; "
            "if it was signed again, put that day into signed_on as well"
        )
        found.append(document.fault(place, "confirmed-after-withdrawal", message))
    return found


def _source(document: Document[PledgeFile], number: int, entry: PledgeEntry) -> list[Fault]:
    try:
        url = urlsplit(entry.source)
        good = url.scheme in ("http", "https") and "." in (url.hostname or "") and not re.search(r"\s", entry.source)
    except ValueError:
        good = False
    if good:
        return []
    message = f"{entry.source!r:.60} is not a web address; write one that begins with https:// and shows the signature"
    return [document.fault(("pledges", number, "source"), "not-a-url", message)]


def _repeated(document: Document[PledgeFile], number: int, entry: PledgeEntry) -> list[Fault]:
    for earlier in range(number):
        other = document.model.pledges[earlier]
        line = document.root.at(("pledges", earlier))[0]
        if entry.person_id is not None and entry.person_id == other.person_id:
            here = document.root.at(("pledges", number))[0]
            message = (
                f"the records on line {line} and line {here} are about the same person; keep one, "
                "and put confirmed_on or withdrawn_on into it"
            )
            return [document.fault(("pledges", number, "person_id"), "two-records", message)]
        if None in (entry.person_id, other.person_id) and words(entry.name) == words(other.name):
            message = f"the record on line {line} has the same name; keep one, or tell the two people apart in `name`"
            return [document.fault(("pledges", number, "name"), "two-records", message)]
    return []
