"""A campaign's list of signatories: CSV and YAML, with every fault named."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.errors import DataError
from bot.world.build.campaign_list import CampaignList, Signature, meaning, read_campaign_list

TODAY = dt.date(2026, 11, 22)
OCTOBER = dt.date(2018, 10, 12)
HEADER = "name,constituency,date,source"
GOOD = "Ms Example One,Sandbox East,12/10/2018,https://example.org/list"


def read(folder: Path, text: str | bytes, name: str = "list.csv") -> CampaignList:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_campaign_list(path, TODAY)


def refused(folder: Path, text: str | bytes, name: str = "list.csv") -> list[tuple[int, int, str]]:
    with pytest.raises(DataError, match="cannot be imported, and nothing was written") as error:
        read(folder, text, name)
    assert all(fault.file.endswith(name) for fault in error.value.faults)
    return [(fault.line, fault.column, fault.rule) for fault in error.value.faults]


def test_a_csv_is_read_line_by_line(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEADER}\n{GOOD}\n\nExample Two,,2018-10-12,https://example.org/2\n")
    assert [(one.line, one.name, one.constituency) for one in found.signatures] == [
        (2, "Ms Example One", "Sandbox East"),
        (4, "Example Two", None),
    ]
    assert found.signatures[0] == Signature(
        file=str(tmp_path / "list.csv"),
        line=2,
        name="Ms Example One",
        constituency="Sandbox East",
        signed_on=OCTOBER,
        signed_on_is="on",
        confirmed_on=None,
        withdrawn_on=None,
        source="https://example.org/list",
        person_id=None,
    )


YAML = """\
# exported by the campaign
campaign: Example
signatories:
  - Name: Ms Example One
    Constituency: Sandbox East
    Date signed: 12 October 2018
    Confirmed: 2026-10-01
    Withdrawn:
    Source: https://example.org/list
    Person ID: 172
