"""The two pages, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp

from bot.monitoring.metrics import Metrics
from bot.monitoring.server import pages
from bot.monitoring.standing import Standing
from bot.serving import Listen, served
from tests.monitoring.test_metrics import STANDING


@asynccontextmanager
async def asking(metrics: Metrics, standings: list[Standing]) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody who asks a server whose bot stands as the last of these."""
    app = pages(metrics, lambda: standings[-1])
    async with (
        served(app, Listen("127.0.0.1", 0), grace=1) as where,
        aiohttp.ClientSession(f"http://{where}") as session,
    ):
        yield session


async def test_a_bot_in_good_health_says_ok() -> None:
    async with asking(Metrics(), [STANDING]) as session, session.get("/healthz") as answer:
        assert answer.status == 200
        assert await answer.json() == {"ok": True, "problems": [], "warnings": ["postcodes"]}
        assert answer.headers["Cache-Control"] == "no-store"


async def test_what_is_wrong_is_said_with_503_and_over_when_it_is_mended() -> None:
    metrics, standings = Metrics(), [STANDING]
    async with asking(metrics, standings) as session:
        standings.append(replace(STANDING, refused=True))
        metrics.sessions(work=False)
        async with session.get("/healthz") as answer:
            assert answer.status == 503
            assert await answer.json() == {"ok": False, "problems": ["sessions", "files"], "warnings": ["postcodes"]}
        standings.append(STANDING)
        metrics.sessions(work=True)
        async with session.get("/healthz") as answer:
            assert answer.status == 200


async def test_the_numbers_are_in_the_format_of_prometheus() -> None:
    metrics = Metrics()
    metrics.update("tap")
    async with asking(metrics, [STANDING]) as session, session.get("/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        text = await answer.text()
        assert 'askfirst_updates_total{kind="tap"} 1.0' in text.splitlines()
        assert 'askfirst_flows_info{version="1f0c9a52be77"} 1.0' in text.splitlines()


async def test_a_probe_may_ask_for_the_head_alone_and_nobody_can_post() -> None:
    async with asking(Metrics(), [STANDING]) as session:
        async with session.head("/healthz") as answer:
            assert answer.status == 200
        async with session.post("/healthz", data=b"x") as answer:
            assert answer.status == 405
        async with session.get("/") as answer:
            assert answer.status == 404
