"""What is asked of Telegram and when: nothing is confirmed early, nobody waits for somebody else."""

import asyncio
import logging
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.pace import Pace
from bot.channels.telegram.polling import Unconfirmed
from bot.sessions.memory import MemorySessions
from tests.channels.telegram.running import HURRY, begins, running, until
from tests.telegram_peer import Person, TelegramPeer


@given(st.permutations(range(10)), st.sets(st.integers(1, 9)))
def test_no_offset_passes_an_unfinished_update_and_all_are_confirmed_in_the_end(
    order: list[int], heard_after: set[int]
) -> None:
    unconfirmed = Unconfirmed()
    waiting = set(range(10))
    assert all(unconfirmed.take(update_id, 0.0) for update_id in range(10))
    for count, update_id in enumerate(order, 1):
        unconfirmed.finish(update_id)
        waiting.discard(update_id)
        assert not any(unconfirmed.take(known, 0.0) for known in range(unconfirmed.offset or 0, 10))
        assert unconfirmed.offset == min(waiting, default=10)
        if count in heard_after:
            unconfirmed.confirmed(unconfirmed.offset)
    unconfirmed.confirmed(unconfirmed.offset)
    assert unconfirmed.offset is None


def test_after_a_quiet_week_ids_may_begin_anew_below_the_old_ones() -> None:
    unconfirmed = Unconfirmed()
    unconfirmed.take(900, 0.0)
    unconfirmed.finish(900)
    unconfirmed.confirmed(901)
    assert unconfirmed.offset is None
    assert unconfirmed.take(5, 0.0)
    assert unconfirmed.offset == 5


async def test_a_poll_names_the_kinds_it_wants_and_waits_as_long_as_telegram_allows(peer: TelegramPeer) -> None:
    async with running(peer, pace=Pace()):
        await peer.person().says("/start")
        await until(lambda: peer.calls_of("getUpdates"))
    assert peer.calls_of("getUpdates")[0].parameters == {
        "timeout": 50,
        "limit": 100,
        "allowed_updates": ["message", "callback_query", "my_chat_member"],
    }


async def test_thirty_chats_are_answered_while_one_is_slow(peer: TelegramPeer) -> None:
    slow, *others = [peer.person() for _ in range(30)]
    async with running(peer):
        peer.delay("sendMessage", 1.5)
        await slow.says("/start")
        await until(lambda: peer.calls_of("getUpdates"))
        await asyncio.sleep(0.05)
        for person in others:
            await person.says("/start")
        begun = asyncio.get_running_loop().time()
        for person in others:
            await person.sees(lambda messages: messages[-1].from_bot)
        assert asyncio.get_running_loop().time() - begun < 1
        assert len(slow.messages) == 1
        assert peer.pending_updates == 30, "nothing is confirmed past the one that is not finished"
        await slow.sees(lambda messages: messages[-1].from_bot)
        await until(lambda: peer.pending_updates == 0)


async def test_a_slow_turn_does_not_make_the_bot_ask_without_pause(peer: TelegramPeer, person: Person) -> None:
    async with running(peer, pace=replace(HURRY, look_again=0.1)):
        peer.delay("sendMessage", 0.5)
        await person.says("/start")
        await person.sees(lambda messages: messages[-1].from_bot)
        await until(lambda: peer.pending_updates == 0)
        assert len(peer.calls_of("getUpdates")) <= 8


async def test_newer_updates_are_asked_for_when_some_of_those_in_hand_are_finished(peer: TelegramPeer) -> None:
    first, last = [peer.person() for _ in range(3)], peer.person()
    for person in first:
        await person.says("/start")
    peer.delay("sendMessage", 2)
    peer.delay("sendMessage", 0.4, times=2)
    async with running(peer, pace=replace(HURRY, look_again=30)):
        await until(lambda: peer.calls_of("getUpdates"))
        await last.says("/start")
        await last.sees(lambda messages: messages[-1].from_bot)
        assert sum(person.messages[-1].from_bot for person in first) == 2, "the third is still under way"


