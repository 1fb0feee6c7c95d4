"""`askfirst locale`: keeps the template and the catalogues in step with the texts, and begins new catalogues."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Mapping
from gettext import c2py
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.plural import to_gettext

from bot.cli import locale_exchange, locale_review, locale_status
from bot.cli.locale_files import write_catalogue
from bot.config import Config
from bot.content.catalogues import DOMAIN, catalogue_path, catalogue_paths
from bot.content.extraction import KEYWORDS, extract_flow
from bot.content.flows import flow_paths
from bot.content.plural_rules import plural_mismatch
from bot.content.po_file import read_messages
from bot.engine.languages import locale_of, name_in
from bot.errors import ConfigError, ContentError, Fault, shown_path
from bot.world.organisation_texts import extract_organisation

# The code's own texts are looked for here, wherever the configuration lies: without them they would lose their words.
PROJECT = Path(__file__).parents[2]
# `Text(context, msgid)` in the code.
CODE_KEYWORDS: Mapping[str, Any] = {"Text": ((1, "c"), 2)}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds `askfirst locale` and its actions."""
    parser = commands.add_parser("locale", help="keep the translations in step with the texts")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser(
        "update", parents=[common], help="write the template and bring every catalogue up to date"
    ).set_defaults(run=update)
    added = actions.add_parser("add", parents=[common], help="begin a translation into another language")
    added.add_argument("language", metavar="TAG", help="for example so, or zh-Hans")
    added.set_defaults(run=add)
    for module in (locale_status, locale_review, locale_exchange):
        module.add_action(actions, common)


def update(args: argparse.Namespace, config: Config) -> int:
    """Writes `askfirst.pot`, then each catalogue; no translation is guessed from a similar text."""
    found = template_of(config)
    faults: list[Fault] = []
    read = [(path, read_messages(path, faults)) for path in catalogue_paths(config.locales_dir)]
    if faults:  # before anything is written
        raise ContentError("These catalogues cannot be brought up to date:", faults)
    write_catalogue(config.locales_dir / f"{DOMAIN}.pot", found)
    print(f"{DOMAIN}.pot: {len(found)} texts")
    for path, catalogue in ((path, catalogue) for path, catalogue in read if catalogue is not None):
        catalogue.update(found, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        missing = sum(not _translated(message.string) for message in catalogue if message.id)
        write_catalogue(path, catalogue)
        print(f"{shown_path(path)}: {len(catalogue) - missing} of {len(catalogue)} translated")
    return 0


def add(args: argparse.Namespace, config: Config) -> int:
    """Writes an empty catalogue with the plural rule of CLDR. Never over one that is there."""
    tag = args.language.replace("_", "-")
    path = catalogue_path(config.locales_dir, tag)
    if tag == "en" or path.exists():
        raise ConfigError(f"There is `{tag}` already; `askfirst locale status` shows how far it is.")
    try:
        locale = locale_of(tag)
    except (UnknownLocaleError, ValueError) as error:
        message = f"`{tag:.40}` is not a language tag that CLDR knows; write for example `so`, `pt-BR` or `zh-Hans`."
        raise ConfigError(message) from error
    catalogue = Catalog(
        locale=path.parent.parent.name,
        project="Ask First",
        version="1",
        copyright_holder="the Ask First contributors",
        msgid_bugs_address="the issue tracker of the project",
        last_translator="Ask First contributors",
        language_team=f"{name_in(tag, 'en')} (Ask First contributors)",
        header_comment=f"# {name_in(tag, 'en')} translations for Ask First.\n# This file is distributed under the same "
        "license as the Ask First project.",
        fuzzy=False,
    )
    catalogue.mime_headers = [("Plural-Forms", plural_forms(locale, catalogue.plural_forms))]
    catalogue.update(template_of(config), no_fuzzy_matching=True)
    write_catalogue(path, catalogue)
    print(f"{shown_path(path)}: {len(catalogue)} texts to translate. See docs/translating.md for how.")
    return 0


def plural_forms(locale: Locale, usual: str) -> str:
    """The rule of the header: the usual one of gettext if it tells the same numbers apart as CLDR, else one that does
    (Babel's table gives Persian and Turkish one form, and Dari that of English)."""
    for rule in (usual, "nplurals=2; plural=(n > 1);", "nplurals=2; plural=(n != 1);"):
        if plural_mismatch(str(locale), c2py(rule.partition("; plural=")[2].rstrip(";"))) is None:
            return rule
    return to_gettext(locale.plural_form)


def template_of(config: Config) -> Catalog:
    """Every text of this configuration that needs translating."""
    return template(config.root, config.flows_dir, config.data_dir / "organisations", dt.datetime.now(dt.UTC).date())


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
