"""Brings flow files of older versions of the format to the current one, with their comments.

Version 1 is the current and the only one, so there is nothing to bring anywhere yet. Whoever makes version 2 raises
`VERSION` in bot/content/flow_file.py, and adds to `MIGRATIONS` what turns a file of version 1 into one of version 2.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel

from bot.content.flow_file import VERSION, wrong_version
from bot.errors import Fault
from bot.yamlfile import Document, read_bytes

if TYPE_CHECKING:
    from ruamel.yaml.comments import CommentedMap

Migration = Callable[["CommentedMap"], None]
"""Changes the tree of a file of one version into that of the next. The key `version` is changed for it."""

MIGRATIONS: Final[Mapping[int, Migration]] = {}


@dataclass(frozen=True, slots=True)
class Chain:
    """What leads from each version to the next, up to the newest."""

    migrations: Mapping[int, Migration]
    newest: int


CURRENT: Final = Chain(MIGRATIONS, VERSION)


class _AnyFlow(BaseModel):
    version: Any = None


def migrated(data: bytes, file: str, faults: list[Fault], chain: Chain = CURRENT) -> str | None:
    """The text of a flow file in the newest version; unchanged if it is that already.

    file: the name that faults carry. None after adding why the file cannot be brought there to `faults`.
    """
    document = read_bytes(data, file, _AnyFlow, faults)
    if document is None:
        return None
    version = document.model.version
    if version is None:
        message = (
            f"the key `version` is missing; look the format up in docs/flows.md, and add `version: {chain.newest}`"
        )
        faults.append(Fault(file, 1, 1, "missing-key", message))
        return None
    if type(version) is int and version in chain.migrations:  # True is 1 too
        return _carried(data.decode("utf-8-sig"), version, chain, file, faults)
    if wrong := wrong_version(version, chain.newest):
        faults.append(document.fault(["version"], "wrong-value", f"`version`: {wrong}"))
        return None
    return data.decode("utf-8-sig")


def _carried(text: str, version: int, chain: Chain, file: str, faults: list[Fault]) -> str | None:
    from ruamel.yaml import YAML  # takes 0.1 s to import, for what is hardly ever needed

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 100_000  # no line is broken in two
    yaml.indent(mapping=2, sequence=4, offset=2)
    tree = yaml.load(text.replace("\r\n", "\n"))
    for older in range(version, chain.newest):
        chain.migrations[older](tree)
        tree["version"] = older + 1
    out = io.StringIO()
    yaml.dump(tree, out)
    new = out.getvalue()
    written: Document[_AnyFlow] | None = read_bytes(new.encode(), file, _AnyFlow, faults)
    if written is None:
        return None
    return new.replace("\n", "\r\n") if "\r\n" in text else new
