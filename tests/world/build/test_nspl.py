"""The reader of the NSPL and ONSPD."""

from __future__ import annotations

import datetime as dt
import math
import zipfile
from pathlib import Path

import pytest

from bot.errors import DataError
from bot.world.build.nspl import PostcodeFile, read_postcode_file
from tests.world.build.made_up import COLUMNS, CSV_NAME, EAST, WEST, csv_text, nspl_zip, row


def codes(table: PostcodeFile) -> list[str]:
    return [table.codes[number] for number in table.constituency]


def read_csv(folder: Path, content: str | bytes, name: str = "NSPL_AUG_2026_UK.csv") -> PostcodeFile:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_postcode_file(path)


def fault(folder: Path, rows: list[list[str]], columns: tuple[str, ...] = COLUMNS) -> str:
    with pytest.raises(DataError) as caught:
        read_postcode_file(nspl_zip(folder, rows, columns))
    return str(caught.value)


def test_a_zip_is_read_by_its_main_file(tmp_path: Path) -> None:
    table = read_postcode_file(nspl_zip(tmp_path, [row("M1 1AA", WEST, 52.5, -1.5), row("M1 1AB", EAST, end="201906")]))
    assert table.date == dt.date(2026, 8, 1)
    assert table.postcode == ["M1 1AA", "M1 1AB"]
    assert [*table.terminated] == [False, True]
    assert codes(table) == [WEST, EAST]
    assert (table.latitude[0], table.longitude[0]) == (52.5, -1.5)
    assert [*table.line] == [2, 3]


@pytest.mark.parametrize("name", ["bare.csv", "bare.txt"])
def test_a_bare_csv_is_read_too(tmp_path: Path, name: str) -> None:
    assert read_csv(tmp_path, csv_text([row("M1 1AA", WEST)]), f"ONSPD_FEB_2024_UK_{name}").date == dt.date(2024, 2, 1)


def test_the_month_may_stand_in_the_name_of_the_zip(tmp_path: Path) -> None:
    path = tmp_path / "postcodes_2024-07.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("all.csv", csv_text([row("M1 1AA", WEST)]))
    assert read_postcode_file(path).date == dt.date(2024, 7, 1)


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("pcon24cd", "pcds"),
        ("pcon", "pcds"),
        ("pcon25cd", "pcd8"),
        ("PCON", "PCD2"),
        ("pcon24", "pcd7"),
        ("pcon", "pcd"),
    ],
)
def test_columns_are_found_by_name_in_any_year(tmp_path: Path, column: str, code: str) -> None:
    inside = {"pcd2": "M1   1AA", "pcd8": "M1   1AA", "pcd7": "M1  1AA", "pcd": "M1  1AA"}.get(code.lower(), "M1 1AA")
    text = f"lat,long,{column},doterm,oa21cd,{code}\n52,-1,{WEST},,,{inside}\n"
    table = read_csv(tmp_path, text)
    assert table.postcode == ["M1 1AA"]
    assert codes(table) == [WEST]


def test_the_spaced_postcode_column_is_preferred(tmp_path: Path) -> None:
    assert read_csv(tmp_path, f"pcd,pcd2,pcds,doterm,pcon,lat,long\nX,Y,M1 1AA,,{WEST},52,-1\n").postcode == ["M1 1AA"]


def test_a_byte_order_mark_and_quotes_are_no_hindrance(tmp_path: Path) -> None:
    text = f'\ufeff"pcds","doterm","pcon24cd","lat","long"\r\n"M1 1AA","","{WEST}","52.1","-1.2"\r\n'
    assert read_csv(tmp_path, text).postcode == ["M1 1AA"]


def test_empty_and_pseudo_codes_mean_no_constituency(tmp_path: Path) -> None:
    rows = [row("GY1 1AA", "L99999999"), row("IM1 1AA", "M99999999"), row("M1 1AA", WEST), row("M1 1AB", "")]
    assert codes(read_postcode_file(nspl_zip(tmp_path, rows))) == ["", "", WEST, ""]


@pytest.mark.parametrize("latitude", ["99.999999", "99.99999", ""])
def test_a_latitude_of_99_means_no_position(tmp_path: Path, latitude: str) -> None:
    table = read_postcode_file(nspl_zip(tmp_path, [row("M1 1AA", WEST, latitude, "0.000000")]))
    assert math.isnan(table.latitude[0])
    assert math.isnan(table.longitude[0])


def test_rows_in_any_order_come_back_in_order(tmp_path: Path) -> None:
    rows = [row("M10 1AA", EAST, 53), row("M1 1AB", WEST, 51, end="200001"), row("AB1 9ZZ", WEST, 50)]
    table = read_postcode_file(nspl_zip(tmp_path, rows))
    assert table.postcode == ["AB1 9ZZ", "M1 1AB", "M10 1AA"]
    assert codes(table) == [WEST, WEST, EAST]
    assert [*table.latitude] == [50, 51, 53]
    assert [*table.terminated] == [False, True, False]
    assert [*table.line] == [4, 3, 2]


