"""What was saved a moment ago, in front of a store."""

import asyncio
import datetime as dt
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SessionError, StaleSession
from bot.sessions.memory import MemorySessions
from bot.sessions.protocol import IDLE, ChatKey, Remembered
from bot.sessions.recent import RECENT, RecentSessions
from tests.sessions.samples import CHAT, HOUR, MINUTE, NOW, OTHER, SESSION, outcome, row

SETTLED = replace(row(), pending=False)


class Behind(MemorySessions):
    """The store behind, which counts, waits and fails as it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.loads = self.saves = self.sweeps = 0
        self.broken = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def load(self, key: ChatKey, now: dt.datetime) -> Remembered:
        self.loads += 1
        return await super().load(key, now)

    async def save(self, key: ChatKey, row: Remembered, now: dt.datetime) -> Remembered:
        self.saves += 1
        if self.broken:
            raise SessionError("The disk is full: make room")
        saved = await super().save(key, row, now)
        self.loads -= 1  # that save's own
        await self.gate.wait()
        return saved

    async def forget(self, key: ChatKey) -> None:
        await super().forget(key)
        await self.gate.wait()

    async def sweep(self, now: dt.datetime) -> int:
        self.sweeps += 1
        return await super().sweep(now)


async def test_what_was_saved_is_not_fetched_again() -> None:
    behind = Behind()
    store = RecentSessions(behind)
    saved = await store.save(CHAT, row(), NOW)
    assert await store.load(CHAT, NOW) == saved == await MemorySessions.load(behind, CHAT, NOW)
    assert behind.loads == 0


async def test_what_was_shown_is_known_at_once_and_written_at_the_next_sweep() -> None:
    behind = Behind()
    store = RecentSessions(behind)
    await store.settle(CHAT, await store.save(CHAT, row(), NOW), NOW)
    assert await store.load(CHAT, NOW) == replace(SETTLED, version=1)
    assert behind.saves == 1
    assert (await behind.load(CHAT, NOW)).pending
    await store.sweep(NOW)
    assert await store.load(CHAT, NOW) == await behind.load(CHAT, NOW) == replace(SETTLED, version=2)
    await store.sweep(NOW)
    assert behind.saves == 2, "it is written once"


async def test_a_next_turn_writes_it_along() -> None:
    behind = Behind()
    store = RecentSessions(behind)
    await store.settle(CHAT, await store.save(CHAT, row(), NOW), NOW)
    await store.save(CHAT, await store.load(CHAT, NOW), NOW)
    await store.sweep(NOW)
    assert behind.saves == 2
    assert not (await behind.load(CHAT, NOW)).pending


async def test_what_was_shown_is_written_at_the_end() -> None:
    class Open(Behind):
        async def close(self) -> None:
            pass

    behind = Open()
    store = RecentSessions(behind)
    await store.settle(CHAT, await store.save(CHAT, row(), NOW), NOW)
    await store.close()
    assert not (await behind.load(CHAT, NOW)).pending


async def test_a_row_that_is_written_later_is_not_kept_longer() -> None:
    behind = Behind()
    store = RecentSessions(behind)
    await store.settle(CHAT, await store.save(CHAT, row(), NOW), NOW)
    await store.sweep(NOW + 10 * MINUTE)
    assert (await behind.load(CHAT, NOW + IDLE - MINUTE)).session is not None
    assert (await behind.load(CHAT, NOW + IDLE)).session is None


async def test_after_a_crash_only_that_it_was_shown_is_not_known() -> None:
    behind = Behind()
    await RecentSessions(behind).settle(CHAT, await RecentSessions(behind).save(CHAT, row(), NOW), NOW)
    store = RecentSessions(behind)
    await store.settle(OTHER, await store.save(OTHER, row(), NOW), NOW)
    after = RecentSessions(behind)
    assert await after.load(CHAT, NOW) == replace(SETTLED, version=2), "another one had saved it, so it was written"
    assert await after.load(OTHER, NOW) == row(version=1)


async def test_a_row_that_is_settled_later_is_kept_from_then_on() -> None:
    plain, recent = MemorySessions(), RecentSessions(MemorySessions())
    for store in (plain, recent):
        saved = await store.save(CHAT, row(), NOW)
        await store.settle(CHAT, saved, NOW + 10 * MINUTE)
    assert (await plain.load(CHAT, NOW + 20 * MINUTE)).session is not None
    assert (await recent.load(CHAT, NOW + 20 * MINUTE)).session is not None
    await recent.sweep(NOW + 20 * MINUTE)
    assert (await recent.load(CHAT, NOW + 20 * MINUTE)).session is not None


async def test_what_comes_to_be_owed_during_a_sweep_is_written_by_the_next_however_old_its_turn_is() -> None:
    behind = Behind()
    store = RecentSessions(behind)
    await store.settle(OTHER, await store.save(OTHER, row(), NOW), NOW)
    saved = await store.save(CHAT, row(), NOW)
    behind.gate.clear()
    sweeping = asyncio.create_task(store.sweep(NOW + 2 * RECENT))
    await asyncio.sleep(0)
    await store.settle(CHAT, saved, NOW)
    behind.gate.set()
    await sweeping
    assert not (await store.load(CHAT, NOW)).pending
    await store.sweep(NOW + 2 * RECENT)
    assert not (await behind.load(CHAT, NOW)).pending


async def test_of_an_older_row_nothing_can_be_said() -> None:
    store = RecentSessions(Behind())
    first = await store.save(CHAT, row(), NOW)
    second = await store.save(CHAT, first, NOW)
    with pytest.raises(StaleSession):
        await store.settle(CHAT, first, NOW)
    assert await store.load(CHAT, NOW) == second


async def test_after_a_save_that_came_too_late_the_store_is_asked_and_what_was_owed_is_as_after_a_crash() -> None:
    behind = Behind()
    store = RecentSessions(behind)
    await store.settle(CHAT, await store.save(CHAT, row(), NOW), NOW)
    with pytest.raises(StaleSession):
        await store.save(CHAT, row(version=7), NOW)
    assert await store.load(CHAT, NOW) == row(version=1)
    assert (await store.save(CHAT, await store.load(CHAT, NOW), NOW)).version == 2


async def test_after_a_save_that_was_broken_off_and_carried_out_the_store_is_asked() -> None:
    behind = Behind()
    store = RecentSessions(behind)
    first = await store.save(CHAT, row(), NOW)
    behind.gate.clear()
    saving = asyncio.create_task(store.save(CHAT, replace(first, update_ids=(7,)), NOW))
    await asyncio.sleep(0)
    saving.cancel()
    with suppress(asyncio.CancelledError):
        await saving
    behind.gate.set()
    assert (await store.load(CHAT, NOW)).update_ids == (7,)
    assert (await store.save(CHAT, await store.load(CHAT, NOW), NOW)).version == 3


async def test_who_was_forgotten_during_a_save_stays_forgotten() -> None:
    behind = Behind()
    store = RecentSessions(behind)
    behind.gate.clear()
    saving = asyncio.create_task(store.save(CHAT, row(), NOW))
    await asyncio.sleep(0)
    forgetting = asyncio.create_task(store.forget(CHAT))
    await asyncio.sleep(0)
    behind.gate.set()
    await asyncio.gather(saving, forgetting)
    assert await store.load(CHAT, NOW) == Remembered()
    assert await store.load(OTHER, NOW) == Remembered()


async def test_nothing_is_kept_in_memory_for_long() -> None:
    behind = Behind()
    store = RecentSessions(behind)
    await store.settle(CHAT, await store.save(CHAT, row(), NOW), NOW)
    await store.sweep(NOW + RECENT - dt.timedelta(seconds=1))
    await store.load(CHAT, NOW)
    assert behind.loads == 0
    await store.sweep(NOW + RECENT)
    await store.load(CHAT, NOW)
    assert behind.loads == 1


async def test_a_disk_that_is_full_does_not_keep_the_sweep_from_its_work() -> None:
    behind = Behind()
    store = RecentSessions(behind)
    await store.settle(CHAT, await store.save(CHAT, row(), NOW), NOW)
    behind.broken = True
    with pytest.raises(SessionError, match="disk is full"):
        await store.sweep(NOW)
    assert behind.sweeps == 1
    behind.broken = False
    assert (await store.load(CHAT, NOW)).pending, "what could not be written is as after a crash"
    assert (await store.save(CHAT, await store.load(CHAT, NOW), NOW)).version == 2


operations = st.lists(
    st.tuples(
        st.sampled_from(["load", "turn", "turn that is shown later", "turn that dies", "forget", "sweep"]),
        st.sampled_from([CHAT, OTHER]),
        st.sampled_from([dt.timedelta(0), MINUTE, 14 * MINUTE, IDLE, HOUR, 40 * HOUR, 48 * HOUR]),
        st.builds(row, st.sampled_from([None, SESSION])),
    ),
    max_size=30,
)


@given(operations)
@settings(deadline=None)
def test_whoever_uses_it_sees_no_difference_but_in_how_often_was_saved(
    operations: list[tuple[str, ChatKey, dt.timedelta, Remembered]],
) -> None:
    def but_for_the_saves(result: object) -> object:
        return replace(result, version=0) if isinstance(result, Remembered) else result

    async def play() -> None:
        plain, recent = MemorySessions(), RecentSessions(MemorySessions())
        now = NOW
        for what, chat, later, new in operations:
            now += later
            new = replace(new, messages=tuple(replace(message, sent=now) for message in new.messages))
            results = [await outcome(store, what, chat, now, new) for store in (recent, plain)]
            assert but_for_the_saves(results[0]) == but_for_the_saves(results[1])

    asyncio.run(play())
