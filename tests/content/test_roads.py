"""The shortest conversation to a step leads there, and there is none that is shorter among those that were tried."""

from __future__ import annotations

import pytest

from bot.content.roads import Road, places_of, road_to, roads, step_named
from bot.content.script_play import Player
from bot.content.scripts import Move
from bot.content.supposing import supposed
from bot.engine.facts import PostcodeKind
from bot.engine.walk import Passed
from bot.errors import ContentError
from tests.content.shipped import NOW, shipped_world

WORLD = shipped_world()
EVERY = [place for flow in WORLD.flows.values() for place in places_of(flow)]


def visited(road: Road, language: str) -> set[Passed]:
    """What the conversation goes through when it is played."""
    player = Player(supposed(WORLD, road.suppose), language, NOW)
    for move in road.moves:
        assert player.play(move) is None, (road, move)
    return {passed for _, passed in player.visits}


@pytest.fixture(scope="module")
def found() -> dict[Passed, Road]:
    return dict(roads(WORLD, "pl", NOW, EVERY))


def test_everything_in_the_shipped_flows_can_be_come_to(found: dict[Passed, Road]) -> None:
    assert set(EVERY) == set(found)


def test_every_road_leads_to_its_place_when_it_is_played(found: dict[Passed, Road]) -> None:
    for place, road in found.items():
        assert place in visited(road, "pl"), (place, road)


def test_a_longer_road_is_needed_for_no_place_that_a_shorter_one_goes_through(found: dict[Passed, Road]) -> None:
    shortest: dict[Passed, int] = {}
    for road in found.values():
        if not road.suppose:
            for place in visited(road, "pl"):
                shortest[place] = min(shortest.get(place, 99), len(road.moves))
    assert {place: len(found[place].moves) for place in shortest if not found[place].suppose} == {
        place: length for place, length in shortest.items() if not found[place].suppose
    }


def test_the_facts_are_supposed_only_where_they_give_no_road(found: dict[Passed, Road]) -> None:
    assert found[Passed("mp_answer", "look_up", "outcome", "pledged")].suppose == {}
    assert found[Passed("find_help", "show_none")].suppose == {("find_help", "list"): "none"}
    assert all(flow not in ("ask_to_sign",) for road in found.values() for flow, _ in road.suppose)


def test_nothing_that_is_typed_on_a_road_could_be_a_persons_own_postcode(found: dict[Passed, Road]) -> None:
    typed = {move.one for road in found.values() for move in road.moves if move.kind == "say"}
    postcodes = {
        text for text in typed if WORLD.facts.read_postcode(text, NOW.date()).kind is not PostcodeKind.NOT_A_POSTCODE
    }
    assert {text for text in postcodes if not text.startswith("ZZ")} <= {
        "M1",
        "M1 1ZZ",
        "BT1 5GS",
        "JE2 3AB",
        "BFPO 57",
    }


def test_a_road_says_what_is_done() -> None:
    road = Road((Move("start", ("",)), Move("say", ("ZZ9 9AC",))), {("urgent", "lines"): "none"})
    assert str(road) == "start, say ZZ9 9AC (supposing that urgent.lines has the outcome none)"


def test_the_places_of_a_flow_are_its_steps_and_every_way_out_of_them() -> None:
    places = [(place.step, place.way, place.name) for place in places_of(WORLD.flows["_back"])]
    assert places == [
        ("go_back", "step", ""),
        ("go_back", "outcome", "done"),
        ("go_back", "outcome", "nothing"),
        ("at_the_start", "step", ""),
    ]
    ask_part = {(place.way, place.name) for place in places_of(WORLD.flows["ask_mp"]) if place.step == "ask_part"}
    assert ask_part == {
        *(("step", ""), ("input", ""), ("again", ""), ("otherwise", "")),
        *(("button", "name"), ("button", "rather_not")),
    }


@pytest.mark.parametrize("name", ["which_place", "mp_answer.which_place"])
def test_a_step_is_named_with_its_flow_or_without(name: str) -> None:
    assert step_named(WORLD.flows, name) == Passed("mp_answer", "which_place")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("letter", r"More than one flow has a step `letter`; write about\.letter or ask_to_sign\.letter\."),
        ("wich_place", "did you mean `which_place`"),
        ("mp_answer.wich_place", "did you mean `mp_answer.which_place`"),
        ("", "There is no such step"),
    ],
)
def test_a_step_that_is_not_known_or_not_one_is_refused_with_the_remedy(name: str, said: str) -> None:
    with pytest.raises(ContentError, match=said):
        step_named(WORLD.flows, name)


def test_where_no_conversation_leads_is_said() -> None:
    with pytest.raises(ContentError, match=r"No short conversation in `en` leads to _unreviewed\.notice"):
        road_to(WORLD, "_unreviewed.notice", "en", NOW)
