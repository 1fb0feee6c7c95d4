"""The whole way from the source files to the index."""

from __future__ import annotations

import datetime as dt
import hashlib
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bot.errors import DataError
from bot.world.build.build_report import AddressReport, BuildReport
from bot.world.build.index_changes import Change, IndexChanges
from bot.world.build.postcodes import build_postcode_index
from bot.world.lookup import find
from bot.world.postcode_index import PostcodeEntry, PostcodeIndex
from tests.world.build.made_up import EAST, NORTH, SQUARES, WEST, boundaries, csv_text, nspl_zip, row

ROWS = [
    row("M1 1AA", WEST),
    row("M1 1AB", WEST, 52.005, -1.0003),  # 21 m from EAST
    row("M1 1AD", WEST, 52.005, -1.0003, end="200001"),
    row("M1 1AE", WEST, 52.0098, -1.0003),  # and 22 m from NORTH
    row("M1 2AA", "", "99.999999", "0.000000"),
    row("M1 2AB", EAST, "99.999999", "0.000000"),
    row("NPT 0VA", NORTH, 52.015, -1.0, end="200001"),
]


def build(folder: Path, rows: list[list[str]] = ROWS, near_boundary_m: float = 50) -> BuildReport:
    return build_postcode_index(
        nspl_zip(folder, rows), boundaries(folder), folder / "postcodes.idx", near_boundary_m=near_boundary_m
    )


def contents(folder: Path) -> dict[str, PostcodeEntry]:
    with PostcodeIndex.open(folder / "postcodes.idx") as index:
        return dict(index)


def test_candidates_are_the_files_own_then_the_others_nearest_first(tmp_path: Path) -> None:
    build(tmp_path)
    assert contents(tmp_path) == {
        "M1 1AA": PostcodeEntry("live", (WEST,)),
        "M1 1AB": PostcodeEntry("live", (WEST, EAST)),
        "M1 1AD": PostcodeEntry("terminated", (WEST, EAST)),
        "M1 1AE": PostcodeEntry("live", (WEST, EAST, NORTH)),
        "M1 2AA": PostcodeEntry("live", ()),
        "M1 2AB": PostcodeEntry("live", (EAST,)),
        "NPT 0VA": PostcodeEntry("terminated", (NORTH,)),
    }


def test_what_is_near_can_be_chosen(tmp_path: Path) -> None:
    build(tmp_path, near_boundary_m=0)
    assert {entry.constituencies for entry in contents(tmp_path).values()} == {(WEST,), (EAST,), (NORTH,), ()}
    build(tmp_path, near_boundary_m=5000)
    assert contents(tmp_path)["M1 1AA"].constituencies == (WEST, EAST, NORTH)


def test_the_report_counts_what_was_built(tmp_path: Path) -> None:
    report = build(tmp_path)
    data = (tmp_path / "postcodes.idx").read_bytes()
    assert report == BuildReport(
        live=5,
        terminated=2,
        without_constituency=1,
        ambiguous=3,
        sectors=3,
        size=len(data),
        date=dt.date(2026, 8, 1),
        sha256=hashlib.sha256(data).hexdigest(),
        near_boundary_m=50,
        boundaries=3,
    )


def test_the_index_knows_its_month_and_distance(tmp_path: Path) -> None:
    build(tmp_path, near_boundary_m=12.5)
    with PostcodeIndex.open(tmp_path / "postcodes.idx") as index:
        assert (index.date, index.near_boundary_m, index.live, index.terminated) == (dt.date(2026, 8, 1), 12.5, 5, 2)


def test_the_same_rows_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    first = build(tmp_path).sha256
    assert build(tmp_path, [*ROWS[3:], *ROWS[:3]]).sha256 == first
    assert build(tmp_path, ROWS[::-1]).sha256 == first


