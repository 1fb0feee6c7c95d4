"""`askfirst test`: plays the conversation scripts."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot import app
from bot.channels.turns import utc_now
from bot.config import Config
from bot.content.scripts import play, read_scripts, script_paths
from bot.errors import ConfigError, ContentError, Fault


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = commands.add_parser("test", parents=[common], help="play the conversation scripts of flows/tests")
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a script file, or a folder of them")
    parser.add_argument("--lang", default="all", metavar="TAG", help="only this language")
    parser.set_defaults(run=_test)


def _test(args: argparse.Namespace, config: Config) -> int:
    now = utc_now()
    world = app.build_world(config, now.date())
    if args.lang not in ("all", *world.catalogues):
        raise ConfigError(f"There is no language `{args.lang}`; choose one of {', '.join(world.catalogues)}.")
    faults: list[Fault] = []
    paths = script_paths(config.flows_dir)
    if args.path is not None:
        paths = sorted(args.path.glob("*.yaml")) if args.path.is_dir() else [args.path]
    scripts = read_scripts(paths, faults)
    if faults:
        raise ContentError("These scripts cannot be played:", faults)
    played = 0
    for script in scripts:
        for language in script.languages(world.catalogues if args.lang == "all" else [args.lang]):
            played += 1
            fault = play(world, script, language, now)
            if fault:
                faults.append(fault)
                print(f"{fault} ({script.part.name})")
    print(f"{played - len(faults)} passed, {len(faults)} failed")
    return 1 if faults else 0
