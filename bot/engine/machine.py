"""One turn of a conversation: `step(world, session, event) -> Turn`. Pure: no I/O, no clock, no channel.

A turn reads what the person did, moves through steps until one waits, and draws one card from where it stopped.
Whatever happens there is a card with a way on: a text that cannot be read asks again, then goes on without it; a tap
on an old card brings the newest one; a flow that has changed says so and starts again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.engine.actions import run_action
from bot.engine.drawing import (
    MORE,
    draw,
    options,
    page_of_options,
    speaking,
    waiting_question,
)
from bot.engine.model import (
    BACK,
    CANCEL,
    END,
    ERROR,
    FORGET,
    HELP,
    LANGUAGE,
    MAX_HISTORY,
    NOT_UNDERSTOOD,
    PRIVACY,
    RESERVED,
    START,
    TIMEOUT,
    UPDATED,
    Act,
    Ask,
    Edit,
    Event,
    Frame,
    Input,
    Jump,
    Mark,
    Place,
    Remove,
    Reply,
    Said,
    Say,
    Send,
    Session,
    Shown,
    SlotValue,
    Started,
    Step,
    Switch,
    Tapped,
    Target,
    Text,
    Toast,
)
from bot.engine.reading import command, place_in_words, pressed_by_words
from bot.engine.wording import Wording
from bot.engine.world import World

MAX_STEPS = 200  # no checked flow comes near; this guards one that was never checked

# Flows that come back to the card they were opened from.
RESUMING = frozenset({HELP, PRIVACY, LANGUAGE, NOT_UNDERSTOOD, BACK})

_OLD_CARD = Text("card.old_card", "This button was on an older card. Here is the newest one.")


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of an event. `session` is None when everything about the chat is to be forgotten."""

    session: Session | None
    replies: tuple[Reply, ...]


class EndlessFlow(Exception):
    """A flow ran through MAX_STEPS steps without asking anything."""


def step(world: World, session: Session | None, event: Event) -> Turn:
    """Takes one turn. Raises EndlessFlow, or KeyError for a flow that the loader never saw; see `fail`."""
    if session is None:
        walk = _Walk(world, Session(card=int(event.at.timestamp()) % 1_000_000), event)
        walk.begin()
    else:
        walk = _Walk(world, session, event)
        walk.go_on()
    return walk.turn()


def fail(world: World, session: Session | None, event: Event) -> Turn:
    """The turn after `step` raised: says so, keeps nothing but the language, and offers the start."""
    kept = Session(card=int(event.at.timestamp()) % 1_000_000)
    if session is not None:
        kept = Session(language=session.language, card=session.card)
    walk = _Walk(world, kept, event)
    walk.leave_for(ERROR)
    return walk.turn()


def redraw(world: World, session: Session, event: Event) -> Turn:
    """The session's card once more, for a turn that was saved but not delivered."""
    try:
        card = draw(world, session, event.at.date(), event.hint)
    except LookupError:  # a step or a fact that it was made from has gone since
        return fail(world, session, event)
    if isinstance(event, Tapped):
        return Turn(session, (Edit(card),))
    return Turn(session, (*_deletion(world, event), Send(card)))


def _deletion(world: World, event: Event) -> tuple[Reply, ...]:
    """Whatever a person typed may say where they live or what happened to them; only a bare command does not."""
    if not isinstance(event, Said):
        return ()
    words = (event.text or "").split()
    word = command(event.text or "")
    bare = word == "start" or (len(words) == 1 and world.flow_of_command(word) is not None)
    return () if bare else (Remove("incoming"),)


def _lasting(session: Session) -> tuple[Shown, ...]:
    """The texts of the card without the notices above it, which were about one turn and not about the card."""
    here = {START, *(frame.flow for frame in session.frames)}
    return tuple(part for part in session.shown if part.flow in here or part.flow not in RESERVED)


