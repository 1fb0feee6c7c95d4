"""The constituencies and their areas, as a release of the MP lookup has them beside its members."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import DataError, Fault, shown_path
from bot.world.build.mp_lookup import build_members
from bot.world.constituencies import Constituency, read_constituencies

_ANY_DAY = dt.date.max  # the constituencies do not depend on it


@dataclass(frozen=True, slots=True)
class NewSeats:
    """A new `constituencies.csv`: its text, its seats by GSS code, and the names of those that differ from before."""

    text: str
    seats: Mapping[str, Constituency]
    changed: tuple[str, ...]


def new_seats(file: Path, before: Mapping[str, Constituency]) -> NewSeats | None:
    """The constituencies in an mp_lookup CSV, where they differ from those `before`.

    None where they do not, or where the CSV only has members. Raises DataError with what is wrong with them.
    """
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "constituencies.csv"
        try:
            build_members(file, Path(folder), _ANY_DAY)
        except DataError as error:
            if error.faults:
                raise
            return None  # a needed column is missing
        faults: list[Fault] = []
        seats = read_constituencies(made, faults)
        if faults:  # their lines are those of the file that was made, and would lead nowhere
            named = [replace(fault, file=shown_path(file), line=0, column=0) for fault in faults]
            raise DataError(f"{shown_path(file)} cannot be used, and nothing was taken over:", named)
        text = made.read_text(encoding="utf-8")
    if before and set(seats) != set(before):
        raise DataError(
            f"{shown_path(file)} has other constituencies than constituencies.csv, and nothing was taken over. After a "
            "boundary review, make a new data folder (data.dir) with all files of the new constituencies."
        )
    changed = tuple(seat.name for code, seat in seats.items() if before.get(code) != seat)
    return NewSeats(text, seats, changed) if changed else None


def checked_seats(path: Path) -> Mapping[str, Constituency]:
    """The seats in a `constituencies.csv`. Raises DataError with everything that is wrong with it."""
    faults: list[Fault] = []
    seats = read_constituencies(path, faults)
    if faults:
        raise DataError(f"{shown_path(path)} cannot be used:", faults)
    return seats
