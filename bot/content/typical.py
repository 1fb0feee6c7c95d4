"""What a text typically says: values for every outcome of every action, from a few well-known places.

For pictures of the conversation, where nobody is talking. The invented postcodes give every verdict; where no place
here leads to an outcome, the longest values stand in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import product

from bot.content.longest import Extremes, longest_values
from bot.engine.actions import ACTIONS, Context
from bot.engine.facts import Facts
from bot.engine.model import Act, Flow, Place, Shown, SlotValue
from bot.engine.wording import Catalogue, Value, Values

# One invented postcode for each verdict and oddity, then real places of every other kind.
POSTCODES = (
    *("ZZ9 9AC", "ZZ9 9AA", "ZZ9 9AB", "ZZ9 9AD", "ZZ9 9AE", "ZZ9 9AF", "ZZ9 9AG", "ZZ9 9AH"),
    *("M1 1AE", "M1", "BT1 5GS", "JE2 3AB", "BFPO 57", "ZZ1 1ZZ"),
)
_NAME = "Manchester"

Given = Mapping[tuple[str, str], Values]


def typical_values(facts: Facts, catalogue: Catalogue, today: dt.date, topics: tuple[str, ...]) -> Given:
    """The values that each action gives after each of its outcomes."""
    longest, _ = longest_values(Extremes(facts, today), catalogue)
    found: dict[tuple[str, str], Values] = {}
    for name, action in ACTIONS.items():
        for slots in _slots(action.needs, facts, today, topics):
            outcome = action.run(Context(facts, catalogue, slots, today))
            found.setdefault((name, outcome.name), outcome.values)
        for outcome_name in action.outcomes:
            found.setdefault((name, outcome_name), longest[name])
    return found


def sample_place(facts: Facts, today: dt.date) -> Place:
    """A place whose lists of constituencies are not empty."""
    return Place("search", tuple(area.code for area in facts.search(_NAME)))


def _slots(
    needs: Mapping[str, str], facts: Facts, today: dt.date, topics: tuple[str, ...]
) -> Iterator[Mapping[str, SlotValue]]:
    places: list[Place | None] = [None]
    if "place" in needs:
        places = []
        for postcode in POSTCODES:
            finding = facts.read_postcode(postcode, today)
            places.append(Place(finding.kind.value, finding.constituencies, finding.status, finding.reason))
        places += [Place("area", (facts.regions()[0].code,)), sample_place(facts, today), None]
    pages = (0, 1, 2, 99) if "page" in needs else (0,)
    for place, topic, page in product(places, topics if "topic" in needs else ("",), pages):
        slots: dict[str, SlotValue] = {"topic": topic, "page": page}
        yield slots if place is None else {**slots, "place": place}


def values_at(flow: Flow, shown: Shown, given: Given) -> Values:
    """What the text of a step can say: the actions of its flow, each after the outcome that leads to the step."""
    values: dict[str, Value] = {}
    for step in flow.steps.values():
        if isinstance(step, Act):
            outcomes = sorted(step.targets, key=lambda outcome: step.targets[outcome].step != shown.step)
            for outcome in reversed(outcomes):
                values.update(given[step.action, outcome])
    return values
