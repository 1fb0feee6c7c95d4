"""Gives each constituency a hexagon near to where it lies."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.facts import Area
from bot.errors import DataError
from bot.world.build.cartogram import equal_areas
from bot.world.build.map_layout import assign, build_map, lay_out
from bot.world.constituencies import Constituency
from bot.world.map_cells import Cell, read_map

# Four nations of squares, in degrees: south-west corner, columns, rows, and the width of each.
NATIONS = {
    "E14": ("E92000001", "England", (-2.0, 51.0), 4, 3, 0.3),
    "S14": ("S92000003", "Scotland", (-4.5, 55.5), 2, 3, 0.5),
    "W07": ("W92000004", "Wales", (-4.2, 51.6), 2, 2, 0.5),
    "N05": ("N92000002", "Northern Ireland", (-7.5, 54.2), 2, 1, 0.6),
}


def country() -> tuple[dict[str, Constituency], list[dict[str, object]]]:
    seats, features = {}, []
    for letters, (code, name, (west, south), columns, rows, size) in NATIONS.items():
        nation = Area(code, name)
        for number, (row, column) in enumerate(itertools.product(range(rows), range(columns))):
            gss = f"{letters}{number:06}"
            seats[gss] = Constituency(gss, gss, nation, nation, ())
            box = shapely.box(
                west + column * size,
                south + row * size * 0.6,
                west + (column + 1) * size,
                south + (row + 1) * size * 0.6,
            )
            geometry = json.loads(shapely.to_geojson(box))
            features.append({"type": "Feature", "properties": {"PCON24CD": gss}, "geometry": geometry})
    return seats, features


@pytest.fixture
def boundaries(tmp_path: Path) -> Path:
    path = tmp_path / "boundaries.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": country()[1]}), encoding="utf-8")
    return path


def nation_of(cells: dict[str, Cell], letters: str) -> list[Cell]:
    return [cell for code, cell in cells.items() if code.startswith(letters)]


def test_every_constituency_gets_a_cell_of_its_own_and_nations_lie_apart(boundaries: Path) -> None:
    seats, _ = country()
    cells = lay_out(boundaries, seats)
    assert set(cells) == set(seats)
    assert len(set(cells.values())) == len(seats)
    assert min(cell.column for cell in cells.values()) == 0
    assert min(cell.row for cell in cells.values()) in (0, 1)
    for one, other in itertools.combinations(NATIONS, 2):
        assert min(a.steps_to(b) for a in nation_of(cells, one) for b in nation_of(cells, other)) >= 2


def test_places_keep_their_order(boundaries: Path) -> None:
    cells = lay_out(boundaries, country()[0])
    assert max(cell.row for cell in nation_of(cells, "S14")) < min(cell.row for cell in nation_of(cells, "E14"))
    assert max(cell.column for cell in nation_of(cells, "W07")) < min(cell.column for cell in nation_of(cells, "E14"))
    south_west, north_east = cells["E14000000"], cells["E14000011"]
    assert south_west.row > north_east.row
    assert south_west.column < north_east.column


def test_neighbours_stay_near(boundaries: Path) -> None:
    cells = lay_out(boundaries, country()[0])
    steps = [cells[f"E14{a:06}"].steps_to(cells[f"E14{a + 1:06}"]) for a in range(11) if a % 4 != 3]
    assert max(steps) <= 2
    assert steps.count(1) >= len(steps) - 1


def test_the_same_boundaries_give_the_same_map(boundaries: Path) -> None:
    seats, _ = country()
    assert lay_out(boundaries, seats) == lay_out(boundaries, seats)


def test_the_file_is_written_whole(boundaries: Path, tmp_path: Path) -> None:
    seats, _ = country()
    out = tmp_path / "map.csv"
    build_map(boundaries, seats, out)
    assert read_map(out, seats, []) == lay_out(boundaries, seats)


def test_boundaries_of_other_constituencies_are_refused_and_the_old_map_stays(boundaries: Path, tmp_path: Path) -> None:
    seats, _ = country()
    out = tmp_path / "map.csv"
    out.write_text("old", encoding="utf-8")
    del seats["E14000000"]
    with pytest.raises(DataError, match="other constituencies than"):
        build_map(boundaries, seats, out)
    assert out.read_text(encoding="utf-8") == "old"


def test_areas_become_equal_and_neighbours_stay_neighbours() -> None:
    edges = np.array([0, 10, 20, 30, 60, 100, 150, 300]) * 1000.0
    strips = [shapely.segmentize(shapely.box(a, 0, b, 100_000), 5000) for a, b in itertools.pairwise(edges)]
    before = np.array(strips)
    after = equal_areas(before)
    sizes = shapely.area(after)
    assert shapely.area(before).max() / shapely.area(before).min() == pytest.approx(15)
    assert sizes.max() / sizes.min() < 1.25
    assert sizes.sum() == pytest.approx(shapely.area(before).sum(), rel=0.1)
    assert all(np.diff(shapely.get_x(shapely.centroid(after))) > 0)
    for one, other in itertools.pairwise(after):
        assert shapely.dwithin(one, other, 500)


@given(
    st.integers(1, 5).flatmap(
        lambda rows: st.integers(rows, 6).flatmap(
            lambda columns: st.lists(
                st.lists(st.integers(0, 20), min_size=columns, max_size=columns), min_size=rows, max_size=rows
            )
        )
    )
)
def test_the_least_sum_of_costs_is_found(costs: list[list[int]]) -> None:
    table = np.array(costs, dtype=float)
    found = assign(table)
    assert len(set(found)) == len(found) == len(costs)
    rows = range(len(costs))
    least = min(
        sum(table[row, column] for row, column in zip(rows, columns, strict=True))
        for columns in itertools.permutations(range(table.shape[1]), len(costs))
    )
    assert sum(table[row, found[row]] for row in rows) == pytest.approx(least)
