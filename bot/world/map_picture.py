"""The 650 constituencies as hexagons with their verdicts: one SVG file without scripts, fonts or links.

Each verdict has a colour, a lightness and a sign of its own, so that people who see few colours, and black-and-white
printers, can tell them apart. Pointing at a hexagon tells its constituency, member and verdict.
"""

from __future__ import annotations

import datetime as dt
import math
import textwrap
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.engine.cards import VERDICT_TEXTS, as_of
from bot.engine.facts import ConstituencyAnswer, Verdict
from bot.engine.model import Line, Text
from bot.engine.wording import RLM, Catalogue, Wording
from bot.world.map_cells import Cell
from bot.world.world import WorldFacts

_TITLE = Text("map.title", "MPs and the pledge “MPs Not Border Guards”")
_EACH = Text("map.each", "Each hexagon is one constituency, near the place where it is. All have the same size.")
_COUNT = Text("map.count", "{number}: {verdict}")
_SEAT = Text("map.seat", "{constituency}: {member}, {party}. {verdict}")
_NO_MEMBER = Text("map.no_member", "{constituency}. {verdict}")
_DRAWN = Text("map.drawn", "Drawn on {day}.")

ATTRIBUTION: Final = (
    "Contains OS data © Crown copyright and database right 2024.",
    "Contains Parliamentary information licensed under the Open Parliament Licence v3.0.",
    "Source: Office for National Statistics licensed under the Open Government Licence v3.0.",
)

SIDE: Final = 10.0  # pixels: an edge of a cell, and from its middle to a corner
_FILLED: Final = 0.93  # of that: the rest is the white line between two hexagons
_STEP_X, _STEP_Y = SIDE * math.sqrt(3), SIDE * 1.5
_WIDTH, _LEFT, _TOP = 800.0, 30.0, 105.0
_LEGEND_X, _LEGEND_Y, _LEGEND_CHARACTERS = 360.0, 105.0, 56
_FONT: Final = "sans-serif"
_INK, _PALE_INK, _BORDER = "#1a1a1a", "#595959", "#404040"


@dataclass(frozen=True, slots=True)
class Look:
    """How a verdict is drawn: the hexagon's colour, and the sign in it as an SVG path, with its colour.

    `dashed`: the hexagon is an outline only.
    """

    fill: str
    sign: str = ""
    ink: str = "#ffffff"
    dashed: bool = False


# Colours after Okabe and Ito: blue and orange differ for everybody, and their lightness differs too.
LOOKS: Final[Mapping[Verdict, Look]] = {
    Verdict.PLEDGED: Look("#00568f", "M-4.2,0.2 L-1.2,3.4 L4.4,-3.4"),
    Verdict.UNCONFIRMED: Look("#8fc9f0", "M-3.6,0 a3.6,3.6 0 1 0 7.2,0 a3.6,3.6 0 1 0 -7.2,0", "#0b2e47"),
    Verdict.WITHDRAWN: Look("#e08a00", "M-3.4,-3.4 L3.4,3.4 M3.4,-3.4 L-3.4,3.4", "#2b1a00"),
    Verdict.NO_RECORD: Look("#d6d6d6"),
    Verdict.VACANT: Look("#ffffff", dashed=True, ink="#404040"),
    Verdict.UNKNOWN: Look("#737373", "M-2.6,-2.2 C-2.6,-5.4 2.8,-5.4 2.8,-2.2 C2.8,-0.4 0,-0.2 0,1.6 M0,4.2 L0,4.6"),
}


