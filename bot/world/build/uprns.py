"""In which constituencies the addresses of each postcode lie, from a list of addresses: the ONSUD or the NSUL.

The Office for National Statistics publishes both as a zip of CSV files, one for each region, with one line for each
address (UPRN) of Great Britain: 40 million lines. Of their columns two are read:

    PCDS        the postcode; empty for what has none, such as a bus stop
    PCON..CD    GSS code of the constituency; empty or a pseudo code (L99999999) where there is none

The ONSUD says in which constituency each address lies. The NSUL says it of the census Output Area of the address, as a
whole: where a boundary cuts through an Output Area, the ONSUD is the exact one. Neither has terminated postcodes or
Northern Ireland, so they go beside a postcode file, and do not replace it.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from bot.errors import DataError, shown_path
from bot.world.build.archive import faults_named, opened_in_zip, opened_zip
from bot.world.build.nspl import Progress, is_constituency, is_pseudo_code

STEP: Final = 200_000  # lines from one call of the progress callback to the next
MOST_PAIRS: Final = 5_000_000  # different postcodes with a constituency; there are 1.8 million
_REGION_CSV: Final = re.compile(r"(?:.*/)?(?:NSUL|ONSUD)_[^/]*\.csv", re.IGNORECASE)
_POSTCODE: Final = re.compile(r"[A-Z][A-Z0-9]{1,3} [0-9][A-Z]{2}").fullmatch
_DOWNLOAD: Final = "Download the ONSUD or NSUL again from geoportal.statistics.gov.uk."


@dataclass(frozen=True, slots=True)
class Addresses:
    """`constituencies` has the GSS codes of each postcode, that with the most addresses first; equal ones by code.

    `first_seen` says in which file and line each code stands first. `lines` counts the addresses with a postcode and
    a constituency.
    """

    constituencies: Mapping[str, tuple[str, ...]]
    first_seen: Mapping[str, str]
    lines: int


def read_addresses(path: Path, progress: Progress | None = None) -> Addresses:
    """Reads the zip, a folder of its CSV files, or one of them. Raises DataError, which names file, line and remedy."""
    counts: dict[tuple[str, str], int] = {}
    seen: dict[str, str] = {}
    done = 0
    with faults_named(path, _DOWNLOAD), closing(_files(path)) as files:
        for stream, name, size, total in files:
            for position in _count(stream, name, counts, seen):
                if progress:
                    progress("addresses", done + position, total)
            done += size
            if progress:
                progress("addresses", done, total)
    if not counts:
        raise DataError(f"{shown_path(path)} has no address with a postcode and a constituency. {_DOWNLOAD}")
    return Addresses(_ranked(counts), seen, sum(counts.values()))


def _count(
    stream: IO[bytes], name: str, counts: dict[tuple[str, str], int], seen: dict[str, str]
) -> Generator[int, None, None]:
    """Adds the addresses of one file to `counts`; yields now and then how many bytes it has read."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    rows = csv.reader(text)
    try:
        postcode_at, code_at, width = _columns(name, next(rows, None))
        for number, row in enumerate(rows, 1):
            if number % STEP == 0:
                yield stream.tell()
            if len(row) != width:
                if not row:
                    continue
                raise _fault(name, rows.line_num, f"has {len(row)} columns and the first line has {width}")
            pair = row[postcode_at], row[code_at]
            count = counts.get(pair)
            if count is None:
                if not _wanted(name, rows.line_num, *pair):
                    continue
                if len(counts) == MOST_PAIRS:
                    raise _fault(name, rows.line_num, f"has postcode number {MOST_PAIRS:,}; there are not so many")
                seen.setdefault(pair[1], f"{name}:{rows.line_num}")
                count = 0
            counts[pair] = count + 1
    except UnicodeDecodeError as error:
        # All whole lines before the piece that could not be decoded have been read.
        line = rows.line_num + 1 + error.object[: error.start].count(b"\n")
        raise _fault(name, line, "is not UTF-8") from None
    except csv.Error as error:
        raise _fault(name, rows.line_num, f"cannot be read as CSV: {error}") from None
    finally:
        text.close()


def _ranked(counts: Mapping[tuple[str, str], int]) -> dict[str, tuple[str, ...]]:
    """One tuple for all postcodes with the same constituencies: there are few such tuples for many postcodes."""
    ranked: dict[str, tuple[str, ...]] = {}
    split: set[str] = set()
    same: dict[tuple[str, ...], tuple[str, ...]] = {}
    for postcode, code in counts:
        codes = (*ranked.get(postcode, ()), code)
        ranked[postcode] = same.setdefault(codes, codes)
        if len(codes) > 1:
            split.add(postcode)
    for postcode in split:
        ordered = tuple(sorted(ranked[postcode], key=lambda code: (-counts[postcode, code], code)))
        ranked[postcode] = same.setdefault(ordered, ordered)
    return ranked


def _wanted(name: str, line: int, postcode: str, code: str) -> bool:
    """Whether an address counts. Called once for each pair, and for each that does not count."""
    if not postcode or not code or is_pseudo_code(code):
        return False
    if not _POSTCODE(postcode):
        raise _fault(name, line, f"has {postcode[:20]!r} where a postcode is wanted")
    if not is_constituency(code):
        raise _fault(
            name, line, f"has {code[:20]!r} where the GSS code of a constituency (such as E14001172) is wanted"
        )
    return True


def _columns(name: str, header: list[str] | None) -> tuple[int, int, int]:
    """Where postcode and constituency stand, and how many columns there are."""
    if not header:
        raise DataError(f"{name} is empty. {_DOWNLOAD}")
    names = [column.strip().lower() for column in header]
    found = []
    for wanted, pattern in (("PCDS", "pcds"), ("PCON..CD", r"pcon\d\dcd")):
        here = [i for i, column in enumerate(names) if re.fullmatch(pattern, column)]
        if len(here) != 1:
            raise _fault(name, 1, f"has {len(here) or 'no'} columns {wanted}, and one is needed")
        found.append(here[0])
    return found[0], found[1], len(names)


def _files(path: Path) -> Generator[tuple[IO[bytes], str, int, int], None, None]:
    """Each CSV file of regions: the open file, its name as messages show it, its size, and the size of all."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if _REGION_CSV.fullmatch(file.name))
        if not files:
            raise _none(path)
        yield from _plain(files)
        return
    zipped = path.suffix.lower() == ".zip" or zipfile.is_zipfile(path)
    if not zipped:
        yield from _plain([path])
        return
    with opened_zip(path, _DOWNLOAD) as archive:
        names = sorted(name for name in archive.namelist() if _REGION_CSV.fullmatch(name))
        if not names:
            raise _none(path)
        total = sum(archive.getinfo(name).file_size for name in names)
        for name in names:
            with opened_in_zip(path, archive, name, _DOWNLOAD) as stream:
                yield stream, f"{shown_path(path)}: {name}", archive.getinfo(name).file_size, total


def _plain(files: list[Path]) -> Generator[tuple[IO[bytes], str, int, int], None, None]:
    sizes = [file.stat().st_size for file in files]
    for file, size in zip(files, sizes, strict=True):
        with file.open("rb") as stream:
            yield stream, shown_path(file), size, sum(sizes)


def _none(path: Path) -> DataError:
    return DataError(
        f"{shown_path(path)} holds no file such as NSUL_JUN_2026_NW.csv or ONSUD_JUN_2026_NW.csv. {_DOWNLOAD}"
    )


def _fault(name: str, line: int, what: str) -> DataError:
    return DataError(f"{name}:{line}: this line {what}. {_DOWNLOAD}")
