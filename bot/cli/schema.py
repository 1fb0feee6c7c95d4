"""`askfirst schema`: the JSON Schema of flow files, for editors that complete and underline (docs/flow.schema.json)."""

from __future__ import annotations

import argparse
import json
from typing import Any

from bot.config import Config
from bot.content.flow_file import FlowFile


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = commands.add_parser("schema", parents=[common], help="print the JSON Schema of flow files")
    parser.set_defaults(run=_schema)


def flow_schema() -> str:
    """The schema as JSON text, the same bytes for the same model."""
    return json.dumps(FlowFile.model_json_schema(by_alias=True), indent=2, sort_keys=True) + "\n"


def _schema(args: argparse.Namespace, config: Config) -> int:
    print(flow_schema(), end="")
    return 0
