"""How the bot stands at one moment: what is live, how old it is, and in one word each what is wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.status import flows_version
from bot.world.freshness import SourceAge, source_ages, source_dates
from bot.world.world import WorldFacts

if TYPE_CHECKING:
    from bot.world.limits import Limits
    from bot.world_watch import LiveWorld


@dataclass(frozen=True, slots=True)
class Standing:
    """What is live on this day. `refused`: newer files have faults, and the bot goes on with what it knew before."""

    day: dt.date
    flows: str
    refused: bool
    sources: tuple[SourceAge, ...]


def standing_of(live: LiveWorld, limits: Limits, day: dt.date) -> Standing:
    """The live world on this day."""
    world = live.current()
    dates = source_dates(world.facts) if isinstance(world.facts, WorldFacts) else {}
    return Standing(
        day=day,
        flows=flows_version(world.flows),
        refused=bool(live.reading.faults),
        sources=tuple(source_ages(dates, limits, day)),
    )


@dataclass(frozen=True, slots=True)
class Health:
    """What is wrong now, in one word each; docs/monitoring.md explains them.

    problems: people get no answer, or will not get one after a restart: `telegram`, `sessions`, `files`.
    warnings: people get an answer that says less than it could: sources that are past their age limit, by name.
    """

    problems: tuple[str, ...]
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The same as one object."""
        return {"ok": not self.problems, "problems": list(self.problems), "warnings": list(self.warnings)}


def health(standing: Standing, *, telegram_lost: bool, sessions_fail: bool) -> Health:
    """The health of a bot that stands like this."""
    found = {"telegram": telegram_lost, "sessions": sessions_fail, "files": standing.refused}
    return Health(
        problems=tuple(name for name, wrong in found.items() if wrong),
        warnings=tuple(source.name for source in standing.sources if source.past),
    )
