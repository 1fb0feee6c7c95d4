"""`askfirst data status`: one screen, one object, and an exit code that tells whether all is fresh."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.cli import data_status
from bot.cli.data_status import as_json, as_text
from bot.engine.facts import Verdict
from bot.errors import DataError
from bot.world.build.pack import pack_index
from bot.world.freshness import Vacancy, status
from bot.world.limits import duration_words
from bot.world.members import MemberList
from bot.world.pledges import register
from bot.world.topics import TOPICS
from bot.world.world import WorldFacts
from tests.cli.data_action import ROOT, run
from tests.world.sample import TODAY, sample_data, sample_world
from tests.world.small_index import ENTRIES


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> WorldFacts:
    return sample_world(tmp_path_factory.mktemp("data"))


@pytest.fixture
def fresh_project(tmp_path: Path) -> Path:
    """A configuration and data of which everything is of today, or was today's when it was made."""
    today = dt.datetime.now(dt.UTC).date()
    (tmp_path / "data").mkdir()
    data = sample_data(tmp_path / "data")
    (data / "postcodes.idx").write_bytes(
        pack_index(sorted(ENTRIES.items()), date=today.replace(day=1), near_boundary_m=50)
    )
    changes = {"members.csv": r"2026-0[67]-\d\d|2026-11-22", "pledges.yaml": r"(?<=checked_on: )[-\d]+"}
    changes |= {f"organisations/{path.name}": "2026-11-01" for path in (data / "organisations").iterdir()}
    for name, pattern in changes.items():
        text = (data / name).read_text(encoding="utf-8")
        (data / name).write_text(re.sub(pattern, str(today), text), encoding="utf-8")
    for folder in ("flows", "locales"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    text = (ROOT / "bot_config.yaml").read_text(encoding="utf-8")
    last_year = today - dt.timedelta(days=365)
    (tmp_path / "bot_config.yaml").write_text(
        re.sub("last_general_election: [-0-9]+", f"last_general_election: {last_year}", text), encoding="utf-8"
    )
    return tmp_path / "bot_config.yaml"


# --- exit codes


def test_the_shipped_data_tell_how_old_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data_status, "status") == 1
    out = capsys.readouterr().out
    assert re.search(r"^members +2026-06-27 .* 45 days +2026-08-11  PAST$", out, re.MULTILINE)
    assert "! members: no pledge counts as confirmed" in out


def test_where_everything_is_fresh_the_exit_code_is_0(fresh_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data_status, "status", config=fresh_project) == 0
    out = capsys.readouterr().out
    assert "nothing past its age limit" in out
    assert "PAST" not in out
    assert "!" not in out.split("Organisations offered")[0]


def test_data_with_faults_cannot_be_told_of(fresh_project: Path) -> None:
    (fresh_project.parent / "data/members.csv").unlink()
    with pytest.raises(DataError, match=r"members\.csv"):
        run(data_status, "status", config=fresh_project)


# --- the screen


@pytest.mark.parametrize("years", [0, 3, 6])
def test_it_fits_a_screen_of_80_columns(world: WorldFacts, years: int) -> None:
    lines = as_text(status(world, TODAY.replace(year=TODAY.year + years))).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 50


def test_it_fits_with_long_names_and_empty_lists(world: WorldFacts) -> None:
    found = status(replace(world, members=MemberList({}, None), pledges=register(()), directory=()), TODAY)
    many = tuple(
        Vacancy(f"E{number}", "Example upon Long Name and Longer Name still, with a comma", None)
        for number in range(40)
    )
    for one in (found, replace(found, vacancies=many), replace(found, vacancies=many[:1])):
        lines = as_text(one).splitlines()
        assert max(map(len, lines)) <= 80
        assert "missing" in "".join(lines)


def cells(text: str, topic: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(f"{topic} "))
    return line.split()[1:]


def test_holes_are_marked(world: WorldFacts) -> None:
    text = as_text(status(world, TODAY))
    header = next(line for line in text.splitlines() if line.split()[:1] == ["UK"])
    regions = header.split()[1:]
    housing = dict(zip(regions, cells(text, "housing")[1:], strict=True))
    health = dict(zip(regions, cells(text, "health")[1:], strict=True))
    assert cells(text, "housing")[0] == "1"
    assert (housing["NW"], housing["SC"], housing["WA"]) == ("1", "1", "-")
    assert (health["NW"], health["SC"]) == ("0+", "!")


def test_the_numbers_stand_below_their_regions(world: WorldFacts) -> None:
    lines = as_text(status(world, TODAY)).splitlines()
    header = next(line for line in lines if line.split()[:1] == ["UK"])
    row = next(line for line in lines if line.startswith("housing "))
    for found in re.finditer(r"\S+", header):
        assert row[found.end() - 1] not in " +", found[0]


def test_vacant_seats_pledges_and_verdicts_are_told(world: WorldFacts) -> None:
    text = as_text(status(world, TODAY))
    assert "1: Clacton (since 2026-07-08)" in text
    assert re.search(r"Pledges +0 confirmed, \d unconfirmed, 0 withdrawn, \d history", text)
    assert re.search(r"Seats today +0 pledged, \d unconfirmed, \d+ no_record, 1 vacant", text)


def test_a_list_that_names_nobody_is_told(world: WorldFacts) -> None:
    later = status(world, dt.date(2028, 7, 1))
    assert "the bot names nobody" in " ".join(as_text(later).split())


# --- the object


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path)


def test_the_object_has_the_same_facts(world: WorldFacts) -> None:
    found = status(world, TODAY)
    told = json.loads(json.dumps(as_json(found)))
    assert told["day"] == "2026-11-22"
    assert told["past"] == list(found.past) == ["members"]
    assert told["sources"]["members"] == {
        "date": "2026-06-27",
        "limit": "45 days",
        "good_until": "2026-08-11",
        "past": True,
    }
    assert told["sources"]["postcodes"]["limit"] == duration_words(world.limits.postcodes_max_age) == "36 months"
    assert sum(told["seats"].values()) == 650
    assert set(told["seats"]) == {verdict.value for verdict in Verdict} - {"several"}
    assert told["vacant"] == [{"code": "E14001174", "name": "Clacton", "since": "2026-07-08"}]
    assert told["organisations"]["shown"] == ["everywhere", "north_west", "oldham", "scotland"]
    assert told["phones"] == {"shown": 4, "past": [], "undated": []}
    assert told["coverage"]["health"]["regions"]["E12000002"] == {"least": 0, "most": 1}
    assert set(told["coverage"]) == {*TOPICS, "crisis"}
    assert sum(told["pledges"].values()) == len(world.pledges.records)


def test_the_command_prints_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data_status, "status", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["past"][0] == "members"


def test_every_key_is_explained(world: WorldFacts) -> None:
    text = (ROOT / "docs/data-status.md").read_text(encoding="utf-8")
    told = as_json(status(world, TODAY))
    keys = {key for path in leaves(told) for key in path} - set(told["coverage"])
    keys -= {region for row in told["coverage"].values() for region in row["regions"]}
    for key in keys:
        assert f"`{key}`" in text, f"docs/data-status.md does not explain `{key}`"
