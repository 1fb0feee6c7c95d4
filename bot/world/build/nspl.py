"""Reads the postcode file of the Office for National Statistics: the NSPL, or the ONSPD, as a zip or a bare CSV.

Columns are found by name, since the year in their names moves with each release (`pcon24cd`), and the ONSPD named some
of them otherwise before 2025 (`pcd`, `pcd2`, `pcon`). Of its columns these are read:

    pcds, pcd8, pcd2, pcd7 or pcd   the postcode, with whatever spaces
    doterm                          month of termination (YYYYMM); empty for a live postcode
    pcon..cd                        GSS code of the constituency; empty or a pseudo code (L99999999) where there is none
    lat, long                       degrees (WGS 84); a latitude of 99.999999 means no position
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
import zipfile
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, Final

from bot.errors import DataError, shown_path
from bot.world.build.archive import opened_in_zip, opened_zip

Progress = Callable[[str, int, int], None]

STEP: Final = 50_000  # rows from one call of the progress callback to the next
MOST_ROWS: Final = 10_000_000  # there have been 2.8 million postcodes, ever

_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTH_IN_NAME: Final = re.compile(rf"_({'|'.join(_MONTHS)})[A-Z]*_(20\d\d)|_(20\d\d)-(0[1-9]|1[0-2])", re.IGNORECASE)
_MAIN_CSV: Final = re.compile(r"(?:.*/)?(?:NSPL|NSPL21|ONSPD)_[A-Z]{3}_\d{4}(?:_[A-Z]+)?\.csv", re.IGNORECASE)
_POSTCODE: Final = re.compile(r"[A-Z][A-Z0-9]{1,3} [0-9][A-Z]{2}").fullmatch
is_constituency: Final = re.compile(r"(?:E14|N0[56]|S14|W07)\d{6}").fullmatch
is_pseudo_code: Final = re.compile(r"[A-Z]99999999").fullmatch
_TERMINATION: Final = re.compile(r"\d{6}").fullmatch
_DOWNLOAD: Final = "Download the NSPL again from geoportal.statistics.gov.uk and name the zip as it is."


@dataclass(frozen=True, slots=True)
class PostcodeFile:
    """The rows of a postcode file in ascending order of postcode; the lists and arrays have one item for each row.

    `constituency` counts into `codes`, where 0 stands for none. Positions are degrees; NaN where there is none.
    `date` is the first day of the month of the release. `line` is the row's line in the file.
    """

    path: Path
    date: dt.date
    codes: list[str]
    postcode: list[str]
    terminated: array[int]
    constituency: array[int]
    latitude: array[float]
    longitude: array[float]
    line: array[int]


def read_postcode_file(path: Path, progress: Progress | None = None) -> PostcodeFile:
    """Reads and checks every row. Raises DataError at the first that is wrong; it names the line and the remedy."""
    with _opened(path) as (stream, name, size):
        date = _month_of(path, name)
        rows = csv.reader(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""))
        try:
            return _read(path, date, rows, lambda: progress and progress("read", stream.tell(), size))
        except UnicodeDecodeError:
            line = _first_line_not_utf8(path)
            raise _fault(path, line, "is not UTF-8", "Save the file as UTF-8, or download it again") from None
        except csv.Error as error:
            raise _fault(path, rows.line_num, f"cannot be read as CSV: {error}", _DOWNLOAD) from None


def _read(path: Path, date: dt.date, rows: Any, report: Callable[[], object]) -> PostcodeFile:
    header = next(rows, None)
    if not header:
        raise DataError(f"{shown_path(path)} is empty. {_DOWNLOAD}")
    names = [name.strip().lower() for name in header]
    at_postcode = _column(path, names, r"pcds", r"pcd8|pcd2", r"pcd7|pcd")
    at_end = _column(path, names, r"doterm")
    at_code = _column(path, names, r"pcon(\d\d)?(cd)?")
    at_latitude = _column(path, names, r"lat")
    at_longitude = _column(path, names, r"long")
    table = PostcodeFile(path, date, [""], [], array("b"), array("H"), array("d"), array("d"), array("I"))
    numbers = {"": 0}
    ascending = True
    last = ""
    for count, row in enumerate(rows):
        if count % STEP == 0:
            report()
        line = rows.line_num
        if count == MOST_ROWS:
            raise _fault(path, line, f"comes after {count:,} others, and there are not so many postcodes", _DOWNLOAD)
        if len(row) != len(names):
            if not row:
                continue
            raise _fault(path, line, f"has {len(row)} columns and the first line has {len(names)}", _DOWNLOAD)
        postcode = row[at_postcode]
        if not _POSTCODE(postcode):
            postcode = _canonical(path, line, postcode)
        ascending = ascending and last < postcode
        last = postcode
        end, code = row[at_end], row[at_code]
        if end and not _TERMINATION(end):
            raise _fault(path, line, f"has {end!r} in doterm, which is not a month (YYYYMM) or empty", _DOWNLOAD)
        number = numbers.get(code)
        if number is None:
            number = numbers[code] = _add_code(path, line, code, table.codes)
        latitude, longitude = _position(path, line, row[at_latitude], row[at_longitude])
        table.postcode.append(postcode)
        table.terminated.append(end != "")
        table.constituency.append(number)
        table.latitude.append(latitude)
        table.longitude.append(longitude)
        table.line.append(line)
    if not table.postcode:
        raise DataError(f"{shown_path(path)} has no rows below its first line. {_DOWNLOAD}")
    report()
    return table if ascending else _sorted(table)


def _sorted(table: PostcodeFile) -> PostcodeFile:
    """The same rows in ascending order of postcode. Raises DataError if a postcode occurs twice."""
    order = sorted(range(len(table.postcode)), key=table.postcode.__getitem__)
    for first, second in pairwise(order):
        if table.postcode[first] == table.postcode[second]:
            what = f"has the postcode of line {table.line[first]} again"
            raise _fault(table.path, table.line[second], what, "Delete one of the two rows, or download the file again")
    return replace(
        table,
        postcode=[table.postcode[i] for i in order],
        terminated=array("b", (table.terminated[i] for i in order)),
        constituency=array("H", (table.constituency[i] for i in order)),
        latitude=array("d", (table.latitude[i] for i in order)),
        longitude=array("d", (table.longitude[i] for i in order)),
        line=array("I", (table.line[i] for i in order)),
    )


def _column(path: Path, names: list[str], *patterns: str) -> int:
    """Where the column is that fits the first pattern which any column fits."""
    for pattern in patterns:
        found = [i for i, name in enumerate(names) if re.fullmatch(pattern, name)]
        if len(found) == 1:
            return found[0]
        if found:
            what = f"has the columns {' and '.join(names[i] for i in found)}, where one is wanted"
            raise _fault(path, 1, what, "Delete all but the newest")
    wanted = patterns[0].replace(r"(\d\d)?(cd)?", "..cd")
    raise _fault(path, 1, f"has no column {wanted}", f"Use a file in the layout of the NSPL or ONSPD. {_DOWNLOAD}")


def _canonical(path: Path, line: int, text: str) -> str:
    compact = text.replace(" ", "").upper()
    postcode = f"{compact[:-3]} {compact[-3:]}"
    if not _POSTCODE(postcode):
        raise _fault(path, line, f"has {text!r} where a postcode is wanted", _DOWNLOAD)
    return postcode


def _add_code(path: Path, line: int, code: str, codes: list[str]) -> int:
    if is_pseudo_code(code):
        return 0
    if not is_constituency(code):
        what = f"has {code!r} where the GSS code of a constituency (such as E14001172) is wanted"
        raise _fault(path, line, what, _DOWNLOAD)
    codes.append(code)
    return len(codes) - 1


def _position(path: Path, line: int, latitude: str, longitude: str) -> tuple[float, float]:
    if not latitude or latitude.startswith("99.99"):
        return math.nan, math.nan
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        north = east = math.nan
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        what = f"has the position {latitude!r}, {longitude!r}, which is not a latitude and longitude in degrees"
        raise _fault(path, line, what, _DOWNLOAD)
    return north, east


def _month_of(path: Path, name: str) -> dt.date:
    """The month of the release, from the name of the CSV file or else of the zip."""
    for text in (name, path.name):
        if found := _MONTH_IN_NAME.search(text):
            month = _MONTHS.index(found[1].upper()) + 1 if found[1] else int(found[4])
            return dt.date(int(found[2] or found[3]), month, 1)
    raise DataError(
        f"{shown_path(path)} does not say of which month it is. "
        "Name it as the Office for National Statistics does, for example NSPL_AUG_2026_UK.csv."
    )


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], str, int]]:
    """The CSV file (in a zip: its main one), its name and its size in bytes."""
    try:
        if path.suffix.lower() != ".zip" and not zipfile.is_zipfile(path):
            with path.open("rb") as stream:
                yield stream, path.name, path.stat().st_size
            return
    except OSError as error:
        raise DataError(f"{shown_path(path)} cannot be read: {error.strerror}. Check the path.") from None
    with opened_zip(path, _DOWNLOAD) as archive:
        name = _main_csv(path, archive.namelist())
        with opened_in_zip(path, archive, name, _DOWNLOAD) as stream:
            yield stream, name, archive.getinfo(name).file_size


def _main_csv(path: Path, names: list[str]) -> str:
    """The release also holds the same rows by area, and lists of codes."""
    files = [name for name in names if name.lower().endswith(".csv")]
    main = [name for name in files if _MAIN_CSV.fullmatch(name)] or files
    if len(main) != 1:
        raise DataError(
            f"{shown_path(path)} holds {len(main)} CSV files and none stands out as the NSPL or ONSPD "
            "(such as Data/NSPL_AUG_2026_UK.csv). Unpack it and name the one that holds all postcodes."
        )
    return main[0]


def _first_line_not_utf8(path: Path) -> int:
    with _opened(path) as (stream, _, _):
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 0


def _fault(path: Path, line: int, what: str, remedy: str) -> DataError:
    return DataError(f"{shown_path(path)}:{line}: this line {what}. {remedy.rstrip('.')}.")
