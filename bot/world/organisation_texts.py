"""The texts of a directory entry that need translating, as a Babel extractor (entry point `askfirst_organisations`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from bot.errors import DataError, Fault
from bot.world.organisation_file import OrganisationFile, texts
from bot.yamlfile import read_bytes


def extract_organisation(
    fileobj: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[int, str, tuple[Any, ...], list[str]]]:
    """Each text with the context `organisation.<id>`, and the organisation's name as a comment."""
    faults: list[Fault] = []
    document = read_bytes(fileobj.read(), str(getattr(fileobj, "name", "<text>")), OrganisationFile, faults)
    if document is None:
        raise DataError("The texts of this directory entry cannot be read:", faults)
    owner = document.model.organization
    for path, text in texts(document.model):
        line, _ = document.root.at(path)
        yield line, "pgettext", (f"organisation.{owner.id}", text), [owner.name]
