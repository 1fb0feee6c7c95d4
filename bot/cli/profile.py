"""`askfirst profile`: what Telegram shows of the bot beside its chats. docs/telegram-profile.md explains it."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from bot.config import Config
from bot.content.catalogues import catalogue_path, load_catalogues
from bot.content.flows import load_flows
from bot.engine.wording import ENGLISH, Wording
from bot.errors import ConfigError, shown_path

if TYPE_CHECKING:  # the library takes 0.2 s to import, and every command reads this module
    from bot.channels.telegram.profile import Difference, Profile, Value


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Adds `askfirst profile` and its actions."""
    parser = commands.add_parser("profile", help="the bot's name, descriptions and commands on Telegram")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for name, run, what in (
        ("push", _push, "send Telegram what differs, in every language"),
        ("diff", _diff, "say what differs, and change nothing"),
    ):
        action = actions.add_parser(name, parents=[common], help=what)
        action.add_argument("--json", action="store_true", help="one JSON object a difference")
        action.set_defaults(run=run)


def _push(args: argparse.Namespace, config: Config) -> int:
    from bot.channels.telegram.presenting import push

    token, profile = _token(config), _profile(config)
    number = 0

    def told(code: str, sent: Sequence[Difference]) -> None:
        nonlocal number
        number += len(sent)
        if args.json:
            for one in sent:
                print(_as_json(one), flush=True)
        else:
            print(f"{_named(profile, code):28}{', '.join(map(_in_words, sent)) or 'as it was'}", flush=True)

    asyncio.run(push(profile, token=token, base_url=config.telegram_base_url, say=_say, told=told))
    _say_left_out(profile)
    if not args.json:
        print(f"Done. {number} sent; Telegram shows the rest already." if number else "Done. Nothing had to be sent.")
    return 0


def _diff(args: argparse.Namespace, config: Config) -> int:
    from bot.channels.telegram.presenting import compare

    token, profile = _token(config), _profile(config)
    found = asyncio.run(compare(profile, token=token, base_url=config.telegram_base_url, say=_say))
    for one in found:
        print(_as_json(one) if args.json else "\n".join(_as_lines(profile, one)))
    _say_left_out(profile)
    if not args.json:
        remedy = f"Differences: {len(found)}. Remedy: askfirst profile push."
        print(remedy if found else "Telegram shows what it should.")
    return 1 if found else 0


def _token(config: Config) -> str:
    if config.telegram_token is None:
        raise ConfigError(
            "TELEGRAM_BOT_TOKEN is not set, so there is no bot whose profile could be seen; "
            "copy the token from @BotFather into this environment variable."
        )
    return config.telegram_token


def _profile(config: Config) -> Profile:
    from bot.channels.telegram.profile import profile_of

    def file_of(tag: str) -> str:
        english = tag == ENGLISH.language
        return shown_path(config.flows_dir if english else catalogue_path(config.locales_dir, tag))

    return profile_of(load_flows(config.flows_dir), load_catalogues(config.locales_dir), file_of)


def _say_left_out(profile: Profile) -> None:
    """Whose readers see the default, and why."""
    without = [_in_english(tag) for tag, other in profile.left_out.items() if other is None]
    if without:
        _say(f"Telegram has no code for {', '.join(without)}, and shows the default there.")
    for tag, other in profile.left_out.items():
        if other is not None:
            _say(f"Telegram does not tell {tag} from {other}, and shows {other} for both.")


def _say(text: str) -> None:
    """Beside the results, which may go to another program."""
    print(text, file=sys.stderr, flush=True)


def _named(profile: Profile, code: str) -> str:
    return f"{code} {_in_english(profile.tags[code])}" if code else "default"


def _in_english(tag: str) -> str:
    return Wording(ENGLISH).language_name(tag)


def _in_words(difference: Difference) -> str:
    return difference.what.replace("_", " ") + ("" if difference.wanted else " removed")


def _as_json(difference: Difference) -> str:
    told = {
        "language": difference.code,
        "what": difference.what,
        "telegram": _plain(difference.shown),
        "wanted": _plain(difference.wanted) if difference.wanted else None,
    }
    return json.dumps(told, ensure_ascii=False)


def _plain(value: Value) -> object:
    if isinstance(value, str):
        return value
    return [{"command": command, "description": words} for command, words in value]


def _as_lines(profile: Profile, difference: Difference) -> Iterator[str]:
    """What Telegram shows and should not (-), and the other way round (+)."""
    yield f"{_named(profile, difference.code)}: {_in_words(difference)}"
    shown, wanted = _lines_of(difference.shown), _lines_of(difference.wanted)
    changes = list(unified_diff(shown, wanted, n=0, lineterm=""))[2:]  # after the names of two files
    yield from (f"  {line[0]} {line[1:]}" for line in changes if not line.startswith("@@"))


def _lines_of(value: Value) -> list[str]:
    return value.splitlines() if isinstance(value, str) else [f"/{command} {words}" for command, words in value]
