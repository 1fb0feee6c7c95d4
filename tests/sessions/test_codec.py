"""What is remembered, as bytes and back."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.model import Frame, Mark, Place, Session, SlotValue
from bot.errors import SessionError
from bot.sessions.codec import BLOCK, LARGEST, decode, encode
from bot.sessions.protocol import Remembered
from tests.sessions.samples import MARK, SESSION, row, rows

# A row as version 0.1.0 wrote it. If it can no longer be read, raise the number of its format in codec.py.
FIRST_REST = (
    b'1 [{"messages":[{"id":1001,"sent":"2026-05-04T10:30:00Z"},'
    b'{"id":1002,"sent":"2026-05-04T10:30:00Z","card":true}],'
    b'"update_ids":[880001,880002],"pending":true,"version":3}]'
)
FIRST_SESSION = (
    b'1 {"language":"ar","frames":[{"flow":"ask_mp","step":"ask_place"}],'
    b'"slots":{"place":{"kind":"found","codes":["E14001352"],"status":"live","reason":null},"page":2},'
    b'"shown":[{"flow":"ask_mp","step":"ask_place","acted":["look_up"],"again":true}],'
    b'"history":[{"frames":[],"shown":[],"slots":{}}],"card":7,"page":1,"tries":1,'
    b'"resume":{"frames":[],"shown":[],"slots":{"topic":"asylum"}}}'
)


def packed(*lines: bytes) -> bytes:
    return zlib.compress(b"\n".join(lines))


@given(rows)
def test_any_row_survives_the_way_there_and_back(remembered: Remembered) -> None:
    assert decode(encode(remembered)) == remembered


@given(rows)
@settings(max_examples=25)
def test_the_length_is_a_multiple_of_the_block(remembered: Remembered) -> None:
    assert len(encode(remembered)) % BLOCK == 0


def test_a_conversation_is_as_long_at_its_start_as_at_its_end() -> None:
    begun, ended = Session("ar"), replace(SESSION, history=(MARK,) * 20)
    assert len(encode(Remembered(begun))) == len(encode(Remembered(ended))) == BLOCK


def test_slots_may_be_read_only() -> None:
    slots: Mapping[str, SlotValue] = MappingProxyType({"place": Place("chosen", ("S14000021",)), "page": 1})
    assert decode(encode(Remembered(Session(slots=slots)))) == Remembered(Session(slots=dict(slots)))


def test_what_the_first_format_wrote_is_still_read() -> None:
    found = decode(packed(FIRST_REST, FIRST_SESSION))
    assert replace(found, session=None) == row(None, version=3)
    session = found.session
    assert session is not None
    assert session.language == "ar"
    assert session.frames == (Frame("ask_mp", "ask_place"),)
    assert session.slots == {"place": Place("found", ("E14001352",), "live"), "page": 2}
    assert session.shown[0].again
    assert session.history == (Mark((), (), {}),)
    assert (session.card, session.page, session.tries) == (7, 1, 1)
    assert session.resume == Mark((), (), {"topic": "asylum"})


@pytest.mark.parametrize("number", [b"0", b"2", b"99"])
def test_a_session_of_another_format_is_dropped_and_the_messages_are_not(number: bytes) -> None:
    assert decode(packed(FIRST_REST, number + b' {"renamed":1}')) == row(None, version=3)


def test_a_row_of_another_format_is_dropped_and_the_session_is_not() -> None:
    assert decode(packed(b"0 [5]", b'1 {"language":"ar"}')) == Remembered(Session("ar"))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"one {}",
        b"-1 {}",
        b"1",
        b"1 {",
        b"1 []",
        b'1 {"unknown":1}',
        b'1 {"language":5}',
        b'1 {"card":"7"}',
        b'1 {"card":true}',
        b'1 {"frames":[{"flow":"ask_mp"}]}',
        b'1 {"frames":[{"flow":"ask_mp","step":"a","unknown":1}]}',
        b'1 {"slots":{"place":1.5}}',
        b'1 {"slots":{"place":{"kind":"found","status":"dead"}}}',
    ],
)
def test_a_session_that_does_not_fit_exactly_is_refused(line: bytes) -> None:
    with pytest.raises(SessionError, match="damaged"):
        decode(packed(FIRST_REST, line))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * BLOCK,
        b"plainly not ours",
        packed(FIRST_REST),
        packed(FIRST_REST, FIRST_SESSION, FIRST_SESSION),
        packed(FIRST_REST, FIRST_SESSION)[:-5],
        packed(FIRST_REST, FIRST_SESSION) + b"more",
        zlib.compress(b" " * (LARGEST + 1)),
    ],
)
def test_bytes_that_are_not_a_row_are_refused(content: bytes) -> None:
    with pytest.raises(SessionError, match="damaged"):
        decode(content)


@given(st.data())
def test_a_damaged_byte_is_noticed_or_changes_nothing(data: st.DataObject) -> None:
    content = bytearray(encode(row()))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(SessionError):
        assert decode(bytes(content)) == row()


def test_an_error_does_not_show_what_could_not_be_read() -> None:
    with pytest.raises(SessionError) as caught:
        decode(packed(FIRST_REST, FIRST_SESSION.replace(b'"card":7', b'"card":"E14001352"')))
    assert "E14001352" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_value_that_json_has_no_form_for_is_refused() -> None:
    with pytest.raises(SessionError, match="JSON cannot"):
        encode(Remembered(Session(language="\ud800")))
