"""The calls that answer people: the methods of the Bot API that a turn may need, with no more objects than they need.

The library's `Bot` makes an object of each button and a form of those, and of each answer a Message that nobody reads;
that was most of the processor time of a tap (docs/decisions/0011-speed-on-telegram.md). Here a call is one JSON
object, and of its answer only what is needed is looked at. What an answer means stays the library's business: refusals
and lost answers are its exceptions, raised by `BaseRequest.post`.
https://core.telegram.org/bots/api#making-requests
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from telegram.constants import ChatAction, ParseMode
from telegram.error import NetworkError
from telegram.request import BaseRequest, RequestData

from bot.sessions.protocol import Message

# An InlineKeyboardButton: https://core.telegram.org/bots/api#inlinekeyboardbutton
Button: TypeAlias = Mapping[str, str | Mapping[str, str]]
# The rows of an InlineKeyboardMarkup; without rows it is none.
Keyboard: TypeAlias = Sequence[Sequence[Button]]

_NO_PREVIEW: Final = {"is_disabled": True}


@dataclass(frozen=True, slots=True)
class BotApi:
    """One bot's calls. `base_url` ends in its token. Every method raises TelegramError.

    html: a text in Telegram's HTML, at most 4096 UTF-16 units when it has been read.
    """

    request: BaseRequest
    base_url: str

    async def send_message(self, chat: int, html: str, keyboard: Keyboard = ()) -> Message:
        """https://core.telegram.org/bots/api#sendmessage

        Returns the message as a card. An answer that does not say which message it is raises NetworkError, as a lost
        one does.
        """
        sent = await self._call("sendMessage", {"chat_id": chat, **_content(html, keyboard)})
        try:
            return Message(int(sent["message_id"]), dt.datetime.fromtimestamp(sent["date"], dt.UTC), card=True)
        except (TypeError, KeyError, ValueError, OverflowError, OSError):
            pass
        # Not in the `except` block: the error there may quote the answer, which holds a name.
        raise NetworkError("Telegram's answer to sendMessage does not say which message was sent.")

    async def edit_message_text(self, chat: int, message: int, html: str, keyboard: Keyboard = ()) -> None:
        """https://core.telegram.org/bots/api#editmessagetext; without a keyboard the message loses the one it has."""
        await self._call("editMessageText", {"chat_id": chat, "message_id": message, **_content(html, keyboard)})

    async def remove_keyboard(self, chat: int, message: int) -> None:
        """https://core.telegram.org/bots/api#editmessagereplymarkup"""
        await self._call("editMessageReplyMarkup", {"chat_id": chat, "message_id": message})

    async def delete_message(self, chat: int, message: int) -> None:
        """https://core.telegram.org/bots/api#deletemessage"""
        await self._call("deleteMessage", {"chat_id": chat, "message_id": message})

    async def delete_messages(self, chat: int, messages: Sequence[int]) -> None:
        """https://core.telegram.org/bots/api#deletemessages; at most a hundred."""
        await self._call("deleteMessages", {"chat_id": chat, "message_ids": messages})

    async def answer_callback_query(self, query: str, text: str = "") -> None:
        """https://core.telegram.org/bots/api#answercallbackquery; text: at most 200 characters."""
        await self._call("answerCallbackQuery", _tap_answer(query, text))

    async def send_typing(self, chat: int) -> None:
        """https://core.telegram.org/bots/api#sendchataction"""
        await self._call("sendChatAction", {"chat_id": chat, "action": ChatAction.TYPING})

    async def leave_chat(self, chat: int) -> None:
        """https://core.telegram.org/bots/api#leavechat"""
        await self._call("leaveChat", {"chat_id": chat})

    async def _call(self, method: str, parameters: Mapping[str, object]) -> Any:
        body = cast("RequestData", _Body(json.dumps(parameters).encode()))
        return await self.request.post(f"{self.base_url}/{method}", body)


@dataclass(slots=True)
class Along:
    """Room for a call that goes to Telegram with the answer to its push. Nobody learns what becomes of it, so it is for
    the answer to a tap alone, which is beside the point of a turn.
    https://core.telegram.org/bots/api#making-requests-when-getting-updates
    """

    _answer: tuple[str, str] | None = None

    @property
    def call(self) -> Mapping[str, object] | None:
        """The call as the answer's body, None if there is none."""
        return {"method": "answerCallbackQuery", **_tap_answer(*self._answer)} if self._answer is not None else None

    def answer_callback_query(self, query: str, text: str = "") -> None:
        """See `BotApi`."""
        self._answer = query, text

    def take_back(self) -> str | None:
        """The text of the answer, which does not go along now; None if there was none to go."""
        answer, self._answer = self._answer, None
        return answer[1] if answer is not None else None


@dataclass(frozen=True, slots=True)
class _Body:
    """What `AiohttpRequest` looks at of a RequestData, which only the library can make."""

    json_payload: bytes
    contains_files: bool = False


def _tap_answer(query: str, text: str) -> dict[str, object]:
    return {"callback_query_id": query, **({"text": text} if text else {})}


def _content(html: str, keyboard: Keyboard) -> dict[str, object]:
    content: dict[str, object] = {"text": html, "parse_mode": ParseMode.HTML, "link_preview_options": _NO_PREVIEW}
    if keyboard:
        content["reply_markup"] = {"inline_keyboard": keyboard}
    return content
