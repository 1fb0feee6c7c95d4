"""Updates as Telegram sends them, and what the engine hears of them."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.reading import KINDS, Arrival, Blocked, Outside, Received, Tap, read
from bot.engine.model import Event, Said, Started, Tapped
from bot.sessions.protocol import ChatKey, Message

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
YESTERDAY = NOW - dt.timedelta(days=1)
SENT = int(YESTERDAY.timestamp())
CHAT = 5_000_000_001
KEY = ChatKey("telegram", CHAT)
PRIVATE = {"id": CHAT, "type": "private", "first_name": "Somebody"}
GROUP = {"id": -7, "type": "supergroup", "title": "A group"}
PERSON = {"id": CHAT, "is_bot": False, "first_name": "Somebody", "language_code": "ar"}
BOT = {"id": 1, "is_bot": True, "first_name": "Ask First"}


def received(kind: str, payload: dict[str, Any]) -> Received | None:
    return read({"update_id": 1, kind: payload}, NOW)


def message(chat: dict[str, Any] = PRIVATE, **content: Any) -> dict[str, Any]:
    return {"message_id": 7, "from": PERSON, "chat": chat, "date": SENT, **content}


def event(**content: Any) -> Event:
    arrival = received("message", message(**content))
    assert isinstance(arrival, Arrival)
    assert arrival.key == KEY
    assert arrival.incoming == Message(7, YESTERDAY)
    assert arrival.tap is None
    return arrival.event


def test_a_text_is_said_now_however_long_it_waited() -> None:
    assert event(text="M1 1AE") == Said(NOW, "M1 1AE", "ar")


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("/start", ""),
        ("/start mp-ar-leeds7", "mp-ar-leeds7"),
        ("/start@AskFirstBot mp", "mp"),
        ("/START  mp", "mp"),
        ("/start mp and more", "mp"),
    ],
)
def test_start_carries_what_the_link_carried(text: str, payload: str) -> None:
    assert event(text=text) == Started(NOW, "ar", payload)


@pytest.mark.parametrize("text", ["/mp", "/starting", "start", "/", "//start"])
def test_other_commands_are_said(text: str) -> None:
    assert event(text=text) == Said(NOW, text, "ar")


@given(st.text(min_size=1))
def test_every_text_can_be_read(text: str) -> None:
    assert event(text=text).at == NOW


FILE = {"file_id": "x", "file_unique_id": "y"}


@pytest.mark.parametrize(
    "content",
    [
        {"photo": [{**FILE, "width": 1, "height": 1}], "caption": "my letter"},
        {"voice": {**FILE, "duration": 9}},
        {"document": FILE},
        {"location": {"latitude": 53.5, "longitude": -2.2}},
        {"contact": {"phone_number": "+441632960961", "first_name": "Somebody"}},
        {"sticker": {**FILE, "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}},
        {"something_that_telegram_will_think_of_next_year": {}},
    ],
)
def test_whatever_is_no_text_is_said_without_words(content: dict[str, Any]) -> None:
    assert event(**content) == Said(NOW, None, "ar")


@pytest.mark.parametrize(
    "notice",
    [
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}},
        {"pinned_message": {"message_id": 3, "chat": PRIVATE, "date": 0}},
        {"write_access_allowed": {}},
    ],
)
def test_notices_of_telegram_itself_are_not_answered(notice: dict[str, Any]) -> None:
    assert received("message", message(**notice)) is None


def test_a_tap_brings_its_data_and_the_card_it_was_on() -> None:
    card = {"message_id": 5, "from": BOT, "chat": PRIVATE, "date": SENT, "text": "?"}
    query = {"id": "99", "from": PERSON, "message": card, "chat_instance": "1", "data": "12:yes"}
    expected = Arrival(KEY, Tapped(NOW, "12:yes", "ar"), tap=Tap("99", Message(5, YESTERDAY)))
    assert received("callback_query", query) == expected


def test_a_tap_on_a_card_that_telegram_no_longer_shows_is_from_long_ago() -> None:
    card = {"message_id": 5, "chat": PRIVATE, "date": 0}
    query = {"id": "99", "from": PERSON, "message": card, "chat_instance": "1", "data": "12:yes"}
    arrival = received("callback_query", query)
    assert isinstance(arrival, Arrival)
    assert arrival.tap == Tap("99", Message(5, dt.datetime(1970, 1, 1, tzinfo=dt.UTC)))


def test_a_tap_without_a_message_is_not_ours() -> None:
    query = {"id": "99", "from": PERSON, "inline_message_id": "1", "chat_instance": "1", "data": "12:yes"}
    assert received("callback_query", query) is None


def membership(chat: dict[str, Any], status: str) -> dict[str, Any]:
    more = {"until_date": 0} if status == "kicked" else {}
    new = {"status": status, "user": BOT, **more}
    old = {"status": "left", "user": BOT}
    return {"chat": chat, "from": PERSON, "date": SENT, "old_chat_member": old, "new_chat_member": new}


def test_a_block_is_noticed_and_its_end_is_nothing() -> None:
    assert received("my_chat_member", membership(PRIVATE, "kicked")) == Blocked(KEY)
    assert received("my_chat_member", membership(PRIVATE, "member")) is None


def test_groups_are_outside() -> None:
    outside = Outside(ChatKey("telegram", -7))
    card = {"message_id": 5, "from": BOT, "chat": GROUP, "date": SENT, "text": "?"}
    assert received("message", message(GROUP, text="/start")) == outside
    assert received("callback_query", {"id": "9", "from": PERSON, "message": card, "chat_instance": "1"}) == outside
    assert received("my_chat_member", membership(GROUP, "member")) == outside
    assert received("my_chat_member", membership(GROUP, "kicked")) is None
    assert received("my_chat_member", membership(GROUP, "left")) is None


def test_other_kinds_are_neither_asked_for_nor_read() -> None:
    assert KINDS == ("message", "callback_query", "my_chat_member")
    assert received("edited_message", message(text="M1 1AE")) is None


def test_what_was_received_does_not_show_the_chat() -> None:
    arrival = received("message", message(text="x"))
    assert str(CHAT) not in repr(arrival)
