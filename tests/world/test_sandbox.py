"""The invented places: one for each verdict and oddity."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.facts import PostcodeKind, Verdict
from bot.world import sandbox
from bot.world.limits import Limits

TODAY = dt.date(2026, 11, 22)
VERDICTS = {
    "ZZ9 9AA": Verdict.PLEDGED,
    "ZZ9 9AB": Verdict.UNCONFIRMED,
    "ZZ9 9AC": Verdict.NO_RECORD,
    "ZZ9 9AD": Verdict.WITHDRAWN,
    "ZZ9 9AE": Verdict.VACANT,
    "ZZ9 9AF": Verdict.SEVERAL,
    "ZZ9 9AG": Verdict.UNKNOWN,
    "ZZ9 9AH": Verdict.NO_RECORD,
}


@pytest.mark.parametrize(("postcode", "verdict"), VERDICTS.items())
@given(today=st.dates(dt.date(2024, 9, 1), dt.date(2100, 1, 1)))
def test_each_postcode_has_its_verdict_on_every_day(postcode: str, verdict: Verdict, today: dt.date) -> None:
    found = sandbox.finding(postcode)
    assert found is not None
    answer = sandbox.answer(found.constituencies, today, Limits())
    assert answer.verdict is verdict
    assert all(seat.example for seat in answer.constituencies)


def test_there_is_a_postcode_for_every_verdict() -> None:
    assert set(VERDICTS) == set(sandbox.POSTCODES)
    assert set(VERDICTS.values()) == set(Verdict)


def test_the_verdict_comes_out_of_the_limits() -> None:
    limits = Limits(last_general_election=TODAY + dt.timedelta(days=1))
    assert sandbox.answer(("Z99000001",), TODAY, limits).verdict is Verdict.UNKNOWN


def test_status_and_kind() -> None:
    terminated = sandbox.finding("ZZ9 9AH")
    several = sandbox.finding("ZZ9 9AF")
    assert terminated is not None
    assert several is not None
    assert terminated.status == "terminated"
    assert several.kind is PostcodeKind.SEVERAL
    assert sandbox.finding("ZZ9 9AJ") is None


def test_the_answers_are_complete() -> None:
    vacant = sandbox.answer(("Z99000005",), TODAY, Limits()).constituencies[0]
    assert vacant.member is None
    assert vacant.vacant_since == TODAY - dt.timedelta(days=30)
    unknown = sandbox.answer(("Z99000008",), TODAY, Limits())
    assert unknown.constituencies[0].member is None
    assert unknown.dates.members is None
    assert not unknown.members_fresh
    pledged = sandbox.answer(("Z99000001",), TODAY, Limits())
    assert pledged.members_fresh
    assert pledged.constituencies[0].pledge is not None


def test_names_are_plainly_invented_and_codes_are_not_of_ons() -> None:
    for postcode in sandbox.POSTCODES:
        found = sandbox.finding(postcode)
        assert found is not None
        for seat in sandbox.answer(found.constituencies, TODAY, Limits()).constituencies:
            assert seat.code.startswith("Z")
            assert seat.name.startswith("Sandbox ")
            if seat.member:
                assert seat.member.name.startswith("Example Member")
                assert seat.member.id < 0
            area = sandbox.area(seat.code)
            assert area is not None
            assert area.name == seat.name
    assert sandbox.area("E14001063") is None
