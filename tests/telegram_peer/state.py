"""Everything Telegram knows about one bot, and the events that both its people and its calls cause."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from tests.telegram_peer.chats import Account, Chat, Message, Standing, Tap
from tests.telegram_peer.entities import Formatted
from tests.telegram_peer.errors import bad_request
from tests.telegram_peer.keyboards import Rows
from tests.telegram_peer.limits import Flood
from tests.telegram_peer.profile import Profile
from tests.telegram_peer.updates import Updates

UPDATE_LIFETIME: Final = 24 * 60 * 60.0
# A tap waits 150 seconds in Telegram's queue; nothing says that it can be answered for longer.
TAP_LIFETIME: Final = 150.0


class Telegram:
    """The state behind the API. Not safe for threads; one event loop owns it."""

    def __init__(self, bot: Account, *, enforce_limits: bool) -> None:
        self.bot = bot
        self.clock_offset = timedelta()
        self.chats: dict[int, Chat] = {}
        self.taps: dict[str, Tap] = {}
        self.updates = Updates()
        self.profile = Profile(bot.first_name)
        self.flood = Flood(enforced=enforce_limits)
        self._message_ids = itertools.count(1)
        self._tap_ids = itertools.count(4_000_000_000_000_001)

    def now(self) -> float:
        """Telegram's time, in seconds since 1970; tests may move it by `clock_offset`."""
        return time.time() + self.clock_offset.total_seconds()

    def chat(self, chat_id: int) -> Chat:
        """The chat, as the bot may know it. ApiError if it does not."""
        chat = self.chats.get(chat_id)
        if chat is None or chat.standing == "unmet":
            raise bad_request("chat not found")
        return chat

    def post(
        self,
        chat: Chat,
        sender: Account,
        content: Formatted,
        buttons: Rows = (),
        other: Mapping[str, object] | None = None,
    ) -> Message:
        """A new message in a chat."""
        message = Message(
            next(self._message_ids),
            sender,
            int(self.now()),
            content.text,
            content.entities,
            buttons,
            other=other or {},
        )
        chat.put(message)
        return message

    def edit(self, chat: Chat, message: Message, content: Formatted, buttons: Rows) -> Message:
        """The message with another text, other buttons, or both."""
        edited = replace(
            message,
            text=content.text,
            entities=content.entities,
            buttons=buttons,
            edits=message.edits + 1,
            edit_date=int(self.now()),
        )
        chat.put(edited)
        return edited

    def announce(self, kind: str, chat: Chat, message: Message) -> None:
        """Tells the bot of a message or an edited message."""
        self._put(kind, chat, chat.message_json(message), UPDATE_LIFETIME)

    def tap(self, chat: Chat, person: Account, message: Message, data: str) -> Tap:
        """Somebody presses a button: a callback query."""
        tap = Tap(str(next(self._tap_ids)), chat, message.message_id, self.now())
        self.taps[tap.id] = tap
        query = {
            "id": tap.id,
            "from": person.to_json(),
            "message": chat.message_json(message),
            "chat_instance": str(chat.id * 1_000_003),
            "data": data,
        }
        self._put("callback_query", chat, query, TAP_LIFETIME)
        return tap

    def move_bot(self, chat: Chat, by: Account, standing: Standing) -> None:
        """The bot is blocked, unblocked, added or removed, or leaves; it is told of it."""
        before, chat.standing = chat.standing, standing
        chat.changed.ring()
        change = {
            "chat": chat.to_json(),
            "from": by.to_json(),
            "date": int(self.now()),
            "old_chat_member": self._membership(before),
            "new_chat_member": self._membership(standing),
        }
        self._put("my_chat_member", chat, change, UPDATE_LIFETIME)

    def _membership(self, standing: Standing) -> dict[str, object]:
        status = "left" if standing == "unmet" else standing
        return {"status": status, "user": self.bot.to_json(), **({"until_date": 0} if status == "kicked" else {})}

    def _put(self, kind: str, chat: Chat, payload: dict[str, Any], lifetime: float) -> None:
        self.updates.put(kind, payload, chat_id=chat.id, expires_at=self.now() + lifetime)
