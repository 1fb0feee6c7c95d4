"""From a person's words to constituencies."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.facts import PostcodeFinding, PostcodeKind
from bot.world import sandbox
from bot.world.lookup import NORTHERN_IRELAND, find
from bot.world.postcode_index import PostcodeEntry
from tests.world.small_index import (
    ENTRIES,
    LEEDS_CENTRAL,
    LEEDS_EAST,
    MANCHESTER_CENTRAL,
    OLDHAM_EAST,
    SmallIndex,
)

DATA = Path(__file__).parents[2] / "data"
NOT_FOUND = PostcodeFinding(PostcodeKind.NOT_FOUND)


def look_up(text: str, sandbox_on: bool = True) -> PostcodeFinding:
    return find(text, SmallIndex(), sandbox_on)


@pytest.mark.parametrize(
    ("text", "status", "codes"),
    [
        ("M1 1AE", "live", (MANCHESTER_CENTRAL,)),
        ("i live at m11ae", "live", (MANCHESTER_CENTRAL,)),
        ("M1 1AF", "terminated", (MANCHESTER_CENTRAL,)),
        ("NPT 1AA", "terminated", ("W07000104",)),
        ("LS1 4ZZ", "newer_than_index", (LEEDS_CENTRAL,)),
        ("CR0 9ZZ", "newer_than_index", ("E14001188",)),
    ],
)
def test_one_constituency(text: str, status: str, codes: tuple[str, ...]) -> None:
    found = look_up(text)
    assert (found.kind, found.status, found.constituencies) == (PostcodeKind.FOUND, status, codes)


def test_a_postcode_near_a_boundary_has_several_its_own_first() -> None:
    found = look_up("M1 2AB")
    assert found == PostcodeFinding(PostcodeKind.SEVERAL, "live", (MANCHESTER_CENTRAL, OLDHAM_EAST))


def test_an_unknown_unit_has_the_candidates_of_its_sector_and_an_unknown_sector_those_of_its_district() -> None:
    assert look_up("M1 2ZZ").constituencies == (MANCHESTER_CENTRAL, OLDHAM_EAST)
    found = look_up("LS1 9ZZ")
    assert found == PostcodeFinding(PostcodeKind.SEVERAL, "newer_than_index", (LEEDS_CENTRAL, LEEDS_EAST))


def test_an_unknown_district_is_not_found() -> None:
    assert look_up("LS99 9ZZ") == NOT_FOUND
    assert look_up("LS99") == NOT_FOUND


def test_a_postcode_without_a_constituency_keeps_its_status_and_takes_those_around_it() -> None:
    found = look_up("M1 2AD")
    assert found == PostcodeFinding(PostcodeKind.SEVERAL, "live", (MANCHESTER_CENTRAL, OLDHAM_EAST))
    assert look_up("BX1 1LT") == PostcodeFinding(PostcodeKind.NOT_FOUND, "live")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("M1", (MANCHESTER_CENTRAL, OLDHAM_EAST)),
        ("M1 1", (MANCHESTER_CENTRAL,)),
        ("M1 1A", (MANCHESTER_CENTRAL,)),
        ("M1 9", (MANCHESTER_CENTRAL, OLDHAM_EAST)),
        ("LS1", (LEEDS_CENTRAL, LEEDS_EAST)),
        ("BI1", ("E14001095",)),
    ],
)
def test_half_a_postcode_has_the_candidates_of_its_sector_or_district(text: str, codes: tuple[str, ...]) -> None:
    assert look_up(text) == PostcodeFinding(PostcodeKind.PARTIAL, None, codes)


@pytest.mark.parametrize("text", ["BT7 1NN", "bt71nn", "BT7", "BT7 1", "BTI IAA", "BT1O 1AA"])
def test_a_postcode_of_northern_ireland_leads_to_its_18_constituencies(text: str) -> None:
    assert look_up(text) == PostcodeFinding(PostcodeKind.NORTHERN_IRELAND, None, NORTHERN_IRELAND)


def test_an_index_that_holds_northern_ireland_is_used() -> None:
    index = SmallIndex({"BT7 1NN": PostcodeEntry("live", ("N05000003",))})
    assert find("BT7 1NN", index, True) == PostcodeFinding(PostcodeKind.FOUND, "live", ("N05000003",))
    assert find("BT7 1ZZ", index, True).status == "newer_than_index"
    assert find("BT7", index, True).kind is PostcodeKind.PARTIAL
    assert find("BT8 1AA", index, True).kind is PostcodeKind.NORTHERN_IRELAND


def test_the_18_are_in_the_order_of_their_names() -> None:
    with (DATA / "constituencies.csv").open(encoding="utf-8") as file:
        names = {row["gss_code"]: row["name"] for row in csv.DictReader(file) if row["nation"] == "Northern Ireland"}
    assert tuple(sorted(names, key=lambda code: names[code])) == NORTHERN_IRELAND


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        ("JE2 3AB", "live", "jersey"),
        ("JE9 9ZZ", None, "jersey"),
        ("JE2", None, "jersey"),
        ("GY1 1AA", "terminated", "guernsey"),
        ("GY9 3UF", None, "guernsey"),
        ("IM1 1AA", "live", "isle_of_man"),
        ("IM9", None, "isle_of_man"),
        ("1M1 1AA", "live", "isle_of_man"),
        ("JEI IZZ", None, "jersey"),
        ("BFPO 57", None, "british_forces"),
        ("BF1 0AA", None, "british_forces"),
    ],
)
def test_places_without_an_mp(text: str, status: str | None, reason: str) -> None:
    found = look_up(text)
    assert (found.kind, found.status, found.constituencies, found.reason) == (PostcodeKind.NO_MP, status, (), reason)


def test_an_islands_code_counts_wherever_the_postcode_is() -> None:
    index = SmallIndex(
        {"CA1 1AA": PostcodeEntry("live", ("M99999999",)), "PO1 1AA": PostcodeEntry("live", ("L99999999",))}
    )
    assert find("CA1 1AA", index, True).reason == "isle_of_man"
    assert find("PO1 1AA", index, True).reason == "guernsey"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("SW1A OAA", ("E14001172",)),
        ("SWIA OAA", ("E14001172",)),
        ("CRO 2AA", ("E14001188",)),
        ("M1 lAE", (MANCHESTER_CENTRAL,)),
        ("LL1 3AA", ("E14001339",)),  # LL1 does not exist, L11 3AA does
    ],
)
def test_a_slip_is_corrected_when_only_one_reading_exists(text: str, codes: tuple[str, ...]) -> None:
    assert look_up(text) == PostcodeFinding(PostcodeKind.FOUND, "live", codes)


def test_what_was_typed_wins_over_a_correction_when_it_could_exist() -> None:
    assert look_up("B11 1AA").constituencies == ("E14001095",)
    assert look_up("BL1 1AA") == PostcodeFinding(PostcodeKind.FOUND, "newer_than_index", ("E14001110",))


def test_two_corrections_that_exist_are_not_guessed_between() -> None:
    index = SmallIndex(
        {"ML1 1LA": PostcodeEntry("live", (LEEDS_EAST,)), "M11 1LA": PostcodeEntry("live", (LEEDS_CENTRAL,))}
    )
    assert find("ML1 1LA", index, True).constituencies == (LEEDS_EAST,)
    assert find("M11 11A", index, True) == NOT_FOUND


def test_a_slip_in_a_newer_postcode() -> None:
    assert look_up("LSI 4ZZ") == PostcodeFinding(PostcodeKind.FOUND, "newer_than_index", (LEEDS_CENTRAL,))
    assert look_up("OX1 OZZ") == NOT_FOUND


@pytest.mark.parametrize("text", ["hello", "M1 1AE and LS1 4AP", ""])
def test_no_postcode(text: str) -> None:
    assert look_up(text) == PostcodeFinding(PostcodeKind.NOT_A_POSTCODE)


def test_the_sandbox_postcodes_exist_unless_switched_off_and_no_other_zz_does() -> None:
    for postcode in sandbox.POSTCODES:
        assert look_up(postcode).kind in (PostcodeKind.FOUND, PostcodeKind.SEVERAL)
        assert look_up(postcode, sandbox_on=False) == NOT_FOUND
    for text in ("ZZ9 9AJ", "ZZ99 9AA", "ZZ1 1AA", "ZZ9"):
        assert look_up(text) == NOT_FOUND


def test_the_finding_does_not_hold_the_postcode() -> None:
    for text in (*ENTRIES, "LS1 9ZZ", "BT7 1NN", "JE9 9ZZ"):
        assert text not in repr(look_up(text))
        assert text.replace(" ", "") not in repr(look_up(text)).replace(" ", "")


@given(st.sampled_from(sorted(ENTRIES)), st.sampled_from(sorted(ENTRIES)))
def test_a_postcode_that_exists_is_found_as_it_stands_whatever_else_exists(one: str, other: str) -> None:
    both = SmallIndex({one: ENTRIES[one], other: ENTRIES[other]})
    assert find(one, both, True).status == ENTRIES[one].status


@given(st.text(max_size=60))
def test_every_text_has_a_finding_and_candidates_only_where_they_belong(text: str) -> None:
    found = look_up(text)
    with_candidates = (
        PostcodeKind.FOUND,
        PostcodeKind.SEVERAL,
        PostcodeKind.PARTIAL,
        PostcodeKind.NORTHERN_IRELAND,
    )
    assert bool(found.constituencies) == (found.kind in with_candidates)
    assert (found.reason is not None) == (found.kind is PostcodeKind.NO_MP)
