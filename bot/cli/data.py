"""`askfirst data …`: makes, refreshes, checks and draws what the bot knows. One module for each action."""

from __future__ import annotations

import argparse
from typing import Any

from bot.cli import data_build, data_hsds, data_map, data_pledges, data_status, data_sync, data_verify


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds `askfirst data` and everything below it."""
    parser = commands.add_parser("data", help="make, refresh and check what the bot knows")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for module in (data_build, data_sync, data_status, data_map, data_verify):
        module.add_actions(actions, common)
    imports = actions.add_parser("import", help="read a campaign's pledges or a directory from a file")
    whats = imports.add_subparsers(required=True, metavar="WHAT")
    data_pledges.add_pledges(whats, common)
    data_hsds.add_import(whats, common)
    exports = actions.add_parser("export", help="write the directory for other programs")
    data_hsds.add_export(exports.add_subparsers(required=True, metavar="WHAT"), common)
