"""Turns a text and its values into lines for a person: translated, plural, with markup, and in the right order.

The markup is small: `**bold**`, `[label](https://…)` and lines that begin with `- `. It is read before values are put
in, so no value can add any.

Right-to-left languages (Unicode Standard Annex #9): every line begins with a right-to-left mark; every inserted value
stands in an isolate, and so does every run of Latin letters and digits in the translation, so that a postcode or a
telephone number is never shown in the wrong order.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.engine.languages import name_in
from bot.engine.model import Line, Span, Text

RLM = "\u200f"  # right-to-left mark
LRI, FSI, PDI = "\u2066", "\u2068", "\u2069"  # left-to-right isolate, first strong isolate, pop isolate

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_MARKUP = re.compile(r"\*\*(?P<bold>.+?)\*\*|\[(?P<label>[^\]\n]+)\]\((?P<url>[^)\s]+)\)")
# A run that must keep its left-to-right order inside right-to-left text: digits or Latin letters, and what joins them.
# A bracket belongs to the run only together with the one that closes it.
_WORD, _JOINT = "[+/£]?[0-9A-Za-z]+", "[ .,:/@&'’_+%£-]*"
_PIECE = rf"(?:{_WORD}|\({_WORD}(?:{_JOINT}[0-9A-Za-z])*[.%]?\))"
_LATIN_RUN = re.compile(rf"{_PIECE}(?:{_JOINT}{_PIECE})*[%+]?")
_CONTROLS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # direction marks that a value might bring


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language. `messages` maps (context, msgid) to its forms; English has none and shows the msgid.

    `language` is the BCP 47 tag, `locale` the CLDR locale that formats dates, numbers and lists.
    """

    language: str
    locale: str
    rtl: bool
    messages: Mapping[tuple[str, str], tuple[str, ...]]
    plural_form: Callable[[int], int]
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Code:
    """A value that always reads left to right: a telephone number, a postcode, a web address."""

    text: str


@dataclass(frozen=True, slots=True)
class Month:
    """A date shown as month and year."""

    date: dt.date


