"""Flow files of older versions are brought to the newest with their comments. The chain here is made up."""

from __future__ import annotations

from typing import Any

import pytest

from bot.content.flow_file import VERSION, wrong_version
from bot.content.migrations import CURRENT, Chain, migrated
from bot.errors import Fault
from tests.content.editor import SHIPPED

OLD = """\
# yaml-language-server: $schema=../docs/flow.schema.json
version: 1  # of the format
flow: t
description: "Says hello."   # in quotes
start: {command: t, link: t}
steps:
  # The first step.
  - id: a
    text: |
      Hello.

      {name}: how are you?
    buttons:
      - {id: on, text: "No", next: END}  # the word, not false

# The end.
"""


def text_becomes_say(tree: Any) -> None:
    """What a version 2 might change: a key of a step has another name."""
    for step in tree["steps"]:
        if "text" in step:
            step.insert(list(step).index("text"), "say", step.pop("text"))


def description_becomes_about(tree: Any) -> None:
    """What a version 3 might change: a key moves."""
    tree["start"]["about"] = tree.pop("description")


TWO = Chain({1: text_becomes_say}, 2)
THREE = Chain({1: text_becomes_say, 2: description_becomes_about}, 3)


def brought(text: str, chain: Chain = CURRENT) -> str:
    faults: list[Fault] = []
    found = migrated(text.encode(), "flows/t.yaml", faults, chain)
    assert not faults
    assert found is not None
    return found


def refused(text: str, chain: Chain = CURRENT) -> str:
    faults: list[Fault] = []
    assert migrated(text.encode(), "flows/t.yaml", faults, chain) is None
    (fault,) = faults
    return str(fault)


# --- the chain of today


def test_there_is_a_migration_from_every_older_version_and_from_no_other() -> None:
    assert CURRENT.newest == VERSION
    assert set(CURRENT.migrations) == set(range(1, VERSION))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_shipped_flows_are_of_the_newest_version(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert brought(text) == text


# --- a made-up chain


def test_a_file_goes_through_every_version_on_the_way() -> None:
    assert brought(OLD, TWO) == OLD.replace("version: 1", "version: 2").replace("    text: |", "    say: |")
    three = brought(OLD, THREE)
    assert "version: 3  # of the format\n" in three
    assert 'start: {command: t, link: t, about: "Says hello."}' in three
    assert three == brought(brought(OLD, TWO), THREE)


def test_comments_quotes_and_empty_lines_stay() -> None:
    new = brought(OLD, TWO)
    for kept in (
        "# yaml-language-server",
        "# of the format",
        "  # The first step.",
        '"No"',
        "# the word",
        "# The end.",
    ):
        assert kept in new
    assert new.count("\n") == OLD.count("\n")


def test_what_is_not_touched_is_not_changed_in_any_shipped_flow() -> None:
    """Only the line of the version differs, so that the difference shows what a migration does and nothing else."""
    for path in SHIPPED:
        text = path.read_text(encoding="utf-8")
        assert brought(text, Chain({1: lambda tree: None}, 2)) == text.replace("version: 1\n", "version: 2\n"), (
            path.name
        )


def test_a_file_of_the_newest_version_stays_as_it_is_to_the_letter() -> None:
    odd = "flow:   t\nversion: 2\nsteps: [ {id:  a} ]   # odd\n"
    assert brought(odd, TWO) == odd


def test_line_ends_of_windows_stay() -> None:
    windows = OLD.replace("\n", "\r\n")
    assert brought(windows, TWO) == brought(OLD, TWO).replace("\n", "\r\n")


# --- what cannot be brought


def test_a_newer_file_needs_a_newer_program() -> None:
    assert refused(OLD.replace("version: 1", "version: 2")) == (
        "flows/t.yaml:2:1: wrong-value: `version`: is 2, made for a newer Ask First; update the program "
        "(this one reads up to 1)"
    )
    assert "is 4, made for a newer Ask First" in refused(OLD.replace("version: 1", "version: 4"), THREE)


@pytest.mark.parametrize("value", ["0", "-1", "true", "one", '"1"', "1.0", "[1]"])
def test_what_is_no_version_is_refused(value: str) -> None:
    wrong = refused(OLD.replace("version: 1", f"version: {value}"), TWO)
    assert wrong.startswith("flows/t.yaml:2:1: wrong-value: `version`: must be 2, not ")


def test_a_file_without_a_version_is_not_guessed_at() -> None:
    wrong = refused(OLD.replace("version: 1  # of the format\n", ""), TWO)
    assert wrong.startswith("flows/t.yaml:1:1: missing-key: the key `version` is missing")
    assert wrong.endswith("add `version: 2`")


def test_a_file_that_is_no_yaml_is_refused_with_its_line() -> None:
    assert refused("version: 1\nflow: [\n", TWO).startswith("flows/t.yaml:3:1: yaml: the file ends too early")


def test_the_loader_names_the_command_for_an_older_file() -> None:
    assert wrong_version(1, newest=2) == "is 1, of an older Ask First; run `askfirst migrate`"
    assert wrong_version(2, newest=2) is None
