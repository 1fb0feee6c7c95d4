"""The texts of a flow that need translating, as Babel gets them."""

from __future__ import annotations

from importlib.metadata import entry_points
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.locale import CODE_KEYWORDS
from bot.content.extraction import KEYWORDS, extract_flow
from bot.content.flows import load_flows
from bot.engine import cards
from bot.engine.model import Ask, Text
from bot.engine.wording import has_words
from bot.errors import ContentError
from tests.content.editor import ROOT, SHIPPED, steps
from tests.engine.talk import every_text

EXTRACTOR: Any = extract_flow  # Babel's own type asks for more than it uses
Found = tuple[int, str | tuple[str, ...], str, list[str]]  # line, text or both English forms, context, comments


def extracted(text: str | bytes) -> list[Found]:
    """What Babel makes of a flow file, without where to look at it."""
    data = text if isinstance(text, bytes) else text.encode()
    return [
        (line, message, str(context), [comment for comment in comments if not comment.startswith("Screen: ")])
        for line, message, comments, context in extract(EXTRACTOR, BytesIO(data), KEYWORDS)
    ]


def test_each_text_of_a_step_says_where_it_can_be_seen() -> None:
    text = steps("{id: a, ask: Hi, buttons: [{id: b, text: On, next: END}]}")
    for _, _, comments, context in extract(EXTRACTOR, BytesIO(text.encode()), KEYWORDS):
        assert f"Screen: preview.html#{context}" in comments


def test_a_text_has_the_context_of_its_step_and_its_line() -> None:
    assert extracted(steps("{id: a, say: Hello}", "{id: b, say: Bye}")) == [
        (11, "Hello", "t.a", []),
        (12, "Bye", "t.b", []),
    ]


def test_notes_are_comments_for_translators_and_safety_texts_say_so() -> None:
    assert extracted(steps("{id: a, say: Hello, note: Short., safety: true}")) == [
        (11, "Hello", "t.a", ["Short.", "Safety: a person must review this text."])
    ]


def test_a_question_gives_its_text_what_is_said_again_and_its_buttons() -> None:
    line = (
        "{id: a, ask: Where?, input: {type: search, into: place, again: What?, otherwise: END}, "
        "buttons: [{id: b, text: Here, next: END}, {id: c, text: There, next: END, note: Far away.}]}"
    )
    assert extracted(steps(line)) == [
        (11, "Where?", "t.a", []),
        (11, "What?", "t.a", ["Said when the answer could not be read."]),
        (11, "Here", "t.a", ["The label of a button."]),
        (11, "There", "t.a", ["The label of a button.", "Far away."]),
    ]


def test_a_plural_gives_both_english_forms() -> None:
    assert extracted(steps("{id: a, say: {one: One place, other: Places, count: count}}")) == [
        (11, ("One place", "Places"), "t.a", [])
    ]


def test_label_and_menu_text_have_a_context_of_the_flow() -> None:
    text = (
        "version: 1\nflow: t\ndescription: x\nstart: {command: t, about: Begin}\nlabel: Go\nsteps: [{id: a, goto: u}]\n"
    )
    assert extracted(text) == [
        (4, "Begin", "t._", ["What the command does."]),
        (5, "Go", "t._", ["The label of a button."]),
    ]


def test_steps_without_words_and_names_and_descriptions_give_nothing() -> None:
    assert (
        extracted(steps("{id: a, action: letter, with: {place: place}, next: {}}", "{id: b, switch: once, next: {}}"))
        == []
    )


def test_a_text_of_several_lines_stays_one_text() -> None:
    text = steps("{id: a, say: Hi}").replace("{id: a, say: Hi}", "id: a\n    say: |\n      - one\n      - **two**\n")
    assert extracted(text) == [(12, "- one\n- **two**", "t.a", [])]


@pytest.mark.parametrize("data", [b"", b"version: 1\n", b"\xff", b"steps: {{{"])
def test_a_flow_that_cannot_be_read_stops_the_extraction_with_its_faults(data: bytes) -> None:
    with pytest.raises(ContentError, match="The texts of this flow cannot be read") as caught:
        extracted(data)
    assert caught.value.faults


