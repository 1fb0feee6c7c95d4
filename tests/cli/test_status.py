"""`askfirst status`: what the running bot is doing, from another terminal."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import main
from bot.cli.status import as_json, as_lines
from bot.config import load_config
from bot.errors import Fault
from bot.status import BotStatus, write_status
from bot.world.freshness import SourceName, source_ages
from tests.test_status import FAULT, HERE, NOON

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "status.md").read_text(encoding="utf-8")
DATES: Mapping[SourceName, dt.date | None] = {
    "postcodes": dt.date(2024, 7, 1),
    "members": dt.date(2026, 6, 27),
    "pledges": dt.date(2026, 11, 22),
    "directory": dt.date(2026, 11, 22),
}
GOOD = replace(HERE, faults=(), more_faults=0, sources=DATES)
BAD = replace(GOOD, faults=(FAULT, Fault("flows", 0, 0, "reserved-missing", "the flow `_start` is missing")))
STOPPED = replace(GOOD, stopped=NOON + dt.timedelta(days=2))
KILLED = replace(GOOD, process="1")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings beside the shipped files, and a status file of their own."""
    for folder in ("flows", "locales", "data"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(status: BotStatus, passed: dt.timedelta = dt.timedelta(days=2, hours=1)) -> str:
    """What a person reads, some time after noon."""
    limits = load_config(ROOT / "bot_config.yaml", {}).limits
    now = NOON + passed
    return "\n".join(as_lines(status, tuple(source_ages(status.sources, limits, now.date())), now))


# --- exit codes


@pytest.mark.parametrize(("status", "code"), [(GOOD, 0), (BAD, 1), (STOPPED, 1), (KILLED, 1), (None, 1)])
def test_only_a_bot_that_runs_with_good_files_is_good(project: Path, status: BotStatus | None, code: int) -> None:
    if status is not None:
        write_status(project / "var" / "status.json", status)
    assert main(["status"]) == code
    assert main(["status", "--json"]) == code


def test_a_file_that_cannot_be_read_is_one_sentence(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "var" / "status.json").mkdir(parents=True)
    assert main(["status"]) == 2
    assert capsys.readouterr().err == (
        "askfirst: var/status.json cannot be read (Is a directory); check that you may read it.\n"
    )


def test_old_facts_alone_are_no_reason_for_another_exit_code(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_status(project / "var" / "status.json", replace(GOOD, sources={**DATES, "members": dt.date(2024, 7, 5)}))
    assert main(["status"]) == 0
    assert "! members: " in capsys.readouterr().out


def test_where_no_bot_ran_it_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["status"])
    assert capsys.readouterr().out == "No bot has run with these settings: there is no var/status.json.\n"


def test_the_settings_name_the_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "bot_config.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "status: {path: elsewhere.json}\n", encoding="utf-8")
    write_status(project / "elsewhere.json", GOOD)
    assert main(["status"]) == 0
    assert "The bot runs on Telegram" in capsys.readouterr().out


# --- for people


def test_a_bot_that_runs_says_since_when_and_with_what() -> None:
    first, _, started, live, files, _, *ages = told(GOOD).splitlines()
    assert first == f"The bot runs on Telegram. Its process is {HERE.pid}."
    assert started == "started       2026-11-22 12:00 UTC    2 days ago"
    assert live == "live since    2026-11-22 12:00 UTC    2 days ago, flows 0123456789ab"
    assert files == "files read    2026-11-22 13:00 UTC    2 days ago, good"
    assert ages[1].split() == ["postcodes", "2024-07-01", "28", "months", "36", "months", "2027-07-01"]
    assert [line.split()[0] for line in ages[1:6]] == ["postcodes", "members", "pledges", "directory", "election"]
    assert ages[6].startswith("! members: no pledge counts as confirmed")


def test_every_fault_is_told_with_its_place_rule_and_remedy() -> None:
    lines = told(BAD).splitlines()
    assert lines[4].endswith("refused")
    assert lines[6:10] == [
        "The files were refused, because of 2 faults:",
        "flows/about.yaml:12:3: unknown-step: `lettre` is not known; did you mean `letter`?",
        "flows: reserved-missing: the flow `_start` is missing",
        "Until it is mended, the bot goes on with what it knew before.",
    ]
    assert "because of 9 faults:" in told(replace(BAD, more_faults=7))
    assert "and 7 more: run `askfirst check`" in told(replace(BAD, more_faults=7))
    assert "because of this:" in told(replace(GOOD, faults=(FAULT,)))


def test_a_bot_that_was_stopped_is_told_from_one_that_was_killed() -> None:
    assert told(STOPPED).startswith("The bot does not run. It ran on Telegram, and was stopped.\n")
    assert "\nstopped       2026-11-24 12:00 UTC    1 hour ago\n" in told(STOPPED)
    killed = told(replace(KILLED, mode="terminal"))
    assert killed.startswith("The bot does not run any more. It ran in a terminal, and ended without a word:\n")
    assert "Remedy: askfirst run." in killed
    assert "goes on" not in told(replace(BAD, process="1"))


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (dt.timedelta(seconds=-5), "just now"),
        (dt.timedelta(seconds=59), "just now"),
        (dt.timedelta(minutes=1), "1 minute ago"),
        (dt.timedelta(minutes=119), "1 hour ago"),
        (dt.timedelta(hours=47), "1 day ago"),
        (dt.timedelta(days=30), "30 days ago"),
    ],
)
def test_ages_are_told_in_one_unit(passed: dt.timedelta, words: str) -> None:
    assert f"\nstarted       2026-11-22 12:00 UTC    {words}\n" in told(GOOD, passed)