@dataclass(frozen=True, slots=True)
class Names:
    """Names joined as the language joins a list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """A value of whole lines, such as a list of organisations; it stands alone on its line of the text."""

    of: Callable[[Wording], tuple[Line, ...]]


Value = str | int | dt.date | Text | Code | Month | Names | Lines
Values = Mapping[str, Value]


class MissingValue(KeyError):
    """A text names a value that no action gave: the flow that it stands in, or the facts, changed since it was said."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Says texts in one language."""

    catalogue: Catalogue

    @property
    def rtl(self) -> bool:
        """Whether the language is written from right to left."""
        return self.catalogue.rtl

    def template(self, text: Text, values: Values) -> str:
        """The text in this language, or in English where it is not translated, with its placeholders still in it."""
        number = values.get(text.count or "")
        count = number if isinstance(number, int) else 1
        forms = self.catalogue.messages.get((text.context, text.msgid))
        if forms:
            return forms[self.catalogue.plural_form(count) if text.plural else 0]
        return text.msgid if text.plural is None or count == 1 else text.plural

    def translated(self, text: Text) -> bool:
        """Whether this language has its own words for the text."""
        return (text.context, text.msgid) in self.catalogue.messages

    def _speaker(self, text: Text) -> Wording:
        """English text keeps its order also where it stands in for a right-to-left translation that is missing."""
        stands_in = self.rtl and not self.translated(text) and has_words(text.msgid)
        return Wording(ENGLISH) if stands_in else self

    def lines(self, text: Text, values: Values) -> tuple[Line, ...]:
        """The text as lines of spans."""
        lines: list[Line] = []
        speaker = self._speaker(text)
        for raw in self.template(text, values).strip().split("\n"):
            whole = PLACEHOLDER.fullmatch(raw.strip())
            value = values.get(whole[1]) if whole else None
            if isinstance(value, Lines):
                lines.extend(value.of(self))
            else:
                lines.append(speaker._line(raw.strip(), values))
        return tuple(lines)

    def line(self, text: Text, values: Values) -> Line:
        """The text as one line."""
        return self._speaker(text)._line(" ".join(self.template(text, values).split()), values)

    def plain(self, text: Text) -> Line:
        """A text that has no markup and no placeholders, such as an organisation's own words, as one line."""
        speaker = self._speaker(text)
        return speaker.directed((Span(speaker._literal(self.label(text))),))

    def language_name(self, tag: str) -> str:
        """The name of a language in this one (CLDR), or its tag where CLDR has no name for it."""
        return name_in(tag, self.catalogue.locale)

    def label(self, text: Text, values: Values | None = None) -> str:
        """The text for a button: one line, no markup, no direction marks (Telegram shows a label by its own rules)."""
        template = " ".join(self.template(text, values or {}).split())
        return template if values is None else self._put_in(template, values)

    def _line(self, raw: str, values: Values) -> Line:
        if raw.startswith("- "):
            raw = "• " + raw[2:]
        spans: list[Span] = []
        end = 0
        for match in _MARKUP.finditer(raw):
            spans.append(Span(self._fill(raw[end : match.start()], values)))
            if match["bold"] is not None:
                spans.append(Span(self._fill(match["bold"], values), bold=True))
            else:
                url = self._put_in(match["url"], values)
                spans.append(Span(self._fill(match["label"], values), url=url))
            end = match.end()
        spans.append(Span(self._fill(raw[end:], values)))
        return self.directed(tuple(span for span in spans if span.text))

    def directed(self, line: Line) -> Line:
        """The line with the mark that sets its direction, where the language needs one."""
        return (Span(RLM), *line) if self.rtl and line else line

    def _put_in(self, raw: str, values: Values) -> str:
        return PLACEHOLDER.sub(lambda match: self._plain(_given(values, match[1])), raw)

    def _fill(self, raw: str, values: Values) -> str:
        parts: list[str] = []
        end = 0
        for match in PLACEHOLDER.finditer(raw):
            parts.append(self._literal(raw[end : match.start()]))
            parts.append(self.value(_given(values, match[1])))
            end = match.end()
        parts.append(self._literal(raw[end:]))
        return "".join(parts)

    def _literal(self, text: str) -> str:
        return _LATIN_RUN.sub(_isolated, text) if self.rtl else text

    def value(self, value: Value) -> str:
        """One value as it stands in a line, isolated where the language is written from right to left."""
        if not self.rtl:
            return self._plain(value)
        if isinstance(value, Text) and self.translated(value):
            return f"{FSI}{self._literal(self.label(value))}{PDI}"
        if isinstance(value, Names):
            names = tuple(f"{FSI}{_tame(name)}{PDI}" for name in value.items)
            return f"{FSI}{self._list(names)}{PDI}"
        plain = self._plain(value)
        return f"{LRI}{plain}{PDI}" if isinstance(value, Code | int) else f"{FSI}{plain}{PDI}"

    def _plain(self, value: Value) -> str:
        locale = self.catalogue.locale
        match value:
            case str():
                return _tame(value)
            case Text():
                return self.label(value)
            case int():
                return format_decimal(value, locale=locale)
            case Code():
                return value.text
            case Month():
                # Not the pattern "LLLL y": Babel 2.18 mixes up the languages of stand-alone month names.
                return format_skeleton("yMMMM", value.date, locale=locale)
            case Names():
                return self._list(tuple(map(_tame, value.items)))
            case Lines():
                return " ".join("".join(span.text for span in line) for line in value.of(self))
        return format_date(value, "long", locale=locale)

    def _list(self, names: tuple[str, ...]) -> str:
        return format_list(names, locale=self.catalogue.locale)


def _given(values: Values, name: str) -> Value:
    try:
        return values[name]
    except KeyError:
        raise MissingValue(name) from None


def _isolated(run: re.Match[str]) -> str:
    """A left-to-right run in its isolate. Brackets around the whole of it belong to the text outside, so that they
    still embrace it where a line breaks inside."""
    text = run[0]
    if text[0] == "(" and text[-1] == ")" and text.count("(") == 1:
        return f"({LRI}{text[1:-1]}{PDI})"
    return f"{LRI}{text}{PDI}"


def has_words(msgid: str) -> bool:
    """Whether a text has words of its own to translate, besides the values that are put into it."""
    return any(letter.isalpha() for letter in PLACEHOLDER.sub("", msgid))


def _tame(value: str) -> str:
    """A value on one line, without direction marks of its own."""
    return _CONTROLS.sub("", " ".join(value.split()))


def english_plural(count: int) -> int:
    """The plural form of English: 0 for one, 1 for any other number."""
    return 0 if count == 1 else 1


ENGLISH = Catalogue("en", "en_GB", False, {}, english_plural, True)
