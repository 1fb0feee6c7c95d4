"""`askfirst run` as an operator starts it: a process of its own, a real Bot API peer, a real SQLite file."""

import argparse
import asyncio
import shutil
import signal
from pathlib import Path

import pytest

from bot.cli import run
from tests.cli.bot_process import asks_for_an_mp, running
from tests.ports import free_port
from tests.telegram_peer import TelegramPeer

ROOT = Path(__file__).parents[2]
TOKEN = "123456:TEST"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A configuration of its own beside the shipped flows, translations and facts."""
    for folder in ("flows", "locales", "data"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    return tmp_path


def on_telegram(peer: TelegramPeer) -> dict[str, str]:
    return {"TELEGRAM_BASE_URL": peer.base_url, "TELEGRAM_BOT_TOKEN": TOKEN}


async def ended(process: asyncio.subprocess.Process) -> tuple[int | None, str]:
    """The exit code, and what was said on standard error."""
    _, errors = await asyncio.wait_for(process.communicate(), 20)
    return process.returncode, errors.decode()


async def test_a_conversation_from_start_to_leaving(project: Path) -> None:
    async with TelegramPeer(token=TOKEN) as peer, running(project, **on_telegram(peer)) as process:
        person = peer.person(language_code="pl")
        await asks_for_an_mp(person)
        # The postcode is deleted from the chat.
        await person.sees(lambda messages: not any("M1 1AE" in one.text for one in messages if not one.from_bot))
        await person.taps("Leave now")
        await person.sees(lambda messages: len(messages) == 1 and "forgotten" in messages[0].text)
        process.send_signal(signal.SIGTERM)
        assert await ended(process) == (0, "")
    stored = b"".join(path.read_bytes() for path in (project / "var").iterdir() if path.name != "secret")
    assert b"M1 1AE" not in stored
    assert b"E14001352" not in stored


async def test_the_conversation_goes_on_after_a_restart(project: Path) -> None:
    async with TelegramPeer(token=TOKEN) as peer:
        person = peer.person()
        async with running(project, **on_telegram(peer)) as process:
            await person.says("/start mp-en")
            await person.sees(lambda messages: any("Send me the postcode" in one.text for one in messages), timeout=20)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        async with running(project, **on_telegram(peer)):
            await person.says("ZZ9 9AC")
            await person.sees(lambda messages: any("no record" in one.text for one in messages), timeout=20)


async def test_a_second_process_on_the_same_sessions_is_refused(project: Path) -> None:
    async with TelegramPeer(token=TOKEN) as peer, running(project, **on_telegram(peer)):
        person = peer.person()
        await person.says("/start")
        await person.sees(lambda messages: any(one.from_bot for one in messages), timeout=20)
        async with running(project, **on_telegram(peer)) as second:
            code, errors = await ended(second)
    assert code == 2
    assert errors.startswith("askfirst: ")
    assert len(errors.splitlines()) == 1
    assert "sessions.db" in errors


async def test_a_wrong_token_is_one_sentence_without_the_token(project: Path) -> None:
    async with TelegramPeer(token="654321:OTHER") as peer, running(project, **on_telegram(peer)) as process:
        code, errors = await ended(process)
    assert code == 2
    assert len(errors.splitlines()) == 1
    assert "token" in errors
    assert TOKEN not in errors


async def test_behind_a_webhook_people_are_answered_as_by_polling(project: Path) -> None:
    port = free_port()
    with (project / "bot_config.yaml").open("a") as settings:
        settings.write(f"webhook: {{url: 'https://bot.example.org/hook', listen: '127.0.0.1:{port}'}}\n")
    async with TelegramPeer(token=TOKEN) as peer:
        async with running(project, "run", "--webhook", **on_telegram(peer)) as process:
            person = peer.person()
            await person.says("/start mp-en")
            telegram = asyncio.create_task(peer.keeps_pushing_to(f"http://127.0.0.1:{port}/hook"))
            await person.sees(lambda messages: messages[-1].from_bot, timeout=20)
            await person.says("M1 1AE")
            await person.sees(lambda messages: any("Manchester Central" in one.text for one in messages))
            telegram.cancel()
            process.send_signal(signal.SIGTERM)
            assert await ended(process) == (0, "")
        async with running(project, **on_telegram(peer)) as process:
            code, errors = await ended(process)
            assert code == 2
            assert "--take-over" in errors
            assert len(errors.splitlines()) == 1


async def test_a_webhook_without_an_address_is_one_sentence(project: Path) -> None:
    async with running(project, "run", "--webhook", TELEGRAM_BOT_TOKEN=TOKEN) as process:
        code, errors = await ended(process)
    assert code == 2
    assert "`webhook.url`" in errors
    assert len(errors.splitlines()) == 1


def test_the_guide_explains_every_option() -> None:
    commands = argparse.ArgumentParser().add_subparsers()
    run.add_commands(commands, argparse.ArgumentParser(add_help=False))
    (command,) = commands.choices.values()
    guide = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    options = {option for action in command._actions for option in action.option_strings} - {"-h", "--help"}
    assert options == {"--webhook", "--take-over"}
    assert all(option in guide for option in options)
