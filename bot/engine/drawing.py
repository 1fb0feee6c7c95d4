"""Draws the card of a session. The same session on the same day always gives the same card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.engine.actions import Outcome
from bot.engine.choices import OPTIONS_ON_A_CARD, SOURCES, Option
from bot.engine.facts import Subject
from bot.engine.languages import by_need, hinted, own_name
from bot.engine.links import Link
from bot.engine.model import (
    BACK,
    FORGET,
    NAVIGATION,
    RESERVED,
    START,
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
from bot.engine.wording import ENGLISH, Catalogue, Wording, has_words
from bot.engine.world import World

MORE = "_more"
COPY = "_copy"
PAGE = "_page"  # with the number of a page of options behind it
IN_ENGLISH = "_english"
REPORTS = "_report"  # with the subject, and what is wrong with it, behind it; see `reporting`
MORE_LABEL = Text("card.more", "More")
# The label of a button. It opens a list of what may be wrong with the facts that are shown.
REPORT = Text("report.open", "Something here is wrong")
# The label of a button. It lets a person send somebody a link to this page.
_SHARE = Text("telegram.share", "Share this page")
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
    said = _card_texts(world, session, wording, today)
    blocks = tuple(block for part in said for block in part.blocks)
    copies = tuple(dict.fromkeys(number for part in said for number in part.copies))
    reports = "report" in world.offers and any(part.subjects for part in said)
    rows = rows_of(world, session, wording, hint, copies, reports=reports)
    return Card(blocks, rows, wording.catalogue.language, wording.rtl)


def subjects_of(world: World, session: Session, today: dt.date, hint: str | None = None) -> tuple[Subject, ...]:
    """What the facts on the card are about, each once."""
    wording = Wording(speaking(world, session.language, hint))
    said = _card_texts(world, session, wording, today)
    return tuple(dict.fromkeys(subject for part in said for subject in part.subjects))


def rows_of(
    world: World,
    session: Session,
    wording: Wording,
    hint: str | None,
    copies: tuple[str, ...] = (),
    *,
    reports: bool = False,
) -> tuple[tuple[Key, ...], ...]:
    """The buttons of the card, in the order that the language is read in; those for `copies` stand first."""
    keys = [Key(number, f"{session.card}:{COPY}{index}", copy=number) for index, number in enumerate(copies)]
    rows = _in_rows(keys) + _answer_rows(world, session, wording, hint)
    if offers_english(session):
        rows.append((Key(own_name(ENGLISH.language), f"{session.card}:{IN_ENGLISH}"),))
    rows += _in_rows([*([Key(wording.label(REPORT), REPORTS)] if reports else []), *_share(world, session, wording)])
    rows += in_pairs(ways_out(world, session, wording))
    return in_reading_order(rows, wording)


def ways_out(world: World, session: Session, wording: Wording) -> list[Key]:
    """The buttons that stand under every card."""
    names = navigation(world, session)
    return [Key(wording.label(label), name) for name in names if (label := _label(world, name))]


def in_pairs(keys: Sequence[Key]) -> list[tuple[Key, ...]]:
    """Two buttons to a row."""
    return [tuple(keys[at : at + 2]) for at in range(0, len(keys), 2)]


def in_reading_order(rows: Iterable[tuple[Key, ...]], wording: Wording) -> tuple[tuple[Key, ...], ...]:
    """The rows as they are read. Telegram does not mirror keyboards."""
    return tuple(tuple(reversed(row)) for row in rows) if wording.rtl else tuple(rows)


def _share(world: World, session: Session, wording: Wording) -> list[Key]:
    """A link to the flow that is under way, in the person's language; where a flow has no link, to the start."""
    here = session.frames[-1].flow if session.frames else START
    if "share" not in world.offers or session.language is None or here in RESERVED or here not in world.flows:
        return []
    payload = Link(world.flows[here].link or "", session.language).payload
    return [Key(wording.label(_SHARE), "", share=payload)]


def _label(world: World, flow: str) -> Text | None:
    return world.flows[flow].label


def blocks_of(
    world: World, slots: Mapping[str, SlotValue], shown: Shown, wording: Wording, today: dt.date
) -> list[Block]:
    """One text of the card, with what has to stand below it."""
    return _said(world, slots, shown, wording, today).blocks


@dataclass(frozen=True, slots=True)
class _Said:
    """One text of the card, the telephone numbers in it, and what its facts are about."""

    blocks: list[Block]
    copies: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()


def _card_texts(world: World, session: Session, wording: Wording, today: dt.date) -> list[_Said]:
    return [_said(world, session.slots, shown, wording, today) for shown in session.shown]


def _said(world: World, slots: Mapping[str, SlotValue], shown: Shown, wording: Wording, today: dt.date) -> _Said:
    flow = world.flows[shown.flow]
    said = flow.steps[shown.step]
    if not isinstance(said, Say | Ask):
        return _Said([])
    text = said.text
    if shown.again and isinstance(said, Ask) and said.input and said.input.again:
        text = said.input.again
    outcomes = _outcomes(world, slots, shown, wording.catalogue, today)
    values = {name: value for outcome in outcomes for name, value in outcome.values.items()}
    name = f"{shown.flow}.{shown.step}"
    lines = wording.lines(text, values)
    blocks = [Block(name, lines)] if lines else []
    if text.safety and not wording.catalogue.reviewed and wording.translated(text):
        original = Wording(ENGLISH).lines(text, values)
        blocks.append(Block(name, (wording.line(_ORIGINAL, {}), *original)))
    elif wording.catalogue.language != ENGLISH.language and not wording.translated(text) and has_words(text.msgid):
        blocks.append(Block(name, (wording.line(_UNTRANSLATED, {}),)))
    giving = {name: outcome for outcome in outcomes for name in outcome.values}  # the latest, where two give one
    used = [one for one in outcomes if any(giving[name] is one and f"{{{name}}}" in text.msgid for name in one.values)]
    return _Said(
        blocks,
        tuple(number for outcome in used for number in outcome.copies),
        tuple(subject for outcome in used for subject in outcome.subjects),
    )


def _outcomes(
    world: World, slots: Mapping[str, SlotValue], shown: Shown, catalogue: Catalogue, today: dt.date
) -> list[Outcome]:
    """What the actions came to whose values the text may use, the latest last."""
    acts = (world.flows[shown.flow].steps.get(acted) for acted in shown.acted)
    return [world.run(act, world.facts, slots, catalogue, today) for act in acts if isinstance(act, Act)]


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
