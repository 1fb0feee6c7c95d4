"""CSV files that people edit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Fault
from bot.world.table import MAX_BYTES, Row, parse_day, read_table

COLUMNS = ("code", "name")


def read_bytes(folder: Path, data: bytes) -> tuple[list[Row] | None, list[Fault]]:
    faults: list[Fault] = []
    path = folder / "table.csv"
    path.write_bytes(data)
    return read_table(path, COLUMNS, faults), faults


def test_rows_know_where_their_values_stand(tmp_path: Path) -> None:
    rows, faults = read_bytes(tmp_path, b'code,name\nA1, Ash \n\n"B,2",Beech\n')
    assert not faults
    assert rows is not None
    assert [dict(row.values) for row in rows] == [{"code": "A1", "name": "Ash"}, {"code": "B,2", "name": "Beech"}]
    fault = rows[1].fault("name", "rule", "message")
    assert (fault.line, fault.column) == (4, 7)


def test_files_saved_on_other_systems_are_read(tmp_path: Path) -> None:
    rows, faults = read_bytes(tmp_path, "\ufeffcode,name\r\nA1,Ynys Môn\r\n".encode())
    assert not faults
    assert rows is not None
    assert rows[0].values["name"] == "Ynys Môn"


@pytest.mark.parametrize(
    ("data", "line", "rule", "remedy"),
    [
        (b"", 1, "columns", "put these columns back"),
        (b"name,code\n", 1, "columns", "code,name"),
        (b"code;name\nA;B\n", 1, "columns", "code,name"),
        (b"code,name\nA1\n", 2, "columns", "check the commas"),
        (b"code,name\nA1,Ash,x\n", 2, "columns", "check the commas"),
        (b"code,name\nA1,\xe9\n", 2, "not-utf-8", "save it as CSV with the encoding UTF-8"),
        (b'code,name\nA1,"Ash\n', 2, "csv", "check the quotes"),
        (b'code,name\nA1,"Ash"x\n', 2, "csv", "check the quotes"),
    ],
)
def test_what_is_not_such_a_table(tmp_path: Path, data: bytes, line: int, rule: str, remedy: str) -> None:
    _, faults = read_bytes(tmp_path, data)
    assert [(fault.line, fault.rule) for fault in faults] == [(line, rule)]
    assert remedy in faults[0].message


def test_a_missing_or_huge_file(tmp_path: Path) -> None:
    faults: list[Fault] = []
    assert read_table(tmp_path / "missing.csv", COLUMNS, faults) is None
    assert [fault.rule for fault in faults] == ["unreadable"]
    rows, faults = read_bytes(tmp_path, b"x" * (MAX_BYTES + 1))
    assert rows is None
    assert [fault.rule for fault in faults] == ["too-big"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2026-02-30", "bad-date"),
        ("22/11/2026", "bad-date"),
        ("20261122", "bad-date"),
        ("2026-W47-7", "bad-date"),
        ("", "bad-date"),
        ("2026-11-23", "future-date"),
    ],
)
def test_days_that_cannot_be(text: str, rule: str) -> None:
    faults: list[Fault] = []
    row = Row("table.csv", 7, {"name": "a", "code": text}, f"a,{text}")
    assert parse_day(row, "code", dt.date(2026, 11, 22), faults) is None
    assert [(fault.line, fault.column, fault.rule) for fault in faults] == [(7, 3, rule)]


def test_today_is_a_day() -> None:
    faults: list[Fault] = []
    row = Row("table.csv", 7, {"code": "2026-11-22"}, "2026-11-22")
    assert parse_day(row, "code", dt.date(2026, 11, 22), faults) == dt.date(2026, 11, 22)
    assert not faults


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_faults(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    rows, faults = read_bytes(tmp_path_factory.mktemp("table"), b"code,name\n" + data)
    assert rows is not None or faults
