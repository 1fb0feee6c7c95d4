"""The packed postcode index beside the plainer ways to keep the same facts.

    python benchmarks/postcodes.py [--source DIR] [--lookups 20000] [--rounds 3]

With --source (the folder with the NSPL zip and the boundaries) the index is built first, and that is measured too;
otherwise data/postcodes.idx is taken as it is. All stores hold the same postcodes and must give the same answers, a
tenth of which are "unknown". Each runs in a process of its own, in turns, and the best turn counts: whatever else the
machine does can only slow it. "Memory" is what a process grows by from opening the store to the end of its look-ups.
"""

from __future__ import annotations

import argparse
import json
import lzma
import pickle
import random
import resource
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.world.postcode_format import UNITS
from bot.world.postcode_index import PostcodeEntry, PostcodeIndex

ROOT = Path(__file__).parents[1]
PASSES = 5
Find = Callable[[str], object]
Numbered = list[tuple[str, int]]  # postcode, number of its entry among all different ones


def build_packed(path: Path, index: Path, postcodes: Numbered) -> None:
    path.write_bytes(index.read_bytes())


def open_packed(path: Path, entries: list[PostcodeEntry]) -> Find:
    return PostcodeIndex.open(path).find


def build_sqlite(path: Path, index: Path, postcodes: Numbered) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE postcodes (postcode TEXT PRIMARY KEY, entry INTEGER) WITHOUT ROWID")
        connection.executemany("INSERT INTO postcodes VALUES (?, ?)", postcodes)
    connection.execute("VACUUM")
    connection.close()


def open_sqlite(path: Path, entries: list[PostcodeEntry]) -> Find:
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    query = "SELECT entry FROM postcodes WHERE postcode = ?"

    def find(postcode: str) -> PostcodeEntry | None:
        row = connection.execute(query, (postcode,)).fetchone()
        return entries[row[0]] if row else None

    return find


def key_of(postcode: str) -> int:
    return int.from_bytes(postcode.encode().ljust(8), "big")


def build_arrays(path: Path, index: Path, postcodes: Numbered) -> None:
    keys = array("Q", sorted(key_of(postcode) for postcode, _ in postcodes))
    number = dict(postcodes)
    values = array("H", (number[key.to_bytes(8, "big").decode().rstrip()] for key in keys))
    path.write_bytes(struct.pack("=Q", len(keys)) + keys.tobytes() + values.tobytes())


def open_arrays(path: Path, entries: list[PostcodeEntry]) -> Find:
    keys, values = array("Q"), array("H")
    with path.open("rb") as file:
        (count,) = struct.unpack("=Q", file.read(8))
        keys.fromfile(file, count)
        values.fromfile(file, count)

    def find(postcode: str) -> PostcodeEntry | None:
        key = key_of(postcode)
        i = bisect_left(keys, key)
        return entries[values[i]] if i < count and keys[i] == key else None

    return find


def build_dict(path: Path, index: Path, postcodes: Numbered) -> None:
    path.write_bytes(pickle.dumps(dict(postcodes), pickle.HIGHEST_PROTOCOL))


def open_dict(path: Path, entries: list[PostcodeEntry]) -> Find:
    with path.open("rb") as file:
        numbers: dict[str, int] = pickle.load(file)  # noqa: S301  (written by this program a moment ago)

    def find(postcode: str) -> PostcodeEntry | None:
        number = numbers.get(postcode)
        return None if number is None else entries[number]

    return find


STORES = {
    "packed index (ours)": (build_packed, open_packed),
    "SQLite, WITHOUT ROWID": (build_sqlite, open_sqlite),
    "sorted arrays, bisect": (build_arrays, open_arrays),
    "dict (pickle)": (build_dict, open_dict),
}


