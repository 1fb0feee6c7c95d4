"""Slips in texts and labels."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.text_rules import MAX_LABEL, MAX_TEXT
from tests.content.slips.slip import FOLLOWS, OPERATORS, Operator, Slip, operator, slip, texts
from tests.content.slips.written import Written


def _worded(rule: str, *words: str) -> Operator:
    def tried(written: Written) -> Iterator[Slip]:
        for number, keys in enumerate(texts(written)):
            yield slip(written, keys, written.words(keys, words[number % len(words)]), rule, *FOLLOWS)

    return tried


def _labelled(rule: str, *words: str) -> Operator:
    def tried(written: Written) -> Iterator[Slip]:
        labels = [keys for keys in written.every_key() if keys[-1] in ("text", "label")]
        for number, keys in enumerate(labels):
            yield slip(written, keys, written.value(keys, words[number % len(words)]), rule)

    return tried


OPERATORS |= {
    "a value that nothing gives": _worded("unknown-placeholder", '"Dear {membre}"', '"{orgs}"', '"See {x}."'),
    "a value that is not known yet": lambda written: (
        slip(written, keys, written.words(keys, '"Dear {member}, hello"'), "unknown-placeholder")
        for keys in texts(written)
        if written.name != "ask_to_sign" or "again" in keys
    ),
    "a brace": _worded("stray-brace", '"Dear {member"', '"Dear {Member}"', '"A}"', '"a {} b"', '"{ member }"', '"{0}"'),
    "bold that is not closed": _worded("markup", '"A **word"', '"A word**"', '"****"', '"**a** **b"'),
    "a link that is not closed": _worded(
        "markup", '"[a](https://e.org"', '"[a](https://e .org)"', '"[](https://e.org)"'
    ),
    "markup of other programs": _worded(
        "markup", '"<b>a</b>"', '"*a*"', '"# A"', '"* a"', '"a<br>b"', '"**[a](https://e.org)**"'
    ),
    "an address that is none": _worded(
        "link-address", '"[a](e.org)"', '"[a](javascript:x)"', '"[a](tel:999)"', '"[a](http:e)"'
    ),
    "a mark that turns words around": _worded("turning-mark", '"A \\u202eb"', '"A \\u2066b"'),
    "a character that nobody sees, in words": _worded("control-character", '"A \\x07 b"', '"A \\0"', '"\\e[8m"'),
    "no words": _worded("no-words", '"."', '"..."', '"\\u200b"', '"**-**"', '"—"'),
    "a text that is far too long": _worded("text-too-long", '"' + "word " * (MAX_TEXT // 5 + 1) + '"'),
    "a value on a button": _labelled("label-placeholder", '"Write to {member}"', '"{count}"'),
    "bold on a button": _labelled("label-markup", '"**Yes**"', '"[a](https://e.org)"'),
    "a button with a very long text": _labelled("label-too-long", "x" * (MAX_LABEL + 1)),
    "a button without words": _labelled("no-words", '"."', '"…"', '"\\u2060"'),
    "a button with a brace": _labelled("stray-brace", '"{ Yes"', '"Yes}"', '"{Yes}"'),
    "a button with a mark that turns words around": _labelled("turning-mark", '"a\\u202eb"'),
}


@operator
def a_plural_by_something_that_is_no_number(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        if keys[-1] == "count":
            yield slip(written, keys, written.value(keys, "your_mp"), "not-a-number")


@operator
def a_plural_form_is_missing(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        if keys[-1] in ("one", "other", "count"):
            moved = written.line(*keys[:-1])
            yield slip(written, moved, written.without(keys), "missing-key")


@operator
def a_question_of_nothing_but_a_value_that_may_be_empty(written: Written) -> Iterator[Slip]:
    for step, node in written.steps("ask"):
        keys = (*step, "ask")
        if "{candidates}" in str(node.value["ask"].value):
            for values in ('"{vacancies} {as_of}"', '"**{signatures}** {as_of}"'):
                yield slip(written, keys, written.words(keys, values), "may-be-blank")
