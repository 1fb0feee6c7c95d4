"""Whatever anybody does, in whatever order, there is one card with a way on, and nothing of theirs is kept."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.engine.actions import ACTIONS
from bot.engine.drawing import waiting_question
from bot.engine.machine import step
from bot.engine.model import MAX_HISTORY, Ask, Event, Said, Say, Session, Started, Tapped
from bot.engine.wording import FSI, LRI, PDI, PLACEHOLDER
from bot.engine.world import World
from tests.engine.talk import AT, FLOWS, Talk, a_world, language, made_up_arabic
from tests.fake_facts import FACTS, POSTCODES

WORLD = a_world(languages=(made_up_arabic(reviewed=False), language("pl")))
JSON = TypeAdapter(Session)
MAX_JSON = 20_000  # bytes

COMMANDS = [f"/{flow.command}" for flow in FLOWS.values() if flow.command]
TYPED: list[str | None] = [
    *POSTCODES,
    *COMMANDS,
    *("Stubbury", "tess", "vale", "rubbish", "?", "", " ", "/", "//", "/start", "/start mp-ar-leeds", "/mp M1 1AE"),
    *("🙂🏴󠁧󠁢󠁷󠁬󠁳󠁿", "\u200f\u2067قصة\u2069", "اسمي", "{member}", "**x** [y](z)", "word " * 800, "ز" * 4000, "0", "en", "=en"),
    None,
]
TAPPED = ["", ":", "x", "1:part", "_start", "_back", "_forget", "_help", "_language", "_privacy", "_error", "_updated"]
PAYLOADS = ["", "mp", "mp-ar", "help-pl-leeds7", "about-en", "privacy-ar-x-y", "sign", "urgent-xx", "-", "x" * 64]


@dataclass(frozen=True)
class Move:
    """What a person does: `press` or `type` a button by its number, `say`, `tap`, `start`, or `leave` it for long."""

    kind: str
    what: str | int | None = None


MOVES = st.one_of(
    st.builds(Move, st.sampled_from(["press", "press", "press", "type"]), st.integers(0, 40)),
    st.builds(Move, st.just("say"), st.sampled_from(TYPED) | st.text(max_size=40)),
    st.builds(Move, st.just("tap"), st.sampled_from(TAPPED) | st.text(max_size=20)),
    st.builds(Move, st.just("start"), st.sampled_from(PAYLOADS) | st.from_regex("[A-Za-z0-9_-]{0,64}", fullmatch=True)),
    st.just(Move("leave")),
)


def go(talk: Talk, move: Move) -> None:
    """Does it."""
    match move:
        case Move("press", int(number)):
            talk.tap(talk.keys[number % len(talk.keys)].data)
        case Move("type", int(number)):
            talk.say(talk.keys[number % len(talk.keys)].label)
        case Move("say", what) if not isinstance(what, int):
            talk.say(what)
        case Move("tap", str(data)):
            talk.tap(data)
        case Move("start", str(payload)):
            talk.start(payload, hint="ar" if len(payload) % 2 else None)
        case _:
            talk.session = None  # what the store does after fifteen minutes
            talk.tap(talk.keys[0].data)


def strings_in(value: object) -> Iterator[str]:
    """Every string anywhere in a value."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for each in fields(value):
            yield from strings_in(getattr(value, each.name))
    elif isinstance(value, Mapping):
        for key, each_value in value.items():
            yield from strings_in(key)
            yield from strings_in(each_value)
    elif isinstance(value, tuple):
        for each_value in value:
            yield from strings_in(each_value)
    else:
        assert value is None or isinstance(value, int)


def vocabulary() -> set[str]:
    """Every string that a session may hold: names of flows, steps and slots, their values, and area codes."""
    known = {"en", "ar", "pl", "live", "terminated", "newer_than_index", "jersey", "british_forces"}
    known |= {"", *(outcome for action in ACTIONS.values() for outcome in action.outcomes)}
    known |= {seat.code for seat in FACTS.seats} | {area.code for area in (*FACTS.nations(), *FACTS.regions())}
    for flow in FLOWS.values():
        known |= {flow.name, *flow.steps, *flow.slots, "END"}
        known |= {value for slot in flow.slots.values() for value in slot.values}
    return known


VOCABULARY = vocabulary()


