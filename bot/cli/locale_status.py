"""`askfirst locale status`: how far each translation is, who reviewed it, and what the check finds in it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass

from bot.channels.turns import utc_now
from bot.cli.check import find_faults
from bot.config import Config
from bot.content.catalogues import catalogue_paths
from bot.content.flows import flow_paths
from bot.content.po_file import read_entries
from bot.content.reviews import review_in
from bot.engine.languages import name_in
from bot.errors import Fault, shown_path


@dataclass(frozen=True, slots=True)
class Row:
    """One language. `missing` counts texts that are empty, fuzzy, or not in the file at all; `findings` those of the
    check."""

    tag: str
    name: str
    texts: int
    missing: int
    review: str | None
    findings: int


def add_action(actions: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = actions.add_parser("status", parents=[common], help="how far each translation is")
    parser.add_argument("--json", action="store_true", help="one JSON object a language")
    parser.set_defaults(run=_status)


def _status(args: argparse.Namespace, config: Config) -> int:
    faults, _ = find_faults(config, flow_paths(config.flows_dir), utc_now().date())
    rows = _rows(config, faults)
    if args.json:
        for row in rows:
            print(json.dumps(asdict(row), ensure_ascii=False))
    else:
        print("\n".join(_table(rows)))
    return 1 if any(row.missing or row.findings for row in rows) else 0


def _rows(config: Config, faults: list[Fault]) -> list[Row]:
    wanted = _texts_of_template(config)
    rows = []
    for path in catalogue_paths(config.locales_dir):
        tag = path.parent.parent.name.replace("_", "-")
        found = sum(fault.file == shown_path(path) for fault in faults)
        po = read_entries(path, [])
        done = {
            (entry.context, entry.ids)
            for entry in (po.entries if po else ())
            if all(entry.forms) and entry.forms and not entry.fuzzy
        }
        review = review_in(po.comment) if po else None
        missing = len(wanted - done)
        rows.append(Row(tag, name_in(tag, "en"), len(wanted), missing, str(review) if review else None, found))
    return rows


def _texts_of_template(config: Config) -> set[tuple[str, tuple[str, ...]]]:
    """What there is to translate now."""
    from bot.cli.locale import template_of  # the extraction of all texts takes half a second, and only this needs it

    return {
        (str(message.context or ""), (message.id,) if isinstance(message.id, str) else tuple(message.id))
        for message in template_of(config)
        if message.id
    }


def _table(rows: list[Row]) -> list[str]:
    lines = [f"{'language':<22} {'complete':>14}  {'findings':>8}  reviewed by"]
    for row in rows:
        done = row.texts - row.missing
        share = f"{done}/{row.texts} {100 * done // max(row.texts, 1):>3} %"
        lines.append(f"{f'{row.tag}  {row.name}':<22} {share:>14}  {row.findings:>8}  {row.review or 'nobody yet'}")
    whole = sum(not row.missing for row in rows)
    reviewed = sum(row.review is not None for row in rows)
    lines.append(f"{len(rows)} languages: {whole} complete, {reviewed} reviewed by a person.")
    return lines
