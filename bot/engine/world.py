"""Everything a turn may read, as one immutable value: flows, languages and facts. Replaced as a whole on a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.engine.actions import Runner, run_action
from bot.engine.facts import Facts
from bot.engine.model import Flow
from bot.engine.wording import Catalogue


@dataclass(frozen=True, slots=True)
class World:
    """`flows` by name, `catalogues` by language tag in the order they are offered.

    `run` does the actions that the flows name; another one can try every outcome, whatever the facts say.
    """

    flows: Mapping[str, Flow]
    catalogues: Mapping[str, Catalogue]
    facts: Facts
    run: Runner = run_action

    def flow_of_command(self, command: str) -> str | None:
        """The flow that `/command` opens."""
        return next((flow.name for flow in self.flows.values() if flow.command == command), None)

    def flow_of_link(self, link: str) -> str | None:
        """The flow that a link payload beginning with this word opens."""
        return next((flow.name for flow in self.flows.values() if flow.link == link), None)
