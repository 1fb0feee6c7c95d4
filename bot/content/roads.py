"""Roads: the shortest conversation that leads to a step, an outcome or a button, found by trying.

The real engine takes every turn, with the facts as they are. What can be typed is a list of invented and public
examples, one of each kind; a button, command or link is pressed as it is. Two conversations that stand alike count as
one, and of buttons that only fill the same slot with other values (twelve topics), one is followed further. What is not
found so, because the facts of today do not give it, is supposed (see `supposing`), one outcome at a time.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.content.flows import not_known
from bot.content.scripts import OWN_LANGUAGE, Move
from bot.content.supposing import NotSupposable, Supposed, supposed, wrong_supposition
from bot.engine.actions import Outcome
from bot.engine.drawing import MORE, page_of_options, waiting_question
from bot.engine.facts import Facts
from bot.engine.machine import fail, walked
from bot.engine.model import (
    BACK,
    Act,
    Ask,
    Event,
    Flow,
    Frame,
    Input,
    Said,
    Session,
    SlotValue,
    Started,
    Switch,
    Tapped,
)
from bot.engine.walk import RESUMING, EndlessFlow, Outdated, Passed
from bot.engine.wording import Catalogue, MissingValue
from bot.engine.world import World
from bot.errors import ContentError

PATIENCE = 8_000  # turns without a find before a search gives up; the shipped flows need 2,000, and 1,000 supposed
PATIENCE_SUPPOSED = 2_000
_ALIKE = 3  # of the options of a list, so many are followed further

UNREADABLE = "hello"
EXAMPLES = (
    *("ZZ9 9AC", "ZZ9 9AA", "ZZ9 9AB", "ZZ9 9AD", "ZZ9 9AE", "ZZ9 9AF", "ZZ9 9AG", "ZZ9 9AH"),
    *("ZZ1 1ZZ", "M1", "M1 1AE", "M1 1ZZ", "BT1 5GS", "JE2 3AB", "BFPO 57"),
)
"""Invented postcodes, and public ones that belong to no person: a square, a hall, an office, or nothing at all."""
_NAMES = ("Manchester Central", "Manchester")


@dataclass(frozen=True, slots=True)
class Road:
    """What to do, in order, and what to suppose meanwhile."""

    moves: tuple[Move, ...]
    suppose: Supposed = field(default_factory=dict)

    def __str__(self) -> str:
        given = [f"{flow}.{step} has the outcome {outcome}" for (flow, step), outcome in self.suppose.items()]
        moves = ", ".join(" ".join([move.kind, *move.what]).strip() for move in self.moves)
        return moves + (f" (supposing that {given[0]})" if given else "")


def step_named(flows: Mapping[str, Flow], name: str) -> Passed:
    """The step that is meant by `step` or `flow.step`. Raises ContentError with the remedy."""
    places = {f"{flow.name}.{step}": Passed(flow.name, step) for flow in flows.values() for step in flow.steps}
    meant = [whole for whole, place in places.items() if name in (whole, place.step)]
    if len(meant) == 1:
        return places[meant[0]]
    if meant:
        raise ContentError(f"More than one flow has a step `{name}`; write {' or '.join(meant)}.")
    known = not_known(name, {*places, *(place.step for place in places.values())})
    raise ContentError(f"There is no such step: {known}")


def road_to(world: World, name: str, language: str, at: dt.datetime) -> Road:
    """The shortest road to a step. Raises ContentError if there is no such step, or no short road."""
    place = step_named(world.flows, name)
    road = roads(world, language, at, [place]).get(place)
    if road is None:
        raise ContentError(
            f"No short conversation in `{language}` leads to {place.flow}.{place.step}; begin before it."
        )
    return road


def places_of(flow: Flow) -> Iterator[Passed]:
    """Everything in a flow that a conversation can go through, in the order of its file."""
    for step in flow.steps.values():
        yield Passed(flow.name, step.id)
        match step:
            case Act() | Switch():
                yield from (Passed(flow.name, step.id, "outcome", name) for name in step.targets)
            case Ask():
                if step.input:
                    yield Passed(flow.name, step.id, "input")
                if step.input and step.input.again:
                    yield Passed(flow.name, step.id, "again")
                if step.input and step.input.type != "choice":
                    yield Passed(flow.name, step.id, "otherwise")
                yield from (Passed(flow.name, step.id, "button", button.id) for button in step.buttons)


def roads(world: World, language: str, at: dt.datetime, wanted: Collection[Passed]) -> Mapping[Passed, Road]:
    """The shortest road to each of these places, for those that a search finds."""
    world = _remembering(world)
    left = set(wanted)
    met: set[Passed] = set()
    found = {place: Road(moves) for place, moves in _search(world, language, at, left, PATIENCE, met).items()}
    for outcome in _never_had(world.flows, met) if left else ():
        supposition = {(outcome.flow, outcome.step): outcome.name}
        other = _search(supposed(world, supposition), language, at, left, PATIENCE_SUPPOSED)
        found |= {place: Road(moves, supposition) for place, moves in other.items()}
        if not left:
            break
    return found


def _never_had(flows: Mapping[str, Flow], met: Collection[Passed]) -> Iterator[Passed]:
    """The outcomes that no action had, although it was come to."""
    for flow in flows.values():
        for place in places_of(flow):
            was_there = place.way == "outcome" and Passed(flow.name, place.step) in met and place not in met
            if was_there and not wrong_supposition(flows, flow.name, place.step, place.name):
                yield place


def _remembering(world: World) -> World:
    """The same world, which works out the same action on the same slots only once."""
    known: dict[object, Outcome] = {}

    def run(act: Act, facts: Facts, slots: Mapping[str, SlotValue], catalogue: Catalogue, today: dt.date) -> Outcome:
        given = tuple(slots.get(slot) for slot in act.arguments.values())
        key = (id(act), given, catalogue.language, today)
        if key not in known:
            known[key] = world.run(act, facts, slots, catalogue, today)
        return known[key]

    return replace(world, run=run)


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a conversation stands, and how it came there."""

    session: Session | None
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class _Try:
    """What can be done where a conversation stands: the moves, and the last of them for the engine.

    No `event` stands for a turn that breaks. `further`: whether to look what can be done after it.
    """

    moves: tuple[Move, ...]
    session: Session | None
    event: Event | None
    further: bool = True


