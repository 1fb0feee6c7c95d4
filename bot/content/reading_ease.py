"""Whether English text is easy to read: for people who learn English, and for whoever translates it.

Measured with the Automated Readability Index (Smith and Senter 1967), which counts letters, words and sentences and so
knows no word list: about the school grade at which a text is understood. Addresses are not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.text_rules import Finding
from bot.engine.wording import PLACEHOLDER

MAX_GRADE = 9
MAX_WORDS_IN_A_SENTENCE = 25
_FEW_WORDS = 20  # a grade of fewer words says nothing

_LINK = re.compile(r"\[([^\]\n]+)\]\([^)\s]+\)")
_SENTENCE_END = re.compile(r"(?<=[.!?:])[ ”]+|\n")


def hard_to_read(text: str) -> Iterator[Finding]:
    """What makes the text hard to read. Texts of a few words and lists of names pass."""
    from textstat import textstat  # takes 0.4 s to import, and a running bot never needs it

    sentences = [sentence for sentence in _SENTENCE_END.split(_bare(text)) if len(sentence.split()) > 1]
    longest = max(sentences, key=lambda sentence: len(sentence.split()), default="")
    words = len(longest.split())
    if words > MAX_WORDS_IN_A_SENTENCE:
        message = f"a sentence has {words} words (“{longest[:40]}…”), more than {MAX_WORDS_IN_A_SENTENCE}; make two"
        yield "long-sentence", message
    plain = " ".join(f"{sentence.rstrip('.!?: ')}." for sentence in sentences)
    if len(plain.split()) < _FEW_WORDS:
        return
    grade = round(textstat.automated_readability_index(plain), 1)
    if grade > MAX_GRADE:
        yield (
            "hard-to-read",
            f"needs about {grade} years of school, more than {MAX_GRADE}; use shorter words and sentences",
        )


def _bare(text: str) -> str:
    """The words without markup, addresses and values."""
    text = PLACEHOLDER.sub("it", _LINK.sub(r"\1", text)).replace("**", "")
    return re.sub(r"^- ", "", text, flags=re.MULTILINE)
