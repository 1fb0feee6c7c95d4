"""The directory: what its files may say, and who is shown for a topic, a place and a day."""

from __future__ import annotations

import csv
import datetime as dt
import os
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.engine.facts import Phone, Regulator
from bot.errors import Fault
from bot.world.constituencies import read_constituencies
from bot.world.organisation_file import SEVERAL_NATIONS, WIDE_AREAS, OrganisationFile, texts
from bot.world.organisation_rules import phone_problem
from bot.world.organisations import (
    AssuredPhone,
    OrganisationRecord,
    ServiceArea,
    choose,
    crisis_lines,
    held_back,
    read_organisations,
)
from bot.world.topics import ADVICE_TOPICS, TOPICS
from bot.yamlfile import read_bytes

PROJECT = Path(__file__).parents[2]
SHIPPED = PROJECT / "data" / "organisations"
SOURCE_DATA = Path(os.environ.get("ASKFIRST_SOURCE_DATA", PROJECT.parent / "shared" / "data"))
TODAY = dt.date(2026, 12, 1)
ENGLAND, SCOTLAND, WALES, NORTHERN_IRELAND = "E92000001", "S92000003", "W92000004", "N92000002"
NATIONS = (ENGLAND, SCOTLAND, WALES, NORTHERN_IRELAND)
REGIONS = tuple(f"E1200000{number}" for number in range(1, 10))
NORTH_WEST, MANCHESTER = "E12000002", "E08000003"
_SEATS = read_constituencies(PROJECT / "data" / "constituencies.csv", [])
COUNCILS = frozenset(area.code for seat in _SEATS.values() for area in seat.councils)


@dataclass(frozen=True, slots=True)
class Limits:
    phone_max_age: relativedelta = relativedelta(months=12)  # noqa: RUF009 - immutable
    directory_max_age: relativedelta = relativedelta(months=24)  # noqa: RUF009 - immutable


LIMITS = Limits()

GOOD = """\
organization:
  id: example_advice
  name: Example Advice
  website: https://example.org/

service:
  description: Advice about housing in Manchester.
  status: active
  assured_date: 2026-11-22
  assurer: directory editor

topics: [housing]
gives_immigration_advice: false

phones:
  - number: 0161 496 0000
    assured_date: 2026-10-01

service_areas:
  - name: Manchester
    codes: [E08000003]

languages: [en, fa-AF, ckb]

sources:
  - url: http://example.org/about
    date: 2026-10-01
    seen: 2026-11-22
    what: Its own page
"""


def faults_of(folder: Path, *edits: tuple[str, str]) -> list[Fault]:
    """The faults of the good file after some of its words were replaced."""
    text = GOOD.replace("0161 496 0000", "0161 234 5000")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (folder / "example_advice.yaml").write_text(text, encoding="utf-8")
    faults: list[Fault] = []
    read_organisations(folder, faults, TODAY, COUNCILS)
    return faults


def record(**changes: object) -> OrganisationRecord:
    whole = OrganisationRecord(
        id="example",
        name="Example",
        description="Helps.",
        url="https://example.org/",
        status="active",
        topics=("housing",),
        crisis=False,
        gives_immigration_advice=False,
        areas=(ServiceArea("UK", ("K02000001",)),),
        phones=(),
        languages=("en",),
        interpretation=False,
        hours="",
        cost="",
        eligibility="",
        funding="",
        alert="",
        regulator=None,
        assured_date=dt.date(2026, 11, 22),
        sources=("https://example.org/about",),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]  # the callers name real fields


def ids(records: tuple[OrganisationRecord, ...], topic: str, *codes: str, today: dt.date = TODAY) -> list[str]:
    return [card.id for card in choose(records, topic, codes, today, LIMITS)]


# --- the files that are shipped


@pytest.fixture(scope="module")
def shipped() -> tuple[OrganisationRecord, ...]:
    faults: list[Fault] = []
    records = read_organisations(SHIPPED, faults, TODAY, COUNCILS)
    assert faults == []
    return records


def test_every_shipped_file_loads(shipped: tuple[OrganisationRecord, ...]) -> None:
    assert len(shipped) == len(list(SHIPPED.iterdir())) >= 90


@pytest.mark.parametrize("nation", NATIONS)
@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_help_in_every_nation(shipped: tuple[OrganisationRecord, ...], topic: str, nation: str) -> None:
    assert choose(shipped, topic, (nation,), TODAY, LIMITS)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_help_for_somebody_who_names_no_place(
    shipped: tuple[OrganisationRecord, ...], topic: str
) -> None:
    assert choose(shipped, topic, (), TODAY, LIMITS)


