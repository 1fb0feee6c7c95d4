"""Two pages for whoever keeps the bot running: /healthz for a person or a probe, /metrics for Prometheus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.monitoring.metrics import Metrics
from bot.monitoring.standing import Standing, health

# https://prometheus.io/docs/instrumenting/exposition_formats/
_TEXT_FORMAT: Final = "text/plain; version=0.0.4; charset=utf-8"
_FRESH: Final = {"Cache-Control": "no-store"}


def pages(metrics: Metrics, standing: Callable[[], Standing]) -> Starlette:
    """Both pages. `standing` says how the bot stands at this moment."""

    async def healthz(request: Request) -> Response:
        found = health(standing(), telegram_lost=metrics.telegram_lost, sessions_fail=metrics.sessions_fail)
        return JSONResponse(found.as_json(), 503 if found.problems else 200, headers=_FRESH)

    async def numbers(request: Request) -> Response:
        return Response(metrics.page(standing()), media_type=_TEXT_FORMAT, headers=_FRESH)

    return Starlette(routes=[Route("/healthz", healthz), Route("/metrics", numbers)])
