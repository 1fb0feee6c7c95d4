"""Everything that a bot is made of, read and then tried together: what `askfirst check` looks at, and what a running
bot looks at before it uses a change. What has not changed since the last time is not done again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.config import Config
from bot.content.catalogues import CatalogueReader
from bot.content.check import Checked, check_conversation
from bot.content.exploration import Exploration, explore
from bot.content.flows import FlowDocument, flow_paths, read_flows
from bot.engine.model import Flow
from bot.engine.world import World
from bot.errors import BotError, Fault
from bot.world.world import load_world

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found. `world` and `tried` are None where a part has faults, so that the whole could not be tried;
    `documents` are the flow files that could be read, by the names of their flows."""

    faults: tuple[Fault, ...]
    documents: Mapping[str, FlowDocument]
    world: World | None = None
    tried: Checked | None = None


class Checking:
    """Reads and tries the files of one configuration, again and again."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._catalogues = CatalogueReader()
        self._explored: tuple[Mapping[str, Flow], Exploration] | None = None

    def look(self, flow_files: Iterable[Path], today: dt.date) -> Found:
        """The files as they are on this day, with these flows; every fault of every file, and warnings."""
        config = self._config
        faults: list[Fault] = []
        documents: dict[str, FlowDocument] = {}
        flows = read_flows(flow_files, faults, documents)
        catalogues = _collect(lambda: self._catalogues.load(config.locales_dir), faults)
        facts = _collect(lambda: load_world(config.data_dir, config.limits, today, config.sandbox), faults)
        if faults or catalogues is None or facts is None:
            return Found(tuple(sorted(set(faults))), documents)
        # The parts hold, so the whole can be tried.
        world = World(flows, catalogues, facts)
        tried = check_conversation(world, documents, config.locales_dir, today, self._exploration(flows))
        return Found(tried.faults, documents, world, tried)

    def load(self, today: dt.date) -> World:
        """The world of the files, if nothing is wrong with it. Raises BotError with the faults; warnings are none."""
        found = self.look(flow_paths(self._config.flows_dir), today)
        faults = [fault for fault in found.faults if not fault.warning]
        if faults or found.world is None:
            raise BotError("The flows, translations and data cannot be used together:", faults)
        return found.world

    def _exploration(self, flows: Mapping[str, Flow]) -> Exploration:
        """To visit everything takes most of the time, and depends on the flows alone."""
        if self._explored is None or self._explored[0] != flows:
            self._explored = flows, explore(flows)
        return self._explored[1]


def _collect(load: Callable[[], T], faults: list[Fault]) -> T | None:
    try:
        return load()
    except BotError as error:
        faults.extend(error.faults or [Fault("data", 0, 0, "cannot-load", str(error))])
        return None
