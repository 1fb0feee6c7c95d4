"""A stand-in for the Open Geography Portal on this machine: its search, and files with ETag and ranges (RFC 9110).

A test may put `Trouble` in the way of the next requests for a file, or put another version in its place.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

ITEM = "0123456789abcdef0123456789abcdef"
NSPL_PATH = f"/content/items/{ITEM}/data"
BOUNDARIES_PATH = "/FeatureServer/0/query"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What one request meets.

    status, headers: an answer with this status instead of the file
    cut_after: the connection breaks after so many bytes
    length_off: the length that is announced is so many bytes wrong
    slow: seconds between pieces of a thousand bytes
    part_off: the part that is sent starts so many bytes later than was asked for
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    length_off: int = 0
    slow: float = 0.0
    part_off: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """The headers of a request that matter."""

    path: str
    range: str | None
    if_range: str | None
    if_none_match: str | None


@dataclass(slots=True)
class Portal:
    """files: what lies under each path. etags: how versions are named: "strong", "weak", "date" or "none"."""

    files: dict[str, bytes] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)
    troubles: deque[Trouble] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    etags: str = "strong"
    ranges: bool = True
    url: str = ""

    def version(self, path: str) -> dict[str, str]:
        digest = hashlib.sha256(self.files[path]).hexdigest()[:16]
        if self.etags == "date":
            return {"Last-Modified": f"Sun, 01 Nov 2026 00:{int(digest[:2], 16) % 60:02}:00 GMT"}
        return {"strong": {"ETag": f'"{digest}"'}, "weak": {"ETag": f'W/"{digest}"'}}.get(self.etags, {})

    async def search(self, request: web.Request) -> web.StreamResponse:
        trouble = self.troubles.popleft() if self.troubles else Trouble()
        if trouble.status:
            return web.Response(status=trouble.status, headers=trouble.headers)
        assert "tags:PRD_NSPL" in request.query["q"]
        assert request.query["f"] == "json"
        return web.json_response({"total": len(self.items), "start": 1, "results": self.items})

    async def file(self, request: web.Request) -> web.StreamResponse:
        headers = request.headers
        names = ("Range", "If-Range", "If-None-Match")
        self.asked.append(Asked(request.path, *(headers.get(name) for name in names)))
        trouble = self.troubles.popleft() if self.troubles else Trouble()
        if trouble.status:
            return web.Response(status=trouble.status, headers=trouble.headers)
        if request.path not in self.files:
            return web.Response(status=404)
        content, version = self.files[request.path], self.version(request.path)
        if headers.get("If-None-Match") and headers.get("If-None-Match") == version.get("ETag"):
            return web.Response(status=304, headers=version)
        start, status, named = 0, 200, dict(version)
        same = headers.get("If-Range") in (None, *version.values())
        if self.ranges and "Range" in headers and same:
            start, status = int(headers["Range"].removeprefix("bytes=").removesuffix("-")) + trouble.part_off, 206
            if start >= len(content):
                return web.Response(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
            named["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        rest = content[start:]
        named["Content-Length"] = str(len(rest) + trouble.length_off)
        response = web.StreamResponse(status=status, headers=named)
        await response.prepare(request)
        sent = rest if trouble.cut_after is None else rest[: trouble.cut_after]
        for at in range(0, len(sent), 1000):
            await response.write(sent[at : at + 1000])
            await asyncio.sleep(trouble.slow)
        if trouble.cut_after is not None or trouble.length_off > 0:
            await asyncio.sleep(0.05)  # so that what was written arrives before the connection breaks
            assert request.transport is not None
            request.transport.close()
        return response


def item(title: str, number: str = ITEM, **more: str) -> dict[str, Any]:
    """One item as the search lists it."""
    found = {"id": number, "owner": "ONSGeography_data", "type": "CSV Collection", "title": title, "tags": ["PRD_NSPL"]}
    return found | more


async def _serve(peer: Portal, ready: threading.Event, stop: asyncio.Event) -> None:
    app = web.Application()
    app.router.add_get("/search", peer.search)
    app.router.add_get("/{path:.*}", peer.file)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    peer.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    ready.set()
    await stop.wait()
    await runner.cleanup()


@contextmanager
def portal() -> Iterator[Portal]:
    """A running stand-in without files."""
    peer = Portal()
    ready, stop, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()
    # A thread of its own, so that a command with an event loop of its own can be the client.
    thread = threading.Thread(target=lambda: loop.run_until_complete(_serve(peer, ready, stop)), daemon=True)
    thread.start()
    assert ready.wait(10), "the stand-in for the portal did not start"
    try:
        yield peer
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