def test_every_nation_and_english_region_has_a_service_of_its_own(shipped: tuple[OrganisationRecord, ...]) -> None:
    named = {code for one in shipped for area in one.areas for code in area.codes}
    assert named.issuperset(NATIONS)
    for region in REGIONS:
        inside = {area.code for seat in _SEATS.values() if seat.region.code == region for area in seat.councils}
        assert named & {region, *inside}, region


@pytest.mark.parametrize("region", [*REGIONS, *NATIONS])
def test_somebody_who_asks_for_a_region_finds_more_than_help_for_the_whole_uk(
    shipped: tuple[OrganisationRecord, ...], region: str
) -> None:
    everywhere = {one for topic in TOPICS for one in ids(shipped, topic)}
    there = {one for topic in TOPICS for one in ids(shipped, topic, region, ENGLAND if region in REGIONS else region)}
    assert len(there - everywhere) >= 5


@pytest.mark.parametrize("nation", NATIONS)
def test_people_in_danger_find_a_number_to_call_in_every_nation(
    shipped: tuple[OrganisationRecord, ...], nation: str
) -> None:
    numbers = {phone.number for card in crisis_lines(shipped, (nation,), TODAY, LIMITS) for phone in card.phones}
    assert {"999", "116 123"} < numbers


@pytest.mark.parametrize("nation", NATIONS)
def test_the_card_for_an_emergency_stays_short_and_begins_with_numbers(
    shipped: tuple[OrganisationRecord, ...], nation: str
) -> None:
    lines = crisis_lines(shipped, (nation,), TODAY, LIMITS)
    assert len(lines) <= 7
    callable_first = [bool(card.phones) for card in lines]
    assert callable_first == sorted(callable_first, reverse=True)
    assert sum(callable_first) >= 4


@pytest.mark.parametrize("topic", sorted(ADVICE_TOPICS))
def test_no_shipped_service_offers_immigration_advice_without_a_regulator(
    shipped: tuple[OrganisationRecord, ...], topic: str
) -> None:
    advising = {one.id for one in shipped if one.gives_immigration_advice}
    for place in [(), *((code,) for code in (*NATIONS, *COUNCILS))]:
        for card in choose(shipped, topic, place, TODAY, LIMITS):
            assert card.regulator or card.id not in advising, card.id


def test_who_is_held_back_for_want_of_a_regulator_is_known(shipped: tuple[OrganisationRecord, ...]) -> None:
    held = {one.id for one in held_back(shipped, TODAY, LIMITS)}
    assert {"jcwi", "asylum_justice", "law_centre_ni", "ramfel"} <= held
    assert "bid_advice_line" not in held
    assert "bid_advice_line" in {one.id for one in held_back(shipped, dt.date(2027, 1, 17), LIMITS)}


def test_state_bodies_and_their_contractors_say_who_pays(shipped: tuple[OrganisationRecord, ...]) -> None:
    by_id = {one.id: one for one in shipped}
    assert "Home Office" in by_id["migrant_help"].funding
    for one in shipped:
        if ".gov." in one.url or "nhs" in one.url:
            assert one.funding, one.id


@pytest.mark.source_data
def test_every_council_named_is_a_council_of_today(shipped: tuple[OrganisationRecord, ...]) -> None:
    table = SOURCE_DATA / "mp_lookup_2026-06-27.csv"
    if not table.exists():
        pytest.skip(f"{table} is not here")
    with table.open(encoding="utf-8-sig", newline="") as lines:
        real = {code for row in csv.DictReader(lines) for code in row["lad_codes"].split(" / ")}
    named = {code for one in shipped for area in one.areas for code in area.codes}
    assert real >= named - set(WIDE_AREAS)


# --- the rules of a file


def test_a_good_file_has_no_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == []


