"""`askfirst data status`: how old everything is that the bot knows, on one screen. docs/data-status.md explains it."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any, Final

from dateutil.relativedelta import relativedelta

from bot import app
from bot.config import Config
from bot.engine.facts import Verdict
from bot.world.freshness import SourceAge, Status, TopicCover, status
from bot.world.limits import duration_words

WIDTH: Final = 80
_LABEL: Final = 17
_SHORT: Final = {
    "E12000001": "NE",
    "E12000002": "NW",
    "E12000003": "YH",
    "E12000004": "EM",
    "E12000005": "WM",
    "E12000006": "EE",
    "E12000007": "LO",
    "E12000008": "SE",
    "E12000009": "SW",
    "S92000003": "SC",
    "W92000004": "WA",
    "N92000002": "NI",
}
# What follows when a source is past its limit, and what to do.
_PAST: Final = {
    "postcodes": "newer postcodes are missing. Remedy: askfirst data build.",
    "members": "no pledge counts as confirmed, and answers say how to check who the MP is. "
    "Remedy: askfirst data sync members.",
    "pledges": "some sources were not read again for a long time. Remedy: read them, and date checked_on.",
    "directory": "the oldest organisations are hidden. Remedy: askfirst data verify.",
    "election": "there must have been another one. Remedy: members.last_general_election in bot_config.yaml.",
    "phones": "the cards show the website instead. Remedy: askfirst data verify.",
    "regulators": "these give no immigration advice here. Remedy: askfirst data verify.",
}
_NOBODY: Final = "members: too old, or older than the last general election, so the bot names nobody."


def add_actions(actions: Any, common: argparse.ArgumentParser) -> None:
    """Adds `status` to the actions of `askfirst data`."""
    parser = actions.add_parser("status", parents=[common], help="how old everything is, and where help is thin")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(run=_status)


def _status(args: argparse.Namespace, config: Config) -> int:
    today = dt.datetime.now(dt.UTC).date()
    found = status(app.build_facts(config, today), today)
    print(json.dumps(as_json(found), ensure_ascii=False, indent=2) if args.json else as_text(found))
    return 1 if found.past else 0


def as_text(found: Status) -> str:
    """The status on one screen of 80 columns."""
    return "\n\n".join("\n".join(part) for part in (_ages(found), _counts(found), _coverage(found)))


def as_json(found: Status) -> dict[str, Any]:
    """The same facts as one object; docs/data-status.md explains the keys."""
    directory = found.directory
    return {
        "day": found.day.isoformat(),
        "past": list(found.past),
        "sources": sources_json(found.sources),
        "names_nobody": found.names_nobody,
        "seats": {verdict.value: number for verdict, number in found.verdicts.items()},
        "vacant": [{"code": one.code, "name": one.name, "since": _day(one.since)} for one in found.vacancies],
        "pledges": {
            "confirmed": found.pledges.confirmed,
            "unconfirmed": found.pledges.unconfirmed,
            "withdrawn": found.pledges.withdrawn,
            "history": found.pledges.history,
        },
        "organisations": {
            "shown": list(directory.shown),
            "without_phone": list(directory.without_phone),
            "held_back": list(directory.held_back),
            "soon": list(directory.soon),
            "stale": list(directory.stale),
            "inactive": list(directory.inactive),
        },
        "phones": {
            "shown": directory.phones_shown,
            "past": list(directory.phones_past),
            "undated": list(directory.phones_undated),
        },
        "regulators": {"past": list(directory.regulators_past)},
        "coverage": {
            row.topic: {
                "uk_wide": row.uk_wide,
                "regions": {one.region.code: {"least": one.least, "most": one.most} for one in row.regions},
            }
            for row in found.coverage
        },
    }


def sources_json(sources: Iterable[SourceAge]) -> dict[str, Any]:
    """Each source by its name."""
    return {
        source.name: {
            "date": _day(source.date),
            "limit": duration_words(source.limit),
            "good_until": _day(source.good_until),
            "past": source.past,
        }
        for source in sources
    }


def _ages(found: Status) -> list[str]:
    title = f"What the bot knows, on {found.day}"
    verdict = f"{len(found.past)} past the age limit" if found.past else "nothing past its age limit"
    lines = [
        f"{title}{verdict:>{WIDTH - len(title)}}",
        "",
        *age_lines(found.sources, found.day),
        *past_lines(found.past),
    ]
    return lines + (_wrapped(f"! {_NOBODY}") if found.names_nobody else [])


def age_lines(sources: Iterable[SourceAge], day: dt.date) -> Iterator[str]:
    """A table with a line for each source."""
    yield f"{'':14}{'as of':14}{'age':14}{'limit':14}good until"
    for source in sources:
        until = f"{source.good_until or '-'}{'  PAST' if source.past else ''}"
        limit = duration_words(source.limit)
        yield f"{source.name:14}{source.date or 'missing'!s:14}{_age(source, day):14}{limit:14}{until}"


def past_lines(names: Iterable[str]) -> Iterator[str]:
    """What follows from each of these being past its limit, and what to do."""
    for name in names:
        yield from _wrapped(f"! {name}: {_PAST[name]}")


def _age(source: SourceAge, day: dt.date) -> str:
    """The age in the unit of the limit, as far as that says anything."""
    if source.date is None or source.date > day:
        return "-"
    months = relativedelta(day, source.date)
    if source.limit.days or not (months.years or months.months):
        return duration_words(relativedelta(days=(day - source.date).days)) if source.date < day else "0 days"
    return duration_words(relativedelta(years=months.years, months=months.months))


def _counts(found: Status) -> list[str]:
    directory, pledges = found.directory, found.pledges
    seats = ", ".join(
        f"{number} {verdict.value}"
        for verdict, number in found.verdicts.items()
        if number or verdict in (Verdict.PLEDGED, Verdict.UNCONFIRMED, Verdict.NO_RECORD)
    )
    vacant = [f"{one.name} ({f'since {one.since}' if one.since else 'day not known'})" for one in found.vacancies]
    return [
        *_labelled("Seats today", seats),
        *_named("Vacant", vacant, always=True),
        *_labelled(
            "Pledges",
            f"{pledges.confirmed} confirmed, {pledges.unconfirmed} unconfirmed, {pledges.withdrawn} withdrawn, "
            f"{pledges.history} history",
        ),
        *_labelled(
            "Organisations",
            f"{len(directory.shown)} shown, {len(directory.stale)} stale, {len(directory.soon)} soon stale, "
            f"{len(directory.inactive)} closed",
        ),
        *_named("  stale", directory.stale),
        *_named("  soon stale", directory.soon),
        *_named("  no phone", directory.without_phone),
        *_named("  held back", directory.held_back),
        *_labelled(
            "Phones",
            f"{directory.phones_shown} shown, {len(directory.phones_past)} past their age, "
            f"{len(directory.phones_undated)} never checked",
        ),
        *_named("  past", sorted(set(directory.phones_past))),
        *_named("  never checked", sorted(set(directory.phones_undated))),
        *_named("Regulators past", directory.regulators_past, always=True),
    ]


def _labelled(label: str, text: str) -> list[str]:
    return textwrap.wrap(f"{label:{_LABEL}}{text}", WIDTH, subsequent_indent=" " * _LABEL)


def _named(label: str, names: Iterable[str], *, always: bool = False) -> list[str]:
    """How many, and as many of them as fit on the line; no line for none, unless `always`."""
    found = list(names)
    text = "none"
    for shown in range(1, len(found) + 1):
        more = f" and {len(found) - shown} more" if shown < len(found) else ""
        longer = f"{len(found)}: {', '.join(found[:shown])}{more}"
        if shown > 1 and len(longer) > WIDTH - _LABEL:
            break
        text = longer
    return _labelled(label, text) if found or always else []


def _coverage(found: Status) -> list[str]:
    regions = [one.region for one in found.coverage[0].regions]
    lines = ["Organisations offered: for the whole UK, and besides them in each region", ""]
    names = "".join(f"{_SHORT.get(one.code, one.code):>3} " for one in regions)
    lines.append(f"{'':{_LABEL}}{'UK':>3}  {names}".rstrip())
    for row in found.coverage:
        lines.append(f"{row.topic:{_LABEL}}{row.uk_wide:>3}  {''.join(_cells(row))}".rstrip())
    key = ", ".join(f"{_SHORT.get(one.code, one.code)} {one.name}" for one in regions)
    marks = "-  only the UK-wide ones    !  nobody    1+  1 everywhere, more in some places"
    return [*lines, marks, *_wrapped(key)]


def _cells(row: TopicCover) -> Iterator[str]:
    """Four columns for each region."""
    for one in row.regions:
        hole = "-" if row.uk_wide else "!"
        yield f"{one.least if one.most else hole:>3}{'+' if one.most > one.least else ' '}"


def _wrapped(text: str, indent: int = 2) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=" " * indent, break_on_hyphens=False)


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
