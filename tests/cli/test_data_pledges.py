"""`askfirst data import pledges FILE`: what is shown, asked and written."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import pty
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.cli.killing import ROOT, STOP_IN_WRITING, contents, kill, running, wait_for_output

TODAY = dt.datetime.now(dt.UTC).date()
# These people are made up, and sit in the test's own copy of members.csv only.
SITTING = {
    "Manchester Central": (9001, "Sir Sample O'Member"),
    "Aldershot": (9002, "Ms Zöe Example"),
    "Clacton": (9003, "Jeremy Specimen"),
    "Leeds East": (9004, "Pat Template"),
}
RECORDS = """
pledges:
  # first
  - person_id: 9001
    name: Sample O'Member
    signed_on: 2018-10-12
    signed_on_is: by
    source: https://example.org/old
    source_note: Names him.
    checked_on: 2026-01-01
    checked_by: project founders

  - person_id: 9004
    name: Pat Template   # as signed
    signed_on: 2018-10-12
    source: https://example.org/old
    checked_on: 2026-01-01
    checked_by: project founders

  - name: Long Gone
    signed_on: 2018-10-12
    source: https://example.org/old
    checked_on: 2026-01-01
    checked_by: project founders
"""
LIST = """\
MP's name,Constituency,Date signed,Source URL,E-mail,Confirmed
Sample O'Member MP,MANCHESTER CENTRAL,12/07/2018,https://example.org/list,x@example.org,1 October 2026
"Template, Pat",Leeds East,12 October 2018,https://example.org/list,,
Zoe Example,Aldershot,01/11/2026,https://example.org/list,,
J. Specimen,Clacton,2018-06-20,https://example.org/list,,
Long Gone,Elmet & Rothwell,01/11/2018,https://example.org/list,,
Nobody Known,Elmet & Rothwell,01/11/2018,https://example.org/list,,
"""
RECORDED = ("person_id: 9001", "person_id: 9004", "name: Long Gone")
NOTE = "'Before: https://example.org/old Names him.'"
ADDED = f"""\

  - person_id: 9002
    name: Zoe Example
    constituency_then: Aldershot
    signed_on: 2026-11-01
    confirmed_on: 2026-11-01
    source: https://example.org/list
    checked_on: {TODAY}
    checked_by: pledge importer
"""


class Terminal(io.StringIO):
    """Standard input with a person at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with facts, a configuration that names them, and the campaign's list."""
    data = tmp_path / "data"
    shutil.copytree(ROOT / "data", data)
    with (data / "constituencies.csv").open(encoding="utf-8", newline="") as file:
        codes = {row["name"]: row["gss_code"] for row in csv.DictReader(file)}
    sitting = {codes[seat]: person for seat, person in SITTING.items()}
    with (data / "members.csv").open(encoding="utf-8", newline="") as file:
        others = [line for line in file if line.split(",")[-5] not in sitting]
    made_up = [f"{number},{name},Example Party,{code},,,example,{TODAY}\n" for code, (number, name) in sitting.items()]
    (data / "members.csv").write_text("".join(others + made_up), encoding="utf-8")
    header = (data / "pledges.yaml").read_text(encoding="utf-8").partition("\npledges:")[0]
    (data / "pledges.yaml").write_text(header + RECORDS, encoding="utf-8")
    (tmp_path / "flows").mkdir()
    (tmp_path / "locales").mkdir()
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    return tmp_path


def take_over(project: Path, *arguments: str, file: str = "list.csv") -> int:
    config = str(project / "bot_config.yaml")
    return main(["data", "import", "pledges", str(project / file), "--config", config, *arguments])


def pledges_of(project: Path) -> str:
    return (project / "data" / "pledges.yaml").read_text(encoding="utf-8")


