"""How much is said: to one chat, to all, and after Telegram has asked for silence."""

import asyncio
from dataclasses import replace

import pytest
from telegram.error import RetryAfter

from bot.channels.telegram.pace import Pace
from bot.channels.telegram.throttle import Throttle
from tests.channels.telegram.running import HURRY, begins, running, until
from tests.telegram_peer import Person, TelegramPeer

AS_IN_SERVICE = Pace()
SPARING = replace(
    HURRY,
    messages_a_second=AS_IN_SERVICE.messages_a_second,
    burst=AS_IN_SERVICE.burst,
    chat_messages_a_second=AS_IN_SERVICE.chat_messages_a_second,
    chat_burst=AS_IN_SERVICE.chat_burst,
)


async def seconds_for(*waits: asyncio.Task[None]) -> float:
    begun = asyncio.get_running_loop().time()
    await asyncio.gather(*waits)
    return asyncio.get_running_loop().time() - begun


def say(throttle: Throttle, chat: int, times: int) -> asyncio.Task[None]:
    async def saying() -> None:
        for _ in range(times):
            await throttle.may_say(chat)

    return asyncio.create_task(saying())


async def test_a_chat_hears_three_messages_at_once_and_then_less_than_one_a_second() -> None:
    throttle = Throttle(AS_IN_SERVICE)
    assert await seconds_for(say(throttle, 1, 3)) < 0.5
    assert await seconds_for(say(throttle, 1, 1)) > 0.9


async def test_a_chat_that_waits_for_itself_keeps_nobody_else_waiting() -> None:
    throttle = Throttle(AS_IN_SERVICE)
    flooded = say(throttle, 1, 100)
    await asyncio.sleep(0.05)
    assert await seconds_for(*(say(throttle, chat, 1) for chat in range(2, 12))) < 0.5
    flooded.cancel()


async def test_all_chats_together_hear_no_more_than_thirty_messages_a_second() -> None:
    throttle = Throttle(AS_IN_SERVICE)
    assert await seconds_for(*(say(throttle, chat, 1) for chat in range(60))) > (60 - 25) / 30


async def test_silence_that_telegram_asked_for_in_one_chat_is_kept_there_only() -> None:
    throttle = Throttle(AS_IN_SERVICE)
    throttle.refused(1, 0.6)
    assert await seconds_for(say(throttle, 2, 1)) < 0.3
    assert await seconds_for(say(throttle, 1, 1)) > 0.2


async def test_a_second_chat_that_is_refused_meanwhile_means_silence_for_all() -> None:
    throttle = Throttle(AS_IN_SERVICE)
    throttle.refused(1, 0.6)
    throttle.refused(2, 0.4)
    assert await seconds_for(say(throttle, 3, 1)) > 0.3
    await asyncio.sleep(0.3)
    throttle.refused(4, 0.2)
    assert await seconds_for(say(throttle, 5, 1)) < 0.1, "the silence of before is over"


async def test_a_silence_longer_than_a_turn_is_not_waited_out() -> None:
    throttle = Throttle(AS_IN_SERVICE)
    throttle.refused(1, AS_IN_SERVICE.turn * 10)
    with pytest.raises(RetryAfter):
        await throttle.may_call(1)


async def test_a_silence_that_is_not_waited_out_silences_nobody_else() -> None:
    throttle = Throttle(AS_IN_SERVICE)
    throttle.refused(1, AS_IN_SERVICE.turn * 10)
    made: list[int] = []

    async def call() -> None:
        made.append(1)

    with pytest.raises(RetryAfter):
        await throttle.call(1, call, says=True)
    assert made == []
    assert await seconds_for(say(throttle, 3, 1)) < 0.1


async def test_a_chat_that_is_quiet_is_let_go_and_one_that_is_not_is_remembered() -> None:
    throttle = Throttle(Pace(chat_burst=2, chat_messages_a_second=20))
    await throttle.may_say(1)
    throttle.refused(1, 0.05)
    throttle.let_go()
    assert throttle._chats.keys() == throttle._silent_until.keys() == {1}
    await asyncio.sleep(0.1)
    throttle.let_go()
    assert not throttle._chats
    assert not throttle._silent_until


async def test_thousands_of_chats_are_not_remembered_once_they_are_quiet() -> None:
    throttle = Throttle(replace(HURRY, messages_a_second=100_000.0, burst=100_000))
    await asyncio.gather(*(throttle.may_say(chat) for chat in range(3_000)))
    await asyncio.sleep(0.05)
    await throttle.may_say(5_000)
    assert len(throttle._chats) <= 1_001


async def test_forty_people_at_once_are_answered_without_one_refusal(peer: TelegramPeer) -> None:
    peer.enforce_limits = True
    people = [peer.person() for _ in range(40)]
    async with running(peer, pace=SPARING):
        await asyncio.gather(*(person.says("/start") for person in people))
        await asyncio.gather(
            *(
                person.sees(lambda messages: "Choose your language" in messages[-1].text, timeout=20)
                for person in people
            )
        )
        await asyncio.gather(*(person.taps("English") for person in people))
        await asyncio.gather(
            *(person.sees(lambda messages: "Ask First" in messages[-1].text, timeout=20) for person in people)
        )
    assert 429 not in [call.status for call in peer.calls]


async def test_a_person_who_taps_fast_is_slowed_down_and_not_refused(peer: TelegramPeer, person: Person) -> None:
    peer.enforce_limits = True
    async with running(peer, pace=SPARING):
        await begins(person)
        for button, text in (("Find help near me", "What do you need help with"), ("← Back", "This is Ask First")) * 2:
            await person.taps(button)
            await person.sees(lambda messages, text=text: text in messages[-1].text)  # type: ignore[misc]
        await until(lambda: peer.pending_updates == 0)
    assert 429 not in [call.status for call in peer.calls]
