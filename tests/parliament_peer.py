"""A stand-in for Parliament's Members API on this machine, strict where the real one is.

It answers `GET /api/Members/Search` as documented: at most 20 members a page, counted in `totalResults`, with
Parliament's own constituency numbers. A test may put `Trouble` in its way, or change a page before it is sent.
"""

from __future__ import annotations

import asyncio
import csv
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

SHIPPED = Path(__file__).parents[1] / "data"
MOST_AT_ONCE = 20

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What one request meets instead of its page.

    status, headers: an answer with this status
    delay: seconds before the page is sent after all
    cut: the connection breaks in the middle of the page
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False


@dataclass(slots=True)
class Parliament:
    """The members, what goes wrong, and what was asked. `change` gets the number of each page, from 0, and the page."""

    members: list[Json]
    troubles: deque[Trouble] = field(default_factory=deque)
    change: Callable[[int, Json], Json] | None = None
    delay: float = 0.0
    asked: list[int] = field(default_factory=list)  # `skip` of every request
    url: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        skip, take = int(query.get("skip", "0")), int(query.get("take", "20"))
        if query.get("House") != "1" or query.get("IsCurrentMember") != "true":
            return web.json_response({"title": "Another question than these tests ask."}, status=400)
        self.asked.append(skip)
        trouble = self.troubles.popleft() if self.troubles else Trouble()
        if trouble.status != 200:
            return web.Response(status=trouble.status, headers=trouble.headers)
        await asyncio.sleep(self.delay + trouble.delay)
        take = min(take, MOST_AT_ONCE)
        page: Json = {
            "items": [{"value": member, "links": []} for member in self.members[skip : skip + take]],
            "totalResults": len(self.members),
            "resultContext": "House = Commons, Is current member = true",
            "skip": skip,
            "take": take,
            "links": [{"rel": "page.next", "href": f"/Members/Search?skip={skip + take}&take={take}", "method": "GET"}],
            "resultType": "Search",
        }
        if self.change:
            page = self.change(skip // MOST_AT_ONCE, page)
        if not trouble.cut:
            return web.json_response(page)
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "100000"})
        await response.prepare(request)
        await response.write(b'{"items": [')
        assert request.transport is not None
        request.transport.abort()
        return response


def member(
    person: int, name: str, party: str, constituency: str, started: str = "2024-07-04", number: int = 4000
) -> Json:
    """One member as the API describes them."""
    return {
        "id": person,
        "nameListAs": ", ".join(reversed(name.rsplit(" ", 1))),
        "nameDisplayAs": name,
        "nameFullTitle": f"{name} MP",
        "nameAddressAs": None,
        "latestParty": {
            "id": 15,
            "name": party,
            "abbreviation": party[:3],
            "backgroundColour": "d50000",
            "foregroundColour": "ffffff",
            "isLordsMainParty": True,
            "isLordsSpiritualParty": False,
            "governmentType": 0,
            "isIndependentParty": False,
        },
        "gender": "F",
        "latestHouseMembership": {
            "membershipFrom": constituency,
            "membershipFromId": number,
            "house": 1,
            "membershipStartDate": f"{started}T00:00:00",
            "membershipEndDate": None,
            "membershipEndReason": None,
            "membershipEndReasonNotes": None,
            "membershipEndReasonId": None,
            "membershipStatus": {
                "statusIsActive": True,
                "statusDescription": "Current Member",
                "statusNotes": None,
                "statusId": 0,
                "status": 0,
                "statusStartDate": f"{started}T00:00:00",
            },
        },
        "thumbnailUrl": f"https://members-api.parliament.uk/api/Members/{person}/Thumbnail",
    }


def shipped_members() -> list[Json]:
    """Everybody who sits according to the shipped members.csv, as the API would list them: by surname."""
    with (SHIPPED / "constituencies.csv").open(encoding="utf-8", newline="") as file:
        names = {row["gss_code"]: row["name"] for row in csv.DictReader(file)}
    with (SHIPPED / "members.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["until"]]
    found = [
        member(int(row["person_id"]), row["name"], row["party"], names[row["gss_code"]], number=4000 + number)
        for number, row in enumerate(rows)
    ]
    return sorted(found, key=lambda one: str(one["nameListAs"]))


async def _serve(peer: Parliament, ready: threading.Event, stop: asyncio.Event) -> None:
    app = web.Application()
    app.router.add_get("/api/Members/Search", peer.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    peer.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    ready.set()
    await stop.wait()
    await runner.cleanup()


@contextmanager
def parliament(members: Sequence[Json] | None = None) -> Iterator[Parliament]:
    """A running stand-in with these members, by default those of the shipped list."""
    peer = Parliament(list(shipped_members() if members is None else members))
    ready, stop, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()
    # A thread of its own, so that a command with an event loop of its own can be the client.
    thread = threading.Thread(target=lambda: loop.run_until_complete(_serve(peer, ready, stop)), daemon=True)
    thread.start()
    assert ready.wait(10), "the stand-in for Parliament did not start"
    try:
        yield peer
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
