"""`askfirst data verify ORG`: what is confirmed is dated, what is wrong is refused, and stopping changes nothing."""

from __future__ import annotations

import datetime as dt
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.channels.turns import utc_now
from bot.errors import DataError
from bot.world.build.organisation_writing import difference
from tests.cli.data_commands import ROOT, directory, run, typed
from tests.world.entries import ENTRY

TODAY = utc_now().date().isoformat()
FACTS = 13  # questions before the telephone numbers of the example: it has no page of its own
URL = "https://example.org/contact"


def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *lines: str, entry: str = ENTRY) -> tuple[int, str]:
    """The exit code and the file afterwards."""
    config = directory(tmp_path)
    path = config.data_dir / "organisations" / "example_advice.yaml"
    path.write_text(entry, encoding="utf-8")
    typed(monkeypatch, *lines)
    return run(config, "verify", "example_advice"), path.read_text(encoding="utf-8")


ALL_RIGHT = (URL, *"y" * FACTS, "y", "", "", "y", "y")
"""Where; the facts; the number, read on the same page; no other number; advice; write."""


def test_confirming_everything_dates_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, text = verify(tmp_path, monkeypatch, *ALL_RIGHT)
    assert code == 0
    assert text == ENTRY.replace("assured_date: 2026-10-01", f"assured_date: {TODAY}").replace(
        "sources:\n",
        f"sources:\n  - url: {URL}\n    date: {TODAY}\n    seen: {TODAY}\n"
        "    what: Read by the keeper of the directory, fact by fact\n",
    )


def test_the_change_is_shown_before_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = verify(tmp_path, monkeypatch, *ALL_RIGHT[:-1], "n")
    assert (code, text) == (1, ENTRY)
    said = capsys.readouterr().out
    assert f"+  assured_date: {TODAY}" in said
    assert "Nothing was written." in said


@pytest.mark.parametrize("answered", range(len(ALL_RIGHT)))
def test_the_end_of_the_input_leaves_the_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answered: int
) -> None:
    assert verify(tmp_path, monkeypatch, *ALL_RIGHT[:answered]) == (1, ENTRY)


@pytest.mark.parametrize("answered", [1, 3, FACTS, FACTS + 1])
def test_so_does_quitting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answered: int) -> None:
    assert verify(tmp_path, monkeypatch, *ALL_RIGHT[:answered], "q") == (1, ENTRY)


def test_what_was_skipped_keeps_the_old_date_of_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = list(ALL_RIGHT)
    lines[2] = "s"
    code, text = verify(tmp_path, monkeypatch, *lines)
    assert code == 0
    assert text.count(f"assured_date: {TODAY}") == 1  # the number was seen
    assert "  assured_date: 2026-10-01\n  assurer" in text


def test_skipping_everything_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, text = verify(tmp_path, monkeypatch, URL, *"s" * FACTS, "s", "", "s")
    assert (code, text) == (1, ENTRY)


def test_new_values_take_the_place_of_old_ones_and_comments_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = {
        0: ("n", "Example Advice Centre"),
        4: ("n", "Monday; Tuesday, 9:00 to 12:00"),
        5: ("n", "Leeds: E08000035; North West: E12000002"),
        6: ("n", "Housing, health"),
        7: ("n", "A charity. The city council pays."),
        8: ("n", "Temporarily closed"),
        9: ("n", "en, fa-AF"),
        10: ("n", "Interpreters on the telephone."),
        11: ("n", "Free."),
        12: ("n", "-"),
    }
    facts = [line for at in range(FACTS) for line in changes.get(at, ("y",))]
    code, text = verify(tmp_path, monkeypatch, URL, *facts, "y", "", "", "y", "y")
    assert code == 0
    for expected in (
        "name: Example Advice Centre # the name on the door",
        "schedules:\n  - description: Monday\n  - description: Tuesday, 9:00 to 12:00\n\nservice_areas:",
        "  - name: Leeds\n    codes: [E08000035]\n  - name: North West\n    codes: [E12000002]\n",
        "topics: [housing, health]",
        "funding: A charity. The city council pays.",
        "status: temporarily closed",
        "languages: [en, fa-AF]",
        "  interpretation_services: Interpreters on the telephone.\n  fees_description: Free.\n",
    ):
        assert expected in text
    assert "alert" not in text


@pytest.mark.parametrize(
    ("at", "wrong", "right", "remedy"),
    [
        (1, "http://example.org", "https://example.org/new", "must start with https://"),
        (2, "word " * 50, "Advice.", "200 are allowed"),
        (5, "Leeds", "Leeds: E08000035", "type for example"),
        (5, "Leeds: E08999999", "Leeds: E08000035", "GSS code"),
        (5, "Anywhere: E92000001", "England: E92000001", "`England`"),
        (6, "hosing", "housing", "did you mean `housing`?"),
        (6, "asylum advice", "housing", "not a topic"),
        (8, "open", "inactive", "is none of"),
        (9, "klingon", "en", "language code"),
        (0, "-", "New name", "cannot be left out"),
    ],
)
def test_a_value_that_the_rules_refuse_is_asked_for_again(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    at: int,
    wrong: str,
    right: str,
    remedy: str,
) -> None:
    facts = ["y"] * FACTS
    facts[at : at + 1] = ["n", wrong, right]
    code, text = verify(tmp_path, monkeypatch, URL, *facts, "y", "", "", "y", "y")
    assert code == 0
    said = capsys.readouterr().out
    assert remedy in said
    assert right.partition(":")[0] in text


