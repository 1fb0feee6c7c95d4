"""Moves through steps: from an answer, or from a flow that is opened, to the next question.

A `Walk` holds the moving parts of one turn and lives no longer than it. What the person did is `machine`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.engine.drawing import speaking
from bot.engine.model import (
    BACK,
    CANCEL,
    END,
    FORGET,
    HELP,
    LANGUAGE,
    MAX_HISTORY,
    NOT_UNDERSTOOD,
    PRIVACY,
    RESERVED,
    START,
    UNREVIEWED,
    Act,
    Ask,
    Event,
    Frame,
    Jump,
    Mark,
    Say,
    Session,
    Shown,
    SlotValue,
    Step,
    Switch,
    Target,
)
from bot.engine.world import World

MAX_STEPS = 200  # no checked flow comes near; this guards one that was never checked

# Flows that come back to the card they were opened from.
RESUMING = frozenset({HELP, PRIVACY, LANGUAGE, NOT_UNDERSTOOD, BACK})


class Outdated(LookupError):
    """What is remembered of a conversation does not fit the flows, or the facts, any more: no going on from there."""


class EndlessFlow(Exception):
    """A flow ran through MAX_STEPS steps without asking anything."""


@dataclass(frozen=True, slots=True, order=True)
class Passed:
    """One thing that a turn went through: ids of the flows, and nothing of a person's.

    `way` says what it is: a `step` that was come to; the `outcome` of an action or the value of a switch; and of a
    question the `button` that was pressed, or how its `input` was answered (`again` and `otherwise`: not readable).
    `name` is the outcome or the button.
    """

    flow: str
    step: str
    way: Literal["step", "outcome", "button", "input", "again", "otherwise"] = "step"
    name: str = ""


@dataclass(slots=True)
class Walk:
    """The session as it changes. `before` is how it was, `shown` is what the new card says, `trail` the way there."""

    world: World
    before: Session
    event: Event
    language: str | None = field(init=False)
    frames: list[Frame] = field(init=False)
    slots: dict[str, SlotValue] = field(init=False)
    history: list[Mark] = field(init=False)
    resume: Mark | None = field(init=False)
    shown: list[Shown] = field(init=False, default_factory=list)
    tries: int = field(init=False, default=0)
    page: int = field(init=False, default=0)
    forgotten: bool = field(init=False, default=False)
    notice: bool = field(init=False, default=False)
    trail: list[Passed] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.language = self.before.language
        self.frames = list(self.before.frames)
        self.slots = dict(self.before.slots)
        self.history = list(self.before.history)
        self.resume = self.before.resume

    def speak(self, language: str) -> None:
        """Changes the language. Of one that no person has reviewed, this is said once, before anything else."""
        self.notice = language != self.language and not self.world.catalogues[language].reviewed
        self.language = language

    def leave_by(self, way: Literal["button", "input", "again", "otherwise"], name: str = "") -> None:
        """Notes how the question that waits was answered."""
        self.trail.append(Passed(self.frames[-1].flow, self.frames[-1].step, way, name))

    def answer(self, target: Target, sets: Mapping[str, SlotValue]) -> None:
        """Leaves the question for the next step."""
        self._mark()
        passing = self.world.passing & self.slots.keys()
        for name in passing:
            del self.slots[name]
        self._fill(sets)
        self._unsettle(passing)
        self._follow(target)
        self._run()

    def open(self, flow: str) -> None:
        """Opens a flow from wherever the conversation is."""
        # Before a language was chosen there is no card yet to come back to.
        if flow not in RESUMING or (self.language is None and flow in (HELP, PRIVACY)):
            self._mark()
            self.leave_for(flow)
            return
        if self.resume is None:
            self.resume = Mark(tuple(self.frames), lasting(self.before), dict(self.slots))
        self.frames = [self._first(flow)]
        self._run()

    def leave_for(self, flow: str) -> None:
        """Goes to a flow for good."""
        self._let_go()
        if flow in (CANCEL, FORGET):
            self.history.clear()
            self.slots.clear()
        self.frames = [self._first(flow)]
        self._run()

    def _let_go(self) -> None:
        """Nothing is resumed any more; a card that was interrupted can still be gone back to."""
        if self.resume is not None and self.resume.shown:
            self.history.append(self.resume)
        self.resume = None

    def _mark(self) -> None:
        """Remembers the card that is being left, unless it only interrupted another one."""
        if self.resume is None and self.before.shown:
            self.history.append(Mark(self.before.frames, lasting(self.before), dict(self.before.slots)))

    def _first(self, flow: str) -> Frame:
        return Frame(flow, self.world.flows[flow].first)

    def _run(self) -> None:
        if self.notice:
            self.frames.append(self._first(UNREVIEWED))
        if self.language is None and self.frames and self.frames[-1].flow not in (LANGUAGE, FORGET):
            # Nothing is said before the person has chosen the language it is said in.
            self.resume = self.resume or Mark(tuple(self.frames), (), dict(self.slots))
            self.frames = [self._first(LANGUAGE)]
        for _ in range(MAX_STEPS):
            if not self.frames:
                if self.resume is not None:
                    if self._restore(self.resume):
                        return
                    continue
                if self.forgotten or any(part.flow == START for part in self.shown):
                    return
                # What was opened by a command or a link has ended, and there is nothing to come back to.
                self.frames = [self._first(START)]
            frame = self.frames[-1]
            if frame.step == END:
                self.frames.pop()
                continue
            if self._stop_at(frame, self.world.flows[frame.flow].steps[frame.step]):
                return
        raise EndlessFlow(self.frames[-1].flow if self.frames else "")

    def _stop_at(self, frame: Frame, here: Step) -> bool:
        """Does one step; True if the conversation waits there."""
        self.trail.append(Passed(frame.flow, here.id))
        match here:
            case Say():
                self.shown.append(Shown(frame.flow, here.id, frame.acted, came=frame.came))
                self._follow(here.target)
            case Ask():
                self.shown.append(Shown(frame.flow, here.id, frame.acted, came=frame.came))
                return True
            case Act():
                return self._act(frame, here)
            case Switch():
                value = str(self.slots.get(here.slot, ""))
                if value not in here.targets:  # the slot had other values when it was filled, or was not asked for then
                    raise Outdated(f"{frame.flow}.{here.id}")
                self.trail.append(Passed(frame.flow, here.id, "outcome", value))
                self._follow(here.targets[value])
            case Jump():  # pragma: no branch
                self._follow(here.target)
        return False

    def _act(self, frame: Frame, here: Act) -> bool:
        catalogue = speaking(self.world, self.language, self.event.hint)
        outcome = self.world.run(here, self.world.facts, self.slots, catalogue, self.event.at.date())
        self._fill({here.arguments[argument]: value for argument, value in outcome.sets.items()})
        name = outcome.name
        if outcome.control == "forget":
            self.forgotten = True
        went_back = outcome.control == "back" and self._go_back()
        if outcome.control == "back" and not went_back:
            name = "nothing"
        self.trail.append(Passed(frame.flow, here.id, "outcome", name))
        if went_back:
            return True
        came = dict(zip(frame.acted, self.frames[-1].came, strict=False))
        came.pop(here.id, None)
        came[here.id] = "" if outcome.control else name
        self.frames[-1] = replace(frame, acted=tuple(came), came=tuple(came.values()))
        self._follow(here.targets[name])
        return False

    def _fill(self, sets: Mapping[str, SlotValue]) -> None:
        self.slots.update(sets)
        self._unsettle(sets.keys())

    def _unsettle(self, slots: AbstractSet[str]) -> None:
        """What an action came to is not compared any more once a slot that it reads has changed."""
        for index, frame in enumerate(self.frames):
            acts = [self._found(frame.flow, done) for done in frame.acted]
            came = (
                "" if isinstance(act, Act) and not slots.isdisjoint(act.arguments.values()) else outcome
                for act, outcome in zip(acts, frame.came, strict=False)
            )
            self.frames[index] = replace(frame, came=tuple(came))

    def still_so(self) -> bool:
        """Whether the texts of earlier cards that this one shows again would be said now: each action that led to them
        comes to what it came to then. The facts may have changed since, and the day."""
        earlier = (self.before, *self.before.history, *((self.before.resume,) if self.before.resume else ()))
        again = {part for card in earlier for part in card.shown}
        return all(self._comes_to_the_same(part) for part in self.shown if part in again)

    def _comes_to_the_same(self, part: Shown) -> bool:
        catalogue = speaking(self.world, self.language, self.event.hint)
        for done, outcome in zip(part.acted, part.came, strict=False):
            act = self._found(part.flow, done)
            if isinstance(act, Act) and outcome:
                now = self.world.run(act, self.world.facts, self.slots, catalogue, self.event.at.date())
                if now.name != outcome:
                    return False
        return True

    def _go_back(self) -> bool:
        if self.before.resume is not None and self.before.resume.shown:
            self.resume = None
            return self._restore(self.before.resume)
        while self.history:
            mark = self.history.pop()
            if self.stands(mark.frames, mark.shown, None):
                self.resume = None
                return self._restore(mark)
        return False

    def _restore(self, mark: Mark) -> bool:
        """Goes back to a mark; True if there was a card there, False if its flow has yet to be run."""
        self.resume = None
        self.frames = list(mark.frames)
        self.slots = dict(mark.slots)
        # What was said on the way back may stand on that card from the last time; it does not grow each time.
        self.shown = [part for part in self.shown if part not in mark.shown] + list(mark.shown)
        return bool(mark.shown)

    def _follow(self, target: Target) -> None:
        if target.goto:
            self._let_go()
            self.frames = [self._first(target.goto)]
            return
        self.frames[-1] = replace(self.frames[-1], step=target.step)
        if target.call:
            self.frames.append(self._first(target.call))

    def stands(self, frames: tuple[Frame, ...], shown: tuple[Shown, ...], resume: Mark | None) -> bool:
        """Whether the steps that a session or mark refers to are there and do what they did: the last text of the card
        asks what the conversation waits for, and those above it only say something."""
        texts = [self._found(part.flow, part.step) for part in shown]
        waits = [self._found(frame.flow, frame.step) for frame in frames[-1:] if shown]
        return (
            all(frame.step == END or self._found(frame.flow, frame.step) for frame in frames)
            and all(frame.flow in self.world.flows for frame in frames)
            and all(isinstance(text, Say) for text in texts[: len(texts) - len(waits)])
            and all(isinstance(asked, Ask) and asked is texts[-1] for asked in waits)
            and (resume is None or self.stands(resume.frames, resume.shown, None))
        )

    def _found(self, flow: str, step: str) -> Step | None:
        return self.world.flows[flow].steps.get(step) if flow in self.world.flows else None

    def session(self) -> Session:
        """The session after the turn."""
        return Session(
            language=self.language,
            frames=tuple(self.frames),
            slots=self.slots,
            shown=tuple(self.shown),
            history=tuple(self.history[-MAX_HISTORY:]),
            card=self.before.card + 1,
            page=self.page,
            tries=self.tries,
            resume=self.resume,
        )


def lasting(session: Session) -> tuple[Shown, ...]:
    """The texts of the card without the notices above it, which were about one turn and not about the card."""
    here = {START, *(frame.flow for frame in session.frames)}
    return tuple(part for part in session.shown if part.flow in here or part.flow not in RESERVED)
