"""The list of addresses: the ONSUD or the NSUL."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DataError
from bot.world.build.uprns import Addresses, read_addresses
from tests.world.build.made_up import EAST, NORTH, WEST

COLUMNS = ("UPRN", "GRIDGB1E", "GRIDGB1N", "PCDS", "OA21CD", "PCON24CD", "IMD19IND")
Pair = tuple[str, str]


def lines(pairs: Sequence[Pair], columns: Sequence[str] = COLUMNS) -> str:
    rows = [f"{number},384000,398000,{postcode},E00000001,{code},1" for number, (postcode, code) in enumerate(pairs, 1)]
    return "\n".join([",".join(columns), *rows, ""])


def read(folder: Path, content: str | bytes, name: str = "NSUL_JUN_2026_NW.csv") -> Addresses:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_addresses(path)


def fault(folder: Path, content: str | bytes) -> str:
    with pytest.raises(DataError) as caught:
        read(folder, content)
    return str(caught.value)


def test_the_constituency_with_the_most_addresses_comes_first(tmp_path: Path) -> None:
    pairs = [("M1 1AA", EAST), ("M1 1AA", WEST), ("M1 1AB", NORTH), ("M1 1AA", WEST)]
    found = read(tmp_path, lines(pairs))
    assert found.constituencies == {"M1 1AA": (WEST, EAST), "M1 1AB": (NORTH,)}
    assert found.lines == 4
    assert found.first_seen[NORTH].endswith("NSUL_JUN_2026_NW.csv:4")


def test_equally_many_go_by_code(tmp_path: Path) -> None:
    assert read(tmp_path, lines([("M1 1AA", NORTH), ("M1 1AA", EAST)])).constituencies["M1 1AA"] == (EAST, NORTH)


@given(
    pairs=st.lists(st.tuples(st.sampled_from(["M1 1AA", "M1 1AB"]), st.sampled_from([WEST, EAST, NORTH])), min_size=1)
)
def test_it_counts_as_a_person_would(tmp_path_factory: pytest.TempPathFactory, pairs: list[Pair]) -> None:
    found = read(tmp_path_factory.mktemp("uprns"), lines(pairs)).constituencies
    for postcode in {postcode for postcode, _ in pairs}:
        codes = [code for other, code in pairs if other == postcode]
        assert list(found[postcode]) == sorted(set(codes), key=lambda code: (-codes.count(code), code))


@pytest.mark.parametrize(("postcode", "code"), [("", WEST), ("M1 1AA", ""), ("M1 1AA", "L99999999")])
def test_an_address_without_a_postcode_or_constituency_is_left_out(tmp_path: Path, postcode: str, code: str) -> None:
    found = read(tmp_path, lines([(postcode, code), ("M1 1AB", WEST)]))
    assert found.constituencies == {"M1 1AB": (WEST,)}
    assert found.lines == 1


def test_all_regions_of_a_zip_or_folder_are_counted_together(tmp_path: Path) -> None:
    regions = {"NW": [("M1 1AA", WEST)], "WA": [("M1 1AA", EAST), ("M1 1AA", EAST)]}
    folder = tmp_path / "unpacked" / "Data"
    folder.mkdir(parents=True)
    (tmp_path / "unpacked" / "readme.csv").write_text("no region")
    with zipfile.ZipFile(tmp_path / "NSUL_E127_JUN_2026.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for region, pairs in regions.items():
            (folder / f"ONSUD_JUN_2026_{region}.csv").write_text(lines(pairs))
            archive.writestr(f"Data/NSUL_JUN_2026_{region}.csv", lines(pairs))
        archive.writestr("Documents/LAD names and codes.csv", "a,b\n")
    for path in (tmp_path / "unpacked", tmp_path / "NSUL_E127_JUN_2026.zip"):
        found = read_addresses(path)
        assert found.constituencies == {"M1 1AA": (EAST, WEST)}
        assert found.lines == 3


def test_progress_ends_with_everything_done(tmp_path: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    for region in ("NW", "WA"):
        (tmp_path / f"NSUL_JUN_2026_{region}.csv").write_text(lines([("M1 1AA", WEST)]))
    read_addresses(tmp_path, lambda *call: calls.append(call))
    size = len(lines([("M1 1AA", WEST)]))
    assert calls == [("addresses", size, 2 * size), ("addresses", 2 * size, 2 * size)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lines([("M1 1AA", WEST), ("Manchester", WEST)]), ":3: this line has 'Manchester' where a postcode is wanted"),
        (lines([("M1 1AA", "E15000001")]), ":2: this line has 'E15000001' where the GSS code"),
        (lines([("M1 1AA", WEST)]) + "1,2,3\n", ":3: this line has 3 columns and the first line has 7"),
        (lines([], [*COLUMNS[:3], "PC", *COLUMNS[4:]]), ":1: this line has no columns PCDS, and one is needed"),
        (lines([], [*COLUMNS[:6], "PCON19CD"]), ":1: this line has 2 columns PCON..CD, and one is needed"),
        ("", " is empty"),
        (lines([]), " has no address with a postcode and a constituency"),
        (lines([("M1 1AA", WEST)]) + '"' + "x" * 200_000, ":3: this line cannot be read as CSV: field larger"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line_and_a_remedy(tmp_path: Path, content: str, said: str) -> None:
    message = fault(tmp_path, content)
    assert f"NSUL_JUN_2026_NW.csv{said}" in message
    assert message.endswith("Download the ONSUD or NSUL again from geoportal.statistics.gov.uk.")


@pytest.mark.parametrize("before", [0, 1, 500, 5_000])
def test_latin_1_is_refused_with_its_line(tmp_path: Path, before: int) -> None:
    text = lines([*[("M1 1AA", WEST)] * before, ("Môn", WEST), ("M1 1AA", WEST)])
    assert f"NSUL_JUN_2026_NW.csv:{before + 2}: this line is not UTF-8" in fault(tmp_path, text.encode("latin-1"))


def test_a_zip_that_is_none_or_is_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "NSUL.zip"
    path.write_text("<html>404</html>")
    with pytest.raises(DataError, match=r"NSUL\.zip is not a whole zip file: .*\. Download the ONSUD or NSUL again"):
        read_addresses(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("NSUL_JUN_2026_NW.csv", lines([("M1 1AA", WEST)]))
    path.write_bytes(path.read_bytes().replace(b"M1 1AA", b"M1 1AB"))
    with pytest.raises(DataError, match="is not a whole zip file: Bad CRC-32"):
        read_addresses(path)


def test_nothing_of_the_kind_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no file such as NSUL_JUN_2026_NW\.csv"):
        read_addresses(tmp_path)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", "")
    with pytest.raises(DataError, match=r"holds no file such as NSUL_JUN_2026_NW\.csv"):
        read_addresses(tmp_path / "a.zip")
    with pytest.raises(DataError, match=r"none\.csv cannot be read: No such file or directory\. Check the path"):
        read_addresses(tmp_path / "none.csv")
