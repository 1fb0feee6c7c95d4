"""`askfirst data sync members`, against a stand-in for Parliament and with the release of the MP lookup."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import pty
import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.cli.killing import ROOT, STOP_IN_WRITING, contents, kill, running, wait_for_output, wait_until
from tests.parliament_peer import Json, Parliament, Trouble, member, parliament

TODAY = dt.datetime.now(dt.UTC).date()
CLACTON = "E14001174"
RELEASE = "mp_lookup_2026-06-27.csv"


class Terminal(io.StringIO):
    """Standard input with a person at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the shipped facts, and a configuration that names them."""
    data = tmp_path / "data"
    data.mkdir()
    for name in ("constituencies.csv", "members.csv", "pledges.yaml", "postcodes.idx"):
        shutil.copy(ROOT / "data" / name, data / name)
    shutil.copytree(ROOT / "data" / "organisations", data / "organisations")
    (tmp_path / "flows").mkdir()
    (tmp_path / "locales").mkdir()
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    return tmp_path


@pytest.fixture
def peer() -> Iterator[Parliament]:
    with parliament() as running_peer:
        yield running_peer


def sync(project: Path, *arguments: str) -> int:
    return main(["data", "sync", "members", "--config", str(project / "bot_config.yaml"), *arguments])


def members_of(project: Path) -> str:
    return (project / "data" / "members.csv").read_text(encoding="utf-8")


def named(peer: Parliament, constituency: str) -> Json:
    return next(one for one in peer.members if one["latestHouseMembership"]["membershipFrom"] == constituency)


def test_a_new_list_is_shown_and_written(project: Path, peer: Parliament, capsys: pytest.CaptureFixture[str]) -> None:
    peer.members.remove(named(peer, "Hackney North and Stoke Newington"))
    peer.members.append(member(9001, "Ms Example Newcomer", "Example Party", "CLACTON", "2026-09-10"))
    named(peer, "Manchester Central")["latestParty"]["name"] = "Independent"
    named(peer, "Aldershot")["nameDisplayAs"] = "Dame Alex Baker"
    assert sync(project, "--url", peer.url, "--yes") == 0
    assert capsys.readouterr().out.replace(peer.url, "URL").splitlines() == [
        f"Members as of {TODAY}: 649 of 650 seats, from URL/api/Members/Search.",
        f"{project}/data/members.csv is of 2026-06-27.",
        "Left: 1",
        f"  Ms Diane Abbott (Independent, 172), Hackney North and Stoke Newington: not since {TODAY}",
        "Came: 1",
        "  Ms Example Newcomer (Example Party, 9001), Clacton, since 2026-09-10",
        "Changed party: 1",
        "  Lucy Powell (Labour (Co-op), 4263), Manchester Central -> Independent",
        "Changed name: 1",
        "  Alex Baker (Labour, 5173), Aldershot -> Dame Alex Baker",
        "Vacant: 1",
        f"  Hackney North and Stoke Newington: since {TODAY} at the latest",
        "Pledges that lapse: 1",
        "  Diane Abbott (172), signed 2018-10-12: no longer sits for Hackney North and Stoke Newington",
        f"{project}/data/members.csv is written: as of {TODAY}.",
    ]
    source = f"{peer.url}/api/Members/Search"
    assert f"9001,Ms Example Newcomer,Example Party,{CLACTON},2026-09-10,,{source},{TODAY}\n" in members_of(project)


def test_the_bot_says_what_the_new_list_says(
    project: Path, peer: Parliament, capsys: pytest.CaptureFixture[str]
) -> None:
    peer.members.remove(named(peer, "Manchester Central"))
    assert sync(project, "--url", peer.url, "--yes") == 0
    capsys.readouterr()
    assert main(["lookup", "M1 1AE", "--config", str(project / "bot_config.yaml")]) == 0
    said = capsys.readouterr().out
    assert "Manchester Central (E14001352): nobody, as far as we know. Verdict: vacant" in said
    assert f"Members as of {TODAY}" in said


def test_a_second_time_there_is_nothing_to_write(
    project: Path, peer: Parliament, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sync(project, "--url", peer.url, "--yes") == 0
    written = (project / "data" / "members.csv").stat().st_mtime_ns
    assert sync(project, "--url", peer.url) == 0
    assert "says all of this already; there is nothing to write" in capsys.readouterr().out
    assert (project / "data" / "members.csv").stat().st_mtime_ns == written


def test_the_address_may_come_from_the_environment_and_the_option_wins(
    project: Path, peer: Parliament, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PARLIAMENT_MEMBERS_URL", peer.url + "/")
    assert sync(project, "--yes") == 0
    assert len(peer.asked) == 33
    assert sync(project, "--url", "http://members-api.parliament.uk") == 2
    assert "must begin with https://" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("YES\n", 0), ("n\n", 1), ("\n", 1), ("", 1), ("yy\n", 1)])
def test_it_asks_before_it_writes(
    project: Path, peer: Parliament, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    before = contents(project)
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert sync(project, "--url", peer.url) == code
    assert (contents(project) == before) == bool(code)


def test_without_a_terminal_it_does_not_ask_and_does_not_write(
    project: Path, peer: Parliament, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(project)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert sync(project, "--url", peer.url) == 1
    assert "there is no terminal to ask at. Repeat with --yes" in capsys.readouterr().out
    assert contents(project) == before


def test_progress_and_waits_are_shown(project: Path, peer: Parliament, capsys: pytest.CaptureFixture[str]) -> None:
    peer.troubles += [Trouble(), Trouble(429, {"Retry-After": "0"})]
    assert sync(project, "--url", peer.url, "--yes") == 0
    said = capsys.readouterr().err
    assert "asks to wait (429); trying again in 0 s." in said
    assert "Members read: 649 of 649" in said


def test_a_dissolved_parliament_is_refused_unless_told(
    project: Path, peer: Parliament, capsys: pytest.CaptureFixture[str]
) -> None:
    del peer.members[599:]
    before = contents(project)
    assert sync(project, "--url", peer.url, "--yes") == 2
    assert "599 members, fewer than 600" in capsys.readouterr().err
    assert contents(project) == before
    assert sync(project, "--url", peer.url, "--yes", "--allow-few") == 0


def test_a_register_that_would_not_load_any_more_is_said_before_anything_is_written(
    project: Path, peer: Parliament, capsys: pytest.CaptureFixture[str]
) -> None:
    named(peer, "Hackney North and Stoke Newington")["nameDisplayAs"] = "Ms Example Married"
    before = contents(project)
    assert sync(project, "--url", peer.url, "--yes") == 2
    said = capsys.readouterr().err
    assert "pledges.yaml could not be used; mend it first" in said
    assert "add the name now in use to `name`" in said
    assert contents(project) == before


def test_a_list_that_is_broken_already_is_not_built_upon(
    project: Path, peer: Parliament, capsys: pytest.CaptureFixture[str]
) -> None:
    with (project / "data" / "members.csv").open("a", encoding="utf-8") as file:
        file.write("1,Ms Example,Party,E14009999,,,example,2026-06-27\n")
    assert sync(project, "--url", peer.url, "--yes") == 2
    assert "members.csv:652:" in capsys.readouterr().err


def test_a_constituency_that_nobody_knows_is_refused(
    project: Path, peer: Parliament, capsys: pytest.CaptureFixture[str]
) -> None:
    named(peer, "Aldershot")["latestHouseMembership"]["membershipFrom"] = "Old Sarum"
    before = contents(project)
    assert sync(project, "--url", peer.url, "--yes") == 2
    assert "unknown-constituency: the constituency of Alex Baker (5173), 'Old Sarum'" in capsys.readouterr().err
    assert contents(project) == before


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("list.csv", [], "does not say of which day it is; add --as-of"),
        ("list.csv", ["--as-of", "27/06/2026"], "is not a day; write it as year-month-day"),
        ("list.csv", ["--as-of", "2999-01-01"], "lies after"),
        ("list_2024-06-27.csv", [], "from before the general election of 2024-07-04"),
        ("list_2026-06-27.csv", [], "cannot be read"),
    ],
)
def test_the_day_of_a_file_must_be_known_and_possible(
    project: Path, capsys: pytest.CaptureFixture[str], name: str, arguments: list[str], words: str
) -> None:
    assert sync(project, "--from", str(project / name), *arguments) == 2
    assert words in capsys.readouterr().err


def test_the_day_of_the_api_is_today(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sync(project, "--as-of", "2026-06-27") == 2
    assert "belongs to `--from FILE`" in capsys.readouterr().err


def test_a_csv_of_members_alone_is_enough_where_the_constituencies_are_known(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (project / "data" / "members.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["gss_code"] != CLACTON]
    lines = [f'{row["gss_code"]},{row["person_id"]},"{row["name"]}","{row["party"]}"' for row in rows]
    text = "\n".join(["pcon_code,member_id,display_as,party_text", f"{CLACTON},,,", *lines[1:]])
    text += f"\n{rows[0]['gss_code']},9001,Ms Example Newcomer,Example Party\n"
    (project / f"list_{TODAY}.csv").write_text(text, encoding="utf-8")
    assert sync(project, "--from", str(project / f"list_{TODAY}.csv"), "--yes") == 0
    said = capsys.readouterr().out
    assert f"  Alex Baker (Labour, 5173), Aldershot: not since {TODAY}" in said
    assert "  Ms Example Newcomer (Example Party, 9001), Aldershot\n" in said
    assert f"5173,Alex Baker,Labour,E14001063,,{TODAY},dfe-analytical-services/mp-lookup,{TODAY}" in members_of(project)


def test_a_list_that_contradicts_what_was_learnt_later_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list has somebody in another seat than the one where they were seen to sit after its day."""
    text = members_of(project)
    rows = [row for row in csv.DictReader(text.splitlines()) if not row["until"]]
    first, second = (row["gss_code"] for row in rows[:2])
    newer = re.sub(rf"({first},.*),[0-9-]+\n", rf"\1,{TODAY}\n", text)
    (project / "data" / "members.csv").write_text(newer, encoding="utf-8")
    lines = [f'{row["gss_code"]},{row["person_id"]},"{row["name"]}","{row["party"]}"' for row in rows[2:]]
    moved = [f"{first},,,", f"{second},{rows[0]['person_id']},{rows[0]['name']},{rows[0]['party']}", f"{CLACTON},,,"]
    header = "pcon_code,member_id,display_as,party_text"
    (project / "list_2026-06-28.csv").write_text("\n".join([header, *moved, *lines]), encoding="utf-8")
    before = contents(project)
    assert sync(project, "--from", str(project / "list_2026-06-28.csv"), "--yes") == 2
    said = capsys.readouterr().err
    assert "The new members.csv could not be used, so nothing was written:\nthe new members.csv:4:" in said
    assert "two-seats" in said
    assert contents(project) == before


