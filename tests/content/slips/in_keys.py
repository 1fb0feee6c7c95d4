"""Slips in keys and in the kinds of their values."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.flow_file import MAX_BUTTONS
from tests.content.slips.slip import OPERATORS, Operator, Slip, operator, slip
from tests.content.slips.written import Keys, Written


@operator
def a_key_is_misspelt(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        if keys[-2:-1] not in (("next",), ("with",), ("set",), ("slots",)):
            text = written.key(keys, f"{keys[-1]}x")
            yield slip(written, keys, text, "unknown-key", "missing-key", "wrong-value")


@operator
def a_key_too_many(written: Written) -> Iterator[Slip]:
    for keys, _ in (*written.steps(), *written.buttons(), *written.inputs()):
        yield slip(written, keys, written.inside(keys, "colour: red"), "unknown-key")


@operator
def a_key_is_missing(written: Written) -> Iterator[Slip]:
    first = next(number for number, line in enumerate(written.lines, 1) if not line.startswith("#"))
    for key in ("version", "flow", "description"):
        yield slip(written, first, written.without((key,)), "missing-key")
    for keys, _ in (*written.buttons(), *written.inputs()):
        for key in {"id", "text", "type", "into"} & written.node(*keys).value.keys():
            if written.lines[written.line(*keys) - 1].strip().startswith(("- {", "input: {")):
                yield slip(written, keys, written.without((*keys, key)), "missing-key")


@operator
def a_value_is_missing(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        if not isinstance(written.node(*keys).value, dict | list) and not written.is_block(keys):
            yield slip(written, keys, written.value(keys, ""), "wrong-value", "missing-key")


def _replaced(last: str, *values: str) -> Operator:
    def tried(written: Written) -> Iterator[Slip]:
        for number, keys in enumerate(keys for keys in written.every_key() if keys[-1] == last):
            if keys[:1] != ("start",) or last in ("command", "link", "about"):
                yield slip(written, keys, written.value(keys, values[number % len(values)]), "wrong-value")

    return tried


OPERATORS |= {
    "a version that is none": _replaced("version", "2", '"1"', "one", "0", "true", "1.0"),
    "an id that is none": _replaced("id", "Capital", "two words", "END2", "9", "x" * 33, "é", "true", "[a]", "END."),
    "a flow that is none": _replaced("flow", "Two words", "x" * 32, "12", "a-b"),
    "a command that is none": _replaced("command", "Find", "two words", "x" * 33, "ü", "a-b", "/mp"),
    "a link that is none": _replaced("link", "Find", "two words", "x" * 33, "ü", "a-b"),
    "a type that is none": _replaced("type", "postcod", "name", "places", "7", "true"),
    "a keep that is none": _replaced("keep", "ever", "Session", "1"),
    "a number of tries that is none": _replaced("tries", "0", "6", "two", '"2"', "-1", "2.5"),
    "a meaning that is none": _replaced("means", "maybe", "true", "1", "Yes"),
    "a number for words": _replaced("text", "999", "true", "[a, b]", "{a: b}", '""', '" "', "0"),
    "a number for a description": _replaced("description", "1", "false", "[a]", '""'),
    "a word for a list of buttons": lambda written: (
        slip(written, (*keys, "buttons"), _emptied(written, (*keys, "buttons"), value), "wrong-value")
        for keys, _ in written.steps("buttons", "input")
        for value in (" none", " {a: b}")
    ),
    "a menu text that is too long": _replaced("about", "word " * 60),
}


def _emptied(written: Written, keys: Keys, value: str) -> str:
    """The file with another value under a key whose value stands on lines of its own."""
    lines, line = written.lines, written.line(*keys)
    lines[line - 1] = lines[line - 1].rstrip() + value
    del lines[line : written.after(keys) - 1]
    return "\n".join(lines)


@operator
def a_truth_that_is_none(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps("safety"):
        for value in ("yes", "True", '"true"', "1"):
            yield slip(written, (*keys, "safety"), written.value((*keys, "safety"), value), "wrong-value")


@operator
def a_step_does_two_things(written: Written) -> Iterator[Slip]:
    for keys, step in written.steps():
        main = next(key for key in ("say", "ask", "action", "goto") if key in step.value)
        more = {"say": "ask: Two", "ask": "action: forget", "action": "say: Two", "goto": "call: about"}
        yield slip(written, keys, written.inside(keys, more[main]), "wrong-value")


@operator
def a_step_does_nothing(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps():
        line = written.line(*keys)
        yield slip(written, line, written.insert(line, "  - id: does_nothing"), "wrong-value")


@operator
def a_step_has_the_id_end(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps():
        yield slip(written, keys, written.value((*keys, "id"), "END"), "wrong-value")


@operator
def a_say_has_buttons(written: Written) -> Iterator[Slip]:
    for keys, _ in (*written.steps("ask", "buttons"), *written.steps("ask", "input")):
        yield slip(written, keys, written.key((*keys, "ask"), "say"), "wrong-value")


@operator
def a_question_has_neither_buttons_nor_input(written: Written) -> Iterator[Slip]:
    for keys, step in written.steps("say"):
        if not isinstance(step.value["say"].value, dict):
            yield slip(written, keys, written.key((*keys, "say"), "ask"), "wrong-value")


@operator
def a_question_has_a_way_on_of_its_own(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps("ask"):
        yield slip(written, keys, written.inside(keys, "next: END"), "wrong-value")


@operator
def an_action_has_one_way_on(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps("action", "next"):
        if "{" in written.lines[written.line(*keys, "next") - 1]:
            yield slip(written, keys, written.value((*keys, "next"), "END"), "wrong-value")


@operator
def a_say_has_outcomes(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps("say", "next"):
        yield slip(written, keys, written.value((*keys, "next"), "{done: END}"), "wrong-value")


@operator
def a_say_has_arguments(written: Written) -> Iterator[Slip]:
    for keys, _ in (*written.steps("say"), *written.steps("ask")):
        yield slip(written, keys, written.inside(keys, "with: {place: place}"), "wrong-value")


@operator
def a_choice_does_not_say_from_where(written: Written) -> Iterator[Slip]:
    for keys, _ in written.inputs("from"):
        yield slip(written, keys, written.without((*keys, "from")), "wrong-value")


@operator
def a_typed_answer_has_options(written: Written) -> Iterator[Slip]:
    for keys, _ in written.inputs("otherwise"):
        yield slip(written, keys, written.inside(keys, "from: regions"), "wrong-value")


@operator
def a_choice_has_tries(written: Written) -> Iterator[Slip]:
    for keys, _ in written.inputs("from"):
        yield slip(written, keys, written.inside(keys, "tries: 2"), "wrong-value")


@operator
def nothing_follows_an_answer_that_cannot_be_read(written: Written) -> Iterator[Slip]:
    for keys, _ in written.inputs("otherwise"):
        yield slip(written, keys, written.without((*keys, "otherwise")), "wrong-value")


@operator
def too_many_buttons(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps("buttons"):
        line = written.after((*keys, "buttons"))
        more = [f"      - {{id: more{number}, text: More {number}, next: END}}" for number in range(MAX_BUTTONS)]
        yield slip(written, (*keys, "buttons"), written.insert(line, *more), "wrong-value")


@operator
def a_choice_slot_without_values(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        if keys[:1] == ("slots",) and keys[-1] == "type" and written.node(*keys).value == "place":
            yield slip(written, keys, written.value(keys, "choice"), "wrong-value")


@operator
def no_steps(written: Written) -> Iterator[Slip]:
    yield slip(written, ("steps",), _emptied(written, ("steps",), " []"), "wrong-value")
