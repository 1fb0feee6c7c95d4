"""What a new list of members changes in `members.csv`, and whose pledges lapse by it or come back. Pure.

A row of somebody who has left stays, with `until`: the day from which they are known not to sit. The list does not say
when they left, so that is the day of the list, or the day on which somebody else's membership of the seat began.
What was found out about a seat after the day of the list stays as it is: an older list does not know it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.engine.facts import Pledge
from bot.errors import DataError
from bot.world.build.member_listing import Listing
from bot.world.constituencies import Constituency
from bot.world.members import MemberList, MemberRecord
from bot.world.pledges import PledgeRegister

Pair = tuple[MemberRecord, MemberRecord]


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference between two lists on one day.

    left, came: who sat and does not sit any more, and the other way round
    moved, renamed, parties: people who sit before and after: with another seat, name or party
    vacant: the GSS codes of all seats that nobody sits for; newly_vacant: those of them where somebody sat before
    lapsed, back: records of the register whose person has left, or has come back
    """

    left: tuple[MemberRecord, ...]
    came: tuple[MemberRecord, ...]
    moved: tuple[Pair, ...]
    renamed: tuple[Pair, ...]
    parties: tuple[Pair, ...]
    vacant: tuple[str, ...]
    newly_vacant: frozenset[str]
    lapsed: tuple[tuple[Pledge, MemberRecord], ...]
    back: tuple[tuple[Pledge, MemberRecord], ...]


def merged(old: MemberList, listing: Listing) -> tuple[MemberRecord, ...]:
    """The rows of `members.csv` once the list is taken over. Raises DataError for a list older than what is known."""
    if old.date is not None and listing.as_of < old.date:
        raise DataError(
            f"{listing.shown} is a list of {listing.as_of}, and members.csv is of {old.date} already; "
            "an older list cannot replace a newer one."
        )
    now = {record.gss_code: record for record in listing.records}
    rows: list[MemberRecord] = []
    for code in {**old.by_seat, **now}:
        known = old.by_seat.get(code, ())
        if any(row.checked_on > listing.as_of for row in known):
            rows += known
        else:
            rows += _seat(known, now.get(code), listing)
    ends: dict[int | str, dt.date] = {}
    for row in rows:
        if row.until:
            ends |= {key: max(row.until, ends.get(key, row.until)) for key in (row.person_id, row.gss_code)}
    return tuple(_with_possible_start(row, ends) for row in rows)


def _with_possible_start(row: MemberRecord, ends: Mapping[int | str, dt.date]) -> MemberRecord:
    """Without a start before the seat fell vacant, or before the person left another: it is that of something else."""
    if (
        row.until is None
        and row.since
        and any(row.since < ends.get(key, row.since) for key in (row.person_id, row.gss_code))
    ):
        return replace(row, since=None)
    return row


def _seat(known: Iterable[MemberRecord], now: MemberRecord | None, listing: Listing) -> list[MemberRecord]:
    """The rows of one seat: those known before, and who sits there on the day of the list."""
    rows: list[MemberRecord] = []
    since = now.since if now else None
    for row in known:
        if row.until is not None and row.until <= listing.as_of:
            rows.append(row)
        elif now and row.person_id == now.person_id:
            since = since or row.since
        else:
            # A successor's start tells when, unless this person was still seen to sit on that day.
            end = since if since and row.checked_on < since < listing.as_of else listing.as_of
            rows.append(replace(row, until=end, source=listing.source, checked_on=listing.as_of))
    if now:
        rows.append(replace(now, since=since))
    return rows


def changes(
    before: MemberList,
    after: MemberList,
    seats: Mapping[str, Constituency],
    pledges: PledgeRegister,
    today: dt.date,
) -> Changes:
    """What differs between two lists, as of `today`."""
    was, now = _sitting(before, today), _sitting(after, today)
    stayed = [(was[person], now[person]) for person in was if person in now]
    vacant = tuple(code for code in seats if after.sitting(code, today) is None)
    return Changes(
        left=tuple(record for person, record in was.items() if person not in now),
        came=tuple(record for person, record in now.items() if person not in was),
        moved=tuple(pair for pair in stayed if pair[0].gss_code != pair[1].gss_code),
        renamed=tuple(pair for pair in stayed if pair[0].name != pair[1].name),
        parties=tuple(pair for pair in stayed if pair[0].party != pair[1].party),
        vacant=vacant,
        newly_vacant=frozenset(code for code in vacant if before.sitting(code, today) is not None),
        lapsed=_of(pledges, was, now),
        back=_of(pledges, now, was),
    )


def _sitting(members: MemberList, today: dt.date) -> dict[int, MemberRecord]:
    rows = (row for code in sorted(members.by_seat) for row in members.by_seat[code])
    return {row.person_id: row for row in rows if row.sits_on(today)}


def _of(
    pledges: PledgeRegister, here: Mapping[int, MemberRecord], there: Mapping[int, MemberRecord]
) -> tuple[tuple[Pledge, MemberRecord], ...]:
    """The records of people who sit in one list and not in the other."""
    return tuple(
        (pledge, here[person]) for person, pledge in pledges.by_person.items() if person in here and person not in there
    )


def described(found: Changes, before: MemberList, after: MemberList, seats: Mapping[str, Constituency]) -> list[str]:
    """The changes as lines for the person who has to decide."""
    groups: dict[str, list[str]] = defaultdict(list)
    name = {code: seat.name for code, seat in seats.items()}

    def shown(row: MemberRecord) -> str:
        return f"{row.name} ({row.party}, {row.person_id}), {name[row.gss_code]}"

    ends = {(row.person_id, row.gss_code): row.until for rows in after.by_seat.values() for row in rows}
    groups["Left"] = [f"{shown(row)}: not since {ends.get((row.person_id, row.gss_code))}" for row in found.left]
    if before.by_seat:
        groups["Came"] = [f"{shown(row)}" + (f", since {row.since}" if row.since else "") for row in found.came]
    groups["Changed seat"] = [f"{shown(one)} -> {name[other.gss_code]}" for one, other in found.moved]
    groups["Changed party"] = [f"{shown(one)} -> {other.party}" for one, other in found.parties]
    groups["Changed name"] = [f"{shown(one)} -> {other.name}" for one, other in found.renamed]
    groups["Vacant"] = [f"{name[code]}: {_vacancy(code, found, after)}" for code in found.vacant]
    groups["Pledges that lapse"] = [
        f"{pledge.name} ({row.person_id}), signed {pledge.signed_on}: no longer sits for {name[row.gss_code]}"
        for pledge, row in found.lapsed
    ]
    groups["Pledges that count again"] = [
        f"{pledge.name} ({row.person_id}), signed {pledge.signed_on}: now sits for {name[row.gss_code]}"
        for pledge, row in found.back
        if before.by_seat
    ]
    lines: list[str] = []
    if not before.by_seat:
        lines.append(f"There was no list before: {len(found.came)} members are new.")
    elif not (found.left or found.moved or found.renamed or found.parties or found.came):
        lines.append("Nobody has left or come, and nobody's seat, party or name has changed.")
    for title, entries in groups.items():
        if entries:
            lines += [f"{title}: {len(entries)}", *(f"  {entry}" for entry in entries)]
    return lines


def _vacancy(code: str, found: Changes, after: MemberList) -> str:
    ended = max((row.until for row in after.by_seat.get(code, ()) if row.until), default=None)
    if ended is None:
        return "nobody listed"
    return f"since {ended} at the latest" if code in found.newly_vacant else f"since {ended}, as before"
