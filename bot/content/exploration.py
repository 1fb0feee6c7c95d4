"""Visits everything that a conversation can come to: every step, by every event, through every outcome.

The real engine takes every turn; only what it is told is invented. Actions have every outcome that they declare, one
after the other, whatever the facts of today would say; typed texts are read as a place, or not at all. Two cards that
the engine cannot tell apart in what it does next count as one state, so the states are finite and few: what is
remembered of a place is only that there is one, and a slot's value counts only where a `switch` reads it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.content.flow_rules import placeholders, texts_of
from bot.engine.actions import ACTIONS, Outcome, run_action
from bot.engine.choices import SOURCES
from bot.engine.drawing import MORE, navigation, options, waiting_question
from bot.engine.facts import (
    Area,
    DataDates,
    Facts,
    Organisation,
    PlaceAnswer,
    PostcodeFinding,
    PostcodeKind,
    Verdict,
)
from bot.engine.machine import walked
from bot.engine.model import (
    FORGET,
    LANGUAGE,
    PRIVACY,
    RESERVED,
    START,
    Act,
    Ask,
    Event,
    Flow,
    Frame,
    Said,
    Say,
    Session,
    Shown,
    SlotValue,
    Started,
    Step,
    Switch,
    Tapped,
)
from bot.engine.walk import RESUMING, EndlessFlow, Walk, lasting
from bot.engine.wording import ENGLISH, Catalogue
from bot.engine.world import World

AT = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)  # the engine has no clock; any time will do
A_PLACE, NO_PLACE = "a place", "no place"  # what a person types in here
_CODE = "E14000001"
_UNREVIEWED = "cy"  # any language will do

Where = tuple[str, str]  # a flow and a step


@dataclass(frozen=True, slots=True)
class CardState:
    """A card that somebody can come to: the session that draws it."""

    session: Session
    forgotten: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """What must not happen and can: at which step, by which rule, in words with the remedy."""

    flow: str
    step: str
    rule: str
    message: str


@dataclass(slots=True)
class Exploration:
    """What was found. `states` counts states and `turns` what was done from them; `cards` has each card once."""

    states: int = 0
    turns: int = 0
    cards: list[CardState] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    visited: set[Where] = field(default_factory=set)


def explore(flows: Mapping[str, Flow]) -> Exploration:
    """Visits everything. The flows must have passed the loader."""
    return _Explorer(flows).run()


class _AnyFacts:
    """Facts that know nothing but that there are places."""

    def read_postcode(self, text: str, today: dt.date) -> PostcodeFinding:
        known = text == A_PLACE
        return PostcodeFinding(
            PostcodeKind.FOUND if known else PostcodeKind.NOT_A_POSTCODE, "live", (_CODE,) if known else ()
        )

    def search(self, text: str) -> tuple[Area, ...]:
        return (Area(_CODE, "Somewhere"),) if text == A_PLACE else ()

    def area(self, code: str) -> Area | None:
        return Area(code, f"Somewhere {code}")

    def nations(self) -> tuple[Area, ...]:
        return tuple(Area(f"E9200000{number}", f"Nation {number}") for number in range(4))

    def regions(self) -> tuple[Area, ...]:
        return tuple(Area(f"E1200000{number}", f"Region {number}") for number in range(9))

    def constituencies_in(self, code: str) -> tuple[Area, ...]:
        return tuple(Area(f"E140000{number}", f"Somewhere {number}") for number in range(10, 40))

    def answer(self, codes: tuple[str, ...], today: dt.date) -> PlaceAnswer:
        return PlaceAnswer(Verdict.UNKNOWN, (), DataDates(None, None, None), members_fresh=False)

    def organisations(self, topic: str | None, codes: tuple[str, ...], today: dt.date) -> tuple[Organisation, ...]:
        return ()

    def crisis_lines(self, codes: tuple[str, ...], today: dt.date) -> tuple[Organisation, ...]:
        return ()


class _Explorer:
    def __init__(self, flows: Mapping[str, Flow]) -> None:
        self._flows = flows
        self._place_of = {id(step): (flow.name, step.id) for flow in flows.values() for step in flow.steps.values()}
        self._telling = {name for flow in flows.values() for step in flow.steps.values() for name in _slots_read(step)}
        self._valued = frozenset(_valued(flows))
        unreviewed = replace(ENGLISH, language=_UNREVIEWED, reviewed=False)
        self._world = World(flows, {"en": ENGLISH, _UNREVIEWED: unreviewed}, _AnyFacts(), self._run)
        self._script: tuple[str, ...] = ()  # the outcomes to have next
        self._had: list[tuple[Where, str, tuple[str, ...]]] = []  # those that a turn had, and the others it could have
        # What can be done at any card, and what leaves for another flow whatever the card was.
        self._anywhere: list[Event] = [Said(AT, None), Said(AT, "something else"), Tapped(AT, FORGET)]
        self._leaving: list[Event] = [Started(AT)]
        for flow in flows.values():
            events: list[Event] = [Said(AT, f"/{flow.command}")] if flow.command else []
            events += [Tapped(AT, flow.name)] if flow.name in RESERVED else []
            (self._anywhere if flow.name in RESUMING else self._leaving).extend(events)
            links = (f"{flow.link}", f"{flow.link}-{_UNREVIEWED}") if flow.link else ()
            self._leaving += [Started(AT, payload=link) for link in links]
        self._left: set[object] = set()
        self._found = Exploration()
        self._cards: set[object] = set()
        self._told: set[tuple[str, str, str]] = set()

    def run(self) -> Exploration:
        number: dict[object, int] = {None: 0}  # of each state; 0 is nobody's yet
        ways: list[set[int]] = [set()]  # the states that each leads to
        states: list[Session | None] = [None]
        for here, session in enumerate(states):  # the list grows while it is gone through
            for event in self._events(session):
                for after in self._turns(session, event):
                    key = self._key(after)
                    if key not in number:
                        number[key] = len(states)
                        states.append(after)
                        ways.append(set())
                    ways[here].add(number[key])
        self._found.states = len(states)
        self._asked_unoffered(states, ways)
        self._unvisited()
        return self._found

    def _run(
        self, act: Act, facts: Facts, slots: Mapping[str, SlotValue], catalogue: Catalogue, today: dt.date
    ) -> Outcome:
        action = ACTIONS[act.action]
        if action.moves or len(action.outcomes) == 1:
            return run_action(act, facts, slots, catalogue, today)
        where, names = self._place_of[id(act)], tuple(action.outcomes)
        index = len(self._had)
        name = self._script[index] if index < len(self._script) else names[0]
        self._had.append((where, name, names[names.index(name) + 1 :]))
        return Outcome(name)

    def _events(self, session: Session | None) -> Iterator[Event]:
        yield from self._anywhere
        left = session and (self._slots(session), session.language is None)
        if left not in self._left:
            # A flow that is left for begins alike from every card; test_exploration holds the engine to it.
            self._left.add(left)
            yield from self._leaving
        if session is None:
            return
        question = waiting_question(self._world, session)
        yield Tapped(AT, f"{session.card - 1}:old")
        if question is None:
            return
        for button in question.buttons:
            yield Tapped(AT, f"{session.card}:{button.id}")
        if question.input is None:
            return
        if question.input.type != "choice":
            yield Said(AT, A_PLACE)
            yield Said(AT, NO_PLACE)
            return
        yield Tapped(AT, f"{session.card}:{MORE}")
        # The places of a list lead on alike; the languages do not.
        found = options(self._world, session, None)
        for option in found if question.input.source == "languages" else found[:1]:
            yield Tapped(AT, f"{session.card}:={option.id}")

    def _turns(self, session: Session | None, event: Event) -> Iterator[Session]:
        """The states after an event: one for each way that the outcomes of its actions can come together."""
        scripts: list[tuple[str, ...]] = [()]
        while scripts:
            self._script, self._had = scripts.pop(), []
            self._found.turns += 1
            try:
                walk, _ = walked(self._world, session, event)
            except EndlessFlow as error:
                self._tell(*self._at(session, str(error)), "endless", "goes on without a question for ever; add one")
                continue
            except Exception as error:  # whatever it is, a person would meet it
                flow, step = self._at(session, START)
                self._tell(flow, step, "crash", f"the conversation breaks here ({type(error).__name__}: {error})")
                continue
            for index in range(len(self._script), len(self._had)):
                before = tuple(name for _, name, _ in self._had[:index])
                scripts += [(*before, other) for other in self._had[index][2]]
            self._found.visited |= {(part.flow, part.step) for part in walk.shown}
            self._found.visited |= {(frame.flow, done) for frame in walk.frames for done in frame.acted}
            self._found.visited |= {(part.flow, done) for part in walk.shown for done in part.acted}
            self._ways_out(walk, event, session)
            after = walk.session()
            self._card(after, walk.forgotten)
            if not walk.forgotten:
                yield after

    def _ways_out(self, walk: Walk, event: Event, before: Session | None) -> None:
        """Whether “Leave now” and the choice of language did what they are there for."""
        if event == Tapped(AT, FORGET) and not walk.forgotten:
            self._tell(*self._at(before, START), "no-way-out", f"`{FORGET}` does not forget here; look at its steps")
        if event == Tapped(AT, LANGUAGE) and (not walk.frames or walk.frames[-1].flow != LANGUAGE):
            self._tell(*self._at(before, START), "no-way-out", f"`{LANGUAGE}` does not ask here; look at its steps")

    def _offers_privacy(self, session: Session) -> bool:
        """Whether the card leads to what is kept, or is it."""
        question = waiting_question(self._world, session)
        if any(part.flow == PRIVACY for part in session.shown):
            return True
        return question is not None and any(
            PRIVACY in (button.target.call, button.target.goto) for button in question.buttons
        )

    def _key(self, session: Session) -> object:
        """What the engine looks at when it goes on; two sessions with the same key go on alike."""
        resume = session.resume and (self._told_apart(session.resume.frames), self._told_apart(session.resume.shown))
        frames, shown = self._told_apart(session.frames), self._told_apart(lasting(session))
        return frames, shown, resume, self._slots(session), session.tries, session.language is None

    def _slots(self, session: Session) -> frozenset[tuple[str, str | None]]:
        return frozenset(
            (name, value if isinstance(value, str) else None)
            for name, value in session.slots.items()
            if name in self._telling
        )

    def _told_apart(self, parts: Iterable[Frame | Shown]) -> tuple[object, ...]:
        """Frames or texts without the actions whose values no text of their flow uses."""
        return tuple(
            (part.flow, part.step, part.acted and self._valued.intersection((part.flow, done) for done in part.acted))
            for part in parts
        )

    def _card(self, session: Session, forgotten: bool) -> None:
        """Keeps the card, and says what it lacks."""
        question = waiting_question(self._world, session)
        history = bool(session.history) or bool(session.resume and session.resume.shown)
        shown, frames = self._told_apart(session.shown), self._told_apart(session.frames[-1:])
        again = tuple(part.again for part in session.shown)
        key = (shown, again, frames, history, session.language is None, forgotten)
        if key in self._cards:
            return
        self._cards.add(key)
        self._found.cards.append(CardState(session, forgotten))
        if forgotten or not session.shown:
            return
        flow, step = session.shown[-1].flow, session.shown[-1].step
        out = {FORGET, LANGUAGE} - {flow} if session.language else {FORGET} - {flow}
        if missing := out - set(navigation(self._world, session)):
            self._tell(
                flow, step, "no-way-out", f"the button of `{min(missing)}` is not on this card; give it a `label`"
            )
        if question is None:
            self._tell(flow, step, "no-question", "the conversation stops here without a question; lead it to one")

    def _asked_unoffered(self, states: list[Session | None], ways: list[set[int]]) -> None:
        """Tells of each question for a place that can be come to without an offer to say what is kept."""
        waiting, been = [0], {0}
        while waiting:
            here = waiting.pop()
            session = states[here]
            if session is not None and self._offers_privacy(session):
                continue
            question = waiting_question(self._world, session) if session else None
            if session and question and question.input and question.input.type != "choice":
                message = "asks for a place before “What I keep” was offered; add a button here with `call: _privacy`"
                self._tell(session.frames[-1].flow, question.id, "asks-before-privacy", message)
            waiting += ways[here] - been
            been |= ways[here]

    def _at(self, session: Session | None, flow: str) -> Where:
        """The step that a person stood at, or else the first of a flow."""
        if session is not None and session.shown:
            return session.shown[-1].flow, session.shown[-1].step
        return flow, self._flows[flow].first

    def _tell(self, flow: str, step: str, rule: str, message: str) -> None:
        if (flow, step, rule) not in self._told:
            self._told.add((flow, step, rule))
            self._found.troubles.append(Trouble(flow, step, rule, message))

    def _unvisited(self) -> None:
        for flow in self._flows.values():
            for step in flow.steps.values():
                talks = isinstance(step, Say | Ask | Act)
                if talks and (flow.name, step.id) not in self._found.visited:
                    message = f"no conversation ever comes to `{step.id}`; lead a way to it, or remove it"
                    self._tell(flow.name, step.id, "never-reached", message)


def _valued(flows: Mapping[str, Flow]) -> Iterator[Where]:
    """The actions that give a value to some text of their flow."""
    for flow in flows.values():
        needed = {name for step in flow.steps.values() for text in texts_of(step) for name in placeholders(text)}
        for step in flow.steps.values():
            if isinstance(step, Act) and any(needed & given for given in ACTIONS[step.action].outcomes.values()):
                yield flow.name, step.id


def _slots_read(step: Step) -> Iterator[str]:
    """The slots by which a step goes one way or another: a switch, and a list of places that hangs on one."""
    if isinstance(step, Switch):
        yield step.slot
    if isinstance(step, Ask) and step.input and step.input.source and SOURCES[step.input.source].needs_place:
        yield step.input.into
