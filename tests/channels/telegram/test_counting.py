"""What the Telegram channel counts of its own work: kinds, and nothing of whom it was for."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest

from bot.channels.counting import CallOutcome, TurnOutcome, UpdateKind
from bot.channels.telegram.pace import Pace
from bot.errors import SessionError
from bot.sessions.memory import MemorySessions
from bot.sessions.protocol import ChatKey, Remembered
from tests.channels.telegram.running import HURRY, begins, running, until
from tests.fake_facts import NO_RECORD
from tests.telegram_peer import Person, TelegramPeer


@dataclass
class Counted:
    """Everything that was counted."""

    updates: Counter[UpdateKind] = field(default_factory=Counter)
    turns: Counter[TurnOutcome] = field(default_factory=Counter)
    calls: Counter[tuple[str, CallOutcome]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    hand: int = 0
    most_in_hand: int = 0
    away: int = 0
    rows: int = 0
    works: list[bool] = field(default_factory=list)

    def update(self, kind: UpdateKind) -> None:
        self.updates[kind] += 1

    def in_hand(self, change: int) -> None:
        self.hand += change
        self.most_in_hand = max(self.most_in_hand, self.hand)

    def turned_away(self) -> None:
        self.away += 1

    def turn(self, outcome: TurnOutcome, seconds: float) -> None:
        self.turns[outcome] += 1
        self.seconds.append(seconds)

    def call(self, method: str, outcome: CallOutcome, seconds: float) -> None:
        self.calls[method, outcome] += 1
        self.seconds.append(seconds)

    def swept(self, rows: int) -> None:
        self.rows += rows

    def sessions(self, work: bool) -> None:
        self.works.append(work)


@pytest.fixture
def counted() -> Counted:
    return Counted()


async def test_what_a_conversation_is_made_of(peer: TelegramPeer, person: Person, counted: Counted) -> None:
    async with running(peer, counts=counted):
        await begins(person)
        await until(lambda: peer.pending_updates == 0)
    assert counted.updates == {"message": 1, "tap": 1}
    assert counted.turns == {"answered": 2}
    assert counted.calls["sendMessage", "ok"] == 1
    assert counted.calls["getMe", "ok"] == 1
    assert counted.calls["getUpdates", "ok"] >= 2
    assert (counted.hand, counted.most_in_hand) == (0, 1)
    assert all(0 <= seconds < 10 for seconds in counted.seconds)
    assert counted.away == 0
    assert set(counted.works) == {True}


async def test_updates_that_are_no_turns(peer: TelegramPeer, person: Person, counted: Counted) -> None:
    await person.says("/start")
    await person.blocks_bot()
    await peer.person().sends(pinned_message={"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}})
    await peer.person().sends(date="today")
    await peer.group().says(peer.person(), "/start")
    async with running(peer, counts=counted):
        await until(lambda: peer.calls_of("getUpdates") and peer.pending_updates == 0)
    # Ignored are what was pinned, and that the bot has left the group.
    assert counted.updates == {"message": 1, "blocked": 1, "ignored": 2, "unreadable": 1, "outside": 1}
    assert counted.turns == {"gone": 1}, "only the /start was a turn, and its person had blocked the bot"
    assert counted.calls["sendMessage", "forbidden"] == 1
    assert counted.hand == 0


@pytest.mark.parametrize(
    ("status", "outcome", "turns"),
    [(429, "flood", {"answered": 1}), (400, "refused", {"given_up": 1}), (500, "lost", {"repeated": 1})],
)
async def test_calls_are_counted_by_what_became_of_them(
    peer: TelegramPeer, person: Person, counted: Counted, status: int, outcome: CallOutcome, turns: dict[str, int]
) -> None:
    peer.fail_next("sendMessage", status, retry_after=1 if status == 429 else None)
    async with running(peer, counts=counted):
        await person.says("/start")
        await until(lambda: peer.calls_of("sendMessage") and peer.pending_updates == 0)
    assert counted.calls["sendMessage", outcome] == 1
    assert counted.turns == turns


async def test_a_call_without_a_usable_answer_is_lost(peer: TelegramPeer, person: Person, counted: Counted) -> None:
    peer.drop_connection("getUpdates")
    peer.html_instead_of_json("getUpdates", status=200)
    async with running(peer, counts=counted):
        await person.says("/start")
        await person.sees(lambda messages: messages[-1].from_bot)
    assert counted.calls["getUpdates", "lost"] >= 2


async def test_what_is_turned_away(peer: TelegramPeer, person: Person, counted: Counted) -> None:
    async with running(peer, counts=counted, pace=replace(HURRY, waiting=3)):
        await begins(person)
        peer.delay("sendMessage", 0.3)
        for _ in range(30):
            await person.says(NO_RECORD)
        await until(lambda: peer.pending_updates == 0)
    assert counted.updates["message"] == 31
    assert 0 < counted.away < 30
    assert counted.away + counted.turns.total() == 32  # with the tap
    assert (counted.hand, counted.most_in_hand) == (0, 30)


class Troubled(MemorySessions):
    """A store that cannot save the first time, and has swept three rows each time."""

    def __init__(self) -> None:
        super().__init__()
        self.fails = True

    async def save(self, key: ChatKey, row: Remembered, now: dt.datetime) -> Remembered:
        if self.fails:
            self.fails = False
            raise SessionError("The disk is full: make room")
        return await super().save(key, row, now)

    async def sweep(self, now: dt.datetime) -> int:
        return 3


async def test_whether_the_session_store_works(peer: TelegramPeer, person: Person, counted: Counted) -> None:
    pace: Pace = replace(HURRY, sweep=60)
    async with running(peer, Troubled(), counts=counted, pace=pace):
        await person.says("/start")
        await person.sees(lambda messages: messages[-1].from_bot)
        await until(lambda: peer.pending_updates == 0)
        assert counted.works == [True, False, True]  # swept, not saved, saved
        assert counted.rows == 3
