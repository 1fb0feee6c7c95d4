"""What scripts go through, and what they never do: every step, outcome, button and answer, in every language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.content.flow_file import FlowFile
from bot.content.roads import Road, places_of, roads
from bot.content.script_play import Player, Visit
from bot.content.script_text import one_line
from bot.content.supposing import supposed
from bot.engine.model import UNREVIEWED, Flow
from bot.engine.walk import Passed
from bot.engine.wording import Catalogue
from bot.engine.world import World
from bot.errors import Fault
from bot.yamlfile import Document

_WORDS = {
    "step": "step `{step}`",
    "outcome": "outcome `{name}` of `{step}`",
    "button": "button `{name}` of `{step}`",
    "input": "a valid answer to `{step}`",
    "again": "an answer to `{step}` that cannot be read",
    "otherwise": "the last try at `{step}` that cannot be read",
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """`visited` of `total` places of a flow, each counted once for a language; `missing`: where, in which ones."""

    flow: str
    visited: int
    total: int
    missing: Mapping[Passed, tuple[str, ...]]

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all."""
        return percent(self.visited, self.total)


def percent(visited: int, total: int) -> int:
    """A share of all, rounded down."""
    return 100 * visited // total if total else 100


def coverage(
    flows: Iterable[Flow], catalogues: Mapping[str, Catalogue], languages: Iterable[str], visits: Iterable[Visit]
) -> list[Coverage]:
    """What was gone through in these languages, flow by flow."""
    been = set(visits)
    spoken = list(languages)
    found = []
    for flow in flows:
        # The notice about a translation that nobody has reviewed is only said where that is so.
        wanted = [tag for tag in spoken if flow.name != UNREVIEWED or not catalogues[tag].reviewed]
        missing: dict[Passed, tuple[str, ...]] = {}
        total = 0
        for place in places_of(flow):
            total += len(wanted)
            if lacking := tuple(tag for tag in wanted if (tag, place) not in been):
                missing[place] = lacking
        found.append(Coverage(flow.name, total - sum(map(len, missing.values())), total, missing))
    return found


def not_visited(
    found: Iterable[Coverage],
    documents: Mapping[str, Document[FlowFile]],
    world: World,
    at: dt.datetime,
    languages: int,
) -> Iterator[Fault]:
    """A fault for each place that was not gone through in every one of so many languages, with a script that would."""
    missing = {place: tags for one in found for place, tags in one.missing.items()}
    by_language: dict[str, set[Passed]] = {}
    for place, tags in missing.items():
        by_language.setdefault(tags[0], set()).add(place)
    ways = {tag: roads(world, tag, at, wanted) for tag, wanted in by_language.items()}
    for place, tags in missing.items():
        document = documents[place.flow]
        where = "" if len(tags) == languages and languages > 1 else f" (in {', '.join(tags)})"
        what = _WORDS[place.way].format(step=place.step, name=place.name)
        road = ways[tags[0]].get(place)
        remedy = "no short conversation leads there; see docs/flow-tests.md"
        if road is not None:
            remedy = f"add: {one_line(place.step.replace('_', ' '), road, _seen(world, tags[0], at, road))}"
        message = f"{what} is never visited{where}; {remedy}"
        yield Fault(document.file, *document.root.at(_path(document.model, place)), "not-visited", message)


def _seen(world: World, language: str, at: dt.datetime, road: Road) -> str:
    """The last step on the card at the end of a road."""
    player = Player(supposed(world, road.suppose), language, at)
    for move in road.moves:
        player.play(move)
    return player.steps()[-1]


def _path(file: FlowFile, place: Passed) -> list[str | int]:
    """Where a place stands in the file of its flow."""
    index = next(number for number, part in enumerate(file.steps) if part.id == place.step)
    part = file.steps[index]
    match place.way:
        case "outcome":
            return ["steps", index, "next", place.name]
        case "button":
            number = next(number for number, button in enumerate(part.buttons) if button.id == place.name)
            return ["steps", index, "buttons", number, "id"]
        case "input":
            return ["steps", index, "input"]
        case "again" | "otherwise":
            return ["steps", index, "input", place.way]
    return ["steps", index, "id"]
