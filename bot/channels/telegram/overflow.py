"""What a chat sends beyond what can be answered: turned away politely, without slowing anybody else.

A person who presses everything at once, or a program that floods the bot, fills the chat's lane. What comes on top is
not answered one by one: the messages are deleted unread, a hundred to a call, because any of them may hold a postcode;
a tap's waiting mark is ended. The notice that asks for a moment is said in the lane, see `Handling.ask_to_wait`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Final, TypeAlias

from telegram.constants import BulkRequestLimit
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram.delivering import Connection
from bot.channels.telegram.reading import Arrival

log = logging.getLogger(__name__)

# Is told when an update is done with: True if it is finished, False if Telegram should send it again.
Done: TypeAlias = Callable[[bool], None]

_AT_ONCE: Final = int(BulkRequestLimit.MAX_LIMIT)
_LONGEST_SECONDS: Final = 30.0  # then what is left of a batch stays in the chat


class Overflow:
    """Gathers what is turned away, chat by chat."""

    def __init__(self, to: Connection) -> None:
        self._api = to.api
        self._throttle = to.throttle
        self._pace = to.pace
        self._gathered: dict[int, list[tuple[Arrival, Done]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, arrival: Arrival, done: Done) -> None:
        """Turns this update away, together with others of its chat that come now."""
        chat = arrival.key.chat
        gathered = self._gathered.setdefault(chat, [])
        gathered.append((arrival, done))
        if len(gathered) == 1:
            task = asyncio.create_task(self._turn_away(chat))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Waits until everything that was gathered has been turned away."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _turn_away(self, chat: int) -> None:
        await asyncio.sleep(self._pace.gather)
        gathered = self._gathered.pop(chat)
        messages = [arrival.incoming.id for arrival, _ in gathered if arrival.incoming is not None]
        taps = [arrival.tap.query for arrival, _ in gathered if arrival.tap is not None]
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                for first in range(0, len(messages), _AT_ONCE):
                    batch = messages[first : first + _AT_ONCE]
                    await self._call(chat, partial(self._api.delete_messages, chat, batch))
                # The newest ones: a phone shows one waiting mark at a time, and Telegram ends the others by itself.
                for query in taps[-_AT_ONCE:]:
                    await self._call(chat, partial(self._api.answer_callback_query, query))
        except (TelegramError, TimeoutError) as error:
            log.warning("what a chat sent too much of could not be taken away: %s", type(error).__name__)
        finally:
            for _, done in gathered:
                done(True)

    async def _call(self, chat: int, call: Callable[[], Awaitable[object]]) -> None:
        """Makes the call; what Telegram refuses (a tap that is too old, a message that is gone) is beside the point."""
        with suppress(BadRequest):
            await self._throttle.call(chat, call)