def test_every_stage_reports_its_end(tmp_path: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    build_postcode_index(
        nspl_zip(tmp_path, ROWS),
        boundaries(tmp_path),
        tmp_path / "postcodes.idx",
        progress=lambda *call: calls.append(call),
    )
    ends = {stage: (done, total) for stage, done, total in calls}
    assert list(ends) == ["read", "measure", "pack", "check"]
    assert all(done == total for done, total in ends.values())


def test_the_report_says_what_changed_against_the_index_that_was_there(tmp_path: Path) -> None:
    build(tmp_path)
    report = build(tmp_path, [row("M1 1AA", EAST), *ROWS[1:], row("M9 1AA", WEST)])
    assert report.changes == IndexChanges(
        dt.date(2026, 8, 1), 5, new=Change(1, (("M9", 1),)), moved=Change(1, (("M1", 1),))
    )


def test_an_index_that_cannot_be_read_is_replaced_and_said(tmp_path: Path) -> None:
    (tmp_path / "postcodes.idx").write_bytes(b"old")
    report = build(tmp_path)
    assert report.changes is None
    assert "is not a postcode index" in report.unreadable
    assert len(contents(tmp_path)) == 7


def test_a_report_that_is_not_accepted_leaves_the_old_index(tmp_path: Path) -> None:
    out = tmp_path / "postcodes.idx"
    out.write_bytes(b"old")
    seen: list[BuildReport] = []
    sources = nspl_zip(tmp_path, ROWS), boundaries(tmp_path)
    before = sorted(tmp_path.iterdir())

    def no(report: BuildReport) -> bool:
        seen.append(report)
        return False

    assert not build_postcode_index(*sources, out, accept=no).written
    assert [report.live for report in seen] == [5]
    assert out.read_bytes() == b"old"
    assert sorted(tmp_path.iterdir()) == before


def test_addresses_say_exactly_where_a_postcode_lies(tmp_path: Path) -> None:
    found = [
        ("M1 1AB", WEST),  # 21 m from EAST, but no address is there
        ("M1 1AE", NORTH),
        ("M1 1AE", NORTH),
        ("M1 1AE", WEST),
        ("M1 2AA", EAST),  # which the postcode file cannot place
        ("M1 2AB", NORTH),  # where the postcode file says EAST
        ("M9 9AA", WEST),
    ]
    text = "\n".join(["UPRN,PCDS,PCON24CD", *(f"1,{postcode},{code}" for postcode, code in found), ""])
    (tmp_path / "ONSUD_AUG_2026_NW.csv").write_text(text)
    report = build_postcode_index(
        nspl_zip(tmp_path, ROWS),
        boundaries(tmp_path),
        tmp_path / "postcodes.idx",
        addresses=tmp_path / "ONSUD_AUG_2026_NW.csv",
    )
    assert contents(tmp_path) == {
        "M1 1AA": PostcodeEntry("live", (WEST,)),
        "M1 1AB": PostcodeEntry("live", (WEST,)),
        "M1 1AD": PostcodeEntry("terminated", (WEST, EAST)),
        "M1 1AE": PostcodeEntry("live", (NORTH, WEST)),
        "M1 2AA": PostcodeEntry("live", (EAST,)),
        "M1 2AB": PostcodeEntry("live", (NORTH, EAST)),
        "NPT 0VA": PostcodeEntry("terminated", (NORTH,)),
    }
    assert report.addresses == AddressReport(lines=7, split=1, single=3, contradicted=1, unknown=1)


def test_addresses_of_other_constituencies_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "ONSUD_AUG_2026_NW.csv"
    path.write_text("UPRN,PCDS,PCON24CD\n1,M1 1AA,E14000001\n2,M1 1AA,E14009999\n")
    with pytest.raises(DataError, match=r"NW\.csv:3: the constituency E14009999 is not in .*\. Use files of the same"):
        build_postcode_index(nspl_zip(tmp_path, ROWS), boundaries(tmp_path), tmp_path / "postcodes.idx", addresses=path)


def test_northern_ireland_is_found_once_the_file_has_it(tmp_path: Path) -> None:
    belfast = "N05000001"
    squares = {**SQUARES, belfast: (-5.95, 54.60, -5.90, 54.62)}
    out = tmp_path / "postcodes.idx"
    build(tmp_path)
    with PostcodeIndex.open(out) as index:
        assert find("BT1 1AA", index, sandbox_on=False).kind == "northern_ireland"
    rows = [row("BT1 1AA", belfast, 54.61, -5.92), *ROWS]
    build_postcode_index(nspl_zip(tmp_path, rows), boundaries(tmp_path, squares), out)
    with PostcodeIndex.open(out) as index:
        finding = find("BT1 1AA", index, sandbox_on=False)
    assert (finding.kind, finding.constituencies) == ("found", (belfast,))


def test_an_onspd_with_the_old_names_gives_the_same_index(tmp_path: Path) -> None:
    expected = build(tmp_path).sha256
    columns = ("pcd", "pcd2", "pcds", "doterm", "ctry", "pcon", "lat", "long")
    path = tmp_path / "ONSPD_AUG_2026_UK.csv"
    path.write_text(csv_text(ROWS, columns))
    out = tmp_path / "other.idx"
    assert build_postcode_index(path, boundaries(tmp_path), out).sha256 == expected


def test_other_boundaries_than_the_files_are_refused(tmp_path: Path) -> None:
    some = {code: corners for code, corners in SQUARES.items() if code != EAST}
    with pytest.raises(DataError, match=rf"zip:7: the constituency {EAST} is not in .*boundaries\.geojson\. Use files"):
        build_postcode_index(nspl_zip(tmp_path, ROWS), boundaries(tmp_path, some), tmp_path / "postcodes.idx")


@pytest.mark.parametrize("metres", [-1, float("nan"), 1e6])
def test_a_distance_that_makes_no_sense_is_refused(tmp_path: Path, metres: float) -> None:
    with pytest.raises(DataError, match=r"near_boundary_m is .*\. Choose 50"):
        build(tmp_path, near_boundary_m=metres)


def test_a_folder_that_does_not_exist_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"postcodes\.idx cannot be written: its folder does not exist"):
        build_postcode_index(tmp_path / "none.zip", tmp_path / "none", tmp_path / "none" / "postcodes.idx")


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postcodes.idx").mkdir()
    with pytest.raises(DataError, match=r"postcodes\.idx cannot be written: Is a directory"):
        build(tmp_path)
    assert not list(tmp_path.glob("*.tmp")) + list(tmp_path.glob(".*"))


