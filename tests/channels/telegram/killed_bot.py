"""A bot to be killed again and again: one process that has loaded everything, and forks a child for each life.

    python -m tests.channels.telegram.killed_bot '{"base_url": …, "sessions": …, "port": …}'

Each line on its standard input ends the wait for the last child and begins the next; it prints the child's number, then
the child prints "up" when it has introduced itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from bot.channels.telegram.channel import run_telegram
from bot.serving import Listen, WebhookSettings
from bot.sessions.recent import RecentSessions
from bot.sessions.secret import ServerSecret
from bot.sessions.sqlite import SqliteSessions
from tests.channels.telegram.running import HURRY, TOKEN, WORLD

SECRET: Final = ServerSecret((b"only for this test, and not a secret",))
# Sweeps so often that many a bot is killed while the session file is written anew, and so seldom that many a bot is
# killed while it still owes the file that something was shown.
PACE: Final = replace(HURRY, sweep=0.4)
URL: Final = "https://bot.example.org/telegram"


def say(text: str) -> None:
    """One write, so that lines of two processes do not mix."""
    os.write(1, f"{text}\n".encode())


async def live(told: dict[str, Any]) -> None:
    """One life of the bot."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    store = RecentSessions(await SqliteSessions.open(Path(told["sessions"]), SECRET))
    webhook = WebhookSettings(URL, Listen("127.0.0.1", told["port"])) if told["port"] else None
    await run_telegram(
        lambda: WORLD,
        store,
        token=TOKEN,
        base_url=told["base_url"],
        stop=stop,
        say=lambda text: say("up"),
        pace=PACE,
        webhook=webhook,
    )
    await store.close()


def main() -> None:
    """Forks a child for each line; at the end of the input, waits for the last."""
    told = json.loads(sys.argv[1])
    child = 0
    while os.read(0, 1):
        if child:
            os.waitpid(child, 0)
        child = os.fork()
        if child == 0:
            os.close(0)
            asyncio.run(live(told))
            os._exit(0)
        say(str(child))
    if child:
        say(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))


if __name__ == "__main__":
    main()
