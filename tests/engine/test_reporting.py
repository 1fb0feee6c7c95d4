"""A person says that a fact is wrong: by buttons alone, about what stands on their card, and nothing of it is kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.engine.facts import PlaceAnswer, Subject, Verdict
from bot.engine.model import Report
from bot.engine.world import World
from tests.engine.talk import Talk, a_world, made_up_arabic
from tests.fake_facts import FACTS, NO_RECORD, PLEDGED, SEVERAL_ALIKE, STUBBURY, TESTFORD, VACANT, FakeFacts

WORLD = replace(a_world(languages=(made_up_arabic(),)), offers=frozenset({"report"}))
NOBODY_HELPS = replace(FACTS, directory=(), lines=())
STUBBS = Subject("member", STUBBURY, "Stu Stubbs")


def answered(postcode: str = NO_RECORD, world: World = WORLD, speaks: str = "en") -> Talk:
    return Talk(world, opens="mp", speaks=speaks).say(postcode)


def reports(talk: Talk) -> list[Report]:
    return [reply for reply in talk.replies if isinstance(reply, Report)]


def test_a_card_with_facts_has_the_button_and_one_without_has_not() -> None:
    assert "_report" in answered().buttons
    assert "_report" not in Talk(WORLD).buttons
    assert "_report" not in answered(VACANT, replace(WORLD, facts=NOBODY_HELPS)).buttons


def test_where_nobody_takes_reports_there_is_no_button_and_a_tap_does_nothing() -> None:
    talk = answered(world=a_world())
    assert "_report" not in talk.buttons
    before = talk.kept.frames
    talk.tap(f"_report:{STUBBURY}:other")
    assert reports(talk) == []
    assert talk.kept.frames == before


def test_which_fact_then_what_then_thanks_above_the_card_where_one_was() -> None:
    talk = answered()
    session, steps = talk.session, talk.steps
    talk.press("_report")
    assert talk.text == "Which one is wrong?"
    assert talk.keys[0].label == "Stu Stubbs"
    assert talk.session == session, "nothing of it is kept"
    talk.tap(f"_report:{STUBBURY}")
    assert "I send nothing about you." in talk.text
    assert [key.data for key in talk.keys if key.data.startswith("_report:E")] == [
        f"_report:{STUBBURY}:not_mp",
        f"_report:{STUBBURY}:other",
    ]
    talk.tap(f"_report:{STUBBURY}:not_mp")
    assert reports(talk) == [Report(STUBBS, "not_mp")]
    assert talk.steps == ["report.thanks", *steps]
    assert talk.session == session


def test_an_organisation_can_have_other_faults_than_a_member() -> None:
    talk = answered().tap("_report:example_1")
    said = {key.data.rpartition(":")[2] for key in talk.keys if key.data.startswith("_report:ex")}
    assert said == {"number", "closed", "languages", "other"}
    assert reports(talk.tap("_report:example_1:not_mp")) == []


def test_where_there_is_one_fact_only_nobody_is_asked_which() -> None:
    talk = answered(PLEDGED, replace(WORLD, facts=NOBODY_HELPS)).press("_report")
    assert "Tess Testing" in talk.text
    assert f"_report:{TESTFORD}:other" in [key.data for key in talk.keys]


def test_each_candidate_of_an_ambiguous_place_can_be_meant() -> None:
    talk = answered(SEVERAL_ALIKE).press("_report")
    assert len([key for key in talk.keys if key.data.startswith("_report:E")]) == 2


@pytest.mark.parametrize(
    "data",
    [
        "_report:nobody",
        "_report:nobody:other",
        f"_report:{STUBBURY}:a story about me",
        f"_report:{TESTFORD}:other",
        f"_report:{STUBBURY}:other:more",
        "_reported",
    ],
)
def test_what_no_button_of_this_card_says_is_not_passed_on(data: str) -> None:
    talk = answered()
    before = talk.steps
    talk.tap(data)
    assert reports(talk) == []
    assert talk.steps == before


def test_every_step_has_a_way_back_out_and_to_another_language() -> None:
    for data in ("_report", f"_report:{STUBBURY}"):
        talk = answered()
        steps = talk.steps
        talk.tap(data)
        assert {"_start", "_language", "_forget"} <= set(talk.buttons)
        assert talk.tap("_report:").steps == steps
    talk = answered().tap("_report")
    assert talk.press("_language", "=ar").steps == steps
    assert talk.card.language == "ar"


def test_in_a_right_to_left_language_rows_are_mirrored_and_the_back_button_is_there() -> None:
    talk = answered(speaks="ar").tap("_report")
    assert talk.card.rtl
    assert [key.data for key in talk.card.rows[-1]] == ["_forget", "_language"]
    assert "_report:" in [key.data for key in talk.keys]


def test_what_is_typed_meanwhile_is_an_answer_to_the_question_below() -> None:
    talk = answered().tap("_report").say(PLEDGED)
    assert "Tess Testing" in talk.text


def test_a_card_whose_answer_would_be_another_now_is_not_shown_again() -> None:
    talk = answered(PLEDGED)
    assert "has signed" in talk.text

    class Unsigned(FakeFacts):
        def answer(self, codes: tuple[str, ...], today: dt.date) -> PlaceAnswer:
            found = super().answer(codes, today)
            seats = tuple(replace(seat, verdict=Verdict.NO_RECORD, pledge=None) for seat in found.constituencies)
            return replace(found, constituencies=seats, verdict=Verdict.NO_RECORD)

    talk.in_world(replace(WORLD, facts=Unsigned()))
    for data in ("_report:", f"_report:{TESTFORD}:other"):
        assert "has signed the pledge" not in talk.tap(data).text
