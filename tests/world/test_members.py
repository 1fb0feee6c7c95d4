"""Who sits for which constituency, since when and until when."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Fault
from bot.world.constituencies import read_constituencies
from bot.world.members import COLUMNS, MemberList, MemberRecord, dump_members, member_list, read_members
from tests.world.small_index import CLACTON

DATA = Path(__file__).parents[2] / "data"
TODAY = dt.date(2026, 11, 22)
SEATS = ("E14001063", "E14001064", "E14001065")
SITTING = "172,Example Member,Example Party,E14001063,2024-07-04,,example,2026-06-27\n"


def read(folder: Path, *rows: str) -> tuple[MemberList, list[Fault]]:
    path = folder / "members.csv"
    path.write_text(",".join(COLUMNS) + "\n" + "".join(rows), encoding="utf-8")
    faults: list[Fault] = []
    return read_members(path, SEATS, TODAY, faults), faults


def test_the_shipped_list_is_of_27_june_2026_with_one_seat_vacant() -> None:
    faults: list[Fault] = []
    seats = read_constituencies(DATA / "constituencies.csv", faults)
    members = read_members(DATA / "members.csv", seats, TODAY, faults)
    assert not faults
    assert members.date == dt.date(2026, 6, 27)
    vacant = [code for code in seats if members.sitting(code, TODAY) is None]
    assert vacant == [CLACTON]
    assert members.vacant_since(CLACTON, TODAY) == dt.date(2026, 7, 8)
    assert members.by_seat[CLACTON][0].source == "mysociety/parlparse"


def test_a_member_sits_from_since_until_the_day_the_seat_falls_vacant(tmp_path: Path) -> None:
    members, faults = read(
        tmp_path, "1,Example Member,Example Party,E14001063,2024-07-04,2026-07-08,example,2026-11-22\n"
    )
    assert not faults
    assert members.sitting("E14001063", dt.date(2024, 7, 3)) is None
    assert members.sitting("E14001063", dt.date(2024, 7, 4)) is not None
    assert members.sitting("E14001063", dt.date(2026, 7, 7)) is not None
    assert members.sitting("E14001063", dt.date(2026, 7, 8)) is None
    assert members.vacant_since("E14001063", dt.date(2026, 7, 7)) is None
    assert members.vacant_since("E14001063", TODAY) == dt.date(2026, 7, 8)
    assert members.vacant_since("E14001064", TODAY) is None


def test_a_successor_takes_the_seat(tmp_path: Path) -> None:
    members, faults = read(
        tmp_path,
        "1,Example First,Example Party,E14001063,,2026-07-08,example,2026-11-22\n",
        "2,Example Second,Example Party,E14001063,2026-08-20,,example,2026-11-22\n",
    )
    assert not faults
    sitting = members.sitting("E14001063", TODAY)
    assert sitting is not None
    assert sitting.person_id == 2
    assert members.sitting("E14001063", dt.date(2026, 8, 1)) is None
    assert members.vacant_since("E14001063", dt.date(2026, 8, 1)) == dt.date(2026, 7, 8)
    assert members.vacant_since("E14001063", TODAY) is None


def test_the_list_is_as_old_as_its_oldest_sitting_member(tmp_path: Path) -> None:
    members, _ = read(
        tmp_path,
        "1,Example One,Example Party,E14001063,,,example,2026-06-27\n",
        "2,Example Two,Example Party,E14001064,,,example,2026-11-01\n",
        "3,Example Three,Example Party,E14001065,,2026-01-01,example,2026-01-02\n",
    )
    assert members.date == dt.date(2026, 6, 27)
    nobody, faults = read(tmp_path)
    assert nobody.date is None
    assert not faults


@pytest.mark.parametrize(
    ("old", "new", "rule", "remedy"),
    [
        ("172,", "0,", "bad-person-id", "members.parliament.uk"),
        ("172,", "x,", "bad-person-id", "members.parliament.uk"),
        ("172,", "-1,", "bad-person-id", "members.parliament.uk"),
        ("172,", "١٧٢,", "bad-person-id", "members.parliament.uk"),
        ("Example Member", "", "missing-value", "add it"),
        ("Example Party", " ", "missing-value", "add it"),
        (",example,", ",,", "missing-value", "add it"),
        ("E14001063", "E14009999", "unknown-code", "correct the code"),
        ("2024-07-04", "4.7.2024", "bad-date", "2026-11-22"),
        ("2026-06-27", "", "bad-date", "2026-11-22"),
        ("2026-06-27", "2026-11-23", "future-date", "correct the day"),
        ("2024-07-04,", "2026-11-23,", "future-date", "correct the day"),
        ("2024-07-04,", "2024-07-04,2024-07-03", "wrong-order", "correct one of them"),
        ("2024-07-04,", "2024-07-04,2027-01-01", "future-date", "correct the day"),
    ],
)
def test_faults_name_line_and_remedy(tmp_path: Path, old: str, new: str, rule: str, remedy: str) -> None:
    _, faults = read(tmp_path, SITTING.replace(old, new))
    assert [(fault.line, fault.rule) for fault in faults] == [(2, rule)]
    assert remedy in faults[0].message
    assert faults[0].column >= 1


@pytest.mark.parametrize(
    ("second", "rule"),
    [
        ("173,Example Other,Example Party,E14001063,,,example,2026-06-27\n", "two-members"),
        ("172,Example Member,Example Party,E14001063,,,example,2026-06-27\n", "two-members"),
        ("173,Example Other,Example Party,E14001063,,2025-01-01,example,2026-06-27\n", "two-members"),
        ("172,Example Member,Example Party,E14001064,,,example,2026-06-27\n", "two-seats"),
    ],
)
def test_one_seat_has_one_member_and_one_person_one_seat(tmp_path: Path, second: str, rule: str) -> None:
    _, faults = read(tmp_path, SITTING, second)
    assert [(fault.line, fault.rule) for fault in faults] == [(3, rule)]
    assert "line 2" in faults[0].message


def test_all_faults_are_collected(tmp_path: Path) -> None:
    _, faults = read(tmp_path, "x,,Example Party,E14009999,soon,,example,later\n", "1,a\n")
    assert [fault.line for fault in sorted(faults)] == [2, 2, 2, 2, 2, 3]


def test_the_newest_record_of_a_person_counts() -> None:
    old = MemberRecord(1, "Example Member", "One", SEATS[0], None, dt.date(2025, 1, 1), "example", TODAY)
    new = replace(old, party="Two", gss_code=SEATS[1], until=None)
    for records in ([old, new], [new, old]):
        assert member_list(records).persons()[1] is new


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=10)
DAYS = st.dates(dt.date(2000, 1, 1), TODAY)


@given(WORDS, WORDS, st.one_of(st.none(), DAYS), DAYS)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, name: str, party: str, since: dt.date | None, checked_on: dt.date
) -> None:
    record = MemberRecord(5, name, party, SEATS[0], since, None, "example", checked_on)
    path = tmp_path_factory.mktemp("members") / "members.csv"
    path.write_text(dump_members([record]), encoding="utf-8")
    faults: list[Fault] = []
    assert read_members(path, SEATS, TODAY, faults).by_seat == {SEATS[0]: (record,)}
    assert not faults
