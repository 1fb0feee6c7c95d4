"""Constituencies found by name, with typing errors."""

from __future__ import annotations

import csv
import timeit
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.facts import Area
from bot.world.search import MOST, PlaceSearch, place_search, words

DATA = Path(__file__).parents[2] / "data"


def shipped() -> PlaceSearch:
    with (DATA / "constituencies.csv").open(encoding="utf-8") as file:
        seats = {row["gss_code"]: row["name"] for row in csv.DictReader(file)}
    with (DATA / "members.csv").open(encoding="utf-8") as file:
        members = {row["gss_code"]: row["name"] for row in csv.DictReader(file) if not row["until"]}
    return place_search((Area(code, name), [name, members.get(code, "")]) for code, name in seats.items())


SEARCH = shipped()


def found(text: str) -> list[str]:
    return [area.name for area in SEARCH.find(text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("manchster central", "Manchester Central"),
        ("MANCHESTER CENTRAL", "Manchester Central"),
        ("Diane Abott", "Hackney North and Stoke Newington"),
        ("ms. diane abbott, mp", "Hackney North and Stoke Newington"),
        ("my mp is diane abott in hackney", "Hackney North and Stoke Newington"),
        ("Rt Hon Sir Keir Starmer", "Holborn and St Pancras"),
        ("Ynys Mon", "Ynys Môn"),
        ("montgomeryshire & glyndwr", "Montgomeryshire and Glyndŵr"),
        ("sian berry", "Brighton Pavilion"),
        ("Bethnal grn", "Bethnal Green and Stepney"),
        ("saint albans", "St Albans"),
        ("miltonkeynes central", "Milton Keynes Central"),
        ("new castle under lyme", "Newcastle-under-Lyme"),
        ("hart lepool", "Hartlepool"),
        ("oldham est", "Oldham East and Saddleworth"),
        ("edinburgh nrth", "Edinburgh North and Leith"),
        ("isling", "Islington North"),
    ],
)
def test_the_best_comes_first(text: str, first: str) -> None:
    assert found(text)[0] == first


def test_every_constituency_is_found_by_its_own_name_and_most_by_it_alone() -> None:
    for area in SEARCH.areas:
        assert area in SEARCH.find(area.name)[:2]


def test_one_word_of_several_names_finds_them_all() -> None:
    assert found("islington") == ["Islington North", "Islington South and Finsbury"]
    assert len(found("leeds")) == 7


def test_at_most_eight() -> None:
    assert len(found("north")) == MOST == 8


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?!",
        "asdf qwerty",
        "qwertyuiop",
        "M1 1AE",
        "hello please help",
        "no",
        "mp",
        "my mp",
        "Nigel Xyzzy",
        "سلام",
    ],
)
def test_nothing_for_nonsense(text: str) -> None:
    assert found(text) == []


def test_a_member_who_no_longer_sits_is_not_found() -> None:
    assert "Clacton" not in found("Nigel Farage")
    assert found("clacton") == ["Clacton"]


def test_words_are_folded_without_titles() -> None:
    assert words("The Rt Hon Dame Siân O’Neill-Smith MP") == ("sian", "oneill", "smith")


@given(st.text(max_size=300))
def test_any_text_gives_at_most_eight_different_areas(text: str) -> None:
    areas = SEARCH.find(text)
    assert len(set(areas)) == len(areas) <= MOST


@given(st.sampled_from(SEARCH.areas), st.data())
def test_one_wrong_letter_in_a_long_word_still_finds_the_place(area: Area, data: st.DataObject) -> None:
    typed = list(words(area.name))
    longest = max(range(len(typed)), key=lambda at: len(typed[at]))
    word = typed[longest]
    if len(word) < 7:
        return
    at = data.draw(st.integers(0, len(word) - 1))
    typed[longest] = word[:at] + word[at + 1 :]
    assert area in SEARCH.find(" ".join(typed))


@pytest.mark.parametrize(
    "text", ["manchster central", "x" * 4_000, "the north and south of east west central london " * 50]
)
def test_no_search_takes_long(text: str) -> None:
    seconds = min(timeit.repeat(partial(SEARCH.find, text), number=1, repeat=5))
    assert seconds < 0.1  # one or two milliseconds; much more where every line is traced
