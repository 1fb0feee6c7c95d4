"""`askfirst test`: plays the conversation scripts, and says what they never go through."""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from bot import app
from bot.channels.turns import utc_now
from bot.config import Config
from bot.content.flows import FlowDocument, flow_paths, read_flows
from bot.content.names import no_such
from bot.content.script_coverage import Coverage, coverage, not_visited, percent
from bot.content.script_play import Visit, play
from bot.content.scripts import Script, check_scripts, read_scripts, script_paths, scripts_in
from bot.engine.world import World
from bot.errors import ConfigError, ContentError, Fault, shown_path


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = commands.add_parser("test", parents=[common], help="play the conversation scripts of flows/tests")
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a script file, or a folder of them")
    parser.add_argument("--lang", default="all", metavar="TAG", help="only this language")
    parser.add_argument(
        "--coverage", action="store_true", help="name every step, outcome and button that no script goes through"
    )
    parser.set_defaults(run=_test)


def _test(args: argparse.Namespace, config: Config) -> int:
    now = utc_now()
    # The invented postcodes are there for scripts, also where the bot itself does not know them.
    config = replace(config, sandbox=True)
    world = app.build_world(config, now.date())
    if args.lang not in ("all", *world.catalogues):
        raise no_such("language", args.lang, world.catalogues)
    languages = list(world.catalogues) if args.lang == "all" else [args.lang]
    faults: list[Fault] = []
    scripts = read_scripts(_paths(args.path, config), faults)
    check_scripts(scripts, world.flows, world.catalogues, faults)
    if faults:
        raise ContentError("These scripts cannot be played:", faults)
    played, failed, visits = _play(scripts, languages, world, config, now)
    missing = args.coverage and not _say_coverage(visits, languages, world, config, now)
    print(f"{played - failed} passed, {failed} failed")
    return 1 if failed or missing else 0


def _paths(path: Path | None, config: Config) -> list[Path]:
    """The files of scripts to play."""
    if path is not None and not path.exists():
        raise ConfigError(f"There is no file or folder `{path}`; give a file of scripts, or a folder of them.")
    if path is not None and not path.is_dir():
        return [path]
    folder = path or config.flows_dir
    paths = script_paths(folder) or (scripts_in(folder) if path else [])
    if not paths:
        raise ConfigError(f"There is no script in {shown_path(folder)}; write one, as docs/flow-tests.md says.")
    return paths


def _play(
    scripts: list[Script], languages: list[str], world: World, config: Config, now: dt.datetime
) -> tuple[int, int, set[Visit]]:
    """How many conversations were played, how many do not hold, and what all of them went through."""

    @cache
    def world_with(data: Path | None, day: dt.date) -> World:
        # Facts may be newer than the day on which a script is played, but never than both days.
        latest = max(day, now.date())
        if data is None and latest == now.date():
            return world
        return replace(world, facts=app.build_facts(config, latest, data))

    played = failed = 0
    visits: set[Visit] = set()
    for script in scripts:
        at = dt.datetime.combine(script.today, dt.time(12), dt.UTC) if script.today else now
        for language in script.languages(languages):
            result = play(world_with(script.data, at.date()), script, language, at)
            played += 1
            visits |= result.visits
            if result.fault:
                failed += 1
                print(f"{result.fault} ({script.part.name})")
    return played, failed, visits


def _say_coverage(visits: set[Visit], languages: list[str], world: World, config: Config, now: dt.datetime) -> bool:
    """Prints what was never gone through, and how much was; whether that is all."""
    documents: dict[str, FlowDocument] = {}
    read_flows(flow_paths(config.flows_dir), [], documents)
    found = coverage(world.flows.values(), world.catalogues, languages, visits)
    for fault in sorted(not_visited(found, documents, world, now, len(languages))):
        print(fault)
    visited, total = sum(one.visited for one in found), sum(one.total for one in found)
    whole = Coverage("total", visited, total, {})
    width = max(len(one.flow) for one in found)
    for one in (*found, whole):
        print(f"{one.flow:{width}}  {percent(one.visited, one.total):3} %  ({one.visited:,} of {one.total:,})")
    return visited == total
