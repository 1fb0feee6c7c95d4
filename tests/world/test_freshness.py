"""How old everything is, what that hides, and where help is thin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.facts import Phone, Regulator, Verdict
from bot.world.freshness import CRISIS, SourceAge, status
from bot.world.limits import Limits
from bot.world.members import MemberList
from bot.world.organisations import AssuredPhone, OrganisationRecord, ServiceArea
from bot.world.pledges import register
from bot.world.topics import TOPICS
from bot.world.world import WorldFacts
from tests.world.sample import INDEX_DATE, TODAY, sample_world
from tests.world.small_index import CLACTON, HACKNEY_NORTH

DAYS = st.dates(dt.date(2026, 11, 22), dt.date(2032, 1, 1))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> WorldFacts:
    return sample_world(tmp_path_factory.mktemp("data"))


def fresh_members(world: WorldFacts, day: dt.date = TODAY) -> WorldFacts:
    return replace(world, members=replace(world.members, date=day))


def source(world: WorldFacts, name: str, day: dt.date = TODAY) -> SourceAge:
    return next(one for one in status(world, day).sources if one.name == name)


def organisation(
    name: str, *, area: str = "K02000001", checked: dt.date = TODAY, phone: dt.date | None = None, **other: object
) -> OrganisationRecord:
    """One that helps with housing and nothing else, with one number if `phone` is given."""
    record = OrganisationRecord(
        id=name,
        name=name,
        description="",
        url="https://example.org/",
        status="active",
        topics=("housing",),
        crisis=False,
        gives_immigration_advice=False,
        areas=(ServiceArea(area, (area,)),),
        phones=(AssuredPhone(Phone("0161 234 5000"), phone),) if phone else (),
        languages=("en",),
        interpretation=False,
        hours="",
        cost="",
        eligibility="",
        funding="",
        alert="",
        regulator=None,
        assured_date=checked,
        sources=("https://example.org/",),
    )
    return replace(record, **other)  # type: ignore[arg-type]  # whatever a test wants to be different


def registered(checked: dt.date) -> Regulator:
    return Regulator("IAA", "N200000000", "https://example.org/", checked)


def held(world: WorldFacts, *records: OrganisationRecord) -> WorldFacts:
    return replace(world, directory=records)


# --- the age of each source


def test_each_source_is_held_against_its_limit(world: WorldFacts) -> None:
    found = status(world, TODAY)
    assert [(one.name, one.date, one.good_until, one.past) for one in found.sources] == [
        ("postcodes", INDEX_DATE, dt.date(2027, 7, 1), False),
        ("members", dt.date(2026, 6, 27), dt.date(2026, 8, 11), True),
        ("pledges", TODAY, dt.date(2028, 11, 22), False),
        ("directory", dt.date(2026, 11, 1), dt.date(2028, 11, 1), False),
        ("election", dt.date(2024, 7, 4), dt.date(2029, 7, 4), False),
    ]
    assert found.past == ("members",)
    assert not found.names_nobody


def test_with_a_fresh_list_nothing_is_past(world: WorldFacts) -> None:
    assert status(fresh_members(world), TODAY).past == ()


@pytest.mark.parametrize("name", ["postcodes", "members", "pledges", "directory", "election"])
def test_the_last_good_day_is_good_and_the_next_is_not(world: WorldFacts, name: str) -> None:
    last = source(world, name).good_until
    assert last is not None
    assert not source(world, name, last).past
    assert source(world, name, last + dt.timedelta(days=1)).past


@given(DAYS, DAYS)
@settings(max_examples=15, deadline=None)
def test_what_is_past_stays_past(world: WorldFacts, one: dt.date, other: dt.date) -> None:
    earlier, later = sorted((one, other))
    sources = {"postcodes", "members", "pledges", "directory", "election"}
    assert sources & set(status(world, earlier).past) <= set(status(world, later).past)


def test_a_source_that_is_missing_is_past(world: WorldFacts) -> None:
    nothing = replace(world, members=MemberList({}, None), pledges=register(()), directory=())
    found = status(nothing, TODAY)
    assert set(found.past) == {"members", "pledges", "directory"}
    assert found.names_nobody
    assert found.verdicts[Verdict.UNKNOWN] == 650


def test_a_list_older_than_the_election_names_nobody(world: WorldFacts) -> None:
    called = replace(world, limits=Limits(last_general_election=dt.date(2027, 1, 14)))
    found = status(fresh_members(called), TODAY)
    assert found.names_nobody
    assert found.verdicts[Verdict.UNKNOWN] == 650
    assert not source(called, "election").past, "its day may be written down before it comes"


def test_the_oldest_entry_is_the_age_of_the_directory(world: WorldFacts) -> None:
    old, closed = dt.date(2025, 1, 1), dt.date(2020, 1, 1)
    records = (organisation("a"), organisation("b", checked=old), organisation("c", checked=closed, status="defunct"))
    assert source(held(world, *records), "directory").date == old


# --- organisations and their numbers


def test_organisations_are_shown_stale_soon_stale_or_closed(world: WorldFacts) -> None:
    found = status(
        held(
            world,
            organisation("good", phone=TODAY),
            organisation("soon", checked=dt.date(2024, 12, 24)),
            organisation("stale", checked=dt.date(2024, 11, 21), phone=TODAY),
            organisation("closed", status="defunct"),
        ),
        TODAY,
    ).directory
    assert found.shown == ("good", "soon")
    assert found.soon == ("soon",)
    assert found.stale == ("stale",)
    assert found.inactive == ("closed",)
    assert found.without_phone == ("soon",)


def test_numbers_are_shown_past_or_never_checked(world: WorldFacts) -> None:
    never = AssuredPhone(Phone("0161 234 5001"), None)
    two = organisation("two", phone=TODAY)
    facts = held(
        world,
        replace(two, phones=(*two.phones, never)),
        organisation("old", phone=dt.date(2025, 11, 21)),
        organisation("last_day", phone=dt.date(2025, 11, 22)),
        organisation("none"),
    )
    found = status(facts, TODAY)
    assert found.directory.phones_shown == 2
    assert found.directory.phones_past == ("old",)
    assert found.directory.phones_undated == ("two",)
    assert found.directory.without_phone == ("old", "none")
    assert "phones" in found.past


def test_an_old_record_of_a_regulator_is_past_and_holds_advice_back(world: WorldFacts) -> None:
    advice = {"topics": ("asylum", "housing"), "gives_immigration_advice": True}
    found = status(
        held(
            world,
            organisation("good", **advice, regulator=registered(TODAY)),  # type: ignore[arg-type]
            organisation("old", **advice, regulator=registered(dt.date(2024, 11, 21))),  # type: ignore[arg-type]
            organisation("none", **advice),  # type: ignore[arg-type]
        ),
        TODAY,
    )
    assert found.directory.regulators_past == ("old",)
    assert found.directory.held_back == ("old", "none")
    assert "regulators" in found.past
    assert {row.topic: row.uk_wide for row in found.coverage}["asylum"] == 1
    assert {row.topic: row.uk_wide for row in found.coverage}["housing"] == 3


@given(DAYS)
@settings(max_examples=10, deadline=None)
def test_what_is_called_shown_is_what_people_are_offered(world: WorldFacts, day: dt.date) -> None:
    places = ("E14001415", "S14000075", "E14001259")
    cards = [card for topic in TOPICS for card in world.organisations(topic, places, day)]
    found = status(world, day).directory
    assert set(found.shown) == {card.id for card in cards}
    assert set(found.without_phone) == {card.id for card in cards if not card.phones}
    assert found.phones_shown == sum(len(card.phones) for card in {card.id: card for card in cards}.values())


# --- where help is thin


def counted(world: WorldFacts, topic: str, codes: Iterable[str]) -> list[int]:
    uk_wide = {one.id for one in world.organisations(topic, (), TODAY)}
    return [sum(one.id not in uk_wide for one in world.organisations(topic, (code,), TODAY)) for code in codes]


def test_coverage_counts_what_each_constituency_is_offered(world: WorldFacts) -> None:
    found = {row.topic: row for row in status(world, TODAY).coverage}
    assert list(found) == [*TOPICS, CRISIS]
    for topic in ("housing", "health", "work"):
        assert found[topic].uk_wide == len(world.organisations(topic, (), TODAY))
        for one in found[topic].regions:
            offered = counted(world, topic, [seat.code for seat in world.constituencies_in(one.region.code)])
            assert (one.least, one.most) == (min(offered), max(offered))


def test_a_region_that_only_uk_wide_help_reaches_is_seen(world: WorldFacts) -> None:
    found = {row.topic: row for row in status(world, TODAY).coverage}
    housing = {one.region.name: (one.least, one.most) for one in found["housing"].regions}
    assert found["housing"].uk_wide == 1
    assert housing["North West"] == (1, 1)
    assert housing["Scotland"] == (1, 1)
    assert housing["Wales"] == (0, 0)
    health = {one.region.name: (one.least, one.most) for one in found["health"].regions}
    assert found["health"].uk_wide == 0
    assert health["North West"] == (0, 1), "Oldham only"


def test_help_for_several_nations_is_not_help_for_the_whole_uk(world: WorldFacts) -> None:
    rows = status(held(world, organisation("ew", area="K04000001")), TODAY).coverage
    housing = next(row for row in rows if row.topic == "housing")
    cover = {one.region.name: one.least for one in housing.regions}
    assert (housing.uk_wide, cover["London"], cover["Wales"], cover["Scotland"]) == (0, 1, 1, 0)


# --- seats and pledges


def test_a_vacant_seat_is_named_with_its_day(world: WorldFacts) -> None:
    assert [(one.code, one.name, one.since) for one in status(world, TODAY).vacancies] == [
        (CLACTON, "Clacton", dt.date(2026, 7, 8))
    ]


def test_a_seat_that_the_list_says_nothing_of_is_not_vacant(world: WorldFacts) -> None:
    rows = {code: rows for code, rows in world.members.by_seat.items() if code != HACKNEY_NORTH}
    found = status(replace(world, members=replace(world.members, by_seat=rows)), TODAY)
    assert [one.code for one in found.vacancies] == [CLACTON]
    assert (found.verdicts[Verdict.VACANT], found.verdicts[Verdict.UNKNOWN]) == (1, 1)


def test_every_seat_has_one_verdict(world: WorldFacts) -> None:
    found = status(world, TODAY).verdicts
    assert sum(found.values()) == 650
    assert found[Verdict.VACANT] == 1
    assert found[Verdict.PLEDGED] == 0
    assert Verdict.SEVERAL not in found, "a seat is one seat"


def test_pledges_are_confirmed_unconfirmed_withdrawn_or_history(world: WorldFacts) -> None:
    before = status(world, TODAY)
    assert before.pledges.history == sum(
        one.person_id is None or one.person_id not in world.members.persons() for one in world.pledges.records
    )
    assert before.pledges.confirmed == before.pledges.withdrawn == 0
    abbott = world.pledges.by_person[172]
    confirmed = replace(abbott, confirmed_on=dt.date(2026, 6, 1))
    withdrawn = replace(world.pledges.by_person[4493], withdrawn_on=dt.date(2026, 6, 1))
    gone = replace(abbott, person_id=999_999)
    facts = replace(world, pledges=register((confirmed, withdrawn, gone, replace(abbott, person_id=None))))
    found = status(facts, TODAY)
    assert (found.pledges.confirmed, found.pledges.unconfirmed) == (1, 0)
    assert (found.pledges.withdrawn, found.pledges.history) == (1, 2)
    assert found.verdicts[Verdict.PLEDGED] == 0, "the list is not fresh, so it is not said"
    assert status(fresh_members(facts), TODAY).verdicts[Verdict.PLEDGED] == 1


def test_whoever_has_left_is_history(world: WorldFacts) -> None:
    (member,) = world.members.by_seat[HACKNEY_NORTH]
    left = replace(member, until=dt.date(2026, 7, 1))
    members = replace(world.members, by_seat={**world.members.by_seat, HACKNEY_NORTH: (left,)})
    before, after = status(world, TODAY).pledges, status(replace(world, members=members), TODAY).pledges
    assert (after.unconfirmed, after.history) == (before.unconfirmed - 1, before.history + 1)
