"""What is remembered of a chat between two turns, and the port that every store implements.

A store never sees a name, a postcode or a message text, because `Remembered` cannot hold one. The key of a row is a
keyed hash of channel and chat id; stores that write to disk encrypt the row as well.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from bot.engine.model import Session

UPDATE_IDS_KEPT = 8  # a tap may overtake a message, so one highest id would not do
IDLE = dt.timedelta(minutes=15)
# Telegram lets a bot delete messages younger than 48 hours (Bot API, deleteMessage).
MESSAGES_KEPT = dt.timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class ChatKey:
    """A chat of one channel. Never stored, logged or shown: `repr` hides the id."""

    channel: str
    chat: int

    def __repr__(self) -> str:
        return f"ChatKey({self.channel!r}, …)"


@dataclass(frozen=True, slots=True)
class Message:
    """A message of either side that may still have to be deleted. `sent` is in UTC."""

    id: int
    sent: dt.datetime
    card: bool = False  # True for the card whose buttons are live


@dataclass(frozen=True, slots=True)
class Remembered:
    """One row.

    `session` is None once it ended or expired while message ids are still kept. `pending` is True from the moment
    a turn is saved until its replies are delivered. `version` counts the saves, for compare-and-swap; 0 is "no row".
    """

    session: Session | None = None
    messages: tuple[Message, ...] = ()
    update_ids: tuple[int, ...] = ()
    pending: bool = False
    version: int = 0


class SessionStore(Protocol):
    """Loads and saves rows. `now` is given by the caller, so that tests own the clock."""

    async def load(self, key: ChatKey, now: dt.datetime) -> Remembered:
        """The row, or an empty `Remembered` (version 0).

        After `IDLE` without a save the session is gone; after `MESSAGES_KEPT` the whole row is.
        """
        ...

    async def save(self, key: ChatKey, row: Remembered, now: dt.datetime) -> Remembered:
        """Writes the row if the stored version still is `row.version`; returns it with the new version.

        Raises StaleSession if somebody else saved first, SessionError if it cannot be written.
        """
        ...

    async def settle(self, key: ChatKey, row: Remembered, now: dt.datetime) -> None:
        """Saves `row`, as it was loaded or as the last save returned it, with nothing pending: its replies were shown.

        That may be written later, and be lost in a crash. Raises as `save` does.
        """
        ...

    async def forget(self, key: ChatKey) -> None:
        """Deletes the row, physically."""
        ...

    async def sweep(self, now: dt.datetime) -> int:
        """Deletes what has expired, physically; returns how many rows were touched."""
        ...

    async def close(self) -> None:
        """Closes the store."""
        ...
