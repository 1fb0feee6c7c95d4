"""Rules about the signs of a translation beside those of its English: ends of sentences, quotation marks, brackets,
spaces, lines and numbers. Each script has signs of its own; what counts is that each does the same work.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.content.writing_systems import WritingSystem
from bot.engine.wording import PLACEHOLDER


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said of a translation; whoever reads the file adds where it stands."""

    rule: str
    message: str
    warning: bool = True


# What ends a sentence or a line, by what it does. The marks are those of Latin, Arabic, Urdu, Ethiopic, Indic, Chinese,
# Armenian, Burmese and Khmer.
_KINDS: Mapping[str, str] = {
    **dict.fromkeys(".。．۔።।॥։။។", "full stop"),
    **dict.fromkeys("?？؟፧\u037e", "question mark"),
    **dict.fromkeys("!！", "exclamation mark"),
    **dict.fromkeys(":：፦", "colon"),
    "…": "ellipsis",
}
_CLOSING = ' \u00a0\u202f*”“»’」』)）]】›"'
_ENDING = "".join(_KINDS) + ",،፣，;؛፤；" + _CLOSING
_QUOTES: Mapping[str, str] = {"“": "”", "«": "»", "„": "”“", "「": "」", "『": "』", "《": "》", '"': '"'}
_QUOTE = re.compile('[“”«»„「」『』《》"]')
_BRACKETS: Mapping[str, str] = {"(": ")", "[": "]", "（": "）", "【": "】"}
_BRACKET = re.compile("[()[\\]（）【】]")

_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\s]+\)")
_OTHER_DIGIT = re.compile(r"[^\D0-9]+")
_NUMBER = re.compile(r"[0-9]+")
_DOUBLE_SPACE = re.compile(r"[^\S\n]{2,}")
_LATIN_MARK = re.compile(r"[.,;?!:]")
_EMPTY = "\ufffc"  # stands where a value will be put in

# Numbers that a translation may write where the English has a word.
_WORDS_OF_NUMBERS: Mapping[str, frozenset[str]] = {
    word: frozenset({f"{number}", f"0{number}"})
    for words, first in (
        ("January February March April May June July August September October November December", 1),
        ("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen", 1),
        ("first second third fourth fifth", 1),
        ("Sunday Monday Tuesday Wednesday Thursday Friday Saturday", 1),  # Vietnamese counts the days so
    )
    for number, word in enumerate(words.split(), first)
}
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS_OF_NUMBERS)})\b")


@lru_cache(20_000)
def bare(text: str) -> str:
    """The words that people read: without marks of bold, addresses of links and names of values."""
    return PLACEHOLDER.sub(_EMPTY, _LINK.sub(r"\1", text)).replace("**", "")


def mark_remarks(english: str, own: str, writing: WritingSystem) -> Iterator[Remark]:
    """What is wrong with the signs of a translation."""
    yield from _placeholders(english, own)
    yield from _lines(english, own)
    said = bare(own)
    yield from _spaces(english, said)
    yield from _ends(bare(english), said)
    yield from _foreign_marks(said, writing)
    yield from _numbers(english, said)
    yield from _quotes(bare(english), said)
    yield from _brackets(bare(english), said)
    yield from _doubled(said, writing)


def _placeholders(english: str, own: str) -> Iterator[Remark]:
    wanted, found = _values(english), _values(own)
    for name in sorted(set(wanted) & set(found)) if wanted != found else ():
        if found.count(name) != wanted.count(name):
            message = f"`{{{name}}}` stands {found.count(name)} times, in the English {wanted.count(name)}"
            yield Remark("placeholder-count", f"{message}; write it as often", warning=False)


