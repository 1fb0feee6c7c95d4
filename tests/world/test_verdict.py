"""The table of verdicts, row by row, and what must hold whatever the data say."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.facts import Member, Pledge, Verdict
from bot.world.limits import Limits, parse_duration
from bot.world.verdict import carefulness, combine, verdict_of_seat

TODAY = dt.date(2026, 11, 22)
ELECTION = dt.date(2024, 7, 4)
LIMITS = Limits()
FRESH = TODAY - dt.timedelta(days=10)
MEMBER = Member(172, "Example Member", "Example Party")
SIGNED = Pledge(172, "Example Member", dt.date(2018, 10, 12), None, None, "https://example.org", TODAY)
CONFIRMED = replace(SIGNED, confirmed_on=dt.date(2026, 3, 1))


def verdict(
    member: Member | None = MEMBER,
    pledge: Pledge | None = CONFIRMED,
    members_date: dt.date | None = FRESH,
    limits: Limits = LIMITS,
) -> Verdict:
    return verdict_of_seat(member, pledge, members_date, TODAY, limits)


def test_pledged_needs_a_confirmed_signature_and_a_fresh_list() -> None:
    assert verdict() is Verdict.PLEDGED


@pytest.mark.parametrize(
    "pledge",
    [
        SIGNED,  # all of 2018 and 2019
        replace(SIGNED, confirmed_on=ELECTION - dt.timedelta(days=1)),
        replace(SIGNED, confirmed_on=dt.date(2024, 11, 21)),  # more than 24 months ago
        replace(SIGNED, confirmed_on=dt.date(2018, 10, 11)),  # before the signature
        replace(SIGNED, confirmed_on=TODAY + dt.timedelta(days=1)),
        replace(CONFIRMED, source=""),
    ],
)
def test_signed_and_not_confirmed_is_unconfirmed(pledge: Pledge) -> None:
    assert verdict(pledge=pledge) is Verdict.UNCONFIRMED


def test_the_edges_of_a_confirmation() -> None:
    assert verdict(pledge=replace(SIGNED, confirmed_on=dt.date(2024, 11, 22))) is Verdict.PLEDGED
    long_ago = replace(LIMITS, confirmed_within=parse_duration("10 years"))
    assert verdict(pledge=replace(SIGNED, confirmed_on=ELECTION), limits=long_ago) is Verdict.PLEDGED
    before = replace(SIGNED, confirmed_on=ELECTION - dt.timedelta(days=1))
    assert verdict(pledge=before, limits=long_ago) is Verdict.UNCONFIRMED


def test_a_list_that_is_no_longer_fresh_confirms_nothing() -> None:
    assert verdict(members_date=TODAY - dt.timedelta(days=45)) is Verdict.PLEDGED
    assert verdict(members_date=TODAY - dt.timedelta(days=46)) is Verdict.UNCONFIRMED


def test_no_record() -> None:
    assert verdict(pledge=None) is Verdict.NO_RECORD
    assert verdict(pledge=replace(CONFIRMED, person_id=173)) is Verdict.NO_RECORD
    assert verdict(pledge=replace(CONFIRMED, person_id=None)) is Verdict.NO_RECORD
    assert verdict(pledge=replace(SIGNED, signed_on=TODAY + dt.timedelta(days=1))) is Verdict.NO_RECORD


def test_the_newest_event_decides_about_a_withdrawal() -> None:
    assert verdict(pledge=replace(SIGNED, withdrawn_on=dt.date(2020, 1, 1))) is Verdict.WITHDRAWN
    assert verdict(pledge=replace(SIGNED, withdrawn_on=SIGNED.signed_on)) is Verdict.WITHDRAWN
    again = replace(CONFIRMED, signed_on=dt.date(2026, 3, 1), withdrawn_on=dt.date(2020, 1, 1))
    assert verdict(pledge=again) is Verdict.PLEDGED
    assert verdict(pledge=replace(CONFIRMED, withdrawn_on=dt.date(2020, 1, 1))) is Verdict.WITHDRAWN


def test_a_withdrawal_counts_where_only_the_latest_day_of_the_signature_is_known() -> None:
    """Signed "by" 12 October and withdrawn on 1 September: the signature may have been in August."""
    pledge = replace(CONFIRMED, withdrawn_on=dt.date(2018, 9, 1))
    assert verdict(pledge=pledge) is Verdict.PLEDGED
    assert verdict(pledge=replace(pledge, signed_on_is="by")) is Verdict.WITHDRAWN


def test_vacant() -> None:
    assert verdict(member=None) is Verdict.VACANT
    assert verdict(member=None, pledge=None) is Verdict.VACANT


@pytest.mark.parametrize(
    "members_date",
    [None, TODAY + dt.timedelta(days=1), dt.date(2024, 11, 21), ELECTION - dt.timedelta(days=1)],
)
def test_without_a_list_that_can_be_relied_on_everything_is_unknown(members_date: dt.date | None) -> None:
    for member in (MEMBER, None):
        assert verdict(member=member, members_date=members_date) is Verdict.UNKNOWN


def test_a_list_from_before_the_election_is_unknown_however_young() -> None:
    limits = replace(LIMITS, last_general_election=TODAY - dt.timedelta(days=3))
    assert verdict(members_date=TODAY - dt.timedelta(days=4), limits=limits) is Verdict.UNKNOWN
    assert verdict(members_date=TODAY - dt.timedelta(days=3), limits=limits) is Verdict.UNCONFIRMED


def test_combine() -> None:
    assert combine(()) is Verdict.UNKNOWN
    for one in Verdict:
        assert combine([one]) is one
        assert combine([one, one]) is one
        for other in Verdict:
            if other is not one:
                assert combine([one, other]) is Verdict.SEVERAL


def test_carefulness_knows_every_verdict() -> None:
    assert carefulness(Verdict.PLEDGED) == 0
    assert carefulness(Verdict.UNCONFIRMED) == 1
    assert carefulness(Verdict.UNKNOWN) == 3
    rest = set(Verdict) - {Verdict.PLEDGED, Verdict.UNCONFIRMED, Verdict.UNKNOWN}
    assert {carefulness(one) for one in rest} == {2}


# --- properties over arbitrary registers, lists, dates and places

DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2032, 12, 31))
PERSONS = st.integers(1, 3)
LIMITS_DRAWN = st.builds(
    Limits,
    confirmed_within=st.sampled_from([parse_duration(text) for text in ("24 months", "1 month", "9 years")]),
    members_fresh_within=st.sampled_from([parse_duration(text) for text in ("45 days", "1 day", "3 years")]),
    members_max_age=st.sampled_from([parse_duration(text) for text in ("24 months", "30 days", "9 years")]),
    last_general_election=DAYS,
)


def maybe(days: st.SearchStrategy[dt.date]) -> st.SearchStrategy[dt.date | None]:
    return st.one_of(st.none(), days)


PLEDGES = st.builds(
    Pledge,
    person_id=st.one_of(st.none(), PERSONS),
    name=st.just("Example Member"),
    signed_on=DAYS,
    confirmed_on=maybe(DAYS),
    withdrawn_on=maybe(DAYS),
    source=st.sampled_from(["https://example.org", ""]),
    checked_on=DAYS,
)
MEMBERS = st.one_of(st.none(), st.builds(Member, PERSONS, st.just("Example Member"), st.just("Example Party")))
REGISTERS = st.dictionaries(PERSONS, PLEDGES, max_size=3)
PLACES = st.lists(MEMBERS, max_size=4)


def verdicts(
    place: list[Member | None],
    register: dict[int, Pledge],
    members_date: dt.date | None,
    today: dt.date,
    limits: Limits,
) -> list[Verdict]:
    return [
        verdict_of_seat(member, register.get(member.id) if member else None, members_date, today, limits)
        for member in place
    ]


@given(PLACES, REGISTERS, maybe(DAYS), DAYS, LIMITS_DRAWN)
def test_pledged_is_said_only_if_its_row_holds_for_every_candidate(
    place: list[Member | None],
    register: dict[int, Pledge],
    members_date: dt.date | None,
    today: dt.date,
    limits: Limits,
) -> None:
    if combine(verdicts(place, register, members_date, today, limits)) is not Verdict.PLEDGED:
        return
    assert place
    assert members_date is not None
    assert limits.last_general_election <= members_date <= today
    assert members_date + limits.members_fresh_within >= today
    assert members_date + limits.members_max_age >= today
    for member in place:
        assert member is not None
        pledge = register[member.id]
        assert pledge.person_id == member.id
        assert pledge.source
        assert pledge.confirmed_on is not None
        assert pledge.signed_on <= pledge.confirmed_on <= today
        assert pledge.confirmed_on >= limits.last_general_election
        assert pledge.confirmed_on + limits.confirmed_within >= today
        assert pledge.withdrawn_on is None or pledge.withdrawn_on < pledge.signed_on


def _back(day: dt.date | None, days: int) -> dt.date | None:
    return day - dt.timedelta(days) if day else None


@given(MEMBERS, PLEDGES, maybe(DAYS), st.integers(0, 3_000), LIMITS_DRAWN)
def test_older_data_never_make_a_verdict_less_careful(
    member: Member | None, pledge: Pledge, members_date: dt.date | None, days: int, limits: Limits
) -> None:
    today = dt.date(2032, 12, 31)  # not before any of the dates
    older = replace(
        pledge,
        signed_on=pledge.signed_on - dt.timedelta(days),
        confirmed_on=_back(pledge.confirmed_on, days),
        withdrawn_on=_back(pledge.withdrawn_on, days),
    )
    now = verdict_of_seat(member, pledge, members_date, today, limits)
    then = verdict_of_seat(member, older, _back(members_date, days), today, limits)
    assert carefulness(then) >= carefulness(now)


@given(MEMBERS, PLEDGES, maybe(DAYS), DAYS, st.integers(0, 3_000), LIMITS_DRAWN)
def test_waiting_never_makes_a_place_pledged(
    member: Member | None, pledge: Pledge, members_date: dt.date | None, today: dt.date, days: int, limits: Limits
) -> None:
    later = verdict_of_seat(member, pledge, members_date, today + dt.timedelta(days), limits)
    past = all(day is None or day <= today for day in (pledge.signed_on, pledge.confirmed_on, members_date))
    if later is Verdict.PLEDGED and past:
        assert verdict_of_seat(member, pledge, members_date, today, limits) is Verdict.PLEDGED


@given(PLACES, REGISTERS, maybe(DAYS), DAYS, LIMITS_DRAWN, PERSONS)
def test_a_record_less_never_makes_the_answer_less_careful(
    place: list[Member | None],
    register: dict[int, Pledge],
    members_date: dt.date | None,
    today: dt.date,
    limits: Limits,
    person: int,
) -> None:
    without = {key: pledge for key, pledge in register.items() if key != person}
    before = verdicts(place, register, members_date, today, limits)
    after = verdicts(place, without, members_date, today, limits)
    assert all(carefulness(b) >= carefulness(a) for a, b in zip(before, after, strict=True))
    assert carefulness(combine(after)) >= carefulness(combine(before))


@given(st.lists(st.sampled_from(Verdict), min_size=1, max_size=5), st.sampled_from(Verdict))
def test_a_candidate_more_never_makes_a_place_pledged(place: list[Verdict], added: Verdict) -> None:
    if combine(place) is not Verdict.PLEDGED:
        assert combine([*place, added]) is not Verdict.PLEDGED


@given(st.lists(st.sampled_from(Verdict), max_size=5))
def test_the_order_of_the_candidates_does_not_matter(place: list[Verdict]) -> None:
    assert combine(place) is combine(reversed(place))


@given(MEMBERS, REGISTERS, maybe(DAYS), DAYS, LIMITS_DRAWN)
def test_a_pledge_of_somebody_else_says_nothing(
    member: Member | None, register: dict[int, Pledge], members_date: dt.date | None, today: dt.date, limits: Limits
) -> None:
    if member is None:
        return
    others = [pledge for pledge in register.values() if pledge.person_id != member.id]
    for pledge in others:
        found = verdict_of_seat(member, pledge, members_date, today, limits)
        assert found is verdict_of_seat(member, None, members_date, today, limits)
