"""Typed words as they are compared: without what people leave out, type by another key, or paste without seeing it."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Letters of the Arabic script that keyboards of its languages have in different forms (Unicode names: FARSI YEH, ALEF
# MAKSURA, KEHEH, HEH GOAL, HEH DOACHASHMEE, AE, TEH MARBUTA).
_SAME = str.maketrans("یىکہھەة", "ييكهههه")


def folded(text: str) -> str:
    """The words without what people leave out: case, signs, emoji, and marks above and below letters (hamza, ogonek).

    Vowel signs of Indic scripts are letters to their readers; their combining class is 0, and they stay.
    """
    kept = (
        str(unicodedata.digit(char)) if char.isdigit() else char
        for char in unicodedata.normalize("NFKD", text.casefold())
        if char.isalnum() or char.isspace() or (unicodedata.category(char)[0] == "M" and not _is_left_out(char))
    )
    return " ".join("".join(kept).translate(_SAME).split())


def _is_left_out(mark: str) -> bool:
    return unicodedata.combining(mark) >= 27


@lru_cache(20_000)
def folded_label(label: str) -> str:
    """As `folded`, remembered: for labels and names of ours, of which there are few. Never for what a person typed."""
    return folded(label)