def resident() -> int:
    """Bytes of this process that are in memory now (where there is no /proc: at most so far)."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def measure(name: str, folder: Path) -> dict[str, float]:
    """Runs in a process of its own: opens one store, asks it for every sample, and checks the answers."""
    entries = [PostcodeEntry(status, tuple(codes)) for status, codes in json.loads((folder / "entries").read_text())]
    samples = [(postcode, number) for postcode, number in json.loads((folder / "samples").read_text())]
    times = [0] * len(samples)
    before = resident()
    start = time.perf_counter_ns()
    find = STORES[name][1](folder / name, entries)
    opened = time.perf_counter_ns() - start
    for postcode, number in samples:
        answer = find(postcode)
        assert answer == (None if number is None else entries[number]), postcode
    memory = resident() - before
    passes = []
    for _ in range(PASSES):
        for i, (postcode, _) in enumerate(samples):
            start = time.perf_counter_ns()
            find(postcode)
            times[i] = time.perf_counter_ns() - start
        ordered = sorted(times)
        passes.append((ordered[len(ordered) // 2] / 1e3, ordered[-len(ordered) // 100] / 1e3))
    p50, p99 = min(passes)
    return {"open": opened / 1e6, "p50": p50, "p99": p99, "memory": memory}


def entropy(postcodes: Numbered, entries: list[PostcodeEntry]) -> int:
    """Bytes that LZMA needs for what the index holds, each kind of fact in a stream of its own.

    Streams: the sectors; absent, live or terminated for each unit; which of its sector's lists each postcode has; the
    lists of each sector; the lists themselves.
    """
    units = {unit: i for i, unit in enumerate(UNITS)}
    lists = {entry.constituencies: 0 for entry in entries}
    lists = {codes: number for number, codes in enumerate(lists)}
    sectors: list[str] = []
    statuses, labels, used = bytearray(), bytearray(), array("H")
    for sector, rows in groupby(postcodes, key=lambda row: row[0][:-2]):
        sectors.append(sector)
        grid = bytearray(len(UNITS))
        here: dict[int, int] = {}
        for postcode, number in rows:
            if postcode[-2:] in units:
                entry = entries[number]
                grid[units[postcode[-2:]]] = 1 if entry.status == "live" else 2
                labels.append(here.setdefault(lists[entry.constituencies], len(here)))
        statuses += grid
        used.extend(here)
    streams = ["".join(sectors).encode(), statuses, labels, used.tobytes(), repr([*lists]).encode()]
    return sum(len(lzma.compress(bytes(stream), preset=9 | lzma.PRESET_EXTREME)) for stream in streams)


def build_from(source: Path, out: Path) -> None:
    from bot.world.build.postcodes import build_postcode_index

    (postcodes,) = source.glob("nspl*.zip")
    (boundaries,) = source.glob("pcon*.geojson*")
    start = time.perf_counter()
    report = build_postcode_index(postcodes, boundaries, out)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"built in {seconds:.0f} s with at most {peak:.0f} MiB: {report}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--source", type=Path, metavar="DIR", help="build the index from the files in this folder first"
    )
    parser.add_argument("--lookups", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--measure", nargs=2, metavar=("STORE", "DIR"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        print(json.dumps(measure(args.measure[0], Path(args.measure[1]))))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index = ROOT / "data" / "postcodes.idx"
        if args.source:
            index = folder / "built.idx"
            build_from(args.source, index)
        compare(index, folder, args.lookups, args.rounds)


def compare(index: Path, folder: Path, lookups: int, rounds: int) -> None:
    with PostcodeIndex.open(index) as opened:
        numbers: dict[PostcodeEntry, int] = {}
        postcodes = [(postcode, numbers.setdefault(entry, len(numbers))) for postcode, entry in opened]
    entries = [*numbers]
    known = dict(postcodes)
    chance = random.Random(2024)  # noqa: S311
    asked = [postcode for postcode, _ in chance.sample(postcodes, lookups)]
    for i in range(0, lookups, 10):
        while asked[i] in known:
            asked[i] = chance.choice(postcodes)[0][:-2] + chance.choice(UNITS)
    (folder / "entries").write_text(json.dumps([(entry.status, entry.constituencies) for entry in entries]))
    (folder / "samples").write_text(json.dumps([(postcode, known.get(postcode)) for postcode in asked]))
    for name, (build, _) in STORES.items():
        build(folder / name, index, postcodes)
    least = entropy(postcodes, entries)
    results: dict[str, list[dict[str, float]]] = {name: [] for name in STORES}
    for _ in range(rounds):
        for name in STORES:
            command = [sys.executable, __file__, "--measure", name, str(folder)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
            results[name].append(json.loads(done.stdout))
    print(f"{len(postcodes):,} postcodes, {lookups:,} look-ups (a tenth unknown), best of {rounds} rounds of {PASSES}")
    print(f"{'':24}{'file':>10}{'':>8}{'open':>12}{'find p50':>11}{'':>8}{'p99':>9}{'memory':>10}{'':>8}")
    ours: dict[str, float] = {}
    for name, runs in results.items():
        row = {key: min(run[key] for run in runs) for key in runs[0]}
        row["size"] = (folder / name).stat().st_size
        ours = ours or row
        print(
            f"{name:24}{row['size'] / 1e6:7.2f} MB{row['size'] / ours['size']:7.1f}x{row['open']:9.2f} ms"
            f"{row['p50']:8.2f} µs{row['p50'] / ours['p50']:7.1f}x{row['p99']:6.1f} µs"
            f"{row['memory'] / 1e6:7.1f} MB{row['memory'] / ours['memory']:7.1f}x"
        )
    print(f"{'LZMA (cannot look up)':24}{least / 1e6:7.2f} MB{least / ours['size']:7.1f}x")


if __name__ == "__main__":
    main()
