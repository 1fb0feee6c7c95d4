"""Everything a turn may read, as one immutable value: flows, languages and facts. Replaced as a whole on a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.engine.actions import Runner, run_action
from bot.engine.facts import Facts
from bot.engine.model import Flow
from bot.engine.wording import Catalogue

Offer = Literal["report", "share"]


@dataclass(frozen=True, slots=True)
class World:
    """`flows` by name, `catalogues` by language tag in the order they are offered.

    `offers` are what the channel can do beside the cards: `report` a fact that is wrong, `share` a link to the bot.
    `run` does the actions that the flows name; another one can try every outcome, whatever the facts say.
    """

    flows: Mapping[str, Flow]
    catalogues: Mapping[str, Catalogue]
    facts: Facts
    run: Runner = run_action
    offers: frozenset[Offer] = frozenset()
    # Looked up in every turn, so worked out once for a set of flows.
    commands: Mapping[str, str] = field(init=False, repr=False, compare=False)
    links: Mapping[str, str] = field(init=False, repr=False, compare=False)
    passing: frozenset[str] = field(init=False, repr=False, compare=False)  # slots that are kept for one step only

    def __post_init__(self) -> None:
        flows = self.flows.values()
        kept = frozenset(slot.name for flow in flows for slot in flow.slots.values() if slot.keep == "step")
        # The dataclass is frozen; these three follow from what it was given.
        object.__setattr__(self, "commands", {flow.command: flow.name for flow in flows if flow.command})
        object.__setattr__(self, "links", {flow.link: flow.name for flow in flows if flow.link})
        object.__setattr__(self, "passing", kept)

    def flow_of_command(self, command: str) -> str | None:
        """The flow that `/command` opens."""
        return self.commands.get(command)

    def flow_of_link(self, link: str) -> str | None:
        """The flow that a link payload beginning with this word opens."""
        return self.links.get(link)
