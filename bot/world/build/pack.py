"""Writes the packed postcode index; `bot.world.postcode_format` describes it."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import zlib
from collections.abc import Iterable, Iterator
from typing import Final

from bot.errors import DataError
from bot.world.postcode_format import CRC, DISTRICT, HEADER, MAGIC, ODDITY, UNITS, VERSION
from bot.world.postcode_index import PostcodeEntry

_FULL: Final = (1 << 20) - 1
_UNITS: Final = {unit: i for i, unit in enumerate(UNITS)}
_CLOSER: Final = "Choose a smaller near_boundary_m: then fewer postcodes have candidates of their own."


def pack_index(postcodes: Iterable[tuple[str, PostcodeEntry]], *, date: dt.date, near_boundary_m: float) -> bytes:
    """The index of these postcodes, which come in canonical form and in ascending order.

    Raises ValueError for postcodes out of order, and DataError when the postcodes do not fit the format's limits.
    """
    candidates: dict[tuple[str, ...], int] = {(): 0}
    oddities: list[bytes] = []
    districts: list[bytes] = []
    bounds: list[int] = []
    records: list[bytes] = []
    size = 0
    statuses = {"live": 0, "terminated": 0}
    for district, sectors in itertools.groupby(_sectors(_ascending(postcodes)), key=lambda item: item[0][:-2]):
        start = size
        digits = 0
        bounds.append(0)
        for sector, rows in sectors:
            grid: dict[int, tuple[bool, int]] = {}
            for postcode, entry in rows:
                statuses[entry.status] += 1
                live = entry.status == "live"
                number = candidates.setdefault(entry.constituencies, len(candidates))
                unit = _UNITS.get(postcode[-2:])
                if unit is None:
                    oddities.append(ODDITY.pack(postcode.ljust(8).encode("ascii"), live, number))
                else:
                    grid[unit] = live, number
            records.append(_record(sector, grid))
            digits |= 1 << int(sector[-1])
            size += len(records[-1])
            bounds.append(size - start)
        districts.append(DISTRICT.pack(district.ljust(4).encode("ascii"), start, digits))
    if len(candidates) > 65_535:
        raise DataError(f"The postcodes have {len(candidates)} different lists of candidates, over 65,535. {_CLOSER}")
    constituencies = sorted(set(itertools.chain.from_iterable(candidates)))
    position = {code: i for i, code in enumerate(constituencies)}
    numbers = [position[code] for codes in candidates for code in codes]
    if len(numbers) > 65_535:
        raise DataError(f"The postcodes' lists of candidates have {len(numbers)} entries, over 65,535. {_CLOSER}")
    body = b"".join(
        [
            *districts,
            _words(bounds),
            "".join(constituencies).encode("ascii"),
            _words(itertools.accumulate(map(len, candidates), initial=0)),
            _words(numbers),
            *oddities,
            *records,
        ]
    )
    header = HEADER.pack(
        MAGIC,
        VERSION,
        date.year,
        date.month,
        round(near_boundary_m * 1000),
        statuses["live"],
        statuses["terminated"],
        len(districts),
        len(bounds),
        len(constituencies),
        len(candidates),
        len(numbers),
        len(oddities),
        HEADER.size + CRC.size + len(body),
        hashlib.sha256(body).digest(),
    )
    return header + CRC.pack(zlib.crc32(header)) + body


def _ascending(postcodes: Iterable[tuple[str, PostcodeEntry]]) -> Iterator[tuple[str, PostcodeEntry]]:
    last = ""
    for item in postcodes:
        if item[0] <= last:
            raise ValueError(f"{item[0]} comes after {last}: pack_index takes each postcode once, in ascending order")
        last = item[0]
        yield item


def _sectors(
    postcodes: Iterator[tuple[str, PostcodeEntry]],
) -> Iterator[tuple[str, Iterator[tuple[str, PostcodeEntry]]]]:
    return itertools.groupby(postcodes, key=lambda item: item[0][:-2])


def _record(sector: str, grid: dict[int, tuple[bool, int]]) -> bytes:
    """A sector; `grid` gives status (live) and list number of each unit that exists, units ascending."""
    labels: dict[int, int] = {}
    for _, number in grid.values():
        labels.setdefault(number, len(labels))
    if len(labels) > 255:
        raise DataError(f"Sector {sector} has {len(labels)} different lists of candidates, over 255. {_CLOSER}")
    parts = [bytes([len(labels)]), _words(labels)]
    if len(labels) > 1:
        runs = _runs([(unit, labels[number]) for unit, (_, number) in grid.items()], (len(labels) - 1).bit_length())
        parts += [bytes([len(runs) // 2]), runs]
    if grid:
        parts.append(_rows({unit: live for unit, (live, _) in grid.items()}))
    return b"".join(parts)


def _runs(labelled: list[tuple[int, int]], width: int) -> bytes:
    """Which unit has which of the sector's lists. A run may start anywhere after the last unit of the run before, so
    it starts with a row wherever it can: rows inside which no run starts take no room."""
    starts_row = 0
    inside = [0] * 20
    labels = labelled[0][1]
    count = 1
    for (before, label_before), (unit, label) in itertools.pairwise(labelled):
        if label == label_before:
            continue
        row, column = divmod(unit, 20)
        if before // 20 < row:
            starts_row |= 1 << row
        else:
            inside[row] |= 1 << column
        labels |= label << width * count
        count += 1
    rows = [(i, bits) for i, bits in enumerate(inside) if bits]
    fields = [(starts_row, 20), (sum(1 << i for i, _ in rows), 20), *((bits, 20) for _, bits in rows)]
    return _bits([*fields, (labels, width * count)], multiple=2)


def _rows(units: dict[int, bool]) -> bytes:
    """Which units exist, and which of them are live."""
    exists = [0] * 20
    live = [0] * 20
    for unit, is_live in units.items():
        row, column = divmod(unit, 20)
        exists[row] |= 1 << column
        live[row] |= is_live << column
    mask_l = mask_m = full = 0
    part_rows: tuple[list[int], list[int]] = [], []  # mixed, and not
    live_rows: tuple[list[tuple[int, int]], list[tuple[int, int]]] = [], []  # of full, and of part rows
    for row, (columns, live_columns) in enumerate(zip(exists, live, strict=True)):
        mixed = live_columns not in (0, columns)
        mask_l |= (columns != 0 and not mixed) << row
        mask_m |= (mixed or live_columns != columns) << row
        full |= (columns == _FULL) << row
        if columns not in (0, _FULL):
            part_rows[not mixed].append(columns)
        if mixed:
            live_rows[columns != _FULL].append((columns, live_columns))
    fields = [(mask_l, 20), (mask_m, 20), (full, 20)]
    fields += [(columns, 20) for columns in itertools.chain(*part_rows)]
    for columns, live_columns in itertools.chain(*live_rows):
        fields += [(live_columns >> column & 1, 1) for column in range(20) if columns >> column & 1]
    return _bits(fields)


def _bits(fields: Iterable[tuple[int, int]], *, multiple: int = 1) -> bytes:
    """Numbers of given widths one after the other from bit 0 on, filled up to a multiple of so many bytes."""
    bits = length = 0
    for value, width in fields:
        bits |= value << length
        length += width
    return bits.to_bytes(-(-length // (8 * multiple)) * multiple, "little")


def _words(numbers: Iterable[int]) -> bytes:
    return b"".join(number.to_bytes(2, "little") for number in numbers)
