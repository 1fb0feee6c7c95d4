"""What Telegram remembers of a chat: who is in it, its messages, the taps on their buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tests.telegram_peer.entities import Entity
from tests.telegram_peer.errors import forbidden
from tests.telegram_peer.keyboards import Rows

# How the bot stands in a chat. "unmet": nobody there has spoken to it yet, so for the bot there is no such chat.
Standing: TypeAlias = Literal["unmet", "member", "kicked", "left"]


@dataclass(frozen=True, slots=True)
class Account:
    """A person or a bot: https://core.telegram.org/bots/api#user"""

    id: int
    first_name: str
    is_bot: bool = False
    username: str | None = None
    language_code: str | None = None
    last_name: str | None = None

    def to_json(self) -> dict[str, object]:
        """The User object; absent fields are left out."""
        fields = {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the people of its chat see it now.

    message_id: unique over all chats of the bot, as in private chats and small groups.
    date: seconds since 1970. edits: how often the bot has changed it, buttons included.
    other: what it holds instead of text, for example {"location": …}.
    """

    message_id: int
    sender: Account
    date: int
    text: str = ""
    entities: tuple[Entity, ...] = ()
    buttons: Rows = ()
    edits: int = 0
    edit_date: int | None = None
    other: Mapping[str, object] = field(default_factory=dict)

    @property
    def from_bot(self) -> bool:
        """Whether the bot wrote it."""
        return self.sender.is_bot

    def __str__(self) -> str:
        rows = "".join(f"\n    [{'] ['.join(button.text for button in row)}]" for row in self.buttons)
        edited = f", edited {self.edits}x" if self.edits else ""
        shown = self.text or ", ".join(self.other)
        return f"#{self.message_id} {'bot' if self.from_bot else 'person'}{edited}: {shown}{rows}"


@dataclass(frozen=True, slots=True)
class Toast:
    """What the bot's answer to a tap showed: a passing note or an alert; an empty text shows nothing."""

    text: str
    alert: bool


@dataclass(slots=True)
class Tap:
    """A callback query. It can be answered once, and only for a while."""

    id: str
    chat: Chat
    message_id: int
    made_at: float
    answered: bool = False


class Bell:
    """Wakes everybody who waits for a change.

    The state changes only between two awaits of one event loop, so look, wait, look again misses nothing.
    """

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ring(self) -> None:
        """Something has changed."""
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    async def wait(self) -> None:
        """Until the next ring."""
        await self._next.wait()


@dataclass(slots=True)
class Chat:
    """A private chat or a group, with the messages that still exist in it, oldest first."""

    id: int
    type: Literal["private", "group", "supergroup"]
    name: str
    standing: Standing = "unmet"
    messages: dict[int, Message] = field(default_factory=dict)
    toasts: list[Toast] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    changed: Bell = field(default_factory=Bell)

    def put(self, message: Message) -> None:
        """Adds a message, or puts it in the place of the one with its id."""
        self.messages[message.message_id] = message
        self.changed.ring()

    def remove(self, message_id: int) -> None:
        """Deletes a message on both sides."""
        del self.messages[message_id]
        self.changed.ring()

    def require_member(self) -> None:
        """ApiError if the bot was blocked, removed or has left."""
        match self.standing:
            case "kicked" if self.type == "private":
                raise forbidden("bot was blocked by the user")
            case "kicked":
                raise forbidden(f"bot was kicked from the {self.type} chat")
            case "left":
                raise forbidden(f"bot is not a member of the {self.type} chat")

    def to_json(self) -> dict[str, object]:
        """The Chat object: https://core.telegram.org/bots/api#chat"""
        return {"id": self.id, "type": self.type, "first_name" if self.type == "private" else "title": self.name}

    def message_json(self, message: Message) -> dict[str, object]:
        """The Message object of one of this chat's messages."""
        optional = {
            "edit_date": message.edit_date,
            "text": message.text or None,
            "entities": [entity.to_json() for entity in message.entities] or None,
            "reply_markup": {"inline_keyboard": [[button.to_json() for button in row] for row in message.buttons]}
            if message.buttons
            else None,
        }
        return {
            "message_id": message.message_id,
            "from": message.sender.to_json(),
            "chat": self.to_json(),
            "date": message.date,
            **{name: value for name, value in optional.items() if value is not None},
            **message.other,
        }
