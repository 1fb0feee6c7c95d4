"""Long polling and webhooks."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler

from tests.telegram_peer import SECRET_HEADER, Delivery, Person, TelegramPeer

HOOK = "https://bot.example.org/hook"


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [update.message.text if update.message else None for update in updates]


async def test_an_update_stays_until_a_higher_offset_confirms_it(bot: Bot, person: Person, peer: TelegramPeer) -> None:
    await person.says("two")
    await person.says("three")
    first = await bot.get_updates(limit=2)
    assert texts(first) == ["/start", "two"]
    assert texts(await bot.get_updates()) == ["/start", "two", "three"]
    assert texts(await bot.get_updates(offset=first[-1].update_id)) == ["two", "three"]
    assert texts(await bot.get_updates(offset=first[-1].update_id + 1)) == ["three"]
    assert peer.pending_updates == 1


async def test_a_negative_offset_keeps_only_the_newest(bot: Bot, person: Person) -> None:
    for number in range(3):
        await person.says(f"{number}")
    assert texts(await bot.get_updates(offset=-2)) == ["1", "2"]
    assert texts(await bot.get_updates()) == ["1", "2"]


async def test_a_long_poll_waits_for_the_first_update_or_its_time(bot: Bot, peer: TelegramPeer) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.05)
    begun = time.monotonic()
    await peer.person().says("now")
    assert texts(await poll) == ["now"]
    assert time.monotonic() - begun < 1
    assert await bot.get_updates(offset=-1, timeout=1) == await bot.get_updates()
    latest = (await bot.get_updates())[-1].update_id
    assert await bot.get_updates(offset=latest + 1, timeout=1) == ()


async def test_of_two_polls_the_earlier_one_fails(bot: Bot, peer: TelegramPeer) -> None:
    earlier = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.05)
    async with Bot(peer.token, base_url=peer.base_url) as second:
        later = asyncio.create_task(second.get_updates(timeout=5))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await earlier
        await peer.person().says("hello")
        assert texts(await later) == ["hello"]


async def test_allowed_updates_hold_until_they_are_changed(bot: Bot, person: Person) -> None:
    latest = (await bot.get_updates(allowed_updates=["message"]))[-1].update_id
    await person.blocks_bot()
    await person.unblocks_bot()
    assert await bot.get_updates(offset=latest + 1) == ()
    await bot.get_updates(allowed_updates=[])
    await person.blocks_bot()
    assert [update.my_chat_member is not None for update in await bot.get_updates()] == [True]


async def test_updates_do_not_wait_for_ever(bot: Bot, person: Person, peer: TelegramPeer) -> None:
    await bot.send_message(
        person.chat_id, "?", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    )
    await person.taps("Yes")
    assert peer.pending_updates == 2
    peer.clock_offset = timedelta(minutes=3)
    assert texts(await bot.get_updates()) == ["/start"]
    peer.clock_offset = timedelta(hours=25)
    assert await bot.get_updates() == ()


async def test_a_person_may_send_other_things_and_change_their_mind(bot: Bot, person: Person) -> None:
    await person.sends(location={"latitude": 53.5, "longitude": -2.2})
    await person.edits(person.messages[0].message_id, "/stop")
    _, place, edit = await bot.get_updates()
    assert place.message is not None
    assert place.message.location is not None
    assert edit.edited_message is not None
    assert edit.edited_message.text == "/stop"
    assert str(person) == "#1 person, edited 1x: /stop\n#2 person: location"


async def test_a_deep_link_arrives_as_a_command(bot: Bot, peer: TelegramPeer) -> None:
    await peer.person(language_code="ar").follows_link("mp-ar-leeds7")
    message = (await bot.get_updates())[0].message
    assert message is not None
    assert message.from_user is not None
    assert (message.text, message.from_user.language_code) == ("/start mp-ar-leeds7", "ar")
    assert [(entity.type, entity.length) for entity in message.entities] == [("bot_command", 6)]
    with pytest.raises(AssertionError, match="opens no deep link"):
        await peer.person().follows_link("x" * 65)


async def test_python_telegram_bots_own_polling_works_on_the_peer(peer: TelegramPeer) -> None:
    async def start(update: Update, _: object) -> None:
        assert update.message is not None
        await update.message.reply_text(
            "Hello", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
        )

    async def tapped(update: Update, _: object) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer()
        await update.callback_query.edit_message_text("Thank you")

    application = ApplicationBuilder().token(peer.token).base_url(peer.base_url).build()
    application.add_handlers([CommandHandler("start", start), CallbackQueryHandler(tapped)])
    person = peer.person()
    async with application:
        assert application.updater is not None
        await application.updater.start_polling(poll_interval=0)
        await application.start()
        await person.says("/start")
        await person.sees(lambda messages: messages[-1].text == "Hello")
        await person.taps("Yes")
        await person.sees(lambda messages: messages[-1].text == "Thank you" and not messages[-1].buttons)
        await application.updater.stop()
        await application.stop()
    assert peer.pending_updates == 0


Handler = Callable[[dict[str, Any], str | None], Awaitable[int | dict[str, object]]]


@asynccontextmanager
async def bot_at_home(handler: Handler) -> AsyncIterator[str]:
    """A webhook that answers each update with the status, or the call, that `handler(update, secret)` gives."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        given = await handler(await request.json(), request.headers.get(SECRET_HEADER))
        return web.Response(status=given) if isinstance(given, int) else web.json_response(given)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


