"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def source_data() -> Path:
    """The folder of the official source files: ASKFIRST_SOURCE_DATA, or else shared/data beside the project."""
    named = os.environ.get("ASKFIRST_SOURCE_DATA")
    folder = Path(named) if named else PROJECT.parent / "shared" / "data"
    if not folder.is_dir():
        why = "ASKFIRST_SOURCE_DATA names" if named else "ASKFIRST_SOURCE_DATA is not set, and there is"
        pytest.skip(f"{why} no folder {folder.name}: the official source files are needed (see CONTRIBUTING.md)")
    return folder


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything must run (ASKFIRST_NO_SKIPS, set in continuous integration), a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("ASKFIRST_NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("A test was skipped, and ASKFIRST_NO_SKIPS says that none may be.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
