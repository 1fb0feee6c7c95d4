"""Replaces a text file that people edit too, whole: only if it is still what the new text was made from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bot.errors import DataError, shown_path
from bot.world.build.swap import swap_in


def replace_whole(path: Path, text: str, *, was: bytes | None, check: Callable[[Path], None]) -> None:
    """Puts `text` in the place of the file at `path`, in one step.

    was: the bytes that `text` was made from, None where there was no file. If somebody changed the file since, theirs
        stays, because `text` knows nothing of it.
    check: reads the new file before it takes its place, and raises DataError if something is wrong with it.

    Raises DataError; the old file is then untouched.
    """

    def check_all(new: Path) -> None:
        check(new)
        new.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        if current_bytes(path) != was:
            raise DataError(
                f"{shown_path(path)} was changed by somebody else meanwhile, and was left as it is; run this again."
            )

    swap_in(path, text.encode(), check_all)


def current_bytes(path: Path) -> bytes | None:
    """What the file holds, None where there is none. Raises DataError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DataError(f"{shown_path(path)} cannot be read ({error.strerror}); check its rights.") from None
