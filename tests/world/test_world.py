"""Everything the bot knows, as one value."""

from __future__ import annotations

import datetime as dt
import logging
import timeit
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bot.engine.facts import Area, Facts, PostcodeKind, Verdict
from bot.errors import DataError
from bot.world.limits import Limits
from bot.world.pledges import register
from bot.world.world import MOST_WITHOUT_A_ROW, WorldFacts, load_world
from tests.world.sample import INDEX_DATE, TODAY, sample_data, sample_world
from tests.world.small_index import CLACTON, HACKNEY_NORTH, LEEDS_CENTRAL, LEEDS_EAST, MANCHESTER_CENTRAL, OLDHAM_EAST


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> WorldFacts:
    return sample_world(tmp_path_factory.mktemp("data"))


def test_it_is_the_facts_of_the_engine(world: WorldFacts) -> None:
    facts: Facts = world
    assert facts.nations()


# --- answers


def test_signed_in_2018_is_unconfirmed_and_says_as_of_when(world: WorldFacts) -> None:
    answer = world.answer((HACKNEY_NORTH,), TODAY)
    (seat,) = answer.constituencies
    assert answer.verdict is seat.verdict is Verdict.UNCONFIRMED
    assert seat.member is not None
    assert (seat.member.id, seat.member.name) == (172, "Ms Diane Abbott")
    assert seat.pledge is not None
    assert seat.pledge.signed_on_is == "by"
    assert answer.dates.members == dt.date(2026, 6, 27)
    assert answer.dates.postcodes == INDEX_DATE
    assert answer.dates.pledges == TODAY
    assert not answer.members_fresh
    assert not seat.example


def test_a_confirmed_pledge_and_a_fresh_list_are_pledged(world: WorldFacts) -> None:
    confirmed = replace(world.pledges.by_person[172], confirmed_on=dt.date(2026, 6, 1))
    confirming = replace(world, pledges=register((confirmed,)))
    fresh_day, stale_day = dt.date(2026, 7, 1), TODAY
    assert confirming.answer((HACKNEY_NORTH,), fresh_day).verdict is Verdict.PLEDGED
    assert confirming.answer((HACKNEY_NORTH,), fresh_day).members_fresh
    assert confirming.answer((HACKNEY_NORTH,), stale_day).verdict is Verdict.UNCONFIRMED
    assert confirming.answer((HACKNEY_NORTH, LEEDS_CENTRAL), fresh_day).verdict is Verdict.SEVERAL


def test_no_record_and_vacant(world: WorldFacts) -> None:
    assert world.answer((LEEDS_CENTRAL,), TODAY).verdict is Verdict.NO_RECORD
    (seat,) = world.answer((CLACTON,), TODAY).constituencies
    assert seat.verdict is Verdict.VACANT
    assert seat.member is None
    assert seat.vacant_since == dt.date(2026, 7, 8)


def test_before_the_seat_fell_vacant_its_member_sat(world: WorldFacts) -> None:
    (seat,) = world.answer((CLACTON,), dt.date(2026, 7, 7)).constituencies
    assert seat.member is not None
    assert seat.vacant_since is None


def test_several_candidates_with_the_same_verdict_share_it(world: WorldFacts) -> None:
    assert world.answer((HACKNEY_NORTH, LEEDS_EAST), TODAY).verdict is Verdict.UNCONFIRMED
    answer = world.answer((LEEDS_EAST, LEEDS_CENTRAL, LEEDS_EAST), TODAY)
    assert answer.verdict is Verdict.SEVERAL
    assert [seat.code for seat in answer.constituencies] == [LEEDS_EAST, LEEDS_CENTRAL]


def test_what_is_not_a_constituency_is_unknown(world: WorldFacts) -> None:
    for codes in ((), ("E14999999",), ("E12000002",)):
        answer = world.answer(codes, TODAY)
        assert answer.verdict is Verdict.UNKNOWN
        assert answer.constituencies == ()
    assert world.answer((HACKNEY_NORTH, "E14999999"), TODAY).verdict is Verdict.SEVERAL


