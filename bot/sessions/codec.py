"""What is remembered, as bytes and back.

The bytes are a zlib stream, padded with zeros to a multiple of 512 so that their length, which encryption does not
hide, says little about how far a conversation went. Within are two lines of JSON, each after the number of its format:

    1 [{"messages":[{"id":7,"sent":"2026-05-01T12:00:00Z","card":true}],"update_ids":[41,42],"version":3}]
    1 {"language":"ar","frames":[{"flow":"ask_mp","step":"ask_place"}]}

The first is the row without its session, the second the session, so that a new shape of sessions does not cost the ids
of messages that may still have to be deleted. A line of another format than today's is dropped; a line of today's
format that does not fit the dataclasses exactly, or anything else, raises SessionError. What could not be read is never
part of the error, nor its cause, because it is about a person.
"""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any, Final, TypeVar

from pydantic import ConfigDict, TypeAdapter

from bot.engine.model import Session
from bot.errors import SessionError
from bot.sessions.protocol import Remembered

T = TypeVar("T")

# Raise a number when a field of the dataclasses is renamed, removed or given another meaning. A new field that has a
# default needs no new number: older lines go on being read.
ROW_FORMAT: Final = 1
SESSION_FORMAT: Final = 1

BLOCK: Final = 512  # bytes; a conversation twenty cards deep compresses to about 300
LARGEST: Final = 1 << 20  # bytes of JSON; a row near this size is not one of ours

_EXACT = ConfigDict(extra="forbid", strict=True)
# Pydantic takes a configuration only around a dataclass, not for one: hence a row is written as a list of one.
_ROW: TypeAdapter[tuple[Remembered]] = TypeAdapter(tuple[Remembered], config=_EXACT)
_SESSION: TypeAdapter[Session | None] = TypeAdapter(Session | None, config=_EXACT)


def encode(row: Remembered) -> bytes:
    """The row as bytes, a multiple of `BLOCK` long. Raises SessionError for a value that JSON has no form for."""
    rest = _json(_ROW, (replace(row, session=None),))
    session = _json(_SESSION, row.session)
    packed = zlib.compress(b"%d %s\n%d %s" % (ROW_FORMAT, rest, SESSION_FORMAT, session), level=1)
    return packed + bytes(-len(packed) % BLOCK)


def decode(content: bytes) -> Remembered:
    """The row that `encode` was given, without the parts whose format is another than today's.

    Raises SessionError for anything that `encode` did not make.
    """
    lines = _unpacked(content).split(b"\n")
    if len(lines) != 2:
        raise _damaged()
    (rest,) = _read(_ROW, ROW_FORMAT, lines[0]) or (Remembered(),)
    return replace(rest, session=_read(_SESSION, SESSION_FORMAT, lines[1]))


def _unpacked(content: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        text = stream.decompress(content, LARGEST)
    except zlib.error:
        raise _damaged() from None
    if not stream.eof or stream.unused_data.strip(b"\0"):
        raise _damaged()
    return text


def _json(adapter: TypeAdapter[Any], value: object) -> bytes:
    try:
        # Slots may be any Mapping, also a read-only one, which pydantic does not know: `fallback` makes it a dict.
        return adapter.dump_json(value, exclude_defaults=True, fallback=dict, warnings=False)
    except (ValueError, TypeError):
        raise SessionError("What is remembered holds a value that JSON cannot: mend the code that made it") from None


def _read(adapter: TypeAdapter[T], number: int, line: bytes) -> T | None:
    found, _, json = line.partition(b" ")
    if not found.isdigit():
        raise _damaged()
    if int(found) != number:
        return None
    try:
        return adapter.validate_json(json)
    except ValueError:
        raise _damaged() from None


def _damaged() -> SessionError:
    return SessionError("What was remembered of a chat is damaged: forget this chat and begin again")
