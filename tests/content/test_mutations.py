"""Whatever an editor breaks in a shipped flow, the check finds it, and names the line.

An operator is one way to break a file. It is tried at many places of all flows; each time the line and the rule must be
those that it says, and nothing else may be found but what follows from the slip.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.content.check import check_conversation
from bot.errors import Fault
from tests.content.editor import ROOT
from tests.content.slips import in_claims, in_conversations, in_files, in_keys, in_names, in_ways, in_words
from tests.content.slips.slip import IN_CONVERSATION, OPERATORS, Operator, Slip
from tests.content.slips.written import WRITTEN, among_shipped, spread
from tests.content.test_check_pages import CONVERSATION, RULES
from tests.fake_facts import TODAY

MODULES = (in_claims, in_conversations, in_files, in_keys, in_names, in_ways, in_words)
MOST = 7  # places at which an operator is tried, spread over all flows


def everywhere(operators: Mapping[str, Operator], most: int) -> list[tuple[str, Slip]]:
    """Each operator at its places."""
    return [
        (name, one)
        for name, found in operators.items()
        for one in spread([one for written in WRITTEN for one in found(written)], most)
    ]


MUTATIONS = everywhere(OPERATORS, MOST)


def holds(slip: Slip, faults: list[Fault]) -> None:
    """The slip was found at its place, and nothing else but what follows from it."""
    found = {(Path(fault.file).name if fault.file != "flows" else "", fault.line, fault.rule) for fault in faults}
    wanted = {(*place, slip.rule) for place in ((slip.file, slip.line), slip.partner) if place}
    assert wanted & found
    assert {fault.rule for fault in faults} <= {slip.rule, *slip.also}


def named(mutations: list[tuple[str, Slip]]) -> list[object]:
    """Each slip as a parameter with its name and place."""
    return [pytest.param(slip, id=f"{name} ({slip.where})") for name, slip in mutations]


@pytest.mark.parametrize("slip", named(MUTATIONS))
def test_a_slip_is_named_by_its_rule_at_its_line(tmp_path: Path, slip: Slip) -> None:
    _, _, faults = among_shipped(tmp_path, slip.files)
    holds(slip, faults)


@pytest.mark.parametrize("slip", named(everywhere(IN_CONVERSATION, 4)))
def test_a_slip_that_only_the_whole_conversation_shows_is_named(tmp_path: Path, slip: Slip) -> None:
    world, documents, faults = among_shipped(tmp_path, slip.files)
    assert faults == []
    holds(slip, list(check_conversation(world, documents, tmp_path, TODAY).faults))


def test_the_command_line_names_a_slip_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    slip = next(slip for name, slip in MUTATIONS if name == "the_way_on_is_misspelt")
    among_shipped(tmp_path, slip.files)
    assert main(["check", str(tmp_path / slip.file)]) == 1
    assert f"{slip.file}:{slip.line}:" in capsys.readouterr().out


def test_every_operator_has_a_place() -> None:
    assert all(module.__doc__ for module in MODULES)  # reading them registers their operators
    assert {name for name, _ in MUTATIONS} == OPERATORS.keys()
    assert len(OPERATORS) > 100
    assert len(MUTATIONS) > 700


def test_every_rule_of_the_loader_is_broken() -> None:
    assert {slip.rule for _, slip in MUTATIONS} >= RULES - CONVERSATION
