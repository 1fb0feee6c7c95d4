"""Whether a whole bot holds: every step visited, every card drawn in every language, every English text easy to read.

The loaders (`flows`, `catalogues`) have looked at each file before; here the parts are tried together. What is found
stands at the line that an editor or translator has to mend.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.catalogues import catalogue_path
from bot.content.exploration import Exploration, explore
from bot.content.flow_file import FlowFile, PluralPart, StepPart
from bot.content.reading_ease import hard_to_read
from bot.content.rendering import Unfit, render
from bot.engine.wording import ENGLISH
from bot.engine.world import World
from bot.errors import Fault, shown_path
from bot.yamlfile import Document

Documents = Mapping[str, Document[FlowFile]]  # the flow files, by the names of their flows


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and how much was looked at."""

    faults: tuple[Fault, ...]
    states: int = 0
    turns: int = 0
    cards: int = 0
    languages: int = 0


def check_conversation(
    world: World, documents: Documents, locales: Path, today: dt.date, explored: Exploration | None = None
) -> Checked:
    """Tries the whole conversation. The flows and catalogues must have passed their loaders.

    explored: what `explore` made of these flows before, which is the same as now.
    """
    found = explored or explore(world.flows)
    faults = [*_troubles(found, documents), *_unfit(render(world, found.cards, today), documents, locales)]
    return Checked(tuple(sorted(set(faults))), found.states, found.turns, len(found.cards), len(world.catalogues))


def check_reading(documents: Iterable[Document[FlowFile]]) -> Iterator[Fault]:
    """Warnings about English that is hard to read."""
    for document in documents:
        for index, part in enumerate(document.model.steps):
            for path, text in _sentences(part):
                for rule, message in hard_to_read(text):
                    yield Fault(document.file, *document.root.at(["steps", index, *path]), rule, message, warning=True)


def _sentences(part: StepPart) -> Iterator[tuple[list[str | int], str]]:
    """What a step says, and under which keys."""
    for key, wording in (("say", part.say), ("ask", part.ask)):
        if isinstance(wording, PluralPart):
            yield [key, "one"], wording.one
            yield [key, "other"], wording.other
        elif wording is not None:
            yield [key], wording
    if part.input and part.input.again:
        yield ["input", "again"], part.input.again


def _troubles(found: Exploration, documents: Documents) -> Iterator[Fault]:
    for trouble in found.troubles:
        yield _fault(documents, trouble.flow, trouble.step, trouble.rule, trouble.message)


def _unfit(found: Iterable[Unfit], documents: Documents, locales: Path) -> Iterator[Fault]:
    """At the flow where the English does not fit, else at the translation."""
    for unfit in found:
        warning = unfit.rule == "card-in-two-messages"  # it is cut between paragraphs, and its buttons stay
        if unfit.language == ENGLISH.language:
            yield _fault(documents, unfit.flow, unfit.step, unfit.rule, unfit.message, warning=warning)
            continue
        path, context = catalogue_path(locales, unfit.language), f"{unfit.flow}.{unfit.step}"
        message = f"{unfit.message} (`{context}`)"
        yield Fault(shown_path(path), _line_of(path, context), 1, unfit.rule, message, warning=warning)


def _line_of(path: Path, context: str) -> int:
    """The line of a catalogue where the texts with this context begin; 0 if it has none."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if line == f'msgctxt "{context}"'), 0)


def _fault(documents: Documents, flow: str, step: str, rule: str, message: str, *, warning: bool = False) -> Fault:
    document = documents[flow]
    ids = [part.id for part in document.model.steps]
    return Fault(document.file, *document.root.at(["steps", ids.index(step), "id"]), rule, message, warning=warning)
