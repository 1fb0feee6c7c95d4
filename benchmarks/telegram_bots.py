"""The bots that `telegram_speed.py` measures, each in a process of its own.

    python benchmarks/telegram_bots.py BOT MODE BASE_URL TOKEN PORT CORE < cards.json

All of them answer Start with the choice of languages and a tap with two calls at the same time, answerCallbackQuery and
editMessageText; only ours, behind a webhook, lets the first go along with its answer to the push. All but ours know
only three cards, which they find by the end of the button's data: the very cards that ours draws, read from standard
input as {end of data: {"text": HTML, "keyboard": [[{"text", "callback_data"}]]}}.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from telegram_fake import CONNECTIONS, SECRET_HEADER

if TYPE_CHECKING:
    from telegram.ext import ApplicationBuilder

ROOT: Final = Path(__file__).parents[1]
AT_ONCE: Final = 256
SECRET: Final = "only-for-measuring"  # noqa: S105 - opens nothing
START: Final = ""  # the key of the card that answers Start
BACK: Final = "_back"


@dataclass(frozen=True, slots=True)
class Given:
    """What a bot is told. `base_url` is what stands before /bot and the token; `port` is for a webhook."""

    webhook: bool
    base_url: str
    token: str
    port: int
    cards: Mapping[str, Mapping[str, Any]]

    @property
    def url(self) -> str:
        """Of the webhook."""
        return f"http://127.0.0.1:{self.port}/hook"


def end_of(data: str) -> str:
    """The part of a button's data that says what it does, without the number of the card."""
    return data.rpartition(":")[2]


async def stopped() -> asyncio.Event:
    """Is set when the process is told to end."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop


async def ours(given: Given) -> None:
    """The whole bot, as it is served, but for how much it allows itself to say."""
    from bot.app import build_world
    from bot.channels.telegram.channel import run_telegram
    from bot.channels.telegram.pace import Pace
    from bot.collector import set_aside
    from bot.config import load_config
    from bot.serving import Listen, WebhookSettings
    from bot.sessions.recent import RecentSessions
    from bot.sessions.secret import ServerSecret
    from bot.sessions.sqlite import SqliteSessions

    world = build_world(load_config(ROOT / "bot_config.yaml", {}), dt.datetime.now(dt.UTC).date())
    pace = Pace(
        chats_at_once=AT_ONCE,
        messages_a_second=1e6,
        burst=1_000_000,
        chat_messages_a_second=1e6,
        chat_burst=1_000_000,
    )
    webhook = WebhookSettings(given.url, Listen("127.0.0.1", given.port), CONNECTIONS)
    with tempfile.TemporaryDirectory() as folder:
        store = RecentSessions(await SqliteSessions.open(Path(folder, "sessions.db"), ServerSecret((os.urandom(32),))))
        set_aside()
        try:
            await run_telegram(
                lambda: world,
                store,
                token=given.token,
                base_url=f"{given.base_url}/bot",
                stop=await stopped(),
                say=lambda text: None,
                pace=pace,
                webhook=webhook if given.webhook else None,
            )
        finally:
            await store.close()


def _builder(given: Given) -> ApplicationBuilder[Any, Any, Any, Any, Any, Any]:
    from telegram.ext import Application

    return Application.builder().token(given.token).base_url(f"{given.base_url}/bot")


def _with_handlers(builder: ApplicationBuilder[Any, Any, Any, Any, Any, Any], given: Given) -> Any:
    """The Application with its two handlers, as its manual writes them."""
    from telegram import CallbackQuery, InlineKeyboardMarkup, LinkPreviewOptions, Message, Update
    from telegram.constants import ParseMode
    from telegram.ext import CallbackQueryHandler, CommandHandler

    keyboards = {
        end: InlineKeyboardMarkup.de_json({"inline_keyboard": card["keyboard"]}) for end, card in given.cards.items()
    }
    no_preview = LinkPreviewOptions(is_disabled=True)

    async def start(update: Update, context: object) -> None:
        assert isinstance(update.message, Message)
        await update.message.reply_text(
            given.cards[START]["text"],
            parse_mode=ParseMode.HTML,
            link_preview_options=no_preview,
            reply_markup=keyboards[START],
        )

    async def tapped(update: Update, context: object) -> None:
        query = update.callback_query
        assert isinstance(query, CallbackQuery)
        end = end_of(query.data or "")
        await asyncio.gather(
            query.answer(),
            query.edit_message_text(
                given.cards[end]["text"],
                parse_mode=ParseMode.HTML,
                link_preview_options=no_preview,
                reply_markup=keyboards[end],
            ),
        )

    application = builder.build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(CallbackQueryHandler(tapped))
    return application


def _run(application: Any, given: Given) -> None:
    """The library's own polling or web server, which answers a post before it handles it."""
    if given.webhook:
        application.run_webhook(
            port=given.port, url_path="hook", secret_token=SECRET, webhook_url=given.url, max_connections=CONNECTIONS
        )
    else:
        application.run_polling()


