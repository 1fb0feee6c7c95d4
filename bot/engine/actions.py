"""The verbs that a flow may name. Each says which slots it needs, every outcome it can have, and the values its texts
may use after each outcome; the loader holds flows to that.

An action is pure: facts, slots and the day in; an `Outcome` out. It asks nothing of a person and decides nothing by a
person's story: the same place and topic give the same text to everyone (Immigration and Asylum Act 1999, s.82).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.engine import cards
from bot.engine.facts import Facts, Organisation, Subject, Verdict
from bot.engine.model import Act, Place, SlotValue
from bot.engine.wording import Catalogue, Names, Values

ORGANISATIONS_ON_A_CARD = 3


@dataclass(frozen=True, slots=True)
class Context:
    """What an action may look at. `slots` holds its arguments by their own names; a slot not yet set is missing."""

    facts: Facts
    catalogue: Catalogue
    slots: Mapping[str, SlotValue]
    today: dt.date

    def place(self) -> Place:
        """The argument `place`, or an empty one."""
        value = self.slots.get("place")
        return value if isinstance(value, Place) else Place(kind="unset")

    def number(self, name: str) -> int:
        """A page slot's value."""
        value = self.slots.get(name)
        return value if isinstance(value, int) else 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an action. `sets` are new values of its arguments; `control` moves the conversation itself.
    `copies` are the telephone numbers among the values, for buttons that copy them; `subjects` are what these values
    are facts about.
    """

    name: str
    values: Values = field(default_factory=dict)
    sets: Mapping[str, SlotValue] = field(default_factory=dict)
    control: Literal["back", "forget"] | None = None
    copies: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A registered verb. `needs`: argument -> slot type. `outcomes`: outcome -> names of the values it provides.

    One that `moves` the conversation itself has the outcome that the conversation allows, whatever the facts say.
    """

    name: str
    needs: Mapping[str, str]
    outcomes: Mapping[str, frozenset[str]]
    run: Callable[[Context], Outcome]
    moves: bool = False


def _place_kind(context: Context) -> Outcome:
    place = context.place()
    if place.kind == "several" and len(place.codes) == 1:
        place = replace(place, kind="found")
    names = tuple(area.name for code in place.codes if (area := context.facts.area(code)))
    values: Values = {"areas": Names(names), "count": len(names)}
    if place.kind == "no_mp":
        return Outcome("british_forces" if place.reason == "british_forces" else "no_mp", values)
    if place.kind in ("found", "several") and place.status in ("newer_than_index", "terminated"):
        return Outcome("newer" if place.status == "newer_than_index" else "terminated", values)
    return Outcome(place.kind, values)


_PLACE_KINDS = (
    *("found", "several", "partial", "northern_ireland", "no_mp", "british_forces", "not_found"),
    *("newer", "terminated", "area", "chosen", "search", "unset"),
)


def _pledge_verdict(context: Context) -> Outcome:
    answer = context.facts.answer(context.place().codes, context.today)
    return Outcome(
        answer.verdict.value,
        {
            "your_mp": cards.your_mp(answer),
            "candidates": cards.candidates(answer),
            "as_of": cards.as_of(answer),
            "signatures": cards.signatures(answer),
            "vacancies": cards.vacancies(answer),
            "count": len(answer.constituencies),
        },
        subjects=cards.members(answer),
    )


