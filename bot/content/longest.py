"""The longest values that today's facts can put into a text, in one language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.engine.actions import ACTIONS, ORGANISATIONS_ON_A_CARD, Context
from bot.engine.facts import (
    Area,
    ConstituencyAnswer,
    DataDates,
    Facts,
    Member,
    Organisation,
    PlaceAnswer,
    Pledge,
    PostcodeFinding,
    Verdict,
)
from bot.engine.model import Place, SlotValue, Text
from bot.engine.wording import Catalogue, Lines, Value, Values, Wording

# CR0 and S30 lie in eight constituencies, more than any other district (postcodes of July 2024).
MOST_CANDIDATES = 8
_LONG_DATE = dt.date(2026, 9, 30)


@dataclass(frozen=True)
class Extremes:
    """What is longest among the facts, whatever the language. Made once; `longest` is asked for each language."""

    facts: Facts
    today: dt.date

    @cached_property
    def seats(self) -> tuple[ConstituencyAnswer, ...]:
        """Every constituency on this day."""
        codes = tuple(
            area.code for nation in self.facts.nations() for area in self.facts.constituencies_in(nation.code)
        )
        return self.facts.answer(codes, self.today).constituencies

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of constituencies, the longest first."""
        return tuple(sorted((seat.name for seat in self.seats), key=len, reverse=True)) or ("",)

    @cached_property
    def member(self) -> Member:
        """An invented member with the longest name and party of all."""
        sitting = [seat.member for seat in self.seats if seat.member]
        return Member(
            0,
            max((member.name for member in sitting), key=len, default=""),
            max((member.party for member in sitting), key=len, default=""),
        )

    @cached_property
    def organisations(self) -> tuple[Organisation, ...]:
        """Everybody who helps anywhere."""
        return self.facts.organisations(None, tuple(seat.code for seat in self.seats), self.today)

    @cached_property
    def crisis_lines(self) -> tuple[Organisation, ...]:
        """The help lines of the region that has the most to say."""
        lists = [self.facts.crisis_lines((region.code,), self.today) for region in self.facts.regions()]
        return max(lists, key=lambda found: sum(len(one.description) + len(one.alert) for one in found), default=())


@dataclass(frozen=True, slots=True)
class _LongestFacts:
    """Facts that answer at the greatest length."""

    extremes: Extremes
    verdict: Verdict
    listed: tuple[Organisation, ...]
    answered: list[Verdict] = field(default_factory=list)

    def answer(self, codes: tuple[str, ...], today: dt.date) -> PlaceAnswer:
        self.answered.append(self.verdict)
        seats = tuple(self._seat(name) for name in self.extremes.names[: len(codes)])
        dates = DataDates(_LONG_DATE, _LONG_DATE, _LONG_DATE)
        return PlaceAnswer(self.verdict, seats, dates, members_fresh=False)

    def _seat(self, name: str) -> ConstituencyAnswer:
        verdict = Verdict.UNCONFIRMED if self.verdict is Verdict.SEVERAL else self.verdict
        member = None if verdict in (Verdict.VACANT, Verdict.UNKNOWN) else self.extremes.member
        signed = verdict in (Verdict.PLEDGED, Verdict.UNCONFIRMED, Verdict.WITHDRAWN)
        withdrawn = _LONG_DATE if verdict is Verdict.WITHDRAWN else None
        pledge = Pledge(0, self.extremes.member.name, _LONG_DATE, _LONG_DATE, withdrawn, "https://", _LONG_DATE, "by")
        return ConstituencyAnswer("", name, member, _LONG_DATE, verdict, pledge if signed else None)

    def organisations(self, topic: str | None, codes: tuple[str, ...], today: dt.date) -> tuple[Organisation, ...]:
        return self.listed

    def crisis_lines(self, codes: tuple[str, ...], today: dt.date) -> tuple[Organisation, ...]:
        return self.extremes.crisis_lines if self.listed else ()

    def area(self, code: str) -> Area | None:
        return Area(code, self.extremes.names[0])

    def read_postcode(self, text: str, today: dt.date) -> PostcodeFinding:
        return self.extremes.facts.read_postcode(text, today)

    def search(self, text: str) -> tuple[Area, ...]:
        return self.extremes.facts.search(text)

    def nations(self) -> tuple[Area, ...]:
        return self.extremes.facts.nations()

    def regions(self) -> tuple[Area, ...]:
        return self.extremes.facts.regions()

    def constituencies_in(self, code: str) -> tuple[Area, ...]:
        return self.extremes.facts.constituencies_in(code)


def longest_values(extremes: Extremes, catalogue: Catalogue) -> tuple[Mapping[str, Values], Mapping[str, Values]]:
    """For each action the longest of each value that it can give, after any of its outcomes: for a place in one
    constituency, and for one in as many as a place can lie in."""
    wording = Wording(catalogue)
    longest = sorted(extremes.organisations, key=lambda one: _words(one, wording), reverse=True)
    listed = tuple(longest[: ORGANISATIONS_ON_A_CARD + 1])
    found: tuple[dict[str, dict[str, Value]], ...] = ({}, {})
    for name, action in ACTIONS.items():
        lengths: dict[str, int] = {}
        for candidates, best in zip((1, MOST_CANDIDATES), found, strict=True):
            # Of several candidates some actions have nothing to say; what they say of one is the longest then.
            best[name] = dict(found[0][name]) if best is found[1] else {}
            for context in _contexts(action.needs, extremes, catalogue, candidates, listed):
                for value_name, value in action.run(context).values.items():
                    length = _length(value, wording)
                    if length > lengths.get(value_name, -1):
                        lengths[value_name] = length
                        best[name][value_name] = value
    return found[0], found[1]


def _contexts(
    needs: Mapping[str, str],
    extremes: Extremes,
    catalogue: Catalogue,
    candidates: int,
    listed: tuple[Organisation, ...],
) -> Iterator[Context]:
    """The circumstances under which an action may run, as far as it looks at them."""
    place = Place("several" if candidates > 1 else "found", tuple(f"{number}" for number in range(candidates)))
    slots: dict[str, SlotValue] = {"place": place, "page": 0, "topic": ""}
    for verdict in Verdict if "place" in needs else (Verdict.UNKNOWN,):
        facts = _LongestFacts(extremes, verdict, listed)
        yield Context(facts, catalogue, slots, extremes.today)
        if not facts.answered:
            break  # it did not ask about members, so it says the same whatever the verdict
    if "page" in needs:  # the last page
        last = _LongestFacts(extremes, Verdict.UNKNOWN, listed[:-1])
        yield Context(last, catalogue, slots, extremes.today)


def _words(organisation: Organisation, wording: Wording) -> int:
    """How long its own words are in this language. What stands around them is the same for all that have it."""
    own = [organisation.description, organisation.eligibility, organisation.hours, organisation.cost]
    own += [organisation.funding, organisation.alert, *(phone.description for phone in organisation.phones)]
    context = f"organisation.{organisation.id}"
    said = [wording.label(Text(context, msgid)) for msgid in own if msgid]
    names = (organisation.name, *organisation.area_names, organisation.url, organisation.regulator and "regulator")
    return sum(map(len, said)) + 20 * len(said) + sum(len(name) for name in names if name)


def _length(value: Value, wording: Wording) -> int:
    if isinstance(value, Lines):
        return sum(1 + sum(len(span.text) for span in line) for line in value.of(wording))
    return value if isinstance(value, int) else len(wording.value(value))
