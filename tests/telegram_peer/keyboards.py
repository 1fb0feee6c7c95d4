"""Inline keyboards: https://core.telegram.org/bots/api#inlinekeyboardmarkup"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.telegram_peer.entities import checked_link, utf16_length
from tests.telegram_peer.errors import ApiError, bad_request

MAX_BUTTONS: Final = 100
MAX_DATA_BYTES: Final = 64
MAX_COPY_TEXT: Final = 256
STYLES: Final = frozenset({"danger", "success", "primary"})

_ACTIONS: Final = ("callback_data", "url", "copy_text")
_OTHER_ACTIONS: Final = frozenset(
    [
        "login_url",
        "web_app",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "callback_game",
        "pay",
    ]
)


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message. Exactly one of the three actions is set."""

    text: str
    callback_data: str | None = None
    url: str | None = None
    copy_text: str | None = None
    style: str | None = None

    def to_json(self) -> dict[str, object]:
        """The object as the API sends it: absent fields are left out."""
        fields = {
            "text": self.text,
            "callback_data": self.callback_data,
            "url": self.url,
            "copy_text": None if self.copy_text is None else {"text": self.copy_text},
            "style": self.style,
        }
        return {name: value for name, value in fields.items() if value is not None}


Rows: TypeAlias = tuple[tuple[Button, ...], ...]


def read_keyboard(markup: Mapping[str, object] | None) -> Rows:
    """The rows of a `reply_markup`, none for None. ApiError for what Telegram would refuse.

    Stricter than Telegram: a button with two actions is refused (Telegram takes one of them), and so is a
    field that no keyboard has. Keyboards other than inline ones are not known here.
    """
    if markup is None:
        return ()
    if unknown := markup.keys() - {"inline_keyboard"}:
        raise bad_request(
            f"can't parse reply keyboard markup JSON object: only inline keyboards, not {sorted(unknown)}"
        )
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise _unreadable('Field "inline_keyboard" must be of type Array of Array')
    keyboard = tuple(tuple(_read_button(button) for button in row) for row in rows if row)
    if sum(map(len, keyboard)) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return keyboard


def _read_button(given: object) -> Button:
    if not isinstance(given, Mapping):
        raise _unreadable("expected an Object")
    text = given.get("text")
    if not isinstance(text, str):
        raise _unreadable('Field "text" must be of type String')
    if not text.strip():
        raise _unreadable('Field "text" must be non-empty')
    actions = [name for name in (*_ACTIONS, *_OTHER_ACTIONS) if name in given]
    if not actions:
        raise _unreadable("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _unreadable(f"more than one action: {actions}")
    if unknown := given.keys() - {"text", "style", "icon_custom_emoji_id", *_ACTIONS}:
        raise _unreadable(f"not known here: {sorted(unknown)}")
    style = given.get("style")
    if style is not None and style not in STYLES:
        raise bad_request("BUTTON_STYLE_INVALID")
    return Button(text, **_action(actions[0], given[actions[0]]), style=style)


def _action(name: str, value: object) -> dict[str, str]:
    """The one action of a button, checked."""
    match name, value:
        case "callback_data", str():
            if not 1 <= len(value.encode()) <= MAX_DATA_BYTES:
                raise bad_request("BUTTON_DATA_INVALID")
            return {name: value}
        case "url", str():
            link = checked_link(value)
            if link is None:
                raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
            return {name: link}
        case "copy_text", {"text": str(text), **others}:
            if others or not 1 <= utf16_length(text) <= MAX_COPY_TEXT:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")
            return {name: text}
        case _:
            raise _unreadable(f'Field "{name}" is of the wrong type')


def _unreadable(reason: str) -> ApiError:
    return bad_request(f"can't parse inline keyboard button: {reason}")
