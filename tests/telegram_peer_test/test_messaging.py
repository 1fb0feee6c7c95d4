"""Sending, editing, deleting and answering, through python-telegram-bot's own Bot."""

from datetime import timedelta
from typing import Any

import pytest
from telegram import Bot, CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import BadRequest, Forbidden, RetryAfter

from tests.telegram_peer import Button, Entity, Person, TelegramPeer, Toast

KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Yes", callback_data="y"), InlineKeyboardButton("No", callback_data="n")],
        [
            InlineKeyboardButton("Copy", copy_text=CopyTextButton("0000")),
            InlineKeyboardButton("Site", url="https://example.org/"),
        ],
    ]
)


async def test_a_message_is_seen_as_telegram_shows_it(bot: Bot, person: Person) -> None:
    sent = await bot.send_message(
        person.chat_id,
        " <b>Hello</b>\n",
        parse_mode="HTML",
        reply_markup=KEYBOARD,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    seen = person.messages[-1]
    assert (seen.message_id, seen.from_bot, seen.text, seen.edits) == (sent.message_id, True, "Hello", 0)
    assert seen.entities == (Entity("bold", 0, 5),)
    assert seen.buttons[1] == (Button("Copy", copy_text="0000"), Button("Site", url="https://example.org/"))
    assert sent.reply_markup == KEYBOARD
    assert sent.from_user is not None
    assert sent.from_user.is_bot
    assert abs(sent.date.timestamp() - seen.date) < 1


async def test_message_ids_rise_over_all_chats(peer: TelegramPeer, bot: Bot, person: Person) -> None:
    other = peer.person()
    assert await other.says("hello") < (await bot.send_message(person.chat_id, "x")).message_id < await other.says("y")


@pytest.mark.parametrize("text", ["", " ", "x" * 4097])
async def test_a_text_that_is_too_short_or_too_long_does_not_arrive(bot: Bot, person: Person, text: str) -> None:
    with pytest.raises(BadRequest):
        await bot.send_message(person.chat_id, text)
    assert len(person.messages) == 1


async def test_a_chat_begins_with_the_person(peer: TelegramPeer, bot: Bot) -> None:
    stranger = peer.person()
    for chat_id in (stranger.chat_id, 99):
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(chat_id, "x")
    await stranger.says("hello")
    await bot.send_message(stranger.chat_id, "x")


async def test_an_edit_replaces_text_and_buttons(bot: Bot, person: Person) -> None:
    message = await bot.send_message(person.chat_id, "one", reply_markup=KEYBOARD)
    edited = await bot.edit_message_text("two", person.chat_id, message.message_id)
    assert (person.messages[-1].text, person.messages[-1].buttons, person.messages[-1].edits) == ("two", (), 1)
    assert getattr(edited, "edit_date", None) is not None
    await bot.edit_message_reply_markup(person.chat_id, message.message_id, reply_markup=KEYBOARD)
    assert [len(row) for row in person.messages[-1].buttons] == [2, 2]


@pytest.mark.parametrize("markup", ["<b>one</b>", " <strong>one</strong>"])
async def test_an_edit_that_changes_nothing_is_an_error(bot: Bot, person: Person, markup: str) -> None:
    message = await bot.send_message(person.chat_id, "<b>one</b>", parse_mode="HTML", reply_markup=KEYBOARD)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text(
            markup, person.chat_id, message.message_id, parse_mode="HTML", reply_markup=KEYBOARD
        )
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(person.chat_id, message.message_id, reply_markup=KEYBOARD)
    assert person.messages[-1].edits == 0


async def test_only_own_messages_that_exist_can_be_edited(bot: Bot, person: Person) -> None:
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", person.chat_id, person.messages[0].message_id)
    message = await bot.send_message(person.chat_id, "one")
    await person.deletes(message.message_id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", person.chat_id, message.message_id)


async def test_both_sides_messages_are_deleted_once_and_for_48_hours(
    peer: TelegramPeer, bot: Bot, person: Person
) -> None:
    message = await bot.send_message(person.chat_id, "one")
    await bot.delete_message(person.chat_id, person.messages[0].message_id)
    peer.clock_offset = timedelta(hours=47, minutes=59)
    await bot.delete_message(person.chat_id, message.message_id)
    assert person.messages == ()
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(person.chat_id, message.message_id)
    late = await bot.send_message(person.chat_id, "two")
    peer.clock_offset += timedelta(hours=48, seconds=1)
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(person.chat_id, late.message_id)


async def test_many_messages_are_deleted_together_and_unknown_ones_skipped(bot: Bot, person: Person) -> None:
    ids = [(await bot.send_message(person.chat_id, f"{number}")).message_id for number in range(3)]
    assert await bot.delete_messages(person.chat_id, [*ids[:2], 12345])
    assert [message.text for message in person.messages] == ["/start", "2"]
    for wrong in ([], list(range(101))):
        with pytest.raises(BadRequest, match="essage identifiers"):
            await bot.delete_messages(person.chat_id, wrong)


async def test_one_message_that_is_too_old_keeps_all_the_others(peer: TelegramPeer, bot: Bot, person: Person) -> None:
    old = await bot.send_message(person.chat_id, "old")
    peer.clock_offset = timedelta(hours=49)
    new = await bot.send_message(person.chat_id, "new")
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_messages(person.chat_id, [new.message_id, old.message_id])
    assert [message.text for message in person.messages] == ["/start", "old", "new"]


@pytest.mark.parametrize("button", ["No", "n", 1])
async def test_a_tap_reaches_the_bot_and_its_answer_the_person(bot: Bot, person: Person, button: str | int) -> None:
    message = await bot.send_message(person.chat_id, "?", reply_markup=KEYBOARD)
    tapped = await person.taps(button)
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert query.message is not None
    assert (query.id, query.data, query.message.message_id) == (tapped, "n", message.message_id)
    assert list(person.unanswered) == [tapped]
    await query.answer("Noted", show_alert=True)
    assert person.toasts == (Toast("Noted", alert=True),)
    assert len(person.unanswered) == 0
    assert person.messages[-1].buttons


async def test_a_tap_goes_to_the_newest_message_with_the_button_or_to_the_one_named(bot: Bot, person: Person) -> None:
    first = await bot.send_message(person.chat_id, "1", reply_markup=KEYBOARD)
    second = await bot.send_message(person.chat_id, "2", reply_markup=KEYBOARD)
    await bot.send_message(person.chat_id, "3")
    await person.taps("Yes")
    await person.taps("Yes", message_id=first.message_id)
    queries = [update.callback_query for update in (await bot.get_updates())[-2:]]
    assert [query and query.message and query.message.message_id for query in queries] == [
        second.message_id,
        first.message_id,
    ]


async def test_a_button_that_is_not_there_cannot_be_pressed(bot: Bot, person: Person) -> None:
    await bot.send_message(person.chat_id, "Which?", reply_markup=KEYBOARD)
    with pytest.raises(AssertionError, match=r"no button 'Maybe'(.|\n)*Which\?(.|\n)*\[Yes\] \[No\]"):
        await person.taps("Maybe")
    with pytest.raises(AssertionError, match="no button 4"):
        await person.taps(4)
    with pytest.raises(AssertionError, match="the bot does not hear of it"):
        await person.taps("Site")


async def test_a_tap_is_answered_once_in_time_and_briefly(peer: TelegramPeer, bot: Bot, person: Person) -> None:
    await bot.send_message(person.chat_id, "?", reply_markup=KEYBOARD)
    first, second = await person.taps("Yes"), await person.taps("Yes")
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await bot.answer_callback_query(first, "x" * 201)
    await bot.answer_callback_query(first, "x" * 200)
    peer.clock_offset = timedelta(minutes=10)
    for late in (first, second, "0"):
        with pytest.raises(BadRequest, match="Query is too old and response timeout expired"):
            await bot.answer_callback_query(late)


async def test_a_person_who_blocks_the_bot_hears_no_more(bot: Bot, person: Person) -> None:
    message = await bot.send_message(person.chat_id, "one")
    await person.blocks_bot()
    change = (await bot.get_updates())[-1].my_chat_member
    assert change is not None
    assert (change.old_chat_member.status, change.new_chat_member.status) == ("member", "kicked")
    calls: list[Any] = [
        bot.send_message(person.chat_id, "x"),
        bot.send_chat_action(person.chat_id, "typing"),
        bot.edit_message_text("x", person.chat_id, message.message_id),
    ]
    for call in calls:
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await call
    with pytest.raises(AssertionError, match="blocked"):
        await person.says("hello")
    await person.unblocks_bot()
    await bot.send_message(person.chat_id, "x")


async def test_typing_is_seen(bot: Bot, person: Person) -> None:
    await bot.send_chat_action(person.chat_id, "typing")
    assert person.actions == ("typing",)
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(person.chat_id, "sleeping")


async def test_a_group_lets_the_bot_hear_commands_only(peer: TelegramPeer, bot: Bot, person: Person) -> None:
    group = peer.group(title="Neighbours")
    for text in ("hello", "/help", f"/help@{bot.username}", "/help@other_bot", f"hello @{bot.username}"):
        await group.says(person, text)
    heard = [update.message for update in await bot.get_updates() if update.message]
    assert [message.text for message in heard if message.chat.id == group.chat_id] == [
        "/help",
        f"/help@{bot.username}",
    ]
    assert len(group.messages) == 5
    await bot.send_message(group.chat_id, "x", reply_markup=KEYBOARD)
    await group.taps(person, "Yes")
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(group.chat_id, group.messages[0].message_id)


async def test_a_bot_that_left_or_was_removed_may_not_speak(peer: TelegramPeer, bot: Bot, person: Person) -> None:
    left, removed = peer.group(), peer.group()
    await bot.leave_chat(left.chat_id)
    await removed.removes_bot(person)
    with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
        await bot.send_message(left.chat_id, "x")
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(removed.chat_id, "x")
    with pytest.raises(BadRequest, match="private chats"):
        await bot.leave_chat(person.chat_id)


async def test_sees_waits_for_what_comes_and_shows_the_chat_if_it_does_not(bot: Bot, person: Person) -> None:
    await person.clears_chat()
    with pytest.raises(AssertionError, match="no messages"):
        await person.sees(lambda messages: messages[-1].from_bot, timeout=0.01)
    await bot.send_message(person.chat_id, "there")
    assert (await person.sees(lambda messages: messages[-1].from_bot))[-1].text == "there"
    with pytest.raises(AssertionError, match="bot: there"):
        await person.sees(lambda messages: len(messages) == 2, timeout=0.01)


async def test_telegrams_advice_on_rates_can_be_enforced(
    peer: TelegramPeer, bot: Bot, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns of its own RetryAfter
    peer.enforce_limits = True
    sent = [await bot.send_message(person.chat_id, f"{number}") for number in range(3)]
    with pytest.raises(RetryAfter) as refused:
        await bot.edit_message_text("x", person.chat_id, sent[-1].message_id)
    assert refused.value.retry_after == timedelta(seconds=1)
    peer.clock_offset = timedelta(seconds=1)
    await bot.send_message(person.chat_id, "3")
    peer.enforce_limits = False
    await bot.send_message(person.chat_id, "4")
