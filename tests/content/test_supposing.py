"""A supposed outcome leads another way and changes nothing else; nothing can be supposed of an MP."""

from __future__ import annotations

import pytest

from bot.content.script_play import Player
from bot.content.scripts import Move
from bot.content.supposing import NotSupposable, supposed, wrong_supposition
from bot.engine.actions import ACTIONS
from bot.engine.model import Act
from tests.content.shipped import NOW, ROOT, shipped_world


def played(suppose: dict[tuple[str, str], str], *moves: tuple[str, str]) -> list[str]:
    """The steps on the card after these moves."""
    player = Player(supposed(shipped_world(), suppose), "en", NOW)
    for kind, what in moves:
        assert player.play(Move(kind, (what,))) is None
    return player.steps()


def test_a_supposed_outcome_is_the_way_on() -> None:
    moves = ("start", "help"), ("tap", "asylum"), ("tap", "anywhere")
    assert played({("find_help", "list"): "none"}, *moves) == ["find_help.show_none"]
    assert played({}, *moves) != ["find_help.show_none"]


def test_it_is_supposed_of_one_step_only() -> None:
    assert played({("urgent", "lines_there"): "none"}, ("start", "urgent")) == ["urgent.show"]


def test_an_outcome_whose_values_there_are_not_is_refused_with_the_remedy() -> None:
    nobody = shipped_world(ROOT / "flows/tests/data/nobody_helps")
    player = Player(supposed(nobody, {("urgent", "lines"): "found"}), "en", NOW)
    with pytest.raises(NotSupposable, match=r"`lines` gives no \{organisations\} here, .* give it `data` with it"):
        player.play(Move("start", ("urgent",)))


@pytest.mark.parametrize("action", ["pledge_verdict", "letter", "go_back", "forget"])
def test_what_is_said_of_an_mp_cannot_be_supposed_nor_what_moves_the_conversation(action: str) -> None:
    flows = shipped_world().flows
    steps = [
        (flow.name, step.id)
        for flow in flows.values()
        for step in flow.steps.values()
        if isinstance(step, Act) and step.action == action
    ]
    assert steps
    for flow, step in steps:
        for outcome in ACTIONS[action].outcomes:
            rule, _ = wrong_supposition(flows, flow, step, outcome) or ("", "")
            assert rule == "not-supposable"


def test_no_supposition_is_the_same_world() -> None:
    assert supposed(shipped_world(), {}) is shipped_world()
