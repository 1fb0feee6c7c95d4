"""Words that people type in place of pressing a button: yes, no, stop, help, back and the like, in every language.

Each is a text of the catalogue whose words are separated by commas, so a translator lists what people really type.
English is understood beside the language of the conversation. A word works only alone: "stop" stops, a sentence with
"stop" in it is a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from bot.engine.folding import folded
from bot.engine.model import BACK, CANCEL, FORGET, HELP, LANGUAGE, PRIVACY, START, Text
from bot.engine.wording import ENGLISH, Catalogue, Wording

YES = Text("words.yes", "yes, ok, okay, yeah")
NO = Text("words.no", "no, nope")
MORE_WORDS = Text("words.more", "more, next")
URGENT = Text("words.urgent", "emergency, urgent, danger")

# The reserved flow that a word opens from anywhere.
OPENS: Mapping[str, Text] = {
    CANCEL: Text("words.stop", "stop, cancel"),
    HELP: Text("words.help", "help"),
    BACK: Text("words.back", "back, go back"),
    START: Text("words.start", "start, menu, restart, start again"),
    LANGUAGE: Text("words.language", "language, languages, change language"),
    PRIVACY: Text("words.privacy", "privacy, what do you keep"),
    FORGET: Text("words.leave", "leave, leave now, exit, quit, forget, delete"),
}


def means(text: Text, typed: str, catalogue: Catalogue) -> bool:
    """Whether the typed words, folded, are one of those of this text, in the language or in English."""
    return bool(typed) and any(typed in _listed(Wording(one).label(text)) for one in (catalogue, ENGLISH))


@cache  # of translations, of which there are few; never of what was typed
def _listed(label: str) -> frozenset[str]:
    return frozenset(map(folded, label.split(",")))


def flow_meant(typed: str, catalogue: Catalogue) -> str | None:
    """The reserved flow that the typed words, folded, open."""
    return next((flow for flow, text in OPENS.items() if means(text, typed, catalogue)), None)
