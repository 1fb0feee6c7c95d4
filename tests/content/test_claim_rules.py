"""A slip in a flow must not make it say that an MP has signed who has not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content.claim_rules import SIGNED
from bot.engine.actions import ACTIONS
from tests.content.editor import brief, load, marked, steps

VERDICT = "{{id: look, action: pledge_verdict, with: {{place: place}}, next: {{pledged: {}, {}no_record: {}, {}}}}}"
OTHERS = "unconfirmed: no, withdrawn: no, vacant: no, several: no, unknown: no"
LETTER = "{{id: look, action: letter, with: {{place: place}}, next: {{{}vacant: END, several: END, unknown: END}}}}"
YES, NO = (
    "{id: yes_pledged, say: 'Signed. {as_of}', safety: true, next: END}",
    "{id: no, say: 'No. {as_of}', safety: true}",
)


def verdict(pledged: str, no_record: str, mark: str = "", others: str = OTHERS) -> str:
    return VERDICT.format(pledged, mark, no_record, others)


WRONG = [
    ("misplaced-claim", [verdict("yes_pledged", "yes_pledged", "§"), YES, NO], "only the outcome `pledged` may lead"),
    ("misplaced-claim", [verdict("yes_pledged", "no"), YES, NO[:-1] + ", §next: yes_pledged}"], "only"),
    (
        "misplaced-claim",
        [verdict("yes_pledged", "no"), "§{id: no, say: '{as_of}', safety: true}", YES],
        "lead to another step",
    ),
    (
        "misplaced-claim",
        [
            verdict("yes_pledged", "no"),
            YES,
            "{id: no, ask: 'Hm. {as_of}', safety: true, buttons: [{id: x, text: X, §next: yes_pledged}]}",
        ],
        "only the outcome",
    ),
    (
        "misplaced-claim",
        [
            verdict("yes_pledged", "no"),
            YES,
            "{id: no, ask: 'Hm. {as_of}', safety: true, "
            "input: {type: search, into: place, §otherwise: yes_pledged, next: END}}",
        ],
        "only the outcome",
    ),
    (
        "misplaced-claim",
        [LETTER.format("signed: signed, §ready: signed, "), "{id: signed, say: Thanks, safety: true}"],
        "`signed`",
    ),
    (
        "misplaced-claim",
        [LETTER.format("§signed: thanks, ready: END, "), "{id: thanks, say: 'Has signed.'}"],
        "must have the word `signed` in it",
    ),
    (
        "claim-without-safety",
        [verdict("yes_pledged", "no"), YES.replace("id", "§id").replace("safety: true, ", ""), NO],
        "add `safety: true`",
    ),
    (
        "misplaced-claim",
        [verdict("yes_pledged", "no"), YES.replace(", next: END", ", §next: no"), NO],
        "`no` says what is known of an MP, and follows only an outcome of `pledge_verdict`",
    ),
    (
        "claim-without-date",
        [verdict("yes_pledged", "no"), YES.replace("id", "§id").replace(" {as_of}", ""), NO],
        "after `pledged`, a question can come before the dates of the data; add `{as_of}` to a text",
    ),
    (
        "claim-without-date",
        [
            verdict("yes_pledged", "no"),
            YES.replace("id", "§id").replace("'Signed. {as_of}'", "{one: '{as_of}', other: They did., count: count}"),
            NO,
        ],
        "add `{as_of}`",
    ),
    (
        "claim-without-date",
        [verdict("yes_pledged", "no"), YES, "{§id: no, say: No., safety: true, goto: about}"],
        "after `unknown`",
    ),
    ("claim-without-safety", [LETTER.format("signed: signed, ready: END, "), "{§id: signed, say: Thanks}"], "`signed`"),
    (
        "claim-without-safety",
        [verdict("yes_pledged", "no"), YES, "{§id: no, ask: 'Hm. {as_of}', buttons: [{id: x, text: X, next: END}]}"],
        "`no` says something of an MP",
    ),
]


@pytest.mark.parametrize(("rule", "lines", "remedy"), WRONG, ids=lambda value: f"{value!s:.40}")
def test_a_claim_that_another_way_comes_to_is_named(tmp_path: Path, rule: str, lines: list[str], remedy: str) -> None:
    text, place = marked(steps(*lines))
    _, faults = load(tmp_path, {"t.yaml": text})
    assert ("t.yaml", *place, rule) in brief(faults)
    assert {fault.rule for fault in faults} == {rule}
    assert any(remedy in fault.message for fault in faults)


def test_verdicts_that_changed_places_are_named(tmp_path: Path) -> None:
    text, place = marked(steps(verdict("no", "yes_pledged", "§"), YES, NO))
    _, faults = load(tmp_path, {"t.yaml": text})
    assert ("t.yaml", *place, "misplaced-claim") in brief(faults)
    assert {fault.rule for fault in faults} == {"misplaced-claim"}


RIGHT = {
    "each verdict has a step of its own": [verdict("yes_pledged", "no"), YES, NO],
    "the dates follow later, on every way": [
        verdict("yes_pledged", "no"),
        YES.replace(" {as_of}", "").replace("END", "near"),
        NO,
        "{id: near, action: nearest_organisations, with: {place: place}, next: {found: dates, none: dates}}",
        "{id: dates, ask: '{as_of} And now?', buttons: [{id: x, text: X, next: END}]}",
    ],
    "two look-ups share what they say": [
        verdict("yes_pledged", "no").replace("look", "first").replace("unknown: no", "unknown: look"),
        verdict("yes_pledged", "no"),
        YES,
        NO,
    ],
    "a question about a signature is asked again": [
        verdict("yes_pledged", "no"),
        "{id: yes_pledged, ask: 'Signed. {as_of}', safety: true, buttons: [{id: x, text: X, call: about}]}",
        NO,
    ],
    "a letter is the same for all": [LETTER.format("signed: show, ready: show, "), "{id: show, say: '{letter}'}"],
    "nothing is said": [LETTER.format("signed: END, ready: END, ")],
    "the word in a flow that looks nothing up": ["{id: a, say: Hi}", "{id: signed, say: Ho}"],
}


@pytest.mark.parametrize("lines", RIGHT.values(), ids=RIGHT.keys())
def test_what_only_looks_like_a_claim_is_allowed(tmp_path: Path, lines: list[str]) -> None:
    assert load(tmp_path, {"t.yaml": steps(*lines)})[1] == []


def test_the_outcomes_for_a_signature_are_outcomes() -> None:
    assert all(outcome in ACTIONS[name].outcomes for name, outcome in SIGNED.items())
