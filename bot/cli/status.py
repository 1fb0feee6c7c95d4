"""`askfirst status`: what the running bot is doing, from another terminal. docs/status.md explains it."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from bot.channels.turns import utc_now
from bot.cli.data_status import age_lines, past_lines, sources_json
from bot.config import Config
from bot.errors import shown_path
from bot.status import BotStatus, is_running, read_status
from bot.world.freshness import SourceAge, source_ages

_WHERE: Final = {"telegram": "on Telegram", "terminal": "in a terminal"}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = commands.add_parser("status", parents=[common], help="what the running bot is doing, and what is wrong")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.set_defaults(run=_status)


def _status(args: argparse.Namespace, config: Config) -> int:
    found, now = read_status(config.status_path), utc_now()
    sources = tuple(source_ages(found.sources, config.limits, now.date())) if found else ()
    if args.json:
        print(json.dumps(as_json(found, sources), ensure_ascii=False, indent=2))
    elif found is None:
        print(f"No bot has run with these settings: there is no {shown_path(config.status_path)}.")
    else:
        print("\n".join(as_lines(found, sources, now)))
    return 0 if found is not None and problem(found) is None else 1


def problem(status: BotStatus | None) -> str | None:
    """In one word what is wrong now; None if the bot runs with its files as they are."""
    if status is None or not is_running(status):
        return "not-running"
    return "faults" if status.faults else None


def as_json(status: BotStatus | None, sources: tuple[SourceAge, ...]) -> dict[str, Any]:
    """The same facts as one object; docs/status.md explains the keys. Without a bot, only the first two."""
    told: dict[str, Any] = {"running": status is not None and is_running(status), "problem": problem(status)}
    if status is None:
        return told
    return told | {
        "pid": status.pid,
        "mode": status.mode,
        "since": status.since.isoformat(),
        "stopped": status.stopped.isoformat() if status.stopped else None,
        "flows": status.flows,
        "live_since": status.live_since.isoformat(),
        "read": status.read.isoformat(),
        "faults": [asdict(fault) for fault in status.faults],
        "more_faults": status.more_faults,
        "sources": sources_json(sources),
    }


def as_lines(status: BotStatus, sources: tuple[SourceAge, ...], now: dt.datetime) -> Iterator[str]:
    """The status as a person reads it."""
    running, where = is_running(status), _WHERE[status.mode]
    if running:
        yield f"The bot runs {where}. Its process is {status.pid}."
    elif status.stopped:
        yield f"The bot does not run. It ran {where}, and was stopped."
    else:
        yield f"The bot does not run any more. It ran {where}, and ended without a word:"
        yield "it was killed, or the machine went off. Remedy: askfirst run."
    yield ""
    yield _row("started", status.since, now)
    if status.stopped:
        yield _row("stopped", status.stopped, now)
    yield f"{_row('live since', status.live_since, now)}, flows {status.flows}"
    yield f"{_row('files read', status.read, now)}, {'refused' if status.faults else 'good'}"
    yield from _refused(status, running)
    yield ""
    yield from age_lines(sources, now.date())
    yield from past_lines(source.name for source in sources if source.past)


def _refused(status: BotStatus, running: bool) -> Iterator[str]:
    number = len(status.faults) + status.more_faults
    if not number:
        return
    yield ""
    yield (
        "The files were refused, because of this:"
        if number == 1
        else f"The files were refused, because of {number} faults:"
    )
    yield from map(str, status.faults)
    if status.more_faults:
        yield f"and {status.more_faults} more: run `askfirst check`"
    if running:
        yield "Until it is mended, the bot goes on with what it knew before."


def _row(name: str, time: dt.datetime, now: dt.datetime) -> str:
    return f"{name:14}{time.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC    {_ago(now - time)}"


def _ago(passed: dt.timedelta) -> str:
    seconds = int(passed.total_seconds())
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        number = seconds // size
        if number > 0:
            return f"{number} {unit}{'' if number == 1 else 's'} ago"
    return "just now"
