"""Opens the zip files that the Office for National Statistics publishes, and refuses those that are something else.

The real ones hold up to some hundred files and unpack to between 6 and 35 times their size. Whatever is far beyond that
was made to fill a disk or an afternoon, and is refused before it is unpacked.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from bot.errors import DataError, shown_path

MOST_FILES: Final = 5_000
MOST_BYTES: Final = 8_000_000_000  # of one file in the zip; the largest real one, a region of the NSUL, has 2 GB
MOST_TIMES: Final = 200  # how many times its packed size a file may have
_SMALL: Final = 1_000_000  # bytes: below that the proportion means nothing


@contextmanager
def faults_named(path: Path, remedy: str) -> Iterator[None]:
    """What goes wrong while a file is read becomes a DataError that names the file and the remedy."""
    try:
        yield
    except OSError as error:
        raise DataError(f"{shown_path(path)} cannot be read: {error.strerror}. Check the path.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise DataError(f"{shown_path(path)} is not a whole zip file: {error}. {remedy}") from None


@contextmanager
def opened_zip(path: Path, remedy: str) -> Iterator[zipfile.ZipFile]:
    """The zip. Raises DataError, also for what goes wrong while it is read."""
    with faults_named(path, remedy), zipfile.ZipFile(path) as archive:
        count = len(archive.infolist())
        if count > MOST_FILES:
            raise DataError(f"{shown_path(path)} holds {count:,} files, over {MOST_FILES:,}. {remedy}")
        yield archive


@contextmanager
def opened_in_zip(path: Path, archive: zipfile.ZipFile, name: str, remedy: str) -> Iterator[IO[bytes]]:
    """One file of the zip, to be read as a stream. Raises DataError if it is encrypted or of an impossible size."""
    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise DataError(f"{shown_path(path)} is encrypted. {remedy}")
    if info.file_size > max(_SMALL, min(MOST_BYTES, MOST_TIMES * info.compress_size)):
        raise DataError(
            f"{shown_path(path)}: {name} would unpack from {info.compress_size:,} to {info.file_size:,} bytes, "
            f"which no real release does. {remedy}"
        )
    with archive.open(info) as stream:
        yield stream
