"""`askfirst check`: everything that must hold before release."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bot.channels.turns import utc_now
from bot.checked import Checking
from bot.config import Config
from bot.content.check import Checked, check_reading
from bot.content.flows import flow_paths
from bot.content.scripts import check_scripts, read_scripts, script_paths
from bot.content.translation_rules import GLOSSARY, check_translations
from bot.errors import ConfigError, Fault, shown_path

_PAGES = Path(__file__).parents[2] / "docs" / "checks"  # beside the program, where its docs are


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = commands.add_parser("check", parents=[common], help="check flows, translations, data and configuration")
    parser.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a flow file or folder to check instead")
    parser.add_argument("--strict", action="store_true", help="treat warnings as findings")
    parser.add_argument("--json", action="store_true", help="one JSON object a finding")
    parser.set_defaults(run=_check)


def _check(args: argparse.Namespace, config: Config) -> int:
    given = _given(args.path)
    flow_files = _with_the_others(given, config)
    faults, checked = find_faults(config, flow_files, utc_now().date())
    if args.path is not None:  # what else could be better is not the question
        names = {shown_path(path) for path in given}
        faults = [fault for fault in faults if not fault.warning or fault.file in names]
    for fault in faults:
        print(json.dumps(asdict(fault), ensure_ascii=False) if args.json else fault)
    if not args.json:
        _say_where_to_read(faults, [config.flows_dir, *flow_files])
        _say(faults, checked)
    return 1 if any(args.strict or not fault.warning for fault in faults) else 0


def find_faults(config: Config, flow_files: list[Path], today: dt.date) -> tuple[list[Fault], Checked | None]:
    """Everything that is wrong, in order; and how much was tried, if the parts were good enough to try the whole."""
    found = Checking(config).look(flow_files, today)
    faults = [*found.faults, *check_reading(found.documents.values())]
    scripts = read_scripts(script_paths(config.flows_dir), faults)
    if found.world:
        check_scripts(scripts, found.world.flows, found.world.catalogues, faults)
        languages = found.world.catalogues.values()
        faults += check_translations(languages, found.documents.values(), config.locales_dir)
    return sorted(set(faults)), found.tried


def _say_where_to_read(faults: list[Fault], flow_files: list[Path]) -> None:
    """The page about each rule that a flow, a translation or the glossary breaks."""
    names = {shown_path(path) for path in flow_files}
    rules = {one.rule for one in faults if one.file in names or one.file.endswith((".po", f"/{GLOSSARY}"))}
    for rule in sorted(rules):
        for page in (_PAGES / f"{rule}.md", _PAGES / "translations" / f"{rule}.md"):
            if page.is_file():
                print(f"About {rule}: {shown_path(page)}")


def _say(faults: list[Fault], checked: Checked | None) -> None:
    """How much was looked at, and how it stands."""
    if checked is not None:
        print(
            f"Visited {checked.states:,} states by {checked.turns:,} turns; "
            f"drew {checked.cards:,} cards in {checked.languages} languages."
        )
    if not faults:
        print("No findings.")


def _given(path: Path | None) -> list[Path]:
    """The flow files that the command names."""
    if path is None:
        return []
    if path.is_dir():
        return flow_paths(path)
    if path.is_file():
        return [path]
    raise ConfigError(f"There is no file or folder `{path}`; give a flow file, or a folder of flows.")


def _with_the_others(given: list[Path], config: Config) -> list[Path]:
    """The flow files to check: a given one takes the place of the configured file of the same name. Given files come
    last, so that they are blamed for what they take from the others."""
    names = {one.name for one in given}
    return [one for one in flow_paths(config.flows_dir) if one.name not in names] + given
