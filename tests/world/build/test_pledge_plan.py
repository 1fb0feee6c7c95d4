"""What a list adds to the register, what it makes newer, and what is left to people."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.errors import DataError
from bot.world.build.campaign_list import Signature
from bot.world.build.pledge_match import people
from bot.world.build.pledge_plan import AlreadyThere, Plan, Terms, plan, resulting
from bot.world.build.pledge_text import with_records
from bot.world.constituencies import read_constituencies
from bot.world.members import MemberRecord, member_list
from bot.world.pledges import PledgeFile, read_pledges
from bot.yamlfile import Document, read_bytes

SEATS = read_constituencies(Path(__file__).parents[3] / "data" / "constituencies.csv", [])
EAST, WEST, NORTH = list(SEATS)[:3]
TODAY, ELECTION = dt.date(2026, 11, 22), dt.date(2024, 7, 4)
OLD, NEW = dt.date(2018, 10, 12), dt.date(2026, 10, 1)
TERMS = Terms(TODAY, "tester", ELECTION)
MEMBERS = member_list(
    MemberRecord(person, name, "Party", seat, None, None, "example", TODAY)
    for person, name, seat in ((1, "Ms Jane Example", EAST), (2, "Max Sample", WEST), (3, "Ann Other", NORTH))
)
REGISTER = """\
pledges:
  - person_id: 1
    name: Jane Example
    signed_on: 2018-10-12
    signed_on_is: by
    source: https://example.org/old
    source_note: Names her.
    checked_on: 2026-01-01
    checked_by: founders

  - name: Ann Other
    signed_on: 2018-10-12
    source: https://example.org/old
    checked_on: 2026-01-01
    checked_by: founders
