"""One turn of a conversation: `step(world, session, event) -> Turn`. Pure: no I/O, no clock, no channel.

A turn reads what the person did, moves through steps until one waits, and draws one card from where it stopped.
Whatever happens there is a card with a way on: a text that cannot be read asks again, then goes on without it; a tap
on an old card brings the newest one; a flow that has changed says so and starts again.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.engine.drawing import (
    IN_ENGLISH,
    MORE,
    PAGE,
    REPORTS,
    draw,
    offers_english,
    options,
    page_of_options,
    speaking,
    waiting_question,
)
from bot.engine.folding import folded
from bot.engine.links import read_link
from bot.engine.model import (
    ERROR,
    FORGET,
    NOT_UNDERSTOOD,
    RESERVED,
    START,
    TIMEOUT,
    UPDATED,
    Edit,
    Event,
    Input,
    Remove,
    Reply,
    Said,
    Send,
    Session,
    Shown,
    Started,
    Tapped,
    Text,
    Toast,
)
from bot.engine.reading import command, place_in_words, pressed_by_words
from bot.engine.reporting import report_tapped
from bot.engine.walk import Outdated, Passed, Walk, lasting
from bot.engine.wording import ENGLISH, Catalogue, MissingValue, Wording
from bot.engine.words import URGENT, means
from bot.engine.world import World

_OLD_CARD = Text("card.old_card", "This button was on an older card. Here is the newest one.")


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of an event. `session` is None when everything about the chat is to be forgotten.

    `trail` is what the turn went through, in order, for those who test flows; it is kept nowhere.
    """

    session: Session | None
    replies: tuple[Reply, ...]
    trail: tuple[Passed, ...] = ()


def step(world: World, session: Session | None, event: Event) -> Turn:
    """Takes one turn. Raises EndlessFlow, or LookupError for a flow that the loader never saw; see `fail`."""
    try:
        if session is not None and isinstance(event, Tapped) and event.data.startswith(REPORTS):
            reported = report_tapped(world, session, event) if _still_stands(world, session, event) else None
            if reported is not None:
                return Turn(session, reported)
        walk, stale = walked(world, session, event)
        return _turn(walk, stale=stale)
    except (Outdated, MissingValue):
        if session is None:
            raise
        return _turn(_begun_again(Walk(world, session, event)))


def walked(world: World, session: Session | None, event: Event) -> tuple[Walk, bool]:
    """How far a turn moves, before its card is drawn; and whether it was a tap on an older card. Raises as `step`."""
    if session is None:
        walk = Walk(world, Session(card=int(event.at.timestamp()) % 1_000_000), event)
        _begin(walk)
        return walk, False
    walk = Walk(world, session, event)
    return walk, not _go_on(walk)


def fail(world: World, session: Session | None, event: Event) -> Turn:
    """The turn after `step` raised: says so, keeps nothing but the language, and offers the start."""
    kept = Session(card=int(event.at.timestamp()) % 1_000_000)
    if session is not None:
        kept = Session(language=session.language, card=session.card)
    walk = Walk(world, kept, event)
    walk.leave_for(ERROR)
    return _turn(walk)


def redraw(world: World, session: Session, event: Event) -> Turn:
    """The session's card once more, for a turn that was saved but not delivered."""
    try:
        if not _still_stands(world, session, event):
            return _turn(_begun_again(Walk(world, session, event)))
        card = draw(world, session, event.at.date(), event.hint)
    except MissingValue:
        return _turn(_begun_again(Walk(world, session, event)))
    if isinstance(event, Tapped):
        return Turn(session, (Edit(card),))
    return Turn(session, (*deletion(world, event), Send(card)))


def _still_stands(world: World, session: Session, event: Event) -> bool:
    """Whether the session's card would be shown as it was: its steps are there, its actions come to the same."""
    walk = Walk(world, session, event)
    walk.shown = list(session.shown)
    return walk.stands(session.frames, session.shown, session.resume) and walk.still_so()


def deletion(world: World, event: Event) -> tuple[Reply, ...]:
    """Whatever a person typed may say where they live or what happened to them; only a bare command does not."""
    if not isinstance(event, Said):
        return ()
    words = (event.text or "").split()
    word = command(event.text or "")
    bare = word == "start" or (len(words) == 1 and world.flow_of_command(word) is not None)
    return () if bare else (Remove("incoming"),)


def _begin(walk: Walk) -> None:
    """The first event of a chat, or the first after its session was forgotten."""
    match walk.event:
        case Started(payload=payload):
            _open_link(walk, payload)
        case Tapped(data=data):
            walk.leave_for(data if data in RESERVED and data in walk.world.flows else TIMEOUT)
        case Said(text=text) if text and command(text) == "start":
            _open_link(walk, "".join(text.split()[1:2]))
        case Said(text=text):  # pragma: no branch
            walk.leave_for(walk.world.flow_of_command(command(text or "")) or START)


def _go_on(walk: Walk) -> bool:
    """An event in a conversation that is under way; False if it was a tap on an older card."""
    before = walk.before
    match walk.event:
        case Started(payload=payload):
            _open_link(walk, payload)
        case _ if not walk.stands(before.frames, before.shown, before.resume):
            _begun_again(walk)
        case Tapped(data=data):
            return _tapped(walk, data)
        case Said(text=text):  # pragma: no branch
            _said(walk, text)
    return True


