"""Slips that no file shows alone: only whoever goes through the whole conversation meets them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.content.slips.slip import Slip, in_conversation, slip
from tests.content.slips.written import Written


@in_conversation
def a_place_is_asked_for_and_nothing_says_what_is_kept(written: Written) -> Iterator[Slip]:
    for keys, button in written.buttons("call"):
        asked = written.node(*keys[:2]).value.get("input")
        if button.value["call"].value == "_privacy" and asked and written.name in ("_start", "ask_mp"):
            yield slip(written, keys[:2], written.without(keys), "asks-before-privacy")


@in_conversation
def no_conversation_comes_to_a_flow(written: Written) -> Iterator[Slip]:
    if written.name == "about":
        lonely = "version: 1\nflow: lonely\ndescription: Nobody.\nsteps:\n  - id: first\n    say: Hello.\n"
        yield Slip({"lonely.yaml": lonely}, "lonely.yaml", 5, "never-reached", where="lonely")


@in_conversation
def two_buttons_differ_only_in_their_signs(written: Written) -> Iterator[Slip]:
    if written.name == "_privacy":
        text = written.value(("steps", 0, "buttons", 1, "text"), "“Leave now”!")
        yield slip(written, ("steps", 0), text, "label-clash")


@in_conversation
def a_card_of_more_than_one_message(written: Written) -> Iterator[Slip]:
    if written.name == "urgent":
        for step, node in written.steps("ask"):
            if node.value["id"].value == "show":
                text = written.words((*step, "ask"), '"{organisations} ' + "word " * 700 + '"')
                yield slip(written, step, text, "text-too-long", "card-in-two-messages")