def bare(given: Given) -> None:
    """python-telegram-bot on our request class: many chats at once, each in order."""
    from telegram import Update
    from telegram.ext import BaseUpdateProcessor

    from bot.channels.telegram.request import AiohttpRequest
    from bot.collector import set_aside

    class InOrder(BaseUpdateProcessor):
        def __init__(self) -> None:
            super().__init__(AT_ONCE)
            self._chats: dict[int, asyncio.Lock] = {}

        async def do_process_update(self, update: object, coroutine: Any) -> None:
            assert isinstance(update, Update)
            assert update.effective_chat is not None
            async with self._chats.setdefault(update.effective_chat.id, asyncio.Lock()):
                await coroutine

        async def initialize(self) -> None:
            pass

        async def shutdown(self) -> None:
            pass

    set_aside()
    builder = _builder(given).request(AiohttpRequest()).get_updates_request(AiohttpRequest(1))
    application = _with_handlers(builder.concurrent_updates(InOrder()), given)
    if given.webhook:
        asyncio.run(_bare_webhook(application, given))
    else:
        _run(application, given)


async def _bare_webhook(application: Any, given: Given) -> None:
    """In the web server that ours has, and like ours with an answer after the tap was handled."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
    from telegram import Update

    from bot.serving import Listen, serve

    async def posted(request: Request) -> Response:
        if request.headers.get(SECRET_HEADER) != SECRET:
            return Response(status_code=403)
        update = Update.de_json(json.loads(await request.body()), application.bot)
        await application.update_processor.process_update(update, application.process_update(update))
        return Response()

    async with application:
        await application.bot.set_webhook(given.url, secret_token=SECRET, max_connections=CONNECTIONS)
        app = Starlette(routes=[Route("/hook", posted, methods=["POST"])])
        await serve(app, Listen("127.0.0.1", given.port), await stopped(), grace=1)


def ptb(given: Given) -> None:
    """python-telegram-bot as it comes: one update at a time."""
    _run(_with_handlers(_builder(given), given), given)


def ptb_some(given: Given) -> None:
    """The same with a few updates at once, where it is quickest."""
    _run(_with_handlers(_builder(given).concurrent_updates(16), given), given)


def ptb_many(given: Given) -> None:
    """The same with many updates at once. Its time limits are raised: within the default ones its calls fail."""
    builder = _builder(given).concurrent_updates(AT_ONCE)
    builder = builder.read_timeout(60).write_timeout(60).connect_timeout(60).pool_timeout(60)
    _run(_with_handlers(builder, given), given)


async def aiogram(given: Given) -> None:
    """aiogram as it comes."""
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.filters import CommandStart
    from aiogram.types import CallbackQuery, InlineKeyboardMarkup, LinkPreviewOptions, Message

    keyboards = {
        end: InlineKeyboardMarkup.model_validate({"inline_keyboard": card["keyboard"]})
        for end, card in given.cards.items()
    }
    no_preview = LinkPreviewOptions(is_disabled=True)
    bot = Bot(given.token, AiohttpSession(api=TelegramAPIServer.from_base(given.base_url)))
    dispatcher = Dispatcher()

    @dispatcher.message(CommandStart())
    async def start(message: Message) -> None:
        await message.answer(
            given.cards[START]["text"],
            parse_mode="HTML",
            link_preview_options=no_preview,
            reply_markup=keyboards[START],
        )

    @dispatcher.callback_query()
    async def tapped(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        end = end_of(query.data or "")
        edit = query.message.edit_text(
            given.cards[end]["text"],
            parse_mode="HTML",
            link_preview_options=no_preview,
            reply_markup=keyboards[end],
        )
        await asyncio.gather(bot(query.answer()), bot(edit))

    if not given.webhook:
        await dispatcher.start_polling(bot)
        return
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
    from aiohttp import web

    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=SECRET).register(app, path="/hook")
    setup_application(app, dispatcher, bot=bot)
    await bot.set_webhook(given.url, secret_token=SECRET, max_connections=CONNECTIONS)
    await _serve(web.AppRunner(app, access_log=None), given)
    await bot.session.close()


async def floor(given: Given) -> None:
    """No framework: what one connection pool and JSON cost."""
    import aiohttp
    from aiohttp import web

    forms = {
        end: {
            "text": card["text"],
            "parse_mode": "HTML",
            "link_preview_options": '{"is_disabled": true}',
            "reply_markup": json.dumps({"inline_keyboard": card["keyboard"]}),
        }
        for end, card in given.cards.items()
    }
    api = f"{given.base_url}/bot{given.token}"
    under_way: set[asyncio.Task[None]] = set()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2 * AT_ONCE)) as session:

        async def call(method: str, form: Mapping[str, str]) -> Any:
            async with session.post(f"{api}/{method}", data=form) as answer:
                return json.loads(await answer.read())["result"]

        async def handle(update: Mapping[str, Any]) -> None:
            query = update.get("callback_query")
            if query is None:
                await call("sendMessage", {"chat_id": str(update["message"]["chat"]["id"]), **forms[START]})
                return
            card = query["message"]
            message = {"chat_id": str(card["chat"]["id"]), "message_id": str(card["message_id"])}
            await asyncio.gather(
                call("answerCallbackQuery", {"callback_query_id": query["id"]}),
                call("editMessageText", {**message, **forms[end_of(query["data"])]}),
            )

        def begin(work: Coroutine[Any, Any, None]) -> None:
            task = asyncio.create_task(work)
            under_way.add(task)
            task.add_done_callback(under_way.discard)

        async def poll() -> None:
            offset = 0
            while True:
                for update in await call("getUpdates", {"offset": str(offset), "timeout": "10"}):
                    offset = update["update_id"] + 1
                    begin(handle(update))

        async def posted(request: web.BaseRequest) -> web.StreamResponse:
            if request.headers.get(SECRET_HEADER) != SECRET:
                return web.Response(status=403)
            await handle(json.loads(await request.read()))
            return web.Response()

        if given.webhook:
            await call("setWebhook", {"url": given.url, "secret_token": SECRET})
            await _serve(web.ServerRunner(web.Server(posted, access_log=None)), given)
        else:
            begin(poll())
            await (await stopped()).wait()


async def _serve(runner: Any, given: Given) -> None:
    """An aiohttp server, until the process is told to end."""
    from aiohttp import web

    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", given.port, backlog=1024, shutdown_timeout=0.5).start()
    await (await stopped()).wait()
    await runner.cleanup()


BOTS: Final = {
    "ours": ours,
    "bare": bare,
    "ptb": ptb,
    "ptb_some": ptb_some,
    "ptb_many": ptb_many,
    "aiogram": aiogram,
    "floor": floor,
}


def main() -> None:
    """Runs one bot until it is told to end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bot", choices=BOTS)
    parser.add_argument("mode", choices=("polling", "webhook"))
    parser.add_argument("base_url")
    parser.add_argument("token")
    parser.add_argument("port", type=int)
    parser.add_argument("core", type=int)
    options = parser.parse_args()
    os.sched_setaffinity(0, {options.core})
    given = Given(
        options.mode == "webhook", options.base_url, options.token, options.port, json.loads(sys.stdin.read())
    )
    logging.disable()  # what fails is seen in the numbers
    running = BOTS[options.bot](given)
    if running is not None:
        asyncio.run(running)


if __name__ == "__main__":
    main()
