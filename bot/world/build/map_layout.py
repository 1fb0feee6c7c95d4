"""Makes `data/map.csv` from the boundaries: gives each constituency a hexagon near to where it lies.

First all constituencies are brought to one size (`cartogram`). Then each nation is laid out alone: the hexagons
nearest to its constituencies are dealt out so that the squares of all ways are least, and constituencies change places
as long as that brings neighbours together and closes holes. A piece that broke away from its nation is moved back until
it touches. Finally the nations are set side by side with a gap of one hexagon. The same boundaries give the same map.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from bot.errors import DataError, Fault, shown_path
from bot.world.build.boundaries import read_boundaries
from bot.world.build.cartogram import equal_areas
from bot.world.build.whole_file import current_bytes, replace_whole
from bot.world.constituencies import Constituency
from bot.world.map_cells import Cell, dump_map, from_axial, read_map

Floats = npt.NDArray[np.float64]
Hexagon = tuple[int, int]  # on the slanted axes of `Cell.axial`

DETAIL: Final = 200.0  # metres: finer turns of a boundary are left out
TOUCHING: Final = 500.0  # metres between two outlines that are neighbours
CROWDING: Final = 1.03  # hexagons are that much wider than there is room for, so that fewer holes are left
ORDER_OF_NATIONS: Final = ("E92000001", "S92000003", "W92000004", "N92000002")
# What a layout costs. Far: a hexagon's width from where it should be, squared. Torn: for neighbours, each step between
# them beyond the first, squared, and something at once. Open: an edge to the sea. Foreign: an edge to another region.
FAR, TORN_AT_ONCE, MOST_TORN, OPEN, FOREIGN = 1.0, 0.5, 25.0, 0.6, 0.8
_DRAW: Final = 0.3  # widths by which a piece that broke away is moved back at a time
_MOST_DRAWS: Final = 20
_ROW: Final = math.sqrt(3) / 2  # from one row to the next, in widths of a hexagon
_NEAR: Final = 1.5  # widths: hexagons further from every constituency are not dealt out
_EMPTY_ROWS: Final = 2  # between islands far out and the rest: more is only white paper


def build_map(boundaries: Path, seats: Mapping[str, Constituency], out: Path) -> None:
    """Writes the file whole, or leaves the old one. Raises DataError."""
    was = current_bytes(out)

    def check(path: Path) -> None:
        faults: list[Fault] = []
        read_map(path, seats, faults)
        if faults:
            raise DataError("The map that was made cannot be used:", faults)

    replace_whole(out, dump_map(lay_out(boundaries, seats)), was=was, check=check)


def lay_out(boundaries: Path, seats: Mapping[str, Constituency]) -> dict[str, Cell]:
    """A cell for each constituency. Raises DataError if the boundaries are not those of these seats."""
    found = read_boundaries(boundaries)
    if set(found.codes) != set(seats):
        raise DataError(
            f"{shown_path(boundaries)} has other constituencies than constituencies.csv; take those of the same year."
        )
    pieces = found.tree.geometries
    outlines = np.array([shapely.union_all(pieces[found.owner == number]) for number in range(len(found.codes))])
    outlines = shapely.simplify(outlines, DETAIL)
    warped = equal_areas(outlines)
    width = CROWDING * math.sqrt(2 / math.sqrt(3) * float(shapely.area(warped).mean()))
    centres = shapely.get_coordinates(shapely.centroid(warped)) / width * (1, -1)
    centres -= centres.min(axis=0)
    places: dict[str, Hexagon] = {}
    for nation in ORDER_OF_NATIONS:
        members = [number for number, code in enumerate(found.codes) if seats[code].nation.code == nation]
        layout = _nation(centres[members], outlines[members], [seats[found.codes[i]].region.code for i in members])
        apart = _apart(layout, set(places.values()))
        places |= {found.codes[i]: place for i, place in zip(members, apart, strict=True)}
    return _on_paper(places)


def _nation(centres: Floats, outlines: npt.NDArray[np.object_], regions: Sequence[str]) -> list[Hexagon]:
    touching = _touching(outlines)
    neighbours = _neighbours(outlines, touching)
    layout = _Layout(centres.copy(), neighbours, regions)
    layout.settle()
    for _ in range(_MOST_DRAWS):
        if not layout.draw_together(touching):
            break
        layout.settle()
    return layout.places


def _touching(outlines: npt.NDArray[np.object_]) -> list[tuple[int, int]]:
    """The pairs that are neighbours on land."""
    pairs = shapely.STRtree(outlines).query(outlines, predicate="dwithin", distance=TOUCHING)
    return [(int(one), int(other)) for one, other in zip(*pairs, strict=True) if one < other]


def _neighbours(outlines: npt.NDArray[np.object_], touching: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Who touches whom; an island's neighbour is whoever is nearest."""
    found: list[list[int]] = [[] for _ in outlines]
    for one, other in touching:
        found[one].append(other)
        found[other].append(one)
    for island in [number for number, others in enumerate(found) if not others]:
        distances = shapely.distance(outlines[island], outlines)
        distances[island] = np.inf
        nearest = int(distances.argmin())
        found[island].append(nearest)
        found[nearest].append(island)
    return found


