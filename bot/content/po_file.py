"""Reads a .po file strictly. Babel's reader is lenient: it takes a line that lost a quotation mark for an empty text,
and the first of two entries for the only one. A half-saved file must not become a half-translated bot.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from gettext import c2py
from io import StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from bot.errors import Fault, shown_path
from bot.files import file_bytes

MAX_BYTES = 5_000_000
_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[[0-9]+\])?)\s+)?"([^"\\]*(?:\\.[^"\\]*)*)"')
_ESCAPE = re.compile(r"\\(.)")
_PLURAL = re.compile(r"nplurals\s*=\s*([1-9])\s*;\s*plural\s*=\s*([^;]+);?")
_POEDIT = "open the file in Poedit to mend it"


@dataclass(frozen=True, slots=True)
class Entry:
    """One text: `ids` are the English, one or two plural forms; `forms` the translation; `line` where it begins."""

    context: str
    ids: tuple[str, ...]
    forms: tuple[str, ...]
    fuzzy: bool
    line: int


@dataclass(frozen=True, slots=True)
class PoFile:
    """A whole file. `comment` stands above the header; `plural` is the rule of the header, in the syntax of C."""

    comment: str
    plural: str
    forms: int  # how many plural forms the header has
    entries: tuple[Entry, ...]


def read_entries(path: Path, faults: list[Fault]) -> PoFile | None:
    """A .po file, or None after adding what is wrong with it to `faults`."""
    data = po_bytes(path, faults)
    return None if data is None else parse_entries(data, path, faults)


def parse_entries(data: bytes, path: Path, faults: list[Fault]) -> PoFile | None:
    """As `read_entries`, for bytes already in memory; `path` is where they come from."""
    file = shown_path(path)
    text = _text(data, file, faults)
    if text is None:
        return None
    parser = _Parser(file)
    parser.read(text)
    header = parser.header
    found = parser.faults or list(_header_faults(header, file, parser.header_line, path.parent.parent.name))
    faults += found
    if found:
        return None
    plural = _PLURAL.fullmatch(_fields(header).get("Plural-Forms", "").strip())
    assert plural is not None  # _header_faults has looked  # noqa: S101
    return PoFile(parser.comment, plural[2], int(plural[1]), tuple(parser.entries))


def read_messages(path: Path, faults: list[Fault]) -> Catalog | None:
    """A .po file as Babel reads it, with all its comments, for whoever writes it again; or None after adding what is
    wrong with it to `faults`."""
    data = po_bytes(path, faults)
    if data is None or parse_entries(data, path, faults) is None:
        return None
    file = shown_path(path)
    text = _text(data, file, faults)
    try:
        return read_po(StringIO(text or ""), abort_invalid=True)
    except PoFileError as error:
        line = getattr(error, "lineno", -1) + 1
        problem = str(error).split(" on ")[0]
        faults.append(Fault(file, line, 1, "po-syntax", f"{problem}; {_POEDIT}"))
    except ValueError as error:
        faults.append(Fault(file, 0, 0, "po-syntax", f"cannot be read ({error}); {_POEDIT}"))
    return None


def po_bytes(path: Path, faults: list[Fault]) -> bytes | None:
    """The file as it is, or None after adding why it cannot be had to `faults`."""
    file = shown_path(path)
    try:
        data = file_bytes(path, MAX_BYTES)
    except OSError as error:
        faults.append(Fault(file, 0, 0, "unreadable", f"cannot be read ({error.strerror}); check the file"))
        return None
    if len(data) > MAX_BYTES:
        faults.append(Fault(file, 0, 0, "too-big", f"is larger than {MAX_BYTES:,} bytes; take out what is not needed"))
        return None
    return data


def _text(data: bytes, file: str, faults: list[Fault]) -> str | None:
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode().replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode().split("\n")
        message = "is not UTF-8 text; save the file with the encoding UTF-8"
        faults.append(Fault(file, len(before), len(before[-1]) + 1, "not-utf-8", message))
        return None


class _Parser:
    """Reads line by line. Nothing of a file with a fault is used."""

    def __init__(self, file: str) -> None:
        self.entries: list[Entry] = []
        self.faults: list[Fault] = []
        self.comment = ""
        self.header = ""
        self.header_line = 0
        self._file = file
        self._begun: dict[tuple[str, str], int] = {}

    def read(self, text: str) -> None:
        """Takes the whole text apart."""
        entry: dict[str, str] = {}
        keyword = ""
        begun, at, fuzzy, flagged = 0, 0, False, False  # `at` is the line of the English, `begun` of the whole entry
        comment: list[str] = []
        for number, raw in enumerate(text.split("\n"), start=1):
            line = raw.strip()
            if not line:
                continue
            if line[0] == "#":
                if line[1:2] == ",":
                    flagged = flagged or "fuzzy" in line
                elif not begun and line[1:2] not in ("~", ":", ".", "|"):
                    comment.append(line)
                continue
            match = _LINE.fullmatch(line)
            if match is None or not (match[1] or keyword):
                message = f"is not a word such as msgstr and a text in quotation marks; close the quotes, or {_POEDIT}"
                self._fault(number, "po-syntax", message)
                return
            word = match[1]
            if word == "msgctxt" or (word == "msgid" and keyword != "msgctxt"):
                self._finish(entry, begun, at, fuzzy)
                entry, begun, fuzzy, flagged = {}, number, flagged, False
            if word == "msgid":
                at = number
            if word in entry:
                self._fault(number, "po-syntax", f"a second `{word}` stands in one entry; remove one, or {_POEDIT}")
                return
            keyword = word or keyword
            entry[keyword] = entry.get(keyword, "") + match[2]
        self._finish(entry, begun, at, fuzzy)
        self.comment = "\n".join(comment)

    def _finish(self, entry: dict[str, str], begun: int, at: int, fuzzy: bool) -> None:
        if not entry:
            return
        said = {word: _ESCAPE.sub(_unescaped, text) if "\\" in text else text for word, text in entry.items()}
        context, english = said.get("msgctxt", ""), said.get("msgid", "")
        if (context, english) in self._begun:
            message = f"the same text stands on line {self._begun[context, english]}; remove one of the two"
            self._fault(begun, "duplicate-entry", message)
            return
        self._begun[context, english] = begun
        if not english and not context:
            self.header, self.header_line = said.get("msgstr", ""), at
            return
        plural = said.get("msgid_plural")
        forms = [said[word] for word in said if word.startswith("msgstr")]
        if not forms or (plural is None) != ("msgstr" in said):
            self._fault(at, "po-syntax", f"missing msgstr, or one of another kind; {_POEDIT}")
            return
        ids = (english,) if plural is None else (english, plural)
        self.entries.append(Entry(context, ids, tuple(forms), fuzzy, at))

    def _fault(self, line: int, rule: str, message: str) -> None:
        self.faults.append(Fault(self._file, line, 1, rule, message))


def _unescaped(match: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t", "r": "\r"}.get(match[1], match[1])


def _fields(header: str) -> Message:
    return message_from_string(header)


def _header_faults(header: str, file: str, line: int, folder: str) -> Iterator[Fault]:
    fields = _fields(header)
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
