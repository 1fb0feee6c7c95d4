"""`askfirst migrate`: shows what changes and writes it whole, or writes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.main import main
from bot.cli.migrate import migrate
from bot.content.flows import flow_paths
from bot.errors import ContentError
from tests.content.test_migrations import OLD, TWO

ROOT = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("arguments", [[], ["--dry-run"], ["flows"], ["flows/ask_mp.yaml"]])
def test_of_current_files_it_says_that_nothing_is_to_do(flows: Path, arguments: list[str], capsys: Capture) -> None:
    before = contents(flows)
    assert main(["migrate", *arguments]) == 0
    count = 1 if arguments == ["flows/ask_mp.yaml"] else len(flow_paths(flows))
    shown = capsys.readouterr().out
    assert shown == f"{count} of {count} flow files are of version 1, the newest: nothing to do.\n"
    assert contents(flows) == before


def test_a_newer_file_is_refused(flows: Path, capsys: Capture) -> None:
    (flows / "travel.yaml").write_text(OLD.replace("version: 1", "version: 2"), encoding="utf-8")
    assert main(["migrate"]) == 2
    shown = capsys.readouterr()
    assert "flows/travel.yaml:2:1: wrong-value: `version`: is 2, made for a newer Ask First; update" in shown.err
    assert not shown.out


@pytest.mark.usefixtures("flows")
def test_a_place_that_is_not_there_is_named(capsys: Capture) -> None:
    assert main(["migrate", "flows/nothing.yaml"]) == 2
    assert "There is no file or folder `flows/nothing.yaml`" in capsys.readouterr().err


# --- with a made-up version 2


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One file of version 1, and one of version 2."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.yaml").write_text(OLD, encoding="utf-8")
    (tmp_path / "u.yaml").write_text("version: 2\nflow: u\n", encoding="utf-8")
    return tmp_path


def test_what_changes_is_shown_and_written(folder: Path, capsys: Capture) -> None:
    migrate(flow_paths(folder), dry_run=False, chain=TWO)
    shown = capsys.readouterr().out
    assert "-version: 1  # of the format\n+version: 2  # of the format\n" in shown
    assert "-    text: |\n+    say: |\n" in shown
    assert "1 of 2 flow files are of version 2, the newest: nothing to do.\n1 brought to version 2." in shown
    assert (folder / "t.yaml").read_text(encoding="utf-8").startswith("# yaml-language-server")
    assert sorted(contents(folder)) == ["t.yaml", "u.yaml"]
    migrate(flow_paths(folder), dry_run=False, chain=TWO)
    assert capsys.readouterr().out == "2 of 2 flow files are of version 2, the newest: nothing to do.\n"


def test_a_dry_run_shows_it_and_writes_nothing(folder: Path, capsys: Capture) -> None:
    before = contents(folder)
    migrate(flow_paths(folder), dry_run=True, chain=TWO)
    shown = capsys.readouterr().out
    assert "+    say: |\n" in shown
    assert shown.endswith("1 would be brought to version 2. Nothing was written.\n")
    assert contents(folder) == before


def test_if_one_file_cannot_be_brought_none_is(folder: Path) -> None:
    (folder / "v.yaml").write_text("flow: v\n", encoding="utf-8")
    before = contents(folder)
    with pytest.raises(ContentError, match="missing-key"):
        migrate(flow_paths(folder), dry_run=False, chain=TWO)
    assert contents(folder) == before


def test_the_guide_explains_the_command() -> None:
    guide = (ROOT / "docs" / "flows.md").read_text(encoding="utf-8")
    assert "`askfirst migrate`" in guide
    assert "`--dry-run`" in guide
