"""The 650 constituencies."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.engine.facts import Area
from bot.errors import Fault
from bot.world.constituencies import read_constituencies

SHIPPED = Path(__file__).parents[2] / "data" / "constituencies.csv"


def test_the_shipped_file_has_all_650() -> None:
    faults: list[Fault] = []
    seats = read_constituencies(SHIPPED, faults)
    assert not faults
    assert list(seats) == sorted(seats)
    nations = Counter(seat.nation.name for seat in seats.values())
    assert nations == {"England": 543, "Scotland": 57, "Wales": 32, "Northern Ireland": 18}
    assert len({seat.region for seat in seats.values()}) == 12


def test_a_constituency_knows_the_areas_it_lies_in() -> None:
    oldham = read_constituencies(SHIPPED, [])["E14001415"]
    assert oldham.name == "Oldham East and Saddleworth"
    assert oldham.region == Area("E12000002", "North West")
    assert Area("E08000004", "Oldham") in oldham.councils
    assert Area("E47000001", "Greater Manchester") in oldham.councils
    assert oldham.area_codes() == ("E14001415", "E08000004", "E47000001", "E12000002", "E92000001")


def test_outside_england_the_region_is_the_nation() -> None:
    ynys_mon = read_constituencies(SHIPPED, [])["W07000112"]
    assert ynys_mon.name == "Ynys Môn"
    assert ynys_mon.region == ynys_mon.nation == Area("W92000004", "Wales")
    assert ynys_mon.area_codes() == ("W07000112", "W06000001", "W92000004")


ALDERSHOT = "E14001063,Aldershot,E92000001,England,E12000008,South East,E07000089 Hart; E07000092 Rushmoor,"


@pytest.mark.parametrize(
    ("old", "new", "rule", "remedy"),
    [
        ("E14001063,", "E14001064,", "duplicate-code", "remove one line"),
        ("E14001063,", "S14001063,", "unknown-code", "correct it"),
        ("E14001063,", "E1400106,", "unknown-code", "correct it"),
        (",Aldershot,", ",,", "no-name", "add it"),
        ("E92000001,England", "E92000001,Englnd", "unknown-nation", "E92000001 England"),
        ("E12000008,South East", "E92000001,England", "unknown-region", "an English region"),
        ("E12000008,South East", "E12000008,South", "two-names", "use one name"),
        ("E07000089 Hart", "Hart", "bad-area", "write it like E08000003 Manchester"),
        ("E07000089 Hart; E07000092 Rushmoor", "", "no-council", "write it like E08000003 Manchester"),
        ("E07000089 Hart", "E07000089 Hert", "two-names", "use one name"),
    ],
)
def test_faults_name_line_and_remedy(tmp_path: Path, old: str, new: str, rule: str, remedy: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert ALDERSHOT in text
    path = tmp_path / "constituencies.csv"
    path.write_text(text.replace(ALDERSHOT, ALDERSHOT.replace(old, new)), encoding="utf-8")
    faults: list[Fault] = []
    read_constituencies(path, faults)
    found = [fault for fault in faults if fault.rule == rule]
    assert found
    assert all(fault.line >= 2 and fault.column >= 1 and remedy in fault.message for fault in found)


def test_a_nation_is_its_own_region(tmp_path: Path) -> None:
    path = tmp_path / "constituencies.csv"
    text = SHIPPED.read_text(encoding="utf-8").replace(
        "W92000004,Wales,W92000004,Wales", "W92000004,Wales,W92000004,Cymru"
    )
    path.write_text(text, encoding="utf-8")
    faults: list[Fault] = []
    read_constituencies(path, faults)
    assert {fault.rule for fault in faults} == {"unknown-region"}
    assert len(faults) == 32


def test_other_than_650_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "constituencies.csv"
    lines = SHIPPED.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    faults: list[Fault] = []
    assert len(read_constituencies(path, faults)) == 649
    assert [fault.rule for fault in faults] == ["number-of-seats"]


def test_a_file_that_cannot_be_read_has_no_constituencies(tmp_path: Path) -> None:
    faults: list[Fault] = []
    assert read_constituencies(tmp_path / "constituencies.csv", faults) == {}
    assert [fault.rule for fault in faults] == ["unreadable"]
