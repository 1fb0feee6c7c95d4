"""The Telegram channel, by long polling or behind a webhook: starts, says who it is, runs until it is told to stop.

Nothing of a chat reaches a log. At level DEBUG the library logs the URL, which holds the token, and every call with
its chat id and text; at level CRITICAL it logs updates that it cannot read. So its loggers are shut for good,
whatever level an operator chooses.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from telegram import Bot

from bot.channels.telegram.handling import Handling
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.pace import Pace, set_within
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.telegram.starting import introduce
from bot.channels.telegram.throttle import Throttle
from bot.channels.telegram.webhook import WebhookSettings, run_webhook
from bot.channels.turns import utc_now
from bot.engine.world import World
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
    webhook: WebhookSettings | None = None,
    take_over: bool = False,
) -> None:
    """Talks on Telegram until `stop` is set, then finishes the turns in hand and returns.

    base_url: what stands before the token, such as `https://api.telegram.org/bot`. say: tells the operator.
    webhook: None for long polling. take_over: an end is made to a webhook that another program has set.
    Raises ChannelError if the token is wrong, another webhook is set, another program polls for this bot, or Telegram
    cannot be reached at the start (later on it is tried for as long as it takes); ConfigError if it cannot listen.
    """
    pace = pace or Pace()
    shut_loggers()
    async with AiohttpRequest() as request, AiohttpRequest(1) as polls:
        # Not `async with bot`: its own start puts the token into the error about a wrong token.
        bot = Bot(token, base_url=base_url, request=request, get_updates_request=polls)
        name = await introduce(bot, webhook.url if webhook else None, stop, pace, take_over=take_over)
        if name is None:
            return
        where = f"Telegram pushes to {webhook.url}" if webhook else "it asks Telegram for updates"
        say(f"This bot is @{name} on Telegram; {where}. Ctrl+C ends it.")
        handling = Handling(bot, world, store, stop, pace, Throttle(pace))
        over = asyncio.Event()
        sweeper = asyncio.create_task(_sweep(store, over, pace.sweep))
        try:
            if webhook is None:
                await Polling(polls, bot.base_url, Intake(handling), stop, pace).run()
            else:
                await run_webhook(bot, webhook, Intake(handling), stop, pace)
        finally:
            over.set()
            await sweeper


def shut_loggers() -> None:
    """Keeps the library from logging anything; see the top of this module."""
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    for name in ("telegram.Bot", "telegram.request.BaseRequest"):
        logging.getLogger(name).disabled = True


async def _sweep(store: SessionStore, over: asyncio.Event, seconds: float) -> None:
    """Deletes what has expired, now and then."""
    ended = False
    while not ended:
        try:
            await store.sweep(utc_now())
        except Exception as error:
            log.warning("expired sessions could not be deleted: %s; it is tried again", type(error).__name__)
        ended = await set_within(over, seconds)
