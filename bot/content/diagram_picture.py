"""Diagrams as a picture: one SVG file without scripts, fonts or links, read from left to right.

Columns, and the order in them, come from grandalf (Sugiyama's method). A way that leads back to the left is not drawn
across the picture: a small box beside the step names the step that it goes back to.
"""

from __future__ import annotations

import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from bot.content.diagram import Box, Diagram, Kind, Way, described

_MARGIN, _TITLE, _LINE = 24.0, 58.0, 16.0
_BETWEEN_COLUMNS, _BETWEEN_BOXES, _PAD = 64.0, 20.0, 8.0
# Widths of letters at these sizes, with room to spare: nobody's font is known here.
_MONO, _SANS = 7.6, 6.9
_CHARACTERS: Final = 30  # of first words, and of labels, on a line
_INK, _PALE_INK, _PAPER = "#1a1a1a", "#595959", "#ffffff"
_FILLS: Final[Mapping[Kind, str]] = {
    "ask": "#dcebfa",
    "say": "#ffffff",
    "action": "#fdf0d0",
    "switch": "#fdf0d0",
    "jump": "#ffffff",
    "flow": "#ececec",
    "end": "#1a1a1a",
}
_UNORDERED: Final = frozenset({"action", "switch", "flow"})
_BACK: Final = "back to "
_SWEEPS: Final = 12  # over the columns; the order hardly changes after that


@dataclass(frozen=True, slots=True)
class _Row:
    """The lines of one way's labels, and where its arrow begins, from the top of the box."""

    way: Way
    lines: tuple[str, ...]
    top: float

    @property
    def port(self) -> float:
        return self.top + max(len(self.lines), 1) * _LINE / 2


@dataclass(frozen=True, slots=True)
class _Shape:
    """A box with its lines broken and its size known."""

    box: Box
    words: tuple[str, ...]
    rows: tuple[_Row, ...]
    width: float
    height: float

    @property
    def entry(self) -> float:
        """Where arrows arrive, from the top."""
        return _PAD + _LINE / 2


Point = tuple[float, float]


def picture(diagrams: Sequence[Diagram]) -> str:
    """The diagrams, one below the other, as an SVG file."""
    parts = [_drawn(diagram) for diagram in diagrams]
    width = max(width for _, width, _ in parts)
    height = sum(height for _, _, height in parts)
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "role": "img",
            "aria-labelledby": "title",
            "aria-describedby": "desc",
            "font-size": "12",
        },
    )
    ET.SubElement(root, "title", id="title").text = ", ".join(diagram.title for diagram in diagrams)
    ET.SubElement(root, "desc", id="desc").text = "\n\n".join(map(described, diagrams))
    marker = {"viewBox": "0 0 8 8", "refX": "8", "refY": "4", "markerWidth": "8", "markerHeight": "8", "orient": "auto"}
    arrow = ET.SubElement(ET.SubElement(root, "defs"), "marker", {"id": "arrow", **marker})
    ET.SubElement(arrow, "path", {"d": "M0,0 L8,4 L0,8 z", "fill": _INK})
    ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": _PAPER})
    top = 0.0
    for group, _, height in parts:
        group.set("transform", f"translate(0 {top:g})")
        root.append(group)
        top += height
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _drawn(diagram: Diagram) -> tuple[ET.Element, float, float]:
    """One diagram as a group, with the size of it."""
    shapes = {box.name: _shape(box) for box in _without_ways_back(diagram.boxes)}
    plan = _layout(shapes)
    # The order of outcomes means nothing, so their arrows need not cross; buttons stand as on the card.
    shapes = {
        name: _shape(shape.box, lambda way: plan.places[way.to][1]) if shape.box.kind in _UNORDERED else shape
        for name, shape in shapes.items()
    }
    group = ET.Element("g", {"font-family": "sans-serif", "fill": _INK})
    _write(group, diagram.title, _MARGIN, _MARGIN + 14, size=18, bold=True)
    _write(group, diagram.about, _MARGIN, _MARGIN + 32, ink=_PALE_INK)
    for name, shape in shapes.items():
        x, y = plan.places[name]
        for row in shape.rows:
            to_x, to_y = plan.places[row.way.to]
            begin = [(x + shape.width, y + row.port), (plan.edges[name], y + row.port)]
            end = (to_x, to_y + shapes[row.way.to].entry)
            _arrow(group, [*begin, *plan.bends.get((name, row.way.to), ()), end], call=row.way.call)
    for name, shape in shapes.items():
        _draw_box(group, shape, *plan.places[name])
    right = max(plan.places[name][0] + shape.width for name, shape in shapes.items())
    return group, max(right, _MARGIN + _SANS * len(diagram.about)) + _MARGIN, plan.bottom + _MARGIN


