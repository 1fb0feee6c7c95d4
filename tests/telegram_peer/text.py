"""The text of a message on its way into a chat: read, cleaned, trimmed and measured as Telegram does it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tests.telegram_peer.entities import Entity, Formatted, read_entities, utf16_length
from tests.telegram_peer.errors import bad_request
from tests.telegram_peer.markup import parse_html

MAX_TEXT: Final = 4096
MAX_ENTITIES: Final = 100

# TDLib, `clean_input_string` in misc.cpp: these vanish; among them are the old bidirectional controls U+202A to
# U+202E. The isolates U+2066 to U+2069 stay.
_REMOVED: Final = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_BLANKED: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_MARK_BEFORE_MARK: Final = re.compile("[\u200e\u200f](?=[\u200e\u200f])")
_INVISIBLE: Final = " \n\u200b\u200c\u200d\u200e\u200f\ufeff\u00a0"


def read_text(text: str, parse_mode: str | None = None, entities: Sequence[object] | None = None) -> Formatted:
    """The text of a call as Telegram would store it. ApiError if Telegram would refuse it.

    Stricter than Telegram in three ways: HTML is the only markup, markup and entities exclude each other, and
    more than 100 entities are refused (Telegram drops the rest without a word).
    """
    if not text:
        raise bad_request("message text is empty")
    if parse_mode and entities:
        raise bad_request("parse_mode and entities exclude each other")
    if parse_mode and parse_mode.lower() != "html":
        raise bad_request("unsupported parse_mode: only HTML is understood here")
    written = parse_html(text) if parse_mode else Formatted(text, read_entities(text, entities or ()))
    stored = as_stored(written)
    if not stored.text.strip(_INVISIBLE):
        raise bad_request("text must be non-empty")
    if utf16_length(stored.text) > MAX_TEXT:
        raise bad_request("message is too long")
    if len(stored.entities) > MAX_ENTITIES:
        raise bad_request(f"more than {MAX_ENTITIES} entities")
    return stored


def as_stored(written: Formatted) -> Formatted:
    """Without control characters and blank edges; entities move with the text, and in order."""
    moved: list[int] = []  # for every old UTF-16 offset the new one
    length = 0
    for character in written.text:
        moved += [length] * utf16_length(character)
        length += 0 if _REMOVED.match(character) else utf16_length(character)
    moved.append(length)
    cleaned = _BLANKED.sub(" ", _REMOVED.sub("", written.text))
    cleaned = _MARK_BEFORE_MARK.sub("\u200c", cleaned)
    trimmed = cleaned.strip(" \n")
    margin, limit = len(cleaned) - len(cleaned.lstrip(" \n")), utf16_length(trimmed)

    def placed(entity: Entity) -> Entity:
        start = max(moved[entity.offset] - margin, 0)
        return replace(entity, offset=start, length=min(moved[entity.end] - margin, limit) - start)

    entities = (placed(entity) for entity in written.entities)
    return Formatted(
        trimmed,
        tuple(sorted((e for e in entities if e.length > 0), key=lambda e: (e.offset, -e.length, e.type))),
    )
