"""What Telegram should show of the bot beside its chats: name, descriptions, commands, the button that opens them.

Telegram keeps these by language, and knows a language by two letters only (ISO 639-1). What a language has not got,
people see in the default, which is English here. So a text that is not translated is left to the default. A list of
commands is kept whole: if one of them is translated, the others stand in it in English.

Languages without two letters are left out. Sorani and Kurmanji must not share `ku`, which would show one Kurdish to
readers of the other; and `fa` belongs to Farsi, not to Dari.
https://core.telegram.org/bots/api#setmyname, #setmydescription, #setmyshortdescription, #setmycommands
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from telegram.constants import BotCommandLimit, BotDescriptionLimit, BotNameLimit, MenuButtonType

from bot.channels.telegram.notices import DESCRIPTION, NAME, SHORT_DESCRIPTION
from bot.engine.measure import plain, units
from bot.engine.model import RESERVED, Flow, Text
from bot.engine.wording import ENGLISH, Catalogue, Wording
from bot.errors import ContentError, Fault

Command: TypeAlias = tuple[str, str]  # without its slash; what it does
Value: TypeAlias = str | tuple[Command, ...]
Kind: TypeAlias = Literal["name", "short_description", "description", "commands", "menu_button"]

DEFAULT: Final = ""  # the code that means every language without words of its own
KINDS: Final[tuple[Kind, ...]] = ("name", "short_description", "description", "commands", "menu_button")
# Of these Telegram tells what a language has; of the others, what people see, be that the default's.
_AS_KEPT: Final = ("commands", "menu_button")
_MOST: Final[Mapping[Kind, int]] = {
    "name": int(BotNameLimit.MAX_NAME_LENGTH),
    "short_description": int(BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH),
    "description": int(BotDescriptionLimit.MAX_DESCRIPTION_LENGTH),
}
_MOST_COMMANDS: Final = int(BotCommandLimit.MAX_COMMAND_NUMBER)
_COMMAND: Final = re.compile(rf"[a-z0-9_]{{1,{int(BotCommandLimit.MAX_COMMAND)}}}")
_COMMAND_TEXT: Final = int(BotCommandLimit.MAX_DESCRIPTION)
_MARKS: Final = re.compile(
    "[\u200e\u200f\u2066-\u2069]"
)  # direction marks and isolates, as engine.wording puts them in


@dataclass(frozen=True, slots=True)
class Texts:
    """What is shown in one language; empty where it has nothing of its own. Only the default has a menu button."""

    name: str = ""
    short_description: str = ""
    description: str = ""
    commands: tuple[Command, ...] = ()
    menu_button: str = ""

    def __getitem__(self, what: Kind) -> Value:
        value: Value = getattr(self, what)
        return value


@dataclass(frozen=True, slots=True)
class Profile:
    """What should be shown in every language.

    texts: by Telegram's code, the default first. tags: the language that has a code. left_out: the languages that have
    none, each with the one that has its code, or None if Telegram has no code for it.
    """

    texts: Mapping[str, Texts]
    tags: Mapping[str, str]
    left_out: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that Telegram shows otherwise. `wanted` is empty if the language should have nothing of its own."""

    code: str
    what: Kind
    shown: Value
    wanted: Value


def profile_of(
    flows: Mapping[str, Flow], catalogues: Mapping[str, Catalogue], file_of: Callable[[str], str]
) -> Profile:
    """The profile in these languages. Raises ContentError with everything that Telegram would refuse.

    file_of: the file in which the words of a language, by its tag, are to be mended.
    """
    tags, left_out = _codes(catalogues)
    listed = _listed(flows)
    texts = {DEFAULT: replace(_own_texts(ENGLISH, listed), menu_button=MenuButtonType.COMMANDS.value)}
    for code, tag in sorted(tags.items()):
        # English is the default. Words of its own would only hide that.
        texts[code] = Texts() if tag == ENGLISH.language else _own_texts(catalogues[tag], listed)
    tags = {DEFAULT: ENGLISH.language, **tags}
    faults = [
        Fault(file_of(tags[code]), 0, 0, rule, message) for code, own in texts.items() for rule, message in _faults(own)
    ]
    if faults:
        raise ContentError("Telegram would refuse these texts:", faults)
    return Profile(texts, tags, left_out)