@dataclass(slots=True)
class _Layout:
    """One nation. `targets` are where the constituencies should be, in widths of a hexagon, from north-west."""

    targets: Floats
    neighbours: Sequence[Sequence[int]]
    regions: Sequence[str]
    places: list[Hexagon] = field(default_factory=list)
    holders: dict[Hexagon, int] = field(default_factory=dict)

    def settle(self) -> None:
        """Deals the hexagons out, and improves on that by exchanges over at most two steps until none helps."""
        self._deal()
        changed = True
        while changed:
            changed = False
            for number in range(len(self.places)):
                for dq, dr in _WITHIN_TWO:
                    q, r = self.places[number]
                    changed |= self._try(number, (q + dq, r + dr))

    def draw_together(self, touching: Sequence[tuple[int, int]]) -> bool:
        """Where two who touch stand in different pieces: moves the smaller piece some way to the other. Whether so."""
        piece: dict[Hexagon, Hexagon] = {}
        for start in self.holders:
            todo = [] if start in piece else [start]
            while todo:
                place = todo.pop()
                piece[place] = start
                todo += [other for other in _around(place) if other in self.holders and other not in piece]
        sizes = Counter(piece.values())
        pairs = [sorted((self.places[one] for one in pair), key=lambda place: sizes[piece[place]]) for pair in touching]
        torn = [(-sizes[piece[there]], here, there) for here, there in pairs if piece[here] != piece[there]]
        if not torn:
            return False
        _, here, there = min(torn)
        way = np.subtract(_point(*there), _point(*here))
        members = [number for number, place in enumerate(self.places) if piece[place] == piece[here]]
        self.targets[members] += _DRAW * way / np.hypot(*way)
        return True

    def _deal(self) -> None:
        low, high = self.targets.min(axis=0) - 2 * _NEAR, self.targets.max(axis=0) + 2 * _NEAR
        rows = range(math.floor(low[1] / _ROW), math.ceil(high[1] / _ROW) + 1)
        columns = range(math.floor(low[0]), math.ceil(high[0]) + 1)
        grid = [Cell(column, row).axial for row in rows for column in columns]
        ways = ((self.targets[:, None, :] - np.array([_point(*place) for place in grid])[None, :, :]) ** 2).sum(axis=2)
        near = np.flatnonzero(ways.min(axis=0) < _NEAR**2)
        self.places = [grid[near[i]] for i in assign(ways[:, near])]
        self.holders = {place: number for number, place in enumerate(self.places)}

    def _try(self, number: int, place: Hexagon) -> bool:
        """Moves one there, and whoever is there to its place; takes that back unless it is better."""
        other, home = self.holders.get(place), self.places[number]
        movers = [number] if other is None else [number, other]
        touched = {place, home, *_around(place), *_around(home)}
        before = self._cost(movers, touched)
        self._exchange(number, place, other, home)
        if self._cost(movers, touched) < before - 1e-9:
            return True
        self._exchange(number, home, other, place)
        return False

    def _exchange(self, number: int, place: Hexagon, other: int | None, home: Hexagon) -> None:
        self.places[number], self.holders[place] = place, number
        if other is None:
            del self.holders[home]
        else:
            self.places[other], self.holders[home] = home, other

    def _cost(self, movers: Sequence[int], touched: set[Hexagon]) -> float:
        """How far and how torn these are, and what the edges of these hexagons cost."""
        cost = 0.0
        for number in movers:
            x, y = _point(*self.places[number])
            cost += FAR * ((x - self.targets[number, 0]) ** 2 + (y - self.targets[number, 1]) ** 2)
            for neighbour in self.neighbours[number]:
                steps = _steps(self.places[number], self.places[neighbour])
                if steps > 1:
                    cost += min((steps - 1) ** 2, MOST_TORN) + TORN_AT_ONCE
        return cost + sum(self._edges(place) for place in touched if place in self.holders)

    def _edges(self, place: Hexagon) -> float:
        region = self.regions[self.holders[place]]
        cost = 0.0
        for other in _around(place):
            holder = self.holders.get(other)
            cost += OPEN if holder is None else FOREIGN * (self.regions[holder] != region)
        return cost