# --- what is drawn


def _without_ways_back(boxes: Sequence[Box]) -> Iterator[Box]:
    """The boxes, with one beside each that leads back, in place of the way back; so that no way runs in a circle."""
    back = _ways_back({box.name: box for box in boxes})
    titles = {box.name: box.title for box in boxes}
    for box in boxes:
        beside = {to: f"{box.name} {_BACK}{to}" for name, to in back if name == box.name}
        yield replace(box, ways=tuple(replace(way, to=beside.get(way.to, way.to)) for way in box.ways))
        for to, name in beside.items():
            yield Box(name, f"{_BACK}{titles[to]}", "jump")


def _ways_back(boxes: Mapping[str, Box]) -> list[tuple[str, str]]:
    """The ways that close a circle, met in the order of the file."""
    found: list[tuple[str, str]] = []
    done: set[str] = set()
    open_: dict[str, Iterator[Way]] = {}
    for start in boxes:
        if start in done:
            continue
        open_[start] = iter(boxes[start].ways)
        while open_:
            name = next(reversed(open_))
            way = next(open_[name], None)
            if way is None:
                done.add(name)
                del open_[name]
            elif way.to in open_:
                found.append((name, way.to))
            elif way.to not in done:
                open_[way.to] = iter(boxes[way.to].ways)
    return found


def _shape(box: Box, order: Callable[[Way], float] = lambda _: 0) -> _Shape:
    """The box with its ways in this order."""
    words = tuple(textwrap.wrap(box.words, _CHARACTERS))
    y = _PAD + _LINE * (1 + len(words)) + 2
    rows = []
    for way in sorted(box.ways, key=order):
        lines = tuple(textwrap.wrap(", ".join(way.labels), _CHARACTERS))
        rows.append(_Row(way, lines, y if lines else _PAD))
        y += _LINE * len(lines) + (4 if lines else 0)
    kind = 1 + len(box.kind) if box.kind not in ("flow", "end", "jump") else 0
    texts = [_MONO * (len(box.title) + kind)]
    texts += [_SANS * len(line) for line in words] + [_MONO * len(line) for row in rows for line in row.lines]
    return _Shape(box, words, tuple(rows), max(texts) + 2 * _PAD, y + _PAD - 2)


# --- where it is drawn


