"""Long polling that loses nothing: an update is acknowledged only after it has been answered.

Telegram keeps an update until getUpdates is called with an offset above its id, for a day at most. The library's own
Updater moves the offset as soon as an update is fetched, so a crash loses whatever is in hand. Here the offset moves
only past finished updates, and what comes a second time while it is in hand is passed over.

getUpdates is called through the request class and not by `Bot.get_updates`, for three reasons. One update that the
library cannot read would make that method raise for the whole batch, and again at every call, for everybody; here it
is passed over. In that case the method logs the whole batch, with names and texts. And it makes objects of all of it;
see `reading`.
https://core.telegram.org/bots/api#getting-updates
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Final
from urllib.parse import urlencode

from telegram.constants import PollingLimit
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest

from bot.channels.telegram.intake import Intake
from bot.channels.telegram.pace import Pace, set_within
from bot.channels.telegram.reading import KINDS, RawUpdate
from bot.channels.telegram.starting import HAS_WEBHOOK, UNKNOWN_TO_TELEGRAM
from bot.channels.telegram.throttle import seconds_of
from bot.errors import ChannelError

log = logging.getLogger(__name__)

_POLLED_TWICE: Final = (
    "Another program is asking Telegram for the updates of this bot: stop the other one, or give each its own bot."
)
_MOST: Final = int(PollingLimit.MAX_LIMIT)
_ANSWER_SECONDS: Final = 10.0


async def get_updates(
    request: BaseRequest, base_url: str, offset: int | None, seconds: int, limit: int = _MOST
) -> Sequence[RawUpdate]:
    """Updates from `offset` on (None: from the first unacknowledged one), waiting up to `seconds` for the first.

    `base_url` ends in the token. Raises TelegramError.
    """
    query: dict[str, int | str] = {"timeout": seconds, "limit": limit, "allowed_updates": json.dumps(KINDS)}
    if offset is not None:
        query["offset"] = offset
    answer = await request.post(f"{base_url}/getUpdates?{urlencode(query)}", read_timeout=seconds + _ANSWER_SECONDS)
    return [raw for raw in answer if isinstance(raw, Mapping)] if isinstance(answer, list) else []


class Unconfirmed:
    """The updates that Telegram has given out and would give out again.

    Telegram gives out a hundred at a time, from the offset on. If one of these takes long (its chat must be silent for
    a while, say), everybody behind the hundred would wait for it. So it can be passed: it is still answered, and lost
    only if the process dies before that.
    """

    def __init__(self) -> None:
        self._open: dict[int, float] = {}
        self._finished: set[int] = set()
        self._passed: set[int] = set()

    @property
    def offset(self) -> int | None:
        """What may be confirmed: everything below this. None if there is nothing to confirm.

        Without an offset Telegram begins at the first unconfirmed update. That matters after a quiet week, when the
        ids go on from a random number, which may be a lower one.
        """
        if self._open:
            return min(self._open)
        return max(self._finished) + 1 if self._finished else None

    def take(self, update_id: int, now: float) -> bool:
        """Takes an update in hand; False if it is there already, or finished. now: in seconds, of any clock."""
        if update_id in self._open or update_id in self._finished or update_id in self._passed:
            return False
        self._open[update_id] = now
        return True

    def finish(self, update_id: int) -> None:
        """This update is done with."""
        if update_id in self._passed:
            self._passed.remove(update_id)
            return
        self._open.pop(update_id, None)
        self._finished.add(update_id)

    def pass_late(self, since: float) -> None:
        """Passes the first ones as far as they have been in hand since before this time."""
        for update_id in sorted(self._open):
            if self._open[update_id] > since:
                return
            del self._open[update_id]
            self._passed.add(update_id)

    def confirmed(self, offset: int | None) -> None:
        """Telegram has heard this offset and will not give out the updates below it again."""
        if offset is not None:
            self._finished = {update_id for update_id in self._finished if update_id >= offset}


class Polling:
    """Fetches updates and has them finished, until `stop` is set. `base_url` ends in the token."""

    def __init__(self, request: BaseRequest, base_url: str, intake: Intake, stop: asyncio.Event, pace: Pace) -> None:
        self._request = request
        self._base_url = base_url
        self._stop = stop
        self._pace = pace
        self._unconfirmed = Unconfirmed()
        self._intake = intake
        self._pauses = pace.pauses()
        self._reached = True

    async def run(self) -> None:
        """Runs until `stop`, and then until what is in hand is finished. Raises ChannelError if polling cannot work:
        the token is wrong, a webhook is set, or another program polls."""
        try:
            while not self._stop.is_set():
                updates = await self._fetch()
                new = [self._begin(raw) for raw in updates]
                if len(updates) == _MOST and not any(new):  # there may be more behind these, which nobody sees
                    self._unconfirmed.pass_late(asyncio.get_running_loop().time() - self._pace.late)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._pace.look_again):
                        await self._intake.at_most(self._intake.left * 3 // 4)
        except asyncio.CancelledError:
            await self._intake.cancel()
            raise
        finally:
            await self._intake.finish()
        await self._confirm()

    async def _fetch(self) -> Sequence[RawUpdate]:
        """The next updates; none after trouble, which is waited out here, or if it is time to stop."""
        offset = self._unconfirmed.offset
        updates: Sequence[RawUpdate] = ()
        try:
            updates = await self._get_or_stop(offset)
        except RetryAfter as refused:
            await set_within(self._stop, seconds_of(refused))
        except InvalidToken:
            raise ChannelError(UNKNOWN_TO_TELEGRAM) from None
        except Conflict as refused:
            raise ChannelError(HAS_WEBHOOK if "webhook" in refused.message else _POLLED_TWICE) from None
        except Exception as error:  # also an answer that is none of Telegram's: nothing of the kind may end the program
            if self._reached:
                log.warning("Telegram is not reached (%s); it is tried until it is", type(error).__name__)
            self._reached = False
            await set_within(self._stop, next(self._pauses))
        else:
            if not self._reached:
                log.warning("Telegram is reached again")
            self._reached, self._pauses = True, self._pace.pauses()
        return updates

    async def _get_or_stop(self, offset: int | None) -> Sequence[RawUpdate]:
        """One call of getUpdates, broken off when it is time to stop. Raises TelegramError."""
        call = asyncio.create_task(get_updates(self._request, self._base_url, offset, self._pace.poll))
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({call, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not call.done():
                return ()
            updates = call.result()
        finally:
            call.cancel()
            stopped.cancel()
            await asyncio.gather(call, stopped, return_exceptions=True)
        self._unconfirmed.confirmed(offset)
        return updates

    def _begin(self, raw: RawUpdate) -> bool:
        """Takes an update in hand; False if it was there before."""
        update_id, now = raw.get("update_id"), asyncio.get_running_loop().time()
        if not isinstance(update_id, int) or not self._unconfirmed.take(update_id, now):
            return False
        self._intake.take(update_id, raw, partial(self._done, update_id))
        return True

    def _done(self, update_id: int, finished: bool) -> None:
        if finished:
            self._unconfirmed.finish(update_id)

    async def _confirm(self) -> None:
        """Tells Telegram what was finished last, so that it does not come again after the next start."""
        offset = self._unconfirmed.offset
        if offset is not None:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await get_updates(self._request, self._base_url, offset, seconds=0, limit=1)
