"""What a person's typed words mean at the card they see: a command, a button, or a place."""

from __future__ import annotations

import datetime as dt

from bot.engine.choices import OPTIONS_ON_A_CARD, languages_named
from bot.engine.drawing import (
    IN_ENGLISH,
    MORE,
    MORE_LABEL,
    PAGE,
    navigation,
    offers_english,
    options,
    page_of_options,
    speaking,
    waiting_question,
)
from bot.engine.facts import Facts, PostcodeKind
from bot.engine.folding import folded, folded_label
from bot.engine.languages import own_name
from bot.engine.model import Ask, Input, Place, Session
from bot.engine.wording import ENGLISH, Catalogue, Wording
from bot.engine.words import MORE_WORDS, NO, YES, flow_meant, means
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
            if folded_label(wording.label(button.text)) == typed:
                return f"{session.card}:{button.id}"
        for name in navigation(world, session):
            label = world.flows[name].label
            if label and folded_label(wording.label(label)) == typed:
                return name
    catalogue = speaking(world, session.language, hint)
    wants_more = means(MORE_WORDS, typed, catalogue) or means(MORE_LABEL, typed, catalogue)
    if wants_more and page_of_options(world, session, hint)[1]:
        return f"{session.card}:{MORE}"
    if typed == folded_label(own_name(ENGLISH.language)) and offers_english(session):
        return f"{session.card}:{IN_ENGLISH}"
    if meant := _meant(question, session, typed, catalogue):
        return meant
    every = options(world, session, hint)
    for option in every:
        if typed in (folded_label(option.label), option.id.casefold()):
            return f"{session.card}:={option.id}"
    if question and question.input and question.input.source == "languages" and typed:
        named = languages_named(world.catalogues, typed)
        if len(named) == 1:
            return f"{session.card}:={named[0]}"
        if named:  # Kurdish may be either of two: both are shown
            first = next(index for index, option in enumerate(every) if option.id in named)
            return f"{session.card}:{PAGE}{first // OPTIONS_ON_A_CARD}"
    return None


def _meant(question: Ask | None, session: Session, typed: str, catalogue: Catalogue) -> str | None:
    """What a word such as yes, no or back means at the card, as the data of a button."""
    if question:
        for text, answer in ((YES, "yes"), (NO, "no")):
            if means(text, typed, catalogue):
                meant = [button for button in question.buttons if button.means == answer]
                if not meant and answer == "yes" and question.input is None:
                    meant = list(question.buttons) if len(question.buttons) == 1 else []
                return f"{session.card}:{meant[0].id}" if meant else None
    return flow_meant(typed, catalogue)


def place_in_words(facts: Facts, asked: Input, text: str, today: dt.date) -> Place | None:
    """The place that a typed answer names, or None if it cannot be read as one."""
    if asked.type == "postcode":
        finding = facts.read_postcode(text, today)
        if finding.kind is PostcodeKind.NOT_A_POSTCODE:
            return None
        return Place(finding.kind.value, finding.constituencies, finding.status, finding.reason)
    areas = facts.search(text)
    return Place("search", tuple(area.code for area in areas)) if areas else None
