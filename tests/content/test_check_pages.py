"""docs/checks has a page for every rule about flows, and each page is right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot import yamlfile
from bot.content import exploration, reading_ease, rendering
from bot.content.check import check_conversation, check_reading
from bot.content.exploration import explore
from bot.content.flow_file import MAX_BUTTONS
from bot.content.flows import FlowDocument, flow_paths, read_flows
from bot.content.reading_ease import MAX_WORDS_IN_A_SENTENCE
from bot.content.rendering import render
from bot.content.text_rules import MAX_LABEL, MAX_TEXT
from bot.content.ways import MAX_SILENT
from bot.engine.measure import KEY_BYTES, KEYBOARD_KEYS
from bot.engine.model import END, Ask, Button, Flow, Say, Step, Target, Text
from bot.engine.wording import ENGLISH
from bot.engine.world import World
from bot.errors import Fault
from bot.yamlfile import MAX_BYTES, MAX_DEPTH, MAX_FAULTS
from tests.content.editor import HEAD, ROOT, SMALL, load, load_shipped, steps, write
from tests.content.test_guide import rules_of
from tests.engine.talk import FLOWS
from tests.fake_facts import FACTS, TODAY

FOLDER = ROOT / "docs" / "checks"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md") if path.stem != "README"}
INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")
MARK = "# <- here"

LOADER = ("yamlfile", *(f"content/{name}" for name in ("claim_rules", "flow_rules", "flows", "text_rules", "ways")))
CONVERSATION = {
    rule
    for module in (exploration, rendering, reading_ease)
    for rule in rules_of(ROOT / "bot" / "content" / f"{module.__name__.split('.')[-1]}.py")
}
RULES = (
    {rule for name in LOADER for rule in rules_of(ROOT / "bot" / f"{name}.py")}
    | CONVERSATION
    | {"wrong-value", *yamlfile._RULES.values()}
)


def example(rule: str, kind: str) -> str | None:
    """The wrong or the right example of a page."""
    found: list[str] = re.findall(rf"```yaml {kind}\n(.*?)```", PAGES[rule], re.DOTALL)
    assert len(found) < 2
    return found[0] if found else None


def meaning(rule: str) -> str:
    """The first sentence of a page."""
    return PAGES[rule].split("\n\n")[1].split(". ")[0].rstrip(".\n")


EXAMPLES = sorted(rule for rule in PAGES if example(rule, "wrong"))


def files(text: str) -> dict[str, str]:
    """The file that an example stands for: a whole one, or steps of `t`."""
    if text.startswith("- id:"):
        return {"t.yaml": HEAD + "".join(f"  {line}\n" for line in text.rstrip("\n").split("\n"))}
    name = re.search(r"^flow: (\w+)", text, re.MULTILINE)
    return {f"{name[1] if name and 'flow: travel_costs' not in text else 'travel'}.yaml": text}


def everything(folder: Path, text: str) -> list[Fault]:
    """What is said about an example: among the shipped flows by the loader, and if that finds nothing, in the small bot
    by whoever goes through the whole conversation."""
    given = files(text)
    faults = load_shipped(folder, given)[1]
    small = folder / "small"
    small.mkdir()
    write(small, {f"{name}.yaml": one for name, one in SMALL.items()})
    write(small, given)
    documents: dict[str, FlowDocument] = {}
    flows = read_flows(flow_paths(small), [], documents)
    if not faults:
        faults += check_conversation(World(flows, {"en": ENGLISH}, FACTS), documents, folder, TODAY).faults
    faults += check_reading(documents.values())
    return [fault for fault in faults if Path(fault.file).name in given]


# --- there is a page for each


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert PAGES.keys() == RULES
    assert len(RULES) > 75


@pytest.mark.parametrize("rule", sorted(PAGES))
def test_a_page_says_what_is_wrong_for_whom_and_how_to_mend_it(rule: str) -> None:
    title, what, *others = PAGES[rule].split("\n\n")
    assert title == f"# {rule}"
    assert what.rstrip().endswith(".")
    assert [one.split("**")[1] for one in others[:2]] == ["For the person who chats:", "How to mend it:"]


def test_the_index_lists_every_page_with_its_first_sentence() -> None:
    rows = [f"| [`{rule}`]({rule}.md) | {meaning(rule)} |" for rule in sorted(PAGES)]
    assert INDEX.endswith("|---|---|\n" + "\n".join(rows) + "\n")


def test_the_index_shows_the_slots_of_the_examples() -> None:
    (slots,) = re.findall(r"```yaml\n(slots:\n.*?)```", INDEX, re.DOTALL)
    assert slots in HEAD


def test_a_link_in_a_page_leads_somewhere() -> None:
    for text in (*PAGES.values(), INDEX):
        for path, anchor in re.findall(r"\]\(([\w./-]+\.md)(?:#([\w-]+))?\)", text):
            target = (FOLDER / path).read_text(encoding="utf-8")
            headings = {
                re.sub(r"[^\w -]", "", line.lstrip("# ").lower()) for line in target.split("\n") if line[:1] == "#"
            }
            assert not anchor or anchor in {heading.replace(" ", "-") for heading in headings}


# --- the examples


@pytest.mark.parametrize("rule", EXAMPLES)
def test_the_wrong_example_is_named_by_the_rule_at_the_marked_line(tmp_path: Path, rule: str) -> None:
    wrong = example(rule, "wrong") or ""
    faults = everything(tmp_path, wrong)
    (text,) = files(wrong).values()
    marked = [number for number, line in enumerate(text.split("\n"), 1) if MARK in line]
    assert [fault.line for fault in faults if fault.rule == rule] == (marked or [0])
    assert {fault.rule for fault in faults} == {rule}


@pytest.mark.parametrize("rule", EXAMPLES)
def test_the_right_example_has_no_finding(tmp_path: Path, rule: str) -> None:
    right = example(rule, "right") or ""
    assert MARK not in right
    assert everything(tmp_path, right) == []


# --- rules that need more than an example


def loaded(folder: Path, given: Mapping[str, str | bytes], gone: str = "") -> set[str]:
    """The rules that the loader names for these files in the small bot, without one of its own."""
    write(folder, {f"{name}.yaml": text for name, text in SMALL.items() if name != gone})
    write(folder, given)
    faults: list[Fault] = []
    read_flows(flow_paths(folder), faults)
    return {fault.rule for fault in faults}


def tried(folder: Path, *changed: Flow, **files: str) -> set[str]:
    """The rules that the whole conversation breaks: in the small bot with these files, and then with these flows, which
    no file can give, because the loader refuses them."""
    flows = dict(load(folder, {f"{name}.yaml": text for name, text in files.items()})[0])
    flows |= {flow.name: flow for flow in changed}
    found = explore(flows)
    unfit = render(World(flows, {"en": ENGLISH}, FACTS), found.cards, TODAY)
    return {*(one.rule for one in found.troubles), *(one.rule for one in unfit)} - {
        "asks-before-privacy",
        "never-reached",
    }


def flow_of(step: Step, name: str = "t") -> Flow:
    """A flow of one step."""
    return Flow(name, "", {step.id: step}, step.id, {}, command=name.strip("_"), link=name, label=Text(name, name))


def says(target: str) -> Say:
    return Say("a", Text("t.a", "Hello."), Target(target))


def asks(count: int, letters: int) -> Ask:
    """A question with so many buttons, whose ids have so many letters."""
    ids = [f"b{number:0{letters - 1}}" for number in range(count)]
    return Ask("a", Text("t.a", "Hm?"), tuple(Button(one, Text("t.a", f"Word {one[-4:]}"), Target(END)) for one in ids))


LONG = "word " * 500
NO_LABELS = [replace(flow, label=None) for flow in FLOWS.values()]
BEYOND_EXAMPLES: dict[str, Callable[[Path], set[str]]] = {
    "unreadable": lambda folder: (folder / "t.yaml").mkdir() or loaded(folder, {}),  # type: ignore[func-returns-value]
    "too-big": lambda folder: loaded(folder, {"t.yaml": "#" * (MAX_BYTES + 1)}),
    "not-utf-8": lambda folder: loaded(folder, {"t.yaml": steps("{id: a, say: Café}").encode("latin-1")}),
    "more-faults": lambda folder: loaded(folder, {"t.yaml": steps(*["{id: A, say: Hi}"] * (MAX_FAULTS + 1))}),
    "file-name": lambda folder: loaded(folder, {"travel.yml": steps("{id: a, say: Hi}")}),
    "reserved-missing": lambda folder: loaded(folder, {}, gone="_back"),
    "too-long-without-question": lambda folder: loaded(
        folder, {"t.yaml": steps(*(f"{{id: a{number}, say: Hi}}" for number in range(MAX_SILENT + 1)))}
    ),
    "text-too-long": lambda folder: loaded(folder, {"t.yaml": steps(f"{{id: a, say: {LONG * 2}}}")}),
    "card-in-two-messages": lambda folder: tried(
        folder, t=steps(f"{{id: a, say: {LONG}}}", f"{{id: b, ask: {LONG}, buttons: [{{id: x, text: X, next: END}}]}}")
    ),
    "no-question": lambda folder: tried(folder, flow_of(says(END), "_start")),
    "no-way-out": lambda folder: tried(folder, *NO_LABELS),
    "endless": lambda folder: tried(folder, flow_of(says("a"))),
    "crash": lambda folder: tried(folder, flow_of(says("gone"))),
    "too-many-buttons": lambda folder: tried(folder, flow_of(asks(KEYBOARD_KEYS, 8))),
    "button-data": lambda folder: tried(folder, flow_of(asks(1, KEY_BYTES))),
}


@pytest.mark.parametrize("rule", sorted(PAGES.keys() - set(EXAMPLES)))
def test_a_rule_without_an_example_is_broken_in_another_way(tmp_path: Path, rule: str) -> None:
    found = BEYOND_EXAMPLES[rule](tmp_path)
    assert rule in found
    assert found <= {rule, *ALSO.get(rule, ())}


ALSO = {"more-faults": ["wrong-value"], "file-name": ["unknown-flow"]}


def test_the_pages_name_the_limits_that_there_are() -> None:
    for rule, limit in (
        ("too-big", f"{MAX_BYTES:,}"),
        ("too-deep", MAX_DEPTH),
        ("more-faults", MAX_FAULTS),
        ("too-long-without-question", MAX_SILENT),
        ("text-too-long", f"{MAX_TEXT:,}"),
        ("label-too-long", MAX_LABEL),
        ("too-many-buttons", MAX_BUTTONS),
        ("too-many-buttons", KEYBOARD_KEYS),
        ("button-data", KEY_BYTES),
        ("long-sentence", MAX_WORDS_IN_A_SENTENCE),
    ):
        assert re.search(rf"\b{limit}\b", PAGES[rule]), rule
