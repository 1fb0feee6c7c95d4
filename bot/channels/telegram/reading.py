"""What Telegram sends (an Update) -> what the engine understands (an Event), and where it came from.

Only private chats are conversations. Nothing but the words of a text message is looked at: a photo, voice message,
place or document is never downloaded or opened, and of the person only the language of their app is read.
https://core.telegram.org/bots/api#update
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import telegram
from telegram.constants import ChatMemberStatus, ChatType

from bot.engine.model import Event, Said, Started, Tapped
from bot.engine.reading import command
from bot.sessions.protocol import ChatKey, Message

# The kinds of update to ask for; edited messages are not among them, for what was said first has been answered.
KINDS: Final = (telegram.Update.MESSAGE, telegram.Update.CALLBACK_QUERY, telegram.Update.MY_CHAT_MEMBER)

# Notices that Telegram itself puts into a private chat. Nobody has said anything, so nothing is answered.
_NOTICES: Final = (
    "chat_background_set",
    "forum_topic_closed",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_reopened",
    "message_auto_delete_timer_changed",
    "pinned_message",
    "write_access_allowed",
)
_PRESENT: Final = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED)


@dataclass(frozen=True, slots=True)
class Tap:
    """A pressed button: the id of the query that waits for an answer, and the message that the button stands on.

    The message's `sent` is in 1970 if Telegram no longer shows the message to the bot.
    """

    query: str
    on: Message


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that a person did in their chat. `incoming` is their own message, `tap` the button they pressed."""

    key: ChatKey
    event: Event
    incoming: Message | None = None
    tap: Tap | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """Something happened in a group or channel, where this bot does not work."""

    key: ChatKey


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person has blocked the bot, or deleted the chat and blocked it."""

    key: ChatKey


Received = Arrival | Outside | Blocked


def read(update: telegram.Update, now: dt.datetime) -> Received | None:
    """What the update means, None if nothing. `now` becomes the time of the event: a message may have waited for a
    day in Telegram's queue, and its conversation would then seem to be over before it began."""
    if update.message is not None:
        return _message(update.message, now)
    if update.callback_query is not None:
        return _tap(update.callback_query, now)
    if update.my_chat_member is not None:
        return _standing(update.my_chat_member)
    return None


def key_of(chat: telegram.Chat) -> ChatKey:
    """The chat as sessions know it."""
    return ChatKey("telegram", chat.id)


def _message(message: telegram.Message, now: dt.datetime) -> Received | None:
    key = key_of(message.chat)
    if message.chat.type != ChatType.PRIVATE:
        return Outside(key)
    if any(getattr(message, notice) is not None for notice in _NOTICES):
        return None
    hint = message.from_user.language_code if message.from_user else None
    return Arrival(key, _said(message.text, now, hint), incoming=Message(message.message_id, message.date))


def _said(text: str | None, now: dt.datetime, hint: str | None) -> Event:
    if text is not None and text.startswith("/") and command(text) == "start":
        return Started(now, hint, payload="".join(text.split()[1:2]))
    return Said(now, text, hint)


def _tap(query: telegram.CallbackQuery, now: dt.datetime) -> Received | None:
    if query.message is None:  # the bot's cards are never sent inline, so no button of its own is without a message
        return None
    key = key_of(query.message.chat)
    if query.message.chat.type != ChatType.PRIVATE:
        return Outside(key)
    event = Tapped(now, query.data or "", query.from_user.language_code)
    return Arrival(key, event, tap=Tap(query.id, Message(query.message.message_id, query.message.date)))


def _standing(change: telegram.ChatMemberUpdated) -> Received | None:
    key, status = key_of(change.chat), change.new_chat_member.status
    if change.chat.type == ChatType.PRIVATE:
        return Blocked(key) if status == ChatMemberStatus.BANNED else None
    return Outside(key) if status in _PRESENT else None
