"""What the check of a whole conversation costs, and that it grows no faster than steps and languages do.

    python benchmarks/check.py [--most 8]

The shipped flows are taken once, twice, four times …: each time with new names, so that a set has twice the steps, and
likewise the languages. All sizes are measured in turn, several times over, and the medians compared in one run. The
reserved flows stay single, so what counts is what each further step costs: a cost that is linear keeps the last column
near 1.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.config import load_config
from bot.content.catalogues import load_catalogues
from bot.content.exploration import explore
from bot.content.flows import load_flows
from bot.content.rendering import render
from bot.engine.model import RESERVED, Act, Ask, Flow, Jump, Say, Step, Switch, Target
from bot.engine.wording import Catalogue
from bot.engine.world import World
from bot.world.world import load_world

ROOT = Path(__file__).parents[1]
RUNS = 5


def copied(flows: Mapping[str, Flow], copies: int) -> dict[str, Flow]:
    """The flows, and further copies of all but the reserved ones, which lead to one another under new names."""
    found = dict(flows)
    for number in range(1, copies):

        def name(old: str | None, number: int = number) -> str | None:
            return old if old is None or old in RESERVED else f"{old}_{number}"

        def target(old: Target, name: Callable[[str | None], str | None] = name) -> Target:
            return replace(old, call=name(old.call), goto=name(old.goto))

        for flow in flows.values():
            if flow.name not in RESERVED:
                new = f"{flow.name}_{number}"
                found[new] = replace(
                    flow,
                    name=new,
                    steps={key: _turned(step, target) for key, step in flow.steps.items()},
                    command=f"{flow.command}{number}" if flow.command else None,
                    link=f"{flow.link}{number}" if flow.link else f"{flow.name}{number}",
                )
    return found


def _turned(step: Step, target: Callable[[Target], Target]) -> Step:
    match step:
        case Say() | Jump():
            return replace(step, target=target(step.target))
        case Act() | Switch():
            return replace(step, targets={outcome: target(one) for outcome, one in step.targets.items()})
        case Ask():
            asked = step.input and replace(
                step.input, target=target(step.input.target), otherwise=target(step.input.otherwise)
            )
            buttons = tuple(replace(button, target=target(button.target)) for button in step.buttons)
            return replace(step, buttons=buttons, input=asked)


def measured(what: Mapping[object, Callable[[], object]]) -> dict[object, float]:
    """The median seconds of each, all taken in turn."""
    times: dict[object, list[float]] = {key: [] for key in what}
    for _ in range(RUNS):
        for key, run in what.items():
            begun = time.perf_counter()
            run()
            times[key].append(time.perf_counter() - begun)
    return {key: statistics.median(found) for key, found in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=8, help="the largest number of copies (8)")
    most = parser.parse_args().most
    config = load_config(ROOT / "bot_config.yaml", os.environ)
    today = dt.datetime.now(dt.UTC).date()
    flows = load_flows(config.flows_dir)
    catalogues = load_catalogues(config.locales_dir)
    facts = load_world(config.data_dir, config.limits, today)
    sizes = [size for size in (1, 2, 4, 8, 16, 32) if size <= max(2, most)]

    sets = {size: copied(flows, size) for size in sizes}
    steps = {size: sum(len(flow.steps) for flow in one.values()) for size, one in sets.items()}
    times = measured({size: (lambda size=size: explore(sets[size])) for size in sizes})  # type: ignore[misc]
    print("Visiting every state, by the number of steps")
    print(f"{'steps':>7} {'states':>8} {'turns':>9} {'ms':>8} {'per further step, beside the first':>35}")
    per_step = (times[sizes[1]] - times[sizes[0]]) / (steps[sizes[1]] - steps[sizes[0]])
    before = sizes[0]
    for size in sizes:
        found = explore(sets[size])
        further = (times[size] - times[before]) / (steps[size] - steps[before]) if size > 1 else per_step
        before = size
        ratio = further / per_step
        print(f"{steps[size]:>7} {found.states:>8} {found.turns:>9} {1000 * times[size]:>8.0f} {ratio:>35.2f}")

    cards = explore(flows).cards
    own = list(catalogues.values())
    counts = sorted({1, *(size for size in (2, 4, 8, 16) if size <= len(own)), len(own)})
    worlds = {count: World(flows, _first(own, count), facts) for count in counts}
    times = measured({count: (lambda count=count: list(render(worlds[count], cards, today))) for count in counts})  # type: ignore[misc]
    print("\nDrawing every card, by the number of languages")
    print(f"{'languages':>9} {'cards':>8} {'ms':>8} {'per language, beside the fewest':>32}")
    for count in counts:
        ratio = times[count] / count / (times[1] / 1)
        print(f"{count:>9} {len(cards):>8} {1000 * times[count]:>8.0f} {ratio:>32.2f}")


def _first(catalogues: list[Catalogue], count: int) -> dict[str, Catalogue]:
    return {one.language: one for one in catalogues[:count]}


if __name__ == "__main__":
    main()
