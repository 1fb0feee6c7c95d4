"""The webhook: Telegram pushes each update to a web address, and takes it for done only once it has been answered.

The endpoint is an ASGI application behind a web server that speaks HTTPS. It looks at the secret before anything else,
reads no more than an update can be, and answers 200 after the turn: until then Telegram keeps the update, sends the
next of that chat only afterwards, and sends this one again if the process dies. What is not done is answered with 503.
The answer to a tap goes along with the 200, which spares a call.
https://core.telegram.org/bots/api#setwebhook
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from functools import partial
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from telegram import Bot, WebhookInfo
from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.api import Along
from bot.channels.telegram.intake import Intake
from bot.channels.telegram.pace import Pace, set_within
from bot.channels.telegram.reading import KINDS
from bot.channels.telegram.starting import reach
from bot.serving import WebhookSettings, serve

log = logging.getLogger(__name__)

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
# A message has at most 4096 characters and an update quotes one other message; the largest seen are a tenth of this.
MOST_BYTES: Final = 256 * 1024

TAKEN: Final = (
    "Another program has set a webhook for this bot, or taken ours away, so Telegram no longer sends the updates here: "
    "stop the other program, then start this one again."
)


def secret_of(token: str) -> str:
    """The secret that Telegram shows at each call. Made from the token, which both sides have, so that it is the same
    after a restart and in each of several processes, and need not be kept anywhere."""
    return hmac.new(token.encode(), b"Ask First webhook secret", sha256).hexdigest()


class Endpoint:
    """Takes what is pushed. `app` is the ASGI application."""

    def __init__(self, path: str, secret: str, intake: Intake, stop: asyncio.Event) -> None:
        self._secret = secret.encode()
        self._intake = intake
        self._stop = stop
        self.app = Starlette(routes=[Route(path or "/", self._receive, methods=["POST"])])

    async def _receive(self, request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret):
            return Response(status_code=403)
        if self._stop.is_set():
            return _later()
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            raw = json.loads(body)
            update_id = raw["update_id"]
        except (ValueError, TypeError, KeyError, RecursionError):
            update_id = None
        if type(update_id) is not int:
            return Response(status_code=400)
        answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def done(finished: bool) -> None:
            if not answered.done():
                answered.set_result(finished)

        along = Along()
        self._intake.take(update_id, raw, done, along)
        if not await answered:
            return _later()
        return Response() if along.call is None else JSONResponse(along.call)


def _later() -> Response:
    return Response(status_code=503, headers={"Retry-After": "1"})


async def _body(request: Request) -> bytes | None:
    """The body, None if it is larger than an update can be; then it is not read to its end."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return None
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)


async def run_webhook(bot: Bot, settings: WebhookSettings, intake: Intake, stop: asyncio.Event, pace: Pace) -> None:
    """Listens, tells Telegram where, and answers until `stop` is set; then finishes what is in hand.

    The webhook stays set, so that Telegram keeps what comes until the next start. Raises ConfigError if it cannot
    listen there, ChannelError if the webhook cannot be set.
    """
    endpoint = Endpoint(urlsplit(settings.url).path, secret_of(bot.token), intake, stop)
    bound = asyncio.Event()
    serving = asyncio.create_task(
        serve(endpoint.app, settings.listen, stop, grace=pace.turn, listening=lambda where: bound.set())
    )
    watching: asyncio.Task[None] | None = None
    try:
        waiting = asyncio.create_task(bound.wait())
        await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if bound.is_set():
            set_webhook = partial(
                bot.set_webhook,
                settings.url,
                max_connections=settings.connections,
                allowed_updates=list(KINDS),
                secret_token=secret_of(bot.token),
            )
            await reach(set_webhook, stop, pace, "webhook.url")
            watching = asyncio.create_task(_watch(bot, settings.url, stop, pace))
        await serving
    except asyncio.CancelledError:
        await intake.cancel()
        raise
    finally:
        serving.cancel()
        if watching is not None:
            watching.cancel()
        await asyncio.gather(serving, *([watching] if watching else []), return_exceptions=True)
        await intake.finish()


async def _watch(bot: Bot, url: str, stop: asyncio.Event, pace: Pace) -> None:
    """Tells the operator when Telegram cannot reach the webhook, or has another one."""
    told: object = None
    while not await set_within(stop, pace.webhook_check):
        try:
            info = await bot.get_webhook_info()
        except InvalidToken:
            trouble: object = "the token is no longer valid"
        except TelegramError:
            continue  # the answers to people will say so
        else:
            trouble = TAKEN if info.url != url else _last_error(info)
        if trouble and trouble != told:
            log.warning("the webhook: %s", trouble)
        told = trouble


def _last_error(info: WebhookInfo) -> str | None:
    """Telegram's own words for why it could not push, with their time; None if it never failed."""
    if info.last_error_message is None or info.last_error_date is None:
        return None
    return f"{info.last_error_message} ({info.last_error_date:%Y-%m-%d %H:%M} UTC, {info.pending_update_count} waiting)"
