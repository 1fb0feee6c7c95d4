"""`askfirst locale update`: keeps the template and the catalogues in step with flows, code and directory."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from bot.config import Config
from bot.content.catalogues import DOMAIN, catalogue_paths
from bot.content.extraction import KEYWORDS, extract_flow
from bot.content.flows import flow_paths
from bot.content.po_file import read_messages
from bot.errors import ContentError, Fault, shown_path
from bot.world.organisation_texts import extract_organisation

# The code's own texts are looked for here, wherever the configuration lies: without them they would lose their words.
PROJECT = Path(__file__).parents[2]
# `Text(context, msgid)` in the code.
CODE_KEYWORDS: Mapping[str, Any] = {"Text": ((1, "c"), 2)}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds `askfirst locale`."""
    parser = commands.add_parser("locale", help="keep the translations in step with the texts")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser(
        "update", parents=[common], help="write the template and bring every catalogue up to date"
    ).set_defaults(run=update)


def update(args: argparse.Namespace, config: Config) -> int:
    """Writes `askfirst.pot`, then each catalogue; no translation is guessed from a similar text."""
    found = template(config.root, config.flows_dir, config.data_dir / "organisations", dt.datetime.now(dt.UTC).date())
    faults: list[Fault] = []
    read = [(path, read_messages(path, faults)) for path in catalogue_paths(config.locales_dir)]
    if faults:  # before anything is written
        raise ContentError("These catalogues cannot be brought up to date:", faults)
    _write(config.locales_dir / f"{DOMAIN}.pot", found)
    print(f"{DOMAIN}.pot: {len(found)} texts")
    for path, catalogue in ((path, catalogue) for path, catalogue in read if catalogue is not None):
        catalogue.update(found, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        missing = sum(not _translated(message.string) for message in catalogue if message.id)
        _write(path, catalogue)
        print(f"{shown_path(path)}: {len(catalogue) - missing} of {len(catalogue)} translated")
    return 0


def template(root: Path, flows: Path, organisations: Path, today: dt.date) -> Catalog:
    """Every text that needs translating, with its context, its place relative to `root`, and the editors' notes."""
    catalog = Catalog(
        project="Ask First",
        version="1",
        copyright_holder="the Ask First contributors",
        msgid_bugs_address="the issue tracker of the project",
        creation_date=dt.datetime.combine(today, dt.time(), dt.UTC),
        fuzzy=False,
    )
    sources: list[tuple[Any, Path, Mapping[str, Any]]] = [
        *((extract_flow, path, KEYWORDS) for path in flow_paths(flows)),
        *(("python", path, CODE_KEYWORDS) for path in sorted((PROJECT / "bot").rglob("*.py"))),
        *((extract_organisation, path, KEYWORDS) for path in sorted(organisations.glob("*.yaml"))),
    ]
    for method, path, keywords in sources:
        base = next((base for base in (root, PROJECT) if path.is_relative_to(base)), path.parent)
        shown = path.relative_to(base).as_posix()
        try:
            with path.open("rb") as file:
                for line, message, comments, context in extract(method, file, keywords):
                    catalog.add(message, locations=[(shown, line)], auto_comments=comments, context=context)
        except OSError as error:
            raise ContentError(f"{shown_path(path)} cannot be read ({error.strerror}); check the file.") from error
    return catalog


def _translated(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(string) and (isinstance(string, str) or all(string or ()))


def _write(path: Path, catalogue: Catalog) -> None:
    """Beside the old file, then in its place, so that an interrupted write loses nothing."""
    out = BytesIO()
    write_po(out, catalogue, width=100)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".tmp")
    partial.write_bytes(out.getvalue())
    partial.replace(path)
