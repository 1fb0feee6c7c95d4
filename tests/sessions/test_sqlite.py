"""Rows that were altered, and rows under a secret that was rotated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import StaleSession
from bot.sessions.protocol import MESSAGES_KEPT, Remembered
from bot.sessions.secret import ServerSecret
from tests.sessions.samples import CHAT, MINUTE, NEWER, NOW, OTHER, OTHER_SECRET, SECRET, database, opened, row

# --- rows that cannot be read


def altered(path: Path, statement: str) -> None:
    with database(path) as connection:
        assert connection.execute(statement).rowcount == 1


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("UPDATE chat SET session = zeroblob(700)", row(None, version=1)),
        ("UPDATE chat SET session = rest", row(None, version=1)),
        ("UPDATE chat SET rest = zeroblob(700)", Remembered(row().session, version=1)),
        ("UPDATE chat SET rest = substr(rest, 2)", Remembered(row().session, version=1)),
        ("UPDATE chat SET session = x'', rest = x''", Remembered(version=1)),
    ],
)
async def test_a_part_that_was_altered_is_dropped_with_a_warning_that_names_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, statement: str, left: Remembered
) -> None:
    path = tmp_path / "sessions.db"
    async with opened(path) as store:
        await store.save(CHAT, row(), NOW)
    altered(path, statement)
    async with opened(path) as store:
        assert await store.load(CHAT, NOW) == left
        assert "sessions.db: What was remembered of a chat does not open" in caplog.text
        assert str(CHAT.chat) not in caplog.text
        assert (await store.save(CHAT, replace(row(), version=1), NOW)).version == 2
        assert await store.load(CHAT, NOW) == row(version=2)


async def test_what_is_merely_over_is_no_cause_for_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with opened(tmp_path / "sessions.db") as store:
        await store.save(CHAT, row(), NOW)
        await store.load(CHAT, NOW + 15 * MINUTE)
        await store.load(CHAT, NOW + MESSAGES_KEPT)
    assert caplog.text == ""


async def test_a_session_is_not_prolonged_by_whoever_can_write_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    async with opened(path) as store:
        await store.save(CHAT, row(), NOW)
    altered(path, "UPDATE chat SET session_until = 1 << 60, row_until = 1 << 60")
    async with opened(path) as store:
        assert (await store.load(CHAT, NOW)).session is not None
        assert (await store.load(CHAT, NOW + 15 * MINUTE)).session is None
        assert await store.load(CHAT, NOW + MESSAGES_KEPT) == Remembered(version=1)


async def test_a_row_that_was_copied_to_another_chat_does_not_open(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    async with opened(path) as store:
        await store.save(CHAT, row(), NOW)
        await store.save(OTHER, Remembered(), NOW)
    with database(path) as connection:
        ((long,), (short,)) = connection.execute("SELECT key FROM chat ORDER BY session IS NULL").fetchall()
        connection.execute("UPDATE chat SET (session, session_until, rest) = (SELECT session, session_until, rest "
                           "FROM chat WHERE key = ?) WHERE key = ?", (long, short))  # fmt: skip
    async with opened(path) as store:
        assert await store.load(CHAT, NOW) == row(version=1)
        assert await store.load(OTHER, NOW) == Remembered(version=1)


# --- rotation of the secret


async def test_a_rotated_secret_goes_on_reading_and_its_rows_move_to_the_newer(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    newest = ServerSecret(NEWER.values[:1])
    async with opened(path, SECRET) as store:
        await store.save(CHAT, row(), NOW)
        await store.save(OTHER, row(), NOW)
    async with opened(path, NEWER) as store:
        loaded = await store.load(CHAT, NOW)
        assert loaded == row(version=1)
        with pytest.raises(StaleSession):
            await store.save(CHAT, Remembered(), NOW)
        moved = await store.save(CHAT, loaded, NOW)
        await store.forget(OTHER)
    async with opened(path, newest) as store:
        assert await store.load(CHAT, NOW) == moved
        assert await store.load(OTHER, NOW) == Remembered()
    with database(path) as connection:
        assert connection.execute("SELECT count(*) FROM chat").fetchone() == (1,)


async def test_a_row_may_move_onto_one_that_is_over(tmp_path: Path) -> None:
    path, later = tmp_path / "sessions.db", NOW + MESSAGES_KEPT
    async with opened(path, ServerSecret(NEWER.values[:1])) as store:
        await store.save(CHAT, row(), NOW)
    async with opened(path, SECRET) as store:
        saved = await store.save(CHAT, row(sent=later), later)
    async with opened(path, NEWER) as store:
        assert (await store.save(CHAT, saved, later)).version == 2
        assert await store.load(CHAT, later) == row(sent=later, version=2)


async def test_another_secret_finds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    async with opened(path) as store:
        await store.save(CHAT, row(), NOW)
    async with opened(path, OTHER_SECRET) as store:
        assert await store.load(CHAT, NOW) == Remembered()
