"""What a channel counts of its own work, for whoever keeps it running. A terminal counts nothing.

Only kinds are counted, from the closed sets below. Never by chat, by flow, by language or by place: where few people
talk to the bot, a number for Tigrinya or for one constituency is a person.
"""

from __future__ import annotations

from typing import Final, Literal, Protocol

# message, tap: a person's. blocked: a person blocked the bot. outside: from a group. ignored: nothing to answer.
UpdateKind = Literal["message", "tap", "blocked", "outside", "ignored", "unreadable"]
# repeated: the update had been taken before, and was at most shown anew. failed: a fault of ours, and the person was
# told so. gone: the person has blocked the bot meanwhile. given_up: the person got no answer.
TurnOutcome = Literal["answered", "repeated", "failed", "gone", "given_up"]
# refused: Telegram would not. flood: it asked for a pause (429). lost: no usable answer. forbidden: the person has
# blocked the bot.
CallOutcome = Literal["ok", "refused", "flood", "lost", "forbidden"]


class Counts(Protocol):
    """Where a channel puts its numbers. Never raises."""

    def update(self, kind: UpdateKind) -> None:
        """An update came."""
        ...

    def in_hand(self, change: int) -> None:
        """So many more updates (less, if negative) are in hand: taken in, and not done with."""
        ...

    def turned_away(self) -> None:
        """An update was deleted unread, because its chat sent more than can be answered."""
        ...

    def turn(self, outcome: TurnOutcome, seconds: float) -> None:
        """A turn ended, so long after the update was begun."""
        ...

    def call(self, method: str, outcome: CallOutcome, seconds: float) -> None:
        """A call of the Bot API ended."""
        ...

    def swept(self, rows: int) -> None:
        """So many expired rows of sessions were deleted."""
        ...

    def sessions(self, work: bool) -> None:
        """Whether the session store could just now be used."""
        ...


class _Nothing:
    """Counts nothing."""

    def update(self, kind: UpdateKind) -> None:
        pass

    def in_hand(self, change: int) -> None:
        pass

    def turned_away(self) -> None:
        pass

    def turn(self, outcome: TurnOutcome, seconds: float) -> None:
        pass

    def call(self, method: str, outcome: CallOutcome, seconds: float) -> None:
        pass

    def swept(self, rows: int) -> None:
        pass

    def sessions(self, work: bool) -> None:
        pass


NO_COUNTS: Final[Counts] = _Nothing()
