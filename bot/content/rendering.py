"""Draws every card that can come up, in every language, with the longest values that can stand in it, and measures it.

Each text and each set of buttons is drawn once for a language, and the cards are put together from these, so the cost
grows with texts times languages, however many cards they make.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bot.content.exploration import CardState
from bot.content.longest import Extremes, longest_values
from bot.content.text_rules import MAX_LABEL
from bot.engine.actions import Outcome
from bot.engine.drawing import blocks_of, rows_of
from bot.engine.facts import Facts
from bot.engine.folding import folded_label
from bot.engine.measure import KEY_BYTES, KEYBOARD_KEYS, MESSAGE_ENTITIES, MESSAGE_UNITS, entities, plain, units
from bot.engine.model import Act, Key, Shown, SlotValue
from bot.engine.wording import Catalogue, Wording
from bot.engine.world import World


@dataclass(frozen=True, slots=True, order=True)
class Unfit:
    """What does not fit, at a step of a flow in one language."""

    flow: str
    step: str
    language: str
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class _Part:
    """The measure of one text with what stands below it: for one constituency, and for as many as can be."""

    units: int
    most_units: int
    most_entities: int


def render(world: World, cards: Iterable[CardState], today: dt.date) -> Iterator[Unfit]:
    """Everything that does not fit, once for each step, language and rule."""
    cards = list(cards)
    extremes = Extremes(world.facts, today)
    for catalogue in world.catalogues.values():
        yield from _Language(world, catalogue, extremes).unfit(cards)


class _Language:
    """One language. What was drawn once is remembered."""

    def __init__(self, world: World, catalogue: Catalogue, extremes: Extremes) -> None:
        self._longest = longest_values(extremes, catalogue)
        self._values = self._longest[0]
        self._world = replace(world, catalogues={catalogue.language: catalogue}, run=self._run)
        self._wording = Wording(catalogue)
        self._today = extremes.today
        self._parts: dict[tuple[str, str, bool], _Part] = {}
        self._rows: dict[object, list[tuple[str, str]]] = {}
        self._tag = catalogue.language

    def _run(
        self, act: Act, facts: Facts, slots: Mapping[str, SlotValue], catalogue: Catalogue, today: dt.date
    ) -> Outcome:
        return Outcome("longest", self._values[act.action])

    def unfit(self, cards: list[CardState]) -> Iterator[Unfit]:
        """What does not fit on any of these cards."""
        told: set[tuple[str, str, str]] = set()
        for card in cards:
            for flow, step, rule, message in self._faults(card):
                if (flow, step, rule) not in told:
                    told.add((flow, step, rule))
                    yield Unfit(flow, step, self._tag, rule, message)

    def _faults(self, card: CardState) -> Iterator[tuple[str, str, str, str]]:
        session = card.session
        total = 0
        for shown in session.shown:
            part = self._part(shown)
            if part.most_units > MESSAGE_UNITS or part.most_entities > MESSAGE_ENTITIES:
                message = (
                    f"can have {part.most_units} characters and {part.most_entities} bold words and links; a message "
                    f"holds {MESSAGE_UNITS} and {MESSAGE_ENTITIES}; make two steps of it"
                )
                yield shown.flow, shown.step, "text-too-long", message
            total += part.units + 2 * bool(total and part.units)
        if not session.shown:
            return
        flow, step = session.shown[-1].flow, session.shown[-1].step
        if total > MESSAGE_UNITS:
            message = f"its card can have {total} characters and be cut into two messages; {MESSAGE_UNITS} fit into one"
            yield flow, step, "card-in-two-messages", message
        for rule, message in self._keys(card):
            yield flow, step, rule, message

    def _part(self, shown: Shown) -> _Part:
        key = (shown.flow, shown.step, shown.again)
        if key not in self._parts:
            # Every action of the flow is taken as done: which were, the loader has made sure of.
            acts = tuple(step.id for step in self._world.flows[shown.flow].steps.values() if isinstance(step, Act))
            sizes = []
            for values in self._longest:
                self._values = values
                blocks = blocks_of(self._world, {}, replace(shown, acted=acts), self._wording, self._today)
                paragraphs = [block.lines for block in blocks]
                sizes.append((units(plain(paragraphs)), entities(paragraphs)))
            (own, _), (most, runs) = sizes
            self._parts[key] = _Part(own, most, runs)
        return self._parts[key]

    def _keys(self, card: CardState) -> list[tuple[str, str]]:
        session = replace(card.session, language=card.session.language and self._tag)
        here = session.shown[-1].flow if session.shown else ""
        key = (session.frames[-1:], here, bool(session.history), session.resume is None, session.language is None)
        if key not in self._rows:
            rows = rows_of(self._world, session, self._wording, self._tag)
            self._rows[key] = list(_key_faults([each for row in rows for each in row]))
        return self._rows[key]


def _key_faults(keys: list[Key]) -> Iterator[tuple[str, str]]:
    if len(keys) > KEYBOARD_KEYS:
        yield "too-many-buttons", f"has {len(keys)} buttons; a card holds {KEYBOARD_KEYS}; make two questions of it"
    seen: dict[str, Key] = {}
    for key in keys:
        if len(key.data.encode()) > KEY_BYTES:
            yield "button-data", f"what the button `{key.label}` sends is longer than {KEY_BYTES} bytes; shorten its id"
        if len(key.label) > MAX_LABEL:
            yield (
                "label-too-long",
                f"`{key.label}` has {len(key.label)} characters, a button holds {MAX_LABEL}; shorten it",
            )
        other = seen.setdefault(folded_label(key.label), key)
        if other is not key:
            yield "label-clash", f"two buttons read `{key.label}`, so nobody can tell them apart; change one"
