"""How a language is written: its script, the marks that end its sentences, and letters that only look like its own.

The script of a language is CLDR's (likely subtags), and the script of a letter is the first word of its name in the
Unicode Character Database, both without tables of ours. CLDR says nothing of the rest: which mark a script writes where
English has a full stop, and which letters of a neighbouring language are typed by mistake.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from bot.engine.languages import locale_of

LATIN = "LATIN"
# CLDR tells two kinds of Han apart; Unicode has one script.
_SCRIPTS: Mapping[str, str] = {"Hans": "Hani", "Hant": "Hani"}
# Where the name of a script in CLDR is not the word that the names of its letters begin with.
_LETTER_NAMES: Mapping[str, frozenset[str]] = {
    "Beng": frozenset({"BENGALI"}),
    "Orya": frozenset({"ORIYA"}),
    "Hani": frozenset({"CJK"}),
    "Jpan": frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
    "Kore": frozenset({"CJK", "HANGUL"}),
}
# Letters and signs of no script in particular.
_SHARED = frozenset({"MODIFIER", "FEMININE", "MASCULINE", "MICRO", "COMBINING", "VARIATION"})

# The scripts of CLDR's languages whose letters run from right to left (Unicode: bidirectional classes R and AL).
_RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"})

# What a script writes where Latin has these marks.
_ARABIC = {",": "،", ";": "؛", "?": "؟"}
_INDIC = {".": "।"}
_MARKS: Mapping[str, Mapping[str, str]] = {
    "Arab": _ARABIC,
    "Beng": _INDIC,
    "Deva": _INDIC,
    "Guru": _INDIC,
    "Ethi": {".": "።", ",": "፣", ";": "፤"},
    "Hani": {".": "。", ",": "，", ";": "；", "?": "？", "!": "！", ":": "："},
}
_LANGUAGE_MARKS: Mapping[str, Mapping[str, str]] = {"ur": {**_ARABIC, ".": "۔"}}

_YEH, _ALEF_MAKSURA, _FARSI_YEH = "\u064a", "\u0649", "\u06cc"
_KAF, _KEHEH = "\u0643", "\u06a9"
_PERSIAN = {_YEH: _FARSI_YEH, _ALEF_MAKSURA: _FARSI_YEH, _KAF: _KEHEH}
# Letters of another language that look like the right one, and the right one. Pashto has both forms of yeh.
_LOOKALIKES: Mapping[str, Mapping[str, str]] = {
    "ar": {_FARSI_YEH: _YEH, _KEHEH: _KAF, "\u06c1": "\u0647", "\u06d5": "\u0647"},
    "ckb": {_YEH: _FARSI_YEH, _ALEF_MAKSURA: _FARSI_YEH, _KAF: _KEHEH, "\u0629": "\u06d5"},
    "fa": {**_PERSIAN, "\u06c1": "\u0647"},
    "prs": {**_PERSIAN, "\u06c1": "\u0647"},
    "ps": {_KAF: _KEHEH, "\u06c1": "\u0647"},
    "ur": {**_PERSIAN, "\u0647": "\u06c1"},
    "ro": {"ş": "ș", "ţ": "ț", "Ş": "Ș", "Ţ": "Ț"},
    "ru": {"і": "и", "ї": "и", "є": "е", "ґ": "г"},
    "uk": {"ы": "и", "э": "е", "ъ": "’", "ё": "йо"},
    "vi": {"ð": "đ", "Ð": "Đ"},
}

# Languages where a word that stands twice means more, each or several, so that it is no slip.
_DOUBLING = frozenset(
    {"am", "bn", "ckb", "fa", "hi", "id", "kmr", "ms", "my", "ne", "pa", "prs"}
    | {"ps", "si", "so", "sw", "ta", "te", "ti", "tr", "ur", "vi", "zh"}
)
# Small words of other languages that rightly meet themselves.
_MEETING: Mapping[str, frozenset[str]] = {"fr": frozenset({"nous", "vous"}), "sq": frozenset({"të", "e", "së"})}


@dataclass(frozen=True, slots=True)
class WritingSystem:
    """How one language is written.

    script      its name in English, for people
    letters     the first words of the names of its letters (Unicode)
    marks       by each mark of Latin that is wrong here, what is written instead
    lookalikes  by each letter that is wrong here, the right one
    doubling    words that may stand twice in a row; None where every word may
    """

    script: str
    letters: frozenset[str]
    marks: Mapping[str, str]
    lookalikes: Mapping[str, str]
    doubling: frozenset[str] | None

    @property
    def latin(self) -> bool:
        """Whether it is written in Latin letters."""
        return LATIN in self.letters

    def has(self, char: str) -> bool:
        """Whether a character is a letter of its script, or a sign on one."""
        return letter_script(char) in self.letters


def right_to_left(tag: str) -> bool:
    """Whether the language with this tag is written from right to left. The tag must be one that `locale_of` knows.

    CLDR's own word for it stands in each language's data, a file of its own that takes milliseconds to read; its script
    says the same.
    """
    return _script_of(tag) in _RIGHT_TO_LEFT


def writing_of(tag: str) -> WritingSystem:
    """How the language with this tag is written. The tag must be one that `locale_of` knows."""
    code = _script_of(tag)
    code = _SCRIPTS.get(code, code)
    name = str(Locale("en").scripts.get(code, code))
    language = tag.split("-")[0]
    return WritingSystem(
        name,
        _LETTER_NAMES.get(code, frozenset({name.split()[-1].upper()})),
        _LANGUAGE_MARKS.get(language, _MARKS.get(code, {})),
        _LOOKALIKES.get(language, {}),
        None if language in _DOUBLING else _MEETING.get(language, frozenset()),
    )


def _script_of(tag: str) -> str:
    locale = locale_of(tag)
    if locale.script:
        return locale.script
    likely = get_global("likely_subtags")
    found = likely.get(f"{locale.language}_{locale.territory}") or likely.get(locale.language) or ""
    return next((part for part in found.split("_") if len(part) == 4), "Latn")


@lru_cache(20_000)
def letter_script(char: str) -> str:
    """The script of a letter, or of a sign on one, as the first word of its name; empty for what is neither, or belongs
    to all scripts."""
    if not char.isalpha() and unicodedata.category(char)[0] != "M":
        return ""
    script = unicodedata.name(char, "").partition(" ")[0]
    return "" if script in _SHARED else script
