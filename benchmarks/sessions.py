"""How long a turn's load and save take, in each store, beside SQLite without encryption.

    python benchmarks/sessions.py [--turns 2000] [--chats 1000]

The stores take turns in small rounds, so that a busy machine slows all of them alike; look at the ratios.
"plain" is what one would write without a thought for privacy: readable JSON under the chat id, through aiosqlite as in
its manual (`execute`, `fetchone`, `commit`). "plain, one hop" is the same in our two statements a turn.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import aiosqlite
from pydantic import TypeAdapter

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.engine.model import Frame, Mark, Place, Session, Shown, SlotValue
from bot.sessions.codec import decode, encode
from bot.sessions.expiry import ROW, SESSION
from bot.sessions.memory import MemorySessions
from bot.sessions.protocol import ChatKey, Message, Remembered, SessionStore
from bot.sessions.seal import Seal
from bot.sessions.secret import ServerSecret
from bot.sessions.sqlite import SqliteSessions

NOW = dt.datetime(2026, 5, 4, 10, 30, tzinfo=dt.UTC)
SECRET = ServerSecret((b"only for measuring, and long enough",))
ROUND = 50  # turns of one store before the next one's

_frames = (Frame("ask_mp", "mp_no_record", ("look_up",)), Frame("find_help", "ask_topic"))
_shown = (Shown("ask_mp", "mp_no_record", ("look_up",)), Shown("find_help", "ask_topic"))
_slots: dict[str, SlotValue] = {"place": Place("found", ("E14001352",), "live"), "topic": "asylum"}
# In the middle of a conversation: five cards to go back through, seven messages that could be deleted.
SAMPLE = Remembered(
    Session("ar", _frames, _slots, _shown, (Mark(_frames, _shown, _slots),) * 5, card=7),
    tuple(Message(1000 + number, NOW) for number in range(7)),
    tuple(range(880_000, 880_008)),
)

Turn = Callable[[int], Awaitable[None]]


def through(store: SessionStore) -> Turn:
    """A turn as channels take it."""

    async def turn(chat: int) -> None:
        key = ChatKey("telegram", chat)
        loaded = await store.load(key, NOW)
        await store.save(key, replace(SAMPLE, version=loaded.version), NOW)

    return turn


async def plain(path: Path, stack: AsyncExitStack, one_hop: bool) -> Turn:
    """A turn without encryption and expiry."""
    rows = TypeAdapter(Remembered)
    db = await stack.enter_async_context(aiosqlite.connect(path, isolation_level=None if one_hop else "DEFERRED"))
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"):
        await db.execute_fetchall(statement)
    await db.execute_fetchall("CREATE TABLE chat (id INTEGER PRIMARY KEY, row TEXT NOT NULL)")
    select = "SELECT row FROM chat WHERE id = ?"
    upsert = "INSERT INTO chat VALUES (?, ?) ON CONFLICT DO UPDATE SET row = excluded.row"

    async def turn(chat: int) -> None:
        if one_hop:
            found = list(await db.execute_fetchall(select, (chat,)))
        else:
            async with db.execute(select, (chat,)) as cursor:
                first = await cursor.fetchone()
                found = [first] if first else []
        loaded = rows.validate_json(found[0][0]) if found else Remembered()
        values = (chat, rows.dump_json(replace(SAMPLE, version=loaded.version + 1)).decode())
        if one_hop:
            await db.execute_fetchall(upsert, values)
        else:
            await db.execute(upsert, values)
            await db.commit()

    return turn


def microseconds(times: list[float], percent: int) -> float:
    """The given percentile."""
    return statistics.quantiles(times, n=100)[percent - 1] * 1e6


async def measure_turns(turns: int, chats: int, folder: Path) -> None:
    """Prints p50 and p99 of a turn in each store, and their ratio to plain SQLite in our two statements."""
    async with AsyncExitStack() as stack:
        ours = await SqliteSessions.open(folder / "ours.db", SECRET)
        stack.push_async_callback(ours.close)
        stores: dict[str, Turn] = {
            "memory": through(MemorySessions()),
            "plain, one hop": await plain(folder / "plain.db", stack, one_hop=True),
            "plain": await plain(folder / "usual.db", stack, one_hop=False),
            "ours": through(ours),
        }
        times: dict[str, list[float]] = {name: [] for name in stores}
        for turn in stores.values():
            for chat in range(chats):
                await turn(chat)
        chance = random.Random(1)  # noqa: S311  (nothing secret)
        for _ in range(max(1, turns // ROUND)):
            for name, turn in stores.items():
                for _ in range(ROUND):
                    chat = chance.randrange(chats)
                    begun = time.perf_counter()
                    await turn(chat)
                    times[name].append(time.perf_counter() - begun)
        print(f"load + save, {chats} chats, {len(times['ours'])} turns of each store, microseconds")
        base = {percent: microseconds(times["plain, one hop"], percent) for percent in (50, 99)}
        for name, taken in times.items():
            p50, p99 = (microseconds(taken, percent) for percent in (50, 99))
            print(f"  {name:<15} p50 {p50:8.1f} ({p50 / base[50]:5.2f} x)   p99 {p99:8.1f} ({p99 / base[99]:5.2f} x)")
        forgets = []
        for chat in range(min(20, chats)):
            begun = time.perf_counter()
            await ours.forget(ChatKey("telegram", chat))
            forgets.append(time.perf_counter() - begun)
        print(f"  forget, with {chats} chats: {statistics.median(forgets) * 1e3:.1f} ms, every trace wiped")


def measure_parts() -> None:
    """Prints what of a turn is encoding and encryption."""
    seal, chat = Seal(SECRET), ChatKey("telegram", 7_412_369_085)
    content = encode(SAMPLE)
    closed = seal.close(chat, SESSION, content, NOW)
    parts: dict[str, Callable[[], object]] = {
        "encode": lambda: encode(SAMPLE),
        "decode": lambda: decode(content),
        "close": lambda: seal.close(chat, ROW, content, NOW),
        "open": lambda: seal.open(chat, SESSION, closed, NOW),
        "row key": lambda: seal.row_keys(chat),
    }
    print("of which, microseconds")
    for name, part in parts.items():
        taken = []
        for _ in range(500):
            begun = time.perf_counter()
            part()
            taken.append(time.perf_counter() - begun)
        print(f"  {name:<15} {statistics.median(taken) * 1e6:8.1f}")


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=2000)
    parser.add_argument("--chats", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure_turns(options.turns, options.chats, Path(folder)))
    measure_parts()


if __name__ == "__main__":
    main()
