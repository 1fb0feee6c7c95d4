"""Sessions in an SQLite file: the store of a bot that runs in one process.

A row is a chat: its key, a version, and two encrypted parts with an end each, because they end at different times and
the sweep, which does not know the chat, can only drop a part as a whole.

What makes deletion physical: each sweep and each "forget" ends with VACUUM, which writes the file anew from what is
alive, and empties the write-ahead log, which holds older pages. (`secure_delete` is on as well, but alone it leaves
pieces of rows behind where SQLite moved them from one page to another.) The exclusive locking mode sees to it that no
other process can hold that up, not even a backup; a backup would be a way not to forget.

What makes it quick: nearly all the time of a call is the way to aiosqlite's thread and back, so a load is one
statement and a save is one statement, each its own transaction, with the comparison of versions inside. A power cut can
lose the last saves (`synchronous=NORMAL`), a crash of the bot none, and neither can damage the file.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import aiosqlite

from bot.errors import SessionError, StaleSession, shown_path
from bot.sessions.codec import decode, encode
from bot.sessions.expiry import ROW, SESSION, Term, without_old_messages
from bot.sessions.lock import in_use, release_lock, take_lock
from bot.sessions.protocol import ChatKey, Remembered
from bot.sessions.seal import Seal
from bot.sessions.secret import ServerSecret, make_private_folder

MEMORY: Final = Path(":memory:")

# "ASK1": says whose file it is (https://www.sqlite.org/pragma.html#pragma_application_id).
APPLICATION_ID: Final = 0x41534B31
SCHEMA_VERSION: Final = 1
LONGEST_WAIT: Final = 1.0  # seconds, at opening, for another program that is just looking into the file
OLDEST_SQLITE: Final = (3, 35, 0)  # the first with RETURNING

_log = logging.getLogger(__name__)

# `*_until` are seconds since 1970 in coarse steps, see `Term`. Without row ids, which would tell in which order people
# came.
_SCHEMA: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE chat (
    key BLOB NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    session_until INTEGER,
    row_until INTEGER NOT NULL,
    session BLOB,
    rest BLOB NOT NULL
) WITHOUT ROWID;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""

_PRAGMAS: Final = (
    "page_size = 8192",  # holds a row whole, and several of them
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "secure_delete = ON",
    "temp_store = MEMORY",  # VACUUM copies everything once; that copy must not be a file
)

# KEYS becomes a question mark for each secret.
_LOAD: Final = """
SELECT version, CASE WHEN session_until > ? THEN session END, rest FROM chat WHERE key IN (KEYS) AND row_until > ?
"""
# A row that is over and was not swept yet counts as none.
_INSERT: Final = """
INSERT INTO chat (key, version, session_until, row_until, session, rest)
SELECT ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM chat WHERE key IN (KEYS) AND row_until > ?)
ON CONFLICT (key) DO UPDATE SET version = excluded.version, session_until = excluded.session_until,
    row_until = excluded.row_until, session = excluded.session, rest = excluded.rest
