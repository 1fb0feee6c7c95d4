"""One turn: dedupe, load, step, save, deliver, in this order."""

import datetime as dt
import logging
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.channels.counting import TurnOutcome
from bot.channels.turns import Delivery, take_turn
from bot.content.flows import load_flows
from bot.engine.model import Card, Edit, Event, Remove, Said, Send, Started, Tapped
from bot.engine.wording import ENGLISH
from bot.engine.world import World
from bot.errors import SessionError, StaleSession
from bot.sessions.memory import MemorySessions
from bot.sessions.protocol import ChatKey, Message, Remembered
from tests.fake_facts import FakeFacts

KEY = ChatKey("test", 4711)
NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
START = Started(NOW, payload="mp-en")
FLOWS = load_flows(Path(__file__).parents[2] / "flows")
WORLD = World(FLOWS, {"en": ENGLISH}, FakeFacts())


class Screen:
    """A channel that keeps what it was given, and can fail."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.breaks = False
        self.deletes = False

    async def __call__(self, delivery: Delivery) -> tuple[Message, ...]:
        if self.breaks:
            raise ConnectionError
        self.deliveries.append(delivery)
        shown = (Message(100 + len(self.deliveries), NOW, card=True),) if self.shows(delivery) else ()
        stays = tuple(message for message in delivery.messages if message.card or not self.deletes)
        return (*stays, *shown)

    def shows(self, delivery: Delivery) -> bool:
        return any(isinstance(reply, Send | Edit) for reply in delivery.replies)

    @property
    def steps(self) -> list[str]:
        return [block.step for block in self.card.blocks]

    @property
    def card(self) -> Card:
        return next(reply.card for reply in self.deliveries[-1].replies if isinstance(reply, Send | Edit))


async def turn(store: Any, screen: Screen, update_id: int, event: Event, **more: Any) -> TurnOutcome:
    return await take_turn(more.pop("world", WORLD), store, KEY, update_id, event, screen, **more)


async def test_a_turn_is_saved_and_delivered() -> None:
    store, screen = MemorySessions(), Screen()
    await turn(store, screen, 1, START)
    row = await store.load(KEY, NOW)
    assert screen.steps == ["ask_mp.ask_place"]
    assert row.session is not None
    assert row.session.frames[-1].step == "ask_place"
    assert row.update_ids == (1,)
    assert not row.pending
    assert row.messages == (Message(101, NOW, card=True),)


async def test_a_turn_is_saved_before_it_is_delivered() -> None:
    store, screen = MemorySessions(), Screen()
    screen.breaks = True
    with pytest.raises(ConnectionError):
        await turn(store, screen, 1, START)
    row = await store.load(KEY, NOW)
    assert row.pending
    assert row.session is not None


async def test_the_same_update_again_delivers_what_was_not_delivered_without_a_second_step() -> None:
    store, screen = MemorySessions(), Screen()
    await turn(store, screen, 1, START)
    part = Tapped(NOW, f"{(await saved(store)).card}:part")
    screen.breaks = True
    with pytest.raises(ConnectionError):
        await turn(store, screen, 2, part)
    before = await saved(store)
    screen.breaks = False
    assert await turn(store, screen, 2, part) == "repeated"
    assert screen.steps == ["ask_mp.ask_part"]
    assert await saved(store) == before
    assert not (await store.load(KEY, NOW)).pending


async def test_the_same_update_again_after_delivery_shows_nothing() -> None:
    store, screen = MemorySessions(), Screen()
    assert await turn(store, screen, 1, START) == "answered"
    row = await store.load(KEY, NOW)
    assert await turn(store, screen, 1, START) == "repeated"
    assert [delivery.replies for delivery in screen.deliveries[1:]] == [()]
    assert await store.load(KEY, NOW) == row


async def test_a_message_that_a_dead_process_did_not_delete_is_deleted_when_it_comes_again() -> None:
    """Its card stood there, the person tapped it, and the tap was answered before the message was repeated."""
    store, screen, theirs = MemorySessions(), Screen(), Message(7, NOW)
    await turn(store, screen, 1, START)
    await turn(store, screen, 2, Said(NOW, "QX1 1AC"), incoming=theirs)
    await turn(store, screen, 3, Tapped(NOW, "_start"))
    assert theirs in (await store.load(KEY, NOW)).messages
    screen.deletes = True
    assert await turn(store, screen, 2, Said(NOW, "QX1 1AC"), incoming=theirs) == "repeated"
    assert screen.deliveries[-1].replies == (Remove("incoming"),)
    assert theirs not in (await store.load(KEY, NOW)).messages


async def test_an_older_update_that_comes_again_is_not_taken_for_the_one_that_is_pending() -> None:
    store, screen = MemorySessions(), Screen()
    await turn(store, screen, 1, START)
    await turn(store, screen, 2, Said(NOW, "hello"), incoming=Message(7, NOW))
    screen.breaks = True
    with pytest.raises(ConnectionError):
        await turn(store, screen, 3, Tapped(NOW, "_forget"))
    screen.breaks = False
    assert await turn(store, screen, 2, Said(NOW, "hello"), incoming=Message(7, NOW)) == "repeated"
    assert (await store.load(KEY, NOW)).pending
    await turn(store, screen, 3, Tapped(NOW, "_forget"))
    assert await store.load(KEY, NOW) == Remembered(), "whoever leaves is forgotten"


async def test_an_update_that_comes_again_and_again_pushes_no_other_out_of_the_row() -> None:
    store, screen = MemorySessions(), Screen()
    await turn(store, screen, 1, START)
    screen.breaks = True
    for _ in range(10):
        with pytest.raises(ConnectionError):
            await turn(store, screen, 2, Tapped(NOW, "_forget"))
    assert (await store.load(KEY, NOW)).update_ids == (1, 2)


@pytest.mark.parametrize("died", [True, False])
async def test_a_delivery_says_whether_a_dead_process_may_have_shown_a_card(died: bool) -> None:
    store, screen = MemorySessions(), Screen()
    await turn(store, screen, 1, START)
    screen.breaks = died
    with suppress(ConnectionError):
        await turn(store, screen, 2, Said(NOW, "hello"))
    screen.breaks = False
    await turn(store, screen, 3, Tapped(NOW, "_start"))
    assert screen.deliveries[-1].unsure is died


async def test_whoever_leaves_and_is_not_known_has_perhaps_left_before() -> None:
    screen = Screen()
    await turn(MemorySessions(), screen, 1, Tapped(NOW, "_forget"))
    assert screen.deliveries[-1].unsure
    await turn(MemorySessions(), screen, 1, START)
    assert not screen.deliveries[-1].unsure


async def test_only_the_last_eight_update_ids_are_kept() -> None:
    store, screen = MemorySessions(), Screen()
    for number in range(1, 12):
        await turn(store, screen, number, START)
    assert (await store.load(KEY, NOW)).update_ids == tuple(range(4, 12))


async def test_a_persons_message_is_remembered_for_deleting() -> None:
    store, screen = MemorySessions(), Screen()
    theirs = Message(7, NOW)
    await turn(store, screen, 1, START)
    await turn(store, screen, 2, Said(NOW, "hello"), incoming=theirs)
    assert theirs in screen.deliveries[-1].messages
    assert screen.deliveries[-1].replies[0] == Remove("incoming")


async def test_leaving_deletes_the_row_after_the_delivery() -> None:
    store, screen = MemorySessions(), Screen()
    await turn(store, screen, 1, START)
    screen.breaks = True
    with pytest.raises(ConnectionError):
        await turn(store, screen, 2, Tapped(NOW, "_forget"))
    row = await store.load(KEY, NOW)
    assert row.session is None, "the conversation is forgotten at once"
    assert row.messages, "the message ids are still needed to delete the messages"
    screen.breaks = False
    await turn(store, screen, 2, Tapped(NOW, "_forget"))
    assert Remove("everything") in screen.deliveries[-1].replies
    assert await store.load(KEY, NOW) == Remembered()


class Overtaken(MemorySessions):
    """A store in which somebody else saves first, a number of times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    async def save(self, key: ChatKey, row: Remembered, now: dt.datetime) -> Remembered:
        if self.times:
            self.times -= 1
            raise StaleSession("somebody was faster")
        return await super().save(key, row, now)


