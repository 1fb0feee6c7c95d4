"""One page of the answer of Parliament's Members API to `GET /api/Members/Search`, read strictly.

Only what is used is read: `totalResults`, and of each item its person (`id`, `nameDisplayAs`), `latestParty.name` and
`latestHouseMembership`. A page that lacks one of them, or holds somebody who does not sit, is refused whole.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from bot.errors import DataError

COMMONS = 1
_LONGEST = 200
_SHOWN_FAULTS = 3


@dataclass(frozen=True, slots=True)
class ListedMember:
    """One sitting member as Parliament lists them.

    `constituency` is its name; `started` is the day on which the person's latest membership began.
    """

    person_id: int
    name: str
    party: str
    constituency: str
    started: dt.date


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the members; `total` is how many Parliament counts altogether."""

    total: int
    members: tuple[ListedMember, ...]


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    if not line:
        raise ValueError("is empty")
    if len(line) > _LONGEST:
        raise ValueError(f"is longer than {_LONGEST} characters")
    if any(unicodedata.category(char).startswith("C") for char in line):
        raise ValueError("holds characters that cannot be seen")
    return line


Line = Annotated[str, AfterValidator(_one_line)]


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, strict=True, frozen=True)


class _Party(_Part):
    name: Line


class _Status(_Part):
    status_is_active: bool


class _Membership(_Part):
    membership_from: Line
    house: int
    membership_start_date: dt.datetime
    membership_end_date: dt.datetime | None
    membership_status: _Status


class _Value(_Part):
    id: Annotated[int, Field(gt=0, lt=10**9)]
    name_display_as: Line
    latest_party: _Party
    latest_house_membership: _Membership


class _Item(_Part):
    value: _Value


class _Answer(_Part):
    items: list[_Item]
    total_results: Annotated[int, Field(ge=0)]
    skip: int
    take: int


def read_page(body: bytes, skip: int, take: int, where: str) -> Page:
    """The page in the body of an answer to a request for `take` members after the first `skip`.

    `where` names the answer in messages. Raises DataError.
    """
    try:
        answer = _Answer.model_validate_json(body)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        if problems[0]["type"] == "json_invalid":
            raise DataError(f"{where} is not JSON; check the address, and try again later.") from None
        shown = "; ".join(f"{_named(one['loc'])}: {_wrong(one)}" for one in problems[:_SHOWN_FAULTS])
        more = f"; and {len(problems) - _SHOWN_FAULTS} more" if len(problems) > _SHOWN_FAULTS else ""
        raise DataError(
            f"{where} is not as documented ({shown}{more}); nothing was taken over. Import a list with --from instead."
        ) from None
    if (answer.skip, answer.take) != (skip, take):
        raise DataError(
            f"{where} answers another question (skip={answer.skip}, take={answer.take}); check the address."
        )
    return Page(answer.total_results, tuple(_member(item.value, where) for item in answer.items))


def _member(value: _Value, where: str) -> ListedMember:
    seat = value.latest_house_membership
    if seat.house != COMMONS or seat.membership_end_date is not None or not seat.membership_status.status_is_active:
        why = "sits in the Lords" if seat.house != COMMONS else "does not sit any more"
        raise DataError(
            f"{where} lists {value.name_display_as} ({value.id}), who {why}, as a sitting member of the Commons; "
            "nothing was taken over. Try again later, or import a list with --from."
        )
    return ListedMember(
        person_id=value.id,
        name=value.name_display_as,
        party=value.latest_party.name,
        constituency=seat.membership_from,
        started=seat.membership_start_date.date(),
    )


def _named(loc: tuple[int | str, ...]) -> str:
    """`items[3].value.id`; the whole answer has no name."""
    name = ""
    for part in loc:
        name += f"[{part}]" if isinstance(part, int) else f".{part}"
    return name.removeprefix(".") or "the answer"


def _wrong(problem: ErrorDetails) -> str:
    if problem["type"] == "missing":
        return "missing"
    return problem["msg"].removeprefix("Value error, ").lower()
