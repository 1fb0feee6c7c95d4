"""The web server inside the bot: where it listens, how it stops, and what it keeps to itself."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import ConfigError
from bot.serving import Listen, _bound, parse_listen, serve, served

ANY_PORT = Listen("127.0.0.1", 0)


class Slow:
    """A page whose answer is held back until it may go."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.may_go = asyncio.Event()
        self.app = Starlette(
            routes=[Route("/", self._page), Route("/slow", self._slow), Route("/broken", self._broken)]
        )

    async def _page(self, request: Request) -> Response:
        return PlainTextResponse("here")

    async def _slow(self, request: Request) -> Response:
        self.asked.set()
        await self.may_go.wait()
        return PlainTextResponse("at last")

    async def _broken(self, request: Request) -> Response:
        raise RuntimeError("what a person wrote")


@asynccontextmanager
async def serving(
    pages: Slow, listen: Listen = ANY_PORT, grace: float = 5.0
) -> AsyncIterator[tuple[Listen, asyncio.Event, asyncio.Task[None]]]:
    """The server under way: where it is, what stops it, and its task."""
    stop, there = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(pages.app, listen, stop, grace=grace, listening=there.set_result))
    await asyncio.wait({task, there}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    try:
        yield there.result(), stop, task
    finally:
        stop.set()
        pages.may_go.set()
        async with asyncio.timeout(10):
            await asyncio.gather(task, return_exceptions=True)


async def get(where: Listen, path: str = "/") -> tuple[int, str, dict[str, str]]:
    """Status, body and headers of an answer."""
    connector = aiohttp.UnixConnector(str(where.path)) if where.path else aiohttp.TCPConnector()
    place = "localhost" if where.path else f"{where}"
    async with aiohttp.ClientSession(connector=connector) as session, session.get(f"http://{place}{path}") as answer:
        return answer.status, await answer.text(), dict(answer.headers)


# --- where


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("127.0.0.1:9464", Listen("127.0.0.1", 9464)),
        ("0.0.0.0:80", Listen("0.0.0.0", 80)),  # noqa: S104 - read here, not used
        ("[::1]:9464", Listen("::1", 9464)),
        ("localhost:0", Listen("localhost", 0)),
        ("bot.internal:65535", Listen("bot.internal", 65535)),
        ("unix:/run/askfirst/bot.sock", Listen(path=Path("/run/askfirst/bot.sock"))),
    ],
)
def test_what_may_be_written(written: str, means: Listen) -> None:
    assert parse_listen(written) == means
    assert str(means) == written
    assert parse_listen(means) is means


@pytest.mark.parametrize(
    "written",
    [
        *("", "9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:x", "::1:9464"),
        *("http://127.0.0.1:9464", "[127.0.0.1]:9464", "[::g]:1", "1.2.3:80", "256.0.0.1:80", "a b:80", "-a:80"),
        *("127.0.0.1:9464\n", "127.0.0.1:٣", "unix:", "unix:bot.sock", "unix:/run/", "unix:/a\nb"),
        *(f"unix:/{'x' * 100}", 9464, None, True, ["127.0.0.1", 9464]),
    ],
)
def test_anything_else_is_refused_with_an_example(written: object) -> None:
    with pytest.raises(ValueError, match=r"is nothing to listen on; write for example 127\.0\.0\.1:9464"):
        parse_listen(written)


@given(st.text(max_size=130) | st.from_regex(r"(unix:/|\[)?[0-9a-z:.]{0,12}\]?:[0-9]{0,6}"))
def test_whatever_is_taken_is_written_the_same_way(text: str) -> None:
    try:
        listen = parse_listen(text)
    except ValueError:
        return
    assert parse_listen(str(listen)) == listen


@pytest.mark.parametrize("written", ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "localhost:1", "unix:/run/bot.sock"])
def test_some_places_are_for_this_machine_alone(written: str) -> None:
    assert parse_listen(written).is_own_machine


@pytest.mark.parametrize("written", ["0.0.0.0:1", "[::]:1", "192.168.0.4:1", "bot.internal:1"])
def test_other_places_are_for_anybody(written: str) -> None:
    assert not parse_listen(written).is_own_machine


# --- a life


async def test_it_answers_from_the_moment_that_it_says_where() -> None:
    async with serving(Slow()) as (where, _, _):
        assert where.port > 0
        status, text, headers = await get(where)
        assert (status, text) == (200, "here")
        assert "server" not in {name.lower() for name in headers}


