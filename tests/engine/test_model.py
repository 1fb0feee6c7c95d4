"""The values that everything else is made of."""

from __future__ import annotations

import dataclasses
import inspect
from typing import get_args, get_type_hints

import pytest

from bot.engine import facts, model
from bot.engine.model import NAVIGATION, RESERVED, Session
from tests.engine.talk import FLOWS, a_flow, a_world, ask

VALUES = [
    kind
    for module in (model, facts)
    for _, kind in inspect.getmembers(module, dataclasses.is_dataclass)
    if isinstance(kind, type)
]


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_values_cannot_be_changed_and_hold_nothing_else(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert not hasattr(kind, "__dict__") or "__slots__" in vars(kind)


def test_no_slot_can_hold_what_a_person_typed() -> None:
    kinds = get_args(get_type_hints(model.Slot)["type"])
    assert kinds == ("place", "choice", "page")
    assert {slot.type for flow in FLOWS.values() for slot in flow.slots.values()} <= {"place", "choice", "page"}


def test_a_new_session_knows_nothing() -> None:
    assert Session() == Session(None, (), {}, (), (), 0, 0, 0, None)


def test_the_buttons_under_every_card_open_reserved_flows_that_exist() -> None:
    assert set(NAVIGATION) < set(RESERVED) <= FLOWS.keys()
    assert all(FLOWS[name].label for name in NAVIGATION)


def test_a_flow_is_found_by_its_command_and_by_its_link() -> None:
    world = a_world(a_flow("tiny", ask("q", "a -> END")))
    assert (world.flow_of_command("mp"), world.flow_of_link("mp")) == ("ask_mp", "ask_mp")
    assert (world.flow_of_command("tiny"), world.flow_of_link("tiny")) == ("tiny", "tiny")
    for word in ("", "nothing", "_start", "ask_mp"):
        assert (world.flow_of_command(word), world.flow_of_link(word)) == (None, None)
