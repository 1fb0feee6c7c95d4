"""`askfirst link`: links that open a flow in a language, their QR codes, and a sheet to print."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.config import Config, bot_name
from bot.content.catalogues import load_catalogues
from bot.content.flows import load_flows
from bot.content.links import address, link_to, qr_png, qr_svg
from bot.content.sheet import MOST, TEXTS, Notice, sheet, untranslated
from bot.engine.links import Link
from bot.engine.wording import ENGLISH, Catalogue, Wording
from bot.errors import ConfigError, shown_path
from bot.world.build.swap import swap_in


@dataclass(frozen=True, slots=True)
class _Made:
    """One link: where it leads, and the language of its sheet."""

    link: Link
    url: str
    catalogue: Catalogue


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = commands.add_parser("link", parents=[common], help="make a link to the bot, its QR code, a sheet to print")
    parser.add_argument("--flow", required=True, metavar="FLOW", help="what it opens, for example ask_mp")
    parser.add_argument(
        "--lang", nargs="+", action="extend", default=[], metavar="TAG", help="the languages it opens in; a link each"
    )
    parser.add_argument("--ref", default="", metavar="WORD", help="where it hangs, for example leeds7; never kept")
    parser.add_argument("--bot", metavar="NAME", help="the bot's user name (telegram.name of the settings)")
    parser.add_argument("--png", type=Path, metavar="FILE", help="write the QR code as a picture")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write the QR code as a drawing, for any size")
    parser.add_argument("--sheet", type=Path, metavar="FILE", help="write a page of A4 to print (HTML)")
    parser.add_argument("--json", action="store_true", help="one JSON object a link")
    parser.set_defaults(run=_link)


def _link(args: argparse.Namespace, config: Config) -> int:
    bot = _bot_name(args.bot, config)
    flows, catalogues = load_flows(config.flows_dir), load_catalogues(config.locales_dir)
    wanted: list[str | None] = list(dict.fromkeys(args.lang)) or [None]
    links = [link_to(flows, catalogues, args.flow, language, args.ref) for language in wanted]
    made = [_Made(link, address(bot, link), catalogues[link.language or "en"]) for link in links]
    contents = dict(_contents(args, made))
    for path, data in contents.items():
        swap_in(path, data, lambda _: None)
    for one in made:
        told = {"flow": args.flow, "language": one.link.language, "ref": one.link.ref, "payload": one.link.payload}
        print(json.dumps({**told, "link": one.url}) if args.json else one.url)
    for path in contents:
        print(f"Written: {shown_path(path)}", file=sys.stderr)
    if args.sheet:
        _warn([one.catalogue for one in made])
    return 0


def _bot_name(given: str | None, config: Config) -> str:
    if given is None and config.telegram_name is None:
        raise ConfigError(
            "A link needs the bot's user name; give --bot NAME, or write `name: NAME` under `telegram` in the settings."
        )
    try:
        return bot_name(given if given is not None else config.telegram_name)
    except ValueError as error:
        raise ConfigError(f"--bot: {error}.") from None


def _contents(args: argparse.Namespace, made: Sequence[_Made]) -> Iterator[tuple[Path, bytes]]:
    """Each file to write, with what goes into it."""
    for one in made:
        tag = f"-{one.link.language}" if len(made) > 1 else ""
        if args.png:
            yield _named(args.png, ".png", tag), qr_png(one.url)
        if args.svg:
            yield _named(args.svg, ".svg", tag), qr_svg(one.url).encode()
    if args.sheet:
        if len(made) > MOST:
            raise ConfigError(f"A sheet has room for {MOST} languages, not {len(made)}; make two sheets.")
        notices = [Notice(one.catalogue, one.url) for one in made]
        yield _named(args.sheet, ".html", ""), sheet(notices).encode()


def _named(path: Path, ending: str, tag: str) -> Path:
    """The file's name, with the language in it where there are several. Raises ConfigError for another kind of file."""
    if path.suffix.lower() not in (ending, ending[:-1]):
        raise ConfigError(f"`{path.name}` must end in {ending}, because that is what it will be; give another name.")
    return path.with_stem(path.stem + tag)


def _warn(spoken: Sequence[Catalogue]) -> None:
    """What a person must look at before the sheet is printed."""
    for catalogue in spoken:
        name = Wording(ENGLISH).language_name(catalogue.language)
        if missing := untranslated(catalogue):
            print(f"Warning: {missing} of the {len(TEXTS)} texts are not translated into {name}.", file=sys.stderr)
        if not catalogue.reviewed:
            sentence = f"Warning: nobody has reviewed {name} yet. Ask a person who reads it to check the sheet"
            print(f"{sentence} before you print it.", file=sys.stderr)