def test_the_three_lists_are_shown(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = {words: 1 + pledges_of(project)[: pledges_of(project).index(words)].count("\n") for words in RECORDED}
    assert take_over(project, "--yes") == 0
    said = capsys.readouterr().out.replace(f"{project}/", "")
    date = said.split("members.csv: as of ")[1].split(";")[0]
    assert said.splitlines() == [
        "list.csv: 6 people. data/pledges.yaml: 3 records.",
        f"members.csv: as of {date}; whoever left before it was first made is not in it.",
        "Not used: E-mail.",
        "",
        "Certain: 2",
        "  list.csv:4: Zoe Example, Aldershot",
        "    is Ms Zöe Example (9002), Aldershot: the same name and constituency",
        *(f"    + {line}" for line in ADDED.strip("\n").splitlines()),
        "  list.csv:2: Sample O'Member MP, MANCHESTER CENTRAL",
        "    is Sir Sample O'Member (9001), Manchester Central: the same name and constituency",
        f"    the record on line {lines['person_id: 9001']} of data/pledges.yaml changes:",
        "    confirmed_on: (none) -> 2026-10-01",
        "    source: https://example.org/old -> https://example.org/list",
        "    source_note: Names him. -> Before: https://example.org/old Names him.",
        f"    checked_on: 2026-01-01 -> {TODAY}",
        "    checked_by: project founders -> pledge importer",
        "",
        "Likely, and not written: 1",
        "  list.csv:5: J. Specimen, Clacton",
        "    perhaps Jeremy Specimen (9003), Clacton: an initial and the surname, and the same constituency",
        "    If it is https://members.parliament.uk/member/9003/contact, add this to data/pledges.yaml by hand:",
        "        - person_id: 9003",
        "          name: J. Specimen",
        "          constituency_then: Clacton",
        "          signed_on: 2018-06-20",
        "          source: https://example.org/list",
        f"          checked_on: {TODAY}",
        "          checked_by: pledge importer",
        "",
        "Unmatched, and not written: 1",
        "  list.csv:7: Nobody Known, Elmet & Rothwell: nobody of that name, or of one like it, is in members.csv",
        "",
        "In the register already: 2",
        f"  list.csv:3: Template, Pat, Leeds East: line {lines['person_id: 9004']} of data/pledges.yaml",
        f"  list.csv:6: Long Gone, Elmet & Rothwell: line {lines['name: Long Gone']} of data/pledges.yaml",
        "",
        "To write: new records 1, updates 1; checked by: pledge importer.",
        "data/pledges.yaml is written: 4 records.",
    ]


def test_only_what_is_certain_is_written_and_the_comments_stay(project: Path) -> None:
    before = pledges_of(project)
    assert take_over(project, "--yes") == 0
    updated = before.replace(
        "signed_on_is: by\n    source: https", "signed_on_is: by\n    confirmed_on: 2026-10-01\n    source: https"
    )
    first, second = updated.split("\n\n  - person_id: 9004")
    first = first.replace("example.org/old", "example.org/list").replace("Names him.", NOTE)
    first = first.replace("2026-01-01", str(TODAY)).replace("founders", "founders", 1)
    first = first.rsplit("project founders", 1)[0] + "pledge importer"
    assert pledges_of(project) == f"{first}\n\n  - person_id: 9004{second}{ADDED}"


def test_the_bot_says_what_was_imported(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # The list of members must be fresh before anybody can be `pledged`.
    members = project / "data" / "members.csv"
    text = re.sub(r",[0-9-]{10}$", f",{TODAY}", members.read_text(encoding="utf-8"), flags=re.MULTILINE)
    members.write_text(text, encoding="utf-8")
    assert take_over(project, "--yes") == 0
    capsys.readouterr()
    assert main(["lookup", "M1 1AE", "--config", str(project / "bot_config.yaml")]) == 0
    assert "Sir Sample O'Member (Example Party). Verdict: pledged" in capsys.readouterr().out


def test_a_second_time_there_is_nothing_to_write(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert take_over(project, "--yes") == 0
    before = contents(project)
    capsys.readouterr()
    assert take_over(project, "--yes") == 0
    said = capsys.readouterr().out
    assert "In the register already: 4" in said
    assert "There is nothing certain to write." in said
    assert contents(project) == before


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1), ("", 1)])
def test_it_asks_before_it_writes(project: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int) -> None:
    before = contents(project)
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert take_over(project) == code
    assert (contents(project) == before) == bool(code)


