"""Downloading a file that is large, from a server that is not always well."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ConfigError, DataError
from bot.world.build.download import Download, Wanted, checked_address, fetch, new_session
from bot.world.build.members_api import Pace
from tests.portal_peer import Portal, Trouble, portal

QUICK = Pace(attempts=3, first_wait=0.01, longest_wait=5.0, timeout=2.0, altogether=20.0)
CONTENT = random.Random(1).randbytes(20_000)  # noqa: S311 - it only has to be long and uneven
PATH = "/file"


@pytest.fixture
def peer() -> Iterator[Portal]:
    with portal() as running:
        running.files[PATH] = CONTENT
        yield running


def any_file(path: Path) -> None:
    """A check that every file passes."""


def wanted(peer: Portal, folder: Path, most_bytes: int = 1_000_000) -> Wanted:
    return Wanted("The file", peer.url + PATH, folder / "file.zip", any_file, most_bytes, "Get it by hand.")


async def get(peer: Portal, folder: Path, said: list[str] | None = None) -> Download:
    heard = said if said is not None else []
    async with new_session(QUICK) as session:
        return await fetch(session, wanted(peer, folder), pace=QUICK, say=heard.append)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_file_comes_whole_and_is_recorded(peer: Portal, tmp_path: Path) -> None:
    done = await get(peer, tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    assert (folder / "file.zip").read_bytes() == CONTENT
    assert names(folder) == ["file.zip", "file.zip.json"]
    record = json.loads((folder / "file.zip.json").read_text())
    assert record["sha256"] == done.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert record["size"] == done.size == len(CONTENT)
    assert record["url"] == peer.url + PATH
    assert done.fresh


async def test_progress_is_told_in_bytes(peer: Portal, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    async with new_session(QUICK) as session:
        await fetch(session, wanted(peer, tmp_path), pace=QUICK, say=print, progress=lambda *done: heard.append(done))
    assert heard[0] == (0, 20_000)
    assert heard[-1] == (20_000, 20_000)


async def test_a_cut_connection_is_taken_up_where_it_broke(peer: Portal, tmp_path: Path) -> None:
    peer.troubles += [Trouble(cut_after=7_000), Trouble(cut_after=5_000)]
    said: list[str] = []
    assert (await get(peer, tmp_path, said)).size == len(CONTENT)
    assert (tmp_path / "file.zip").read_bytes() == CONTENT
    etag = peer.version(PATH)["ETag"]
    assert [(one.range, one.if_range) for one in peer.asked] == [
        (None, None),
        ("bytes=7000-", etag),
        ("bytes=12000-", etag),
    ]
    assert said == ["The file broke off; trying again in 0.01 s."] * 2


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(1, 6_000), max_size=6))
async def test_however_often_it_is_cut_the_file_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    with portal() as peer:
        peer.files[PATH] = CONTENT
        peer.troubles += [Trouble(cut_after=cut) for cut in cuts]
        await get(peer, folder)
    assert (folder / "file.zip").read_bytes() == CONTENT


async def test_a_later_call_goes_on(peer: Portal, tmp_path: Path) -> None:
    peer.troubles += [Trouble(cut_after=9_000), *[Trouble(status=503)] * 2]
    with pytest.raises(DataError, match=r"The file answered 503, after 3 attempts\. Get it by hand\."):
        await get(peer, tmp_path)
    assert names(tmp_path) == ["file.zip.part", "file.zip.part.json"]
    await get(peer, tmp_path)
    assert peer.asked[-1].range == "bytes=9000-"
    assert (tmp_path / "file.zip").read_bytes() == CONTENT
    assert names(tmp_path) == ["file.zip", "file.zip.json"]


@pytest.mark.parametrize("etags", ["strong", "date"])
async def test_a_file_that_changed_in_between_starts_anew(peer: Portal, tmp_path: Path, etags: str) -> None:
    peer.etags = etags
    peer.troubles += [Trouble(cut_after=9_000), *[Trouble(status=503)] * 2]
    with pytest.raises(DataError):
        await get(peer, tmp_path)
    peer.files[PATH] = CONTENT[::-1]
    said: list[str] = []
    await get(peer, tmp_path, said)
    assert said == ["The file has changed, or cannot be taken up again; starting from the beginning."]
    assert (tmp_path / "file.zip").read_bytes() == CONTENT[::-1]


@pytest.mark.parametrize("etags", ["weak", "none"])
async def test_without_a_version_to_rely_on_it_starts_anew(peer: Portal, tmp_path: Path, etags: str) -> None:
    peer.etags = etags
    peer.troubles += [Trouble(cut_after=9_000)]
    await get(peer, tmp_path)
    assert [one.range for one in peer.asked] == [None, None]
    assert (tmp_path / "file.zip").read_bytes() == CONTENT


async def test_a_server_without_ranges_sends_it_from_the_beginning(peer: Portal, tmp_path: Path) -> None:
    peer.ranges = False
    peer.troubles += [Trouble(cut_after=9_000)]
    await get(peer, tmp_path)
    assert (tmp_path / "file.zip").read_bytes() == CONTENT


async def test_a_wrong_part_is_not_joined(peer: Portal, tmp_path: Path) -> None:
    peer.troubles += [Trouble(cut_after=9_000), Trouble(part_off=10)]
    said: list[str] = []
    await get(peer, tmp_path, said)
    assert "sent another part than the one that was missing" in said[1]
    assert (tmp_path / "file.zip").read_bytes() == CONTENT


async def test_a_part_that_is_longer_than_the_file_is_thrown_away(peer: Portal, tmp_path: Path) -> None:
    peer.troubles += [Trouble(cut_after=9_000), *[Trouble(status=503)] * 2]
    with pytest.raises(DataError):
        await get(peer, tmp_path)
    with (tmp_path / "file.zip.part").open("ab") as part:
        part.write(bytes(30_000))
    await get(peer, tmp_path)
    assert (tmp_path / "file.zip").read_bytes() == CONTENT


async def test_a_file_shorter_than_announced_is_noticed(peer: Portal, tmp_path: Path) -> None:
    peer.etags = "none"
    peer.troubles += [Trouble(length_off=500)] * 6
    with pytest.raises(DataError, match="The file broke off, after"):
        await get(peer, tmp_path)
    assert not (tmp_path / "file.zip").exists()


async def test_the_current_file_is_not_sent_again(peer: Portal, tmp_path: Path) -> None:
    first = await get(peer, tmp_path)
    second = await get(peer, tmp_path)
    assert peer.asked[-1].if_none_match == peer.version(PATH)["ETag"]
    assert not second.fresh
    assert second.sha256 == first.sha256
    assert names(tmp_path) == ["file.zip", "file.zip.json"]
    peer.files[PATH] = b"newer"
    assert (await get(peer, tmp_path)).fresh
    assert (tmp_path / "file.zip").read_bytes() == b"newer"


@pytest.mark.parametrize("damage", ["file", "record", "other"])
async def test_a_file_that_is_not_as_it_came_is_sent_again(peer: Portal, tmp_path: Path, damage: str) -> None:
    await get(peer, tmp_path)
    if damage == "file":
        (tmp_path / "file.zip").write_bytes(CONTENT[:-1] + b"!")
    elif damage == "record":
        (tmp_path / "file.zip.json").write_text("{")
    else:
        (tmp_path / "file.zip.json").write_text('{"file": 1}')
    assert (await get(peer, tmp_path)).fresh
    assert (tmp_path / "file.zip").read_bytes() == CONTENT


async def test_a_wish_to_wait_is_obeyed(peer: Portal, tmp_path: Path) -> None:
    peer.troubles += [Trouble(status=429, headers={"Retry-After": "1"}), Trouble(status=500)]
    said: list[str] = []
    await get(peer, tmp_path, said)
    assert said[0] == "The file asks to wait (429); trying again in 1 s."
    assert said[1].startswith("The file answered 500")


async def test_a_wait_that_is_too_long_is_not_sat_through(peer: Portal, tmp_path: Path) -> None:
    peer.troubles += [Trouble(status=429, headers={"Retry-After": "900"})]
    with pytest.raises(DataError, match=r"asks to wait 900 seconds; run this again after that"):
        await get(peer, tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("status", [400, 403, 404, 410])
async def test_a_file_that_is_not_there_is_said_at_once(peer: Portal, tmp_path: Path, status: int) -> None:
    peer.troubles += [Trouble(status=status)]
    with pytest.raises(DataError, match=rf"The file is not at .*/file \(the answer was {status}\)\. Get it by hand"):
        await get(peer, tmp_path)
    assert len(peer.asked) == 1
    assert names(tmp_path) == []


async def test_a_way_on_without_https_is_not_followed(peer: Portal, tmp_path: Path) -> None:
    peer.troubles += [Trouble(status=302, headers={"Location": peer.url.replace("127.0.0.1", "127.0.0.2") + PATH})]
    with pytest.raises(DataError, match="passed on to an address without https"):
        await get(peer, tmp_path)
    assert names(tmp_path) == []


async def test_nobody_there_is_said_after_a_few_attempts(peer: Portal, tmp_path: Path) -> None:
    peer.url = "http://127.0.0.1:9"
    with pytest.raises(DataError, match=r"The file cannot be reached, after 3 attempts\. Get it by hand"):
        await get(peer, tmp_path)


async def test_a_file_that_is_too_large_is_refused(peer: Portal, tmp_path: Path) -> None:
    async with new_session(QUICK) as session:
        with pytest.raises(DataError, match="would have more than 10,000 bytes"):
            await fetch(session, wanted(peer, tmp_path, most_bytes=10_000), pace=QUICK, say=print)
    assert not (tmp_path / "file.zip").exists()


async def test_what_fails_its_check_is_thrown_away(peer: Portal, tmp_path: Path) -> None:
    def refuse(path: Path) -> None:
        assert path.read_bytes() == CONTENT
        raise DataError("This is no zip.")

    other = Wanted("The file", peer.url + PATH, tmp_path / "file.zip", refuse, 1_000_000, "Get it by hand.")
    async with new_session(QUICK) as session:
        with pytest.raises(DataError, match="This is no zip"):
            await fetch(session, other, pace=QUICK, say=print)
    assert names(tmp_path) == []


async def test_two_at_once_do_not_mix(peer: Portal, tmp_path: Path) -> None:
    async with new_session(QUICK) as session:

        async def second() -> None:
            with pytest.raises(DataError, match="is being written by another process"):
                await fetch(session, wanted(peer, tmp_path), pace=QUICK, say=print)

        peer.troubles += [Trouble(status=503)]
        heard: list[str] = []
        first = asyncio.create_task(fetch(session, wanted(peer, tmp_path), pace=QUICK, say=heard.append))
        await asyncio.sleep(0)
        await second()
        assert (await first).size == len(CONTENT)


@pytest.mark.parametrize(
    "url",
    ["", "ftp://a/b", "http://example.org/a", "https://me@example.org/", "https://", "https://a b/", "http://[::1"],
)
def test_an_address_must_be_safe(url: str) -> None:
    with pytest.raises(ConfigError, match=r"cannot be the address of the NSPL: it must begin with https://"):
        checked_address(url, "the NSPL")


@pytest.mark.parametrize("url", ["https://example.org/a?b=c", "http://127.0.0.1:80/x", "http://localhost/x"])
def test_a_safe_address_is_taken_as_it_is(url: str) -> None:
    assert checked_address(url, "the NSPL") == url
