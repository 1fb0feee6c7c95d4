"""The Telegram channel by long polling: starts, says who it is, runs until it is told to stop.

Nothing of a chat reaches a log. At level DEBUG the library logs the URL, which holds the token, and every call with
its chat id and text; at level CRITICAL it logs updates that it cannot read. So its loggers are shut for good,
whatever level an operator chooses.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.delivering import seconds_of
from bot.channels.telegram.handling import Handling
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.pace import Pace, set_within
from bot.channels.telegram.polling import HAS_WEBHOOK, UNKNOWN_TO_TELEGRAM, Polling
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.telegram.throttle import Throttle
from bot.channels.turns import utc_now
from bot.engine.world import World
from bot.errors import ChannelError
from bot.sessions.protocol import SessionStore

log = logging.getLogger(__name__)


async def run_telegram(
    world: Callable[[], World],
    store: SessionStore,
    *,
    token: str,
    base_url: str,
    stop: asyncio.Event,
    say: Callable[[str], None],
    pace: Pace | None = None,
) -> None:
    """Talks on Telegram until `stop` is set, then finishes the turns in hand and returns.

    base_url: what stands before the token, such as `https://api.telegram.org/bot`. say: tells the operator.
    Raises ChannelError if the token is wrong, a webhook is set, another program polls for this bot, or Telegram cannot
    be reached at the start; later on it is tried for as long as it takes.
    """
    pace = pace or Pace()
    shut_loggers()
    async with AiohttpRequest() as request, AiohttpRequest(1) as polls:
        # Not `async with bot`: its own start puts the token into the error about a wrong token.
        bot = Bot(token, base_url=base_url, request=request, get_updates_request=polls)
        name = await _introduce(bot, stop, pace)
        if name is None:
            return
        say(f"This bot is @{name} on Telegram. Ctrl+C ends it.")
        handling = Handling(bot, world, store, stop, pace, Throttle(pace))
        over = asyncio.Event()
        sweeper = asyncio.create_task(_sweep(store, over, pace.sweep))
        try:
            await Polling(polls, bot.base_url, Intake(handling), stop, pace).run()
        finally:
            over.set()
            await sweeper


def shut_loggers() -> None:
    """Keeps the library from logging anything; see the top of this module."""
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    for name in ("telegram.Bot", "telegram.request.BaseRequest"):
        logging.getLogger(name).disabled = True


async def _introduce(bot: Bot, stop: asyncio.Event, pace: Pace) -> str | None:
    """The bot's user name, after making sure that polling can work; None if it is time to stop. ChannelError if not."""
    pauses, tried = pace.pauses(), 0
    while True:
        try:
            me = await bot.get_me()
            webhook = await bot.get_webhook_info()
        except InvalidToken:
            raise ChannelError(UNKNOWN_TO_TELEGRAM) from None
        except RetryAfter as refused:
            pause = seconds_of(refused)
        except TelegramError as error:
            tried, pause = tried + 1, next(pauses)
            if tried >= pace.start_tries:
                raise ChannelError(_unreachable(error)) from None
        else:
            if webhook.url:
                raise ChannelError(HAS_WEBHOOK)
            return me.username or me.first_name
        if await set_within(stop, pause):
            return None


def _unreachable(error: TelegramError) -> str:
    return (
        f"Telegram cannot be reached ({type(error).__name__}): check this machine's internet connection, and "
        "`telegram.base_url` in the configuration."
    )


async def _sweep(store: SessionStore, over: asyncio.Event, seconds: float) -> None:
    """Deletes what has expired, now and then."""
    ended = False
    while not ended:
        try:
            await store.sweep(utc_now())
        except Exception as error:
            log.warning("expired sessions could not be deleted: %s; it is tried again", type(error).__name__)
        ended = await set_within(over, seconds)
