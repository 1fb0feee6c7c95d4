"""Asks before something is written, and shows how far a long task has come."""

from __future__ import annotations

import sys
from typing import TextIO


def may_write(question: str, yes: bool, stdin: TextIO | None = None, stdout: TextIO | None = None) -> bool:
    """Whether to write: `yes`, or the answer of the person at the terminal. Says why not, where it is not."""
    given, out = stdin or sys.stdin, stdout or sys.stdout
    if yes:
        return True
    if not given.isatty():
        print("Nothing was written: there is no terminal to ask at. Repeat with --yes to write this.", file=out)
        return False
    print(f"{question} [y/N] ", end="", file=out, flush=True)
    if given.readline().strip().casefold() in ("y", "yes"):
        return True
    print("Nothing was written.", file=out)
    return False


class ProgressLine:
    """One line on standard error that counts up; where that is not a terminal, one line at the end."""

    def __init__(self, what: str, out: TextIO | None = None) -> None:
        self._what, self._out = what, out or sys.stderr
        self._open = False

    def __call__(self, done: int, total: int) -> None:
        """Shows how much is done."""
        last = done >= total
        if self._out.isatty():
            print(f"\r{self._what}: {done:,} of {total:,}", end="\n" if last else "", file=self._out, flush=True)
            self._open = not last
        elif last:
            print(f"{self._what}: {done:,} of {total:,}", file=self._out, flush=True)

    def say(self, sentence: str) -> None:
        """Shows a sentence, on a line of its own."""
        print(("\n" if self._open else "") + sentence, file=self._out, flush=True)
        self._open = False

    def close(self) -> None:
        """Ends a line that was left in the middle."""
        if self._open:
            print(file=self._out, flush=True)
            self._open = False
