"""`askfirst check`: everything that must hold before release."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot import app
from bot.channels.turns import utc_now
from bot.config import Config
from bot.content.catalogues import load_catalogues
from bot.content.flows import flow_paths, read_flows
from bot.content.scripts import read_scripts, script_paths
from bot.errors import BotError, ConfigError, Fault


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = commands.add_parser("check", parents=[common], help="check flows, translations, data and configuration")
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a flow file or folder to check instead")
    parser.add_argument("--strict", action="store_true", help="treat warnings as findings")
    parser.add_argument("--json", action="store_true", help="one JSON object a finding")
    parser.set_defaults(run=_check)


def _check(args: argparse.Namespace, config: Config) -> int:
    faults: list[Fault] = []
    read_flows(_flow_files(args.path, config), faults)
    read_scripts(script_paths(config.flows_dir), faults)
    for load in (
        lambda: load_catalogues(config.locales_dir),
        lambda: app.build_facts(config, utc_now().date()),
    ):
        _collect(load, faults)
    for fault in sorted(set(faults)):
        print(json.dumps(asdict(fault), ensure_ascii=False) if args.json else fault)
    if not faults and not args.json:
        print("No findings.")
    return 1 if faults else 0


def _flow_files(path: Path | None, config: Config) -> list[Path]:
    """The flow files to check: one given file takes the place of the configured file of the same name. Given files
    come last, so that they are blamed for what they take from the others."""
    if path is None:
        return flow_paths(config.flows_dir)
    if path.is_dir():
        given = flow_paths(path)
    elif path.is_file():
        given = [path]
    else:
        raise ConfigError(f"There is no file or folder `{path}`; give a flow file, or a folder of flows.")
    names = {one.name for one in given}
    return [one for one in flow_paths(config.flows_dir) if one.name not in names] + given


def _collect(load: Callable[[], object], faults: list[Fault]) -> None:
    try:
        load()
    except BotError as error:
        faults.extend(error.faults or [Fault("data", 0, 0, "cannot-load", str(error))])
