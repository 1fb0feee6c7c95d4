"""How fast the whole bot answers on Telegram, beside bare bots on the frameworks that one would take.

    python benchmarks/telegram_speed.py [--quick]

People tap "Find help near me" and "Back" in turn, each as soon as the card has changed: 256 of them, then one alone.
Every bot makes the same two calls at the same time for each tap, with the same texts and buttons (ours, behind a
webhook, lets one of them go along with its answer to the push); all but ours have those ready and remember nothing,
while ours takes the step, draws the card, and saves the session in an encrypted SQLite file. `floor` has no framework.

All bots run at once, on one core, and are idle but for the one that is measured; they take turns in short rounds, so
that a busy machine slows all of them alike: look at the ratios. The people and a fake Telegram (`telegram_fake.py`) are
this process, on the other core if there is one; where "fake busy" comes near 100 %, the bot could do more.

Ours keeps to what Telegram advises, 28 messages a second in all and one to each chat. That limit is lifted here, and it
answers 256 chats at once. python-telegram-bot and aiogram have no such limit.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import importlib.util
import json
import math
import os
import platform
import re
import socket
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from telegram_bots import AT_ONCE, BACK, BOTS, ROOT, START
from telegram_fake import BOT_NAME, PRESSED, Clock, FakeTelegram, Line, processor_seconds

from bot.app import build_world
from bot.channels.telegram.showing import parts_of
from bot.config import load_config
from bot.engine.machine import step
from bot.engine.model import Edit, Event, Send, Session, Started, Tapped

NAMES: Final = {
    "ours": "ask first",
    "bare": "bare, our request class",
    "ptb": "ptb, its defaults",
    "ptb_some": "ptb, 16 updates at once",
    "ptb_many": f"ptb, {AT_ONCE} updates at once",
    "aiogram": "aiogram, its defaults",
    "floor": "floor",
}
DELAYS: Final = (0.0, 0.05)
TOGETHER: Final = 32  # people who begin at the same time, before anything is measured
LONGEST_START: Final = 60.0
LONGEST_END: Final = 5.0


@dataclass(frozen=True, slots=True)
class Lengths:
    """Of a measurement: how many rounds of each bot, how many seconds of a round before anything is counted and while
    it is, and how many taps of a person alone."""

    rounds: int
    warm: float
    counted: float
    alone: int

    def times(self, factor: float) -> Lengths:
        """Longer rounds."""
        return replace(self, warm=factor * self.warm, counted=factor * self.counted)


USUAL: Final = Lengths(2, 1.2, 2.4, 10)
QUICK: Final = Lengths(1, 0.3, 0.6, 3)
# So many calls at once slow each other down so much that the first answers take seconds.
SLOW: Final = {"ptb_many": 3.0}


@dataclass(slots=True)
class Measured:
    """What came of all rounds of one bot at one delay. Seconds, and shares of one core."""

    taps: list[float] = field(default_factory=list)  # a second, in each half of a round
    waits: list[float] = field(default_factory=list)  # infinite where no answer came in the round
    alone: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)  # of this process
    answered: int = 0
    calls: int = 0
    seconds: float = 0.0
    processor: float = 0.0

    @property
    def rate(self) -> float:
        """Taps a second, over the whole time: they come in waves, so the middle one of a few rounds says less."""
        return self.answered / self.seconds

    @property
    def cost(self) -> float:
        """Processor seconds a tap."""
        return self.processor / max(1, self.answered)


@dataclass(slots=True, eq=False)
class Running:
    """A bot under way. `found` is what was measured at each delay."""

    name: str
    line: Line
    clock: Clock
    found: dict[float, Measured]


def shown_cards() -> dict[str, dict[str, Any]]:
    """The cards of the conversation as our bot shows them, by the end of the data of the button that leads to each."""
    world = build_world(load_config(ROOT / "bot_config.yaml", {}), dt.datetime.now(dt.UTC).date())
    cards: dict[str, dict[str, Any]] = {}
    session: Session | None = None
    event: Event = Started(dt.datetime.now(dt.UTC), "en")
    for key in (START, "=en", "help"):
        turn = step(world, session, event)
        (card,) = (reply.card for reply in turn.replies if isinstance(reply, Send | Edit))
        (part,) = parts_of(card, BOT_NAME)
        cards[key] = {"text": part.html, "keyboard": part.keyboard}
        pressed = PRESSED.search(json.dumps(part.keyboard))
        assert pressed is not None
        session, event = turn.session, Tapped(dt.datetime.now(dt.UTC), pressed[1], "en")
    return cards | {BACK: cards["=en"]}


async def started(fake: FakeTelegram, name: str, mode: str, cards: bytes, core: int, stack: AsyncExitStack) -> Running:
    """Starts a bot and waits until it takes updates."""
    token, line = fake.line(AT_ONCE)
    port = _free_port()
    program = str(Path(__file__).with_name("telegram_bots.py"))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", program, name, mode, fake.root, token, str(port), str(core)),
        stdin=asyncio.subprocess.PIPE,
    )
    stack.push_async_callback(_end, process)
    assert process.stdin is not None
    process.stdin.write(cards)
    process.stdin.write_eof()
    ready = asyncio.create_task(line.ready.wait() if mode == "polling" else _listening(line, port))
    ended = asyncio.create_task(process.wait())
    await asyncio.wait({ready, ended}, timeout=LONGEST_START, return_when=asyncio.FIRST_COMPLETED)
    ended.cancel()
    if not ready.done():
        ready.cancel()
        raise ChildProcessError(f"{NAMES[name]} does not run; what it said is above")
    if mode == "webhook":
        pushing = asyncio.create_task(line.push())
        stack.callback(pushing.cancel)
    return Running(NAMES[name], line, processor_seconds(process.pid), {delay: Measured() for delay in DELAYS})


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


async def _listening(line: Line, port: int) -> bool:
    await line.ready.wait()
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return True


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(3):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def begin_conversations(running: Running) -> None:
    """Brings every chat to the card after the choice of a language."""
    line = running.line
    for first in range(0, len(line.chats), TOGETHER):
        for _ in range(2):
            if not await line.once(line.chats[first : first + TOGETHER], LONGEST_START):
                raise ChildProcessError(f"{running.name} does not answer")


async def measure(running: Running, delay: float, lengths: Lengths) -> None:
    """One round of everybody tapping."""
    line, found = running.line, running.found[delay]
    line.delay = delay
    ends = time.perf_counter() + lengths.warm
    await line.begin(len(line.chats), seconds=lengths.warm / 2)
    await asyncio.sleep(ends - time.perf_counter())
    line.answered.clear()
    calls, processor, own, begun = line.calls, running.clock(), time.process_time(), time.perf_counter()
    await asyncio.sleep(lengths.counted / 2)
    half, early = time.perf_counter(), len(line.answered)
    await asyncio.sleep(lengths.counted / 2)
    now, answered = time.perf_counter(), list(line.answered)
    found.taps += [early / (half - begun), (len(answered) - early) / (now - half)]
    found.busy.append((time.process_time() - own) / (now - begun))
    found.seconds += now - begun
    found.answered += len(answered)
    found.calls += line.calls - calls
    found.processor += running.clock() - processor
    # Only taps of the first half: those of the second had less time to be answered.
    found.waits += [wait for given, wait in answered if begun <= given < half]
    found.waits += [math.inf for given in line.waiting if given < half]
    line.delay = 0.0
    await line.end(LONGEST_END)


async def measure_alone(running: Running, delay: float, taps: int) -> None:
    """One person tapping."""
    line, found = running.line, running.found[delay]
    line.delay = delay
    line.answered.clear()
    await line.begin(1)
    await asyncio.sleep(taps * (delay + 0.005))
    found.alone += [wait for _, wait in line.answered]
    line.delay = 0.0
    await line.end(LONGEST_END)


async def measured(mode: str, names: Sequence[str], cards: bytes, lengths: Lengths) -> dict[str, Running]:
    """All bots in one mode."""
    cores = sorted(os.sched_getaffinity(0))
    async with FakeTelegram() as fake, AsyncExitStack() as stack:
        os.sched_setaffinity(0, {cores[-1]})
        stack.callback(os.sched_setaffinity, 0, cores)
        under_way = await asyncio.gather(*(started(fake, name, mode, cards, cores[0], stack) for name in names))
        bots = dict(zip(names, under_way, strict=True))
        await asyncio.gather(*map(begin_conversations, under_way))
        for delay in DELAYS:
            for number in range(lengths.rounds):
                for name, running in bots.items():
                    if name not in SLOW:
                        await measure(running, delay, lengths)
                    elif number == 0:
                        await measure(running, delay, lengths.times(SLOW[name]))
            for running in bots.values():
                await measure_alone(running, delay, lengths.alone)
        return bots


def show(mode: str, delay: float, bots: Mapping[str, Running]) -> None:
    """Prints a table."""
    print(f"\n{mode}, each call takes {delay * 1e3:.0f} ms")
    print(
        f"  {'':<26}{'taps/s':>8} {'(of half rounds)':<18}{'CPU a tap':>10}{'p50':>9}{'p95':>9}"
        f"{'one person':>16}{'calls':>8}{'fake busy':>11}"
    )
    for name, running in bots.items():
        found = running.found[delay]
        waits = sorted(found.waits)
        alone = statistics.median(found.alone) if found.alone else math.inf
        in_delays = f" = {alone / delay:.1f} x" if delay else ""
        print(
            f"  {NAMES[name]:<26}{found.rate:>8.0f} {f'({min(found.taps):.0f}..{max(found.taps):.0f})':<18}"
            f"{found.cost * 1e3:>7.2f} ms{_milliseconds(_share(waits, 0.5)):>9}{_milliseconds(_share(waits, 0.95)):>9}"
            f"{_milliseconds(alone) + in_delays:>16}{found.calls / max(1, found.answered):>8.1f}"
            f"{statistics.median(found.busy):>10.0%}"
        )


def _share(waits: Sequence[float], share: float) -> float:
    return waits[min(len(waits) - 1, int(share * len(waits)))] if waits else math.inf


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.0f} ms" if math.isfinite(seconds) else "longer"


def show_ratios(modes: Mapping[str, Mapping[str, Running]]) -> None:
    """Prints what is claimed, beside what is aimed at."""
    print("\nratios")
    for mode, bots in modes.items():
        for delay in DELAYS:
            one = {name: running.found[delay] for name, running in bots.items()}
            where = f"{mode}, {delay * 1e3:.0f} ms"
            for other, aim in (("ptb", 10), ("ptb_some", None), ("ptb_many", None), ("aiogram", 2)):
                if other in one:
                    ratio = one["ours"].rate / max(one[other].rate, 0.01)
                    wanted = f"   aim: at least {aim}" if aim and (delay or other != "ptb") else ""
                    print(f"  {where:<16} taps/s, ours / {NAMES[other]:<26}{ratio:>8.2f}{wanted}")
            for other, most in (("aiogram", ""), ("bare", "   aim: at most 1.25")):
                if other in one:
                    ratio = one["ours"].cost / max(one[other].cost, 1e-9)
                    print(f"  {where:<16} CPU a tap, ours / {NAMES[other]:<23}{ratio:>8.2f}{most}")


def machine() -> str:
    """What this was measured on."""
    model = re.search(r"(?m)^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text())
    modules = {"python-telegram-bot": "telegram"} | {name: name for name in ("aiogram", "aiohttp", "httpx", "tornado")}
    found = (f"{name} {version(name)}" for name, module in modules.items() if importlib.util.find_spec(module))
    return f"{os.cpu_count()} x {model[1] if model else '?'}, Python {platform.python_version()}, {', '.join(found)}"


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short rounds of fewer bots, for a first look")
    parser.add_argument("--mode", choices=("polling", "webhook"), action="append", help="only this one")
    options = parser.parse_args()
    lengths = QUICK if options.quick else USUAL
    # Those that take seconds to get under way are beside the point of a first look.
    names = [name for name in BOTS if not options.quick or name not in ("ptb_some", "ptb_many")]
    if importlib.util.find_spec("aiogram") is None:
        names.remove("aiogram")
        print("aiogram is left out: `pip install -e .[bench]` adds it.")
    cards = json.dumps(shown_cards()).encode()
    print(machine())
    modes = {}
    for mode in options.mode or ("polling", "webhook"):
        here = names
        if mode == "webhook" and importlib.util.find_spec("tornado") is None:
            here = [name for name in names if not name.startswith("ptb")]
            print("python-telegram-bot has no webhook without tornado: `pip install -e .[bench]` adds it.")
        try:
            modes[mode] = asyncio.run(measured(mode, here, cards, lengths))
        except (ChildProcessError, KeyboardInterrupt) as error:
            print(str(error) or "Broken off.", file=sys.stderr)
            raise SystemExit(2) from None
        for delay in DELAYS:
            show(mode, delay, modes[mode])
    show_ratios(modes)


if __name__ == "__main__":
    main()
