"""The numbers of a running bot, for Prometheus. docs/monitoring.md explains each.

Each label has a closed set of values that stands in the code; whatever else is given becomes "other". There is no label
for a chat, a flow, an answer, a language or a constituency: where few people talk to a bot, such a number is a person.
Every series stands at 0 from the start. One that appeared when something happened first would tell when that was; for
the same reason `_created` times are left out.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from itertools import product
from typing import Final, get_args

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from bot.channels.counting import CallOutcome, TurnOutcome, UpdateKind
from bot.monitoring.standing import Standing
from bot.world.freshness import SourceName

OTHER: Final = "other"
# The methods of the Bot API that this bot calls.
METHODS: Final = (
    *("answerCallbackQuery", "deleteMessage", "deleteMessages", "deleteWebhook", "editMessageReplyMarkup"),
    *("editMessageText", "getMe", "getUpdates", "getWebhookInfo", "leaveChat", "sendChatAction", "sendMessage"),
    "setWebhook",
)
LABELS: Final = {
    "kind": get_args(UpdateKind),
    "turn": get_args(TurnOutcome),
    "call": get_args(CallOutcome),
    "method": METHODS,
    "source": get_args(SourceName),
}
LOST_FOR_SECONDS: Final = 120.0
"""Telegram counts as lost when all calls of such a time got no answer; one alone may get none for many reasons."""

_TURN_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 60.0, 120.0)
_CALL_SECONDS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_WAITS: Final = "getUpdates"  # Telegram holds it open until somebody says something, so its time means nothing


class Metrics:
    """The numbers of one bot: a `Counts` for its channel, and a page for Prometheus. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lost_since: float | None = None
        self._lost_for = 0.0
        self._sessions_fail = False
        self._registry = CollectorRegistry()
        self._define_counts()
        self._define_state()

    def _define_counts(self) -> None:
        at = self._registry
        self._updates = Counter("askfirst_updates", "Updates from Telegram", ["kind"], registry=at)
        self._turned_away = Counter(
            "askfirst_updates_turned_away", "Updates deleted unread, because a chat sent too many", registry=at
        )
        self._in_hand = Gauge("askfirst_updates_in_hand", "Updates taken in and not done with", registry=at)
        self._turns = Counter("askfirst_turns", "Turns of conversations", ["outcome"], registry=at)
        self._turn_seconds = Histogram(
            "askfirst_turn_seconds", "From taking an update up to its answer", buckets=_TURN_SECONDS, registry=at
        )
        self._calls = Counter("askfirst_calls", "Calls of the Bot API", ["method", "outcome"], registry=at)
        self._call_seconds = Histogram(
            "askfirst_call_seconds", "How long calls take", ["method"], buckets=_CALL_SECONDS, registry=at
        )
        self._swept = Counter("askfirst_sessions_swept", "Expired sessions that were deleted", registry=at)
        for kind in _values("kind"):
            self._updates.labels(kind)
        for outcome in _values("turn"):
            self._turns.labels(outcome)
        for method, outcome in product(_values("method"), _values("call")):
            self._calls.labels(method, outcome)
        for method in _values("method"):
            if method != _WAITS:
                self._call_seconds.labels(method)

    def _define_state(self) -> None:
        at = self._registry
        self._reached = Gauge("askfirst_telegram_reached", "1 if the last call got an answer", registry=at)
        self._sessions = Gauge("askfirst_sessions_work", "1 if the session store could be used last", registry=at)
        self._refused = Gauge("askfirst_files_refused", "1 if newer files have faults", registry=at)
        self._flows = Gauge("askfirst_flows_info", "The version of the flows that are live", ["version"], registry=at)
        self._age = Gauge("askfirst_source_age_days", "The age of what the bot knows", ["source"], registry=at)
        self._past = Gauge("askfirst_source_past", "1 if it is past its age limit", ["source"], registry=at)
        build = Gauge("askfirst_build_info", "The version of the bot", ["version", "python"], registry=at)
        build.labels(_version(), platform.python_version()).set(1)
        self._sessions.set(1)

    # --- what a channel counts; see `Counts`

    def update(self, kind: UpdateKind) -> None:
        """See `Counts`."""
        self._updates.labels(_known("kind", kind)).inc()

    def in_hand(self, change: int) -> None:
        """See `Counts`."""
        self._in_hand.inc(change)

    def turned_away(self) -> None:
        """See `Counts`."""
        self._turned_away.inc()

    def turn(self, outcome: TurnOutcome, seconds: float) -> None:
        """See `Counts`."""
        self._turns.labels(_known("turn", outcome)).inc()
        self._turn_seconds.observe(seconds)

    def call(self, method: str, outcome: CallOutcome, seconds: float) -> None:
        """See `Counts`."""
        method = _known("method", method)
        self._calls.labels(method, _known("call", outcome)).inc()
        if method != _WAITS:
            self._call_seconds.labels(method).observe(seconds)
        now = self._clock()
        if outcome != "lost":
            self._lost_since = None
        elif self._lost_since is None:
            self._lost_since = now
        self._lost_for = 0.0 if self._lost_since is None else now - self._lost_since
        self._reached.set(outcome != "lost")

    def swept(self, rows: int) -> None:
        """See `Counts`."""
        self._swept.inc(rows)

    def sessions(self, work: bool) -> None:
        """See `Counts`."""
        self._sessions_fail = not work
        self._sessions.set(work)

    # --- what is shown

    @property
    def telegram_lost(self) -> bool:
        """Whether Telegram has not answered for longer than LOST_FOR_SECONDS."""
        return self._lost_for > LOST_FOR_SECONDS

    @property
    def sessions_fail(self) -> bool:
        """Whether the session store could not be used when it was used last."""
        return self._sessions_fail

    def page(self, standing: Standing) -> bytes:
        """All numbers in Prometheus' text format."""
        self._refused.set(standing.refused)
        self._flows.clear()
        self._flows.labels(standing.flows).set(1)
        for source in standing.sources:
            name = _known("source", source.name)
            self._past.labels(name).set(source.past)
            age = float("nan") if source.date is None else (standing.day - source.date).days
            self._age.labels(name).set(age)
        return generate_latest(_WithoutTimes(self._registry))


class _WithoutTimes(Collector):
    """The same numbers without the times at which each began."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        for metric in self._registry.collect():
            metric.samples = [one for one in metric.samples if not one.name.endswith("_created")]
            yield metric


def _values(label: str) -> Iterable[str]:
    return (*LABELS[label], OTHER)


def _known(label: str, value: str) -> str:
    return value if value in LABELS[label] else OTHER


def _version() -> str:
    try:
        return version("ask-first")
    except PackageNotFoundError:  # run from a folder, without having been installed
        return "unknown"
