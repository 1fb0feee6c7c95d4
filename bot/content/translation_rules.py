"""Whether the translations hold: every text there, and each beside its English as docs/translation-checks.md says.

The loader (`catalogues`) has refused before what would lose a fact: a value, a link, a command, bold, a list. Here is
what makes a translation wrong, unclear or careless. Findings stand at the lines of the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.content.catalogues import DOMAIN, catalogue_path
from bot.content.flow_file import FlowFile
from bot.content.glossary import Glossary, read_glossary
from bot.content.plural_rules import plural_mismatch
from bot.content.po_file import read_entries
from bot.content.text_rules import MAX_LABEL
from bot.content.translation_marks import Remark, mark_remarks
from bot.content.translation_sources import Source, sources_of
from bot.content.translation_words import word_remarks
from bot.content.writing_systems import WritingSystem, writing_of
from bot.engine.measure import COMMAND_CHARACTERS
from bot.engine.wording import ENGLISH, Catalogue
from bot.errors import Fault, shown_path
from bot.yamlfile import Document

GLOSSARY: Final = "glossary.yaml"
EASY_LABEL: Final = 40  # what a telephone shows of a button in one line
# How much fits where a text of the code is shown. Buttons: as those of flows. Toasts: Bot API, answerCallbackQuery. The
# rest of `telegram.`: Bot API, setMyName and its like. Lines of the printed sheet: two, of a page with four languages.
_ROOM: Final[Mapping[str, int]] = {
    "card.old_card": 200,
    "report.open": 64,
    "report.number": 64,
    "report.closed": 64,
    "report.languages": 64,
    "report.not_mp": 64,
    "report.other": 64,
    "telegram.name": 64,
    "telegram.share": 64,
    "telegram.wait": 200,
    "telegram.short_description": 120,
    "telegram.description": 512,
    "sheet.title": 80,
    "sheet.what": 240,
    "sheet.scan": 120,
    "sheet.open": 80,
    "sheet.promise": 160,
}
_OTHER_COMMAS: Final = "،、，;؛；"

_Seen = dict[tuple[tuple[str, ...], tuple[str, ...], str, bool], tuple[Remark, ...]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An English text with the terms of the glossary that it has."""

    source: Source
    terms: tuple[str, ...]


def check_translations(
    catalogues: Iterable[Catalogue], documents: Iterable[Document[FlowFile]], locales: Path
) -> Iterator[Fault]:
    """Everything that is to be said of these languages. The catalogues must have passed their loader.

    documents: the flow files whose texts are translated; locales: the folder with the template and the glossary.
    """
    faults: list[Fault] = []
    glossary = read_glossary(locales / GLOSSARY, faults)
    wanted = [
        _Wanted(source, glossary.terms_in(source.ids[-1]) if glossary and not source.typed else ())
        for source in sources_of(documents, locales / f"{DOMAIN}.pot", faults)
    ]
    yield from faults
    others = [catalogue for catalogue in catalogues if catalogue.language != ENGLISH.language]
    for catalogue in others:
        yield from _Language(catalogue, glossary).faults(wanted, catalogue_path(locales, catalogue.language))
    if glossary:
        yield from glossary.gaps(catalogue.language for catalogue in others)


