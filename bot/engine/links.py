"""What a link to the bot carries: `flow[-language][-ref]`, for example `mp-ar-leeds7`.

The one place for this grammar: what makes links and what opens them both use it. Bot API, deep linking: a payload is
at most 64 of the characters A-Z, a-z, 0-9, _ and -.

- `flow` is the word under `start.link` of the flow. It has no hyphen, so the first one ends it. Without a word
  (`-ar`), the bot's start opens.
- `language` is a tag, and may have hyphens of its own (`zh-Hans`, `pt-BR`): of those that fit, the longest is meant.
- `ref` says where the link hangs, for the people who put it there. It is read, and never kept.

Links are printed, and hang on walls for years. So a ref must not begin with a piece that could be read as a language,
or the rest of one, also of a language that the bot does not speak yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MAX_PAYLOAD = 64
_REF = re.compile(r"[A-Za-z0-9_]+(-[A-Za-z0-9_]+)*")
# BCP 47: a language (2 or 3 letters), a script (4 letters), a region (2 letters, or 3 digits); written as CLDR does.
_PIECE_OF_A_TAG = re.compile(r"[a-z]{2,3}|[A-Z][a-z]{3}|[A-Z]{2}|[0-9]{3}")


@dataclass(frozen=True, slots=True)
class Link:
    """What a payload means. `word` is the flow's own word for links; `language` a BCP 47 tag."""

    word: str
    language: str | None = None
    ref: str = ""

    @property
    def payload(self) -> str:
        """The link as it travels."""
        return "-".join([self.word, *filter(None, (self.language, self.ref))])


def read_link(payload: str, languages: Iterable[str]) -> Link:
    """What was meant by a payload, whatever it is. `languages` are the tags that the bot speaks."""
    word, _, rest = payload.partition("-")
    tags = [tag for tag in languages if f"{rest}-".startswith(f"{tag}-")]
    language = max(tags, key=len, default=None)
    return Link(word, language, rest[len(language) + 1 :] if language else rest)


def wrong_ref(ref: str) -> str | None:
    """Why no link can carry this ref, with the remedy; None if one can."""
    if not _REF.fullmatch(ref):
        return "use letters A to Z, digits and _, with single hyphens between them"
    first = ref.partition("-")[0]
    if _PIECE_OF_A_TAG.fullmatch(first):
        return f"`{first}` could be read as part of a language; write for example `{first}_1`"
    return None
