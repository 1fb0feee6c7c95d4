"""How long it takes to read everything that the bot knows, and how much memory that fills.

    python benchmarks/knowledge.py [--config FILE] [--rounds 5]

Each figure comes from processes of its own, which take turns, so that a busy machine slows all alike: look at the
ratios. The floor reads the same files with the plain parsers (csv, PyYAML's C parser, Babel) and checks nothing.

    first    the first reading of a process, with everything it imports on the way
    again    a reading like those of a running bot, whose modules are there already
    memory   what the process grows by from before the first reading until after it
    after    the same after twenty more readings, each of which takes the place of the one before
    stall    the longest time for which the event loop did not run while a thread was reading, and without any reading
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import yaml
from babel.messages.pofile import read_po

from bot import app
from bot.channels.turns import utc_now
from bot.config import Config, load_config

ROOT = Path(__file__).parents[1]
TARGET_MS, TARGET_MB = 300, 25
Read = Callable[[], object]


def facts(config: Config) -> Read:
    return lambda: app.build_facts(config, utc_now().date())


def everything(config: Config) -> Read:
    return lambda: app.build_world(config, utc_now().date())


def facts_floor(config: Config) -> Read:
    data = config.data_dir
    documents = [data / "pledges.yaml", *sorted((data / "organisations").glob("*.yaml"))]

    def read() -> object:
        tables = [data / name for name in ("constituencies.csv", "members.csv")]
        return (
            plain_yaml(documents),
            [list(csv.reader(path.read_text(encoding="utf-8").splitlines())) for path in tables],
            (data / "postcodes.idx").read_bytes(),
        )

    return read


def everything_floor(config: Config) -> Read:
    read_facts = facts_floor(config)

    def read() -> object:
        catalogues = sorted(config.locales_dir.glob("*/LC_MESSAGES/*.po"))
        return (
            read_facts(),
            plain_yaml(sorted(config.flows_dir.glob("*.yaml"))),
            [read_po(BytesIO(path.read_bytes())) for path in catalogues],
        )

    return read


def plain_yaml(paths: list[Path]) -> list[object]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [yaml.load(path.read_bytes(), loader) for path in paths]  # noqa: S506  (a safe loader)


KINDS = {
    "facts": facts,
    "  parsers alone": facts_floor,
    "facts, flows, texts": everything,
    "  parsers alone, all": everything_floor,
}
FLOORS = {"facts": "  parsers alone", "facts, flows, texts": "  parsers alone, all"}


def resident() -> float:
    """Megabytes of this process that are in memory now (where there is no /proc: at most so far)."""
    gc.collect()
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def measure(kind: str, config: Config) -> dict[str, float]:
    """Runs in a process of its own."""
    read = KINDS[kind](config)
    before = resident()
    start = time.perf_counter()
    held = read()
    first = time.perf_counter() - start
    memory = resident() - before
    times = []
    for _ in range(20):
        start = time.perf_counter()
        held = read()
        times.append(time.perf_counter() - start)
    after = resident() - before
    assert held
    return {
        "first": first * 1e3,
        "again": statistics.median(times) * 1e3,
        "memory": memory,
        "after": after,
        "idle": asyncio.run(stall(None)) * 1e3,
        "stall": asyncio.run(stall(read)) * 1e3,
    }


async def stall(read: Read | None) -> float:
    """The longest time between two turns of the event loop while a thread reads, beside a tick of a millisecond."""
    longest = 0.0
    work = asyncio.create_task(asyncio.to_thread(read) if read else asyncio.sleep(0.2))
    last = time.perf_counter()
    while not work.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    await work
    return longest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, default=ROOT / "bot_config.yaml")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--measure", choices=[*KINDS], help=argparse.SUPPRESS)
    args = parser.parse_args()
    config = load_config(args.config, {})
    if args.measure:
        print(json.dumps(measure(args.measure, config)))
        return
    runs: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for _ in range(args.rounds):
        for kind in KINDS:
            command = [sys.executable, __file__, "--config", str(args.config), "--measure", kind]
            done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)  # noqa: S603
            runs[kind].append(json.loads(done.stdout))
    files = len([*config.data_dir.rglob("*.yaml"), *config.flows_dir.glob("*.yaml"), *config.locales_dir.rglob("*.po")])
    print(f"{files} YAML and catalogue files, two tables, one index; median of {args.rounds} processes each")
    print(f"{'':20}{'first':>10}{'again':>10}{'':>9}{'memory':>11}{'after':>11}{'stall':>11}{'idle':>11}")
    rows = {
        kind: {key: statistics.median(run[key] for run in found) for key in found[0]} for kind, found in runs.items()
    }
    for kind, row in rows.items():
        ratio = f"({row['again'] / rows[FLOORS[kind]]['again']:4.1f} x)" if kind in FLOORS else ""
        print(
            f"{kind:20}{row['first']:7.0f} ms{row['again']:7.0f} ms{ratio:>9}"
            f"{row['memory']:8.1f} MB{row['after']:8.1f} MB{row['stall']:8.1f} ms{row['idle']:8.1f} ms"
        )
    mine = rows["facts, flows, texts"]
    for name, value, target in (("again", mine["again"], TARGET_MS), ("after", mine["after"], TARGET_MB)):
        print(f"{name}: {value:.0f} of at most {target}: {'good' if value <= target else 'TOO MUCH'}")


if __name__ == "__main__":
    main()
