"""Puts a new file in the place of an old one in one step, whatever happens on the way.

The new file is written beside the old one under a hidden name, flushed to the disk, read back, and then renamed. While
it is written it is locked, and the system lets go of the lock however the process ends. So what a killed process left
behind is told from what another process is just writing, and the next call removes it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from bot.errors import DataError, shown_path

_ENDING = ".tmp"


def swap_in(out: Path, data: bytes, check: Callable[[Path], None]) -> None:
    """Gives `out` this content. `check` reads the new file before it takes the place, and raises if it is wrong.

    Raises DataError where it cannot be written. Then, and when `check` raises, an older file stays as it was.
    """
    out = out.resolve()  # a link stays a link, and what it names is replaced
    temporary = out.with_name(f".{out.name}.{os.getpid()}{_ENDING}")
    try:
        _remove_left_behind(out)
        with temporary.open("wb") as file:
            claim(file)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            check(temporary)
        temporary.replace(out)
        sync_folder(out.parent)
    except OSError as error:
        raise DataError(
            f"{shown_path(out)} cannot be written: {error.strerror}. "
            "Check the rights and the free space of its folder; an older file there was left as it is."
        ) from None
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def claim(file: IO[bytes]) -> bool:
    """Locks an open file for this process until it is closed; False if another process has it locked."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows: it does not let others remove an open file anyway
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Makes a new name survive a power cut. Windows cannot open a folder, and needs no such step."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_left_behind(out: Path) -> None:
    for other in out.parent.glob(f".{out.name}.*{_ENDING}"):
        with suppress(OSError), other.open("rb") as file:
            if claim(file):
                other.unlink()


def remove(*paths: Path) -> None:
    """Deletes these files as far as they exist and the system lets us."""
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def open_to_append(path: Path) -> IO[Any]:
    """The file, made if need be, at its end. Raises DataError if another process is writing it."""
    file = path.open("ab")
    if not claim(file):
        file.close()
        raise DataError(f"{shown_path(path)} is being written by another process; wait until it has ended.")
    return file
