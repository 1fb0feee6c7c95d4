"""`askfirst data export hsds` and `askfirst data import hsds`: the directory as other directories read and write it."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from bot.channels.turns import utc_now
from bot.cli.asking import may_write
from bot.config import Config
from bot.errors import DataError, Fault, shown_path
from bot.world.constituencies import read_constituencies
from bot.world.organisation_file import OrganisationFile
from bot.yamlfile import read


def add_export(exports: Any, common: argparse.ArgumentParser) -> None:
    """Adds `hsds` to `askfirst data export`."""
    parser = exports.add_parser(
        "hsds", parents=[common], help="the directory as JSON after the Human Services Data Specification 3"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write it (standard output)")
    _add_schema(parser)
    parser.set_defaults(run=_export)


def add_import(imports: Any, common: argparse.ArgumentParser) -> None:
    """Adds `hsds` to `askfirst data import`."""
    parser = imports.add_parser(
        "hsds", parents=[common], help="entries of the directory from JSON after the same specification"
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="organizations with their services")
    _add_schema(parser)
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument("--short", action="store_true", help="name the files, without what changes in them")
    parser.set_defaults(run=_import)


def _add_schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--schema", type=Path, metavar="JSON", help="check against this too: the official HSDS 3 schema, compiled"
    )


def known_areas(config: Config) -> frozenset[str]:
    """The GSS codes of the councils and constituencies that a service may name. Raises DataError."""
    faults: list[Fault] = []
    seats = read_constituencies(config.data_dir / "constituencies.csv", faults)
    if faults:
        raise DataError("The constituencies cannot be read:", faults)
    return frozenset(seats) | {area.code for seat in seats.values() for area in seat.councils}


def _export(args: argparse.Namespace, config: Config) -> int:
    from bot.world.build.hsds import hsds_text, read_schema, schema_faults  # jsonschema takes a while to import
    from bot.world.build.whole_file import current_bytes, replace_whole

    folder = config.data_dir / "organisations"
    faults: list[Fault] = []
    documents = [read(path, OrganisationFile, faults) for path in sorted(folder.glob("*.yaml"))]
    if faults:
        raise DataError("The directory cannot be exported:", faults)
    text = hsds_text(one.model for one in documents if one is not None)
    target = shown_path(args.out) if args.out else "the export"
    faults.extend(schema_faults(json.loads(text), target))
    if args.schema is not None:
        faults.extend(schema_faults(json.loads(text), target, read_schema(args.schema)))
    if faults:
        raise DataError("The export would not be valid HSDS 3, and was not written:", faults)
    if args.out is None:
        sys.stdout.write(text)
        return 0
    replace_whole(args.out, text, was=current_bytes(args.out), check=lambda path: None)
    print(f"{len(documents)} organisations written to {target}.")
    return 0


def _import(args: argparse.Namespace, config: Config) -> int:
    from bot.world.build.hsds import read_schema, schema_faults
    from bot.world.build.hsds_import import plan_import, write_changes
    from bot.world.build.hsds_reading import MAX_BYTES, read_hsds

    folder = config.data_dir / "organisations"
    try:
        with args.file.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DataError(f"{shown_path(args.file)} cannot be read ({error.strerror}); check its name.") from None
    faults: list[Fault] = []
    entries = read_hsds(data, shown_path(args.file), faults)
    if args.schema is not None and not faults:
        faults.extend(schema_faults(json.loads(data), shown_path(args.file), read_schema(args.schema)))
    changes = plan_import(folder, entries, utc_now().date(), known_areas(config), faults)
    if faults:
        raise DataError("Nothing was written, because these entries cannot be used:", faults)
    counts = Counter(change.kind for change in changes)
    for change in changes:
        if change.kind != "unchanged":
            print(f"{change.kind}: {change.path.name}")
            if not args.short:
                print(change.shown())
    print(f"{counts['new']} new, {counts['changed']} changed, {counts['unchanged']} unchanged.")
    if not counts["new"] and not counts["changed"]:
        return 0
    if not may_write(f"Write {counts['new'] + counts['changed']} files to {shown_path(folder)}?", args.yes):
        return 1
    write_changes(changes)
    print("Written.")
    return 0
