"""The lives of six bots in one folder, one after the other, each a process of its own that ends in another way; and the
five hundred people who talk to them. See `troubled_bot` for what is not as it is shipped.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from bot.channels.telegram.webhook import SECRET_HEADER, secret_of
from bot.engine.drawing import REPORTS
from tests.channels.telegram.running import until
from tests.nothing_left_behind.traces import Canary, canary
from tests.ports import free_port
from tests.telegram_peer import Person, TelegramPeer

ROOT: Final = Path(__file__).parents[2]
TOKEN: Final = "123456:TEST"
PEOPLE: Final = 500
AT_ONCE: Final = 40
TROUBLES: Final = ("fail", "task", "callback", "thread", "unraisable", "warning", "library", "ours", "slow", "dump")


@dataclass(slots=True)
class Left:
    """All files at each moment that was looked at, and how each bot ended."""

    moments: dict[str, dict[str, bytes]] = field(default_factory=dict)
    codes: dict[str, int | None] = field(default_factory=dict)


@dataclass(slots=True)
class Talking:
    """Somebody, and what a program could learn of them."""

    person: Person
    known: Canary
    number: int

    async def talks(self) -> None:
        """A conversation with everything that people do. It goes on whatever becomes of it."""
        one, number = self.known, self.number
        postcode = one.postcode if number % 2 else one.postcode.replace(" ", "")
        story = f"{one.story} from {one.postcode} was taken; call {one.first_name} {one.last_name}, {one.phone}"
        await self.says("/start" if number % 7 else f"/start mp-en-{one.story}")
        await self.taps("English")
        await self.says(postcode.lower() if number % 3 else postcode)
        if number % 4 == 0:
            await self.reports()
        if number % 2:
            await self.taps("Start again")
            await self.says(f"{TROUBLES[number // 2 % len(TROUBLES)]} {story}")
        await self.says(f"I live in {one.postcode}. {story}")
        match number % 8:
            case 0:
                await self.sends(photo=[_PHOTO], caption=story)
            case 1:
                names = {"first_name": one.first_name, "last_name": one.last_name}
                await self.sends(contact={"phone_number": one.phone, "user_id": one.chat, **names})
            case 2:
                await self.sends(location={"latitude": one.latitude, "longitude": -0.1})
            case 3:  # what the library cannot read
                await self.sends(forward_origin={"type": "user", "date": 10**18, "sender_user_name": one.username})
            case 4:
                await self.says("/forget")
            case 5:
                await self.taps("Leave now")
        if number % 20 == 6:
            await self.person.blocks_bot()

    async def keeps_saying(self, word: str) -> None:
        """Says it where it is read as a postcode."""
        while True:
            await self.says("/start")
            await self.taps("English")
            await self.says(f"{word} {self.known.story} {self.known.postcode}")

    async def says(self, text: str) -> None:
        await self.person.says(text)
        await self._is_answered()

    async def sends(self, **content: Any) -> None:
        await self.person.sends(**content)
        await self._is_answered()

    async def taps(self, label: str) -> None:
        with suppress(AssertionError):  # there is no such button: an answer was lost in some trouble
            await self.person.taps(label)
        await self._is_answered()

    async def reports(self) -> None:
        """Says that something on the card is wrong: each button of a report leads to one that says more."""
        pressed = ""
        for _ in range(3):
            buttons = [button for message in self.person.messages for row in message.buttons for button in row]
            data = [button.callback_data or "" for button in buttons]
            more = [one for one in data if one.startswith(REPORTS) and len(one) > len(f"{pressed}:")]
            if more:
                pressed = more[0]
                await self.taps(pressed)

    async def _is_answered(self) -> None:
        await until(lambda: not self.person.pending, 20)


_PHOTO: Final = {"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}


@dataclass(slots=True)
class Scene:
    """A folder with a bot in it, Telegram, and what was found in the folder."""

    folder: Path
    peer: TelegramPeer
    left: Left = field(default_factory=Left)
    webhook: int = field(default_factory=free_port)
    health: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        for name in ("tmp", "locales"):
            (self.folder / name).mkdir()
        for name in ("flows", "data", "locales/ar"):
            (self.folder / name).symlink_to(ROOT / name)

    @asynccontextmanager
    async def bot(
        self, name: str, *arguments: str, log: str = "text debug", **more: str
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        """A bot in this folder, from when it has found Telegram until it is killed at the end of the block; then all
        files are looked at."""
        self._configure(*log.split())
        told = {"TELEGRAM_BASE_URL": self.peer.base_url, "TELEGRAM_BOT_TOKEN": TOKEN}
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(self.folder / "tmp")}
        with (self.folder / f"{name}.out").open("wb") as out, (self.folder / f"{name}.err").open("wb") as errors:
            bot = await asyncio.create_subprocess_exec(
                *("sh", "-c", 'ulimit -c 0; exec "$@"', "sh"),  # no core dumps: LimitCORE=0 in docs/running.md
                *(sys.executable, "-m", "tests.nothing_left_behind.troubled_bot", "run", *arguments),
                cwd=self.folder,
                env=environment | told | more,
                stdout=out,
                stderr=errors,
            )
        try:
            said = self.folder / f"{name}.out"
            await until(lambda: bot.returncode is not None or "This bot is" in said.read_text(encoding="utf-8"), 30)
            assert bot.returncode is None, (self.folder / f"{name}.err").read_text(encoding="utf-8")
            yield bot
        finally:
            if bot.returncode is None:
                bot.kill()
            self.left.codes[name] = await bot.wait()
            self.look(name)

    def look(self, moment: str) -> None:
        """Keeps what is in every file that a bot wrote here, temporary ones too."""
        written = (path for path in self.folder.rglob("*") if path.is_file() and path.name != "bot_config.yaml")
        self.left.moments[moment] = {str(path.relative_to(self.folder)): path.read_bytes() for path in written}

    def people(self, numbers: Iterable[int]) -> list[Talking]:
        found = []
        for number in numbers:
            one = canary(number)
            person = self.peer.person(
                one.chat, first_name=one.first_name, last_name=one.last_name, username=one.username
            )
            found.append(Talking(person, one, number))
        return found

    async def talk(self, numbers: Iterable[int]) -> None:
        """They talk, some at the same time."""
        places = asyncio.Semaphore(AT_ONCE)

        async def talks(one: Talking) -> None:
            async with places:
                await one.talks()

        await asyncio.gather(*map(talks, self.people(numbers)))

    async def reads_its_pages(self) -> None:
        """Keeps what health and metrics say."""
        async with aiohttp.ClientSession() as web:
            for page in ("healthz", "metrics"):
                async with web.get(f"http://127.0.0.1:{self.health}/{page}") as answer:
                    (self.folder / f"{page}.txt").write_bytes(await answer.read())

    def _configure(self, form: str, level: str) -> None:
        text = (ROOT / "bot_config.yaml").read_text(encoding="utf-8")
        text = text.replace("format: text", f"format: {form}").replace("level: warning", f"level: {level}")
        text = text.replace("telegram:\n", "telegram:\n  reports_chat: 7299999999\n")
        text += f"\nwebhook: {{url: https://bot.example.org/telegram, listen: 127.0.0.1:{self.webhook}}}"
        text += f"\nmonitoring: {{listen: 127.0.0.1:{self.health}}}\n"
        (self.folder / "bot_config.yaml").write_text(text, encoding="utf-8")


async def all_lives(folder: Path) -> Left:
    """Each bot in turn, and what was found."""
    async with TelegramPeer(token=TOKEN) as peer:
        scene = Scene(folder, peer)
        for began, life in ((dt.timedelta(hours=-49), old), (dt.timedelta(minutes=-20), expired)):
            peer.clock_offset = began
            await life(scene, f"{began.total_seconds()}")
        peer.clock_offset = dt.timedelta()
        for now in (busy, ended, aborted, last):
            await now(scene)
        return scene.left


async def old(scene: Scene, clock: str) -> None:
    """Two days ago: what is left of it is over."""
    async with scene.bot("old", TROUBLED_CLOCK=clock):
        await scene.talk(range(40))


async def expired(scene: Scene, clock: str) -> None:
    """Twenty minutes ago, behind a webhook, on which others push what they know; and asyncio says all it can."""
    url = f"http://127.0.0.1:{scene.webhook}/telegram"
    async with scene.bot(
        "expired", "--webhook", log="json debug", TROUBLED_CLOCK=clock, PYTHONASYNCIODEBUG="1", PYTHONWARNINGS="always"
    ):
        await until(lambda: scene.peer.calls_of("setWebhook"))
        telegram = asyncio.create_task(scene.peer.keeps_pushing_to(url, taps_race=True))
        await asyncio.gather(scene.talk(range(40, 100)), strangers(url, map(canary, range(40, 80))))
        telegram.cancel()


async def busy(scene: Scene) -> None:
    """Now, with Telegram in every trouble; killed while people wait."""
    async with scene.bot("busy", "--take-over", PYTHONWARNINGS="always", PYTHONFAULTHANDLER="1"):
        troubles = asyncio.create_task(trouble(scene.peer))
        await scene.talk(range(100, 380))
        await scene.reads_its_pages()
        scene.look("while it runs")
        people = [asyncio.create_task(one.talks()) for one in scene.people(range(380, 420))]
        await asyncio.sleep(0.3)
        troubles.cancel()
    for one in people:
        one.cancel()
    await asyncio.gather(*people, return_exceptions=True)


async def ended(scene: Scene) -> None:
    """It ends with an error that nothing expects."""
    async with scene.bot("ended", log="text info", TROUBLED_END="end") as bot:
        await scene.talk(range(420, 440))
        await ends_it(bot, scene.people([440])[0], "end")


async def aborted(scene: Scene) -> None:
    """It is ended by a fault below Python."""
    async with scene.bot("aborted", log="json warning", TROUBLED_END="abort", PYTHONFAULTHANDLER="1") as bot:
        await scene.talk(range(441, 460))
        await ends_it(bot, scene.people([460])[0], "abort")


async def last(scene: Scene) -> None:
    """It does its work and is stopped."""
    async with scene.bot("last", log="text warning") as bot:
        await scene.talk(range(461, PEOPLE))
        await until(lambda: not scene.peer.pending_updates, 20)
        bot.send_signal(signal.SIGTERM)
        await asyncio.wait_for(bot.wait(), 20)


async def with_a_plain_log(folder: Path) -> dict[str, bytes]:
    """What is left by a bot that has a log like other programs."""
    async with TelegramPeer(token=TOKEN) as peer:
        scene = Scene(folder, peer)
        async with scene.bot("plain", TROUBLED_LOG="plain", PYTHONASYNCIODEBUG="1"):
            await scene.talk(range(20))
        return scene.left.moments["plain"]


async def ends_it(bot: asyncio.subprocess.Process, one: Talking, word: str) -> None:
    """This person says what ends the bot, until it has."""
    trying = asyncio.create_task(one.keeps_saying(word))
    await asyncio.wait_for(bot.wait(), 20)
    trying.cancel()
    await asyncio.gather(trying, return_exceptions=True)


async def strangers(url: str, people: Iterable[Canary]) -> None:
    """Somebody who is not Telegram pushes, or Telegram does what it never did before."""
    knowing = {SECRET_HEADER: secret_of(TOKEN)}
    async with aiohttp.ClientSession() as web:
        for one in people:
            told = f"{one.chat} {one.first_name} {one.postcode} {one.story}"
            tries: tuple[tuple[str, dict[str, str], object], ...] = (
                (url, {}, {"update_id": 1, "message": told}),
                (url, {SECRET_HEADER: one.story}, told),
                (url, knowing, told),
                (url, knowing, {"update_id": one.chat, "message": {"message_id": told, "chat": {"id": one.chat}}}),
                (f"{url}/{told}", knowing, told),
            )
            for address, headers, body in tries:
                async with web.post(address, headers=headers, json=body) as answer:
                    await answer.read()
            _, writer = await asyncio.open_connection("127.0.0.1", int(url.split(":")[2].split("/")[0]))
            writer.write(f"{told}\r\n\r\n".encode())
            await writer.drain()
            writer.close()


async def trouble(peer: TelegramPeer) -> None:
    """Telegram refuses, in words that tell all, or is not to be reached; one call in a few."""
    chance = random.Random(7)  # noqa: S311 - nothing secret
    methods = ("sendMessage", "editMessageText", "deleteMessage", "deleteMessages", "answerCallbackQuery")
    refusals = (400, 403, 500, 502)
    for turn in range(10_000):
        method, one = chance.choice(methods), canary(chance.randrange(100, 420))
        match turn % 6:
            case 0 | 1:
                words = f"Bad Request: {one.chat} ({one.first_name} {one.postcode}) said {one.story}"
                peer.fail_next(method, chance.choice(refusals), description=words)
            case 2:
                peer.drop_connection(method)
            case 3:
                peer.lose_answer(method)
            case 4:
                peer.html_instead_of_json(method)
            case _:
                peer.drop_connection("getUpdates")
        if turn % 150 == 0:
            peer.fail_next(method, 429, retry_after=1)
        await asyncio.sleep(0.04)
