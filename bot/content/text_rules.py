"""Rules about the words themselves, for English and translations alike: what would show wrongly, or not at all.

Each rule yields its id and a message with the remedy; whoever reads the file adds where it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.engine.wording import PLACEHOLDER

# A whole card may hold 4096 characters (Bot API, sendMessage); one text of it never needs more.
MAX_TEXT = 4096
MAX_LABEL = 64  # what a telephone can show of a button, in two lines

Finding = tuple[str, str]

# As the renderer reads it (engine.wording).
_MARKUP = re.compile(r"\*\*(?P<bold>.+?)\*\*|\[(?P<label>[^\]\n]+)\]\((?P<url>[^)\s]+)\)")
_ADDRESS = re.compile(rf"https?://[^\s/]+\S*|{PLACEHOLDER.pattern}")
# What other programs take for markup, and people would see as it is: <b>, *word*, and `# ` or `* ` before a line.
_FOREIGN = re.compile(r"</?[A-Za-z][^<>]*>|(?<![\w*])\*(?![\s*])[^*]*[^\s*]\*(?![\w*])|^\s*(?:#+|\*) ")
_SIGNS = re.compile(r"[*<#]|\]\(")  # without one of these, there is no markup, neither ours nor theirs
_COMMAND = re.compile(r"(?<![\w/:.])/([a-z][a-z0-9_]*)")
_BRACE = re.compile(r"\{[^{}]*\}?|\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Embeddings, overrides and isolates turn words around; the renderer puts in its own where they are needed.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def text_faults(text: str) -> Iterator[Finding]:
    """What is wrong with a text that stands on a card."""
    yield from _characters(text)
    if len(text) > MAX_TEXT:
        yield "text-too-long", f"has {len(text)} characters, more than {MAX_TEXT}; make two steps of it"
    if not _SIGNS.search(text):
        return
    for line in text.split("\n"):
        found = list(_MARKUP.finditer(line))
        outside, inside = _MARKUP.sub("\n", line), "\n".join(match["bold"] or match["label"] for match in found)
        if "**" in outside or "***" in line:
            yield "markup", "`**` has no partner on its line; write **words** on one line"
        if "](" in outside:
            yield "markup", "a link is written [label](https://…), on one line and without spaces in the address"
        if "**" in inside or "](" in inside:
            yield "markup", "a link cannot be bold; take away the `**` in it or around it"
        if foreign := _FOREIGN.search(outside):
            yield "markup", f"`{foreign[0].strip():.40}` would be seen as it is; write **bold**, and lists with `- `"
        for match in found:
            if match["url"] and not _ADDRESS.fullmatch(match["url"]):
                yield "link-address", f"`{match['url']:.60}` is not a web address; begin it with https://"


def commands_in(text: str) -> list[str]:
    """The commands that a text names, without their slashes, in order."""
    return _COMMAND.findall(text)


def label_faults(text: str) -> Iterator[Finding]:
    """What is wrong with a text that stands on a button."""
    yield from plain_faults(text)
    if len(text) > MAX_LABEL:
        yield "label-too-long", f"has {len(text)} characters, a telephone shows {MAX_LABEL}; shorten it"


def plain_faults(text: str) -> Iterator[Finding]:
    """What is wrong with a text that stands on a button or in a menu of commands, where nothing is filled in."""
    yield from _characters(text)
    if "**" in text or "](" in text:
        yield "label-markup", "bold and links are not shown on a button or in a menu; write plain words"
    for name in sorted(set(PLACEHOLDER.findall(text))):
        yield (
            "label-placeholder",
            f"nothing is filled in on a button or in a menu; write plain words instead of `{{{name}}}`",
        )


def _characters(text: str) -> Iterator[Finding]:
    turning = _TURNING.search(text)
    if turning:
        yield "turning-mark", f"a mark that turns words around (U+{ord(turning[0]):04X}) stands here; delete it"
    control = _CONTROL.search(text)
    if control:
        yield "control-character", f"a character that cannot be seen (U+{ord(control[0]):04X}) stands here; delete it"
    brace = _BRACE.search(PLACEHOLDER.sub("", text)) if "{" in text or "}" in text else None
    if brace:
        yield (
            "stray-brace",
            f"`{brace[0][:40]}` is no placeholder; write {{name}} in small letters, or leave out the brace",
        )
    if not any(unicodedata.category(letter)[0] in "LNS" for letter in text):
        yield "no-words", "nothing can be read here; write words"
