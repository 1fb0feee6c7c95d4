"""The conversation in a terminal: reads lines, writes cards. Needs no account, token, server or network.

A number or a button's words press a button; anything else is said. Right-to-left text is written in logical order, as
terminals that know the bidirectional algorithm and other programs expect; for a terminal that does not know it the
lines are put into visual order first.
"""

from __future__ import annotations

import asyncio
import re
import textwrap
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TextIO

import arabic_reshaper
from bidi import get_display

from bot.channels.turns import Delivery, take_turn, utc_now
from bot.engine.model import Card, Edit, Event, Key, Line, Said, Send, Session, Span, Started, Tapped, Toast
from bot.engine.wording import FSI, LRI, PDI, RLM
from bot.engine.world import World
from bot.sessions.memory import MemorySessions
from bot.sessions.protocol import ChatKey, Message, Remembered

_KEY = ChatKey("terminal", 0)
_WIDTH = 78
# An isolated run, which stays left to right, or the text between two of them.
_ISOLATE = re.compile(f"([{LRI}{FSI}][^{PDI}]*{PDI})|[^{LRI}{FSI}]+")
_MIRRORED = str.maketrans("()[]«»", ")(][»«")
# Terminals that put right-to-left text into order themselves.
_ORDERING = ("VTE_VERSION", "KONSOLE_VERSION", "MLTERM")


@dataclass(frozen=True, slots=True)
class Look:
    """How cards are written: with colours or plain, in logical or visual order."""

    colours: bool
    visual: bool


def look_of(out: TextIO, environment: Mapping[str, str], plain: bool) -> Look:
    """Colours only on a terminal; visual order only on one that does not order text itself."""
    terminal = out.isatty()
    ordering = any(environment.get(name) for name in _ORDERING) or environment.get("TERM_PROGRAM") == "Apple_Terminal"
    return Look(terminal and not plain and not environment.get("NO_COLOR"), terminal and not ordering)


# Hears each event before it is answered, and whether the conversation before it was forgotten.
Hears = Callable[[Event, bool], None]


def chat(
    world: Callable[[], World],
    lines: TextIO,
    out: TextIO,
    look: Look,
    *,
    language: str | None,
    payload: str,
    echo: bool,
    came_to: tuple[Session | None, Card] | None = None,
    hears: Hears = lambda event, forgotten: None,
) -> None:
    """Talks until the lines end. `payload` is what a link carries, such as `mp-ar`; `echo` repeats piped lines.

    world: the world for the next turn, as in `run_telegram`.
    came_to: where the conversation stands already, and its card; then nothing is opened.
    """
    store = MemorySessions()
    shown: list[Card] = []
    turns = 0

    async def deliver(delivery: Delivery) -> tuple[Message, ...]:
        for reply in delivery.replies:
            match reply:
                case Send(card) | Edit(card):
                    shown.append(card)
                    out.write(written(card, look))
                case Toast(text):
                    out.write(f"({text})\n")
        out.flush()
        return ()

    async def turn(event: Event) -> None:
        nonlocal turns
        turns += 1
        hears(event, (await store.load(_KEY, event.at)).session is None)
        await take_turn(world(), store, _KEY, turns, event, deliver)

    async def begin() -> None:
        if came_to is None:
            await turn(Started(utc_now(), payload="-".join([flow, *([language] if language else rest)])))
            return
        session, card = came_to
        await store.save(_KEY, Remembered(session=session), utc_now())
        shown.append(card)
        out.write(written(card, look))
        out.flush()

    flow, *rest = payload.split("-")
    # Lines are read outside the loop, so that Ctrl+C ends the program while it waits for one.
    with asyncio.Runner() as runner:
        runner.run(begin())
        while line := lines.readline():
            text = line.strip()
            if not text:
                continue
            if echo:
                out.write(f"> {text}\n\n")
            key = _pressed(shown[-1], text)
            runner.run(turn(Tapped(utc_now(), key.data) if key else Said(utc_now(), text)))


def keys_of(card: Card) -> list[Key]:
    """The buttons in the order of their numbers. A terminal copies by itself, and has nobody to share with."""
    return [
        key
        for row in card.rows
        for key in (reversed(row) if card.rtl else row)
        if key.copy is None and key.share is None
    ]


def _pressed(card: Card, text: str) -> Key | None:
    keys = keys_of(card)
    digits = "".join(str(unicodedata.digit(letter, "")) for letter in text)
    if text.isdecimal() and len(text) < 4 and 1 <= int(digits) <= len(keys):
        return keys[int(digits) - 1]
    return next((key for key in keys if key.label.casefold() == text.casefold()), None)


def written(card: Card, look: Look) -> str:
    """The card as text: paragraphs, then numbered buttons."""
    parts = []
    for block in card.blocks:
        rows = [row for line in block.lines for row in _wrapped(line, look)]
        parts.append("\n".join(rows))
    keys = keys_of(card)
    parts.append("\n".join(_ordered(f"  {number}  {key.label}", look, card.rtl) for number, key in enumerate(keys, 1)))
    return "\n\n".join(part for part in parts if part) + "\n\n"


def _wrapped(line: Line, look: Look) -> list[str]:
    """One line in rows of the terminal's width. The direction mark stays with each row."""
    rtl = bool(line) and line[0].text == RLM
    text = "".join(_styled(span, look) for span in (line[1:] if rtl else line))
    rows = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    return [_ordered(RLM + row if rtl else row, look, rtl) for row in rows]


def _styled(span: Span, look: Look) -> str:
    bare = (span.url or "").split("://")[-1].removeprefix("www.").rstrip("/")
    text = f"{span.text} ({span.url})" if span.url and bare != span.text.strip(f"{LRI}{PDI}") else span.text
    # Control sequences would be reordered together with the text.
    return f"\x1b[1m{text}\x1b[0m" if span.bold and look.colours and not look.visual else text


def _ordered(row: str, look: Look, rtl: bool) -> str:
    """The row as the terminal needs it: in visual order, with joined letters, only where it cannot do that itself."""
    if not look.visual or not rtl:
        return row
    # The reordering turns brackets round with the text around them but does not mirror them (UAX #9, rule L4).
    mirrored = _ISOLATE.sub(lambda part: part[0] if part[1] else part[0].translate(_MIRRORED), row)
    visual = str(get_display(arabic_reshaper.reshape(mirrored), base_dir="R"))
    return "".join(letter for letter in visual if unicodedata.category(letter) != "Cf").rjust(_WIDTH)
