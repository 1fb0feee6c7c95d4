"""A person in the middle of a flow that an editor changes goes on where the step still does what it did; otherwise the
bot says that it has changed, and starts again.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.flows import flow_paths, load_flows
from bot.engine.actions import ACTIONS
from bot.engine.drawing import waiting_question
from bot.engine.facts import Verdict
from bot.engine.machine import redraw
from bot.engine.model import Act, Button, Flow, Frame, Input, Send, Shown, Slot, Step, Switch, Tapped, Toast
from bot.engine.world import World
from bot.errors import ContentError
from bot.yamlfile import read_tree
from tests.engine.talk import AT, Talk, a_flow, a_world, ask, language, made_up_arabic, say, to, without, words
from tests.engine.test_walks import MOVES, Move, go
from tests.fake_facts import FACTS, NO_RECORD, PLEDGED, SEVERAL

START_CARD = ["_start.welcome", "_start.what_is_kept", "_start.menu"]
UPDATED_CARD = ["_updated.changed", *START_CARD]
COLOUR = Slot("colour", "choice", "session", ("red", "blue"))


def with_steps(world: World, flow: str, *steps: Step, slots: tuple[Slot, ...] = ()) -> World:
    """The world after an editor wrote these steps in the place of those of the same name, or behind the others."""
    old = world.flows[flow]
    known = {**old.slots, **{slot.name: slot for slot in slots}}
    new = replace(old, steps={**old.steps, **{one.id: one for one in steps}}, slots=known)
    return replace(world, flows={**world.flows, flow: new})


def talk_with(*steps: Step, slots: tuple[Slot, ...] = ()) -> Talk:
    return Talk(a_world(a_flow("tiny", *steps, slots=slots)), opens="tiny")


# --- what is still there


def test_new_words_are_no_reason_to_begin_again() -> None:
    talk = talk_with(say("hello", "q"), ask("q", "on -> done"), ask("done"))
    world = with_steps(talk.world, "tiny", ask("q", "on -> done", "other -> done", text="Other words?"))
    assert talk.in_world(world).press("on").steps == ["tiny.done"]


def test_a_step_that_moved_within_its_flow_is_still_there() -> None:
    talk = talk_with(ask("first", "on -> q"), ask("q", "on -> done"), ask("done")).press("on")
    moved = a_flow("tiny", ask("q", "on -> first"), ask("done"), ask("first"))
    assert talk.in_world(a_world(moved)).press("on").steps == ["tiny.first"]


def test_a_button_that_was_removed_makes_its_card_an_old_one() -> None:
    talk = talk_with(ask("q", "on -> done", "off -> done"), ask("done"))
    world = with_steps(talk.world, "tiny", ask("q", "off -> done"))
    talk.in_world(world).tap(f"{talk.kept.card}:on")
    toast, sent = talk.replies
    assert isinstance(toast, Toast)
    assert isinstance(sent, Send)
    assert talk.steps == ["tiny.q"]
    assert talk.buttons[0] == "off"
    assert talk.press("off").steps == ["tiny.done"]


def test_words_for_a_question_that_takes_none_any_more_are_not_understood() -> None:
    talk = talk_with(ask("q", "on -> done", input=Input("postcode", "place", to("done"), to("done"))), ask("done"))
    talk.in_world(with_steps(talk.world, "tiny", ask("q", "on -> done"))).say(NO_RECORD)
    assert talk.steps == ["_not_understood.sorry", "tiny.q"]


# --- steps that are of another kind


@pytest.mark.parametrize("other", [say("q"), Act("q", "pledge_words", {}, {"done": to("END")}), ask("r")], ids=repr)
@pytest.mark.parametrize("doing", ["press", "words", "/help"])
def test_a_question_that_asks_no_more_begins_again(other: Step, doing: str) -> None:
    talk = talk_with(ask("q", "on -> done"), ask("done"))
    world = without(talk.world, "tiny", "q") if other.id == "r" else with_steps(talk.world, "tiny", other)
    talk.in_world(world)
    talk.tap(f"{talk.kept.card}:on") if doing == "press" else talk.say(doing)
    assert talk.steps == UPDATED_CARD
    assert not talk.kept.history


def test_so_does_a_card_of_which_a_text_has_become_a_question() -> None:
    talk = talk_with(say("hello", "q"), ask("q", "on -> done"), ask("done"))
    talk.in_world(with_steps(talk.world, "tiny", ask("hello", "on -> q")))
    assert talk.press("on").steps == UPDATED_CARD


def test_a_card_that_was_interrupted_is_not_resumed_as_another_kind() -> None:
    talk = talk_with(ask("q", "on -> done"), ask("done")).say("/help")
    assert talk.in_world(with_steps(talk.world, "tiny", say("q"))).press("back").steps == UPDATED_CARD


def test_back_passes_over_a_card_that_asks_no_more() -> None:
    talk = talk_with(ask("a", "on -> b"), ask("b", "on -> c"), ask("c", "on -> c")).press("on", "on")
    assert talk.in_world(with_steps(talk.world, "tiny", say("b"))).press("_back").steps == ["tiny.a"]


def test_a_flow_that_called_another_goes_on_with_whatever_stands_there_now() -> None:
    inner = a_flow("inner", ask("q", "ok -> END"))
    outer = a_flow("outer", ask("first", "c -> call:inner then"), ask("then"))
    talk = Talk(a_world(inner, outer), opens="outer").press("c")
    talk.in_world(with_steps(talk.world, "outer", say("then", "last"), ask("last"))).press("ok")
    assert talk.steps == ["outer.then", "outer.last"]


# --- values that are gone


def valued(*, acts: bool = True, text: str = "Read: {pledge}") -> tuple[Step, ...]:
    """Two questions; the text of the first, or of both, needs the value of an action before them."""
    first: Step = Act("get", "pledge_words", {}, {"done": to("q")}) if acts else say("get", "q")
    return (ask("menu", "go -> get"), first, ask("q", "on -> more", text=text), ask("more", "on -> q", text=text))


@pytest.mark.parametrize(
    "turn",
    [
        lambda talk: talk.press("on"),  # the next text needs the value
        lambda talk: talk.tap("1:on"),  # the old card is to be shown again
        lambda talk: talk.say(None),
        lambda talk: talk.after(redraw(talk.world, talk.kept, Tapped(AT, "x"))),
    ],
    ids=["press", "old card", "not understood", "redraw"],
)
def test_a_text_whose_action_was_removed_begins_again(turn: Callable[[Talk], Talk]) -> None:
    talk = talk_with(*valued()).press("go")
    assert "I pledge to represent" in talk.text
    assert turn(talk.in_world(a_world(a_flow("tiny", *valued(acts=False))))).steps == UPDATED_CARD


def test_an_action_that_nothing_names_any_more_is_not_missed() -> None:
    talk = talk_with(*valued()).press("go")
    assert talk.in_world(a_world(a_flow("tiny", *valued(acts=False, text="No more.")))).press("on").steps == [
        "tiny.more"
    ]


def test_a_value_that_a_text_only_now_names_begins_again() -> None:
    talk = talk_with(*valued(acts=False, text="Nothing yet.")).press("go")
    assert talk.in_world(a_world(a_flow("tiny", *valued()))).press("on").steps == UPDATED_CARD


def test_a_missing_value_without_a_conversation_is_a_fault_of_the_flow() -> None:
    world = a_world(a_flow("tiny", ask("q", "on -> q", text="{nothing}")))
    with pytest.raises(KeyError, match="nothing"):
        Talk(world, opens="tiny")


# --- facts


def without_pledges() -> World:
    """The world after the register lost what it knew."""
    seats = (replace(seat, verdict=Verdict.NO_RECORD, pledge=None) for seat in FACTS.seats)
    return a_world(facts=replace(FACTS, seats=tuple(seats)))


@pytest.mark.parametrize(
    "again",
    [
        lambda talk: talk.press("about").in_world(without_pledges()).press("_back"),
        lambda talk: talk.say("/help").in_world(without_pledges()).press("back"),
        lambda talk: talk.in_world(without_pledges()).say(None),
        lambda talk: talk.in_world(without_pledges()).tap("1:old"),
        lambda talk: talk.in_world(without_pledges()).press("_language", "=en"),
        lambda talk: talk.after(redraw(without_pledges(), talk.kept, Tapped(AT, "x"))),
    ],
    ids=["back", "help", "not understood", "old card", "language", "redraw"],
)
def test_that_an_mp_has_signed_is_not_said_again_when_it_is_so_no_more(again: Callable[[Talk], Talk]) -> None:
    talk = Talk().say(PLEDGED)
    assert "has signed" in talk.text
    assert "has signed" not in again(talk).text
    assert talk.steps == UPDATED_CARD


def test_facts_that_say_the_same_are_no_reason_to_begin_again() -> None:
    talk = Talk().say(NO_RECORD)
    card = talk.text
    assert talk.in_world(without_pledges()).say("/help").press("back").text == card


def test_nor_is_a_place_that_was_chosen_meanwhile() -> None:
    """The action that read the vague place has another outcome now, by the person's own choice."""
    kinds = dict.fromkeys(ACTIONS["place_kind"].outcomes, to("which"))
    talk = talk_with(
        ask("q", input=Input("postcode", "place", to("kind"), to("q"))),
        Act("kind", "place_kind", {"place": "place"}, kinds),
        ask("which", "none -> q", input=Input("choice", "place", to("thanks"), to("q"), source="candidates")),
        say("thanks", "end"),
        ask("end", "on -> end"),
    ).say(SEVERAL)
    talk.press(talk.buttons[0])
    assert talk.steps == ["tiny.thanks", "tiny.end"]
    assert talk.say("/help").press("back").steps == ["tiny.thanks", "tiny.end"]
    assert talk.press("_back").steps == ["tiny.which"]


