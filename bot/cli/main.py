"""The command `askfirst`. Exit codes: 0 done, 1 the thing asked about is not so, 2 could not run."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.cli import (
    chat,
    check,
    data,
    flow,
    link,
    locale,
    lookup,
    migrate,
    preview,
    profile,
    run,
    schema,
    scripts,
    status,
)
from bot.config import load_config
from bot.errors import BotError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    args = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        return int(args.run(args, load_config(args.config, os.environ)))
    except BotError as error:
        if args.debug:
            raise
        print(f"askfirst: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("askfirst: stopped; nothing was left half-done.", file=sys.stderr)
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        if args.debug:
            raise
        what = f"{error.filename}: " if error.filename else ""
        print(f"askfirst: {what}{error.strerror}; check the disk, and that you may read and write it.", file=sys.stderr)
    except Exception as error:
        if args.debug:
            raise
        kind = type(error).__name__
        print(f"askfirst: something unexpected went wrong ({kind}); run it again with --debug.", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config", type=Path, default=Path("bot_config.yaml"), metavar="FILE", help="settings (bot_config.yaml)"
    )
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    parser = argparse.ArgumentParser(
        prog="askfirst", description="Before you ask your MP, ask first. Information only, no advice."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    modules = (run, chat, lookup, check, scripts, flow, migrate, link, data, locale, preview, profile, schema, status)
    for module in modules:
        module.add_commands(commands, common)
    return parser


if __name__ == "__main__":
    sys.exit(main())
