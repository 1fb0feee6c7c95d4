"""Telegram's own HTML, read as strictly as Telegram reads it.

https://core.telegram.org/bots/api#html-style; the wording of refusals is that of TDLib (`parse_html` in
MessageEntity.cpp), so that what a bot reports in a test is what it would report in service.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.telegram_peer.entities import Entity, Formatted, checked_link, utf16_length
from tests.telegram_peer.errors import ApiError, bad_request

ENTITY_OF_TAG: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}

_TOKEN: Final = re.compile(
    r"""
      (?P<text> [^<]+ )
    | </ (?P<closing> [^\s>]* ) \s* >
    | < (?!/) (?P<opening> [^\s>]* ) (?P<attributes>
        (?: \s+ [^\s=>]+ (?: \s* = \s* (?: "[^"]*" | '[^']*' | [A-Za-z0-9.\-]+ (?= [\s>] ) ) )? )*
      ) \s* >
    """,
    re.VERBOSE,
)
_ATTRIBUTE: Final = re.compile(r"""([^\s=>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9.\-]+)))?""")
_REFERENCE: Final = re.compile(
    r"&(?:#x(?P<hex>[0-9A-Fa-f]{1,6})|#(?P<decimal>[0-9]{1,7})|(?P<named>lt|gt|amp|quot)(?![A-Za-z]));?"
)
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


@dataclass(frozen=True, slots=True)
class _Open:
    """A tag that waits for its end. Its text begins at this UTF-16 offset, with this piece of plain text."""

    tag: str
    attributes: Mapping[str, str]
    offset: int
    piece: int


def parse_html(markup: str) -> Formatted:
    """The text and its entities. ApiError "can't parse entities: …" for an unknown, unclosed or crossed tag."""
    pieces: list[str] = []
    length = 0
    opened: list[_Open] = []
    entities: list[Entity] = []
    position = 0
    while position < len(markup):
        token = _TOKEN.match(markup, position)
        at = f"at byte offset {len(markup[:position].encode())}"
        if token is None:
            raise _broken(markup[position:], opened, at)
        if token["opening"] is not None:
            tag = token["opening"].lower()
            opened.append(_Open(tag, _attributes(tag, token["attributes"], at), length, len(pieces)))
        elif token["closing"] is not None:
            start = _start_of(token["closing"].lower(), opened, at)
            entity = _entity(start, "".join(pieces[start.piece :]))
            entities += [entity] if entity else []
        else:
            pieces.append(_REFERENCE.sub(_character, token["text"]))
            length += utf16_length(pieces[-1])
        position = token.end()
    if opened:
        raise _cannot_parse(f'Can\'t find end tag corresponding to start tag "{opened[-1].tag}"')
    return Formatted("".join(pieces), tuple(entities))


def _character(reference: re.Match[str]) -> str:
    """The character that a reference such as &amp; stands for; one that Telegram does not know stays as it is."""
    if reference["named"]:
        return _NAMED[reference["named"]]
    code = int(reference["hex"], 16) if reference["hex"] else int(reference["decimal"])
    if 0xD800 <= code <= 0xDFFF:
        raise _cannot_parse("Text contains invalid Unicode characters after decoding HTML entities")
    return chr(code) if 0 < code < 0x10FFFF else reference[0]


def _attributes(tag: str, written: str, at: str) -> dict[str, str]:
    """The attributes of a start tag, if it is one of Telegram's."""
    if tag not in ENTITY_OF_TAG:
        raise _cannot_parse(f'Unsupported start tag "{tag}" {at}')
    attributes = {
        name: _REFERENCE.sub(_character, double or single) or bare.lower()
        for name, double, single, bare in _ATTRIBUTE.findall(written)
    }
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _cannot_parse(f'Tag "span" must have class "tg-spoiler" {at}')
    return attributes


def _start_of(tag: str, opened: list[_Open], at: str) -> _Open:
    """Takes the start that an end tag belongs to; "</>" ends whatever is open."""
    if not opened:
        raise _cannot_parse(f"Unexpected end tag {at}")
    start = opened.pop()
    if tag and tag != start.tag:
        raise _cannot_parse(f'Unmatched end tag {at}, expected "</{start.tag}>", found "</{tag}>"')
    return start


def _entity(start: _Open, text: str) -> Entity | None:
    """The entity of a closed tag. An empty one, and a link that leads nowhere, vanish as they do in Telegram."""
    kind, length = ENTITY_OF_TAG[start.tag], utf16_length(text)
    if not length:
        return None
    if kind == "text_link":
        link = checked_link(start.attributes.get("href") or text)
        return Entity(kind, start.offset, length, url=link) if link else None
    if kind == "custom_emoji":
        identifier = start.attributes.get("emoji-id", "")
        if not identifier.isdecimal() or not int(identifier):
            raise _cannot_parse("Invalid custom emoji identifier specified")
        return Entity(kind, start.offset, length, custom_emoji_id=identifier)
    if kind == "blockquote" and "expandable" in start.attributes:
        kind = "expandable_blockquote"
    return Entity(kind, start.offset, length)


def _broken(rest: str, opened: list[_Open], at: str) -> ApiError:
    """Why what begins with "<" is no tag."""
    if rest.startswith("</"):
        return _cannot_parse(f"{'Unclosed' if opened else 'Unexpected'} end tag {at}")
    tag = re.split(r"[\s>]", rest[1:], maxsplit=1)[0].lower()
    if len(tag) + 1 < len(rest) and tag not in ENTITY_OF_TAG:
        return _cannot_parse(f'Unsupported start tag "{tag}" {at}')
    return _cannot_parse(f"Unclosed start tag {at}")


def _cannot_parse(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")
