"""Telegram as `telegram_speed.py` needs it: fast, believing everything, and full of people who tap without a pause.

Each person taps, waits for their card to change, and taps again. Nothing is checked; `tests/telegram_peer` is the
strict one. A delay stands before the effect of every call except getUpdates, like the way to Telegram and back.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from types import TracebackType
from typing import Final
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
CONNECTIONS: Final = 100  # the most that setWebhook allows
FIRST_CHAT: Final = 5_000_000_001

# The button that a person presses next: English, then "Find help near me" and "Back" in turn.
PRESSED: Final = re.compile(r'"callback_data":\s*"(\d+:=en|\d+:help|_back)"')

_SIDE_BY_SIDE: Final = 8  # people who begin in the same moment
BOT_NAME: Final = "ask_first_bot"
_ME: Final = f'{{"id":1,"is_bot":true,"first_name":"Ask First","username":"{BOT_NAME}"}}'
_OK: Final = '{"ok":true,"result":true}'
# What bots ask when they start.
_ANSWERS: Final = {
    "getMe": _ME,
    "getWebhookInfo": '{"url":"","has_custom_certificate":false,"pending_update_count":0}',
    "getMyCommands": "[]",
    "getMyName": '{"name":""}',
    "getMyDescription": '{"description":""}',
    "getMyShortDescription": '{"short_description":""}',
    "getChatMenuButton": '{"type":"commands"}',
}


@dataclass(slots=True, eq=False)
class Tap:
    """A pressed button, or the first Start. `given` is when the bot was given the update, 0 before that."""

    id: int
    update: str
    given: float = 0.0

    def give(self) -> str:
        """The update as JSON."""
        self.given = self.given or time.perf_counter()
        return self.update


@dataclass(slots=True, eq=False)
class Chat:
    """A person's chat. `card` is the message that stands in it, as JSON; `pressed` the data of the next tap.

    tap: the one that is not answered yet.
    """

    id: int
    card: str = ""
    pressed: str = ""
    tap: Tap | None = None


@dataclass(slots=True, eq=False)
class Line:
    """One bot's line to Telegram, and its people.

    calls: made by the bot, getUpdates not counted. answered: when a tap was given to the bot, and how many seconds
    later its card arrived. ready: it has polled, or set a webhook. shown: a tap was answered.
    """

    chats: list[Chat]
    delay: float = 0.0
    tapping: bool = False
    calls: int = 0
    answered: list[tuple[float, float]] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    shown: asyncio.Event = field(default_factory=asyncio.Event)
    _webhook: tuple[str, str] = ("", "")  # its address and secret
    _chats: dict[int, Chat] = field(default_factory=dict)
    _queue: deque[Tap] = field(default_factory=deque)
    _queued: asyncio.Event = field(default_factory=asyncio.Event)
    _ids: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self._chats = {chat.id: chat for chat in self.chats}

    async def begin(self, chats: int, seconds: float = 0.0) -> None:
        """Lets so many people tap on, from wherever their conversation is, and not all in the same moment: the last one
        begins after these seconds."""
        self.tapping = True
        for number, chat in enumerate(self.chats[:chats], start=1):
            self._tap(chat)
            if number % _SIDE_BY_SIDE == 0:
                await asyncio.sleep(seconds * _SIDE_BY_SIDE / chats)

    async def end(self, seconds: float) -> None:
        """Lets nobody tap any more, takes back the taps that were not given out, and waits for the others."""
        self.tapping = False
        self._queue = deque(tap for tap in self._queue if tap.given)
        for chat in self.chats:
            chat.tap = chat.tap if chat.tap and chat.tap.given else None
        await self._settle(seconds)

    async def once(self, chats: Sequence[Chat], seconds: float) -> bool:
        """Lets these people tap once; those who have no card yet press Start. Whether all were answered."""
        for chat in chats:
            self._tap(chat)
        return await self._settle(seconds)

    async def _settle(self, seconds: float) -> bool:
        """Waits until every tap is answered, and whether it was; one that is not by then is given up."""
        try:
            async with asyncio.timeout(seconds):
                while any(chat.tap for chat in self.chats):
                    self.shown.clear()
                    await self.shown.wait()
        except TimeoutError:
            pass
        answered = not any(chat.tap for chat in self.chats)
        for chat in self.chats:
            chat.tap = None
        await asyncio.sleep(0.05)  # what the bot still does after the card
        return answered

    @property
    def waiting(self) -> list[float]:
        """When the taps that are not answered yet were given to the bot."""
        return [chat.tap.given for chat in self.chats if chat.tap and chat.tap.given]

    async def updates(self, offset: int, limit: int, seconds: float) -> str:
        """getUpdates: what is not confirmed, oldest first."""
        self.ready.set()
        while self._queue and self._queue[0].id < offset:
            self._queue.popleft()
        if not self._queue:
            self._queued.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._queued.wait()
            except TimeoutError:
                pass
        return f'{{"ok":true,"result":[{",".join(tap.give() for tap in islice(self._queue, limit))}]}}'

    async def push(self) -> None:
        """Posts updates to the webhook, over as many connections as Telegram opens at most, until cancelled."""
        url, secret = self._webhook
        headers = {SECRET_HEADER: secret, "Content-Type": "application/json"}
        connector = aiohttp.TCPConnector(limit=CONNECTIONS)
        async with aiohttp.ClientSession(headers=headers, connector=connector) as session:
            await asyncio.gather(*(self._pusher(session, url) for _ in range(CONNECTIONS)))

    async def _pusher(self, session: aiohttp.ClientSession, url: str) -> None:
        while True:
            while not self._queue:
                self._queued.clear()
                await self._queued.wait()
            try:
                async with session.post(url, data=self._queue.popleft().give()) as answer:
                    self.calls += b'"method"' in await answer.read()  # a call that came along
            except aiohttp.ClientError:
                pass  # the tap stays unanswered, and is counted as such

    async def obey(self, method: str, form: dict[str, str]) -> str:
        """Any other call."""
        self.calls += 1
        if self.delay:
            await asyncio.sleep(self.delay)
        if method in ("editMessageText", "sendMessage"):
            return f'{{"ok":true,"result":{self._show(form, self._chats[int(form["chat_id"])])}}}'
        if method == "setWebhook":
            self._webhook = form["url"], form["secret_token"]
            self.ready.set()
        return f'{{"ok":true,"result":{_ANSWERS[method]}}}' if method in _ANSWERS else _OK

    def _show(self, form: dict[str, str], chat: Chat) -> str:
        markup = form.get("reply_markup", "{}")
        message = form.get("message_id") or str(next(self._ids))
        chat.card = (
            f'{{"message_id":{message},"from":{_ME},"chat":{{"id":{chat.id},"type":"private","first_name":"A"}},'
            f'"date":{int(time.time())},"text":{json.dumps(form["text"])},"reply_markup":{markup}}}'
        )
        found = PRESSED.search(markup)
        chat.pressed = found[1] if found else ""
        if chat.tap is not None:
            self.answered.append((chat.tap.given, time.perf_counter() - chat.tap.given))
            chat.tap = None
            self.shown.set()
            if self.tapping:
                self._tap(chat)
        return chat.card

    def _tap(self, chat: Chat) -> None:
        number = next(self._ids)
        person = f'{{"id":{chat.id},"is_bot":false,"first_name":"A","language_code":"en"}}'
        if chat.card:
            what = (
                f'"callback_query":{{"id":"{number}","from":{person},"message":{chat.card},"chat_instance":"1",'
                f'"data":"{chat.pressed}"}}'
            )
        else:
            what = (
                f'"message":{{"message_id":{number},"from":{person},"chat":{{"id":{chat.id},"type":"private",'
                f'"first_name":"A"}},"date":{int(time.time())},"text":"/start",'
                f'"entities":[{{"type":"bot_command","offset":0,"length":6}}]}}'
            )
        chat.tap = Tap(number, f'{{"update_id":{number},{what}}}')
        self._queue.append(chat.tap)
        self._queued.set()


class FakeTelegram:
    """The Bot API for many bots, told apart by their tokens, while `async with` lasts."""

    def __init__(self) -> None:
        self._lines: dict[str, Line] = {}
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.5)
        self.root = ""

    async def __aenter__(self) -> FakeTelegram:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024).start()
        self.root = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    def line(self, chats: int) -> tuple[str, Line]:
        """A token, and the line of the bot that uses it."""
        token = f"{len(self._lines) + 1}:MEASURE"
        line = self._lines[token] = Line([Chat(FIRST_CHAT + index) for index in range(chats)])
        return token, line

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        _, token, method = request.path.split("/")
        line = self._lines[token.removeprefix("bot")]
        form = dict(request.query)
        body = await request.read()
        if request.content_type == "application/json":  # all that is no string is kept as JSON, as Telegram does it
            given = json.loads(body) if body else {}
            form.update((key, one if isinstance(one, str) else json.dumps(one)) for key, one in given.items())
        else:
            form.update(parse_qsl(body.decode()))
        if method == "getUpdates":
            answer = await line.updates(
                int(form.get("offset", 0)), int(form.get("limit", 100)), float(form.get("timeout", 0))
            )
        else:
            answer = await line.obey(method, form)
        return web.Response(text=answer, content_type="application/json")


Clock = Callable[[], float]


def processor_seconds(pid: int) -> Clock:
    """The processor time of a process with all its threads, in seconds.

    Linux numbers the clock of each process so; see clock_getcpuclockid(3), which Python does not offer.
    """
    clock = (~pid << 3) | 2
    return lambda: time.clock_gettime(clock)
