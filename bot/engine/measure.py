"""How much of a message some paragraphs take: what counts against the limits of the channel with the tightest ones.

https://core.telegram.org/bots/api#sendmessage: 4096 characters after the entities are parsed, counted in UTF-16 units.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.engine.model import Line

MESSAGE_UNITS = 4096
MESSAGE_ENTITIES = 100  # Telegram drops those after the hundredth without a word
KEYBOARD_KEYS = 100
KEY_BYTES = 64  # Bot API, InlineKeyboardButton.callback_data
COMMAND_CHARACTERS = 256  # Bot API, BotCommand.description

Paragraph = Sequence[Line]
_WEB = ("https://", "http://")


def plain(paragraphs: Iterable[Paragraph]) -> str:
    """The words alone: an empty line between paragraphs."""
    return "\n\n".join("\n".join("".join(span.text for span in line) for line in lines) for lines in paragraphs)


def units(text: str) -> int:
    """UTF-16 units: two for an emoji and other letters beyond U+FFFF."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def entities(paragraphs: Iterable[Paragraph]) -> int:
    """How many runs are bold or links."""
    spans = (span for lines in paragraphs for line in lines for span in line)
    return sum(span.bold + is_link(span.url) for span in spans)


def is_link(url: str | None) -> bool:
    """Whether this is the address of a page, and not of something that an app would run."""
    return url is not None and url.startswith(_WEB)


def fits(paragraphs: Sequence[Paragraph]) -> bool:
    """Whether these paragraphs can be one message."""
    return units(plain(paragraphs)) <= MESSAGE_UNITS and entities(paragraphs) <= MESSAGE_ENTITIES
