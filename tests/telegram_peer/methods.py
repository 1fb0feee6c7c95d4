"""The methods of the Bot API that this peer knows, and how a call's parameters reach them.

A method is a function whose first argument is the state and whose other arguments are its parameters: names,
types and which of them are required are read off its signature. Anything else a call passes is refused.
https://core.telegram.org/bots/api#available-methods
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from tests.telegram_peer import messaging, presenting, receiving
from tests.telegram_peer.errors import bad_request

_BOOLEANS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class Method:
    """One method: its name as Telegram writes it, what does it, and the kind of each parameter."""

    name: str
    function: Callable[..., Any]
    kinds: Mapping[str, type]
    required: frozenset[str]

    def read(self, given: Mapping[str, str]) -> dict[str, Any]:
        """The parameters as values. ApiError for an unknown, missing or unreadable one."""
        if unknown := given.keys() - self.kinds.keys():
            raise bad_request(f"{self.name} has no parameter {', '.join(sorted(unknown))}")
        if missing := self.required - given.keys():
            name = min(missing)
            raise bad_request("message text is empty" if name == "text" else f"{name} is empty")
        return {name: _read(name, written, self.kinds[name]) for name, written in given.items()}


def _read(name: str, written: str, kind: type) -> Any:
    """One value. Only strings are given as they are, the rest as JSON."""
    if kind is str:
        return written
    if kind is bool and written.lower() in _BOOLEANS:
        return _BOOLEANS[written.lower()]
    try:
        value = json.loads(written)
    except ValueError:
        value = None
    if type(value) is not kind:
        raise bad_request(f"parameter {name} must be a JSON {kind.__name__}")
    return value


def _method(function: Callable[..., Any]) -> Method:
    first, *others = function.__name__.split("_")
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return Method(
        name=first + "".join(word.capitalize() for word in others),
        function=function,
        kinds={parameter.name: _kind(hints[parameter.name]) for parameter in parameters},
        required=frozenset(p.name for p in parameters if p.default is inspect.Parameter.empty),
    )


def _kind(hint: Any) -> type:
    """int for `int | None`, list for `list[Any]`."""
    if isinstance(hint, UnionType):
        hint = next(member for member in get_args(hint) if member is not type(None))
    kind: type = get_origin(hint) or hint
    return kind


_FUNCTIONS: Final[tuple[Callable[..., Any], ...]] = (
    receiving.get_updates,
    receiving.set_webhook,
    receiving.delete_webhook,
    receiving.get_webhook_info,
    messaging.send_message,
    messaging.send_chat_action,
    messaging.edit_message_text,
    messaging.edit_message_reply_markup,
    messaging.delete_message,
    messaging.delete_messages,
    messaging.answer_callback_query,
    messaging.leave_chat,
    presenting.get_me,
    presenting.set_my_commands,
    presenting.get_my_commands,
    presenting.delete_my_commands,
    presenting.set_my_name,
    presenting.get_my_name,
    presenting.set_my_description,
    presenting.get_my_description,
    presenting.set_my_short_description,
    presenting.get_my_short_description,
    presenting.set_chat_menu_button,
    presenting.get_chat_menu_button,
)

# By lower-case name: Telegram does not distinguish case.
METHODS: Final[Mapping[str, Method]] = {method.name.lower(): method for method in map(_method, _FUNCTIONS)}
