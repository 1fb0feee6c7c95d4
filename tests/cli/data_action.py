"""Runs one action of `askfirst data`, as the command line does, but without the other actions."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from bot.config import load_config

ROOT = Path(__file__).parents[2]


def run(module: ModuleType, *arguments: str, config: Path = ROOT / "bot_config.yaml") -> int:
    """The exit code. Raises BotError, which the command line would turn into 2."""
    parser = argparse.ArgumentParser()
    module.add_actions(parser.add_subparsers(required=True), argparse.ArgumentParser(add_help=False))
    args = parser.parse_args(arguments)
    environment: Mapping[str, str] = {}
    return int(args.run(args, load_config(config, environment)))
