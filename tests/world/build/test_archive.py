"""Zips that are what they should be, and zips that were made to do harm."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from bot.errors import DataError
from bot.world.build import archive
from bot.world.build.archive import opened_in_zip, opened_zip
from bot.world.build.nspl import read_postcode_file
from tests.world.build.made_up import CSV_NAME, WEST, nspl_zip, row


def read(path: Path, name: str = "a.csv") -> bytes:
    with opened_zip(path, "Get another.") as zipped, opened_in_zip(path, zipped, name, "Get another.") as stream:
        return stream.read()


def zip_of(folder: Path, content: bytes) -> Path:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("a.csv", content)
    return path


def test_a_file_in_a_zip_is_read(tmp_path: Path) -> None:
    assert read(zip_of(tmp_path, b"content")) == b"content"


def test_a_small_file_may_be_as_even_as_it_likes(tmp_path: Path) -> None:
    assert read(zip_of(tmp_path, bytes(900_000))) == bytes(900_000)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.zip: a\.csv would unpack from \d,\d+ to 2,000,000 bytes, which no real"):
        read(zip_of(tmp_path, bytes(2_000_000)))


def test_a_size_that_no_file_has_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1_000_000)
    with pytest.raises(DataError, match=r"which no real release does\. Get another"):
        read(zip_of(tmp_path, bytes(range(256)) * 8_000))


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for number in range(archive.MOST_FILES + 1):
            zipped.writestr(f"{number}.csv", "")
    with pytest.raises(DataError, match=r"many\.zip holds 5,001 files, over 5,000\. Get another"):
        read(path)


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    path = zip_of(tmp_path, b"content")
    data = bytearray(path.read_bytes())
    for signature, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", data, data.index(signature) + flags_at, 1)
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"a\.zip is encrypted\. Get another"):
        read(path)


def test_the_postcode_file_is_guarded_too(tmp_path: Path) -> None:
    path = tmp_path / "NSPL_AUG_2026.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(CSV_NAME, "\n" * 5_000_000)
    with pytest.raises(DataError, match=r"NSPL_AUG_2026\.zip: Data/NSPL_AUG_2026_UK\.csv would unpack from"):
        read_postcode_file(path)


def test_more_rows_than_there_are_postcodes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.world.build.nspl.MOST_ROWS", 1)
    with pytest.raises(DataError, match=r"zip:3: this line comes after 1 others, and there are not so many"):
        read_postcode_file(nspl_zip(tmp_path, [row("M1 1AA", WEST), row("M1 1AB", WEST)]))