@pytest.mark.parametrize("status", [GOOD, BAD, STOPPED, KILLED])
def test_it_fits_a_screen(status: BotStatus) -> None:
    lines = told(replace(status, pid=4194304, sources={}), dt.timedelta(days=900)).splitlines()
    assert max(len(line) for line in lines if "lettre" not in line) <= 80
    assert len(lines) <= 24


# --- for programs


def test_the_object_has_the_same_facts(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_status(project / "var" / "status.json", BAD)
    main(["status", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (found["running"], found["problem"], found["mode"], found["pid"]) == (True, "faults", "telegram", HERE.pid)
    assert found["faults"][0] == {**dataclasses.asdict(FAULT)}
    assert found["read"] == "2026-11-22T13:00:00+00:00"
    assert found["sources"]["postcodes"]["date"] == "2024-07-01"
    assert set(found["sources"]) == {*DATES, "election"}


@pytest.mark.parametrize(
    ("status", "running", "problem"),
    [(GOOD, True, None), (STOPPED, False, "not-running"), (KILLED, False, "not-running"), (None, False, "not-running")],
)
def test_one_word_says_what_is_wrong(status: BotStatus | None, running: bool, problem: str | None) -> None:
    found = as_json(status, ())
    assert (found["running"], found["problem"]) == (running, problem)


def test_the_guide_explains_every_key_and_word() -> None:
    limits = load_config(ROOT / "bot_config.yaml", {}).limits
    found: dict[str, Any] = as_json(BAD, tuple(source_ages(DATES, limits, NOON.date())))
    for key in [*found, *found["faults"][0], *found["sources"]["members"]]:
        assert f"`{key}`" in GUIDE, key
    for word in ("not-running", "faults", "telegram", "terminal"):
        assert f"`{word}`" in GUIDE


# --- nothing of people


def test_the_file_has_no_place_for_anything_about_people() -> None:
    names = {field.name for field in dataclasses.fields(BotStatus)}
    assert names == {
        *("format", "pid", "process", "mode", "since", "stopped"),
        *("flows", "live_since", "read", "sources", "faults", "more_faults"),
    }
