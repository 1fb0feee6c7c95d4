"""A look-up as the command line shows it: one plain object, ready for JSON, and the exit code that goes with it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from bot.engine.facts import ConstituencyAnswer, PlaceAnswer, PostcodeFinding, PostcodeKind

_EXIT_CODES = {
    PostcodeKind.FOUND: 0,
    PostcodeKind.SEVERAL: 0,
    PostcodeKind.PARTIAL: 0,
    PostcodeKind.NORTHERN_IRELAND: 1,
    PostcodeKind.NO_MP: 1,
    PostcodeKind.NOT_FOUND: 1,
    PostcodeKind.NOT_A_POSTCODE: 2,
}


class LookupFacts(Protocol):
    """The part of `WorldFacts` that a look-up needs."""

    def read_postcode(self, text: str, today: dt.date) -> PostcodeFinding:
        """Finds the postcode in a text and looks it up."""
        ...

    def answer(self, codes: tuple[str, ...], today: dt.date) -> PlaceAnswer:
        """Verdict and members of these constituencies."""
        ...


def lookup_json(world: LookupFacts, text: str, today: dt.date) -> dict[str, Any]:
    """What `askfirst lookup --json` prints for one text.

    Keys: `kind`, `status`, `reason` (only of kind `no_mp`), `constituencies` (most likely first, each with `code`,
    `name`, `member` or null, `verdict`), `verdict` of the place, `data` with the day of each source or null.
    """
    finding = world.read_postcode(text, today)
    answer = world.answer(finding.constituencies, today)
    result: dict[str, Any] = {
        "kind": finding.kind.value,
        "status": finding.status,
        "constituencies": [_constituency(seat) for seat in answer.constituencies],
        "verdict": answer.verdict.value,
        "data": {
            "postcodes": _day(answer.dates.postcodes),
            "members": _day(answer.dates.members),
            "pledges": _day(answer.dates.pledges),
        },
    }
    if finding.kind is PostcodeKind.NO_MP:
        result["reason"] = finding.reason
    return result


def exit_code(kind: PostcodeKind) -> int:
    """0 where the text leads to constituencies, 1 where no constituency can be named, 2 where it is not a postcode."""
    return _EXIT_CODES[kind]


def _constituency(seat: ConstituencyAnswer) -> dict[str, Any]:
    member = seat.member
    return {
        "code": seat.code,
        "name": seat.name,
        "member": {"id": member.id, "name": member.name, "party": member.party} if member else None,
        "verdict": seat.verdict.value,
    }


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