@pytest.mark.parametrize("arguments", [[], ["--from", "list_2026-06-27.csv"]])
def test_without_constituencies_nothing_can_be_matched(
    project: Path, peer: Parliament, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    (project / "data" / "constituencies.csv").unlink()
    (project / "list_2026-06-27.csv").write_text("pcon_code,member_id,display_as,party_text\n", encoding="utf-8")
    arguments = [arguments[0], str(project / arguments[1])] if arguments else ["--url", peer.url]
    assert sync(project, *arguments, "--yes") == 2
    assert "constituencies.csv is missing; take it from the release" in capsys.readouterr().err
    assert not peer.asked


@pytest.mark.source_data
class TestRelease:
    """With the release of 27 June 2026."""

    def test_the_shipped_files_are_made_from_it(self, project: Path, source_data: Path) -> None:
        before = contents(project)
        for name in ("members.csv", "constituencies.csv"):
            (project / "data" / name).unlink()
        assert sync(project, "--from", str(source_data / RELEASE), "--yes") == 0
        assert contents(project) == before

    def test_the_shipped_list_says_all_of_it_already(
        self, project: Path, source_data: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = contents(project)
        assert sync(project, "--from", str(source_data / RELEASE)) == 0
        assert "Clacton: since 2026-07-08, as before" in capsys.readouterr().out
        assert contents(project) == before

    def test_an_older_list_does_not_replace_a_newer_one(
        self, project: Path, peer: Parliament, source_data: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert sync(project, "--url", peer.url, "--yes") == 0
        before = contents(project)
        assert sync(project, "--from", str(source_data / RELEASE), "--yes") == 2
        assert "an older list cannot replace a newer one" in capsys.readouterr().err
        assert contents(project) == before

    def test_councils_that_changed_are_taken_over_too(
        self, project: Path, source_data: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = (source_data / RELEASE).read_text(encoding="utf-8-sig")
        renamed = text.replace('"Hart / Rushmoor"', '"Hart / Greater Rushmoor"', 1).replace("E07000092", "E07000999")
        release = project / "mp_lookup.csv"
        release.write_text(renamed, encoding="utf-8")
        assert sync(project, "--from", str(release), "--as-of", "2026-06-27", "--yes") == 0
        assert "constituencies.csv changes, too" in capsys.readouterr().out
        assert "E07000999 Greater Rushmoor" in (project / "data" / "constituencies.csv").read_text(encoding="utf-8")


class TestKilled:
    """Whatever the moment, the old list stays as it was, and the next call works."""

    @pytest.fixture(autouse=True)
    def _unchanged(self, project: Path, peer: Parliament) -> Iterator[None]:
        before = contents(project)
        yield
        assert contents(project) == before
        peer.delay = 0
        assert sync(project, "--url", peer.url, "--yes") == 0
        assert members_of(project).count(f"/Search,{TODAY}\n") == 649
        assert not list((project / "data").glob(".members.csv.*"))

    def test_while_parliament_is_read(self, project: Path, peer: Parliament) -> None:
        peer.delay = 0.2
        with running(project, "data", "sync", "members", "--yes", PARLIAMENT_MEMBERS_URL=peer.url) as process:
            wait_until(process, lambda: len(peer.asked) >= 3)
            kill(process)

    def test_while_it_asks(self, project: Path, peer: Parliament) -> None:
        keyboard, screen = pty.openpty()
        with running(project, "data", "sync", "members", "--url", peer.url, stdin=screen) as process:
            wait_for_output(process, "Write this? [y/N]")
            kill(process)
        os.close(keyboard)
        os.close(screen)

    def test_while_it_writes(self, project: Path, peer: Parliament) -> None:
        arguments = ("data", "sync", "members", "--yes", "--url", peer.url)
        with running(project, *arguments, code=STOP_IN_WRITING) as process:
            wait_for_output(process, "writing")
            kill(process)
        assert list((project / "data").glob(".members.csv.*"))

    def test_with_control_c(self, project: Path, peer: Parliament) -> None:
        peer.delay = 0.2
        with running(project, "data", "sync", "members", "--yes", "--url", peer.url) as process:
            wait_until(process, lambda: len(peer.asked) >= 3)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=20)
        assert process.returncode == 2
        assert said.strip().endswith("askfirst: stopped; nothing was left half-done.")
