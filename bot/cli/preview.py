"""`askfirst preview`: every step in every language on one page."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot import app
from bot.channels.turns import utc_now
from bot.config import Config
from bot.content.check import check_conversation, check_reading
from bot.content.flows import FlowDocument, flow_paths, read_flows
from bot.content.preview import preview
from bot.engine.wording import Catalogue
from bot.errors import ConfigError


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "preview", parents=[common], help="write a page that shows every step in every language"
    )
    parser.add_argument("--out", type=Path, default=Path("preview.html"), metavar="FILE", help="(preview.html)")
    parser.add_argument("--lang", action="append", metavar="TAG", help="only this language; may be given several times")
    parser.set_defaults(run=_preview)


def _chosen(catalogues: Mapping[str, Catalogue], tags: list[str] | None) -> Mapping[str, Catalogue]:
    for tag in tags or ():
        if tag not in catalogues:
            raise ConfigError(f"There is no language `{tag}`; choose one of {', '.join(catalogues)}.")
    return {tag: one for tag, one in catalogues.items() if not tags or tag in tags}


def _preview(args: argparse.Namespace, config: Config) -> int:
    today = utc_now().date()
    world = app.build_world(config, today)
    documents: dict[str, FlowDocument] = {}
    read_flows(flow_paths(config.flows_dir), [], documents)
    chosen = replace(world, catalogues=_chosen(world.catalogues, args.lang))
    faults = [
        *check_conversation(world, documents, config.locales_dir, today).faults,
        *check_reading(documents.values()),
    ]
    partial = args.out.with_name(f"{args.out.name}.tmp")
    if not args.out.parent.is_dir():
        raise ConfigError(f"There is no folder `{args.out.parent}`; make it, or name another file with --out.")
    with partial.open("w", encoding="utf-8") as file:
        file.writelines(preview(chosen, documents, faults, today))
    partial.replace(args.out)
    size = args.out.stat().st_size / 1_000_000
    shown = f"{_many(len(chosen.catalogues), 'language')}, {_many(len(faults), 'finding')}, {size:.1f} MB"
    print(f"{args.out}: {shown}. Open it in a browser.")
    return 0


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