def draw(facts: WorldFacts, cells: Mapping[str, Cell], catalogue: Catalogue, day: dt.date) -> str:
    """The picture, as the text of an SVG file in this language. `cells` are those of `read_map`."""
    wording = Wording(catalogue)
    seats = {code: facts.answer((code,), day).constituencies[0] for code in cells}
    counts = Counter(seat.verdict for seat in seats.values())
    height = _TOP + (max(cell.row for cell in cells.values()) + 1) * _STEP_Y + 70
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {_WIDTH:g} {height:g}",
            "lang": catalogue.language,
            "role": "img",
            "aria-labelledby": "title description",
            "font-family": _FONT,
        },
    )
    title = _plain(wording.line(_TITLE, {}))
    ET.SubElement(root, "title", id="title").text = title
    legend = {verdict: _counted(wording, verdict, counts[verdict]) for verdict in LOOKS}
    dates = [_plain(wording.line(_DRAWN, {"day": day})), *_dates(facts, wording, cells, day)]
    ET.SubElement(root, "desc", id="description").text = " ".join([*legend.values(), *dates, *ATTRIBUTION])
    ET.SubElement(root, "rect", width="100%", height="100%", fill="#ffffff")
    _definitions(root)
    _heading(root, wording, title)
    _hexagons(root, wording, cells, seats)
    _borders(root, facts, cells)
    _nations(root, facts, cells)
    _legend(root, wording, legend, dates)
    for number, line in enumerate(ATTRIBUTION):
        _write(root, line, _LEFT - 15, height - 36 + 12 * number, 9.5, _PALE_INK)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def _counted(wording: Wording, verdict: Verdict, number: int) -> str:
    return _plain(wording.line(_COUNT, {"verdict": VERDICT_TEXTS[verdict], "number": number}))


def _dates(facts: WorldFacts, wording: Wording, cells: Iterable[str], day: dt.date) -> list[str]:
    """As of when the facts are, in the words of every answer; the postcodes have no part in this picture."""
    answer = facts.answer(tuple(cells), day)
    answer = replace(answer, dates=replace(answer.dates, postcodes=None))
    return [_plain(line) for line in as_of(answer).of(wording)]


def _definitions(root: ET.Element) -> None:
    """One drawing of each verdict, around 0,0."""
    corners = " ".join(f"{x * _FILLED:.2f},{y * _FILLED:.2f}" for x, y in _corners(0, 0))
    definitions = ET.SubElement(root, "defs")
    for verdict, look in LOOKS.items():
        group = ET.SubElement(definitions, "g", id=verdict.value)
        hexagon = ET.SubElement(group, "polygon", points=corners, fill=look.fill)
        if look.dashed:
            hexagon.attrib |= {"stroke": look.ink, "stroke-width": "1.4", "stroke-dasharray": "2.6 1.8"}
        if look.sign:
            line = {"fill": "none", "stroke": look.ink, "stroke-width": "2", "stroke-linecap": "round"}
            ET.SubElement(group, "path", {"d": look.sign, **line})


def _heading(root: ET.Element, wording: Wording, title: str) -> None:
    x = _WIDTH - 15 if wording.rtl else 15
    _write(root, title, x, 38, 22, _INK, rtl=wording.rtl, bold=True)
    _paragraph(root, wording, _plain(wording.line(_EACH, {})), x, 62, 13, 100)


def _hexagons(
    root: ET.Element, wording: Wording, cells: Mapping[str, Cell], seats: Mapping[str, ConstituencyAnswer]
) -> None:
    group = ET.SubElement(root, "g", id="constituencies")
    for code, cell in sorted(cells.items()):
        seat = seats[code]
        verdict = VERDICT_TEXTS[seat.verdict]
        if seat.member:
            member = {"member": seat.member.name, "party": seat.member.party}
            told = wording.line(_SEAT, {"constituency": seat.name, **member, "verdict": verdict})
        else:
            told = wording.line(_NO_MEMBER, {"constituency": seat.name, "verdict": verdict})
        x, y = _middle(cell)
        one = ET.SubElement(group, "g", id=code)
        ET.SubElement(one, "title").text = _plain(told)
        ET.SubElement(one, "use", href=f"#{seat.verdict.value}", x=f"{x:.2f}", y=f"{y:.2f}")


