"""Where the buttons of a question come from when the flow cannot list them: languages, places, candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.engine.facts import Area, Facts
from bot.engine.model import Place
from bot.engine.wording import Catalogue

OPTIONS_ON_A_CARD = 12


@dataclass(frozen=True, slots=True)
class Option:
    """One button: `id` is short and stable, `value` is what the slot gets (a language tag for `languages`)."""

    id: str
    label: str
    value: Place | str


@dataclass(frozen=True, slots=True)
class Source:
    """`needs_place` sources list what lies in, or is a candidate of, the place slot that the question fills."""

    name: str
    needs_place: bool
    options: Callable[[Facts, Mapping[str, Catalogue], Place, str | None], tuple[Option, ...]]


def _chosen(area: Area) -> Option:
    return Option(area.code, area.name, Place("chosen", (area.code,)))


def _languages(facts: Facts, catalogues: Mapping[str, Catalogue], place: Place, hint: str | None) -> tuple[Option, ...]:
    """The hinted language first, then English, then the rest in the order of the configuration."""
    tags = sorted(catalogues, key=lambda tag: (not matches(tag, hint), tag != "en"))
    return tuple(Option(tag, catalogues[tag].name, tag) for tag in tags)


def matches(tag: str, hint: str | None) -> bool:
    """Whether a language tag answers a hint such as `ar` or `pt-BR`."""
    return hint is not None and hint.lower().replace("_", "-").split("-")[0] == tag.lower().split("-")[0]


def _regions(facts: Facts, catalogues: Mapping[str, Catalogue], place: Place, hint: str | None) -> tuple[Option, ...]:
    return tuple(Option(area.code, area.name, Place("area", (area.code,))) for area in facts.regions())


def _candidates(
    facts: Facts, catalogues: Mapping[str, Catalogue], place: Place, hint: str | None
) -> tuple[Option, ...]:
    return tuple(_chosen(area) for code in place.codes if (area := facts.area(code)))


def _constituencies(
    facts: Facts, catalogues: Mapping[str, Catalogue], place: Place, hint: str | None
) -> tuple[Option, ...]:
    return tuple(_chosen(area) for code in place.codes for area in facts.constituencies_in(code))


SOURCES: Mapping[str, Source] = {
    source.name: source
    for source in (
        Source("languages", False, _languages),
        Source("regions", False, _regions),
        Source("candidates", True, _candidates),
        Source("constituencies", True, _constituencies),
    )
}
