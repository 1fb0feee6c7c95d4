"""The log: one line an event, and nothing in it that anybody said or is."""

from __future__ import annotations

import ast
import asyncio
import datetime as dt
import gc
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import LogFormat, LogLevel
from bot.errors import Fault, SessionError
from bot.monitoring.logs import FOREIGN, configure_logs, shown, without_values
from bot.sessions.protocol import ChatKey

pytestmark = pytest.mark.usefixtures("logging_given_back")

SECRET = "QX7 7QX"
ROOT = Path(__file__).parents[2]
LOG = logging.getLogger("bot.channels.somewhere")


class Log(io.StringIO):
    """What was written."""

    def lines(self) -> list[dict[str, Any]]:
        """Each line as an object."""
        return [json.loads(line) for line in self.getvalue().splitlines()]


def log_at(level: LogLevel, form: LogFormat = "json") -> Log:
    log = Log()
    configure_logs(form, level, log)
    return log


def fail() -> None:
    raise ValueError(f"cannot read {SECRET}")


# --- its form


def test_a_line_is_one_object_with_the_time_in_utc() -> None:
    log = log_at("info")
    LOG.info("Read again in %.1f s, because of %s.", 0.25, "about.yaml\nflow.yaml ü")
    (line,) = log.lines()
    assert dt.datetime.fromisoformat(line.pop("time")).utcoffset() == dt.timedelta(0)
    assert line == {
        "event": "Read again in 0.2 s, because of about.yaml\nflow.yaml ü.",
        "level": "info",
        "logger": "bot.channels.somewhere",
    }
    assert log.getvalue().isascii()  # whatever the terminal can write


def test_as_text_it_is_a_line_for_a_person() -> None:
    log = log_at("warning", "text")
    try:
        fail()
    except ValueError:
        LOG.warning("the %s is gone", "thing", exc_info=True)
    time, rest = log.getvalue().split(" ", 1)
    assert dt.datetime.fromisoformat(time).tzinfo is not None
    assert rest.startswith(
        "warning bot.channels.somewhere: the thing is gone (ValueError at tests.monitoring.test_logs."
    )
    assert rest.count("\n") == 1


@pytest.mark.parametrize(("level", "written"), [("warning", ["w"]), ("info", ["w", "i"]), ("debug", ["w", "i", "d"])])
def test_the_level_counts_for_our_own_lines(level: LogLevel, written: list[str]) -> None:
    log = log_at(level)
    LOG.warning("w")
    LOG.info("i")
    LOG.debug("d")
    assert [line["event"] for line in log.lines()] == written


def test_to_configure_it_again_takes_the_place_of_the_first() -> None:
    first, second = log_at("info"), log_at("warning")
    LOG.info("i")
    LOG.warning("w")
    assert (len(first.lines()), len(second.lines())) == (0, 1)


# --- errors


def test_of_an_error_only_its_kind_and_place_are_written() -> None:
    log = log_at("debug")
    try:
        try:
            fail()
        except ValueError as error:
            raise KeyError(SECRET) from error
    except KeyError as error:
        LOG.exception("a turn failed", stack_info=True)
        LOG.error("a turn failed: %s, %r", error, error)  # noqa: TRY400
        LOG.debug(error)
    assert SECRET not in log.getvalue()
    first, second, third = log.lines()
    here = r"KeyError at tests.monitoring.test_logs.test_of_an_error_only_its_kind_and_place_are_written:"
    assert first["event"] == "a turn failed"
    assert first["error"].startswith(here)
    assert second["event"].count(here) == 2
    assert third["event"].startswith(here)
    assert "Traceback" not in log.getvalue()


def test_our_own_errors_are_written_in_full_because_their_words_are_made_for_it() -> None:
    log = log_at("warning")
    error = SessionError("sessions.db is damaged: delete it")
    LOG.error("not saved: %s", error)
    LOG.error("not saved", exc_info=error)
    first, second = log.lines()
    assert first["event"] == "not saved: sessions.db is damaged: delete it"
    assert second["error"] == "SessionError: sessions.db is damaged: delete it"


def test_an_error_of_the_system_is_told_in_the_systems_words() -> None:
    log = log_at("warning")
    LOG.warning("not written: %s", PermissionError(13, SECRET, SECRET))
    assert log.lines()[0]["event"] == "not written: PermissionError (Permission denied)"


# --- values


def test_values_are_words_numbers_paths_and_faults_and_of_others_only_the_kind_is_written() -> None:
    fault = Fault("flow.yaml", 1, 2, "rule", "message")
    for plain in ("text", 1, 0.5, True, None, Path("a/b"), fault):
        assert shown(plain) is plain
    for other in ([SECRET], {SECRET: 1}, SECRET.encode(), ChatKey("telegram", 4711), object()):
        assert shown(other) == type(other).__name__
    log = log_at("debug")
    LOG.debug("%s and %s", [SECRET], {"text": SECRET})
    LOG.debug("%(text)s", {"text": [SECRET]})
    assert [line["event"] for line in log.lines()] == ["list and dict", "list"]


def test_a_line_that_cannot_be_put_together_is_left_out_and_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    log = log_at("debug")
    LOG.warning("%d of them", SECRET)
    LOG.warning("goes on")
    assert [line["event"] for line in log.lines()] == ["goes on"]
    assert capsys.readouterr() == ("", "")


