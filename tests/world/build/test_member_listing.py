"""Members matched to the 650 constituencies, from Parliament's names and from a CSV's codes."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import DataError
from bot.world.build.member_listing import Listing, day_in_name, read_csv, refuse_few, seated
from bot.world.build.members_page import ListedMember
from bot.world.build.mp_lookup import SOURCE, Ended
from bot.world.constituencies import Constituency, read_constituencies
from bot.world.search import words

DATA = Path(__file__).parents[3] / "data"
TODAY = dt.date(2026, 11, 22)
ELECTION = dt.date(2024, 7, 4)
API = "https://members-api.parliament.uk/api/Members/Search"


@pytest.fixture(scope="module")
def seats() -> Mapping[str, Constituency]:
    return read_constituencies(DATA / "constituencies.csv", [])


def listed(constituency: str, person: int = 1, started: dt.date = ELECTION) -> ListedMember:
    return ListedMember(person, f"Ms Example {person}", "Example Party", constituency, started)


def take(seats: Mapping[str, Constituency], *members: ListedMember) -> Listing:
    return seated(members, seats, as_of=TODAY, last_election=ELECTION, source=API)


def test_no_two_constituencies_have_names_that_fold_to_the_same(seats: Mapping[str, Constituency]) -> None:
    assert max(Counter(words(seat.name) for seat in seats.values()).values()) == 1


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Manchester Central", "Manchester Central"),
        (" MANCHESTER  CENTRAL", "Manchester Central"),
        ("Ynys Môn", "Ynys Môn"),
        ("Ynys Mon", "Ynys Môn"),
        ("Montgomeryshire & Glyndwr", "Montgomeryshire and Glyndŵr"),
        ("Hackney North & Stoke Newington", "Hackney North and Stoke Newington"),
        ("Pontefract Castleford & Knottingley", "Pontefract, Castleford and Knottingley"),
        ("Queen’s Park and Maida Vale", "Queen's Park and Maida Vale"),
        ("Queens Park and Maida Vale", "Queen's Park and Maida Vale"),
        ("Weston super Mare", "Weston-super-Mare"),
        ("Inverness, Skye & West Ross Shire", "Inverness, Skye and West Ross-shire"),
    ],
)
def test_a_name_finds_its_seat_however_it_is_written(
    seats: Mapping[str, Constituency], written: str, name: str
) -> None:
    (record,) = take(seats, listed(written)).records
    assert words(seats[record.gss_code].name) == words(name)
    assert (record.source, record.checked_on, record.until) == (API, TODAY, None)


@pytest.mark.parametrize(
    ("started", "since"),
    [
        (dt.date(1987, 6, 11), None),
        (ELECTION, None),
        (dt.date(2024, 7, 5), dt.date(2024, 7, 5)),
        (TODAY, TODAY),
    ],
)
def test_since_is_known_only_of_those_who_came_after_the_election(
    seats: Mapping[str, Constituency], started: dt.date, since: dt.date | None
) -> None:
    (record,) = take(seats, listed("Clacton", started=started)).records
    assert record.since == since


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (
            [listed("Old Sarum")],
            r"unknown-constituency: the constituency of Ms Example 1 \(1\), 'Old Sarum', is none of",
        ),
        ([listed("Clacton"), listed("CLACTON", 2)], r"two-members: Ms Example 2 \(2\) and Ms Example 1 \(1\) are both"),
        ([listed("Clacton", started=dt.date(2027, 1, 1))], r"future-date: .* from 2027-01-01, after 2026-11-22"),
    ],
)
def test_who_does_not_fit_is_named_and_nothing_is_taken_over(
    seats: Mapping[str, Constituency], members: list[ListedMember], words: str
) -> None:
    with pytest.raises(DataError, match=f"(?s)nothing was taken over.*{words}"):
        take(seats, *members)


def test_a_name_that_fits_two_seats_fits_none(seats: Mapping[str, Constituency]) -> None:
    clacton = next(seat for seat in seats.values() if seat.name == "Clacton")
    twice = {**seats, "E14009999": replace(clacton, code="E14009999")}
    with pytest.raises(DataError, match=f"fits {clacton.code}, E14009999; correct the name"):
        take(twice, listed("Clacton"))


def test_a_list_with_many_holes_is_refused_unless_told() -> None:
    few = Listing(TODAY, API, API, ())
    with pytest.raises(DataError, match=r"0 members, fewer than 600.*--allow-few"):
        refuse_few(few, allowed=False)
    refuse_few(few, allowed=True)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("mp_lookup_2026-06-27.csv", dt.date(2026, 6, 27)),
        ("2026-06-27.csv", dt.date(2026, 6, 27)),
        ("mp_lookup.csv", None),
        ("mp_lookup_2026-13-27.csv", None),
        ("2026-06-27_to_2026-06-28.csv", None),
        ("12026-06-27.csv", None),
    ],
)
def test_a_file_name_may_say_the_day(name: str, day: dt.date | None) -> None:
    assert day_in_name(Path("folder") / name) == day


Line = dict[str, str]


def lines(seats: Mapping[str, Constituency]) -> list[Line]:
    return [
        {"pcon_code": code, "member_id": str(number), "display_as": f"Ms Example {number}", "party_text": "Party"}
        for number, code in enumerate(seats, 1)
    ]


def written(path: Path, rows: list[Line]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_csv_gives_a_record_for_each_seat_that_is_not_vacant(
    tmp_path: Path, seats: Mapping[str, Constituency]
) -> None:
    rows = lines(seats)
    rows[1].update(member_id="", display_as="", party_text="")
    found = read_csv(written(tmp_path / "list.csv", rows), seats, TODAY, ended=())
    assert len(found.records) == 649
    assert (found.as_of, found.source) == (TODAY, SOURCE)
    assert rows[1]["pcon_code"] not in {record.gss_code for record in found.records}


def test_what_is_known_to_have_ended_since_is_in_the_record(tmp_path: Path, seats: Mapping[str, Constituency]) -> None:
    path = written(tmp_path / "list.csv", lines(seats))
    end = Ended(1, dt.date(2026, 7, 8), "example", TODAY)
    earlier, later = (read_csv(path, seats, dt.date(2026, month, 8), [end]).records[0] for month in (6, 7))
    assert (earlier.until, earlier.source, earlier.checked_on) == (end.until, "example", TODAY)
    assert (later.until, later.source) == (None, SOURCE)


@pytest.mark.parametrize(
    ("change", "line", "rule"),
    [
        ({"pcon_code": "E14009999"}, 3, "unknown-code"),
        ({"pcon_code": "E14001063"}, 3, "two-members"),
        ({"member_id": "1"}, 3, "two-seats"),
        ({"member_id": "x1"}, 3, "bad-person-id"),
        ({"member_id": "٣"}, 3, "bad-person-id"),
        ({"display_as": ""}, 3, "missing-value"),
        ({"display_as": "a\u200bb"}, 3, "missing-value"),
        ({"party_text": " "}, 3, "missing-value"),
    ],
)
def test_a_wrong_line_is_named_with_the_rule(
    tmp_path: Path, seats: Mapping[str, Constituency], change: Line, line: int, rule: str
) -> None:
    rows = lines(seats)
    rows[1].update(change)
    with pytest.raises(DataError, match="nothing was taken over") as refused:
        read_csv(written(tmp_path / "list.csv", rows), seats, TODAY)
    assert (line, rule) in [(fault.line, fault.rule) for fault in refused.value.faults]


def test_a_list_that_lacks_seats_is_partial(tmp_path: Path, seats: Mapping[str, Constituency]) -> None:
    with pytest.raises(DataError, match=r"partial: lacks 2 of 650 constituencies"):
        read_csv(written(tmp_path / "list.csv", lines(seats)[:-2]), seats, TODAY)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "lacks the columns pcon_code, member_id, display_as, party_text"),
        (b"pcon_code,member_id\nE14001063,1\n", ":1: lacks the columns display_as, party_text"),
        ("pcon_code\nSi\xe2n\n".encode("latin-1"), ":2: is not UTF-8 text; save it as CSV with the encoding UTF-8"),
        (b'pcon_code,member_id,display_as,party_text\nE14001063,"1,x,y\n', ":2: is not CSV"),
        (b"x" * 5_000_001, "is larger than 5,000,000 bytes"),
    ],
)
def test_what_is_not_such_a_csv_is_refused_with_the_remedy(
    tmp_path: Path, seats: Mapping[str, Constituency], data: bytes, words: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    with pytest.raises(DataError, match=words):
        read_csv(path, seats, TODAY)


def test_a_missing_file_is_one_sentence(tmp_path: Path, seats: Mapping[str, Constituency]) -> None:
    with pytest.raises(DataError, match=r"none\.csv cannot be read \(No such file or directory\); check its name"):
        read_csv(tmp_path / "none.csv", seats, TODAY)
