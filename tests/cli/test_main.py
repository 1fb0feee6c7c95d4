"""The command `askfirst`: what every command has in common."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.main import main

ROOT = Path(__file__).parents[2]


def test_without_a_command_it_says_how_to_use_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([])
    assert stop.value.code == 2
    assert "usage: askfirst" in capsys.readouterr().err


def test_a_missing_configuration_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["check", "--config", str(tmp_path / "none.yaml")]) == 2
    said = capsys.readouterr().err
    assert "none.yaml: unreadable" in said
    assert "Traceback" not in said


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="configuration"):
        main(["check", "--debug", "--config", str(tmp_path / "none.yaml")])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the bot is configured with, to be broken."""
    for folder in ("flows", "locales"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    return tmp_path


def run(project: Path, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM", "ASKFIRST"))}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, cwd=project, env=environment, input=said, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_newcomer_types_a_postcode_and_gets_the_answer(project: Path) -> None:
    done = run(project, "run", said="1\nM1 1AE\n")
    assert done.returncode == 0, done.stderr
    for words in ("Lucy Powell", "Manchester Central", "no record", "27 June 2026", "Where: Manchester"):
        assert words in done.stdout


def test_the_conversation_works_in_arabic_when_piped(project: Path) -> None:
    done = run(project, "chat", "--lang", "ar", "--start", "mp", "--plain", said="M1 1AE\n")
    assert done.returncode == 0, done.stderr
    assert "Manchester Central" in done.stdout
    assert "\x1b" not in done.stdout


def test_an_unknown_language_is_refused_with_the_known_ones(project: Path) -> None:
    done = run(project, "chat", "--lang", "tlh")
    assert done.returncode == 2
    assert re.fullmatch("askfirst: There is no language `tlh`; choose one of .*ar, .*en, .*\\.", done.stderr.strip())


BROKEN = {
    "flow": ("flows/about.yaml", b"version: 1\nflow: about\nsteps: [", "flows/about.yaml:"),
    "catalogue": ("locales/pl/LC_MESSAGES/askfirst.po", b"this is no catalogue\n", "askfirst.po:"),
    "register": ("data/pledges.yaml", b"pledges:\n  - name: 1\n", "data/pledges.yaml:"),
    "members": ("data/members.csv", b"who,what\n", "data/members.csv"),
    "constituencies": ("data/constituencies.csv", b"\xff\xfe", "data/constituencies.csv"),
    "index": ("data/postcodes.idx", b"not an index", "data/postcodes.idx"),
    "organisation": ("data/organisations/samaritans.yaml", b"organization: {}\n", "samaritans.yaml:"),
    "configuration": ("bot_config.yaml", b"data: {dir: nowhere}\nmembers: {}\n", "bot_config.yaml:"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_stops_the_bot_with_its_name_and_no_traceback(project: Path, what: str) -> None:
    name, content, named = BROKEN[what]
    (project / name).write_bytes(content)
    done = run(project, "run", said="1\n")
    assert done.returncode == 2
    assert done.stdout.count("Choose your language") == 0
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert (project / name).read_bytes() == content


@pytest.mark.parametrize("what", BROKEN)
def test_check_finds_the_same(project: Path, what: str) -> None:
    name, content, named = BROKEN[what]
    (project / name).write_bytes(content)
    done = run(project, "check")
    assert done.returncode == (2 if what == "configuration" else 1)
    assert named in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_goes_away_is_no_error(project: Path) -> None:
    command = f"{sys.executable} -m bot chat --start mp-en --plain | head -n 1"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input="ZZ9 9AA\n" * 50,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
