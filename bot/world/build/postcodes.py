"""Builds data/postcodes.idx: the postcode file and the boundaries in, the packed index out."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import numpy as np

from bot.errors import DataError, shown_path
from bot.world.build.boundaries import Boundaries, read_boundaries
from bot.world.build.build_report import AddressReport, BuildReport
from bot.world.build.index_changes import IndexChanges, changes
from bot.world.build.nspl import STEP, PostcodeFile, Progress, read_postcode_file
from bot.world.build.pack import pack_index
from bot.world.build.swap import swap_in
from bot.world.build.uprns import Addresses, read_addresses
from bot.world.postcode_index import PostcodeEntry, PostcodeIndex

Rows = list[tuple[str, PostcodeEntry]]


def build_postcode_index(
    postcodes: Path,
    boundaries: Path,
    out: Path,
    *,
    near_boundary_m: float = 50.0,
    addresses: Path | None = None,
    accept: Callable[[BuildReport], bool] = lambda report: True,
    progress: Progress | None = None,
) -> BuildReport:
    """Writes the index of a postcode file (NSPL or ONSPD) to `out`. The same input gives the same bytes.

    A postcode's candidates are the constituency that the file names, then every other one whose area comes within
    `near_boundary_m` metres of the postcode's position, nearest first. That distance stands in for knowing where the
    homes of a postcode lie. So where `addresses` (an ONSUD or NSUL) has addresses of a postcode, its candidates are
    their constituencies and no others, that with the most addresses first; only the one that the file names stays,
    as the last, if no address lies in it.

    `accept` is shown the report before anything is written; if it says no, `out` stays as it is. `progress` is called
    with a stage (read, addresses, measure, pack, compare, check), how much of it is done, and how much there is to do.
    `out` is replaced at the very end, when every postcode has been found again in the new file: until then an older one
    stays as it is. Raises DataError.
    """
    if not 0 <= near_boundary_m <= 100_000:
        raise DataError(
            f"near_boundary_m is {near_boundary_m}; it is metres, from 0 to 100000. Choose 50, for example."
        )
    if not out.parent.is_dir():
        raise DataError(f"{shown_path(out)} cannot be written: its folder does not exist. Make it, or choose another.")
    table = read_postcode_file(postcodes, progress)
    found = read_addresses(addresses, progress) if addresses else Addresses({}, {}, 0)
    if progress:
        progress("measure", 0, len(table.postcode))
    areas = read_boundaries(boundaries)
    _refuse_unknown(table, found, areas, boundaries)
    rows = _rows(table, _candidates(table, areas, near_boundary_m, progress), found.constituencies)
    data = pack_index(_counted(rows, "pack", progress), date=table.date, near_boundary_m=near_boundary_m)
    before, unreadable = _compared(out, rows, progress)
    statuses = Counter(entry.status for _, entry in rows)
    report = BuildReport(
        live=statuses["live"],
        terminated=statuses["terminated"],
        without_constituency=sum(not entry.constituencies for _, entry in rows),
        ambiguous=sum(len(entry.constituencies) > 1 for _, entry in rows),
        sectors=len({postcode[:-2] for postcode, _ in rows}),
        size=len(data),
        date=table.date,
        sha256=hashlib.sha256(data).hexdigest(),
        near_boundary_m=near_boundary_m,
        boundaries=len(areas.codes),
        addresses=_address_report(table, found) if addresses else None,
        changes=before,
        unreadable=unreadable,
    )
    if not accept(report):
        return replace(report, written=False)
    swap_in(out, data, lambda new: _check(new, out, rows, progress))
    return report


def _refuse_unknown(table: PostcodeFile, addresses: Addresses, areas: Boundaries, boundaries: Path) -> None:
    known = frozenset(areas.codes)
    places = {code: f"{shown_path(table.path)}:{line}" for code, line in _first_lines(table).items()}
    for code, place in (*places.items(), *addresses.first_seen.items()):
        if code not in known:
            raise DataError(
                f"{place}: the constituency {code} is not in {shown_path(boundaries)}. "
                "Use files of the same set of constituencies (since July 2024: PCON24)."
            )


def _first_lines(table: PostcodeFile) -> dict[str, int]:
    """The line of the file where each constituency stands first."""
    lines: dict[int, int] = {}
    for number, line in zip(table.constituency, table.line, strict=True):
        if number and line < lines.get(number, line + 1):
            lines[number] = line
    return {table.codes[number]: line for number, line in lines.items()}


def _candidates(
    table: PostcodeFile, areas: Boundaries, metres: float, progress: Progress | None
) -> dict[int, tuple[str, ...]]:
    """The candidates beyond the file's own constituency, of the rows that have any."""
    numbers = {code: i for i, code in enumerate(areas.codes)}
    own = np.array([-1, *(numbers[code] for code in table.codes[1:])])[np.asarray(table.constituency)]
    latitude, longitude = np.asarray(table.latitude), np.asarray(table.longitude)
    row = np.flatnonzero((own >= 0) & ~np.isnan(latitude))
    near = areas.near(
        longitude[row],
        latitude[row],
        own[row],
        metres,
        lambda done: progress and progress("measure", done, len(row)),
    )
    return {int(row[i]): tuple(areas.codes[number] for number in others) for i, others in near.items()}


