"""`askfirst chat --at` begins in the middle; `--record` keeps what was done as a script, however the chat ends."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from bot.cli.main import main


class Stopping:
    """A person who types these lines, and then presses Ctrl+C."""

    def __init__(self, typed: str) -> None:
        self._lines = io.StringIO(typed)

    def isatty(self) -> bool:
        return False

    def readline(self) -> str:
        line = self._lines.readline()
        if not line:
            raise KeyboardInterrupt
        return line


class Chat:
    """The command, with what it prints."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str | Path, typed: str = "", stopped: bool = False) -> int:
        self._monkeypatch.setattr(sys, "stdin", Stopping(typed) if stopped else io.StringIO(typed))
        code = main(["chat", "--plain", *map(str, arguments)])
        self.out, self.err = self._capsys.readouterr()
        return code


@pytest.fixture
def chat(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Chat:
    return Chat(monkeypatch, capsys)


def test_a_chat_begins_at_a_step_and_says_how_it_came_there(chat: Chat) -> None:
    assert chat("--at", "which_place") == 0
    assert chat.out.startswith("The way here: start, say ZZ9 9AF\n\nYour postcode is in or near more than one")


def test_it_goes_on_from_there(chat: Chat) -> None:
    assert chat("--at", "which_place", typed="I am not sure\n") == 0
    assert "Then we cannot tell which MP is yours" in chat.out


def test_it_begins_there_in_another_language(chat: Chat) -> None:
    assert chat("--at", "ask_mp.choose_found", "--lang", "pl", typed="/back\n") == 0
    assert "Manchester Central" in chat.out
    assert "Send me the name of the MP" not in chat.out


def test_what_the_facts_do_not_give_is_supposed_and_said(chat: Chat) -> None:
    assert chat("--at", "show_none", typed="1\n") == 0
    assert "(supposing that find_help.list has the outcome none)" in chat.out.splitlines()[0]
    assert "I know no organisation for this topic there." in chat.out


def test_where_everything_was_forgotten_a_chat_can_begin_too(chat: Chat) -> None:
    assert chat("--at", "_forget.gone", typed="1\n") == 0
    assert "I have forgotten this conversation" in chat.out
    assert "Choose your language" in chat.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--at", "wich_place"), "There is no such step: `wich_place` is not known; did you mean `which_place`?"),
        (("--at", "letter"), "More than one flow has a step `letter`; write about.letter or ask_to_sign.letter."),
        (("--lang", "pll"), "There is no language `pll`; did you mean `pl`?"),
        (("--record-postcodes",), "`--record-postcodes` goes with `--record FILE`"),
        (("--record", "nowhere/a.yaml"), "must be a file in a folder that is there, and end in .yaml"),
        (("--record", "a.txt"), "must be a file in a folder that is there, and end in .yaml"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_remedy(chat: Chat, arguments: tuple[str, ...], said: str) -> None:
    assert chat(*arguments) == 2
    assert said in chat.err
    assert chat.out == ""


def test_a_step_and_a_link_do_not_go_together(chat: Chat) -> None:
    with pytest.raises(SystemExit):
        chat("--at", "menu", "--start", "mp")


@pytest.mark.parametrize("stopped", [False, True])
def test_what_was_done_is_a_script_that_holds_at_once(
    chat: Chat, stopped: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.yaml"
    code = chat("--record", path, "--start", "mp-en", typed="1\nM1\n/privacy\n", stopped=stopped)
    assert code == (2 if stopped else 0)
    assert f"{path}: 4 lines recorded. Give the script a name." in chat.err
    assert main(["test", str(path)]) == 0, path.read_text(encoding="utf-8")
    assert capsys.readouterr().out.endswith(" passed, 0 failed\n")


def test_a_second_conversation_is_added_below_the_first_and_its_comments(chat: Chat, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    chat("--record", path, "--start", "mp-en")
    first = path.read_text(encoding="utf-8") + "# What comes next was played on Monday.\n"
    path.write_text(first, encoding="utf-8")
    chat("--record", path, "--at", "figures", typed="1\n")
    second = path.read_text(encoding="utf-8")
    assert second.startswith(first)
    assert second.endswith(
        "      - {start: about}\n      - {see: figures}\n      - {tap: more}\n      - {see: about.letter}\n"
    )


def test_a_persons_postcode_does_not_come_into_the_file(chat: Chat, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    chat("--record", path, "--start", "mp-en", typed="M14 5TP\n")
    text = path.read_text(encoding="utf-8")
    assert "M14" not in text
    assert "- {say: ZZ9 9AC} # in place of a postcode that was typed\n" in text
    assert "In 1 of them the words that were typed were not written" in chat.err
    chat("--record", path, "--record-postcodes", "--start", "mp-en", typed="M14 5TP\n")
    assert "- {say: M14 5TP}\n" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["flow: ask_mp\n", "scripts: [\n", "\xff"])
def test_a_file_that_cannot_take_it_is_refused_before_anything_is_said(chat: Chat, text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(text.encode("latin-1"))
    assert chat("--record", path, "--start", "mp-en") == 2
    assert chat.out == ""
    assert path.read_bytes() == text.encode("latin-1")


def test_without_a_file_nothing_is_written(chat: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = Path("bot_config.yaml").resolve()
    monkeypatch.chdir(tmp_path)
    chat("--config", config, "--start", "mp-en", typed="M14 5TP\n")
    assert "Your MP is" in chat.out
    assert list(tmp_path.iterdir()) == []
