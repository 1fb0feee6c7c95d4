"""Every card is measured in every language, with the longest values that can stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.content.exploration import explore
from bot.content.longest import MOST_CANDIDATES, Extremes, longest_values
from bot.content.rendering import Unfit, render
from bot.engine.actions import ACTIONS
from bot.engine.facts import Facts
from bot.engine.model import Text
from bot.engine.wording import ENGLISH, Catalogue, Lines, Wording
from bot.engine.world import World
from tests.content.editor import load, steps
from tests.engine.talk import FLOWS, language, made_up_arabic
from tests.fake_facts import FACTS, TODAY, organisation

CARDS = explore(FLOWS).cards


def drawn(folder: Path, files: Mapping[str, str], *languages: Catalogue, facts: Facts = FACTS) -> list[Unfit]:
    """What does not fit in the small bot with these files."""
    flows, faults = load(folder, files)
    assert not faults
    catalogues = {one.language: one for one in (ENGLISH, *languages)}
    return list(render(World(flows, catalogues, facts), explore(flows).cards, TODAY))


def test_the_shipped_flows_fit() -> None:
    unreviewed = made_up_arabic(reviewed=False)
    world = World(FLOWS, {"en": ENGLISH, "ar": unreviewed}, FACTS)
    # The made-up language has four words, so its labels clash; nothing else is wrong with it.
    assert {one.rule for one in render(world, CARDS, TODAY)} == {"label-clash"}
    assert list(render(replace(world, catalogues={"en": ENGLISH}), CARDS, TODAY)) == []


def test_every_value_that_an_action_gives_has_a_longest() -> None:
    one, most = longest_values(Extremes(FACTS, TODAY), ENGLISH)
    for action in ACTIONS.values():
        given = {name for names in action.outcomes.values() for name in names}
        assert one[action.name].keys() == most[action.name].keys() == given


def test_the_longest_is_no_shorter_than_what_any_place_gives() -> None:
    wording = Wording(ENGLISH)
    longest = longest_values(Extremes(FACTS, TODAY), ENGLISH)[0]["nearest_organisations"]["organisations"]
    assert isinstance(longest, Lines)
    size = sum(len(span.text) for line in longest.of(wording) for span in line)
    every = sorted(len(wording.label(Text("", one.description))) for one in FACTS.directory)
    assert size > sum(every[-3:])


def test_as_many_constituencies_as_a_postcode_can_lie_in_are_longer_than_one() -> None:
    one, most = longest_values(Extremes(FACTS, TODAY), ENGLISH)
    wording = Wording(ENGLISH)
    ours, theirs = (values["pledge_verdict"]["candidates"] for values in (one, most))
    assert isinstance(ours, Lines)
    assert isinstance(theirs, Lines)
    assert len(ours.of(wording)) < len(theirs.of(wording)) <= MOST_CANDIDATES + 1


def test_a_text_too_long_for_one_message_is_named(tmp_path: Path) -> None:
    long = "word " * 800
    text = f"{{id: a, say: '{long}{{organisations}}', goto: _start}}"
    act = "{id: act, action: nearest_organisations, with: {place: place}, next: {found: a, none: b}}"
    found = drawn(tmp_path, {"t.yaml": steps(act, text, "{id: b, say: None, goto: _start}")})
    assert ("t", "a", "en", "text-too-long") in {(one.flow, one.step, one.language, one.rule) for one in found}


def test_a_card_that_is_cut_in_two_is_named_at_its_question(tmp_path: Path) -> None:
    half = "word " * 500
    lines = [f"{{id: {name}, say: '{half}'}}" for name in "ab"]
    question = "{id: c, ask: 'On?', buttons: [{id: on, text: Go on, next: END}]}"
    found = drawn(tmp_path, {"t.yaml": steps(*lines, question)})
    assert [(one.step, one.rule) for one in found if one.flow == "t"] == [("c", "card-in-two-messages")]


@pytest.mark.parametrize("rtl", [False, True])
def test_two_buttons_that_read_alike_in_one_language_are_named(tmp_path: Path, rtl: bool) -> None:
    question = "{id: a, ask: 'Which?', buttons: [{id: x, text: Money, next: END}, {id: y, text: Food, next: END}]}"
    same = {Text("t.a", "Money"): "Pomoc", Text("t.a", "Food"): "pomoc!"}
    found = drawn(tmp_path, {"t.yaml": steps(question)}, language("pl", same, rtl=rtl))
    assert [(one.flow, one.step, one.language, one.rule) for one in found] == [("t", "a", "pl", "label-clash")]


def test_a_button_that_reads_like_a_way_out_is_named(tmp_path: Path) -> None:
    question = "{id: a, ask: 'Which?', buttons: [{id: x, text: Money, next: END}]}"
    same = {Text("t.a", "Money"): "Button _forget"}
    found = drawn(tmp_path, {"t.yaml": steps(question)}, language("pl", same))
    assert {one.rule for one in found} == {"label-clash"}


def test_a_label_too_long_in_one_language_is_named(tmp_path: Path) -> None:
    question = "{id: a, ask: 'Which?', buttons: [{id: x, text: Money, next: END}]}"
    found = drawn(tmp_path, {"t.yaml": steps(question)}, language("pl", {Text("t.a", "Money"): "x" * 65}))
    assert [(one.language, one.rule) for one in found] == [("pl", "label-too-long")]


def test_an_emoji_counts_for_two(tmp_path: Path) -> None:
    def fits(count: int) -> bool:
        flows, _ = load(tmp_path, {"t.yaml": steps(f"{{id: a, say: 'x {'🌐' * count}', goto: _start}}")})
        world = World(flows, {"en": ENGLISH}, FACTS)
        return not any(one.rule == "text-too-long" for one in render(world, explore(flows).cards, TODAY))

    assert fits(2047)
    assert not fits(2048)


def test_a_longer_directory_is_seen() -> None:
    long = replace(organisation(1, "housing"), description="word " * 900)
    facts = replace(FACTS, directory=(long,))
    found = list(render(World(FLOWS, {"en": ENGLISH}, facts), CARDS, TODAY))
    assert "text-too-long" in {one.rule for one in found}
