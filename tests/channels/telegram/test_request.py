"""The aiohttp request class, under python-telegram-bot's own Bot and over real HTTP."""

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.channels.telegram.request import AiohttpRequest
from tests.telegram_peer import Person, TelegramPeer

TOKEN = "123456:TOKEN-OF-THE-BOT"
SECRET_TEXT = "words that only the person should read"


@pytest.fixture(autouse=True)
def timedelta_in_retry_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without this python-telegram-bot warns of its own RetryAfter."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer(token=TOKEN) as running:
        yield running


def bot_at(base_url: str, request: AiohttpRequest | None = None) -> Bot:
    return Bot(TOKEN, base_url=base_url, request=request or AiohttpRequest(), get_updates_request=AiohttpRequest(1))


@pytest.fixture
async def bot(peer: TelegramPeer) -> AsyncIterator[Bot]:
    async with bot_at(peer.base_url) as running:
        yield running


@pytest.fixture
async def person(peer: TelegramPeer) -> Person:
    somebody = peer.person()
    await somebody.says("/start")
    return somebody


async def test_a_call_and_its_answer_arrive_whole(bot: Bot, person: Person) -> None:
    sent = await bot.send_message(person.chat_id, "<b>سلام</b> & 🏟\n+44 20", parse_mode="HTML")
    assert sent.text == person.messages[-1].text == "سلام & 🏟\n+44 20"


async def test_a_long_poll_outlasts_the_read_timeout(peer: TelegramPeer) -> None:
    request = AiohttpRequest(1, read_timeout=0.5)
    assert request.read_timeout == 0.5
    async with Bot(TOKEN, base_url=peer.base_url, request=AiohttpRequest(), get_updates_request=request) as bot:
        assert await bot.get_updates(timeout=1) == ()


async def test_refusals_become_the_librarys_errors(peer: TelegramPeer, bot: Bot, person: Person) -> None:
    with pytest.raises(BadRequest, match="Message text is empty"):
        await bot.send_message(person.chat_id, "")
    peer.fail_next("sendMessage", 429, retry_after=7)
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(person.chat_id, "x")
    assert refused.value.retry_after == timedelta(seconds=7)
    await person.blocks_bot()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(person.chat_id, "x")
    peer.fail_next("getMe", 401)
    with pytest.raises(InvalidToken):
        await bot.get_me()
    peer.fail_next("getMe", 502)
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.get_me()


@pytest.mark.parametrize("status", [200, 302, 404, 502])
async def test_a_web_page_is_a_network_error_whatever_its_status(peer: TelegramPeer, bot: Bot, status: int) -> None:
    peer.html_instead_of_json("getMe", status=status)
    with pytest.raises(NetworkError, match="not an answer of Telegram's Bot API") as failed:
        await bot.get_me()
    assert type(failed.value) is NetworkError
    await bot.get_me()


async def test_a_dropped_connection_is_a_network_error_and_the_next_call_works(
    peer: TelegramPeer, bot: Bot, person: Person
) -> None:
    peer.drop_connection("sendMessage")
    with pytest.raises(NetworkError, match="could not be reached"):
        await bot.send_message(person.chat_id, "x")
    await bot.send_message(person.chat_id, "y")
    # What may have been obeyed is not repeated behind the bot's back.
    assert [call.parameters["text"] for call in peer.calls_of("sendMessage")] == ["x", "y"]


async def test_the_kind_of_fault_is_named() -> None:
    async with AiohttpRequest() as request:
        with pytest.raises(NetworkError, match=r"could not be reached: ClientConnectorError \(Connect call failed"):
            await request.post(f"http://127.0.0.1:9/bot{TOKEN}/getMe")


async def test_a_slow_answer_is_a_time_out(peer: TelegramPeer, bot: Bot) -> None:
    peer.delay("getMe", 5, times=2)
    with pytest.raises(TimedOut):
        await bot.get_me(read_timeout=0.05)
    with pytest.raises(TimedOut):
        await bot.get_me(read_timeout=0.05, write_timeout=None)
    assert (await bot.get_me(read_timeout=None)).is_bot


async def test_a_pool_that_is_full_is_a_time_out(peer: TelegramPeer) -> None:
    async with bot_at(peer.base_url, AiohttpRequest(1)) as bot:
        peer.delay("getMe", 5)
        slow = asyncio.create_task(bot.get_me())
        await asyncio.sleep(0.05)
        with pytest.raises(TimedOut):
            await bot.get_my_name(pool_timeout=0.02, connect_timeout=0.02)
        slow.cancel()


