"""Builds data/postcodes.idx: the postcode file and the boundaries in, the packed index out."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import numpy as np

from bot.errors import DataError, shown_path
from bot.world.build.boundaries import read_boundaries
from bot.world.build.nspl import STEP, PostcodeFile, Progress, read_postcode_file
from bot.world.build.pack import pack_index
from bot.world.postcode_index import PostcodeEntry, PostcodeIndex

Rows = list[tuple[str, PostcodeEntry]]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What was built. `without_constituency` and `ambiguous` (more than one candidate) count live and terminated
    postcodes; `date` is the month of the postcode file; `size` (bytes) and `sha256` are of the whole index file."""

    live: int
    terminated: int
    without_constituency: int
    ambiguous: int
    sectors: int
    size: int
    date: dt.date
    sha256: str


def build_postcode_index(
    postcodes: Path,
    boundaries: Path,
    out: Path,
    *,
    near_boundary_m: float = 50.0,
    progress: Progress | None = None,
) -> BuildReport:
    """Writes the index of a postcode file (NSPL or ONSPD) to `out`. The same input gives the same bytes.

    A postcode's candidates are the constituency that the file names, then every other one whose area comes within
    `near_boundary_m` metres of the postcode's position, nearest first. `progress` is called with a stage (read,
    measure, pack, check), how much of it is done, and how much there is to do. `out` is replaced at the very end, when
    every postcode has been found again in the new file: until then an older one stays as it is. Raises DataError.
    """
    if not 0 <= near_boundary_m <= 100_000:
        raise DataError(
            f"near_boundary_m is {near_boundary_m}; it is metres, from 0 to 100000. Choose 50, for example."
        )
    if not out.parent.is_dir():
        raise DataError(f"{shown_path(out)} cannot be written: its folder does not exist. Make it, or choose another.")
    table = read_postcode_file(postcodes, progress)
    rows = _rows(table, _candidates(table, boundaries, near_boundary_m, progress))
    data = pack_index(_counted(rows, "pack", progress), date=table.date, near_boundary_m=near_boundary_m)
    _replace(out, data, rows, progress)
    statuses = Counter(entry.status for _, entry in rows)
    return BuildReport(
        live=statuses["live"],
        terminated=statuses["terminated"],
        without_constituency=sum(not entry.constituencies for _, entry in rows),
        ambiguous=sum(len(entry.constituencies) > 1 for _, entry in rows),
        sectors=len({postcode[:-2] for postcode, _ in rows}),
        size=len(data),
        date=table.date,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _candidates(
    table: PostcodeFile, boundaries: Path, metres: float, progress: Progress | None
) -> dict[int, tuple[str, ...]]:
    """The candidates beyond the file's own constituency, of the rows that have any."""
    if progress:
        progress("measure", 0, len(table.postcode))
    areas = read_boundaries(boundaries)
    numbers = {code: i for i, code in enumerate(areas.codes)}
    for code in table.codes[1:]:
        if code not in numbers:
            line = table.line[table.constituency.index(table.codes.index(code))]
            raise DataError(
                f"{shown_path(table.path)}:{line}: the constituency {code} is not in {shown_path(boundaries)}. "
                "Use a postcode file and boundaries of the same set of constituencies (since July 2024: PCON24)."
            )
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


def _rows(table: PostcodeFile, candidates: dict[int, tuple[str, ...]]) -> Rows:
    entries: dict[tuple[int, int, tuple[str, ...]], PostcodeEntry] = {}
    rows: Rows = []
    for i, (postcode, terminated, number) in enumerate(
        zip(table.postcode, table.terminated, table.constituency, strict=True)
    ):
        key = terminated, number, candidates.get(i, ())
        if key not in entries:
            own = (table.codes[number],) if number else ()
            entries[key] = PostcodeEntry("terminated" if terminated else "live", own + key[2])
        rows.append((postcode, entries[key]))
    return rows


def _counted(rows: Rows, stage: str, progress: Progress | None) -> Iterator[tuple[str, PostcodeEntry]]:
    for start in range(0, len(rows), STEP):
        if progress:
            progress(stage, start, len(rows))
        yield from rows[start : start + STEP]
    if progress:
        progress(stage, len(rows), len(rows))


def _replace(out: Path, data: bytes, rows: Rows, progress: Progress | None) -> None:
    """Writes beside `out`, reads back and compares, and only then takes the place of `out`, in one step."""
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with PostcodeIndex.open(temporary) as index:
            index.verify()
            if not _equal(index, _counted(rows, "check", progress)):
                raise DataError(f"The new {out.name} does not give back what went in. Report this as a bug.")
        temporary.replace(out)
        _sync_folder(out.parent)
    except OSError as error:
        raise DataError(
            f"{shown_path(out)} cannot be written: {error.strerror}. Check that its folder exists and has room."
        ) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _equal(one: Iterable[object], other: Iterable[object]) -> bool:
    missing = object()
    return all(a == b for a, b in zip_longest(one, other, fillvalue=missing))


def _sync_folder(folder: Path) -> None:
    """Makes the new name survive a power cut. Windows cannot open a folder, and needs no such step."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
