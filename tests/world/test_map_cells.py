"""Where each constituency stands on the map."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Fault
from bot.world.constituencies import Constituency, read_constituencies
from bot.world.map_cells import Cell, dump_map, from_axial, read_map
from tests.world.sample import SHIPPED

CELLS = st.builds(Cell, st.integers(0, 99), st.integers(0, 99))
SEATS = ("E14000001", "E14000002", "S14000001")
GOOD = {"E14000001": Cell(0, 0), "E14000002": Cell(1, 0), "S14000001": Cell(0, 7)}


# --- hexagons


@given(CELLS)
def test_six_cells_lie_around_each_and_each_lies_around_them(cell: Cell) -> None:
    around = list(cell.around())
    assert len(set(around)) == 6
    assert {cell.steps_to(other) for other in around} == {1}
    assert all(cell in other.around() for other in around)


@given(CELLS, CELLS, CELLS)
def test_steps_are_a_distance(one: Cell, two: Cell, three: Cell) -> None:
    assert one.steps_to(two) == two.steps_to(one)
    assert (one.steps_to(two) == 0) == (one == two)
    assert one.steps_to(three) <= one.steps_to(two) + two.steps_to(three)


@given(CELLS)
def test_both_ways_to_name_a_cell_agree(cell: Cell) -> None:
    assert from_axial(*cell.axial) == cell


def test_odd_rows_stand_to_the_right() -> None:
    assert list(Cell(3, 2).around())[1:3] == [Cell(3, 3), Cell(2, 3)]
    assert list(Cell(3, 3).around())[1:3] == [Cell(4, 4), Cell(3, 4)]


# --- the file


def read(folder: Path, text: str) -> tuple[dict[str, Cell], list[Fault]]:
    path = folder / "map.csv"
    path.write_text(text, encoding="utf-8")
    faults: list[Fault] = []
    return dict(read_map(path, SEATS, faults)), faults


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, dump_map(GOOD)) == (GOOD, [])


@pytest.mark.parametrize(
    ("old", "new", "line", "rule"),
    [
        ("E14000002,1,0", "E14000002,0,0", 3, "shared-cell"),
        ("E14000002,1,0", "E14000001,1,0", 3, "duplicate-code"),
        ("E14000002,1,0", "E14000009,1,0", 3, "unknown-code"),
        ("E14000002,1,0", "E14000002,-1,0", 3, "bad-number"),
        ("E14000002,1,0", "E14000002,1,x", 3, "bad-number"),
        ("E14000002,1,0", "E14000002,1,100", 3, "bad-number"),
        ("E14000002,1,0\n", "", 0, "missing-code"),
        ("gss_code,column,row", "code,x,y", 1, "columns"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, line: int, rule: str) -> None:
    text = dump_map(GOOD)
    assert old in text
    _, faults = read(tmp_path, text.replace(old, new))
    assert (line, rule) in [(fault.line, fault.rule) for fault in faults]
    assert all(fault.file.endswith("map.csv") for fault in faults)


# --- the shipped map


@pytest.fixture(scope="module")
def seats() -> dict[str, Constituency]:
    return dict(read_constituencies(SHIPPED / "constituencies.csv", []))


@pytest.fixture(scope="module")
def cells(seats: dict[str, Constituency]) -> dict[str, Cell]:
    faults: list[Fault] = []
    found = dict(read_map(SHIPPED / "map.csv", seats, faults))
    assert faults == []
    return found


def pieces(cells: Iterable[Cell]) -> list[int]:
    """How many cells hang together in each piece."""
    left, sizes = set(cells), []
    while left:
        todo, size = [left.pop()], 0
        while todo:
            size += 1
            for other in todo.pop().around():
                if other in left:
                    left.remove(other)
                    todo.append(other)
        sizes.append(size)
    return sorted(sizes)


def named(seats: dict[str, Constituency], cells: dict[str, Cell], name: str) -> Cell:
    return next(cells[code] for code, seat in seats.items() if seat.name == name)


def test_every_constituency_has_a_cell_of_its_own(cells: dict[str, Cell]) -> None:
    assert len(cells) == len(set(cells.values())) == 650


def test_nations_lie_apart_and_each_is_of_one_piece_but_for_islands(
    seats: dict[str, Constituency], cells: dict[str, Cell]
) -> None:
    nation_at = {cell: seats[code].nation.name for code, cell in cells.items()}
    for cell, nation in nation_at.items():
        assert {nation_at.get(other, nation) for other in cell.around()} == {nation}
    by_nation = {
        name: pieces(cell for cell, nation in nation_at.items() if nation == name) for name in set(nation_at.values())
    }
    assert by_nation == {
        "England": [543],
        "Scotland": [1, 1, 55],  # Orkney and Shetland, and the Western Isles
        "Wales": [32],
        "Northern Ireland": [18],
    }


def test_regions_hang_together(seats: dict[str, Constituency], cells: dict[str, Cell]) -> None:
    for region in {seat.region for seat in seats.values() if seat.nation.name == "England"}:
        sizes = pieces(cells[code] for code, seat in seats.items() if seat.region == region)
        assert sum(sizes[:-1]) <= 1, region.name


def test_who_shares_a_council_stands_together(seats: dict[str, Constituency], cells: dict[str, Cell]) -> None:
    steps = []
    for code, seat in seats.items():
        councils = {area.code for area in seat.councils if area.code[:3] not in ("E10", "E47")}
        with_it = [
            cells[code].steps_to(cells[other])
            for other, candidate in seats.items()
            if other != code and councils & {area.code for area in candidate.councils}
        ]
        if with_it:
            steps.append(min(with_it))
    assert len(steps) > 500
    assert statistics.mean(steps) < 1.3
    assert Counter(steps)[1] > 0.8 * len(steps)


@pytest.mark.parametrize(
    ("northern", "southern"),
    [
        ("Orkney and Shetland", "Caithness, Sutherland and Easter Ross"),
        ("Glasgow East", "Carlisle"),
        ("Newcastle upon Tyne East and Wallsend", "Leeds East"),
        ("Leeds East", "Birmingham Edgbaston"),
        ("Bangor Aberconwy", "Cardiff East"),
        ("Birmingham Edgbaston", "Southampton Test"),
        ("Foyle", "South Down"),
    ],
)
def test_north_is_up(seats: dict[str, Constituency], cells: dict[str, Cell], northern: str, southern: str) -> None:
    assert named(seats, cells, northern).row < named(seats, cells, southern).row


@pytest.mark.parametrize(
    ("western", "eastern"),
    [
        ("St Ives", "Exeter"),
        ("Exeter", "Dover and Deal"),
        ("Liverpool Wavertree", "Leeds East"),
        ("Bristol Central", "Hackney North and Stoke Newington"),
        ("Hackney North and Stoke Newington", "Clacton"),
        ("Foyle", "East Antrim"),
        ("East Antrim", "Central Ayrshire"),
    ],
)
def test_east_is_right(seats: dict[str, Constituency], cells: dict[str, Cell], western: str, eastern: str) -> None:
    assert named(seats, cells, western).column < named(seats, cells, eastern).column
