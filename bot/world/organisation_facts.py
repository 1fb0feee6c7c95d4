"""The facts of an entry one by one, as a person confirms them: how each is shown, and how a new value is put in.

A new value is words that somebody typed. `Typed` is raised, with the remedy, for words that cannot be that fact; what
the rules of the directory say of the whole entry is asked afterwards (`organisation_rules.check`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from bot.world.organisation_file import OrganisationFile, RegulatorPart
from bot.world.topics import TOPICS

NOTHING: Final = "-"
"""What to type to take a fact out."""
Plain = dict[str, Any]
STATUSES: Final = ("active", "inactive", "defunct", "temporarily closed")
BODIES: Final = get_args(RegulatorPart.model_fields["body"].annotation)


class Typed(ValueError):
    """The words that were typed cannot be this fact; the text says what can."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One question. `shown` is the present value in words; `put` changes the plain entry to what was typed."""

    name: str
    shown: str
    how: str
    put: Callable[[Plain, str], None]


def facts_of(entry: OrganisationFile) -> tuple[Fact, ...]:
    """The facts of an entry except its telephone numbers and its regulator, which have dates of their own."""
    service = entry.service
    found = [
        Fact("Name", entry.organization.name, "the new name", _text("organization", "name")),
        Fact("Website", entry.organization.website, "the new address, with https://", _text("organization", "website")),
    ]
    if service.url:
        found.append(
            Fact("Page of the service", service.url, _or_nothing("the new address"), _text("service", "url", True))
        )
    found += [
        Fact(
            "What it does", service.description, "the new text, at most 200 characters", _text("service", "description")
        ),
        Fact(
            "Who may come",
            service.eligibility_description or "(everybody)",
            _or_nothing("the new text"),
            _text("service", "eligibility_description", True),
        ),
        Fact(
            "Hours",
            "; ".join(one.description for one in entry.schedules) or "(not recorded)",
            _or_nothing("the new hours; put ; between two lines"),
            _hours,
        ),
        Fact(
            "Where",
            "; ".join(f"{area.name}: {' '.join(area.codes)}" for area in entry.service_areas),
            "NAME: CODE CODE; put ; between two areas, for example Leeds: E08000035",
            _areas,
        ),
        Fact("Topics", ", ".join(entry.topics), f"the new list, from: {', '.join(TOPICS)}", _topics),
        Fact("Who pays", entry.funding or "(not recorded)", _or_nothing("the new text"), _funding),
        Fact("Status", service.status, f"one of: {', '.join(STATUSES)}", _one_of(STATUSES, "service", "status")),
        Fact("Languages", ", ".join(entry.languages), "the new list of codes, for example en, ar, fa-AF", _languages),
        Fact(
            "Interpreters",
            service.interpretation_services or "(not recorded)",
            _or_nothing("the new text"),
            _text("service", "interpretation_services", True),
        ),
        Fact(
            "Costs",
            service.fees_description or "(not recorded)",
            _or_nothing("the new text"),
            _text("service", "fees_description", True),
        ),
        Fact("Alert", service.alert or "(none)", _or_nothing("the new text"), _text("service", "alert", True)),
    ]
    return tuple(found)


def yes_or_no(words: str) -> bool:
    """`yes` or `no` as people type them. Raises Typed."""
    known = {"y": True, "yes": True, "true": True, "n": False, "no": False, "false": False}
    if words.casefold() not in known:
        raise Typed("Type yes or no.")
    return known[words.casefold()]


def body_of(words: str) -> str:
    """A regulator as its full name is written in the files. Raises Typed."""
    for body in BODIES:
        if words.casefold() == body.casefold():
            return str(body)
    raise Typed(f"`{words[:40]}` is not a regulator; type one of: {', '.join(BODIES)}.")


def web_address(words: str) -> str:
    """An address where something was read. Raises Typed."""
    if not re.fullmatch(r"https?://[^\s/]+\.[^\s]+", words):
        raise Typed(f"`{words[:60]}` is not a web address; type it with https://, as your browser shows it.")
    return words


def _or_nothing(how: str) -> str:
    return f"{how}, or {NOTHING} for nothing"


def _text(part: str, key: str, optional: bool = False) -> Callable[[Plain, str], None]:
    def put(plain: Plain, words: str) -> None:
        if words == NOTHING and optional:
            plain[part].pop(key, None)
        elif words == NOTHING:
            raise Typed("This one cannot be left out; type the new value.")
        else:
            plain[part][key] = words

    return put


def _funding(plain: Plain, words: str) -> None:
    plain["funding"] = None if words == NOTHING else words


def _hours(plain: Plain, words: str) -> None:
    lines = [] if words == NOTHING else [line.strip() for line in words.split(";")]
    plain["schedules"] = [{"description": line} for line in lines if line]


def _areas(plain: Plain, words: str) -> None:
    areas = []
    for one in filter(None, (part.strip() for part in words.split(";"))):
        name, colon, codes = one.rpartition(":")
        if not colon or not name.strip() or not codes.split():
            raise Typed(f"`{one[:60]}` is not NAME: CODE CODE; type for example Leeds: E08000035.")
        areas.append({"name": name.strip(), "codes": codes.upper().split()})
    plain["service_areas"] = areas


def _languages(plain: Plain, words: str) -> None:
    plain["languages"] = list(dict.fromkeys(re.split(r"[,\s]+", words.strip(" ,"))))


def _topics(plain: Plain, words: str) -> None:
    plain["topics"] = list(dict.fromkeys(re.split(r"[,\s]+", words.strip(" ,").casefold())))


def _one_of(known: tuple[str, ...], part: str, key: str) -> Callable[[Mapping[str, Any], str], None]:
    def put(plain: Mapping[str, Any], words: str) -> None:
        if words.casefold() not in known:
            raise Typed(f"`{words[:40]}` is none of: {', '.join(known)}.")
        plain[part][key] = words.casefold()

    return put
