"""Opening an SQLite file of sessions, and what is refused as one."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import SessionError
from bot.sessions.protocol import ChatKey, Remembered
from bot.sessions.sqlite import MEMORY, SqliteSessions
from tests.sessions.samples import CHAT, NOW, SECRET, database, opened, row


async def test_a_new_file_and_its_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "deeper" / "sessions.db"
    async with opened(path) as store:
        await store.save(CHAT, row(), NOW)
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700


async def test_what_was_saved_outlives_the_store(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    async with opened(path) as store:
        saved = await store.save(CHAT, row(), NOW)
    async with opened(path) as store:
        assert await store.load(CHAT, NOW) == saved


async def test_nothing_of_a_store_in_memory_outlives_it() -> None:
    async with opened(MEMORY) as store:
        await store.save(CHAT, row(), NOW)
    async with opened(MEMORY) as store:
        assert await store.load(CHAT, NOW) == Remembered()


async def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    path.touch()
    async with opened(path) as store:
        assert (await store.save(CHAT, row(), NOW)).version == 1


def content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


async def refusal(path: Path) -> str:
    """The sentence with which opening is refused; the file stays as it was."""
    before = content(path)
    with pytest.raises(SessionError) as caught:
        await SqliteSessions.open(path, SECRET)
    assert content(path) == before
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Things to do.\n" * 100)
    assert "is not a session database: set another sessions.path" in await refusal(path)


async def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with database(path) as connection:
        connection.execute("CREATE TABLE chat (key, value)")
    assert "is the database of another program: set another sessions.path" in await refusal(path)


async def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    async with opened(path) as store:
        await store.save(CHAT, row(), NOW)
    with database(path) as connection:
        connection.execute("PRAGMA user_version = 2")
    assert "in format 2, and this version of the bot reads format 1: run the version" in await refusal(path)


def zero_the_second_page(database: bytearray) -> None:
    database[8192:16384] = bytes(8192)


def claim_free_pages_that_are_not_there(database: bytearray) -> None:
    database[36:40] = (5).to_bytes(4, "big")  # https://www.sqlite.org/fileformat.html#the_database_header


def cut_the_end_off(database: bytearray) -> None:
    del database[-10_000:]


@pytest.mark.parametrize("damage", [zero_the_second_page, claim_free_pages_that_are_not_there, cut_the_end_off])
async def test_a_damaged_database_is_refused(tmp_path: Path, damage: Callable[[bytearray], None]) -> None:
    path = tmp_path / "sessions.db"
    async with opened(path) as store:
        await asyncio.gather(*(store.save(ChatKey("telegram", number), row(), NOW) for number in range(50)))
    pages = bytearray(path.read_bytes())
    damage(pages)
    path.write_bytes(pages)
    assert "is damaged: delete it" in await refusal(path)


async def test_an_sqlite_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    assert "sessions need 3.35 or later: use a newer Python" in await refusal(MEMORY)


async def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    assert "cannot be read or written (Is a directory): let the bot write" in await refusal(tmp_path)


async def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "cannot be read or written (Not a directory)" in await refusal(tmp_path / "file" / "sessions.db")


async def test_after_a_refusal_the_file_is_free(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    path.write_text("Things to do.\n" * 100)
    await refusal(path)
    path.unlink()
    async with opened(path) as store:
        assert await store.load(CHAT, NOW) == Remembered()


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = await SqliteSessions.open(tmp_path / "sessions.db", SECRET)
    await store.close()
    await store.close()
    with pytest.raises(SessionError, match=r"sessions\.db was closed before: open it again"):
        await store.load(CHAT, NOW)