def _search(
    world: World, language: str, at: dt.datetime, left: set[Passed], patience: int, met: set[Passed] | None = None
) -> dict[Passed, tuple[Move, ...]]:
    """The places of `left` that can be come to, which are taken out of it; the nearest are found first.

    Whatever is gone through is added to `met`.
    """
    found: dict[Passed, tuple[Move, ...]] = {}
    tries = _Tries(world, language, at)
    waiting = deque([_Stand(None)])
    been: set[object] = set()
    idle = 0
    while waiting and left and idle < patience:
        here = waiting.popleft()
        for one in tries.of(here):
            idle += 1
            try:
                trail, after = _taken(world, one, Said(at, UNREADABLE, language))
            except (EndlessFlow, LookupError, MissingValue, NotSupposable, Outdated):
                continue
            there = _Stand(after, (*here.moves, *one.moves))
            if met is not None:
                met.update(trail)
            for passed in left.intersection(trail):
                found[passed] = there.moves
                left.discard(passed)
                idle = 0
            key = _key(after)
            if one.further and after is not None and key not in been:
                been.add(key)
                waiting.append(there)
    return found


def _taken(world: World, one: _Try, broken: Event) -> tuple[Collection[Passed], Session | None]:
    """What a turn goes through, and where the conversation stands after it; its card is not drawn."""
    if one.event is None:
        turn = fail(world, one.session, broken)
        return turn.trail, turn.session
    walk, _ = walked(world, one.session, one.event)
    return walk.trail, None if walk.forgotten else walk.session()


def _key(session: Session | None) -> object:
    """What tells two conversations apart for those who look for a road."""
    if session is None:
        return None
    resume = session.resume and (session.resume.frames, bool(session.resume.shown))
    slots = frozenset((name, _page(value)) for name, value in session.slots.items())
    return session.frames, resume, slots, _page(session.page), session.tries, bool(session.history), session.language


def _page(value: SlotValue) -> SlotValue:
    """A list can be turned over and over; its third page stands for all that follow."""
    return min(value, 2) if isinstance(value, int) else value


