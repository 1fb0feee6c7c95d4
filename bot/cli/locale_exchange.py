"""`askfirst locale export` and `import`: a translation as a table, for reviewers without tools."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.locale_files import catalogue_of, write_catalogue
from bot.config import Config
from bot.content.exchange import apply, changes, read_table, table, write_csv, write_xlsx
from bot.content.po_file import read_messages
from bot.content.reviews import review_in, with_review
from bot.content.writing_systems import right_to_left
from bot.errors import ConfigError, ContentError, Fault, shown_path

_KINDS = (".csv", ".xlsx")


def add_action(actions: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Adds both commands."""
    out = actions.add_parser("export", parents=[common], help="write a translation as a table (.csv or .xlsx)")
    out.add_argument("language", metavar="TAG", help="for example ar")
    out.add_argument("--out", type=Path, metavar="FILE", help="ends in .csv or .xlsx (askfirst-TAG.xlsx)")
    out.set_defaults(run=_export)
    back = actions.add_parser("import", parents=[common], help="take the translations of such a table")
    back.add_argument("language", metavar="TAG", help="for example ar")
    back.add_argument("file", type=Path, metavar="FILE")
    back.add_argument("--dry-run", action="store_true", help="only say what would change")
    back.set_defaults(run=_import)


def _export(args: argparse.Namespace, config: Config) -> int:
    path = catalogue_of(config, args.language)
    out: Path = args.out or Path(f"askfirst-{args.language}.xlsx")
    if out.suffix.lower() not in _KINDS:
        raise ConfigError(f"`{out.name}` ends in neither .csv nor .xlsx; give a name that does.")
    if not out.parent.is_dir():
        raise ConfigError(f"There is no folder `{out.parent}`; make it, or name another file with --out.")
    faults: list[Fault] = []
    messages = read_messages(path, faults)
    if messages is None:
        raise ContentError("This translation cannot be exported:", faults)
    rows = table(messages, messages.num_plurals)
    partial = out.with_name(f".{out.stem}.tmp{out.suffix}")
    if out.suffix.lower() == ".csv":
        write_csv(partial, rows)
    else:
        write_xlsx(partial, rows, rtl=right_to_left(args.language))
    partial.replace(out)
    print(f"{out}: {len(rows) - 1} texts. Change only the columns of the translation, then `askfirst locale import`.")
    return 0


def _import(args: argparse.Namespace, config: Config) -> int:
    path = catalogue_of(config, args.language)
    faults: list[Fault] = []
    messages = read_messages(path, faults)
    if messages is None:
        raise ContentError("This translation cannot be changed:", faults)
    found = changes(read_table(args.file), messages, args.file)
    if found.faults:
        raise ContentError("Nothing was changed, because of what is wrong in the table:", found.faults)
    for message, forms in found.changed:
        print(f"{message.context}: {' | '.join(forms)}")
    for row in found.unknown:
        print(
            f"{args.file}:{row.number}: passed over, because its English has changed or is not ours: {row.ids[0]:.60}"
        )
    if args.dry_run:
        print(f"{len(found.changed)} texts would change.")
        return 0
    if found.changed:
        apply(found)
        review = review_in(messages.header_comment)
        if review is not None:  # what was reviewed is no longer what stands here
            messages.header_comment = with_review(messages.header_comment, None)
            print(f"The review ({review}) was of the texts before; say who reviewed these: `askfirst locale review`.")
        write_catalogue(path, messages)
    print(f"{shown_path(path)}: {len(found.changed)} texts changed.")
    return 0
