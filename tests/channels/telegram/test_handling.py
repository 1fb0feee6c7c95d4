"""One update, from its reading to its end."""

import asyncio
import gc
import weakref
from dataclasses import replace

from bot.channels.telegram.api import Along, BotApi
from bot.channels.telegram.delivering import Connection
from bot.channels.telegram.handling import Handling
from bot.channels.telegram.reading import Arrival, Tap
from bot.channels.telegram.throttle import Throttle
from bot.channels.turns import utc_now
from bot.engine.model import Said, Started, Tapped
from bot.sessions.memory import MemorySessions
from bot.sessions.protocol import ChatKey, SessionStore
from bot.sessions.recent import RecentSessions
from tests.channels.telegram.running import HURRY, WORLD, running, until
from tests.telegram_peer import Person, TelegramPeer


def handling(api: BotApi, store: SessionStore) -> Handling:
    pace = replace(HURRY, slow=0.1)
    return Handling(Connection(api, "ask_first_test_bot", pace, Throttle(pace)), lambda: WORLD, store, asyncio.Event())


def key_of(person: Person) -> ChatKey:
    return ChatKey("telegram", person.chat_id)


async def tapped(person: Person, store: SessionStore) -> Arrival:
    """Presses the first button of the card."""
    (card,) = (await store.load(key_of(person), utc_now())).messages
    button = person.messages[-1].buttons[0][0]
    query = await person.taps(button.text, card.id)
    return Arrival(key_of(person), Tapped(utc_now(), button.callback_data or "", "en"), tap=Tap(query, card))


async def begin(bot: Handling, person: Person) -> None:
    await bot.finish(1, Arrival(key_of(person), Started(utc_now(), "en")), None)


async def test_the_words_that_ask_to_wait_are_remembered_although_a_sweep_wrote_the_row_meanwhile(
    peer: TelegramPeer, api: BotApi, begun: Person
) -> None:
    store = RecentSessions(MemorySessions())
    bot = handling(api, store)
    await begin(bot, begun)
    await bot.finish(2, await tapped(begun, store), None)
    peer.delay("sendMessage", 0.3)
    waiting = asyncio.create_task(bot.ask_to_wait(Arrival(key_of(begun), Said(utc_now(), "?", "en"))))
    await asyncio.sleep(0.1)
    await store.sweep(utc_now())
    await waiting
    remembered = [message.id for message in (await store.load(key_of(begun), utc_now())).messages]
    assert remembered == [message.message_id for message in begun.messages if message.from_bot]
    assert len(remembered) == 2


async def test_the_answer_to_a_tap_goes_along_unless_the_turn_takes_long(
    peer: TelegramPeer, api: BotApi, begun: Person
) -> None:
    store = MemorySessions()
    bot = handling(api, store)
    await begin(bot, begun)
    quick, slow = Along(), Along()
    await bot.finish(2, await tapped(begun, store), quick)
    assert quick.call is not None
    assert not peer.calls_of("answerCallbackQuery")
    peer.delay("editMessageText", 0.5)
    turn = asyncio.create_task(bot.finish(3, await tapped(begun, store), slow))
    await until(lambda: peer.calls_of("answerCallbackQuery"))
    assert not turn.done(), "the waiting mark does not last as long as the turn"
    await turn
    assert slow.call is None
    assert len(peer.calls_of("answerCallbackQuery")) == 1


async def test_each_sweep_takes_what_only_waits_in_memory_to_be_thrown_away(peer: TelegramPeer) -> None:
    class Ring:
        """Holds itself, as an error does that holds its frame."""

        def __init__(self) -> None:
            self.own = self

    gc.disable()
    try:
        async with running(peer, pace=replace(HURRY, sweep=0.1)):
            ring = Ring()
            seen = weakref.ref(ring)
            del ring
            await until(lambda: seen() is None)
    finally:
        gc.enable()
