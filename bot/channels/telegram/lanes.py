"""Work in order within a lane, side by side across lanes. A lane is a chat: a person's turns never overtake each other,
and nobody waits for another person's slow connection."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

Job: TypeAlias = Callable[[], Awaitable[None]]


class Lanes:
    """At most `at_once` jobs are under way, and at most `waiting` wait in one lane. Jobs must not raise."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._waiting = waiting
        self._jobs: dict[int, deque[Job]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._awaited: dict[asyncio.Event, int] = {}  # what is set once no more than so many jobs are left

    @property
    def left(self) -> int:
        """How many jobs are under way or wait."""
        return sum(map(len, self._jobs.values()))

    def add(self, lane: int, job: Job) -> bool:
        """Puts the job at the end of its lane; False if the lane is full."""
        jobs = self._jobs.get(lane)
        if jobs is not None:
            if len(jobs) > self._waiting:
                return False
            jobs.append(job)
            return True
        self._jobs[lane] = deque([job])
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

    async def at_most(self, jobs: int) -> None:
        """Waits until no more than so many jobs are left."""
        reached = asyncio.Event()
        self._awaited[reached] = jobs
        self._tell()
        try:
            await reached.wait()
        finally:
            del self._awaited[reached]

    async def cancel(self) -> None:
        """Breaks off every job."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._jobs.clear()  # a worker that had not begun has left its lane as it was
        self._tell()

    async def _work(self, lane: int) -> None:
        jobs = self._jobs[lane]
        try:
            while jobs:
                async with self._places:
                    await jobs[0]()
                jobs.popleft()
                self._tell()
        finally:
            del self._jobs[lane]
            self._tell()

    def _tell(self) -> None:
        left = self.left
        for reached, jobs in self._awaited.items():
            if left <= jobs:
                reached.set()