async def test_a_webhook_ends_polling_until_it_is_deleted(bot: Bot, peer: TelegramPeer) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.05)
    await bot.set_webhook(HOOK, secret_token="s3cret", max_connections=7, allowed_updates=["message"])
    with pytest.raises(Conflict, match="terminated by setWebhook"):
        await poll
    with pytest.raises(Conflict, match="while webhook is active"):
        await bot.get_updates()
    await peer.person().says("hello")
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.max_connections, info.allowed_updates) == (
        HOOK,
        1,
        7,
        ("message",),
    )
    await bot.set_webhook(HOOK, drop_pending_updates=True)
    assert peer.pending_updates == 0
    await bot.set_webhook("")
    assert (await bot.get_webhook_info()).url == ""
    assert await bot.get_updates() == ()
    await peer.person().says("hello")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("http://bot.example.org/hook", {}),
        ("https://bot.example.org:8080/hook", {}),
        (HOOK, {"secret_token": "no spaces"}),
        (HOOK, {"secret_token": "x" * 257}),
        (HOOK, {"max_connections": 101}),
    ],
)
async def test_a_webhook_that_telegram_would_refuse(bot: Bot, url: str, options: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        await bot.set_webhook(url, **options)
    assert (await bot.get_webhook_info()).url == ""


async def test_pushes_keep_the_order_of_a_chat_and_carry_the_secret(bot: Bot, peer: TelegramPeer) -> None:
    await bot.set_webhook(HOOK, secret_token="s3cret")
    people = [peer.person() for _ in range(3)]
    for number in range(5):
        for person in people:
            await person.says(f"{number}")
    arrived: dict[int, list[str]] = {person.chat_id: [] for person in people}
    busy: set[int] = set()

    async def handler(update: dict[str, Any], secret: str | None) -> int:
        chat_id = update["message"]["chat"]["id"]
        assert secret == "s3cret"
        assert chat_id not in busy
        busy.add(chat_id)
        await asyncio.sleep(0.005)
        busy.remove(chat_id)
        arrived[chat_id].append(update["message"]["text"])
        return 200

    async with bot_at_home(handler) as url:
        deliveries = await peer.push_to(url)
    assert [delivery.status for delivery in deliveries] == [200] * 15
    assert list(arrived.values()) == [["0", "1", "2", "3", "4"]] * 3
    assert peer.pending_updates == 0


async def test_what_is_refused_is_pushed_again_before_what_follows(peer: TelegramPeer, bot: Bot) -> None:
    await bot.set_webhook(HOOK)
    person, other = peer.person(), peer.person()
    for text in ("one", "two"):
        await person.says(text)
    await other.says("three")
    answers = iter([503, 200, 200, 200])
    arrived: list[str] = []

    async def handler(update: dict[str, Any], secret: str | None) -> int:
        assert secret is None
        arrived.append(update["message"]["text"])
        return next(answers) if update["message"]["chat"]["id"] == person.chat_id else 200

    async with bot_at_home(handler) as url:
        first = await peer.push_to(url)
        assert [delivery.status for delivery in first] == [503, 200]
        info = await bot.get_webhook_info()
        assert (info.pending_update_count, info.last_error_message) == (2, "Wrong response from the webhook: 503")
        second = await peer.push_to(url)
    assert [delivery.arrived for delivery in second] == [True, True]
    assert sorted(arrived[:2]) == ["one", "three"]
    assert arrived[2:] == ["one", "two"]
    await person.says("four")
    assert await peer.push_to(url) == [Delivery(second[-1].update_id + 2, None)]


async def test_an_answer_may_hold_a_call_whose_result_nobody_is_told(peer: TelegramPeer, bot: Bot) -> None:
    await bot.set_webhook(HOOK)
    person = peer.person()
    calls: list[dict[str, object]] = [
        {"method": "sendMessage", "chat_id": person.chat_id, "text": "first"},
        {"method": "sendMessage", "chat_id": person.chat_id, "text": ""},
        {"text": "no call"},
    ]

    async def handler(update: dict[str, Any], secret: str | None) -> dict[str, object]:
        return calls.pop(0)

    async with bot_at_home(handler) as url:
        for _ in range(2):
            await person.says("hello")
            assert [delivery.status for delivery in await peer.push_to(url)] == [200]
        assert [(call.status, call.along) for call in peer.calls_of("sendMessage")] == [(200, True), (400, True)]
        assert person.messages[1].text == "first"
        await person.says("hello")
        with pytest.raises(AssertionError, match="holds no call"):
            await peer.push_to(url)


async def test_taps_overtake_messages_if_the_test_says_so(peer: TelegramPeer, bot: Bot, person: Person) -> None:
    await bot.send_message(
        person.chat_id, "?", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    )
    await bot.get_updates(offset=-1)
    await person.taps("Yes")
    arrived: list[str] = []

    async def handler(update: dict[str, Any], _: str | None) -> int:
        if "message" in update:
            await asyncio.sleep(0.05)
        arrived.append("message" if "message" in update else "tap")
        return 200

    async with bot_at_home(handler) as url:
        await peer.push_to(url)
        assert arrived == ["message", "tap"]
        await person.says("hello")
        await person.taps("Yes")
        await peer.push_to(url, taps_race=True)
    assert arrived[2:] == ["tap", "message"]
