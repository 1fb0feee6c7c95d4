"""Starting and stopping, and what the operator is told."""

import asyncio
import datetime as dt
from dataclasses import replace

import pytest
from telegram import Bot

from bot.channels.telegram.channel import run_telegram
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.turns import utc_now
from bot.errors import ChannelError
from bot.sessions.memory import MemorySessions
from bot.sessions.protocol import ChatKey, Remembered
from tests.channels.telegram.running import HURRY, WORLD, begins, running, until
from tests.telegram_peer import Person, TelegramPeer


async def failing(peer: TelegramPeer, token: str | None = None, base_url: str | None = None) -> str:
    """What the operator is told when the channel ends with an error."""
    with pytest.raises(ChannelError) as failed:
        await run_telegram(
            lambda: WORLD,
            MemorySessions(),
            stop=asyncio.Event(),
            say=lambda text: None,
            pace=HURRY,
            token=token or peer.token,
            base_url=base_url or peer.base_url,
        )
    told = str(failed.value)
    assert len(told.splitlines()) == 1
    assert peer.token.partition(":")[2] not in told
    assert "127.0.0.1" not in told
    return told


async def test_a_wrong_token(peer: TelegramPeer) -> None:
    told = await failing(peer, token="123456:SOMETHING-ELSE")
    assert "The token is wrong" in told
    assert "@BotFather" in told
    assert "SOMETHING-ELSE" not in told


async def test_a_refusal_names_the_setting_that_it_may_come_from(peer: TelegramPeer) -> None:
    peer.fail_next("getMe", 400)
    told = await failing(peer)
    assert "`telegram.base_url`" in told
    assert "webhook.url" not in told


async def test_a_token_that_was_revoked_later(peer: TelegramPeer) -> None:
    peer.fail_next("getUpdates", 401)
    assert "The token is wrong" in await failing(peer)


async def test_a_webhook_that_is_set_elsewhere_is_left_alone(peer: TelegramPeer) -> None:
    async with AiohttpRequest() as request:
        bot = Bot(peer.token, base_url=peer.base_url, request=request, get_updates_request=request)
        await bot.set_webhook("https://bot.example.org/hook")
        told = await failing(peer)
        assert "webhook" in told
        assert "bot.example.org" not in told
        assert (await bot.get_webhook_info()).url == "https://bot.example.org/hook"
    assert peer.calls_of("deleteWebhook") == []


async def test_a_webhook_that_is_set_while_polling(peer: TelegramPeer) -> None:
    description = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it first"
    peer.fail_next("getUpdates", 409, description=description)
    assert "A webhook is set" in await failing(peer)


async def test_another_program_that_polls(peer: TelegramPeer, person: Person) -> None:
    async with running(peer) as first:
        await begins(person)
        await until(lambda: peer.pending_updates == 0)
        async with running(peer):
            assert first.task is not None
            with pytest.raises(ChannelError, match="Another program is asking Telegram"):
                await first.task


async def test_nothing_there(peer: TelegramPeer) -> None:
    told = await failing(peer, base_url="http://127.0.0.1:9/bot")
    assert "Telegram cannot be reached" in told
    assert "base_url" in told


async def test_a_start_that_succeeds_at_the_second_try(peer: TelegramPeer, person: Person) -> None:
    peer.drop_connection("getMe")
    peer.fail_next("getWebhookInfo", 429, retry_after=1)
    async with running(peer, pace=replace(HURRY, start_tries=3)) as bot:
        assert bot.said
        await begins(person)


async def test_stopping_while_it_starts(peer: TelegramPeer) -> None:
    peer.drop_connection("getMe", times=100)
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(0.1, stop.set)
    async with asyncio.timeout(5):
        await run_telegram(
            lambda: WORLD,
            MemorySessions(),
            token=peer.token,
            base_url=peer.base_url,
            stop=stop,
            say=lambda text: None,
            pace=replace(HURRY, start_tries=100),
        )


class Counting(MemorySessions):
    """A store that counts its sweeps, and cannot do the first one."""

    swept = 0

    async def sweep(self, now: dt.datetime) -> int:
        self.swept += 1
        if self.swept == 1:
            raise RuntimeError("something with a path in it")
        return await super().sweep(now)


async def test_expired_sessions_are_swept_now_and_then(
    peer: TelegramPeer, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    store = Counting()
    key = ChatKey("telegram", person.chat_id)
    await store.save(key, Remembered(), utc_now() - dt.timedelta(hours=49))
    async with running(peer, store, pace=replace(HURRY, sweep=0.05)):
        await until(lambda: store.swept >= 2)
    assert store._rows == {}
    assert "expired sessions could not be deleted: RuntimeError; it is tried again" in caplog.text


async def test_each_turn_asks_for_the_newest_world(peer: TelegramPeer, person: Person) -> None:
    worlds = [WORLD, replace(WORLD, catalogues={"en": WORLD.catalogues["en"]})]
    async with running(peer, world=lambda: worlds.pop(0) if len(worlds) > 1 else worlds[0]):
        await person.says("/start")
        await person.sees(lambda messages: len(messages[-1].buttons[0]) == 2)
        await person.says("/start")
        await person.sees(lambda messages: messages[-1].from_bot and "العربية" not in str(messages[-1]))