class _Language:
    """One language. Many texts stand in several places, and are looked at once."""

    def __init__(self, catalogue: Catalogue, glossary: Glossary | None) -> None:
        self._catalogue = catalogue
        self._glossary = glossary
        self._tag = catalogue.language
        self._writing = writing_of(self._tag)
        self._seen: _Seen = {}

    def faults(self, wanted: Iterable[_Wanted], path: Path) -> list[Fault]:
        """What is found, at the lines of the catalogue at this path."""
        found: list[tuple[Source | None, Remark]] = []
        missing: list[Source] = []
        mismatch = plural_mismatch(self._catalogue.locale, self._catalogue.plural_form)
        if mismatch:
            message = f"{mismatch}; write the rule of CLDR into Plural-Forms, and the forms in its order"
            found.append((None, Remark("plural-rule", message, warning=False)))
        for one in wanted:
            forms = self._catalogue.messages.get((one.source.context, one.source.ids[0]))
            if forms is None:
                missing.append(one.source)
            else:
                found += [(one.source, remark) for remark in self._remarks(one, forms)]
        if missing:
            message = f"missing or fuzzy texts, shown in English: {len(missing)}, the first is {_named(missing[0])}"
            remedy = "run `askfirst locale update`, and translate them"
            found.append((missing[0], Remark("untranslated", f"{message}; {remedy}")))
        return _placed(found, path) if found else []

    def _remarks(self, wanted: _Wanted, forms: tuple[str, ...]) -> Iterator[Remark]:
        source = wanted.source
        key = (source.ids, forms, source.organisation, source.typed)
        if key not in self._seen:
            self._seen[key] = tuple(dict.fromkeys(self._beside_english(wanted, forms)))
        yield from self._seen[key]
        yield from dict.fromkeys(remark for form in forms for remark in _lengths(source, form))

    def _beside_english(self, wanted: _Wanted, forms: tuple[str, ...]) -> Iterator[Remark]:
        source = wanted.source
        for form in forms:
            yield from remarks_on(form, source, self._writing)
            if self._glossary and wanted.terms:
                yield from self._glossary.remarks(wanted.terms, source.ids[-1], form, self._tag)


def remarks_on(form: str, source: Source, writing: WritingSystem) -> list[Remark]:
    """What is to be said of one form of a translation, held to the form of the English that it fits best."""
    return min((list(_beside(english, form, source, writing)) for english in reversed(source.ids)), key=len)


def _beside(english: str, own: str, source: Source, writing: WritingSystem) -> Iterator[Remark]:
    yield from word_remarks(english, own, writing, source.organisation, typed=source.typed)
    if source.typed:
        yield from _listed_words(own)
    else:
        yield from mark_remarks(english, own, writing)


def _listed_words(own: str) -> Iterator[Remark]:
    """Words that people type are parted by plain commas; by any other mark they would be one long word."""
    wrong = next((char for char in own if char in _OTHER_COMMAS), None)
    if wrong:
        yield Remark("word-list", f"`{wrong}` parts no words here; part them by `,`", warning=False)
    elif not all(word.strip() for word in own.split(",")):
        yield Remark("word-list", "a comma has no word before or after it; delete it", warning=False)


def _lengths(source: Source, own: str) -> Iterator[Remark]:
    """What is too long for its place. What no button can hold, `rendering` finds with all else that is on it."""
    if source.label and EASY_LABEL < len(own) <= MAX_LABEL:
        message = f"a button of {len(own)} characters breaks into two lines; {EASY_LABEL} are easy to read; shorten it"
        yield Remark("long-label", message)
    room = COMMAND_CHARACTERS if source.about else _ROOM.get(source.context, len(own))
    if len(own) > room:
        yield Remark("no-room", f"has {len(own)} characters, {room} fit here; shorten it", warning=False)


def _named(source: Source) -> str:
    return f"`{source.ids[0].splitlines()[0]:.40}` (`{source.context}`)"


def _placed(found: list[tuple[Source | None, Remark]], path: Path) -> list[Fault]:
    """The remarks as faults. The file is read again for its lines, which only a file with findings needs."""
    po = read_entries(path, [])
    lines = {(entry.context, entry.ids[0]): entry.line for entry in (po.entries if po else ())}
    file = shown_path(path)
    faults = []
    for source, remark in found:
        line = lines.get((source.context, source.ids[0]), 0) if source else _header_line(path)
        faults.append(Fault(file, line, min(line, 1), remark.rule, remark.message, remark.warning))
    return faults


def _header_line(path: Path) -> int:
    """The line of a catalogue with its plural rule."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.startswith('"Plural-Forms:')), 0)
