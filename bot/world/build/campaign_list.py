"""The list of signatories as a campaign would export it: CSV or YAML with name, constituency, date and source.

The names of columns and keys are matched loosely ("Date signed", "MP's name"); those that fit nothing are left out and
named, because they may hold what has no place in a register, such as e-mail addresses. Every fault is collected.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import RootModel
from rapidfuzz import fuzz, process

from bot.errors import DataError, Fault, shown_path
from bot.world.build.campaign_day import read_day
from bot.world.search import words
from bot.yamlfile import MAX_FAULTS, Node, read

MOST_PEOPLE = 2000  # three times as many as there are seats
_MOST_BYTES = 5_000_000
_LONGEST = 500
_ALIKE = 87.0  # of 100: how much an unknown column must resemble a known one
_KNOWN: Mapping[str, str] = {
    "name": "name; mp; mp name; mps name; name of mp; member; member name; member of parliament; full name; signatory",
    "first_name": "first name; forename; given name",
    "last_name": "last name; surname; family name",
    "constituency": "constituency; constituency name; constituency then; seat",
    "signed_on": "date; signed; signed on; signed date; date signed; signature date; date of signature; pledged on",
    "signed_on_is": "signed on is",
    "confirmed_on": "confirmed; confirmed on; confirmed date; date confirmed; reconfirmed; reconfirmed on",
    "withdrawn_on": "withdrawn; withdrawn on; withdrawn date; date withdrawn; withdrew",
    "source": "source; source url; source link; url; link; web address; evidence",
    "person_id": "person id; member id; members api id; parliament id; mnis id",
}
_MEANING = {name: key for key, names in _KNOWN.items() for name in names.split("; ")}


@dataclass(frozen=True, slots=True)
class Signature:
    """One line of the list. `line` is where it begins; `person_id` is Parliament's, where the campaign knows it."""

    file: str
    line: int
    name: str
    constituency: str | None
    signed_on: dt.date
    signed_on_is: Literal["on", "by"]
    confirmed_on: dt.date | None
    withdrawn_on: dt.date | None
    source: str
    person_id: int | None


