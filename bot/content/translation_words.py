"""Rules about the words of a translation: written in the script of the language, and none left in English.

Latin words stand in other scripts only where the English has them too, as names do. A stretch of English that a
translator passed over reads as English in any script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bot.content.translation_marks import Remark, bare
from bot.content.writing_systems import LATIN, WritingSystem, letter_script

_STRETCH = 4  # so many words in a row, as they stand in the English, are no accident
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’-][A-Za-z\u00c0-\u024f]+)*")
_IN_BRACKETS = re.compile(r"[(（][^()（）\n]*[)）]")
_QUOTED = re.compile(r"“[^”\n]*”")
_DIRECTION_MARK = re.compile("[\u061c\u200e\u200f]")
# Arabic letters in the shapes that they take in a word: old programs wrote them so, and nothing finds or joins them.
_SHAPED = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")


def word_remarks(english: str, own: str, writing: WritingSystem, organisation: str, *, typed: bool) -> Iterator[Remark]:
    """What is wrong with the letters and words of a translation.

    organisation: the id of the one that it speaks of, if any; typed: whether people type these words, also in Latin
    letters.
    """
    mark = _DIRECTION_MARK.search(own)
    if mark:
        message = f"a direction mark (U+{ord(mark[0]):04X}) stands here; delete it, the bot adds what is needed"
        yield Remark("direction-mark", message, warning=False)
    said = bare(own)
    yield from _letters(said, writing)
    if not typed:
        yield from _latin_words(english, said, writing, organisation)
        yield from _left_in_english(english, said)


def _letters(said: str, writing: WritingSystem) -> Iterator[Remark]:
    letters = {char: script for char in set(said) if (script := letter_script(char))}
    shaped = _SHAPED.search(said)
    wrong = sorted(letters.keys() & writing.lookalikes.keys())
    foreign = sorted(char for char, script in letters.items() if script != LATIN and script not in writing.letters)
    if shaped:
        message = f"`{shaped[0]}` (U+{ord(shaped[0]):04X}) is the shape of a letter, not the letter; type it again"
        yield Remark("foreign-letters", message, warning=False)
    for char in wrong:
        right = writing.lookalikes[char]
        message = f"`{char}` ({_code(char)}) in `{_word_with(char, said)}` is of another language; write `{right}`"
        yield Remark("foreign-letters", message + (f" ({_code(right)})" if len(right) == 1 else ""), warning=False)
    if foreign and not shaped:
        char = foreign[0]
        message = f"`{char}` in `{_word_with(char, said)}` is a letter of another script ({letters[char].title()})"
        yield Remark("foreign-letters", f"{message}; type the word again", warning=False)


def _latin_words(english: str, said: str, writing: WritingSystem, organisation: str) -> Iterator[Remark]:
    if writing.latin:
        return
    known, plain = _words_of(english)
    if plain and not any(map(writing.has, said)):
        message = f"nothing here is written in {writing.script} letters; translate it"
        yield Remark("no-own-script", message, warning=False)
        return
    new = [word for word in dict.fromkeys(_LATIN_WORD.findall(said)) if _folded(word) not in known]
    if new:  # what stands in brackets explains the word before it
        here = set(map(_folded, organisation.split("_")))
        outside = _LATIN_WORD.findall(_IN_BRACKETS.sub(" ", said))
        new = [word for word in new if word in outside and _folded(word) not in here and not _is_abbreviation(word)]
    if new:
        shown = ", ".join(f"`{word}`" for word in new[:5])
        yield Remark("latin-words", f"{shown}: not in the English; write it in {writing.script} letters")


def _is_abbreviation(word: str) -> bool:
    """Such as SMS, which people write in Latin letters everywhere."""
    return word.isupper() or len(word) == 1


def _left_in_english(english: str, said: str) -> Iterator[Remark]:
    stretches = _stretches(english)
    words = _LATIN_WORD.findall(said)
    for start in range(len(words) - _STRETCH + 1):
        found = tuple(words[start : start + _STRETCH])
        if found in stretches:
            yield Remark("unchanged-text", f"`{' '.join(found)}` is still in English; translate it")
            return


@lru_cache(5_000)
def _words_of(english: str) -> tuple[frozenset[str], bool]:
    """The words of an English text, as they are compared, and whether any is more than a name or a sign."""
    words = _LATIN_WORD.findall(english)
    plain = any(word.islower() and len(word) > 1 for word in _LATIN_WORD.findall(bare(english)))
    return frozenset(map(_folded, words)), plain


@lru_cache(5_000)
def _stretches(english: str) -> frozenset[tuple[str, ...]]:
    """The stretches of words that are no name: at least two of them are small and longer than `for` or `the`."""
    words = _LATIN_WORD.findall(_QUOTED.sub(".", bare(english)))
    found = (tuple(words[start : start + _STRETCH]) for start in range(len(words) - _STRETCH + 1))
    return frozenset(one for one in found if sum(word.islower() and len(word) > 3 for word in one) > 1)


def _folded(word: str) -> str:
    """A word as it is compared: small letters, and without the `s` of plural and possession."""
    return word.casefold().removesuffix("s").rstrip("'’")


def _word_with(char: str, said: str) -> str:
    return next((word for word in said.split() if char in word), char)[:30]


def _code(char: str) -> str:
    return f"U+{ord(char):04X}"
