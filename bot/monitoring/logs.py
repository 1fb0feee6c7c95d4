"""The log of a running bot: one line an event on standard error, for people or for programs. Nothing of people in it.

Who reads a log is not who was talked to, and logs are copied to places that nobody remembers. So what is written is
decided here, once, whatever the level:

- Of our own lines: the words that stand in the code, with numbers, texts, paths and our own errors in them. Of any
  other value only its kind is written, because nobody can say what it would show of itself.
- Of an error: its kind and the place in the code. Never its text, never a traceback, unless it is one of our own
  errors, whose text is made for this.
- Of other libraries: that one of them warns of something, which one, and where in its code. None of their words:
  aiosqlite logs each statement with its values, asyncio the arguments of a callback, and a new release may log more.
"""

from __future__ import annotations

import copy
import logging
import os
import sys
import threading
from collections.abc import Mapping, MutableMapping
from pathlib import PurePath
from typing import Any, Final, TextIO

from bot.config import LogFormat, LogLevel
from bot.errors import BotError, Fault, kind_and_place

OURS: Final = "bot"
FOREIGN: Final = "a library warns of something; its words are left out"

_log = logging.getLogger(__name__)
_PLAIN: Final = (str, int, float, PurePath, Fault, BotError, type(None))


def configure_logs(form: LogFormat, level: LogLevel, stream: TextIO | None = None) -> None:
    """Sends every log line of this process, and what threads and destructors fail with, to `stream` (stderr)."""
    handler = _Lines(stream or sys.stderr)
    handler.setFormatter(_formatter(form))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(level.upper())
    logging.captureWarnings(True)
    # Python's own would print the text of the error. (Its hook for the main thread never comes to that: see cli.main.)
    threading.excepthook = _thread_failed
    sys.unraisablehook = _unraisable


def without_values(record: logging.LogRecord) -> logging.LogRecord:
    """The same record with nothing in it but what may be written; see the top of this module."""
    safe = copy.copy(record)
    safe.exc_info = safe.exc_text = safe.stack_info = None
    if record.exc_info and record.exc_info[1] is not None:
        safe.error = _told(record.exc_info[1])
    if not _is_ours(record):
        safe.msg, safe.args = FOREIGN, ()
        safe.place = f"{record.module}:{record.lineno}"
        return safe
    safe.msg = shown(record.msg)
    if isinstance(record.args, Mapping):
        safe.args = {name: shown(value) for name, value in record.args.items()}
    else:
        safe.args = tuple(map(shown, record.args or ()))
    return safe


def shown(value: object) -> Any:
    """A value as a log line may show it: itself if it is plain, otherwise its kind."""
    if isinstance(value, _PLAIN):
        return value
    return _told(value) if isinstance(value, BaseException) else type(value).__name__


def _told(error: BaseException) -> str:
    if isinstance(error, BotError):
        return f"{type(error).__name__}: {error}"
    if isinstance(error, OSError) and error.errno is not None:  # the system's own words for the number, and no others
        return f"{kind_and_place(error)} ({os.strerror(error.errno)})"
    return kind_and_place(error)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name == OURS or record.name.startswith(f"{OURS}.")


class _Lines(logging.StreamHandler[TextIO]):
    """Writes what may be written. Whatever level a library's logger was given, below WARNING it is not listened to."""

    def filter(self, record: logging.LogRecord) -> bool:
        return _is_ours(record) or record.levelno >= logging.WARNING

    def format(self, record: logging.LogRecord) -> str:
        return super().format(without_values(record))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Where a line cannot be written, the library would print its values."""


def _formatter(form: LogFormat) -> logging.Formatter:
    import structlog  # takes 0.1 s to import

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=["error", "place"]),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer() if form == "json" else _as_text,
        ],
    )


def _as_text(logger: object, method: str, event: MutableMapping[str, Any]) -> str:
    more = "".join(f" ({event[name]})" for name in ("error", "place") if name in event)
    return f"{event['time']} {event['level']} {event['logger']}: {event['event']}{more}"


def _thread_failed(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log.error("a thread ended early", exc_info=args.exc_value)


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    if args.exc_value is not None:
        _log.error("an error came up where nothing could catch it", exc_info=args.exc_value)
