"""How long what is remembered may be read, in steps so coarse that they say little about a person.

Two times stand beside each row in the clear, because the sweep must find what is over without being able to read it.
They are therefore rounded down: the session's to the minute, and the whole row's to the hour, so that from fifteen
minutes after a conversation nothing on the disk tells more closely than an hour when it took place. Rounding down means
that a promise of fifteen minutes or of 48 hours is never overrun, and that it may end up to one step early.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from bot.sessions.protocol import IDLE, MESSAGES_KEPT, Remembered


@dataclass(frozen=True, slots=True)
class Term:
    """How long something is kept, and the step its times are rounded down to. `name` sets its encryption key apart."""

    name: str
    kept: dt.timedelta
    step: dt.timedelta

    def begin(self, now: dt.datetime) -> int:
        """The start of the term for something kept `now`, in seconds since 1970. Raises ValueError without a zone."""
        if now.tzinfo is None:
            msg = "a time without a time zone means another moment on another machine: pass one in UTC"
            raise ValueError(msg)
        step = int(self.step.total_seconds())
        return int(now.timestamp()) // step * step

    @property
    def seconds(self) -> int:
        """How long it is kept, in seconds."""
        return int(self.kept.total_seconds())

    def until(self, now: dt.datetime) -> int:
        """The second since 1970 from which on something kept `now` may no longer be read."""
        return self.begin(now) + self.seconds


SESSION = Term("session", IDLE, dt.timedelta(minutes=1))
ROW = Term("row", MESSAGES_KEPT, dt.timedelta(hours=1))


def still_kept(row: Remembered, saved: dt.datetime, now: dt.datetime) -> Remembered:
    """What may be read `now` of a row that was saved at `saved`."""
    second = int(now.timestamp())
    if ROW.until(saved) <= second:
        return Remembered()
    return without_old_messages(row if SESSION.until(saved) > second else replace(row, session=None), now)


def without_old_messages(row: Remembered, now: dt.datetime) -> Remembered:
    """The row without the messages that Telegram would no longer delete."""
    recent = tuple(message for message in row.messages if message.sent + MESSAGES_KEPT > now)
    return row if recent == row.messages else replace(row, messages=recent)
