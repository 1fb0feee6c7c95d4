"""What other processes and the disk do to an SQLite file of sessions."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import SessionError
from bot.sessions.sqlite import SqliteSessions
from tests.sessions.samples import CHAT, NOW, SECRET, database, opened, row

ROOT = Path(__file__).parents[2]


def python(program: str, *arguments: object, wrapper: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Another process, which has the samples and may `await`. After an exception it ends at once, as if killed:
    otherwise the thread of an open store would keep it."""
    lines = [
        "import asyncio, os, sys, traceback",
        "from pathlib import Path",
        "from bot.errors import SessionError",
        "from bot.sessions.protocol import ChatKey",
        "from bot.sessions.sqlite import SqliteSessions",
        "from tests.sessions.samples import *",
        "async def main():",
        "    try:",
        *(f"        {line}" for line in program.strip().splitlines()),
        "    except Exception:",
        "        traceback.print_exc()",
        "        sys.stderr.flush()",
        "        os._exit(1)",
        "asyncio.run(main())",
    ]
    return subprocess.Popen(
        [*wrapper, sys.executable, "-c", "\n".join(lines), *map(str, arguments)],
        cwd=ROOT,
        env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def output(process: subprocess.Popen[str]) -> str:
    text, _ = process.communicate(timeout=60)
    return text


# --- one bot at a time


async def test_a_second_store_in_the_same_process_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    (tmp_path / "other-name.db").symlink_to(path)
    async with opened(path) as store:
        saved = await store.save(CHAT, row(), NOW)
        for name in (path, tmp_path / "other-name.db"):
            with pytest.raises(SessionError, match="is in use by another running bot: stop that one"):
                await SqliteSessions.open(name, SECRET)
        assert await store.load(CHAT, NOW) == saved
    async with opened(path) as store:
        assert await store.load(CHAT, NOW) == saved


OPEN = """
try:
    store = await SqliteSessions.open(Path(sys.argv[1]), SECRET)
except SessionError as error:
    print(error)
else:
    print((await store.load(CHAT, NOW)).version)
    await store.close()
"""


async def test_a_second_process_is_refused_until_the_first_is_done(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    async with opened(path) as store:
        await store.save(CHAT, row(), NOW)
        # A copy closes another descriptor of the file, which is all it takes to lose SQLite's own lock.
        shutil.copy(path, tmp_path / "copy.db")
        assert "is in use by another running bot" in output(python(OPEN, path))
    assert output(python(OPEN, path)) == "1\n"


async def test_a_file_that_another_program_is_writing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    async with opened(path):
        pass
    with database(path) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SessionError, match="is in use"):
            await SqliteSessions.open(path, SECRET)


async def test_another_program_cannot_hold_deletion_up(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    async with opened(path) as store:
        await store.save(CHAT, row(), NOW)
        with database(path) as connection, pytest.raises(sqlite3.OperationalError, match="locked"):
            connection.execute("PRAGMA busy_timeout = 0").execute("SELECT * FROM chat")


KILLED = """
store = await SqliteSessions.open(Path(sys.argv[1]), SECRET)
saved = row()
while True:
    saved = await store.save(CHAT, saved, NOW)
    print(saved.version, flush=True)
"""


async def test_a_killed_bot_leaves_all_that_it_saved(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    process = python(KILLED, path)
    assert process.stdout is not None
    for _ in range(50):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    # Not `communicate`: it passes over the lines that were read ahead together with the fiftieth.
    told = [50, *map(int, process.stdout.read().split("\n")[:-1])]
    process.communicate(timeout=60)
    async with opened(path) as store:
        loaded = await store.load(CHAT, NOW)
        assert loaded == row(version=loaded.version)
        # It may have saved once more than it could tell.
        assert loaded.version in (told[-1], told[-1] + 1)
        assert (await store.save(CHAT, loaded, NOW)).version == loaded.version + 1


# --- a disk that does not play along


def unshared(options: str, folder: Path) -> tuple[str, ...]:
    """What runs a command with a small file system of its own at `folder`; skips where the system forbids that."""
    mount = f'mount -t tmpfs -o {options} tmpfs "$0" && exec "$@"'
    wrapper = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, str(folder))
    if shutil.which(wrapper[0]) is None or subprocess.run([*wrapper, "true"], capture_output=True).returncode:
        pytest.skip("this system does not let a test mount a file system")
    return wrapper


FULL_DISK = """
folder = Path(sys.argv[1])
store = await SqliteSessions.open(folder / "sessions.db", SECRET)
saved = await store.save(CHAT, row(), NOW)
ballast = folder / "ballast"
try:
    with ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
except OSError:
    pass
for number in range(100):
    try:
        saved = await store.save(CHAT, saved, NOW)
    except SessionError as error:
        print(error)
        break
print(await store.load(CHAT, NOW) == saved)
ballast.unlink()
print((await store.save(CHAT, saved, NOW)).version == saved.version + 1)
await store.close()
"""


def test_a_full_disk_loses_nothing_but_the_turn(tmp_path: Path) -> None:
    full, unchanged, after = output(python(FULL_DISK, tmp_path, wrapper=unshared("size=200k", tmp_path))).splitlines()
    assert "sessions.db cannot be written because the disk is full: make room; nothing is lost but the turn" in full
    assert (unchanged, after) == ("True", "True")


def test_a_disk_that_is_full_from_the_start_is_refused(tmp_path: Path) -> None:
    assert "disk is full" in output(python(OPEN, tmp_path / "sessions.db", wrapper=unshared("size=4k", tmp_path)))


def test_a_read_only_disk_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sessions.db"
    assert "sessions.db cannot be read or written (Read-only file system): let the bot write to that folder" in output(
        python(OPEN, path, wrapper=unshared("ro", tmp_path))
    )


FORGET_ON_A_FULL_DISK = """
from bot.sessions.seal import Seal
folder, free = Path(sys.argv[1]), int(sys.argv[2])
store = await SqliteSessions.open(folder / "sessions.db", SECRET)
for number in range(100):
    await store.save(ChatKey("telegram", number), row(), NOW)
    await store.sweep(NOW)
ballast = folder / "ballast"
try:
    with ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
except OSError:
    pass
os.truncate(ballast, ballast.stat().st_size - free)
chat = ChatKey("telegram", 50)
try:
    await store.forget(chat)
except SessionError as error:
    print("full" in str(error))
print((await store.load(chat, NOW)).version)
ballast.unlink()
await store.sweep(NOW)
(key,) = Seal(SECRET).row_keys(chat)
print(any(key in file.read_bytes() for file in folder.iterdir()))
await store.forget(chat)
print(any(key in file.read_bytes() for file in folder.iterdir()))
await store.close()
"""


def test_a_chat_that_cannot_be_deleted_on_a_full_disk_stays_and_the_error_says_so(tmp_path: Path) -> None:
    process = python(FORGET_ON_A_FULL_DISK, tmp_path, 0, wrapper=unshared("size=700k", tmp_path))
    assert output(process).splitlines() == ["True", "1", "True", "False"]


def test_a_chat_that_cannot_be_wiped_on_a_full_disk_is_gone_and_wiped_at_the_next_sweep(tmp_path: Path) -> None:
    process = python(FORGET_ON_A_FULL_DISK, tmp_path, 64 * 1024, wrapper=unshared("size=700k", tmp_path))
    assert output(process).splitlines() == ["True", "0", "False", "False"]
