"""A strict stand-in for Telegram: the Bot API over real HTTP on loopback, with chats that remember.

    async with TelegramPeer() as peer:
        bot = Bot(peer.token, base_url=peer.base_url)
        person = peer.person(language_code="ar")
        await person.says("/start")               # queues an update for the bot
        …                                         # the bot polls, answers
        await person.sees(lambda messages: messages[-1].from_bot)
        await person.taps("English")

It refuses what Telegram refuses, in Telegram's words, and keeps what Telegram keeps: texts without markup,
counted in UTF-16; keyboards; edits; deletions and their 48 hours. Where Telegram is lenient and silent about
what can only be a mistake (unknown parameters, two actions on a button, a hundred and first entity), it refuses
as well. What this bot does not use (files, replies, topics, inline mode, keyboards other than inline ones) is not
modelled, and refused. It pushes nothing by itself: `peer.push_to(url)` is one round of a webhook's deliveries.
"""

from tests.telegram_peer.chats import Message, Toast
from tests.telegram_peer.entities import Entity
from tests.telegram_peer.keyboards import Button
from tests.telegram_peer.peer import Call, TelegramPeer
from tests.telegram_peer.people import Group, Person
from tests.telegram_peer.webhook import SECRET_HEADER, Delivery

__all__ = [
    "SECRET_HEADER",
    "Button",
    "Call",
    "Delivery",
    "Entity",
    "Group",
    "Message",
    "Person",
    "TelegramPeer",
    "Toast",
]
