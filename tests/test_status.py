"""What a running bot says of itself, and how it is told from one that runs no more."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.engine.wording import ENGLISH
from bot.engine.world import World
from bot.errors import DataError, Fault
from bot.status import (
    MOST_FAULTS,
    BotStatus,
    StatusFile,
    flows_version,
    is_running,
    process_start,
    read_status,
    write_status,
)
from bot.world_watch import LiveWorld, Reading
from tests.engine.talk import FLOWS, a_flow, ask
from tests.fake_facts import FACTS
from tests.world.sample import sample_world

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
FAULT = Fault("flows/about.yaml", 12, 3, "unknown-step", "`lettre` is not known; did you mean `letter`?")
HERE = BotStatus(
    pid=os.getpid(),
    process=process_start(os.getpid()),
    mode="telegram",
    since=NOON,
    flows="0123456789ab",
    live_since=NOON,
    read=NOON + dt.timedelta(hours=1),
    sources={"postcodes": dt.date(2024, 7, 1), "members": None},
    faults=(FAULT,),
    more_faults=2,
)


def a_live_world(world: World) -> LiveWorld:
    return LiveWorld(lambda today: world, [], now=lambda: NOON)


# --- the file


def test_what_is_written_is_read(tmp_path: Path) -> None:
    for status in (HERE, replace(HERE, stopped=NOON, faults=(), more_faults=0)):
        write_status(tmp_path / "var" / "status.json", status)
        assert read_status(tmp_path / "var" / "status.json") == status


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "status.json"
    write_status(path, HERE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["status.json"]


def test_no_file_is_no_status(tmp_path: Path) -> None:
    assert read_status(tmp_path / "status.json") is None


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"pid": 1}', json.dumps({"format": 2})])
def test_a_damaged_file_is_an_error_with_the_remedy(tmp_path: Path, content: str) -> None:
    (tmp_path / "status.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="start the bot again"):
        read_status(tmp_path / "status.json")


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_an_error_at_once(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "status.json")
    with pytest.raises(DataError, match="cannot be read"):
        read_status(tmp_path / "status.json")


# --- the process


def test_a_bot_whose_process_is_there_runs() -> None:
    assert is_running(HERE)
    assert not is_running(replace(HERE, stopped=NOON))


def test_one_whose_number_another_process_has_now_does_not() -> None:
    assert not is_running(replace(HERE, process="1"))
    assert not is_running(replace(HERE, process=""))


def test_one_that_has_ended_does_not_even_while_its_parent_takes_no_notice() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        there = replace(HERE, pid=child.pid, process=process_start(child.pid))
        assert is_running(there)
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it stays as a zombie
        assert not is_running(there)
    assert not is_running(there)


def test_where_the_system_does_not_tell_starts_the_number_has_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.status.process_start", lambda pid: "")
    assert is_running(replace(HERE, process=""))
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert not is_running(replace(HERE, pid=child.pid, process=""))


# --- the version of the flows


def test_the_version_changes_with_anything_that_flows_say_or_do() -> None:
    version = flows_version(FLOWS)
    assert len(version) == 12
    assert version == flows_version({name: FLOWS[name] for name in sorted(FLOWS, reverse=True)})
    other = {**FLOWS, "tiny": a_flow("tiny", ask("q", "on -> q"))}
    assert (
        len({version, flows_version(other), flows_version({**other, "tiny": a_flow("tiny", ask("q", "on -> END"))})})
        == 3
    )


# --- what a bot writes


def test_a_bot_tells_what_is_live_and_of_what_day(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    facts = sample_world(tmp_path / "data")
    live = a_live_world(World(FLOWS, {"en": ENGLISH}, facts))
    file = StatusFile(tmp_path / "status.json", "telegram", lambda: NOON)
    file.keep(live)
    told = read_status(tmp_path / "status.json")
    assert told == replace(
        HERE,
        flows=flows_version(FLOWS),
        read=NOON,
        faults=(),
        more_faults=0,
        sources={
            "postcodes": facts.postcodes.date,
            "members": facts.members.date,
            "pledges": facts.pledges.date,
            "directory": dt.date(2026, 11, 1),
        },
    )
    assert is_running(told)
    file.keep(live, stopped=True)
    assert read_status(tmp_path / "status.json") == replace(told, stopped=NOON)


def test_of_very_many_faults_it_tells_the_first_and_how_many_more(tmp_path: Path) -> None:
    live = a_live_world(World(FLOWS, {"en": ENGLISH}, FACTS))
    live.reading = Reading(NOON, tuple(replace(FAULT, line=line) for line in range(1, MOST_FAULTS + 8)))
    StatusFile(tmp_path / "status.json", "telegram", lambda: NOON).keep(live)
    told = read_status(tmp_path / "status.json")
    assert told is not None
    assert (len(told.faults), told.more_faults) == (MOST_FAULTS, 7)


def test_the_file_of_another_bot_that_runs_is_left_alone(tmp_path: Path) -> None:
    live = a_live_world(World(FLOWS, {"en": ENGLISH}, FACTS))
    path = tmp_path / "status.json"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        other = replace(HERE, pid=child.pid, process=process_start(child.pid))
        write_status(path, other)
        StatusFile(path, "terminal", lambda: NOON).keep(live)
        assert read_status(path) == other
        child.kill()
    StatusFile(path, "terminal", lambda: NOON).keep(live)
    found = read_status(path)
    assert found is not None
    assert (found.pid, found.mode) == (os.getpid(), "terminal")


def test_a_damaged_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "status.json").write_text("{", encoding="utf-8")
    StatusFile(tmp_path / "status.json", "telegram", lambda: NOON).keep(a_live_world(World(FLOWS, {}, FACTS)))
    assert read_status(tmp_path / "status.json") is not None


def test_where_it_cannot_be_written_the_bot_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "var").write_text("a file", encoding="utf-8")
    live = a_live_world(World(FLOWS, {}, FACTS))
    for path in (tmp_path / "var" / "status.json", tmp_path):
        StatusFile(path, "telegram", lambda: NOON).keep(live)
    assert ["the status is not told" in message for message in caplog.messages] == [True, True]
