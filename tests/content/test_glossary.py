"""The glossary: its file is read strictly, and a term is looked for where an English text has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.catalogues import load_catalogues
from bot.content.glossary import Glossary, read_glossary
from bot.errors import Fault
from tests.content.editor import ROOT

SMALL = """\
version: 1
terms:
  MP:
    english: [MP]
    note: Who sits in Parliament.
    words:
      cy: {word: AS, stems: [as, asau]}
      es: {word: diputado, stems: [diputad]}
  constituency:
    english: [constituenc]
    note: The area of one MP.
    words:
      es: {word: distrito, stems: [distrito]}
  asylum:
    english: [asylum]
    note: Protection that a person asks for.
    words:
      es: {word: asilo, stems: [asilo]}
  Home Office:
    english: [Home Office]
    note: The ministry.
    words:
      es: {word: Ministerio del Interior (Home Office), stems: [ministerio del interior]}
"""


def reading(folder: Path, text: str) -> tuple[Glossary | None, list[Fault]]:
    path = folder / "glossary.yaml"
    path.write_text(text, encoding="utf-8")
    faults: list[Fault] = []
    return read_glossary(path, faults), faults


@pytest.fixture
def small(tmp_path: Path) -> Glossary:
    glossary, faults = reading(tmp_path, SMALL)
    assert faults == []
    assert glossary is not None
    return glossary


def test_the_shipped_glossary_has_every_term_in_every_language() -> None:
    faults: list[Fault] = []
    glossary = read_glossary(ROOT / "locales" / "glossary.yaml", faults)
    assert faults == []
    assert glossary is not None
    tags = load_catalogues(ROOT / "locales").keys() - {"en"}
    assert {"MP", "constituency", "pledge", "promise", "Home Office", "postcode"} < glossary.patterns.keys()
    assert list(glossary.gaps(sorted(tags))) == []


def test_where_there_is_no_file_there_is_no_glossary(tmp_path: Path) -> None:
    faults: list[Fault] = []
    assert read_glossary(tmp_path / "glossary.yaml", faults) is None
    assert faults == []


@pytest.mark.parametrize(
    ("old", "new", "place", "remedy"),
    [
        ("[diputad]", "[deputat]", (8, "glossary-stem"), "`diputado` has none of its own stems; write one of them"),
        ("[diputad]", "[]", (8, "wrong-value"), "empty list"),
        ("word: diputado", "word: ''", (8, "wrong-value"), "is empty"),
        ("stems: [diputad]", "stem: [diputad]", (8, "unknown-key"), "did you mean `stems`?"),
        ("    note: Who sits in Parliament.\n", "", (3, "missing-key"), "`note` is missing"),
        ("version: 1", "version: 2", (1, "wrong-value"), "must be 1"),
        ("  asylum:", "  MP:", (14, "duplicate-key"), "MP"),
    ],
)
def test_a_mistake_in_the_file_is_named_at_its_line(
    tmp_path: Path, old: str, new: str, place: tuple[int, str], remedy: str
) -> None:
    _, faults = reading(tmp_path, SMALL.replace(old, new))
    assert place in {(fault.line, fault.rule) for fault in faults}
    assert any(remedy in fault.message for fault in faults)


@pytest.mark.parametrize(
    ("english", "terms"),
    [
        ("Your MP, and other MPs.", ["MP"]),
        ("An IMP and SMPs.", []),
        ("mp", []),
        ("Constituencies and a constituency.", ["constituency"]),
        ("{constituency} and [x](https://e.org/asylum/MP)", []),
        ("The pledge “MPs Not Border Guards”.", []),
        ("Asylum and the Home Office", ["asylum", "Home Office"]),
        ("My home office", []),
    ],
)
def test_a_term_is_found_in_its_forms_and_not_in_other_words(small: Glossary, english: str, terms: list[str]) -> None:
    assert list(small.terms_in(english)) == terms


@pytest.mark.parametrize(
    ("tag", "english", "own", "missed"),
    [
        ("es", "Your MP", "Su diputada", []),
        ("es", "Your MP", "DIPUTADOS", []),
        ("es", "Your MP", "Su parlamentario", ["MP"]),
        ("es", "MPs of a constituency", "Los del distrito", ["MP"]),
        ("es", "MPs of a constituency", "Nada", ["MP", "constituency"]),
        ("cy", "Your MP", "Eich AS chi", []),
        ("cy", "Some MPs", "Rhai ASau", []),
        ("cy", "Your MP", "Eich aelod, was", ["MP"]),  # two letters are a whole word
        ("pl", "Your MP", "Nic", []),  # the language has no word, and that is another finding
        ("es", "- Asylum Matters", "- Asylum Matters", []),  # a name that stays
        ("es", "Asylum Matters helps with asylum.", "Asylum Matters ayuda.", ["asylum"]),
        ("es", "The Home Office", "El Home Office", ["Home Office"]),  # the term itself is no such name
    ],
)
def test_a_translation_without_the_word_is_named(
    small: Glossary, tag: str, english: str, own: str, missed: list[str]
) -> None:
    remarks = list(small.remarks(small.terms_in(english), english, own, tag))
    assert [remark.message.split("`")[3] for remark in remarks] == missed
    assert all(remark.rule == "glossary" and remark.warning for remark in remarks)


def test_stems_that_are_wrong_are_not_looked_for(tmp_path: Path) -> None:
    glossary, _ = reading(tmp_path, SMALL.replace("[diputad]", "[deputat]"))
    assert glossary is not None
    assert list(glossary.remarks(["MP"], "Your MP", "Su diputada", "es")) == []


def test_the_message_names_the_word_and_what_was_looked_for(small: Glossary) -> None:
    (remark,) = small.remarks(["MP"], "Your MP", "Eich aelod", "cy")
    assert remark.message == (
        "the glossary says `AS` for `MP`, and here is none of `as`, `asau`; "
        "use the word, or add its stem to locales/glossary.yaml"
    )


def test_a_language_that_lacks_words_is_named_once_at_the_first(small: Glossary) -> None:
    (fault,) = small.gaps(["es", "cy"])
    assert (fault.line, fault.rule, fault.warning) == (9, "glossary-gap", True)
    assert fault.message == (
        "no word in `cy` for `constituency`, `asylum`, `Home Office`; add what its translation uses"
    )
