"""`askfirst data import pledges FILE`: a campaign's list of signatories into the register, after asking."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.asking import may_write
from bot.config import Config
from bot.errors import DataError, Fault, shown_path
from bot.world.build.whole_file import current_bytes, replace_whole
from bot.world.constituencies import Constituency, read_constituencies
from bot.world.members import MemberList, read_members
from bot.world.pledges import PledgeEntry, PledgeFile, read_pledges
from bot.yamlfile import Document, read, read_bytes

if TYPE_CHECKING:
    from bot.world.build.campaign_list import Signature
    from bot.world.build.pledge_plan import Plan

DEFAULT_ROLE = "pledge importer"


def add_actions(actions: Any, common: argparse.ArgumentParser) -> None:
    """Adds `import pledges` to the actions of `askfirst data`."""
    parser = actions.add_parser("import", help="take over what others have written down")
    add_pledges(parser.add_subparsers(required=True, metavar="WHAT"), common)


def add_pledges(whats: Any, common: argparse.ArgumentParser) -> None:
    """Adds `pledges` to what `askfirst data import` takes over."""
    pledges = whats.add_parser("pledges", parents=[common], help="a campaign's list of signatories: CSV or YAML")
    pledges.add_argument(
        "file", type=Path, metavar="FILE", help="name, constituency, date, source; confirmed, withdrawn"
    )
    pledges.add_argument("--yes", action="store_true", help="write what is certain without asking")
    pledges.add_argument(
        "--checked-by", default=DEFAULT_ROLE, metavar="ROLE", help=f"who read the sources, not by name ({DEFAULT_ROLE})"
    )
    pledges.set_defaults(run=_import_pledges)


def _import_pledges(args: argparse.Namespace, config: Config) -> int:
    from bot.world.build.campaign_list import read_campaign_list
    from bot.world.build.pledge_match import people
    from bot.world.build.pledge_plan import Terms, plan, resulting
    from bot.world.build.pledge_text import with_records

    today = dt.datetime.now(dt.UTC).date()
    path = config.data_dir / "pledges.yaml"
    was = current_bytes(path)
    listed = read_campaign_list(args.file, today)
    seats, members = _members(config.data_dir, today)
    document = _register(path, was, members, today)
    entries = document.model.pledges
    signed_as = ((one.person_id, one.name, one.constituency_then) for one in entries if one.person_id is not None)
    terms = Terms(today, args.checked_by, config.limits.last_general_election)
    made = plan(listed.signatures, document, people(members, seats, signed_as), terms)

    file = shown_path(path)
    print(f"{shown_path(args.file)}: {len(listed.signatures)} people. {file}: {len(entries)} records.")
    print(f"members.csv: as of {members.date}; whoever left before it was first made is not in it.")
    if listed.unused:
        print(f"Not used: {', '.join(listed.unused)}.")
    for line in _shown(made, entries, file):
        print(line)
    if not (made.additions or made.updates):
        print("\nThere is nothing certain to write.")
        return 0
    print(
        f"\nTo write: new records {len(made.additions)}, updates {len(made.updates)}; checked by: {terms.checked_by}."
    )
    if not may_write("Has somebody read these sources today, and shall this be written?", args.yes):
        return 1
    text = (was or b"").decode("utf-8-sig")
    new = with_records(text, {one.number: one.values for one in made.updates}, [one.entry for one in made.additions])
    after = resulting(entries, made)
    replace_whole(path, new, was=was, check=lambda written: _check(written, after, members, today))
    print(f"{file} is written: {len(after)} records.")
    return 0


def _members(data_dir: Path, today: dt.date) -> tuple[Mapping[str, Constituency], MemberList]:
    faults: list[Fault] = []
    seats = read_constituencies(data_dir / "constituencies.csv", faults)
    members = read_members(data_dir / "members.csv", seats, today, faults)
    if faults:
        raise DataError("Signatures are matched to members, and those cannot be read:", faults)
    return seats, members


def _register(path: Path, was: bytes | None, members: MemberList, today: dt.date) -> Document[PledgeFile]:
    faults: list[Fault] = []
    if was is None:
        raise DataError(f"{shown_path(path)} is missing; take it from the release, or write `pledges: []` into it.")
    document = read_bytes(was, shown_path(path), PledgeFile, faults)
    read_pledges(path, members, today, faults)
    if document is None or faults:
        raise DataError(f"{shown_path(path)} cannot be used; mend it first:", faults)
    return document


def _check(path: Path, after: tuple[PledgeEntry, ...], members: MemberList, today: dt.date) -> None:
    """Refuses a new register that does not load, or does not hold exactly what was shown."""
    faults: list[Fault] = []
    document = read(path, PledgeFile, faults)
    if document is not None:
        read_pledges(path, members, today, faults)
    if document is None or faults:
        named = [replace(fault, file="the new pledges.yaml") for fault in faults]
        raise DataError("The new pledges.yaml could not be used, so nothing was written; add it by hand:", named)
    if document.model.pledges != after:
        raise DataError("The new pledges.yaml would not say what was shown, so nothing was written; add it by hand.")


def _shown(made: Plan, entries: tuple[PledgeEntry, ...], file: str) -> Iterator[str]:
    """The lists, for the person who decides."""
    from bot.world.build.pledge_text import record_lines

    yield f"\nCertain: {len(made.additions) + len(made.updates)}"
    for addition in made.additions:
        yield f"  {_line(addition.signature)}"
        yield f"    is {addition.person.name} ({addition.person.person_id}), {addition.person.seat}: {addition.why}"
        yield from (f"    + {line}" for line in record_lines(addition.entry))
    for update in made.updates:
        yield f"  {_line(update.signature)}"
        yield f"    is {update.person.name} ({update.person.person_id}), {update.person.seat}: {update.why}"
        yield f"    the record on line {update.line} of {file} changes:"
        for key, value in update.values.items():
            before = getattr(entries[update.number], key)
            if before != value:
                yield f"    {key}: {'(none)' if before is None else before} -> {value or '(none)'}"
    yield f"\nLikely, and not written: {len(made.likely)}"
    for likely in made.likely:
        yield f"  {_line(likely.signature)}"
        for person, why in likely.candidates:
            yield f"    perhaps {person.name} ({person.person_id}), {person.seat}: {why}"
        first = likely.candidates[0][0].person_id
        if likely.entry is not None:
            yield f"    If it is https://members.parliament.uk/member/{first}/contact, add this to {file} by hand:"
            yield from (f"      {line}" for line in record_lines(likely.entry))
        else:
            yield f"    See the record on line {likely.line} of {file}, and change it by hand."
    yield f"\nUnmatched, and not written: {len(made.unmatched)}"
    for nobody in made.unmatched:
        yield f"  {_line(nobody.signature)}: {nobody.why}"
    yield f"\nIn the register already: {len(made.there)}"
    for there in made.there:
        yield f"  {_line(there.signature)}: line {there.line} of {file}"


def _line(signature: Signature) -> str:
    place = f", {signature.constituency}" if signature.constituency else ""
    return f"{signature.file}:{signature.line}: {signature.name}{place}"
