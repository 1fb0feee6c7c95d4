"""The methods by which a bot speaks: https://core.telegram.org/bots/api#available-methods

Parameters that would need something this peer does not model (topics, replies, effects, business accounts,
inline messages) are left out of the signatures, so a call that uses them is refused rather than half obeyed.
"""

from __future__ import annotations

from typing import Any, Final

from tests.telegram_peer.chats import Chat, Message, Toast
from tests.telegram_peer.entities import Formatted, utf16_length
from tests.telegram_peer.errors import bad_request
from tests.telegram_peer.keyboards import Rows, read_keyboard
from tests.telegram_peer.state import TAP_LIFETIME, Telegram
from tests.telegram_peer.text import read_text

DELETABLE_FOR: Final = 48 * 60 * 60
MAX_DELETED_AT_ONCE: Final = 100
MAX_TOAST: Final = 200
CHAT_ACTIONS: Final = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
_PREVIEW_FIELDS: Final = frozenset(
    {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}
)


def send_message(
    telegram: Telegram,
    chat_id: int,
    text: str,
    parse_mode: str | None = None,
    entities: list[Any] | None = None,
    link_preview_options: dict[str, Any] | None = None,
    disable_notification: bool = False,
    protect_content: bool = False,
    allow_paid_broadcast: bool = False,
    reply_markup: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A new message of the bot."""
    chat = telegram.chat(chat_id)
    chat.require_member()
    _require_preview(link_preview_options)
    content, buttons = read_text(text, parse_mode, entities), read_keyboard(reply_markup)
    _spend(telegram, chat)
    return chat.message_json(telegram.post(chat, telegram.bot, content, buttons))


def edit_message_text(
    telegram: Telegram,
    chat_id: int,
    message_id: int,
    text: str,
    parse_mode: str | None = None,
    entities: list[Any] | None = None,
    link_preview_options: dict[str, Any] | None = None,
    reply_markup: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Another text, and other buttons or none: a keyboard that is not given again is gone."""
    chat, message = _editable(telegram, chat_id, message_id)
    _require_preview(link_preview_options)
    return _edit(telegram, chat, message, read_text(text, parse_mode, entities), read_keyboard(reply_markup))


def edit_message_reply_markup(
    telegram: Telegram, chat_id: int, message_id: int, reply_markup: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Other buttons, or none, below the same text."""
    chat, message = _editable(telegram, chat_id, message_id)
    return _edit(telegram, chat, message, Formatted(message.text, message.entities), read_keyboard(reply_markup))


def delete_message(telegram: Telegram, chat_id: int, message_id: int) -> bool:
    """Deletes a message on both sides: the bot's own or, in a private chat, the person's."""
    chat = telegram.chat(chat_id)
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request("message to delete not found")
    _require_deletable(telegram, chat, message)
    chat.remove(message_id)
    return True


def delete_messages(telegram: Telegram, chat_id: int, message_ids: list[Any]) -> bool:
    """Deletes 1 to 100 messages; unknown ones are skipped, but one that may not be deleted fails the call."""
    chat = telegram.chat(chat_id)
    if not message_ids:
        raise bad_request("message identifiers are not specified")
    if len(message_ids) > MAX_DELETED_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    if not all(type(message_id) is int for message_id in message_ids):
        raise bad_request("message identifier must be of type Number")
    found = [chat.messages[message_id] for message_id in dict.fromkeys(message_ids) if message_id in chat.messages]
    for message in found:
        _require_deletable(telegram, chat, message)
    for message in found:
        chat.remove(message.message_id)
    return True


def send_chat_action(telegram: Telegram, chat_id: int, action: str) -> bool:
    """ "The bot is typing"."""
    chat = telegram.chat(chat_id)
    chat.require_member()
    if action not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.actions.append(action)
    chat.changed.ring()
    return True


def answer_callback_query(
    telegram: Telegram,
    callback_query_id: str,
    text: str = "",
    show_alert: bool = False,
    cache_time: int = 0,
) -> bool:
    """Ends the waiting mark on a pressed button, with a note or without."""
    tap = telegram.taps.get(callback_query_id)
    if tap is None or tap.answered or telegram.now() - tap.made_at > TAP_LIFETIME:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if utf16_length(text) > MAX_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    tap.answered = True
    tap.chat.toasts.append(Toast(text, show_alert))
    tap.chat.changed.ring()
    return True


def leave_chat(telegram: Telegram, chat_id: int) -> bool:
    """The bot leaves a group."""
    chat = telegram.chat(chat_id)
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.require_member()
    telegram.move_bot(chat, telegram.bot, "left")
    return True


def _editable(telegram: Telegram, chat_id: int, message_id: int) -> tuple[Chat, Message]:
    chat = telegram.chat(chat_id)
    chat.require_member()
    message = chat.messages.get(message_id)
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(telegram: Telegram, chat: Chat, message: Message, content: Formatted, buttons: Rows) -> dict[str, Any]:
    if (content, buttons) == (Formatted(message.text, message.entities), message.buttons):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    _spend(telegram, chat)
    return chat.message_json(telegram.edit(chat, message, content, buttons))


def _require_deletable(telegram: Telegram, chat: Chat, message: Message) -> None:
    too_old = telegram.now() - message.date >= DELETABLE_FOR
    if too_old or (chat.type != "private" and not message.from_bot):
        raise bad_request("message can't be deleted for everyone")


def _require_preview(options: dict[str, Any] | None) -> None:
    if options is not None and (unknown := options.keys() - _PREVIEW_FIELDS):
        raise bad_request(f"can't parse LinkPreviewOptions: unknown fields {sorted(unknown)}")


def _spend(telegram: Telegram, chat: Chat) -> None:
    telegram.flood.spend(chat.id, is_group=chat.type != "private", now=telegram.now())
