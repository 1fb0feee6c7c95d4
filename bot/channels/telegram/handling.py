"""One update, from the moment it is read until it may be acknowledged. Long polling and webhooks share this.

An update is finished when its turn is saved and its replies stand in the chat, or when that cannot be. Trouble that
passes (Telegram not reached, the session store busy) does not finish it: the turn is taken again after a pause.
What is logged of an update is the kind of its trouble and nothing else: no chat, no text, no traceback.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from telegram.error import BadRequest, NetworkError

from bot.channels.counting import TurnOutcome
from bot.channels.telegram.api import Along
from bot.channels.telegram.delivering import ChatGone, Connection, PrivateChat, decline
from bot.channels.telegram.notices import PRIVATE_ONLY, WAIT
from bot.channels.telegram.pace import set_within
from bot.channels.telegram.reading import Arrival, Outside, Received
from bot.channels.turns import again_if_stale, take_turn
from bot.engine.drawing import speaking
from bot.engine.wording import ENGLISH, Wording
from bot.engine.world import World
from bot.errors import SessionError, StaleSession
from bot.sessions.protocol import ChatKey, Message, SessionStore

log = logging.getLogger(__name__)

_RELEASE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Handling:
    """Everything that is needed to answer an update. `world` gives the newest world for each turn."""

    to: Connection
    world: Callable[[], World]
    store: SessionStore
    stop: asyncio.Event

    async def finish(self, update_id: int, received: Received, along: Along | None) -> bool:
        """Takes the turn, again and again if need be. True if the update is finished, False if the program is stopping
        and the update should come again after the next start. Never raises, except when it is cancelled.

        along: see `PrivateChat`."""
        chat = self._chat_of(received, along) if isinstance(received, Arrival) else None
        clock, pauses = asyncio.get_running_loop(), self.to.pace.pauses()
        begun = clock.time()
        while isinstance(outcome := await self._try(update_id, received, chat), Exception):
            pause = next(pauses)
            if not _passes(outcome) or clock.time() + pause > begun + self.to.pace.retake:
                log.warning("an update was given up: %s", type(outcome).__name__)
                await _release(chat)
                break
            if await set_within(self.stop, pause):
                return False
        if chat is not None:
            self.to.counts.turn("given_up" if isinstance(outcome, Exception) else outcome, clock.time() - begun)
        return True

    def _chat_of(self, arrival: Arrival, along: Along | None = None) -> PrivateChat:
        return PrivateChat(self.to, arrival.key, arrival.event.at, arrival.tap, arrival.incoming, along)

    async def ask_to_wait(self, arrival: Arrival) -> None:
        """Asks a person who sends more than can be answered for a moment, in their language. Like a card, the notice is
        taken away by the next turn. Never raises, except when it is cancelled."""
        chat, now, world = self._chat_of(arrival), arrival.event.at, self.world()
        try:
            async with asyncio.timeout(self.to.pace.turn):
                row = await self.store.load(arrival.key, now)
                language = row.session.language if row.session is not None else None
                wording = Wording(speaking(world, language, arrival.event.hint))
                notice = await chat.notice(wording.label(WAIT))
                await again_if_stale(partial(self._remember, arrival.key, notice, now))
        except ChatGone:
            await self.store.forget(arrival.key)
        except Exception as error:
            log.warning("a person could not be asked to wait: %s", type(error).__name__)

    async def _remember(self, key: ChatKey, message: Message, now: dt.datetime) -> None:
        """Writes down that this message stands in the chat."""
        row = await self.store.load(key, now)
        await self.store.save(key, replace(row, messages=(*row.messages, message)), now)

    async def _try(self, update_id: int, received: Received, chat: PrivateChat | None) -> Exception | TurnOutcome:
        """Answers the update in the time that a turn has; how that went, or what went wrong."""
        try:
            async with asyncio.timeout(self.to.pace.turn):
                if isinstance(received, Arrival) and chat is not None:
                    return await self._turn(update_id, received, chat)
                if isinstance(received, Outside):
                    if self.to.reports is not None and received.key.chat == self.to.reports.chat:
                        return "answered"  # there it is meant to be, and only speaks
                    # In English: a group has no language, and should not learn from the bot what anybody's is.
                    await decline(self.to.api, received.key.chat, Wording(ENGLISH).label(PRIVATE_ONLY))
                else:
                    await self.store.forget(received.key)
        except Exception as error:
            if isinstance(error, SessionError) and not isinstance(error, StaleSession):
                self.to.counts.sessions(work=False)
            return error
        return "answered"

    async def _turn(self, update_id: int, arrival: Arrival, chat: PrivateChat) -> TurnOutcome:
        world, key, event = self.world(), arrival.key, arrival.event
        slow = asyncio.get_running_loop().call_later(self.to.pace.slow, _say_it_takes_long, chat)
        try:
            took = take_turn(world, self.store, key, update_id, event, chat.deliver, incoming=arrival.incoming)
            outcome = await took
        except ChatGone:
            await self.store.forget(key)
            outcome = "gone"
        finally:
            slow.cancel()
        self.to.counts.sessions(work=True)
        return outcome


_saying: Final[set[asyncio.Task[None]]] = set()  # a task that nothing else holds could be collected before it ends


def _say_it_takes_long(chat: PrivateChat) -> None:
    task = asyncio.get_running_loop().create_task(chat.takes_long())
    _saying.add(task)
    task.add_done_callback(_saying.discard)


async def _release(chat: PrivateChat | None) -> None:
    """The person should not wait any longer for a button that nothing came of."""
    if chat is not None:
        with suppress(Exception):
            async with asyncio.timeout(_RELEASE_SECONDS):
                await chat.release()


def _passes(error: Exception) -> bool:
    """Whether the same turn may go well a little later. A refusal (BadRequest is a NetworkError here) will not."""
    return isinstance(error, SessionError) or (isinstance(error, NetworkError) and not isinstance(error, BadRequest))
