"""The bot as it is shipped, made once for every test of scripts: flows, languages and facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path

from bot import app
from bot.channels.turns import utc_now
from bot.config import load_config
from bot.content.scripts import Script, read_scripts, script_paths
from bot.engine.world import World
from bot.errors import Fault

ROOT = Path(__file__).parents[2]
NOW = utc_now()


@cache
def shipped_world(data: Path | None = None) -> World:
    """The shipped world; with the facts of a folder in the place of its own."""
    config = load_config(ROOT / "bot_config.yaml", {})
    world = app.build_world(config, NOW.date())
    return world if data is None else replace(world, facts=app.build_facts(config, NOW.date(), data))


def at_of(script: Script) -> dt.datetime:
    """The time at which a script is played."""
    return dt.datetime.combine(script.today, dt.time(12), dt.UTC) if script.today else NOW


def scripts_of(path: Path, text: str) -> list[Script]:
    """The scripts of a file with this text, which must be readable."""
    path.write_text(text, encoding="utf-8")
    faults: list[Fault] = []
    scripts = read_scripts([path], faults)
    assert not faults, faults
    return scripts


def shipped_scripts() -> list[Script]:
    """Every script that is shipped."""
    faults: list[Fault] = []
    scripts = read_scripts(script_paths(ROOT / "flows"), faults)
    assert not faults
    return scripts