async def test_it_listens_on_a_name_and_on_ipv6() -> None:
    async with serving(Slow(), Listen("localhost", 0)) as (where, _, _):
        assert where.host == "localhost"
        assert (await get(where))[0] == 200
    if socket.has_ipv6:
        async with serving(Slow(), Listen("::1", 0)) as (where, _, _):
            assert (await get(where))[0] == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_an_answer_does_not_wait_for_the_other_side_to_confirm_its_head(host: str) -> None:
    listening, where = await _bound(Listen(host, 0))
    with listening, socket.create_connection((host, where.port)):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_stop_lets_a_request_in_hand_finish_and_takes_no_new_one() -> None:
    pages = Slow()
    async with serving(pages) as (where, stop, task):
        asked = asyncio.create_task(get(where, "/slow"))
        await pages.asked.wait()
        stop.set()
        await asyncio.sleep(0.3)
        assert not task.done()
        with pytest.raises(aiohttp.ClientConnectionError):
            await get(where)
        pages.may_go.set()
        assert (await asked)[1] == "at last"
        async with asyncio.timeout(2):
            await task


async def test_a_request_that_takes_longer_than_the_grace_is_broken_off() -> None:
    pages = Slow()
    async with serving(pages, grace=0.2) as (where, stop, task):
        asked = asyncio.create_task(get(where, "/slow"))
        await pages.asked.wait()
        stop.set()
        async with asyncio.timeout(3):
            await task
        assert (await asked)[0] == 500


async def test_a_connection_that_says_nothing_does_not_hold_up_the_end() -> None:
    async with serving(Slow(), grace=30) as (where, stop, task):
        _, writer = await asyncio.open_connection(where.host, where.port)
        writer.write(b"GET / HTTP/1.1\r\nHost:")
        await writer.drain()
        stop.set()
        async with asyncio.timeout(3):
            await task
        writer.close()


async def test_being_cancelled_ends_it_in_the_same_good_order() -> None:
    async with serving(Slow()) as (where, _, task):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(aiohttp.ClientConnectionError):
            await get(where)


async def test_it_leaves_the_signals_to_the_bot() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    async with serving(Slow()) as (where, _, _):
        await get(where)
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


async def test_no_request_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with serving(Slow()) as (where, _, _):
        await get(where, "/?secret")
        await get(where, "/secret")
        _, writer = await asyncio.open_connection(where.host, where.port)
        writer.write(b"secret \x00 secret\r\n\r\n")
        await writer.drain()
        writer.close()
        await asyncio.sleep(0.1)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("uvicorn")]
    assert ours
    assert "secret" not in "".join(ours)


async def test_a_page_that_fails_says_nothing_of_why_and_the_server_goes_on() -> None:
    async with serving(Slow()) as (where, _, _):
        status, text, _ = await get(where, "/broken")
        assert (status, text) == (500, "Internal Server Error")
        assert (await get(where))[0] == 200


async def test_it_serves_for_as_long_as_a_block_runs() -> None:
    async with served(Slow().app, ANY_PORT, grace=1) as where:
        assert (await get(where))[0] == 200
        with pytest.raises(ConfigError, match="another program listens there"):
            async with served(Slow().app, where, grace=1):
                pytest.fail("the block must not begin")
    with pytest.raises(aiohttp.ClientConnectionError):
        await get(where)


# --- a Unix socket


async def test_a_socket_is_for_its_owner_and_group_and_goes_with_the_bot(tmp_path: Path) -> None:
    path = tmp_path / "bot.sock"
    async with serving(Slow(), Listen(path=path)) as (where, _, _):
        assert where == Listen(path=path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        assert (await get(where))[1] == "here"
    assert not path.exists()


async def test_what_a_killed_bot_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "bot.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    async with serving(Slow(), Listen(path=path)) as (where, _, _):
        assert (await get(where))[0] == 200


# --- where it cannot listen


async def refusal(listen: Listen) -> str:
    with pytest.raises(ConfigError) as caught:
        await serve(Slow().app, listen, asyncio.Event(), grace=1)
    return str(caught.value)


async def test_a_port_in_use_is_named_with_the_remedy() -> None:
    async with serving(Slow()) as (where, _, _):
        assert await refusal(where) == (
            f"The bot cannot listen on {where}: another program listens there; stop it, or choose another port, "
            "in bot_config.yaml."
        )
        assert (await get(where))[0] == 200


async def test_the_socket_of_a_running_bot_is_left_alone(tmp_path: Path) -> None:
    async with serving(Slow(), Listen(path=tmp_path / "bot.sock")) as (where, _, _):
        assert "something is there already" in await refusal(where)
        assert (await get(where))[0] == 200


async def test_a_file_in_the_place_of_the_socket_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "bot.sock").write_text("mine")
    assert "something is there already" in await refusal(Listen(path=tmp_path / "bot.sock"))
    assert (tmp_path / "bot.sock").read_text() == "mine"


async def test_other_places_that_cannot_be(tmp_path: Path) -> None:
    assert "the folder is not there; make it" in await refusal(Listen(path=tmp_path / "none" / "bot.sock"))
    assert "choose an address of this machine" in await refusal(Listen("192.0.2.1", 9464))
    assert "choose an address of this machine" in await refusal(Listen("nowhere.invalid", 9464))
