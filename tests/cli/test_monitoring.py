"""What a running bot tells its operators: a process of its own, asked over HTTP, its log read line by line."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import socket
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from tests.channels.telegram.running import until
from tests.cli.bot_process import asks_for_an_mp, running
from tests.ports import free_port
from tests.telegram_peer import TelegramPeer

ROOT = Path(__file__).parents[2]
TOKEN = "123456:TEST"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def project(tmp_path: Path, port: int) -> Path:
    """The shipped flows, translations and facts, with health at `port`, and a log for programs that says all it can."""
    for folder in ("flows", "locales", "data"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    settings = (tmp_path / "bot_config.yaml").read_text(encoding="utf-8")
    settings = settings.replace("format: text", "format: json").replace("level: warning", "level: debug")
    (tmp_path / "bot_config.yaml").write_text(f"{settings}\nmonitoring: {{listen: 127.0.0.1:{port}}}\n")
    return tmp_path


def on_telegram(peer: TelegramPeer) -> dict[str, str]:
    return {"TELEGRAM_BASE_URL": peer.base_url, "TELEGRAM_BOT_TOKEN": TOKEN}


async def said_at_start(process: asyncio.subprocess.Process) -> list[str]:
    """The lines up to the one that names the bot."""
    assert process.stdout is not None
    lines = [""]
    async with asyncio.timeout(30):
        while not lines[-1].startswith("This bot is @"):
            line = (await process.stdout.readline()).decode()
            assert line, lines
            lines.append(line.rstrip("\n"))
    return lines[1:]


async def get(port: int, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


async def answers(port: int, status: int) -> bool:
    return (await get(port, "/healthz"))[0] == status


async def test_it_says_what_it_is_shows_its_health_and_counts_nothing_of_people(project: Path, port: int) -> None:
    debug = {"PYTHONASYNCIODEBUG": "1"}  # asyncio itself then says more than it should
    async with TelegramPeer(token=TOKEN) as peer, running(project, **on_telegram(peer), **debug) as process:
        said = await said_at_start(process)
        assert said[0].startswith("Flows ")
        assert said[1].startswith("As of: postcodes 20")
        assert "Conversations are kept in var/sessions.db, encrypted." in said
        assert f"Health and metrics: http://127.0.0.1:{port}/healthz and /metrics." in said
        status, text = await get(port, "/healthz")
        assert (status, json.loads(text)["problems"]) == (200, [])

        person = peer.person(first_name="Quetzalcoatl", language_code="pl")
        await asks_for_an_mp(person)

        status, numbers = await get(port, "/metrics")
        assert status == 200
        lines = dict(line.rsplit(" ", 1) for line in numbers.splitlines() if not line.startswith("#"))
        assert float(lines['askfirst_updates_total{kind="message"}']) == 2
        assert float(lines['askfirst_updates_total{kind="tap"}']) == 1
        assert float(lines['askfirst_turns_total{outcome="answered"}']) >= 2
        assert float(lines['askfirst_calls_total{method="sendMessage",outcome="ok"}']) >= 1
        assert float(lines["askfirst_telegram_reached"]) == 1
        assert float(lines["askfirst_sessions_work"]) == 1

        process.send_signal(signal.SIGTERM)
        _, errors = await asyncio.wait_for(process.communicate(), 20)
        assert process.returncode == 0
        log = [json.loads(line) for line in errors.decode().splitlines()]
        assert all({"time", "level", "logger", "event"} <= line.keys() for line in log)
        told = numbers + text + errors.decode() + "".join(said)
        for personal in ("Quetzalcoatl", "M1 1AE", "M11AE", "Manchester", "E14001352", str(person.chat_id), TOKEN):
            assert personal not in told


async def test_a_port_in_use_is_one_sentence_with_the_remedy(project: Path, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        async with TelegramPeer(token=TOKEN) as peer, running(project, **on_telegram(peer)) as process:
            _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 2
    assert errors.decode() == (
        f"askfirst: The bot cannot listen on 127.0.0.1:{port}: another program listens there; stop it, or choose "
        "another port, in bot_config.yaml.\n"
    )


async def test_files_that_are_refused_are_a_problem_until_they_are_mended(project: Path, port: int) -> None:
    (project / "flows").unlink()
    shutil.copytree(ROOT / "flows", project / "flows")
    flow = project / "flows/about.yaml"
    good = flow.read_text(encoding="utf-8")
    async with TelegramPeer(token=TOKEN) as peer, running(project, **on_telegram(peer)) as process:
        await said_at_start(process)
        flow.write_text(good.replace("flow: about", "flow: abuot"), encoding="utf-8")
        await until(partial(answers, port, 503), 30)
        assert json.loads((await get(port, "/healthz"))[1])["problems"] == ["files"]
        flow.write_text(good, encoding="utf-8")
        await until(partial(answers, port, 200), 30)
