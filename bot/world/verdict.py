"""What may be said of a member and the pledge, from the register, the member list and the day. Pure.

The rows below are checked from the top; the first that holds is the verdict.

    unknown      there is no member list, it is dated after `today`, it is older than `members_max_age`, or it is older
                 than the last general election
    vacant       nobody sits
    no_record    no record is about this person, or the record's signature lies after `today`
    withdrawn    the newest event of the record withdraws (withdrawn_on is not before signed_on)
    pledged      the record has a source and is confirmed: not before the signature, not before the last general
                 election, and within `confirmed_within`; and the member list is no older than `members_fresh_within`
    unconfirmed  signed, and nothing more

A signature after a withdrawal is a new signature. A confirmation after a withdrawal is not: the register refuses it,
and here the withdrawal stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from bot.engine.facts import Member, Pledge, Verdict, taken_back
from bot.world.limits import Limits, fresh

_CAREFULNESS = {
    Verdict.PLEDGED: 0,
    Verdict.UNCONFIRMED: 1,
    Verdict.WITHDRAWN: 2,
    Verdict.NO_RECORD: 2,
    Verdict.VACANT: 2,
    Verdict.SEVERAL: 2,
    Verdict.UNKNOWN: 3,
}


def verdict_of_seat(
    member: Member | None, pledge: Pledge | None, members_date: dt.date | None, today: dt.date, limits: Limits
) -> Verdict:
    """The verdict on one seat. `members_date` is the date of the member list, None without one."""
    if members_date is None or not _usable(members_date, today, limits):
        return Verdict.UNKNOWN
    if member is None:
        return Verdict.VACANT
    if pledge is None or pledge.person_id != member.id or pledge.signed_on > today:
        return Verdict.NO_RECORD
    if taken_back(pledge):
        return Verdict.WITHDRAWN
    if pledge.source and _confirmed(pledge, today, limits) and fresh(members_date, limits.members_fresh_within, today):
        return Verdict.PLEDGED
    return Verdict.UNCONFIRMED


def combine(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a place with these candidates: the one they share, else `several`; without any, `unknown`."""
    distinct = set(verdicts)
    if not distinct:
        return Verdict.UNKNOWN
    return distinct.pop() if len(distinct) == 1 else Verdict.SEVERAL


def carefulness(verdict: Verdict) -> int:
    """How far a verdict leads away from relying on the member: 0 (`pledged`) to 3 (`unknown`)."""
    return _CAREFULNESS[verdict]


def _usable(members_date: dt.date, today: dt.date, limits: Limits) -> bool:
    return members_date >= limits.last_general_election and fresh(members_date, limits.members_max_age, today)


def _confirmed(pledge: Pledge, today: dt.date, limits: Limits) -> bool:
    confirmed = pledge.confirmed_on
    return (
        confirmed is not None
        and confirmed >= pledge.signed_on
        and confirmed >= limits.last_general_election
        and fresh(confirmed, limits.confirmed_within, today)
    )
