"""The constituencies that a release of the MP lookup brings with its members."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import DataError
from bot.world.build.seats_csv import checked_seats, new_seats
from tests.world.test_mp_lookup import made_up

DATA = Path(__file__).parents[3] / "data"


def test_the_first_constituencies_are_all_new(tmp_path: Path) -> None:
    found = new_seats(made_up(tmp_path / "lookup.csv"), {})
    assert found is not None
    assert len(found.changed) == 650
    made = tmp_path / "constituencies.csv"
    made.write_text(found.text, encoding="utf-8")
    assert checked_seats(made) == found.seats


def test_only_those_that_differ_are_named(tmp_path: Path) -> None:
    before = new_seats(made_up(tmp_path / "lookup.csv"), {})
    assert before is not None
    assert new_seats(tmp_path / "lookup.csv", before.seats) is None
    after = new_seats(made_up(tmp_path / "lookup.csv", pcon_name="Renamed"), before.seats)
    assert after is not None
    assert after.changed == ("Renamed",)


def test_other_constituencies_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"other constituencies than constituencies\.csv.*make a new data folder"):
        new_seats(made_up(tmp_path / "lookup.csv"), checked_seats(DATA / "constituencies.csv"))


def test_a_csv_without_areas_has_none(tmp_path: Path) -> None:
    path = tmp_path / "lookup.csv"
    path.write_text("pcon_code,member_id,display_as,party_text\n", encoding="utf-8")
    assert new_seats(path, {}) is None


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"region_code": "x"}, "unknown-region"),
        ({"lad_codes": "E07000089"}, "columns"),
        ({"country_name": "x"}, "nation"),
    ],
)
def test_wrong_areas_are_said_with_the_name_of_the_csv(tmp_path: Path, changes: dict[str, str], rule: str) -> None:
    path = made_up(tmp_path / "lookup.csv", **changes)
    with pytest.raises(DataError, match="cannot be used") as refused:
        new_seats(path, {})
    assert any(rule in fault.rule for fault in refused.value.faults)
    assert {fault.file for fault in refused.value.faults} == {str(path)}


def test_a_broken_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / "constituencies.csv"
    path.write_text("x\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"constituencies\.csv cannot be used:\n.*:1:1: columns"):
        checked_seats(path)
