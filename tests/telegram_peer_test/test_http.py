"""The wire: addresses, parameters, faults."""

import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from tests.telegram_peer import Call, Person, TelegramPeer
from tests.telegram_peer.peer import FIRST_CHAT_ID


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as running:
        yield running


async def post(session: aiohttp.ClientSession, peer: TelegramPeer, method: str, **how: Any) -> tuple[int, Any]:
    async with session.post(f"{peer.base_url}{peer.token}/{method}", **how) as response:
        return response.status, await response.json()


async def test_every_way_to_pass_parameters_is_understood(
    peer: TelegramPeer, person: Person, session: aiohttp.ClientSession
) -> None:
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}
    form = {"chat_id": str(person.chat_id), "text": "12", "reply_markup": json.dumps(markup)}
    with aiohttp.MultipartWriter("form-data") as multipart:
        for name, value in form.items():
            multipart.append(value).set_content_disposition("form-data", name=name)
    ways: list[dict[str, Any]] = [
        {"json": {"chat_id": person.chat_id, "text": "12", "reply_markup": markup}},
        {"json": form},
        {"json": {**form, "text": 12}},
        {"data": form},
        {"data": multipart},
        {"params": form},
    ]
    for way in ways:
        status, answer = await post(session, peer, "sendMESSAGE", **way)
        assert (status, answer["ok"], answer["result"]["text"]) == (200, True, "12")
    async with session.get(f"{peer.base_url}{peer.token}/sendMessage", params=form) as response:
        assert response.status == 200
    assert {message.buttons for message in person.messages[1:]} == {person.messages[1].buttons}
    assert [call.parameters for call in peer.calls] == [
        {"chat_id": person.chat_id, "text": "12", "reply_markup": markup}
    ] * 7


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("/bot123456:OTHER/getMe", 401, "Unauthorized"),
        ("/botTEST/getMe", 404, "Not Found"),
        ("/bot123456:TEST/", 404, "Not Found"),
        ("/", 404, "Not Found"),
        ("/bot123456:TEST/getMee", 404, "Not Found: method not found"),
        ("/bot123456:TEST/sendPhoto", 404, "Not Found: method not found"),
    ],
)
async def test_wrong_addresses(
    peer: TelegramPeer, session: aiohttp.ClientSession, path: str, status: int, description: str
) -> None:
    async with session.post(peer.base_url.removesuffix("/bot") + path) as response:
        assert (response.status, await response.json()) == (
            status,
            {"ok": False, "error_code": status, "description": description},
        )


async def test_only_get_and_post_are_answered(peer: TelegramPeer, session: aiohttp.ClientSession) -> None:
    async with session.put(f"{peer.base_url}{peer.token}/getMe") as response:
        assert response.status == 405


@pytest.mark.parametrize(
    ("method", "how", "reason"),
    [
        ("sendMessage", {"json": {"chat_id": 1, "text": "x", "txt": "x"}}, "sendMessage has no parameter txt"),
        ("getMe", {"json": {"x": 1}}, "getMe has no parameter x"),
        ("sendMessage", {"json": {"chat_id": 1}}, "message text is empty"),
        ("sendMessage", {"json": {"text": "x"}}, "chat_id is empty"),
        ("sendMessage", {"data": {"chat_id": "@channel", "text": "x"}}, "parameter chat_id must be a JSON int"),
        ("deleteMessages", {"data": {"chat_id": "1", "message_ids": "5"}}, "parameter message_ids must be a JSON list"),
        ("getUpdates", {"data": {"timeout": "soon"}}, "parameter timeout must be a JSON int"),
        ("deleteWebhook", {"data": {"drop_pending_updates": "maybe"}}, "must be a JSON bool"),
        ("getMe", {"data": "[]", "headers": {"Content-Type": "application/json"}}, "can't parse JSON object"),
        ("getMe", {"data": "{", "headers": {"Content-Type": "application/json"}}, "can't parse JSON object"),
        ("getMe", {"data": {"photo": b"x"}}, "photo is a file"),
        ("sendMessage", {"json": {"chat_id": 1, "text": "\ud83d"}}, "strings must be encoded in UTF-8"),
        (
            "sendMessage",
            {"json": {"chat_id": FIRST_CHAT_ID, "text": "x", "link_preview_options": {"off": True}}},
            "can't parse LinkPreviewOptions: unknown fields ['off']",
        ),
        (
            "deleteMessages",
            {"json": {"chat_id": FIRST_CHAT_ID, "message_ids": ["1"]}},
            "message identifier must be of type Number",
        ),
        ("setMyCommands", {"json": {"commands": ["help"]}}, "can't parse BotCommand"),
        ("setMyCommands", {"json": {"commands": [], "scope": {"type": "planet"}}}, "can't parse BotCommandScope"),
    ],
)
@pytest.mark.usefixtures("person")
async def test_parameters_that_do_not_fit(
    peer: TelegramPeer, session: aiohttp.ClientSession, method: str, how: dict[str, Any], reason: str
) -> None:
    if isinstance(how.get("data"), dict) and "photo" in how["data"]:
        form = aiohttp.FormData()
        form.add_field("photo", b"x", filename="x.png")
        how = {"data": form}
    status, answer = await post(session, peer, method, **how)
    assert status == 400
    assert reason in answer["description"]
    assert peer.calls[-1].description == answer["description"]


