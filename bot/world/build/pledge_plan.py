"""What a campaign's list adds to the register: new records, updates of old ones, and what people must decide.

The register has one record for each person. A list only ever makes one newer: a later confirmation, a later withdrawal,
a new signature after a withdrawal. A signature since the last general election confirms the pledge on its day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import DataError, Fault
from bot.world.build.campaign_list import Signature
from bot.world.build.pledge_match import Certain, Likely, People, Person, match
from bot.world.pledges import PledgeEntry, PledgeFile
from bot.world.search import words
from bot.yamlfile import Document


@dataclass(frozen=True, slots=True)
class Addition:
    """A record for somebody who has none yet."""

    signature: Signature
    person: Person
    why: str
    entry: PledgeEntry


@dataclass(frozen=True, slots=True)
class Update:
    """New values for a record: of the keys in `values`; None takes a key out. `number` counts records from 0."""

    signature: Signature
    person: Person
    why: str
    number: int
    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """The record on this line says as much or more."""

    signature: Signature
    line: int


@dataclass(frozen=True, slots=True)
class ForAPerson:
    """Only a person can decide this. `candidates` are people who may be meant, each with the reason.

    If it is the first of them, either `entry` is the record to write by hand, or that person has one on this `line`.
    """

    signature: Signature
    candidates: tuple[tuple[Person, str], ...]
    entry: PledgeEntry | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody is known who could be meant."""

    signature: Signature
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All lines of the list, each in one of these."""

    additions: tuple[Addition, ...]
    updates: tuple[Update, ...]
    there: tuple[AlreadyThere, ...]
    likely: tuple[ForAPerson, ...]
    unmatched: tuple[Nobody, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a new record says of itself. `last_election`: a signature since then is a confirmation."""

    today: dt.date
    checked_by: str
    last_election: dt.date


Outcome = Addition | Update | AlreadyThere | ForAPerson | Nobody


def plan(signatures: Iterable[Signature], document: Document[PledgeFile], known: People, terms: Terms) -> Plan:
    """What to do with each line. Raises DataError where two lines are certainly about one person."""
    found: list[Outcome] = []
    lines: dict[int, Signature] = {}
    faults: list[Fault] = []
    for signature in signatures:
        outcome = _outcome(signature, document, known, terms)
        found.append(outcome)
        if isinstance(outcome, Addition | Update):
            first = lines.setdefault(outcome.person.person_id, signature)
            if first is not signature:
                message = (
                    f"{signature.name} is {first.name} on line {first.line} "
                    f"({outcome.person.person_id}, {outcome.person.name}); keep the newer of the two lines"
                )
                faults.append(Fault(signature.file, signature.line, 1, "two-lines", message))
    if faults:
        raise DataError(f"{faults[0].file} cannot be imported, and nothing was written:", faults)
    return Plan(
        tuple(one for one in found if isinstance(one, Addition)),
        tuple(one for one in found if isinstance(one, Update)),
        tuple(one for one in found if isinstance(one, AlreadyThere)),
        tuple(one for one in found if isinstance(one, ForAPerson)),
        tuple(one for one in found if isinstance(one, Nobody)),
    )


def resulting(entries: Sequence[PledgeEntry], made: Plan) -> tuple[PledgeEntry, ...]:
    """The records once the plan is carried out."""
    after = list(entries)
    for update in made.updates:
        after[update.number] = after[update.number].model_copy(update=_defaults(update.values))
    return (*after, *(addition.entry for addition in made.additions))


def _defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: "on" if key == "signed_on_is" and value is None else value for key, value in values.items()}


