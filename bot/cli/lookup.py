"""`askfirst lookup POSTCODE…`: the same look-up as in a conversation, for support workers and scripts."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterator
from typing import Any

from bot import app
from bot.config import Config
from bot.engine.facts import PostcodeKind
from bot.world.answers import exit_code, lookup_json
from bot.world.limits import fresh

_KIND_WORDS = {
    PostcodeKind.SEVERAL: "In or near more than one constituency:",
    PostcodeKind.PARTIAL: "Part of a postcode. It lies in:",
    PostcodeKind.NORTHERN_IRELAND: "A postcode in Northern Ireland, which this index does not hold. One of:",
    PostcodeKind.NO_MP: "No MP: Jersey, Guernsey, the Isle of Man and British Forces addresses have none.",
    PostcodeKind.NOT_FOUND: "There is no such postcode in the index.",
    PostcodeKind.NOT_A_POSTCODE: "This is not a postcode.",
}
_NOBODY = {"vacant": "nobody, as far as we know"}
_STATUS_WORDS = {
    "terminated": "This postcode is no longer in use.",
    "newer_than_index": "This exact postcode is not in the index; it may be newer, or mistyped.",
}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = commands.add_parser(
        "lookup", parents=[common], help="postcode -> constituency, MP and verdict, with the dates of the data"
    )
    parser.add_argument("postcodes", nargs="+", metavar="POSTCODE", help="a postcode; - reads them from standard input")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=_lookup)


def _lookup(args: argparse.Namespace, config: Config) -> int:
    today = dt.datetime.now(dt.UTC).date()
    facts = app.build_facts(config, today)
    worst = 0
    old = facts.members.date is None or not fresh(facts.members.date, config.limits.members_fresh_within, today)
    for text in _texts(args.postcodes):
        found = lookup_json(facts, text, today)
        print(json.dumps(found, ensure_ascii=False) if args.json else _readable(found, old), flush=True)
        worst = max(worst, exit_code(PostcodeKind(found["kind"])))
    return worst


def _texts(given: list[str]) -> Iterator[str]:
    for text in given:
        if text == "-":
            yield from (line.strip() for line in sys.stdin if line.strip())
        else:
            yield text


def _readable(found: dict[str, Any], old: bool) -> str:
    lines = [
        words for words in (_KIND_WORDS.get(PostcodeKind(found["kind"])), _STATUS_WORDS.get(found["status"])) if words
    ]
    for seat in found["constituencies"]:
        member = seat["member"]
        who = f"{member['name']} ({member['party']})" if member else _NOBODY.get(seat["verdict"], "not known")
        lines.append(f"{seat['name']} ({seat['code']}): {who}. Verdict: {seat['verdict']}")
    dates = found["data"]
    lines.append(
        f"Verdict: {found['verdict']}. Members as of {dates['members']}, pledges as of {dates['pledges']}, "
        f"postcodes as of {dates['postcodes']}."
    )
    if old:
        lines.append("This list of members is not new: check at https://members.parliament.uk/FindYourMP.")
    return "\n".join(lines)
