"""Asks Parliament's Members API who sits in the House of Commons: all pages, or nothing.

`GET {base}/api/Members/Search?House=1&IsCurrentMember=true&skip=N&take=20` answers at most 20 members at a time and
counts them all (`totalResults`). It may ask to wait (429 with Retry-After), which is obeyed. What goes wrong on the way
(5xx, a lost connection, a time-out) is tried again a few times, longer apart each time. Whatever does not fit together
is refused: a list with a hole in it would declare seats vacant that are not.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import email.utils
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import aiohttp

from bot.errors import ConfigError, DataError
from bot.world.build.members_page import ListedMember, Page, read_page
from bot.world.constituencies import NUMBER_OF_SEATS

DEFAULT_URL = "https://members-api.parliament.uk"
PATH = "/api/Members/Search"
PAGE = 20  # the most that one answer holds
_MOST_BYTES = 2_000_000
_USER_AGENT = "AskFirst (askfirst data sync members)"


@dataclass(frozen=True, slots=True)
class Pace:
    """How patiently Parliament is asked, in seconds.

    attempts: how often one page is asked for, before giving up
    first_wait: the wait before the second attempt where Parliament names none; it doubles each time
    longest_wait: a longer wait than this is not sat through
    timeout: how long one answer may take
    altogether: how long all of it may take
    """

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 120.0
    timeout: float = 30.0
    altogether: float = 900.0


class Progress(Protocol):
    """Hears how many members have been read, of how many."""

    def __call__(self, done: int, total: int, /) -> None: ...


def checked_url(url: str) -> str:
    """The base address without a slash at its end. Raises ConfigError for one that may not be asked."""
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https" and bool(parts.hostname)
        own = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
        _ = parts.port
    except ValueError:
        secure = own = False
    else:
        if parts.username is not None or parts.query or parts.fragment or re.search(r"\s", url):
            secure = own = False
    if not (secure or own):
        raise ConfigError(
            f"`{url:.80}` cannot be the address of the Members API: it must begin with https:// (or with http:// and "
            f"this machine's own address) and end before /api. Parliament's is {DEFAULT_URL}."
        )
    return url.rstrip("/")


async def fetch_members(
    base_url: str, *, pace: Pace | None = None, progress: Progress | None = None, say: Callable[[str], None]
) -> tuple[ListedMember, ...]:
    """Everybody who sits in the Commons now. `say` hears, in a sentence, whenever something is tried again.

    Raises DataError for an answer that is partial, contradicts itself or is not as documented, and when Parliament
    cannot be reached.
    """
    pace = pace or Pace()
    try:
        async with asyncio.timeout(pace.altogether):
            return await _all_pages(base_url, pace, progress, say)
    except TimeoutError:
        raise DataError(f"{base_url} took longer than {pace.altogether:g} seconds; try again later.") from None


async def _all_pages(
    base_url: str, pace: Pace, progress: Progress | None, say: Callable[[str], None]
) -> tuple[ListedMember, ...]:
    found: dict[int, ListedMember] = {}
    total: int | None = None
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": _USER_AGENT, "Accept": "application/json"},
        timeout=aiohttp.ClientTimeout(total=pace.timeout),
    ) as session:
        client = _Client(session, f"{base_url}{PATH}", pace, say)
        for skip in range(0, NUMBER_OF_SEATS + PAGE, PAGE):
            page = await client.page(skip)
            _refuse_contradiction(page, total, skip, base_url)
            total = page.total
            for member in page.members:
                if member.person_id in found:
                    raise DataError(
                        f"{base_url} lists {member.name} ({member.person_id}) twice: it changed while it was read. "
                        "Nothing was taken over; run this again."
                    )
                found[member.person_id] = member
            if progress:
                progress(len(found), total)
            if len(found) == total:
                break
    return tuple(found.values())


def _refuse_contradiction(page: Page, total: int | None, skip: int, base_url: str) -> None:
    if page.total > NUMBER_OF_SEATS:
        raise DataError(
            f"{base_url} counts {page.total} sitting members, but there are {NUMBER_OF_SEATS} seats; check the address."
        )
    if total is not None and page.total != total:
        raise DataError(
            f"{base_url} counted {total} members at first and {page.total} later: the list changed while it was read. "
            "Nothing was taken over; run this again."
        )
    expected = min(PAGE, page.total - skip)
    if len(page.members) != expected:
        raise DataError(
            f"{base_url} sent {len(page.members)} members after the first {skip} where {expected} belong. "
            "Nothing was taken over; run this again."
        )


class _Retry(Exception):
    """This attempt failed, and another one may not. `wait` is what the server asked for, in seconds."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        self.why, self.wait = why, wait
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class _Client:
    session: aiohttp.ClientSession
    url: str
    pace: Pace
    say: Callable[[str], None]

    async def page(self, skip: int) -> Page:
        """One page, as often as it takes and as `pace` allows."""
        wait = self.pace.first_wait
        for attempt in range(1, self.pace.attempts + 1):
            try:
                body = await self._body(skip)
                return read_page(body, skip, PAGE, f"The answer of {self.url} after the first {skip} members")
            except _Retry as retry:
                pause = min(wait, self.pace.longest_wait) if retry.wait is None else retry.wait
                if pause > self.pace.longest_wait:
                    raise DataError(
                        f"{self.url} asks to wait {pause:.0f} seconds; run this again after that."
                    ) from None
                if attempt == self.pace.attempts:
                    raise DataError(
                        f"{self.url} {retry.why}, after {attempt} attempts. Check the connection and the address, try "
                        "again later, or import a list with --from."
                    ) from None
                self.say(f"{self.url} {retry.why}; trying again in {pause:g} s.")
                await asyncio.sleep(pause)
                wait *= 2
        raise AssertionError("attempts is at least 1")  # pragma: no cover

    async def _body(self, skip: int) -> bytes:
        query = {"House": "1", "IsCurrentMember": "true", "skip": str(skip), "take": str(PAGE)}
        try:
            async with self.session.get(self.url, params=query, allow_redirects=False) as response:
                if response.status == 200:
                    return await _bounded(response, self.url)
                if response.status == 429:
                    raise _Retry("asks to wait (429)", retry_after(response.headers.get("Retry-After")))
                if response.status >= 500:
                    raise _Retry(f"answered {response.status}", retry_after(response.headers.get("Retry-After")))
                raise DataError(f"{self.url} answered {response.status}; check the address (--url).")
        except TimeoutError:
            raise _Retry("did not answer in time") from None
        except aiohttp.ClientError as error:
            unreached = isinstance(error, aiohttp.ClientConnectorError)
            raise _Retry("cannot be reached" if unreached else "broke off its answer") from None


async def _bounded(response: aiohttp.ClientResponse, url: str) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        body += chunk
        if len(body) > _MOST_BYTES:
            raise DataError(f"{url} sends more than {_MOST_BYTES:,} bytes for one page; check the address.")
    return bytes(body)


def retry_after(value: str | None, now: dt.datetime | None = None) -> float | None:
    """The seconds that a Retry-After header asks for (RFC 9110, 10.2.3: a number, or a date); None without a sense."""
    if value is None:
        return None
    if re.fullmatch(r"[0-9]{1,9}", value.strip()):
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - (now or dt.datetime.now(dt.UTC))).total_seconds())
