"""The calls that answer people, under the strict peer and under answers that Telegram does not give."""

import datetime as dt
import json
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from telegram.error import BadRequest, NetworkError

from bot.channels.telegram.api import BotApi, Keyboard
from bot.channels.telegram.request import AiohttpRequest
from bot.sessions.protocol import Message
from tests.channels.telegram.running import TOKEN
from tests.telegram_peer import Person, TelegramPeer

GO_ON: Keyboard = [[{"text": "Go on", "callback_data": "1:go"}], [{"text": "Copy", "copy_text": {"text": "0800"}}]]
SOMEBODY = "A name that nobody may read"


@asynccontextmanager
async def somewhere_else(answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> AsyncIterator[BotApi]:
    """Calls that are answered otherwise than by Telegram."""
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with AiohttpRequest() as request:
        yield BotApi(request, f"http://127.0.0.1:{runner.addresses[0][1]}/bot{TOKEN}")
    await runner.cleanup()


async def test_what_is_sent_is_known_as_a_card(api: BotApi, begun: Person) -> None:
    sent = await api.send_message(begun.chat_id, "<b>سلام</b> &amp; 🏟 https://example.org", GO_ON)
    shown = begun.messages[-1]
    assert (shown.text, shown.text[: shown.entities[0].length]) == ("سلام & 🏟 https://example.org", "سلام")
    assert [[button.text for button in row] for row in shown.buttons] == [["Go on"], ["Copy"]]
    assert sent == Message(shown.message_id, dt.datetime.fromtimestamp(shown.date, dt.UTC), card=True)


async def test_no_message_shows_a_preview(peer: TelegramPeer, api: BotApi, begun: Person) -> None:
    sent = await api.send_message(begun.chat_id, "one")
    await api.edit_message_text(begun.chat_id, sent.id, "two")
    for call in (*peer.calls_of("sendMessage"), *peer.calls_of("editMessageText")):
        assert call.parameters["link_preview_options"] == {"is_disabled": True}


async def test_a_change_replaces_the_buttons_too(api: BotApi, begun: Person) -> None:
    sent = await api.send_message(begun.chat_id, "one", GO_ON)
    await api.edit_message_text(begun.chat_id, sent.id, "<i>two</i>", GO_ON[:1])
    assert (begun.messages[-1].text, len(begun.messages[-1].buttons)) == ("two", 1)
    await api.edit_message_text(begun.chat_id, sent.id, "three")
    assert (begun.messages[-1].text, begun.messages[-1].buttons) == ("three", ())
    with pytest.raises(BadRequest, match="is not modified"):
        await api.edit_message_text(begun.chat_id, sent.id, "three")


async def test_buttons_can_be_taken_off_a_card_that_stays(api: BotApi, begun: Person) -> None:
    sent = await api.send_message(begun.chat_id, "one", GO_ON)
    await api.remove_keyboard(begun.chat_id, sent.id)
    assert (begun.messages[-1].text, begun.messages[-1].buttons) == ("one", ())


async def test_messages_are_deleted_one_by_one_or_together(api: BotApi, begun: Person) -> None:
    sent = [await api.send_message(begun.chat_id, f"{number}") for number in range(3)]
    await api.delete_message(begun.chat_id, sent[0].id)
    await api.delete_messages(begun.chat_id, [message.id for message in sent[1:]])
    assert [message.text for message in begun.messages] == ["/start"]


async def test_a_tap_is_answered_with_words_or_without(peer: TelegramPeer, api: BotApi, begun: Person) -> None:
    sent = await api.send_message(begun.chat_id, "?", GO_ON)
    for words in ("", "It ended."):
        await api.answer_callback_query(await begun.taps("Go on", sent.id), words)
    assert [call.parameters.get("text") for call in peer.calls_of("answerCallbackQuery")] == [None, "It ended."]


async def test_typing_and_leaving(peer: TelegramPeer, api: BotApi, begun: Person) -> None:
    await api.send_typing(begun.chat_id)
    assert peer.calls_of("sendChatAction")[0].parameters["action"] == "typing"
    group = peer.group()
    await group.says(begun, "hello")
    await api.leave_chat(group.chat_id)
    assert peer.calls_of("leaveChat")[0].status == 200


@pytest.mark.parametrize(
    "result",
    [
        True,
        None,
        [],
        {},
        {"message_id": 7, "chat": {"first_name": SOMEBODY}},
        {"message_id": None, "date": 1},
        {"message_id": SOMEBODY, "date": 1},
        {"message_id": 7, "date": SOMEBODY},
        {"message_id": 7, "date": 10**18},
    ],
)
async def test_an_answer_that_does_not_say_what_was_sent_is_a_lost_one_and_is_not_quoted(result: object) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return web.json_response({"ok": True, "result": result})

    async with somewhere_else(answer) as api:
        with pytest.raises(NetworkError, match="does not say which message was sent") as failed:
            await api.send_message(1, "x")
    assert type(failed.value) is NetworkError
    assert SOMEBODY not in "".join(traceback.format_exception(failed.value))


async def test_a_call_is_one_json_object() -> None:
    bodies: list[tuple[str, object]] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        bodies.append((request.content_type, json.loads(await request.read())))
        return web.json_response({"ok": True, "result": True})

    async with somewhere_else(answer) as api:
        await api.delete_messages(-5, [1, 2])
    assert bodies == [("application/json", {"chat_id": -5, "message_ids": [1, 2]})]
