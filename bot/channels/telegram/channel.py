"""The Telegram channel, by long polling or behind a webhook: starts, says who it is, runs until it is told to stop.

Nothing of a chat reaches a log. At level DEBUG the library logs the URL, which holds the token, and every call with
its chat id and text; at level CRITICAL it logs updates that it cannot read. So its loggers are shut for good,
whatever level an operator chooses.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from dataclasses import replace

from telegram import Bot

from bot.channels.counting import NO_COUNTS, Counts
from bot.channels.telegram.api import BotApi
from bot.channels.telegram.delivering import Connection
from bot.channels.telegram.handling import Handling
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.pace import Pace, set_within
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.reports import Reports
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.telegram.starting import introduce
from bot.channels.telegram.throttle import Throttle
from bot.channels.turns import utc_now
from bot.engine.world import Offer, World
from bot.serving import WebhookSettings
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
    reports_chat: int | None = None,
    counts: Counts = NO_COUNTS,
) -> None:
    """Talks on Telegram until `stop` is set, then finishes the turns in hand and returns.

    base_url: what stands before the token, such as `https://api.telegram.org/bot`. say: tells the operator.
    reports_chat: where people's reports of wrong facts go; None if they cannot make any.
    webhook: None for long polling. take_over: an end is made to a webhook that another program has set.
    Raises ChannelError if the token is wrong, another webhook is set, another program polls for this bot, or Telegram
    cannot be reached at the start (later on it is tried for as long as it takes); ConfigError if it cannot listen.
    """
    pace = pace or Pace()
    shut_loggers()
    async with AiohttpRequest(counts=counts) as request, AiohttpRequest(1, counts=counts) as polls:
        # Not `async with bot`: its own start puts the token into the error about a wrong token.
        bot = Bot(token, base_url=base_url, request=request, get_updates_request=polls)
        name = await introduce(bot, webhook.url if webhook else None, stop, pace, take_over=take_over)
        if name is None:
            return
        where = f"Telegram pushes to {webhook.url}" if webhook else "it asks Telegram for updates"
        say(f"This bot is @{name} on Telegram; {where}. Ctrl+C ends it.")
        api, throttle = BotApi(request, bot.base_url), Throttle(pace)
        reports = Reports(api, reports_chat, throttle) if reports_chat is not None else None
        offers: frozenset[Offer] = frozenset({"share"} if reports is None else {"share", "report"})
        to = Connection(api, name, pace, throttle, reports, counts)
        handling = Handling(to, _offering(world, offers), store, stop)
        over = asyncio.Event()
        sweeper = asyncio.create_task(_sweep(store, throttle, over, pace.sweep, counts))
        passing_on = asyncio.create_task(reports.run()) if reports else None
        try:
            if webhook is None:
                await Polling(polls, bot.base_url, Intake(handling), stop, pace).run()
            else:
                from bot.channels.telegram.webhook import run_webhook  # only here are the web libraries needed

                await run_webhook(bot, webhook, Intake(handling), stop, pace)
        finally:
            over.set()
            await sweeper
            if reports is not None and passing_on is not None:
                await reports.finish(pace.turn)
                passing_on.cancel()


def shut_loggers() -> None:
    """Keeps the library from logging anything; see the top of this module."""
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    for name in ("telegram.Bot", "telegram.request.BaseRequest"):
        logging.getLogger(name).disabled = True


def _offering(world: Callable[[], World], offers: frozenset[Offer]) -> Callable[[], World]:
    """The newest world with what this channel can do beside the cards."""
    known: tuple[World, World] | None = None

    def current() -> World:
        nonlocal known
        newest = world()
        if known is None or known[0] is not newest:
            known = newest, replace(newest, offers=offers)
        return known[1]

    return current


async def _sweep(store: SessionStore, throttle: Throttle, over: asyncio.Event, seconds: float, counts: Counts) -> None:
    """Deletes what has expired, now and then, and what only waits in memory to be thrown away."""
    ended = False
    while not ended:
        try:
            counts.swept(await store.sweep(utc_now()))
        except Exception as error:
            counts.sessions(work=False)
            log.warning("expired sessions could not be deleted: %s; it is tried again", type(error).__name__)
        else:
            counts.sessions(work=True)
        throttle.let_go()
        gc.collect()  # errors hold the frames that they passed through, and these what a person said
        ended = await set_within(over, seconds)
