"""Downloads one large file: streamed to the disk, taken up again where it broke off, and checked.

What has arrived lies in `NAME.part`, and beside it, in `NAME.part.json`, which version of the file it belongs to (its
ETag, or else Last-Modified). The next attempt, also one of a later day, asks for the rest with `Range` and `If-Range`
(RFC 9110, 13.1.5 and 14.2): a server that has another version by then sends the whole of it, and it starts anew. A
whole file takes its name in one step, and `NAME.json` records its address, size, SHA-256 and version. The next call
asks with `If-None-Match` whether there is a newer one.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final, TypeVar
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from bot.errors import ConfigError, DataError, shown_path
from bot.world.build.members_api import Pace, retry_after
from bot.world.build.swap import open_to_append, remove, swap_in, sync_folder

PATIENCE: Final = Pace(attempts=6, timeout=60.0, altogether=6 * 3600.0)
T = TypeVar("T")
_CHUNK: Final = 1 << 18
_MOST_HOPS: Final = 10
_CONTENT_RANGE: Final = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})").fullmatch
_USER_AGENT: Final = "AskFirst (askfirst data build)"


class Retry(Exception):
    """This attempt failed, and another one may not. `wait` is what the server asked for, in seconds."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        self.why, self.wait = why, wait
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Download:
    """A file that lies here whole. `retrieved_on`: the day (UTC); `fresh`: whether it came just now."""

    file: str
    url: str
    size: int
    sha256: str
    etag: str
    last_modified: str
    retrieved_on: str
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to download. `what` names it in messages ("the NSPL"), `remedy` ends them with how to do without.

    check: reads the whole file before it takes its name, and raises DataError if it is something else
    most_bytes: more than that is not it
    """

    what: str
    url: str
    target: Path
    check: Callable[[Path], None]
    most_bytes: int
    remedy: str


def checked_address(url: str, what: str) -> str:
    """The address. Raises ConfigError unless it is https, or http on this machine."""
    if not _may_be_asked(url):
        raise ConfigError(
            f"`{url:.120}` cannot be the address of {what}: it must begin with https:// (or with http:// and this "
            "machine's own address) and hold no user name; correct it."
        )
    return url


def _may_be_asked(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    own = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    secure = parts.scheme == "https" and bool(parts.hostname)
    return (own or secure) and parts.username is None and not re.search(r"\s", url)


def new_session(pace: Pace = PATIENCE) -> aiohttp.ClientSession:
    """A session whose answers come as they are, not packed, so that lengths and ranges mean something."""
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=pace.timeout, sock_read=pace.timeout)
    headers = {"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"}
    return aiohttp.ClientSession(timeout=timeout, headers=headers, auto_decompress=False)


async def fetch(
    session: aiohttp.ClientSession,
    wanted: Wanted,
    *,
    pace: Pace = PATIENCE,
    say: Callable[[str], None],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Download:
    """Downloads the file, unless the one that lies here is the current one.

    `progress` hears how many bytes have arrived, of how many (0: not known); `say` hears, in a sentence, whenever
    something is tried again. Raises DataError; what has arrived then stays for the next call, unless the disk is full
    or it is of no use.
    """
    part = wanted.target.with_name(f"{wanted.target.name}.part")
    try:
        wanted.target.parent.mkdir(parents=True, exist_ok=True)
        with open_to_append(part) as file:

            async def attempt() -> Download:
                return await _attempt(session, wanted, _Part(part, file), say, progress)

            try:
                return await patiently(attempt, wanted.what, wanted.remedy, pace, say, arrived=file.tell)
            finally:
                if part.exists() and not part.stat().st_size:
                    remove(part, _beside(part))
    except OSError as error:
        remove(part, _beside(part))
        raise DataError(
            f"{shown_path(wanted.target)} cannot be written: {error.strerror}. "
            "Check the rights and the free space of its folder, or name another one after --download."
        ) from None


async def patiently(
    attempt: Callable[[], Awaitable[T]],
    what: str,
    remedy: str,
    pace: Pace,
    say: Callable[[str], None],
    arrived: Callable[[], int] = lambda: 0,
) -> T:
    """What `attempt` returns, which is repeated as often as `pace` allows while it raises Retry.

    Attempts that got further than the one before (`arrived` grew) do not count. Raises DataError.
    """
    failures, wait = 0, pace.first_wait
    try:
        async with asyncio.timeout(pace.altogether):
            while True:
                before = arrived()
                try:
                    return await attempt()
                except Retry as retry:
                    why, asked = retry.why, retry.wait
                except TimeoutError:
                    why, asked = "did not answer in time", None
                except aiohttp.ClientConnectorError:
                    why, asked = "cannot be reached", None
                except aiohttp.ClientError:
                    why, asked = "broke off", None
                if arrived() > before:
                    failures, wait = 0, pace.first_wait
                failures += 1
                pause = min(wait, pace.longest_wait) if asked is None else asked
                if pause > pace.longest_wait:
                    raise DataError(f"{what} asks to wait {pause:.0f} seconds; run this again after that.")
                if failures == pace.attempts:
                    raise DataError(f"{what} {why}, after {failures} attempts. {remedy}")
                say(f"{what} {why}; trying again in {pause:g} s.")
                await asyncio.sleep(pause)
                wait *= 2
    except TimeoutError:
        raise DataError(f"{what} took longer than {pace.altogether:g} seconds; run this again to go on.") from None


@asynccontextmanager
async def answer(
    session: aiohttp.ClientSession, wanted: Wanted, headers: Mapping[str, str]
) -> AsyncIterator[aiohttp.ClientResponse]:
    """The answer to a request for the file: 200, 206, 304 or 416, also from where the server passes it on to.

    Raises Retry for an answer that may be another one next time, and DataError for one that will not.
    """
    url = URL(wanted.url, encoded=True)
    for _ in range(_MOST_HOPS):
        if not _may_be_asked(str(url)):
            raise DataError(f"{wanted.what} is passed on to an address without https. {wanted.remedy}")
        async with session.get(url, headers=headers, allow_redirects=False) as response:
            onward = response.headers.get("Location")
            if response.status in (301, 302, 303, 307, 308) and onward:
                url = url.join(URL(onward, encoded=True))
                continue
            if response.status == 429 or response.status >= 500:
                why = "asks to wait (429)" if response.status == 429 else f"answered {response.status}"
                raise Retry(why, retry_after(response.headers.get("Retry-After")))
            if response.status not in (200, 206, 304, 416):
                address = url.with_query(None)  # what follows may be a key for one call
                raise DataError(
                    f"{wanted.what} is not at {address} (the answer was {response.status}). {wanted.remedy}"
                )
            yield response
            return
    raise DataError(f"{wanted.what} is passed on more than {_MOST_HOPS} times. {wanted.remedy}")


@dataclass(slots=True)
class _Part:
    """What has arrived of a file, and of which version."""

    path: Path
    file: IO[bytes]

    def version(self, url: str) -> str:
        """The version of what lies here, in the words of the server; "" if it is of no use."""
        found = _read(_beside(self.path))
        return str(found.get("version", "")) if self.file.tell() and found.get("url") == url else ""

    def start_anew(self, url: str, version: str) -> None:
        self.file.truncate(0)
        self.file.seek(0)
        _beside(self.path).write_text(json.dumps({"url": url, "version": version}), encoding="utf-8")


async def _attempt(
    session: aiohttp.ClientSession,
    wanted: Wanted,
    part: _Part,
    say: Callable[[str], None],
    progress: Callable[[int, int], None],
) -> Download:
    here = _whole(wanted)
    version = part.version(wanted.url)
    headers = {}
    if version:
        headers = {"Range": f"bytes={part.file.tell()}-", "If-Range": version}
    elif here and here.etag:
        headers = {"If-None-Match": here.etag}
    async with answer(session, wanted, headers) as response:
        if response.status == 304 and here and not version:
            remove(part.path, _beside(part.path))
            return here
        if response.status in (304, 416) or (response.status == 206) != bool(version and _goes_on(response, part)):
            part.start_anew(wanted.url, "")
            raise Retry("sent another part than the one that was missing")
        if response.status == 200:
            if version:
                say(f"{wanted.what} has changed, or cannot be taken up again; starting from the beginning.")
            part.start_anew(wanted.url, _version(response))
        total = part.file.tell() + response.content_length if response.content_length is not None else 0
        refuse_size(wanted, total)
        progress(part.file.tell(), total)
        async for chunk in response.content.iter_chunked(_CHUNK):
            part.file.write(chunk)
            refuse_size(wanted, part.file.tell())
            progress(part.file.tell(), total)
        part.file.flush()
        if total and part.file.tell() != total:
            raise Retry(f"sent {part.file.tell():,} of {total:,} bytes")
        etag, changed = response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
    return _take(wanted, part, etag, changed)


def _take(wanted: Wanted, part: _Part, etag: str, changed: str) -> Download:
    """Gives a whole file its name, after a last look at what it is."""
    os.fsync(part.file.fileno())
    try:
        wanted.check(part.path)
    except DataError:
        remove(part.path, _beside(part.path))
        raise
    with part.path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    today = dt.datetime.now(dt.UTC).date().isoformat()
    done = Download(wanted.target.name, wanted.url, part.file.tell(), sha256, etag, changed, today)
    record = {name: value for name, value in asdict(done).items() if name != "fresh"}
    part.path.replace(wanted.target)
    sync_folder(wanted.target.parent)
    swap_in(_beside(wanted.target), (json.dumps(record, indent=2) + "\n").encode(), lambda new: None)
    remove(_beside(part.path))
    return done


def _goes_on(response: aiohttp.ClientResponse, part: _Part) -> bool:
    """Whether the answer starts where the part ends, and reaches to the end of the file."""
    found = _CONTENT_RANGE(response.headers.get("Content-Range", ""))
    return found is not None and int(found[1]) == part.file.tell() and int(found[2]) + 1 == int(found[3])


def _version(response: aiohttp.ClientResponse) -> str:
    """What `If-Range` may name: a strong ETag, or else the time of the last change."""
    etag = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified", "")


def refuse_size(wanted: Wanted, size: int) -> None:
    """Raises DataError for more bytes than the file can have."""
    if size > wanted.most_bytes:
        raise DataError(
            f"{wanted.what} would have more than {wanted.most_bytes:,} bytes; that is not it. {wanted.remedy}"
        )


def _whole(wanted: Wanted) -> Download | None:
    """What lies here under the name, if it came whole from this address and is as it came."""
    found = _read(_beside(wanted.target))
    try:
        here = Download(**found, fresh=False)
        if here.url != wanted.url or wanted.target.stat().st_size != here.size:
            return None
        with wanted.target.open("rb") as file:
            return here if hashlib.file_digest(file, "sha256").hexdigest() == here.sha256 else None
    except (TypeError, OSError):
        return None


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")
