"""`askfirst schema`: the JSON Schemas of flows and of their scripts, for editors that complete and underline.

They stand in docs/flow.schema.json and docs/flow-tests.schema.json.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from pydantic import BaseModel

from bot.config import Config
from bot.content.flow_file import FlowFile
from bot.content.scripts import ScriptFile


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = commands.add_parser("schema", parents=[common], help="print the JSON Schema of flow files")
    parser.add_argument("--tests", action="store_true", help="of conversation scripts instead")
    parser.set_defaults(run=_schema)


def flow_schema() -> str:
    """The schema of flow files as JSON text, the same bytes for the same model."""
    return _text(FlowFile)


def script_schema() -> str:
    """The schema of script files."""
    return _text(ScriptFile)


def _text(model: type[BaseModel]) -> str:
    return json.dumps(model.model_json_schema(by_alias=True), indent=2, sort_keys=True) + "\n"


def _schema(args: argparse.Namespace, config: Config) -> int:
    print(script_schema() if args.tests else flow_schema(), end="")
    return 0