def differences(code: str, wanted: Texts, shown: Texts, default: Texts) -> Iterator[Difference]:
    """What has to change in one language. `shown` and `default`: what Telegram tells now of it and of the default."""
    for what in KINDS:
        own = wanted[what]
        expected = own if own or what in _AS_KEPT else default[what]
        if _compared(shown[what]) != _compared(expected):
            yield Difference(code, what, shown[what], own)


def _codes(catalogues: Mapping[str, Catalogue]) -> tuple[dict[str, str], dict[str, str | None]]:
    """Which language has which of Telegram's codes, and which have none. `pt` comes before `pt-BR`."""
    tags: dict[str, str] = {}
    left_out: dict[str, str | None] = {}
    for tag in sorted(catalogues, key=lambda tag: (len(tag), tag)):
        code = tag.split("-")[0]
        if len(code) != 2 or code in tags:
            left_out[tag] = tags.get(code)
        else:
            tags[code] = tag
    return tags, left_out


def _listed(flows: Mapping[str, Flow]) -> list[tuple[str, Text]]:
    """The commands with what they do: what people come for, then what is always there.

    `start` is not among them. Telegram has a button for it, and /start is understood from whoever types it; but it does
    the same as the command of `_start`, and two lines that say the same make people wonder which one is right.
    """
    names = [*sorted(flows.keys() - set(RESERVED)), *(name for name in RESERVED if name in flows)]
    in_order = [flows[name] for name in names]
    return [(flow.command, flow.command_text) for flow in in_order if flow.command and flow.command_text]


def _own_texts(catalogue: Catalogue, listed: Sequence[tuple[str, Text]]) -> Texts:
    """What this language has words of its own for; English has them for everything."""
    wording = Wording(catalogue)

    def own(text: Text) -> bool:
        return catalogue is ENGLISH or wording.translated(text)

    def lines(text: Text, most: int) -> str:
        return _lines(wording, text, most) if own(text) else ""

    spoken = any(own(text) for _, text in listed)
    return Texts(
        name=wording.label(NAME) if own(NAME) else "",
        short_description=lines(SHORT_DESCRIPTION, _MOST["short_description"]),
        description=lines(DESCRIPTION, _MOST["description"]),
        commands=tuple((command, wording.label(text)) for command, text in listed) if spoken else (),
    )


def _lines(wording: Wording, text: Text, most: int) -> str:
    """The text with the marks that keep right-to-left words in order; without them where they alone make it too long,
    because Telegram's own guess at the order is better than no text."""
    marked = plain([wording.lines(text, {})])
    return marked if units(marked) <= most else _MARKS.sub("", marked)


def _faults(texts: Texts) -> Iterator[tuple[str, str]]:
    """What Telegram would refuse, by rule. Nothing is ever cut off: half a promise is none."""
    for what, most in _MOST.items():
        length = units(f"{texts[what]}")
        if length > most:
            yield "too-long", f"`telegram.{what}` has {length} characters, and Telegram takes {most}; shorten it"
    if len(texts.commands) > _MOST_COMMANDS:
        yield "too-many", f"{len(texts.commands)} flows have commands, and Telegram lists {_MOST_COMMANDS}; remove some"
    for command, words in texts.commands:
        if not _COMMAND.fullmatch(command):
            yield (
                "command-name",
                f"Telegram takes no command `/{command:.40}`; use at most 32 small letters, digits and _",
            )
        if not 1 <= units(words) <= _COMMAND_TEXT:
            bounds = f"{units(words)} characters, and Telegram takes 1 to {_COMMAND_TEXT}"
            yield "too-long", f"what is said of `/{command:.40}` has {bounds}; change it"


def _compared(value: Value) -> Value:
    """What two values are compared by. Telegram may drop marks that nobody sees, and spaces at the edges; that must not
    make a difference that no push can end."""
    if isinstance(value, str):
        return "\n".join(line.strip() for line in _MARKS.sub("", value).strip().split("\n"))
    return tuple((command, _MARKS.sub("", words).strip()) for command, words in value)