def test_progress_ends_with_everything_done(tmp_path: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    path = nspl_zip(tmp_path, [row("M1 1AA", WEST)])
    read_postcode_file(path, lambda *call: calls.append(call))
    size = len(csv_text([row("M1 1AA", WEST)]))
    assert calls[-1] == ("read", size, size)


def test_a_postcode_that_occurs_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    message = fault(tmp_path, [row("M1 1AA", WEST), row("M1 1AB", WEST), row("M1 1AA", EAST)])
    assert "NSPL_AUG_2026.zip:4: this line has the postcode of line 2 again. Delete one" in message


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (row("M1 1AB", "E15000001"), "has 'E15000001' where the GSS code of a constituency"),
        (row("M1 1AB", "Westminster"), "has 'Westminster' where the GSS code"),
        (row("M1 1AB", WEST, "fifty", "-1"), "has the position 'fifty', '-1'"),
        (row("M1 1AB", WEST, "nan", "-1"), "has the position 'nan', '-1'"),
        (row("M1 1AB", WEST, 384000, 398000), "which is not a latitude and longitude in degrees"),
        (row("M1 1AB", WEST, end="June"), "has 'June' in doterm"),
        (row("M1 1ABC", WEST), "has 'M1 1ABC' where a postcode is wanted"),
        (row("M1 1AB", WEST)[:-1], "has 7 columns and the first line has 8"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line_and_a_remedy(tmp_path: Path, wrong: list[str], said: str) -> None:
    message = fault(tmp_path, [row("M1 1AA", WEST), wrong])
    assert "NSPL_AUG_2026.zip:3: this line " in message
    assert said in message
    assert "Download" in message


def test_every_column_is_needed(tmp_path: Path) -> None:
    for column, said in (("pcon24cd", "pcon..cd"), ("doterm", "doterm"), ("lat", "lat"), ("long", "long")):
        columns = tuple("other" if name == column else name for name in COLUMNS)
        assert f"zip:1: this line has no column {said}. Use a file" in fault(tmp_path, [row("M1 1AA", WEST)], columns)


def test_two_columns_for_one_thing_are_refused(tmp_path: Path) -> None:
    columns = tuple("pcon19cd" if name == "ctry26cd" else name for name in COLUMNS)
    assert "has the columns pcon19cd and pcon24cd" in fault(tmp_path, [row("M1 1AA", WEST)], columns)


def test_latin_1_is_refused_with_its_line(tmp_path: Path) -> None:
    text = csv_text([row("M1 1AA", WEST), row("M1 1AB", WEST)]).replace("M1 1AB", "Môn")
    with pytest.raises(DataError, match=r"UK\.csv:3: this line is not UTF-8\. Save the file as UTF-8"):
        read_csv(tmp_path, text.encode("latin-1"))


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"UK\.csv has no rows below its first line\. Download"):
        read_csv(tmp_path, csv_text([]))
    with pytest.raises(DataError, match=r"UK\.csv is empty\. Download"):
        read_csv(tmp_path, "")


def test_a_file_that_is_not_csv_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"UK\.csv:2: this line cannot be read as CSV: field larger"):
        read_csv(tmp_path, csv_text([]) + '"' + "x" * 200_000)


def test_a_zip_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "NSPL_AUG_2026.zip"
    path.write_text("<html>404</html>")
    with pytest.raises(DataError, match=r"NSPL_AUG_2026\.zip is not a whole zip file: .*\. Download the NSPL again"):
        read_postcode_file(path)


def test_a_zip_cut_short_is_refused(tmp_path: Path) -> None:
    path = nspl_zip(tmp_path, [row("M1 1AA", WEST)])
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DataError, match="is not a whole zip file"):
        read_postcode_file(path)


def test_a_zip_with_damaged_contents_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "NSPL_AUG_2026.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(CSV_NAME, csv_text([row("M1 1AA", WEST)]))
    path.write_bytes(path.read_bytes().replace(b"M1 1AA", b"M1 1AB"))
    with pytest.raises(DataError, match="is not a whole zip file: Bad CRC-32"):
        read_postcode_file(path)


def test_a_zip_without_a_main_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "NSPL_AUG_2026.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "")
        archive.writestr("b.csv", "")
    with pytest.raises(DataError, match=r"holds 2 CSV files and none stands out .* Unpack it"):
        read_postcode_file(path)


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    for name in ("NSPL_AUG_2026.zip", "NSPL_AUG_2026_UK.csv"):
        with pytest.raises(DataError, match=r"cannot be read: No such file or directory\. Check the path\."):
            read_postcode_file(tmp_path / name)


def test_a_file_without_a_month_in_its_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"postcodes\.csv does not say of which month it is\. Name it as"):
        read_csv(tmp_path, csv_text([row("M1 1AA", WEST)]), "postcodes.csv")
