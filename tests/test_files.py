"""Files are read whole, within bounds, and never waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.files import file_bytes


def test_a_file_is_read_up_to_one_byte_more_than_it_may_have(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert [file_bytes(path, most) for most in (6, 5, 4, 0)] == [b"12345", b"12345", b"12345", b"1"]


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / "link").symlink_to("file")
    assert file_bytes(tmp_path / "link", 1) == b"1"


def pipe(path: Path) -> None:
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def folder(path: Path) -> None:
    path.mkdir()


def loop(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [pipe, endless, folder, loop, lambda path: None], ids=str)
def test_what_is_no_file_is_an_error_at_once(tmp_path: Path, make: object) -> None:
    assert callable(make)
    make(tmp_path / "x")
    with pytest.raises(OSError, match="x") as caught:
        file_bytes(tmp_path / "x", 10)
    assert caught.value.strerror
