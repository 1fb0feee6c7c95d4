"""Reads a whole file into memory: never more than its kind may hold, and never one that keeps its reader waiting."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def file_bytes(path: Path, most: int) -> bytes:
    """What the file holds, up to one byte more than `most`, so that a file that is too big can be told.

    Raises OSError where it cannot be read, and for whatever is no file: a named pipe would wait for a writer for ever.
    """
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "It is a pipe or a device, and no file", str(path))
    with path.open("rb") as opened:
        return opened.read(most + 1)
