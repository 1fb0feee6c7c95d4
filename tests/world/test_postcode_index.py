"""The packed postcode index, read back."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DataError
from bot.world import postcode_index
from bot.world.build.pack import pack_index
from bot.world.postcode_format import CRC, HEADER, UNITS
from bot.world.postcode_index import PostcodeEntry, PostcodeIndex

JULY = dt.date(2024, 7, 1)
COMMITTED = Path(__file__).parents[2] / "data" / "postcodes.idx"
PLACE = Path("made-up.idx")
Postcodes = dict[str, PostcodeEntry]

A, B, C = "E14000001", "S14000002", "W07000003"
LISTS = [(), (A,), (B,), (C,), (A, B), (B, A), (A, C, B), ("N05000004", A)]
SECTORS = ["M1 1", "M1 9", "M10 1", "M1A 1", "SW1A 0", "NPT 0", "B1 1"]
ODD_UNITS = ["AC", "IA", "VA", "ZO", "KK"]

WHOLE = {
    "M1 1AA": PostcodeEntry("live", (A,)),
    "M1 1AB": PostcodeEntry("live", (A, B)),
    "M1 1ZZ": PostcodeEntry("terminated", (C,)),
    "M1 2AA": PostcodeEntry("terminated", ()),
    "NPT 0VA": PostcodeEntry("terminated", (C,)),
}


def packed(postcodes: Mapping[str, PostcodeEntry]) -> bytes:
    return pack_index(sorted(postcodes.items()), date=JULY, near_boundary_m=50)


def opened(postcodes: Mapping[str, PostcodeEntry]) -> PostcodeIndex:
    return PostcodeIndex(packed(postcodes), PLACE)


@st.composite
def made_up_postcodes(draw: st.DrawFn) -> Postcodes:
    """A few sectors, each painted over with strokes of equal entries, so that runs, full rows and gaps all occur."""
    found: Postcodes = {}
    entries = st.builds(PostcodeEntry, st.sampled_from(["live", "terminated"]), st.sampled_from(LISTS))
    stroke = st.tuples(st.integers(0, 399), st.integers(1, 90), st.sampled_from([1, 1, 2, 7]), st.none() | entries)
    for sector in draw(st.lists(st.sampled_from(SECTORS), max_size=3, unique=True)):
        for first, length, step, entry in draw(st.lists(stroke, max_size=12)):
            for unit in UNITS[first : first + length : step]:
                if entry is None:
                    found.pop(sector + unit, None)
                else:
                    found[sector + unit] = entry
        for unit, entry in draw(st.dictionaries(st.sampled_from(ODD_UNITS), entries, max_size=2)).items():
            found[sector + unit] = entry
    return found


def ranked(postcodes: Postcodes, place: str, status: str) -> list[str]:
    """What in_sector and in_district promise, counted one by one."""
    own: Counter[str] = Counter()
    near: Counter[str] = Counter()
    for postcode, entry in postcodes.items():
        if postcode.startswith(place) and entry.status == status:
            own.update(entry.constituencies[:1])
            near.update(entry.constituencies[1:])
    return sorted({*own, *near}, key=lambda code: (-own[code], -near[code], code))


@given(made_up_postcodes())
def test_every_postcode_comes_back_and_no_other(postcodes: Postcodes) -> None:
    index = opened(postcodes)
    index.verify()
    assert list(index) == sorted(postcodes.items())
    for sector in SECTORS:
        for unit in [*UNITS, *ODD_UNITS]:
            assert index.find(sector + unit) == postcodes.get(sector + unit), sector + unit
    assert index.live == sum(entry.status == "live" for entry in postcodes.values())
    assert index.live + index.terminated == len(postcodes)


@given(made_up_postcodes())
def test_sectors_and_districts_rank_their_constituencies(postcodes: Postcodes) -> None:
    index = opened(postcodes)
    for sector in SECTORS:
        assert list(index.in_sector(sector)) == ranked(postcodes, sector, "live")
        district = sector[:-1]
        expected = ranked(postcodes, district, "live") or ranked(postcodes, district, "terminated")
        assert list(index.in_district(sector[:-2])) == expected


def test_most_postcodes_first_and_neighbours_last() -> None:
    postcodes = {f"M1 1{UNITS[i]}": PostcodeEntry("live", (C, A)) for i in range(3)}
    postcodes |= {f"M1 2{UNITS[i]}": PostcodeEntry("live", (B,)) for i in range(4)}
    postcodes["M1 2ZZ"] = PostcodeEntry("terminated", ("E14000008",))
    index = opened(postcodes)
    assert index.in_sector("M1 1") == (C, A)
    assert index.in_sector("M1 2") == (B,)
    assert index.in_district("M1") == (B, C, A)


def test_only_a_district_falls_back_to_terminated_postcodes() -> None:
    index = opened({"M1 1AA": PostcodeEntry("terminated", (A,))})
    assert index.in_sector("M1 1") == ()
    assert index.in_district("M1") == (A,)


@pytest.mark.parametrize("unknown", ["", " ", "M", "M2", "M1 1", "m1", "M1 ", " M1", "M1 1AA", "Ω1", "\udcff1"])
def test_an_unknown_district_has_no_constituencies(unknown: str) -> None:
    assert opened(WHOLE).in_district(unknown) == ()


@pytest.mark.parametrize("unknown", ["", "M1", "M1 0", "M11", "M1  1", "m1 1", "M1 1 ", "M1 1AA", "M1 ١", "Ω1 1"])
def test_an_unknown_sector_has_no_constituencies(unknown: str) -> None:
    assert opened(WHOLE).in_sector(unknown) == ()


NOT_CANONICAL = [
    *("", "M", "AA", " AA", "1AA", "m1 1aa", "M11AA", "M1  1AA", " M1 1AA", "M1 1AA ", "M1\t1AA", "M1\xa01AA"),
    *("M1 ١AA", "M1 1ΑΑ", "Ｍ1 1AA", "\udcff1 1AA", "\0M1 1AA", "M1_ 1AA", "M1 1A", "M1 1AAA", "NPT 0va", "NPT 0V"),
]


@pytest.mark.parametrize("text", NOT_CANONICAL)
def test_only_the_canonical_form_is_found(text: str) -> None:
    assert opened(WHOLE).find(text) is None


@given(st.text(max_size=9))
def test_any_other_text_is_not_found(text: str) -> None:
    assert opened(WHOLE).find(text) == WHOLE.get(text)


def test_an_index_without_postcodes_is_an_index() -> None:
    index = opened({})
    assert list(index) == []
    assert index.find("M1 1AA") is None
    assert index.in_district("M1") == ()


def test_the_header_says_what_the_index_was_made_from(tmp_path: Path) -> None:
    path = tmp_path / "postcodes.idx"
    path.write_bytes(pack_index(sorted(WHOLE.items()), date=JULY, near_boundary_m=12.5))
    with PostcodeIndex.open(path) as index:
        assert (index.date, index.near_boundary_m, index.live, index.terminated) == (JULY, 12.5, 2, 3)
        assert index.find("M1 1AA") == WHOLE["M1 1AA"]
    assert index.find("M1 1AA") is None
    assert list(index) == []


def test_an_open_index_does_not_mind_its_file_being_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "postcodes.idx"
    path.write_bytes(packed(WHOLE))
    index = PostcodeIndex.open(path)
    path.write_bytes(b"")
    assert dict(index) == WHOLE


def test_a_machine_with_the_other_byte_order_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    swapped = array("H", [0x0102, 0x0304])
    swapped.byteswap()
    as_that_machine_sees_it = swapped.tobytes()
    monkeypatch.setattr(sys, "byteorder", {"little": "big", "big": "little"}[sys.byteorder])
    assert [*postcode_index._words(as_that_machine_sees_it)] == [0x0102, 0x0304]


def refusal(data: bytes) -> str:
    with pytest.raises(DataError) as caught:
        PostcodeIndex(data, PLACE)
    assert str(caught.value).startswith("made-up.idx ")
    assert "Take data/postcodes.idx from the release again, or build it with" in str(caught.value)
    return str(caught.value)


def test_a_file_cut_short_anywhere_is_refused() -> None:
    data = packed(WHOLE)
    for length in range(len(data)):
        assert refusal(data[:length])
    assert "bytes and should have" in refusal(data[:-1])
    assert "bytes and should have" in refusal(data + b"\0")


def test_another_kind_of_file_is_refused() -> None:
    assert "is not a postcode index" in refusal(b"PK\x03\x04" + packed(WHOLE)[4:])
    assert "is not a postcode index" in refusal(packed(WHOLE).replace(b"\r\n", b"\n"))


def test_another_version_is_refused() -> None:
    data = packed(WHOLE)
    assert "has format version 9, and this program reads version 1" in refusal(data[:8] + b"\x09" + data[9:])


def test_every_byte_of_the_header_is_guarded() -> None:
    data = packed(WHOLE)
    for i in range(HEADER.size + CRC.size):
        refusal(data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :])


@pytest.mark.parametrize(("year", "month"), [(0, 7), (10_000, 7), (2024, 0), (2024, 13)])
def test_a_header_that_cannot_be_true_is_refused(year: int, month: int) -> None:
    data = bytearray(packed(WHOLE))
    struct.pack_into("<HH", data, 10, year, month)
    data[HEADER.size : HEADER.size + CRC.size] = CRC.pack(zlib.crc32(data[: HEADER.size]))
    assert "is damaged: its header cannot be true" in refusal(bytes(data))


def test_every_byte_after_the_header_is_guarded_by_verify() -> None:
    data = packed(WHOLE)
    for i in range(HEADER.size + CRC.size, len(data)):
        with pytest.raises(DataError, match=r"made-up\.idx is damaged: its SHA-256 does not match\. Take"):
            PostcodeIndex(data[:i] + bytes([data[i] ^ 128]) + data[i + 1 :], PLACE).verify()


def questions(index: PostcodeIndex) -> Iterator[Callable[[], object]]:
    for sector in SECTORS:
        yield partial(index.in_sector, sector)
        yield partial(index.in_district, sector[:-2])
        yield from (partial(index.find, sector + unit) for unit in [*UNITS[::7], *ODD_UNITS])
    yield partial(list, index)


@settings(max_examples=60, deadline=None)
@given(made_up_postcodes(), st.randoms(use_true_random=False), st.booleans())
def test_a_damaged_index_raises_data_error_or_nothing(
    postcodes: Postcodes, chance: random.Random, header_too: bool
) -> None:
    data = bytearray(packed(postcodes))
    for _ in range(chance.randint(1, 8)):
        i = chance.randrange(10 if header_too else HEADER.size + CRC.size, len(data) + 1)
        data[i : i + 1] = [chance.randrange(256)] if i < len(data) else []
    data[HEADER.size : HEADER.size + CRC.size] = CRC.pack(zlib.crc32(data[: HEADER.size]))
    try:
        index = PostcodeIndex(bytes(data), PLACE)
    except DataError:
        return
    for ask in questions(index):
        with suppress(DataError):
            ask()


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.idx cannot be read: No such file or directory\. Build it with"):
        PostcodeIndex.open(tmp_path / "none.idx")
    with pytest.raises(DataError, match=r"cannot be read: Is a directory"):
        PostcodeIndex.open(tmp_path)


def test_reading_needs_nothing_but_the_standard_library() -> None:
    program = "import sys, bot.world.postcode_index; print(*{'numpy', 'shapely', 'pyproj'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "\n"


def test_the_committed_index_is_whole() -> None:
    with PostcodeIndex.open(COMMITTED) as index:
        index.verify()
        assert index.date == JULY
        assert COMMITTED.stat().st_size < 1_000_000


@pytest.mark.parametrize(
    ("postcode", "code"),
    [("SW1A 0AA", "E14001172"), ("N7 6PA", "E14001305"), ("CF99 1SN", "W07000091"), ("M1 1AE", "E14001352")],
)
def test_the_committed_index_knows_public_buildings(postcode: str, code: str) -> None:
    with PostcodeIndex.open(COMMITTED) as index:
        entry = index.find(postcode)
    assert entry is not None
    assert entry.status == "live"
    assert entry.constituencies[0] == code


@pytest.mark.source_data
def test_every_postcode_of_the_source_comes_back(source_data: Path) -> None:
    """All 2,631,536 rows, read here without the builder's reader: status, and the file's constituency first."""
    live = terminated = 0
    with (
        PostcodeIndex.open(COMMITTED) as index,
        zipfile.ZipFile(source_data / "nspl_layout_gb_2024-07.zip") as archive,
        archive.open("Data/NSPL_JUL_2024_UK.csv") as stream,
    ):
        rows = csv.reader(io.TextIOWrapper(stream, encoding="utf-8", newline=""))
        names = next(rows)
        at_postcode, at_end, at_code = (names.index(name) for name in ("pcds", "doterm", "pcon24cd"))
        for row in rows:
            entry = index.find(row[at_postcode])
            assert entry is not None, row
            code = row[at_code]
            if code[1:] in ("", "99999999"):
                assert entry.constituencies == (), row
            else:
                assert entry.constituencies[0] == code, row
            if row[at_end]:
                terminated += 1
                assert entry.status == "terminated", row
            else:
                live += 1
                assert entry.status == "live", row
        assert (live, terminated) == (1_746_525, 885_011)
        assert sum(1 for _ in index) == live + terminated