@pytest.mark.parametrize(
    ("rule", "old", "new", "hint"),
    [
        ("id-not-file-name", "id: example_advice", "id: other", "make them the same"),
        ("wrong-id", "id: example_advice", "id: Example-Advice", "small letters"),
        ("unknown-topic", "[housing]", "[housng]", "did you mean `housing`?"),
        ("unknown-topic", "[housing]", "[football]", "the topics are: asylum"),
        ("unknown-area", "E08000003", "E08999999", "GSS code"),
        ("area-name", "codes: [E08000003]", "codes: [E92000001]", "`England`"),
        ("wrong-phone", "0161 234 5000", "0161 234", "digits"),
        ("wrong-phone", "0161 234 5000", "+44 161 234 5000", "starting with 0"),
        ("wrong-phone", "0161 234 5000", "12345", "starting with 0"),
        ("wrong-phone", "0161 234 5000", "0044 161 234 5000", "starting with 0"),
        ("wrong-phone", "0161 234 5000", "0161 234 5000 5000 5000", "not a telephone number"),
        ("not-https", "website: https:", "website: http:", "https://"),
        ("future-date", "assured_date: 2026-11-22", "assured_date: 2027-01-01", "after today"),
        ("unsourced-date", "assured_date: 2026-11-22", "assured_date: 2026-11-23", "read one again"),
        ("unsourced-date", "assured_date: 2026-10-01", "assured_date: 2026-10-02", "add the source"),
        ("too-long", "Advice about", "Advice " * 40 + "about", "200 are allowed"),
        ("unknown-language", "ckb", "klingon", "language code"),
        ("wrong-value", "status: active", "status: open", "temporarily closed"),
        ("wrong-value", "2026-11-22\n  assurer", "22/11/2026\n  assurer", "year-month-day"),
        ("wrong-value", "2026-11-22\n  assurer", "2026\n  assurer", "year-month-day"),
        ("unknown-key", "assurer:", "assuror:", "did you mean `assurer`?"),
        ("missing-key", "gives_immigration_advice: false\n", "", "gives_immigration_advice"),
        ("needs-alert", "    date: 2026-10-01\n", "", "add an `alert`"),
        ("needs-alert", "    date: 2026-10-01", "    date: 2024-11-21", "add an `alert`"),
        ("old-evidence", "    date: 2026-10-01", "    date: 2021-01-01", "find a newer one"),
    ],
)
def test_a_fault_names_its_rule_its_line_and_the_remedy(
    tmp_path: Path, rule: str, old: str, new: str, hint: str
) -> None:
    found = [fault for fault in faults_of(tmp_path, (old, new)) if fault.rule == rule]
    assert found
    assert all(fault.line > 0 and fault.file.endswith("example_advice.yaml") for fault in found)
    assert any(hint in fault.message for fault in found)


def test_a_fault_stands_at_the_value_it_is_about(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, ("[housing]", "[housing, helth]"))
    assert (fault.line, fault.column) == (12, 19)


def test_a_file_must_name_a_source(tmp_path: Path) -> None:
    start = GOOD.index("  - url:")
    (fault,) = [one for one in faults_of(tmp_path, (GOOD[start:], "  []\n")) if one.rule == "no-source"]
    assert "where these facts can be read" in fault.message


@pytest.mark.parametrize("topic", sorted(ADVICE_TOPICS))
def test_immigration_advice_needs_a_regulator(tmp_path: Path, topic: str) -> None:
    edits = [("[housing]", f"[{topic}]"), ("advice: false", "advice: true")]
    (fault,) = faults_of(tmp_path, *edits)
    assert fault.rule == "no-regulator"
    assert faults_of(tmp_path, *edits, ("\nphones:", "\nregulator: unknown\n\nphones:")) == []
    (wrong,) = faults_of(tmp_path, *edits, ("\nphones:", "\nregulator: unknwon\n\nphones:"))
    assert (wrong.rule, "did you mean `unknown`?" in wrong.message) == ("wrong-value", True)
    (short,) = faults_of(
        tmp_path, *edits, ("\nphones:", "\nregulator: {body: IAA, reference: N1, source: x}\n\nphones:")
    )
    assert (short.rule, "checked_on" in short.message) == ("missing-key", True)
    regulator = (
        "\nregulator:\n  body: IAA\n  reference: N200000000\n"
        "  source: https://portal.immigrationadviceauthority.gov.uk/s/adviser-finder\n  checked_on: {day}\n"
    )
    assert faults_of(tmp_path, *edits, ("\nphones:", regulator.format(day="2026-10-01") + "\nphones:")) == []
    (old,) = faults_of(tmp_path, *edits, ("\nphones:", regulator.format(day="2007-10-01") + "\nphones:"))
    assert old.rule == "old-regulator"


