"""Work in order within a lane, side by side across lanes. A lane is a chat: a person's turns never overtake each other,
and nobody waits for another person's slow connection."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from bot.channels.telegram.pace import set_within

Job: TypeAlias = Callable[[], Awaitable[None]]


class Lanes:
    """At most `at_once` jobs are under way, and at most `waiting` wait in one lane. Jobs must not raise."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._waiting = waiting
        self._jobs: dict[int, deque[Job]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def busy(self) -> bool:
        """Whether any job is under way or waits."""
        return bool(self._jobs)

    def add(self, lane: int, job: Job) -> bool:
        """Puts the job at the end of its lane; False if the lane is full."""
        jobs = self._jobs.get(lane)
        if jobs is not None:
            if len(jobs) > self._waiting:
                return False
            jobs.append(job)
            return True
        self._jobs[lane] = deque([job])
        self._quiet.clear()
        worker = asyncio.create_task(self._work(lane))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)
        return True

    def add_next(self, lane: int, job: Job) -> None:
        """Puts the job right behind the one that is under way in a lane, however many wait there."""
        jobs = self._jobs.get(lane)
        if jobs is None:
            self.add(lane, job)
        else:
            jobs.insert(1, job)

    def has(self, lane: int) -> bool:
        """Whether any job of this lane is under way or waits."""
        return lane in self._jobs

    async def quiet_within(self, seconds: float) -> bool:
        """Waits until no job is left, but not longer than this; whether none is."""
        return await set_within(self._quiet, seconds)

    async def finish(self) -> None:
        """Waits until no job is left."""
        await self._quiet.wait()

    async def cancel(self) -> None:
        """Breaks off every job."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    async def _work(self, lane: int) -> None:
        jobs = self._jobs[lane]
        try:
            while jobs:
                async with self._places:
                    await jobs[0]()
                jobs.popleft()
        finally:
            del self._jobs[lane]
            if not self._jobs:
                self._quiet.set()
