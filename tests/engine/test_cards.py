"""What a card says of facts: who, since when, as of when, and where that is published."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from dateutil.relativedelta import relativedelta

from bot.engine import cards
from bot.engine.facts import Organisation, Phone, PlaceAnswer, Pledge, Verdict
from bot.engine.model import Text
from bot.engine.wording import ENGLISH, RLM, Lines, Wording
from bot.world.limits import Limits
from bot.world.world import load_world
from tests.engine.talk import Talk, language, made_up_arabic
from tests.fake_facts import (
    BLANKSHIRE,
    DUMMYTON,
    FACTS,
    FAKEHAM,
    MOCKSEA,
    NO_RECORD,
    PLEDGED,
    SEVERAL,
    STUBBURY,
    TESTFORD,
    TODAY,
    UNCONFIRMED,
    VACANT,
    VALES,
    WITHDRAWN,
    organisation,
)

EN = Wording(ENGLISH)


def said(lines: Lines, wording: Wording = EN) -> list[str]:
    """The lines as text."""
    return ["".join(span.text for span in line) for line in lines.of(wording)]


def answer(*codes: str, **changes: object) -> PlaceAnswer:
    """The answer for these constituencies."""
    return replace(FACTS.answer(codes, TODAY), **changes)  # type: ignore[arg-type]


def seat_with(code: str = TESTFORD, **changes: object) -> PlaceAnswer:
    """The answer for one constituency of which something is different."""
    (seat,) = answer(code).constituencies
    return answer(code, constituencies=(replace(seat, **changes),))  # type: ignore[arg-type]


# --- members


def test_the_member_is_named_with_party_and_constituency() -> None:
    assert said(cards.your_mp(answer(STUBBURY))) == ["Your MP is Stu Stubbs, Sample Party, for Stubbury."]


def test_of_an_ambiguous_place_every_candidate_is_named() -> None:
    assert said(cards.your_mp(answer(TESTFORD, DUMMYTON))) == [
        "Your postcode is in or near more than one constituency. Your MP is one of these:",
        "• Testford: Tess Testing, Sample Party",
        "• Dummyton: nobody, as far as we know",
    ]


def test_where_the_list_of_members_is_no_use_nobody_is_said_to_sit_and_nobody_to_have_gone() -> None:
    assert said(cards.your_mp(answer(BLANKSHIRE, TESTFORD)))[1] == "• Blankshire"
    assert said(cards.your_mp(answer(BLANKSHIRE))) == []
    assert said(cards.vacancies(answer(BLANKSHIRE))) == []
    assert said(cards.your_mp(answer())) == []
    assert said(cards.your_mp(answer(DUMMYTON))) == []


def test_an_invented_place_is_called_one() -> None:
    assert said(cards.your_mp(seat_with(example=True))) == [
        "This is an example for training. The place and the person are invented.",
        "Your MP is Tess Testing, Sample Party, for Testford.",
    ]


def test_each_candidate_has_the_verdict_on_its_member() -> None:
    every = answer(TESTFORD, MOCKSEA, STUBBURY, FAKEHAM, DUMMYTON, BLANKSHIRE)
    assert said(cards.candidates(every)) == [
        "• Testford: Tess Testing. Has signed the pledge.",
        "• Mocksea and Sham: Mo Mocking. Signed the pledge in the past. "
        "We could not confirm that the promise still stands.",
        "• Stubbury: Stu Stubbs. We have no record of a signature.",
        "• Fakeham: Fay Faking. Signed the pledge, and later took the signature back.",
        "• Dummyton. There is no MP now, as far as we know.",
        "• Blankshire. We cannot tell.",
    ]
    assert cards.VERDICT_TEXTS.keys() == set(Verdict) - {Verdict.SEVERAL}  # which is said of places, not of members


# --- dates and sources


def test_every_answer_says_as_of_when() -> None:
    dated = "MPs as of 20 November 2026. Pledges as of 31 October 2026."
    assert said(cards.as_of(answer(STUBBURY))) == [f"{dated} Postcodes as of July 2024."]
    assert said(cards.as_of(answer(STUBBURY, dates=replace(FACTS.dates, postcodes=None)))) == [dated]
    for typed in (PLEDGED, UNCONFIRMED, NO_RECORD, WITHDRAWN, VACANT):
        talk = Talk().say(typed)
        assert "mp_answer.dates" in talk.steps
        assert dated in talk.text
    assert dated in Talk().say(SEVERAL).press("not_sure").text


def test_a_list_that_is_no_longer_fresh_says_how_to_check() -> None:
    lines = cards.as_of(answer(STUBBURY, members_fresh=False)).of(EN)
    assert "Our list of MPs is not new." in lines[1][0].text
    assert [span.url for span in lines[1] if span.url] == ["https://members.parliament.uk/FindYourMP"]


def test_without_a_list_of_members_no_date_is_said() -> None:
    assert said(cards.as_of(answer(STUBBURY, dates=replace(FACTS.dates, members=None)))) == []


def test_an_empty_register_has_no_date_but_the_list_of_members_has() -> None:
    dates = replace(FACTS.dates, pledges=None)
    assert said(cards.as_of(answer(STUBBURY, dates=dates))) == ["MPs as of 20 November 2026."]


def test_a_signature_has_its_date_and_its_source() -> None:
    (line,) = cards.signatures(answer(MOCKSEA)).of(EN)
    assert "".join(span.text for span in line) == "Mo Mocking signed on 19 June 2018. Source"
    assert [span.url for span in line if span.url] == [f"https://pledges.example.org/{MOCKSEA}"]


def test_a_signature_that_is_only_known_to_be_no_later_says_so() -> None:
    pledge = answer(MOCKSEA).constituencies[0].pledge
    assert pledge
    by = seat_with(MOCKSEA, pledge=replace(pledge, signed_on_is="by"))
    assert said(cards.signatures(by)) == ["Mo Mocking signed on 19 June 2018 or before. Source"]


@pytest.mark.parametrize(
    ("confirmed", "withdrawn", "then"),
    [
        (None, None, []),
        (dt.date(2026, 3, 14), None, ["Tess Testing confirmed it on 14 March 2026."]),
        (None, dt.date(2020, 1, 2), ["Tess Testing took it back on 2 January 2020."]),
        (dt.date(2019, 3, 14), dt.date(2020, 1, 2), ["Tess Testing took it back on 2 January 2020."]),
        (None, dt.date(2018, 6, 18), []),  # withdrawn before it was signed again
        (dt.date(2026, 3, 14), dt.date(2018, 6, 18), ["Tess Testing confirmed it on 14 March 2026."]),
    ],
)
def test_what_came_after_a_signature(confirmed: dt.date | None, withdrawn: dt.date | None, then: list[str]) -> None:
    pledge = Pledge(1, "Tess Testing", dt.date(2018, 6, 19), confirmed, withdrawn, "https://example.org", TODAY)
    assert said(cards.signatures(seat_with(pledge=pledge)))[1:] == then


def test_who_has_not_signed_has_no_line() -> None:
    assert said(cards.signatures(answer(STUBBURY, DUMMYTON, BLANKSHIRE))) == []


def test_a_vacancy_says_since_when() -> None:
    assert said(cards.vacancies(answer(DUMMYTON, STUBBURY))) == [
        "Dummyton has had no MP since 8 September 2026, as far as we know."
    ]
    assert said(cards.vacancies(seat_with(DUMMYTON, vacant_since=None))) == ["Dummyton has no MP, as far as we know."]


# --- organisations


def lines_of(*organisations: Organisation, wording: Wording = EN) -> list[str]:
    """The lines of a card of organisations."""
    return said(cards.organisation_cards(organisations), wording)


def test_an_organisation_with_everything_that_is_known_of_it() -> None:
    assert lines_of(organisation(1)) == [
        "Example House 1",
        "Helps with examples of kind 1.",
        "Where: United Kingdom and Islands",
        "For whom: Everybody",
        "Phone: 0808 157 0001. Free to call.",
        "Phone: 020 7946 0001",
        "Open: Monday to Friday, 9am to 5pm",
        "Cost: Free",
        "Languages: English and Arabic",
        "It has interpreters.",
        "Website: house1.example.org",
        "Registered to give immigration advice: IAA, N202600001",
        "Who pays for it: Gifts from the public",
        "Please note: Closed on the last Friday of the month.",
        "We compared this with published sources in October 2026.",
    ]
    website = cards.organisation_cards((organisation(1),)).of(EN)[10]
    assert [span.url for span in website if span.url] == ["https://www.house1.example.org/help"]


def test_what_is_not_known_has_no_line() -> None:
    bare = replace(organisation(1), phones=(), hours="", url="", regulator=None, funding="", alert="")
    bare = replace(bare, eligibility="", cost="", interpretation=False, languages=("en",))
    assert lines_of(bare) == [
        "Example House 1",
        "Helps with examples of kind 1.",
        "Where: United Kingdom and Islands",
        "We compared this with published sources in October 2026.",
    ]


def test_organisations_stand_below_each_other() -> None:
    lines = lines_of(organisation(1), organisation(2))
    assert lines[15] == ""
    assert lines[16] == "Example House 2"
    assert lines_of() == []


def test_an_organisations_own_words_are_translated_and_cannot_add_markup() -> None:
    own = replace(organisation(1), name="**X**", description="We help {you} [here](x) **now**", hours="{always}")
    lines = cards.organisation_cards((own,)).of(EN)
    assert lines[0][0].text == "**X**"
    assert lines[1][0].text == own.description
    assert "Open: {always}" in lines_of(own)
    words = {Text("organisation.example_1", "Closed on the last Friday of the month."): "Zamknięte."}
    assert "Please note: Zamknięte." in lines_of(own, wording=Wording(language(messages=words)))


def test_in_arabic_every_line_has_its_mark_and_every_number_its_isolate() -> None:
    lines = lines_of(organisation(1), wording=Wording(made_up_arabic()))
    assert all(line.startswith(RLM) for line in lines if "Helps with" not in line)
    assert [line for line in lines if "\u20660808 157 0001\u2069" in line]
    assert [line for line in lines if "\u2066house1.example.org\u2069" in line]


def test_only_numbers_that_the_facts_give_are_shown() -> None:
    shown = replace(organisation(1), phones=(Phone("0808 157 0999"),))
    assert [line for line in lines_of(shown) if line.startswith("Phone")] == ["Phone: 0808 157 0999"]


def test_no_shipped_organisation_shows_a_number_that_was_not_checked_for_long() -> None:
    limits = Limits()
    facts = load_world(Path(__file__).parents[2] / "data", limits, TODAY)
    known = {(record.id, kept.phone.number, kept.assured_date) for record in facts.directory for kept in record.phones}
    counts = []
    for months in range(0, 25, 6):
        today = TODAY + relativedelta(months=months)
        listed = {one.id: one for one in (*facts.organisations(None, (), today), *facts.crisis_lines((), today))}
        shown = [(one, line) for one in listed.values() for line in lines_of(one) if line.startswith("Phone: ")]
        counts.append(len(shown))
        for one, line in shown:
            (assured,) = (day for name, number, day in known if name == one.id and number in line.partition(". ")[0])
            assert assured is not None
            assert assured + limits.phone_max_age >= today
    assert counts[0] > 0 == counts[-1]


# --- the pledge and the letter


def test_the_pledge_is_quoted_in_english_in_every_language() -> None:
    assert said(cards.PLEDGE) == said(cards.PLEDGE, Wording(made_up_arabic()))
    assert said(cards.PLEDGE)[0].startswith("“As a member of parliament, I pledge")


def test_the_letter_is_to_the_member_and_about_the_pledge() -> None:
    lines = said(cards.letter("Stu {Stubbs}", "Stubbury"))
    assert lines[0] == "Dear Stu {Stubbs},"
    text = "\n".join(lines)
    assert text.count("Stubbury") == 2
    assert said(cards.PLEDGE)[0] in text
    assert "{member}" not in text
    assert "{constituency}" not in text
    assert lines[-2:] == ["[your name]", "[your address and postcode]"]


def test_the_letter_never_mentions_a_persons_own_case() -> None:
    # Representations to a minister on somebody's behalf are immigration services (1999 Act, s.82).
    text = "\n".join(said(cards.letter("Stu Stubbs", "Stubbury"))).casefold()
    text = text.replace(said(cards.PLEDGE)[0].casefold().strip("“”"), "")
    for word in ("my case", "my status", "my visa", "my application", "asylum", "refugee", "leave to remain", "appeal"):
        assert word not in text
    assert text.count("i live in") == text.count(" my ") + 1 == 1


def test_the_letter_is_the_same_whatever_the_person_chose_before() -> None:
    plain = Talk(opens="sign").press("go_on").say(NO_RECORD)
    after = Talk(opens="help").press("asylum").say(NO_RECORD).press("_start").say(NO_RECORD).press("sign", "go_on")
    assert plain.text == after.text
    assert "asylum" not in plain.text.casefold()


# --- as a whole


def test_all_texts_about_facts_are_translated_under_card() -> None:
    texts = [
        text for value in vars(cards).values() for text in (value.values() if isinstance(value, dict) else [value])
    ]
    contexts = [text.context for text in texts if isinstance(text, Text)]
    assert contexts
    assert all(context.startswith("card.") for context in contexts)
    assert len(contexts) == len(set(contexts))


def test_an_answer_of_many_candidates_names_them_all() -> None:
    lines = said(cards.candidates(answer(*VALES)))
    assert len(lines) == len(VALES)