def check(talk: Talk) -> None:
    """What holds after every turn."""
    card = talk.card  # exactly one
    assert card.blocks
    assert all(block.lines for block in card.blocks)
    assert not PLACEHOLDER.search(talk.text)
    assert not re.search(r"\bNone\b", talk.text)
    for block in card.blocks:
        for line in block.lines:
            text = "".join(span.text for span in line)
            assert text.count(PDI) == text.count(LRI) + text.count(FSI)
            assert "\n" not in text
            assert all(span.url is None or span.url.startswith(("https://", "http://")) for span in line)
    assert len({key.data for key in talk.keys}) == len(talk.keys) > 0
    for key in talk.keys:
        assert 1 <= len(key.data.encode()) <= 64
        assert key.label.strip()
        assert not PLACEHOLDER.search(key.label)
        assert not re.search(f"[{LRI}{FSI}{PDI}\n]", key.label)
    if talk.session is None:
        assert talk.steps[-1].startswith("_forget.")
        assert {"_start"} <= set(talk.buttons)
        return
    own = talk.steps[-1].partition(".")[0]
    ways_out = {"_forget"} if talk.session.language is None else {"_forget", "_language", "_start"}
    assert ways_out - {own} <= set(talk.buttons)
    assert set(strings_in(talk.session)) <= VOCABULARY
    kept = JSON.dump_json(talk.session, exclude_defaults=True)
    assert len(kept) < MAX_JSON
    assert JSON.validate_json(kept) == talk.session


@given(st.lists(MOVES, min_size=1, max_size=60))
@settings(max_examples=150, deadline=None)
def test_whatever_anybody_does(moves: list[Move]) -> None:
    talk = Talk(WORLD, speaks=None)
    for move in moves:
        go(talk, move)
        check(talk)


@pytest.mark.parametrize("speaks", ["en", "ar", "pl"])
def test_hundreds_of_turns(speaks: str) -> None:
    chance = random.Random(speaks)  # noqa: S311
    talk = Talk(WORLD, speaks=speaks)
    texts = [text for text in TYPED if not (text or "").startswith("/")]  # "/cancel" would make it a short one
    for _ in range(400):
        answers = [key.data for key in talk.keys if not key.data.startswith("_")]
        talk.tap(chance.choice(answers)) if chance.random() < 0.7 else talk.say(chance.choice(texts))
        check(talk)
    assert len(talk.kept.history) == MAX_HISTORY


def reached_from(world: World, opening: Event) -> set[str]:
    """Every step whose text some way of pressing and typing leads to."""
    seen: set[str] = set()
    been: set[object] = set()
    waiting = [step(world, None, opening)]
    talk = Talk(world)
    while waiting:
        talk.after(waiting.pop())
        check(talk)
        seen |= set(talk.steps)
        if talk.session is None:
            continue
        # Two cards are alike if they stand at the same steps, with the same texts but for notices, and if somebody
        # helps with the topic or nobody does.
        places = tuple((frame.flow, frame.step) for frame in talk.session.frames)
        texts = tuple(name for name in talk.steps if not name.startswith("_not_understood."))
        alike = (places, texts, talk.session.slots.get("topic") in ("housing", "asylum"))
        if alike in been:
            continue
        been.add(alike)
        session = replace(talk.session, history=())
        question = waiting_question(world, session)
        reads = question and question.input and question.input.type != "choice"
        typed = (*POSTCODES, "Stubbury", "rubbish") if reads else ("rubbish",)
        waiting += [step(world, session, Tapped(AT, key.data)) for key in talk.keys[:14]]
        waiting += [step(world, session, Said(AT, text)) for text in typed]
    return seen


def test_every_shipped_text_is_reached_and_every_way_leads_on() -> None:
    nobody_helps = a_world(facts=replace(FACTS, directory=(), lines=()))
    seen = reached_from(a_world(), Started(AT, payload="-en"))
    seen |= reached_from(nobody_helps, Started(AT, payload="help-en"))
    for command in COMMANDS:
        seen |= set(Talk().say(command).steps)
    said = {
        f"{flow.name}.{one.id}" for flow in FLOWS.values() for one in flow.steps.values() if isinstance(one, Say | Ask)
    }
    # test_promises and test_memory show when these are said.
    amiss = {"_timeout.forgotten", "_error.sorry", "_updated.changed", "_unreviewed.notice", "_cancel.stopped"}
    assert said - seen <= amiss


def test_the_longest_memory_is_small() -> None:
    talk = Talk(WORLD)
    for _ in range(25):
        talk.say("QX4").press("not_sure", "about", "more", "more", "back")
    assert len(talk.kept.history) == MAX_HISTORY
    assert len(JSON.dump_json(talk.kept, exclude_defaults=True)) < MAX_JSON
