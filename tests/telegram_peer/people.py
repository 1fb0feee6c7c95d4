"""What a test holds: a person in a private chat, or a group, and what they see."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any, Literal

from tests.telegram_peer.chats import Account, Chat, Message, Toast
from tests.telegram_peer.entities import Formatted, bot_commands
from tests.telegram_peer.keyboards import Button
from tests.telegram_peer.state import Telegram
from tests.telegram_peer.text import as_stored


class Conversation:
    """A chat seen from the people's side."""

    def __init__(self, telegram: Telegram, chat: Chat) -> None:
        self._telegram = telegram
        self._chat = chat
        telegram.chats[chat.id] = chat

    @property
    def chat_id(self) -> int:
        """The id by which the bot knows the chat."""
        return self._chat.id

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything that is in the chat now, both sides, oldest first; deleted messages are gone."""
        return tuple(self._chat.messages[message_id] for message_id in sorted(self._chat.messages))

    @property
    def pending(self) -> int:
        """How many updates of this chat the bot has not confirmed yet."""
        return sum(update.chat_id == self._chat.id for update in self._telegram.updates.pending)

    @property
    def toasts(self) -> tuple[Toast, ...]:
        """The bot's answers to taps, oldest first."""
        return tuple(self._chat.toasts)

    @property
    def actions(self) -> tuple[str, ...]:
        """ "typing" and the like, oldest first."""
        return tuple(self._chat.actions)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Ids of taps whose waiting mark still turns."""
        return tuple(tap.id for tap in self._telegram.taps.values() if tap.chat is self._chat and not tap.answered)

    async def sees(
        self,
        wanted: Callable[[tuple[Message, ...]], object],
        timeout: float = 5.0,  # noqa: ASYNC109 - reads as it is meant: sees(…, timeout=1)
    ) -> tuple[Message, ...]:
        """Waits until `wanted(messages)` holds. AssertionError with the whole chat if it never does.

        An IndexError in `wanted` means "not yet", so that `messages[-1]` may be asked of an empty chat. It is
        asked again after every change of messages, toasts and actions.
        """
        try:
            async with asyncio.timeout(timeout):
                while not self._holds(wanted):
                    await self._chat.changed.wait()
        except TimeoutError:
            raise AssertionError(f"not seen within {timeout} s; the chat is:\n{self}") from None
        return self.messages

    def __str__(self) -> str:
        lines = [str(message) for message in self.messages] or ["(no messages)"]
        return "\n".join([*lines, *(f"toast: {toast.text!r}" for toast in self.toasts)])

    def _holds(self, wanted: Callable[[tuple[Message, ...]], object]) -> bool:
        try:
            return bool(wanted(self.messages))
        except IndexError:
            return False

    def _send(self, person: Account, text: str, other: dict[str, object] | None = None) -> Message:
        content = as_stored(Formatted(text, bot_commands(text)))
        return self._telegram.post(self._chat, person, content, other=other)

    def _tap(self, person: Account, button: str | int, message_id: int | None) -> str:
        for message in reversed(self.messages):
            if message_id not in (None, message.message_id):
                continue
            found = _find(message, button)
            if found is None:
                continue
            if found.callback_data is None:
                raise AssertionError(f"[{found.text}] opens a link or copies a text: the bot does not hear of it")
            return self._telegram.tap(self._chat, person, message, found.callback_data).id
        raise AssertionError(f"no button {button!r} to press; the chat is:\n{self}")


class Person(Conversation):
    """Somebody in a private chat with the bot."""

    def __init__(self, telegram: Telegram, account: Account) -> None:
        super().__init__(telegram, Chat(account.id, "private", account.first_name))
        self.account = account

    async def says(self, text: str) -> int:
        """Sends a text, and starts the chat if it is the first. The id of the message."""
        return self._sends(text, None)

    async def sends(self, **content: Any) -> int:
        """Sends something that is no text, as fields of a Message: `sends(location={…})`. The id of the message."""
        return self._sends("", content)

    async def follows_link(self, payload: str) -> int:
        """Opens t.me/<bot>?start=payload and presses Start."""
        if not re.fullmatch("[A-Za-z0-9_-]{1,64}", payload):
            raise AssertionError(f"Telegram opens no deep link with the payload {payload!r}")
        return await self.says(f"/start {payload}")

    async def edits(self, message_id: int, text: str) -> None:
        """Changes an own message."""
        message = self._chat.messages[message_id]
        content = as_stored(Formatted(text, bot_commands(text)))
        self._telegram.announce("edited_message", self._chat, self._telegram.edit(self._chat, message, content, ()))

    async def taps(self, button: str | int, message_id: int | None = None) -> str:
        """Presses a button: its label, its callback data, or its number counted over all rows from 0.

        It is looked for in the newest message that has it, or in the one named. The id of the callback query.
        """
        return self._tap(self.account, button, message_id)

    async def deletes(self, *message_ids: int) -> None:
        """Deletes messages of either side, for both. The bot is not told."""
        for message_id in message_ids:
            self._chat.remove(message_id)

    async def clears_chat(self) -> None:
        """Deletes everything, for both. The bot is not told."""
        await self.deletes(*self._chat.messages)

    async def blocks_bot(self) -> None:
        """The bot may not write any more, and is told so (`my_chat_member`)."""
        self._telegram.move_bot(self._chat, self.account, "kicked")

    async def unblocks_bot(self) -> None:
        """The bot may write again, and is told so."""
        self._telegram.move_bot(self._chat, self.account, "member")

    def _sends(self, text: str, other: dict[str, object] | None) -> int:
        if self._chat.standing == "kicked":
            raise AssertionError("this person has blocked the bot, so there is nowhere to write to it")
        self._chat.standing = "member"
        message = self._send(self.account, text, other)
        self._telegram.announce("message", self._chat, message)
        return message.message_id


class Group(Conversation):
    """A group that the bot is in, in privacy mode: it hears commands, nothing else."""

    def __init__(self, telegram: Telegram, chat_id: int, name: str, kind: Literal["group", "supergroup"]) -> None:
        super().__init__(telegram, Chat(chat_id, kind, name, standing="member"))

    async def says(self, member: Person, text: str) -> int:
        """A member writes. The id of the message."""
        message = self._send(member.account, text)
        command, _, addressee = text.partition(" ")[0].partition("@")
        if command.startswith("/") and addressee.lower() in ("", str(self._telegram.bot.username).lower()):
            self._telegram.announce("message", self._chat, message)
        return message.message_id

    async def taps(self, member: Person, button: str | int, message_id: int | None = None) -> str:
        """A member presses a button; see Person.taps."""
        return self._tap(member.account, button, message_id)

    async def removes_bot(self, by: Person) -> None:
        """The bot is out, and is told so."""
        self._telegram.move_bot(self._chat, by.account, "kicked")


def _find(message: Message, button: str | int) -> Button | None:
    buttons = [button for row in message.buttons for button in row]
    if isinstance(button, int):
        return buttons[button] if button < len(buttons) else None
    return next((each for each in buttons if button in (each.text, each.callback_data)), None)
