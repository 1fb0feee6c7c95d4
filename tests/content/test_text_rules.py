"""Rules about words: what would show wrongly, or not at all, in English or in a translation."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.text_rules import MAX_LABEL, MAX_TEXT, label_faults, text_faults
from bot.engine.model import Text
from bot.engine.wording import ENGLISH, Wording
from tests.content.editor import SMALL, brief, load, marked, steps

POSTCODE = "type: postcode, into: place, otherwise: END"
WORDS = [
    ("stray-brace", "Dear {Member}", "`{Member}` is no placeholder; write {name} in small letters"),
    ("stray-brace", "Dear { member }", "is no placeholder"),
    ("stray-brace", "Dear {member", "no placeholder"),
    ("stray-brace", "Dear {}", "`{}` is no placeholder"),
    ("stray-brace", "Dear {0}", "`{0}` is no placeholder"),
    ("stray-brace", "Dear {member.name}", "is no placeholder"),
    ("stray-brace", "Dear member}", "`}` is no placeholder"),
    ("stray-brace", "Dear {mémbre}", "is no placeholder"),
    ("markup", "This is **bold", "`**` has no partner on its line"),
    ("markup", "This is **bold\nand** over", "write **words** on one line"),
    ("markup", "This is ******", "`**` has no partner"),
    ("markup", "This is ****", "`**` has no partner"),
    ("markup", "Read [this](https://example.org", "a link is written [label](https://…)"),
    ("markup", "Read [this](https://example.org/a b)", "without spaces in the address"),
    ("markup", "Read [](https://example.org)", "a link is written"),
    ("markup", "Read [this\nhere](https://example.org)", "on one line"),
    ("markup", "Read **[this](https://example.org)**", "a link cannot be bold"),
    ("markup", "This is <b>bold</b>", "`<b>` would be seen as it is; write **bold**, and lists with `- `"),
    ("markup", "This is *bold*.", "`*bold*` would be seen as it is"),
    ("markup", "Take with you:\n* a letter", "lists with `- `"),
    ("markup", "## A heading\nWords", "`##` would be seen as it is"),
    ("link-address", "Read [this](example.org)", "`example.org` is not a web address; begin it with https://"),
    ("link-address", "Read [this](javascript:alert(1)", "not a web address"),
    ("link-address", "Read [this](tg://user?id=5)", "not a web address"),
    ("link-address", "Read [this](tel:999)", "not a web address"),
    ("link-address", "Read [this](https://)", "not a web address"),
    ("turning-mark", "has \u202enot\u202c signed", "a mark that turns words around (U+202E)"),
    ("turning-mark", "has \u2067not\u2069 signed", "delete it"),
    ("control-character", "has\x00signed", "a character that cannot be seen (U+0000)"),
    ("control-character", "has\x1b[8msigned", "(U+001B)"),
    ("no-words", "\u200b\u200b", "nothing can be read here"),
    ("no-words", "**.**", "write words"),
    ("text-too-long", "a" * (MAX_TEXT + 1), f"more than {MAX_TEXT}; make two steps of it"),
]


@pytest.mark.parametrize(("rule", "text", "remedy"), WORDS, ids=lambda value: f"{value!r:.40}")
def test_words_that_would_show_wrongly_are_named(rule: str, text: str, remedy: str) -> None:
    assert any(found == rule and remedy in message for found, message in text_faults(text))


LABELS = [
    ("label-placeholder", "Write to {member}", "write plain words instead of `{member}`"),
    ("label-markup", "**Yes**", "write plain words"),
    ("label-markup", "[Yes](https://example.org)", "write plain words"),
    ("label-too-long", "a" * (MAX_LABEL + 1), f"a telephone shows {MAX_LABEL}; shorten it"),
    ("stray-brace", "{Yes}", "no placeholder"),
    ("no-words", "\u2060", "write words"),
    ("turning-mark", "Ye\u202es", "delete it"),
]


@pytest.mark.parametrize(("rule", "text", "remedy"), LABELS, ids=lambda value: f"{value!r:.40}")
def test_labels_that_would_show_wrongly_are_named(rule: str, text: str, remedy: str) -> None:
    assert any(found == rule and remedy in message for found, message in label_faults(text))


@pytest.mark.parametrize(
    "text",
    [
        "Plain words.",
        "**Bold** and **bold**",
        "- a\n- b",
        "[label](https://example.org/a?b=c#d) and [label](http://example.org)",
        "{member} for {constituency}",
        "[{member}]({page})",
        "[your name]",
        "2 * 3 * 4",
        "a < b, c > d, #1, C# and a footnote*",
        "العربية — ελληνικά — 中文 — 👍🏽",
        "1",
    ],
)
def test_right_words_are_left_alone(text: str) -> None:
    assert list(text_faults(text)) == []


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("{id: a, §say: 'Dear {Member}'}", "stray-brace"),
        ("{id: a, say: {§one: '**A', other: B, count: count}}", "markup"),
        ("{id: a, say: {one: A, §other: '**B', count: count}}", "markup"),
        ("{id: a, §ask: '[x](y)', buttons: [{id: b, text: B, next: END}]}", "link-address"),
        ("{id: a, ask: Hi, buttons: [{id: b, §text: '{member}', next: END}]}", "label-placeholder"),
        (f"{{id: a, ask: Hi, input: {{{POSTCODE}, §again: '**'}}}}", "markup"),
    ],
)
def test_every_text_of_a_flow_is_read(tmp_path: Path, line: str, rule: str) -> None:
    text, place = marked(steps(line))
    _, faults = load(tmp_path, {"t.yaml": text})
    assert ("t.yaml", *place, rule) in brief(faults)


def test_labels_and_menu_texts_are_read_too(tmp_path: Path) -> None:
    text, place = marked(SMALL["_help"].replace("steps:", "start: {command: help, §about: 'See {member}'}\nsteps:"))
    text = text.replace("Button _help", "'{member}'")
    _, faults = load(tmp_path, {"_help.yaml": text})
    assert brief(faults) == [("_help.yaml", 4, 1, "label-placeholder"), ("_help.yaml", *place, "label-placeholder")]


def test_the_menu_of_commands_has_more_room_than_a_button(tmp_path: Path) -> None:
    about = "a" * 256
    text = steps("{id: a, say: Hi}").replace("link: t", f"about: {about}, link: t")
    assert load(tmp_path, {"t.yaml": text})[1] == []
    _, faults = load(tmp_path, {"t.yaml": text.replace(about, about + "a")})
    assert brief(faults) == [("t.yaml", 4, 21, "wrong-value")]


PIECES = st.sampled_from(["**", "[", "]", "](", ")", "https://e.org", "a", " ", "\n", "- ", "{x}", "{", "}", "*"])


@given(st.lists(PIECES, max_size=14).map("".join))
@settings(max_examples=300)
def test_what_the_rules_let_through_the_renderer_shows_without_leftovers(text: str) -> None:
    if list(text_faults(text)):
        return
    lines = Wording(ENGLISH).lines(Text("t", text), defaultdict(lambda: "value"))
    for shown in (span.text for line in lines for span in line):
        assert "**" not in shown
        assert "](" not in shown
        assert "{" not in shown
    assert all(span.url is None or span.url == "value" or "://" in span.url for line in lines for span in line)