def test_a_fault_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "flows" / "t.yaml"
    path.parent.mkdir()
    path.write_text("version: 1\n")
    with path.open("rb") as file, pytest.raises(ContentError) as caught:
        list(extract(EXTRACTOR, file, KEYWORDS))
    assert {fault.file for fault in caught.value.faults} == {"flows/t.yaml"}


def test_babel_finds_the_extractors_by_their_names() -> None:
    found = {point.name: point.load() for point in entry_points(group="babel.extractors")}
    assert found["askfirst_flows"] is extract_flow
    assert "askfirst_organisations" in found


# --- nothing is forgotten


def test_every_text_that_the_shipped_flows_can_show_is_extracted() -> None:
    given_to_translators = {
        (context, message if isinstance(message, str) else message[0])
        for path in SHIPPED
        for _, message, context, _ in extracted(path.read_bytes())
    }
    flows = load_flows(ROOT / "flows")
    shown = {
        (text.context, text.msgid)
        for text in every_text(flows)
        if text.context.split(".")[0] in flows and has_words(text.msgid)  # `{as_of}` alone needs no translator
    }
    assert shown == given_to_translators
    assert len(shown) > 100


def test_every_plural_is_extracted_with_both_forms() -> None:
    plurals = {
        (str(context), message)
        for path in SHIPPED
        for _, message, context, _ in extracted(path.read_bytes())
        if isinstance(message, tuple)
    }
    shown = {
        (text.context, (text.msgid, text.plural))
        for text in every_text(load_flows(ROOT / "flows"))
        if text.plural is not None
    }
    assert shown == plurals
    assert shown


def test_every_text_of_the_code_is_in_the_template() -> None:
    known = {(str(message.context), message.id) for message in read_template() if message.id}
    own = {(text.context, text.msgid) for text in vars(cards).values() if isinstance(text, Text)}
    assert own
    assert own <= known


def read_template() -> Catalog:
    with (ROOT / "locales" / "askfirst.pot").open("rb") as file:
        return read_po(file)


def test_every_text_of_the_flows_is_in_the_template() -> None:
    known = {
        (message.context, message.id if isinstance(message.id, str) else message.id[0]) for message in read_template()
    }
    flows = load_flows(ROOT / "flows")
    missing = {
        (text.context, text.msgid)
        for text in every_text(flows)
        if text.context.split(".")[0] in flows and has_words(text.msgid) and (text.context, text.msgid) not in known
    }
    assert missing == set(), "run: askfirst locale update"


def test_every_question_with_an_input_can_be_translated_whole() -> None:
    for flow in load_flows(ROOT / "flows").values():
        for step in flow.steps.values():
            if isinstance(step, Ask) and step.input and step.input.type != "choice":
                assert step.input.again, f"{flow.name}.{step.id} says nothing when it cannot read an answer"


def test_texts_in_code_are_found_by_their_constructor() -> None:
    source = b'_A = Text("card.a", "Words {x}.")\n_B = Text(context, words)\n_C = Other("card.c", "No.")\n'
    found = [(context, message) for _, message, _, context in extract("python", BytesIO(source), CODE_KEYWORDS)]
    assert found == [("card.a", "Words {x}.")]


# --- through a file and back

WRITTEN = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).map(str.strip)


@given(message=WRITTEN.filter(bool), note=WRITTEN.filter(bool))
def test_whatever_an_editor_writes_goes_through_a_po_file_unchanged(message: str, note: str) -> None:
    catalogue = Catalog(locale="ar")
    catalogue.add(message, string=message, context="t.a", auto_comments=[note])
    out = BytesIO()
    write_po(out, catalogue, width=100)
    (found,) = (entry for entry in read_po(BytesIO(out.getvalue()), abort_invalid=True) if entry.id)
    assert (found.id, found.string, found.context) == (message, message, "t.a")
