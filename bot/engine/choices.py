"""Where the buttons of a question come from when the flow cannot list them: languages, places, candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from bot.engine.facts import Area, Facts
from bot.engine.folding import folded
from bot.engine.languages import by_need, names_of, own_name
from bot.engine.model import Place
from bot.engine.wording import Catalogue

OPTIONS_ON_A_CARD = 12
_ENOUGH = 3  # letters of a name that is not typed to its end


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
    tags = by_need(catalogues, hint)
    return tuple(Option(tag, own_name(tag), tag) for tag in tags)


@cache
def _names(languages: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[str, ...]]:
    """For each language its names in itself and in all these (each a tag and its CLDR locale), folded."""
    locales = tuple(locale for _, locale in languages)
    return {tag: tuple({folded(name) for name in names_of(tag, locales)}) for tag, _ in languages}


def languages_named(catalogues: Mapping[str, Catalogue], typed: str) -> list[str]:
    """The languages that a typed name may mean: those called so in any language here, else those whose name begins so,
    in the order in which they are offered."""
    names = _names(tuple((tag, catalogue.locale) for tag, catalogue in catalogues.items()))
    found = {tag for tag in catalogues if typed in names[tag]}
    if not found and len(typed) >= _ENOUGH:
        found = {tag for tag in catalogues if any(name.startswith(typed) for name in names[tag])}
    return by_need(found, None)


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