# --- slots


def painted() -> tuple[Step, ...]:
    red = Button("red", words("Red"), to("next"), {"colour": "red"})
    ways = {"red": to("warm"), "blue": to("cold")}
    return (
        replace(ask("first"), buttons=(red,)),
        ask("next", "on -> which"),
        Switch("which", "colour", ways),
        ask("warm"),
        ask("cold"),
    )


def painted_talk() -> Talk:
    return talk_with(*painted(), slots=(COLOUR,)).press("red")


def test_a_value_that_the_slot_has_no_more_begins_again() -> None:
    talk = painted_talk()
    assert talk.kept.slots == {"colour": "red"}
    green = replace(COLOUR, values=("green", "blue"))
    ways = Switch("which", "colour", {"green": to("warm"), "blue": to("cold")})
    assert talk.in_world(with_steps(talk.world, "tiny", ways, slots=(green,))).press("on").steps == UPDATED_CARD


def test_so_does_a_switch_on_a_slot_that_was_never_asked_for() -> None:
    talk = painted_talk()
    shape = Slot("shape", "choice", "session", ("round",))
    world = with_steps(talk.world, "tiny", Switch("which", "shape", {"round": to("warm")}), slots=(shape,))
    assert talk.in_world(world).press("on").steps == UPDATED_CARD


