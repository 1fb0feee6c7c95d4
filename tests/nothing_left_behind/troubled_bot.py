"""The bot as it is shipped, with troubles that quote what a person typed.

    python -m tests.nothing_left_behind.troubled_bot ARGUMENTS_OF_ASKFIRST

Everything is the real program, but for four things around its Telegram channel: it hurries; its clock is ahead by
TROUBLED_CLOCK seconds; its facts and its store fail as the words of a message ask for; and all loggers are open,
however much they say. TROUBLED_LOG=plain undoes what the bot does to its log, to show what would be in it otherwise. A
message ends it only in the way that TROUBLED_END names, because Telegram would give that message to the next one too.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import faulthandler
import logging
import os
import sqlite3
import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from bot.channels.telegram import channel, intake
from bot.cli.main import main
from bot.engine.facts import Facts, PostcodeFinding, PostcodeKind
from bot.engine.world import World
from bot.errors import SessionError
from bot.monitoring import logs
from bot.sessions.protocol import ChatKey, Remembered, SessionStore
from tests.channels.telegram.running import HURRY

PACE: Final = replace(HURRY, turn=1.0, retake=0.5, sweep=0.5)
PLACES: Final = ("E14001352", "W07000112", "S14000107")
AHEAD: Final = dt.timedelta(seconds=float(os.environ.get("TROUBLED_CLOCK", "0")))
PLAIN: Final = os.environ.get("TROUBLED_LOG") == "plain"
MAY: Final = os.environ.get("TROUBLED_END", "")

run_telegram: Final = channel.run_telegram
configure_logs: Final = logs.configure_logs
_tasks: Final[set[asyncio.Task[None]]] = set()


def fail(text: str) -> None:
    """What nobody thought of, in the worst words."""
    raise RuntimeError(f"cannot read {text!r}")


async def fail_later(text: str) -> None:
    await asyncio.sleep(0)
    fail(text)


def in_a_task(text: str) -> None:
    """Asyncio says what a task failed with when the task is collected."""
    task = asyncio.get_running_loop().create_task(fail_later(text))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


class Unraisable:
    """Fails where nothing can catch it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __del__(self) -> None:
        fail(self.text)


def in_a_library(text: str) -> None:
    try:
        fail(text)
    except RuntimeError:
        logging.getLogger("a_library").exception("cannot read %s", text, stack_info=True)
    logging.getLogger("a_library.below").debug("reading %s", text)


def in_our_own_log(text: str) -> None:
    """A line of ours that does not keep the rule."""
    logging.getLogger("bot.world").error("cannot read %s", RuntimeError(text), exc_info=RuntimeError(text))


def with_a_dump(text: str) -> None:
    """The stacks of all threads, as after a deadlock."""
    faulthandler.dump_traceback()


def abort(text: str) -> None:
    """As a fault in a library written in C ends it."""
    if MAY == "abort":
        os.abort()


def end(text: str) -> None:
    """The program ends with an error that nothing expects."""
    if MAY == "end" and not _ended.done():
        _ended.set_exception(RuntimeError(f"cannot read {text!r}"))


# What a message may ask for by a word in it.
TROUBLES: Final[dict[str, Callable[[str], object]]] = {
    "fail": fail,
    "task": in_a_task,
    "callback": lambda text: asyncio.get_running_loop().call_soon(fail, text),
    "thread": lambda text: threading.Thread(target=fail, args=(text,)).start(),
    "unraisable": Unraisable,
    "warning": lambda text: warnings.warn(f"cannot read {text!r}", stacklevel=1),
    "library": in_a_library,
    "ours": in_our_own_log,
    "slow": lambda text: time.sleep(0.11),  # asyncio's debugging says what took longer than 0.1 s
    "dump": with_a_dump,
    "abort": abort,
    "end": end,
}
_ended: asyncio.Future[None]


class TroubledFacts:
    """The real facts, with a hundred postcodes more, and troubles."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._facts, name)

    def read_postcode(self, text: str, today: dt.date) -> PostcodeFinding:
        for word in text.split():
            if (trouble := TROUBLES.get(word)) is not None:
                trouble(text)
        if text.upper().startswith("QX"):
            return PostcodeFinding(PostcodeKind.FOUND, "live", (PLACES[len(text) % len(PLACES)],))
        return self._facts.read_postcode(text, today)


class TroubledStore:
    """The real store, which cannot be used now and then, and says of whom and what."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self._calls = 0

    async def load(self, key: ChatKey, now: dt.datetime) -> Remembered:
        self._trouble(key, 31, sqlite3.OperationalError)
        return await self._store.load(key, now)

    async def save(self, key: ChatKey, row: Remembered, now: dt.datetime) -> Remembered:
        self._trouble((key.chat, row), 17, RuntimeError)
        self._trouble("The disk is full", 13, SessionError)
        return await self._store.save(key, row, now)

    async def settle(self, key: ChatKey, row: Remembered, now: dt.datetime) -> None:
        self._trouble((key.chat, row), 17, RuntimeError)
        await self._store.settle(key, row, now)

    async def forget(self, key: ChatKey) -> None:
        self._trouble(f"{key.chat}", 19, ValueError)
        await self._store.forget(key)

    async def sweep(self, now: dt.datetime) -> int:
        self._trouble("", 3, RuntimeError)
        return await self._store.sweep(now)

    async def close(self) -> None:
        await self._store.close()

    def _trouble(self, about: object, every: int, kind: type[Exception]) -> None:
        self._calls += 1
        if self._calls % every == 0:
            raise kind(f"cannot use {about!r}")


def troubled(world: Callable[[], World]) -> Callable[[], World]:
    """The same worlds with troubled facts."""
    known: dict[int, tuple[World, World]] = {}

    def current() -> World:
        real = world()
        if id(real) not in known:
            known[id(real)] = real, replace(real, facts=TroubledFacts(real.facts))
        return known[id(real)][1]

    return current


async def run_troubled(world: Callable[[], World], store: SessionStore, **rest: Any) -> None:
    """The channel until it ends or a message ends it."""
    global _ended
    _ended = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(run_telegram(troubled(world), TroubledStore(store), pace=PACE, **rest))
    try:
        await asyncio.wait({running, _ended}, return_when=asyncio.FIRST_COMPLETED)
        await (running if running.done() else _ended)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def configure_open_logs(*chosen: Any) -> None:
    """What the bot does to its log, and then every logger is told to say all that it can."""
    if PLAIN:
        logging.basicConfig(level=logging.DEBUG, force=True)
    else:
        configure_logs(*chosen)
    logging.getLogger().setLevel(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        if name != "bot":
            logging.getLogger(name).setLevel(logging.DEBUG)


def ahead() -> dt.datetime:
    """The time by this bot's clock."""
    return dt.datetime.now(dt.UTC) + AHEAD


if __name__ == "__main__":
    channel.run_telegram = run_troubled
    channel.utc_now = intake.utc_now = ahead  # type: ignore[attr-defined]  # for them it is their own name
    logs.configure_logs = configure_open_logs  # type: ignore[assignment]  # it hands on what it is given
    sys.exit(main())