def _values(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def _lines(english: str, own: str) -> Iterator[Remark]:
    wanted, found = ([not line.strip() for line in text.strip().split("\n")] for text in (english, own))
    if wanted == found:
        return
    if len(wanted) != len(found):
        what = f"the English has {len(wanted)} lines, the translation has {len(found)}"
    else:
        number = next(number for number, (a, b) in enumerate(zip(wanted, found, strict=True), 1) if a != b)
        what = f"line {number} is empty in the {'English' if wanted[number - 1] else 'translation'} alone"
    yield Remark("line-count", f"{what}; break it at the same places", warning=False)


def _spaces(english: str, said: str) -> Iterator[Remark]:
    for line in said.split("\n"):
        if line != line.strip() and english == english.strip():
            yield Remark("edge-space", "a line begins or ends with a space; delete it")
            break
    double = _DOUBLE_SPACE.search(said)
    if double and not _DOUBLE_SPACE.search(english):
        yield Remark("double-space", f"two spaces stand after `{_before(said, double.start())}`; delete one")


def _ends(english: str, said: str) -> Iterator[Remark]:
    wanted, found = _ends_of(english), _ends_of(said)
    if len(wanted) != len(found):
        wanted, found = wanted[-1:], found[-1:]
    for number, ((kind, mark), (other, own)) in enumerate(zip(wanted, found, strict=True), 1):
        if len(wanted) == 1 and not kind and other == "question mark":
            continue  # `Find my MP` is asked as a question in some languages
        if kind != other:
            here = f"line {number}" if len(wanted) > 1 else "the translation"
            ends = f"ends with the {other} `{own}`" if other else "ends without a mark"
            english_has = f"with the {kind} `{mark}`" if kind else "without one"
            yield Remark("end-mark", f"{here} {ends}, the English {english_has}; make them the same")


@lru_cache(20_000)
def _ends_of(said: str) -> tuple[tuple[str, str], ...]:
    """What the mark at the end of each line does, and the mark; empty where there is none."""
    lasts = (line.rstrip(_CLOSING)[-1:] for line in said.strip().split("\n"))
    return tuple((_KINDS.get(last, ""), last if last in _KINDS else "") for last in lasts)


def _foreign_marks(said: str, writing: WritingSystem) -> Iterator[Remark]:
    if not writing.marks:
        return
    for match in _LATIN_MARK.finditer(said):
        mark, start = match[0], match.start()
        own = writing.marks.get(mark)
        if own is None or not start or not writing.has(said[:start].rstrip(_CLOSING)[-1:] or " "):
            continue
        word = said[:start].split()[-1:] or [""]
        after = said[match.end() : match.end() + 1]
        if mark == "." and ("." in word[0] or after not in {"", *_CLOSING, "\n"}):
            continue  # an abbreviation, or an address
        yield Remark("foreign-mark", f"`{mark}` after `{_before(said, start)}` is not of this script; write `{own}`")
        return


def _numbers(english: str, said: str) -> Iterator[Remark]:
    other = _OTHER_DIGIT.search(said)
    if other:
        yield Remark("own-digits", f"`{other[0]}`: write numbers with the digits 0 to 9", warning=False)
        return
    wanted, words = _numbers_of(english)
    found = sorted(_NUMBER.findall(said))
    if wanted == found:
        return
    lost = sorted(Counter(wanted) - Counter(found))
    added = sorted(number for number in Counter(found) - Counter(wanted) if number not in words)
    if lost:
        message = f"the English has {', '.join(lost)}, and the translation has not; write the same numbers"
        yield Remark("numbers", message)
    if added:
        message = f"the translation has {', '.join(added)}, and the English has not; write the same numbers"
        yield Remark("numbers", message)


@lru_cache(5_000)
def _numbers_of(english: str) -> tuple[list[str], frozenset[str]]:
    """The numbers of an English text, and those that it says in words."""
    said = bare(english)
    words = (_WORDS_OF_NUMBERS[word] for word in _NUMBER_WORD.findall(said))
    return sorted(_NUMBER.findall(said)), frozenset[str]().union(*words)


def _quotes(english: str, said: str) -> Iterator[Remark]:
    wanted, found = _pairs(english, _QUOTES, _QUOTE), _pairs(said, _QUOTES, _QUOTE)
    if found is None:
        yield Remark("quotes", "a quotation mark has no partner; write both, as this language writes them")
    elif wanted is not None and found < wanted:  # more are right where a language quotes what somebody says
        message = f"the English has words in quotation marks {wanted} times, the translation {found}; mark the same"
        yield Remark("quotes", message)


def _brackets(english: str, said: str) -> Iterator[Remark]:
    if _pairs(said, _BRACKETS, _BRACKET) is None and _pairs(english, _BRACKETS, _BRACKET) is not None:
        yield Remark("brackets", "a bracket has no partner; write both")


def _pairs(said: str, partners: Mapping[str, str], signs: re.Pattern[str]) -> int | None:
    """How many pairs there are; None if one has no partner."""
    waiting: list[str] = []
    pairs = 0
    for sign in signs.findall(said):
        if waiting and sign in partners[waiting[-1]]:
            waiting.pop()
            pairs += 1
        elif sign in partners:
            waiting.append(sign)
        else:
            return None
    return None if waiting else pairs


def _doubled(said: str, writing: WritingSystem) -> Iterator[Remark]:
    if writing.doubling is None:
        return
    for line in said.split("\n"):
        words = line.split()
        for word, after in pairwise(words):
            if word == after.rstrip(_ENDING) and len(word) > 1 and word.isalpha() and word not in writing.doubling:
                yield Remark("double-word", f"`{word}` stands twice; delete one")
                return


def _before(said: str, position: int) -> str:
    """The last word before a place, to find it by."""
    return (said[:position].split() or [""])[-1][-30:]