class _Size:
    """What grandalf wants to know of a vertex, and where it says the middle of it is. It works from top to bottom."""

    def __init__(self, across: float, along: float) -> None:
        self.w, self.h = across, along
        self.xy: Point = (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where everything goes: the top left corner of each box, the right edge of its column, the points that an arrow
    bends at where it passes other columns, and the lowest point of all."""

    places: Mapping[str, Point]
    edges: Mapping[str, float]
    bends: Mapping[tuple[str, str], Sequence[Point]]
    bottom: float


def _layout(shapes: Mapping[str, _Shape]) -> _Plan:
    from grandalf.graphs import Edge, Vertex, graph_core  # not needed by whoever draws no picture
    from grandalf.layouts import SugiyamaLayout

    vertices = {name: Vertex(name) for name in shapes}
    for name, shape in shapes.items():
        vertices[name].view = _Size(shape.height, shape.width)
    places: dict[str, Point] = {}
    edges: dict[str, float] = {}
    bends: dict[tuple[str, str], list[Point]] = {}
    top = _MARGIN + _TITLE
    for names in _parts(shapes):
        ways = [Edge(vertices[one], vertices[other]) for one, other in _pairs(names, shapes)]
        part: Any = graph_core([vertices[name] for name in names], ways)
        sugiyama: Any = SugiyamaLayout(part)
        sugiyama.xspace, sugiyama.yspace = _BETWEEN_BOXES, _BETWEEN_COLUMNS
        sugiyama.init_all(roots=[vertex for vertex in part.sV if not vertex.e_in()])
        sugiyama.draw(_SWEEPS)
        columns = _columns(sugiyama, shapes)
        highest = min(vertex.view.xy[0] - vertex.view.w / 2 for vertex in sugiyama.grx)
        lowest = max(vertex.view.xy[0] + vertex.view.w / 2 for vertex in sugiyama.grx)
        for vertex in part.sV:
            left, edges[vertex.data] = columns[sugiyama.grx[vertex].rank]
            places[vertex.data] = (left, vertex.view.xy[0] - vertex.view.w / 2 - highest + top)
        for edge, dummies in sugiyama.ctrls.items():
            first, last = (sugiyama.grx[vertex].rank for vertex in edge.v)
            bends[edge.v[0].data, edge.v[1].data] = [
                (x, dummies[rank].view.xy[0] - highest + top) for rank in range(first + 1, last) for x in columns[rank]
            ]
        top += lowest - highest + _BETWEEN_BOXES
    return _Plan(places, edges, bends, top - _BETWEEN_BOXES)


def _pairs(names: Iterable[str], shapes: Mapping[str, _Shape]) -> list[tuple[str, str]]:
    """Which box has an arrow to which, each pair once."""
    return list(dict.fromkeys((name, row.way.to) for name in names for row in shapes[name].rows))


def _parts(shapes: Mapping[str, _Shape]) -> list[list[str]]:
    """The boxes that hang together, the largest number of them first; always in the same order, so that the same flow
    makes the same file. (grandalf's own parts differ from run to run.)"""
    part = {name: [name] for name in shapes}
    for one, other in _pairs(shapes, shapes):
        if part[one] is not part[other]:
            part[one] += part[other]
            for name in part[other]:
                part[name] = part[one]
    return sorted({names[0]: names for names in part.values()}.values(), key=len, reverse=True)


def _columns(sugiyama: Any, shapes: Mapping[str, _Shape]) -> list[tuple[float, float]]:
    """The left and the right edge of each column."""
    found: list[tuple[float, float]] = []
    x = _MARGIN
    for layer in sugiyama.layers:
        width = max((shapes[one.data].width for one in layer if getattr(one, "data", None) in shapes), default=0.0)
        found.append((x, x + width))
        x += width + _BETWEEN_COLUMNS
    return found


# --- drawing


def _arrow(group: ET.Element, points: Sequence[Point], *, call: bool) -> None:
    """A smooth line through the points; level at each."""
    path = [f"M{points[0][0]:.1f},{points[0][1]:.1f}"]
    for (x, y), (next_x, next_y) in pairwise(points):
        bend = (next_x - x) / 2
        path.append(f"C{x + bend:.1f},{y:.1f} {next_x - bend:.1f},{next_y:.1f} {next_x:.1f},{next_y:.1f}")
    look = {"fill": "none", "stroke": _INK, "stroke-width": "1.1", "marker-end": "url(#arrow)"}
    ET.SubElement(group, "path", {"d": " ".join(path), **look, **({"stroke-dasharray": "5 4"} if call else {})})


def _draw_box(group: ET.Element, shape: _Shape, x: float, y: float) -> None:
    box = shape.box
    round_ = "14" if box.kind in ("flow", "end") else "3"
    look = {"rx": round_, "fill": _FILLS[box.kind], "stroke": _INK}
    if box.kind == "jump" and box.title.startswith(_BACK):
        look["stroke"] = "none"
    size = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{shape.width:.1f}", "height": f"{shape.height:.1f}"}
    ET.SubElement(group, "rect", {**size, **look})
    ink = _PAPER if box.kind == "end" else _INK
    line = y + _PAD + 11
    _write(group, box.title, x + _PAD, line, bold=True, mono=True, ink=ink)
    if box.kind not in ("flow", "end", "jump"):
        _write(group, box.kind, x + shape.width - _PAD, line, ink=_PALE_INK, anchor="end")
    for number, words in enumerate(shape.words, 1):
        _write(group, words, x + _PAD, line + number * _LINE, ink=ink)
    for row in shape.rows:
        if row.lines:
            across = {"x1": f"{x:.1f}", "x2": f"{x + shape.width:.1f}", "y1": f"{y + row.top:.1f}"}
            ET.SubElement(group, "line", {**across, "y2": across["y1"], "stroke": _PALE_INK, "stroke-width": "0.5"})
        for number, label in enumerate(row.lines):
            at = y + row.top + 13 + number * _LINE
            _write(group, label, x + shape.width - _PAD, at, mono=True, anchor="end")


def _write(
    group: ET.Element,
    text: str,
    x: float,
    y: float,
    *,
    size: int = 12,
    ink: str = _INK,
    bold: bool = False,
    mono: bool = False,
    anchor: str = "start",
) -> None:
    attributes = {"x": f"{x:.1f}", "y": f"{y:.1f}", "fill": ink, "text-anchor": anchor}
    attributes |= {"font-size": f"{size}"} if size != 12 else {}
    attributes |= {"font-weight": "bold"} if bold else {}
    attributes |= {"font-family": "monospace"} if mono else {}
    ET.SubElement(group, "text", attributes).text = text
