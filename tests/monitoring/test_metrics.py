"""The numbers: what is counted, in labels that cannot hold anything of a person."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from bot.channels.counting import NO_COUNTS, Counts
from bot.monitoring.metrics import LABELS, METHODS, OTHER, Metrics
from bot.monitoring.standing import Health, Standing, health
from bot.world.freshness import SourceAge

ROOT = Path(__file__).parents[2]
DAY = dt.date(2026, 11, 22)
GOOD = SourceAge("members", dt.date(2026, 11, 20), relativedelta(days=45), dt.date(2027, 1, 4), past=False)
OLD = SourceAge("postcodes", dt.date(2020, 1, 1), relativedelta(months=36), dt.date(2023, 1, 1), past=True)
STANDING = Standing(day=DAY, flows="1f0c9a52be77", refused=False, sources=(OLD, GOOD))


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def numbers(metrics: Metrics, standing: Standing = STANDING) -> dict[tuple[str, tuple[str, ...]], float]:
    """Each number by its name and the values of its labels."""
    page = metrics.page(standing).decode()
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def use(counts: Counts, kind: Any, method: str, seconds: float = 0.2) -> None:
    """Everything that a channel counts, with these values wherever one can be given."""
    counts.update(kind)
    counts.in_hand(+1)
    counts.turned_away()
    counts.turn(kind, seconds)
    counts.call(method, kind, seconds)
    counts.swept(3)
    counts.sessions(work=True)


def test_what_a_channel_tells_is_what_is_shown() -> None:
    metrics = Metrics()
    for _ in range(2):
        metrics.update("tap")
    metrics.turn("answered", 0.2)
    metrics.call("sendMessage", "ok", 0.03)
    metrics.call("sendMessage", "flood", 0.03)
    metrics.in_hand(+3)
    metrics.in_hand(-1)
    metrics.turned_away()
    metrics.swept(5)
    found = numbers(metrics)
    assert found["askfirst_updates_total", ("tap",)] == 2
    assert found["askfirst_updates_total", ("message",)] == 0
    assert found["askfirst_turns_total", ("answered",)] == 1
    assert found["askfirst_turn_seconds_count", ()] == 1
    assert found["askfirst_turn_seconds_bucket", ("0.25",)] == 1
    assert found["askfirst_turn_seconds_bucket", ("0.1",)] == 0
    assert found["askfirst_calls_total", ("sendMessage", "ok")] == 1
    assert found["askfirst_calls_total", ("sendMessage", "flood")] == 1
    assert found["askfirst_call_seconds_count", ("sendMessage",)] == 2
    assert found["askfirst_updates_in_hand", ()] == 2
    assert found["askfirst_updates_turned_away_total", ()] == 1
    assert found["askfirst_sessions_swept_total", ()] == 5


def test_what_is_live_is_shown_as_it_is_now() -> None:
    metrics = Metrics()
    numbers(metrics)
    missing = replace(GOOD, name="pledges", date=None, past=True)
    found = numbers(metrics, Standing(DAY, "000000000000", refused=True, sources=(OLD, GOOD, missing)))
    assert [key for key in found if key[0] == "askfirst_flows_info"] == [("askfirst_flows_info", ("000000000000",))]
    assert found["askfirst_files_refused", ()] == 1
    assert found["askfirst_source_age_days", ("members",)] == 2
    assert found["askfirst_source_past", ("members",)] == 0
    assert found["askfirst_source_past", ("postcodes",)] == 1
    assert math.isnan(found["askfirst_source_age_days", ("pledges",)])
    assert numbers(metrics)["askfirst_files_refused", ()] == 0


def test_a_long_poll_is_counted_and_its_waiting_is_not() -> None:
    metrics = Metrics()
    metrics.call("getUpdates", "ok", 50.0)
    found = numbers(metrics)
    assert found["askfirst_calls_total", ("getUpdates", "ok")] == 1
    assert ("askfirst_call_seconds_count", ("getUpdates",)) not in found


# --- nothing personal


@given(kind=st.text(), method=st.text(), seconds=st.floats(min_value=0, allow_nan=False))
def test_no_value_but_those_in_the_code_becomes_a_label(kind: str, method: str, seconds: float) -> None:
    metrics = Metrics()
    before = numbers(metrics).keys()
    use(metrics, kind, method, seconds)
    assert numbers(metrics).keys() == before


def test_an_unknown_value_counts_as_other() -> None:
    metrics = Metrics()
    use(metrics, "QX7 7QX", "sendQX7")
    found = numbers(metrics)
    for name in ("updates", "turns"):
        assert found[f"askfirst_{name}_total", (OTHER,)] == 1
    assert found["askfirst_calls_total", (OTHER, OTHER)] == 1


def test_every_series_is_there_from_the_start_and_none_tells_when_it_was_first_used() -> None:
    metrics = Metrics()
    found = numbers(metrics)
    pairs = [(method, outcome) for method in (*METHODS, OTHER) for outcome in (*LABELS["call"], OTHER)]
    assert all(("askfirst_calls_total", pair) in found for pair in pairs)
    assert not [name for name, _ in found if name.endswith("_created")]


def test_two_bots_in_one_process_do_not_share_their_numbers() -> None:
    one, other = Metrics(), Metrics()
    one.update("tap")
    assert numbers(other)["askfirst_updates_total", ("tap",)] == 0


def test_the_methods_are_those_that_a_running_bot_calls() -> None:
    modules = (ROOT / "bot/channels/telegram").glob("*.py")
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in modules
        if path.stem not in ("presenting", "profile")  # a command of their own
    )
    names = set(re.findall(r"bot\.([a-z]+_[a-z_]+)", code)) - {"base_url"}
    called = {re.sub("_(.)", lambda letter: letter[1].upper(), name) for name in names}
    called |= set(re.findall(r'_call\("([A-Za-z]+)"', code))
    assert called | {"getUpdates"} == set(METHODS)


def test_to_count_nothing_does_nothing() -> None:
    use(NO_COUNTS, "tap", "sendMessage")


# --- health

WELL = Health(problems=(), warnings=("postcodes",))


def of(metrics: Metrics, standing: Standing = STANDING) -> Health:
    return health(standing, telegram_lost=metrics.telegram_lost, sessions_fail=metrics.sessions_fail)


def test_old_facts_are_a_warning() -> None:
    assert of(Metrics()) == WELL
    assert WELL.as_json() == {"ok": True, "problems": [], "warnings": ["postcodes"]}


def test_refused_files_are_a_problem() -> None:
    found = of(Metrics(), replace(STANDING, refused=True))
    assert found.problems == ("files",)
    assert found.as_json()["ok"] is False


def test_telegram_is_lost_when_no_call_of_two_minutes_was_answered() -> None:
    clock = Clock()
    metrics = Metrics(clock)
    metrics.call("getUpdates", "lost", 1)
    assert numbers(metrics)["askfirst_telegram_reached", ()] == 0
    clock.now += 120
    metrics.call("getUpdates", "lost", 1)
    assert of(metrics).problems == ()
    clock.now += 1
    metrics.call("getUpdates", "lost", 1)
    assert of(metrics).problems == ("telegram",)
    metrics.call("getUpdates", "refused", 1)  # an answer all the same
    assert of(metrics).problems == ()
    assert numbers(metrics)["askfirst_telegram_reached", ()] == 1


def test_one_lost_call_in_a_quiet_hour_is_none() -> None:
    clock = Clock()
    metrics = Metrics(clock)
    metrics.call("sendMessage", "lost", 1)
    clock.now += 3600
    assert of(metrics).problems == ()


def test_a_session_store_that_fails_is_a_problem_until_it_works() -> None:
    metrics = Metrics()
    metrics.sessions(work=False)
    assert of(metrics).problems == ("sessions",)
    assert numbers(metrics)["askfirst_sessions_work", ()] == 0
    metrics.sessions(work=True)
    assert of(metrics).problems == ()


# --- the guide

GUIDE = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")


def test_the_guide_explains_every_number_and_no_other() -> None:
    shown = {re.sub("_(bucket|sum|count)$", "", name) for name, _ in numbers(Metrics())}
    explained = set(re.findall(r"\n\| `(askfirst_[a-z_]+)", GUIDE))
    assert explained == shown


@pytest.mark.parametrize("label", ["kind", "turn", "call", "source"])
def test_the_guide_explains_every_value_of_a_label(label: str) -> None:
    assert all(f"`{value}`" in GUIDE for value in LABELS[label])