@dataclass(frozen=True, slots=True)
class CampaignList:
    """All lines, and the names of the columns that were not used."""

    signatures: tuple[Signature, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """One line before it is understood: texts by known key, each with the line and column where it stands."""

    line: int
    values: Mapping[str, tuple[str, int, int]]


def read_campaign_list(path: Path, today: dt.date) -> CampaignList:
    """The list in this file; its ending says whether it is CSV or YAML. Raises DataError with everything wrong."""
    file = shown_path(path)
    faults: list[Fault] = []
    unused: dict[str, None] = {}
    ending = path.suffix.lower()
    if ending not in (".csv", ".tsv", ".txt", ".yaml", ".yml"):
        raise DataError(f"{file} is neither CSV nor YAML by its name; save it as .csv or .yaml.")
    rows = list(_yaml_rows(path, unused, faults) if ending in (".yaml", ".yml") else _csv_rows(path, unused, faults))
    if len(rows) > MOST_PEOPLE:
        raise DataError(
            f"{file} names {len(rows)} people, more than {MOST_PEOPLE}; give a list of members, or split it."
        )
    found = [_signature(file, row, today, faults) for row in rows]
    if not rows and not faults:
        faults.append(Fault(file, 0, 0, "empty", "names nobody; write one line for each person who signed"))
    if faults:
        first = f" (the first {MAX_FAULTS} of {len(faults)} faults)" if len(faults) > MAX_FAULTS else ""
        message = f"{file} cannot be imported, and nothing was written{first}:"
        raise DataError(message, sorted(set(faults))[:MAX_FAULTS])
    return CampaignList(tuple(one for one in found if one), tuple(unused))


def meaning(header: str) -> str | None:
    """Which key of `Signature` a column's name means, `first_name` or `last_name`; None for anything else."""
    folded = " ".join(re.sub(r"[\W_]+", " ", header.replace("'", "").replace("’", "")).casefold().split())
    if folded in _MEANING:
        return _MEANING[folded]
    best = process.extractOne(folded, _MEANING.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return _MEANING[best[0]] if best else None


def _csv_rows(path: Path, unused: dict[str, None], faults: list[Fault]) -> Iterator[_Row]:
    file = shown_path(path)
    text = _text(path, file, faults)
    if text is None:
        return
    first = text.split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        header = next(reader, [])
        keys = _keys(file, [(name, 1, number) for number, name in enumerate(header, 1)], unused, faults)
        if not _complete(file, set(filter(None, keys)), faults):
            return
        line = reader.line_num + 1
        for values in reader:
            if len(values) > len(header) and any(map(str.strip, values[len(header) :])):
                message = f"has {len(values)} values where {len(header)} belong; check the commas and the quotes"
                faults.append(Fault(file, line, 1, "columns", message))
            elif any(map(str.strip, values)):
                pairs = enumerate(zip(keys, values, strict=False), 1)
                yield _Row(line, {key: (value, line, number) for number, (key, value) in pairs if key})
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(file, line, 1, "csv", f"is not CSV ({error}); check the quotes from this line on"))


def _text(path: Path, file: str, faults: list[Fault]) -> str | None:
    try:
        with path.open("rb") as opened:
            data = opened.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            faults.append(Fault(file, 0, 0, "too-big", f"is larger than {_MOST_BYTES:,} bytes; split it"))
            return None
        return data.decode("utf-8-sig")
    except OSError as error:
        message = f"cannot be read ({error.strerror}); check its name and its rights"
        faults.append(Fault(file, 0, 0, "unreadable", message))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "is not UTF-8 text; save the list as CSV with the encoding UTF-8"
        faults.append(Fault(file, line, 1, "not-utf-8", message))
    return None


class _Anything(RootModel[Any]):
    """Whatever the YAML holds; its shape is looked at afterwards, where the lines are still known."""


def _yaml_rows(path: Path, unused: dict[str, None], faults: list[Fault]) -> Iterator[_Row]:
    file = shown_path(path)
    document = read(path, _Anything, faults)
    if document is None:
        return
    root = document.root
    parts = root.value.values() if isinstance(root.value, dict) else [root]
    lists = [node for node in parts if isinstance(node.value, list)]
    if len(lists) != 1:
        message = "must be one list of people, each with name, constituency, date and source; see docs/data-pledges.md"
        faults.append(Fault(file, root.line, root.column, "shape", message))
        return
    for node in lists[0].value:
        if not isinstance(node.value, dict):
            message = "must be a person: keys with values, one `key: value` a line"
            faults.append(Fault(file, node.line, node.column, "shape", message))
            continue
        keys = _keys(file, [(name, *place) for name, place in node.keys.items()], unused, faults)
        if not _complete(file, set(filter(None, keys)), faults, node):
            continue
        values = {}
        for key, (name, (line, column)) in zip(keys, node.keys.items(), strict=True):
            value = node.value[name].value
            if isinstance(value, dict | list):
                faults.append(Fault(file, line, column, "shape", f"`{name:.40}` must have one value; write it here"))
            elif key:
                values[key] = ("" if value is None else str(value), line, column)
        yield _Row(node.line, values)


def _keys(
    file: str, names: Sequence[tuple[str, int, int]], unused: dict[str, None], faults: list[Fault]
) -> list[str | None]:
    """What each column or key means, None for what means nothing here."""
    keys: list[str | None] = []
    taken: dict[str, str] = {}
    for name, line, column in names:
        key = meaning(name)
        if key is None and name.strip():
            unused[name.strip()] = None
        elif key in taken:
            message = f"{name!r:.40} and {taken[key]!r:.40} both mean {key}; remove or rename one of them"
            faults.append(Fault(file, line, column, "two-columns", message))
            key = None
        elif key:
            taken[key] = name
        keys.append(key)
    return keys


def _complete(file: str, keys: set[str], faults: list[Fault], node: Node | None = None) -> bool:
    """Whether everything is there that a signature needs."""
    if {"first_name", "last_name"} <= keys:
        keys.add("name")
    missing = [name for key, name in (("name", "name"), ("signed_on", "date"), ("source", "source")) if key not in keys]
    if missing:
        what, line, column = ("key", node.line, node.column) if node else ("column", 1, 1)
        message = f"has no {what} for {', '.join(missing)}; add it (constituency, confirmed and withdrawn may be added)"
        faults.append(Fault(file, line, column, "missing-column", message))
    return not missing


def _signature(file: str, row: _Row, today: dt.date, faults: list[Fault]) -> Signature | None:
    before = len(faults)

    def fault(key: str, rule: str, message: str) -> None:
        _, line, column = row.values.get(key, ("", row.line, 1))
        faults.append(Fault(file, line, column, rule, message))

    def text(key: str) -> str:
        value = " ".join(row.values.get(key, ("", 0, 0))[0].split())
        if len(value) > _LONGEST:
            fault(key, "too-long", f"is longer than {_LONGEST} characters; shorten it")
        if any(unicodedata.category(char).startswith("C") for char in value):
            fault(key, "control-character", "holds a character that cannot be seen; type it again")
        return value

    def day(key: str) -> dt.date | None:
        value = text(key)
        if not value:
            return None
        try:
            found = read_day(value)
        except ValueError as error:
            fault(key, "bad-date", str(error))
            return None
        if found > today:
            fault(key, "future-date", f"{found} lies after {today}; correct the day")
        return found

    name = text("name") or " ".join(filter(None, (text("first_name"), text("last_name"))))
    if not words(name):
        fault("name", "missing-value", "the name is missing; write it")
    signed_on, confirmed_on, withdrawn_on = day("signed_on"), day("confirmed_on"), day("withdrawn_on")
    if not text("signed_on"):
        fault("signed_on", "missing-value", "the date of the signature is missing; write it")
    if signed_on and confirmed_on and confirmed_on < signed_on:
        fault("confirmed_on", "wrong-order", f"{confirmed_on} is before the signature on {signed_on}; correct one")
    elif signed_on and confirmed_on and withdrawn_on and signed_on <= withdrawn_on <= confirmed_on:
        message = f"withdrawn on {withdrawn_on} and confirmed later; write the day of the new signature as the date"
        fault("confirmed_on", "confirmed-after-withdrawal", message)
    kind = text("signed_on_is") or "on"
    if kind not in ("on", "by"):
        fault("signed_on_is", "wrong-value", f"must be on or by, not {kind!r:.20}")
    person = text("person_id")
    if person and not (person.isascii() and person.isdigit() and 0 < int(person) < 10**9):
        message = f"{person!r:.20} is not a person id; write the number of the page on members.parliament.uk"
        fault("person_id", "bad-person-id", message)
    source = text("source")
    wrong = _wrong_source(source)
    if wrong:
        fault("source", *wrong)
    if len(faults) > before or signed_on is None:
        return None
    return Signature(
        file=file,
        line=row.line,
        name=name,
        constituency=text("constituency") or None,
        signed_on=signed_on,
        signed_on_is="by" if kind == "by" else "on",
        confirmed_on=confirmed_on,
        withdrawn_on=withdrawn_on,
        source=source,
        person_id=int(person) if person else None,
    )


def _wrong_source(source: str) -> tuple[str, str] | None:
    """The rule and the message where a source is not the https address of a page."""
    if not source:
        return "missing-value", "the source is missing; write the web address that shows the signature"
    try:
        url = urlsplit(source)
        good = "." in (url.hostname or "") and url.username is None and " " not in source
    except ValueError:
        url, good = urlsplit(""), False
    if good and url.scheme == "http":
        remedy = "write its https:// address, or that of a copy at web.archive.org"
        return "http-link", f"{source!r:.60} can be changed on its way to the reader; {remedy}"
    if not good or url.scheme != "https":
        return "not-a-url", f"{source!r:.60} is not a web address; write one that begins with https://"
    return None