def assign(costs: Floats) -> list[int]:
    """A column for each row, all different, with the least sum of costs: the Hungarian method with shortest paths.

    `costs` has at least as many columns as rows. Jonker and Volgenant, Computing 38 (1987).
    """
    rows, columns = costs.shape
    row_price, column_price = np.zeros(rows), np.zeros(columns)
    holder = np.full(columns, -1)
    for row in range(rows):
        reached = np.zeros(columns, dtype=bool)
        length, before = np.full(columns, np.inf), np.full(columns, -1)
        last, current, base = -1, row, 0.0
        while current >= 0:
            through = base + costs[current] - row_price[current] - column_price
            shorter = ~reached & (through < length)
            length[shorter], before[shorter] = through[shorter], last
            last = int(np.where(reached, np.inf, length).argmin())
            base, reached[last] = float(length[last]), True
            current = int(holder[last])
        # Prices go up along what was reached, so that what is cheapest now has no cost beyond its prices.
        inner = reached & (holder >= 0)
        row_price[row] += base
        row_price[holder[inner]] += base - length[inner]
        column_price[reached] -= base - length[reached]
        while last >= 0:  # everybody on the path moves on by one
            previous = int(before[last])
            holder[last] = row if previous < 0 else holder[previous]
            last = previous
    taken = np.full(rows, -1)
    taken[holder[holder >= 0]] = np.flatnonzero(holder >= 0)
    return [int(column) for column in taken]


def _apart(nation: Sequence[Hexagon], taken: set[Hexagon]) -> list[Hexagon]:
    """The nation moved as little as need be for one empty hexagon at least between it and the others."""
    blocked = {one for place in taken for one in (place, *_around(place))}
    for dq, dr in sorted(itertools.product(range(-15, 16), repeat=2), key=lambda by: (math.hypot(*_point(*by)), by)):
        moved = [(q + dq, r + dr) for q, r in nation]
        if blocked.isdisjoint(moved):
            return moved
    raise DataError("The nations cannot be set side by side: the boundaries are not those of the United Kingdom.")


def _on_paper(places: Mapping[str, Hexagon]) -> dict[str, Cell]:
    """Columns and rows from 0 on, and less white between islands far out and the rest."""
    cells = {code: from_axial(*place) for code, place in places.items()}
    rows = sorted({cell.row for cell in cells.values()})
    shift = rows[0] - rows[0] % 2
    shifts = {rows[0]: shift}
    for above, below in itertools.pairwise(rows):
        # By twos, because odd rows stand half a hexagon to the right.
        shift += max(0, (below - above - _EMPTY_ROWS) // 2 * 2)
        shifts[below] = shift
    left = min(cell.column for cell in cells.values())
    return {code: Cell(cell.column - left, cell.row - shifts[cell.row]) for code, cell in cells.items()}


def _point(q: int, r: int) -> tuple[float, float]:
    return q + r / 2, r * _ROW


def _around(place: Hexagon) -> tuple[Hexagon, ...]:
    q, r = place
    return (q + 1, r), (q, r + 1), (q - 1, r + 1), (q - 1, r), (q, r - 1), (q + 1, r - 1)


def _steps(one: Hexagon, other: Hexagon) -> int:
    q, r = one[0] - other[0], one[1] - other[1]
    return (abs(q) + abs(r) + abs(q + r)) // 2


_WITHIN_TWO: Final = tuple(
    (q, r) for q, r in itertools.product(range(-2, 3), repeat=2) if (q, r) != (0, 0) and abs(q + r) <= 2
)
