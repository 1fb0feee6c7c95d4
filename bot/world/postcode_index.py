"""Finds postcodes in the packed index; `bot.world.postcode_format` describes the file."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import struct
import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, NoReturn, Self

from bot.errors import DataError, shown_path
from bot.files import file_bytes
from bot.world.postcode_format import CRC, DISTRICT, HEADER, MAGIC, ODDITY, UNITS, VERSION

MAX_BYTES: Final = 100_000_000  # a hundred times what every postcode of the UK needs
_SECTORS: Final = {f" {digit}": 1 << digit for digit in range(10)}
# Of each unit: the bit of its row, the bits of the rows above, its column.
_CELLS: Final = {unit: (1 << i // 20, (1 << i // 20) - 1, i % 20) for i, unit in enumerate(UNITS)}
_ROW: Final = (1 << 20) - 1
_GSS_CODE: Final = re.compile("[A-Z][0-9]{8}").fullmatch
_masks = struct.Struct("<Q").unpack_from
_number = int.from_bytes


@dataclass(frozen=True, slots=True)
class PostcodeEntry:
    """What the index holds of one postcode: `constituencies` are GSS codes (ONS field pcon), the source's own first,
    then those whose area comes near, nearest first; () where the source has none."""

    status: Literal["live", "terminated"]
    constituencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Grid:
    """A sector spread out: one bit for each unit, and its runs as (first unit, unit after the last, list)."""

    exists: int
    live: int
    runs: tuple[tuple[int, int, int], ...]


class PostcodeIndex:
    """Read-only view of one index file.

    The file is read into memory, not mapped: a mapped file that somebody overwrites in place kills its readers.
    """

    def __init__(self, data: bytes, path: Path) -> None:
        """Raises DataError when `data` is not an index of this version, or not a whole one."""
        self.path = path
        self._data = data
        if data[: len(MAGIC)] != MAGIC:
            self._refuse("is not a postcode index: it does not start with the index's magic bytes")
        start = HEADER.size + CRC.size
        if len(data) < start:
            self._refuse("is cut short inside its header")
        fields = HEADER.unpack_from(data)
        if fields[1] != VERSION:
            self._refuse(f"has format version {fields[1]}, and this program reads version {VERSION}")
        if CRC.unpack_from(data, HEADER.size)[0] != zlib.crc32(data[: HEADER.size]):
            self._refuse("has a damaged header: its CRC-32 does not match")
        year, month, near, self.live, self.terminated, districts, bounds, constituencies = fields[2:10]
        self._lists, numbers, oddities, size, self._sha256 = fields[10:]
        if len(data) != size:
            self._refuse(f"has {len(data)} bytes and should have {size}: it is not a whole copy")
        lengths = (
            DISTRICT.size * districts,
            2 * bounds,
            9 * constituencies,
            2 * (self._lists + 1 + numbers),
            ODDITY.size * oddities,
        )
        ends = [*accumulate(lengths, initial=start)]
        if ends[-1] > size or not (1 <= month <= 12 and dt.MINYEAR <= year <= dt.MAXYEAR):
            self._refuse("is damaged: its header cannot be true")
        tables = [data[a:b] for a, b in pairwise(ends)]
        self._district_table, self._gss_codes, self._oddities = tables[0], tables[2], tables[4]
        self._bounds = _words(tables[1])
        self._candidates = _words(tables[3])
        self._records = ends[-1]
        self._districts: dict[str, tuple[int, int, int]] | None = None
        self._entries: dict[int, PostcodeEntry] = {}
        self.date: dt.date = dt.date(year, month, 1)
        self.near_boundary_m: float = near / 1000

    @classmethod
    def open(cls, path: Path) -> Self:
        """Reads the file and checks its header but not the rest (see `verify`). Raises DataError."""
        try:
            data = file_bytes(path, MAX_BYTES)
        except OSError as error:
            raise DataError(
                f"{shown_path(path)} cannot be read: {error.strerror}. "
                "Build it with `askfirst data build`, or let `data.dir` name the folder where it lies."
            ) from None
        return cls(data, path)

    def verify(self) -> None:
        """Raises DataError unless every byte after the header is as it was built. Takes a few milliseconds."""
        if hashlib.sha256(memoryview(self._data)[HEADER.size + CRC.size :]).digest() != self._sha256:
            self._refuse("is damaged: its SHA-256 does not match")

    def find(self, postcode: str) -> PostcodeEntry | None:
        """The entry of a postcode in canonical form ("M1 1AE"); None for an unknown one and for any other text: never
        a neighbour, who may be in another constituency. Raises DataError where the index is damaged."""
        cell = _CELLS.get(postcode[-2:])
        if cell is None:
            return next((entry for text, entry in self._oddities_in(postcode[:-2]) if text == postcode), None)
        row, above, column = cell
        districts = self._districts
        if districts is None:
            districts = self._read_districts()
        place = districts.get(postcode[:-4])
        digit = _SECTORS.get(postcode[-4:-2])
        if place is None or digit is None:
            return None
        base, nth, sectors = place
        if not sectors & digit:
            return None
        nth += (sectors & digit - 1).bit_count()
        data, bounds = self._data, self._bounds
        try:  # up to here as in _record; to call that would take a tenth more time
            start = base + bounds[nth]
            k = data[start]
            if not k:
                return None
            runs_at = start + 2 * k + 2
            at = runs_at + 2 * data[runs_at - 1] if k > 1 else start + 3
            (masks,) = _masks(data, at)
            mask_l = masks & _ROW
            mask_m = masks >> 20 & _ROW
            some = mask_l | mask_m
            if not some & row:
                return None
            full = masks >> 40 & _ROW
            mixed = mask_m & ~mask_l
            if mixed & row:
                part = some & ~full
                bits = _number(data[at : base + bounds[nth + 1]], "little") >> 60
                if full & row:
                    here = 20 * (part.bit_count() + (mixed & full & above).bit_count()) + column
                else:
                    here = 20 * (mixed & part & above).bit_count() + column
                    if not bits >> here & 1:
                        return None
                    here = (bits & (1 << here) - 1).bit_count() + 20 * (part.bit_count() + (mixed & full).bit_count())
                live = bits >> here & 1 == 1
            else:
                if not full & row:
                    here = 60 + 20 * (some & ~full & (mixed | above)).bit_count() + column
                    if not data[at + (here >> 3)] >> (here & 7) & 1:
                        return None
                live = not mask_m & row
            if k > 1:
                bits = _number(data[runs_at:at], "little")
                inside = bits >> 20 & _ROW
                run = (bits & (above | row)).bit_count()
                columns = 20 * (inside & above).bit_count()
                if inside & row:
                    columns += column + 1
                if columns:
                    run += (bits >> 40 & (1 << columns) - 1).bit_count()
                width = (k - 1).bit_length()
                start += 2 * (bits >> 40 + 20 * inside.bit_count() + run * width & (1 << width) - 1)
            number = data[start + 1] | data[start + 2] << 8
            return self._entries.get(number << 1 | live) or self._entry(number, live)
        except (IndexError, struct.error):
            self._refuse("is damaged: a record reaches beyond its table")

    def in_sector(self, sector: str) -> tuple[str, ...]:
        """The constituencies of the live postcodes of a sector ("M1 1"), most postcodes first, those that only come
        near one last; () for an unknown sector, and for one without live postcodes. Raises DataError as `find` does."""
        return self._ranked([sector], live=True)

    def in_district(self, district: str) -> tuple[str, ...]:
        """The same for all sectors of a district ("M1"); of its terminated postcodes if it has no live ones."""
        sectors = [district + sector for sector in _SECTORS]
        return self._ranked(sectors, live=True) or self._ranked(sectors, live=False)

    def __iter__(self) -> Iterator[tuple[str, PostcodeEntry]]:
        """Every postcode with its entry, in the order of the postcodes as text. Raises DataError as `find` does."""
        for district in self._read_districts():
            for sector in (district + digit for digit in _SECTORS):
                found = list(self._oddities_in(sector))
                grid = self._grid(sector)
                for first, until, number in grid.runs:
                    entries = self._entry(number, False), self._entry(number, True)
                    found += [
                        (sector + UNITS[unit], entries[grid.live >> unit & 1])
                        for unit in range(first, until)
                        if grid.exists >> unit & 1
                    ]
                yield from sorted(found, key=itemgetter(0))

    def close(self) -> None:
        """Lets go of the memory. Nothing is found afterwards."""
        self._data = self._oddities = self._district_table = b""
        self._districts = {}
        self._entries = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _record(self, district: str, digit: str) -> tuple[int, int]:
        """Where the record of a sector starts and ends; 0, 0 if there is no such sector."""
        place = (self._read_districts() if self._districts is None else self._districts).get(district)
        bit = _SECTORS.get(digit)
        if place is None or bit is None:
            return 0, 0
        start, bounds, sectors = place
        if not sectors & bit:
            return 0, 0
        i = bounds + (sectors & bit - 1).bit_count()
        return start + self._bounds[i], start + self._bounds[i + 1]

    def _read_districts(self) -> dict[str, tuple[int, int, int]]:
        """Where the records of each district start, the first of its bounds, and its sectors, one bit for each.

        Called by the first look-up (which takes 2 ms), not when the file is opened."""
        districts = {}
        bounds = 0
        for outward, start, sectors in DISTRICT.iter_unpack(self._district_table):
            districts[outward.decode("latin-1").rstrip(" ")] = self._records + start, bounds, sectors
            bounds += sectors.bit_count() + 1
        self._districts = districts
        return districts

    def _grid(self, sector: str) -> _Grid:
        """The whole record of a sector, for those who want more than one of its postcodes."""
        data = self._data
        try:
            start, end = self._record(sector[:-2], sector[-2:])
            k = data[start] if start < end else 0
            if not k:
                return _Grid(0, 0, ())
            at = start + 1 + 2 * k
            lists = _words(data[start + 1 : at])
            starts, labels, width = [0], 0, (k - 1).bit_length()
            if k > 1:
                runs_at = at + 1
                at = runs_at + 2 * data[at]
                bits = _number(data[runs_at:at], "little")
                masks, labels = bits & (1 << 40) - 1, bits >> 40
                for row in range(20):
                    if masks >> row & 1:
                        starts.append(20 * row)
                    if masks >> 20 + row & 1:
                        starts += [20 * row + column for column in range(20) if labels >> column & 1]
                        labels >>= 20
            (masks,) = _masks(data, at)
            numbers = [lists[labels >> width * run & (1 << width) - 1] for run in range(len(starts))]
        except (IndexError, ValueError, struct.error):
            self._refuse("is damaged: a record reaches beyond its table")
        exists, live = _units(masks, _number(data[at:end], "little") >> 60)
        runs = zip(starts, [*starts[1:], len(UNITS)], numbers, strict=True)
        return _Grid(exists, live, tuple(runs))

    def _ranked(self, sectors: list[str], *, live: bool) -> tuple[str, ...]:
        """The constituencies of the live, or of the terminated, postcodes of these sectors; most postcodes first."""
        counts: Counter[PostcodeEntry] = Counter()
        for sector in sectors:
            counts.update(entry for _, entry in self._oddities_in(sector) if (entry.status == "live") is live)
            grid = self._grid(sector)
            wanted = grid.live if live else grid.exists & ~grid.live
            for first, until, number in grid.runs:
                if count := (wanted >> first & (1 << until - first) - 1).bit_count():
                    counts[self._entry(number, live)] += count
        own: Counter[str] = Counter()
        near: Counter[str] = Counter()
        for entry, count in counts.items():
            for i, code in enumerate(entry.constituencies):
                (near if i else own)[code] += count
        return tuple(sorted({*own, *near}, key=lambda code: (-own[code], -near[code], code)))

    def _entry(self, number: int, live: bool) -> PostcodeEntry:
        """The one entry with this list and status: made once, as there are few (7,000) for many postcodes."""
        key = number << 1 | live
        if key not in self._entries:
            words = self._candidates
            if number >= self._lists:
                self._refuse("is damaged: a postcode's list of candidates does not exist")
            first, after = (self._lists + 1 + words[number + i] for i in (0, 1))
            codes = tuple(sys.intern(self._gss_codes[9 * n : 9 * n + 9].decode("latin-1")) for n in words[first:after])
            if not all(map(_GSS_CODE, codes)):
                self._refuse("is damaged: a constituency has no GSS code")
            self._entries[key] = PostcodeEntry("live" if live else "terminated", codes)
        return self._entries[key]

    def _oddities_in(self, sector: str) -> Iterator[tuple[str, PostcodeEntry]]:
        for padded, live, number in ODDITY.iter_unpack(self._oddities):
            postcode = padded.decode("latin-1").rstrip(" ")
            if postcode[:-2] == sector:
                yield postcode, self._entry(number, live != 0)

    def _refuse(self, what: str) -> NoReturn:
        raise DataError(
            f"{shown_path(self.path)} {what}. "
            "Take data/postcodes.idx from the release again, or build it with `askfirst data build`."
        )


def _units(masks: int, bits: int) -> tuple[int, int]:
    """One bit for each unit that exists, and for each that is live, of the rows of a record."""
    mask_l, mask_m, full = masks & _ROW, masks >> 20 & _ROW, masks >> 40 & _ROW
    mixed, part = mask_m & ~mask_l, (mask_l | mask_m) & ~full
    live_bits = bits >> 20 * part.bit_count()
    exists = live = 0
    for group in (mixed & full, mixed & part, full & ~mixed, part & ~mixed):
        for row in (row for row in range(20) if group >> row & 1):
            columns = live_columns = _ROW
            if part >> row & 1:
                columns = live_columns = bits & _ROW
                bits >>= 20
            if mixed >> row & 1:
                live_columns = 0
                for column in (column for column in range(20) if columns >> column & 1):
                    live_columns |= (live_bits & 1) << column
                    live_bits >>= 1
            exists |= columns << 20 * row
            if not mask_m >> row & 1 or mixed >> row & 1:
                live |= live_columns << 20 * row
    return exists, live


def _words(data: bytes) -> array[int]:
    """Little-endian numbers of two bytes, whatever the order of this machine."""
    words = array("H", data)
    if sys.byteorder == "big":
        words.byteswap()
    return words