@pytest.mark.parametrize("today", [dt.date(2028, 6, 28), dt.date(2026, 6, 26)])
def test_a_list_too_old_or_of_tomorrow_names_nobody(world: WorldFacts, today: dt.date) -> None:
    answer = world.answer((HACKNEY_NORTH,), today)
    (seat,) = answer.constituencies
    assert answer.verdict is Verdict.UNKNOWN
    assert (seat.member, seat.pledge, seat.vacant_since) == (None, None, None)


def test_a_list_older_than_the_election_names_nobody(world: WorldFacts) -> None:
    later = replace(world, limits=Limits(last_general_election=dt.date(2026, 7, 1)))
    assert later.answer((HACKNEY_NORTH,), TODAY).verdict is Verdict.UNKNOWN


# --- postcodes


def test_postcodes_come_from_the_index(world: WorldFacts) -> None:
    found = world.read_postcode("i live at m11ae", TODAY)
    assert (found.kind, found.status, found.constituencies) == (PostcodeKind.FOUND, "live", (MANCHESTER_CENTRAL,))


def test_examples_answer_like_all_others_and_can_be_switched_off(tmp_path: Path, world: WorldFacts) -> None:
    codes = world.read_postcode("ZZ9 9AA", TODAY).constituencies
    answer = world.answer(codes, TODAY)
    assert answer.verdict is Verdict.PLEDGED
    assert answer.constituencies[0].example
    assert world.area(codes[0]) == Area(codes[0], "Sandbox East")
    without = sample_world(tmp_path, sandbox=False)
    assert without.read_postcode("ZZ9 9AA", TODAY).kind is PostcodeKind.NOT_FOUND
    assert without.answer(codes, TODAY).verdict is Verdict.UNKNOWN
    assert without.area(codes[0]) is None


def test_an_example_and_a_real_place_do_not_mix(world: WorldFacts) -> None:
    answer = world.answer((HACKNEY_NORTH, "Z99000001"), TODAY)
    assert answer.verdict is Verdict.SEVERAL
    assert [seat.code for seat in answer.constituencies] == [HACKNEY_NORTH]


