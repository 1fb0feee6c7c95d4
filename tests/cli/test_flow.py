"""`askfirst flow`: begins a flow file, and draws the flows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.cli.main import main

ROOT = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]


# --- new


def test_a_new_flow_has_no_findings(flows: Path, capsys: Capture) -> None:
    assert main(["flow", "new", "travel"]) == 0
    shown = capsys.readouterr().out
    assert "askfirst check flows/travel.yaml" in shown
    assert "askfirst chat --start travel\n" in shown
    assert main(["check"]) == 0
    assert main(["check", "flows/travel.yaml"]) == 0
    assert "link: travel" in (flows / "travel.yaml").read_text(encoding="utf-8")


def test_it_opens_as_it_was_told_to(flows: Path, capsys: Capture) -> None:
    assert main(["flow", "new", "travel", "--command", "journey"]) == 0
    assert "and type /journey" in capsys.readouterr().out
    assert "start: {command: journey}" in (flows / "travel.yaml").read_text(encoding="utf-8")
    assert main(["flow", "new", "fares", "--command", "fares", "--link", "fare"]) == 0
    assert "askfirst chat --start fare\n" in capsys.readouterr().out
    assert main(["check"]) == 0


@pytest.mark.parametrize("ending", ["yaml", "yml"])
def test_a_file_that_is_there_stays_as_it_is(flows: Path, ending: str, capsys: Capture) -> None:
    there = flows / f"travel.{ending}"
    there.write_text("mine", encoding="utf-8")
    assert main(["flow", "new", "travel"]) == 2
    assert f"flows/travel.{ending} is there already" in capsys.readouterr().err
    assert there.read_text(encoding="utf-8") == "mine"
    assert [path.name for path in flows.glob("travel*")] == [there.name]


def test_a_name_that_cannot_be_writes_nothing(flows: Path, capsys: Capture) -> None:
    before = sorted(flows.iterdir())
    for name in ("../travel", "_travel", "Travel"):
        assert main(["flow", "new", name]) == 2
    assert "askfirst: `Travel` cannot be the name of a flow" in capsys.readouterr().err
    assert sorted(flows.iterdir()) == before


def test_a_flow_with_a_fault_does_not_stop_another_one(flows: Path) -> None:
    (flows / "broken.yaml").write_text("version: 1\nflow: [", encoding="utf-8")
    assert main(["flow", "new", "travel"]) == 0
    assert main(["flow", "new", "other", "--link", "travel"]) == 2


# --- diagram


@pytest.mark.usefixtures("flows")
def test_without_a_file_mermaid_is_printed(capsys: Capture) -> None:
    assert main(["flow", "diagram", "--flow", "ask_mp"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("flowchart LR\n")
    assert "x_ask_mp__ask_place" in shown.out
    assert not shown.err


@pytest.mark.usefixtures("flows")
def test_without_a_flow_all_flows_are_shown(capsys: Capture) -> None:
    assert main(["flow", "diagram"]) == 0
    text = capsys.readouterr().out
    assert "x_flows___start --> x_flows__mp_answer" in text


@pytest.mark.parametrize(
    ("name", "begins"),
    [("d.svg", "<svg "), ("d.mmd", "flowchart LR"), ("d.md", "# The flow ask_mp"), ("D.SVG", "<svg ")],
)
def test_the_ending_of_the_file_says_what_is_written(flows: Path, name: str, begins: str, capsys: Capture) -> None:
    assert main(["flow", "diagram", "--flow", "ask_mp", "find_help", "--flow", "ask_mp", "--out", name]) == 0
    assert capsys.readouterr().out == f"{name}: The flow ask_mp, The flow find_help\n"
    assert (flows.parent / name).read_text(encoding="utf-8").startswith(begins)


def test_what_cannot_be_drawn_is_refused_with_the_remedy(flows: Path, capsys: Capture) -> None:
    assert main(["flow", "diagram", "--flow", "ask_pm"]) == 2
    assert capsys.readouterr().err == "askfirst: There is no flow `ask_pm`; did you mean `ask_mp`?\n"
    assert main(["flow", "diagram", "--out", "d.png"]) == 2
    assert "`d.png` must end in .svg, .mmd or .md" in capsys.readouterr().err
    assert main(["flow", "diagram", "--out", "no/folder/d.svg"]) == 2
    assert "d.svg cannot be written" in capsys.readouterr().err
    (flows / "travel.yaml").write_text("version: 1\nflow: [", encoding="utf-8")
    assert main(["flow", "diagram"]) == 2
    assert "travel.yaml:2:8: yaml" in capsys.readouterr().err


def test_the_guide_names_every_option(capsys: Capture) -> None:
    guide = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")
    for action in ("new", "diagram"):
        with pytest.raises(SystemExit):
            main(["flow", action, "--help"])
        options = set(re.findall(r"--[a-z]+", capsys.readouterr().out)) - {"--help", "--debug", "--config"}
        assert all(f"`{option}" in guide or f"{option} " in guide for option in options)
        assert f"`askfirst flow {action}" in guide
