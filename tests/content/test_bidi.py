"""Right-to-left text reads as it must: proved with the Unicode bidirectional algorithm on every text that can be shown.

Python-bidi puts each line into the order in which it is seen (Unicode Standard Annex #9). Whatever must keep its
left-to-right order, a telephone number, a postcode, a time, an address, a command, must then stand there as it is.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from functools import cache

import pytest
from bidi import get_display

from bot.config import load_config
from bot.content.catalogues import load_catalogues
from bot.content.longest import Extremes
from bot.content.typical import typical_values, values_at
from bot.engine.actions import Outcome
from bot.engine.cards import organisation_cards
from bot.engine.drawing import blocks_of
from bot.engine.facts import Facts
from bot.engine.model import Act, Ask, Say, Shown
from bot.engine.wording import FSI, LRI, PDI, RLM, Catalogue, Value, Wording
from bot.engine.world import World
from bot.world.world import load_world
from tests.content.editor import ROOT
from tests.engine.talk import FLOWS
from tests.fake_facts import FACTS

CONFIG = load_config(ROOT / "bot_config.yaml", os.environ)
TODAY = dt.date(2026, 11, 26)
CATALOGUES = load_catalogues(CONFIG.locales_dir)
RIGHT_TO_LEFT = sorted(tag for tag, one in CATALOGUES.items() if one.rtl)
# What a reader must find in its own order: numbers with what joins them, and words in Latin letters.
TOKEN = re.compile(r"\+?[0-9]+(?:[ :.,/-]?[0-9]+)*|/[a-z]+\b|[A-Za-z][A-Za-z0-9’']*(?:[ .@/-][A-Za-z0-9]+)*")
MARKS = re.compile(f"[{LRI}{FSI}{PDI}{RLM}]")


@cache
def facts() -> Facts:
    return load_world(CONFIG.data_dir, CONFIG.limits, TODAY)


def lines_of(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Every line of every step with typical values, and of every organisation, with the name of where it stands."""
    given = typical_values(facts(), catalogue, TODAY, ("housing", "asylum"))
    wording = Wording(catalogue)
    values: dict[str, Value] = {}

    def run(act: Act, facts: Facts, slots: object, catalogue: Catalogue, today: dt.date) -> Outcome:
        return Outcome("typical", values)

    world = World(FLOWS, {catalogue.language: catalogue}, FACTS, run)
    for flow in FLOWS.values():
        acts = tuple(step.id for step in flow.steps.values() if isinstance(step, Act))
        for step in flow.steps.values():
            if isinstance(step, Say | Ask):
                for again in (False, True):
                    shown = Shown(flow.name, step.id, acts, again)
                    values.clear()
                    values.update(values_at(flow, shown, given))
                    for block in blocks_of(world, {}, shown, wording, TODAY):
                        yield from ((block.step, "".join(span.text for span in line)) for line in block.lines)
    for organisation in Extremes(facts(), TODAY).organisations:
        for line in organisation_cards((organisation,)).of(wording):
            yield organisation.id, "".join(span.text for span in line)


def seen(line: str) -> str:
    """The line from left to right as a reader sees it. A line that begins in Latin letters runs from left to right."""
    first = MARKS.sub("", line)[:1]
    direction = "R" if line.startswith(RLM) or not first.isascii() else "L"
    return MARKS.sub("", str(get_display(line, base_dir=direction)))


@pytest.mark.parametrize("tag", RIGHT_TO_LEFT)
def test_numbers_names_and_addresses_keep_their_order(tag: str) -> None:
    wrong = [
        f"{where}: {token!r} in {line!r}"
        for where, line in lines_of(CATALOGUES[tag])
        for token in TOKEN.findall(MARKS.sub("", line))
        if token not in seen(line)
    ]
    assert wrong == []


@pytest.mark.parametrize("tag", RIGHT_TO_LEFT)
def test_every_line_of_the_language_begins_with_its_mark_and_closes_what_it_opens(tag: str) -> None:
    for where, line in lines_of(CATALOGUES[tag]):
        assert line.count(LRI) + line.count(FSI) == line.count(PDI), where
        if re.search("[\u0600-\u06ff]", line):
            assert line.startswith(RLM), where


def test_without_isolates_the_algorithm_would_turn_numbers_round() -> None:
    assert "0808 8010 503" not in str(get_display("اتصل 0808 8010 503.", base_dir="R"))
    assert "0808 8010 503" in seen(f"{RLM}اتصل {LRI}0808 8010 503{PDI}.")