def _list_organisations(context: Context) -> Outcome:
    topic = context.slots.get("topic")
    named = topic if isinstance(topic, str) else None
    found = context.facts.organisations(named, context.place().codes, context.today)
    if not found:
        return Outcome("none")
    # Past the last page the list begins again, so that no number leads to an empty card.
    pages = -(-len(found) // ORGANISATIONS_ON_A_CARD)
    first = context.number("page") % pages * ORGANISATIONS_ON_A_CARD
    shown = found[first : first + ORGANISATIONS_ON_A_CARD]
    values: Values = {"organisations": cards.organisation_cards(shown), "count": len(found)}
    name = "last" if first + len(shown) >= len(found) else "more"
    return Outcome(name, values, copies=cards.numbers(shown), subjects=cards.subjects(shown))


def _nearest_organisations(context: Context) -> Outcome:
    found = context.facts.organisations(None, context.place().codes, context.today)[:ORGANISATIONS_ON_A_CARD]
    return _listed(found)


def _crisis_lines(context: Context) -> Outcome:
    return _listed(context.facts.crisis_lines(context.place().codes, context.today))


def _listed(found: tuple[Organisation, ...]) -> Outcome:
    if not found:
        return Outcome("none")
    values: Values = {"organisations": cards.organisation_cards(found)}
    return Outcome("found", values, copies=cards.numbers(found), subjects=cards.subjects(found))


def _letter(context: Context) -> Outcome:
    """A letter that asks an MP to sign. It is about the pledge, never about a person's own case: representations to a
    minister on somebody's behalf are immigration services (s.82)."""
    answer = context.facts.answer(context.place().codes, context.today)
    if len(answer.constituencies) != 1:
        return Outcome("several" if answer.constituencies else "unknown")
    seat = answer.constituencies[0]
    if seat.member is None or answer.verdict is Verdict.UNKNOWN:
        return Outcome("vacant" if answer.verdict is Verdict.VACANT else "unknown")
    values: Values = {
        "member": seat.member.name,
        "letter": cards.letter(seat.member.name, seat.name),
        "as_of": cards.as_of(answer),
    }
    name = "signed" if seat.verdict is Verdict.PLEDGED else "ready"
    return Outcome(name, values, subjects=cards.members(answer))


def _action(
    name: str,
    needs: Mapping[str, str],
    outcomes: Mapping[str, tuple[str, ...]],
    run: Callable[[Context], Outcome],
    *,
    moves: bool = False,
) -> Action:
    return Action(name, needs, {outcome: frozenset(values) for outcome, values in outcomes.items()}, run, moves)


# The values that are whole numbers, by which a text can choose its plural form.
NUMBERS = frozenset({"count"})

_VERDICT_VALUES = ("your_mp", "candidates", "as_of", "signatures", "vacancies", "count")

ACTIONS: Mapping[str, Action] = {
    action.name: action
    for action in (
        _action("place_kind", {"place": "place"}, dict.fromkeys(_PLACE_KINDS, ("areas", "count")), _place_kind),
        _action(
            "pledge_verdict",
            {"place": "place"},
            {verdict.value: _VERDICT_VALUES for verdict in Verdict},
            _pledge_verdict,
        ),
        _action(
            "list_organisations",
            {"place": "place", "topic": "choice", "page": "page"},
            {"more": ("organisations", "count"), "last": ("organisations", "count"), "none": ()},
            _list_organisations,
        ),
        _action(
            "nearest_organisations",
            {"place": "place"},
            {"found": ("organisations",), "none": ()},
            _nearest_organisations,
        ),
        _action("pledge_words", {}, {"done": ("pledge",)}, lambda context: Outcome("done", {"pledge": cards.PLEDGE})),
        _action("crisis_lines", {"place": "place"}, {"found": ("organisations",), "none": ()}, _crisis_lines),
        _action("first_page", {"page": "page"}, {"done": ()}, lambda context: Outcome("done", sets={"page": 0})),
        _action(
            "next_page",
            {"page": "page"},
            {"done": ()},
            lambda context: Outcome("done", sets={"page": context.number("page") + 1}),
        ),
        _action(
            "letter",
            {"place": "place"},
            {
                "ready": ("member", "letter", "as_of"),
                "signed": ("member", "letter", "as_of"),
                "vacant": (),
                "several": (),
                "unknown": (),
            },
            _letter,
        ),
        # These two move the conversation itself; what they name happens after the step they lead to.
        _action(
            "go_back",
            {},
            {"done": (), "nothing": ()},
            lambda context: Outcome("done", control="back"),
            moves=True,
        ),
        _action("forget", {}, {"done": ()}, lambda context: Outcome("done", control="forget"), moves=True),
    )
}


Runner = Callable[[Act, Facts, Mapping[str, SlotValue], Catalogue, dt.date], Outcome]


def run_action(act: Act, facts: Facts, slots: Mapping[str, SlotValue], catalogue: Catalogue, today: dt.date) -> Outcome:
    """Runs the action of a step on the slots that the step names."""
    arguments = {argument: slots[slot] for argument, slot in act.arguments.items() if slot in slots}
    return ACTIONS[act.action].run(Context(facts, catalogue, arguments, today))
