"""What every session store does, whatever it is made of."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import StaleSession
from bot.sessions.memory import MemorySessions
from bot.sessions.protocol import IDLE, MESSAGES_KEPT, ChatKey, Message, Remembered, SessionStore
from bot.sessions.recent import RecentSessions
from bot.sessions.sqlite import MEMORY, SqliteSessions
from tests.sessions.samples import CHAT, HOUR, MINUTE, NOW, OTHER, SECRET, SESSION, outcome, row


@pytest.fixture(params=["memory", "sqlite file", "sqlite in memory", "recent"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SessionStore]:
    made: SessionStore
    match request.param:
        case "memory":
            made = MemorySessions()
        case "sqlite file":
            made = await SqliteSessions.open(tmp_path / "sessions.db", SECRET)
        case "recent":
            made = RecentSessions(await SqliteSessions.open(tmp_path / "sessions.db", SECRET))
        case _:
            made = await SqliteSessions.open(MEMORY, SECRET)
    yield made
    await made.close()


async def test_an_unknown_chat_is_an_empty_row(store: SessionStore) -> None:
    assert await store.load(CHAT, NOW) == Remembered()


async def test_what_was_saved_is_loaded_and_the_version_counts_the_saves(store: SessionStore) -> None:
    first = await store.save(CHAT, row(), NOW)
    assert first == row(version=1)
    assert await store.load(CHAT, NOW) == first
    second = await store.save(CHAT, replace(first, pending=False), NOW + MINUTE)
    assert second == replace(first, pending=False, version=2)
    assert await store.load(CHAT, NOW + MINUTE) == second


async def test_a_row_without_a_session_is_kept_too(store: SessionStore) -> None:
    await store.save(CHAT, row(None), NOW)
    assert await store.load(CHAT, NOW + HOUR) == row(None, version=1)


async def test_of_two_turns_that_loaded_the_same_row_only_the_first_saves(store: SessionStore) -> None:
    loaded = await store.save(CHAT, row(), NOW)
    saved = await store.save(CHAT, replace(loaded, update_ids=(1,)), NOW)
    with pytest.raises(StaleSession):
        await store.save(CHAT, replace(loaded, update_ids=(2,)), NOW)
    assert await store.load(CHAT, NOW) == saved


async def test_of_two_first_turns_only_the_first_saves(store: SessionStore) -> None:
    saved = await store.save(CHAT, row(), NOW)
    with pytest.raises(StaleSession):
        await store.save(CHAT, row(None), NOW)
    assert await store.load(CHAT, NOW) == saved


@pytest.mark.parametrize("version", [2, 7])
async def test_a_version_from_the_future_is_not_saved(store: SessionStore, version: int) -> None:
    saved = await store.save(CHAT, row(), NOW)
    with pytest.raises(StaleSession):
        await store.save(CHAT, row(version=version), NOW)
    assert await store.load(CHAT, NOW) == saved


async def test_a_turn_does_not_bring_back_a_chat_that_was_forgotten_meanwhile(store: SessionStore) -> None:
    loaded = await store.save(CHAT, row(), NOW)
    await store.forget(CHAT)
    with pytest.raises(StaleSession):
        await store.save(CHAT, loaded, NOW)
    assert await store.load(CHAT, NOW) == Remembered()


@pytest.mark.parametrize("second", [0, 1, 59])
async def test_a_session_is_gone_after_the_idle_time_and_never_more_than_a_minute_early(
    store: SessionStore, second: int
) -> None:
    now = NOW + dt.timedelta(seconds=second)
    await store.save(CHAT, row(), now)
    assert (await store.load(CHAT, now + IDLE - MINUTE)).session == row().session
    assert await store.load(CHAT, now + IDLE) == row(None, version=1)


async def test_each_save_begins_the_idle_time_anew(store: SessionStore) -> None:
    saved = await store.save(CHAT, row(), NOW)
    await store.save(CHAT, saved, NOW + 10 * MINUTE)
    assert (await store.load(CHAT, NOW + 20 * MINUTE)).session is not None


async def test_the_sweep_does_not_disturb_a_turn_under_way(store: SessionStore) -> None:
    saved = await store.save(CHAT, row(), NOW)
    await store.sweep(NOW + IDLE)
    assert (await store.save(CHAT, saved, NOW + IDLE)).version == 2


@pytest.mark.parametrize("minute", [0, 1, 59])
async def test_a_row_is_gone_after_48_hours_and_never_more_than_an_hour_early(store: SessionStore, minute: int) -> None:
    now = NOW.replace(minute=minute)
    await store.save(CHAT, row(sent=now), now)
    assert (await store.load(CHAT, now + MESSAGES_KEPT - HOUR)).messages == row(sent=now).messages
    assert await store.load(CHAT, now + MESSAGES_KEPT) == Remembered()


async def test_a_chat_whose_row_is_over_begins_anew_although_nobody_swept(store: SessionStore) -> None:
    old = await store.save(CHAT, row(), NOW)
    later = NOW + MESSAGES_KEPT
    with pytest.raises(StaleSession):
        await store.save(CHAT, old, later)
    assert (await store.save(CHAT, row(None, sent=later), later)).version == 1
    assert await store.load(CHAT, later) == row(None, sent=later, version=1)


async def test_messages_that_can_no_longer_be_deleted_are_not_kept(store: SessionStore) -> None:
    old, new = Message(1, NOW - MESSAGES_KEPT + MINUTE), Message(2, NOW)
    assert (await store.save(CHAT, Remembered(messages=(old, new)), NOW)).messages == (old, new)
    assert (await store.load(CHAT, NOW + MINUTE)).messages == (new,)
    saved = await store.save(CHAT, Remembered(messages=(old, new), version=1), NOW + MINUTE)
    assert saved.messages == (new,)


async def test_forgetting_is_for_one_chat_and_may_be_repeated(store: SessionStore) -> None:
    await store.save(CHAT, row(), NOW)
    other = await store.save(OTHER, row(), NOW)
    await store.forget(CHAT)
    await store.forget(CHAT)
    assert await store.load(CHAT, NOW) == Remembered()
    assert await store.load(OTHER, NOW) == other


async def test_the_sweep_counts_what_it_touched_once(store: SessionStore) -> None:
    await store.save(ChatKey("telegram", 1), row(), NOW)
    await store.save(ChatKey("telegram", 2), row(), NOW + 5 * MINUTE)
    await store.save(ChatKey("telegram", 3), row(None), NOW)
    assert await store.sweep(NOW + IDLE - MINUTE) == 0
    assert await store.sweep(NOW + IDLE) == 1
    assert await store.sweep(NOW + IDLE) == 0
    assert await store.sweep(NOW + HOUR) == 1
    assert await store.sweep(NOW + MESSAGES_KEPT) == 3
    assert await store.sweep(NOW + MESSAGES_KEPT) == 0


async def test_the_sweep_leaves_the_rest_of_a_row(store: SessionStore) -> None:
    await store.save(CHAT, row(), NOW)
    await store.sweep(NOW + IDLE)
    assert await store.load(CHAT, NOW + IDLE) == row(None, version=1)


@pytest.mark.parametrize(
    "other",
    [OTHER, ChatKey("terminal", CHAT.chat), ChatKey("telegram", -CHAT.chat), ChatKey("telegram|7", CHAT.chat)],
)
async def test_two_chats_never_mix(store: SessionStore, other: ChatKey) -> None:
    mine = await store.save(CHAT, row(), NOW)
    theirs = await store.save(other, row(None), NOW)
    assert await store.load(CHAT, NOW) == mine
    assert await store.load(other, NOW) == theirs


async def test_many_chats_at_once(store: SessionStore) -> None:
    chats = [ChatKey("telegram", number) for number in range(200)]
    await asyncio.gather(*(store.save(chat, Remembered(update_ids=(chat.chat,)), NOW) for chat in chats))
    loaded = await asyncio.gather(*(store.load(chat, NOW) for chat in chats))
    assert loaded == [Remembered(update_ids=(chat.chat,), version=1) for chat in chats]


async def test_of_many_turns_of_one_chat_at_once_one_saves(store: SessionStore) -> None:
    loaded = await store.save(CHAT, row(), NOW)
    results = await asyncio.gather(
        *(store.save(CHAT, replace(loaded, update_ids=(turn,)), NOW) for turn in range(50)), return_exceptions=True
    )
    (won,) = [result for result in results if isinstance(result, Remembered)]
    assert sum(isinstance(result, StaleSession) for result in results) == 49
    assert await store.load(CHAT, NOW) == won


async def test_a_clock_that_was_set_back_loses_nothing(store: SessionStore) -> None:
    saved = await store.save(CHAT, row(), NOW)
    assert await store.load(CHAT, NOW - 3 * HOUR) == saved


async def test_a_time_without_a_zone_is_refused(store: SessionStore) -> None:
    with pytest.raises((ValueError, TypeError)):
        await store.save(CHAT, Remembered(), NOW.replace(tzinfo=None))


operations = st.lists(
    st.tuples(
        st.sampled_from(["load", "save", "save", "stale", "forget", "sweep"]),
        st.sampled_from([CHAT, OTHER]),
        st.sampled_from([0, 59, 60, 14 * 60, 15 * 60, 60 * 60 - 1, 40 * 60 * 60, 48 * 60 * 60]),
        st.builds(row, st.sampled_from([None, SESSION])),
    ),
    max_size=25,
)


@given(operations)
@settings(max_examples=100, deadline=None)
def test_the_store_on_disk_does_what_the_one_in_memory_does(
    operations: list[tuple[str, ChatKey, int, Remembered]],
) -> None:
    async def play() -> None:
        memory, sqlite = MemorySessions(), await SqliteSessions.open(MEMORY, SECRET)
        try:
            now = NOW
            for what, chat, seconds, new in operations:
                now += dt.timedelta(seconds=seconds)
                new = replace(new, messages=tuple(replace(message, sent=now) for message in new.messages))
                assert await outcome(sqlite, what, chat, now, new) == await outcome(memory, what, chat, now, new)
        finally:
            await sqlite.close()

    asyncio.run(play())
