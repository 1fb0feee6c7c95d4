"""docs/flows.md says all that an editor needs, and nothing that is not so."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic import BaseModel

from bot import yamlfile
from bot.content import catalogues
from bot.content.flow_file import MAX_BUTTONS, FlowFile
from bot.content.text_rules import MAX_LABEL
from bot.content.ways import MAX_SILENT
from bot.engine import actions
from bot.engine.actions import ACTIONS
from bot.engine.choices import SOURCES
from bot.engine.model import RESERVED
from bot.yamlfile import MAX_BYTES, MAX_DEPTH, MAX_FAULTS
from tests.content.editor import ROOT, load_shipped, wander

GUIDE = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")
SAID = set(re.findall(r"`([^`\n]+)`", GUIDE))


def keys_of(model: type[BaseModel]) -> set[str]:
    """The keys of a model and of the models in it, and the words that a key may be."""
    schema: Any = model.model_json_schema(by_alias=True)
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            found |= set(part.get("properties", {})) | {word for word in part.get("enum", []) if isinstance(word, str)}
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return found


def rules_of(module: Path) -> set[str]:
    """The ids of the rules in a module: the last argument but one of whatever makes a fault, or of what is yielded."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        rule: ast.expr | None = None
        if isinstance(node, ast.Call) and len(node.args) >= 3:
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            rule = node.args[-2] if name.strip("_").lower() in ("fault", "refuse", "tell") else None
        elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
            rule = node.value.elts[-2]
        if isinstance(rule, ast.Constant) and isinstance(rule.value, str):
            found.add(rule.value)
    return found


RULES = {
    rule
    for name in ("yamlfile", *(f"content/{path.stem}" for path in (ROOT / "bot" / "content").glob("*.py")))
    if not name.startswith("content/script")  # docs/flow-tests.md explains the rules of scripts
    if name != "content/exchange"  # docs/translating.md explains the tables of translations
    if name != "content/glossary"  # docs/translation-checks.md explains the glossary
    for rule in rules_of(ROOT / "bot" / f"{name}.py")
} | {"wrong-value", *yamlfile._RULES.values(), *(rule for rule, _ in catalogues._COUNTED)}


def test_the_rules_are_found_where_they_are_made() -> None:
    assert {"yaml", "no-way-on", "unreachable-step", "call-circle", "markup", "links", "po-syntax"} < RULES
    assert len(RULES) > 60


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_guide_explains_every_rule(rule: str) -> None:
    assert rule in SAID


@pytest.mark.parametrize("key", sorted(keys_of(FlowFile)))
def test_the_guide_explains_every_key(key: str) -> None:
    assert key in SAID


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS.keys())
def test_the_guide_explains_every_action_with_its_arguments_outcomes_and_values(action: actions.Action) -> None:
    words = {
        action.name,
        *action.needs,
        *action.outcomes,
        *(value for values in action.outcomes.values() for value in values),
    }
    assert words <= SAID


def test_the_guide_names_every_source_reserved_flow_and_limit() -> None:
    assert {*SOURCES, *RESERVED, "END"} <= SAID
    for limit in (MAX_BUTTONS, MAX_LABEL, MAX_SILENT, MAX_DEPTH, MAX_FAULTS, f"{MAX_BYTES:,}"):
        assert re.search(rf"\b{limit}\b", GUIDE), limit


def test_the_guide_names_no_rule_that_there_is_not() -> None:
    tables = GUIDE.split("## What `askfirst check` says")[1]
    named = {
        rule
        for line in tables.split("\n")
        if line.startswith("| `")
        for rule in re.findall("`([a-z0-9-]+)`", line.split("|")[1])
    }
    assert named == RULES


def test_the_example_in_the_guide_is_right(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(# yaml-language-server.*?)```", GUIDE, re.DOTALL)
    flows, faults = load_shipped(tmp_path, {"travel_cost.yaml": example})
    assert faults == []
    for seed in range(10):
        wander(flows, Random(seed))  # noqa: S311 - a walk, not a secret
