"""Message entities: what is bold, a link, a command in a text.

Offsets and lengths count UTF-16 code units, as everywhere in the Bot API.
https://core.telegram.org/bots/api#messageentity
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tests.telegram_peer.errors import ApiError, bad_request

ENTITY_TYPES: Final = frozenset(
    [
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "custom_emoji",
    ]
)
_FIELDS: Final = frozenset(["type", "offset", "length", "url", "custom_emoji_id"])
_BOT_COMMAND: Final = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@])")


@dataclass(frozen=True, slots=True)
class Entity:
    """One MessageEntity."""

    type: str
    offset: int
    length: int
    url: str | None = None
    custom_emoji_id: str | None = None

    @property
    def end(self) -> int:
        """The first unit after it."""
        return self.offset + self.length

    def to_json(self) -> dict[str, object]:
        """The object as the API sends it: absent fields are left out."""
        optional = {"url": self.url, "custom_emoji_id": self.custom_emoji_id}
        return {
            "type": self.type,
            "offset": self.offset,
            "length": self.length,
            **{name: value for name, value in optional.items() if value is not None},
        }


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as people see it, and the entities in it."""

    text: str
    entities: tuple[Entity, ...] = ()


def utf16_length(text: str) -> int:
    """The length of a text in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def bot_commands(text: str) -> tuple[Entity, ...]:
    """The commands that Telegram finds in what a person writes."""
    return tuple(
        Entity("bot_command", utf16_length(text[: found.start()]), utf16_length(found.group()))
        for found in _BOT_COMMAND.finditer(text)
    )


def checked_link(url: str) -> str | None:
    """A link as Telegram keeps it, or None if it takes no such link: http, https, tg and ton only."""
    if "://" not in url:
        if ":" in url.partition("/")[0]:  # mailto:, tel: and their like
            return None
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme in {"tg", "ton"}:
        return url if host else None
    if scheme not in {"http", "https"} or "." not in host or any(character.isspace() for character in url):
        return None
    return url if parts.path else url.replace(parts.netloc, f"{parts.netloc}/", 1)


def read_entities(text: str, given: Sequence[object]) -> tuple[Entity, ...]:
    """The entities that a call gives explicitly, checked against its text. ApiError for one that does not fit."""
    # Where a character begins; an entity may begin and end only there.
    boundaries = [0]
    for character in text:
        boundaries.append(boundaries[-1] + utf16_length(character))
    entities = tuple(_read_entity(item) for item in given)
    for entity in entities:
        if entity.offset > boundaries[-1]:
            raise bad_request(f"entity begins after the end of the text at UTF-16 offset {entity.offset}")
        place = f"entity beginning at UTF-16 offset {entity.offset}"
        if entity.end > boundaries[-1]:
            raise bad_request(f"{place} ends after the end of the text at UTF-16 offset {entity.end}")
        if not {entity.offset, entity.end} <= set(boundaries):
            raise bad_request(f"{place} begins or ends in a middle of a UTF-16 symbol")
    _require_nesting(entities)
    return entities


def _read_entity(item: object) -> Entity:
    if not isinstance(item, Mapping):
        raise _unreadable("expected an Object")
    if unknown := item.keys() - _FIELDS:
        raise _unreadable(f"unknown fields {sorted(unknown)}")
    kind, offset, length = item.get("type"), item.get("offset"), item.get("length")
    if kind not in ENTITY_TYPES:
        raise _unreadable("Unsupported type specified")
    if type(offset) is not int or type(length) is not int or offset < 0 or length <= 0:
        raise _unreadable("offset and length must be of type Number, and not negative")
    url = item.get("url")
    if kind != "text_link":
        return Entity(kind, offset, length, custom_emoji_id=item.get("custom_emoji_id"))
    if not isinstance(url, str):
        raise _unreadable('Can\'t find field "url"')
    link = checked_link(url)
    if link is None:
        raise bad_request(f"entity URL '{url}' is invalid: Wrong HTTP URL")
    return Entity(kind, offset, length, url=link)


def _require_nesting(entities: Sequence[Entity]) -> None:
    """One entity may lie inside another or apart from it, not across its end."""
    open_until: list[Entity] = []
    for entity in sorted(entities, key=lambda entity: (entity.offset, -entity.length)):
        while open_until and open_until[-1].end <= entity.offset:
            open_until.pop()
        if open_until and entity.end > open_until[-1].end:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends after the end of the text "
                f"at UTF-16 offset {entity.end}"
            )
        open_until.append(entity)


def _unreadable(reason: str) -> ApiError:
    return bad_request(f"can't parse MessageEntity: {reason}")
