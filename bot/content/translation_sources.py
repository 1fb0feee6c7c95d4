"""The English texts that a translation must have, each with what it is used for.

The texts of flows are taken from the flows as they are. All others (of the code, of organisations) are those of the
template `askfirst.pot`, which `askfirst locale update` writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

from bot.content.extraction import ABOUT_NOTE, LABEL_NOTE, texts_in
from bot.content.flow_file import FlowFile
from bot.content.po_file import po_bytes
from bot.errors import Fault, shown_path
from bot.yamlfile import Document

_Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Source:
    """One English text. `ids` are its one or two forms; `label` and `about` say that it stands on a button or in a
    menu of commands."""

    context: str
    ids: tuple[str, ...]
    label: bool = False
    about: bool = False

    @property
    def typed(self) -> bool:
        """Whether it is a list of words that people type, rather than something that is shown."""
        return self.context.startswith("words.")

    @property
    def organisation(self) -> str:
        """The id of the organisation that it speaks of; empty for other texts."""
        return self.context.removeprefix("organisation.") if self.context.startswith("organisation.") else ""


def sources_of(documents: Iterable[Document[FlowFile]], template: Path, faults: list[Fault]) -> list[Source]:
    """Every text once, in the order of the template; new texts of flows last."""
    notes: dict[_Key, set[str]] = {}
    flows: set[str] = set()
    for document in documents:
        flows.add(document.model.flow)
        for _, _, (context, *ids), own in texts_in(document):
            notes.setdefault((context, tuple(ids)), set()).update(own)
    order = []
    for key, own in _template(template, faults):
        if key in notes or key[0].split(".")[0] not in flows:
            order.append(key)
            notes.setdefault(key, set()).update(own)
    return [
        Source(*key, label=LABEL_NOTE in notes[key], about=ABOUT_NOTE in notes[key])
        for key in dict.fromkeys([*order, *notes])
    ]


def _template(path: Path, faults: list[Fault]) -> Iterator[tuple[_Key, list[str]]]:
    """The texts of the template with their notes; none if there is no file."""
    data = po_bytes(path, faults) if path.exists() else None
    if data is None:
        return
    try:
        catalog = read_po(BytesIO(data), abort_invalid=True)
    except (PoFileError, ValueError):
        problem = "cannot be read; write it again with `askfirst locale update`"
        faults.append(Fault(shown_path(path), 0, 0, "po-syntax", problem))
        return
    for message in catalog:
        if message.id:
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            yield (message.context or "", ids), message.auto_comments
