"""What a new list changes: who left and came, and whose pledges lapse by it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.facts import Pledge
from bot.errors import DataError, Fault
from bot.world.build.member_changes import Changes, changes, described, merged
from bot.world.build.member_listing import Listing
from bot.world.constituencies import read_constituencies
from bot.world.members import MemberList, MemberRecord, dump_members, member_list, read_members
from bot.world.pledges import PledgeRegister, register

SEATS = read_constituencies(Path(__file__).parents[3] / "data" / "constituencies.csv", [])
EAST, WEST, NORTH = list(SEATS)[:3]
JUNE, JULY, NOVEMBER = dt.date(2026, 6, 27), dt.date(2026, 7, 8), dt.date(2026, 11, 22)
NEW = "https://example.org/api"


def row(person: int, seat: str, day: dt.date = JUNE, **values: object) -> MemberRecord:
    record = MemberRecord(person, f"Ms Example {person}", "Party", seat, None, None, "before", day)
    return replace(record, **values)  # type: ignore[arg-type]


def listing(*records: MemberRecord, as_of: dt.date = NOVEMBER) -> Listing:
    told = tuple(replace(record, checked_on=as_of, source=NEW) for record in records)
    return Listing(as_of, NEW, NEW, told)


def after(old: list[MemberRecord], new: Listing) -> MemberList:
    return member_list(merged(member_list(old), new))


def differences(old: list[MemberRecord], new: Listing, *pledges: Pledge) -> Changes:
    return changes(member_list(old), after(old, new), SEATS, register(pledges), NOVEMBER)


def pledge(person: int) -> Pledge:
    return Pledge(person, f"Example {person}", dt.date(2018, 10, 12), None, None, "https://example.org", JUNE)


def test_who_stays_is_checked_on_the_day_of_the_list() -> None:
    found = after([row(1, EAST)], listing(row(1, EAST)))
    assert found.by_seat[EAST] == (row(1, EAST, NOVEMBER, source=NEW),)
    assert found.date == NOVEMBER


def test_who_left_keeps_the_row_with_the_day_of_the_list_as_the_end() -> None:
    found = after([row(1, EAST)], listing())
    assert found.by_seat[EAST] == (row(1, EAST, NOVEMBER, until=NOVEMBER, source=NEW),)
    assert found.vacant_since(EAST, NOVEMBER) == NOVEMBER


def test_the_start_of_a_successor_is_the_latest_end_of_the_one_before() -> None:
    old, new = after([row(1, EAST)], listing(row(2, EAST, since=JULY))).by_seat[EAST]
    assert (old.person_id, old.until) == (1, JULY)
    assert (new.person_id, new.since, new.until) == (2, JULY, None)


def test_a_start_on_a_day_when_somebody_else_was_seen_to_sit_there_is_not_believed() -> None:
    old, new = after([row(1, EAST)], listing(row(2, EAST, since=JUNE))).by_seat[EAST]
    assert (old.until, new.since) == (NOVEMBER, None)


def test_a_start_that_cannot_be_true_stays_blank() -> None:
    """Elected again after resigning: the start that is listed may be that of the first membership."""
    resigned = row(1, EAST, since=dt.date(2025, 5, 1), until=JULY)
    _, again = after([resigned], listing(row(1, EAST, since=dt.date(2025, 5, 1)))).by_seat[EAST]
    assert (again.since, again.until) == (None, None)


def test_a_start_before_the_person_left_another_seat_stays_blank() -> None:
    found = after([row(1, EAST)], listing(row(1, WEST, since=JULY)))
    assert [(one.gss_code, one.since, one.until) for rows in found.by_seat.values() for one in rows] == [
        (EAST, None, NOVEMBER),
        (WEST, None, None),
    ]


def test_a_start_written_by_hand_is_kept_where_the_list_has_none() -> None:
    (found,) = after([row(1, EAST, since=dt.date(2025, 5, 1))], listing(row(1, EAST))).by_seat[EAST]
    assert found.since == dt.date(2025, 5, 1)


def test_a_row_that_ended_stays_as_it_is() -> None:
    ended = row(1, EAST, until=dt.date(2025, 1, 1))
    assert after([ended, row(2, EAST)], listing(row(3, EAST))).by_seat[EAST][0] == ended


def test_what_was_learnt_of_a_seat_after_the_day_of_the_list_stays() -> None:
    resigned = row(1, EAST, NOVEMBER, until=JULY)
    found = after([resigned, row(2, WEST)], listing(row(1, EAST), row(2, WEST), as_of=JUNE))
    assert found.by_seat[EAST] == (resigned,)


def test_an_older_list_is_refused() -> None:
    with pytest.raises(DataError, match=r"is a list of 2026-06-27, and members\.csv is of 2026-11-22 already"):
        after([row(1, EAST, NOVEMBER)], listing(row(1, EAST), as_of=JUNE))


def test_everything_that_differs_is_found() -> None:
    old = [row(1, EAST), row(2, WEST), row(3, NORTH)]
    new = listing(row(2, WEST, party="Other"), row(4, NORTH, since=JULY))
    found = differences(old, new, pledge(1), pledge(2), pledge(9))
    assert [one.person_id for one in found.left] == [1, 3]
    assert [one.person_id for one in found.came] == [4]
    assert [(one.party, other.party) for one, other in found.parties] == [("Party", "Other")]
    assert found.newly_vacant == {EAST}
    assert [one.person_id for one, _ in found.lapsed] == [1]
    assert not found.back
    assert not found.renamed


def test_a_pledge_follows_its_person_to_another_seat() -> None:
    found = differences([row(1, EAST)], listing(row(1, WEST)), pledge(1))
    assert not found.lapsed
    assert not found.left
    assert [(one.gss_code, other.gss_code) for one, other in found.moved] == [(EAST, WEST)]


def test_a_pledge_counts_again_when_its_person_comes_back() -> None:
    found = differences([row(1, EAST, until=JULY)], listing(row(1, WEST)), pledge(1))
    assert [one.person_id for one, _ in found.back] == [1]


def test_the_difference_is_told_in_lines() -> None:
    old = [row(1, EAST), row(2, WEST), row(3, NORTH), row(5, list(SEATS)[3], until=JULY)]
    new = listing(row(2, WEST, party="Other", name="Ms Changed"), row(4, NORTH, since=JULY))
    before, now = member_list(old), after(old, new)
    found = changes(before, now, SEATS, register((pledge(1),)), NOVEMBER)
    said = [line for line in described(found, before, now, SEATS) if "nobody listed" not in line]
    assert said == [
        "Left: 2",
        "  Ms Example 1 (Party, 1), Aldershot: not since 2026-11-22",
        "  Ms Example 3 (Party, 3), Altrincham and Sale West: not since 2026-07-08",
        "Came: 1",
        "  Ms Example 4 (Party, 4), Altrincham and Sale West, since 2026-07-08",
        "Changed party: 1",
        "  Ms Example 2 (Party, 2), Aldridge-Brownhills -> Other",
        "Changed name: 1",
        "  Ms Example 2 (Party, 2), Aldridge-Brownhills -> Ms Changed",
        "Vacant: 648",
        "  Aldershot: since 2026-11-22 at the latest",
        "  Amber Valley: since 2026-07-08, as before",
        "Pledges that lapse: 1",
        "  Example 1 (1), signed 2018-10-12: no longer sits for Aldershot",
    ]


def test_no_difference_is_told_too() -> None:
    same = [row(number, code) for number, code in enumerate(SEATS, 1)]
    before, now = member_list(same), after(same, listing(*same))
    found = changes(before, now, SEATS, PledgeRegister((), {}, None), NOVEMBER)
    assert described(found, before, now, SEATS) == [
        "Nobody has left or come, and nobody's seat, party or name has changed."
    ]


DAYS = st.dates(dt.date(2024, 7, 5), NOVEMBER)


@st.composite
def listings(draw: st.DrawFn, as_of: dt.date) -> Listing:
    """Up to three people in up to three seats; a start of a membership that may be true or not."""
    people = draw(st.permutations([1, 2, 3, 4]))
    records = []
    for seat, person in zip((EAST, WEST, NORTH), people, strict=False):
        if draw(st.booleans()):
            since = draw(st.none() | st.dates(dt.date(2024, 7, 5), as_of))
            records.append(row(person, seat, since=since))
    return listing(*records, as_of=as_of)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("members")


@given(days=st.lists(DAYS, min_size=1, max_size=4), data=st.data())
def test_after_any_lists_the_file_loads_and_says_what_the_newest_says(
    folder: Path, days: list[dt.date], data: st.DataObject
) -> None:
    known = member_list(())
    for day in sorted(days):
        new = data.draw(listings(day))
        known = member_list(merged(known, new))
        now = {record.gss_code: record.person_id for record in new.records}
        for seat in (EAST, WEST, NORTH):
            sitting = known.sitting(seat, day)
            assert (sitting.person_id if sitting else None) == now.get(seat)
    assert faults_of(known, folder / "members.csv") == []


def faults_of(members: MemberList, path: Path) -> list[Fault]:
    faults: list[Fault] = []
    path.write_text(dump_members(one for rows in members.by_seat.values() for one in rows), encoding="utf-8")
    read_members(path, SEATS, NOVEMBER, faults)
    return faults