def test_a_number_that_changed_is_checked_dated_and_says_where_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = "https://example.org/new-number"
    number = ("n", "0161 23", "0161 234 5001", "Tuesday, 9:00 to 12:00.", "no address", page)
    code, text = verify(tmp_path, monkeypatch, URL, *"y" * FACTS, *number, "", "y", "y")
    assert code == 0
    said = capsys.readouterr().out
    assert "not a UK number" in said
    assert "is not a web address" in said
    assert (
        "  # the line of the office\n  - number: 0161 234 5001\n    description: Tuesday, 9:00 to 12:00.\n"
        f"    assured_date: {TODAY}\n\nservice_areas:"
    ) in text
    assert f"sources:\n  - url: {page}\n    date: {TODAY}\n" in text


def test_a_number_can_be_taken_out_and_another_put_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ("n", "-", "0800 1111", "-", "", "")
    code, text = verify(tmp_path, monkeypatch, URL, *"y" * FACTS, *lines, "y", "y")
    assert code == 0
    assert f"office\n  - number: 0800 1111\n    assured_date: {TODAY}\n\nservice_areas:" in text
    assert "0161" not in text


ADVICE = ENTRY.replace("gives_immigration_advice: false", "gives_immigration_advice: true\nregulator: unknown").replace(
    "[housing]", "[immigration]"
)


def test_a_regulator_that_was_looked_up_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register = "https://portal.immigrationadviceauthority.gov.uk/s/adviser-finder"
    regulator = ("n", "OISC", "iaa", "N200000000", register)
    lines = (URL, *"y" * FACTS, "y", "", "", "y", *regulator, "y")
    code, text = verify(tmp_path, monkeypatch, *lines, entry=ADVICE)
    assert code == 0
    assert (
        "gives_immigration_advice: true\n\nregulator:\n  body: IAA\n  reference: N200000000\n"
        f"  source: {register}\n  checked_on: {TODAY}\n\nphones:"
    ) in text


def test_a_regulator_that_stands_is_dated_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = (
        "\n\nregulator:\n  body: IAA\n  reference: N200000000\n  source: https://example.org/old\n"
        "  checked_on: 2026-10-01 # in the register"
    )
    entry = ADVICE.replace("\nregulator: unknown", recorded)
    code, text = verify(tmp_path, monkeypatch, URL, *"y" * FACTS, "y", "", "", "y", "y", "", "y", entry=entry)
    assert code == 0
    assert f"  source: {URL}\n  checked_on: {TODAY} # in the register\n" in text


def test_immigration_advice_without_a_regulator_cannot_be_said_by_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = ENTRY.replace("[housing]", "[immigration]")
    lines = (URL, *"y" * FACTS, "y", "", "", "n", "yes", "no", "y")
    code, _ = verify(tmp_path, monkeypatch, *lines, entry=entry)
    assert code == 0
    assert "names no `regulator`" in capsys.readouterr().out


def test_the_old_alert_may_go_once_the_page_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = ENTRY.replace("    date: 2026-10-01\n", "").replace("    assured_date: 2026-10-01\n", "")
    lines = (URL, *"y" * (FACTS - 1), "n", "-", "y", "", "", "y", "y")
    code, text = verify(tmp_path, monkeypatch, *lines, entry=entry)
    assert code == 0
    assert "alert" not in text


def test_an_unknown_name_is_answered_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="did you mean example_advice"):
        run(directory(tmp_path), "verify", "exampel_advice")
    with pytest.raises(DataError, match="There is no organisation"):
        run(directory(tmp_path / "b"), "verify", "../../constituencies")


def test_a_faulty_file_is_mended_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="cannot be verified"):
        verify(tmp_path, monkeypatch, entry="organization: [")


def test_somebody_elses_change_meanwhile_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = directory(tmp_path)
    path = config.data_dir / "organisations" / "example_advice.yaml"

    def meanwhile(old: str, new: str, name: str) -> str:
        path.write_text(ENTRY + "# theirs\n", encoding="utf-8")
        return difference(old, new, name)

    monkeypatch.setattr("bot.cli.data_verify.difference", meanwhile)
    typed(monkeypatch, *ALL_RIGHT)
    with pytest.raises(DataError, match="changed by somebody else"):
        run(config, "verify", "example_advice")
    assert path.read_text(encoding="utf-8") == ENTRY + "# theirs\n"


_VERIFY = """
import dataclasses, sys
from pathlib import Path
from bot.config import load_config
from tests.cli.data_commands import ROOT, run
config = dataclasses.replace(load_config(ROOT / "bot_config.yaml", {}), data_dir=Path(sys.argv[1]))
run(config, "verify", "example_advice")
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupt_leaves_the_file_alone(tmp_path: Path, how: signal.Signals) -> None:
    config = directory(tmp_path)
    folder = config.data_dir / "organisations"
    process = subprocess.Popen(
        [sys.executable, "-c", _VERIFY, str(config.data_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{URL}\ny\ny\n")
        process.stdin.flush()
        while not process.stdout.readline().startswith("What it does"):
            pass
        process.send_signal(how)
    assert process.returncode != 0
    assert [path.name for path in folder.iterdir()] == ["example_advice.yaml"]
    assert (folder / "example_advice.yaml").read_text(encoding="utf-8") == ENTRY


def test_the_day_is_a_day() -> None:
    assert dt.date.fromisoformat(TODAY)