def _outcome(signature: Signature, document: Document[PledgeFile], known: People, terms: Terms) -> Outcome:
    entries = document.model.pledges
    meant = match(signature, known)
    history = _without_id(signature, entries)
    if not isinstance(meant, Certain) and history is not None:
        return AlreadyThere(signature, _line(document, history))
    if isinstance(meant, Likely):
        person = meant.candidates[0][0]
        theirs = next((n for n, entry in enumerate(entries) if entry.person_id == person.person_id), None)
        entry = _entry(signature, person, terms) if theirs is None else None
        return ForAPerson(signature, meant.candidates, entry, None if theirs is None else _line(document, theirs))
    if not isinstance(meant, Certain):
        return Nobody(signature, meant.why)
    for number, entry in enumerate(entries):
        if entry.person_id == meant.person.person_id:
            return _update(signature, meant, number, document, terms)
    if history is not None:
        why = f"{meant.why}, but the register has the name without a person id; if it is the same person, add that"
        return ForAPerson(signature, ((meant.person, why),), None, _line(document, history))
    return Addition(signature, meant.person, meant.why, _entry(signature, meant.person, terms))


def _without_id(signature: Signature, entries: Sequence[PledgeEntry]) -> int | None:
    """The number of a record with the same name and no person id."""
    return next(
        (n for n, one in enumerate(entries) if one.person_id is None and words(one.name) == words(signature.name)), None
    )


def _line(document: Document[PledgeFile], number: int) -> int:
    return document.root.at(("pledges", number))[0]


def _confirmed(signature: Signature, terms: Terms) -> dt.date | None:
    """The day on which the pledge was last confirmed, as far as this line says."""
    signed = signature.signed_on
    if signature.confirmed_on or signature.signed_on_is == "by" or signed < terms.last_election:
        return signature.confirmed_on
    return None if signature.withdrawn_on and signature.withdrawn_on >= signed else signed


def _entry(signature: Signature, person: Person, terms: Terms) -> PledgeEntry:
    name = signature.name
    if not set(words(name)) & set(words(person.name)):
        name = f"{name} (now {person.name})"  # the register refuses an id whose holder has no word of the name
    return PledgeEntry(
        person_id=person.person_id,
        name=name,
        constituency_then=signature.constituency,
        signed_on=signature.signed_on,
        signed_on_is=signature.signed_on_is,
        confirmed_on=_confirmed(signature, terms),
        withdrawn_on=signature.withdrawn_on,
        source=signature.source,
        checked_on=terms.today,
        checked_by=terms.checked_by,
    )


def _update(
    signature: Signature, meant: Certain, number: int, document: Document[PledgeFile], terms: Terms
) -> Update | AlreadyThere | ForAPerson:
    """What the line says that the record does not, or says of an earlier day."""
    entry, line = document.model.pledges[number], _line(document, number)
    values: dict[str, Any] = {}
    confirmed, withdrawn = _confirmed(signature, terms), signature.withdrawn_on
    if withdrawn and withdrawn >= entry.signed_on and withdrawn > (entry.withdrawn_on or dt.date.min):
        values["withdrawn_on"] = withdrawn
    ended = values.get("withdrawn_on") or entry.withdrawn_on
    if ended and signature.signed_on > ended >= entry.signed_on:  # signed again
        values["signed_on"] = signature.signed_on
        values["signed_on_is"] = None if signature.signed_on_is == "on" else "by"
    if confirmed and confirmed >= entry.signed_on and confirmed > (entry.confirmed_on or dt.date.min):
        values["confirmed_on"] = confirmed
    if not values:
        return AlreadyThere(signature, line)
    after = entry.model_copy(update=values)
    if after.withdrawn_on and after.confirmed_on and after.signed_on <= after.withdrawn_on <= after.confirmed_on:
        why = (
            f"{meant.why}, but then withdrawn on {after.withdrawn_on} and confirmed on {after.confirmed_on}: find out "
            "whether it was signed again, and when"
        )
        return ForAPerson(signature, ((meant.person, why),), None, line)
    if signature.source != entry.source:
        values["source"] = signature.source
        values["source_note"] = " ".join(filter(None, (f"Before: {entry.source}", entry.source_note)))
    values |= {"checked_on": terms.today, "checked_by": terms.checked_by}
    return Update(signature, meant.person, meant.why, number, line, values)