def dropped(peer: TelegramPeer) -> str:
    peer.drop_connection("sendMessage")
    return peer.base_url


def late(peer: TelegramPeer) -> str:
    peer.delay("sendMessage", 5)
    return peer.base_url


def web_page(peer: TelegramPeer) -> str:
    peer.html_instead_of_json("sendMessage", status=502)
    return peer.base_url


def web_page_as_if_all_were_well(peer: TelegramPeer) -> str:
    peer.html_instead_of_json("sendMessage", status=200)
    return peer.base_url


def refused(peer: TelegramPeer) -> str:
    peer.fail_next("sendMessage", 400)
    return peer.base_url


def nobody_listens(peer: TelegramPeer) -> str:
    return "http://127.0.0.1:9/bot"


def no_such_scheme(peer: TelegramPeer) -> str:
    return "gopher://127.0.0.1/bot"


def no_host(peer: TelegramPeer) -> str:
    return "http:///bot"


def no_valid_port(peer: TelegramPeer) -> str:
    return "http://127.0.0.1:99999/bot"


@pytest.mark.parametrize(
    "trouble",
    [
        dropped,
        late,
        web_page,
        web_page_as_if_all_were_well,
        refused,
        nobody_listens,
        no_such_scheme,
        no_host,
        no_valid_port,
    ],
)
async def test_no_error_and_no_log_holds_the_token_or_the_text(
    peer: TelegramPeer,
    person: Person,
    caplog: pytest.LogCaptureFixture,
    trouble: Callable[[TelegramPeer], str],
) -> None:
    caplog.set_level(logging.INFO)
    bot = bot_at(trouble(peer), AiohttpRequest(read_timeout=0.05))
    await bot.request.initialize()
    with pytest.raises(NetworkError) as failed:
        await bot.send_message(person.chat_id, SECRET_TEXT)
    await bot.request.shutdown()
    told = "".join(traceback.format_exception(failed.value)) + repr(failed.value) + caplog.text
    # The library and the test hold both in variables; a traceback shows only their names.
    assert TOKEN.partition(":")[2] not in told
    assert SECRET_TEXT not in told
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None


async def test_half_a_character_cannot_be_sent_and_is_not_quoted(bot: Bot, person: Person) -> None:
    with pytest.raises(BadRequest) as failed:
        await bot.send_message(person.chat_id, SECRET_TEXT + "\ud83c")
    assert SECRET_TEXT not in "".join(traceback.format_exception(failed.value))


async def test_a_redirect_is_not_followed() -> None:
    followed: list[str] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/elsewhere":
            followed.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    request = AiohttpRequest()
    async with request:
        with pytest.raises(NetworkError, match="HTTP status 307"):
            await request.post(f"http://127.0.0.1:{runner.addresses[0][1]}/bot{TOKEN}/getMe")
    await runner.cleanup()
    assert followed == []


async def test_one_connection_serves_calls_that_follow_each_other(peer: TelegramPeer, bot: Bot, person: Person) -> None:
    for number in range(20):
        await bot.send_message(person.chat_id, f"{number}")
    assert peer.connections == 1


async def test_two_hundred_calls_at_once_all_arrive_over_no_more_connections_than_allowed(
    peer: TelegramPeer, person: Person
) -> None:
    async with bot_at(peer.base_url, AiohttpRequest(20)) as bot:
        await asyncio.gather(*(bot.send_message(person.chat_id, f"{number}", pool_timeout=30) for number in range(200)))
        assert peer.connections <= 20
    assert {message.text for message in person.messages} == {"/start", *map(str, range(200))}


async def test_files_are_refused_before_anything_is_sent(peer: TelegramPeer, bot: Bot, person: Person) -> None:
    with pytest.raises(TelegramError, match="sends no files"):
        await bot.send_document(person.chat_id, b"x")
    assert peer.calls_of("sendDocument") == []


async def test_it_is_used_between_initialize_and_shutdown_only_and_may_be_opened_again(peer: TelegramPeer) -> None:
    request = AiohttpRequest()
    url = f"{peer.base_url}{TOKEN}/getMe"
    with pytest.raises(NetworkError, match="not open"):
        await request.post(url)
    for _ in range(2):
        await request.initialize()
        await request.initialize()
        assert isinstance(await request.post(url), dict)
        await request.shutdown()
        await request.shutdown()
    with pytest.raises(NetworkError, match="not open"):
        await request.post(url)