def _rows(table: PostcodeFile, candidates: Mapping[int, tuple[str, ...]], exact: Mapping[str, tuple[str, ...]]) -> Rows:
    entries: dict[tuple[int, tuple[str, ...]], PostcodeEntry] = {}
    rows: Rows = []
    for i, (postcode, terminated, number) in enumerate(
        zip(table.postcode, table.terminated, table.constituency, strict=True)
    ):
        own = table.codes[number]
        if found := exact.get(postcode):
            codes = (*found, own) if own and own not in found else found
        else:
            codes = (own, *candidates.get(i, ())) if own else ()
        key = terminated, codes
        if key not in entries:
            entries[key] = PostcodeEntry("terminated" if terminated else "live", codes)
        rows.append((postcode, entries[key]))
    return rows


def _address_report(table: PostcodeFile, addresses: Addresses) -> AddressReport:
    exact = addresses.constituencies
    split = single = contradicted = 0
    for postcode, number in zip(table.postcode, table.constituency, strict=True):
        if found := exact.get(postcode):
            split += len(found) > 1
            single += len(found) == 1
            contradicted += number != 0 and table.codes[number] not in found
    return AddressReport(addresses.lines, split, single, contradicted, len(exact) - split - single)


def _compared(out: Path, rows: Rows, progress: Progress | None) -> tuple[IndexChanges | None, str]:
    """The changes against the index that is there, or why they are not known: it may be damaged or of another version,
    and a new one is what mends that."""
    if not out.exists():
        return None, ""
    try:
        with PostcodeIndex.open(out) as index:
            index.verify()
            return changes(index, _counted(rows, "compare", progress)), ""
    except DataError as error:
        return None, str(error)


def _counted(rows: Rows, stage: str, progress: Progress | None) -> Iterator[tuple[str, PostcodeEntry]]:
    for start in range(0, len(rows), STEP):
        if progress:
            progress(stage, start, len(rows))
        yield from rows[start : start + STEP]
    if progress:
        progress(stage, len(rows), len(rows))


def _check(new: Path, out: Path, rows: Rows, progress: Progress | None) -> None:
    """Raises DataError unless the file gives back every postcode that went in, and no other."""
    with PostcodeIndex.open(new) as index:
        index.verify()
        if not _equal(index, _counted(rows, "check", progress)):
            raise DataError(f"The new {out.name} does not give back what went in. Report this as a bug.")


def _equal(one: Iterable[object], other: Iterable[object]) -> bool:
    missing = object()
    return all(a == b for a, b in zip_longest(one, other, fillvalue=missing))
