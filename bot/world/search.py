"""Finds constituencies by their name or their member's, with typing errors.

Names are compared word by word: every typed word looks for its like among all words of all names. Capitals, accents,
punctuation and titles do not count, nor does a space too many or too few.
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.engine.facts import Area

MOST = 8
_MAX_TEXT = 200
_MAX_WORDS = 8
_ENOUGH = 55.0  # of 100: a word without its like counts 0, the same word 100
_NEAR_THE_BEST = 12.0  # what resembles the text that much less than the best does is not shown
_APOSTROPHES = re.compile(r"['’ʼ`]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_IGNORED_WORDS = """
the of and upon in for is my our who are you what mp mps member constituency parliament
mr mrs ms miss mx dr prof sir dame lord lady rev rt hon right honourable
"""
_IGNORED = frozenset(_IGNORED_WORDS.split())
_SAME = {"saint": "st"}


def words(name: str) -> tuple[str, ...]:
    """The words of a name that count: folded to plain small letters, without titles."""
    plain = _APOSTROPHES.sub("", name)
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    plain = plain.casefold()
    found = (_SAME.get(word, word) for word in _NOT_A_WORD.split(plain) if word)
    return tuple(word for word in found if word not in _IGNORED)


@dataclass(frozen=True, slots=True)
class PlaceSearch:
    """Names ready to be searched. `holders`: which names hold a word, or two neighbouring words written as one."""

    areas: tuple[Area, ...]
    names: tuple[tuple[int, int], ...]  # of each name: its area, and how many words it has
    holders: Mapping[str, tuple[int, ...]]
    vocabulary: tuple[str, ...]

    def find(self, text: str) -> tuple[Area, ...]:
        """The areas whose names resemble the text, best first, at most eight; () where nothing does."""
        score: dict[int, float] = defaultdict(float)
        covered: dict[int, float] = defaultdict(float)  # how much of the best name was typed
        by_name: dict[int, float] = defaultdict(float)
        weights = 0.0
        for word in self._typed(text):
            best: dict[int, float] = {}
            for like, likeness in self._like(word):
                for name in self.holders[like]:
                    best[name] = max(best.get(name, 0.0), likeness)
            areas: dict[int, float] = {}
            for name, likeness in best.items():
                by_name[name] += likeness
                area, length = self.names[name]
                areas[area] = max(areas.get(area, 0.0), likeness)
                covered[area] = max(covered[area], by_name[name] / length)
            # "abbott" says more than "north"; a short word that is like nothing may be an abbreviation
            weight = 1 / math.log2(1 + len(areas)) if areas else 0.5 if len(word) < 4 else 1.0
            weights += weight
            for area, likeness in areas.items():
                score[area] += likeness * weight
        least = max(_ENOUGH * weights, max(score.values(), default=0.0) - _NEAR_THE_BEST * weights)
        good = [(-score[area], -covered[area], self.areas[area].name, area) for area in score if score[area] >= least]
        return tuple(self.areas[area] for *_, area in sorted(good)[:MOST])

    def _typed(self, text: str) -> list[str]:
        """The words of a text; two of them that are one in a name ("new castle") are joined."""
        found: list[str] = []
        for word in words(text[:_MAX_TEXT])[:_MAX_WORDS]:
            known = found and found[-1] in self.holders and word in self.holders
            if found and not known and found[-1] + word in self.holders:
                found[-1] += word
            else:
                found.append(word)
        return found

    def _like(self, word: str) -> Iterable[tuple[str, float]]:
        """Known words that resemble a typed one, with a score up to 100."""
        if word in self.holders:
            yield word, 100.0
        if len(word) < 3:
            return
        for known in self.vocabulary:
            if known.startswith(word) and known != word:
                yield known, 90.0
        cutoff = 85 if len(word) < 5 else 80
        close = process.extract(word, self.vocabulary, scorer=fuzz.ratio, limit=None, score_cutoff=cutoff)
        yield from ((known, likeness * 0.95) for known, likeness, _ in close)


def place_search(named: Iterable[tuple[Area, Iterable[str]]]) -> PlaceSearch:
    """A search over areas, each with all names it is found by."""
    areas: list[Area] = []
    names: list[tuple[int, int]] = []
    holders: dict[str, set[int]] = defaultdict(set)
    for area, its_names in named:
        for name in its_names:
            its_words = words(name)
            for word in (*its_words, *(a + b for a, b in itertools.pairwise(its_words))):
                holders[word].add(len(names))
            names.append((len(areas), len(its_words) or 1))
        areas.append(area)
    sorted_holders = {word: tuple(sorted(found)) for word, found in holders.items()}
    return PlaceSearch(tuple(areas), tuple(names), sorted_holders, tuple(sorted_holders))
