"""What a bot says when it starts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import Config, load_config
from bot.engine.wording import ENGLISH, Catalogue
from bot.monitoring.standing import Standing
from bot.monitoring.startup import languages, start_lines
from bot.serving import Listen
from tests.monitoring.test_metrics import GOOD, OLD, STANDING

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(ROOT / "bot_config.yaml", {})


def language(name: str, *, reviewed: bool) -> Catalogue:
    return replace(ENGLISH, language=name, reviewed=reviewed)


def lines(config: Config, standing: Standing = STANDING, listening: Listen | None = None) -> list[str]:
    return list(start_lines(config, {"en": ENGLISH, "pl": language("pl", reviewed=False)}, standing, listening))


def test_it_says_what_it_is_made_of_how_old_that_is_and_where_it_keeps_conversations(config: Config) -> None:
    assert lines(replace(config, sessions_path=Path("var/sessions.db"))) == [
        "Flows 1f0c9a52be77, in English and 1 other language, none of them reviewed.",
        "As of: postcodes 2020-01-01, MPs 2026-11-20.",
        "Past the age limit: postcodes. `askfirst data status` says what follows, and the remedy.",
        "Conversations are kept in var/sessions.db, encrypted.",
    ]


def test_nothing_is_said_of_the_past_where_nothing_is_past(config: Config) -> None:
    said = lines(config, replace(STANDING, sources=(GOOD,)))
    assert said[1] == "As of: MPs 2026-11-20."
    assert not any("Past" in line for line in said)


def test_a_source_without_a_date_is_named_all_the_same(config: Config) -> None:
    said = lines(config, replace(STANDING, sources=(replace(OLD, date=None), GOOD)))
    assert said[1] == "As of: postcodes not known, MPs 2026-11-20."


def test_conversations_in_memory_are_forgotten(config: Config) -> None:
    assert "Conversations are kept in memory alone: a restart forgets them." in lines(replace(config, store="memory"))


def test_it_says_where_health_can_be_seen(config: Config) -> None:
    assert lines(config, listening=Listen("127.0.0.1", 9464))[-1] == (
        "Health and metrics: http://127.0.0.1:9464/healthz and /metrics."
    )
    assert lines(config, listening=Listen(path=Path("/run/bot.sock")))[-1] == (
        "Health and metrics: /healthz and /metrics on unix:/run/bot.sock."
    )


def test_it_warns_where_other_machines_can_see_it_too(config: Config) -> None:
    assert lines(config, listening=Listen("192.168.0.4", 9464))[-1].startswith("Other machines can read them there.")


@pytest.mark.parametrize(
    ("reviewed", "words"),
    [
        ([], "in English"),
        ([True], "in English and 1 other language, all of them reviewed"),
        ([True, False, False], "in English and 3 other languages, 1 of them reviewed"),
        ([False, False], "in English and 2 other languages, none of them reviewed"),
    ],
)
def test_languages_are_counted_and_those_that_a_person_has_reviewed(reviewed: list[bool], words: str) -> None:
    found = {f"l{number}": language(f"l{number}", reviewed=one) for number, one in enumerate(reviewed)}
    assert languages({"en": ENGLISH, **found}) == words
