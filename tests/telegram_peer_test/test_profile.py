"""Names, descriptions and commands, language by language; and the menu button."""

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    MenuButton,
    MenuButtonCommands,
    MenuButtonDefault,
    MenuButtonWebApp,
    WebAppInfo,
)
from telegram.error import BadRequest

from tests.telegram_peer import Person, TelegramPeer


async def test_a_bot_knows_itself(bot: Bot) -> None:
    me = await bot.get_me()
    assert (me.id, me.is_bot, me.username) == (123456, True, "ask_first_test_bot")


async def test_commands_belong_to_one_scope_and_language(bot: Bot) -> None:
    private = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([("help", "Find help"), BotCommand("mp", "Your MP")])
    await bot.set_my_commands([("help", "مساعدة")], scope=private, language_code="ar")
    assert await bot.get_my_commands() == (BotCommand("help", "Find help"), BotCommand("mp", "Your MP"))
    assert await bot.get_my_commands(private, "ar") == (BotCommand("help", "مساعدة"),)
    assert await bot.get_my_commands(language_code="ar") == ()
    await bot.delete_my_commands(private, "ar")
    assert await bot.get_my_commands(private, "ar") == ()


@pytest.mark.parametrize(
    ("commands", "language"),
    [
        ([("Help", "x")], ""),
        ([("x" * 33, "x")], ""),
        ([("help", "")], ""),
        ([("help", "x" * 257)], ""),
        ([(f"c{number}", "x") for number in range(101)], ""),
        ([("help", "x")], "ckb"),
        ([("help", "x")], "AR"),
    ],
)
async def test_commands_that_telegram_would_refuse(bot: Bot, commands: list[tuple[str, str]], language: str) -> None:
    with pytest.raises(BadRequest):
        await bot.set_my_commands(commands, language_code=language)
    assert await bot.get_my_commands() == ()


async def test_texts_fall_back_to_the_language_without_a_name(bot: Bot) -> None:
    await bot.set_my_name("Ask")
    await bot.set_my_description("Long", language_code="ar")
    await bot.set_my_short_description("Short")
    assert (await bot.get_my_name("ar")).name == "Ask"
    assert (await bot.get_my_description()).description == ""
    assert (await bot.get_my_description("ar")).description == "Long"
    assert (await bot.get_my_short_description("ar")).short_description == "Short"
    await bot.set_my_name("", "")
    assert (await bot.get_my_name()).name == "Ask First"


async def test_texts_have_telegrams_lengths(bot: Bot) -> None:
    await bot.set_my_name("x" * 64)
    await bot.set_my_description("x" * 512)
    await bot.set_my_short_description("x" * 120)
    for call in (
        bot.set_my_name("x" * 65),
        bot.set_my_description("x" * 513),
        bot.set_my_short_description("x" * 121),
        bot.set_my_name("x", language_code="prs"),
    ):
        with pytest.raises(BadRequest):
            await call


async def test_a_chat_may_have_a_menu_button_of_its_own(bot: Bot, person: Person) -> None:
    page = MenuButtonWebApp("Open", WebAppInfo("https://example.org/"))
    assert await bot.get_chat_menu_button() == MenuButtonDefault()
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    await bot.set_chat_menu_button(person.chat_id, page)
    assert await bot.get_chat_menu_button() == MenuButtonCommands()
    assert await bot.get_chat_menu_button(person.chat_id) == page
    await bot.set_chat_menu_button(person.chat_id)
    assert await bot.get_chat_menu_button(person.chat_id) == MenuButtonDefault()


@pytest.mark.parametrize(
    "button",
    [
        MenuButton("links"),
        MenuButtonWebApp("", WebAppInfo("https://example.org/")),
        MenuButtonWebApp("Open", WebAppInfo("http://example.org/")),
        MenuButton("commands", api_kwargs={"text": "Open"}),
    ],
    ids=str,
)
async def test_menu_buttons_that_telegram_would_refuse(bot: Bot, button: MenuButton) -> None:
    with pytest.raises(BadRequest):
        await bot.set_chat_menu_button(menu_button=button)
    assert await bot.get_chat_menu_button() == MenuButtonDefault()


async def test_only_private_chats_that_there_are_have_menu_buttons(
    peer: TelegramPeer, bot: Bot, person: Person
) -> None:
    group = peer.group()
    await group.says(person, "Hello")
    for chat in (404, group.chat_id, peer.person().chat_id):
        with pytest.raises(BadRequest):
            await bot.set_chat_menu_button(chat, MenuButtonCommands())
        with pytest.raises(BadRequest):
            await bot.get_chat_menu_button(chat)
