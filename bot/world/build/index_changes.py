"""What a new postcode index says otherwise than the one that it replaces."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.world.postcode_index import PostcodeEntry, PostcodeIndex

Row = tuple[str, PostcodeEntry]


@dataclass(frozen=True, slots=True)
class Change:
    """How many postcodes changed in one way, and the districts ("M1") with the most of them: up to five."""

    count: int = 0
    districts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class IndexChanges:
    """The differences from an index of the month `before` with so many `live` postcodes.

    new: postcodes that the old index did not have
    gone: postcodes that only the old index had
    revived: terminated there, live here
    terminated: live there, terminated here
    moved: live here, with another first constituency than there, or without one
    placed: live here, without a constituency there and with one here
    near: live here, the same first constituency, other candidates after it
    """

    before: dt.date
    live: int
    new: Change = Change()
    gone: Change = Change()
    revived: Change = Change()
    terminated: Change = Change()
    moved: Change = Change()
    placed: Change = Change()
    near: Change = Change()

    @property
    def moved_share(self) -> float:
        """The part of the old index's live postcodes that moved, from 0 to 1."""
        return self.moved.count / self.live if self.live else 0.0


def changes(old: PostcodeIndex, rows: Iterable[Row]) -> IndexChanges:
    """Compares an index with the rows of a new one, which ascend. Raises DataError where the index is damaged."""
    found: dict[str, Counter[str]] = {}
    for postcode, before, after in _paired(iter(old), iter(rows)):
        if before is after or before == after:
            continue
        for kind in _kinds(before, after):
            found.setdefault(kind, Counter())[postcode[:-4]] += 1
    return IndexChanges(old.date, old.live, **{kind: _change(districts) for kind, districts in found.items()})


def _kinds(before: PostcodeEntry | None, after: PostcodeEntry | None) -> Iterator[str]:
    if before is None:
        yield "new"
    elif after is None:
        yield "gone"
    else:
        if before.status != after.status:
            yield "revived" if after.status == "live" else "terminated"
        if after.status == "live" and before.constituencies != after.constituencies:
            if before.constituencies[:1] == after.constituencies[:1]:
                yield "near"
            else:
                yield "moved" if before.constituencies else "placed"


def _change(districts: Counter[str]) -> Change:
    most = sorted(districts.items(), key=lambda item: (-item[1], item[0]))
    return Change(districts.total(), tuple(most[:5]))


def _paired(old: Iterator[Row], new: Iterator[Row]) -> Iterator[tuple[str, PostcodeEntry | None, PostcodeEntry | None]]:
    """Every postcode of either, with its entry in both; both ascend."""
    end: tuple[str, None] = ("~", None)  # after every postcode
    left: tuple[str, PostcodeEntry | None] = next(old, end)
    right: tuple[str, PostcodeEntry | None] = next(new, end)
    while left is not end or right is not end:
        if left[0] == right[0]:
            yield left[0], left[1], right[1]
            left, right = next(old, end), next(new, end)
        elif left[0] < right[0]:
            yield left[0], left[1], None
            left = next(old, end)
        else:
            yield right[0], None, right[1]
            right = next(new, end)
