"""What the engine may ask of the facts: value types, and the one port `Facts`.

`bot.world` fills these from files. The engine only reads them: a look-up is pure, takes microseconds, and gets the
date it is asked on, so the same question on the same day always has the same answer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol


class Verdict(StrEnum):
    """What may be said of one member, or of all candidates of an ambiguous place, and the pledge."""

    PLEDGED = "pledged"
    UNCONFIRMED = "unconfirmed"
    WITHDRAWN = "withdrawn"
    NO_RECORD = "no_record"
    VACANT = "vacant"
    SEVERAL = "several"
    UNKNOWN = "unknown"


class PostcodeKind(StrEnum):
    """What a typed text turned out to be, once looked up."""

    FOUND = "found"  # one constituency
    SEVERAL = "several"  # in or next to more than one
    PARTIAL = "partial"  # a district or sector such as M1 or M1 1
    NORTHERN_IRELAND = "northern_ireland"  # a BT postcode that the index does not hold
    NO_MP = "no_mp"  # Jersey, Guernsey, the Isle of Man, British Forces
    NOT_FOUND = "not_found"
    NOT_A_POSTCODE = "not_a_postcode"


PostcodeStatus = Literal["live", "terminated", "newer_than_index"]
NoMpReason = Literal["jersey", "guernsey", "isle_of_man", "british_forces"]


@dataclass(frozen=True, slots=True)
class PostcodeFinding:
    """The answer to one typed text. It does not hold the postcode: nothing after this point needs it.

    `constituencies` are GSS codes, most likely first; empty where no constituency can be named.
    """

    kind: PostcodeKind
    status: PostcodeStatus | None = None
    constituencies: tuple[str, ...] = ()
    reason: NoMpReason | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A sitting member of the House of Commons. `id` is the person id of Parliament's Members API."""

    id: int
    name: str
    party: str


@dataclass(frozen=True, slots=True)
class Pledge:
    """The register's one record of a person. Dates are days; None where not known or not so."""

    person_id: int | None
    name: str
    signed_on: dt.date
    confirmed_on: dt.date | None
    withdrawn_on: dt.date | None
    source: str
    checked_on: dt.date
    signed_on_is: Literal["on", "by"] = "on"  # "by": signed_on is only the latest day it can have been


def taken_back(pledge: Pledge) -> bool:
    """Whether the newest thing the record says is that the pledge was withdrawn. Where only the latest possible day of
    the signature is known ("by"), any withdrawal may have come after it, so it counts."""
    if pledge.withdrawn_on is None:
        return False
    return pledge.signed_on_is == "by" or pledge.withdrawn_on >= pledge.signed_on


@dataclass(frozen=True, slots=True)
class ConstituencyAnswer:
    """One constituency on one day: who sits, and the verdict on that member."""

    code: str
    name: str
    member: Member | None
    vacant_since: dt.date | None
    verdict: Verdict
    pledge: Pledge | None
    example: bool = False  # True for the invented places of the sandbox postcodes


@dataclass(frozen=True, slots=True)
class DataDates:
    """The date of each source an answer was made from; None where that source is missing."""

    postcodes: dt.date | None
    members: dt.date | None
    pledges: dt.date | None


@dataclass(frozen=True, slots=True)
class PlaceAnswer:
    """What the person hears: one verdict for the place, and each candidate constituency, most likely first.

    `members_fresh` is False when the member list is older than `members.fresh_within`.
    """

    verdict: Verdict
    constituencies: tuple[ConstituencyAnswer, ...]
    dates: DataDates
    members_fresh: bool


@dataclass(frozen=True, slots=True)
class Area:
    """A nation (E92…, S92…, W92…, N92…), English region (E12…) or constituency (E14…, S14…, W07…, N05…)."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone line of a service. `number` is in the UK's national form; `languages` are BCP 47 tags."""

    number: str
    description: str = ""
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Regulator:
    """Who allows an organisation to give immigration advice (Immigration and Asylum Act 1999, s.84)."""

    body: Literal["IAA", "SRA", "BSB", "Law Society of Scotland", "Law Society of Northern Ireland", "CILEX"]
    reference: str
    source: str
    checked_on: dt.date


@dataclass(frozen=True, slots=True)
class Subject:
    """What facts on a card are about, so that a person can say that one is wrong. `name` is as the card shows it.

    `id` is at most 40 of the characters a-z, A-Z, 0-9 and _: an organisation's id, or a constituency's GSS code.
    """

    kind: Literal["organisation", "member"]
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation as a card may show it on one day: stale phone numbers are already left out.

    `description`, `alert`, `eligibility` and `funding` are English source texts and gettext msgids, with the context
    `organisation.<id>`. `assured_date` is when these facts were last checked; `source` is where.
    """

    id: str
    name: str
    description: str
    url: str
    topics: tuple[str, ...]
    area_names: tuple[str, ...]
    phones: tuple[Phone, ...]
    languages: tuple[str, ...]
    interpretation: bool
    hours: str
    cost: str
    eligibility: str
    funding: str
    alert: str
    regulator: Regulator | None
    assured_date: dt.date
    source: str


class Facts(Protocol):
    """Everything the bot knows, as one immutable value."""

    def read_postcode(self, text: str, today: dt.date) -> PostcodeFinding:
        """Finds the postcode in a person's own words and looks it up."""
        ...

    def answer(self, codes: tuple[str, ...], today: dt.date) -> PlaceAnswer:
        """Verdict and members of these candidate constituencies; `unknown` for codes that are not constituencies."""
        ...

    def search(self, text: str) -> tuple[Area, ...]:
        """Constituencies whose name, or whose member's name, resembles the text; best first, at most eight."""
        ...

    def area(self, code: str) -> Area | None:
        """The nation, region or constituency with this GSS code."""
        ...

    def nations(self) -> tuple[Area, ...]:
        """The four nations of the UK."""
        ...

    def regions(self) -> tuple[Area, ...]:
        """The nine regions of England, then Scotland, Wales and Northern Ireland."""
        ...

    def constituencies_in(self, code: str) -> tuple[Area, ...]:
        """The constituencies of a nation or region, by name."""
        ...

    def organisations(self, topic: str | None, codes: tuple[str, ...], today: dt.date) -> tuple[Organisation, ...]:
        """Who helps with this topic (None: with any) there, nearest first: council, region, nation, the whole UK.

        `codes` are constituencies, regions or nations; () means the whole UK only. Stale ones are left out.
        """
        ...

    def crisis_lines(self, codes: tuple[str, ...], today: dt.date) -> tuple[Organisation, ...]:
        """The help lines for an emergency there."""
        ...
