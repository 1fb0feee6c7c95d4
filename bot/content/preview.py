"""Every step of every flow in every language, as one web page that needs nothing from elsewhere.

For editors and translators: the languages side by side as a telephone shows them, what the check says beside the step
it says it of, and a box to search in. It opens from disk, and works without scripts too: these only search and choose.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Final

from bot.content.check import Documents
from bot.content.typical import sample_place, typical_values, values_at
from bot.engine.actions import Outcome
from bot.engine.drawing import blocks_of, rows_of
from bot.engine.facts import Facts
from bot.engine.languages import own_name
from bot.engine.measure import is_link
from bot.engine.model import (
    Act,
    Ask,
    Block,
    Flow,
    Frame,
    Jump,
    Key,
    Mark,
    Say,
    Session,
    Shown,
    SlotValue,
    Span,
    Step,
    Switch,
    Target,
)
from bot.engine.wording import Catalogue, Values, Wording
from bot.engine.world import World
from bot.errors import Fault

_HERE: Final = Path(__file__)  # the style and the script lie beside this module


def preview(world: World, documents: Documents, faults: Iterable[Fault], today: dt.date) -> Iterator[str]:
    """The page, piece by piece. `documents` say where each step stands, `faults` what the check found."""
    faults = list(faults)
    languages = [_Language(world, catalogue, today) for catalogue in world.catalogues.values()]
    yield _head(world.catalogues.values(), today)
    for flow in world.flows.values():
        yield f'<section><h2 id="{flow.name}">{flow.name}</h2>\n<p class="note">{escape(flow.description)}</p>\n'
        for step in flow.steps.values():
            yield _article(flow, step, documents, faults, languages)
        yield "</section>\n"
    yield f"</main>\n<script>\n{_beside('.js')}</script>\n</html>\n"


def _head(catalogues: Iterable[Catalogue], today: dt.date) -> str:
    boxes = "".join(
        f'<label><input type="checkbox" value="{one.language}" checked> '
        f'<span lang="{one.language}">{escape(own_name(one.language))}</span></label>\n'
        for one in catalogues
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Ask First: every step</title>\n'
        f"<style>\n{_beside('.css')}</style></head>\n<header><h1>Ask First: every step</h1>\n"
        '<label>Search <input id="search" type="search" placeholder="a word, a step, a rule"></label>\n'
        '<button id="all">All languages</button> <button id="none">English only</button>\n'
        f"<fieldset>{boxes}</fieldset>\n<small>As of {today.isoformat()}. People and places on the cards are examples."
        "</small></header>\n<main>\n"
    )


def _beside(ending: str) -> str:
    return _HERE.with_suffix(ending).read_text(encoding="utf-8")


def _article(
    flow: Flow, step: Step, documents: Documents, faults: Sequence[Fault], languages: Sequence[_Language]
) -> str:
    name = f"{flow.name}.{step.id}"
    line, found = _found(flow, step, documents, faults)
    marks = "".join(f'<p class="finding{"" if one.warning else " error"}">{escape(str(one))}</p>\n' for one in found)
    phones = ""
    if isinstance(step, Say | Ask):
        phones = f'<div class="phones">\n{"".join(one.phone(flow, step) for one in languages)}</div>\n'
    return (
        f'<article id="{name}"><h3>{name}</h3>\n<p class="ways">{escape(line)}: {escape(_ways(step))}</p>\n'
        f"{marks}{phones}</article>\n"
    )


def _found(flow: Flow, step: Step, documents: Documents, faults: Sequence[Fault]) -> tuple[str, list[Fault]]:
    """Where a step stands, and what was found there or in its translations."""
    document = documents[flow.name]
    steps = [part.id for part in document.model.steps]
    index = steps.index(step.id)
    first, _ = document.root.at(["steps", index])
    after = document.root.at(["steps", index + 1])[0] if index + 1 < len(steps) else 1_000_000
    name = f"`{flow.name}.{step.id}`"
    found = [one for one in faults if (one.file == document.file and first <= one.line < after) or name in one.message]
    return f"{document.file}:{first}", found


def _ways(step: Step) -> str:
    """What kind of step it is, and where it leads."""
    match step:
        case Say():
            return f"says, then {_where(step.target)}"
        case Ask():
            ways = [f"{button.id} → {_where(button.target)}" for button in step.buttons]
            if step.input:
                ways.append(f"{step.input.type} → {_where(step.input.target)}")
                if step.input.type != "choice":
                    ways.append(f"otherwise → {_where(step.input.otherwise)}")
            return f"asks: {', '.join(ways)}"
        case Act():
            return f"does {step.action}: {_branches(step.targets)}"
        case Switch():
            return f"looks at {step.slot}: {_branches(step.targets)}"
        case Jump():
            return f"goes on: {_where(step.target)}"


def _branches(targets: Mapping[str, Target]) -> str:
    return ", ".join(f"{outcome} → {_where(target)}" for outcome, target in targets.items())


def _where(target: Target) -> str:
    if target.goto:
        return f"goto {target.goto}"
    return f"call {target.call}, then {target.step}" if target.call else target.step


class _Language:
    """One language, and what its texts typically say."""

    def __init__(self, world: World, catalogue: Catalogue, today: dt.date) -> None:
        topics = tuple(value for flow in world.flows.values() for slot in flow.slots.values() for value in slot.values)
        self._given = typical_values(world.facts, catalogue, today, topics or ("",))
        self._world = replace(world, run=self._run)
        self._wording = Wording(catalogue)
        self._place = sample_place(world.facts, today)
        self._today = today
        self._values: Values = {}

    def _run(
        self, act: Act, facts: Facts, slots: Mapping[str, SlotValue], catalogue: Catalogue, today: dt.date
    ) -> Outcome:
        return Outcome("typical", self._values)

    def phone(self, flow: Flow, step: Say | Ask) -> str:
        """The step as a telephone shows it."""
        catalogue = self._wording.catalogue
        acts = tuple(one.id for one in flow.steps.values() if isinstance(one, Act))
        shown = Shown(flow.name, step.id, acts)
        self._values = values_at(flow, shown, self._given)
        bubbles = self._bubble(shown, "bubble")
        rows = ""
        if isinstance(step, Ask):
            if step.input and step.input.again:
                bubbles += self._bubble(replace(shown, again=True), "bubble again")
            rows = "".join(_row(row) for row in self._rows(flow, step))
        direction = "rtl" if catalogue.rtl else "ltr"
        return (
            f'<div class="phone" lang="{catalogue.language}" dir="{direction}">'
            f"<b>{escape(own_name(catalogue.language))}</b>"
            f"{bubbles}{rows}</div>\n"
        )

    def _bubble(self, shown: Shown, style: str) -> str:
        blocks = blocks_of(self._world, {}, shown, self._wording, self._today)
        return f'<div class="{style}">{"".join(map(_paragraph, blocks))}</div>'

    def _rows(self, flow: Flow, step: Ask) -> tuple[tuple[Key, ...], ...]:
        slots = {step.input.into: self._place} if step.input and step.input.type == "choice" else {}
        card = Shown(flow.name, step.id)
        session = Session(
            self._wording.catalogue.language,
            (Frame(flow.name, step.id),),
            slots,
            (card,),
            (Mark((), (card,), {}),),
        )
        return rows_of(self._world, session, self._wording, None)


def _paragraph(block: Block) -> str:
    """Each line takes its direction from its own first letter, as the apps have it."""
    lines = (f"<div dir=auto>{''.join(map(_span, line)) or '&nbsp;'}</div>" for line in block.lines)
    return f"<div class=said>{''.join(lines)}</div>"


def _span(span: Span) -> str:
    html = escape(span.text)
    if span.bold:
        html = f"<b>{html}</b>"
    return f'<a href="{escape(span.url)}" rel="noreferrer">{html}</a>' if span.url and is_link(span.url) else html


def _row(row: tuple[Key, ...]) -> str:
    return f'<div class="row">{"".join(f"<span class=key dir=auto>{escape(key.label)}</span>" for key in row)}</div>'
