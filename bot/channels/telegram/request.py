"""The HTTP client that python-telegram-bot uses here: aiohttp in place of its default, httpx.

Why another client. httpcore, below httpx, looks at every connection of its pool several times for every request, so
that the default becomes slower the more chats are served at once: with 50 ms of latency and 256 calls in flight it
made 101 calls a second, this class 1,845. And it closes a connection that was idle for 5 seconds, so in a quiet hour
nearly every tap waits for a new TCP and TLS handshake; here a connection is kept for 75.

What it never does. The URL of every call holds the bot's token and the body holds what a person is told, so
neither may reach a log or an exception. Errors therefore name their kind only; they are raised outside the
`except` block, so that the client's own exception, which may quote the URL, does not hang on to them as
`__cause__` or `__context__`; and a body that is not JSON is dropped, where the base class would quote and log it.
"""

from __future__ import annotations

import json
import time
from typing import Any, Final, TypeAlias

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.channels.counting import NO_COUNTS, CallOutcome, Counts

KEEP_ALIVE_SECONDS: Final = 75.0
_JSON: Final = {"Content-Type": "application/json"}

# Seconds, None for no limit, or BaseRequest.DEFAULT_NONE. The library's own name for this type is private.
Limit: TypeAlias = Any


class AiohttpRequest(BaseRequest):
    """`telegram.request.BaseRequest` over one `aiohttp.ClientSession`.

    connection_pool_size: the most connections open at once; further calls wait `pool_timeout` for a free one.
    read_timeout, write_timeout, connect_timeout, pool_timeout: seconds, None for no limit; each call may
        override them. Together they also bound the call as a whole, unless one of them is None.
    proxy: address of an HTTP proxy. The environment's proxy variables are not read.
    counts: where each call is counted, by its method.

    Raises TimedOut, NetworkError (nothing usable came back: worth a retry), and TelegramError for files,
    which this bot never sends.
    """

    def __init__(
        self,
        connection_pool_size: int = 256,
        *,
        read_timeout: float | None = 5.0,
        write_timeout: float | None = 5.0,
        connect_timeout: float | None = 5.0,
        pool_timeout: float | None = 1.0,
        proxy: str | None = None,
        counts: Counts = NO_COUNTS,
    ) -> None:
        self._connection_pool_size = connection_pool_size
        self._read_timeout = read_timeout
        self._write_timeout = write_timeout
        self._connect_timeout = connect_timeout
        self._pool_timeout = pool_timeout
        self._proxy = proxy
        self._counts = counts
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """Seconds a call waits for its answer by default. The library adds a long poll's own wait to it."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Opens the session; a second call does nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connection_pool_size,
                    limit_per_host=self._connection_pool_size,
                    keepalive_timeout=KEEP_ALIVE_SECONDS,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Closes the session and its connections; a second call does nothing."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Limit = BaseRequest.DEFAULT_NONE,
        write_timeout: Limit = BaseRequest.DEFAULT_NONE,
        connect_timeout: Limit = BaseRequest.DEFAULT_NONE,
        pool_timeout: Limit = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One call: HTTP status and body. A refusal (status 400 and up) is returned if it is Telegram's own."""
        if self._session is None:
            raise RuntimeError("This AiohttpRequest is not open: call initialize() before any request.")
        if request_data is not None and request_data.contains_files:
            raise TelegramError("This bot sends no files, so its HTTP client cannot upload them.")
        timeout = _timeout(
            pool=self._pool_timeout if pool_timeout is self.DEFAULT_NONE else pool_timeout,
            connect=self._connect_timeout if connect_timeout is self.DEFAULT_NONE else connect_timeout,
            write=self._write_timeout if write_timeout is self.DEFAULT_NONE else write_timeout,
            read=self._read_timeout if read_timeout is self.DEFAULT_NONE else read_timeout,
        )
        # Each value a string, or JSON in a string: Telegram reads that like a form, and it takes a tenth of the time.
        sent = request_data.json_payload if request_data is not None else None
        outcome: CallOutcome = "lost"
        begun = time.monotonic()
        try:
            status, body = await self._exchange(self._session, url, method, sent, timeout)
            outcome = _outcome(status, body)
        finally:
            self._counts.call(_name(url), outcome, time.monotonic() - begun)
        return status, body

    async def _exchange(
        self,
        session: aiohttp.ClientSession,
        url: str,
        method: str,
        sent: bytes | None,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - it has parts
    ) -> tuple[int, bytes]:
        failure: NetworkError
        try:
            async with session.request(
                method,
                url,
                data=sent,
                headers=_JSON if sent is not None else None,
                timeout=timeout,
                proxy=self._proxy,
                allow_redirects=False,  # Telegram never redirects; whoever does must not be handed the body
            ) as response:
                status, body = response.status, await response.read()
        except TimeoutError:
            failure = TimedOut("Telegram did not answer in time.")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            failure = NetworkError(f"Telegram could not be reached: {_kind(error)}.")
        else:
            if 200 <= status < 300 or _answer(body) is not None:
                return status, body
            failure = NetworkError(f"HTTP status {status}, and the body is not an answer of Telegram's Bot API.")
        try:
            raise failure
        finally:
            del failure  # it would hold this frame, and the frame it

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as an object. NetworkError, without a word of it, if something else answered for Telegram."""
        answer = _answer(payload)
        if answer is None:
            raise NetworkError("The body is not an answer of Telegram's Bot API; a proxy may have answered instead.")
        return answer


def _name(url: str) -> str:
    """The method of the Bot API; nothing else of the URL, which holds the token."""
    return url.rpartition("/")[2].partition("?")[0]


def _outcome(status: int, body: bytes) -> CallOutcome:
    # An error of Telegram's is no answer to the call, and a web page is a proxy's.
    if status >= 500 or not body.startswith(b"{"):
        return "lost"
    if status == 429:
        return "flood"
    if status == 403:
        return "forbidden"
    return "ok" if status < 300 else "refused"


def _answer(body: bytes) -> dict[str, Any] | None:
    """A Bot API response object, {"ok": …} with a result or a description; None if the body is anything else."""
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and ("result" in answer or "description" in answer) else None


def _timeout(
    *, pool: float | None, connect: float | None, write: float | None, read: float | None
) -> aiohttp.ClientTimeout:
    """aiohttp's `connect` counts the wait for a free connection as well; it has no limit of its own for writing."""
    waiting = None if pool is None or connect is None else pool + connect
    total = None if waiting is None or write is None or read is None else waiting + write + read
    return aiohttp.ClientTimeout(total=total, connect=waiting, sock_connect=connect, sock_read=read)


def _kind(error: Exception) -> str:
    """What went wrong in words that hold neither URL nor body."""
    reason = error.strerror if isinstance(error, OSError) else None
    return f"{type(error).__name__} ({reason})" if reason else type(error).__name__
