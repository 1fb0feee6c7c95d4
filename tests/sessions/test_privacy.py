"""What somebody finds who takes the files, byte by byte."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from bot.engine.model import Session
from bot.sessions.expiry import Term
from bot.sessions.protocol import IDLE, MESSAGES_KEPT, ChatKey
from bot.sessions.seal import Seal
from bot.sessions.sqlite import SqliteSessions
from tests.sessions.samples import CHAT, FRAMES, MARK, MINUTE, NOW, OTHER, SECRET, SESSION, SHOWN, opened, row

CHATS = [ChatKey("telegram", 7_412_369_085 + 1_000_003 * number) for number in range(30)]
PIECE = 16  # bytes; what is left of a deleted row would show as a piece of it


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def digests(text: bytes) -> Iterable[bytes]:
    for name in ("sha256", "sha1", "md5"):
        digest = hashlib.new(name, text, usedforsecurity=False)
        yield from (digest.digest(), digest.hexdigest().encode())


def traces_of_chat(chat: ChatKey) -> Iterable[bytes]:
    decimal = str(chat.chat).encode()
    yield from (decimal, f"{chat.chat:x}".encode(), f"{chat.chat:X}".encode())
    orders: tuple[Literal["little", "big"], ...] = ("little", "big")
    for order in orders:
        for length in (5, 8):
            yield chat.chat.to_bytes(length, order)
    for text in (decimal, b"telegram|" + decimal, b"telegram:" + decimal, chat.chat.to_bytes(8, "big")):
        yield from digests(text)


TRACES_OF_WORDS = (b"E14001352", b"ask_mp", b"find_help", b"look_up", b"asylum", b"telegram", b"880001", *SECRET.values)


def found(contents: dict[str, bytes], traces: Iterable[bytes]) -> list[tuple[str, bytes]]:
    return [(name, trace) for trace in traces for name, content in contents.items() if trace in content]


def pieces_left(contents: dict[str, bytes], texts: Iterable[bytes]) -> int:
    """How many pieces of the texts are in the files; the heads of the texts, which are all alike, do not count."""
    pieces = {text[start : start + PIECE] for text in texts for start in range(PIECE, len(text) - PIECE, PIECE)}
    everything = b"\0".join(contents.values())
    return sum(piece in everything for piece in pieces)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteSessions]:
    made = await SqliteSessions.open(tmp_path / "sessions.db", SECRET)
    yield made
    await made.close()


class Closed:
    """Everything that was encrypted, so that a test can look for what is left of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: dict[tuple[ChatKey, str], list[bytes]] = {}
        close = Seal.close

        def recorded(seal: Seal, chat: ChatKey, term: Term, *rest: object) -> bytes:
            text = close(seal, chat, term, *rest)  # type: ignore[arg-type]  # passed on as they came
            self.texts.setdefault((chat, term.name), []).append(text)
            return text

        monkeypatch.setattr(Seal, "close", recorded)

    def left(self, folder: Path, chat: ChatKey, name: str) -> int:
        """How many pieces of what was encrypted for the chat are in any file."""
        return pieces_left(files(folder), self.texts[chat, name])


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Closed:
    return Closed(monkeypatch)


async def busy(store: SqliteSessions, turns: int = 200, seed: int = 7) -> dt.datetime:
    """Conversations that begin, grow, end, are left to expire and are forgotten; some are open at the end, which is
    returned."""
    chance = random.Random(seed)  # noqa: S311  (nothing secret)
    now = NOW
    for _ in range(turns):
        now += chance.choice([MINUTE / 6, MINUTE, 2 * MINUTE])
        chat = chance.choice(CHATS)
        loaded = await store.load(chat, now)
        session = chance.choice([None, Session("ti"), SESSION, replace(SESSION, history=(MARK,) * 20)])
        await store.save(chat, replace(row(session, sent=now), version=loaded.version), now)
        if chance.random() < 0.1:
            await store.forget(chance.choice(CHATS))
        if chance.random() < 0.1:
            await store.sweep(now)
    return now


def test_the_search_finds_what_it_looks_for() -> None:
    plain = repr((CHAT.channel, CHAT.chat, FRAMES, SHOWN, row())).encode() + CHAT.chat.to_bytes(8, "little")
    chat = {trace for _, trace in found({"plain": plain}, traces_of_chat(CHAT))}
    assert {b"7412369085", CHAT.chat.to_bytes(8, "little"), CHAT.chat.to_bytes(5, "little")} <= chat
    assert len(found({"plain": plain}, TRACES_OF_WORDS)) == len(TRACES_OF_WORDS) - len(SECRET.values)


async def test_the_files_tell_nothing_about_anybody(store: SqliteSessions, tmp_path: Path) -> None:
    await busy(store)
    contents = files(tmp_path)
    assert {"sessions.db", "sessions.db-wal", "sessions.db.lock"} <= set(contents)
    assert len(contents["sessions.db-wal"]) > 10_000
    await store.close()
    for taken in (contents, files(tmp_path)):
        assert found(taken, TRACES_OF_WORDS) == []
        for chat in CHATS:
            assert found(taken, traces_of_chat(chat)) == []
    assert contents["sessions.db.lock"] == b""


