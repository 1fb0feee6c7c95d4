"""The Telegram channel at work against the peer, with the real flows and an invented country."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.channels.counting import NO_COUNTS, Counts
from bot.channels.telegram.channel import run_telegram
from bot.channels.telegram.pace import Pace
from bot.channels.turns import utc_now
from bot.content.flows import load_flows
from bot.engine.model import Ask
from bot.engine.wording import ENGLISH, Catalogue
from bot.engine.world import World
from bot.serving import WebhookSettings
from bot.sessions.memory import MemorySessions
from bot.sessions.protocol import ChatKey, Remembered, SessionStore
from tests.fake_facts import FACTS
from tests.telegram_peer import Message, Person, TelegramPeer
from tests.telegram_peer.people import Conversation

TOKEN: Final = "123456:TOKEN-OF-THE-BOT"
HURRY: Final = Pace(
    poll=5,
    look_again=0.02,
    turn=5.0,
    retake=3.0,
    call_again=0.02,
    first_pause=0.05,
    longest_pause=0.2,
    start_tries=2,
    gather=0.02,
    # Far more than Telegram allows; what the bot keeps to is tested where it matters.
    messages_a_second=10_000.0,
    burst=1_000,
    chat_messages_a_second=1_000.0,
    chat_burst=100,
)

FLOWS: Final = load_flows(Path(__file__).parents[3] / "flows")
_ASKED: Final = FLOWS["ask_mp"].steps["ask_place"]
_QUESTION: Final = _ASKED.text.msgid if isinstance(_ASKED, Ask) else ""

ARABIC: Final = Catalogue(
    language="ar",
    locale="ar",
    rtl=True,
    messages={
        ("_language._", "🌐 Language"): ("🌐 اللغة",),
        ("_start._", "Start again"): ("ابدأ من جديد",),
        ("_forget._", "Leave now"): ("اخرج الآن",),
        ("ask_mp.ask_place", _QUESTION): ("أرسل الرمز البريدي، مثلًا M1 1AE.",),
        ("ask_mp.ask_place", "I only know part of it"): ("أعرف جزءًا منه",),
    },
    plural_form=lambda count: 0 if count == 1 else 1,
    reviewed=True,
)

WORLD: Final = World(FLOWS, {"en": ENGLISH, "ar": ARABIC}, FACTS)


@dataclass(slots=True)
class Running:
    """A channel under way. `said` is what it told the operator."""

    store: SessionStore
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    said: list[str] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    async def row(self, person: Conversation) -> Remembered:
        """What is remembered of a chat."""
        return await self.store.load(ChatKey("telegram", person.chat_id), utc_now())

    async def delivered(self, person: Conversation) -> bool:
        """Whether nothing that was saved for a chat is still to be delivered."""
        return not (await self.row(person)).pending

    async def ends(self) -> None:
        """Stops the channel in good order."""
        self.stop.set()
        assert self.task is not None
        async with asyncio.timeout(10):
            await self.task

    async def crashes(self) -> None:
        """Breaks the channel off in the middle of whatever it does."""
        assert self.task is not None
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@asynccontextmanager
async def running(
    peer: TelegramPeer,
    store: SessionStore | None = None,
    *,
    pace: Pace = HURRY,
    world: Callable[[], World] = lambda: WORLD,
    webhook: WebhookSettings | None = None,
    take_over: bool = False,
    reports_chat: int | None = None,
    counts: Counts = NO_COUNTS,
) -> AsyncIterator[Running]:
    """The channel on this peer, from the moment it has introduced itself until the block ends."""
    bot = Running(store or MemorySessions())
    introduced = asyncio.Event()

    def say(text: str) -> None:
        bot.said.append(text)
        introduced.set()

    bot.task = asyncio.create_task(
        run_telegram(
            world,
            bot.store,
            token=peer.token,
            base_url=peer.base_url,
            stop=bot.stop,
            say=say,
            pace=pace,
            webhook=webhook,
            take_over=take_over,
            reports_chat=reports_chat,
            counts=counts,
        )
    )
    waiting = asyncio.create_task(introduced.wait())
    await asyncio.wait({bot.task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        yield bot
    finally:
        if not bot.task.done():
            await bot.ends()


async def until(holds: Callable[[], object | Awaitable[object]], seconds: float = 5.0) -> None:
    """Waits until something holds that no chat rings for; looks again and again."""
    async with asyncio.timeout(seconds):
        while True:
            held = holds()
            if await held if isinstance(held, Awaitable) else held:
                return
            await asyncio.sleep(0.005)


def card(messages: tuple[Message, ...]) -> Message:
    """The one card of a chat: the newest message of the bot, and the only one with buttons."""
    with_buttons = [message for message in messages if message.buttons]
    assert len(with_buttons) == 1
    assert with_buttons[0] == [message for message in messages if message.from_bot][-1]
    return with_buttons[0]


def labels(message: Message) -> list[list[str]]:
    """The rows of a keyboard."""
    return [[button.text for button in row] for row in message.buttons]


async def begins(person: Person, language: str = "English") -> None:
    """Presses Start and chooses a language; then the first card is there."""
    await person.says("/start")
    await person.sees(lambda messages: "Choose your language" in messages[-1].text)
    await person.taps(language)
    await person.sees(lambda messages: "Ask First" in messages[-1].text)
