"""`askfirst locale review`: says in a catalogue that a person has reviewed it."""

from __future__ import annotations

import argparse
import datetime as dt

from bot.channels.turns import utc_now
from bot.cli.locale_files import catalogue_of, write_catalogue
from bot.config import Config
from bot.content.po_file import read_entries, read_messages
from bot.content.reviews import Review, review_in, with_review
from bot.errors import ConfigError, ContentError, Fault, shown_path


def add_action(actions: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Adds the command."""
    parser = actions.add_parser("review", parents=[common], help="say that a person has reviewed a translation")
    parser.add_argument("language", metavar="TAG", help="for example ar")
    parser.add_argument("--by", metavar="WHO", help="a role or an organisation, never a person's name")
    parser.add_argument("--on", metavar="DAY", help="year-month-day (today)")
    parser.add_argument("--withdraw", action="store_true", help="take the review back")
    parser.set_defaults(run=_review)


def _review(args: argparse.Namespace, config: Config) -> int:
    path = catalogue_of(config, args.language)
    faults: list[Fault] = []
    messages, entries = read_messages(path, faults), read_entries(path, faults)
    if messages is None or entries is None:
        raise ContentError("This translation cannot be reviewed:", faults)
    if args.withdraw:
        before = review_in(messages.header_comment)
        messages.header_comment = with_review(messages.header_comment, None)
        write_catalogue(path, messages)
        print(f"{shown_path(path)}: no longer reviewed (it said: {before})." if before else "It was not reviewed.")
        return 0
    review = Review(_who(args.by), _day(args.on))
    open_ = [entry for entry in entries.entries if entry.fuzzy or not all(entry.forms)]
    if open_:
        faults = [Fault(shown_path(path), entry.line, 1, "untranslated", "translate this first") for entry in open_]
        raise ContentError("What is not translated cannot be reviewed:", faults[:20])
    messages.header_comment = with_review(messages.header_comment, review)
    write_catalogue(path, messages)
    print(f"{shown_path(path)}: reviewed by {review}. The bot no longer says that nobody has checked it.")
    return 0


def _who(given: str | None) -> str:
    who = " ".join((given or "").split())
    if not who:
        raise ConfigError(
            "Say who reviewed it: --by and a role or an organisation, for example --by 'Praxis interpreters'."
        )
    return who


def _day(given: str | None) -> dt.date:
    today = utc_now().date()
    if given is None:
        return today
    try:
        day = dt.date.fromisoformat(given)
    except ValueError as error:
        raise ConfigError(
            f"`{given:.40}` is not a day; write year-month-day, for example {today.isoformat()}."
        ) from error
    if day > today:
        raise ConfigError(f"{day.isoformat()} has not come yet; write the day of the review.")
    return day