@pytest.mark.parametrize("stage", ["read", "measure", "pack", "check"])
@pytest.mark.parametrize("fault", [KeyboardInterrupt, DataError("made up")])
def test_an_interruption_leaves_the_old_index_and_no_litter(
    tmp_path: Path, stage: str, fault: type[BaseException] | BaseException
) -> None:
    sources = nspl_zip(tmp_path, ROWS), boundaries(tmp_path)
    out = tmp_path / "postcodes.idx"
    out.write_bytes(b"old")
    before = sorted(tmp_path.iterdir())

    def interrupt(now: str, done: int, total: int) -> None:
        if now == stage and done == total:
            raise fault

    with pytest.raises((KeyboardInterrupt, DataError)):
        build_postcode_index(*sources, out, progress=interrupt)
    assert out.read_bytes() == b"old"
    assert sorted(tmp_path.iterdir()) == before


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from bot.world.build.postcodes import build_postcode_index

    def kill(now, done, total):
        if now == sys.argv[4] and done == total:
            os.kill(os.getpid(), signal.SIGKILL)

    build_postcode_index(*map(Path, sys.argv[1:4]), near_boundary_m=0, progress=kill)
"""


@pytest.mark.parametrize("stage", ["measure", "check"])
def test_a_build_that_is_killed_leaves_the_old_index(tmp_path: Path, stage: str) -> None:
    build(tmp_path)
    out = tmp_path / "postcodes.idx"
    old = out.read_bytes()
    arguments = [tmp_path / "NSPL_AUG_2026.zip", tmp_path / "boundaries.geojson", out, stage]
    script = textwrap.dedent(KILLED)
    command = [sys.executable, "-c", script, *map(str, arguments)]
    killed = subprocess.run(command, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert out.read_bytes() == old
    assert build(tmp_path, near_boundary_m=0).size != 0
    assert out.read_bytes() != old
