"""Telegram's stand-in, and somebody to talk to."""

from collections.abc import AsyncIterator

import pytest

from tests.channels.telegram.running import TOKEN
from tests.telegram_peer import Person, TelegramPeer


@pytest.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer(token=TOKEN) as running:
        yield running


@pytest.fixture
def person(peer: TelegramPeer) -> Person:
    return peer.person()
