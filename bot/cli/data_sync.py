"""`askfirst data sync members`: who sits in the House of Commons now, from Parliament or from a file."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.asking import ProgressLine, may_write
from bot.config import Config
from bot.errors import ConfigError, DataError, Fault, shown_path
from bot.world.build.whole_file import current_bytes, replace_whole
from bot.world.constituencies import Constituency
from bot.world.members import MemberList, dump_members, member_list, read_members
from bot.world.pledges import PledgeRegister, read_pledges

if TYPE_CHECKING:
    from bot.world.build.member_listing import Listing
    from bot.world.build.seats_csv import NewSeats

URL_VARIABLE = "PARLIAMENT_MEMBERS_URL"


def add_actions(actions: Any, common: argparse.ArgumentParser) -> None:
    """Adds `sync` to the actions of `askfirst data`."""
    sync = actions.add_parser("sync", help="bring data/members.csv up to date")
    whats = sync.add_subparsers(required=True, metavar="WHAT")
    members = whats.add_parser(
        "members", parents=[common], help="who sits now, from Parliament's Members API or from a CSV"
    )
    source = members.add_mutually_exclusive_group()
    source.add_argument("--from", type=Path, dest="file", metavar="FILE", help="an mp_lookup CSV instead of the API")
    source.add_argument("--url", metavar="URL", help=f"base address of the API (else {URL_VARIABLE}, else Parliament)")
    members.add_argument("--as-of", metavar="DAY", help="the day of that CSV, if its name does not say it: 2026-06-27")
    members.add_argument("--allow-few", action="store_true", help="take over a list of fewer than 600 members")
    members.add_argument("--yes", action="store_true", help="write without asking")
    members.set_defaults(run=_sync_members)


def _sync_members(args: argparse.Namespace, config: Config) -> int:
    from bot.world.build.member_changes import changes, described, merged
    from bot.world.build.member_listing import refuse_few
    from bot.world.build.seats_csv import checked_seats

    today = dt.datetime.now(dt.UTC).date()
    path, seats_path = config.data_dir / "members.csv", config.data_dir / "constituencies.csv"
    was, seats_were = current_bytes(path), current_bytes(seats_path)
    seats = checked_seats(seats_path) if seats_were is not None else {}
    areas = None
    if args.file is not None:
        listing, areas = _from_file(args, config, seats, today)
        seats = areas.seats if areas else seats
    else:
        listing = _from_parliament(args, config, seats, today)
    refuse_few(listing, args.allow_few)
    before = _before(path, was, seats, today)
    rows = merged(before, listing)
    after, text = member_list(rows), dump_members(rows)
    pledges = _pledges(config.data_dir / "pledges.yaml", after, today)

    print(f"Members as of {listing.as_of}: {len(listing.records)} of {len(seats)} seats, from {listing.shown}.")
    print(f"{shown_path(path)} is {f'of {before.date}' if was is not None else 'not there yet'}.")
    print("\n".join(described(changes(before, after, seats, pledges, today), before, after, seats)))
    if areas is not None:
        print(_seats_words(shown_path(seats_path), areas, new=seats_were is None))
    elif was == text.encode():
        print(f"{shown_path(path)} says all of this already; there is nothing to write.")
        return 0
    if not may_write("Write this?", args.yes):
        return 1
    if areas is not None:
        replace_whole(seats_path, areas.text, was=seats_were, check=lambda new: None)
    replace_whole(path, text, was=was, check=lambda new: _check(new, seats, today))
    print(f"{shown_path(path)} is written: as of {after.date}.")
    return 0


def _seats_words(file: str, areas: NewSeats, new: bool) -> str:
    if new:
        return f"{file} is not there yet either, and will be made."
    names = ", ".join(areas.changed[:8]) + (" …" if len(areas.changed) > 8 else "")
    return f"{file} changes, too, for {len(areas.changed)} constituencies: {names}"


def _from_file(
    args: argparse.Namespace, config: Config, seats: Mapping[str, Constituency], today: dt.date
) -> tuple[Listing, NewSeats | None]:
    from bot.world.build.member_listing import read_csv
    from bot.world.build.seats_csv import new_seats

    as_of = _as_of(args, config, today)
    listing = read_csv(args.file, seats, as_of) if seats else None
    areas = new_seats(args.file, seats)
    if listing is None:
        if areas is None:
            raise _no_seats(config)
        listing = read_csv(args.file, areas.seats, as_of)
    return listing, areas


def _from_parliament(
    args: argparse.Namespace, config: Config, seats: Mapping[str, Constituency], today: dt.date
) -> Listing:
    import asyncio

    from bot.world.build.member_listing import seated
    from bot.world.build.members_api import DEFAULT_URL, PATH, checked_url, fetch_members

    if args.as_of is not None:
        raise ConfigError("`--as-of` belongs to `--from FILE`: what Parliament answers is of today. Leave it out.")
    if not seats:
        raise _no_seats(config)
    base_url = checked_url(args.url or os.environ.get(URL_VARIABLE) or DEFAULT_URL)
    line = ProgressLine("Members read")
    try:
        members = asyncio.run(fetch_members(base_url, progress=line, say=line.say))
    finally:
        line.close()
    last_election = config.limits.last_general_election
    return seated(members, seats, as_of=today, last_election=last_election, source=f"{base_url}{PATH}")


def _as_of(args: argparse.Namespace, config: Config, today: dt.date) -> dt.date:
    from bot.world.build.member_listing import day_in_name

    if args.as_of is not None:
        try:
            day: dt.date | None = dt.date.fromisoformat(args.as_of)
        except ValueError:
            message = f"`{args.as_of}` is not a day; write it as year-month-day, for example 2026-06-27."
            raise ConfigError(message) from None
    else:
        day = day_in_name(args.file)
    if day is None:
        raise ConfigError(f"The name of {args.file.name} does not say of which day it is; add --as-of 2026-06-27.")
    if day > today:
        raise ConfigError(f"A list of {day} cannot be: that lies after {today}. Correct --as-of, or the file's name.")
    if day < config.limits.last_general_election:
        raise ConfigError(
            f"A list of {day} is from before the general election of {config.limits.last_general_election}, and says "
            "nothing about who sits now; take a newer one."
        )
    return day


def _no_seats(config: Config) -> DataError:
    path = shown_path(config.data_dir / "constituencies.csv")
    return DataError(f"{path} is missing; take it from the release, or give a whole mp_lookup CSV with --from.")


def _before(path: Path, was: bytes | None, seats: Mapping[str, Constituency], today: dt.date) -> MemberList:
    if was is None:
        return member_list(())
    faults: list[Fault] = []
    before = read_members(path, seats, today, faults)
    if faults:
        raise DataError(f"{shown_path(path)} cannot be used; mend it, or move it away and start anew:", faults)
    return before


def _pledges(path: Path, after: MemberList, today: dt.date) -> PledgeRegister:
    """The register, read with the new list: what would not load then must be mended before."""
    faults: list[Fault] = []
    pledges = read_pledges(path, after, today, faults)
    if faults:
        raise DataError(f"With the new list, {shown_path(path)} could not be used; mend it first:", faults)
    return pledges


def _check(path: Path, seats: Mapping[str, Constituency], today: dt.date) -> None:
    faults: list[Fault] = []
    read_members(path, seats, today, faults)
    if faults:
        named = [replace(fault, file="the new members.csv") for fault in faults]
        raise DataError("The new members.csv could not be used, so nothing was written:", named)
