"""`askfirst data build` and `askfirst data members`: make what the bot knows from official files."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from bot.config import Config
from bot.errors import ConfigError


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds `askfirst data`."""
    parser = commands.add_parser("data", help="make what the bot knows from official sources")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    build = actions.add_parser("build", parents=[common], help="make data/postcodes.idx")
    build.add_argument("postcodes", type=Path, metavar="POSTCODES", help="NSPL or ONSPD: the zip, or the CSV in it")
    build.add_argument("boundaries", type=Path, metavar="BOUNDARIES", help="constituency boundaries: GeoJSON or .gz")
    build.add_argument("--out", type=Path, metavar="FILE", help="where to write it (data/postcodes.idx)")
    build.add_argument("--near", type=float, default=50.0, metavar="METRES", help="what counts as near a boundary (50)")
    build.set_defaults(run=_build)
    members = actions.add_parser("members", parents=[common], help="make constituencies.csv and members.csv")
    members.add_argument("lookup", type=Path, metavar="CSV", help="an mp_lookup CSV")
    members.add_argument("--as-of", required=True, metavar="DAY", help="the day of the list, for example 2026-06-27")
    members.set_defaults(run=_members)


def _build(args: argparse.Namespace, config: Config) -> int:
    try:
        from tqdm import tqdm

        from bot.world.build.postcodes import build_postcode_index
    except ImportError as error:
        raise ConfigError(f"Building needs the package `{error.name}`; install ask-first[build].") from None
    bars: dict[str, Any] = {}

    def progress(stage: str, done: int, total: int) -> None:
        if stage not in bars:
            for bar in bars.values():
                bar.close()
            bars[stage] = tqdm(total=total, desc=stage, unit="", unit_scale=True)
        bars[stage].total = total
        bars[stage].update(done - bars[stage].n)

    try:
        report = build_postcode_index(
            args.postcodes,
            args.boundaries,
            args.out or config.data_dir / "postcodes.idx",
            near_boundary_m=args.near,
            progress=progress,
        )
    finally:
        for bar in bars.values():
            bar.close()
    print(report)
    return 0


def _members(args: argparse.Namespace, config: Config) -> int:
    from bot.world.build.mp_lookup import build_members

    try:
        as_of = dt.date.fromisoformat(args.as_of)
    except ValueError:
        raise ConfigError(f"`{args.as_of}` is not a day; write it as year-month-day, for example 2026-06-27.") from None
    build_members(args.lookup, config.data_dir, as_of)
    print(f"constituencies.csv and members.csv written to {config.data_dir}")
    return 0
