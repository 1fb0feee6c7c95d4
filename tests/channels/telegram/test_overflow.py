"""A chat that sends more than can be answered: what it is told, what becomes of it, and that nobody else notices."""

import asyncio
from dataclasses import replace

import pytest

from bot.channels.telegram.notices import WAIT
from bot.engine.wording import Wording
from tests.channels.telegram.running import HURRY, WORLD, begins, card, running, until
from tests.fake_facts import NO_RECORD
from tests.telegram_peer import Person, TelegramPeer

NARROW = replace(HURRY, waiting=3)
PLEASE_WAIT = Wording(WORLD.catalogues["en"]).label(WAIT)


async def flood(person: Person, times: int = 60) -> None:
    for _ in range(times):
        await person.says(NO_RECORD)


async def test_what_is_too_much_is_deleted_unread_and_the_person_is_asked_to_wait_once(
    peer: TelegramPeer, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(peer, pace=NARROW):
        await begins(person)
        peer.delay("sendMessage", 0.3)
        await flood(person)
        await person.sees(lambda messages: PLEASE_WAIT in [message.text for message in messages])
        await until(lambda: peer.pending_updates == 0)
        sent = [call.parameters["text"] for call in peer.calls_of("sendMessage")]
        assert sent.count(PLEASE_WAIT) == 1
        assert len(sent) < 12
        assert not [message for message in person.messages if NO_RECORD in message.text and not message.from_bot]
        assert "what is too much is deleted unread" in caplog.text
        await person.taps("Start again")
        await until(lambda: peer.pending_updates == 0)
        assert PLEASE_WAIT not in [message.text for message in person.messages], "the next turn takes it away"
        assert card(person.messages)


async def test_messages_are_deleted_a_hundred_to_a_call(peer: TelegramPeer, person: Person) -> None:
    async with running(peer, pace=replace(NARROW, gather=0.3)):
        await begins(person)
        peer.delay("sendMessage", 1.0)
        await flood(person, 150)
        await until(lambda: peer.pending_updates == 0, seconds=15)
        assert sum(not message.from_bot for message in person.messages) <= 1  # the /start
    assert len(peer.calls_of("deleteMessage")) < 12


async def test_taps_that_are_too_many_do_not_wait_for_ever(peer: TelegramPeer, person: Person) -> None:
    async with running(peer, pace=NARROW):
        await begins(person)
        peer.delay("editMessageText", 0.3)
        for _ in range(30):
            await person.taps("Find help near me")
        await until(lambda: peer.pending_updates == 0)
        await until(lambda: not person.unanswered)
        assert len(peer.calls_of("editMessageText")) < 12


async def test_nobody_else_waits_for_a_flood(peer: TelegramPeer, person: Person) -> None:
    others = [peer.person() for _ in range(10)]
    async with running(peer, pace=NARROW):
        await begins(person)
        await flood(person, 400)
        await asyncio.gather(*(begins(other) for other in others))


async def test_whoever_blocks_the_bot_in_the_middle_of_a_flood_is_forgotten(peer: TelegramPeer, person: Person) -> None:
    async with running(peer, pace=NARROW) as bot:
        await begins(person)
        peer.delay("sendMessage", 0.3)
        await flood(person)
        await person.blocks_bot()
        await until(lambda: peer.pending_updates == 0)
        assert (await bot.row(person)).version == 0
