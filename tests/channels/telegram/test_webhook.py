"""The webhook: who may push, what is answered when, and that nothing is lost."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.channels.telegram.webhook import MOST_BYTES, SECRET_HEADER, secret_of
from bot.errors import ChannelError, ConfigError
from bot.serving import Listen, WebhookSettings
from tests.channels.telegram.running import TOKEN, Running, begins, card, running, until
from tests.fake_facts import NO_RECORD
from tests.ports import free_port
from tests.telegram_peer import Person, TelegramPeer

URL = "https://bot.example.org/telegram"


@pytest.fixture
def settings() -> WebhookSettings:
    return WebhookSettings(URL, Listen("127.0.0.1", free_port()), connections=8)


@pytest.fixture
def here(settings: WebhookSettings) -> str:
    """Where the endpoint really is; a web server would stand before it."""
    return f"http://{settings.listen}/telegram"


@pytest.fixture
async def web() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@asynccontextmanager
async def listening(peer: TelegramPeer, settings: WebhookSettings) -> AsyncIterator[Running]:
    """The bot, from when Telegram knows where to push."""
    async with running(peer, webhook=settings) as bot:
        await until(lambda: peer.calls_of("setWebhook"))
        yield bot


async def status_of(web: aiohttp.ClientSession, url: str, body: bytes, secret: str | None = secret_of(TOKEN)) -> int:
    headers = {SECRET_HEADER: secret} if secret is not None else {}
    async with web.post(url, data=body, headers=headers) as response:
        return response.status


def message(update_id: int = 1, chat: int = 77, text: str = "/start") -> bytes:
    somebody = {"id": chat, "is_bot": False, "first_name": "Somebody"}
    update = {
        "update_id": update_id,
        "message": {
            "message_id": 900 + update_id,
            "date": 1_790_000_000,
            "from": somebody,
            "chat": {"id": chat, "type": "private", "first_name": "Somebody"},
            "text": text,
        },
    }
    return json.dumps(update).encode()


async def test_telegram_is_told_where_to_push_what_and_with_which_secret(
    peer: TelegramPeer, settings: WebhookSettings
) -> None:
    async with listening(peer, settings) as bot:
        assert peer.calls_of("setWebhook")[0].parameters == {
            "url": URL,
            "max_connections": 8,
            "allowed_updates": ["message", "callback_query", "my_chat_member"],
            "secret_token": secret_of(TOKEN),
        }
        assert not peer.calls_of("getUpdates")
        assert URL in bot.said[0]
        assert TOKEN.split(":")[1] not in secret_of(TOKEN)


async def test_a_conversation_goes_as_it_does_by_polling(
    peer: TelegramPeer, person: Person, settings: WebhookSettings, here: str
) -> None:
    async with listening(peer, settings):
        telegram = asyncio.create_task(peer.keeps_pushing_to(here))
        await begins(person)
        await person.says(NO_RECORD)
        await person.sees(lambda messages: "Stu Stubbs" in messages[-1].text)
        await until(lambda: peer.pending_updates == 0)
        assert card(person.messages)
        telegram.cancel()


@pytest.mark.parametrize("secret", [None, "", "wrong", secret_of(TOKEN)[:-1], f"{secret_of(TOKEN)}x", "ü"])
async def test_whoever_does_not_know_the_secret_is_turned_away_before_anything_is_read(
    peer: TelegramPeer, settings: WebhookSettings, here: str, web: aiohttp.ClientSession, secret: str | None
) -> None:
    async with listening(peer, settings):
        assert await status_of(web, here, b"{", secret) == 403
        assert await status_of(web, here, message(), secret) == 403
    assert not peer.calls_of("sendMessage")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b'"a"', b"{}", b'{"update_id": "1"}', b'{"update_id": true}', b"\xff", b"[" * 9999]
)
async def test_what_is_no_update_is_refused(
    peer: TelegramPeer, settings: WebhookSettings, here: str, web: aiohttp.ClientSession, body: bytes
) -> None:
    async with listening(peer, settings):
        assert await status_of(web, here, body) == 400


async def test_more_than_an_update_can_be_is_not_read(
    peer: TelegramPeer, settings: WebhookSettings, here: str, web: aiohttp.ClientSession
) -> None:
    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(MOST_BYTES // 1024 + 10):
            yield b" " * 1024

    async with listening(peer, settings):
        assert await status_of(web, here, b" " * (MOST_BYTES + 1)) == 413
        async with web.post(here, data=in_pieces(), headers={SECRET_HEADER: secret_of(TOKEN)}) as response:
            assert response.status == 413


async def test_other_addresses_and_methods_are_not_there(
    peer: TelegramPeer, settings: WebhookSettings, here: str, web: aiohttp.ClientSession
) -> None:
    async with listening(peer, settings):
        assert await status_of(web, f"http://{settings.listen}/", message()) == 404
        async with web.get(here, headers={SECRET_HEADER: secret_of(TOKEN)}) as response:
            assert response.status == 405


async def test_an_update_that_the_library_cannot_read_is_taken_so_that_it_does_not_come_for_ever(
    peer: TelegramPeer, settings: WebhookSettings, here: str, web: aiohttp.ClientSession
) -> None:
    async with listening(peer, settings):
        assert await status_of(web, here, b'{"update_id": 5, "message": {"message_id": "x"}}') == 200


async def test_an_update_is_answered_only_after_its_card_stands_in_the_chat(
    peer: TelegramPeer, person: Person, settings: WebhookSettings, here: str
) -> None:
    async with listening(peer, settings) as bot:
        peer.delay("sendMessage", 0.3)
        await person.says("/start")
        (pushed,) = await peer.push_to(here)
        assert pushed.status == 200
        assert person.messages[-1].from_bot
        assert await bot.delivered(person)


async def test_the_answer_to_a_tap_goes_along_with_the_answer_to_the_push_with_its_words(
    peer: TelegramPeer, person: Person, settings: WebhookSettings, here: str
) -> None:
    async with listening(peer, settings):
        await person.says("/start")
        await peer.push_to(here)
        first = person.messages[-1]
        for _ in range(2):  # the second tap is on a card that has changed already
            await person.taps(first.buttons[0][0].text, first.message_id)
        await peer.push_to(here)
        assert person.messages[-1].text != first.text
        answers = peer.calls_of("answerCallbackQuery")
        assert [(answer.status, answer.along) for answer in answers] == [(200, True), (200, True)]
        assert [bool(answer.parameters.get("text")) for answer in answers] == [False, True]


async def test_an_update_that_must_come_again_is_not_answered_with_a_call(
    peer: TelegramPeer, person: Person, settings: WebhookSettings, here: str
) -> None:
    async with listening(peer, settings) as bot:
        await person.says("/start")
        await peer.push_to(here)
        peer.drop_connection("editMessageText", times=50)
        await person.taps(person.messages[-1].buttons[0][0].text)
        pushed = asyncio.create_task(peer.push_to(here))
        await until(lambda: len(peer.calls_of("editMessageText")) > 1)
        await bot.ends()
        assert (await pushed)[0].status == 503
    assert not peer.calls_of("answerCallbackQuery")


async def test_the_same_update_again_changes_nothing(
    peer: TelegramPeer, person: Person, settings: WebhookSettings, here: str, web: aiohttp.ClientSession
) -> None:
    async with listening(peer, settings):
        await person.says("/start")
        body = message(update_id=4_000, chat=person.chat_id)
        await peer.push_to(here)
        assert await status_of(web, here, body) == 200
        assert await status_of(web, here, body) == 200
        assert len(peer.calls_of("sendMessage")) == 2


async def test_an_update_whose_answer_cannot_be_delivered_yet_comes_again_after_the_next_start(
    peer: TelegramPeer, person: Person, settings: WebhookSettings, here: str
) -> None:
    async with listening(peer, settings) as bot:
        peer.drop_connection("sendMessage", times=50)
        await person.says("/start")
        pushed = asyncio.create_task(peer.push_to(here))
        await until(lambda: len(peer.calls_of("sendMessage")) > 1)
        await bot.ends()
        assert (await pushed)[0].status == 503
    assert peer.pending_updates == 1


async def test_stopping_finishes_what_is_in_hand(
    peer: TelegramPeer, person: Person, settings: WebhookSettings, here: str
) -> None:
    async with listening(peer, settings) as bot:
        peer.delay("sendMessage", 0.5)
        await person.says("/start")
        pushed = asyncio.create_task(peer.push_to(here))
        await asyncio.sleep(0.2)
        await bot.ends()
        assert (await pushed)[0].status == 200
    assert person.messages[-1].from_bot


# --- whose webhook it is


async def other_program(peer: TelegramPeer) -> None:
    async with aiohttp.ClientSession() as session:
        await session.post(f"{peer.base_url}{peer.token}/setWebhook", json={"url": "https://other.example.org/hook"})


async def test_a_webhook_of_another_program_is_not_taken_without_being_told(
    peer: TelegramPeer, settings: WebhookSettings
) -> None:
    await other_program(peer)
    for webhook in (None, settings):
        async with running(peer, webhook=webhook) as bot:
            assert bot.task is not None
            with pytest.raises(ChannelError, match="--take-over"):
                await bot.task


@pytest.mark.parametrize("pushed", [True, False])
async def test_it_is_taken_over_when_that_is_asked_for_and_nothing_that_waits_is_lost(
    peer: TelegramPeer, person: Person, settings: WebhookSettings, here: str, *, pushed: bool
) -> None:
    await other_program(peer)
    await person.says("/start")
    async with running(peer, webhook=settings if pushed else None, take_over=True):
        if pushed:
            await until(lambda: len(peer.calls_of("setWebhook")) == 2)
            await peer.push_to(here)
        await person.sees(lambda messages: messages[-1].from_bot)


async def test_an_address_that_telegram_does_not_take_is_one_sentence(
    peer: TelegramPeer, settings: WebhookSettings
) -> None:
    peer.fail_next("setWebhook", 400, description="Bad Request: bad webhook: getaddrinfo failed")
    async with running(peer, webhook=settings) as bot:
        assert bot.task is not None
        with pytest.raises(ChannelError, match=r"getaddrinfo failed.*`webhook\.url`"):
            await bot.task


async def test_a_port_in_use_is_one_sentence_and_telegram_is_told_nothing(
    peer: TelegramPeer, settings: WebhookSettings
) -> None:
    with socket.create_server(("127.0.0.1", settings.listen.port)):
        async with running(peer, webhook=settings) as bot:
            assert bot.task is not None
            with pytest.raises(ConfigError, match="another program listens there"):
                await bot.task
    assert not peer.calls_of("setWebhook")
