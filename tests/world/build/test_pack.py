"""The writer of the packed index. What it writes is read back in tests/world/test_postcode_index.py."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from bot.errors import DataError
from bot.world.build.pack import pack_index
from bot.world.postcode_format import UNITS, VERSION
from bot.world.postcode_index import PostcodeEntry

JULY = dt.date(2024, 7, 1)


def test_the_format_changes_only_with_its_version() -> None:
    live, ended = PostcodeEntry("live", ("E14000001", "E14000002")), PostcodeEntry("terminated", ())
    rows = {"A": (live, live), "B": (ended, ended), "D": (ended, live), "E": (live, live), "F": (ended, live)}
    units = [unit for unit in UNITS if unit[0] in "ABD" or (unit[0] in "EF" and unit[1] not in "QX")]
    postcodes = {f"M1 1{unit}": rows[unit[0]][unit[1] > "L"] for unit in units}
    postcodes["NPT 0VA"] = PostcodeEntry("live", ("W07000003",))
    data = pack_index(postcodes.items(), date=JULY, near_boundary_m=50)
    assert (data[8], len(data), hashlib.sha256(data).hexdigest()[:16]) == (VERSION, 207, "9b9ffad7548b351c")


@pytest.mark.parametrize("second", ["M1 1AA", "M1 1AB"])
def test_postcodes_out_of_order_are_a_mistake_of_the_caller(second: str) -> None:
    entry = PostcodeEntry("live", ())
    with pytest.raises(ValueError, match="comes after M1 1AB"):
        pack_index([("M1 1AB", entry), (second, entry)], date=JULY, near_boundary_m=50)


def test_a_sector_holds_at_most_255_lists_of_candidates() -> None:
    def rows(count: int) -> list[tuple[str, PostcodeEntry]]:
        return [(f"M1 1{unit}", PostcodeEntry("live", (f"E14{i:06}",))) for i, unit in enumerate(UNITS[:count])]

    assert pack_index(rows(255), date=JULY, near_boundary_m=50)
    with pytest.raises(DataError, match=r"Sector M1 1 has 256 different lists .* Choose a smaller near_boundary_m"):
        pack_index(rows(256), date=JULY, near_boundary_m=50)


def test_all_lists_together_have_at_most_65535_entries() -> None:
    codes = [f"E14{i:06}" for i in range(300)]

    def rows(count: int) -> list[tuple[str, PostcodeEntry]]:
        places = [f"M{district} 1{unit}" for district in range(10, 12) for unit in UNITS[:250]]
        return [
            (place, PostcodeEntry("live", (*codes[i % 300 : i % 300 + 1], *codes[:count])))
            for i, place in enumerate(places)
        ]

    assert pack_index(rows(100), date=JULY, near_boundary_m=50)
    with pytest.raises(DataError, match=r"lists of candidates have \d+ entries, over 65,535\. Choose a smaller"):
        pack_index(rows(290), date=JULY, near_boundary_m=50)
