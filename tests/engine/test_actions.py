"""The verbs of the flows: every outcome is reached, and each provides exactly the values that it declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from bot.engine.actions import ACTIONS, ORGANISATIONS_ON_A_CARD, Outcome, run_action
from bot.engine.facts import Facts, PostcodeKind, Verdict
from bot.engine.model import Act, Place, SlotValue
from bot.engine.wording import ENGLISH, Catalogue, Lines, Names, Wording
from tests.engine.talk import Talk, a_world
from tests.fake_facts import (
    ANTRIM_EAST,
    BLANKSHIRE,
    DUMMYTON,
    FACTS,
    FAKEHAM,
    MOCKSEA,
    NORTH,
    STUBBURY,
    TESTFORD,
    TODAY,
    VALES,
    organisation,
)


@dataclass(frozen=True)
class Case:
    """An action on a place, and the outcome it must have."""

    action: str
    outcome: str
    place: Place | None = None
    slots: Mapping[str, SlotValue] | None = None
    facts: Facts = FACTS
    catalogue: Catalogue = ENGLISH

    def run(self) -> Outcome:
        """Runs the action on slots that have the names of its arguments."""
        slots = dict(self.slots or {}) | ({"place": self.place} if self.place else {})
        act = Act("step", self.action, {name: name for name in ACTIONS[self.action].needs}, {})
        return run_action(act, self.facts, slots, self.catalogue, TODAY)


HOUSING = {"topic": "housing"}
NOBODY = replace(FACTS, directory=(), lines=())
CASES = [
    Case("place_kind", "found", Place("found", (STUBBURY,), "live")),
    Case("place_kind", "several", Place("several", (STUBBURY, FAKEHAM), "live")),
    Case("place_kind", "found", Place("several", (STUBBURY,), "live")),
    Case("place_kind", "partial", Place("partial", VALES)),
    Case("place_kind", "partial", Place("partial", (STUBBURY,))),
    Case("place_kind", "partial", Place("partial", VALES, "terminated")),
    Case("place_kind", "terminated", Place("found", (STUBBURY,), "terminated")),
    Case("place_kind", "terminated", Place("several", (STUBBURY, FAKEHAM), "terminated")),
    Case("place_kind", "newer", Place("several", (STUBBURY, FAKEHAM), "newer_than_index")),
    Case("place_kind", "newer", Place("found", (STUBBURY,), "newer_than_index")),
    Case("place_kind", "northern_ireland", Place("northern_ireland", (ANTRIM_EAST,))),
    Case("place_kind", "no_mp", Place("no_mp", reason="jersey")),
    Case("place_kind", "no_mp", Place("no_mp", reason="isle_of_man")),
    Case("place_kind", "british_forces", Place("no_mp", reason="british_forces")),
    Case("place_kind", "not_found", Place("not_found")),
    Case("place_kind", "area", Place("area", (NORTH,))),
    Case("place_kind", "chosen", Place("chosen", (STUBBURY,))),
    Case("place_kind", "search", Place("search", (STUBBURY,))),
    Case("place_kind", "unset"),
    Case("place_kind", "unset", slots={"place": "not a place"}),
    Case("pledge_verdict", "pledged", Place("found", (TESTFORD,))),
    Case("pledge_verdict", "unconfirmed", Place("found", (MOCKSEA,))),
    Case("pledge_verdict", "no_record", Place("found", (STUBBURY,))),
    Case("pledge_verdict", "withdrawn", Place("found", (FAKEHAM,))),
    Case("pledge_verdict", "vacant", Place("found", (DUMMYTON,))),
    Case("pledge_verdict", "several", Place("several", (TESTFORD, STUBBURY))),
    Case("pledge_verdict", "no_record", Place("several", VALES[:2])),
    Case("pledge_verdict", "unknown", Place("found", (BLANKSHIRE,))),
    Case("pledge_verdict", "unknown", Place("area", (NORTH,))),
    Case("pledge_verdict", "unknown"),
    Case("list_organisations", "more", slots=HOUSING),
    Case("list_organisations", "last", slots={**HOUSING, "page": 1}),
    Case("list_organisations", "none", slots={"topic": "work"}),
    Case("list_organisations", "more"),
    Case("nearest_organisations", "found", Place("found", (STUBBURY,))),
    Case("nearest_organisations", "none", facts=NOBODY),
    Case("crisis_lines", "found"),
    Case("crisis_lines", "none", facts=NOBODY),
    Case("pledge_words", "done"),
    Case("first_page", "done", slots={"page": 7}),
    Case("next_page", "done", slots={"page": 7}),
    Case("next_page", "done"),
    Case("letter", "ready", Place("found", (STUBBURY,))),
    Case("letter", "ready", Place("found", (FAKEHAM,))),
    Case("letter", "ready", Place("found", (MOCKSEA,))),
    Case("letter", "signed", Place("found", (TESTFORD,))),
    Case("letter", "vacant", Place("found", (DUMMYTON,))),
    Case("letter", "several", Place("several", (TESTFORD, STUBBURY))),
    Case("letter", "several", Place("partial", VALES)),
    Case("letter", "unknown", Place("found", (BLANKSHIRE,))),
    Case("letter", "unknown", Place("area", (NORTH,))),
    Case("letter", "unknown"),
    Case("go_back", "done"),
    Case("forget", "done"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.action}-{case.outcome}")
def test_an_outcome_provides_exactly_the_values_that_it_declares(case: Case) -> None:
    outcome = case.run()
    assert outcome.name == case.outcome
    assert outcome.values.keys() == ACTIONS[case.action].outcomes[outcome.name]
    assert outcome.sets.keys() <= ACTIONS[case.action].needs.keys()


def test_every_outcome_of_every_action_is_reached() -> None:
    declared = {(action.name, outcome) for action in ACTIONS.values() for outcome in action.outcomes}
    reached = {(case.action, case.outcome) for case in CASES}
    # Only the machine knows whether there is a card to go back to; see test_memory.
    assert declared - reached == {("go_back", "nothing")}
    assert reached <= declared


def test_the_actions_are_known_by_their_names() -> None:
    assert all(action.name == name for name, action in ACTIONS.items())
    slot_types = {kind for action in ACTIONS.values() for kind in action.needs.values()}
    assert slot_types == {"place", "choice", "page"}


def test_every_kind_of_postcode_is_an_outcome_of_its_own() -> None:
    kinds = {kind.value for kind in PostcodeKind} - {"not_a_postcode"}  # that one is asked for again
    assert kinds <= ACTIONS["place_kind"].outcomes.keys()
    assert ACTIONS["pledge_verdict"].outcomes.keys() == {verdict.value for verdict in Verdict}


def test_a_place_is_named_by_its_areas() -> None:
    values = Case("place_kind", "several", Place("several", (STUBBURY, "E00000000", FAKEHAM))).run().values
    assert values == {"areas": Names(("Stubbury", "Fakeham")), "count": 2}


def test_the_number_of_candidates_chooses_the_plural() -> None:
    assert Case("pledge_verdict", "", Place("found", (TESTFORD,))).run().values["count"] == 1
    assert Case("pledge_verdict", "", Place("several", VALES[:2])).run().values["count"] == 2


@pytest.mark.parametrize(
    ("page", "shown"), [(0, "1 2 3"), (1, "4 5"), (2, "1 2 3"), (3, "4 5"), (-1, "4 5"), (99, "4 5")]
)
def test_organisations_come_three_to_a_card_and_after_the_last_the_first(page: int, shown: str) -> None:
    names = [f"Example House {number}" for number in shown.split()]
    value = Case("list_organisations", "", slots={**HOUSING, "page": page}).run().values["organisations"]
    assert isinstance(value, Lines)
    assert [span.text for line in value.of(Wording(ENGLISH)) for span in line if span.bold] == names


@pytest.mark.parametrize(("count", "outcome"), [(1, "last"), (3, "last"), (4, "more"), (6, "more")])
def test_there_are_more_only_if_another_card_has_them(count: int, outcome: str) -> None:
    facts = replace(FACTS, directory=tuple(organisation(number, "housing") for number in range(count)))
    assert Case("list_organisations", outcome, slots=HOUSING, facts=facts).run().name == outcome
    assert ORGANISATIONS_ON_A_CARD == 3


def test_the_nearest_are_at_most_three_whatever_their_topic() -> None:
    value = Case("nearest_organisations", "found").run().values["organisations"]
    assert isinstance(value, Lines)
    assert sum(span.bold for line in value.of(Wording(ENGLISH)) for span in line) == 3


def test_pages_are_counted_in_the_slot() -> None:
    assert Case("first_page", "done", slots={"page": 7}).run().sets == {"page": 0}
    assert Case("next_page", "done", slots={"page": 7}).run().sets == {"page": 8}
    assert Case("next_page", "done").run().sets == {"page": 1}


def test_the_same_place_and_topic_give_the_same_to_everyone() -> None:
    # Immigration and Asylum Act 1999, s.82: nothing but place, topic and day may make a difference.
    one = Talk().say("QX1 1AC").press("more", "housing")
    two = Talk(opens="help").press("women").say("qx1 1ac").press("topic", "housing")
    assert one.text == two.text


# --- as the shipped flows use them


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("QX1 1AA", "mp_pledged"),
        ("QX1 1AB", "mp_unconfirmed"),
        ("QX1 1AC", "mp_no_record"),
        ("QX1 1AD", "mp_withdrawn"),
        ("QX1 1AE", "mp_vacant"),
        ("QX1 1AF", "cannot_tell"),
        ("QX2 2AA", "which_place"),
        ("QX2 2AB", "mp_no_record"),
        ("QX3 3AA", "old_postcode"),
        ("QX3 3AB", "new_postcode"),
        ("QX4", "which_part"),
        ("QX5", "which_part"),
        ("QX6 6AA", "which_northern_ireland"),
        ("QX7 7AA", "no_mp"),
        ("QX7 7AB", "british_forces"),
        ("QX9 9ZZ", "not_found"),
    ],
)
def test_each_kind_of_postcode_leads_to_its_own_step(typed: str, first: str) -> None:
    assert Talk(opens="mp").say(typed).steps[0] == f"mp_answer.{first}"
    assert Talk().say(typed).steps[0] == f"mp_answer.{first}"


@pytest.mark.parametrize(
    ("typed", "first"),
    [("QX7 7AA", "ask_where"), ("QX9 9ZZ", "ask_where"), ("QX6 6AA", "show_last"), ("QX4", "show_last")],
)
def test_where_no_place_is_known_the_search_for_help_asks_for_it(typed: str, first: str) -> None:
    facts = replace(FACTS, directory=(organisation(1, "work"),))
    talk = Talk(a_world(facts=facts)).say(typed).press("_start", "help", "work")
    assert talk.steps == [f"find_help.{first}"]


def test_the_letter_asks_for_the_place_only_where_it_is_not_known() -> None:
    assert Talk(opens="sign").press("go_on").steps == ["ask_to_sign.ask_place"]
    talk = Talk(opens="sign").press("go_on").say("QX1 1AC")
    assert talk.steps == ["ask_to_sign.letter", "ask_to_sign.show_letter"]
    assert Talk().say("QX1 1AC").press("sign", "go_on").steps == talk.steps
    assert Talk().say("QX1 1AA").press("sign", "go_on").steps == ["ask_to_sign.already_signed"]
    assert Talk().say("QX1 1AE").press("sign", "go_on").steps == ["ask_to_sign.no_mp"]
    assert Talk(opens="sign").press("go_on").say("QX4").steps == ["ask_to_sign.which"]


def test_the_help_lines_are_two_taps_away_and_come_back() -> None:
    talk = Talk().press("urgent")
    assert talk.steps == ["urgent.show"]
    assert talk.press("back").steps == ["_start.menu"]
    assert Talk(a_world(facts=NOBODY)).press("urgent").steps == ["urgent.only_999"]


def test_pages_of_organisations_begin_anew_for_another_topic() -> None:
    talk = Talk().say("QX1 1AC").press("more", "housing", "more")
    assert talk.kept.slots["page"] == 1
    assert "Example House 4" in talk.text
    assert talk.press("topic", "asylum").kept.slots["page"] == 0
    assert "Example House 1" in talk.text
