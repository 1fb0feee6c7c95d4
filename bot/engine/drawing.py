"""Draws the card of a session. The same session on the same day always gives the same card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from bot.engine.choices import OPTIONS_ON_A_CARD, SOURCES, Option
from bot.engine.languages import by_need, hinted, own_name
from bot.engine.model import (
    BACK,
    FORGET,
    NAVIGATION,
    UNREVIEWED,
    Act,
    Ask,
    Block,
    Button,
    Card,
    Key,
    Place,
    Say,
    Session,
    Shown,
    SlotValue,
    Text,
)
from bot.engine.wording import ENGLISH, Catalogue, Value, Values, Wording, has_words
from bot.engine.world import World

MORE = "_more"
COPY = "_copy"
PAGE = "_page"  # with the number of a page of options behind it
IN_ENGLISH = "_english"
MORE_LABEL = Text("card.more", "More")
_WIDE = 18  # characters; two labels no longer than this share a row
# Above the English original of a text whose translation no person has reviewed yet.
_ORIGINAL = Text("card.original", "The same text in English:")
# Below an English text that stands in for a translation that is missing.
_UNTRANSLATED = Text("card.untranslated", "This part is only in English for now.")


def speaking(world: World, language: str | None, hint: str | None = None) -> Catalogue:
    """The catalogue of a language; before one was chosen, the hinted one, else English."""
    if language is not None and language in world.catalogues:
        return world.catalogues[language]
    likely = by_need(world.catalogues, hint)
    return world.catalogues[likely[0]] if likely and hinted(likely[0], hint) else ENGLISH


def waiting_question(world: World, session: Session) -> Ask | None:
    """The question that the session waits at."""
    if not session.frames:
        return None
    flow = world.flows.get(session.frames[-1].flow)
    found = flow.steps.get(session.frames[-1].step) if flow else None
    return found if isinstance(found, Ask) else None


def options(world: World, session: Session, hint: str | None) -> tuple[Option, ...]:
    """Every option of the waiting question, on all its pages."""
    question = waiting_question(world, session)
    if question is None or question.input is None or question.input.type != "choice":
        return ()
    source = SOURCES[question.input.source]
    place = session.slots.get(question.input.into)
    given = place if isinstance(place, Place) else Place("unset")
    return source.options(world.facts, world.catalogues, given, hint)


def page_of_options(world: World, session: Session, hint: str | None) -> tuple[tuple[Option, ...], bool]:
    """The options on this card, and whether there are more than fit on one."""
    every = options(world, session, hint)
    if len(every) <= OPTIONS_ON_A_CARD:
        return every, False
    pages = -(-len(every) // OPTIONS_ON_A_CARD)
    first = session.page % pages * OPTIONS_ON_A_CARD  # after the last page comes the first
    return every[first : first + OPTIONS_ON_A_CARD], True


def offers_english(session: Session) -> bool:
    """Whether the card says that its language was not reviewed, and so has a button for English."""
    return any(part.flow == UNREVIEWED for part in session.shown)


def navigation(world: World, session: Session) -> tuple[str, ...]:
    """The reserved flows whose buttons stand under this card; before a language was chosen, only the way out, and the
    way back in after that."""
    here = session.shown[-1].flow if session.shown else ""
    can_go_back = bool(session.history) or bool(session.resume and session.resume.shown)
    return tuple(
        name
        for name in NAVIGATION
        if name in world.flows
        and world.flows[name].label
        and name != here
        and (name != BACK or can_go_back)
        and (session.language is not None or name == FORGET or here == FORGET)
    )


def draw(world: World, session: Session, today: dt.date, hint: str | None = None) -> Card:
    """The card: what was said, the question, its buttons, and the ways out."""
    wording = Wording(speaking(world, session.language, hint))
    said = [_said(world, session.slots, shown, wording, today) for shown in session.shown]
    blocks = tuple(block for own, _ in said for block in own)
    copies = tuple(dict.fromkeys(number for _, own in said for number in own))
    rows = rows_of(world, session, wording, hint, copies)
    return Card(blocks, rows, wording.catalogue.language, wording.rtl)


def rows_of(
    world: World, session: Session, wording: Wording, hint: str | None, copies: tuple[str, ...] = ()
) -> tuple[tuple[Key, ...], ...]:
    """The buttons of the card, in the order that the language is read in; those for `copies` stand first."""
    keys = [Key(number, f"{session.card}:{COPY}{index}", copy=number) for index, number in enumerate(copies)]
    rows = _in_rows(keys) + _answer_rows(world, session, wording, hint)
    if offers_english(session):
        rows.append((Key(own_name(ENGLISH.language), f"{session.card}:{IN_ENGLISH}"),))
    links = [Key(wording.label(label), name) for name in navigation(world, session) if (label := _label(world, name))]
    rows += [tuple(links[at : at + 2]) for at in range(0, len(links), 2)]
    # Telegram does not mirror keyboards.
    return tuple(tuple(reversed(row)) for row in rows) if wording.rtl else tuple(rows)


def _label(world: World, flow: str) -> Text | None:
    return world.flows[flow].label


def blocks_of(
    world: World, slots: Mapping[str, SlotValue], shown: Shown, wording: Wording, today: dt.date
) -> list[Block]:
    """One text of the card, with what has to stand below it."""
    return _said(world, slots, shown, wording, today)[0]


def _said(
    world: World, slots: Mapping[str, SlotValue], shown: Shown, wording: Wording, today: dt.date
) -> tuple[list[Block], tuple[str, ...]]:
    """One text of the card, and the telephone numbers in it."""
    flow = world.flows[shown.flow]
    said = flow.steps[shown.step]
    if not isinstance(said, Say | Ask):
        return [], ()
    text = said.text
    if shown.again and isinstance(said, Ask) and said.input and said.input.again:
        text = said.input.again
    values, copies = _values(world, slots, shown, wording.catalogue, today)
    name = f"{shown.flow}.{shown.step}"
    lines = wording.lines(text, values)
    blocks = [Block(name, lines)] if lines else []
    if text.safety and not wording.catalogue.reviewed and wording.translated(text):
        original = Wording(ENGLISH).lines(text, values)
        blocks.append(Block(name, (wording.line(_ORIGINAL, {}), *original)))
    elif wording.catalogue.language != ENGLISH.language and not wording.translated(text) and has_words(text.msgid):
        blocks.append(Block(name, (wording.line(_UNTRANSLATED, {}),)))
    return blocks, tuple(
        number for value, numbers in copies.items() if f"{{{value}}}" in text.msgid for number in numbers
    )


def _values(
    world: World, slots: Mapping[str, SlotValue], shown: Shown, catalogue: Catalogue, today: dt.date
) -> tuple[Values, Mapping[str, tuple[str, ...]]]:
    """The values that the text may use, and the telephone numbers in each."""
    values: dict[str, Value] = {}
    copies: dict[str, tuple[str, ...]] = {}
    for acted in shown.acted:
        found = world.flows[shown.flow].steps.get(acted)
        if isinstance(found, Act):
            outcome = world.run(found, world.facts, slots, catalogue, today)
            values.update(outcome.values)
            copies.update(dict.fromkeys(outcome.values, outcome.copies))
    return values, copies


def _answer_rows(world: World, session: Session, wording: Wording, hint: str | None) -> list[tuple[Key, ...]]:
    question = waiting_question(world, session)
    if question is None:
        return []
    shown, more = page_of_options(world, session, hint)
    keys = [Key(option.label, f"{session.card}:={option.id}") for option in shown]
    if more:
        keys.append(Key(wording.label(MORE_LABEL), f"{session.card}:{MORE}"))
    keys += [button_key(session, button, wording) for button in question.buttons]
    return _in_rows(keys)


def button_key(session: Session, button: Button, wording: Wording) -> Key:
    """A flow's button as it stands on this card."""
    return Key(wording.label(button.text), f"{session.card}:{button.id}")


def _in_rows(keys: list[Key]) -> list[tuple[Key, ...]]:
    """Short labels stand two to a row, long ones alone; the order stays."""
    rows: list[tuple[Key, ...]] = []
    for key in keys:
        short = len(key.label) <= _WIDE
        if short and rows and len(rows[-1]) == 1 and len(rows[-1][0].label) <= _WIDE:
            rows[-1] = (*rows[-1], key)
        else:
            rows.append((key,))
    return rows