def _borders(root: ET.Element, facts: WorldFacts, cells: Mapping[str, Cell]) -> None:
    """Lines between the regions of England; the nations lie apart."""
    region_at = {cell: facts.seats[code].region.code for code, cell in cells.items()}
    lines = []
    for cell, region in sorted(region_at.items()):
        corners = _corners(*_middle(cell))
        # The edge to the neighbour in the east lies between the second corner and the third, and so on, clockwise.
        for number, other in enumerate(cell.around()):
            if number < 3 and region_at.get(other, region) != region:
                (x, y), (next_x, next_y) = corners[number + 1], corners[(number + 2) % 6]
                lines.append(f"M{x:.2f},{y:.2f} L{next_x:.2f},{next_y:.2f}")
    attributes = {"fill": "none", "stroke": _BORDER, "stroke-width": "1.3", "stroke-linecap": "round"}
    ET.SubElement(root, "path", {"id": "regions", "d": " ".join(lines), **attributes})


def _nations(root: ET.Element, facts: WorldFacts, cells: Mapping[str, Cell]) -> None:
    """The names of the nations beside them, at half height: England's on the right, and Northern Ireland's above."""
    for nation in facts.nations():
        inside = [cell for code, cell in cells.items() if facts.seats[code].nation.code == nation.code]
        half = sorted(cell.row for cell in inside)[len(inside) // 2]
        beside = [_middle(cell) for cell in inside if abs(cell.row - half) <= 1]
        left, right = min(x for x, _ in beside), max(x for x, _ in beside)
        y = _TOP + half * _STEP_Y + 4
        x, anchor = left - SIDE - 6, "end"
        if nation.code.startswith("E"):
            x, anchor = right + SIDE + 6, "start"
        elif nation.code.startswith("N"):
            x, anchor, y = (left + right) / 2, "middle", min(_middle(cell)[1] for cell in inside) - SIDE - 6
        _write(root, nation.name, x, y, 12, _PALE_INK, anchor=anchor)


def _legend(root: ET.Element, wording: Wording, legend: Mapping[Verdict, str], dates: Iterable[str]) -> None:
    """Right of Scotland; the signs stand where the language's lines begin."""
    y, way = _LEGEND_Y, -1 if wording.rtl else 1
    x = _WIDTH - 25 if wording.rtl else _LEGEND_X
    for verdict, told in legend.items():
        ET.SubElement(root, "use", href=f"#{verdict.value}", x=f"{x:g}", y=f"{y - 4.5:g}")
        y = _paragraph(root, wording, told, x + 18 * way, y, 13, _LEGEND_CHARACTERS) + 6
    for told in dates:
        y = _paragraph(root, wording, told, x + 18 * way, y + 2, 12, _LEGEND_CHARACTERS, _PALE_INK)


def _paragraph(
    root: ET.Element, wording: Wording, text: str, x: float, y: float, size: float, characters: int, ink: str = _INK
) -> float:
    """Writes the text in lines of at most so many characters; where the next one goes."""
    for line in textwrap.wrap(text, characters):
        mark = RLM if text.startswith(RLM) and not line.startswith(RLM) else ""
        _write(root, mark + line, x, y, size, ink, rtl=wording.rtl)
        y += size + 4
    return y


def _write(
    root: ET.Element,
    text: str,
    x: float,
    y: float,
    size: float,
    ink: str,
    *,
    rtl: bool = False,
    bold: bool = False,
    anchor: str = "start",
) -> None:
    """One line. `rtl`: it begins on the right; English that stands in for a missing translation ends there."""
    attributes = {"x": f"{x:g}", "y": f"{y:g}", "font-size": f"{size:g}", "fill": ink, "text-anchor": anchor}
    if bold:
        attributes["font-weight"] = "bold"
    if rtl:
        attributes |= {"direction": "rtl"} if text.startswith(RLM) else {"text-anchor": "end"}
    ET.SubElement(root, "text", attributes).text = text


def _middle(cell: Cell) -> tuple[float, float]:
    return _LEFT + (cell.column + 0.5 * (cell.row % 2)) * _STEP_X, _TOP + cell.row * _STEP_Y


def _corners(x: float, y: float) -> list[tuple[float, float]]:
    """From the top, clockwise."""
    return [(x + SIDE * math.sin(math.pi / 3 * at), y - SIDE * math.cos(math.pi / 3 * at)) for at in range(6)]


def _plain(line: Line) -> str:
    return "".join(span.text for span in line)
