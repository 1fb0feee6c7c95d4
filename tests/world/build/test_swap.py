"""A new file in the place of an old one, in one step."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import DataError
from bot.world.build.swap import open_to_append, remove, swap_in


def any_file(path: Path) -> None:
    """A check that every file passes."""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_new_content_takes_the_place(tmp_path: Path) -> None:
    out = tmp_path / "a.idx"
    swap_in(out, b"one", any_file)
    swap_in(out, b"two", any_file)
    assert out.read_bytes() == b"two"
    assert names(tmp_path) == ["a.idx"]


def test_the_check_reads_the_whole_new_file_while_the_old_one_is_in_place(tmp_path: Path) -> None:
    out = tmp_path / "a.idx"
    out.write_bytes(b"old")
    seen: list[tuple[bytes, bytes]] = []
    swap_in(out, b"new", lambda new: seen.append((new.read_bytes(), out.read_bytes())))
    assert seen == [(b"new", b"old")]


@pytest.mark.parametrize("fault", [DataError("wrong"), KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_a_check_that_fails_leaves_the_old_file_and_no_litter(tmp_path: Path, fault: BaseException) -> None:
    out = tmp_path / "a.idx"
    out.write_bytes(b"old")

    def refuse(new: Path) -> None:
        raise fault

    with pytest.raises((DataError, KeyboardInterrupt)):
        swap_in(out, b"new", refuse)
    assert out.read_bytes() == b"old"
    assert names(tmp_path) == ["a.idx"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "a.idx").symlink_to(tmp_path / "real" / "b.idx")
    swap_in(tmp_path / "a.idx", b"new", any_file)
    assert (tmp_path / "a.idx").is_symlink()
    assert (tmp_path / "real" / "b.idx").read_bytes() == b"new"


WRITER = """
import sys, time
from pathlib import Path
from bot.world.build.swap import swap_in

def stay(new):
    print("writing", flush=True)
    time.sleep(60)

swap_in(Path(sys.argv[1]), b"theirs", stay)
"""


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    out = tmp_path / "a.idx"
    out.write_bytes(b"old")
    with subprocess.Popen([sys.executable, "-c", WRITER, str(out)], stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "writing\n"
            theirs = f".a.idx.{other.pid}.tmp"
            assert names(tmp_path) == [theirs, "a.idx"]
            swap_in(out, b"ours", any_file)
            assert names(tmp_path) == [theirs, "a.idx"]
        finally:
            other.kill()
    assert other.returncode == -signal.SIGKILL
    assert names(tmp_path) == [theirs, "a.idx"]
    swap_in(out, b"ours again", any_file)
    assert names(tmp_path) == ["a.idx"]
    assert out.read_bytes() == b"ours again"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.idx cannot be written: No such file or directory\. Check the rights"):
        swap_in(tmp_path / "none" / "a.idx", b"", any_file)


def test_only_one_at_a_time_may_append(tmp_path: Path) -> None:
    with open_to_append(tmp_path / "part") as file:
        file.write(b"one")
        with pytest.raises(DataError, match="is being written by another process; wait until it has ended"):
            open_to_append(tmp_path / "part")
    with open_to_append(tmp_path / "part") as file:
        assert file.tell() == 3


def test_removing_what_is_not_there_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    remove(tmp_path / "a", tmp_path / "b")
    assert os.listdir(tmp_path) == []  # noqa: PTH208 - as a reader sees it
