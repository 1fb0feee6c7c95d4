"""Flow files -> flows: what every name must stand for, and what happens to files that are none."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content.flows import flow_paths, load_flows, read_flows
from bot.engine.model import NAVIGATION, RESERVED, Ask, Say, Target
from bot.errors import ContentError, Fault
from tests.content.editor import (
    HEAD,
    ROOT,
    SHIPPED,
    SMALL,
    brief,
    load,
    load_shipped,
    marked,
    read,
    steps,
    wander,
)

# --- what is right


def test_the_shipped_flows_have_no_fault() -> None:
    flows, faults = read(SHIPPED)
    assert faults == []
    assert set(RESERVED) < flows.keys()
    assert all(flows[name].label for name in NAVIGATION)


def test_a_flow_is_what_its_file_says(tmp_path: Path) -> None:
    text = steps(
        "{id: one, say: First., note: Never shown.}",
        "{id: two, ask: Hi?, safety: true, buttons: [{id: y, text: Yes, call: urgent}, {id: n, text: No, next: END}]}",
    )
    flows, faults = load(tmp_path, {"t.yaml": text})
    assert faults == []
    flow = flows["t"]
    assert (flow.name, flow.first, flow.command, flow.link) == ("t", "one", "t", "t")
    one, two = flow.steps.values()
    assert isinstance(one, Say)
    assert isinstance(two, Ask)
    assert (one.text.context, one.text.msgid, one.target) == ("t.one", "First.", Target("two"))
    assert two.text.safety
    # A button that calls a flow comes back to its question.
    assert [button.target for button in two.buttons] == [Target("two", call="urgent"), Target("END")]
    assert flow.slots["once"].keep == "step"


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("{id: one, say: Hi}", Target("two")),
        ("{id: one, say: Hi, next: END}", Target("END")),
        ("{id: one, say: Hi, call: urgent}", Target("two", call="urgent")),
        ("{id: one, say: Hi, call: urgent, next: END}", Target("END", call="urgent")),
        ("{id: one, goto: about}", Target(goto="about")),
        ("{id: one, call: urgent, next: END}", Target("END", call="urgent")),
    ],
)
def test_the_way_on_is_the_next_step_unless_the_step_says_otherwise(tmp_path: Path, line: str, target: Target) -> None:
    flows, _ = load(tmp_path, {"t.yaml": steps(line, "{id: two, say: There}")})
    found = flows["t"].steps["one"]
    assert not isinstance(found, Ask)
    assert getattr(found, "target", None) == target


def test_the_last_step_leads_to_the_end(tmp_path: Path) -> None:
    flows, _ = load(tmp_path, {"t.yaml": steps("{id: a, say: Hi}")})
    assert getattr(flows["t"].steps["a"], "target", None) == Target("END")


# --- names that stand for nothing (§ stands before the place that the fault names)

PLACE = "into: place, otherwise: END"
LETTER = "ready: END, signed: END, vacant: END, several: END, unknown: END"
WRONG = [
    ("unknown-step", "{id: a, say: Hi, §next: an}", "`an` is not known; did you mean `a`?"),
    ("unknown-step", "{id: a, say: Hi, §next: end}", "did you mean `END`?"),
    ("unknown-step", "{id: a, ask: Hi, buttons: [{id: b, text: B, §next: befor}]}", "did you mean `before`?"),
    (
        "unknown-step",
        "{id: a, ask: Hi, input: {type: search, into: place, §otherwise: zzz}}",
        "known here: END, a, before",
    ),
    ("unknown-step", f"{{id: a, ask: Hi, input: {{type: search, {PLACE}, §next: zzz}}}}", "known here: END, a, before"),
    ("unknown-step", "{id: a, switch: theme, next: {work: END, §home: befour}}", "did you mean `before`?"),
    ("unknown-flow", "{id: a, §call: urgnt}", "did you mean `urgent`?"),
    ("unknown-flow", "{id: a, say: Hi, §goto: abuot}", "did you mean `about`?"),
    ("unknown-flow", "{id: a, ask: Hi, buttons: [{id: b, text: B, §call: start}]}", "did you mean `_start`?"),
    (
        "unknown-flow",
        f"{{id: a, ask: Hi, input: {{type: search, {PLACE}, §goto: mp_anser}}}}",
        "did you mean `mp_answer`?",
    ),
    ("unknown-action", "{id: a, §action: leter, next: {}}", "`leter` is not known; did you mean `letter`?"),
    (
        "unknown-source",
        "{id: a, ask: Hi, input: {type: choice, §from: region, into: place}}",
        "did you mean `regions`?",
    ),
    ("unknown-slot", "{id: a, §switch: tehme, next: {work: END, home: END}}", "did you mean `theme`?"),
    ("unknown-slot", "{id: a, ask: Hi, input: {type: search, §into: plaice, otherwise: END}}", "did you mean `place`?"),
    (
        "unknown-slot",
        "{id: a, ask: Hi, buttons: [{id: b, text: B, next: END, set: {§them: work}}]}",
        "listed under `slots`",
    ),
    (
        "unknown-slot",
        f"{{id: a, action: letter, with: {{§place: palce}}, next: {{{LETTER}}}}}",
        "did you mean `place`?",
    ),
    (
        "unknown-value",
        "{id: a, ask: Hi, buttons: [{id: b, text: B, next: END, set: {§theme: wrok}}]}",
        "did you mean `work`?",
    ),
    (
        "wrong-slot",
        "{id: a, ask: Hi, buttons: [{id: b, text: B, next: END, set: {§place: x}}]}",
        "a choice slot is needed",
    ),
    ("wrong-slot", "{id: a, ask: Hi, input: {type: search, §into: theme, otherwise: END}}", "a place slot is needed"),
    ("wrong-slot", "{id: a, §switch: place, next: {}}", "`place` is a place slot; a choice slot is needed here"),
    (
        "wrong-slot",
        "{id: a, action: first_page, with: {§page: place}, next: {done: END}}",
        "a page slot is needed here",
    ),
    ("wrong-slot", "{id: a, ask: Hi, input: {type: choice, from: languages, §into: place}}", "write `into: language`"),
    (
        "unknown-slot",
        "{id: a, ask: Hi, input: {type: choice, from: regions, §into: language}}",
        "`language` is not known",
    ),
    (
        "missing-argument",
        "{id: a, §action: first_page, next: {done: END}}",
        "`first_page` needs `page`; add it under `with`",
    ),
    (
        "unknown-argument",
        "{id: a, action: first_page, with: {page: page, §pages: page}, next: {done: END}}",
        "did you mean `page`?",
    ),
    (
        "missing-outcome",
        "{id: a, action: crisis_lines, with: {place: place}, §next: {found: END}}",
        "`crisis_lines` has the outcome `none`; add it with its step",
    ),
    (
        "unknown-outcome",
        "{id: a, action: first_page, with: {page: page}, next: {done: END, §doen: END}}",
        "did you mean `done`?",
    ),
    ("missing-outcome", "{id: a, switch: theme, §next: {work: END}}", "the slot `theme` has the value `home`; add it"),
    ("unknown-outcome", "{id: a, switch: theme, next: {work: END, home: END, §hom: END}}", "did you mean `home`?"),
    ("duplicate-step", "{§id: before, say: Hi}", "`before` already stands on line 11; rename one"),
    (
        "duplicate-button",
        "{id: a, ask: Hi, buttons: [{id: b, text: B, next: END}, {§id: b, text: C, next: END}]}",
        "the button `b` stands twice; rename one",
    ),
    (
        "duplicate-means",
        "{id: a, ask: Hi, buttons: [{id: b, text: B, means: 'no', next: a}, {id: c, text: C, §means: 'no', next: a}]}",
        "another button here also means `no`; remove `means` from one",
    ),
    ("no-way-on", "{id: a, ask: Hi, buttons: [§{id: b, text: B}]}", "add `next`, `call` or `goto`"),
    (
        "goto-and-next",
        "{id: a, say: Hi, next: END, §goto: about}",
        "`goto` does not come back; remove `next` or `call`",
    ),
    (
        "goto-and-next",
        "{id: a, ask: Hi, buttons: [{id: b, text: B, call: urgent, §goto: about}]}",
        "`goto` does not come back",
    ),
    (
        "goto-and-next",
        f"{{id: a, ask: Hi, input: {{type: search, {PLACE}, next: END, §goto: about}}}}",
        "remove `next`",
    ),
    (
        "duplicate-label",
        "{id: a, ask: Hi, buttons: [{id: b, text: Go on, next: END}, {id: c, §text: go On, next: END}]}",
        "another button here is also `go On`; choose other words",
    ),
    (
        "reserved-label",
        "{id: a, ask: Hi, buttons: [{id: b, §text: button _forget, next: END}]}",
        "`button _forget` already opens `_forget` on every card; choose other words",
    ),
]


@pytest.mark.parametrize(("rule", "line", "remedy"), WRONG, ids=lambda value: f"{value:.60}")
def test_a_name_that_stands_for_nothing_is_named_with_its_place_and_the_remedy(
    tmp_path: Path, rule: str, line: str, remedy: str
) -> None:
    text, place = marked(steps("{id: before, say: Right}", line))
    _, faults = load(tmp_path, {"t.yaml": text})
    assert brief(faults) == [("t.yaml", *place, rule)]
    assert remedy in faults[0].message


WHOLE_FILES = [
    ("flow-name", "t.yaml", steps("{id: a, say: Hi}").replace("flow: t", "§flow: tt"), "so write `t`"),
    ("flow-name", "My flow.yaml", steps("{id: a, say: Hi}").replace("flow: t", "§flow: t"), "rename it to `t.yaml`"),
    (
        "reserved-name",
        "_halp.yaml",
        SMALL["_error"].replace("flow: _error", "§flow: _halp"),
        "did you mean `_help`?",
    ),
    ("file-name", "t.yml", steps("{id: a, say: Hi}"), "rename it to `t.yaml`"),
    (
        "duplicate-start",
        "t.yaml",
        steps("{id: a, say: Hi}").replace("command: t", "§command: mp"),
        "opens the flow `mp_answer`",
    ),
    (
        "duplicate-start",
        "t.yaml",
        steps("{id: a, say: Hi}").replace("link: t", "§link: mp"),
        "the link `mp` already opens",
    ),
    (
        "reserved-command",
        "t.yaml",
        steps("{id: a, say: Hi}").replace("command: t", "§command: start"),
        "opens `_start`",
    ),
    ("reserved-slot", "t.yaml", steps("{id: a, say: Hi}").replace("  page:", "  §language:"), "choose another name"),
    (
        "slot-clash",
        "t.yaml",
        steps("{id: a, say: Hi}").replace("  once:", "  §topic:"),
        "another kind of slot in `find_help`",
    ),
    (
        "label-missing",
        "_forget.yaml",
        SMALL["_forget"].replace("label: Button _forget\n", "").replace("fl", "§fl"),
        "add `label`",
    ),
]


@pytest.mark.parametrize(("rule", "name", "text", "remedy"), WHOLE_FILES, ids=lambda value: f"{value:.20}")
def test_a_file_that_does_not_fit_the_others_is_named(
    tmp_path: Path, rule: str, name: str, text: str, remedy: str
) -> None:
    written, place = marked(text)
    _, faults = load(tmp_path, {name: written})
    assert brief(faults) == [(name, *place, rule)]
    assert remedy in faults[0].message


@pytest.mark.parametrize("name", RESERVED)
def test_every_reserved_flow_must_be_there(name: str) -> None:
    # What other flows say about a flow that is missing is not the point here.
    _, faults = read(path for path in SHIPPED if path.stem != name)
    assert [fault for fault in faults if fault.rule == "reserved-missing"] == [
        Fault("flows", 0, 0, "reserved-missing", f"the flow `{name}` is missing; add {name}.yaml")
    ]


def test_a_message_lists_only_some_of_very_many_names(tmp_path: Path) -> None:
    lines = [f"{{id: step{number}, say: Hi}}" for number in range(30)]
    _, faults = load(tmp_path, {"t.yaml": steps(*lines, "{id: last, goto: zzzzzzzz, next: zzzzzzzz}")})
    assert all(len(fault.message) < 400 for fault in faults)
    assert any("and others" in fault.message for fault in faults) or len(SHIPPED) < 20


# --- all at once


def test_the_faults_of_several_files_are_reported_at_once(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "one.yaml": "version: 1\nflow: one\ndescription: x\nsteps:\n\t- id: a\n",
        "two.yaml": b"version: 1\nflow: two\ndescription: caf\xe9\n",
        "three.yaml": "version: 1\nflow: three\nsteps: [{id: a, sey: Hi}]\n",
        "four.yaml": "version: 1\nflow: four\ndescription: x\nsteps: [{id: a, goto: nowhere}]\n",
        "five.yaml": "version: 1\nflow: five\ndescription: x\nsteps: [{id: a, say: '{member}'}]\n",
        "six.yaml": "version: 1\nflow: six\ndescription: x\nsteps: [{id: a, goto: six}]\n",
    }
    _, faults = load(tmp_path, files)
    assert brief(faults) == [
        ("five.yaml", 4, 17, "unknown-placeholder"),
        ("four.yaml", 4, 17, "unknown-flow"),
        ("one.yaml", 5, 1, "yaml"),
        ("six.yaml", 4, 10, "loop-without-question"),
        ("three.yaml", 1, 1, "missing-key"),
        ("three.yaml", 3, 17, "unknown-key"),
        ("two.yaml", 3, 17, "not-utf-8"),
    ]


def test_a_file_that_cannot_be_read_makes_no_faults_in_those_that_name_it(tmp_path: Path) -> None:
    _, faults = load(tmp_path, {"urgent.yaml": "version: 1\n", "_help.yaml": b"\xff"})
    assert {Path(fault.file).name for fault in faults} == {"urgent.yaml", "_help.yaml"}


def test_loading_raises_with_every_fault(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="The flows cannot be used") as caught:
        load_flows(tmp_path)
    assert [fault.rule for fault in caught.value.faults] == ["reserved-missing"] * len(RESERVED)
    assert load_flows(ROOT / "flows").keys() == {path.stem for path in SHIPPED}


# --- files that are none


def test_only_flow_files_are_read(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yml", ".#a.yaml", "._a.yaml", "a.yaml~", "a.yaml.swp", "notes.txt", "a.json"):
        (tmp_path / name).write_text("")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "c.yaml").write_text("")
    assert [path.name for path in flow_paths(tmp_path)] == ["a.yml", "b.yaml"]
    assert flow_paths(tmp_path / "nowhere") == []


def test_a_folder_and_a_link_to_nowhere_are_faults_and_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nothing")
    _, faults = load_shipped(tmp_path, {})
    assert brief(faults) == [
        ("folder.yaml", 0, 0, "unreadable"),
        ("gone.yaml", 0, 0, "unreadable"),
        ("loop.yaml", 0, 0, "unreadable"),
    ]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "empty"),
        (b"- a\n- b\n", "wrong-value"),
        (b"hello", "wrong-value"),
        (b"\x00" * 500, "control-character"),
        (b"\x89PNG\r\n\x1a\n", "not-utf-8"),
        (b"PK\x03\x04", "control-character"),
        (b"[" * 100_000, "too-deep"),
        (b"x: " + b"a" * 10_000_000, "too-big"),
        (b"a: &a [x]\nb: &b [*a, *a]\n", "no-anchors"),
        (b"<html>\n<body style='color: red'>\n", "yaml"),
        (b'{"version": 1, "flow": "t"}', "missing-key"),
    ],
    ids=lambda value: f"{value!r:.30}",
)
def test_whatever_lies_in_a_flow_file_is_at_most_a_fault_of_it(tmp_path: Path, data: bytes, rule: str) -> None:
    _, faults = load(tmp_path, {"t.yaml": data})
    assert {fault.rule for fault in faults} == {rule}
    assert {Path(fault.file).name for fault in faults} == {"t.yaml"}


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    for path in SHIPPED:
        text = path.read_text(encoding="utf-8").replace("\n", "\r\n")
        (tmp_path / path.name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    flows, faults = read(flow_paths(tmp_path))
    assert faults == []
    assert flows == read(SHIPPED)[0]


# --- whatever an editor does to a shipped file

_LINE_CHANGES = ("delete", "double", "swap", "indent", "dedent", "cut", "key", "word", "mark")


def change(text: str, chance: Random, words: list[str]) -> str:
    """The text after one slip of an editor."""
    lines = text.split("\n")
    here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
    line = lines[here]
    match chance.choice(_LINE_CHANGES):
        case "delete":
            del lines[here]
        case "double":
            lines.insert(there, line)
        case "swap":
            lines[here], lines[there] = lines[there], line
        case "indent":
            lines[here] = "  " + line
        case "dedent":
            lines[here] = line.removeprefix("  ")
        case "cut":
            return text[: chance.randrange(len(text))]
        case "key":
            lines[here] = re.sub(
                r"([a-z]+):", lambda key: chance.choice([key[1][:-1], key[1] + "s", ""]) + ":", line, count=1
            )
        case "word":
            found = re.findall(r"[a-z_]{3,}", line)
            old = chance.choice(found) if found else line
            lines[here] = line.replace(old, chance.choice(words), 1) if old else line
        case _:
            at = chance.randrange(len(line) + 1)
            lines[here] = line[:at] + chance.choice("{}[]:,'\"|-#*&! \t") + line[at:]
    return "\n".join(lines)


WORDS = sorted({word for path in SHIPPED for word in re.findall(r"[a-z_]{3,}", path.read_text(encoding="utf-8"))})
NAMES = [word for word in WORDS if "_" in word or word in ("place", "topic", "page", "urgent", "about", "list")]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("flows")


@given(chance=st.randoms(use_true_random=False), name=st.sampled_from(SHIPPED), slips=st.integers(1, 3))
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_slip_in_a_shipped_flow_is_accepted_or_reported_and_what_is_accepted_can_be_talked_to(
    workplace: Path, chance: Random, name: Path, slips: int
) -> None:
    shutil.rmtree(workplace)
    workplace.mkdir()
    text = name.read_text(encoding="utf-8")
    for _ in range(slips):
        text = change(text, chance, NAMES) or text
    flows, faults = load_shipped(workplace, {name.name: text})
    for fault in faults:
        assert Path(fault.file).suffix in (".yaml", "")
        assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", fault.rule)
        assert fault.line <= text.count("\n") + 1 or Path(fault.file).name != name.name
    if not faults:
        wander(flows, chance)


def test_reading_changes_nothing_and_twice_gives_the_same() -> None:
    faults: list[Fault] = []
    assert read_flows(SHIPPED, faults) == read_flows(reversed(SHIPPED), faults)
    assert faults == []


def test_the_small_bot_of_these_examples_has_no_fault(tmp_path: Path) -> None:
    assert load(tmp_path, {"t.yaml": HEAD + "  - {id: a, say: Hi}\n"})[1] == []
