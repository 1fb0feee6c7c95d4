"""Writes entries of the directory back to their files: a new file in the house style, a changed one with its comments.

What people wrote by hand stays: comments, order, quotes and empty lines. Only what differs from the entry is touched,
and the new text is read back before anybody relies on it.
"""

from __future__ import annotations

import datetime as dt
import difflib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import ScalarString

from bot.errors import DataError, Fault
from bot.world.organisation_file import OrganisationFile
from bot.yamlfile import Path_, read_bytes

_ORDER: Final = (
    *("organization", "service", "topics", "crisis", "gives_immigration_advice", "funding", "regulator"),
    *("phones", "schedules", "service_areas", "languages", "sources"),
)
_FLOW: Final = frozenset({"topics", "codes", "languages"})
_IDENTITY: Final = ("number", "url", "name", "description")
"""What makes an item of a list the same item after a change; the first of these that it has."""
_SHORT: Final = re.compile(r"[1-9][0-9]{0,4}")


def plain(entry: OrganisationFile) -> dict[str, Any]:
    """The entry as its file says it: in the order of the guide, without what is absent."""
    full = entry.model_dump()
    if not entry.crisis:
        del full["crisis"]
    for source in full["sources"]:
        source |= {"seen": source.pop("seen"), "what": source.pop("what")}  # after its date
    return {key: inner for key in _ORDER if key in full and (inner := _without_absent(full[key])) not in (None, [])}


def new_text(entry: OrganisationFile) -> str:
    """A whole new file in the house style."""
    lines: list[str] = []
    for key, value in plain(entry).items():
        if lines and (key in ("topics", "languages") or isinstance(value, dict | list)):
            lines.append("")
        lines += _lines(key, value, "")
    return _read_back("\n".join(lines) + "\n", entry)


def edited_text(text: str, entry: OrganisationFile) -> str:
    """The text of a file that can be read, changed so that it says what `entry` says."""
    wanted = plain(entry)
    faults: list[Fault] = []
    document = read_bytes(text.encode(), entry.organization.id, OrganisationFile, faults)
    if document is None:
        raise DataError("This file cannot be changed, because it cannot be read:", faults)
    if plain(document.model) == wanted:
        return text
    loader = YAML()
    loader.preserve_quotes = True
    loader.width = 100_000  # no line is broken in two
    loader.indent(mapping=2, sequence=4, offset=2)
    tree = loader.load(text.replace("\r\n", "\n"))
    inserted: list[tuple[Path_, int]] = []
    _merge_map(tree, wanted, (), inserted)
    out = io.StringIO()
    loader.dump(tree, out)
    result = _with_old_blank_lines(_with_blank_lines(out.getvalue(), inserted), text)
    if "\r\n" in text:
        result = result.replace("\r\n", "\n").replace("\n", "\r\n")
    return _read_back(result, entry)


def difference(old: str, new: str, name: str) -> str:
    """What changes, as a unified diff with two lines around each change; empty if nothing does."""
    return "".join(
        line if line.endswith("\n") else line + "\n"
        for line in difflib.unified_diff(
            old.splitlines(keepends=True), new.splitlines(keepends=True), f"{name} (now)", f"{name} (new)", n=2
        )
    )


def _read_back(text: str, entry: OrganisationFile) -> str:
    faults: list[Fault] = []
    document = read_bytes(text.encode(), entry.organization.id, OrganisationFile, faults)
    if document is None or document.model != entry:
        raise DataError(f"The entry `{entry.organization.id}` cannot be written; change its file by hand.", faults)
    return text


def _without_absent(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: inner for key, one in value.items() if (inner := _without_absent(one)) not in (None, [])}
    if isinstance(value, tuple):
        return [_without_absent(one) for one in value]
    return value