def test_all_faults_of_all_files_are_reported_together_and_only_good_files_are_used(tmp_path: Path) -> None:
    good = GOOD.replace("0161 496 0000", "0161 234 5000")
    (tmp_path / "example_advice.yaml").write_text(good, encoding="utf-8")
    (tmp_path / "wrong.yaml").write_text(good.replace("[housing]", "[hosing]").replace("ckb", "xx-xx-xx"), "utf-8")
    (tmp_path / "left_out.yml").write_text(good, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not read", encoding="utf-8")
    faults: list[Fault] = []
    records = read_organisations(tmp_path, faults, TODAY, COUNCILS)
    assert [one.id for one in records] == ["example_advice"]
    assert {fault.rule for fault in faults} == {
        "wrong-ending",
        "id-not-file-name",
        "unknown-topic",
        "unknown-language",
        "duplicate-id",
        "duplicate-name",
    }


def test_a_name_that_is_another_ones_short_name_is_a_duplicate(tmp_path: Path) -> None:
    good = GOOD.replace("0161 496 0000", "0161 234 5000")
    short = good.replace("name: Example Advice", "name: Example Advice\n  alternate_name: EA")
    (tmp_path / "example_advice.yaml").write_text(short, encoding="utf-8")
    other = good.replace("id: example_advice", "id: other").replace("name: Example Advice", "name: ea")
    (tmp_path / "other.yaml").write_text(other, encoding="utf-8")
    faults: list[Fault] = []
    read_organisations(tmp_path, faults, TODAY, COUNCILS)
    assert [(fault.rule, Path(fault.file).name) for fault in faults] == [("duplicate-name", "other.yaml")]


def test_a_missing_folder_is_one_fault(tmp_path: Path) -> None:
    faults: list[Fault] = []
    assert read_organisations(tmp_path / "none", faults, TODAY, COUNCILS) == ()
    assert [fault.rule for fault in faults] == ["unreadable"]


@pytest.mark.parametrize(
    "number", ["999", "112", "111", "101", "116 123", "85258", "0808 80 10 800", "08000 121 700", "0800 1111"]
)
def test_short_and_freephone_numbers_are_numbers(number: str) -> None:
    assert phone_problem(number) is None


def test_translators_see_every_text_of_a_card_and_nothing_else() -> None:
    guide = (PROJECT / "docs" / "organisations.md").read_text(encoding="utf-8")
    example = guide.split("```yaml\n")[1].split("```")[0]
    document = read_bytes(example.encode(), "example_advice.yaml", OrganisationFile, [])
    assert document is not None
    assert [text for _, text in texts(document.model)] == [
        "Help for people in Manchester who have no home. You can come without an appointment.",
        "People aged 18 or over.",
        "Free.",
        "Closed from 20 December 2026 to 4 January 2027.",
        "A charity. The city council pays for this service.",
        "Monday and Thursday, 10:00 to 13:00, in the office",
        "Monday to Friday, 9:00 to 17:00.",
    ]


def test_the_example_of_the_guide_is_a_good_file(tmp_path: Path) -> None:
    guide = (PROJECT / "docs" / "organisations.md").read_text(encoding="utf-8")
    example = guide.split("```yaml\n")[1].split("```")[0]
    (tmp_path / "example_advice.yaml").write_text(example, encoding="utf-8")
    faults: list[Fault] = []
    (one,) = read_organisations(tmp_path, faults, TODAY, COUNCILS)
    assert faults == []
    assert (one.interpretation, one.hours) == (True, "Monday and Thursday, 10:00 to 13:00, in the office")
    assert all(topic in guide for topic in TOPICS)


# --- the choice


def test_nearest_first_then_by_name() -> None:
    def at(name: str, code: str) -> OrganisationRecord:
        return record(id=name.lower(), name=name, areas=(ServiceArea(code, (code,)),))

    everyone = (
        at("Zeta_UK", "K02000001"),
        at("alpha_uk", "K02000001"),
        at("Wales", WALES),
        at("England_and_Wales", "K04000001"),
        at("England", ENGLAND),
        at("Region", NORTH_WEST),
        at("Other_region", "E12000007"),
        at("Council", MANCHESTER),
        at("Constituency", "E14001351"),
    )
    here = ("E14001351", MANCHESTER, NORTH_WEST)
    assert ids(everyone, "housing", *here) == [
        "constituency",
        "council",
        "region",
        "england",
        "alpha_uk",
        "england_and_wales",
        "zeta_uk",
    ]
    assert ids(everyone, "housing") == ["alpha_uk", "zeta_uk"]
    assert ids(everyone, "housing", WALES) == ["wales", "alpha_uk", "england_and_wales", "zeta_uk"]
    assert ids(everyone, "housing", NORTHERN_IRELAND) == ["alpha_uk", "zeta_uk"]


@pytest.mark.parametrize(("code", "nations"), SEVERAL_NATIONS.items())
def test_a_service_for_several_nations_reaches_those_and_no_other(code: str, nations: frozenset[str]) -> None:
    everyone = (record(areas=(ServiceArea(WIDE_AREAS[code], (code,)),)),)
    assert {nation for nation in NATIONS if ids(everyone, "housing", nation)} == nations


@pytest.mark.parametrize("status", ["inactive", "defunct", "temporarily closed"])
def test_a_closed_service_is_not_shown(status: str) -> None:
    assert ids((record(status=status),), "housing") == []


def test_a_card_names_the_areas_and_the_source() -> None:
    (card,) = choose((record(),), "housing", (ENGLAND,), TODAY, LIMITS)
    assert (card.area_names, card.source) == (("UK",), "https://example.org/about")


@pytest.mark.parametrize(
    ("assured", "shown"), [(dt.date(2024, 12, 1), True), (dt.date(2024, 11, 30), False), (TODAY, True)]
)
def test_an_entry_is_hidden_once_it_is_older_than_the_limit(assured: dt.date, shown: bool) -> None:
    assert bool(ids((record(assured_date=assured),), "housing")) is shown


def test_crisis_lines_are_found_whatever_their_topic() -> None:
    everyone = (record(id="line", crisis=True, topics=("women",)), record(id="office"))
    assert [card.id for card in crisis_lines(everyone, (), TODAY, LIMITS)] == ["line"]


days = st.dates(dt.date(2020, 1, 1), dt.date(2026, 12, 1))
codes = st.sampled_from([*WIDE_AREAS, MANCHESTER, "S12000049"])
regulators = st.none() | st.builds(
    Regulator, body=st.just("IAA"), reference=st.just("N1"), source=st.just("https://example.org"), checked_on=days
)
phones = st.builds(
    AssuredPhone, phone=st.builds(Phone, number=st.sampled_from(["999", "111"])), assured_date=st.none() | days
)
records = st.builds(
    lambda name, topics, at, regulator, lines, **rest: record(
        id=name,
        name=name.upper(),
        topics=topics,
        areas=(ServiceArea(at, (at,)),),
        regulator=regulator,
        phones=lines,
        **rest,
    ),
    name=st.text("abc", min_size=1, max_size=3),
    topics=st.lists(st.sampled_from(list(TOPICS)), min_size=1, max_size=3).map(tuple),
    at=codes,
    regulator=regulators,
    lines=st.lists(phones, max_size=2).map(tuple),
    gives_immigration_advice=st.booleans(),
    crisis=st.booleans(),
    assured_date=days,
)
directories = st.lists(records, max_size=8, unique_by=lambda one: one.id).map(tuple)
places = st.lists(st.sampled_from([*NATIONS, *REGIONS, MANCHESTER]), max_size=3, unique=True).map(tuple)
topics = st.sampled_from(list(TOPICS))


@settings(max_examples=150, deadline=None)
@given(directories, topics, places, st.integers(0, 3000))
def test_older_data_never_shows_more(
    everyone: tuple[OrganisationRecord, ...], topic: str, place: tuple[str, ...], days_later: int
) -> None:
    later = TODAY + dt.timedelta(days=days_later)
    now = {card.id: card for card in choose(everyone, topic, place, TODAY, LIMITS)}
    for card in choose(everyone, topic, place, later, LIMITS):
        assert card.id in now
        assert set(card.phones) <= set(now[card.id].phones)


@settings(max_examples=150, deadline=None)
@given(directories, topics, places)
def test_a_number_that_was_not_checked_lately_is_never_shown(
    everyone: tuple[OrganisationRecord, ...], topic: str, place: tuple[str, ...]
) -> None:
    by_id = {one.id: one for one in everyone}
    for card in choose(everyone, topic, place, TODAY, LIMITS) + crisis_lines(everyone, place, TODAY, LIMITS):
        fresh = [
            line.phone
            for line in by_id[card.id].phones
            if line.assured_date and line.assured_date + LIMITS.phone_max_age >= TODAY
        ]
        assert list(card.phones) == fresh


@settings(max_examples=150, deadline=None)
@given(directories, st.sampled_from(sorted(ADVICE_TOPICS)), places)
def test_immigration_advice_is_never_offered_without_a_regulator_checked_lately(
    everyone: tuple[OrganisationRecord, ...], topic: str, place: tuple[str, ...]
) -> None:
    by_id = {one.id: one for one in everyone}
    for card in choose(everyone, topic, place, TODAY, LIMITS):
        if by_id[card.id].gives_immigration_advice:
            assert card.regulator is not None
            assert card.regulator.checked_on + LIMITS.directory_max_age >= TODAY


@settings(max_examples=150, deadline=None)
@given(directories, topics, places, st.randoms(use_true_random=False))
def test_the_order_depends_on_the_place_alone(
    everyone: tuple[OrganisationRecord, ...], topic: str, place: tuple[str, ...], random: Random
) -> None:
    shuffled = list(everyone)
    random.shuffle(shuffled)
    assert choose(shuffled, topic, place, TODAY, LIMITS) == choose(everyone, topic, place[::-1], TODAY, LIMITS)
