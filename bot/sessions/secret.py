"""The server secret: what makes the session store unreadable to whoever has its file alone.

It comes from the environment variable ASKFIRST_SECRET or else from a file, made on the first run. Either may hold
several secrets, one a line, newest first: the first is used for writing and all of them for reading. To rotate, put a
new line on top, restart, and take the old line out 48 hours later, when nothing written under it is left.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.errors import SessionError, shown_path

VARIABLE: Final = "ASKFIRST_SECRET"
SECRET_FILE: Final = Path("var/secret")
SHORTEST: Final = 32  # bytes a secret; what we make ourselves are 32 random bytes, in 64 hexadecimal digits


@dataclass(frozen=True, slots=True)
class ServerSecret:
    """One secret or several, newest first. Its `repr` does not show them."""

    values: tuple[bytes, ...] = field(repr=False)


def server_secret(environment: Mapping[str, str], path: Path = SECRET_FILE) -> ServerSecret:
    """The secret from the environment (where an empty variable counts as none), else from the file.

    A file that does not exist is made with a random secret, mode 0600, and so are the folders it lies in, mode 0700.
    Raises SessionError if a secret is too short, or the file is empty, open to other users, or cannot be used.
    """
    text = environment.get(VARIABLE, "").strip()
    if text:
        return _parsed(text.encode("utf-8", "surrogateescape"), VARIABLE)
    try:
        if not path.exists():
            _make(path)
        content = _private_content(path)
    except OSError as error:
        raise SessionError(
            f"{shown_path(path)}: the server secret cannot be read or made ({error.strerror}): let the bot write to "
            f"that folder, or set {VARIABLE} to at least {SHORTEST} random characters"
        ) from error
    return _parsed(content, shown_path(path))


def _parsed(content: bytes, source: str) -> ServerSecret:
    lines = [(number, line.strip()) for number, line in enumerate(content.splitlines(), start=1)]
    found = [(number, line) for number, line in lines if line]
    if not found:
        raise SessionError(
            f"{source} is empty: delete it, and the next run makes a new secret; open conversations begin again"
        )
    for number, line in found:
        if len(line) < SHORTEST:
            raise SessionError(
                f"{source}:{number}: a server secret has at least {SHORTEST} characters, this one has {len(line)}: "
                "put the output of `openssl rand -hex 32` there"
            )
    return ServerSecret(tuple(line for _, line in found))


def _private_content(path: Path) -> bytes:
    with path.open("rb") as file:
        # Windows has no such mode bits: there the folder's access list protects the file.
        if os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise SessionError(
                f"{shown_path(path)} is open to other users of this machine, who could have read the server secret: "
                f"delete it for a new one, or run `chmod 600 {shown_path(path)}` if nobody else could"
            )
        return file.read()


def _make(path: Path) -> None:
    """Puts a random secret at `path`, unless another first run was quicker: then that one's holds for both.

    The file is written whole under another name and then linked: a link fails where a name is taken, and so nobody
    ever reads half a secret, or overwrites one that is in use.
    """
    make_private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32).hex().encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()


def make_private_folder(folder: Path) -> None:
    """Makes the folder and those above it, each with mode 0700; one that exists stays as it is. Raises OSError."""
    if not folder.exists():
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
