"""The words that a translation always uses for the same thing (`locales/glossary.yaml`).

For each English term the file says what it means, and for each language the word that was chosen, with the stems by
which the word is known again in any of its forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.content.translation_marks import Remark
from bot.errors import Fault
from bot.yamlfile import Document, read

_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_STRICT = ConfigDict(extra="forbid", frozen=True)
# “MPs Not Border Guards”, and names such as Women for Refugee Women.
_QUOTED = re.compile(r"“[^”\n]*”|\]\([^)\s]+\)|\{[a-z0-9_]+\}")
_NAME = re.compile(r"[A-Z][\w'’]*(?: (?:(?:and|for|of|the|to|in) )*[A-Z0-9][\w'’]*)+")


class WordPart(BaseModel):
    """The word of one language."""

    model_config = _STRICT

    word: _Words
    stems: Annotated[list[_Words], Field(min_length=1, max_length=20)]


class TermPart(BaseModel):
    """One English term. `english` are the beginnings of its forms."""

    model_config = _STRICT

    english: Annotated[list[_Words], Field(min_length=1, max_length=5)]
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    words: dict[str, WordPart] = {}


class GlossaryFile(BaseModel):
    """The whole file."""

    model_config = _STRICT

    version: Literal[1]
    terms: Annotated[dict[str, TermPart], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Glossary:
    """The glossary as it is read: by each term the pattern of its English, and by term and language the stems."""

    document: Document[GlossaryFile]
    patterns: Mapping[str, re.Pattern[str]]
    words: Mapping[tuple[str, str], WordPart]

    def terms_in(self, english: str) -> tuple[str, ...]:
        """The terms that an English text has."""
        said = _QUOTED.sub(" ", english)
        return tuple(term for term, pattern in self.patterns.items() if pattern.search(said))

    def remarks(self, terms: Sequence[str], english: str, own: str, language: str) -> Iterator[Remark]:
        """Those of these terms that a translation says in another word than it should."""
        folded = own.casefold()
        for term in terms:
            part = self.words.get((term, language))
            if part and not any(_has(folded, stem) for stem in part.stems) and not self._is_kept(term, english, own):
                message = f"the glossary says `{part.word}` for `{term}`, and here is none of {_listed(part.stems)}"
                yield Remark("glossary", f"{message}; use the word, or add its stem to locales/glossary.yaml")

    def gaps(self, languages: Iterable[str]) -> Iterator[Fault]:
        """Each language that lacks a word."""
        for language in languages:
            lacking = [term for term, part in self.document.model.terms.items() if language not in part.words]
            if lacking:
                message = f"no word in `{language}` for {_listed(lacking)}; add what its translation uses"
                line, column = self.document.root.at(["terms", lacking[0]])
                yield Fault(self.document.file, line, column, "glossary-gap", message, warning=True)

    def _is_kept(self, term: str, english: str, own: str) -> bool:
        """Whether the English has a term only in names that the translation keeps, such as Asylum Matters."""
        said = _NAME.sub(lambda name: " " if name[0] in own and name[0] != term else name[0], _QUOTED.sub(" ", english))
        return not self.patterns[term].search(said)


def read_glossary(path: Path, faults: list[Fault]) -> Glossary | None:
    """The glossary; None if there is none, or after adding what is wrong with it to `faults`."""
    document = read(path, GlossaryFile, faults) if path.exists() else None
    if document is None:
        return None
    words = {}
    for term, part in document.model.terms.items():
        for language, one in part.words.items():
            if any(_has(one.word.casefold(), stem) for stem in one.stems):
                words[term, language] = one
            else:  # by such stems every right translation would be named too
                message = f"`{one.word}` has none of its own stems; write one of them as it stands in the word"
                faults.append(document.fault(["terms", term, "words", language], "glossary-stem", message))
    return Glossary(document, {term: _pattern(part.english) for term, part in document.model.terms.items()}, words)


def _pattern(beginnings: Sequence[str]) -> re.Pattern[str]:
    """Finds a word that begins so; a beginning in small letters also finds capitals."""
    found = (re.escape(one) if one != one.lower() else f"(?i:{re.escape(one)})" for one in beginnings)
    return re.compile(rf"(?<!\w)(?:{'|'.join(found)})")


def _has(folded: str, stem: str) -> bool:
    """Whether a stem stands anywhere in a text, because many languages put syllables before a word. One or two Latin
    letters would be found everywhere, so they must be a whole word."""
    stem = stem.casefold()
    if len(stem) < 3 and stem.isascii():
        return re.search(rf"(?<!\w){re.escape(stem)}(?!\w)", folded) is not None
    return stem in folded


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