def test_nothing_typed_is_logged(world: WorldFacts, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for text in ("M1 1AE", "BT7 1NN", "hello", "LS1 9ZZ"):
            world.read_postcode(text, TODAY)
        world.search("Diane Abbott")
    assert not caplog.records


@pytest.mark.parametrize("text", ["M1 1AE", "x y 1 " * 1_000, "S1 2 " * 1_000, "LI1 " * 1_000, "٣ " * 4_000])
def test_no_text_takes_long_to_read(world: WorldFacts, text: str) -> None:
    seconds = min(timeit.repeat(partial(world.read_postcode, text, TODAY), number=1, repeat=5))
    assert seconds < 0.25  # two microseconds to a few milliseconds; much more where every line is traced


# --- areas and names


def test_nations_and_regions(world: WorldFacts) -> None:
    assert [area.name for area in world.nations()] == ["England", "Northern Ireland", "Scotland", "Wales"]
    names = [area.name for area in world.regions()]
    assert names[:9] == [
        *("East Midlands", "East of England", "London", "North East", "North West", "South East", "South West"),
        *("West Midlands", "Yorkshire and The Humber"),
    ]
    assert names[9:] == ["Scotland", "Wales", "Northern Ireland"]


def test_the_constituencies_of_an_area_by_name(world: WorldFacts) -> None:
    for code, number in (("E12000002", 73), ("W92000004", 32), ("N92000002", 18), ("E92000001", 543), ("X", 0)):
        inside = world.constituencies_in(code)
        assert len(inside) == number
        assert [area.name for area in inside] == sorted(area.name for area in inside)


def test_an_area_by_its_code(world: WorldFacts) -> None:
    assert world.area("E12000002") == Area("E12000002", "North West")
    assert world.area("W92000004") == Area("W92000004", "Wales")
    assert world.area(OLDHAM_EAST) == Area(OLDHAM_EAST, "Oldham East and Saddleworth")
    assert world.area("E99999999") is None


def test_names_are_searched_first_and_councils_where_no_name_fits(world: WorldFacts) -> None:
    assert [area.code for area in world.search("Diane Abott")] == [HACKNEY_NORTH]
    assert "Bethnal Green and Stepney" in [area.name for area in world.search("tower hamlts")]
    assert world.search("asdf qwerty") == ()


# --- organisations


def ids(world: WorldFacts, topic: str | None, *codes: str) -> list[str]:
    return [one.id for one in world.organisations(topic, codes, TODAY)]


def test_the_areas_of_a_place_are_its_councils_region_and_nation(world: WorldFacts) -> None:
    assert ids(world, "housing", OLDHAM_EAST) == ["north_west", "everywhere"]
    assert ids(world, "health", OLDHAM_EAST) == ["oldham"]
    assert ids(world, "health", "E12000002") == []
    assert ids(world, "housing", "E12000002") == ["north_west", "everywhere"]
    assert ids(world, "housing", "E92000001") == ["everywhere"]
    assert ids(world, "housing", "S92000003") == ["scotland", "everywhere"]


def test_several_candidates_have_the_organisations_of_all(world: WorldFacts) -> None:
    assert ids(world, "housing", OLDHAM_EAST, "S14000075") == ["north_west", "scotland", "everywhere"]


def test_any_topic_is_one_list_by_distance(world: WorldFacts) -> None:
    assert ids(world, None, OLDHAM_EAST) == ["oldham", "north_west", "everywhere"]
    assert world.organisations(None, (OLDHAM_EAST,), TODAY)[0].topics == ("health",)


@pytest.mark.parametrize("codes", [(), ("Z99000001",), ("E99999999",)])
def test_without_a_place_and_in_the_sandbox_there_are_those_of_the_whole_uk(
    world: WorldFacts, codes: tuple[str, ...]
) -> None:
    assert ids(world, "housing", *codes) == ["everywhere"]


def test_crisis_lines(world: WorldFacts) -> None:
    assert [one.id for one in world.crisis_lines(("S14000075",), TODAY)] == ["scotland", "everywhere"]


# --- loading


def test_all_faults_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    data = sample_data(tmp_path)
    (data / "postcodes.idx").write_bytes(b"not an index")
    members = (data / "members.csv").read_text(encoding="utf-8")
    (data / "members.csv").write_text(members.replace("E14001063", "E14009999"), encoding="utf-8")
    pledges = (data / "pledges.yaml").read_text(encoding="utf-8")
    (data / "pledges.yaml").write_text(pledges.replace("person_id: 4493", "person_id: 172"), encoding="utf-8")
    (data / "organisations" / "oldham.yaml").write_text("organization: {}\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_world(data, Limits(), TODAY)
    rules = {Path(fault.file).name: fault.rule for fault in caught.value.faults}
    assert set(rules) == {"postcodes.idx", "members.csv", "pledges.yaml", "oldham.yaml"}
    assert rules["members.csv"] == "unknown-code"
    assert "two-records" in [fault.rule for fault in caught.value.faults]


def test_half_a_member_list_is_refused(tmp_path: Path) -> None:
    data = sample_data(tmp_path)
    lines = (data / "members.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (data / "members.csv").write_text("".join(lines[:-MOST_WITHOUT_A_ROW]), encoding="utf-8")
    load_world(data, Limits(), TODAY)
    (data / "members.csv").write_text("".join(lines[: -MOST_WITHOUT_A_ROW - 1]), encoding="utf-8")
    with pytest.raises(DataError, match="take the whole list again") as caught:
        load_world(data, Limits(), TODAY)
    assert [fault.rule for fault in caught.value.faults] == ["cut-short"]


def test_a_missing_index_says_how_to_get_one(tmp_path: Path) -> None:
    data = sample_data(tmp_path)
    (data / "postcodes.idx").unlink()
    with pytest.raises(DataError, match="askfirst data build") as caught:
        load_world(data, Limits(), TODAY)
    assert [fault.rule for fault in caught.value.faults] == ["missing"]


def test_an_empty_folder_misses_every_file(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_world(tmp_path, Limits(), TODAY)
    assert {Path(fault.file).name for fault in caught.value.faults} >= {
        *("postcodes.idx", "constituencies.csv", "members.csv", "pledges.yaml", "organisations"),
    }


def test_a_seat_that_the_list_says_nothing_of_is_not_called_vacant(tmp_path: Path) -> None:
    data = sample_data(tmp_path)
    lines = (data / "members.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "E14001352" not in line]
    (data / "members.csv").write_text("".join(kept), encoding="utf-8")
    answer = load_world(data, Limits(), TODAY).answer(("E14001352",), TODAY)
    assert answer.verdict is Verdict.UNKNOWN
