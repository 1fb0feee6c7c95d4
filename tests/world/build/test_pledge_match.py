"""Which person a signature is: certain, likely or nobody."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.world.build.campaign_list import Signature
from bot.world.build.pledge_match import Certain, Likely, Match, Unmatched, match, name_words, people
from bot.world.constituencies import read_constituencies
from bot.world.members import MemberRecord, member_list, read_members

DATA = Path(__file__).parents[3] / "data"
TODAY = dt.date(2026, 11, 22)
SEATS = read_constituencies(DATA / "constituencies.csv", [])
CODES = {seat.name: code for code, seat in SEATS.items()}
SHIPPED = people(read_members(DATA / "members.csv", SEATS, TODAY, []), SEATS, [])


def signed(name: str, place: str | None = None, person: int | None = None) -> Signature:
    day = dt.date(2018, 10, 12)
    return Signature("list.csv", 2, name, place, day, "on", None, None, "https://example.org", person)


def row(person: int, name: str, place: str, **values: object) -> MemberRecord:
    record = MemberRecord(person, name, "Party", CODES[place], None, None, "example", TODAY)
    return replace(record, **values)  # type: ignore[arg-type]


KNOWN = people(
    member_list(
        [
            row(1, "Ms Jane Example", "Leeds East"),
            row(2, "Sir John O'Mara-Sämple", "Manchester Central"),
            row(3, "Alex Twin", "Clacton"),
            row(4, "Alex Twin", "Aldershot"),
            row(5, "Mary Married", "Newcastle upon Tyne Central and West"),
            row(6, "Mary Before", "Ashford", until=dt.date(2026, 1, 1)),
            row(6, "Mary After", "Bath"),
            row(7, "Newly Elected", "Exeter", since=dt.date(2026, 5, 1)),
            row(8, "Jonathan Lord", "Woking"),
        ]
    ),
    SEATS,
    [(1, "Jane Maiden", "Elmet"), (99, "Nobody Known", None)],
)


def ids(found: Match) -> list[int]:
    if isinstance(found, Certain):
        return [found.person.person_id]
    return [person.person_id for person, _ in found.candidates] if isinstance(found, Likely) else []


@pytest.mark.parametrize(
    ("name", "place", "person"),
    [
        ("Jane Example", "Leeds East", 1),
        ("Ms. Jane EXAMPLE MP", "LEEDS EAST", 1),
        ("Rt Hon Dame Jane Example DBE KC MP", "Leeds East", 1),
        ("Example, Ms Jane", "Leeds East", 1),
        ("Jane Example, MP", "Leeds East", 1),
        ("Jane Example", None, 1),
        ("Jane Maiden", "Leeds East", 1),
        ("Jane Maiden", "Elmet", 1),
        ("John O’Mara Sample", "Manchester Central", 2),
        ("john omara-sample", "Manchester  central", 2),
        ("John O'Mara-Sample", "Manchster Central", 2),
        ("Alex Twin", "Clacton", 3),
        ("Alex Twin", "Aldershot", 4),
        ("Mary Married", "Newcastle upon Tyne Central", 5),
        ("Mary Before", "Ashford", 6),
        ("Mary Before", "Bath", 6),
        ("Mary After", None, 6),
        ("Jonathan Lord", "Woking", 8),
    ],
)
def test_the_same_name_and_place_or_a_name_that_only_one_has_is_certain(
    name: str, place: str | None, person: int
) -> None:
    found = match(signed(name, place), KNOWN)
    assert isinstance(found, Certain)
    assert ids(found) == [person]


@pytest.mark.parametrize(
    ("name", "place", "candidates", "why"),
    [
        ("Jane Example", "Leeds West", [1], "the same name, but another constituency"),
        ("Jane Example", "Leeds Eest", [1], "the same name, but another constituency"),
        ("Jane Example", "Oldham", [1], "the same name, but another constituency"),
        ("Alex Twin", None, [3, 4], "the same name, which 2 people have"),
        ("Alex Twin", "Oldham", [3, 4], "the same name, but another constituency"),
        ("J. Example", "Leeds East", [1], "an initial and the surname, and the same constituency"),
        ("J Example", None, [1], "an initial and the surname, and no constituency is given"),
        ("Jane B. Example", "Leeds East", [1], "the same first name and surname, but not what is between"),
        ("Jan Example", "Leeds East", [1], "a short first name and the surname, and the same constituency"),
        ("Jane Exampel", "Leeds East", [1], "a name spelt nearly the same, and the same constituency"),
        ("Jane Exampel", "Leeds West", [1], "a name spelt nearly the same, but another constituency"),
        ("Example Jane", "Leeds East", [1], "the same words in another order, and the same constituency"),
        ("Susan Example", "Leeds East", [1], "the same surname, and the same constituency"),
        ("Jane Divorced", "Leeds East", [1], "the same first name with another surname, and the same constituency"),
        ("Newly Elected", "Exeter", [7], "the same name, but sits only since 2026-05-01"),
    ],
)
def test_what_only_resembles_is_likely_with_the_reason(
    name: str, place: str | None, candidates: list[int], why: str
) -> None:
    found = match(signed(name, place), KNOWN)
    assert isinstance(found, Likely)
    assert ids(found) == candidates
    assert why in found.candidates[0][1]


@pytest.mark.parametrize(
    ("name", "place"),
    [("Somebody Else", "Leeds East"), ("Susan Example", None), ("Jane Divorced", None), ("Lord", None), ("Twin", None)],
)
def test_who_resembles_nobody_is_unmatched(name: str, place: str | None) -> None:
    assert isinstance(match(signed(name, place), KNOWN), Unmatched)


def test_the_likeliest_come_first_and_three_at_most() -> None:
    many = people(
        member_list(
            [row(n, f"J{n} Smith", place) for n, place in enumerate(("Bath", "Exeter", "Clacton", "Woking"), 1)]
        ),
        SEATS,
        [],
    )
    found = match(signed("J Smith", "Woking"), many)
    assert ids(found) == [4, 1, 2]


def test_a_person_id_with_the_surname_is_certain() -> None:
    assert isinstance(match(signed("J. Example", None, 1), KNOWN), Certain)


@pytest.mark.parametrize(("name", "person", "kind"), [("Alex Twin", 1, Likely), ("Jane Example", 99, Unmatched)])
def test_a_wrong_person_id_is_never_certain(name: str, person: int, kind: type) -> None:
    assert isinstance(match(signed(name, None, person), KNOWN), kind)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Rt Hon Sir Keir Starmer KCB KC MP", ("keir", "starmer")),
        ("Abbott, Ms Diane", ("diane", "abbott")),
        ("Siân Berry", ("sian", "berry")),
        ("Rebecca Long-Bailey", ("rebecca", "long", "bailey")),
        ("Dr Lord", ("lord",)),
        ("Sir", ("sir",)),
        ("OBE, MP", ("obe", "mp")),
        ("Lord, Jonathan", ("jonathan", "lord")),
        ("Jane Example, OBE, MP", ("jane", "example")),
    ],
)
def test_titles_and_honours_do_not_count(name: str, words: tuple[str, ...]) -> None:
    assert name_words(name) == words


@pytest.mark.parametrize(
    ("name", "place", "person"),
    [
        ("Diane Abbott", "Hackney North & Stoke Newington", 172),
        ("Richard Burgon MP", "Leeds East", 4493),
        ("Debbie Abrahams", "Oldham East and Saddleworth", 4212),
    ],
)
def test_those_who_signed_and_still_sit_are_certain(name: str, place: str, person: int) -> None:
    found = match(signed(name, place), SHIPPED)
    assert isinstance(found, Certain)
    assert ids(found) == [person]


@given(st.sampled_from(sorted(SHIPPED.by_id)), st.data())
def test_another_constituency_is_never_certain(person: int, data: st.DataObject) -> None:
    """Whoever it is: the same name in the seat of somebody else may be somebody else."""
    one = SHIPPED.by_id[person]
    elsewhere = data.draw(st.sampled_from([other for other in CODES if not set(other.split()) & set(one.seat.split())]))
    assert not isinstance(match(signed(one.name, elsewhere), SHIPPED), Certain)
    here = one.seat.split(", until")[0]
    assert ids(match(signed(one.name, here), SHIPPED)) == [person]


@given(st.text(min_size=1, max_size=40), st.none() | st.sampled_from(sorted(CODES)))
def test_certain_is_only_the_same_name(name: str, place: str | None) -> None:
    found = match(signed(f"x{name}", place), SHIPPED)
    if isinstance(found, Certain):
        assert "".join(name_words(f"x{name}")) in {"".join(own) for own in found.person.names}