"""


def register(text: str = REGISTER) -> Document[PledgeFile]:
    document = read_bytes(text.encode(), "pledges.yaml", PledgeFile, [])
    assert document is not None
    return document


def signed(name: str, on: dt.date = OLD, **values: object) -> Signature:
    one = Signature("list.csv", 2, name, None, on, "on", None, None, "https://example.org/new", None)
    return replace(one, **values)  # type: ignore[arg-type]


def planned(*signatures: Signature, text: str = REGISTER) -> Plan:
    document = register(text)
    aliases = [(one.person_id, one.name, None) for one in document.model.pledges if one.person_id]
    return plan(signatures, document, people(MEMBERS, SEATS, aliases), TERMS)


def test_somebody_without_a_record_gets_one() -> None:
    (addition,) = planned(signed("Max Sample MP", constituency="Aldridge-Brownhills")).additions
    assert addition.entry.model_dump(exclude_none=True) == {
        "person_id": 2,
        "name": "Max Sample MP",
        "constituency_then": "Aldridge-Brownhills",
        "signed_on": OLD,
        "signed_on_is": "on",
        "source": "https://example.org/new",
        "checked_on": TODAY,
        "checked_by": "tester",
    }


@pytest.mark.parametrize(
    ("signature", "confirmed"),
    [
        (signed("Max Sample", OLD), None),
        (signed("Max Sample", ELECTION), ELECTION),
        (signed("Max Sample", NEW), NEW),
        (signed("Max Sample", NEW, signed_on_is="by"), None),
        (signed("Max Sample", NEW, withdrawn_on=TODAY), None),
        (signed("Max Sample", NEW, withdrawn_on=OLD), NEW),
        (signed("Max Sample", OLD, confirmed_on=NEW), NEW),
    ],
)
def test_who_signs_since_the_election_confirms_on_that_day(signature: Signature, confirmed: dt.date | None) -> None:
    (addition,) = planned(signature).additions
    assert addition.entry.confirmed_on == confirmed


def test_a_name_that_shares_no_word_with_the_one_in_use_is_written_with_both() -> None:
    text = REGISTER.replace("person_id: 1", "person_id: 2").replace("name: Jane Example", "name: Mel Maiden Sample")
    members = member_list([MemberRecord(2, "Max Sample", "Party", WEST, None, None, "example", TODAY)])
    known = people(members, SEATS, [(2, "Mel Maiden", None)])
    (addition,) = plan([signed("Mel Maiden")], register("pledges: []\n"), known, TERMS).additions
    assert addition.entry.name == "Mel Maiden (now Max Sample)"
    assert not planned(signed("Max Sample"), text=text).additions


def values_of(made: Plan) -> dict[str, Any]:
    (update,) = made.updates
    return dict(update.values)


NEWER = {
    "source": "https://example.org/new",
    "source_note": "Before: https://example.org/old Names her.",
    "checked_on": TODAY,
    "checked_by": "tester",
}


@pytest.mark.parametrize(
    ("signature", "values"),
    [
        (signed("Jane Example", confirmed_on=NEW), {"confirmed_on": NEW}),
        (signed("Jane Example", NEW), {"confirmed_on": NEW}),
        (signed("Jane Example", withdrawn_on=NEW), {"withdrawn_on": NEW}),
        (
            signed("Jane Example", NEW, withdrawn_on=dt.date(2020, 1, 1)),
            {"withdrawn_on": dt.date(2020, 1, 1), "signed_on": NEW, "signed_on_is": None, "confirmed_on": NEW},
        ),
    ],
)
def test_a_record_becomes_newer_and_keeps_where_it_came_from(signature: Signature, values: dict[str, Any]) -> None:
    made = planned(signature)
    assert values_of(made) == values | NEWER
    assert made.updates[0].line == 2


def test_the_source_of_the_same_page_leaves_the_note_alone() -> None:
    values = values_of(planned(signed("Jane Example", confirmed_on=NEW, source="https://example.org/old")))
    assert set(values) == {"confirmed_on", "checked_on", "checked_by"}


def test_a_confirmation_or_withdrawal_that_is_older_changes_nothing() -> None:
    text = REGISTER.replace("signed_on_is: by", f"confirmed_on: {NEW}").replace("    source_note", "    source_note", 1)
    for signature in (
        signed("Jane Example", confirmed_on=dt.date(2026, 9, 30)),
        signed("Jane Example", confirmed_on=NEW),
        signed("Jane Example", dt.date(2018, 7, 1)),
        signed("Jane Example", OLD, withdrawn_on=dt.date(2018, 1, 1)),
    ):
        assert planned(signature, text=text).there == (AlreadyThere(signature, 2),)


WITHDRAWN = REGISTER.replace("signed_on_is: by", "withdrawn_on: 2020-01-01", 1)


def test_a_new_signature_after_a_withdrawal_stands() -> None:
    values = values_of(planned(signed("Jane Example", NEW), text=WITHDRAWN))
    assert (values["signed_on"], values["confirmed_on"]) == (NEW, NEW)


@pytest.mark.parametrize(
    ("signature", "text"),
    [
        (signed("Jane Example", confirmed_on=NEW), WITHDRAWN),
        (
            signed("Jane Example", withdrawn_on=dt.date(2020, 1, 1)),
            REGISTER.replace("signed_on_is: by", f"confirmed_on: {NEW}", 1),
        ),
    ],
)
def test_a_confirmation_after_a_withdrawal_is_left_to_a_person(signature: Signature, text: str) -> None:
    made = planned(signature, text=text)
    assert not made.updates
    (likely,) = made.likely
    assert "find out whether it was signed again" in likely.candidates[0][1]
    assert (likely.entry, likely.line) == (None, 2)


def test_a_record_without_a_person_id_is_left_to_a_person_when_somebody_of_that_name_sits() -> None:
    (likely,) = planned(signed("Ann Other")).likely
    assert "without a person id" in likely.candidates[0][1]
    assert (likely.entry, likely.line) == (None, 11)


def test_a_name_of_history_is_already_there() -> None:
    text = REGISTER.replace("Ann Other", "Gone Before")
    assert planned(signed("Gone Before"), text=text).there[0].line == 11


def test_a_likely_one_comes_with_the_record_to_add_by_hand_or_the_line_of_the_one_there() -> None:
    added, there = planned(signed("M. Sample"), signed("J. Example")).likely
    assert added.entry is not None
    assert (added.entry.person_id, added.entry.name, added.line) == (2, "M. Sample", None)
    assert (there.entry, there.line) == (None, 2)


def test_nobody_is_unmatched() -> None:
    made = planned(signed("Somebody Else"))
    assert [one.signature.name for one in made.unmatched] == ["Somebody Else"]
    assert (made.additions, made.updates, made.there, made.likely) == ((), (), (), ())


def test_two_lines_about_one_person_are_refused() -> None:
    lines = signed("Max Sample"), signed("Sample, Max", NEW, line=7)
    with pytest.raises(DataError, match="nothing was written") as refused:
        planned(*lines)
    (fault,) = refused.value.faults
    assert (fault.line, fault.rule) == (7, "two-lines")
    assert "on line 2 (2, Max Sample); keep the newer" in fault.message


@pytest.mark.parametrize(
    "signature",
    [
        signed("Jane Example", confirmed_on=NEW),
        signed("Jane Example", NEW, withdrawn_on=dt.date(2020, 1, 1)),
        signed("Jane Example", NEW),
        signed("Jane Example", withdrawn_on=NEW),
        signed("Max Sample", NEW, withdrawn_on=OLD),
    ],
)
def test_what_is_planned_is_what_the_written_register_says(signature: Signature, tmp_path: Path) -> None:
    made = planned(signature)
    additions = [one.entry for one in made.additions]
    text = with_records(REGISTER, {one.number: one.values for one in made.updates}, additions)
    path = tmp_path / "pledges.yaml"
    path.write_text(text, encoding="utf-8")
    faults: list[Any] = []
    read_pledges(path, MEMBERS, TODAY, faults)
    assert not faults
    assert register(text).model.pledges == resulting(register().model.pledges, made)
    assert planned(signature, text=text).there  # a second import finds it there
