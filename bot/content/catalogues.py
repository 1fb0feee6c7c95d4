"""gettext catalogues (`locales/<language>/LC_MESSAGES/askfirst.po`) -> `Catalogue` values. No compiled files are used.

A fuzzy or empty entry is left out, so that the English is shown. A translation that lost a placeholder, a link or a
bold mark is a fault: it could drop the very fact that the text is about.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from gettext import c2py
from pathlib import Path

from babel import UnknownLocaleError

from bot.content.po_file import parse_entries, po_bytes
from bot.content.reviews import review_in
from bot.content.text_rules import Finding, commands_in, text_faults
from bot.content.writing_systems import right_to_left
from bot.engine.languages import locale_of
from bot.engine.wording import ENGLISH, PLACEHOLDER, Catalogue
from bot.errors import ContentError, Fault, shown_path

DOMAIN = "askfirst"
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
_MARKS = re.compile(r"[{/@*]|\]\(|- |www\.", re.IGNORECASE)  # without one, a text has nothing that is counted
# What leads a person out of the chat. A translator must not add any, nor lose one.
_LINK = re.compile(r"\]\(([^)\s]+)\)|((?:https?://|www\.|t\.me/)[^\s)\]]+|(?<!\S)@\w{3,})", re.IGNORECASE)


class CatalogueReader:
    """Reads the catalogues of a folder again and again, and parses only those whose bytes have changed since."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[bytes, Catalogue | None, list[Fault]]] = {}  # by the SHA-256 of the bytes

    def load(self, folder: Path) -> Mapping[str, Catalogue]:
        """English, then every language of the folder by its tag. Raises ContentError with every fault."""
        faults: list[Fault] = []
        if not folder.is_dir():  # a folder that is away for a moment must not take all languages with it
            message = "is not a folder; check `locales.dir` in bot_config.yaml"
            faults.append(Fault(shown_path(folder), 0, 0, "unreadable", message))
        paths = catalogue_paths(folder)
        self._known = {path: known for path, known in self._known.items() if path in paths}
        found = [self._read(path, faults) for path in paths]
        if faults:
            raise ContentError("The translations cannot be used:", faults)
        return {"en": ENGLISH, **{catalogue.language: catalogue for catalogue in found if catalogue}}

    def _read(self, path: Path, faults: list[Fault]) -> Catalogue | None:
        data = po_bytes(path, faults)
        if data is None:
            return None
        digest = hashlib.sha256(data).digest()
        if path not in self._known or self._known[path][0] != digest:
            own: list[Fault] = []
            self._known[path] = digest, _catalogue(data, path, own), own
        _, catalogue, own = self._known[path]
        faults += own
        return catalogue


def load_catalogues(folder: Path) -> Mapping[str, Catalogue]:
    """English, then every language of the folder by its tag. Raises ContentError with every fault."""
    return CatalogueReader().load(folder)


def catalogue_paths(folder: Path) -> list[Path]:
    """The catalogue files of a folder, by language tag; also links to nowhere, so that it can be said that they are."""
    paths = (one / "LC_MESSAGES" / f"{DOMAIN}.po" for one in folder.glob("*") if not one.name.startswith("."))
    return sorted(path for path in paths if path.exists() or path.is_symlink())


def catalogue_path(folder: Path, tag: str) -> Path:
    """The catalogue file of a language, whether it is there or not."""
    return folder / tag.replace("-", "_") / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalogue(path: Path, faults: list[Fault]) -> Catalogue | None:
    """One catalogue, or None after adding what is wrong with it to `faults`."""
    data = po_bytes(path, faults)
    return None if data is None else _catalogue(data, path, faults)


def _catalogue(data: bytes, path: Path, faults: list[Fault]) -> Catalogue | None:
    file = shown_path(path)
    folder = path.parent.parent.name
    tag = folder.replace("_", "-")
    if tag == "en":
        message = "English stands in the flows and needs no catalogue; remove this folder"
        faults.append(Fault(file, 0, 0, "english-catalogue", message))
        return None
    try:
        locale = locale_of(tag) if _TAG.fullmatch(tag) else None
    except (UnknownLocaleError, ValueError):
        locale = None
    if locale is None:
        message = f"the folder `{folder}` is not a language tag that CLDR knows, such as `ar` or `pt-BR`; rename it"
        faults.append(Fault(file, 0, 0, "unknown-language", message))
        return None
    po = parse_entries(data, path, faults)
    if po is None:
        return None
    texts: dict[tuple[str, str], tuple[str, ...]] = {}
    for entry in po.entries:
        if len(entry.ids) > 1 and len(entry.forms) > po.forms:
            text = f"more translations than num_plurals of the header, which is {po.forms}; remove some"
            faults.append(Fault(file, entry.line, 1, "po-syntax", text))
            continue
        if entry.fuzzy or not any(entry.forms):
            continue
        wanted = po.forms if len(entry.ids) > 1 else 1
        if not all(entry.forms) or len(entry.forms) < wanted:
            text = f"{sum(map(bool, entry.forms))} of {wanted} plural forms are translated; "
            faults.append(Fault(file, entry.line, 1, "plural-forms", f"{text}translate each, or none"))
            continue
        for rule, message in differences(entry.ids, entry.forms):
            faults.append(Fault(file, entry.line, 1, rule, message))
        texts[entry.context, entry.ids[0]] = entry.forms
    return Catalogue(
        language=tag,
        locale=str(locale),
        rtl=right_to_left(tag),
        messages=texts,
        plural_form=c2py(po.plural),
        reviewed=review_in(po.comment) is not None,
    )


def differences(ids: tuple[str, ...], forms: tuple[str, ...]) -> list[Finding]:
    """What a translation lost or added beside the English, and what is wrong with its words; each once."""
    faults: dict[Finding, None] = {}
    english = [_counts(text) for text in ids]
    for form in forms:
        for (rule, _), own, *theirs in zip(_COUNTED, _counts(form), *english, strict=True):
            if own not in theirs:
                text = f"the English has {_shown(theirs[0])}, the translation has {_shown(own)}; make them the same"
                faults[rule, text] = None
        found = list(text_faults(form))
        english_has = {rule for text in ids for rule, _ in text_faults(text)} if found else set()
        faults.update(dict.fromkeys((rule, text) for rule, text in found if rule not in english_has))
    return list(faults)


@lru_cache(10_000)
def _counts(text: str) -> tuple[object, ...]:
    """What there is of each thing that a translation must keep. The English is the same for every language."""
    return tuple(count(text) for _, count in _COUNTED) if _MARKS.search(text) else _NOTHING


def _found(pattern: re.Pattern[str]) -> Callable[[str], object]:
    return lambda text: {match[match.lastindex or 0] for match in pattern.finditer(text)}


def _list_lines(text: str) -> int:
    return sum(line.startswith("- ") for line in text.split("\n"))


# What a translation must have as one of the English forms has it.
_COUNTED: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("placeholders", _found(PLACEHOLDER)),
    ("links", _found(_LINK)),
    ("commands", lambda text: {f"/{name}" for name in commands_in(text)}),
    ("bold", lambda text: text.count("**")),
    ("list-lines", _list_lines),
)

_NOTHING = tuple(count("") for _, count in _COUNTED)


def _shown(found: object) -> str:
    return ", ".join(sorted(found)) or "none" if isinstance(found, set) else str(found)