def test_so_does_a_slot_that_holds_another_type() -> None:
    talk = Talk().say(NO_RECORD)
    place = Slot("place", "choice", "session", ("red",))
    world = with_steps(talk.world, "mp_answer", Switch("what_next", "place", {"red": to("END")}), slots=(place,))
    assert talk.in_world(world).press("sign").steps == UPDATED_CARD
    tiny = a_flow("tiny", Switch("which", "place", {"red": to("q")}), ask("q"), slots=(place,))
    assert Talk().say(NO_RECORD).in_world(a_world(tiny)).say("/tiny").steps == UPDATED_CARD


@pytest.mark.parametrize("kind", ["place", "page"])
def test_an_action_that_reads_a_slot_of_another_type_takes_it_as_not_set(kind: str) -> None:
    talk = painted_talk()
    act = Act(
        "which", "list_organisations", {"place": "colour", "topic": "topic", "page": "colour"}, dict.fromkeys(
            ("more", "last", "none"), to("warm")
        )
    )  # fmt: skip
    slot = Slot("colour", "place" if kind == "place" else "page")
    assert talk.in_world(with_steps(talk.world, "tiny", act, slots=(slot,))).press("on").steps == ["tiny.warm"]


# --- languages


def test_a_language_that_was_removed_falls_back_to_english_and_comes_back() -> None:
    arabic = a_world(languages=(made_up_arabic(),))
    talk = Talk(arabic, opens="mp", speaks="ar")
    assert talk.card.language == "ar"
    talk.in_world(a_world()).press("part")
    assert (talk.card.language, talk.card.rtl, talk.steps) == ("en", False, ["ask_mp.ask_part"])
    assert "_language" in talk.buttons
    assert talk.in_world(arabic).press("_back").card.language == "ar"