def test_other_handlers_get_the_record_as_it_was() -> None:
    log_at("debug")
    record = LOG.makeRecord(LOG.name, logging.DEBUG, "f", 1, "%s", ([1],), None)
    assert without_values(record).getMessage() == "list"
    assert record.getMessage() == "[1]"


LIBRARIES = ["telegram", "httpx", "aiosqlite", "aiohttp.access", "asyncio", "uvicorn.error", "starlette", "watchfiles"]
LIBRARIES += ["root", "py.warnings", "anything.else", "botany"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.sampled_from(LIBRARIES),
    st.sampled_from(["debug", "info", "warning", "error", "exception", "critical"]),
    st.text("QX7", min_size=12, max_size=20).map("Q".__add__),
    st.sampled_from(["%s", "%r", None]),
)
def test_of_a_library_not_one_word_is_written(name: str, method: str, secret: str, template: str | None) -> None:
    log = log_at("debug")
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.DEBUG)  # whatever it was told
    try:
        int(secret)
    except ValueError:  # its text quotes the value
        getattr(logger, method)(*((template, secret) if template else (secret,)))
    finally:
        logger.setLevel(before)
    assert secret not in log.getvalue()
    if method in ("debug", "info"):
        assert log.lines() == []
    else:
        (line,) = log.lines()
        assert (line["event"], line["logger"]) == (FOREIGN, name)
        assert line["place"].startswith("test_logs:")


# --- the libraries as they are


async def test_aiosqlite_which_logs_every_value_is_not_heard(tmp_path: Path) -> None:
    heard = Log()
    loud = logging.StreamHandler(heard)
    log = log_at("debug")
    chatty = logging.getLogger("aiosqlite")
    chatty.setLevel(logging.DEBUG)
    chatty.addHandler(loud)
    try:
        async with aiosqlite.connect(tmp_path / "x.db") as db:
            await db.execute("SELECT ?", (SECRET,))
    finally:
        chatty.removeHandler(loud)
        chatty.setLevel(logging.NOTSET)
    assert SECRET in heard.getvalue()  # so there was something to be silent about
    assert log.getvalue() == ""


async def test_aiosqlite_is_not_even_asked_to_put_its_lines_together() -> None:
    log_at("debug")
    assert not logging.getLogger("aiosqlite").isEnabledFor(logging.INFO)


async def test_a_task_that_nobody_waited_for_is_told_without_its_values() -> None:
    log = log_at("debug")

    async def failing(words: str) -> None:
        fail()

    task = asyncio.create_task(failing(SECRET), name=SECRET)
    await asyncio.wait({task})
    del task
    gc.collect()
    (line,) = log.lines()
    assert SECRET not in log.getvalue()
    assert (line["logger"], line["event"]) == ("asyncio", FOREIGN)
    assert line["error"].startswith("ValueError at tests.monitoring.test_logs.fail:")


async def test_a_callback_that_fails_is_told_without_its_arguments() -> None:
    log = log_at("debug")

    def callback(words: str) -> None:
        fail()

    asyncio.get_running_loop().call_soon(callback, SECRET)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(log.lines()) == 1
    assert SECRET not in log.getvalue()


def test_a_thread_that_fails_is_told_without_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    log = log_at("warning")
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    (line,) = log.lines()
    assert line["event"] == "a thread ended early"
    assert line["error"].startswith("ValueError at tests.monitoring.test_logs.fail:")
    assert SECRET not in log.getvalue() + capsys.readouterr().err


def test_a_destructor_that_fails_is_told_without_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    class Ends:
        def __del__(self) -> None:
            fail()

    log = log_at("warning")
    ends = Ends()
    del ends
    gc.collect()
    (line,) = log.lines()
    assert line["error"].startswith("ValueError at ")
    assert SECRET not in log.getvalue() + capsys.readouterr().err


def test_a_warning_is_told_without_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    log = log_at("warning")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn(SECRET, stacklevel=1)
    assert [line["logger"] for line in log.lines()] == ["py.warnings"]
    assert SECRET not in log.getvalue() + capsys.readouterr().err


# --- our own lines


def logged() -> list[tuple[str, ast.Call]]:
    """Each call of a logger in the program, with its place."""
    found = []
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in ("log", "_log", "logging", "logger")
                and node.func.attr in ("debug", "info", "warning", "error", "exception", "critical", "log")
            ):
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node))
    return found


def test_the_words_of_our_lines_stand_in_the_code_so_that_values_can_be_told_from_them() -> None:
    calls = logged()
    assert len(calls) > 5
    for place, call in calls:
        first = call.args[0]
        words = first.value if isinstance(first, ast.Constant) else None
        assert isinstance(words, str), f"{place}: write a text with %s"


def test_every_logger_of_ours_has_the_name_of_its_module() -> None:
    for path in sorted((ROOT / "bot").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name not in ("channel.py", "logs.py"):
            assert text.count("getLogger(") == text.count("getLogger(__name__)"), path


def test_the_hook_of_the_main_thread_is_left_to_debugging() -> None:
    before: Callable[..., Any] = sys.excepthook
    log_at("debug")
    assert sys.excepthook is before
