"""Telegram's stand-in, and somebody to talk to."""

from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram.api import BotApi
from bot.channels.telegram.request import AiohttpRequest
from tests.channels.telegram.running import TOKEN
from tests.telegram_peer import Person, TelegramPeer


@pytest.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer(token=TOKEN) as running:
        yield running


@pytest.fixture
def person(peer: TelegramPeer) -> Person:
    return peer.person()


@pytest.fixture
async def api(peer: TelegramPeer) -> AsyncIterator[BotApi]:
    async with AiohttpRequest() as request:
        yield BotApi(request, f"{peer.base_url}{peer.token}")


@pytest.fixture
async def begun(person: Person) -> Person:
    """Somebody who has pressed Start."""
    await person.says("/start")
    return person
