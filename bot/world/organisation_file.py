"""What one file of `data/organisations/` may say.

The names are those of the Human Services Data Specification (HSDS) 3.0 where it has one (`organization`, `service`,
`phones`, `schedules`, `service_areas`, `languages`); `topics`, `crisis`, `gives_immigration_advice`, `regulator` and
`sources` are ours. docs/organisations.md explains the format to people who do not write code; docs/decisions/0005
says what the dates mean. `organisation_rules` holds what a schema cannot state.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from bot.yamlfile import Path_

ENGLAND, SCOTLAND, WALES, NORTHERN_IRELAND = "E92000001", "S92000003", "W92000004", "N92000002"
UK: Final = "K02000001"
SEVERAL_NATIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        UK: frozenset({ENGLAND, SCOTLAND, WALES, NORTHERN_IRELAND}),
        "K03000001": frozenset({ENGLAND, SCOTLAND, WALES}),
        "K04000001": frozenset({ENGLAND, WALES}),
    }
)
"""The GSS codes that stand for more than one nation, and the nations each stands for."""

WIDE_AREAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        UK: "UK",
        "K03000001": "Great Britain",
        "K04000001": "England and Wales",
        ENGLAND: "England",
        SCOTLAND: "Scotland",
        WALES: "Wales",
        NORTHERN_IRELAND: "Northern Ireland",
        "E12000001": "North East",
        "E12000002": "North West",
        "E12000003": "Yorkshire and The Humber",
        "E12000004": "East Midlands",
        "E12000005": "West Midlands",
        "E12000006": "East of England",
        "E12000007": "London",
        "E12000008": "South East",
        "E12000009": "South West",
    }
)
"""Areas larger than a council, and the one name each has on a card."""


def _day(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return value
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value  # from the program itself; a file only has words
    raise ValueError(f"write a day as year-month-day, for example 2026-11-22, not {value!r:.60}")


def _digits(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Day = Annotated[dt.date, BeforeValidator(_day)]
Text = Annotated[str, Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class OrganizationPart(_Part):
    """HSDS `organization`: who runs the service."""

    id: str
    name: Text
    alternate_name: Text | None = None
    website: Text


class ServicePart(_Part):
    """HSDS `service`: what is done, for whom. `name` and `url` only where they differ from the organisation's."""

    name: Text | None = None
    description: Text
    url: Text | None = None
    status: Literal["active", "inactive", "defunct", "temporarily closed"]
    eligibility_description: Text | None = None
    interpretation_services: Text | None = None
    fees_description: Text | None = None
    alert: Text | None = None
    assured_date: Day
    assurer: Text


class PhonePart(_Part):
    """HSDS `phone`, with our own `assured_date`: the day on which somebody saw that this number is right."""

    number: Annotated[Text, BeforeValidator(_digits)]
    description: Text | None = None
    languages: tuple[str, ...] = ()
    assured_date: Day | None = None


class SchedulePart(_Part):
    """HSDS `schedule`, in words."""

    description: Text


class ServiceAreaPart(_Part):
    """HSDS `service_area`; its `uri` is http://statistics.data.gov.uk/id/statistical-geography/ and the code."""

    name: Text
    codes: Annotated[tuple[str, ...], Field(min_length=1)]


class RegulatorPart(_Part):
    """Who allows this organisation to give immigration advice, and where that was read."""

    body: Literal["IAA", "SRA", "BSB", "Law Society of Scotland", "Law Society of Northern Ireland", "CILEX"]
    reference: Text
    source: Text
    checked_on: Day


UNKNOWN: Final = "unknown"
RegulatorOrUnknown = Annotated[
    Annotated[RegulatorPart, Tag("[entry]")] | Annotated[Literal["unknown"], Tag("[word]")],
    Discriminator(lambda value: "[word]" if isinstance(value, str) else "[entry]"),
]
"""`unknown` says that nobody has looked the entry up yet: the service is then held back from the advice topics."""


class SourcePart(_Part):
    """Where a fact was read. `seen`: by us; `date`: the day the source itself carries, left out where it has none."""

    url: Text
    seen: Day
    date: Day | None = None
    what: Text


class OrganisationFile(_Part):
    """One file of `data/organisations/`."""

    organization: OrganizationPart
    service: ServicePart
    topics: Annotated[tuple[str, ...], Field(min_length=1)]
    crisis: bool = False
    gives_immigration_advice: bool
    phones: tuple[PhonePart, ...] = ()
    schedules: tuple[SchedulePart, ...] = ()
    service_areas: Annotated[tuple[ServiceAreaPart, ...], Field(min_length=1)]
    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    funding: Text | None = None
    regulator: RegulatorOrUnknown | None = None
    sources: tuple[SourcePart, ...]


def texts(entry: OrganisationFile) -> tuple[tuple[Path_, str], ...]:
    """The English texts of a card and their places in the file: all that translators see, and nothing else."""
    service = entry.service
    found: list[tuple[Path_, str | None]] = [
        (("service", "description"), service.description),
        (("service", "eligibility_description"), service.eligibility_description),
        (("service", "fees_description"), service.fees_description),
        (("service", "alert"), service.alert),
        (("funding",), entry.funding),
    ]
    found += [(("schedules", at, "description"), one.description) for at, one in enumerate(entry.schedules)]
    found += [(("phones", at, "description"), one.description) for at, one in enumerate(entry.phones)]
    return tuple((path, text) for path, text in found if text is not None)
