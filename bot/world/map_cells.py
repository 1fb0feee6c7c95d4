"""Where each constituency stands on the map: one hexagon each (`data/map.csv`).

Every constituency has a hexagon of the same size, near to where it lies, so that London can be seen as well as the
Highlands. Hexagons stand on a corner; rows are counted from the north, columns from the west, and odd rows are shifted
to the right by half a hexagon.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.errors import Fault, shown_path
from bot.world.table import Row, read_table

COLUMNS: Final = ("gss_code", "column", "row")
MOST: Final = 99  # columns, and rows
_AROUND: Final = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One place for a hexagon."""

    column: int
    row: int

    @property
    def axial(self) -> tuple[int, int]:
        """The same in axes that lie 60 degrees apart: steps to the right, and steps down and right."""
        return self.column - (self.row - (self.row & 1)) // 2, self.row

    def around(self) -> Iterator[Cell]:
        """The six cells that share an edge: east, south-east, south-west, west, north-west, north-east."""
        q, r = self.axial
        return (from_axial(q + dq, r + dr) for dq, dr in _AROUND)

    def steps_to(self, other: Cell) -> int:
        """How many cells lie from here to there, the last one counted."""
        (q, r), (other_q, other_r) = self.axial, other.axial
        return (abs(q - other_q) + abs(r - other_r) + abs(q + r - other_q - other_r)) // 2


def from_axial(q: int, r: int) -> Cell:
    """The cell with these coordinates on the slanted axes."""
    return Cell(q + (r - (r & 1)) // 2, r)


def read_map(path: Path, seats: Collection[str], faults: list[Fault]) -> Mapping[str, Cell]:
    """The cell of each seat. What is wrong is added to `faults`: every seat needs one, and none can share."""
    rows = read_table(path, COLUMNS, faults)
    if rows is None:
        return {}
    found: dict[str, Cell] = {}
    taken: dict[Cell, str] = {}
    for row in rows:
        code, numbers = row.values["gss_code"], (_number(row, "column", faults), _number(row, "row", faults))
        if code not in seats:
            message = f"{code!r:.20} is not a constituency in constituencies.csv; correct the code"
            faults.append(row.fault("gss_code", "unknown-code", message))
        elif code in found:
            faults.append(row.fault("gss_code", "duplicate-code", f"{code} stands here twice; remove one line"))
        elif numbers[0] is not None and numbers[1] is not None:
            cell = found[code] = Cell(numbers[0], numbers[1])
            if taken.setdefault(cell, code) != code:
                message = f"{taken[cell]} stands on this cell too; give each its own"
                faults.append(row.fault("column", "shared-cell", message))
    missing = sorted(set(seats) - {row.values["gss_code"] for row in rows})
    if missing:
        message = (
            f"has no cell for {', '.join(missing[:3])}{' and others' if len(missing) > 3 else ''}; add a line each"
        )
        faults.append(Fault(shown_path(path), 0, 0, "missing-code", message))
    return found


def dump_map(cells: Mapping[str, Cell]) -> str:
    """The text of a file with these cells, by code: what `read_map` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((code, cell.column, cell.row) for code, cell in sorted(cells.items()))
    return out.getvalue()


def _number(row: Row, column: str, faults: list[Fault]) -> int | None:
    text = row.values[column]
    if text.isascii() and text.isdigit() and len(text) <= 2:
        return int(text)
    faults.append(row.fault(column, "bad-number", f"{text!r:.20} is not a number from 0 to {MOST}; correct it"))
    return None
