"""A turn says what it went through, by the ids of the flows."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.machine import Turn, step
from bot.engine.model import Act, Ask, Said, Started, Switch, Tapped
from bot.engine.walk import Passed
from bot.engine.world import World
from tests.engine.talk import AT, Talk, a_world
from tests.fake_facts import NO_RECORD, POSTCODES

WORLD = a_world()


def opened(payload: str = "mp-en") -> Turn:
    return step(WORLD, None, Started(AT, payload=payload))


def after(turn: Turn, *events: Said | str) -> Turn:
    """Says or presses one thing after the other; a button by its id."""
    for event in events:
        assert turn.session is not None
        data = event if isinstance(event, Said) or event.startswith("_") else f"{turn.session.card}:{event}"
        turn = step(WORLD, turn.session, data if isinstance(data, Said) else Tapped(AT, data))
    return turn


def said(text: str) -> Said:
    return Said(AT, text)


def test_a_flow_that_is_opened_goes_through_its_first_step() -> None:
    assert opened().trail == (Passed("ask_mp", "ask_place"),)


def test_an_answer_goes_through_the_input_the_steps_and_their_outcomes_in_order() -> None:
    trail = after(opened(), said(NO_RECORD)).trail
    assert trail[:7] == (
        Passed("ask_mp", "ask_place", "input"),
        Passed("ask_mp", "answer"),
        Passed("mp_answer", "read_place"),
        Passed("mp_answer", "read_place", "outcome", "found"),
        Passed("mp_answer", "look_up"),
        Passed("mp_answer", "look_up", "outcome", "no_record"),
        Passed("mp_answer", "mp_no_record"),
    )
    assert trail[-1] == Passed("mp_answer", "what_next")


def test_a_button_and_the_options_of_a_choice() -> None:
    asked = after(opened(), "rather_not")
    assert asked.trail[0] == Passed("ask_mp", "ask_place", "button", "rather_not")
    chosen = after(asked, f"={WORLD.facts.regions()[0].code}")
    assert chosen.trail[0] == Passed("ask_mp", "choose_area", "input")


def test_what_cannot_be_read_asks_again_and_then_goes_on_without_it() -> None:
    again = after(opened(), said("rubbish"))
    assert again.trail == (Passed("ask_mp", "ask_place", "again"),)
    assert after(again, said("rubbish")).trail[:2] == (
        Passed("ask_mp", "ask_place", "otherwise"),
        Passed("ask_mp", "ask_name"),
    )


def test_back_names_whether_there_was_a_card_before() -> None:
    back = Passed("_back", "go_back", "outcome", "done")
    assert after(opened(), "part", "_back").trail[-1] == back
    assert Passed("_back", "go_back", "outcome", "nothing") in after(opened(), "_back").trail


def test_a_tap_on_an_old_card_goes_through_nothing() -> None:
    assert after(opened(), "nothing_like_this").trail == ()


@given(st.lists(st.integers(0, 30) | st.sampled_from([*POSTCODES, "/privacy", "/back", "rubbish"]), max_size=15))
@settings(max_examples=60, deadline=None)
def test_the_trail_names_what_is_in_the_flows_and_nothing_else(moves: list[int | str]) -> None:
    talk = Talk(WORLD)
    for move in moves:
        event = Said(AT, move) if isinstance(move, str) else Tapped(AT, talk.keys[move % len(talk.keys)].data)
        turn = step(WORLD, talk.session, event)
        talk.after(turn)
        for passed in turn.trail:
            assert is_there(WORLD, passed)


def is_there(world: World, passed: Passed) -> bool:
    """Whether a flow has the step, the outcome, the button or the input."""
    found = world.flows[passed.flow].steps[passed.step]
    match passed.way:
        case "step":
            return not passed.name
        case "outcome":
            return isinstance(found, Act | Switch) and passed.name in found.targets
        case "button":
            return isinstance(found, Ask) and passed.name in [button.id for button in found.buttons]
    return isinstance(found, Ask) and found.input is not None and not passed.name
