"""What a person's typed words mean at the card they see: a command, a button, or a place."""

from __future__ import annotations

import datetime as dt
import unicodedata

from bot.engine.drawing import (
    IN_ENGLISH,
    MORE,
    MORE_LABEL,
    navigation,
    offers_english,
    options,
    page_of_options,
    speaking,
    waiting_question,
)
from bot.engine.facts import Facts, PostcodeKind
from bot.engine.model import Input, Place, Session
from bot.engine.wording import ENGLISH, Wording
from bot.engine.world import World


def command(text: str) -> str:
    """`/mp@AskFirstBot something` -> `mp`; "" for a lone slash and for what is no command."""
    words = text[1:].split(maxsplit=1) if text.startswith("/") else []
    return words[0].split("@")[0].casefold() if words else ""


def pressed_by_words(world: World, session: Session, text: str, hint: str | None) -> str | None:
    """The data of the button whose label, in the person's language or in English, is what they typed."""
    typed = folded(text)
    question = waiting_question(world, session)
    for wording in (Wording(speaking(world, session.language, hint)), Wording(ENGLISH)):
        for button in question.buttons if question else ():
            if folded(wording.label(button.text)) == typed:
                return f"{session.card}:{button.id}"
        for name in navigation(world, session):
            label = world.flows[name].label
            if label and folded(wording.label(label)) == typed:
                return name
        if folded(wording.label(MORE_LABEL)) == typed and page_of_options(world, session, hint)[1]:
            return f"{session.card}:{MORE}"
    if typed == folded(ENGLISH.name) and offers_english(session):
        return f"{session.card}:{IN_ENGLISH}"
    for option in options(world, session, hint):
        if typed in (folded(option.label), option.id.casefold()):
            return f"{session.card}:={option.id}"
    return None


def place_in_words(facts: Facts, asked: Input, text: str, today: dt.date) -> Place | None:
    """The place that a typed answer names, or None if it cannot be read as one."""
    if asked.type == "postcode":
        finding = facts.read_postcode(text, today)
        if finding.kind is PostcodeKind.NOT_A_POSTCODE:
            return None
        return Place(finding.kind.value, finding.constituencies, finding.status, finding.reason)
    areas = facts.search(text)
    return Place("search", tuple(area.code for area in areas)) if areas else None


def folded(text: str) -> str:
    """The words without what people leave out: case, signs, emoji, and marks above and below letters (hamza, ogonek).

    Vowel signs of Indic scripts are letters to their readers; their combining class is 0, and they stay.
    """
    kept = (
        char
        for char in unicodedata.normalize("NFKD", text.casefold())
        if char.isalnum() or char.isspace() or (unicodedata.category(char)[0] == "M" and not _is_left_out(char))
    )
    return " ".join("".join(kept).split())


def _is_left_out(mark: str) -> bool:
    return unicodedata.combining(mark) >= 27