RETURNING 1
"""
_UPDATE: Final = """
UPDATE OR REPLACE chat SET key = ?, version = ?, session_until = ?, row_until = ?, session = ?, rest = ?
WHERE key IN (KEYS) AND row_until > ? AND version = ?
RETURNING 1
"""
_FORGET: Final = "DELETE FROM chat WHERE key IN (KEYS) RETURNING 1"
_SWEEP_ROWS: Final = "DELETE FROM chat WHERE row_until <= ? RETURNING 1"
_SWEEP_SESSIONS: Final = "UPDATE chat SET session = NULL, session_until = NULL WHERE session_until <= ? RETURNING 1"
_EMPTY_LOG: Final = "PRAGMA wal_checkpoint(TRUNCATE)"


class SqliteSessions:
    """A `SessionStore` in an SQLite file, encrypted. Made by `open`; hold one for each file, and close it."""

    def __init__(self, db: aiosqlite.Connection, path: Path, lock: int | None, secret: ServerSecret) -> None:
        self._db = db
        self._path = path
        self._lock = lock
        self._seal = Seal(secret)
        self._closed = False
        self._traces = True  # of what was deleted or replaced; an earlier process may have left some
        # A row stands under the newest secret's key, or still under an older one's until its next save.
        marks = ", ".join("?" * len(secret.values))
        self._load, self._insert, self._update, self._forget = (
            statement.replace("KEYS", marks) for statement in (_LOAD, _INSERT, _UPDATE, _FORGET)
        )

    @classmethod
    async def open(cls, path: Path, secret: ServerSecret) -> SqliteSessions:
        """Opens the file at `path`, or makes it (mode 0600) and its folders (0700); `MEMORY` is a store without a file.

        Raises SessionError, and loses nothing, when the file is in use, cannot be written, is damaged, or
        is not a session database of this version.
        """
        lock = None if path == MEMORY else _claim(path)
        connection = aiosqlite.connect(path, isolation_level=None, timeout=LONGEST_WAIT)
        try:
            db = await connection
            try:
                await _prepare(db, path)
            except BaseException:
                await db.close()
                raise
        except BaseException as error:
            if lock is not None:
                release_lock(lock)
            if isinstance(error, sqlite3.Error):
                raise _refusal(error, path) from error
            raise
        return cls(db, path, lock, secret)

    async def load(self, key: ChatKey, now: dt.datetime) -> Remembered:
        """See `SessionStore`. A part that cannot be read is dropped with a warning: the chat begins again there."""
        second = int(now.timestamp())
        found = await self._run(self._load, (second, *self._seal.row_keys(key), second))
        if not found:
            return Remembered()
        version, session, rest = found[0]
        row = self._opened(key, ROW, rest, now)
        if session is not None:
            row = replace(row, session=self._opened(key, SESSION, session, now).session)
        return replace(without_old_messages(row, now), version=version)

    async def save(self, key: ChatKey, row: Remembered, now: dt.datetime) -> Remembered:
        """See `SessionStore`."""
        saved = replace(without_old_messages(row, now), version=row.version + 1)
        keys = self._seal.row_keys(key)
        session_until = session = None
        if saved.session is not None:
            session_until = SESSION.until(now)
            session = self._seal.close(key, SESSION, encode(Remembered(saved.session)), now)
        rest = self._seal.close(key, ROW, encode(replace(saved, session=None)), now)
        values = (keys[0], saved.version, session_until, ROW.until(now), session, rest)
        still = (*keys, int(now.timestamp()))
        self._traces = True
        if row.version == 0:
            written = await self._run(self._insert, (*values, *still))
        else:
            written = await self._run(self._update, (*values, *still, row.version))
        if not written:
            raise StaleSession("Another turn saved this chat in the meantime: load it and take the turn again")
        return saved

    async def settle(self, key: ChatKey, row: Remembered, now: dt.datetime) -> None:
        """See `SessionStore`. Written at once; see `RecentSessions`."""
        await self.save(key, replace(row, pending=False), now)

    async def forget(self, key: ChatKey) -> None:
        """See `SessionStore`."""
        deleted = await self._run(self._forget, self._seal.row_keys(key))
        if deleted or self._traces:
            await self._wipe()

    async def sweep(self, now: dt.datetime) -> int:
        """See `SessionStore`. Best called each minute, as sessions end by the minute."""
        second = int(now.timestamp())
        rows = await self._run(_SWEEP_ROWS, (second,))
        sessions = await self._run(_SWEEP_SESSIONS, (second,))
        # Also when nothing was over: saves have replaced something, such as a session that ended.
        if rows or sessions or self._traces:
            await self._wipe()
        return len(rows) + len(sessions)

    async def close(self) -> None:
        """See `SessionStore`. May be called twice. If traces cannot be wiped, it closes all the same and raises."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._traces:
                await self._wipe()
        finally:
            try:
                await self._db.close()
            finally:
                if self._lock is not None:
                    release_lock(self._lock)

    def _opened(self, key: ChatKey, term: Term, closed: bytes, now: dt.datetime) -> Remembered:
        try:
            return decode(self._seal.open(key, term, closed, now))
        except SessionError as error:
            _log.warning("%s: %s", shown_path(self._path), error)
            return Remembered()

    async def _wipe(self) -> None:
        self._traces = False  # first, because a save may come in between
        try:
            await self._run("VACUUM")
            await self._run(_EMPTY_LOG)
        except BaseException:
            self._traces = True
            raise

    async def _run(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """One statement in one transaction: one way to the thread and back."""
        try:
            return list(await self._db.execute_fetchall(statement, values))
        except sqlite3.Error as error:
            raise _refusal(error, self._path) from error
        except ValueError:
            raise SessionError(f"{shown_path(self._path)} was closed before: open it again") from None


def _claim(path: Path) -> int:
    """Makes what does not exist, takes the lock, and makes sure that the file can be written. Returns the lock."""
    try:
        make_private_folder(path.parent)
        lock = take_lock(path)
        try:
            # SQLite would give a new file to whoever the umask lets read it; its log gets the mode of the file.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except BaseException:
            release_lock(lock)
            raise
    except OSError as error:
        raise _unwritable(path, str(error.strerror)) from error
    return lock


async def _prepare(db: aiosqlite.Connection, path: Path) -> None:
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise SessionError(
            f"This Python brings SQLite {sqlite3.sqlite_version}, and sessions need 3.35 or later: use a newer Python"
        )
    await db.execute_fetchall("PRAGMA locking_mode = EXCLUSIVE")
    # Asked before anything is written: another program's file is left as it is.
    application = await _number(db, "PRAGMA application_id")
    version = await _number(db, "PRAGMA user_version")
    tables = await _number(db, "SELECT count(*) FROM sqlite_master")
    new = not (application or version or tables)
    if not new and application != APPLICATION_ID:
        raise SessionError(
            f"{shown_path(path)} is the database of another program: set another sessions.path in bot_config.yaml"
        )
    if not new and version != SCHEMA_VERSION:
        raise SessionError(
            f"{shown_path(path)} has sessions in format {version}, and this version of the bot reads format "
            f"{SCHEMA_VERSION}: run the version that made it, or delete the file; open conversations then begin again"
        )
    for (finding,) in await db.execute_fetchall("PRAGMA quick_check(1)"):
        if finding != "ok":
            raise _damaged(path)
    for pragma in _PRAGMAS:
        await db.execute_fetchall(f"PRAGMA {pragma}")
    if new:
        await db.executescript(_SCHEMA)
    # What an earlier process left in its log when it was killed.
    await db.execute_fetchall(_EMPTY_LOG)


async def _number(db: aiosqlite.Connection, question: str) -> int:
    ((answer,),) = await db.execute_fetchall(question)
    return int(answer)


def _refusal(error: sqlite3.Error, path: Path) -> SessionError:
    # The primary result code is the low byte of the extended one (https://www.sqlite.org/rescode.html).
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return in_use(path)
        case sqlite3.SQLITE_NOTADB:
            return SessionError(
                f"{shown_path(path)} is not a session database: set another sessions.path in bot_config.yaml"
            )
        case sqlite3.SQLITE_CORRUPT:
            return _damaged(path)
        case sqlite3.SQLITE_FULL:
            return SessionError(
                f"{shown_path(path)} cannot be written because the disk is full: make room; nothing is lost but the "
                "turn that was not saved"
            )
        case _:
            return _unwritable(path, str(error))


def _damaged(path: Path) -> SessionError:
    return SessionError(
        f"{shown_path(path)} is damaged: delete it and start the bot again; open conversations then begin again"
    )


def _unwritable(path: Path, reason: str) -> SessionError:
    return SessionError(
        f"{shown_path(path)} cannot be read or written ({reason}): let the bot write to that folder, or set another "
        "sessions.path in bot_config.yaml"
    )
