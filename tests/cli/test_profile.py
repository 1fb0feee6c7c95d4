"""`askfirst profile`: against Telegram's stand-in, as an operator runs it."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.channels.telegram.notices import DESCRIPTION, NAME, SHORT_DESCRIPTION
from bot.channels.telegram.profile import KINDS, profile_of
from bot.cli.main import main
from bot.engine.model import Text
from tests.channels.telegram.running import until
from tests.cli.bot_process import ROOT, running
from tests.content.shipped import shipped_world
from tests.telegram_peer import TelegramPeer

TOKEN = "123456:TOKEN-OF-THE-BOT"
CONFIG = f"""\
data: {{dir: "{ROOT / "data"}"}}
flows: {{dir: "{ROOT / "flows"}"}}
members: {{last_general_election: 2024-07-04}}
"""
HEADER = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""
FIND = Text("find_help._", "Find help near me")
PAGE = (ROOT / "docs" / "telegram-profile.md").read_text(encoding="utf-8")

Capture = pytest.CaptureFixture[str]


def translate(project: Path, tag: str, words: dict[Text, str]) -> None:
    """Writes a catalogue with these words."""
    entries = []
    for text, own in words.items():
        context, english, theirs = (json.dumps(part, ensure_ascii=False) for part in (text.context, text.msgid, own))
        entries.append(f"msgctxt {context}\nmsgid {english}\nmsgstr {theirs}\n")
    path = project / "locales" / tag.replace("-", "_") / "LC_MESSAGES" / "askfirst.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([HEADER, *entries]), encoding="utf-8")


@pytest.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with TelegramPeer(token=TOKEN) as telegram:
        yield telegram


@pytest.fixture
def project(tmp_path: Path, peer: TelegramPeer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the shipped flows and four made-up languages, in an environment with a token."""
    (tmp_path / "bot_config.yaml").write_text(CONFIG, encoding="utf-8")
    translate(tmp_path, "pl", {NAME: "Ask First: najpierw zapytaj", SHORT_DESCRIPTION: "Krótko", FIND: "Znajdź pomoc"})
    translate(tmp_path, "zh-Hans", {DESCRIPTION: "长"})
    translate(tmp_path, "ckb", {DESCRIPTION: "درێژ"})
    translate(tmp_path, "cy", {})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("TELEGRAM_BASE_URL", peer.base_url)
    return tmp_path


async def profile(*arguments: str) -> int:
    """Runs the command beside the stand-in's own loop."""
    return await asyncio.to_thread(main, ["profile", *arguments])


def changes(peer: TelegramPeer) -> list[str]:
    return [call.method for call in peer.calls if not call.method.startswith("get")]


@pytest.mark.usefixtures("project")
async def test_a_push_tells_what_was_sent_and_then_there_is_no_difference(peer: TelegramPeer, capsys: Capture) -> None:
    assert await profile("push") == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines() == [
        "default                     short description, description, commands, menu button",
        "cy Welsh                    as it was",
        "en English                  as it was",
        "pl Polish                   name, short description, commands",
        "zh Chinese (Simplified)     description",
        "Done. 8 sent; Telegram shows the rest already.",
    ]
    assert shown.err == "Telegram has no code for Central Kurdish, and shows the default there.\n"
    peer.calls.clear()
    assert await profile("diff") == 0
    assert capsys.readouterr().out == "Telegram shows what it should.\n"
    assert await profile("push") == 0
    assert capsys.readouterr().out.endswith("Done. Nothing had to be sent.\n")
    assert changes(peer) == []


async def test_a_difference_shows_what_is_there_and_what_should_be(
    project: Path, peer: TelegramPeer, capsys: Capture
) -> None:
    await profile("push")
    capsys.readouterr()
    translate(project, "pl", {NAME: "Ask First: najpierw zapytaj", FIND: "Szukaj pomocy"})
    peer.calls.clear()
    assert await profile("diff") == 1
    assert capsys.readouterr().out.splitlines() == [
        "pl Polish: short description removed",
        "  - Krótko",
        "pl Polish: commands",
        "  - /find Znajdź pomoc",
        "  + /find Szukaj pomocy",
        "Differences: 2. Remedy: askfirst profile push.",
    ]
    assert changes(peer) == []
    assert await profile("push") == 0
    assert "pl Polish                   short description removed, commands\n" in capsys.readouterr().out
    assert changes(peer) == ["setMyShortDescription", "setMyCommands"]
    assert await profile("diff") == 0


