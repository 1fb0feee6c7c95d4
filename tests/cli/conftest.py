"""What the tests of several commands begin with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = f"""\
data: {{dir: "{ROOT / "data"}"}}
locales: {{dir: "{ROOT / "locales"}"}}
members: {{last_general_election: 2024-07-04}}
"""


@pytest.fixture
def flows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped flows in a folder of their own, beside settings, in the working directory."""
    (tmp_path / "bot_config.yaml").write_text(CONFIG, encoding="utf-8")
    shutil.copytree(ROOT / "flows", tmp_path / "flows")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "flows"
