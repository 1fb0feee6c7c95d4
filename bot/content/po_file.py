"""Reads a .po file strictly. Babel's reader is lenient: it takes a line that lost a quotation mark for an empty text,
and the first of two entries for the only one. A half-saved file must not become a half-translated bot.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from email import message_from_string
from gettext import c2py
from io import StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from bot.errors import Fault, shown_path

MAX_BYTES = 5_000_000
_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[[0-9]+\])?)\s+)?"((?:[^"\\]|\\.)*)"')
_PLURAL = re.compile(r"nplurals\s*=\s*([1-9])\s*;\s*plural\s*=\s*([^;]+);?")
_POEDIT = "open the file in Poedit to mend it"


def read_messages(path: Path, faults: list[Fault]) -> Catalog | None:
    """A .po file as Babel reads it, or None after adding what is wrong with it to `faults`."""
    file = shown_path(path)
    text = _text(path, file, faults)
    if text is None:
        return None
    found = list(_faults(text, file, path.parent.parent.name))
    faults += found
    if found:
        return None
    try:
        return read_po(StringIO(text), abort_invalid=True)
    except PoFileError as error:
        line = getattr(error, "lineno", -1) + 1
        problem = str(error).split(" on ")[0]
        faults.append(Fault(file, line, 1, "po-syntax", f"{problem}; {_POEDIT}"))
    except ValueError as error:
        faults.append(Fault(file, 0, 0, "po-syntax", f"cannot be read ({error}); {_POEDIT}"))
    return None


def _text(path: Path, file: str, faults: list[Fault]) -> str | None:
    try:
        with path.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        faults.append(Fault(file, 0, 0, "unreadable", f"cannot be read ({error.strerror}); check the file"))
        return None
    if len(data) > MAX_BYTES:
        faults.append(Fault(file, 0, 0, "too-big", f"is larger than {MAX_BYTES:,} bytes; take out what is not needed"))
        return None
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode().split("\n")
        message = "is not UTF-8 text; save the file with the encoding UTF-8"
        faults.append(Fault(file, len(before), len(before[-1]) + 1, "not-utf-8", message))
        return None


def _faults(text: str, file: str, folder: str) -> Iterator[Fault]:
    """What Babel would pass over in silence."""
    entries: dict[tuple[str, str], int] = {}
    entry: dict[str, str] = {}
    keyword = header = ""
    begun = 0
    for number, raw in enumerate([*text.split("\n"), 'msgid "the end"'], start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None or not (match[1] or keyword):
            message = f"is not a word such as msgstr and a text in quotation marks; close the quotes, or {_POEDIT}"
            yield Fault(file, number, 1, "po-syntax", message)
            return
        if match[1] == "msgctxt" or (match[1] == "msgid" and keyword != "msgctxt"):
            if entry:
                key = (entry.get("msgctxt", ""), entry.get("msgid", ""))
                if key in entries:
                    message = f"the same text stands on line {entries[key]}; remove one of the two"
                    yield Fault(file, begun, 1, "duplicate-entry", message)
                entries.setdefault(key, begun)
                header = entry.get("msgstr", "") if key == ("", "") else header
            entry, begun = {}, number
        if match[1] in entry:
            message = f"a second `{match[1]}` stands in one entry; remove one, or {_POEDIT}"
            yield Fault(file, number, 1, "po-syntax", message)
            return
        keyword = match[1] or keyword
        entry[keyword] = entry.get(keyword, "") + match[2]
    yield from _header_faults(header, file, entries.get(("", ""), 0), folder)


def _header_faults(header: str, file: str, line: int, folder: str) -> Iterator[Fault]:
    fields = message_from_string(header.replace("\\n", "\n").replace('\\"', '"'))
    if not line or not fields.keys():
        yield Fault(
            file, line, 1 if line else 0, "po-header", f"has no header; {_POEDIT}, or copy that of another file"
        )
        return
    charset = fields.get_content_charset() or "none"
    if charset.lower() not in ("utf-8", "utf8"):
        yield Fault(file, line, 1, "po-header", f"the header says charset={charset}; write charset=UTF-8")
    language = fields.get("Language", "")
    if language and re.split("[-_@]", language)[0].lower() != re.split("[-_@]", folder)[0].lower():
        message = f"the header says that this is `{language}`, the folder says `{folder}`; check which is right"
        yield Fault(file, line, 1, "po-header", message)
    if not _counts(fields.get("Plural-Forms", "")):
        message = "the line Plural-Forms of the header is missing or wrong; copy it from another file of this language"
        yield Fault(file, line, 1, "po-header", message)


def _counts(plural_forms: str) -> bool:
    """Whether the header's rule gives one of its forms for every number."""
    match = _PLURAL.fullmatch(plural_forms.strip())
    if match is None:
        return False
    try:
        form = c2py(match[2])
        return all(0 <= form(number) < int(match[1]) for number in (*range(201), 1000, 1_000_000))
    except (ValueError, ArithmeticError, RecursionError):
        return False
