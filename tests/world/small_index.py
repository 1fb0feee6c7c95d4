"""A postcode index of a dozen postcodes, kept in a dictionary: what the tests of the world look things up in."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

from bot.world.postcode_index import PostcodeEntry
from bot.world.postcode_text import district_of, sector_of

LEEDS_CENTRAL, LEEDS_EAST = "E14001319", "E14001320"
MANCHESTER_CENTRAL, HACKNEY_NORTH, OLDHAM_EAST, CLACTON = "E14001352", "E14001259", "E14001415", "E14001174"

ENTRIES: Mapping[str, PostcodeEntry] = {
    "M1 1AE": PostcodeEntry("live", (MANCHESTER_CENTRAL,)),
    "M1 1AF": PostcodeEntry("terminated", (MANCHESTER_CENTRAL,)),
    "M1 2AB": PostcodeEntry("live", (MANCHESTER_CENTRAL, OLDHAM_EAST)),
    "M1 2AD": PostcodeEntry("live", ()),
    "LS1 4AP": PostcodeEntry("live", (LEEDS_CENTRAL,)),
    "LS1 4AQ": PostcodeEntry("live", (LEEDS_CENTRAL,)),
    "LS1 5AA": PostcodeEntry("live", (LEEDS_EAST,)),
    "SW1A 0AA": PostcodeEntry("live", ("E14001172",)),
    "CR0 2AA": PostcodeEntry("live", ("E14001188",)),
    "B11 1AA": PostcodeEntry("live", ("E14001095",)),
    "BL1 2ZZ": PostcodeEntry("live", ("E14001110",)),
    "L11 3AA": PostcodeEntry("live", ("E14001339",)),
    "CO15 1AA": PostcodeEntry("live", (CLACTON,)),
    "JE2 3AB": PostcodeEntry("live", ("L99999999",)),
    "GY1 1AA": PostcodeEntry("terminated", ("L99999999",)),
    "IM1 1AA": PostcodeEntry("live", ("M99999999",)),
    "IM11 1AA": PostcodeEntry("live", ("M99999999",)),
    "NPT 1AA": PostcodeEntry("terminated", ("W07000104",)),
    "BX1 1LT": PostcodeEntry("live", ()),
}


class SmallIndex:
    """Answers as `PostcodeIndex` does, from `entries`."""

    def __init__(self, entries: Mapping[str, PostcodeEntry] = ENTRIES, date: dt.date = dt.date(2024, 7, 1)) -> None:
        self.entries = entries
        self.date = date

    def find(self, postcode: str) -> PostcodeEntry | None:
        """The entry of this very text."""
        return self.entries.get(postcode)

    def in_sector(self, sector: str) -> tuple[str, ...]:
        """Constituencies of its live postcodes, most postcodes first."""
        return self._ranked(postcode for postcode in self.entries if sector_of(postcode) == sector)

    def in_district(self, district: str) -> tuple[str, ...]:
        """The same for a district."""
        return self._ranked(postcode for postcode in self.entries if district_of(postcode) == district)

    def _ranked(self, postcodes: Iterable[str]) -> tuple[str, ...]:
        counts: Counter[str] = Counter()
        for postcode in postcodes:
            if self.entries[postcode].status == "live":
                counts.update(self.entries[postcode].constituencies)
        return tuple(code for code, _ in counts.most_common())
