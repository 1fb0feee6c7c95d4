"""`askfirst run`: the bot itself. docs/running.md explains it."""

from __future__ import annotations

import argparse
from typing import Any

from bot import app
from bot.config import Config


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "run", parents=[common], help="run the bot: on Telegram if TELEGRAM_BOT_TOKEN is set, else in this terminal"
    )
    parser.add_argument("--webhook", action="store_true", help="let Telegram push updates (webhook.url), not poll")
    parser.add_argument("--take-over", action="store_true", help="end a webhook that another program set for this bot")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace, config: Config) -> int:
    app.run(config, webhook=args.webhook, take_over=args.take_over)
    return 0
