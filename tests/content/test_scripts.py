"""Script files are strict, and every name in them that is not known is found before anything is played."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.content.scripts import Move, check_scripts, read_scripts, script_paths, scripts_in
from bot.errors import Fault
from tests.content.shipped import ROOT, scripts_of, shipped_scripts, shipped_world

SCRIPT = """\
scripts:
  - name: A script
{more}    script:
      - {{start: mp}}
      - {line}
"""


def faults_of(path: Path, line: str = "{see: ask_place}", more: str = "") -> list[str]:
    """What is said of a script with this second line, and these keys."""
    path.write_text(SCRIPT.format(line=line, more=more and f"    {more}\n"), encoding="utf-8")
    faults: list[Fault] = []
    scripts = read_scripts([path], faults)
    world = shipped_world()
    check_scripts(scripts, world.flows, world.catalogues, faults)
    return [str(fault).replace(str(path), "file") for fault in faults]


def test_what_is_shipped_names_nothing_unknown() -> None:
    faults: list[Fault] = []
    check_scripts(shipped_scripts(), shipped_world().flows, shipped_world().catalogues, faults)
    assert not faults


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{see: ask_plase}", "file:5:10: unknown-step: `ask_plase` is not known; did you mean `ask_place`?"),
        ("{see: ask_mp.ask_plase}", "did you mean `ask_mp.ask_place`?"),
        ("{see: [ask_place, mp_plegded]}", "file:5:27: unknown-step: `mp_plegded` is not known"),
        ("{unseen: nothing_like_it}", "file:5:10: unknown-step"),
        ("{start: hlep}", "file:5:10: unknown-link: no flow has this link"),
        ("{arrive: hlep}", "did you mean `help`?"),
        ("{tap: part, see: ask_part}", "a line has one of start, arrive, say, tap"),
        ("{press: part}", "file:5:10: unknown-key: the key `press` is not known here"),
        ("{photo: false}", "must be True"),
        ("{meanwhile: raining}", "'forgotten', 'changed' or 'broken'"),
        ("{see: }", "empty"),
        ("{}", "a line has one of"),
    ],
)
def test_a_line_that_cannot_be_meant_is_named_with_its_place(line: str, said: str, tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path / "a.yaml", line)[:1]
    assert said in fault


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("languages: [en, pll]", "file:3:21: unknown-language: `pll` is not known; did you mean `pl`?"),
        ("languages: []", "languages"),
        ("today: 2026-02-30", "is no day of the calendar; write it like 2026-11-26"),
        ("today: tomorrow", "today"),
        ("data: nowhere", "file:3:5: no-folder: there is no folder"),
        ("suppose: {find_help.lst: none}", "file:3:15: unknown-step: `find_help.lst` is not known; did you mean"),
        ("suppose: {find_help.list: nobody}", "unknown-outcome: `nobody` is not known"),
        ("suppose: {find_help.ask_topic: none}", "no-action: `ask_topic` is no action"),
        ("suppose: {list: none}", "unknown-step: `list` is not known"),
        ("suppose: {mp_answer.look_up: pledged}", "not-supposable: what is said of an MP cannot be supposed"),
        ("suppose: {ask_to_sign.write: signed}", "not-supposable: what is said of an MP cannot be supposed"),
        ("suppose: {_back.go_back: nothing}", "not-supposable: `go_back` moves the conversation itself"),
    ],
)
def test_a_key_that_cannot_be_meant_is_named_with_its_place(more: str, said: str, tmp_path: Path) -> None:
    assert any(said in fault for fault in faults_of(tmp_path / "a.yaml", more=more))


@pytest.mark.parametrize(
    ("name", "said"),
    [("organisation", "did you mean `organisations`?"), ("members.yaml", "`members.yaml` is not known")],
)
def test_a_folder_of_facts_holds_nothing_that_would_be_passed_over(name: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / name).touch()
    (fault,) = faults_of(tmp_path / "a.yaml", more="data: facts")
    assert "unknown-file" in fault
    assert said in fault


def test_a_folder_of_facts_is_not_empty(tmp_path: Path) -> None:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "README.md").touch()
    assert "no-data" in faults_of(tmp_path / "a.yaml", more="data: facts")[0]


def test_data_and_today_of_a_file_are_for_every_script_without_its_own(tmp_path: Path) -> None:
    first, second = scripts_of(
        tmp_path / "a.yaml",
        "data: one\ntoday: 2026-11-26\nscripts:\n"
        '  - {name: A, script: [{start: ""}, {see: menu}]}\n'
        '  - {name: B, data: two, today: 2027-01-02, script: [{start: ""}, {see: menu}]}\n',
    )
    assert (first.data, first.today) == (tmp_path / "one", dt.date(2026, 11, 26))
    assert (second.data, second.today) == (tmp_path / "two", dt.date(2027, 1, 2))


def test_each_line_is_one_move(tmp_path: Path) -> None:
    (script,) = scripts_of(
        tmp_path / "a.yaml",
        'scripts: [{name: A, script: [{start: ""}, {photo: true}, {see: [menu, welcome]}, {unseen: figures}]}]',
    )
    assert list(script.moves) == [
        Move("start", ("",)),
        Move("photo", ("",)),
        Move("see", ("menu", "welcome")),
        Move("unseen", ("figures",)),
    ]


def test_hidden_files_and_other_folders_hold_no_scripts(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    for name in ("tests/a.yaml", "tests/.a.yaml", "tests/a.txt", "b.yaml"):
        (tmp_path / name).touch()
    assert script_paths(tmp_path) == [tmp_path / "tests" / "a.yaml"]
    assert scripts_in(tmp_path) == [tmp_path / "b.yaml"]


def test_every_shipped_script_file_names_the_schema_in_its_first_line() -> None:
    for path in script_paths(ROOT / "flows"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=../../docs/flow-tests.schema.json", path.name
