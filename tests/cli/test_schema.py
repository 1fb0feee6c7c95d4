"""docs/flow.schema.json and docs/flow-tests.schema.json are what the models say."""

from pathlib import Path

import pytest

from bot.cli.main import main
from bot.cli.schema import flow_schema, script_schema

ROOT = Path(__file__).parents[2]


def test_the_committed_schema_is_up_to_date() -> None:
    committed = (ROOT / "docs/flow.schema.json").read_text(encoding="utf-8")
    assert committed == flow_schema(), "run: .venv/bin/askfirst schema > docs/flow.schema.json"


def test_every_shipped_flow_names_the_schema_in_its_first_line() -> None:
    for path in (ROOT / "flows").glob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=../docs/flow.schema.json", path.name


def test_the_committed_schema_of_scripts_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    committed = (ROOT / "docs/flow-tests.schema.json").read_text(encoding="utf-8")
    assert committed == script_schema(), "run: .venv/bin/askfirst schema --tests > docs/flow-tests.schema.json"
    assert main(["schema", "--tests"]) == 0
    assert capsys.readouterr().out == committed
