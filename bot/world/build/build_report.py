"""What a build made, in words for the person who started it, and what about it is suspicious."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.world.build.index_changes import Change, IndexChanges
from bot.world.constituencies import NUMBER_OF_SEATS

FEWEST_LIVE: Final = 1_600_000  # Great Britain alone has had more than 1.7 million for years
MOST_MOVED: Final = 0.02  # part of the live postcodes; only a boundary review moves more

_CHANGES: Final = (
    ("new", "new"),
    ("gone", "gone"),
    ("revived", "revived, live again"),
    ("terminated", "terminated"),
    ("moved", "moved, another constituency"),
    ("placed", "placed, had no constituency"),
    ("near", "other neighbours"),
)


@dataclass(frozen=True, slots=True)
class AddressReport:
    """What the list of addresses gave. lines: addresses with a postcode and a constituency.

    split: postcodes in several constituencies by their addresses. single: postcodes in one.
    contradicted: postcodes none of whose addresses lies in the constituency that the postcode file names.
    unknown: postcodes that the postcode file does not have.
    """

    lines: int
    split: int
    single: int
    contradicted: int
    unknown: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What was built. `without_constituency` and `ambiguous` (more than one candidate) count live and terminated
    postcodes; `date` is the month of the postcode file; `size` (bytes) and `sha256` are of the whole index file.

    boundaries: how many constituencies the boundaries have
    changes: against the index that was there before; None if none was
    unreadable: why the index that was there could not be compared
    written: whether the new index took the place of the old one
    """

    live: int
    terminated: int
    without_constituency: int
    ambiguous: int
    sectors: int
    size: int
    date: dt.date
    sha256: str
    near_boundary_m: float
    boundaries: int
    addresses: AddressReport | None = None
    changes: IndexChanges | None = None
    unreadable: str = ""
    written: bool = True


def suspicions(report: BuildReport) -> dict[str, str]:
    """What speaks against using this build: a word for `--despite`, and what it means. Empty if nothing does."""
    found = {}
    if report.live < FEWEST_LIVE:
        found["few-live"] = f"it has only {report.live:,} live postcodes, fewer than {FEWEST_LIVE:,}"
    if report.boundaries != NUMBER_OF_SEATS:
        found["other-seats"] = f"the boundaries have {report.boundaries:,} constituencies, not {NUMBER_OF_SEATS}"
    changes = report.changes
    if changes and changes.moved_share > MOST_MOVED:
        share = f"{100 * changes.moved_share:.1f} %"
        found["many-moved"] = f"{changes.moved.count:,} live postcodes ({share}, over 2 %) have another constituency"
    if changes and changes.before > report.date:
        found["older"] = (
            f"its postcodes are of {report.date:%B %Y}, and those of the present index of {changes.before:%B %Y}"
        )
    return found


def described(report: BuildReport) -> Iterator[str]:
    """The report, line by line."""
    total = report.live + report.terminated
    yield f"Postcodes of {report.date:%B %Y}: {report.live:,} live, {report.terminated:,} terminated."
    yield (
        f"{report.boundaries:,} constituencies in the boundaries; {report.ambiguous:,} postcodes "
        f"({100 * report.ambiguous / total:.1f} %) have several candidates, {report.without_constituency:,} have none."
    )
    if report.addresses:
        yield from _addresses(report.addresses, report.near_boundary_m)
    else:
        yield f"Candidates are constituencies within {report.near_boundary_m:g} m of a postcode."
    yield from _changes(report)


def _addresses(found: AddressReport, metres: float) -> Iterator[str]:
    yield (
        f"By {found.lines:,} addresses, {found.single:,} postcodes lie in one constituency and {found.split:,} in "
        f"several; for all others, candidates are constituencies within {metres:g} m."
    )
    if found.contradicted:
        yield (
            f"{found.contradicted:,} postcodes have no address in the constituency that the postcode file names; "
            "it stays their last candidate."
        )
    if found.unknown:
        yield f"{found.unknown:,} postcodes of addresses are not in the postcode file, and were left out."


def _changes(report: BuildReport) -> Iterator[str]:
    changes = report.changes
    if report.unreadable:
        yield f"What changed is not known: {report.unreadable}"
    elif changes is None:
        yield "There was no index before."
    elif not any(getattr(changes, kind).count for kind, _ in _CHANGES):
        yield f"Nothing changed against the present index of {changes.before:%B %Y}."
    else:
        yield f"Against the present index of {changes.before:%B %Y} ({changes.live:,} live postcodes):"
        for kind, words in _CHANGES:
            change: Change = getattr(changes, kind)
            yield f"  {words:<28}{change.count:>10,}{_examples(change)}"


def _examples(change: Change) -> str:
    if not change.count:
        return ""
    named = ", ".join(f"{district} {count:,}" for district, count in change.districts)
    rest = change.count - sum(count for _, count in change.districts)
    return f"   {named}" + (" and others" if rest else "")
