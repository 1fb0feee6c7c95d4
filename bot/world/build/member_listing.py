"""Who sits for which constituency, as one source lists it on one day: Parliament's Members API, or a CSV.

Parliament numbers its constituencies itself (`membershipFromId`), so theirs are matched to GSS codes by name: capitals,
accents, punctuation and "and" or "&" do not count. A name that fits none of the 650, or two members for one of them,
and nothing is taken over.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import DataError, Fault, shown_path
from bot.world.build.members_page import ListedMember
from bot.world.build.mp_lookup import ENDED, SOURCE, Ended
from bot.world.constituencies import Constituency
from bot.world.members import MemberRecord
from bot.world.search import words

FEWEST = 600  # a Parliament that is not dissolved has never had fifty vacant seats
CSV_COLUMNS = ("pcon_code", "member_id", "display_as", "party_text")
_MOST_BYTES = 5_000_000
_DAY = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Listing:
    """The members on the day `as_of`. A seat without a record is vacant on that day.

    `source` says in the file who told us, `shown` in messages.
    """

    as_of: dt.date
    source: str
    shown: str
    records: tuple[MemberRecord, ...]


def refuse_few(listing: Listing, allowed: bool) -> None:
    """Raises DataError where so few sit that the list is probably not whole, unless that is `allowed`."""
    if len(listing.records) < FEWEST and not allowed:
        raise DataError(
            f"{listing.shown} lists {len(listing.records)} members, fewer than {FEWEST}, and nothing was taken over. "
            "If Parliament is dissolved, or so many seats are vacant, repeat with --allow-few."
        )


def seated(
    members: Iterable[ListedMember],
    seats: Mapping[str, Constituency],
    *,
    as_of: dt.date,
    last_election: dt.date,
    source: str,
) -> Listing:
    """Parliament's members with the GSS codes of their seats. Raises DataError with everybody who has none.

    `since` is the start of the membership where it lies after the last general election, for then it began in this
    seat; an earlier start may have been in another one, and stays blank.
    """
    codes: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for seat in seats.values():
        codes[words(seat.name)].append(seat.code)
    faults: list[Fault] = []
    found: dict[str, MemberRecord] = {}
    for member in members:
        who = f"{member.name} ({member.person_id})"
        fitting = codes.get(words(member.constituency), [])
        if len(fitting) != 1:
            many = f"fits {', '.join(fitting)}" if fitting else "is none of those in constituencies.csv"
            message = f"the constituency of {who}, {member.constituency!r}, {many}; correct the name there"
            faults.append(Fault(source, 0, 0, "unknown-constituency", message))
            continue
        code = fitting[0]
        if member.started > as_of:
            message = f"{who} is said to sit from {member.started}, after {as_of}; check this machine's clock"
            faults.append(Fault(source, 0, 0, "future-date", message))
        if code in found:
            message = f"{who} and {found[code].name} ({found[code].person_id}) are both listed for {seats[code].name}"
            faults.append(Fault(source, 0, 0, "two-members", f"{message}; try again later"))
            continue
        since = member.started if member.started > last_election else None
        found[code] = MemberRecord(member.person_id, member.name, member.party, code, since, None, source, as_of)
    if faults:
        raise DataError(f"What {source} answered cannot be used, and nothing was taken over:", faults)
    return Listing(as_of, source, source, tuple(found.values()))


def day_in_name(path: Path) -> dt.date | None:
    """The day in a file's name, as in mp_lookup_2026-06-27.csv; None unless there is exactly one."""
    days = _DAY.findall(path.name)
    try:
        return dt.date.fromisoformat(days[0]) if len(days) == 1 else None
    except ValueError:
        return None


def read_csv(path: Path, seats: Mapping[str, Constituency], as_of: dt.date, ended: Iterable[Ended] = ENDED) -> Listing:
    """The members in a release of the MP lookup: one line for each seat, with an empty member where it is vacant.

    `ended`: memberships known to have ended after that day. Raises DataError with everything that is wrong.
    """
    file = shown_path(path)
    later = {one.person_id: one for one in ended if one.until > as_of}
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    persons: dict[int, int] = {}
    records: list[MemberRecord] = []
    for line, values in _rows(path, file):
        before = len(faults)
        code, person = values["pcon_code"], values["member_id"]
        if code not in seats:
            message = f"{code!r:.20} is not a constituency in constituencies.csv; correct the code"
            faults.append(Fault(file, line, 1, "unknown-code", message))
        elif code in lines:
            message = f"{seats[code].name} ({code}) stands on line {lines[code]} already; remove one line"
            faults.append(Fault(file, line, 1, "two-members", message))
        lines.setdefault(code, line)
        if not person:
            continue
        if not (person.isascii() and person.isdigit() and 0 < int(person) < 10**9):
            message = f"{person!r:.20} is not a person id; write the number of the page on members.parliament.uk"
            faults.append(Fault(file, line, 1, "bad-person-id", message))
        elif int(person) in persons:
            message = f"the person {person} stands on line {persons[int(person)]} already; remove one of them"
            faults.append(Fault(file, line, 1, "two-seats", message))
        else:
            persons[int(person)] = line
        for column in ("display_as", "party_text"):
            if not values[column] or not values[column].isprintable():
                message = f"the value of `{column}` is missing or cannot be printed; correct it"
                faults.append(Fault(file, line, 1, "missing-value", message))
        if len(faults) == before:
            records.append(_record(values, as_of, later.get(int(person))))
    missing = [seat for code, seat in seats.items() if code not in lines]
    if missing:
        names = ", ".join(f"{seat.name} ({seat.code})" for seat in missing[:3]) + (" …" if len(missing) > 3 else "")
        message = f"lacks {len(missing)} of {len(seats)} constituencies: {names}; take the original file again"
        faults.append(Fault(file, 0, 0, "partial", message))
    if faults:
        raise DataError(f"{file} cannot be used, and nothing was taken over:", faults)
    return Listing(as_of, SOURCE, file, tuple(records))


def _record(values: Mapping[str, str], as_of: dt.date, end: Ended | None) -> MemberRecord:
    return MemberRecord(
        person_id=int(values["member_id"]),
        name=values["display_as"],
        party=values["party_text"],
        gss_code=values["pcon_code"],
        since=None,
        until=end.until if end else None,
        source=end.source if end else SOURCE,
        checked_on=end.checked_on if end else as_of,
    )


def _rows(path: Path, file: str) -> list[tuple[int, dict[str, str]]]:
    """The lines below the header, each with its number and the columns that are needed."""
    try:
        with path.open("rb") as opened:
            data = opened.read(_MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror}); check its name and its rights.") from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DataError(f"{file}:{line}: is not UTF-8 text; save it as CSV with the encoding UTF-8.") from None
    if len(data) > _MOST_BYTES:
        raise DataError(f"{file} is larger than {_MOST_BYTES:,} bytes; take the original file again.")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows, line = [], 1
    try:
        missing = [column for column in CSV_COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise DataError(f"{file}:1: lacks the columns {', '.join(missing)}; download mp_lookup.csv again.")
        for row in reader:
            values = {column: " ".join((row[column] or "").split()) for column in CSV_COLUMNS}
            rows.append((line + 1, values))
            line = reader.line_num
    except csv.Error as error:
        raise DataError(f"{file}:{line + 1}: is not CSV ({error}); check the quotes on this line.") from None
    return rows
