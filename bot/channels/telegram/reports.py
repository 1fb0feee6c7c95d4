"""What people say is wrong with a fact, passed on to the chat of those who keep the facts.

Only the fact and what is wrong with it are passed on, never who said so; and no more than once a day for each person
and fact, so that nobody can fill that chat. Whose report was passed on is remembered in memory alone, as a hash under a
key that ends with the process.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import secrets
from functools import partial
from hashlib import blake2b
from html import escape
from typing import Final

from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.channels.telegram.api import BotApi
from bot.channels.telegram.throttle import Throttle, seconds_of
from bot.engine.model import Report
from bot.sessions.protocol import ChatKey

log = logging.getLogger(__name__)

_AGAIN: Final = dt.timedelta(days=1)
_WAITING: Final = 100  # reports that wait to be passed on; more come from nobody who means well
_WRONG: Final = {
    "number": "the phone number does not answer",
    "closed": "it is closed",
    "languages": "the languages are wrong",
    "not_mp": "this MP is not the MP any more",
    "other": "something else",
}
_REMEDY: Final = "look at `telegram.reports_chat` in bot_config.yaml, and whether the bot may write there"


class Reports:
    """Passes reports on to one chat, in the background."""

    def __init__(self, api: BotApi, chat: int, throttle: Throttle) -> None:
        self.chat = chat
        self._api = api
        self._throttle = throttle
        self._key = secrets.token_bytes(32)
        self._passed_on: dict[bytes, dt.datetime] = {}
        self._waiting: asyncio.Queue[Report] = asyncio.Queue(_WAITING)

    def take(self, key: ChatKey, report: Report, now: dt.datetime) -> None:
        """Takes a report, unless this chat made one of this subject less than a day ago."""
        mark = blake2b(f"{key.channel}|{key.chat}|{report.subject.id}".encode(), key=self._key).digest()
        self._passed_on = {one: at for one, at in self._passed_on.items() if now - at < _AGAIN}
        if mark in self._passed_on:
            return
        try:
            self._waiting.put_nowait(report)
        except asyncio.QueueFull:
            log.warning("more reports came than can be passed on; one was left out")
            return
        self._passed_on[mark] = now

    async def run(self) -> None:
        """Passes on what is taken, one after the other, until it is cancelled."""
        while True:
            report = await self._waiting.get()
            try:
                await self._pass_on(report)
            finally:
                self._waiting.task_done()

    async def finish(self, seconds: float) -> None:
        """Waits until everything that was taken has been passed on, but not longer than this."""
        try:
            async with asyncio.timeout(seconds):
                await self._waiting.join()
        except TimeoutError:
            log.warning("%d reports were not passed on", self._waiting.qsize())

    async def _pass_on(self, report: Report) -> None:
        """One message, tried again only where Telegram asked for that: a report may be lost, but comes only once."""
        send = partial(self._api.send_message, self.chat, escape(words_of(report), quote=False))
        while True:
            try:
                await self._throttle.call(self.chat, send, says=True)
            except RetryAfter as silence:  # longer than a turn; nobody waits for this
                await asyncio.sleep(seconds_of(silence))
                continue
            except (BadRequest, Forbidden) as refused:
                log.error("a report could not be passed on (%s): %s", type(refused).__name__, _REMEDY)  # noqa: TRY400
            except TelegramError as error:
                log.warning("a report was perhaps not passed on: %s", type(error).__name__)
            return


def words_of(report: Report) -> str:
    """The report as the people who keep the facts read it."""
    subject = report.subject
    what = "Organisation" if subject.kind == "organisation" else "MP"
    return f"Somebody says: {_WRONG[report.wrong]}.\n{what}: {subject.name} ({subject.id})"
