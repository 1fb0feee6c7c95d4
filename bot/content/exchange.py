"""Translations as a table, for reviewers who have a spreadsheet and no other tool: CSV or XLSX, out and in again.

A row is a text: where it is said, the English, the translation (a column for each plural form), and a note. Only the
translations are read back; a row is found again by its context and its English.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

from babel.messages.catalog import Catalog, Message

from bot.content.catalogues import differences
from bot.errors import ContentError, Fault, shown_path

FIXED = ("Where", "English", "English for several")  # the columns before the translations
_NOTE = "Note"
_MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table that came back. `number` counts from 1, the line of the titles."""

    number: int
    context: str
    ids: tuple[str, ...]
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a table changes. `unknown` rows have an English that the catalogue does not have (any more)."""

    changed: tuple[tuple[Message, tuple[str, ...]], ...]
    unknown: tuple[Row, ...]
    faults: tuple[Fault, ...]


def titles(forms: int) -> list[str]:
    """The first line of a table for a language with so many plural forms."""
    return [*FIXED, "Translation", *(f"Plural form {number}" for number in range(2, forms + 1)), _NOTE]


def table(messages: Iterable[Message], forms: int) -> list[list[str]]:
    """The table of a catalogue, its titles first."""
    rows = [titles(forms)]
    for message in messages:
        if not message.id:
            continue
        ids, said = _tuple(message.id), _tuple(message.string)
        notes = " ".join([*message.auto_comments, "Not sure (fuzzy)." if message.fuzzy else ""]).strip()
        shown = [*said, *[""] * (forms - len(said))][:forms]
        rows.append([message.context or "", ids[0], ids[1] if len(ids) > 1 else "", *shown, notes])
    return rows


def write_csv(path: Path, rows: Sequence[Sequence[str]]) -> None:
    """With a byte order mark, so that spreadsheets take it for UTF-8."""
    out = io.StringIO()
    csv.writer(out).writerows([[_unlike_a_formula(cell) for cell in row] for row in rows])
    path.write_text(out.getvalue(), encoding="utf-8-sig", newline="")


def write_xlsx(path: Path, rows: Sequence[Sequence[str]], *, rtl: bool) -> None:
    """A sheet that can be worked in at once: wide columns, the titles always in sight, right to left where it is."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # a new book has one  # noqa: S101
    sheet.title = "Ask First"
    for row in rows:
        sheet.append(list(row))
    last = len(rows[0])
    for number, line in enumerate(sheet.iter_rows(), start=1):
        for column, cell in enumerate(line, start=1):
            cell.data_type = "s"  # a text that begins with = is no formula
            cell.number_format = "@"
            right = rtl and len(FIXED) < column < last
            cell.alignment = Alignment(wrap_text=True, vertical="top", readingOrder=2 if right else 1)
            if number == 1:
                cell.font = Font(bold=True)
            elif column <= len(FIXED):
                cell.fill = PatternFill("solid", fgColor="EEEEEE")
    for column in range(1, last + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 22 if column in (1, last) else 50
    sheet.freeze_panes = "A2"
    book.save(path)


def read_table(path: Path) -> list[Row]:
    """The rows of a table that came back. Raises ContentError with the line of what cannot be read."""
    cells = _xlsx(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    file = shown_path(path)
    heads = cells[0] if cells else []
    if tuple(heads[: len(FIXED)]) != FIXED or "Translation" not in heads:
        message = f"the first line must hold the titles {', '.join(titles(1)[:-1])}; export the table again"
        raise ContentError("This table cannot be read:", [Fault(file, 1, 1, "table", message)])
    first = heads.index("Translation")
    last = next((at for at in range(first, len(heads)) if heads[at] == _NOTE), len(heads))
    rows = []
    for number, line in enumerate(cells[1:], start=2):
        padded = [*line, *[""] * (len(heads) - len(line))]
        if any(cell.strip() for cell in padded):
            ids = (padded[1], padded[2]) if padded[2] else (padded[1],)
            rows.append(Row(number, padded[0], ids, tuple(cell.strip() for cell in padded[first:last])))
    return rows


def changes(rows: Iterable[Row], catalogue: Catalog, path: Path) -> Changes:
    """What the rows change in the catalogue, and what is wrong with them. Empty translations change nothing."""
    by_key = {(message.context or "", _tuple(message.id)): message for message in catalogue if message.id}
    changed, unknown, faults = [], [], []
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for row in rows:
        key = (row.context, row.ids)
        message = by_key.get(key)
        if message is None:
            unknown.append(row)
            continue
        wanted = catalogue.num_plurals if len(row.ids) > 1 else 1
        forms = row.forms[:wanted]
        if not any(forms):
            continue
        if key in seen:
            faults.append(
                _fault(path, row, "duplicate-entry", "the same text stands further up; remove one of the two")
            )
        seen.add(key)
        if len(forms) < wanted or not all(forms):
            text = f"{sum(map(bool, forms))} of {wanted} plural forms are translated; translate each, or none"
            faults.append(_fault(path, row, "plural-forms", text))
            continue
        faults += [_fault(path, row, rule, text) for rule, text in differences(row.ids, forms)]
        if forms != _tuple(message.string) or message.fuzzy:
            changed.append((message, forms))
    return Changes(tuple(changed), tuple(unknown), tuple(faults))


def apply(found: Changes) -> None:
    """Puts the changes into the messages of the catalogue they were found in."""
    for message, forms in found.changed:
        message.string = forms if isinstance(message.id, list | tuple) else forms[0]
        message.flags.discard("fuzzy")


def _fault(path: Path, row: Row, rule: str, message: str) -> Fault:
    return Fault(shown_path(path), row.number, 1, rule, message)


def _tuple(text: str | Sequence[str] | None) -> tuple[str, ...]:
    if text is None:
        return ()
    return (text,) if isinstance(text, str) else tuple(text)


def _unlike_a_formula(cell: str) -> str:
    """Spreadsheets run what begins with one of these; the mark before it is taken away again when it comes back."""
    return f"'{cell}" if cell[:1] in ("=", "+", "@") else cell


def _csv(path: Path) -> list[list[str]]:
    data = _bytes(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = "is not UTF-8 text; save it as “CSV UTF-8”, or use .xlsx"
        raise ContentError(
            "This table cannot be read:", [Fault(shown_path(path), line, 1, "not-utf-8", message)]
        ) from error
    separator = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    return [[cell[1:] if cell[:2] in ("'=", "'+", "'@") else cell for cell in row] for row in rows]


def _xlsx(path: Path) -> list[list[str]]:
    from openpyxl import load_workbook

    data = _bytes(path)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = [["" if cell is None else f"{cell}" for cell in row] for row in sheet.iter_rows(values_only=True)]
    except (BadZipFile, KeyError, ValueError, OSError, IndexError) as error:
        message = "is no workbook of the kind .xlsx; save it again, or use CSV"
        raise ContentError("This table cannot be read:", [Fault(shown_path(path), 0, 0, "table", message)]) from error
    return rows


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        message = f"cannot be read ({error.strerror}); check the name"
        raise ContentError(
            "This table cannot be read:", [Fault(shown_path(path), 0, 0, "unreadable", message)]
        ) from error
    if len(data) > _MOST_BYTES:
        message = f"is larger than {_MOST_BYTES:,} bytes; export the table again"
        raise ContentError("This table cannot be read:", [Fault(shown_path(path), 0, 0, "too-big", message)])
    return data
