"""Keeps a running bot up to date: rereads changed files, and keeps the last good world where they have faults.

What is read again is read whole, in a thread, and takes the old world's place by one assignment: a turn in hand goes on
with the world that it began with. Nothing goes live that was not at rest: the files must stay as they are for a moment
before they are read, and must still be the same when they have been read.

Why files were refused is said in full, with the remedy: what editors write is no secret, and they have to mend it.

`watchfiles` tells within milliseconds that something changed. It is not relied on: network drives and some containers
tell nothing, and a folder that is swapped for another is still watched under its new name. So the files' marks are
also compared a few times a minute, and those marks alone decide whether anything changed. (Its own polling, which
WATCHFILES_FORCE_POLLING turns on, overlooks the second of two saves in one second.)
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from watchfiles import awatch

from bot.engine.world import World
from bot.errors import BotError, Fault, hidden

log = logging.getLogger(__name__)

SUFFIXES: Final = frozenset({".csv", ".idx", ".po", ".yaml", ".yml"})
_DEEPEST: Final = 4  # locales/<language>/LC_MESSAGES/askfirst.po, with room; ends links that lead in a circle
_NO_PART: Final = "tests"  # flows/tests: scripts that try the conversations, and are no part of any
_MOST_NAMED: Final = 10
_MOST_LETTERS: Final = 500  # of one fault

Marks = Mapping[str, tuple[int, int, int, int]]
"""Each file by its path: which file it is on the disk, its size, and when its content and its entry last changed."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How long things take, in seconds.

    quiet       how long the files must have been at rest before they are read
    look_again  how often the marks are compared without being told
    look_often  the same where the system cannot tell of changes
    step        how often the watching thread looks whether there is anything to tell
    """

    quiet: float = 1.0
    look_again: float = 20.0
    look_often: float = 2.0
    step: float = 0.2


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files were last read: when, and why they were refused; no faults where they went live."""

    at: dt.datetime
    faults: tuple[Fault, ...] = ()


