"""What a running bot says of itself, in a small file that `askfirst status` reads from another terminal.

It says what is live and what is wrong with the files, and nothing of people: no names, no chats, no counts.
A bot that was killed cannot say so. So the file names its process, by its number and by when it started, and whoever
reads it looks whether that very process is still there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from pydantic import TypeAdapter

from bot.errors import BotError, DataError, Fault, shown_path
from bot.files import file_bytes
from bot.world.build.swap import swap_in
from bot.world.freshness import SourceName, source_dates
from bot.world.world import WorldFacts

if TYPE_CHECKING:
    from bot.world_watch import LiveWorld

log = logging.getLogger(__name__)

FORMAT: Final = 1
MOST_FAULTS: Final = 100  # more than anybody mends before looking again
_MAX_BYTES: Final = 1_000_000

Mode = Literal["telegram", "terminal"]


@dataclass(frozen=True, slots=True)
class BotStatus:
    """One bot at one moment. Times are in UTC.

    pid, process  its process, and when that started as the system counts (`process_start`)
    since         when it started; `stopped` when it ended, None while it runs
    flows         the version of the flows that are live (`flows_version`), and `live_since` when they became so
    read          when it last read its files; `faults` why they were refused, `more_faults` how many more there are
    sources       the date of each source of facts that is live, None where there is no such fact
    """

    pid: int
    process: str
    mode: Mode
    since: dt.datetime
    flows: str
    live_since: dt.datetime
    read: dt.datetime
    sources: Mapping[SourceName, dt.date | None]
    faults: tuple[Fault, ...] = ()
    more_faults: int = 0
    stopped: dt.datetime | None = None
    format: Literal[1] = FORMAT


_JSON: Final = TypeAdapter(BotStatus)


class StatusFile:
    """The file of this process. Whatever happens to it, the bot goes on, and only the log says so."""

    def __init__(self, path: Path, mode: Mode, now: Callable[[], dt.datetime]) -> None:
        self._path = path
        self._mode: Mode = mode
        self._now = now
        self._since = now()

    def keep(self, live: LiveWorld, *, stopped: bool = False) -> None:
        """Says how it is now. The file of another bot that runs with the same settings is left alone."""
        try:
            if not self._is_anothers():
                write_status(self._path, self._status(live, stopped))
        except (BotError, OSError) as error:
            log.warning("the status is not told (%s); the bot goes on", error)

    def _is_anothers(self) -> bool:
        try:
            found = read_status(self._path)
        except BotError:  # not to be read, so nobody can miss it
            return False
        return found is not None and found.pid != os.getpid() and is_running(found)

    def _status(self, live: LiveWorld, stopped: bool) -> BotStatus:
        world, reading = live.current(), live.reading
        return BotStatus(
            pid=os.getpid(),
            process=process_start(os.getpid()),
            mode=self._mode,
            since=self._since,
            flows=flows_version(world.flows),
            live_since=live.loaded_at,
            read=reading.at,
            sources=source_dates(world.facts) if isinstance(world.facts, WorldFacts) else {},
            faults=reading.faults[:MOST_FAULTS],
            more_faults=max(len(reading.faults) - MOST_FAULTS, 0),
            stopped=self._now() if stopped else None,
        )


def write_status(path: Path, status: BotStatus) -> None:
    """Puts it in the place of what stands there, readable by its owner alone. Raises DataError, OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    data = _JSON.dump_json(status, indent=2) + b"\n"
    swap_in(path, data, lambda new: new.chmod(0o600))


def read_status(path: Path) -> BotStatus | None:
    """What a bot wrote; None if there is no file. Raises DataError for what cannot be read or is no such file."""
    try:
        data = file_bytes(path, _MAX_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataError(f"{shown_path(path)} cannot be read ({error.strerror}); check that you may read it.") from None
    try:
        return _JSON.validate_json(data)
    except ValueError:
        raise DataError(
            f"{shown_path(path)} is not the status of a bot of this version; start the bot again, and it is replaced."
        ) from None


def flows_version(flows: Mapping[str, object]) -> str:
    """Twelve letters and digits that change with anything that flows say or do; comments do not count."""
    return hashlib.sha256(repr(sorted(flows.items())).encode()).hexdigest()[:12]


def process_start(pid: int) -> str:
    """When a process started, in the system's own count; "" where it has ended, or where the system does not tell."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # proc(5): the name, in brackets, may hold anything; behind it stand the state, and as the 22nd field the start.
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]


def is_running(status: BotStatus) -> bool:
    """Whether the bot that wrote this still runs: not one that stopped, was killed, or whose number another has now."""
    if status.stopped is not None:
        return False
    if process_start(os.getpid()):  # this system tells
        return process_start(status.pid) == status.process != ""
    if sys.platform == "win32":
        return True  # there is no harmless way to ask
    try:
        os.kill(status.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it is somebody else's
    return True