async def test_what_one_person_does_is_answered_in_order(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        await begins(person)
        peer.delay("sendMessage", 0.3)
        await person.says("/help")
        await person.says("/privacy")
        await person.says("/about")
        await person.sees(lambda messages: "Why ask first?" in messages[-1].text)
        await until(lambda: peer.pending_updates == 0)
    said = [call.parameters["text"].splitlines()[0] for call in peer.calls_of("sendMessage")]
    assert said[1:] == ["<b>What you can do at any time</b>", "<b>What I keep</b>", "<b>Why ask first?</b>"]


def test_an_update_that_takes_long_can_be_passed_and_is_still_in_hand() -> None:
    unconfirmed = Unconfirmed()
    for update_id in range(100):
        unconfirmed.take(update_id, now=float(update_id > 0))
    for update_id in range(1, 90):
        unconfirmed.finish(update_id)
    assert unconfirmed.offset == 0
    unconfirmed.pass_late(0.5)
    assert unconfirmed.offset == 90, "what came later is not passed"
    assert not unconfirmed.take(0, 2.0), "it is still in hand"
    unconfirmed.confirmed(90)
    unconfirmed.finish(0)
    assert unconfirmed.offset == 90


async def test_a_chat_that_must_be_silent_does_not_hide_a_hundred_others(peer: TelegramPeer, person: Person) -> None:
    peer.fail_next("sendMessage", 429, retry_after=4)
    people = [peer.person() for _ in range(130)]
    async with running(peer, pace=replace(HURRY, late=0.2)):
        await person.says("/start")
        await until(lambda: peer.calls_of("sendMessage"))
        for other in people:
            await other.says("/start")
        await people[-1].sees(lambda messages: messages[-1].from_bot, timeout=3)
        assert len(person.messages) == 1
        await person.sees(lambda messages: messages[-1].from_bot)


async def test_stopping_finishes_what_is_in_hand_and_confirms_it(peer: TelegramPeer, person: Person) -> None:
    async with running(peer) as bot:
        peer.delay("sendMessage", 0.3)
        await person.says("/start")
        await person.says("/help")
        await until(lambda: len(peer.calls_of("getUpdates")) > 2)
        await bot.ends()
        assert sum(message.from_bot for message in person.messages) == 1
        assert peer.pending_updates == 0


async def test_what_cannot_be_finished_while_stopping_comes_again_after_the_next_start(
    peer: TelegramPeer, person: Person
) -> None:
    store = MemorySessions()
    peer.drop_connection("sendMessage", times=2)
    async with running(peer, store, pace=replace(HURRY, first_pause=0.5)) as bot:
        await person.says("/start")
        await until(lambda: peer.calls_of("sendMessage"))
        await bot.ends()
    assert peer.pending_updates == 1
    async with running(peer, store):
        await person.sees(lambda messages: messages[-1].from_bot)


async def test_stopping_does_not_wait_for_the_poll(peer: TelegramPeer) -> None:
    async with running(peer, pace=Pace()) as bot:
        await until(lambda: peer.connections)
        await asyncio.sleep(0.05)
        begun = asyncio.get_running_loop().time()
        await bot.ends()
        assert asyncio.get_running_loop().time() - begun < 1


@pytest.mark.parametrize("status", [500, 502, 404])
async def test_polling_goes_on_after_errors_that_pass(
    peer: TelegramPeer, person: Person, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.WARNING)
    async with running(peer):
        await begins(person)
        peer.html_instead_of_json("getUpdates", status=status, times=3)
        await person.taps("Find help near me")
        await person.sees(lambda messages: "What do you need help with" in messages[-1].text)
        await until(lambda: peer.pending_updates == 0)
    assert "Telegram is not reached (NetworkError)" in caplog.text
