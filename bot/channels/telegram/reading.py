"""What Telegram sends (an Update) -> what the engine understands (an Event), and where it came from.

Only private chats are conversations. Nothing but the words of a text message is looked at: a photo, voice message,
place or document is never downloaded or opened, and of the person only the language of their app is read. So that
this holds for the whole process, an update is not made into the library's objects, which have a place for everything
(and cost a tenth of a tap's processor time): the models here name all that is ever taken out of one.
https://core.telegram.org/bots/api#update
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from telegram.constants import ChatMemberStatus, ChatType, UpdateType

from bot.engine.model import Event, Said, Started, Tapped
from bot.engine.reading import command
from bot.sessions.protocol import ChatKey, Message

# The kinds of update to ask for; edited messages are not among them, for what was said first has been answered.
KINDS: Final = tuple(kind.value for kind in (UpdateType.MESSAGE, UpdateType.CALLBACK_QUERY, UpdateType.MY_CHAT_MEMBER))

# Notices that Telegram itself puts into a private chat. Nobody has said anything, so nothing is answered.
_NOTICES: Final = frozenset(
    {
        "chat_background_set",
        "forum_topic_closed",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_reopened",
        "message_auto_delete_timer_changed",
        "pinned_message",
        "write_access_allowed",
    }
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


RawUpdate: TypeAlias = Mapping[str, Any]


class _Part(BaseModel):
    """A part of an update. Fields that it does not name are passed over."""

    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)


class _Chat(_Part):
    id: int
    type: str


class _Person(_Part):
    language_code: str | None = None


class _Message(_Part):
    """`date` is in seconds since 1970; 0 where Telegram no longer shows the message (InaccessibleMessage)."""

    message_id: int
    date: int
    chat: _Chat
    sender: _Person | None = Field(None, alias="from")
    text: str | None = None

    def remembered(self) -> Message:
        return Message(self.message_id, dt.datetime.fromtimestamp(self.date, dt.UTC))


class _Query(_Part):
    id: str
    sender: _Person = Field(alias="from")
    message: _Message | None = None
    data: str | None = None


class _Member(_Part):
    status: str


class _Membership(_Part):
    chat: _Chat
    new_chat_member: _Member


class _Update(_Part):
    message: _Message | None = None
    callback_query: _Query | None = None
    my_chat_member: _Membership | None = None


def read(raw: RawUpdate, now: dt.datetime) -> Received | None:
    """What the update means, None if nothing. `now` becomes the time of the event: a message may have waited for a
    day in Telegram's queue, and its conversation would then seem to be over before it began.

    Raises ValueError, OverflowError or OSError for one that is not as Telegram documents it.
    """
    update = _Update.model_validate(raw)
    if update.message is not None:
        return _message(update.message, now, notice=not _NOTICES.isdisjoint(raw["message"]))
    if update.callback_query is not None:
        return _tap(update.callback_query, now)
    if update.my_chat_member is not None:
        return _standing(update.my_chat_member)
    return None


def _key_of(chat: _Chat) -> ChatKey:
    return ChatKey("telegram", chat.id)


def _message(message: _Message, now: dt.datetime, *, notice: bool) -> Received | None:
    key = _key_of(message.chat)
    if message.chat.type != ChatType.PRIVATE:
        return Outside(key)
    if notice:
        return None
    hint = message.sender.language_code if message.sender else None
    return Arrival(key, _said(message.text, now, hint), incoming=message.remembered())


def _said(text: str | None, now: dt.datetime, hint: str | None) -> Event:
    if text is not None and text.startswith("/") and command(text) == "start":
        return Started(now, hint, payload="".join(text.split()[1:2]))
    return Said(now, text, hint)


def _tap(query: _Query, now: dt.datetime) -> Received | None:
    if query.message is None:  # the bot's cards are never sent inline, so no button of its own is without a message
        return None
    key = _key_of(query.message.chat)
    if query.message.chat.type != ChatType.PRIVATE:
        return Outside(key)
    event = Tapped(now, query.data or "", query.sender.language_code)
    return Arrival(key, event, tap=Tap(query.id, query.message.remembered()))


def _standing(change: _Membership) -> Received | None:
    key, status = _key_of(change.chat), change.new_chat_member.status
    if change.chat.type == ChatType.PRIVATE:
        return Blocked(key) if status == ChatMemberStatus.BANNED else None
    return Outside(key) if status in _PRESENT else None
