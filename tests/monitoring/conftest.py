"""Logging belongs to the whole process, so each test gives it back as it was."""

import logging
import sys
import threading
from collections.abc import Iterator

import pytest


@pytest.fixture
def logging_given_back() -> Iterator[None]:
    """Puts handlers, levels and hooks back after the test."""
    root, ours = logging.getLogger(), logging.getLogger("bot")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    hooks = (threading.excepthook, sys.unraisablehook)
    yield
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])
    threading.excepthook, sys.unraisablehook = hooks
