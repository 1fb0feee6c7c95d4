"""Slips that could make a flow say that an MP has signed who has not."""

from __future__ import annotations

from collections.abc import Iterator

from tests.content.slips.slip import FOLLOWS, Slip, operator, slip, ways
from tests.content.slips.written import Keys, Written


def _says_signed(written: Written) -> Iterator[tuple[Keys, str, str]]:
    """Each action that knows of signatures, with the outcome for one and the step after it."""
    for keys, step in written.steps("action"):
        for word, action in (("pledged", "pledge_verdict"), ("signed", "letter")):
            if step.value["action"].value == action:
                yield keys, word, step.value["next"].value[word].value


@operator
def another_outcome_says_that_the_mp_has_signed(written: Written) -> Iterator[Slip]:
    for keys, word, claim in _says_signed(written):
        for outcome in written.node(*keys, "next").value.keys() - {word}:
            way = (*keys, "next", outcome)
            yield slip(written, way, written.value(way, claim), "misplaced-claim", "unreachable-step", *FOLLOWS)


@operator
def two_outcomes_change_places(written: Written) -> Iterator[Slip]:
    for keys, word, claim in _says_signed(written):
        for outcome in written.node(*keys, "next").value.keys() - {word}:
            way = (*keys, "next", outcome)
            changed = written.value(way, claim)
            text = changed.replace(f"{word}: {claim}", f"{word}: {written.node(*way).value}")
            if text != changed and (written.name, outcome) != ("ask_to_sign", "several"):
                yield slip(written, way, text, "misplaced-claim", "unreachable-step", *FOLLOWS)


@operator
def any_other_way_leads_to_what_is_said_of_a_signature(written: Written) -> Iterator[Slip]:
    for _, word, claim in list(_says_signed(written))[:1]:
        for way in ways(written):
            from_there = written.node("steps", way[1], "id").value == claim
            if written.node(*way).value != claim and not from_there and way[-1] != word:
                follows = ("unreachable-step", "loop-without-question", "claim-without-date", *FOLLOWS)
                yield slip(written, way, written.value(way, claim), "misplaced-claim", *follows)


@operator
def what_is_said_of_an_mp_is_not_marked(written: Written) -> Iterator[Slip]:
    said = _said_of_an_mp(written)
    for keys, step in written.steps("safety"):
        if step.value["id"].value in said:
            yield slip(written, keys, written.without((*keys, "safety")), "claim-without-safety")


@operator
def what_is_said_of_an_mp_runs_on_into_something_else_that_is(written: Written) -> Iterator[Slip]:
    said = _said_of_an_mp(written)
    for keys, step in written.steps("say", "next"):
        after = written.node("steps").value[int(keys[1]) + 1].value
        if after["id"].value in said and "say" in after and step.value["id"].value in said:
            follows = ("unreachable-step", "claim-without-date")
            yield slip(written, keys, written.without((*keys, "next")), "misplaced-claim", *follows)


@operator
def nothing_says_how_old_the_data_is(written: Written) -> Iterator[Slip]:
    said = _said_of_an_mp(written)
    ways_to_dates = [keys for keys in ways(written) if written.node(*keys).value == "dates"]
    for keys, step in written.steps("say"):
        way = (*keys, "next")
        if step.value["id"].value in said and way in ways_to_dates:
            yield slip(written, keys, written.value(way, "nearest"), "claim-without-date")
    for keys, step in written.steps("ask"):
        if step.value["id"].value in said:
            yield slip(written, keys, written.text.replace("      {as_of}\n", "", 1), "claim-without-date")


def _said_of_an_mp(written: Written) -> set[str]:
    """The steps after the outcomes of a verdict."""
    return {
        node.value
        for _, step in written.steps("action")
        if step.value["action"].value == "pledge_verdict"
        for node in step.value["next"].value.values()
    }
