"""Scripts are written so that they say what was meant, and what people wrote by hand stays as it is."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.roads import Road
from bot.content.script_text import Line, one_line, with_script
from bot.content.scripts import Move, ScriptFile, script_paths
from bot.errors import ContentError, Fault
from bot.yamlfile import read_bytes
from tests.content.shipped import ROOT, scripts_of

SCHEMA = "../../docs/flow-tests.schema.json"
TEXTS = (
    st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" "), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)
MOVES = st.one_of(
    st.builds(lambda kind, word: Move(kind, (word,)), st.sampled_from(["say", "tap", "see", "start"]), TEXTS),
    st.builds(lambda words: Move("see", tuple(words)), st.lists(TEXTS, min_size=2, max_size=4)),
    st.just(Move("photo", ("",))),
    st.sampled_from(
        [Move("say", (word,)) for word in ("null", "yes", "12", "1.5", "a: b", "#a", "M1 1AE", "{x}", "~")]
    ),
)
LINES = [Line(Move("start", ("mp",))), Line(Move("see", ("ask_place",)))]


def read_back(text: str) -> list[list[Move]]:
    """The lines of each script of a text."""
    faults: list[Fault] = []
    document = read_bytes(text.encode(), "file", ScriptFile, faults)
    assert document is not None, faults
    return [[line.move for line in script.script] for script in document.model.scripts]


@given(st.lists(MOVES, min_size=2, max_size=6))
def test_what_is_written_is_read_as_it_was_meant(moves: list[Move]) -> None:
    assert read_back(with_script("", "file", {}, map(Line, moves), ""))[-1] == moves


@given(st.lists(MOVES, min_size=1, max_size=6), TEXTS)
def test_a_script_on_one_line_is_read_as_it_was_meant(moves: list[Move], seen: str) -> None:
    text = f"scripts:\n  {one_line('name', Road(tuple(moves)), seen)}\n"
    with TemporaryDirectory() as folder:
        (script,) = scripts_of(Path(folder) / "a.yaml", text)
    assert list(script.moves) == [*moves, Move("see", (seen,))]


@pytest.mark.parametrize("path", script_paths(ROOT / "flows"), ids=lambda path: path.name)
def test_what_stands_in_a_file_stays_as_it_is_to_the_letter(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    written = with_script(text, "file", {}, LINES, SCHEMA)
    assert written.startswith(text)
    assert read_back(written)[-1] == [line.move for line in LINES]


def test_a_new_file_begins_with_the_schema() -> None:
    assert with_script("", "file", {("urgent", "lines"): "none"}, LINES, SCHEMA) == (
        "# yaml-language-server: $schema=../../docs/flow-tests.schema.json\n"
        "scripts:\n"
        "  - name: Recorded conversation 1\n"
        "    suppose: {urgent.lines: none}\n"
        "    script:\n"
        "      - {start: mp}\n"
        "      - {see: ask_place}\n"
    )


def test_comments_stand_at_their_lines() -> None:
    lines = [LINES[0], Line(None, "left out"), Line(LINES[1].move, "instead"), LINES[1], Line(None, "at the end")]
    assert with_script("", "file", {}, lines, "").splitlines()[3:] == [
        "      - {start: mp}",
        "      # left out",
        "      # instead",
        "      - {see: ask_place}",
        "      - {see: ask_place} # at the end",
    ]


def test_line_ends_of_windows_stay() -> None:
    old = with_script("", "file", {}, LINES, "").replace("\n", "\r\n")
    written = with_script(old, "file", {}, LINES, "")
    assert written.startswith(old)
    assert written.count("\r\n") == written.count("\n")
    assert len(read_back(written)) == 2


def test_another_indentation_stays_and_a_last_line_without_an_end_gets_one() -> None:
    old = "# mine\nscripts:\n- name: A # this one\n  script:\n  - {start: mp}\n  - {see: ask_place}"
    assert with_script(old, "file", {}, LINES, "") == old + (
        "\n- name: Recorded conversation 1\n  script:\n  - {start: mp}\n  - {see: ask_place}\n"
    )


def test_what_follows_the_list_stays_behind_it_with_its_comments() -> None:
    old = 'scripts:\n  - {name: A, script: [{start: ""}, {see: menu}]}\n\n# The day of the test.\ntoday: 2026-11-26\n'
    written = with_script(old, "file", {}, LINES, "")
    assert written.endswith("      - {see: ask_place}\n\n# The day of the test.\ntoday: 2026-11-26\n")
    assert len(read_back(written)) == 2


def test_each_script_has_a_name_of_its_own() -> None:
    text = ""
    for _ in range(3):
        text = with_script(text, "file", {}, LINES, "")
    assert [f"Recorded conversation {number}" in text for number in range(5)] == [False, True, True, True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('scripts: [{name: A, script: [{start: ""}, {see: menu}]}]\n', "begin each on a line of its own"),
        ("flow: ask_mp\n", "the key `flow` is not known here"),
        ("scripts: [\n", "file:2:1: yaml: the file ends too early"),
    ],
)
def test_a_file_that_cannot_take_another_script_is_refused_with_the_remedy(text: str, said: str) -> None:
    with pytest.raises(ContentError) as refused:
        with_script(text, "file", {}, LINES, "")
    assert said in str(refused.value)
