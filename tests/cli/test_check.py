"""`askfirst check`: one line a finding, all of them at once, and exit codes that a machine can read."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.content.flows import load_flows
from bot.world.topics import TOPICS
from tests.content.editor import steps
from tests.world.sample import sample_data

ROOT = Path(__file__).parents[2]
WRONG = steps("{id: a, say: Hi, next: b}").replace("link: t", "link: mp")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The shipped flows in a folder of their own, with small data and one small translation."""
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    (tmp_path / "data").mkdir()
    sample_data(tmp_path / "data")
    (tmp_path / "locales/pl/LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "locales/pl/LC_MESSAGES/askfirst.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=3; '
        'plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"\n'
    )
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    return tmp_path


def check(project: Path, *arguments: str) -> int:
    return main(["check", "--config", str(project / "bot_config.yaml"), *arguments])


def findings(out: str) -> list[str]:
    """The lines about findings, without those that say where to read about their rules."""
    return [line for line in out.splitlines() if not line.startswith("About ")]


def test_the_shipped_bot_has_no_findings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(ROOT / "bot_config.yaml")]) == 0
    visited, drawn = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Visited [0-9,]+ states by [0-9,]+ turns; drew [0-9,]+ cards in [0-9]+ languages\.", visited)
    assert drawn == "No findings."


def test_a_finding_is_one_line_with_file_place_rule_and_remedy(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    (project / "flows" / "t.yaml").write_text(steps("{id: a, say: Hi, next: b}"))
    assert check(project) == 1
    finding, page = capsys.readouterr().out.splitlines()
    assert finding == "flows/t.yaml:11:22: unknown-step: `b` is not known; known here: END, a"
    assert page == f"About unknown-step: {ROOT / 'docs' / 'checks' / 'unknown-step.md'}"


def test_findings_of_flows_translations_and_data_come_together_in_order(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    (project / "flows" / "t.yaml").write_text(WRONG)
    (project / "locales/pl/LC_MESSAGES/askfirst.po").write_text("this is no catalogue\n")
    (project / "data/organisations/oldham.yaml").write_text("organization: {}\n")
    assert check(project) == 1
    lines = findings(capsys.readouterr().out)
    assert lines == sorted(lines, key=lambda line: line.split(":")[0])
    files = {line.split(":")[0] for line in lines}
    assert files == {"data/organisations/oldham.yaml", "flows/t.yaml", "locales/pl/LC_MESSAGES/askfirst.po"}
    assert all(re.match(r"[^:]+(:\d+:\d+)?: [a-z-]+: .+", line) for line in lines)


def test_as_json_a_finding_is_one_object_a_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "flows" / "t.yaml").write_text(WRONG)
    assert check(project, "--json") == 1
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(Path(one["file"]).name, one["line"], one["column"], one["rule"]) for one in found] == [
        ("t.yaml", 4, 21, "duplicate-start"),
        ("t.yaml", 11, 22, "unknown-step"),
    ]
    assert all(one["message"] for one in found)


def test_as_json_nothing_is_printed_when_nothing_is_found(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(project / "locales" / "pl")  # it has no texts yet
    assert check(project, "--json") == 0
    assert capsys.readouterr().out == ""


def test_each_rule_about_flows_leads_to_its_page_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "flows" / "t.yaml").write_text(steps("{id: a, say: Hi, next: b}", "{id: a, say: Hi, next: c}"))
    (project / "data/organisations/oldham.yaml").write_text("organization: {}\n")
    assert check(project) == 1
    pages = [line for line in capsys.readouterr().out.splitlines() if line.startswith("About ")]
    assert [line.split(":")[0] for line in pages] == ["About duplicate-step", "About unknown-step"]
    assert all(Path(line.partition(": ")[2]).is_file() for line in pages)


# --- one file, or a folder, against the rest


def test_one_flow_file_is_checked_against_the_others(
    project: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = tmp_path_factory.mktemp("trial") / "t.yaml"
    trial.write_text(WRONG)
    assert check(project, str(trial)) == 1
    assert {line.split(":")[0] for line in findings(capsys.readouterr().out)} == {str(trial)}
    trial.write_text(steps("{id: a, say: Hi, goto: about}"))
    assert check(project, str(trial)) == 0


def test_a_given_file_takes_the_place_of_the_configured_one(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    trial = tmp_path_factory.mktemp("trial") / "about.yaml"
    shutil.copy(ROOT / "flows" / "about.yaml", trial)
    (project / "flows" / "about.yaml").write_text("broken")
    assert check(project) == 1
    assert check(project, str(trial)) == 0


def test_a_folder_of_flows_is_checked_against_the_others(
    project: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = tmp_path_factory.mktemp("trial")
    (trial / "t.yaml").write_text(steps("{id: a, goto: u}"))
    (trial / "u.yaml").write_text("version: 1\nflow: u\ndescription: x\nsteps: [{id: a, say: Hi}]\n")
    assert check(project, str(trial)) == 0
    (trial / "u.yaml").unlink()
    assert check(project, str(trial)) == 1
    assert "unknown-flow: `u` is not known" in capsys.readouterr().out


def test_of_one_file_no_warnings_about_others_are_shown(
    project: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    long = "word " * 30
    (project / "flows" / "other.yaml").write_text(
        steps(f"{{id: a, say: {long}}}").replace("flow: t", "flow: other").replace("command: t, link: t", "link: other")
    )
    trial = tmp_path_factory.mktemp("trial") / "t.yaml"
    trial.write_text(steps(f"{{id: a, say: {long}}}"))
    assert check(project, str(trial)) == 0
    assert {line.split(":")[0] for line in findings(capsys.readouterr().out) if "(warning)" in line} == {str(trial)}
    assert check(project) == 0
    assert "other.yaml" in capsys.readouterr().out


def test_an_empty_folder_changes_nothing(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert check(project, str(tmp_path_factory.mktemp("trial"))) == 0


# --- what cannot be checked


def test_a_path_that_is_not_there_is_an_error(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(project, str(project / "nowhere.yaml")) == 2
    said = capsys.readouterr().err
    assert "There is no file or folder" in said
    assert "give a flow file, or a folder of flows" in said


def test_settings_that_are_wrong_are_an_error_with_every_fault(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "bot_config.yaml").write_text("sandbox: yes\ndata: {dir: nowhere}\n")
    assert check(project) == 2
    said = capsys.readouterr()
    assert said.out == ""
    for line, rule in ((1, "missing-key"), (1, "wrong-value"), (2, "no-folder")):
        assert re.search(rf"bot_config\.yaml:{line}:\d+: {rule}: ", said.err)


@pytest.mark.parametrize("what", ["folder", "link", "empty", "binary", "huge"])
def test_whatever_lies_among_the_flows_is_a_finding_and_no_traceback(
    project: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "flows" / "x.yaml"
    match what:
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to(path)
        case _:
            path.write_bytes({"empty": b"", "binary": bytes(range(256)), "huge": b"x" * 10_000_000}[what])
    assert check(project) == 1
    (line,) = findings(capsys.readouterr().out)
    assert "x.yaml" in line


# --- what no single file can know


def test_every_topic_that_a_flow_can_set_is_one_that_the_directory_knows() -> None:
    values = {
        value
        for flow in load_flows(ROOT / "flows").values()
        for value in getattr(flow.slots.get("topic"), "values", ())
    }
    assert values == set(TOPICS)