"""


def test_a_yaml_says_the_same(tmp_path: Path) -> None:
    (found,) = read(tmp_path, YAML, "list.yaml").signatures
    assert (found.line, found.name, found.constituency, found.person_id) == (4, "Ms Example One", "Sandbox East", 172)
    assert (found.signed_on, found.confirmed_on, found.withdrawn_on) == (OCTOBER, dt.date(2026, 10, 1), None)


def test_a_yaml_may_be_the_list_itself(tmp_path: Path) -> None:
    text = "- {name: Example One, date: 2018-10-12, source: 'https://example.org'}\n"
    assert read(tmp_path, text, "list.yml").signatures[0].signed_on == OCTOBER


def test_another_register_can_be_read(tmp_path: Path) -> None:
    shipped = (Path(__file__).parents[3] / "data" / "pledges.yaml").read_text(encoding="utf-8")
    found = read(tmp_path, shipped.replace("http://www.then", "https://www.then"), "pledges.yaml")
    assert len(found.signatures) == 8
    assert {one.signed_on_is for one in found.signatures} == {"by"}
    assert found.unused == ("source_note", "checked_on", "checked_by")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_may_be_separated_by_commas_semicolons_or_tabs(tmp_path: Path, separator: str) -> None:
    text = f"{HEADER}\n{GOOD}\n".replace(",", separator)
    assert read(tmp_path, text).signatures[0].constituency == "Sandbox East"


def test_first_name_and_surname_may_stand_apart_and_columns_nobody_knows_are_named(tmp_path: Path) -> None:
    text = (
        "\ufeffFirst name,Surname,E-mail,Signed on,Link\nÉxample,O'One,x@example.org,12/10/2018,https://example.org\n"
    )
    found = read(tmp_path, text)
    assert found.signatures[0].name == "Éxample O'One"
    assert found.unused == ("E-mail",)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        *((name, "name") for name in ("Name", "MP", "MP's name", "Member of Parliament", "FULL_NAME", " mp-name ")),
        *((name, "constituency") for name in ("Constituency", "constituency_then", "Constituancy", "Seat")),
        *((name, "signed_on") for name in ("date", "Date signed", "signed_on", "Signed (date)", "Signature date")),
        *((name, "confirmed_on") for name in ("confirmed", "Confirmed on", "date_confirmed")),
        *((name, "withdrawn_on") for name in ("withdrawn", "Withdrawn on", "Withdrew")),
        *((name, "source") for name in ("Source", "URL", "link", "Source URL", "source_link")),
        *((name, "person_id") for name in ("person_id", "Member ID", "PersonID")),
        *((name, None) for name in ("email", "party", "notes", "", "telephone", "checked_on", "source_note")),
    ],
)
def test_headers_are_matched_loosely(header: str, key: str | None) -> None:
    assert meaning(header) == key


@pytest.mark.parametrize(
    ("line", "column", "rule"),
    [
        (GOOD.replace("12/10/2018", "10/25/2018"), 3, "bad-date"),
        (GOOD.replace("12/10/2018", "October 2018"), 3, "bad-date"),
        (GOOD.replace("12/10/2018", "23/11/2026"), 3, "future-date"),
        (GOOD.replace("12/10/2018", ""), 3, "missing-value"),
        (GOOD.replace("Ms Example One", " "), 1, "missing-value"),
        (GOOD.replace("Ms Example One", "MP"), 1, "missing-value"),
        (GOOD.replace("Example", "Exa\u200bmple", 1), 1, "control-character"),
        (GOOD.replace("Example", "x" * 501, 1), 1, "too-long"),
        (GOOD.replace("https", "http"), 4, "http-link"),
        (GOOD.replace("https://example.org/list", "the Guardian"), 4, "not-a-url"),
        (GOOD.replace("https://example.org/list", "https://x@example.org"), 4, "not-a-url"),
        (GOOD.replace("https://example.org/list", "ftp://example.org"), 4, "not-a-url"),
        (GOOD.replace("https://example.org/list", "https://[x"), 4, "not-a-url"),
        (GOOD.replace("https://example.org/list", ""), 4, "missing-value"),
        (GOOD + ",,,,more", 1, "columns"),
        (GOOD + ",01/01/2018", 5, "wrong-order"),
        (GOOD + ",01/01/2020,01/01/2019", 5, "confirmed-after-withdrawal"),
        (GOOD + ",,2027-01-01", 6, "future-date"),
        (GOOD + ",,,x172", 7, "bad-person-id"),
        (GOOD + ",,,0", 7, "bad-person-id"),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_column(tmp_path: Path, line: str, column: int, rule: str) -> None:
    text = f"{HEADER},confirmed,withdrawn,person id\n{GOOD.replace('One', 'Zero')}\n{line}\n"
    assert refused(tmp_path, text) == [(3, column, rule)]


def test_a_value_over_several_lines_does_not_move_the_count(tmp_path: Path) -> None:
    text = f'{HEADER}\n"Ms\nExample",,12/10/2018,https://example.org\nExample Two,,soon,https://example.org\n'
    assert refused(tmp_path, text) == [(4, 3, "bad-date")]


def test_all_faults_are_told_at_once_up_to_fifty(tmp_path: Path) -> None:
    text = HEADER + "\n" + f"{GOOD.replace('https', 'http')}\n" * 60
    with pytest.raises(DataError, match=r"the first 50 of 60 faults") as error:
        read(tmp_path, text)
    assert len(error.value.faults) == 50


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", (1, 1, "missing-column")),
        ("mp,date\n", (1, 1, "missing-column")),
        (f"{HEADER},MP\n{GOOD},x\n", (1, 5, "two-columns")),
        (f"{HEADER}\n", (0, 0, "empty")),
        (f'{HEADER}\n{GOOD}\n"Example', (3, 1, "csv")),
        (f"{HEADER}\n{GOOD}\nÉxample".encode("latin-1"), (3, 1, "not-utf-8")),
        (b"x" * 5_000_001, (0, 0, "too-big")),
    ],
)
def test_what_is_not_such_a_csv_is_refused(tmp_path: Path, text: str | bytes, place: tuple[int, int, str]) -> None:
    assert place in refused(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: &a [x]\nb: *a\n", (1, 4, "no-anchors")),
        ("a: [x\n", (1, 4, "yaml")),
        ("campaign: Example\n", (1, 1, "shape")),
        ("a: []\nb: []\n", (1, 1, "shape")),
        ("[]\n", (0, 0, "empty")),
        ("- x\n", (1, 3, "shape")),
        ("- name: Example\n  date: 2018-10-12\n", (1, 3, "missing-column")),
        (YAML.replace("Sandbox East", "[a, b]"), (5, 5, "shape")),
        (YAML.replace("12 October 2018", "October 2018"), (6, 5, "bad-date")),
        (YAML.replace("12 October 2018", "2018"), (6, 5, "bad-date")),
        (YAML.replace("https", "http"), (9, 5, "http-link")),
        (YAML + "    Signed on is: about\n", (11, 5, "wrong-value")),
        ("- " * 30 + "x\n", (1, 43, "too-deep")),
    ],
)
def test_what_is_not_such_a_yaml_is_refused(tmp_path: Path, text: str, place: tuple[int, int, str]) -> None:
    assert place in refused(tmp_path, text, "list.yaml")


def test_a_file_that_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"list\.xlsx is neither CSV nor YAML by its name; save it as \.csv"):
        read(tmp_path, "", "list.xlsx")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot be read \(No such file or directory\)"):
        read_campaign_list(tmp_path / "none.csv", TODAY)


def test_more_people_than_could_ever_sign_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="names 2001 people, more than 2000"):
        read(tmp_path, HEADER + "\n" + f"{GOOD}\n" * 2001)
