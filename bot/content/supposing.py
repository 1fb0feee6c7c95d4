"""A world in which chosen actions have an outcome that the facts do not give: for texts that are there for rare days.

Everything else stays as it is: the action runs, its values are shown, and only the way on is another. What is said of
an MP and the pledge can never be supposed; the invented postcodes are there for that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from bot.content.flows import not_known
from bot.engine.actions import ACTIONS, Outcome
from bot.engine.facts import Facts
from bot.engine.model import Act, Flow, SlotValue
from bot.engine.wording import Catalogue
from bot.engine.world import World

Supposed = Mapping[tuple[str, str], str]  # by flow and step: the outcome of its action

_OF_AN_MP = frozenset({"pledge_verdict", "letter"})


class NotSupposable(Exception):
    """The supposed outcome would have to show a value that there is not."""


def wrong_supposition(flows: Mapping[str, Flow], flow: str, step: str, outcome: str) -> tuple[str, str] | None:
    """The rule and the remedy if this outcome of this step cannot be supposed."""
    steps = {f"{one.name}.{name}": found for one in flows.values() for name, found in one.steps.items()}
    found = steps.get(f"{flow}.{step}")
    if found is None:
        return "unknown-step", not_known(f"{flow}.{step}" if step else flow, steps)
    if not isinstance(found, Act):
        return "no-action", f"`{step}` is no action, so it has no outcome; suppose one of an action"
    if outcome not in found.targets:
        return "unknown-outcome", not_known(outcome, found.targets)
    if found.action in _OF_AN_MP:
        message = "what is said of an MP cannot be supposed; say one of the postcodes ZZ9 9AA to ZZ9 9AH instead"
        return "not-supposable", message
    if ACTIONS[found.action].moves:
        return "not-supposable", f"`{found.action}` moves the conversation itself; lead the script to its outcome"
    return None


def supposed(world: World, outcomes: Supposed) -> World:
    """The world in which these actions have these outcomes. They must have passed `wrong_supposition`."""
    if not outcomes:
        return world
    wanted = {id(world.flows[flow].steps[step]): outcome for (flow, step), outcome in outcomes.items()}

    def run(act: Act, facts: Facts, slots: Mapping[str, SlotValue], catalogue: Catalogue, today: dt.date) -> Outcome:
        outcome = world.run(act, facts, slots, catalogue, today)
        name = wanted.get(id(act), outcome.name)
        missing = ACTIONS[act.action].outcomes[name] - outcome.values.keys()
        if missing:
            raise NotSupposable(
                f"`{act.id}` gives no {{{min(missing)}}} here, so `{name}` cannot be supposed; give it `data` with it"
            )
        return replace(outcome, name=name)

    return replace(world, run=run)
