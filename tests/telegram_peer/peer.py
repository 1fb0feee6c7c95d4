"""The server: Telegram's Bot API over HTTP on loopback, for one bot."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from itertools import chain
from types import TracebackType
from typing import Any, Final, Literal

from aiohttp import web

from tests.telegram_peer.chats import Account
from tests.telegram_peer.errors import ApiError, bad_request
from tests.telegram_peer.faults import HTML_ERROR_PAGE, Delay, Drop, Fault, Faults, Html, Refuse
from tests.telegram_peer.methods import METHODS, Method
from tests.telegram_peer.people import Group, Person
from tests.telegram_peer.state import Telegram
from tests.telegram_peer.webhook import Delivery, push

FIRST_CHAT_ID: Final = 5_000_000_001  # beyond 32 bits, as many are

_DESCRIPTIONS: Final = {
    400: "Bad Request: refused by the test",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call the bot has made.

    parameters: as the method read them; as they were sent if it could not read them.
    status: of the answer, None if the connection was dropped. result: of a call that succeeded.
    along: whether it came with the answer to a push.
    """

    method: str
    parameters: Mapping[str, Any]
    status: int | None
    result: Any = None
    description: str | None = None
    along: bool = False


class TelegramPeer:
    """api.telegram.org for the bot with this token, while `async with` lasts.

    enforce_limits: answer 429 to a bot that says more than Telegram advises (see limits.py).
    """

    def __init__(
        self,
        token: str = "123456:TEST",  # noqa: S107 - opens nothing but this peer
        *,
        username: str = "ask_first_test_bot",
        enforce_limits: bool = False,
    ) -> None:
        identifier, colon, secret = token.partition(":")
        if not (identifier.isdecimal() and colon and secret):
            raise ValueError(f"{token!r} is no bot token: digits, a colon, and a secret")
        self.token = token
        self.calls: list[Call] = []
        self._telegram = Telegram(
            Account(int(identifier), "Ask First", is_bot=True, username=username), enforce_limits=enforce_limits
        )
        self._faults = Faults()
        self._server = web.Server(self._answer, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(self._server, shutdown_timeout=0.5)
        self._port = 0

    async def __aenter__(self) -> TelegramPeer:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._telegram.updates.end_poll("terminated: the peer is closing")
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """What goes before the token, as python-telegram-bot's `base_url` wants it."""
        return f"http://127.0.0.1:{self._port}/bot"

    @property
    def enforce_limits(self) -> bool:
        """Whether too many messages are answered with 429."""
        return self._telegram.flood.enforced

    @enforce_limits.setter
    def enforce_limits(self, enforced: bool) -> None:
        self._telegram.flood.enforced = enforced

    @property
    def clock_offset(self) -> timedelta:
        """How far Telegram's clock is ahead of this machine's; to move it makes messages and taps older."""
        return self._telegram.clock_offset

    @clock_offset.setter
    def clock_offset(self, offset: timedelta) -> None:
        self._telegram.clock_offset = offset

    @property
    def pending_updates(self) -> int:
        """How many updates the bot has not confirmed yet."""
        return len(self._telegram.updates.pending)

    @property
    def connections(self) -> int:
        """How many TCP connections are open to the peer now."""
        return len(self._server.connections)

    def person(
        self,
        chat_id: int | None = None,
        *,
        language_code: str | None = "en",
        first_name: str = "Somebody",
        last_name: str | None = None,
        username: str | None = None,
    ) -> Person:
        """A new person. The bot cannot write to them before they have said something."""
        account = Account(
            self._new_id(chat_id), first_name, username=username, language_code=language_code, last_name=last_name
        )
        return Person(self._telegram, account)

    def group(
        self, chat_id: int | None = None, *, title: str = "A group", kind: Literal["group", "supergroup"] = "group"
    ) -> Group:
        """A new group that the bot is in. Ids of groups are negative."""
        return Group(self._telegram, -self._new_id(None if chat_id is None else -chat_id), title, kind)

    def calls_of(self, method: str) -> list[Call]:
        """The calls of one method, oldest first."""
        return [call for call in self.calls if call.method.lower() == method.lower()]

    def fail_next(
        self,
        method: str,
        status: int,
        *,
        retry_after: int | None = None,
        description: str | None = None,
        times: int = 1,
    ) -> None:
        """The next call of the method is refused, without effect. 429 needs `retry_after`, in seconds."""
        said = f"Too Many Requests: retry after {retry_after}" if status == 429 else _DESCRIPTIONS.get(status)
        error = ApiError(status, description or said or HTTPStatus(status).phrase, retry_after)
        self._plan(method, Refuse(error), times)

    def drop_connection(self, method: str, *, times: int = 1) -> None:
        """The next call of the method has no effect and no answer."""
        self._plan(method, Drop(after_effect=False), times)

    def lose_answer(self, method: str, *, times: int = 1) -> None:
        """The next call of the method takes effect, but the bot gets no answer."""
        self._plan(method, Drop(after_effect=True), times)

    def html_instead_of_json(self, method: str, *, status: int = 502, times: int = 1) -> None:
        """The next call of the method is answered by a web page, as of a proxy."""
        self._plan(method, Html(status), times)

    def delay(self, method: str, seconds: float, *, times: int = 1) -> None:
        """The next call of the method waits before it takes effect."""
        self._plan(method, Delay(seconds), times)

    async def push_to(self, url: str, secret: str | None = None, *, taps_race: bool = False) -> list[Delivery]:
        """Delivers what waits to a webhook, with the secret given or else the one of setWebhook. See webhook.py."""
        if secret is None and self._telegram.updates.webhook is not None:
            secret = self._telegram.updates.webhook.secret_token
        return await push(self._telegram, url, secret, self._made_along, taps_race=taps_race)

    async def keeps_pushing_to(self, url: str, *, taps_race: bool = False) -> None:
        """Delivers whatever there is until it is cancelled, also while nobody listens."""
        while True:
            await self.push_to(url, taps_race=taps_race)
            await asyncio.sleep(0.005)

    def _new_id(self, wanted: int | None) -> int:
        """A positive id that no person or group has yet."""
        taken = {abs(chat_id) for chat_id in self._telegram.chats}
        if wanted is not None and (wanted <= 0 or wanted in taken):
            raise ValueError(f"{wanted} is taken, or has the wrong sign")
        return wanted if wanted is not None else max(taken, default=FIRST_CHAT_ID - 1) + 1

    def _plan(self, method: str, fault: Fault, times: int) -> None:
        if method.lower() not in METHODS:
            raise ValueError(f"no method {method!r} here")
        self._faults.add(method, fault, times)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = re.fullmatch(r"/bot([^/]+)/([^/]+)", request.path)
        if path is None or ":" not in path[1]:
            return _refusal(ApiError(HTTPStatus.NOT_FOUND, "Not Found"))
        if path[1] != self.token:
            return _refusal(ApiError(HTTPStatus.UNAUTHORIZED, "Unauthorized"))
        if request.method not in {"GET", "POST"}:
            return _refusal(ApiError(HTTPStatus.METHOD_NOT_ALLOWED, "Method Not Allowed"))
        method = METHODS.get(path[2].lower())
        if method is None:
            error = ApiError(HTTPStatus.NOT_FOUND, "Not Found: method not found")
            self.calls.append(Call(path[2], {}, error.status, description=error.description))
            return _refusal(error)
        return await self._call(request, method)

    async def _call(self, request: web.BaseRequest, method: Method) -> web.StreamResponse:
        """Reads, maybe suffers a fault, obeys, records."""
        given: Mapping[str, Any] = {}
        fault = self._faults.take(method.name)
        try:
            written = given = await _parameters(request)
            match fault:
                case Refuse(error):
                    raise error
                case Html(status):
                    self.calls.append(Call(method.name, given, status))
                    return web.Response(status=status, text=HTML_ERROR_PAGE, content_type="text/html")
                case Drop(after_effect=False):
                    return self._drop(request, method, given)
                case Delay(seconds):
                    await asyncio.sleep(seconds)
            given = method.read(written)
            result = await self._obeyed(method, given)
        except ApiError as error:
            self.calls.append(Call(method.name, given, error.status, description=error.description))
            return _refusal(error)
        if fault == Drop(after_effect=True):
            return self._drop(request, method, given)
        self.calls.append(Call(method.name, given, 200, result))
        return web.json_response({"ok": True, "result": result})

    async def _obeyed(self, method: Method, given: Mapping[str, Any]) -> Any:
        result = method.function(self._telegram, **given)
        return await result if inspect.isawaitable(result) else result

    async def _made_along(self, body: object) -> None:
        """Makes a call that came with the answer to a push: recorded like any other, and nobody else is told."""
        if not isinstance(body, dict) or str(body.get("method")).lower() not in METHODS:
            raise AssertionError("the answer to a push holds no call")
        method = METHODS[body["method"].lower()]
        given: Mapping[str, Any] = {name: value for name, value in body.items() if name != "method"}
        try:
            given = method.read(_written(given))
            self.calls.append(Call(method.name, given, 200, await self._obeyed(method, given), along=True))
        except ApiError as error:
            call = Call(method.name, given, error.status, description=error.description, along=True)
            self.calls.append(call)

    def _drop(self, request: web.BaseRequest, method: Method, given: Mapping[str, Any]) -> web.StreamResponse:
        self.calls.append(Call(method.name, given, None))
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


async def _parameters(request: web.BaseRequest) -> dict[str, str]:
    """Parameters from query and body, each as the string Telegram makes of it: JSON for all that is no string."""
    given = dict(request.query)
    if request.content_type == "application/json" and request.can_read_body:
        try:
            body = json.loads(await request.read())
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise bad_request("can't parse JSON object")
        return given | _written(body)
    for name, value in (await request.post()).items():
        if not isinstance(value, str):
            raise bad_request(f"{name} is a file, and files are not known here")
        given[name] = value
    return given


def _written(values: Mapping[str, Any]) -> dict[str, str]:
    """JSON values, each as the string Telegram makes of it."""
    written = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
    if any("\ud800" <= character <= "\udfff" for character in chain.from_iterable(written.values())):
        raise bad_request("strings must be encoded in UTF-8")
    return written


def _refusal(error: ApiError) -> web.Response:
    return web.json_response(error.to_json(), status=error.status)
