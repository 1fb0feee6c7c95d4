"""Encryption of what is remembered, and the keys of its rows.

All of it is `cryptography` as that library means it to be used; nothing here is of our own making.

- The key of a row is HMAC-SHA256 of channel and chat id. A plain hash would not do: chat ids are ten digits, so all of
  them can be tried; without the server secret, a keyed hash cannot be.
- Each chat has encryption keys of its own, derived with HKDF from the server secret *and* the chat. Whoever can write
  to the database still cannot move a conversation to another chat, because it does not open there.
- The content is a Fernet token: AES-128-CBC and HMAC-SHA256 with a random nonce, checked in constant time before
  anything is decrypted. A nonce cannot repeat by a mistake of ours, and a changed byte is noticed. Fernet's time is the
  coarse one of `Term`, as it stands in the token in the clear, and the term is checked against it.
- A rotated secret goes on opening what it closed: every secret is tried, newest first. The work for a row is the same
  for each chat, known or not.
"""

from __future__ import annotations

import base64
import datetime as dt
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import SessionError
from bot.sessions.expiry import Term
from bot.sessions.protocol import ChatKey
from bot.sessions.secret import ServerSecret

_KEY_LENGTH: Final = 32  # bytes: SHA-256's own length, and what Fernet asks for


class Seal:
    """Closes and opens what is remembered, under one server secret. Holds keys, never a chat."""

    __slots__ = ("_row_secrets", "_secrets")

    def __init__(self, secret: ServerSecret) -> None:
        self._secrets = secret.values
        self._row_secrets = tuple(_derived(value, b"row") for value in secret.values)

    def row_keys(self, chat: ChatKey) -> tuple[bytes, ...]:
        """The keys under which the chat's row may stand, 32 bytes each: the newest secret's first."""
        keys = []
        for secret in self._row_secrets:
            mac = HMAC(secret, SHA256())
            mac.update(_name(chat))
            keys.append(mac.finalize())
        return tuple(keys)

    def close(self, chat: ChatKey, term: Term, content: bytes, now: dt.datetime) -> bytes:
        """The content, encrypted for this chat and this term alone, as URL-safe base64."""
        return self._fernet(chat, term).encrypt_at_time(content, term.begin(now))

    def open(self, chat: ChatKey, term: Term, closed: bytes, now: dt.datetime) -> bytes:
        """What was given to `close`. Raises SessionError when it was altered or moved, or its term is over."""
        fernet = self._fernet(chat, term)
        try:
            # When the clock was set back, what was closed before seems to come from the future, and Fernet would take
            # it for a forgery. The time that it is asked about is checked first, so nobody can claim a later one.
            second = max(int(now.timestamp()), fernet.extract_timestamp(closed))
            # Fernet still opens a token in the second in which its term ends; ours is over then.
            return fernet.decrypt_at_time(closed, term.seconds - 1, second)
        except InvalidToken:
            raise SessionError(
                "What was remembered of a chat does not open: it is over, was altered, or belongs to another chat or "
                "server secret; forget this chat and begin again"
            ) from None

    def _fernet(self, chat: ChatKey, term: Term) -> MultiFernet:
        purpose = b"content|" + term.name.encode() + b"|" + _name(chat)
        return MultiFernet(Fernet(base64.urlsafe_b64encode(_derived(value, purpose))) for value in self._secrets)


def _name(chat: ChatKey) -> bytes:
    # Unambiguous whatever the channel is called, because a number cannot hold the stroke.
    return f"{chat.channel}|{chat.chat}".encode()


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_LENGTH, salt=None, info=b"askfirst|" + purpose).derive(secret)