async def test_a_program_reads_one_object_a_difference(project: Path, capsys: Capture) -> None:
    assert await profile("diff", "--json") == 1
    differing = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert await profile("push", "--json") == 0
    sent = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for one, other in zip(differing, sent, strict=True):
        assert list(one) == list(other) == ["language", "what", "telegram", "wanted"]
        assert [one[key] for key in ("language", "what", "wanted")] == [
            other[key] for key in ("language", "what", "wanted")
        ]
    assert sent[-1] == {"language": "zh", "what": "description", "telegram": DESCRIPTION.msgid, "wanted": "长"}
    assert (sent[-2]["language"], sent[-2]["what"], sent[-2]["telegram"]) == ("pl", "commands", [])
    assert {"command": "find", "description": "Znajdź pomoc"} in sent[-2]["wanted"]
    translate(project, "zh-Hans", {})
    assert await profile("diff", "--json") == 1
    removed = json.loads(capsys.readouterr().out)
    assert removed == {"language": "zh", "what": "description", "telegram": "长", "wanted": None}


async def test_a_text_that_is_too_long_is_named_with_its_file_and_nothing_is_sent(
    project: Path, peer: TelegramPeer, capsys: Capture
) -> None:
    translate(project, "pl", {NAME: "Ask First " + "x" * 60})
    assert await profile("push") == 2
    told = capsys.readouterr().err
    assert (
        "locales/pl/LC_MESSAGES/askfirst.po: too-long: `telegram.name` has 70 characters, and Telegram takes 64" in told
    )
    assert peer.calls == []


async def test_two_languages_with_one_code_are_told(project: Path, capsys: Capture) -> None:
    translate(project, "zh-Hant", {DESCRIPTION: "長"})
    await profile("push")
    assert "Telegram does not tell zh-Hant from zh-Hans, and shows zh-Hans for both.\n" in capsys.readouterr().err


# --- trouble


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("action", ["push", "diff"])
async def test_without_a_token_there_is_no_profile(
    monkeypatch: pytest.MonkeyPatch, peer: TelegramPeer, capsys: Capture, action: str
) -> None:
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN")
    assert await profile(action) == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert re.fullmatch(r"askfirst: TELEGRAM_BOT_TOKEN is not set.*@BotFather.*\n", shown.err)
    assert peer.calls == []


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("action", ["push", "diff"])
async def test_a_wrong_token_is_one_sentence_without_the_token(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, action: str
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456:SOMETHING-ELSE")
    assert await profile(action) == 2
    told = capsys.readouterr().err
    assert re.fullmatch(r"askfirst: The token is wrong.*@BotFather.*\n", told)
    assert "SOMETHING-ELSE" not in told


@pytest.mark.usefixtures("project")
async def test_a_long_pause_says_when_to_go_on(peer: TelegramPeer, capsys: Capture) -> None:
    peer.fail_next("setMyName", 429, retry_after=3600)
    assert await profile("push") == 2
    shown = capsys.readouterr()
    assert [line.split()[0] for line in shown.out.splitlines()] == ["default", "cy", "en"]
    assert re.fullmatch(r"askfirst: .*after \d\d:\d\d UTC on \d+ \w+\. 3 of 5 languages are done.*\n", shown.err)
    assert await profile("push") == 0


async def test_an_interrupted_push_is_one_sentence_and_can_be_run_again(project: Path, peer: TelegramPeer) -> None:
    peer.delay("setMyDescription", 60)
    environment = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_BASE_URL": peer.base_url}
    async with running(project, "profile", "push", **environment) as process:
        await until(lambda: peer.calls_of("setMyShortDescription"), 20)
        await asyncio.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert (process.returncode, errors.decode()) == (2, "askfirst: stopped; nothing was left half-done.\n")
    assert await profile("push") == 0
    assert changes(peer).count("setMyShortDescription") == 2  # of the default before, of Polish after
    assert await profile("diff") == 0


# --- the page


def test_the_page_knows_every_word_of_the_command() -> None:
    for words in ("askfirst profile push", "askfirst profile diff", "--json", "TELEGRAM_BOT_TOKEN"):
        assert words in PAGE
    for kind in KINDS:
        assert f"`{kind}`" in PAGE


def test_the_page_names_the_shipped_languages_that_have_no_code() -> None:
    world = shipped_world()
    for tag in profile_of(world.flows, world.catalogues, str).left_out:
        assert f"`{tag}`" in PAGE
