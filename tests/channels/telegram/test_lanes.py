"""Order within a lane, independence across lanes."""

import asyncio
from functools import partial

from bot.channels.telegram.lanes import Lanes


class Work:
    """Jobs that wait until they are let go, and write down when they begin and end."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def job(self, name: str) -> None:
        self.log.append(f"+{name}")
        await self.gates.setdefault(name, asyncio.Event()).wait()
        self.log.append(f"-{name}")

    async def let_go(self, *names: str) -> None:
        for name in names:
            self.gates.setdefault(name, asyncio.Event()).set()
        for _ in range(10):
            await asyncio.sleep(0)


async def test_a_lane_keeps_its_order_and_does_not_hold_up_another() -> None:
    lanes, work = Lanes(8, 8), Work()
    for lane, name in ((1, "a"), (1, "b"), (2, "c")):
        assert lanes.add(lane, partial(work.job, name))
    await work.let_go("b", "c")
    assert work.log == ["+a", "+c", "-c"]
    await work.let_go("a")
    assert work.log[3:] == ["-a", "+b", "-b"]
    assert lanes.left == 0


async def test_no_more_than_so_many_lanes_work_at_once() -> None:
    lanes, work = Lanes(2, 8), Work()
    for lane in range(3):
        lanes.add(lane, partial(work.job, f"{lane}"))
    await work.let_go()
    assert work.log == ["+0", "+1"]
    await work.let_go("1")
    assert work.log[2:] == ["-1", "+2"]
    await work.let_go("0", "2")
    await lanes.at_most(0)


async def test_a_lane_with_many_jobs_takes_turns_with_the_others() -> None:
    lanes, work = Lanes(1, 8), Work()
    for lane, name in ((1, "a"), (1, "b"), (2, "c")):
        lanes.add(lane, partial(work.job, name))
    await work.let_go()
    await work.let_go("a", "b", "c")
    await lanes.at_most(0)
    assert work.log.index("+c") < work.log.index("+b")


async def test_a_full_lane_takes_no_more_until_there_is_room() -> None:
    lanes, work = Lanes(8, 2), Work()
    taken = [lanes.add(1, partial(work.job, f"{number}")) for number in range(5)]
    assert taken == [True, True, True, False, False]
    assert lanes.add(2, partial(work.job, "other"))
    await work.let_go("0")
    assert lanes.add(1, partial(work.job, "late"))
    await lanes.cancel()


async def test_one_can_wait_until_few_enough_are_left() -> None:
    lanes, work = Lanes(8, 8), Work()
    await lanes.at_most(0)
    for lane, name in ((1, "a"), (1, "b"), (2, "c"), (3, "d")):
        lanes.add(lane, partial(work.job, name))
    half, none = (asyncio.create_task(lanes.at_most(jobs)) for jobs in (2, 0))
    await work.let_go("c")
    assert (lanes.left, half.done()) == (3, False)
    await work.let_go("a")
    assert (lanes.left, half.done(), none.done()) == (2, True, False)
    await work.let_go("b", "d")
    assert (lanes.left, none.done()) == (0, True)


async def test_what_was_put_in_next_and_what_was_turned_away_are_counted_right() -> None:
    lanes, work = Lanes(8, 0), Work()
    lanes.add(1, partial(work.job, "a"))
    assert not lanes.add(1, partial(work.job, "b"))
    lanes.add_next(1, partial(work.job, "c"))
    assert lanes.left == 2
    await work.let_go("a", "c")
    assert lanes.left == 0


async def test_work_can_be_broken_off_before_it_has_begun() -> None:
    lanes, work = Lanes(8, 8), Work()
    lanes.add(1, partial(work.job, "a"))
    await lanes.cancel()
    await asyncio.wait_for(lanes.at_most(0), 1)
    assert (work.log, lanes.left, lanes.has(1)) == ([], 0, False)


async def test_work_can_be_broken_off() -> None:
    lanes, work = Lanes(8, 8), Work()
    lanes.add(1, partial(work.job, "a"))
    lanes.add(1, partial(work.job, "b"))
    await work.let_go()
    await lanes.cancel()
    assert work.log == ["+a"]
    assert lanes.left == 0