async def test_a_turn_that_was_overtaken_is_taken_again() -> None:
    screen = Screen()
    await turn(Overtaken(2), screen, 1, START)
    assert len(screen.deliveries) == 1


async def test_a_turn_that_is_always_overtaken_gives_up() -> None:
    screen = Screen()
    with pytest.raises(StaleSession):
        await turn(Overtaken(3), screen, 1, START)
    assert screen.deliveries == []


class Full(MemorySessions):
    async def save(self, key: ChatKey, row: Remembered, now: dt.datetime) -> Remembered:
        raise SessionError("the disk is full")


async def test_nothing_is_delivered_that_could_not_be_saved() -> None:
    screen = Screen()
    with pytest.raises(SessionError):
        await turn(Full(), screen, 1, START)
    assert screen.deliveries == []


class BrokenFacts(FakeFacts):
    def read_postcode(self, text: str, today: dt.date) -> Any:
        raise ValueError(f"cannot read {text}")


async def test_a_fault_in_the_bot_still_gives_an_answer_and_logs_nothing_personal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store, screen = MemorySessions(), Screen()
    world = replace(WORLD, facts=BrokenFacts())
    await turn(store, screen, 1, START, world=world)
    with caplog.at_level(logging.DEBUG):
        assert await turn(store, screen, 2, Said(NOW, "QX7 7QX"), world=world) == "failed"
    assert screen.steps[0] == "_error.sorry"
    assert "_start.menu" in screen.steps
    assert "QX7" not in caplog.text
    assert "ValueError at tests.channels.test_turns.read_postcode:" in caplog.text


async def saved(store: MemorySessions) -> Any:
    row = await store.load(KEY, NOW)
    assert row.session is not None
    return row.session
