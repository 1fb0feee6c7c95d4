"""The differences between two postcode indexes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.world.build.index_changes import Change, IndexChanges, changes
from bot.world.build.pack import pack_index
from bot.world.postcode_index import PostcodeEntry, PostcodeIndex
from tests.world.build.made_up import EAST, NORTH, WEST

DATE = dt.date(2024, 7, 1)
Rows = dict[str, PostcodeEntry]


def live(*codes: str) -> PostcodeEntry:
    return PostcodeEntry("live", codes)


def ended(*codes: str) -> PostcodeEntry:
    return PostcodeEntry("terminated", codes)


def compared(old: Rows, new: Rows) -> IndexChanges:
    data = pack_index(sorted(old.items()), date=DATE, near_boundary_m=50)
    return changes(PostcodeIndex(data, Path("old.idx")), sorted(new.items()))


def test_each_way_of_changing_is_counted_with_its_districts() -> None:
    old = {
        "AB1 0AA": live(WEST),
        "M1 1AA": live(WEST),
        "M1 1AB": live(WEST),
        "M1 1AD": ended(WEST),
        "M1 1AE": live(),
        "M1 1AF": live(WEST, EAST),
        "M1 1AG": live(WEST),
        "M2 1AA": live(WEST),
    }
    new = {
        "M1 1AA": live(EAST),
        "M1 1AB": ended(EAST),
        "M1 1AD": live(WEST),
        "M1 1AE": live(NORTH),
        "M1 1AF": live(WEST, NORTH),
        "M1 1AG": live(),
        "M2 1AA": live(WEST),
        "M2 1AB": live(WEST),
        "ZE1 0AA": ended(NORTH),
    }
    assert compared(old, new) == IndexChanges(
        DATE,
        7,
        new=Change(2, (("M2", 1), ("ZE1", 1))),
        gone=Change(1, (("AB1", 1),)),
        revived=Change(1, (("M1", 1),)),
        terminated=Change(1, (("M1", 1),)),
        moved=Change(2, (("M1", 2),)),
        placed=Change(1, (("M1", 1),)),
        near=Change(1, (("M1", 1),)),
    )
    assert compared(old, new).moved_share == 2 / 7


def test_five_districts_with_the_most_are_named() -> None:
    new = {f"M{district} 1A{letter}": live(WEST) for district in range(1, 9) for letter in "ABDEFGHJ"[:district]}
    assert compared({}, new).new == Change(36, (("M8", 8), ("M7", 7), ("M6", 6), ("M5", 5), ("M4", 4)))
    assert compared({}, new).moved_share == 0


POSTCODES = st.dictionaries(
    st.sampled_from([f"{area} 1A{letter}" for area in ("AB1", "B1", "M1", "M10") for letter in "ABC"]),
    st.sampled_from([live(), live(WEST), live(EAST), live(WEST, EAST), ended(WEST), ended()]),
)


@given(POSTCODES, POSTCODES)
def test_it_agrees_with_a_comparison_of_dictionaries(old: Rows, new: Rows) -> None:
    found = compared(old, new)
    assert found.new.count == len(new.keys() - old.keys())
    assert found.gone.count == len(old.keys() - new.keys())
    both = [(old[postcode], new[postcode]) for postcode in old.keys() & new.keys()]
    turned = Counter(after.status for before, after in both if before.status != after.status)
    assert (found.revived.count, found.terminated.count) == (turned["live"], turned["terminated"])
    lists = [(b.constituencies, a.constituencies) for b, a in both if a.status == "live"]
    assert found.moved.count == sum(bool(before) and before[:1] != after[:1] for before, after in lists)
    assert found.placed.count == sum(not before and bool(after) for before, after in lists)
    assert found.near.count == sum(before[:1] == after[:1] and before != after for before, after in lists)


@given(POSTCODES)
def test_nothing_differs_from_itself(rows: Rows) -> None:
    assert compared(rows, rows) == IndexChanges(DATE, sum(entry.status == "live" for entry in rows.values()))
