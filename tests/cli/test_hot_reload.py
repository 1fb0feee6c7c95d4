"""A bot in a process of its own, whose files are changed while it runs, and `askfirst status` beside it."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli.main import main
from tests.cli.bot_process import running
from tests.telegram_peer import TelegramPeer
from tests.test_world_watch import until
from tests.world.sample import sample_data

ROOT = Path(__file__).parents[2]
TOKEN = "123456:TEST"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped flows and one translation, with small data."""
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    shutil.copytree(ROOT / "locales/pl", tmp_path / "locales/pl")
    (tmp_path / "data").mkdir()
    sample_data(tmp_path / "data")
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


async def read_until(stream: asyncio.StreamReader | None, words: str) -> str:
    """What was said until these words came."""
    assert stream is not None
    said = ""
    async with asyncio.timeout(30):
        while words not in said:
            more = await stream.read(4096)
            assert more, said
            said += more.decode(errors="replace")
    return said


def status(capsys: pytest.CaptureFixture[str]) -> Callable[[], tuple[int, str]]:
    def asked() -> tuple[int, str]:
        capsys.readouterr()
        return main(["status"]), capsys.readouterr().out

    return asked


async def test_the_status_follows_a_bot_from_its_start_to_its_end(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = status(capsys)
    flow = project / "flows/_start.yaml"
    async with TelegramPeer(token=TOKEN) as peer:
        telegram = {"TELEGRAM_BASE_URL": peer.base_url, "TELEGRAM_BOT_TOKEN": TOKEN}
        async with running(project, **telegram) as process:
            await until(lambda: asked()[0] == 0)
            assert f"The bot runs on Telegram. Its process is {process.pid}." in asked()[1]
            # No file shows by itself that this is wrong: only the whole check finds it.
            replace(flow, "      - {id: privacy, text: What I keep, call: _privacy}\n", "")
            await until(lambda: asked()[0] == 1)
            assert "flows/_start.yaml:" in (said := asked()[1])
            assert ": asks-before-privacy: " in said
            assert "Until it is mended, the bot goes on with what it knew before." in said
            shutil.copy(ROOT / "flows/_start.yaml", project / "flows")
            await until(lambda: asked()[0] == 0)
            process.send_signal(signal.SIGTERM)
            await process.wait()
            code, said = asked()
            assert code == 1
            assert said.startswith("The bot does not run. It ran on Telegram, and was stopped.")
        async with running(project, **telegram) as process:
            await until(lambda: asked()[0] == 0)
            process.kill()
            await process.wait()
            assert asked()[1].startswith("The bot does not run any more.")


async def test_a_conversation_in_a_terminal_goes_on_with_the_new_words(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = status(capsys)
    async with running(project) as process:
        assert process.stdin is not None
        process.stdin.write(b"English\nWhy ask first?\n")
        await read_until(process.stdout, "723 reports")
        assert asked()[0] == 0
        assert asked()[1].startswith("The bot runs in a terminal.")
        replace(project / "flows/about.yaml", "**Why ask first?**", "**Why, indeed?**")
        await read_until(process.stdout, "because of about.yaml.")
        process.stdin.write(b"/about\n")
        await read_until(process.stdout, "Why, indeed?")
        process.stdin.close()
        assert await process.wait() == 0
        assert process.stderr is not None
        assert await process.stderr.read() == b""
    assert asked()[1].startswith("The bot does not run. It ran in a terminal, and was stopped.")
