"""`askfirst data map`: the constituencies and their verdicts as a picture."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import Any

from bot import app
from bot.config import Config
from bot.content.catalogues import load_catalogues
from bot.errors import ConfigError, DataError, Fault
from bot.world.constituencies import read_constituencies
from bot.world.map_cells import read_map
from bot.world.map_picture import draw

FILE = "map.csv"


def add_actions(actions: Any, common: argparse.ArgumentParser) -> None:
    """Adds `map` to the actions of `askfirst data`."""
    parser = actions.add_parser("map", parents=[common], help="draw the constituencies and their verdicts")
    task = parser.add_mutually_exclusive_group(required=True)
    task.add_argument("--out", type=Path, metavar="FILE", help="where to write the picture (SVG)")
    task.add_argument(
        "--build", type=Path, metavar="BOUNDARIES", help=f"make data/{FILE} anew from boundaries: GeoJSON or .gz"
    )
    parser.add_argument("--lang", default="en", metavar="TAG", help="the language of the picture (en)")
    parser.set_defaults(run=_map)


def _map(args: argparse.Namespace, config: Config) -> int:
    return _build(args.build, config) if args.build else _draw(args.out, args.lang, config)


def _draw(out: Path, language: str, config: Config) -> int:
    catalogues = load_catalogues(config.locales_dir)
    if language not in catalogues:
        raise ConfigError(f"There is no language `{language}`; choose one of {', '.join(sorted(catalogues))}.")
    today = dt.datetime.now(dt.UTC).date()
    facts = app.build_facts(config, today)
    faults: list[Fault] = []
    cells = read_map(config.data_dir / FILE, facts.seats, faults)
    if faults:
        raise DataError("The map cannot be drawn:", faults)
    text = draw(facts, cells, catalogues[language], today)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{out} cannot be written ({error.strerror}); give another --out.") from None
    print(f"{out}: {len(cells)} constituencies, {len(text.encode()) // 1000} kB")
    return 0


def _build(boundaries: Path, config: Config) -> int:
    try:
        from bot.world.build.map_layout import build_map
    except ImportError as error:
        raise ConfigError(f"Building needs the package `{error.name}`; install ask-first[build].") from None
    faults: list[Fault] = []
    seats = read_constituencies(config.data_dir / "constituencies.csv", faults)
    if faults:
        raise DataError("The constituencies cannot be used:", faults)
    build_map(boundaries, seats, config.data_dir / FILE)
    print(f"{config.data_dir / FILE}: a place for each of {len(seats)} constituencies")
    return 0