async def test_what_is_in_the_clear_is_coarse(store: SqliteSessions, tmp_path: Path) -> None:
    await busy(store)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "sessions.db")) as connection:
        columns = connection.execute("SELECT * FROM chat").description
        times = connection.execute("SELECT session_until, row_until FROM chat").fetchall()
        sizes = connection.execute("SELECT length(session), length(rest) FROM chat").fetchall()
    assert [name for name, *_ in columns] == ["key", "version", "session_until", "row_until", "session", "rest"]
    assert len(times) > 15
    assert all((idle or 0) % 60 == 0 and over % 3600 == 0 for idle, over in times)
    # Begun or twenty cards deep: all are as long.
    assert len({session for session, _ in sizes if session is not None}) == 1
    assert len({rest for _, rest in sizes}) == 1


async def test_of_a_forgotten_chat_no_byte_is_left(store: SqliteSessions, tmp_path: Path, closed: Closed) -> None:
    await busy(store)
    loaded = await store.load(CHAT, NOW)
    await store.save(CHAT, replace(row(), version=loaded.version), NOW)
    assert closed.left(tmp_path, CHAT, "session") > 20
    for chat in CHATS:
        await store.forget(chat)
        assert closed.left(tmp_path, chat, "row") == 0
        assert (chat, "session") not in closed.texts or closed.left(tmp_path, chat, "session") == 0
    (key,) = Seal(SECRET).row_keys(CHAT)
    assert found(files(tmp_path), [key]) == []


async def test_forgetting_one_leaves_the_others(store: SqliteSessions, tmp_path: Path, closed: Closed) -> None:
    await store.save(CHAT, row(), NOW)
    await store.save(OTHER, row(), NOW)
    await store.forget(CHAT)
    assert closed.left(tmp_path, CHAT, "session") == closed.left(tmp_path, CHAT, "row") == 0
    assert closed.left(tmp_path, OTHER, "session") > 20
    assert closed.left(tmp_path, OTHER, "row") > 20


async def test_of_a_swept_session_no_byte_is_left(store: SqliteSessions, tmp_path: Path, closed: Closed) -> None:
    for chat in CHATS:
        first = await store.save(chat, row(), NOW)
        await store.save(chat, replace(first, session=Session("cy")), NOW)
    assert closed.left(tmp_path, CHAT, "session") > 20
    assert await store.sweep(NOW + IDLE) == len(CHATS)
    assert sum(closed.left(tmp_path, chat, "session") for chat in CHATS) == 0
    assert closed.left(tmp_path, CHAT, "row") > 20
    assert await store.sweep(NOW + MESSAGES_KEPT) == len(CHATS)
    assert sum(closed.left(tmp_path, chat, "row") for chat in CHATS) == 0


@pytest.mark.parametrize("moment", ["after a sweep", "after the end"])
@pytest.mark.parametrize("seed", [1, 2])
async def test_of_what_was_replaced_or_deleted_no_byte_is_left(
    store: SqliteSessions, tmp_path: Path, closed: Closed, moment: str, seed: int
) -> None:
    now = await busy(store, seed=seed)
    if moment == "after a sweep":
        await store.sweep(now)
        contents = files(tmp_path)
        await store.close()
    else:
        await store.close()
        contents = files(tmp_path)
    with closing(sqlite3.connect(tmp_path / "sessions.db")) as connection:
        parts = connection.execute("SELECT session FROM chat UNION ALL SELECT rest FROM chat")
        alive = {part for (part,) in parts if part is not None}
    dead = {text for texts in closed.texts.values() for text in texts} - alive
    assert (len(alive) > 20, len(dead) > 200) == (True, True)
    assert pieces_left(contents, dead) == 0
    assert pieces_left(contents, alive) > 20 * 40


async def test_of_a_session_that_ended_no_byte_is_left_after_the_next_sweep(
    store: SqliteSessions, tmp_path: Path, closed: Closed
) -> None:
    saved = await store.save(CHAT, row(), NOW)
    await store.save(CHAT, replace(saved, session=None), NOW)
    assert closed.left(tmp_path, CHAT, "session") > 20
    assert await store.sweep(NOW + MINUTE) == 0
    assert closed.left(tmp_path, CHAT, "session") == 0


async def test_a_crash_does_not_keep_what_was_replaced(store: SqliteSessions, tmp_path: Path, closed: Closed) -> None:
    saved = await store.save(CHAT, row(), NOW)
    await store.save(CHAT, replace(saved, session=None), NOW)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("sessions.db", "sessions.db-wal"):
        shutil.copy(tmp_path / name, crashed)
    assert closed.left(crashed, CHAT, "session") > 20
    async with opened(crashed / "sessions.db"):
        assert closed.left(crashed, CHAT, "session") == 0


def test_a_chat_is_not_shown() -> None:
    assert str(CHAT.chat) not in repr(CHAT)
