"""A peer, python-telegram-bot's own Bot against it, and somebody to talk to."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.telegram_peer import Person, TelegramPeer


@pytest.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer() as running:
        yield running


@pytest.fixture
async def bot(peer: TelegramPeer) -> AsyncIterator[Bot]:
    async with Bot(peer.token, base_url=peer.base_url) as running:
        yield running


@pytest.fixture
async def person(peer: TelegramPeer) -> Person:
    """Somebody who has pressed Start."""
    somebody = peer.person()
    await somebody.says("/start")
    return somebody
