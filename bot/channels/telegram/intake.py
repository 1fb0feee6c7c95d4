"""Takes updates in, whichever way they came: reads each, keeps a chat in order, and turns away what is too much."""

from __future__ import annotations

import logging
from functools import partial

from bot.channels.counting import Counts, UpdateKind
from bot.channels.telegram.api import Along
from bot.channels.telegram.handling import Handling
from bot.channels.telegram.lanes import Lanes
from bot.channels.telegram.overflow import Done, Overflow
from bot.channels.telegram.reading import Arrival, Blocked, Outside, RawUpdate, Received, read
from bot.channels.turns import utc_now

log = logging.getLogger(__name__)


class Intake:
    """What is in hand. Long polling and the webhook each have one."""

    def __init__(self, handling: Handling) -> None:
        pace = handling.to.pace
        self._handling = handling
        self._counts = handling.to.counts
        self._lanes = Lanes(pace.chats_at_once, pace.waiting)
        self._overflow = Overflow(handling.to)
        self._asked: set[int] = set()  # the chats that were asked for a moment, and still have work in hand

    @property
    def left(self) -> int:
        """How many updates are under way or wait."""
        return self._lanes.left

    def take(self, update_id: int, raw: RawUpdate, done: Done, along: Along | None = None) -> None:
        """Takes an update in hand. `done` is told what became of it, perhaps at once.

        along: takes the answer to a tap until then, if it can go with the answer to a push."""
        received = _read(raw, self._counts)
        if received is None:
            done(True)
            return
        self._counts.in_hand(+1)
        done = partial(self._done, done)
        lane = received.key.chat
        if not self._lanes.has(lane):
            self._asked.discard(lane)
        job = partial(self._handle, update_id, received, done, along)
        if self._lanes.add(lane, job):
            return
        if not isinstance(received, Arrival):  # a person who blocks the bot is forgotten, however much they sent
            self._lanes.add_next(lane, job)
            return
        self._counts.turned_away()
        self._overflow.add(received, done)
        if lane not in self._asked:
            self._asked.add(lane)
            log.warning("a chat sends more than it can be answered; what is too much is deleted unread")
            self._lanes.add_next(lane, partial(self._handling.ask_to_wait, received))

    async def at_most(self, updates: int) -> None:
        """Waits until no more than so many updates are left."""
        await self._lanes.at_most(updates)

    async def finish(self) -> None:
        """Waits until nothing is in hand."""
        await self._lanes.at_most(0)
        await self._overflow.finish()

    async def cancel(self) -> None:
        """Breaks off whatever is in hand."""
        await self._lanes.cancel()

    async def _handle(self, update_id: int, received: Received, done: Done, along: Along | None) -> None:
        finished = False
        try:
            finished = await self._handling.finish(update_id, received, along)
        finally:
            done(finished)

    def _done(self, tell: Done, finished: bool) -> None:
        self._counts.in_hand(-1)
        tell(finished)


def _read(raw: RawUpdate, counts: Counts) -> Received | None:
    """What the update says, None if nothing or if it is not as Telegram documents it."""
    try:
        received = read(raw, utc_now())
    except Exception as error:
        log.warning("an update could not be read and was passed over: %s", type(error).__name__)
        counts.update("unreadable")
        return None
    counts.update(_kind(received))
    return received


def _kind(received: Received | None) -> UpdateKind:
    match received:
        case Arrival(tap=None):
            return "message"
        case Arrival():
            return "tap"
        case Outside():
            return "outside"
        case Blocked():
            return "blocked"
        case None:
            return "ignored"
