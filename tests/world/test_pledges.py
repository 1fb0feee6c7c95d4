"""The register of the pledge: one record per person."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.engine.facts import Pledge
from bot.errors import Fault
from bot.world.constituencies import read_constituencies
from bot.world.members import MemberList, MemberRecord, member_list, read_members
from bot.world.pledges import PledgeFile, PledgeRegister, read_pledges
from bot.yamlfile import read as read_yaml

DATA = Path(__file__).parents[2] / "data"
TODAY = dt.date(2026, 11, 22)
MEMBERS = member_list(
    [MemberRecord(172, "Ms Example O'Member", "Example Party", "E14001063", None, None, "example", TODAY)]
)
RECORD = """\
  - person_id: 172
    name: Example O'Member
    constituency_then: Sandbox East
    signed_on: 2018-10-12
    signed_on_is: by
    confirmed_on: 2026-01-01
    source: https://example.org/pledge
    source_note: Names them.
    checked_on: 2026-11-22
    checked_by: project founders
"""


def read(folder: Path, records: str, members: MemberList = MEMBERS) -> tuple[PledgeRegister, list[Fault]]:
    path = folder / "pledges.yaml"
    path.write_text("pledges:\n" + records if records else "pledges: []\n", encoding="utf-8")
    faults: list[Fault] = []
    return read_pledges(path, members, TODAY, faults), faults


def test_a_record_says_who_signed_when_and_how_we_know(tmp_path: Path) -> None:
    found, faults = read(tmp_path, RECORD)
    assert not faults
    assert found.by_person[172] == Pledge(
        person_id=172,
        name="Example O'Member",
        signed_on=dt.date(2018, 10, 12),
        confirmed_on=dt.date(2026, 1, 1),
        withdrawn_on=None,
        source="https://example.org/pledge",
        checked_on=TODAY,
        signed_on_is="by",
    )
    assert found.date == TODAY


def test_a_record_without_a_person_id_is_history(tmp_path: Path) -> None:
    found, faults = read(tmp_path, RECORD.replace("person_id: 172\n    name", "name"))
    assert not faults
    assert not found.by_person
    assert len(found.records) == 1


def test_an_empty_register_has_no_date(tmp_path: Path) -> None:
    found, faults = read(tmp_path, "")
    assert (found.records, found.date, faults) == ((), None, [])


def test_a_new_signature_after_a_withdrawal_is_one_record_too(tmp_path: Path) -> None:
    text = RECORD.replace("2018-10-12", "2025-05-05").replace("checked_on", "withdrawn_on: 2020-01-01\n    checked_on")
    found, faults = read(tmp_path, text)
    assert not faults
    assert found.by_person[172].withdrawn_on == dt.date(2020, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "line", "rule", "remedy"),
    [
        ("2018-10-12", "2026-11-23", 5, "future-date", "correct the day"),
        ("checked_on: 2026-11-22", "checked_on: 2027-01-01", 10, "future-date", "correct the day"),
        ("2026-01-01", "2018-10-11", 7, "wrong-order", "correct one of them"),
        (
            "checked_by",
            "withdrawn_on: 2019-01-01\n    checked_by",
            7,
            "confirmed-after-withdrawal",
            "signed_on as well",
        ),
        ("    source: https://example.org/pledge\n", "", 2, "missing-key", "add it"),
        ("https://example.org/pledge", "the Guardian", 8, "not-a-url", "https://"),
        ("https://example.org/pledge", "ftp://example.org", 8, "not-a-url", "https://"),
        ("https://example.org/pledge", "https://", 8, "not-a-url", "https://"),
        ("https://example.org/pledge", '"https://[x"', 8, "not-a-url", "https://"),
        ("https://example.org/pledge", '""', 8, "wrong-value", "source"),
        ("checked_by", "checkedby", 11, "unknown-key", "did you mean `checked_by`"),
        ("2018-10-12", "October 2018", 5, "wrong-value", "written like 2018-10-12"),
        ("2018-10-12", "2018", 5, "wrong-value", "written like 2018-10-12"),
        ("2018-10-12", "2018-02-30", 5, "wrong-value", "signed_on"),
        ("person_id: 172", 'person_id: "172"', 2, "wrong-value", "person_id"),
        ("person_id: 172", "person_id: 0", 2, "wrong-value", "person_id"),
        ("signed_on_is: by", "signed_on_is: about", 6, "wrong-value", "signed_on_is"),
        ("Example O'Member", "Somebody Else", 2, "other-person", "correct the id"),
    ],
)
def test_faults_name_line_and_remedy(tmp_path: Path, old: str, new: str, line: int, rule: str, remedy: str) -> None:
    assert old in RECORD
    _, faults = read(tmp_path, RECORD.replace(old, new, 1))
    assert (line, rule) in [(fault.line, fault.rule) for fault in faults]
    assert remedy in "\n".join(fault.message for fault in faults)


def test_a_second_record_of_a_person_is_refused_and_both_lines_are_named(tmp_path: Path) -> None:
    _, faults = read(tmp_path, RECORD + RECORD)
    assert [fault.rule for fault in faults] == ["two-records"]
    assert "line 2" in faults[0].message
    assert "line 12" in faults[0].message
    assert "confirmed_on or withdrawn_on" in faults[0].message


def test_the_same_name_again_without_an_id_is_refused(tmp_path: Path) -> None:
    _, faults = read(tmp_path, RECORD + RECORD.replace("person_id: 172\n    name: ", "name: Dr "))
    assert [(fault.line, fault.rule) for fault in faults] == [(12, "two-records")]


def test_two_people_of_the_same_name_with_an_id_each_are_two(tmp_path: Path) -> None:
    found, faults = read(tmp_path, RECORD + RECORD.replace("172", "173"))
    assert not faults
    assert set(found.by_person) == {172, 173}


def test_an_id_outside_the_list_of_members_is_no_fault(tmp_path: Path) -> None:
    _, faults = read(tmp_path, RECORD.replace("172", "9999"))
    assert not faults


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    faults: list[Fault] = []
    assert read_pledges(tmp_path / "pledges.yaml", MEMBERS, TODAY, faults).records == ()
    assert [fault.rule for fault in faults] == ["unreadable"]


def shipped() -> tuple[PledgeRegister, MemberList, list[Fault]]:
    faults: list[Fault] = []
    seats = read_constituencies(DATA / "constituencies.csv", faults)
    members = read_members(DATA / "members.csv", seats, TODAY, faults)
    return read_pledges(DATA / "pledges.yaml", members, TODAY, faults), members, faults


def test_the_shipped_register_matches_the_members_who_still_sit() -> None:
    found, members, faults = shipped()
    assert not faults
    sitting = {person: members.persons()[person].name for person in found.by_person}
    assert sitting == {172: "Ms Diane Abbott", 4493: "Richard Burgon", 4212: "Debbie Abrahams"}


def test_nothing_in_the_shipped_register_is_confirmed_yet_and_no_unproven_name_is_in_it() -> None:
    found, _, _ = shipped()
    assert all(record.confirmed_on is None and record.signed_on_is == "by" for record in found.records)
    assert {record.name for record in found.records} == {
        *("Diane Abbott", "Richard Burgon", "Debbie Abrahams", "Jon Ashworth", "Heidi Allen"),
        *("Jared O'Mara", "Danielle Rowley", "Paul Sweeney"),
    }


def test_the_header_of_the_shipped_register_explains_every_key() -> None:
    header, _, _ = (DATA / "pledges.yaml").read_text(encoding="utf-8").partition("\npledges:")
    document = read_yaml(DATA / "pledges.yaml", PledgeFile, [])
    assert document is not None
    for key in type(document.model.pledges[0]).model_fields:
        assert f"\n#   {key} " in header


@pytest.mark.parametrize(
    ("now", "signed", "fits"),
    [
        ("Ms Diane Abbott", "Diane Abbott", True),
        ("Jonathan Ashworth", "Jon Ashworth", True),
        ("Richard Tice", "Richard Burgon", False),
        ("Dr Luke Evans", "Nigel Evans", False),
        ("Diane Example-Abbott", "Diane Abbott", True),
        ("Abbott", "Diane Abbott", False),
    ],
)
def test_an_id_must_fit_first_name_and_surname(now: str, signed: str, fits: bool, tmp_path: Path) -> None:
    """One word in common would hang a signature on somebody else after one wrong digit."""
    members = member_list([MemberRecord(172, now, "Example", "E14001259", None, None, "https://example.org", TODAY)])
    _, faults = read(tmp_path, RECORD.replace("name: Example O'Member", f"name: {signed}"), members)
    assert [fault.rule for fault in faults] == ([] if fits else ["other-person"])
