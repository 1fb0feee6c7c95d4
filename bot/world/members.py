"""Who sits in the House of Commons for which constituency, since when and until when (`data/members.csv`).

`since` and `until` are blank where the source does not say. A seat falls vacant on the day `until`: from that day on
its member no longer sits. A row whose seat has fallen vacant stays, so that the bot can say since when.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import Fault
from bot.world.table import Row, parse_day, read_table

COLUMNS = ("person_id", "name", "party", "gss_code", "since", "until", "source", "checked_on")


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """One person in one seat. `person_id` is that of Parliament's Members API; `source` says who told us."""

    person_id: int
    name: str
    party: str
    gss_code: str
    since: dt.date | None
    until: dt.date | None
    source: str
    checked_on: dt.date

    def sits_on(self, day: dt.date) -> bool:
        """Whether the person sits on this day, as far as the record says."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class MemberList:
    """All records by seat. `date` is the day as of which the list is known: that of its oldest sitting member."""

    by_seat: Mapping[str, tuple[MemberRecord, ...]]
    date: dt.date | None

    def sitting(self, code: str, day: dt.date) -> MemberRecord | None:
        """Who sits for this constituency on this day."""
        return next((record for record in self.by_seat.get(code, ()) if record.sits_on(day)), None)

    def vacant_since(self, code: str, day: dt.date) -> dt.date | None:
        """Since when nobody sits there; None where somebody does, or the day is not known."""
        records = self.by_seat.get(code, ())
        if any(record.sits_on(day) for record in records):
            return None
        return max((record.until for record in records if record.until and record.until <= day), default=None)

    def persons(self) -> Mapping[int, MemberRecord]:
        """The newest record of each person: the open one, else the one that ended last."""
        order = sorted(
            (one for seat in self.by_seat.values() for one in seat), key=lambda one: one.until or dt.date.max
        )
        return {record.person_id: record for record in order}


def member_list(records: Iterable[MemberRecord]) -> MemberList:
    """A list of these records."""
    by_seat: dict[str, tuple[MemberRecord, ...]] = {}
    dates = []
    for record in records:
        by_seat[record.gss_code] = (*by_seat.get(record.gss_code, ()), record)
        if record.until is None:
            dates.append(record.checked_on)
    return MemberList(by_seat, min(dates, default=None))


def read_members(path: Path, seats: Collection[str], today: dt.date, faults: list[Fault]) -> MemberList:
    """The list in this file. `seats` are the GSS codes that exist; what is wrong is added to `faults`."""
    found: list[tuple[Row, MemberRecord]] = []
    for row in read_table(path, COLUMNS, faults) or ():
        record = _record(row, seats, today, faults)
        if record:
            found.append((row, record))
    _one_to_one(found, faults)
    return member_list(record for _, record in found)


def dump_members(records: Iterable[MemberRecord]) -> str:
    """The text of a file with these records, in the order of their seats: what `read_members` reads."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in sorted(records, key=lambda one: (one.gss_code, one.until or dt.date.max, one.person_id)):
        since, until = one.since or "", one.until or ""
        writer.writerow((one.person_id, one.name, one.party, one.gss_code, since, until, one.source, one.checked_on))
    return out.getvalue()


def _record(row: Row, seats: Collection[str], today: dt.date, faults: list[Fault]) -> MemberRecord | None:
    before = len(faults)
    values = row.values
    person = values["person_id"]
    if not (person.isascii() and person.isdigit() and 0 < int(person) < 10**9):
        message = (
            f"{person!r:.20} is not a person id; write the number in the address of the page on members.parliament.uk"
        )
        faults.append(row.fault("person_id", "bad-person-id", message))
    for column in ("name", "party", "source"):
        if not values[column]:
            faults.append(row.fault(column, "missing-value", f"the value of `{column}` is missing; add it"))
    if values["gss_code"] not in seats:
        message = f"{values['gss_code']!r:.20} is not a constituency in constituencies.csv; correct the code"
        faults.append(row.fault("gss_code", "unknown-code", message))
    since = parse_day(row, "since", today, faults) if values["since"] else None
    until = parse_day(row, "until", today, faults) if values["until"] else None
    checked_on = parse_day(row, "checked_on", today, faults)
    if since and until and since > until:
        faults.append(
            row.fault("since", "wrong-order", f"{since} is after {until}, when it ended; correct one of them")
        )
    if len(faults) > before or checked_on is None:
        return None
    return MemberRecord(
        int(person), values["name"], values["party"], values["gss_code"], since, until, values["source"], checked_on
    )


def _one_to_one(found: list[tuple[Row, MemberRecord]], faults: list[Fault]) -> None:
    """One seat has one sitting member, and one person one seat, at any time."""
    seats: dict[str, list[tuple[Row, MemberRecord]]] = defaultdict(list)
    persons: dict[int, list[tuple[Row, MemberRecord]]] = defaultdict(list)
    for row, record in found:
        for other, earlier in seats[record.gss_code]:
            if _overlap(record, earlier):
                message = f"the seat has a member on line {other.line} already; put into `until` when that ended"
                faults.append(row.fault("gss_code", "two-members", message))
        for other, earlier in persons[record.person_id]:
            if _overlap(record, earlier) and record.gss_code != earlier.gss_code:
                message = f"the person sits for {earlier.gss_code} on line {other.line} already; remove one line"
                faults.append(row.fault("person_id", "two-seats", message))
        seats[record.gss_code].append((row, record))
        persons[record.person_id].append((row, record))


def _overlap(one: MemberRecord, other: MemberRecord) -> bool:
    """Whether both sat on some day, as far as the dates say: an unknown start says nothing, an open end does."""
    if one.until is None and other.until is None:
        return True
    first, second = sorted((one, other), key=lambda record: record.until or dt.date.max)
    return bool(second.since and first.until and second.since < first.until)
