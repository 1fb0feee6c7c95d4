"""docs/flow-tests.md says all that the author of a script needs, and what it shows is right."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from bot.cli import chat, schema, scripts
from bot.content.roads import EXAMPLES
from bot.content.script_play import play
from bot.content.scripts import DATA, OWN_LANGUAGE, Meanwhile, MovePart, ScriptFile, ScriptPart
from bot.engine.drawing import MORE
from bot.engine.model import NAVIGATION
from tests.content.shipped import NOW, ROOT, scripts_of, shipped_world
from tests.content.test_guide import rules_of

GUIDE = (ROOT / "docs" / "flow-tests.md").read_text(encoding="utf-8")
SAID = set(re.findall(r"`([^`\n]+)`", GUIDE))
RULES = {rule for path in (ROOT / "bot/content").glob("script*.py") for rule in rules_of(path)} | {
    *("no-folder", "no-data", "unknown-file", "no-action", "unknown-outcome", "not-supposable")
}


@pytest.mark.parametrize("key", [*ScriptFile.model_fields, *ScriptPart.model_fields])
def test_every_key_of_a_script_is_explained(key: str) -> None:
    assert key in SAID


@pytest.mark.parametrize("key", MovePart.model_fields)
def test_every_kind_of_line_is_explained(key: str) -> None:
    assert any(said.startswith(f"{{{key}: ") for said in SAID)


def test_whatever_can_be_pressed_or_happen_is_named() -> None:
    assert {OWN_LANGUAGE, MORE, *NAVIGATION, *get_args(Meanwhile), *DATA} <= SAID


def test_the_example_postcodes_are_named_but_the_one_that_belongs_to_no_place() -> None:
    assert {one for one in EXAMPLES if not one.startswith("ZZ")} - {"M1 1ZZ"} <= SAID


def test_every_rule_is_explained_and_no_other() -> None:
    tables = GUIDE.split("## What is said of a script")[1]
    rows = [line.split("|")[1] for line in tables.splitlines() if line.startswith("| `")]
    assert {rule for row in rows for rule in re.findall("`([a-z-]+)`", row)} == RULES


@pytest.mark.parametrize("module", [chat, scripts, schema])
def test_every_option_of_the_commands_is_explained(module: ModuleType) -> None:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    module.add_commands(commands, argparse.ArgumentParser(add_help=False))
    for command in commands.choices.values():
        for action in command._actions:
            for option in action.option_strings:
                if option not in ("-h", "--help", "--plain", "--start"):
                    assert option in GUIDE


def test_the_example_holds(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(# yaml-language-server.*?)```", GUIDE, re.DOTALL)
    (script,) = scripts_of(tmp_path / "a.yaml", example)
    assert play(shipped_world(), script, "pl", NOW).fault is None


def test_the_suggestion_that_is_shown_can_be_copied(tmp_path: Path) -> None:
    (suggested,) = re.findall(r"; add: (- .*)", GUIDE)
    (script,) = scripts_of(tmp_path / "a.yaml", f"scripts:\n  {suggested}\n")
    assert play(shipped_world(), script, "ar", NOW).fault is None