class _Tries:
    """What can be done at every place. Remembers what was tried once and for all."""

    def __init__(self, world: World, language: str, at: dt.datetime) -> None:
        self._world = world
        self._language = language
        self._at = at
        self._switched = {
            step.slot for flow in world.flows.values() for step in flow.steps.values() if isinstance(step, Switch)
        }
        self._asked: set[tuple[str, str]] = set()
        self._left: set[object] = set()
        self._first_cards = 0
        self._went_back = False

    def of(self, here: _Stand) -> Iterator[_Try]:
        """What can be done here, the buttons first."""
        session = here.session
        if session is None:
            yield from self._openings()
            return
        question = waiting_question(self._world, session)
        if question is not None:
            yield from self._answers(session, question)
        if session.language is None:
            return
        # What comes back to the card it was opened from does so from every card alike; “Back” needs one before it.
        first = len(here.moves) == 1 and self._first_cards < 2
        self._first_cards += first
        second = bool(session.history) and not self._went_back
        self._went_back |= second
        # A flow that is left for begins alike from every card with the same memory.
        memory = frozenset(session.slots.items())
        leaving = memory not in self._left
        self._left.add(memory)
        for flow in self._world.flows.values():
            opens = (first or (second and flow.name == BACK)) if flow.name in RESUMING else leaving
            if flow.command and opens:
                yield self._said(session, f"/{flow.command}")
        if first:
            yield self._said(session, UNREADABLE)
            yield from self._mishaps(session, question)

    def _openings(self) -> Iterator[_Try]:
        for link in ("", *(flow.link for flow in self._world.flows.values() if flow.link)):
            started = Started(self._at, self._language, f"{link or 'start'}-{self._language}")
            yield _Try((Move("start", (link,)),), None, started)
        yield _Try((Move("arrive", ("",)),), None, Started(self._at, self._language, ""))

    def _answers(self, session: Session, question: Ask) -> Iterator[_Try]:
        alike: set[object] = set()
        for button in question.buttons:
            # Whether a topic is the first or the second of twelve, the same steps follow, unless a switch reads it.
            kind = (button.target, frozenset(button.sets))
            switched = bool(self._switched & button.sets.keys())
            yield self._tapped(session, button.id, button.id, further=switched or kind not in alike)
            alike |= {kind} if button.sets else set()
        asked = question.input
        if asked is None:
            return
        if asked.type != "choice":
            for text in self._texts(session, asked):
                yield self._said(session, text)
            return
        shown, more = page_of_options(self._world, session, self._language)
        for number, option in enumerate(shown):
            if asked.source != "languages":
                yield self._tapped(session, option.id, f"={option.id}", further=number < _ALIKE)
            elif option.id == self._language:
                yield self._tapped(session, OWN_LANGUAGE, f"={option.id}")
        if more:
            yield self._tapped(session, MORE, MORE)

    def _texts(self, session: Session, asked: Input) -> tuple[str, ...]:
        """Every kind of answer the first time that a question is come to; then only one that can be read."""
        here = session.frames[-1]
        readable: tuple[str, ...] = EXAMPLES
        if asked.type == "search":
            readable = tuple(name for name in _NAMES if self._world.facts.search(name))
        if (here.flow, here.step) in self._asked:
            readable = readable[:1]
        self._asked.add((here.flow, here.step))
        return (*readable, UNREADABLE)

    def _mishaps(self, session: Session, question: Ask | None) -> Iterator[_Try]:
        """What happens on a bad day, seen by the next thing that the person does."""
        words = Move("say", (UNREADABLE,))
        changed = replace(session, frames=tuple(Frame(frame.flow, "") for frame in session.frames))
        said = Said(self._at, UNREADABLE, self._language)
        yield _Try((Move("meanwhile", ("changed",)), words), changed, said)
        yield _Try((Move("meanwhile", ("broken",)), words), session, None)
        if question is not None and question.buttons:
            button = question.buttons[0].id
            moves = (Move("meanwhile", ("forgotten",)), Move("tap", (button,)))
            yield _Try(moves, None, Tapped(self._at, f"{session.card}:{button}", self._language))

    def _said(self, session: Session, text: str) -> _Try:
        return _Try((Move("say", (text,)),), session, Said(self._at, text, self._language))

    def _tapped(self, session: Session, name: str, data: str, *, further: bool = True) -> _Try:
        event = Tapped(self._at, f"{session.card}:{data}", self._language)
        return _Try((Move("tap", (name,)),), session, event, further)