def test_without_a_terminal_it_does_not_ask_and_does_not_write(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(project)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert take_over(project) == 1
    assert "there is no terminal to ask at" in capsys.readouterr().out
    assert contents(project) == before


def test_who_checked_the_sources_can_be_said_by_role(project: Path) -> None:
    assert take_over(project, "--yes", "--checked-by", "pledge desk") == 0
    assert pledges_of(project).count("checked_by: pledge desk") == 2


def test_a_faulty_list_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faulty = LIST.replace("https", "http").replace("01/11/2026", "01/11/2999").replace("12 October 2018", "10/25/2018")
    (project / "list.csv").write_text(faulty, encoding="utf-8")
    before = contents(project)
    assert take_over(project, "--yes") == 2
    said = capsys.readouterr().err
    for words in (
        "list.csv:2:4: http-link",
        "list.csv:3:3: bad-date: '10/25/2018' has the month first",
        "list.csv:4:3: future-date: 2999-11-01 lies after",
    ):
        assert words in said
    assert contents(project) == before


def test_a_yaml_list_works_too(project: Path) -> None:
    text = "- {name: Zoe Example, constituency: Aldershot, date: 2026-11-01, source: 'https://example.org/list'}\n"
    (project / "list.yaml").write_text(text, encoding="utf-8")
    before = pledges_of(project)
    assert take_over(project, "--yes", file="list.yaml") == 0
    assert pledges_of(project) == before + ADDED


@pytest.mark.parametrize(
    ("name", "add", "words"),
    [
        ("pledges.yaml", "  - person_id: 1\n", "pledges.yaml cannot be used; mend it first"),
        ("members.csv", "x\n", "Signatures are matched to members, and those cannot be read"),
    ],
)
def test_broken_facts_are_said_first(
    project: Path, capsys: pytest.CaptureFixture[str], name: str, add: str, words: str
) -> None:
    with (project / "data" / name).open("a", encoding="utf-8") as file:
        file.write(add)
    before = contents(project)
    assert take_over(project, "--yes") == 2
    assert words in capsys.readouterr().err
    assert contents(project) == before


def test_a_missing_register_is_said_with_the_remedy(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "data" / "pledges.yaml").unlink()
    assert take_over(project, "--yes") == 2
    assert "is missing; take it from the release, or write `pledges: []` into it" in capsys.readouterr().err


def test_what_somebody_edits_meanwhile_is_not_overwritten(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = pledges_of(project)

    def edit_and_say_yes(*_: object) -> bool:
        (project / "data" / "pledges.yaml").write_text(before + "# a note\n", encoding="utf-8")
        return True

    monkeypatch.setattr("bot.cli.data_pledges.may_write", edit_and_say_yes)
    assert take_over(project) == 2
    assert "was changed by somebody else meanwhile" in capsys.readouterr().err
    assert pledges_of(project) == before + "# a note\n"


class TestKilled:
    """Whatever the moment, the old register stays as it was, and the next call works."""

    @pytest.fixture(autouse=True)
    def _unchanged(self, project: Path) -> Iterator[None]:
        before = contents(project)
        yield
        assert contents(project) == before
        assert take_over(project, "--yes") == 0
        assert pledges_of(project).endswith(ADDED)
        assert not list((project / "data").glob(".pledges.yaml.*"))

    def test_while_it_matches_a_large_list(self, project: Path) -> None:
        lines = (f"Nobody Q{n:04} Known,Nowhere {n},2018-10-12,https://example.org/{n}" for n in range(2000))
        with tempfile.TemporaryDirectory() as folder:
            large = Path(folder) / "large.csv"
            large.write_text("name,constituency,date,source\n" + "\n".join(lines), encoding="utf-8")
            with running(project, "data", "import", "pledges", "--yes", str(large)) as process:
                with pytest.raises(subprocess.TimeoutExpired):
                    process.wait(1.5)
                kill(process)

    def test_while_it_asks(self, project: Path) -> None:
        keyboard, screen = pty.openpty()
        with running(project, "data", "import", "pledges", "list.csv", stdin=screen) as process:
            wait_for_output(process, "shall this be written? [y/N]")
            kill(process)
        os.close(keyboard)
        os.close(screen)

    def test_while_it_writes(self, project: Path) -> None:
        with running(project, "data", "import", "pledges", "list.csv", "--yes", code=STOP_IN_WRITING) as process:
            wait_for_output(process, "writing")
            kill(process)
        assert list((project / "data").glob(".pledges.yaml.*"))
