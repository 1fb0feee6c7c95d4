"""Constituencies and members from a release of the MP lookup."""

from __future__ import annotations

import csv
import datetime as dt
import os
from pathlib import Path

import pytest

from bot.errors import DataError, Fault
from bot.world.build.mp_lookup import ENDED, Ended, build_members
from bot.world.constituencies import read_constituencies
from bot.world.members import read_members

PROJECT = Path(__file__).parents[2]
SOURCE_DATA = Path(os.environ.get("ASKFIRST_SOURCE_DATA", PROJECT.parent / "shared" / "data"))
RELEASE = SOURCE_DATA / "mp_lookup_2026-06-27.csv"
AS_OF = dt.date(2026, 6, 27)
TODAY = dt.date(2026, 11, 22)
NEEDS_RELEASE = [
    pytest.mark.source_data,
    pytest.mark.skipif(not RELEASE.is_file(), reason=f"needs {RELEASE.name} (see CONTRIBUTING.md)"),
]


def made_up(path: Path, **changes: str) -> Path:
    """A release of 650 invented lines, the first of them changed."""
    lines = []
    for number in range(650):
        line = {
            "pcon_name": f"Example {number}",
            "pcon_code": f"E14{1063 + number:06}",
            "member_id": str(number + 1),
            "display_as": f"Ms Example Member {number}",
            "party_text": "Example Party",
            "lad_names": "Hart / Rushmoor",
            "lad_codes": "E07000089 / E07000092",
            "la_names": "Hampshire",
            "new_la_codes": "E10000014",
            "mayoral_auth_names": "Not applicable",
            "mayoral_auth_codes": "z",
            "region_name": "South East",
            "region_code": "E12000008",
            "country_name": "England",
            "country_code": "E92000001",
        }
        lines.append({**line, **changes} if number == 0 else line)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    return path


def test_what_is_made_is_what_the_loaders_read(tmp_path: Path) -> None:
    build_members(made_up(tmp_path / "lookup.csv"), tmp_path, AS_OF, ended=())
    faults: list[Fault] = []
    seats = read_constituencies(tmp_path / "constituencies.csv", faults)
    members = read_members(tmp_path / "members.csv", seats, TODAY, faults)
    assert not faults
    assert [area.name for area in seats["E14001063"].councils] == ["Hart", "Rushmoor", "Hampshire"]
    sitting = members.sitting("E14001063", TODAY)
    assert sitting is not None
    assert (sitting.person_id, sitting.name, sitting.since) == (1, "Ms Example Member 0", None)
    assert members.date == AS_OF


def test_a_seat_without_a_member_has_no_row(tmp_path: Path) -> None:
    build_members(made_up(tmp_path / "lookup.csv", member_id=""), tmp_path, AS_OF, ended=())
    assert len((tmp_path / "members.csv").read_text(encoding="utf-8").splitlines()) == 650
    assert len((tmp_path / "constituencies.csv").read_text(encoding="utf-8").splitlines()) == 651


@pytest.mark.parametrize(("as_of", "until"), [(AS_OF, dt.date(2026, 7, 8)), (dt.date(2026, 7, 8), None)])
def test_what_is_known_to_have_ended_later_is_written_into_the_row(
    tmp_path: Path, as_of: dt.date, until: dt.date | None
) -> None:
    ended = (Ended(1, dt.date(2026, 7, 8), "example", TODAY),)
    build_members(made_up(tmp_path / "lookup.csv"), tmp_path, as_of, ended)
    faults: list[Fault] = []
    seats = read_constituencies(tmp_path / "constituencies.csv", faults)
    record = read_members(tmp_path / "members.csv", seats, TODAY, faults).by_seat["E14001063"][0]
    assert record.until == until
    assert record.source == ("example" if until else "dfe-analytical-services/mp-lookup")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pcon_code": "E14001064"}, "650 different constituencies"),
        ({"member_id": "x"}, "not a person id"),
        ({"lad_names": "Hart"}, "differ in length"),
    ],
)
def test_a_wrong_release_is_refused_and_nothing_is_written(
    tmp_path: Path, changes: dict[str, str], message: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(DataError, match=message):
        build_members(made_up(tmp_path / "lookup.csv", **changes), out, AS_OF)
    assert not list(out.iterdir())


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lookup.csv"
    with pytest.raises(DataError, match="cannot be read"):
        build_members(path, tmp_path, AS_OF)
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="lacks the columns pcon_name"):
        build_members(path, tmp_path, AS_OF)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match="not UTF-8"):
        build_members(path, tmp_path, AS_OF)


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "constituencies.csv").write_text("old", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        build_members(made_up(tmp_path / "lookup.csv"), out, AS_OF)
    assert [path.name for path in out.iterdir()] == ["constituencies.csv"]
    assert (out / "constituencies.csv").read_text(encoding="utf-8") == "old"


class TestRelease:
    """With the release of 27 June 2026."""

    pytestmark = NEEDS_RELEASE

    def test_the_shipped_files_are_made_from_it_byte_for_byte(self, tmp_path: Path) -> None:
        build_members(RELEASE, tmp_path, AS_OF)
        for name in ("constituencies.csv", "members.csv"):
            assert (tmp_path / name).read_bytes() == (PROJECT / "data" / name).read_bytes()

    def test_those_known_to_have_ended_are_in_it(self) -> None:
        with RELEASE.open(encoding="utf-8-sig", newline="") as file:
            persons = {row["member_id"] for row in csv.DictReader(file)}
        assert persons >= {str(one.person_id) for one in ENDED}
