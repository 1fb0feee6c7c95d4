"""A web server inside the bot's own event loop: for Telegram's webhook, and for health and numbers.

It is uvicorn, with everything off that belongs to a program of its own: it takes no signals, writes no log of requests
(a line of one may hold an address of Telegram's, or a secret of the path), and does not say what it is.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import math
import os
import re
import socket
import stat
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.errors import ConfigError, hidden

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn import Server

_UNIX: Final = "unix:"
_LONGEST_PATH: Final = 100  # bytes; systems allow 104 to 108
_MOST_CONNECTIONS: Final = 512  # Telegram opens a hundred at most; whoever opens more is told 503
_WAITING: Final = 128


@dataclass(frozen=True, slots=True)
class Listen:
    """Where a server listens: on a port of an address of this machine, or on a Unix socket, which has a path.

    Port 0 is any free one.
    """

    host: str = ""
    port: int = 0
    path: Path | None = None

    def __str__(self) -> str:
        if self.path is not None:
            return f"{_UNIX}{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_own_machine(self) -> bool:
        """Whether nobody on another machine can connect."""
        if self.path is not None or self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """How somebody pushes to us: the address outside, `https://…`; where we listen for it, behind a web server; and how
    many pushes may be under way at a time."""

    url: str
    listen: Listen
    connections: int = 40


def parse_listen(value: object) -> Listen:
    """`127.0.0.1:9464`, `[::1]:9464`, `localhost:9464` or `unix:/run/askfirst.sock`. Raises ValueError with the
    remedy."""
    if isinstance(value, Listen):
        return value
    text = value if isinstance(value, str) else ""
    found = _socket_path(text) if text.startswith(_UNIX) else _host_and_port(text)
    if found is None:
        raise ValueError(
            f"`{hidden(value)}` is nothing to listen on; write for example 127.0.0.1:9464, or "
            f"unix:/run/askfirst/bot.sock with a whole path of at most {_LONGEST_PATH} bytes"
        )
    return found


def _socket_path(text: str) -> Listen | None:
    path = text.removeprefix(_UNIX)
    if not path.startswith("/") or path.endswith("/") or not path.isprintable() or len(path.encode()) > _LONGEST_PATH:
        return None
    return Listen(path=Path(path))


def _host_and_port(text: str) -> Listen | None:
    parts = re.fullmatch(
        r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)):([0-9]{1,5})", text
    )
    if parts is None or int(parts[3]) > 65535:
        return None
    host = parts[1] or parts[2]
    if parts[1] or re.fullmatch(r"[0-9.]+", host):  # a number: it must be one that exists
        try:
            version = ipaddress.ip_address(host).version
        except ValueError:
            return None
        if (version == 6) != bool(parts[1]):
            return None
    return Listen(host, int(parts[3]))


async def serve(
    app: ASGIApp,
    listen: Listen,
    stop: asyncio.Event,
    *,
    grace: float,
    listening: Callable[[Listen], object] = lambda where: None,
) -> None:
    """Serves until `stop` is set, or until it is cancelled; what was begun is finished first.

    grace: how many seconds a request in hand may still take; then it is broken off.
    listening: is told where, as soon as connections are accepted: with the port that was free, if any could be.
    Raises ConfigError if it cannot listen there.
    """
    bound, where = await _bound(listen)
    with bound:
        server = _server(app, grace)
        listening(where)
        running = asyncio.create_task(server.serve([bound]))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if where.path is not None:
                where.path.unlink(missing_ok=True)  # while we still listen: afterwards it may be another bot's
            stopped.cancel()
            server.should_exit = True
            await running


@asynccontextmanager
async def served(app: ASGIApp, listen: Listen, *, grace: float) -> AsyncIterator[Listen]:
    """Serves while the block runs, and tells it where. Raises ConfigError before the block if it cannot listen there;
    see `serve`."""
    stop = asyncio.Event()
    there: asyncio.Future[Listen] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(app, listen, stop, grace=grace, listening=there.set_result))
    try:
        either: set[asyncio.Future[Any]] = {task, there}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if there.done():
            yield there.result()
    finally:
        stop.set()
        await task


def _server(app: ASGIApp, grace: float) -> Server:
    from uvicorn import Config, Server  # takes 0.1 s to import

    class Embedded(Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield  # the bot has its own

    return Embedded(
        Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            workers=1,  # not what WEB_CONCURRENCY says
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_graceful_shutdown=math.ceil(grace),
        )
    )


async def _bound(listen: Listen) -> tuple[socket.socket, Listen]:
    """A socket that accepts connections, and where it really is. Raises ConfigError."""
    try:
        if listen.path is not None:
            return _unix_socket(listen.path), listen
        places = await asyncio.get_running_loop().getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM)
        family, _, _, _, address = places[0]
        bound = socket.create_server(address[:2], family=family, backlog=_WAITING)
        # Connections take this over. asyncio only sees to it where a socket names its protocol, and this one does not;
        # without it, an answer with a body could wait 40 ms for the other side to confirm its head.
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        raise ConfigError(_refused(listen, error)) from None
    return bound, replace(listen, port=bound.getsockname()[1])


def _unix_socket(path: Path) -> socket.socket:
    """A socket for its owner and group, such as a web server in front. What a killed bot left there is replaced."""
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(path.stat().st_mode) and not _answers(path):
            path.unlink()
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.bind(os.fspath(path))
        path.chmod(0o660)  # before it listens, so that nobody else can have connected
        bound.listen(_WAITING)
    except BaseException:
        bound.close()
        raise
    return bound


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        try:
            trial.connect(os.fspath(path))
        except ConnectionRefusedError:
            return False
    return True


def _refused(listen: Listen, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE if listen.path is not None:
            remedy = "something is there already; remove it, or choose another path"
        case errno.EADDRINUSE:
            remedy = "another program listens there; stop it, or choose another port"
        case errno.EACCES | errno.EPERM:
            remedy = "this user may not; choose a port above 1023, or a folder that it may write to"
        case errno.ENOENT | errno.ENOTDIR:
            remedy = "the folder is not there; make it"
        case _:  # an address of another machine, or a name that nobody knows
            remedy = f"{error.strerror}; choose an address of this machine, such as 127.0.0.1"
    return f"The bot cannot listen on {listen}: {remedy}, in bot_config.yaml."
