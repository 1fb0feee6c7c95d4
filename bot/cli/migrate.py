"""`askfirst migrate`: brings flow files of older versions of the format to the current one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot.config import Config
from bot.content.flows import flow_paths
from bot.content.migrations import CURRENT, Chain, migrated
from bot.errors import ConfigError, ContentError, Fault, shown_path
from bot.world.build.organisation_writing import difference
from bot.world.build.whole_file import current_bytes, replace_whole


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = commands.add_parser("migrate", parents=[common], help="bring flow files to the current version")
    parser.add_argument(
        "path", nargs="?", type=Path, metavar="PATH", help="a flow file or folder to bring there instead"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and write nothing")
    parser.set_defaults(run=_migrate)


def _migrate(args: argparse.Namespace, config: Config) -> int:
    path = config.flows_dir if args.path is None else args.path
    if not path.exists():
        raise ConfigError(f"There is no file or folder `{path}`; give a flow file, or a folder of flows.")
    migrate(flow_paths(path) if path.is_dir() else [path], dry_run=args.dry_run)
    return 0


def migrate(paths: list[Path], *, dry_run: bool, chain: Chain = CURRENT) -> None:
    """Shows what changes, then writes it. Raises ContentError, with nothing written, if a file cannot be read."""
    faults: list[Fault] = []
    found = [(path, data) for path in paths if (data := current_bytes(path)) is not None]
    made = [(path, data, migrated(data, shown_path(path), faults, chain)) for path, data in found]
    if faults:
        raise ContentError("Nothing was written, because of:", faults)
    changed = [(path, data, text) for path, data, text in made if text and text != data.decode("utf-8-sig")]
    for path, data, text in changed:
        print(difference(data.decode("utf-8-sig"), text, shown_path(path)))
    if not dry_run:
        for path, data, text in changed:
            replace_whole(path, text, was=data, check=lambda _: None)
    same = len(made) - len(changed)
    if same or not changed:
        print(f"{same} of {len(made)} flow files are of version {chain.newest}, the newest: nothing to do.")
    if changed:
        done = f"{len(changed)} would be brought" if dry_run else f"{len(changed)} brought"
        print(f"{done} to version {chain.newest}.{' Nothing was written.' if dry_run else ' Now run: askfirst check'}")