def test_where_a_language_was_removed_another_can_be_chosen() -> None:
    talk = Talk(a_world(languages=(made_up_arabic(),)), opens="mp", speaks="ar")
    talk.in_world(a_world(languages=(language("pl"),))).press("_language")
    assert set(talk.buttons[:2]) == {"=en", "=pl"}
    assert talk.press("=pl").kept.language == "pl"


def test_the_name_of_a_language_that_was_removed_is_an_old_button() -> None:
    talk = Talk(a_world(languages=(made_up_arabic(),)), speaks=None)
    talk.in_world(a_world()).tap(f"{talk.kept.card}:=ar")
    assert isinstance(talk.replies[0], Toast)
    assert talk.press("=en").steps == START_CARD


# --- leaving


@pytest.mark.parametrize("how", ["_forget", "/forget", "Leave now"])
def test_leaving_works_where_the_card_can_no_longer_be_drawn(how: str) -> None:
    talk = talk_with(*valued()).press("go")
    talk.in_world(a_world(a_flow("tiny", *valued(acts=False))))
    talk.tap(how) if how == "_forget" else talk.say(how)
    assert talk.session is None
    assert talk.steps == ["_forget.gone"]


def test_leaving_is_heard_when_the_card_is_only_delivered_again() -> None:
    talk = talk_with(ask("q", "on -> q"))
    turn = redraw(without(talk.world, "tiny"), talk.kept, Tapped(AT, "_forget"))
    assert turn.session is None


# --- whatever the edit, whatever the event

Files = dict[str, dict[str, Any]]
SHIPPED: Files = {
    path.stem: root.plain() for path in flow_paths(Path(__file__).parents[2] / "flows") if (root := read_tree(path, []))
}


