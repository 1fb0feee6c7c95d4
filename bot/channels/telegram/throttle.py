"""How much may be said, to one chat and to all of them: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits

Telegram advises a message a second to one chat, with short bursts, and thirty a second in all; it does not publish the
exact numbers. Who keeps to that is hardly ever refused. Who is refused (429) is told how long to be silent, but not
whether that is meant for the chat or for the bot: so the chat is silent, and if a second chat is refused before that
time is over, everybody is.

A chat waits for its own allowance before it asks for a place among all, so that one that is flooded takes no place that
another chat could use.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter

from bot.channels.telegram.pace import Pace

# Makes RetryAfter.retry_after a timedelta; without it the library warns of its own attribute at every 429.
os.environ.setdefault("PTB_TIMEDELTA", "true")

T = TypeVar("T")

_MANY: Final = 1_000  # chats whose allowance is remembered before those that need none are let go


class Throttle:
    """Waits until something may be said. One for the whole bot; belongs to one event loop."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._overall = AsyncLimiter(pace.burst, pace.burst / pace.messages_a_second)
        self._chats: dict[int, AsyncLimiter] = {}
        self._silent_until: dict[int, float] = {}
        self._all_silent_until = 0.0

    async def call(self, chat: int, call: Callable[[], Awaitable[T]], *, says: bool = False) -> T:
        """Makes a call about this chat as soon as it may be made, and again after each 429.

        says: whether it puts something before the people there, which Telegram counts.
        Raises RetryAfter if Telegram wants a silence longer than a turn, and whatever else the call raises.
        """
        while True:
            await (self.may_say(chat) if says else self.may_call(chat))
            try:
                return await call()
            except RetryAfter as refused:
                self.refused(chat, seconds_of(refused))

    async def may_call(self, chat: int) -> None:
        """Waits while Telegram has asked for silence. Raises RetryAfter if that is longer than a turn."""
        loop = asyncio.get_running_loop()
        while (wait := self._silent_for(chat, loop.time())) > 0:
            if wait > self._pace.turn:
                raise RetryAfter(int(wait) + 1)
            await asyncio.sleep(wait)

    async def may_say(self, chat: int) -> None:
        """As `may_call`, and until one more message may go to this chat. Raises RetryAfter as that does."""
        if chat not in self._chats and len(self._chats) >= _MANY:
            self.let_go()
        own = self._chats.setdefault(
            chat, AsyncLimiter(self._pace.chat_burst, self._pace.chat_burst / self._pace.chat_messages_a_second)
        )
        await own.acquire()
        await self._overall.acquire()
        await self.may_call(chat)

    def refused(self, chat: int, seconds: float) -> None:
        """Telegram has answered a call for this chat with 429 and this many seconds."""
        now = asyncio.get_running_loop().time()
        self._end_silences(now)
        if self._silent_until.keys() - {chat}:
            self._all_silent_until = max(self._all_silent_until, now + seconds)
        self._silent_until[chat] = now + seconds

    def _silent_for(self, chat: int, now: float) -> float:
        return max(self._silent_until.get(chat, 0.0), self._all_silent_until) - now

    def _end_silences(self, now: float) -> None:
        self._silent_until = {chat: until for chat, until in self._silent_until.items() if until > now}

    def let_go(self) -> None:
        """Forgets the chats that have all of their allowance again, and silences that are over."""
        self._end_silences(asyncio.get_running_loop().time())
        full = self._pace.chat_burst
        self._chats = {chat: own for chat, own in self._chats.items() if not own.has_capacity(full)}


def seconds_of(refused: RetryAfter) -> float:
    """How long a 429 asks to wait."""
    wait = refused.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else wait
