"""How a live world stands: what its version is, whether newer files were refused, and how old its facts are."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from bot.engine.wording import ENGLISH
from bot.engine.world import World
from bot.errors import Fault
from bot.monitoring.standing import standing_of
from bot.status import flows_version
from bot.world.limits import Limits
from bot.world_watch import LiveWorld, Reading
from tests.engine.talk import FLOWS
from tests.fake_facts import FACTS
from tests.world.sample import INDEX_DATE, TODAY, sample_world

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def live_world(world: World) -> LiveWorld:
    return LiveWorld(lambda today: world, [], now=lambda: NOON)


def test_it_is_that_of_the_world_that_is_live(tmp_path: Path) -> None:
    standing = standing_of(live_world(World(FLOWS, {"en": ENGLISH}, sample_world(tmp_path))), Limits(), TODAY)
    assert standing.day == TODAY
    assert standing.flows == flows_version(FLOWS)
    assert not standing.refused
    sources = {source.name: source for source in standing.sources}
    assert list(sources) == ["postcodes", "members", "pledges", "directory", "election"]
    assert sources["postcodes"].date == INDEX_DATE
    assert not sources["postcodes"].past


def test_facts_get_older_though_no_file_changes(tmp_path: Path) -> None:
    live = live_world(World(FLOWS, {"en": ENGLISH}, sample_world(tmp_path)))
    later = standing_of(live, Limits(), TODAY + dt.timedelta(days=365))
    assert next(source for source in later.sources if source.name == "postcodes").past


def test_refused_files_are_seen() -> None:
    live = live_world(World(FLOWS, {"en": ENGLISH}, FACTS))
    live.reading = Reading(NOON, (Fault("flows/about.yaml", 1, 1, "rule", "message"),))
    assert standing_of(live, Limits(), TODAY).refused
    live.reading = replace(live.reading, faults=())
    assert not standing_of(live, Limits(), TODAY).refused