def places_with_targets(step: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a step that say where it leads."""
    branches = [step["next"]] if isinstance(step.get("next"), dict) else []
    inputs = [step["input"]] if "input" in step else []
    return [step, *branches, *inputs, *step.get("buttons", [])]


def retarget(flow: dict[str, Any], old: str, new: str) -> None:
    """Whatever led to one step leads to another."""
    for one in flow["steps"]:
        for part in places_with_targets(one):
            named = part if part is one.get("next") else part.keys() & {"next", "otherwise"}
            part.update({key: new for key in named if part[key] == old})


def remove_step(files: Files, flow: dict[str, Any], at: int) -> None:
    steps = flow["steps"]
    retarget(flow, steps[at]["id"], steps[at + 1]["id"] if at + 1 < len(steps) else "END")
    del steps[at]


def rename_step(files: Files, flow: dict[str, Any], at: int) -> None:
    retarget(flow, flow["steps"][at]["id"], "renamed")
    flow["steps"][at]["id"] = "renamed"


def make_it_say(files: Files, flow: dict[str, Any], at: int) -> None:
    flow["steps"][at] = {"id": flow["steps"][at]["id"], "say": "Words."}


def make_it_ask(files: Files, flow: dict[str, Any], at: int) -> None:
    after = flow["steps"][at + 1]["id"] if at + 1 < len(flow["steps"]) else "END"
    button = {"id": "on", "text": "Go on", "next": after}
    flow["steps"][at] = {"id": flow["steps"][at]["id"], "ask": "Words?", "buttons": [button]}


def ask_by_buttons_alone(files: Files, flow: dict[str, Any], at: int) -> None:
    del flow["steps"][at]["input"]


def remove_a_button(files: Files, flow: dict[str, Any], at: int) -> None:
    del flow["steps"][at]["buttons"][0]


def rename_the_buttons(files: Files, flow: dict[str, Any], at: int) -> None:
    for button in flow["steps"][at]["buttons"]:
        button["id"] += "_2"


def say_other_words(files: Files, flow: dict[str, Any], at: int) -> None:
    kind = "say" if "say" in flow["steps"][at] else "ask"
    flow["steps"][at][kind] = "Other words."


def name_a_new_value(files: Files, flow: dict[str, Any], at: int) -> None:
    step = flow["steps"][at]
    retarget(flow, step["id"], "new_value")
    step["say" if "say" in step else "ask"] = "{pledge}"
    flow["steps"].insert(at, {"id": "new_value", "action": "pledge_words", "next": {"done": step["id"]}})


def rename_the_slots(files: Files, flow: dict[str, Any], at: int) -> None:
    """All slots of this flow, in every flow."""
    names = {name: f"{name}_2" for name in flow["slots"]}
    for other in files.values():
        other["slots"] = {names.get(name, name): slot for name, slot in other.get("slots", {}).items()}
        for one in other["steps"]:
            for part, keys in ((one, ("switch",)), (one.get("input", {}), ("into",)), (one.get("with", {}), None)):
                for key in part.keys() & (keys or part.keys()):
                    part[key] = names.get(part[key], part[key])
            for button in one.get("buttons", []):
                button["set"] = {names.get(name, name): value for name, value in button.get("set", {}).items()}


def rename_the_values(files: Files, flow: dict[str, Any], at: int) -> None:
    """All values of the closed slots of this flow."""
    for slot in flow["slots"].values():
        slot["values"] = [f"{value}_2" for value in slot["values"]] if "values" in slot else []
    for one in flow["steps"]:
        if "switch" in one:
            one["next"] = {f"{value}_2": step for value, step in one["next"].items()}
        for button in one.get("buttons", []):
            button["set"] = {name: f"{value}_2" for name, value in button.get("set", {}).items()}


def remove_the_flow(files: Files, flow: dict[str, Any], at: int) -> None:
    del files[flow["flow"]]
    for other in files.values():
        for one in other["steps"]:
            for part in places_with_targets(one):
                part.update({key: "_start" for key in part.keys() & {"goto", "call"} if part[key] == flow["flow"]})


EDITS = (
    *(remove_step, rename_step, make_it_say, make_it_ask, ask_by_buttons_alone, remove_a_button, rename_the_buttons),
    *(say_other_words, name_a_new_value, rename_the_slots, rename_the_values, remove_the_flow),
)


@cache
def edited(edit: Callable[[Files, dict[str, Any], int], None], flow: str, at: int) -> Mapping[str, Flow] | None:
    """The shipped flows after an edit; None where it cannot be made, or where the loader refuses what comes of it."""
    files = copy.deepcopy(SHIPPED)
    try:
        edit(files, files[flow], at)
    except (KeyError, IndexError):
        return None
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / f"{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        try:
            return load_flows(Path(folder))
        except ContentError:
            return None


STEPS = [(name, at) for name, flow in SHIPPED.items() for at in range(len(flow["steps"]))]
WORLD = a_world(languages=(made_up_arabic(reviewed=False), language("pl")))


# How far a conversation has come before the edit: nowhere, or at a card that actions have made.
BEGUN = [
    (),
    (Move("start", "mp-en"), Move("say", NO_RECORD)),
    (Move("start", "mp-en"), Move("say", SEVERAL)),
    (Move("start", "help-ar"), Move("press", 4)),
    (Move("start", "sign-en"), Move("press", 0), Move("say", NO_RECORD)),
]


@given(
    st.tuples(st.sampled_from(BEGUN), st.lists(MOVES, max_size=4)),
    st.sampled_from(EDITS),
    st.data(),
    st.booleans(),
    st.lists(MOVES, min_size=1, max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_whatever_an_editor_changes_there_is_a_card_with_a_way_on(
    before: tuple[tuple[Move, ...], list[Move]],
    edit: Callable[[Files, dict[str, Any], int], None],
    data: st.DataObject,
    removes_languages: bool,
    after: list[Move],
) -> None:
    talk = Talk(WORLD, speaks=None)
    for move in (*before[0], *before[1]):
        go(talk, move)
    # The steps that this person has to do with are the ones whose change can hurt.
    session = talk.session or Talk().kept
    parts: tuple[Frame | Shown, ...] = (*session.shown, *session.frames)
    met = {(part.flow, one) for part in parts for one in (part.step, *part.acted)}
    near = [(flow, at) for flow, at in STEPS if (flow, SHIPPED[flow]["steps"][at]["id"]) in met]
    flows = edited(edit, *data.draw(st.sampled_from(near)))
    world = replace(WORLD, flows=flows) if flows else WORLD
    talk.in_world(replace(world, catalogues={"en": WORLD.catalogues["en"]}) if removes_languages else world)
    for move in after:
        go(talk, move)
        assert talk.card.blocks
        assert talk.keys
        if talk.session is None:
            assert talk.steps[-1].startswith("_forget.")
        else:
            assert waiting_question(talk.world, talk.session)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_each_of_these_edits_can_be_made(edit: Callable[[Files, dict[str, Any], int], None]) -> None:
    assert any(edited(edit, *place) for place in STEPS)
