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
from bot.content.flows import FlowDocument, read_flows
from bot.engine.wording import ENGLISH
from bot.engine.world import World
from bot.errors import Fault
from tests.content.editor import ROOT, SHIPPED, write
from tests.content.slips import in_claims, in_conversations, in_files, in_keys, in_names, in_ways, in_words
from tests.content.slips.slip import IN_CONVERSATION, OPERATORS, Operator, Slip
from tests.content.slips.written import WRITTEN
from tests.fake_facts import FACTS, TODAY

MODULES = (in_claims, in_conversations, in_files, in_keys, in_names, in_ways, in_words)
MOST = 7  # places at which an operator is tried, spread over all flows


def spread(slips: list[Slip], most: int) -> list[Slip]:
    """So many of them, from the first to the last."""
    if len(slips) <= most:
        return slips
    return [slips[index * (len(slips) - 1) // (most - 1)] for index in range(most)]


def everywhere(operators: Mapping[str, Operator], most: int) -> list[tuple[str, Slip]]:
    """Each operator at its places."""
    return [
        (name, one)
        for name, found in operators.items()
        for one in spread([one for written in WRITTEN for one in found(written)], most)
    ]


def findings(folder: Path, slip: Slip, documents: dict[str, FlowDocument]) -> tuple[World, list[Fault]]:
    """What the loader says to the shipped flows with this slip in them."""
    for name, text in slip.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        if text is not None:
            write(folder, {name: text})
    taken = {Path(name).parts[0] for name in slip.files}
    faults: list[Fault] = []
    paths = [*(path for path in SHIPPED if path.name not in taken), *sorted(folder.glob("*.y*ml"))]
    flows = read_flows(paths, faults, documents)
    return World(flows, {"en": ENGLISH}, FACTS), faults


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
    holds(slip, findings(tmp_path, slip, {})[1])


@pytest.mark.parametrize("slip", named(everywhere(IN_CONVERSATION, 4)))
def test_a_slip_that_only_the_whole_conversation_shows_is_named(tmp_path: Path, slip: Slip) -> None:
    documents: dict[str, FlowDocument] = {}
    world, faults = findings(tmp_path, slip, documents)
    assert faults == []
    holds(slip, list(check_conversation(world, documents, tmp_path, TODAY).faults))


def test_the_command_line_names_a_slip_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    slip = next(slip for name, slip in MUTATIONS if name == "the_way_on_is_misspelt")
    findings(tmp_path, slip, {})
    assert main(["check", str(tmp_path / slip.file)]) == 1
    assert f"{slip.file}:{slip.line}:" in capsys.readouterr().out


def test_every_operator_has_a_place() -> None:
    assert all(module.__doc__ for module in MODULES)  # reading them registers their operators
    assert {name for name, _ in MUTATIONS} == OPERATORS.keys()
    assert len(OPERATORS) > 100
    assert len(MUTATIONS) > 700