def _begun_again(walk: Walk) -> Walk:
    """The same turn where the conversation cannot go on as it stood: says so and starts again, or leaves if that was
    asked."""
    walk.resume = None
    walk.history.clear()
    walk.leave_for(FORGET if _asks_to_leave(walk) else UPDATED)
    return walk


def _open_link(walk: Walk, payload: str) -> None:
    """An unknown flow opens the start; the ref says where a poster hangs and is not kept."""
    link = read_link(payload, walk.world.catalogues)
    if link.language:
        walk.speak(link.language)
    walk.resume = None
    walk.history.clear()
    walk.slots.clear()
    walk.leave_for(walk.world.flow_of_link(link.word) or START)


def _tapped(walk: Walk, data: str) -> bool:
    """A button: navigation works on every card, an answer only on the newest; False on an older one."""
    if data in RESERVED and data in walk.world.flows:
        walk.open(data)
        return True
    card, _, pressed = data.partition(":")
    if card == str(walk.before.card) and _press(walk, pressed):
        return True
    walk.shown = list(walk.before.shown)
    walk.page, walk.tries = walk.before.page, walk.before.tries
    return False


def _said(walk: Walk, text: str | None) -> None:
    """A text: a command, a button's words, or the answer to the question."""
    world, before = walk.world, walk.before
    if text is None:
        walk.open(NOT_UNDERSTOOD)
    elif command(text) == "start":
        _open_link(walk, "".join(text.split()[1:2]))
    elif text.startswith("/"):
        walk.open(world.flow_of_command(command(text)) or NOT_UNDERSTOOD)
    elif (pressed := pressed_by_words(world, before, text, walk.event.hint)) is not None:
        _tapped(walk, pressed)
    elif (urgent := world.flow_of_command("urgent")) and means(URGENT, folded(text), _spoken(walk)):
        walk.open(urgent)
    else:
        question = waiting_question(world, before)
        if question is None or question.input is None or not _typed(walk, question.input, text):
            walk.open(NOT_UNDERSTOOD)


def _spoken(walk: Walk) -> Catalogue:
    return speaking(walk.world, walk.language, walk.event.hint)


def _asks_to_leave(walk: Walk) -> bool:
    match walk.event:
        case Tapped(data=data):
            return data == FORGET
        case Said(text=text) if text:
            return FORGET in (
                walk.world.flow_of_command(command(text)),
                pressed_by_words(walk.world, walk.before, text, walk.event.hint),
            )
    return False


def _press(walk: Walk, pressed: str) -> bool:
    """A button of the newest card; False if it has no such button."""
    world, before, hint = walk.world, walk.before, walk.event.hint
    if pressed == IN_ENGLISH and offers_english(before):
        walk.language = ENGLISH.language
        walk.shown = list(lasting(before))
        return True
    question = waiting_question(world, before)
    if question is None:
        return False
    if pressed == MORE:
        walk.shown = list(before.shown)
        shown, more = page_of_options(world, before, hint)
        walk.page = before.page + 1
        return more and bool(shown)
    if pressed.startswith(PAGE) and pressed.removeprefix(PAGE).isdecimal():
        walk.shown = list(before.shown)
        walk.page = int(pressed.removeprefix(PAGE))
        return bool(options(world, before, hint))
    if pressed.startswith("=") and question.input:
        for option in options(world, before, hint):
            if option.id == pressed[1:]:
                walk.leave_by("input")
                if question.input.into == "language" and isinstance(option.value, str):
                    walk.speak(option.value)
                    walk.answer(question.input.target, {})
                else:
                    walk.answer(question.input.target, {question.input.into: option.value})
                return True
        return False
    for button in question.buttons:
        if button.id == pressed:
            walk.leave_by("button", button.id)
            walk.answer(button.target, dict(button.sets))
            return True
    return False


def _typed(walk: Walk, asked: Input, text: str) -> bool:
    """A typed answer to the question; False if the question takes none."""
    if asked.type == "choice":
        return False
    found = place_in_words(walk.world.facts, asked, text, walk.event.at.date())
    if found is not None:
        walk.leave_by("input")
        walk.answer(asked.target, {asked.into: found})
    elif walk.before.tries + 1 >= asked.tries:
        walk.leave_by("otherwise")
        walk.answer(asked.otherwise, {})
    elif asked.again is None:
        walk.open(NOT_UNDERSTOOD)
        walk.tries = walk.before.tries + 1
    else:
        walk.leave_by("again")
        here = walk.frames[-1]
        walk.shown = [Shown(here.flow, here.step, here.acted, again=True, came=here.came)]
        walk.tries = walk.before.tries + 1
    return True


def _turn(walk: Walk, *, stale: bool = False) -> Turn:
    """The session after the turn, and the replies."""
    world, event, after, trail = walk.world, walk.event, walk.session(), tuple(walk.trail)
    if not walk.still_so():
        raise Outdated("the card")
    card = draw(world, after, event.at.date(), event.hint)
    if walk.forgotten:
        return Turn(None, (Remove("everything"), Send(card)), trail)
    if stale:
        wording = Wording(_spoken(walk))
        return Turn(after, (Toast(wording.label(_OLD_CARD)), Send(card)), trail)
    if isinstance(event, Tapped):
        return Turn(after, (Edit(card),), trail)
    return Turn(after, (*deletion(world, event), Send(card)), trail)
