"""Reads YAML that people edit: strict, bounded, and with the place of every value kept.

`read` gives a pydantic model and the positions of its parts, or faults with line, column and remedy. Differences from
plain YAML, all on the careful side: a key may stand once; anchors, aliases and tags are refused (no expansion bombs);
only `true`, `false`, `null`, and whole numbers are not text, so that the label `No` stays the word "No".
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from bot.errors import Fault, shown_path

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")

M = TypeVar("M", bound=BaseModel)
Path_ = tuple[str | int, ...]


@dataclass(slots=True)
class Node:
    """One YAML value and where it stands (line and column from 1)."""

    value: Any
    line: int
    column: int
    keys: dict[str, tuple[int, int]] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value without positions: dict, list, str, int, bool or None."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def at(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column of the value at this path, or of the nearest thing around it that exists."""
        node, place = self, (self.line, self.column)
        for part in path:
            if isinstance(node.value, dict) and part in node.value:
                place = node.keys[str(part)]
                node = node.value[part]
            elif isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
                place = (node.line, node.column)
        return place


@dataclass(frozen=True, slots=True)
class Document(Generic[M]):
    """A file that could be read: its model and its positions."""

    file: str
    model: M
    root: Node

    def fault(self, path: Sequence[str | int], rule: str, message: str) -> Fault:
        """A fault at the value with this path, for rules that a schema cannot state."""
        line, column = self.root.at(path)
        return Fault(self.file, line, column, rule, message)


def read(path: Path, model: type[M], faults: list[Fault]) -> Document[M] | None:
    """The file as a `model`, or None after adding what is wrong with it to `faults`."""
    file = shown_path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        faults.append(Fault(file, 0, 0, "unreadable", f"cannot be read ({error.strerror}); check that it is there"))
        return None
    return read_bytes(data, file, model, faults)


def read_bytes(data: bytes, file: str, model: type[M], faults: list[Fault]) -> Document[M] | None:
    """As `read`, for bytes already in memory; `file` is the name that faults carry."""
    if len(data) > MAX_BYTES:
        faults.append(Fault(file, 0, 0, "too-big", f"is larger than {MAX_BYTES:,} bytes; split it"))
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        faults.append(Fault(file, line, 1, "not-utf-8", "is not UTF-8 text; save the file with the encoding UTF-8"))
        return None
    try:
        root = _Builder(text, file).document()
    except _Refused as refused:
        faults.append(refused.fault)
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        faults.append(Fault(file, line, column, "yaml", _plain_yaml_problem(error)))
        return None
    except yaml.YAMLError:
        faults.append(Fault(file, 0, 0, "yaml", "holds characters that YAML does not allow; remove control characters"))
        return None
    try:
        return Document(file, model.model_validate(root.plain()), root)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            line, column = root.at(_existing(problem["loc"]))
            faults.append(Fault(file, line, column, _rule(problem["type"]), _remedy(problem, model)))
        return None


class _Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(str(fault))


class _Builder:
    """Builds the tree from YAML's events, which still show anchors, tags and repeated keys."""

    def __init__(self, text: str, file: str) -> None:
        self._events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self._file = file

    def document(self) -> Node:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise self._refuse(event, "two-documents", "a second document starts here; remove the line `---`")
                root = self._node(next(self._events), 0)
        if root is None:
            raise _Refused(Fault(self._file, 0, 0, "empty", "is empty; see the example in docs/"))
        return root

    def _refuse(self, event: yaml.Event, rule: str, message: str) -> _Refused:
        return _Refused(Fault(self._file, *_place(event), rule, message))

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._refuse(event, "too-deep", f"is nested more than {MAX_DEPTH} levels deep; make it flatter")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._refuse(event, "no-anchors", "anchors (&) and aliases (*) are not allowed; write it out")
        if getattr(event, "tag", None):
            raise self._refuse(event, "no-tags", "tags (!) are not allowed; write plain text")
        line, column = _place(event)
        if isinstance(event, yaml.ScalarEvent):
            return Node(_scalar(event), line, column)
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
                items.append(self._node(event, depth + 1))
            return Node(items, line, column)
        mapping: dict[str, Node] = {}
        keys: dict[str, tuple[int, int]] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refuse(event, "key", "a key must be a plain word")
            key = event.value
            if key in mapping:
                first = keys[key][0]
                raise self._refuse(
                    event, "duplicate-key", f"the key `{key}` already stands on line {first}; remove one"
                )
            keys[key] = _place(event)
            mapping[key] = self._node(next(self._events), depth + 1)
        return Node(mapping, line, column, keys)


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _scalar(event: yaml.ScalarEvent) -> str | int | bool | None:
    text = str(event.value)
    if event.style:  # quoted, or a block: always text
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text


def _plain_yaml_problem(error: yaml.MarkedYAMLError) -> str:
    problem = (error.problem or error.context or "cannot be read as YAML").replace("'\\t'", "a tab")
    if "a tab" in problem:
        return "a tab stands here; use spaces to indent"
    return f"{problem}; check the indentation, the quotes and the colons near this line"


def _existing(loc: tuple[int | str, ...]) -> Path_:
    return tuple(part for part in loc if isinstance(part, int) or "[" not in part)


def _rule(kind: str) -> str:
    return {"missing": "missing-key", "extra_forbidden": "unknown-key"}.get(kind, "wrong-value")


def _remedy(problem: Any, model: type[BaseModel]) -> str:
    name = str(problem["loc"][-1]) if problem["loc"] else "the file"
    kind, given = problem["type"], problem.get("input")
    if kind == "missing":
        return f"the key `{name}` is missing; add it"
    if kind == "extra_forbidden":
        known = _fields(model, problem["loc"][:-1])
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"known here: {', '.join(sorted(known)) or 'nothing'}"
        return f"the key `{name}` is not known here; {hint}"
    message = str(problem["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    message = message[:1].lower() + message[1:]
    shown = "" if isinstance(given, Mapping | list) or kind == "value_error" else f", not {given!r:.60}"
    return f"`{name}`: {message}{shown}"


def _fields(model: Any, loc: Sequence[str | int]) -> list[str]:
    """The keys a model knows at a place, walking through lists, mappings and optional parts."""
    current: list[Any] = [model]
    for part in loc:
        inner: list[Any] = []
        for kind in current:
            for one in _unwrapped(kind):
                origin = get_origin(one)
                if origin in (list, tuple, dict):
                    inner.append(get_args(one)[-1 if origin is dict else 0])
                elif isinstance(one, type) and issubclass(one, BaseModel):
                    by_name = {info.alias or key: info.annotation for key, info in one.model_fields.items()}
                    if part in by_name:
                        inner.append(by_name[str(part)])
        current = inner or current
    found = [
        one for kind in current for one in _unwrapped(kind) if isinstance(one, type) and issubclass(one, BaseModel)
    ]
    return [info.alias or key for one in found for key, info in one.model_fields.items()]


def _unwrapped(kind: Any) -> list[Any]:
    if get_origin(kind) in (Union, UnionType):
        return [inner for part in get_args(kind) for inner in _unwrapped(part)]
    if get_origin(kind) is not None and hasattr(kind, "__metadata__"):
        return _unwrapped(get_args(kind)[0])
    return [kind]