async def test_refusals_come_as_planned_and_have_no_effect(
    peer: TelegramPeer, person: Person, session: aiohttp.ClientSession
) -> None:
    message = {"chat_id": person.chat_id, "text": "x"}
    peer.fail_next("sendMessage", 429, retry_after=7)
    peer.fail_next("sendMessage", 500, times=2)
    answers = [await post(session, peer, "sendMessage", json=message) for _ in range(4)]
    assert [status for status, _ in answers] == [429, 500, 500, 200]
    assert answers[0][1] == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 7",
        "parameters": {"retry_after": 7},
    }
    assert len(person.messages) == 2
    assert [call.status for call in peer.calls_of("sendmessage")] == [429, 500, 500, 200]


@pytest.mark.parametrize("effect", [False, True])
async def test_a_connection_is_lost_before_or_after_the_effect(
    peer: TelegramPeer, person: Person, session: aiohttp.ClientSession, effect: bool
) -> None:
    plan = peer.lose_answer if effect else peer.drop_connection
    plan("sendMessage")
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(session, peer, "sendMessage", json={"chat_id": person.chat_id, "text": "x"})
    assert len(person.messages) == 1 + effect
    assert peer.calls[-1].status is None
    assert (await post(session, peer, "getMe"))[0] == 200


async def test_a_web_page_in_place_of_an_answer(peer: TelegramPeer, session: aiohttp.ClientSession) -> None:
    peer.html_instead_of_json("getMe", status=200)
    async with session.get(f"{peer.base_url}{peer.token}/getMe") as response:
        assert (response.status, response.content_type) == (200, "text/html")


async def test_an_answer_can_be_slow(peer: TelegramPeer, session: aiohttp.ClientSession) -> None:
    peer.delay("getMe", 0.1)
    begun = time.monotonic()
    assert (await post(session, peer, "getMe"))[0] == 200
    assert 0.1 <= time.monotonic() - begun < 1


async def test_every_call_is_kept(peer: TelegramPeer, person: Person, session: aiohttp.ClientSession) -> None:
    await post(session, peer, "sendChatAction", data={"chat_id": str(person.chat_id), "action": "typing"})
    assert peer.calls == [Call("sendChatAction", {"chat_id": person.chat_id, "action": "typing"}, 200, True)]


def test_what_a_test_asks_for_must_make_sense(peer: TelegramPeer) -> None:
    with pytest.raises(ValueError, match="no method"):
        peer.delay("sendMessagge", 1)
    with pytest.raises(ValueError, match="no bot token"):
        TelegramPeer(token="TEST")
    somebody = peer.person()
    with pytest.raises(ValueError, match="taken"):
        peer.person(somebody.chat_id)
    with pytest.raises(ValueError, match="wrong sign"):
        peer.group(5)
    assert peer.clock_offset == timedelta()