def _lines(key: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield f"{indent}{key}:"
        for inner, one in value.items():
            yield from _lines(inner, one, indent + "  ")
    elif isinstance(value, list) and key not in _FLOW:
        yield f"{indent}{key}:"
        for item in value:
            first, *others = (line for inner, one in item.items() for line in _lines(inner, one, indent + "    "))
            yield f"{indent}  - {first.strip()}"
            yield from others
    elif isinstance(value, list):
        yield f"{indent}{key}: [{', '.join(_scalar(one, '[{}]') for one in value)}]"
    else:
        yield f"{indent}{key}: {value if _is_short_number(key, value) else _scalar(value)}"


def _scalar(value: str | bool | dt.date, around: str = "{}") -> str:
    """Plain where every reader of YAML takes it for the same text, otherwise in double quotes.

    around: what the text stands in; inside `[…]` commas and brackets need quotes too.
    """
    if not isinstance(value, str):
        return str(value).lower()
    try:
        read = yaml.safe_load("key: " + around.format(value))["key"]
    except (yaml.YAMLError, TypeError):
        read = None
    return value if read in (value, [value]) and value.isprintable() else json.dumps(value, ensure_ascii=False)


def _merge_map(node: CommentedMap, wanted: Mapping[str, Any], path: Path_, inserted: list[tuple[Path_, int]]) -> None:
    for key in [key for key in node if key not in wanted and not _means_absent(key, node[key], path)]:
        del node[key]
    before = -1
    for key, value in wanted.items():
        if key in node and isinstance(node[key], Mapping) != isinstance(value, Mapping):
            del node[key]
            node.ca.items.pop(key, None)  # a word in the place of keys, or the reverse: its empty lines fit neither
        if key in node:
            node[key] = _merged(node[key], value, (*path, key), inserted)
            before = list(node).index(key)
        else:
            before += 1
            node.insert(before, key, _fresh(value, key))
            inserted.append(((*path, key), _height(value)))


def _means_absent(key: str, value: Any, path: Path_) -> bool:
    """`crisis: false`, `phones: []` and the like say what leaving the line out says, so they may stay."""
    return value in (None, []) or (key == "crisis" and value is False and not path)


def _merged(old: Any, new: Any, path: Path_, inserted: list[tuple[Path_, int]]) -> Any:
    if isinstance(old, CommentedMap) and isinstance(new, Mapping):
        _merge_map(old, new, path, inserted)
        return old
    if isinstance(old, CommentedSeq) and isinstance(new, list):
        return _merged_list(old, new, path, inserted)
    if isinstance(new, bool | dt.date) or isinstance(old, bool):
        return old if old == new else _fresh(new, str(path[-1]))
    if isinstance(new, str) and str(old) == new:
        return old
    # A text that stood in quotes keeps them; everything else is written as a new text would be.
    return type(old)(new) if isinstance(old, ScalarString) and isinstance(new, str) else _fresh(new, str(path[-1]))


def _merged_list(old: CommentedSeq, new: Sequence[Any], path: Path_, inserted: list[tuple[Path_, int]]) -> CommentedSeq:
    items: list[Any] = []
    comments: dict[int, Any] = {}
    left = list(range(len(old)))
    for at, wanted in enumerate(new):
        same = next((one for one in left if _identity(old[one]) == _identity(wanted)), None)
        others = {_identity(one) for one in new}
        if same is None and at in left and _identity(old[at]) not in others and isinstance(wanted, Mapping):
            same = at  # the same item under a new number, name or address
        if same is None:
            items.append(_fresh(wanted, ""))
            inserted.append(((*path, at), _height(wanted)))
            continue
        left.remove(same)
        items.append(_merged(old[same], wanted, (*path, at), inserted))
        if same in old.ca.items:
            comments[at] = old.ca.items[same]
    if not isinstance(old, CommentedSeq) or old.fa.flow_style():
        inserted[:] = [one for one in inserted if one[0][: len(path)] != path]  # all on one line
    old[:] = items
    old.ca.items.clear()
    old.ca.items.update(comments)
    return old


def _identity(item: Any) -> object:
    if not isinstance(item, Mapping):
        return str(item)
    return next((f"{key} {item[key]} {item.get('date', '')}" for key in _IDENTITY if key in item), None)


def _fresh(value: Any, key: str) -> Any:
    if isinstance(value, Mapping):
        return CommentedMap({inner: _fresh(one, inner) for inner, one in value.items()})
    if isinstance(value, list):
        fresh = CommentedSeq(_fresh(one, "") for one in value)
        if key in _FLOW:
            fresh.fa.set_flow_style()
        return fresh
    if isinstance(value, dt.date):
        return value.replace()  # one object in two places would be written as an anchor and an alias
    return int(value) if _is_short_number(key, value) else value


def _is_short_number(key: str, value: object) -> bool:
    """999 and 85258 stand without quotes in our files: where a number is wanted, digits are taken as words."""
    return key == "number" and bool(_SHORT.fullmatch(str(value)))


def _height(value: Any) -> int:
    """How many lines a freshly written value takes, its key's included."""
    if isinstance(value, Mapping):
        return sum(_height(one) for one in value.values())
    return 1


def _with_blank_lines(text: str, inserted: Sequence[tuple[Path_, int]]) -> str:
    """Puts empty lines where a person would: ruamel leaves them in front of what was added to the end of a block."""
    for path, height in inserted:
        document = read_bytes(text.encode(), "", OrganisationFile, [])
        if document is None:
            return text
        lines = text.splitlines(keepends=True)
        if len(path) == 1 and _starts_block(lines, str(path[0])):
            text = "".join(_around_section(lines, str(path[0])))
            continue
        first = document.root.at(path)[0] - 1
        blank = first
        while blank > 0 and not lines[blank - 1].strip():
            blank -= 1
        end = first + height
        text = "".join(lines[:blank] + lines[first:end] + lines[blank:first] + lines[end:])
    return text


def _with_old_blank_lines(text: str, before: str) -> str:
    """An empty line goes with what stands before it; where that was taken out, the next block gets it back."""
    apart = set(re.findall(r"\n\r?\n([a-z_]+):", before))
    lines = text.splitlines(keepends=True)
    for at in range(len(lines) - 1, 0, -1):
        top = re.match(r"([a-z_]+):", lines[at])
        close = bool(lines[at - 1].strip() and not lines[at - 1].startswith("#"))
        if top and close and top[1] in apart and _starts_block(lines, top[1]):
            lines.insert(at, "\n")
    return "".join(lines)


def _starts_block(lines: Sequence[str], key: str) -> bool:
    """Whether an empty line belongs before this key of the top level: it opens a list or a mapping, or a new group."""
    line = next(line for line in lines if line.startswith(f"{key}:"))
    return key in ("topics", "languages") or not line.partition(":")[2].strip()


def _around_section(lines: Sequence[str], key: str) -> Iterator[str]:
    """An empty line before a new block of the top level, and before the block after it."""
    inside = False
    for at, line in enumerate(lines):
        top = re.match(r"([a-z_]+):", line)
        close = bool(at and lines[at - 1].strip() and not lines[at - 1].startswith("#"))
        if top and close and (top[1] == key or (inside and _starts_block(lines, top[1]))):
            yield "\n"
        if top:
            inside = top[1] == key
        yield line
