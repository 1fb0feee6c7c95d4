"""The bot is killed (SIGKILL) two hundred times in the middle of its work, in each mode.

Nobody loses an answer, no step is taken twice, a card is shown twice at most once for each kill, and in the end each
chat has one card: what a killed process left there is found and taken away.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from bot.channels.turns import utc_now
from bot.sessions.protocol import ChatKey
from bot.sessions.sqlite import SqliteSessions
from tests.channels.telegram.killed_bot import SECRET
from tests.channels.telegram.running import until
from tests.channels.telegram.test_webhook import free_port
from tests.fake_facts import NO_RECORD, PLEDGED
from tests.telegram_peer import Message, Person, TelegramPeer

ROOT = Path(__file__).parents[3]
KILLS = 200
PEOPLE = 20
PATIENCE = 20.0  # seconds for one answer: a person outlives many kills

# What a person does, and what the card then says. What is typed is answered by a new card, a tap by a changed one.
SCRIPT = (
    ("say", "/start mp-en", "Send me the postcode"),
    ("say", NO_RECORD, "Stu Stubbs"),
    ("tap", "Why ask first?", "723 reports"),
    ("tap", "← Back", "Stu Stubbs"),
    ("tap", "Start again", "This is Ask First"),
    ("tap", "Find help near me", "What do you need help with"),
    ("tap", "Asylum", "These organisations may help"),
    ("tap", "← Back", "What do you need help with"),
    ("tap", "Start again", "This is Ask First"),
    ("say", PLEDGED, "Tess Testing"),
    ("tap", "← Back", "This is Ask First"),
)


@dataclass(slots=True)
class Talk:
    """One person at it. `card` is the number of the newest card, which grows by one with each turn."""

    person: Person
    card: int | None = None
    typed: int = 0
    done: int = 0

    async def once(self) -> None:
        """Goes through the script; AssertionError where an answer is missing, or a step was taken twice."""
        for kind, what, then in SCRIPT:
            before = self.card
            if kind == "say":
                self.typed += 1
                await self.person.says(what)
            else:
                await self.person.taps(what)
            await self.person.sees(partial(self._answered, before, then), PATIENCE)
            found = numbered(self.person.messages)
            assert before is None or found == before + 1, f"after {what!r} the card is {found}, before it was {before}"
            self.card = found
            self.done += 1

    def _answered(self, before: int | None, then: str, messages: tuple[Message, ...]) -> bool:
        newest = [message for message in messages if message.from_bot][-1]
        return then in newest.text and numbered(messages) != before


def numbered(messages: tuple[Message, ...]) -> int:
    """The number that the buttons of the newest card carry."""
    newest = [message for message in messages if message.buttons][-1]
    data = [button.callback_data or "" for row in newest.buttons for button in row]
    return int(next(one.partition(":")[0] for one in data if one.partition(":")[0].isdecimal()))


@dataclass(slots=True)
class Zygote:
    """The process that forks a bot for each life."""

    process: asyncio.subprocess.Process
    child: int = 0

    async def line(self) -> str:
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE * 2):
            return (await self.process.stdout.readline()).decode().strip()

    async def begins(self) -> None:
        """The next life, until it has introduced itself."""
        assert self.process.stdin is not None
        self.process.stdin.write(b".")
        self.child = int(await self.line())
        assert await self.line() == "up"

    def kills(self) -> None:
        """Ends this life in the middle of whatever it does."""
        os.kill(self.child, signal.SIGKILL)

    async def ends(self) -> int:
        """Stops this life in good order: its exit code."""
        os.kill(self.child, signal.SIGTERM)
        self.child = 0
        assert self.process.stdin is not None
        self.process.stdin.close()
        return int(await self.line())


@asynccontextmanager
async def zygote(peer: TelegramPeer, sessions: Path, port: int) -> AsyncIterator[Zygote]:
    told = json.dumps({"base_url": peer.base_url, "sessions": str(sessions), "port": port})
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.channels.telegram.killed_bot", told),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    bot = Zygote(process)
    try:
        yield bot
    finally:
        if bot.child:
            bot.kills()
        if process.returncode is None:
            process.kill()
        await process.wait()


async def pushing(peer: TelegramPeer, port: int) -> None:
    """Telegram, which pushes what waits, also while nobody listens."""
    while True:
        await peer.push_to(f"http://127.0.0.1:{port}/telegram", taps_race=True)
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_two_hundred_kills_lose_no_answer_and_take_no_step_twice(
    peer: TelegramPeer, tmp_path: Path, mode: str
) -> None:
    seed = random.randrange(1_000_000)  # noqa: S311 - moments, not secrets
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    sessions, port = tmp_path / "sessions.db", free_port() if mode == "webhook" else 0
    talks, enough = [Talk(peer.person()) for _ in range(PEOPLE)], asyncio.Event()

    async def talking(talk: Talk) -> None:
        while not enough.is_set():
            await talk.once()

    async with zygote(peer, sessions, port) as bot:
        telegram = asyncio.create_task(pushing(peer, port)) if port else None
        people = [asyncio.create_task(talking(talk)) for talk in talks]
        await bot.begins()
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0, 0.4))
            for person in people:
                if person.done():
                    person.result()
            bot.kills()
            await bot.begins()
        enough.set()
        async with asyncio.timeout(PATIENCE * 2):
            await asyncio.gather(*people)
            await until(lambda: peer.pending_updates == 0, PATIENCE)
        assert await bot.ends() == 0
        if telegram is not None:
            telegram.cancel()

    assert sum(talk.done for talk in talks) > KILLS, "there was load"
    for talk in talks:
        sent = [call for call in peer.calls_of("sendMessage") if call.parameters["chat_id"] == talk.person.chat_id]
        assert talk.typed <= len(sent) <= talk.typed + KILLS
    store = await SqliteSessions.open(sessions, SECRET)
    for talk in talks:
        row = await store.load(ChatKey("telegram", talk.person.chat_id), utc_now())
        assert row.session is not None
        assert not row.pending
        assert row.session.card == talk.card
    await store.close()
    left = [message for talk in talks for message in talk.person.messages if message.from_bot]
    assert len(left) == PEOPLE, "what a crash left in a chat is taken away by a turn after it"
