"""Runs the commands on the directory against a folder of a test's own."""

from __future__ import annotations

import argparse
import dataclasses
import io
import shutil
from pathlib import Path

import pytest

from bot.cli import data_hsds, data_verify
from bot.config import Config, load_config
from tests.world.entries import ENTRY

ROOT = Path(__file__).parents[2]


def directory(tmp_path: Path) -> Config:
    """A configuration whose directory holds one made-up entry, `example_advice`."""
    folder = tmp_path / "data" / "organisations"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "data" / "constituencies.csv", tmp_path / "data")
    (folder / "example_advice.yaml").write_text(ENTRY, encoding="utf-8")
    return dataclasses.replace(load_config(ROOT / "bot_config.yaml", {}), data_dir=tmp_path / "data")


def run(config: Config, *arguments: str) -> int:
    """The exit code of `askfirst data …`."""
    common = argparse.ArgumentParser(add_help=False)
    parser = argparse.ArgumentParser()
    actions = parser.add_subparsers(required=True)
    data_hsds.add_export(actions.add_parser("export").add_subparsers(required=True), common)
    data_hsds.add_import(actions.add_parser("import").add_subparsers(required=True), common)
    data_verify.add_actions(actions, common)
    args = parser.parse_args(arguments)
    return int(args.run(args, config))


class Terminal(io.StringIO):
    """Input that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str, terminal: bool = False) -> None:
    """What stands on standard input."""
    text = "".join(f"{line}\n" for line in lines)
    monkeypatch.setattr("sys.stdin", Terminal(text) if terminal else io.StringIO(text))
