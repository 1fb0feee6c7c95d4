"""Records are written into the register's text, and all else in it stays."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import DataError
from bot.world.build.pledge_text import record_lines, with_records
from bot.world.pledges import PledgeEntry, PledgeFile
from bot.yamlfile import read_bytes

SHIPPED = (Path(__file__).parents[3] / "data" / "pledges.yaml").read_text(encoding="utf-8")
DAY = dt.date(2026, 10, 1)
ENTRY = PledgeEntry(
    person_id=7,
    name="Example: Member",
    constituency_then="Sandbox East",
    signed_on=DAY,
    confirmed_on=DAY,
    source="https://example.org/list#7",
    checked_on=DAY,
    checked_by="tester",
)
LINES = """\
  - person_id: 7
    name: 'Example: Member'
    constituency_then: Sandbox East
    signed_on: 2026-10-01
    confirmed_on: 2026-10-01
    source: https://example.org/list#7
    checked_on: 2026-10-01
    checked_by: tester
"""


def entries(text: str) -> tuple[PledgeEntry, ...]:
    document = read_bytes(text.encode(), "pledges.yaml", PledgeFile, [])
    assert document is not None
    return document.model.pledges


def test_a_record_is_shown_as_it_is_written() -> None:
    assert "\n".join(record_lines(ENTRY)) + "\n" == LINES


def test_nothing_new_leaves_the_shipped_register_byte_for_byte() -> None:
    assert with_records(SHIPPED, {}, []) == SHIPPED


def test_a_new_record_comes_last_and_nothing_else_changes() -> None:
    assert with_records(SHIPPED, {}, [ENTRY, ENTRY]) == f"{SHIPPED}\n{LINES}\n{LINES}"


def test_a_record_changes_in_its_own_lines_only() -> None:
    new = with_records(SHIPPED, {0: {"confirmed_on": DAY, "signed_on_is": None, "checked_by": "tester"}}, [])
    before, after = SHIPPED.splitlines(), new.splitlines()
    assert [line for line in after if line not in before] == ["    confirmed_on: 2026-10-01", "    checked_by: tester"]
    assert len(after) == len(before)
    keys = [line.split(":")[0].strip(" -") for line in after if line.startswith("   ")][:9]
    assert keys[2:5] == ["signed_on", "confirmed_on", "source"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("pledges: []\n", f"pledges:\n{LINES}"),
        ("# nobody yet\npledges: [] # none\n", f"# nobody yet\npledges:    # none\n{LINES}"),
        ("---\npledges: []\n", f"---\npledges:\n{LINES}"),
        (f"pledges:\n{LINES}# the end", f"pledges:\n{LINES}# the end\n\n{LINES}"),
        (f"pledges:\n{LINES}\n# the end\n", f"pledges:\n{LINES}\n# the end\n\n{LINES}"),
    ],
)
def test_a_register_may_be_empty_or_end_in_a_comment(text: str, written: str) -> None:
    assert with_records(text, {}, [ENTRY]) == written


def test_the_line_ends_of_windows_stay() -> None:
    text = f"# one\npledges:\n{LINES}".replace("\n", "\r\n")
    assert with_records(text, {}, [ENTRY]) == text + f"\n{LINES}".replace("\n", "\r\n")


UNINDENTED = """\
pledges:
# first
- name: Example One   # as signed
  signed_on: 2018-10-12
  source: "https://example.org"
  source_note: >-
    A long note
    over two lines.
  # before checked_on
  checked_on: 2026-01-01
  checked_by: 'tester'


# second
- name: Example Two
  signed_on: 2018-10-12
  source: https://example.org
  checked_on: 2026-01-01
  checked_by: tester
# the end
"""


def test_another_indentation_quotes_and_comments_stay() -> None:
    new = with_records(UNINDENTED, {0: {"confirmed_on": DAY}}, [ENTRY])
    added = "\n" + "".join(f"{line[2:]}\n" for line in LINES.splitlines())
    expected = UNINDENTED.replace("2018-10-12\n", "2018-10-12\n  confirmed_on: 2026-10-01\n", 1) + added
    assert new == expected


def test_a_comment_that_would_be_lost_is_said() -> None:
    text = f"pledges:\n{LINES}".replace("checked_on", "signed_on_is: by # or so\n    checked_on")
    with pytest.raises(DataError, match=r"'# or so' in pledges\.yaml would be lost, so nothing was written; move it"):
        with_records(text, {0: {"signed_on_is": None}}, [])


PLAIN = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
TEXTS = st.lists(PLAIN, min_size=1, max_size=4).map(" ".join) | st.sampled_from(
    ["No", "null", "Null", "~", "123", "1e3", "2018-10-12", "- x", "a: b", "a #b", "'", '"', "&a", "*a", "!t", "{", "%"]
)


@given(name=TEXTS, note=TEXTS, by=st.sampled_from(["on", "by"]), day=st.dates(dt.date(1000, 1, 1)))
def test_whatever_is_written_is_read_back(name: str, note: str, by: str, day: dt.date) -> None:
    entry = ENTRY.model_copy(update={"name": name, "source_note": note, "signed_on_is": by, "withdrawn_on": day})
    new = with_records(SHIPPED, {1: {"source_note": note, "confirmed_on": day}}, [entry])
    changed = entries(SHIPPED)[1].model_copy(update={"source_note": note, "confirmed_on": day})
    assert entries(new) == (entries(SHIPPED)[0], changed, *entries(SHIPPED)[2:], entry)
    assert [line for line in new.splitlines() if line.startswith("#")] == [
        line for line in SHIPPED.splitlines() if line.startswith("#")
    ]
