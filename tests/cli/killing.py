"""Runs a command in a process of its own that can be killed at a chosen moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Stops for good when the first file is made to last, which is in the middle of writing.
STOP_IN_WRITING = """
import os, sys, time
def fsync(handle):
    print("writing", flush=True)
    time.sleep(60)
os.fsync = fsync
from bot.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


@contextmanager
def running(
    project: Path, *arguments: str, code: str | None = None, stdin: int | None = None, **variables: str
) -> Iterator[subprocess.Popen[str]]:
    """The command in the folder `project`; `code` runs instead of the program itself."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM", "ASKFIRST"))}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment |= {"PYTHONPATH": path, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", **variables}
    start = ("-c", code) if code else ("-m", "bot")
    with subprocess.Popen(
        [sys.executable, *start, *arguments],
        cwd=project,
        env=environment,
        stdin=stdin if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def wait_for_output(process: subprocess.Popen[str], words: str) -> str:
    """Everything the process has said up to these words. Fails when it ends before."""
    said = ""
    assert process.stdout is not None
    while words not in said:
        char = process.stdout.read(1)
        assert char, f"the command ended: {said}{process.stderr.read() if process.stderr else ''}"
        said += char
    return said


def wait_until(process: subprocess.Popen[str], ready: Callable[[], bool]) -> None:
    """Waits at most 20 seconds. Fails when the process ends before."""
    end = time.monotonic() + 20
    while not ready():
        assert process.poll() is None, "the command ended"
        assert time.monotonic() < end, "this took too long"
        time.sleep(0.01)


def kill(process: subprocess.Popen[str]) -> None:
    """Ends the process as a power cut would."""
    process.send_signal(signal.SIGKILL)
    assert process.wait(20) == -signal.SIGKILL


def contents(folder: Path) -> Mapping[str, bytes]:
    """Every file that a reader would find, without those that are being written."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
