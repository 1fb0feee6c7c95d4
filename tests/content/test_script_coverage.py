"""The shipped scripts go through everything; and whatever is left out is named with a script that would not."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from bot.content.flows import FlowDocument, flow_paths, read_flows
from bot.content.script_coverage import coverage, not_visited, percent
from bot.content.script_play import Visit, play
from bot.errors import Fault
from tests.content.shipped import NOW, ROOT, at_of, scripts_of, shipped_scripts, shipped_world

WORLD = shipped_world()


@cache
def visits(language: str) -> frozenset[Visit]:
    """What the shipped scripts go through."""
    found: set[Visit] = set()
    for script in shipped_scripts():
        played = play(shipped_world(script.data), script, language, at_of(script))
        assert played.fault is None
        found |= played.visits
    return frozenset(found)


@cache
def documents() -> dict[str, FlowDocument]:
    found: dict[str, FlowDocument] = {}
    read_flows(flow_paths(ROOT / "flows"), [], found)
    return found


def faults_without(language: str, *left_out: str) -> list[Fault]:
    """What is said when nothing was gone through that has one of these words in it."""
    been = [visit for visit in visits(language) if not any(word in (visit[1].step, visit[1].name) for word in left_out)]
    found = coverage(WORLD.flows.values(), WORLD.catalogues, [language], been)
    return list(not_visited(found, documents(), WORLD, NOW, 1))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_shipped_scripts_go_through_everything(language: str) -> None:
    found = coverage(WORLD.flows.values(), WORLD.catalogues, [language], visits(language))
    assert {one.flow: one.missing for one in found if one.missing} == {}
    assert all(one.percent == 100 for one in found)
    assert sum(one.total for one in found) > 280


def line_of(text: str, path: Path) -> int:
    """The number of the first line of a flow with this text."""
    return next(number for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    ("left_out", "key", "said"),
    [
        (
            "british_forces",
            "      british_forces: ",
            "7: not-visited: outcome `british_forces` of `read_place` is never visited (in en); add: "
            '- {name: read place, script: [{start: ""}, {say: BFPO 57}, {see: mp_answer.british_forces}]}',
        ),
        (
            "which_place",
            "  - id: which_place",
            "5: not-visited: step `which_place` is never visited (in en); add: "
            '- {name: which place, script: [{start: ""}, {say: ZZ9 9AF}, {see: mp_answer.which_place}]}',
        ),
        (
            "which_place",
            "{id: not_sure, text: I am not sure, next: mp_not_sure}",
            "10: not-visited: button `not_sure` of `which_place` is never visited (in en); add: ",
        ),
        (
            "no_organisations",
            "  - id: no_organisations",
            "5: not-visited: step `no_organisations` is never visited (in en); add: "
            "- {name: no organisations, suppose: {mp_answer.nearest: none}, script: [",
        ),
    ],
)
def test_what_is_left_out_is_named_with_its_place_and_the_shortest_script(left_out: str, key: str, said: str) -> None:
    path = ROOT / "flows/mp_answer.yaml"
    start = f"flows/mp_answer.yaml:{line_of(key, path)}:{said}"
    assert any(str(fault).startswith(start) for fault in faults_without("en", left_out))


def test_the_script_that_is_suggested_goes_there(tmp_path: Path) -> None:
    faults = faults_without("ar", "show_none", "british_forces", "sorry", "forgotten", "notice", "done")
    assert len(faults) > 8
    for fault in faults:
        what, suggested = fault.message.split("; add: ")
        assert yaml.safe_load(suggested)
        (script,) = scripts_of(tmp_path / "a.yaml", f"scripts:\n  {suggested}\n")
        played = play(WORLD, script, "ar", NOW)
        assert played.fault is None
        names = {f"{passed.step} {passed.name}".strip() for _, passed in played.visits}
        step, name = [*re.findall("`([a-z_0-9]+)`", what)[::-1], ""][:2]
        assert f"{step} {name}".strip() in names


def test_languages_in_which_it_was_not_visited_are_named() -> None:
    found = coverage([WORLD.flows["about"]], WORLD.catalogues, ["en", "ar"], visits("en"))
    messages = [fault.message for fault in not_visited(found, documents(), WORLD, NOW, 2)]
    assert messages
    assert all(re.search(r"is never visited \(in ar\); add: ", message) for message in messages)


def test_the_notice_of_an_unreviewed_language_counts_only_there() -> None:
    flow = WORLD.flows["_unreviewed"]
    for language in ("en", "ar"):
        (one,) = coverage([flow], WORLD.catalogues, [language], [])
        assert one.total == (0 if WORLD.catalogues[language].reviewed else 1)


@pytest.mark.parametrize(
    ("visited", "total", "shown"), [(0, 3, 0), (2, 3, 66), (999, 1000, 99), (3, 3, 100), (0, 0, 100)]
)
def test_a_hundred_percent_is_all(visited: int, total: int, shown: int) -> None:
    assert percent(visited, total) == shown
