"""Diagrams show every step and every way of a flow, as words, as Mermaid and as a picture."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest
import yaml

from bot.content.diagram import Diagram, described, flow_diagram, markdown, mermaid, overview
from bot.content.diagram_picture import picture
from bot.content.ways import targets_of
from bot.engine.model import END, Act, Ask, Flow, Switch
from tests.content.editor import load, steps
from tests.content.invented import invented_flows
from tests.engine.talk import FLOWS

SVG = "{http://www.w3.org/2000/svg}"


def small(folder: Path, *lines: str) -> Diagram:
    """The diagram of a flow with these steps, one a line."""
    flows, faults = load(folder, {"t.yaml": steps(*lines)})
    assert not faults
    return flow_diagram(flows["t"])


def ways(diagram: Diagram) -> set[tuple[str, str, str, bool]]:
    """Each way: from, label, the title of where it leads, whether it comes back."""
    titles = {box.name: box.title for box in diagram.boxes}
    return {
        (box.title, label, titles[way.to], way.call)
        for box in diagram.boxes
        for way in box.ways
        for label in way.labels or ("",)
    }


def expected(flow: Flow) -> set[tuple[str, str, bool]]:
    """Each way of a flow by the rules of the checker: from, where it leads first, whether it comes back."""
    return {
        (name, target.goto or target.call or target.step, target.call is not None)
        for name, step in flow.steps.items()
        for _, target in targets_of(step)
    }


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - our own


def wraps(svg: str) -> str:
    """All words of a picture, so that a label that is broken into lines is found."""
    return " ".join(texts(svg))


# --- what is shown


@pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)
def test_every_step_and_every_way_of_the_shipped_flows_is_there(flow: Flow) -> None:
    diagram = flow_diagram(flow)
    assert set(flow.steps) <= {box.name for box in diagram.boxes}
    drawn = {(one, other, call) for one, _, other, call in ways(diagram) if one in flow.steps}
    assert drawn == expected(flow)


@pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)
def test_every_button_outcome_and_value_is_a_label(flow: Flow) -> None:
    labels = {(one, label) for one, label, _, _ in ways(flow_diagram(flow))}
    for name, step in flow.steps.items():
        if isinstance(step, Ask):
            assert {(name, button.id) for button in step.buttons} <= labels
            assert not step.input or (name, step.input.source or step.input.type) in labels
        elif isinstance(step, Act | Switch):
            assert {(name, outcome) for outcome in step.targets} <= labels


def test_each_kind_of_way_is_told(tmp_path: Path) -> None:
    diagram = small(
        tmp_path,
        "{id: a, ask: Which?, input: {type: postcode, into: place, otherwise: d, next: b}, "
        "buttons: [{id: one, text: One, call: urgent}, {id: two, text: Two, call: urgent, next: d}, "
        "{id: three, text: Three, goto: find_help}, {id: four, text: Four, set: {theme: work}, next: c}]}",
        "{id: b, action: place_kind, with: {place: place}, next: {"
        + ", ".join(f"{outcome}: {'d' if outcome == 'unset' else END}" for outcome in PLACE_KINDS)
        + "}}",
        "{id: c, switch: theme, next: {work: d, home: END}}",
        "{id: d, say: Bye, call: about, next: END}",
    )
    assert ways(diagram) == {
        ("a", "postcode", "b", False),
        ("a", "otherwise", "d", False),
        ("a", "one", "urgent", True),
        ("a", "two", "urgent", True),
        ("urgent", "", "d", True),
        ("a", "three", "find_help", False),
        ("a", "four", "c", False),
        *(("b", outcome, "d" if outcome == "unset" else END, False) for outcome in PLACE_KINDS),
        ("c", "work", "d", False),
        ("c", "home", END, False),
        ("d", "", "about", True),
    }
    words = {(box.title, box.words) for box in diagram.boxes}
    assert {("urgent", "and back"), ("urgent", ""), ("about", "then END"), ("b", "place_kind")} <= words


PLACE_KINDS = (
    *("found", "chosen", "several", "terminated", "newer", "partial", "search", "northern_ireland", "no_mp"),
    *("british_forces", "not_found", "area", "unset"),
)


def test_first_words_are_plain_and_short(tmp_path: Path) -> None:
    diagram = small(tmp_path, "{id: a, say: '**Look** at [the page](https://www.gov.uk/) " + "and on " * 30 + "'}")
    (words,) = [box.words for box in diagram.boxes if box.name == "a"]
    assert words.startswith("Look at the page and on")
    assert words.endswith("…")
    assert len(words) <= 72


def test_the_overview_shows_every_flow_and_how_it_opens() -> None:
    diagram = overview(FLOWS)
    assert {box.name for box in diagram.boxes} == set(FLOWS)
    words = {box.name: box.words for box in diagram.boxes}
    assert words["ask_mp"] == "/mp · link mp"
    found = {(box.name, way.to, way.call) for box in diagram.boxes for way in box.ways}
    assert found == {
        (name, target.goto or target.call, target.call is not None)
        for name, flow in FLOWS.items()
        for step in flow.steps.values()
        for _, target in targets_of(step)
        if target.goto or target.call
    }


# --- Mermaid


def test_mermaid_names_each_box_once_and_draws_calls_dashed(tmp_path: Path) -> None:
    diagram = small(
        tmp_path,
        "{id: a, ask: 'Say \"hello\" 1 < 2', buttons: [{id: one, text: One, call: urgent}, "
        "{id: end, text: Two, next: b}, {id: on, text: On, next: b}]}",
        "{id: b, say: Bye}",
    )
    assert mermaid([diagram]).splitlines() == [
        "flowchart LR",
        '  x_t__a["a<br/>Say #34;hello#34; 1 #60; 2"]',
        '  x_t__a_call_urgent_a(["urgent<br/>and back"])',
        '  x_t__b["b<br/>Bye"]',
        '  x_t__b_END(("END"))',
        '  x_t__a -.->|"one"| x_t__a_call_urgent_a',
        '  x_t__a -->|"end, on"| x_t__b',
        "  x_t__b --> x_t__b_END",
    ]


def test_several_flows_are_parts_of_one_chart() -> None:
    text = mermaid([flow_diagram(FLOWS["ask_mp"]), flow_diagram(FLOWS["find_help"])])
    assert text.count("flowchart LR") == 1
    assert re.findall(r"subgraph (\S+)", text) == ["x_flow__ask_mp", "x_flow__find_help"]
    assert text.count("\n  end\n") == 2


def test_markdown_has_a_chart_for_each_flow() -> None:
    text = markdown([flow_diagram(FLOWS["ask_mp"]), flow_diagram(FLOWS["find_help"])])
    assert re.findall("^# .*", text, re.MULTILINE) == ["# The flow ask_mp", "# The flow find_help"]
    assert text.count("```mermaid\nflowchart LR\n") == text.count("\n```\n") == 2


# --- the picture


@pytest.mark.parametrize("name", ["mp_answer", "find_help", "ask_mp", "_start", "_forget"])
def test_a_picture_has_a_box_for_each_step_and_names_each_label(name: str) -> None:
    diagram = flow_diagram(FLOWS[name])
    svg = picture([diagram])
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own
    titles = [text.text for text in root.iter(f"{SVG}text") if "font-weight" in text.attrib]
    for step in FLOWS[name].steps:
        assert titles.count(step) == 1
    whole = wraps(svg)
    for box in diagram.boxes:
        for way in box.ways:
            assert ", ".join(way.labels) in whole


def test_a_picture_has_an_arrow_for_each_way_and_calls_are_dashed() -> None:
    diagram = flow_diagram(FLOWS["mp_answer"])
    root = ElementTree.fromstring(picture([diagram]))  # noqa: S314 - our own
    arrows = [path for path in root.iter(f"{SVG}path") if "marker-end" in path.attrib]
    drawn = [way for box in diagram.boxes for way in box.ways]
    assert len(arrows) == len(drawn)
    assert sum("stroke-dasharray" in path.attrib for path in arrows) == sum(way.call for way in drawn) > 0


def boxes_of(svg: str) -> list[tuple[float, float, float, float]]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own
    found = [rect.attrib for rect in root.iter(f"{SVG}rect") if "rx" in rect.attrib]
    return [(float(one["x"]), float(one["y"]), float(one["width"]), float(one["height"])) for one in found]


def assert_readable(svg: str) -> None:
    """No box lies on another, and everything lies on the picture."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    boxes = boxes_of(svg)
    for at, (x, y, w, h) in enumerate(boxes):
        assert min(x, y) >= 0
        assert x + w <= width
        assert y + h <= height
        for other_x, other_y, other_w, other_h in boxes[:at]:
            apart = x >= other_x + other_w or other_x >= x + w or y >= other_y + other_h or other_y >= y + h
            assert apart
    for path in root.iter(f"{SVG}path"):
        if "marker-end" in path.attrib:
            numbers = [float(one) for one in re.findall(r"[-\d.]+", path.attrib["d"])]
            assert all(0 <= x <= width for x in numbers[::2])
            assert all(0 <= y <= height for y in numbers[1::2])


@pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)
def test_the_shipped_flows_can_be_read(flow: Flow) -> None:
    assert_readable(picture([flow_diagram(flow)]))


def test_the_overview_can_be_read() -> None:
    assert_readable(picture([overview(FLOWS)]))


def test_any_flow_can_be_drawn(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Also one that leads to itself, or round in circles."""
    drawn = 0
    for seed in range(120):
        files = {f"{name}.yaml": yaml.safe_dump(file) for name, file in invented_flows(Random(seed)).items()}  # noqa: S311
        flows, faults = load(tmp_path_factory.mktemp("flows"), files)
        if faults:
            continue
        for name in files:
            flow = flows[name.removesuffix(".yaml")]
            diagram = flow_diagram(flow)
            found = {(one, other, call) for one, _, other, call in ways(diagram) if one in flow.steps}
            assert found == expected(flow)
            assert_readable(picture([diagram]))
            drawn += 1
        assert_readable(picture([overview(flows)]))
    assert drawn > 10


def test_a_way_back_is_named_beside_its_step() -> None:
    shown = texts(picture([flow_diagram(FLOWS["find_help"])]))
    assert "back to ask_topic" in shown


def test_several_flows_stand_below_each_other() -> None:
    one, two = flow_diagram(FLOWS["ask_mp"]), flow_diagram(FLOWS["find_help"])
    shown = texts(picture([one, two]))
    assert shown.index("The flow ask_mp") < shown.index("The flow find_help")


def test_whoever_cannot_see_the_picture_is_told_the_same() -> None:
    diagram = flow_diagram(FLOWS["find_help"])
    root = ElementTree.fromstring(picture([diagram]))  # noqa: S314 - our own
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert (title.text, desc.text) == ("The flow find_help", described(diagram))
    assert root.attrib["role"] == "img"
    assert (root.attrib["aria-labelledby"], root.attrib["aria-describedby"]) == (title.attrib["id"], desc.attrib["id"])
    told = (desc.text or "").splitlines()
    assert "list (action). more: show_more; last: show_last; none: show_none." in told
    assert all(any(line.startswith(f"{step} (") for line in told) for step in FLOWS["find_help"].steps)


def test_a_picture_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    svg = picture([overview(FLOWS), *map(flow_diagram, FLOWS.values())])
    kinds = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()}  # noqa: S314 - our own
    assert kinds == {"svg", "title", "desc", "defs", "marker", "path", "rect", "g", "text", "line"}
    assert "://" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"\bhref|\bon[a-z]+=|style=|url\((?!#arrow\))", svg)


def test_the_same_flows_make_the_same_file() -> None:
    """Also in another process, where sets are in another order."""
    program = (
        "from pathlib import Path; from bot.content.flows import load_flows; from bot.content.diagram import *; "
        "from bot.content.diagram_picture import picture; flows = load_flows(Path('flows')); "
        "print(picture([overview(flows), *map(flow_diagram, flows.values())]), end='')"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parents[2],
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(made) == 1