class LiveWorld:
    """The newest good world. Give `current` to a channel, and run `watch` beside it."""

    def __init__(
        self,
        load: Callable[[dt.date], World],
        folders: Sequence[Path],
        *,
        say: Callable[[str], object] = log.info,
        told: Callable[[LiveWorld], object] = lambda live: None,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        rhythm: Rhythm | None = None,
    ) -> None:
        """Loads the first world; raises what `load` raises.

        load: reads and checks everything in `folders`, as of a day; raises where it must not go live. It runs in a
            thread, one call at a time, so it may keep what it can use again.
        say: tells the operator of a change that went live.
        told: is given this after each reading that `watch` did, in a thread.
        """
        self._load = load
        self._folders = tuple(folders)
        self._say = say
        self._told = told
        self._now = now
        self._rhythm = rhythm or Rhythm()
        self._told_of_changes = True
        self._day = now().date()
        self._tried = self._live = marks(self._folders)  # before loading: what changes meanwhile is then noticed
        self._world = load(self._day)
        self.loaded_at = now()
        self.reading = Reading(self.loaded_at)

    def current(self) -> World:
        """The world for the next turn."""
        return self._world

    async def watch(self, stop: asyncio.Event) -> None:
        """Follows the files until `stop`. Whatever is wrong with them, it goes on, and so does the bot."""
        async with aclosing(self._signs(stop)) as signs:
            async for _ in signs:
                await self._refresh(stop)

    async def _signs(self, stop: asyncio.Event) -> AsyncGenerator[None, None]:
        """A sign at once, whenever something may have changed, and at least every `look_again` seconds."""
        over = asyncio.Event()  # of our own, because awatch sets it when it is cancelled
        ending = asyncio.create_task(stop.wait())
        ending.add_done_callback(lambda _: over.set())
        try:
            while not over.is_set():
                yield
                if not self._told_of_changes:
                    await _within(over, self._rhythm.look_often)
                    continue
                try:
                    async with aclosing(self._changes(over)) as changes:
                        async for _ in changes:
                            yield
                except FileNotFoundError:  # a folder is missing at this moment
                    await _within(over, self._rhythm.look_often)
                except Exception as error:  # no inotify, or the system watches as much as it may
                    log.warning("the system tells of no changes (%s); they are looked for", type(error).__name__)
                    self._told_of_changes = False
        finally:
            ending.cancel()

    async def _changes(self, over: asyncio.Event) -> AsyncGenerator[None, None]:
        """What awatch tells, until one of the folders is another than it was: then they have to be watched anew."""
        watched = _identities(self._folders)
        step = int(1000 * self._rhythm.step)
        changes = awatch(
            *self._folders,
            watch_filter=None,
            debounce=4 * step,
            step=step,
            stop_event=over,
            rust_timeout=int(1000 * self._rhythm.look_again),
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
        async with aclosing(changes):
            async for _ in changes:
                yield
                if _identities(self._folders) != watched:
                    return

    async def _refresh(self, stop: asyncio.Event) -> None:
        """Reads everything again if it, or the day, has changed."""
        while not stop.is_set():
            seen = await asyncio.to_thread(marks, self._folders)
            day = self._now().date()
            if seen == self._tried and day == self._day:
                return
            if seen != self._tried and await _within(stop, self._rhythm.quiet):
                return
            if seen != await asyncio.to_thread(marks, self._folders):
                continue  # still being written
            begun = time.monotonic()
            found = await asyncio.to_thread(self._attempt, day)
            if seen != await asyncio.to_thread(marks, self._folders):
                continue  # perhaps a mixture of old and new
            if isinstance(found, World):
                self._swap(found, _changed(self._live, seen), time.monotonic() - begun)
                self._live = seen
            else:
                self.reading = Reading(self._now(), found)
                log.warning("the files have faults, so the bot goes on with what it knew before:\n%s", _listed(found))
            self._tried, self._day = seen, day
            await asyncio.to_thread(self._told, self)
            return

    def _attempt(self, day: dt.date) -> World | tuple[Fault, ...]:
        """The world of the files as they are, or what is wrong with them."""
        try:
            return self._load(day)
        except BotError as error:
            return error.faults or (Fault("the files", 0, 0, "cannot-load", str(error)),)
        except Exception as error:  # whatever a file does to its reader, the bot must go on
            message = (
                f"cannot be read ({type(error).__name__}); look for the change that came last, and run `askfirst check`"
            )
            return (Fault("the files", 0, 0, "cannot-load", message),)

    def _swap(self, world: World, changed: Sequence[str], seconds: float) -> None:
        self._world = world
        self.loaded_at = self._now()
        self.reading = Reading(self.loaded_at)
        if changed:
            self._say(f"Read again in {seconds:.1f} s, because of {_named(changed)}.")


def marks(folders: Sequence[Path]) -> Marks:
    """The marks of all files that a world is made of; hidden files, and those of editors, are not among them."""
    found: dict[str, tuple[int, int, int, int]] = {}
    for folder in folders:
        for entry in _files(folder, _DEEPEST):
            with suppress(OSError):  # gone in the meantime
                one = _stat(Path(entry))
                found[entry] = (one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns)
    return found


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError:  # a link to nowhere, or to itself: its coming and going counts
        return path.lstat()


def _files(folder: Path | str, depth: int) -> Iterator[str]:
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if Path(entry.name).suffix in SUFFIXES:  # a folder of such a name too: it stands where a file belongs
                yield entry.path
            elif depth > 1 and entry.name != _NO_PART and _is_folder(entry):
                yield from _files(entry.path, depth - 1)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _identities(folders: Sequence[Path]) -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = []
    for folder in folders:
        try:
            one = folder.stat()
            found.append((one.st_dev, one.st_ino))
        except OSError:
            found.append(None)
    return found


def _changed(before: Marks, after: Marks) -> list[str]:
    """The names of the files that came, went or changed."""
    return sorted({Path(path).name for path in {*before, *after} if before.get(path) != after.get(path)})


def _listed(faults: Sequence[Fault]) -> str:
    """One fault a line, as many as somebody reads."""
    more = len(faults) - _MOST_NAMED
    lines = [hidden(fault, _MOST_LETTERS) for fault in faults[:_MOST_NAMED]]
    return "\n".join([*lines, f"and {more} more: run `askfirst check`"] if more > 0 else lines)


def _named(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


async def _within(event: asyncio.Event, seconds: float) -> bool:
    """Waits for the event, but not longer than this; whether it is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
