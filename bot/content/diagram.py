"""A flow as boxes and arrows, and all flows as they lead to each other; told as Mermaid text.

Each step is a box, with a line for each way on: a button's id, an action's outcome, a slot's value. Where a way leaves
the flow, a small box beside the step names the flow that it opens. bot/content/diagram_picture.py draws the same.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.engine.model import END, Act, Ask, Flow, Jump, Say, Step, Switch, Target
from bot.engine.wording import PLACEHOLDER

Kind = Literal["ask", "say", "action", "switch", "jump", "flow", "end"]
_FIRST_WORDS: Final = 72
_MARKUP: Final = re.compile(r"\*\*|\[([^\]\n]+)\]\([^)\s]+\)|^- ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Way:
    """An arrow to a box. `labels`: what leads there, none for the only way on. `call`: it comes back."""

    to: str
    labels: tuple[str, ...] = ()
    call: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A step, or what lies outside the flow. `words` are the first ones that people see, or what the step does."""

    name: str
    title: str
    kind: Kind
    words: str = ""
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagram:
    """Boxes in the order of the file; every way leads to one of them."""

    name: str
    title: str
    about: str
    boxes: tuple[Box, ...]


def flow_diagram(flow: Flow) -> Diagram:
    """One flow, step by step."""
    boxes: dict[str, Box] = {}
    for step in flow.steps.values():
        outside: dict[str, Box] = {}
        found: dict[tuple[str, bool], list[str]] = {}
        for label, target in _ways(step):
            box, call = _outside(step.id, target)
            if box is not None:
                outside.setdefault(box.name, box)
            labels = found.setdefault((box.name if box else target.step, call), [])
            labels += [label] if label else []
        ways = tuple(Way(to, tuple(labels), call) for (to, call), labels in found.items())
        boxes[step.id] = Box(step.id, step.id, _KINDS[type(step)], _words(step), ways)
        boxes |= outside
    return Diagram(flow.name, f"The flow {flow.name}", flow.description, tuple(boxes.values()))


def overview(flows: Mapping[str, Flow]) -> Diagram:
    """All flows, and which opens which."""
    boxes = []
    for flow in flows.values():
        ways: dict[tuple[str, bool], None] = {}
        for step in flow.steps.values():
            for _, target in _ways(step):
                for other, call in ((target.call, True), (target.goto, False)):
                    if other:
                        ways[other, call] = None
        opens = [f"/{flow.command}"] if flow.command else []
        opens += [f"link {flow.link}"] if flow.link else []
        words = " · ".join(opens) or flow.description
        boxes.append(Box(flow.name, flow.name, "flow", _short(words), tuple(Way(to, (), call) for to, call in ways)))
    about = (
        "Each box is a flow. A line leads to the flow that it goes to; a dashed line to one that it comes back from."
    )
    return Diagram("flows", "All flows", about, tuple(boxes))


def mermaid(diagrams: Sequence[Diagram]) -> str:
    """The diagrams as one Mermaid flowchart, several of them as its parts."""
    lines = ["flowchart LR"]
    for diagram in diagrams:
        if len(diagrams) > 1:
            lines.append(f'  subgraph {_id("flow", diagram.name)} ["{_escaped(diagram.title)}"]')
        lines += [f"  {line}" for line in _mermaid_lines(diagram)]
        if len(diagrams) > 1:
            lines.append("  end")
    return "\n".join(lines) + "\n"


def markdown(diagrams: Sequence[Diagram]) -> str:
    """The diagrams as a page of Markdown, which many websites show as pictures."""
    return "\n".join(f"# {one.title}\n\n{one.about}\n\n```mermaid\n{mermaid([one])}```\n" for one in diagrams)


def described(diagram: Diagram) -> str:
    """The diagram in words, for people who cannot see it."""
    boxes = {box.name: box for box in diagram.boxes}
    told = [diagram.about]
    for box in diagram.boxes:
        ways = [
            f"{' or '.join(way.labels) or 'then'}: {'calls ' if way.call else ''}{boxes[way.to].title}"
            for way in box.ways
        ]
        if ways or box.kind not in ("flow", "end"):
            told.append(f"{box.title} ({box.kind}). {'; '.join(ways)}.")
    return "\n".join(told)


_KINDS: Final[Mapping[type[Step], Kind]] = {Ask: "ask", Say: "say", Act: "action", Switch: "switch", Jump: "jump"}


def _ways(step: Step) -> list[tuple[str, Target]]:
    """Each way on with the word for it, as the file has them."""
    match step:
        case Say() | Jump():
            return [("", step.target)]
        case Act() | Switch():
            return list(step.targets.items())
    asked = step.input
    answers = [(asked.source or asked.type, asked.target)] if asked else []
    answers += [("otherwise", asked.otherwise)] if asked and asked.type != "choice" else []
    return [*answers, *((button.id, button.target) for button in step.buttons)]


def _outside(step: str, target: Target) -> tuple[Box | None, bool]:
    """The box beside a step for what lies outside its flow, and whether the way there comes back."""
    if target.goto is not None:
        return Box(f"{step} goto {target.goto}", target.goto, "flow"), False
    if target.call is not None:
        name = f"{step} call {target.call} {target.step}"
        if target.step == step:
            return Box(name, target.call, "flow", "and back"), True
        if target.step == END:
            return Box(name, target.call, "flow", "then END"), True
        return Box(name, target.call, "flow", "", (Way(target.step, (), call=True),)), True
    return (Box(f"{step} {END}", END, "end"), False) if target.step == END else (None, False)


def _words(step: Step) -> str:
    match step:
        case Say() | Ask():
            plain = _MARKUP.sub(lambda match: match[1] or "", step.text.msgid)
            return _short(PLACEHOLDER.sub(lambda match: f"({match[1]})", plain))
        case Act():
            return step.action
        case Switch():
            return step.slot
    return ""


def _short(words: str) -> str:
    return textwrap.shorten(words, _FIRST_WORDS, placeholder=" …")


_SHAPES: Final[Mapping[Kind, tuple[str, str]]] = {
    **dict.fromkeys(("ask", "say"), ("[", "]")),
    **dict.fromkeys(("action", "jump"), ("[[", "]]")),
    "switch": ("{{", "}}"),
    "flow": ("([", "])"),
    "end": ("((", "))"),
}


def _mermaid_lines(diagram: Diagram) -> Iterator[str]:
    for box in diagram.boxes:
        before, after = _SHAPES[box.kind]
        words = "<br/>".join(_escaped(one) for one in (box.title, box.words) if one)
        yield f'{_id(diagram.name, box.name)}{before}"{words}"{after}'
    for box in diagram.boxes:
        for way in box.ways:
            line = "-.->" if way.call else "-->"
            label = f'|"{_escaped(", ".join(way.labels))}"|' if way.labels else ""
            yield f"{_id(diagram.name, box.name)} {line}{label} {_id(diagram.name, way.to)}"


def _id(*parts: str) -> str:
    """A name that Mermaid takes for none of its own words, such as `end`."""
    return "x_" + "__".join(part.replace(" ", "_") for part in parts)


def _escaped(text: str) -> str:
    """Mermaid's own way to write what it would take for its grammar or for HTML."""
    return re.sub(r"[^\w ./,:;()·…’“”?!-]", lambda match: f"#{ord(match[0])};", text)
