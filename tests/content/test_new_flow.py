"""A new flow file works before anything in it is changed, whatever its name and its ways in are."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.content.new_flow import new_flow
from bot.engine.model import RESERVED, Said, Started
from bot.errors import ContentError
from tests.content.editor import AT, load, load_shipped
from tests.engine.talk import FLOWS, Talk, a_world

names = st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True)
words = st.none() | st.from_regex(r"[a-z0-9_]{1,32}", fullmatch=True)


def refused(name: str, command: str | None = None, link: str | None = None) -> str:
    with pytest.raises(ContentError) as raised:
        new_flow(name, FLOWS, command, link)
    return str(raised.value)


@given(names, words, words)
@example("null", "true", "false")
@example("no", "007", "1e3")
@example("on", "_", "0x1f")
@settings(max_examples=60, deadline=None)
def test_any_name_and_any_ways_in_make_a_file_without_faults(name: str, command: str | None, link: str | None) -> None:
    with TemporaryDirectory() as folder:
        small, _ = load(Path(folder), {})
        if name in small:
            return
        try:
            text = new_flow(name, small, command, link)
        except ContentError:
            assert {command, link} & {"start", "mp"}
            return
        flows, faults = load(Path(folder), {f"{name}.yaml": text})
    assert not faults
    expected = name if command is None and link is None else link
    assert (flows[name].command, flows[name].link) == (command, expected)


def test_it_can_be_played_beside_the_shipped_flows(tmp_path: Path) -> None:
    flows, faults = load_shipped(tmp_path, {"travel.yaml": new_flow("travel", FLOWS, "journey")})
    assert not faults
    world = a_world(flows["travel"])
    talk = Talk(world, speaks=None).take(Started(AT, payload="-en")).take(Said(AT, "/journey"))
    assert talk.steps == ["travel.first_question"]
    talk.press("urgent")
    assert talk.steps[0].startswith("urgent.")
    assert talk.start("mp-en").take(Said(AT, "/journey")).press("go_on").steps[0] == "travel.answer"


def test_its_comments_teach() -> None:
    text = new_flow("travel", FLOWS, "journey", "trip")
    first, *_ = text.splitlines()
    assert first == "# yaml-language-server: $schema=../docs/flow.schema.json"
    assert "# How people open it: /journey or t.me/<bot>?start=trip." in text
    assert "docs/flows.md explains" in text
    assert all(len(line) <= 120 for line in text.splitlines())


def test_where_nobody_calls_urgent_it_calls_help() -> None:
    few = {name: flow for name, flow in FLOWS.items() if name != "urgent"}
    assert "call: _help}" in new_flow("travel", few)


@pytest.mark.parametrize(
    "name", ["Travel", "travel-cost", "1travel", "", "t" * 32, "reise_ö", "a b", "../x", "travel\n"]
)
def test_a_name_that_no_flow_can_have_is_refused(name: str) -> None:
    assert "use small letters, digits and _, beginning with a letter, at most 31" in refused(name)


def test_a_name_with_an_underscore_before_it_is_the_bots_own() -> None:
    assert refused("_travel").endswith("leave out the _.")
    assert all(refused(name).endswith("open it and change it.") for name in RESERVED)


@pytest.mark.parametrize(
    ("command", "link", "says"),
    [
        ("mp", None, "The command `mp` already opens the flow `ask_mp`; choose another."),
        (None, "mp", "The link `mp` already opens the flow `ask_mp`; choose another."),
        ("start", None, "The command `start` already opens the flow `_start`; choose another."),
        ("Journey", None, "`Journey` cannot be a command; use at most 32 small letters, digits and _."),
        (None, "a-b", "`a-b` cannot be a link; use at most 32 small letters, digits and _."),
        ("", None, "`` cannot be a command; use at most 32 small letters, digits and _."),
    ],
)
def test_a_way_in_that_cannot_be_is_refused(command: str | None, link: str | None, says: str) -> None:
    assert refused("travel", command, link) == says


def test_a_name_that_is_the_link_of_another_flow_needs_a_link_of_its_own() -> None:
    assert refused("mp") == "The link `mp` already opens the flow `ask_mp`; choose another."
    assert "link: my_mp" in new_flow("mp", FLOWS, link="my_mp")
