"""`askfirst run` and `askfirst chat`."""

from __future__ import annotations

import argparse
from typing import Any

from bot import app
from bot.config import Config


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds both commands."""
    run = commands.add_parser(
        "run", parents=[common], help="run the bot: on Telegram if TELEGRAM_BOT_TOKEN is set, else in this terminal"
    )
    run.set_defaults(run=_run)
    chat = commands.add_parser("chat", parents=[common], help="talk to the bot in this terminal")
    chat.add_argument("--lang", metavar="TAG", help="begin in this language, for example ar")
    chat.add_argument("--start", default="", metavar="PAYLOAD", help="what a link carries, for example mp or help-ar")
    chat.add_argument("--plain", action="store_true", help="no colours")
    chat.set_defaults(run=_chat)


def _run(args: argparse.Namespace, config: Config) -> int:
    app.run(config)
    return 0


def _chat(args: argparse.Namespace, config: Config) -> int:
    app.talk(config, args.lang, args.start, args.plain)
    return 0
