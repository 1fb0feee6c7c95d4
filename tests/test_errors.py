"""What a person at the keyboard is told."""

from __future__ import annotations

import inspect
import os
from pathlib import Path

import pytest

from bot import errors
from bot.errors import (
    BotError,
    ConfigError,
    ContentError,
    Fault,
    SessionError,
    StaleSession,
    kind_and_place,
    shown_path,
)


def test_a_fault_names_file_line_column_rule_and_remedy() -> None:
    fault = Fault("flows/about.yaml", 7, 3, "unknown-step", "`lettre` is not known; did you mean `letter`?")
    assert str(fault) == "flows/about.yaml:7:3: unknown-step: `lettre` is not known; did you mean `letter`?"


def test_a_fault_of_a_whole_file_has_no_line() -> None:
    assert str(Fault("x.yaml", 0, 0, "empty", "is empty; begin")) == "x.yaml: empty: is empty; begin"


def test_faults_are_shown_in_the_order_of_files_and_lines_each_once() -> None:
    first, second, third = Fault("a", 9, 1, "r", "m"), Fault("b", 2, 5, "r", "m"), Fault("b", 10, 1, "r", "m")
    error = ContentError("The flows cannot be used:", [third, second, first, second])
    assert error.faults == (first, second, third)
    assert str(error) == "The flows cannot be used:\na:9:1: r: m\nb:2:5: r: m\nb:10:1: r: m"


def test_an_error_without_faults_is_one_sentence() -> None:
    assert str(BotError("There is no file `x`; give another.")) == "There is no file `x`; give another."
    assert BotError("There is no file `x`; give another.").faults == ()


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]
    assert all(issubclass(kind, BotError) for kind in kinds)
    for kind in kinds:
        assert f" {kind.__name__} " in str(errors.__doc__)
    assert issubclass(StaleSession, SessionError)
    assert not issubclass(ConfigError, ContentError)


def test_a_path_below_the_working_directory_is_shown_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "flows" / "about.yaml") == os.path.join("flows", "about.yaml")  # noqa: PTH118
    assert shown_path(Path("flows/../about.yaml")) == "about.yaml"


def test_a_path_elsewhere_is_shown_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert shown_path(tmp_path / "there.yaml") == str(tmp_path / "there.yaml")


def test_a_link_to_itself_can_still_be_named(tmp_path: Path) -> None:
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    assert shown_path(loop) == str(loop)


def test_of_an_error_that_a_person_caused_only_kind_and_place_are_told() -> None:
    def read(text: str) -> int:
        return int(text)

    with pytest.raises(ValueError, match="QX7") as caught:
        read("QX7")
    told = kind_and_place(caught.value)
    assert told.startswith("ValueError at tests.test_errors.read:")
    assert "QX7" not in told
    assert kind_and_place(ValueError("QX7")) == "ValueError"
