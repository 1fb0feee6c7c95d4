"""Reads CSV files that people edit: strict, bounded, and with the line and column of every value kept."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Fault, shown_path
from bot.files import file_bytes

MAX_BYTES = 5_000_000
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its values by column name, without blanks around them. `text` is the line as it stands."""

    file: str
    line: int
    values: Mapping[str, str]
    text: str

    def fault(self, column: str, rule: str, message: str) -> Fault:
        """A fault at the value in this column."""
        starts, quoted = [1], False
        for at, char in enumerate(self.text, 1):
            quoted ^= char == '"'
            if char == "," and not quoted:
                starts.append(at + 1)
        nth = [*self.values].index(column)
        return Fault(self.file, self.line, starts[nth] if nth < len(starts) else 1, rule, message)


def read_table(path: Path, columns: Sequence[str], faults: list[Fault]) -> list[Row] | None:
    """The rows below the header, or None after adding to `faults` why the file is not such a table.

    Rows with more or fewer values than the header are left out, with a fault each. Empty lines are skipped.
    """
    file = shown_path(path)
    try:
        data = file_bytes(path, MAX_BYTES)
    except OSError as error:
        faults.append(Fault(file, 0, 0, "unreadable", f"cannot be read ({error.strerror}); check that it is there"))
        return None
    if len(data) > MAX_BYTES:
        faults.append(Fault(file, 0, 0, "too-big", f"is larger than {MAX_BYTES:,} bytes; take the original file again"))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.append(Fault(file, line, 1, "not-utf-8", "is not UTF-8 text; save it as CSV with the encoding UTF-8"))
        return None
    lines = text.splitlines()
    reader = csv.reader(lines, strict=True)
    rows: list[Row] = []
    try:
        header = next(reader, [])
        if header != list(columns):
            faults.append(
                Fault(file, 1, 1, "columns", f"the first line must be {','.join(columns)}; put these columns back")
            )
            return None
        for values in reader:
            if len(values) == len(columns):
                named = dict(zip(columns, map(str.strip, values), strict=True))
                rows.append(Row(file, reader.line_num, named, lines[reader.line_num - 1]))
            elif values:
                rule = f"has {len(values)} values where {len(columns)} belong; check the commas and the quotes"
                faults.append(Fault(file, reader.line_num, 1, "columns", rule))
    except csv.Error as error:
        faults.append(Fault(file, reader.line_num, 1, "csv", f"is not CSV ({error}); check the quotes on this line"))
        return None
    return rows


def parse_day(row: Row, column: str, today: dt.date, faults: list[Fault]) -> dt.date | None:
    """The day in this column. None, with a fault, for what is not a day or lies after `today`."""
    text = row.values[column]
    try:
        day = dt.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        faults.append(row.fault(column, "bad-date", f"{text!r:.40} is not a day; write it like 2026-11-22"))
    elif day > today:
        faults.append(row.fault(column, "future-date", f"{text} lies after {today}; correct the day"))
        return None
    return day
