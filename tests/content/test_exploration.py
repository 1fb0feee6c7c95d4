"""Everything that a conversation can come to is visited, and what must not be there is told of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.exploration import Exploration, explore
from bot.engine.machine import step
from bot.engine.model import RESERVED, Act, Ask, Flow, Said, Say, Started, Tapped
from bot.engine.walk import RESUMING
from bot.engine.wording import ENGLISH
from bot.engine.world import World
from tests.content.editor import AT, SMALL, load, steps
from tests.engine.talk import FLOWS, Talk, a_world
from tests.fake_facts import FACTS, PARTIAL, PLEDGED, SEVERAL

SHIPPED = explore(FLOWS)


def explored(folder: Path, files: Mapping[str, str]) -> Exploration:
    """What is found in the small bot with these files, which must load."""
    flows, faults = load(folder, files)
    assert not faults
    return explore(flows)


def told(found: Exploration) -> set[tuple[str, str, str]]:
    return {(trouble.flow, trouble.step, trouble.rule) for trouble in found.troubles}


def test_the_shipped_flows_hold() -> None:
    assert SHIPPED.troubles == []


def test_every_step_of_the_shipped_flows_is_come_to() -> None:
    steps_of = {(flow.name, one.id) for flow in FLOWS.values() for one in flow.steps.values()}
    assert {
        place for place in steps_of - SHIPPED.visited if isinstance(FLOWS[place[0]].steps[place[1]], Say | Ask | Act)
    } == set()


def test_it_is_told_how_much_was_visited() -> None:
    assert len(SHIPPED.cards) < SHIPPED.states < SHIPPED.turns


def test_the_same_flows_are_visited_alike() -> None:
    again = explore(dict(reversed(list(FLOWS.items()))))
    assert (again.states, len(again.cards)) == (SHIPPED.states, len(SHIPPED.cards))


def test_every_outcome_of_an_action_is_had(tmp_path: Path) -> None:
    branches = ["{id: found, say: F, goto: _start}", "{id: none, say: N, goto: _start}"]
    act = "{id: a, action: crisis_lines, with: {place: place}, next: {found: found, none: none}}"
    found = explored(tmp_path, {"t.yaml": steps(act, *branches)})
    assert {("t", "found"), ("t", "none")} <= found.visited


HELP = (
    SMALL["_help"].replace("steps: [", "start: {command: help}\nsteps: [").replace("button.}", "button., call: about}")
)
BACK = ("{id: a, ask: Hi, buttons: [{id: b, text: B, next: c}]}", "{id: c, say: Not yet., goto: _back}")
PLACE = "input: {type: postcode, into: place, otherwise: a, goto: mp_answer}"


@pytest.mark.parametrize(
    ("asked", "flagged"),
    [
        (f"{{id: a, ask: 'Where?', {PLACE}}}", True),
        (f"{{id: a, ask: 'Where?', {PLACE}, buttons: [{{id: p, text: Kept, call: _privacy}}]}}", False),
        (f"{{id: a, ask: 'Where?', {PLACE}, buttons: [{{id: p, text: Kept, goto: _privacy}}]}}", False),
        ("{id: a, ask: 'Which part?', input: {type: choice, from: regions, into: place, goto: mp_answer}}", False),
    ],
)
def test_a_place_is_asked_for_only_after_it_was_offered_to_say_what_is_kept(
    tmp_path: Path, asked: str, flagged: bool
) -> None:
    found = explored(tmp_path, {"t.yaml": steps(asked)})
    assert (("t", "a", "asks-before-privacy") in told(found)) is flagged


def test_an_offer_on_one_of_two_ways_is_not_enough(tmp_path: Path) -> None:
    lines = (
        "{id: first, ask: Which way?, buttons: [{id: x, text: Told, next: told}, {id: y, text: Untold, next: where}]}",
        "{id: told, ask: Read this, buttons: [{id: p, text: Kept, call: _privacy}, {id: on, text: Next, next: where}]}",
        f"{{id: where, ask: 'Where?', {PLACE.replace('otherwise: a', 'otherwise: where')}}}",
    )
    assert ("t", "where", "asks-before-privacy") in told(explored(tmp_path, {"t.yaml": steps(*lines)}))
    both = (lines[0].replace("next: where", "next: told"), *lines[1:])
    # Whoever came to `where` has seen `told`, and there the offer stood.
    assert ("t", "where", "asks-before-privacy") not in told(explored(tmp_path, {"t.yaml": steps(*both)}))


def test_a_step_that_no_conversation_comes_to_is_named(tmp_path: Path) -> None:
    files = {"t.yaml": steps("{id: a, say: Hi}").replace("start: {command: t, link: t}\n", "")}
    assert ("t", "a", "never-reached") in told(explored(tmp_path, files))


def test_a_card_without_a_way_out_is_named(tmp_path: Path) -> None:
    flows, _ = load(tmp_path, {})
    unlabelled = {
        name: Flow(flow.name, flow.description, flow.steps, flow.first, flow.slots, flow.command, None, flow.link)
        for name, flow in flows.items()
    }
    assert ("_start", "a", "no-way-out") in told(explore(unlabelled))


def test_what_breaks_the_engine_is_named_and_does_not_break_the_check(tmp_path: Path) -> None:
    flows, _ = load(tmp_path, {"t.yaml": steps("{id: a, say: Hi}", "{id: b, say: Ho}")})
    broken = dict(flows["t"].steps)
    del broken["b"]
    t = flows["t"]
    assert "crash" in {
        trouble.rule
        for trouble in explore(
            {**flows, "t": Flow("t", "", broken, t.first, t.slots, t.command, None, t.link)}
        ).troubles
    }


@pytest.mark.parametrize(
    ("files", "first", "again"),
    [
        # `_help` calls a flow that only says something, and comes back.
        ({"_help.yaml": HELP}, "/help", "/help"),
        ({"t.yaml": steps(*BACK)}, "/t", "B"),
    ],
)
def test_a_card_that_words_lead_back_to_does_not_grow_each_time(
    tmp_path: Path, files: Mapping[str, str], first: str, again: str
) -> None:
    flows, faults = load(tmp_path, files)
    assert not faults
    world = World(flows, {"en": ENGLISH}, FACTS)
    session = step(world, step(world, None, Started(AT, payload="-en")).session, Said(AT, first)).session
    sizes = []
    for _ in range(5):
        session = step(world, session, Said(AT, again)).session
        assert session is not None
        sizes.append(len(session.shown))
    assert sizes[1:] == sizes[:1] * 4
    assert explore(flows).states < 2000


@given(
    st.lists(
        st.sampled_from(
            [
                *(key for flow in FLOWS.values() if (key := flow.command)),
                PLEDGED,
                SEVERAL,
                PARTIAL,
                "rubbish",
                "1",
                "2",
                "3",
            ]
        ),
        max_size=12,
    ),
    st.sampled_from([flow for flow in FLOWS.values() if flow.name not in RESUMING and (flow.command or flow.link)]),
)
@settings(max_examples=60, deadline=None)
def test_a_flow_that_is_left_for_begins_alike_from_every_card(said: list[str], flow: Flow) -> None:
    talk = Talk(a_world())
    for text in said:
        if text.isdecimal():
            talk.tap(talk.keys[int(text) % len(talk.keys)].data)
        else:
            talk.say(f"/{text}" if text in {one.command for one in FLOWS.values()} else text)
    if talk.session is None or talk.session.language is None:
        talk.start("-en")
    session = talk.kept
    events = [Tapped(AT, flow.name)] if flow.name in RESERVED else []
    for event in (*events, Said(AT, f"/{flow.command}") if flow.command else Started(AT, payload=f"{flow.link}")):
        after = step(talk.world, session, event).session
        fresh = step(talk.world, Talk(a_world()).kept, event).session
        assert (after and after.frames) == (fresh and fresh.frames)
        assert (after and after.shown) == (fresh and fresh.shown)
