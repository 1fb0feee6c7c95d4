"""A file is replaced whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from bot.errors import DataError
from bot.world.build.whole_file import current_bytes, replace_whole


def fine(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == "new Ŵ\n"


def refuse(path: Path) -> None:
    raise DataError("The new file would be wrong.")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "members.csv"
    path.write_bytes(b"old\r\n")
    path.chmod(0o640)
    return path


def names(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


def test_the_new_text_is_checked_and_takes_the_old_ones_place(old: Path) -> None:
    replace_whole(old, "new Ŵ\n", was=b"old\r\n", check=fine)
    assert old.read_bytes() == "new Ŵ\n".encode()
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert names(old) == ["members.csv"]


def test_a_file_that_was_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    assert current_bytes(path) is None
    replace_whole(path, "new Ŵ\n", was=None, check=fine)
    assert current_bytes(path) == "new Ŵ\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_link_stays_a_link(old: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(old)
    replace_whole(link, "new Ŵ\n", was=b"old\r\n", check=fine)
    assert link.is_symlink()
    assert old.read_bytes() == "new Ŵ\n".encode()


def test_what_the_check_refuses_is_not_written(old: Path) -> None:
    with pytest.raises(DataError, match="would be wrong"):
        replace_whole(old, "new Ŵ\n", was=b"old\r\n", check=refuse)
    assert old.read_bytes() == b"old\r\n"
    assert names(old) == ["members.csv"]


@pytest.mark.parametrize("was", [b"older\r\n", None])
def test_what_somebody_wrote_meanwhile_stays(old: Path, was: bytes | None) -> None:
    with pytest.raises(
        DataError, match="was changed by somebody else meanwhile, and was left as it is; run this again"
    ):
        replace_whole(old, "new Ŵ\n", was=was, check=fine)
    assert old.read_bytes() == b"old\r\n"
    assert names(old) == ["members.csv"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(old: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(DataError, match="cannot be written: No space left on device"):
        replace_whole(old, "new Ŵ\n", was=b"old\r\n", check=fine)
    assert old.read_bytes() == b"old\r\n"
    assert names(old) == ["members.csv"]


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file or directory"):
        replace_whole(tmp_path / "none" / "members.csv", "new Ŵ\n", was=None, check=fine)


def test_a_folder_in_the_place_of_the_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        current_bytes(tmp_path)
