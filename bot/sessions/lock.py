"""One bot at a time on one session file.

Two bots on one file would each write what the other does not expect, and a second one is started more easily than one
thinks: a service that was not stopped, a terminal left open. SQLite's own lock alone would not do. It is a POSIX record
lock, which the system drops as soon as the process closes *any* descriptor of the file, for example after a copy of it.
So the store also holds `flock` on a file of its own beside it, which nobody else opens. It ends with the process,
however that ends, so there is nothing to clean up: the empty lock file stays, and means nothing without its lock.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bot.errors import SessionError, shown_path


def in_use(database: Path) -> SessionError:
    """What is raised when another bot, or another store in this process, has the file."""
    return SessionError(
        f"{shown_path(database)} is in use by another running bot: stop that one, or set another sessions.path in "
        "bot_config.yaml"
    )


def take_lock(database: Path) -> int:
    """Takes the lock of the file and returns its descriptor, for `release_lock`.

    Raises SessionError if another holds it, OSError if the lock file cannot be made.
    """
    # Through the real path, so that two names of one file have one lock.
    real = database.resolve()
    descriptor = os.open(real.with_name(f"{real.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    # Windows has no flock, and there SQLite's own lock has not that weakness.
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError):
                raise in_use(database) from None
            raise
    return descriptor


def release_lock(descriptor: int) -> None:
    """Gives the lock up."""
    os.close(descriptor)
