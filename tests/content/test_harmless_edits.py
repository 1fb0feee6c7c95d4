"""What an editor may do to the shipped flows, and no check complains.

Every edit is read on its own. Then all edits of a kind that go together are made at once, and the whole conversation is
tried with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.check import check_conversation, check_reading
from bot.content.flow_file import FlowFile
from bot.content.new_flow import new_flow
from bot.content.text_rules import MAX_LABEL
from bot.errors import Fault
from bot.yamlfile import Document, read_bytes
from tests.content.slips.slip import texts
from tests.content.slips.written import WRITTEN, Written, among_shipped, spread
from tests.engine.talk import FLOWS
from tests.fake_facts import TODAY

MOST = 6  # places at which an edit is tried, spread over all flows


@dataclass(frozen=True)
class Edited:
    """One file after a harmless edit."""

    file: str
    text: str | bytes
    where: str


Edit = Callable[[Written], Iterator[str | bytes]]
EDITS: dict[str, Edit] = {}


def edit(function: Edit) -> Edit:
    """Has this edit tried."""
    EDITS[function.__name__] = function
    return function


def plain(written: Written) -> Any:
    """What the file says, without how it is written."""
    return written.root.plain()


# --- the same flow, written in another way


@edit
def notes(written: Written) -> Iterator[str]:
    for keys, _ in written.steps():
        yield written.insert(written.line(*keys), "  # Somebody's note: with a colon, {braces}, and “quotes”.")


@edit
def a_note_behind_a_line(written: Written) -> Iterator[str]:
    for keys, _ in written.buttons():
        line = written.line(*keys)
        yield written.on_line(line, written.lines[line - 1], f"{written.lines[line - 1]}  # for now")


@edit
def empty_lines(written: Written) -> Iterator[str]:
    for keys, _ in written.steps():
        yield written.insert(written.line(*keys), "", "   ", "")


@edit
def spaces_at_the_ends_of_lines(written: Written) -> Iterator[str]:
    yield "\n".join(f"{line}  " if line.strip() else line for line in written.lines)


@edit
def line_ends_of_windows(written: Written) -> Iterator[bytes]:
    yield written.text.replace("\n", "\r\n").encode()


@edit
def a_byte_order_mark(written: Written) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf" + written.text.encode()


@edit
def no_line_end_at_the_end(written: Written) -> Iterator[str]:
    yield written.text.rstrip("\n")


@edit
def no_line_for_the_editor(written: Written) -> Iterator[str]:
    yield "\n".join(line for line in written.lines if not line.startswith("#"))


@edit
def one_document_mark(written: Written) -> Iterator[str]:
    yield f"---\n{written.text}"


@edit
def every_key_in_another_order(written: Written) -> Iterator[str]:
    yield yaml.safe_dump(plain(written), sort_keys=True, allow_unicode=True, width=70)


@edit
def lines_instead_of_brackets(written: Written) -> Iterator[str]:
    yield yaml.safe_dump(plain(written), sort_keys=False, default_flow_style=False, allow_unicode=True)


@edit
def brackets_instead_of_lines(written: Written) -> Iterator[str]:
    yield yaml.safe_dump(plain(written), sort_keys=False, default_flow_style=True, allow_unicode=True)


@edit
def quotes(written: Written) -> Iterator[str]:
    for keys in written.every_key():
        value = written.node(*keys).value
        if isinstance(value, str) and not written.is_block(keys) and '"' not in value and keys[-1] != "means":
            yield written.value(keys, f'"{value}"' if "'" in value else f"'{value}'")


@edit
def indented_further(written: Written) -> Iterator[str]:
    start = written.lines.index("steps:") + 1
    yield "\n".join([*written.lines[:start], *(f"    {line}" if line else line for line in written.lines[start:])])


@edit
def steps_in_another_order(written: Written) -> Iterator[str]:
    """The last step moves up to second place; whatever followed by its place alone is led there by name first."""
    whole = plain(written)
    for index, step in enumerate(whole["steps"]):
        after = whole["steps"][index + 1]["id"] if index + 1 < len(whole["steps"]) else "END"
        if "next" not in step and "goto" not in step and ("say" in step or "call" in step):
            step["next"] = after
        if "input" in step and not {"next", "goto", "call"} & step["input"].keys():
            step["input"]["next"] = after
    first, *others, last = whole["steps"] if len(whole["steps"]) > 2 else [*whole["steps"], None]
    whole["steps"] = [one for one in (first, last, *others) if one]
    yield yaml.safe_dump(whole, sort_keys=False, allow_unicode=True)


# --- other words


def _worded(*words: str) -> Edit:
    def edited(written: Written) -> Iterator[str]:
        for number, keys in enumerate(texts(written)):
            step = written.node(*keys[:2]).value
            values = re.findall(r"\{[a-z_]+\}", str(written.node(*keys).value))
            if not values and "safety" not in step:
                yield written.words(keys, words[number % len(words)])

    return edited


def _labelled(*words: str) -> Edit:
    def edited(written: Written) -> Iterator[str]:
        for number, (keys, _) in enumerate(written.buttons()):
            yield written.value((*keys, "text"), words[number % len(words)])

    return edited


EDITS |= {
    "a sentence": _worded('"Please read this first."', "Please read this first.", "'It''s this way.'"),
    "words that others take for something else": _worded('"Yes"', "No", "Off", '"null"', '"12"', "1.5", "2026-01-01"),
    "bold and links": _worded('"**Read** [this](https://e.org/a?b=c&d#e), or **that**."'),
    "a list": _worded('"Take:\\n- one thing\\n- **another**\\n\\nThen go."'),
    "signs": _worded('"2 * 3 * 4 = 24; 5 < 6 > 4; C#; a_b_c; 50 %. £5; “so”; - no list; 24/7 & more… (or not)"'),
    "a command that there is": _worded('"Send /help, or /mp. You can do this 24/7, and/or later."'),
    "emoji": _worded('"👍🏽 Good. 🏴󠁧󠁢󠁷󠁬󠁳󠁿 👨‍👩‍👧"', "☎ 0808 2000 247"),
    "letters of other languages": _worded("Ask “Żółć”, Ełk or Łódź.", "Siarad Cymraeg – ŵ, ŷ, â.", "नमस्ते, 你好, γεια"),
    "letters from right to left": _worded("اسأل أولاً", "می‌خواهم", '"“سلام” means hello."'),
    "a long text": _worded('"' + "This is a short sentence. " * 60 + '"'),
    "other words on a button": _labelled("Something else", "'It''s here'", '"Yes, I do: now"', "No", "Off I go"),
    "a long button": _labelled("x" * MAX_LABEL),
    "a button with an emoji": _labelled("🆘 Help lines 🆘", '"👍🏽"', "← this way"),
    "a button in another language": _labelled("Ayuda", "مساعدة", "帮助", "Pomoc teraz"),
}


@edit
def another_description(written: Written) -> Iterator[str]:
    yield written.value(("description",), '"What this is for: everything (and more); 100 % {braces} **too**."')


@edit
def a_long_menu_text(written: Written) -> Iterator[str]:
    if written.has("start", "about"):
        yield written.value(("start", "about"), "Help " * 50)


@edit
def another_label(written: Written) -> Iterator[str]:
    if written.has("label"):
        yield written.value(("label",), "🌍 A new word")


@edit
def a_note_for_translators(written: Written) -> Iterator[str]:
    for keys, step in (*written.steps("say"), *written.steps("ask"), *written.buttons()):
        if "note" not in step.value:
            yield written.inside(keys, 'note: "Two meanings: keep {this} and /that."')


# --- more, and less


@edit
def one_button_more(written: Written) -> Iterator[str]:
    for keys, _ in written.steps("buttons"):
        line = written.line(*keys, "buttons") + 1
        yield written.insert(line, "      - {id: more_about, text: Why should I ask?, goto: about}")


@edit
def two_buttons_change_places(written: Written) -> Iterator[str]:
    for keys, _ in written.buttons():
        if int(keys[-1]):
            lines, line = written.lines, written.line(*keys)
            lines[line - 2 : line] = lines[line - 1], lines[line - 2]
            yield "\n".join(lines)


@edit
def a_button_less(written: Written) -> Iterator[str]:
    for keys, button in written.buttons("call"):
        if button.value["call"].value != "_privacy":
            yield written.without(keys)


@edit
def a_question_in_between(written: Written) -> Iterator[str]:
    for keys, step in written.steps("say"):
        if "safety" not in step.value and written.name not in ("_forget", "_unreviewed", "ask_to_sign"):
            node = step.value["id"].value
            line = written.line(*keys)
            asked = ("    ask: Shall I go on?", f"    buttons: [{{id: on, text: Go on, means: yes, next: {node}}}]")
            text = written.insert(line, "  - id: between", *asked)
            if keys[1] == 0:
                yield text


@edit
def a_text_more(written: Written) -> Iterator[str]:
    for keys, _ in written.steps("say"):
        line = written.line(*keys)
        if keys[1] == 0:
            yield written.insert(line, "  - id: hello", "    say: Hello.")


@edit
def a_safety_mark_more(written: Written) -> Iterator[str]:
    for keys, step in (*written.steps("say"), *written.steps("ask")):
        if "safety" not in step.value:
            yield written.inside(keys, "safety: true")


@edit
def more_tries(written: Written) -> Iterator[str]:
    for keys, _ in written.inputs("tries"):
        yield written.value((*keys, "tries"), "5")


@edit
def no_words_for_a_second_try(written: Written) -> Iterator[str]:
    for keys, _ in written.inputs("again"):
        yield written.without((*keys, "again"))


@edit
def a_new_link(written: Written) -> Iterator[str]:
    if written.has("start", "link"):
        yield written.value(("start", "link"), "leaflet_2026")
    elif written.has("start"):
        yield written.inside(("start",), "link: leaflet_2026")


@edit
def no_link(written: Written) -> Iterator[str]:
    if written.has("start", "link"):
        yield written.without(("start", "link"))


@edit
def a_slot_more(written: Written) -> Iterator[str]:
    if written.has("slots"):
        yield written.insert(written.line("slots") + 1, "  for_whom: {type: choice, values: [me, friend]}")


@edit
def a_plural(written: Written) -> Iterator[str]:
    for keys in texts(written):
        if "{your_mp}" in str(written.node(*keys).value) and keys[-1] == "say":
            forms = '{one: "{your_mp} Hello. {as_of}", other: "{your_mp} Hello, all {count}. {as_of}", count: count}'
            yield written.words(keys, forms)


ALL = [
    (name, one)
    for name, change in EDITS.items()
    for one in spread(
        [
            Edited(written.file, text, f"{written.name} {number}")
            for written in WRITTEN
            for number, text in enumerate(change(written))
        ],
        MOST,
    )
]


@pytest.mark.parametrize("edited", [pytest.param(one, id=f"{name} ({one.where})") for name, one in ALL])
def test_a_harmless_edit_is_not_complained_about(tmp_path: Path, edited: Edited) -> None:
    _, documents, faults = among_shipped(tmp_path, {edited.file: edited.text})
    assert faults == []
    long = str(edited.text).count("This is a short sentence.") > 2
    assert not [one for one in check_reading(documents.values()) if not long]


SAME = (
    *("notes", "a_note_behind_a_line", "empty_lines", "spaces_at_the_ends_of_lines", "line_ends_of_windows"),
    *("a_byte_order_mark", "no_line_end_at_the_end", "no_line_for_the_editor", "one_document_mark", "quotes"),
    *("every_key_in_another_order", "lines_instead_of_brackets", "brackets_instead_of_lines", "indented_further"),
)


@pytest.mark.parametrize("name", SAME)
def test_another_way_to_write_it_changes_nothing(name: str) -> None:
    tried = 0
    for written in WRITTEN:
        for text in list(EDITS[name](written))[:3]:
            data = text if isinstance(text, bytes) else text.encode()
            assert _model(data, written) == _model(written.text.encode(), written)
            tried += 1
    assert tried >= 2


def _model(data: bytes, written: Written) -> object:
    faults: list[Fault] = []
    document: Document[FlowFile] | None = read_bytes(data, written.file, FlowFile, faults)
    assert document is not None, faults
    return document.model


TOGETHER = {
    "each step has a new place": ["steps_in_another_order"],
    "a button, a text and a question more": ["one_button_more", "a_text_more", "a_question_in_between"],
    "other words": ["a sentence", "another_label", "a button with an emoji"],
    "longer words": ["a long text", "a button in another language", "a_long_menu_text"],
    "fewer buttons": ["a_button_less", "no_words_for_a_second_try"],
}


@pytest.mark.parametrize("names", TOGETHER.values(), ids=TOGETHER.keys())
def test_a_conversation_with_harmless_edits_holds(tmp_path: Path, names: list[str]) -> None:
    files: dict[str, str | bytes | None] = {}
    for written in WRITTEN:
        for name in names:
            for text in EDITS[name](written):
                files.setdefault(written.file, text)
    world, documents, faults = among_shipped(tmp_path, files)
    assert faults == []
    found = check_conversation(world, documents, tmp_path, TODAY).faults
    # Of a very long text it is right to say that its card has become two messages; this is a warning.
    assert {fault.rule for fault in found} <= ({"card-in-two-messages"} if "a long text" in names else set())
    assert len(files) > 3


def test_a_new_flow_fits_in(tmp_path: Path) -> None:
    text = new_flow("travel_cost", FLOWS)
    world, documents, faults = among_shipped(tmp_path, {"travel_cost.yaml": text})
    assert faults == []
    assert list(check_reading(documents.values())) == []
    assert check_conversation(world, documents, tmp_path, TODAY).faults == ()


def test_a_hundred_harmless_edits_were_tried() -> None:
    assert {name for name, _ in ALL} == EDITS.keys()
    assert len(ALL) > 150
