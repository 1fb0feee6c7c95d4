"""Encryption of what is remembered: what opens, what does not, and what can be seen from outside."""

from __future__ import annotations

import base64
import datetime as dt
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SessionError
from bot.sessions.expiry import ROW, SESSION, Term
from bot.sessions.protocol import IDLE, MESSAGES_KEPT, ChatKey
from bot.sessions.seal import Seal
from bot.sessions.secret import ServerSecret
from tests.sessions.samples import CHAT, HOUR, MINUTE, NEWER, NOW, OTHER, OTHER_SECRET, SECRET

SECOND = dt.timedelta(seconds=1)
chats = st.builds(ChatKey, channel=st.text(max_size=8), chat=st.integers(-(2**63), 2**63))


@given(chats, st.binary(max_size=2000), st.sampled_from([SESSION, ROW]))
def test_what_was_closed_opens(chat: ChatKey, content: bytes, term: Term) -> None:
    seal = Seal(SECRET)
    assert seal.open(chat, term, seal.close(chat, term, content, NOW), NOW) == content


def test_the_same_content_never_looks_the_same() -> None:
    seal = Seal(SECRET)
    assert seal.close(CHAT, SESSION, b"content", NOW) != seal.close(CHAT, SESSION, b"content", NOW)


@given(st.data())
def test_nothing_opens_after_one_byte_was_changed(data: st.DataObject) -> None:
    seal = Seal(SECRET)
    closed = bytearray(base64.urlsafe_b64decode(seal.close(CHAT, SESSION, b"content", NOW)))
    closed[data.draw(st.integers(0, len(closed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SessionError, match="does not open"):
        seal.open(CHAT, SESSION, base64.urlsafe_b64encode(closed), NOW)


@given(st.binary(max_size=200))
def test_nothing_opens_that_was_never_closed(content: bytes) -> None:
    with pytest.raises(SessionError, match="does not open"):
        Seal(SECRET).open(CHAT, SESSION, content, NOW)


@pytest.mark.parametrize("other", [OTHER, ChatKey("web", CHAT.chat), ChatKey("telegram", -CHAT.chat)])
def test_nothing_opens_in_another_chat(other: ChatKey) -> None:
    seal = Seal(SECRET)
    with pytest.raises(SessionError, match="another chat"):
        seal.open(other, SESSION, seal.close(CHAT, SESSION, b"content", NOW), NOW)


def test_a_session_does_not_open_as_the_rest_of_a_row() -> None:
    seal = Seal(SECRET)
    with pytest.raises(SessionError):
        seal.open(CHAT, ROW, seal.close(CHAT, SESSION, b"content", NOW), NOW)


def test_nothing_opens_under_another_secret() -> None:
    with pytest.raises(SessionError, match="server secret"):
        Seal(OTHER_SECRET).open(CHAT, SESSION, Seal(SECRET).close(CHAT, SESSION, b"content", NOW), NOW)


def test_after_a_rotation_the_older_secret_opens_and_the_newer_closes() -> None:
    old, both, new = Seal(SECRET), Seal(NEWER), Seal(ServerSecret(NEWER.values[:1]))
    assert both.open(CHAT, SESSION, old.close(CHAT, SESSION, b"content", NOW), NOW) == b"content"
    assert new.open(CHAT, SESSION, both.close(CHAT, SESSION, b"content", NOW), NOW) == b"content"
    assert both.row_keys(CHAT) == (*new.row_keys(CHAT), *old.row_keys(CHAT))


@pytest.mark.parametrize(("term", "kept", "step"), [(SESSION, IDLE, MINUTE), (ROW, MESSAGES_KEPT, HOUR)])
def test_nothing_opens_after_its_term(term: Term, kept: dt.timedelta, step: dt.timedelta) -> None:
    seal = Seal(SECRET)
    begun = NOW.replace(minute=0)
    closed = seal.close(CHAT, term, b"content", begun + step - SECOND)
    assert seal.open(CHAT, term, closed, begun + kept - SECOND) == b"content"
    with pytest.raises(SessionError, match="it is over"):
        seal.open(CHAT, term, closed, begun + kept)


def test_a_clock_that_was_set_back_does_not_make_a_forgery_of_it() -> None:
    seal = Seal(SECRET)
    assert seal.open(CHAT, SESSION, seal.close(CHAT, SESSION, b"content", NOW), NOW - HOUR) == b"content"


def test_the_time_that_can_be_seen_is_coarse() -> None:
    seal, now = Seal(SECRET), NOW.replace(minute=37, second=41)
    seen = [int.from_bytes(base64.urlsafe_b64decode(seal.close(CHAT, term, b"", now))[1:9]) for term in (SESSION, ROW)]
    assert [dt.datetime.fromtimestamp(time, dt.UTC) for time in seen] == [
        now.replace(second=0),
        now.replace(minute=0, second=0),
    ]


@given(chats, chats)
def test_each_chat_has_a_row_key_of_its_own(one: ChatKey, two: ChatKey) -> None:
    seal = Seal(SECRET)
    assert (seal.row_keys(one) == seal.row_keys(two)) == (one == two)


def test_a_row_key_needs_the_secret() -> None:
    (ours,), (theirs,) = Seal(SECRET).row_keys(CHAT), Seal(OTHER_SECRET).row_keys(CHAT)
    assert ours != theirs
    assert len(ours) == 32


def test_a_row_key_is_an_hmac_under_a_key_of_its_own_purpose() -> None:
    # Worked out here from RFC 5869 (HKDF) and RFC 2104 (HMAC) alone: another way would lose every open conversation.
    (secret,) = SECRET.values
    extracted = hmac.digest(bytes(32), secret, "sha256")
    derived = hmac.digest(extracted, b"askfirst|row" + b"\x01", "sha256")
    assert Seal(SECRET).row_keys(CHAT) == (hmac.digest(derived, b"telegram|7412369085", "sha256"),)
