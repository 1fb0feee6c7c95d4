"""A card -> messages as Telegram takes them: HTML and an inline keyboard.

Nearly every card is one message. One that is longer than Telegram's 4096 UTF-16 units is cut between paragraphs, else
between lines, else between words; the buttons stand under the last part.
https://core.telegram.org/bots/api#html-style
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import chain, groupby
from typing import Final
from urllib.parse import urlencode

from bot.channels.telegram.api import Button, Keyboard
from bot.engine.measure import Paragraph, fits, is_link, plain
from bot.engine.model import Block, Card, Key, Line, Span
from bot.engine.wording import RLM

_LABEL: Final = 64  # characters; a phone shows fewer
_WORDS: Final = re.compile(r"\S{1,1000}\s{0,1000}|\s{1,1000}")
_INVISIBLE: Final = "\n \u00a0\u200b\u200c\u200d\u200e\u200f\ufeff"  # what makes no message for Telegram


@dataclass(frozen=True, slots=True)
class Part:
    """One message. Its text after parsing is at most 4096 UTF-16 units with at most 100 entities."""

    html: str
    keyboard: Keyboard = ()


def parts_of(card: Card, bot: str) -> tuple[Part, ...]:
    """The messages that show the card, at least one. bot: its user name, for links to it."""
    texts = [_html_of(page) for page in _pages(card.blocks) if plain(page).strip(_INVISIBLE)]
    # A card without words could not be sent, and its buttons with it.
    *before, last = texts or ["…"]
    return (*map(Part, before), Part(last, _keyboard(card.rows, bot)))


def _keyboard(rows: Sequence[Sequence[Key]], bot: str) -> Keyboard:
    """The rows as they are: the card has put them into the order that its language is read in."""
    return [[_button(key, bot) for key in row] for row in rows if row]


def _button(key: Key, bot: str) -> Button:
    if key.share is not None:
        # The person chooses a chat and sees the message before it is sent; the link says nothing of them.
        query = urlencode({"url": f"https://t.me/{bot}?start={key.share}"})
        return {"text": _label(key.label), "url": f"https://t.me/share/url?{query}"}
    if key.copy is not None:
        return {"text": _label(key.label), "copy_text": {"text": key.copy}}
    return {"text": _label(key.label), "callback_data": key.data}


def _label(label: str) -> str:
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"


def _html_of(page: Sequence[Paragraph]) -> str:
    return "\n\n".join("\n".join("".join(map(_html, line)) for line in paragraph) for paragraph in page)


def _html(span: Span) -> str:
    html = escape(span.text, quote=False)
    if span.bold:
        html = f"<b>{html}</b>"
    link = _link(span)
    return f'<a href="{escape(link)}">{html}</a>' if link else html


def _link(span: Span) -> str | None:
    return span.url if is_link(span.url) else None


def _pages(blocks: Sequence[Block]) -> list[list[Paragraph]]:
    whole: list[Paragraph] = [tuple(block.lines) for block in blocks]
    if fits(whole):  # as nearly always
        return [whole]
    pages: list[list[Paragraph]] = [[]]
    for block in blocks:
        for paragraph in _cut(block.lines):
            if not fits([*pages[-1], paragraph]):
                pages.append([])
            pages[-1].append(paragraph)
    return pages


def _cut(lines: Sequence[Line]) -> list[Paragraph]:
    """The paragraph whole if it fits into a message, else in pieces that do."""
    if fits([tuple(lines)]):
        return [tuple(lines)]
    pieces: list[Paragraph] = [()]
    for line in chain.from_iterable(map(_short, lines)):
        if not fits([(*pieces[-1], line)]):
            pieces.append(())
        pieces[-1] = (*pieces[-1], line)
    return pieces


def _short(line: Line) -> Iterator[Line]:
    """The line whole if it fits into a message, else in rows that do; each row keeps the direction of the line."""
    if fits([(line,)]):
        yield line
        return
    lead = line[:1] if line[0].text == RLM else ()
    row: Line = lead
    for span in line[len(lead) :]:
        for word in _WORDS.findall(span.text):
            longer = _joined((*row, replace(span, text=word)))
            if not fits([(longer,)]):
                yield row
                longer = (*lead, replace(span, text=word))
            row = longer
    yield row


def _joined(line: Line) -> Line:
    """The line with neighbours of one style made into one span, so that words do not become entities each."""
    runs = groupby(line, key=lambda span: (span.bold, span.url))
    return tuple(Span("".join(span.text for span in run), bold, url) for (bold, url), run in runs)