@dataclass(slots=True)
class _Walk:
    """The moving parts of one turn. Lives no longer than the call that makes it."""

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
    stale: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.language = self.before.language
        self.frames = list(self.before.frames)
        self.slots = dict(self.before.slots)
        self.history = list(self.before.history)
        self.resume = self.before.resume

    # --- what the person did

    def begin(self) -> None:
        """The first event of a chat, or the first after its session was forgotten."""
        match self.event:
            case Started(payload=payload):
                self.open_link(payload)
            case Tapped(data=data):
                self.leave_for(data if data in RESERVED and data in self.world.flows else TIMEOUT)
            case Said(text=text) if text and command(text) == "start":
                self.open_link("".join(text.split()[1:2]))
            case Said(text=text):  # pragma: no branch
                self.leave_for(self.world.flow_of_command(command(text or "")) or START)

    def go_on(self) -> None:
        """An event in a conversation that is under way."""
        match self.event:
            case Started(payload=payload):
                self.open_link(payload)
            case _ if not self._stands(self.before.frames, self.before.shown, self.before.resume):
                self.resume = None
                self.history.clear()
                self.leave_for(FORGET if self._asks_to_leave() else UPDATED)
            case Tapped(data=data):
                self.tapped(data)
            case Said(text=text):  # pragma: no branch
                self.said(text)

    def open_link(self, payload: str) -> None:
        """`flow[-lang][-ref]`: an unknown flow opens the start; the ref says where a poster hangs and is not kept."""
        flow, _, rest = payload.partition("-")
        # A tag may have a hyphen of its own: the longest that fits is meant.
        tags = [tag for tag in self.world.catalogues if f"{rest}-".startswith(f"{tag}-")]
        if tags:
            self.language = max(tags, key=len)
        self.resume = None
        self.history.clear()
        self.slots.clear()
        self.leave_for(self.world.flow_of_link(flow) or START)

    def tapped(self, data: str) -> None:
        """A button: navigation works on every card, an answer only on the newest."""
        if data in RESERVED and data in self.world.flows:
            self.open(data)
            return
        card, _, pressed = data.partition(":")
        if card != str(self.before.card) or not self.press(pressed):
            self.stale = True
            self.shown = list(self.before.shown)
            self.page, self.tries = self.before.page, self.before.tries

    def said(self, text: str | None) -> None:
        """A text: a command, a button's words, or the answer to the question."""
        if text is None:
            self.open(NOT_UNDERSTOOD)
        elif command(text) == "start":
            self.open_link("".join(text.split()[1:2]))
        elif text.startswith("/"):
            self.open(self.world.flow_of_command(command(text)) or NOT_UNDERSTOOD)
        elif (pressed := pressed_by_words(self.world, self.before, text, self.event.hint)) is not None:
            self.tapped(pressed)
        else:
            question = waiting_question(self.world, self.before)
            if question is None or question.input is None or not self._typed(question.input, text):
                self.open(NOT_UNDERSTOOD)

    def _asks_to_leave(self) -> bool:
        match self.event:
            case Tapped(data=data):
                return data == FORGET
            case Said(text=text) if text:
                return FORGET in (
                    self.world.flow_of_command(command(text)),
                    pressed_by_words(self.world, self.before, text, self.event.hint),
                )
        return False

    def press(self, pressed: str) -> bool:
        """A button of the newest card; False if it has no such button."""
        question = waiting_question(self.world, self.before)
        if question is None:
            return False
        if pressed == MORE:
            self.shown = list(self.before.shown)
            shown, more = page_of_options(self.world, self.before, self.event.hint)
            self.page = self.before.page + 1
            return more and bool(shown)
        if pressed.startswith("=") and question.input:
            for option in options(self.world, self.before, self.event.hint):
                if option.id == pressed[1:]:
                    self._fill(question.input.into, option.value, question.input.target)
                    return True
            return False
        for button in question.buttons:
            if button.id == pressed:
                self.answer(button.target, dict(button.sets))
                return True
        return False

    def _fill(self, slot: str, value: Place | str, target: Target) -> None:
        if slot == "language" and isinstance(value, str):
            self.language = value
            self.answer(target, {})
        else:
            self.answer(target, {slot: value})

    def _typed(self, asked: Input, text: str) -> bool:
        """A typed answer to the question; False if the question takes none."""
        if asked.type == "choice":
            return False
        found = place_in_words(self.world.facts, asked, text, self.event.at.date())
        if found is not None:
            self.answer(asked.target, {asked.into: found})
        elif self.before.tries + 1 >= asked.tries:
            self.answer(asked.otherwise, {})
        elif asked.again is None:
            self.open(NOT_UNDERSTOOD)
            self.tries = self.before.tries + 1
        else:
            here = self.frames[-1]
            self.shown = [Shown(here.flow, here.step, here.acted, again=True)]
            self.tries = self.before.tries + 1
        return True

    # --- moving on

    def answer(self, target: Target, sets: Mapping[str, SlotValue]) -> None:
        """Leaves the question for the next step."""
        self._mark()
        for name in self._kept_for_a_step() & self.slots.keys():
            del self.slots[name]
        self.slots.update(sets)
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
            self.resume = Mark(tuple(self.frames), _lasting(self.before), dict(self.slots))
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
            self.history.append(Mark(self.before.frames, _lasting(self.before), dict(self.before.slots)))

    def _first(self, flow: str) -> Frame:
        return Frame(flow, self.world.flows[flow].first)

    def _run(self) -> None:
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
        match here:
            case Say():
                self.shown.append(Shown(frame.flow, here.id, frame.acted))
                self._follow(here.target)
            case Ask():
                self.shown.append(Shown(frame.flow, here.id, frame.acted))
                return True
            case Act():
                return self._act(frame, here)
            case Switch():
                self._follow(here.targets[str(self.slots.get(here.slot, ""))])
            case Jump():  # pragma: no branch
                self._follow(here.target)
        return False

    def _act(self, frame: Frame, here: Act) -> bool:
        catalogue = speaking(self.world, self.language, self.event.hint)
        outcome = run_action(here, self.world.facts, self.slots, catalogue, self.event.at.date())
        for argument, value in outcome.sets.items():
            self.slots[here.arguments[argument]] = value
        name = outcome.name
        if outcome.control == "forget":
            self.forgotten = True
        elif outcome.control == "back":
            if self._go_back():
                return True
            name = "nothing"
        acted = (*(done for done in frame.acted if done != here.id), here.id)
        self.frames[-1] = replace(frame, acted=acted)
        self._follow(here.targets[name])
        return False

    def _go_back(self) -> bool:
        if self.before.resume is not None and self.before.resume.shown:
            self.resume = None
            return self._restore(self.before.resume)
        while self.history:
            mark = self.history.pop()
            if self._stands(mark.frames, mark.shown, None):
                self.resume = None
                return self._restore(mark)
        return False

    def _restore(self, mark: Mark) -> bool:
        """Goes back to a mark; True if there was a card there, False if its flow has yet to be run."""
        self.resume = None
        self.frames = list(mark.frames)
        self.slots = dict(mark.slots)
        self.shown.extend(mark.shown)
        return bool(mark.shown)

    def _follow(self, target: Target) -> None:
        if target.goto:
            self._let_go()
            self.frames = [self._first(target.goto)]
            return
        self.frames[-1] = replace(self.frames[-1], step=target.step)
        if target.call:
            self.frames.append(self._first(target.call))

    def _kept_for_a_step(self) -> set[str]:
        return {slot.name for flow in self.world.flows.values() for slot in flow.slots.values() if slot.keep == "step"}

    def _stands(self, frames: tuple[Frame, ...], shown: tuple[Shown, ...], resume: Mark | None) -> bool:
        """Whether every step that is referred to still exists."""
        flows = self.world.flows

        def exists(flow: str, at: str) -> bool:
            return flow in flows and (at == END or at in flows[flow].steps)

        return (
            all(exists(frame.flow, frame.step) for frame in frames)
            and all(exists(part.flow, part.step) for part in shown)
            and (resume is None or self._stands(resume.frames, resume.shown, None))
        )

    # --- what comes of it

    def turn(self) -> Turn:
        """The session after the turn, and the replies."""
        after = Session(
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
        card = draw(self.world, after, self.event.at.date(), self.event.hint)
        if self.forgotten:
            return Turn(None, (Remove("everything"), Send(card)))
        if self.stale and isinstance(self.event, Tapped):
            wording = Wording(speaking(self.world, self.language, self.event.hint))
            return Turn(after, (Toast(wording.label(_OLD_CARD)), Send(card)))
        if isinstance(self.event, Tapped):
            return Turn(after, (Edit(card),))
        return Turn(after, (*_deletion(self.world, self.event), Send(card)))
