"""The composition root: configuration -> world -> sessions -> channel. The only module that knows all the others."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.channels import terminal
from bot.channels.turns import utc_now
from bot.config import Config
from bot.content.catalogues import load_catalogues
from bot.content.flows import load_flows
from bot.engine.model import Card, Session
from bot.engine.world import World
from bot.errors import BotError, Fault
from bot.sessions.memory import MemorySessions
from bot.sessions.protocol import SessionStore
from bot.sessions.secret import server_secret
from bot.sessions.sqlite import SqliteSessions
from bot.world.world import WorldFacts, load_world

if TYPE_CHECKING:
    from bot.world_watch import LiveWorld

T = TypeVar("T")


def build_world(config: Config, today: dt.date) -> World:
    """Flows, languages and facts, all checked. Raises BotError with the faults of all three at once."""
    faults: list[Fault] = []
    sentences: list[str] = []

    def attempt(load: Callable[[], T]) -> T | None:
        try:
            return load()
        except BotError as error:
            faults.extend(error.faults)
            sentences.append(str(error).splitlines()[0])
            return None

    flows = attempt(lambda: load_flows(config.flows_dir))
    catalogues = attempt(lambda: load_catalogues(config.locales_dir))
    facts = attempt(lambda: build_facts(config, today))
    if flows is None or catalogues is None or facts is None:
        raise BotError(" ".join(sentences), faults)
    return World(flows, catalogues, facts)


def live_world(config: Config, say: Callable[[str], None]) -> LiveWorld:
    """The world that follows its files. Raises BotError if they cannot be used now."""
    from bot.world_watch import LiveWorld  # the library that watches takes 0.1 s to import

    folders = (config.data_dir, config.flows_dir, config.locales_dir)
    return LiveWorld(lambda today: build_world(config, today), folders, say=say)


def build_facts(config: Config, today: dt.date, instead: Path | None = None) -> WorldFacts:
    """The facts alone; what the folder `instead` holds takes the place of the configured. Raises DataError."""
    return load_world(config.data_dir, config.limits, today, sandbox=config.sandbox, instead=instead)


async def open_sessions(config: Config, environment: Mapping[str, str]) -> SessionStore:
    """The session store that the configuration names. Raises SessionError."""
    if config.store == "memory":
        return MemorySessions()
    return await SqliteSessions.open(config.sessions_path, server_secret(environment, config.secret_file))


def talk(
    world: World,
    language: str | None = None,
    payload: str = "",
    *,
    plain: bool = False,
    came_to: tuple[Session | None, Card] | None = None,
    hears: terminal.Hears = lambda event, forgotten: None,
) -> None:
    """The conversation in this terminal, until its input ends; see `terminal.chat`."""
    look = terminal.look_of(sys.stdout, os.environ, plain)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that has no Arabic letters shows question marks
    terminal.chat(
        world,
        sys.stdin,
        sys.stdout,
        look,
        language=language,
        payload=payload,
        echo=not sys.stdin.isatty(),
        came_to=came_to,
        hears=hears,
    )


def run(config: Config) -> None:
    """The bot: on Telegram if there is a token, otherwise in this terminal."""
    if config.telegram_token is None:
        print("TELEGRAM_BOT_TOKEN is not set, so here is the conversation in this terminal. Ctrl+D ends it.\n")
        talk(build_world(config, utc_now().date()))
        return
    asyncio.run(_run_telegram(config, config.telegram_token))


async def _run_telegram(config: Config, token: str) -> None:
    from bot.channels.telegram.channel import run_telegram  # the library takes 0.2 s to import

    def say(text: str) -> None:
        print(text, flush=True)

    live = live_world(config, say)
    store = await open_sessions(config, os.environ)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    watching = asyncio.create_task(live.watch(stop))
    try:
        await run_telegram(
            live.current,
            store,
            token=token,
            base_url=config.telegram_base_url,
            stop=stop,
            say=say,
        )
    finally:
        stop.set()
        await asyncio.gather(watching, return_exceptions=True)
        await store.close()
