"""`askfirst test`: the shipped conversation scripts hold in every language, and a wrong one is found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.cli.main import main

ROOT = Path(__file__).parents[2]
WRONG = """\
scripts:
  - name: Sees a step that is not shown
    languages: [en]
    script:
      - {start: mp}
      - {see: ask_place}
      - {tap: part}
      - {see: ask_name}
"""
RIGHT = "scripts:\n  - name: One\n    script: [{start: mp}, {see: ask_place}]\n"


def played(*arguments: str | Path) -> int:
    return main(["test", *map(str, arguments)])


def test_the_shipped_scripts_hold_and_go_through_everything_in_every_language(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = played("--coverage")
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith(" passed, 0 failed")
    assert lines[-2].startswith("total ")
    assert " 100 %  (" in lines[-2]
    assert not [line for line in lines if "not-visited" in line]
    assert code == 0


def test_a_script_that_does_not_hold_is_shown_with_its_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    assert played(path) == 1
    out = capsys.readouterr().out
    assert f"{path}:8:10: script: in en: `ask_name` is not shown; shown are ask_mp.ask_part" in out
    assert out.splitlines()[-1] == "0 passed, 1 failed"


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("      - {tap: nothing}\n", 1, "no such button here: `nothing` is not known; known here: _back, _forget"),
        ("      - {tap: part, see: ask_part}\n", 2, "make one line of each"),
        ("      - {press: part}\n", 2, "`press` is not known here"),
        ("      - {see: ask_plase}\n", 2, "did you mean `ask_place`?"),
    ],
)
def test_a_line_that_cannot_be_played_says_why(
    line: str, code: int, said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG.replace("      - {see: ask_name}\n", line), encoding="utf-8")
    assert played(path, "--lang", "en") == code
    output = capsys.readouterr()
    assert said in output.out + output.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "There is no file or folder `nowhere`"),
        (("bot",), "There is no script in bot; write one, as docs/flow-tests.md says."),
        (("--lang", "pll"), "There is no language `pll`; did you mean `pl`?"),
    ],
)
def test_what_cannot_be_tested_is_refused_with_the_remedy(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert played(*arguments) == 2
    assert said in capsys.readouterr().err


def test_a_folder_of_scripts_and_a_folder_of_flows_are_both_known(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "a.yaml").write_text(RIGHT, encoding="utf-8")
    for path in (tmp_path, tmp_path / "tests"):
        assert played(path, "--lang", "pl") == 0
        assert capsys.readouterr().out == "1 passed, 0 failed\n"


def test_what_no_script_goes_through_is_named_and_fails(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(RIGHT, encoding="utf-8")
    assert played(path, "--coverage", "--lang", "en") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "1 passed, 0 failed"
    assert any(line.startswith("flows/urgent.yaml:") and "`back` of `show` is never visited" in line for line in lines)
    assert any(line.split()[:3] == ["ask_mp", "3", "%"] for line in lines)


def test_a_script_is_played_with_its_own_facts_on_its_own_day(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "flows/tests/data/nobody_helps", tmp_path / "facts")
    path = tmp_path / "a.yaml"
    path.write_text(
        "scripts:\n"
        "  - {name: Nobody, data: facts, script: [{start: urgent}, {see: only_999}]}\n"
        "  - {name: Somebody, script: [{start: urgent}, {see: urgent.show}]}\n"
        # Long after this day every number, member and organisation is too old to be named.
        "  - {name: Later, today: 2040-01-01, script: [{start: mp}, {say: M1 1AE}, {see: cannot_tell}]}\n"
        "  - {name: Then, today: 2024-09-01, script: [{start: mp}, {say: M1 1AE}, {unseen: mp_pledged}]}\n",
        encoding="utf-8",
    )
    assert played(path, "--lang", "en") == 0, capsys.readouterr().out


def test_facts_that_cannot_be_used_are_named_by_their_own_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "members.csv").write_text("nothing\n", encoding="utf-8")
    path = tmp_path / "a.yaml"
    path.write_text(RIGHT.replace("scripts:", "data: facts\nscripts:"), encoding="utf-8")
    assert played(path) == 2
    assert f"{tmp_path / 'facts' / 'members.csv'}:" in capsys.readouterr().err


def test_the_invented_postcodes_are_there_also_where_the_bot_does_not_know_them(
    flows: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = flows.parent / "bot_config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "sandbox: false\n", encoding="utf-8")
    path = flows.parent / "a.yaml"
    path.write_text(RIGHT.replace("{see: ask_place}", "{say: ZZ9 9AA}, {see: mp_pledged}"), encoding="utf-8")
    assert played(path, "--lang", "en") == 0, capsys.readouterr().out
