"""What the bot says of itself in each language: name, descriptions, commands; and its menu button."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from tests.telegram_peer.entities import utf16_length
from tests.telegram_peer.errors import bad_request

Text: TypeAlias = Literal["name", "description", "short_description"]
MAX_LENGTH: Final[Mapping[Text, int]] = {"name": 64, "description": 512, "short_description": 120}
MAX_COMMANDS: Final = 100
MAX_COMMAND_DESCRIPTION: Final = 256
EVERYWHERE: Final = 0  # in the place of a chat's id: what holds in every chat that has no menu button of its own
_SCOPE_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "default": frozenset(),
    "all_private_chats": frozenset(),
    "all_group_chats": frozenset(),
    "all_chat_administrators": frozenset(),
    "chat": frozenset({"chat_id"}),
    "chat_administrators": frozenset({"chat_id"}),
    "chat_member": frozenset({"chat_id", "user_id"}),
}


@dataclass(slots=True)
class Profile:
    """Texts and commands, kept per two-letter language; "" is for every language that has none of its own."""

    first_name: str
    texts: dict[tuple[Text, str], str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    menu_buttons: dict[int, dict[str, Any]] = field(default_factory=dict)

    def set_text(self, kind: Text, text: str, language: str) -> None:
        """An empty text removes the language's own."""
        key = (kind, _language(language))
        if utf16_length(text) > MAX_LENGTH[kind]:
            raise bad_request(f"bot {kind.replace('_', ' ')} is too long: at most {MAX_LENGTH[kind]} characters")
        self.texts.pop(key, None)
        if text:
            self.texts[key] = text

    def text(self, kind: Text, language: str) -> str:
        """What a person with this language sees."""
        fallback = self.first_name if kind == "name" else ""
        return self.texts.get((kind, _language(language)), self.texts.get((kind, ""), fallback))

    def set_commands(self, commands: Sequence[object], scope: Mapping[str, object], language: str) -> None:
        """The list of one scope and language."""
        key = (_scope(scope), _language(language))
        if len(commands) > MAX_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        self.commands[key] = [_command(command) for command in commands]

    def delete_commands(self, scope: Mapping[str, object], language: str) -> None:
        """Back to what wider scopes say."""
        self.commands.pop((_scope(scope), _language(language)), None)

    def get_commands(self, scope: Mapping[str, object], language: str) -> list[dict[str, Any]]:
        """The list of exactly this scope and language, empty if it has none."""
        return self.commands.get((_scope(scope), _language(language)), [])

    def set_menu_button(self, button: Mapping[str, object], chat_id: int) -> None:
        """The button beside the message field of a chat: https://core.telegram.org/bots/api#menubutton"""
        self.menu_buttons[chat_id] = _menu_button(button)

    def menu_button(self, chat_id: int) -> dict[str, Any]:
        """The button of exactly this chat, or of `EVERYWHERE`."""
        return self.menu_buttons.get(chat_id, {"type": "default"})


def _command(given: object) -> dict[str, Any]:
    match given:
        case {"command": str(name), "description": str(description), **others} if not others:
            if not re.fullmatch("[a-z0-9_]{1,32}", name):
                raise bad_request("BOT_COMMAND_INVALID")
            if not description.strip() or utf16_length(description) > MAX_COMMAND_DESCRIPTION:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
            return {"command": name, "description": description}
        case _:
            raise bad_request("can't parse BotCommand: command and description must be of type String")


def _menu_button(given: Mapping[str, object]) -> dict[str, Any]:
    match given:
        case {"type": "commands" | "default", **others} if not others:
            return dict(given)
        case {"type": "web_app", "text": str(text), "web_app": {"url": str(url), **more}, **other} if not other | more:
            if not text.strip():
                raise bad_request("Menu button text can't be empty")
            if not url.startswith("https://"):
                raise bad_request(f"Menu button Web App URL '{url}' is invalid: Only HTTPS links are allowed")
            return dict(given)
        case _:
            raise bad_request("can't parse menu button: unsupported type specified, or other fields than its own")


def _language(code: str) -> str:
    if code and not re.fullmatch("[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _scope(given: Mapping[str, object]) -> str:
    """A scope as a key."""
    fields = _SCOPE_FIELDS.get(str(given.get("type")))
    if fields is None or given.keys() != {"type", *fields}:
        raise bad_request("can't parse BotCommandScope: unsupported type specified, or other fields than its own")
    return json.dumps(given, sort_keys=True)
