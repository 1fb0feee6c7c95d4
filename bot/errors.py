"""Every error that Ask First raises on purpose, in one tree.

    BotError                  a sentence for the person at the keyboard; the command ends with exit code 2
    ├── ConfigError           bot_config.yaml or the environment is wrong
    ├── ContentError          a flow, catalogue or script is wrong
    ├── DataError             a file of facts (postcodes, members, pledges, organisations) is wrong or missing
    ├── SessionError          the session store cannot be opened, read or written
    │   └── StaleSession      somebody else saved this session first: load it and step again
    └── ChannelError          Telegram, the page or the terminal cannot be used

A fault in a file that people edit is a `Fault`. Faults are collected and reported together,
so that an editor mends them all in one go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in one file. `line` and `column` count from 1; 0 means the file as a whole.

    A `warning` is worth mending, and nothing breaks where it stays.
    """

    file: str
    line: int
    column: int
    rule: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.rule}: {'(warning) ' if self.warning else ''}{self.message}"


class BotError(Exception):
    """The root. Its text is shown as it is, so it names the thing, the rule and the remedy."""

    def __init__(self, message: str, faults: Iterable[Fault] = ()) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join([message, *map(str, self.faults)]) if self.faults else message)


class ConfigError(BotError):
    """bot_config.yaml or the environment is wrong."""


class ContentError(BotError):
    """A flow, catalogue or conversation script is wrong."""


class DataError(BotError):
    """A file of facts is wrong or missing."""


class SessionError(BotError):
    """The session store cannot be opened, read or written."""


class StaleSession(SessionError):
    """The stored session has another version than the one that was loaded."""


class ChannelError(BotError):
    """A channel cannot be used."""


def kind_and_place(error: BaseException) -> str:
    """`ValueError at bot.engine.walk.show:123`: all that may be written of an error that somebody may have caused.

    Its own text is left out, because it could hold what a person typed.
    """
    frame = error.__traceback__
    if frame is None:
        return type(error).__name__
    while frame.tb_next is not None:
        frame = frame.tb_next
    module = frame.tb_frame.f_globals.get("__name__", "?")
    return f"{type(error).__name__} at {module}.{frame.tb_frame.f_code.co_name}:{frame.tb_lineno}"


_TOKEN = re.compile(r"[0-9]{4,}:[A-Za-z0-9_-]{8,}")


def hidden(value: object, length: int = 60) -> str:
    """A value as a fault may show it: short, on one line, and without anything that looks like a bot token."""
    shown = "".join(letter if letter.isprintable() else " " for letter in f"{value}"[: length + 200])
    return _TOKEN.sub("(hidden)", shown)[:length]


def shown_path(path: Path) -> str:
    """The path as messages show it: relative to the working directory where it lies below it. A link keeps its name,
    because it is the link that has to be mended."""
    try:
        return str((path.parent.resolve() / path.name).relative_to(Path.cwd()))
    except (ValueError, OSError, RuntimeError):  # elsewhere; no working directory any more; a link to itself
        return str(path)
