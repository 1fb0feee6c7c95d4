"""Telegram's side of a webhook: https://core.telegram.org/bots/api#setwebhook

Updates of one lane go out one after the other, each only after a 2xx for the one before; lanes go out side by
side, as many at a time as `max_connections` allows. What is not answered with 2xx stays and is sent again by the
next push. (Telegram itself repeats after a growing pause; here the test decides when.) The answer may hold a call,
whose result nobody is told: https://core.telegram.org/bots/api#making-requests-when-getting-updates

A lane is a chat. In Telegram's own server the taps of a person are a lane apart from the messages of the chat, so
that a tap may overtake a message; with `taps_race` it is so here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final, TypeAlias

import aiohttp

from tests.telegram_peer.state import Telegram
from tests.telegram_peer.updates import Update

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
ANSWER_SECONDS: Final = 60.0
DEFAULT_CONNECTIONS: Final = 40


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to push an update. status: what the bot answered, None if it could not be reached."""

    update_id: int
    status: int | None

    @property
    def arrived(self) -> bool:
        """Whether the bot has taken it."""
        return self.status is not None and 200 <= self.status < 300


Obey: TypeAlias = Callable[[object], Awaitable[None]]


async def push(telegram: Telegram, url: str, secret: str | None, obey: Obey, *, taps_race: bool) -> list[Delivery]:
    """Pushes everything that waits; a lane ends at its first failure. What was tried, by update id.

    obey: makes the call that came with an answer.
    """
    telegram.updates.forget_expired(telegram.now())
    webhook = telegram.updates.webhook
    connections = asyncio.Semaphore(webhook.max_connections if webhook else DEFAULT_CONNECTIONS)

    def lane_of(update: Update) -> tuple[int, int]:
        return update.chat_id, update.payload["from"]["id"] if taps_race and update.kind == "callback_query" else 0

    waiting = sorted(telegram.updates.pending, key=lambda update: (lane_of(update), update.id))
    async with aiohttp.ClientSession(
        headers={SECRET_HEADER: secret} if secret else {},
        timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
    ) as session:
        lanes = [list(lane) for _, lane in groupby(waiting, key=lane_of)]
        pushed = await asyncio.gather(*(_push_lane(telegram, session, url, lane, connections, obey) for lane in lanes))
    return sorted((delivery for lane in pushed for delivery in lane), key=lambda delivery: delivery.update_id)


async def _push_lane(
    telegram: Telegram,
    session: aiohttp.ClientSession,
    url: str,
    lane: Sequence[Update],
    connections: asyncio.Semaphore,
    obey: Obey,
) -> list[Delivery]:
    deliveries: list[Delivery] = []
    for update in lane:
        async with connections:
            status = await _post(session, url, update, obey)
        deliveries.append(Delivery(update.id, status))
        if not deliveries[-1].arrived:
            if telegram.updates.webhook is not None:
                telegram.updates.webhook.last_error_date = int(telegram.now())
                telegram.updates.webhook.last_error = f"Wrong response from the webhook: {status}"
            break
        telegram.updates.forget([update.id])
    return deliveries


async def _post(session: aiohttp.ClientSession, url: str, update: Update, obey: Obey) -> int | None:
    try:
        async with session.post(url, json=update.to_json()) as response:
            body = await response.read()
            if response.status == 200 and response.content_type == "application/json":
                await obey(json.loads(body))
            return response.status
    except (aiohttp.ClientError, TimeoutError):
        return None
