"""The methods by which a bot says who it is, language by language."""

from __future__ import annotations

from typing import Any

from tests.telegram_peer.errors import bad_request
from tests.telegram_peer.profile import EVERYWHERE
from tests.telegram_peer.state import Telegram


def get_me(telegram: Telegram) -> dict[str, Any]:
    """The bot itself: https://core.telegram.org/bots/api#getme"""
    return {
        **telegram.bot.to_json(),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_my_commands(
    telegram: Telegram, commands: list[Any], scope: dict[str, Any] | None = None, language_code: str = ""
) -> bool:
    """The menu of commands of one scope and language."""
    telegram.profile.set_commands(commands, _default(scope), language_code)
    return True


def get_my_commands(
    telegram: Telegram, scope: dict[str, Any] | None = None, language_code: str = ""
) -> list[dict[str, Any]]:
    """The menu of exactly this scope and language."""
    return telegram.profile.get_commands(_default(scope), language_code)


def delete_my_commands(telegram: Telegram, scope: dict[str, Any] | None = None, language_code: str = "") -> bool:
    """Back to the menu of a wider scope."""
    telegram.profile.delete_commands(_default(scope), language_code)
    return True


def set_my_name(telegram: Telegram, name: str = "", language_code: str = "") -> bool:
    """The bot's name."""
    telegram.profile.set_text("name", name, language_code)
    return True


def get_my_name(telegram: Telegram, language_code: str = "") -> dict[str, Any]:
    """The name that people with this language see."""
    return {"name": telegram.profile.text("name", language_code)}


def set_my_description(telegram: Telegram, description: str = "", language_code: str = "") -> bool:
    """What an empty chat shows."""
    telegram.profile.set_text("description", description, language_code)
    return True


def get_my_description(telegram: Telegram, language_code: str = "") -> dict[str, Any]:
    """The description that people with this language see."""
    return {"description": telegram.profile.text("description", language_code)}


def set_my_short_description(telegram: Telegram, short_description: str = "", language_code: str = "") -> bool:
    """What the profile and shared links show."""
    telegram.profile.set_text("short_description", short_description, language_code)
    return True


def get_my_short_description(telegram: Telegram, language_code: str = "") -> dict[str, Any]:
    """The short description that people with this language see."""
    return {"short_description": telegram.profile.text("short_description", language_code)}


def set_chat_menu_button(
    telegram: Telegram, chat_id: int = EVERYWHERE, menu_button: dict[str, Any] | None = None
) -> bool:
    """The button beside the message field: of one private chat, or of all that have none of their own."""
    _private(telegram, chat_id)
    telegram.profile.set_menu_button({"type": "default"} if menu_button is None else menu_button, chat_id)
    return True


def get_chat_menu_button(telegram: Telegram, chat_id: int = EVERYWHERE) -> dict[str, Any]:
    """The button of exactly this chat, or of all that have none of their own."""
    _private(telegram, chat_id)
    return telegram.profile.menu_button(chat_id)


def _private(telegram: Telegram, chat_id: int) -> None:
    if chat_id != EVERYWHERE and telegram.chat(chat_id).type != "private":
        raise bad_request("chat not found")


def _default(scope: dict[str, Any] | None) -> dict[str, Any]:
    return {"type": "default"} if scope is None else scope
