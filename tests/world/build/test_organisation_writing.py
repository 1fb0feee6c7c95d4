"""Entries written back to their files: everything that people wrote by hand stays, and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from bot.errors import DataError
from bot.world.build.organisation_writing import difference, edited_text, new_text, plain
from bot.world.organisation_file import OrganisationFile
from bot.yamlfile import read, read_bytes
from tests.world.entries import ENTRY, entries

SHIPPED = Path(__file__).parents[3] / "data" / "organisations"


def parsed(text: str) -> OrganisationFile:
    faults: list[Any] = []
    document = read_bytes(text.encode(), "entry.yaml", OrganisationFile, faults)
    assert document is not None, faults
    return document.model


def changed(text: str, **edits: Any) -> str:
    """The text after some values were replaced; `service__alert=None` takes the alert out."""
    tree = plain(parsed(text))
    for path, value in edits.items():
        *parents, key = path.split("__")
        node = tree
        for parent in parents:
            node = node[parent]
        node[key] = value
    return edited_text(text, OrganisationFile.model_validate(tree))


@settings(max_examples=60, deadline=None)
@given(entries)
def test_a_new_file_says_what_the_entry_says(entry: OrganisationFile) -> None:
    assert parsed(new_text(entry)) == entry


@settings(max_examples=60, deadline=None)
@given(entries, entries)
def test_any_file_can_be_made_to_say_any_entry(one: OrganisationFile, other: OrganisationFile) -> None:
    assert parsed(edited_text(new_text(one), other)) == other


@settings(max_examples=40, deadline=None)
@given(entries)
def test_what_says_the_same_is_left_alone(entry: OrganisationFile) -> None:
    text = "# kept\n" + new_text(entry).replace("\n\n", "\n\n# a thought\n")
    assert edited_text(text, entry) == text


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_file_can_be_written_anew(path: Path) -> None:
    document = read(path, OrganisationFile, [])
    assert document is not None
    again = read_bytes(new_text(document.model).encode(), path.name, OrganisationFile, [])
    assert again is not None
    assert again.model == document.model


def test_a_change_touches_its_own_line_alone() -> None:
    new = changed(ENTRY, service__status="defunct")
    lines = difference(ENTRY, new, "x").splitlines()[2:]
    assert [line for line in lines if line[0] in "+-"] == ["-  status: active", "+  status: defunct"]
    assert "# the name on the door" in new
    assert "# the line of the office" in new
    assert new.replace("status: defunct", "status: active") == ENTRY


def test_quotes_stay_and_come_where_they_are_needed() -> None:
    assert 'alert: "Closed: ring."' in changed(ENTRY, service__alert="Closed: ring.")
    assert "description: 'Help: of any kind.'" in changed(ENTRY, service__description="Help: of any kind.")


def test_what_is_taken_out_is_gone_and_the_rest_stays() -> None:
    new = changed(ENTRY, service__alert=None, phones=[])
    assert "alert" not in new
    assert "phones" not in new
    assert "# the name on the door" in new


def test_the_empty_line_after_what_is_taken_out_stays() -> None:
    funded = ENTRY.replace("advice: false\n", "advice: false\nfunding: A charity.\n")
    assert changed(funded, funding=None) == ENTRY
    regulated = ENTRY.replace(
        "advice: false\n",
        "advice: false\n\nregulator:\n  body: IAA\n  reference: N1\n"
        "  source: https://example.org\n  checked_on: 2026-10-01\n",
    )
    assert changed(regulated, regulator=None) == ENTRY
    unknown = ENTRY.replace("advice: false\n", "advice: false\nregulator: unknown\n")
    assert changed(regulated, regulator="unknown") == unknown
    entry = plain(parsed(regulated))["regulator"]
    assert changed(unknown, regulator=entry) == regulated


def test_what_is_added_stands_where_a_person_would_write_it() -> None:
    new = changed(
        ENTRY,
        funding="A charity.",
        regulator={"body": "IAA", "reference": "N1", "source": "https://example.org", "checked_on": "2026-10-01"},
        schedules=[{"description": "Monday"}],
    )
    assert (
        "gives_immigration_advice: false\nfunding: A charity.\n\n"
        "regulator:\n  body: IAA\n  reference: N1\n  source: https://example.org\n  checked_on: 2026-10-01\n\nphones:\n"
    ) in new
    assert "    assured_date: 2026-10-01\n\nschedules:\n  - description: Monday\n\nservice_areas:\n" in new


def test_a_date_added_to_the_last_number_keeps_the_empty_line_after_it() -> None:
    undated = ENTRY.replace("9:00 to 17:00.\n    assured_date: 2026-10-01\n", "9:00 to 17:00.\n")
    phones = [{"number": "0161 234 5000", "description": "Monday, 9:00 to 17:00.", "assured_date": "2026-10-01"}]
    assert changed(undated, phones=phones) == ENTRY


def test_a_new_source_comes_first_and_the_old_one_stays() -> None:
    old = {"url": "http://example.org/about", "date": "2026-10-01", "seen": "2026-10-01", "what": "Its own page"}
    new = changed(ENTRY, sources=[{"url": "https://b.org", "seen": "2026-10-02", "what": "B"}, old])
    assert new == ENTRY.replace("sources:\n", "sources:\n  - url: https://b.org\n    seen: 2026-10-02\n    what: B\n")


def test_line_ends_of_windows_stay() -> None:
    new = changed(ENTRY.replace("\n", "\r\n"), service__status="inactive")
    assert new == ENTRY.replace("status: active", "status: inactive").replace("\n", "\r\n")


def test_a_file_that_cannot_be_read_is_not_touched() -> None:
    with pytest.raises(DataError, match="cannot be changed"):
        edited_text("organization: [", parsed(ENTRY))
