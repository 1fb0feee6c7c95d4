"""The bot is killed (SIGKILL) two hundred times in the middle of its work, in each mode.

Nobody loses an answer, no step is taken twice, a card is shown twice at most once for each kill, and in the end each
chat has one card: what a killed process left there is found and taken away.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from bot.channels.turns import utc_now
from bot.sessions.protocol import ChatKey, Remembered
from bot.sessions.sqlite import SqliteSessions
from tests.channels.telegram.killed_bot import SECRET
from tests.channels.telegram.running import TOKEN, until
from tests.cli.bot_process import running as askfirst
from tests.fake_facts import NO_RECORD, PLEDGED
from tests.ports import free_port
from tests.telegram_peer import Message, Person, TelegramPeer

ROOT = Path(__file__).parents[3]
KILLS = 200
PEOPLE = 20
LONGEST_LIFE = 0.4  # seconds
PATIENCE = 30.0  # seconds for one answer: a person outlives many kills

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
LEAVE = ("leave", "Leave now", "I have forgotten")
ARRIVING_TO_LEAVE = (("say", "/start", "Choose your language"), LEAVE)
LEAVING = (
    ("tap", "Start again", "Choose your language"),
    ("tap", "English", "This is Ask First"),
    ("say", "my brother has moved", "I cannot read this as a postcode"),
    LEAVE,
)


@dataclass(slots=True)
class Talk:
    """One person at it. `card` is the number of the newest card, which grows by one with each turn."""

    person: Person
    script: tuple[tuple[str, str, str], ...]
    card: int | None = None
    sent: int = 0  # answers that are new messages
    done: int = 0

    async def once(self, script: tuple[tuple[str, str, str], ...]) -> None:
        """Goes through a script; AssertionError where an answer is missing, or a step was taken twice."""
        for kind, what, then in script:
            before = self.card
            if kind == "leave":
                await self.is_heard()
            self.sent += kind != "tap"
            await (self.person.says(what) if kind == "say" else self.person.taps(what))
            await self.person.sees(partial(self._answered, before, then), PATIENCE)
            if kind == "leave":
                await self.is_heard()
            found = numbered(self.person.messages)
            assert None in (before, found) or found == (before or 0) + 1, f"{what!r} leads from {before} to {found}"
            self.card = found
            self.done += 1

    async def is_heard(self) -> None:
        """Waits until Telegram repeats nothing. Of who left nothing is known, so that would be answered as if new."""
        await until(lambda: not self.person.pending, PATIENCE)

    def _answered(self, before: int | None, then: str, messages: tuple[Message, ...]) -> bool:
        newest = [message for message in messages if message.from_bot][-1]
        return then in newest.text and numbered(messages) != before


def numbered(messages: tuple[Message, ...]) -> int | None:
    """The number that the buttons of the newest card carry; None if it has only those that every card has."""
    newest = [message for message in messages if message.buttons][-1]
    data = [button.callback_data or "" for row in newest.buttons for button in row]
    return next((int(number) for number, _, _ in (one.partition(":") for one in data) if number.isdecimal()), None)


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


async def rows(sessions: Path, talks: Iterable[Talk]) -> list[Remembered]:
    """What is remembered of each."""
    store = await SqliteSessions.open(sessions, SECRET)
    try:
        return [await store.load(ChatKey("telegram", talk.person.chat_id), utc_now()) for talk in talks]
    finally:
        await store.close()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_two_hundred_kills_lose_no_answer_and_take_no_step_twice(
    peer: TelegramPeer, tmp_path: Path, mode: str
) -> None:
    seed = random.randrange(1_000_000)  # noqa: S311 - moments, not secrets
    print(f"seed {seed}")
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    sessions, port = tmp_path / "sessions.db", free_port() if mode == "webhook" else 0
    talks = [Talk(peer.person(), LEAVING if number % 4 == 0 else SCRIPT) for number in range(PEOPLE)]
    enough, births = asyncio.Event(), [0]

    async def talking(talk: Talk) -> None:
        if talk.script == LEAVING:
            await talk.once(ARRIVING_TO_LEAVE)
        while not enough.is_set():
            await talk.once(talk.script)

    async with zygote(peer, sessions, port) as bot:
        pushing = peer.keeps_pushing_to(f"http://127.0.0.1:{port}/telegram", taps_race=True) if port else None
        telegram = asyncio.create_task(pushing) if pushing else None
        people = [asyncio.create_task(talking(talk)) for talk in talks]
        await bot.begins()
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0, LONGEST_LIFE))
            for person in people:
                if person.done():
                    person.result()
            bot.kills()
            await bot.begins()
            births.append(len(peer.calls))  # the last calls of a killed bot may arrive after its death
        enough.set()
        async with asyncio.timeout(PATIENCE * 2):
            await asyncio.gather(*people)
            await until(lambda: peer.pending_updates == 0, PATIENCE)
        assert await bot.ends() == 0
        if telegram is not None:
            telegram.cancel()

    assert sum(talk.done for talk in talks) > KILLS, "there was load"
    leavers = {talk.person.chat_id for talk in talks if talk.script == LEAVING}  # they see the same cards often
    for begin, end in pairwise([*births, len(peer.calls)]):
        sent = [call.parameters for call in peer.calls[begin:end] if (call.method, call.status) == ("sendMessage", 200)]
        shown = [repr(card) for card in sent if card["chat_id"] not in leavers]
        assert len(shown) == len(set(shown)), "one life shows a card once, so it is shown twice once a kill at most"
    for talk, row in zip(talks, await rows(sessions, talks), strict=True):
        card, *more = [message for message in talk.person.messages if message.from_bot]
        assert not more, f"what a killed bot left stands there still:\n{talk.person}"
        if talk.script == LEAVING:
            assert row == Remembered()
        else:
            assert row.session is not None
            assert (row.session.card, row.pending) == (talk.card, False)
            assert [message.id for message in row.messages if message.card] == [card.message_id]
        typed = {message.text for message in talk.person.messages if not message.from_bot}
        assert typed <= {"/start mp-en"}, "what people typed is deleted, whenever the bot dies"
        assert not talk.person.unanswered
    total = sum(call.status == 200 for call in peer.calls_of("sendMessage"))
    print(f"{sum(talk.done for talk in talks)} steps; {total - sum(talk.sent for talk in talks)} cards were sent again")


async def test_the_shipped_bot_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    (tmp_path / "locales").mkdir()  # with English alone it starts sooner
    for folder in ("flows", "data"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    async with TelegramPeer(token=TOKEN) as peer:
        person = peer.person()
        where = {"TELEGRAM_BASE_URL": peer.base_url, "TELEGRAM_BOT_TOKEN": TOKEN}
        async with askfirst(tmp_path, **where) as bot:
            await person.says("/start mp-en")
            await person.sees(lambda messages: "Send me the postcode" in messages[-1].text, PATIENCE)
            first = numbered(person.messages)
            await person.taps("I only know part of it")
            bot.kill()  # perhaps before it has heard of it
        async with askfirst(tmp_path, **where) as bot:
            await person.sees(lambda messages: "first part of the postcode" in messages[-1].text, PATIENCE)
            await person.taps("← Back")
            await person.sees(lambda messages: "I do not save it" in messages[-1].text)
            peer.delay("sendMessage", 60)
            await person.says("ZZ9 9AC")
            await until(lambda: len(person.messages) == 2)  # it is deleted, and its answer is on the way
            bot.kill()
        async with askfirst(tmp_path, **where) as bot:
            await person.sees(lambda messages: "no record" in messages[-1].text, PATIENCE)
            await person.says("/help")
            await person.sees(lambda messages: "at any time" in messages[-1].text)
            bot.kill()  # perhaps before it has remembered that this was shown
        async with askfirst(tmp_path, **where):
            await person.taps("Go on")
            await person.sees(lambda messages: "no record" in messages[-1].text, PATIENCE)
            await until(lambda: peer.pending_updates == 0, PATIENCE)
        assert numbered(person.messages) == (first or 0) + 5
        assert [message.text for message in person.messages if not message.from_bot] == ["/start mp-en", "/help"]
        assert len(person.messages) == 3
