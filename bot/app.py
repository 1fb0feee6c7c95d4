"""The composition root: configuration -> world -> sessions -> channel. The only module that knows all the others."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from bot.channels import terminal
from bot.channels.turns import utc_now
from bot.checked import Checking
from bot.collector import set_aside
from bot.config import Config
from bot.content.catalogues import load_catalogues
from bot.content.flows import load_flows
from bot.engine.model import Card, Session
from bot.engine.world import World
from bot.errors import BotError, ConfigError, Fault
from bot.serving import served
from bot.sessions.memory import MemorySessions
from bot.sessions.protocol import SessionStore
from bot.sessions.recent import RecentSessions
from bot.sessions.secret import server_secret
from bot.sessions.sqlite import SqliteSessions
from bot.status import StatusFile
from bot.world.world import WorldFacts, load_world

if TYPE_CHECKING:
    from bot.monitoring.metrics import Metrics
    from bot.monitoring.standing import Standing
    from bot.world_watch import LiveWorld

T = TypeVar("T")

_GRACE_SECONDS: Final = 1.0  # for whoever asks for health while the bot ends


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


def live_world(
    config: Config, load: Callable[[dt.date], World], say: Callable[[str], None], told: Callable[[LiveWorld], None]
) -> LiveWorld:
    """The world that follows its files; see LiveWorld. Raises BotError if they cannot be used now."""
    from bot.world_watch import LiveWorld  # the library that watches takes 0.1 s to import

    return LiveWorld(load, (config.data_dir, config.flows_dir, config.locales_dir), say=say, told=told)


def build_facts(config: Config, today: dt.date, instead: Path | None = None) -> WorldFacts:
    """The facts alone; what the folder `instead` holds takes the place of the configured. Raises DataError."""
    return load_world(config.data_dir, config.limits, today, sandbox=config.sandbox, instead=instead)


async def open_sessions(config: Config, environment: Mapping[str, str]) -> SessionStore:
    """The session store that the configuration names. Raises SessionError."""
    if config.store == "memory":
        return MemorySessions()
    return RecentSessions(
        await SqliteSessions.open(config.sessions_path, server_secret(environment, config.secret_file))
    )


def talk(
    world: Callable[[], World],
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


def run(config: Config, *, webhook: bool = False, take_over: bool = False) -> None:
    """The bot: on Telegram if there is a token, otherwise in this terminal.

    webhook: Telegram pushes, instead of being asked. take_over: also where another program has set a webhook.
    Raises BotError if it cannot run so.
    """
    if webhook and (config.telegram_token is None or config.webhook is None):
        raise ConfigError(
            "`--webhook` needs the token in TELEGRAM_BOT_TOKEN, and `webhook.url` in bot_config.yaml: "
            "set both (docs/configuration.md), or run without it."
        )
    from bot.monitoring.logs import configure_logs  # the library takes 0.1 s to import

    configure_logs(config.log_format, config.log_level)
    if config.telegram_token is None:
        print("TELEGRAM_BOT_TOKEN is not set, so here is the conversation in this terminal. Ctrl+D ends it.\n")
        _run_terminal(config)
        return
    asyncio.run(_run_telegram(config, config.telegram_token, webhook=webhook, take_over=take_over))


def _say(text: str) -> None:
    print(text, flush=True)


def _run_terminal(config: Config) -> None:
    status = StatusFile(config.status_path, "terminal", utc_now)
    # Whoever tries their changes here wants to see them at once, and is told the rest by `askfirst check`.
    live = live_world(config, lambda today: build_world(config, today), _say, status.keep)
    status.keep(live)
    try:
        with _followed(live):
            talk(live.current)
    finally:
        status.keep(live, stopped=True)


@contextmanager
def _followed(live: LiveWorld) -> Iterator[None]:
    """Follows the files in a thread, beside a conversation that waits for its next line."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    watching = threading.Thread(target=loop.run_until_complete, args=(live.watch(stop),))
    watching.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        watching.join()
        loop.close()


async def _run_telegram(config: Config, token: str, *, webhook: bool = False, take_over: bool = False) -> None:
    from bot.channels.telegram.channel import run_telegram  # the library takes 0.2 s to import
    from bot.monitoring.metrics import Metrics

    status = StatusFile(config.status_path, "telegram", utc_now)
    # What people meet must pass the whole check, at the start and at every change.
    live = live_world(config, Checking(config).load, _say, status.keep)
    store = await open_sessions(config, os.environ)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    status.keep(live)  # not before the store is ours: until then, another bot may be the one that runs
    watching = asyncio.create_task(live.watch(stop))
    metrics = Metrics()
    set_aside()  # now, and never while people talk
    try:
        async with _monitored(config, live, metrics):
            await run_telegram(
                live.current,
                store,
                token=token,
                base_url=config.telegram_base_url,
                stop=stop,
                say=_say,
                webhook=config.webhook if webhook else None,
                take_over=take_over,
                reports_chat=config.telegram_reports_chat,
                counts=metrics,
            )
    finally:
        stop.set()
        await asyncio.gather(watching, return_exceptions=True)
        status.keep(live, stopped=True)
        await store.close()


@asynccontextmanager
async def _monitored(config: Config, live: LiveWorld, metrics: Metrics) -> AsyncIterator[None]:
    """Says what the bot is made of, and shows health and metrics while the block runs, if that is wanted. Raises
    ConfigError before the block if it cannot listen there."""
    from bot.monitoring.standing import standing_of
    from bot.monitoring.startup import start_lines

    def standing() -> Standing:
        return standing_of(live, config.limits, utc_now().date())

    async with AsyncExitStack() as stack:
        where = None
        if config.monitoring_listen is not None:
            from bot.monitoring.server import pages  # the library takes 0.1 s to import

            server = served(pages(metrics, standing), config.monitoring_listen, grace=_GRACE_SECONDS)
            where = await stack.enter_async_context(server)
        for line in start_lines(config, live.current().catalogues, standing(), where):
            _say(line)
        yield
