"""docs/flow-editors.md, done to the letter in a fresh copy of the project: every edit fits, every command works."""

from __future__ import annotations

import io
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.content.editor import ROOT

GUIDE = ROOT / "docs" / "flow-editors.md"
_BLOCK = re.compile(r"```(?P<kind>\w+)(?: (?P<mark>\S+))?\n(?P<body>.*?)```", re.DOTALL)
LANGUAGES = ("ar", "pl")  # enough to see that translations are looked at


@dataclass(frozen=True)
class Edit:
    """Find this in a file, and write that in its place."""

    file: str
    find: str
    instead: str


@dataclass(frozen=True)
class Command:
    """A command, what is typed into it, what it prints, and whether it finds something wrong."""

    line: str
    typed: str
    printed: str
    fails: bool


def the_guide() -> Iterator[Edit | Command]:
    """What the guide does, in order."""
    blocks = list(_BLOCK.finditer(GUIDE.read_text(encoding="utf-8")))
    for number, block in enumerate(blocks):
        mark, body = block["mark"] or "", block["body"]
        if mark.startswith("find="):
            assert blocks[number + 1]["mark"] == "instead", body
            yield Edit(mark.removeprefix("find="), body, blocks[number + 1]["body"])
        elif block["kind"] == "console":
            for one in body.split("$ ")[1:]:
                line, *others = one.splitlines()
                typed = "".join(f"{other[2:]}\n" for other in others if other.startswith("> "))
                printed = "\n".join(other for other in others if not other.startswith("> "))
                yield Command(line, typed, printed, mark == "fails")
        else:
            assert mark == "instead", body


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh copy, with fewer languages, as the working directory."""
    for name in ("flows", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for language in LANGUAGES:
        shutil.copytree(ROOT / "locales" / language, tmp_path / "locales" / language)
    for path in (ROOT / "locales").iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path / "locales")
    (tmp_path / "data").symlink_to(ROOT / "data")
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def is_shown(printed: str, out: str) -> bool:
    """Whether these lines were printed, in this order. … stands for anything; alone, for any lines."""
    lines = iter(" ".join(line.split()) for line in out.splitlines())
    wanted = [".*".join(map(re.escape, line.split("…"))) for line in printed.splitlines() if line.strip("… ")]
    return all(any(re.fullmatch(pattern, line) for line in lines) for pattern in wanted)


def test_every_step_of_the_guide_works(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for one in the_guide():
        if isinstance(one, Edit):
            text = (project / one.file).read_text(encoding="utf-8")
            assert text.count(one.find) == 1, one.find
            (project / one.file).write_text(text.replace(one.find, one.instead), encoding="utf-8")
            continue
        monkeypatch.setattr("sys.stdin", io.StringIO(one.typed))
        assert one.line.startswith("askfirst "), one.line
        code = main(shlex.split(one.line)[1:])
        said = capsys.readouterr()
        assert code == one.fails, (one.line, said.out[-2000:], said.err)
        assert is_shown(one.printed, said.out), (one.line, one.printed, said.out[-3000:])
    for name in ("preview.html", "travel_cost.svg", "code-en.png", "code-ar.png", "sheet.html"):
        assert (project / name).stat().st_size > 100
    scripts = (project / "flows/tests/travel_cost.yaml").read_text(encoding="utf-8")
    assert "Somebody asks who may pay" in scripts
    assert "{tap: go_on}" in scripts


def test_a_link_in_the_guide_leads_somewhere() -> None:
    for path in re.findall(r"\]\(([\w./-]+)\)", GUIDE.read_text(encoding="utf-8")):
        assert (GUIDE.parent / path).is_file(), path


def test_the_guide_speaks_of_each_thing_that_an_editor_does() -> None:
    lines = " ".join(one.line for one in the_guide() if isinstance(one, Command))
    for command in (
        "check",
        "locale update",
        "preview",
        "flow new",
        "flow diagram",
        "chat --at",
        "test",
        "link",
        "status",
    ):
        assert f"askfirst {command}" in lines
    assert "--record" in lines
