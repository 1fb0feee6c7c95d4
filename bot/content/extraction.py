"""The texts of a flow file that need translating, as a Babel extractor (entry point `askfirst_flows`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from bot.content.flow_file import ButtonPart, FlowFile, PluralPart, StepPart
from bot.engine.wording import has_words
from bot.errors import ContentError, Fault, shown_path
from bot.yamlfile import Document, read_bytes

Extracted = tuple[int, str, tuple[Any, ...], list[str]]

# How Babel reads what an extractor yields: the context first, then one text or two plural forms.
KEYWORDS: Mapping[str, Any] = {"pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
# What a text is used for, as its translators read it.
LABEL_NOTE = "The label of a button."
ABOUT_NOTE = "What the command does."


def extract_flow(
    fileobj: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[Extracted]:
    """The texts of a flow file, with the context `flow.step` and the editor's notes as comments."""
    faults: list[Fault] = []
    file_name = shown_path(Path(str(getattr(fileobj, "name", "<text>"))))
    document = read_bytes(fileobj.read(), file_name, FlowFile, faults)
    if document is None:
        raise ContentError("The texts of this flow cannot be read:", faults)
    yield from texts_in(document)


def texts_in(document: Document[FlowFile]) -> Iterator[Extracted]:
    """The texts of a flow file that has been read."""
    file = document.model
    own = f"{file.flow}._"
    if file.start.about:
        yield _single(document, ["start", "about"], own, file.start.about, [ABOUT_NOTE])
    if file.label:
        yield _single(document, ["label"], own, file.label, [LABEL_NOTE])
    for index, part in enumerate(file.steps):
        yield from _step(document, part, index)


def _step(document: Document[FlowFile], part: StepPart, index: int) -> Iterator[Extracted]:
    context = f"{document.model.flow}.{part.id}"
    screen = f"Screen: preview.html#{context}"  # `askfirst preview` makes it
    notes = [*([part.note] if part.note else []), screen]
    if part.safety:
        notes.append("Safety: a person must review this text.")
    key = "say" if part.say is not None else "ask"
    wording = part.say if part.say is not None else part.ask
    path: list[str | int] = ["steps", index, key]
    if isinstance(wording, PluralPart):
        line, _ = document.root.at(path)
        yield line, "npgettext", (context, wording.one, wording.other), notes
    elif wording is not None and has_words(wording):
        yield _single(document, path, context, wording, notes)
    if part.input and part.input.again:
        again: list[str | int] = ["steps", index, "input", "again"]
        yield _single(document, again, context, part.input.again, ["Said when the answer could not be read.", screen])
    for number, button in enumerate(part.buttons):
        yield _button(document, button, context, ["steps", index, "buttons", number, "text"], screen)


def _button(
    document: Document[FlowFile], button: ButtonPart, context: str, path: list[str | int], screen: str
) -> Extracted:
    notes = [LABEL_NOTE, *([button.note] if button.note else []), screen]
    return _single(document, path, context, button.text, notes)


def _single(
    document: Document[FlowFile], path: Sequence[str | int], context: str, text: str, notes: list[str]
) -> Extracted:
    line, _ = document.root.at(path)
    return line, "pgettext", (context, text), notes
