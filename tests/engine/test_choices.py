"""Where the options of a question come from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.engine.choices import SOURCES, Option, languages_named
from bot.engine.folding import folded
from bot.engine.languages import locale_of
from bot.engine.model import Place
from bot.engine.wording import ENGLISH
from tests.engine.talk import language
from tests.fake_facts import FACTS, NORTH, SOUTH, STUBBURY, TESTFORD, VALES


def offered(source: str, place: Place | None = None, hint: str | None = None) -> tuple[Option, ...]:
    """The options of a source in a world of four languages."""
    catalogues = {one.language: one for one in (language("so"), ENGLISH, language("pt-BR"), language("ar"))}
    return SOURCES[source].options(FACTS, catalogues, place or Place("unset"), hint)


def test_languages_are_named_in_their_own_words_and_fill_a_tag() -> None:
    assert offered("languages")[2] == Option("so", "Soomaali", "so")


@pytest.mark.parametrize(
    ("hint", "order"),
    [
        (None, "en ar so pt-BR"),
        ("fr", "en ar so pt-BR"),
        ("en-GB", "en ar so pt-BR"),
        ("ar", "ar en so pt-BR"),
        ("pt", "pt-BR en ar so"),
        ("PT_pt", "pt-BR en ar so"),
    ],
)
def test_the_hinted_language_comes_first_then_english(hint: str | None, order: str) -> None:
    assert [option.id for option in offered("languages", hint=hint)] == order.split()


def named(typed: str) -> list[str]:
    """The languages that a typed name means, of seven."""
    tags = ("en", "ar", "fa", "prs", "ckb", "kmr", "fr")
    catalogues = {tag: replace(language(tag), locale=str(locale_of(tag))) for tag in tags}
    return languages_named(catalogues, folded(typed))


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("العربية", "ar"),
        ("arabic", "ar"),
        ("Arabe", "ar"),  # in French
        ("الفرنسية", "fr"),  # in Arabic
        ("Français", "fr"),
        ("francais", "fr"),
        ("Farsi", "fa"),
        ("فارسى", "fa"),  # with the letter of another keyboard
        ("dari", "prs"),
        ("درى", "prs"),
        ("Sorani", "ckb"),
        ("kurmanci", "kmr"),
        ("KURDISH", "ckb kmr"),
        ("kurm", "kmr"),  # not typed to its end
        ("kur", "ckb kmr"),
        ("x", ""),
        ("hello", ""),
    ],
)
def test_a_language_is_known_by_its_name_in_any_language(typed: str, tags: str) -> None:
    assert named(typed) == tags.split()


def test_regions_fill_an_area() -> None:
    assert offered("regions")[0] == Option(NORTH, "Makebelieve North", Place("area", (NORTH,)))
    assert len(offered("regions")) == len(FACTS.regions())


def test_candidates_are_those_of_the_place_most_likely_first() -> None:
    place = Place("several", (STUBBURY, "E00000000", TESTFORD))
    assert offered("candidates", place) == (
        Option(STUBBURY, "Stubbury", Place("chosen", (STUBBURY,))),
        Option(TESTFORD, "Testford", Place("chosen", (TESTFORD,))),
    )
    assert offered("candidates") == ()


def test_constituencies_are_those_in_the_area() -> None:
    assert [option.id for option in offered("constituencies", Place("area", (NORTH,)))] == list(VALES)
    assert len(offered("constituencies", Place("area", (SOUTH, NORTH)))) == 36
    assert offered("constituencies") == ()


def test_a_source_says_whether_it_needs_a_place() -> None:
    assert {name for name, source in SOURCES.items() if source.needs_place} == {"candidates", "constituencies"}
    assert all(source.name == name for name, source in SOURCES.items())
