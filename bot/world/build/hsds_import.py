"""Brings entries from an HSDS file into the directory: first a plan, then, if somebody says yes, the files.

The plan holds every file to the rules of the directory before anything is written. Each file is replaced whole, so an
interruption leaves every one of them either as it was or as planned; the same import again does the rest.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.errors import DataError, Fault, shown_path
from bot.world.build.organisation_writing import difference, edited_text, new_text
from bot.world.build.whole_file import current_bytes, replace_whole
from bot.world.organisation_file import OrganisationFile
from bot.world.organisation_rules import check, repeated
from bot.yamlfile import Document, read, read_bytes

_ID = re.compile(r"[a-z0-9_]{1,64}")


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one file. `was` are its bytes when the plan was made, None where there was no file."""

    path: Path
    kind: Literal["new", "changed", "unchanged"]
    was: bytes | None
    text: str
    entry: OrganisationFile

    def shown(self) -> str:
        """What changes, as a unified diff; for a new file its whole text, for an unchanged one nothing."""
        if self.kind == "new":
            return self.text
        return difference((self.was or b"").decode("utf-8-sig"), self.text, self.path.name)


def plan_import(
    folder: Path,
    entries: Iterable[OrganisationFile],
    today: dt.date,
    known_areas: frozenset[str],
    faults: list[Fault],
) -> tuple[Change, ...]:
    """What each entry does to its file in `folder`; what the rules of the directory refuse is added to `faults`.

    Files that no entry names stay as they are. known_areas: the GSS codes of councils and constituencies.
    """
    changes: list[Change] = []
    for entry in entries:
        key = entry.organization.id
        if not _ID.fullmatch(key):
            faults.append(
                Fault(key[:64], 0, 0, "wrong-id", "an id may hold only small letters, digits and _; change it")
            )
            continue
        path = folder / f"{key}.yaml"
        was = current_bytes(path)
        try:
            text = new_text(entry) if was is None else edited_text(was.decode("utf-8-sig"), entry)
        except (DataError, UnicodeDecodeError) as error:
            given = error.faults if isinstance(error, DataError) else ()
            message = "cannot be changed by this import, because it is faulty; mend it first"
            faults.extend(given or [Fault(shown_path(path), 0, 0, "unreadable", message)])
            continue
        same = was is not None and text == was.decode("utf-8-sig")
        changes.append(Change(path, "new" if was is None else "unchanged" if same else "changed", was, text, entry))
    _check(folder, changes, today, known_areas, faults)
    return tuple(changes)


def write_changes(changes: Iterable[Change]) -> None:
    """Writes what is new or changed. Raises DataError; what is written by then stays, whole and within the rules."""
    for change in changes:
        if change.kind != "unchanged":
            replace_whole(change.path, change.text, was=change.was, check=lambda path: _must_read(path))


def _must_read(path: Path) -> None:
    faults: list[Fault] = []
    if read(path, OrganisationFile, faults) is None:
        raise DataError(f"{shown_path(path)} could not be read back, so nothing was put in its place:", faults)


def _check(
    folder: Path, changes: list[Change], today: dt.date, known_areas: frozenset[str], faults: list[Fault]
) -> None:
    """The rules for each planned file, and those for all files together."""
    documents: dict[str, Document[OrganisationFile]] = {}
    for path in sorted(folder.glob("*.yaml")):
        document = read(path, OrganisationFile, [])
        if document is not None:
            documents[path.name] = document
    for change in changes:
        document = read_bytes(change.text.encode(), shown_path(change.path), OrganisationFile, faults)
        if document is None:
            continue
        documents[change.path.name] = document
        if change.kind != "unchanged":
            faults.extend(check(document, change.path.stem, today, known_areas))
    touched = {shown_path(change.path) for change in changes if change.kind != "unchanged"}
    whole = [documents[name] for name in sorted(documents)]
    faults.extend(
        fault for fault in repeated(whole) if fault.file in touched or any(t in fault.message for t in touched)
    )
