"""Reads YAML that people edit: strict, bounded, and with the place of every value kept.

`read` gives a pydantic model and the positions of its parts, or faults with line, column and remedy. Differences from
plain YAML, all on the careful side: a key may stand once; anchors, aliases and tags are refused (no expansion bombs);
only `true`, `false`, `null`, and whole numbers are not text, so that the label `No` stays the word "No"; spaces
at the ends of lines do not count; characters that cannot be seen and break lines or terminals are refused. No fault
shows anything that looks like a bot token.
"""

from __future__ import annotations

import codecs
import difflib
import errno
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from bot.errors import Fault, hidden, shown_path
from bot.files import file_bytes

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_FAULTS = 50  # of one file; more than that comes from one mistake, and nobody reads it
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
# What YAML allows but no editor shows, and what YAML refuses without naming the line: C0 and C1 controls, the line
# breaks of YAML 1.1 that are none elsewhere (U+0085, U+2028, U+2029), and byte order marks inside the text.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_BREAK = re.compile(r"\r\n?|\n")
_LINE_END_SPACES = re.compile(r"[ \t]+$", re.MULTILINE)
_COLON = re.compile(r":(\s|$)")
_RULES = {"missing": "missing-key", "extra_forbidden": "unknown-key"}

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
        return Fault(self.file, *self.root.at(path), rule, message)


def read(path: Path, model: type[M], faults: list[Fault]) -> Document[M] | None:
    """The file as a `model`, or None after adding what is wrong with it to `faults`."""
    root = read_tree(path, faults)
    return None if root is None else modelled(root, shown_path(path), model, faults)


def read_bytes(data: bytes, file: str, model: type[M], faults: list[Fault]) -> Document[M] | None:
    """As `read`, for bytes already in memory; `file` is the name that faults carry."""
    root = _tree(data, file, faults)
    return None if root is None else modelled(root, file, model, faults)


def read_tree(path: Path, faults: list[Fault]) -> Node | None:
    """The file as it was written, before any model, or None after adding what is wrong with it to `faults`."""
    file = shown_path(path)
    try:
        data = file_bytes(path, MAX_BYTES)
    except OSError as error:
        remedies = {
            errno.ENOENT: "check that it is there",
            errno.EISDIR: "rename or remove the folder",
            errno.EINVAL: "remove it",
            errno.ELOOP: "remove the link, or let it name a file",
        }
        remedy = remedies.get(error.errno or 0, "check that you may read it")
        faults.append(Fault(file, 0, 0, "unreadable", f"cannot be read ({error.strerror}); {remedy}"))
        return None
    return _tree(data, file, faults)


def _tree(data: bytes, file: str, faults: list[Fault]) -> Node | None:
    if len(data) > MAX_BYTES:
        faults.append(Fault(file, 0, 0, "too-big", f"is larger than {MAX_BYTES:,} bytes; split it"))
        return None
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        message = "is not UTF-8 text; save the file with the encoding UTF-8"
        faults.append(Fault(file, *_line_column(before, len(before)), "not-utf-8", message))
        return None
    control = _CONTROL.search(text)
    if control:
        message = f"a character that cannot be seen (U+{ord(control[0]):04X}) stands here; delete it, or save as UTF-8"
        faults.append(Fault(file, *_line_column(text, control.start()), "control-character", message))
        return None
    try:
        return _Builder(text, file).document()
    except _Refused as refused:
        faults.append(refused.fault)
    except yaml.YAMLError as error:
        faults.append(_yaml_fault(error, text, file))
    return None


def modelled(root: Node, file: str, model: type[M], faults: list[Fault]) -> Document[M] | None:
    """What was read as a `model`, or None after adding what does not fit it to `faults`."""
    try:
        return Document(file, model.model_validate(root.plain()), root)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        for problem in problems[:MAX_FAULTS]:
            loc = _existing(problem, root)
            faults.append(
                Fault(file, *root.at(loc), _RULES.get(problem["type"], "wrong-value"), _remedy(problem, loc, model))
            )
        if len(problems) > MAX_FAULTS:
            message = f"{len(problems) - MAX_FAULTS} more faults were found; mend these first"
            faults.append(Fault(file, 0, 0, "more-faults", message))
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
        if root is None or root.value is None:
            raise _Refused(Fault(self._file, 0, 0, "empty", "is empty; see the example in docs/"))
        return root

    def _refuse(self, event: yaml.Event, rule: str, message: str) -> _Refused:
        return _Refused(Fault(self._file, *_place(event), rule, message))

    def _refuse_marks(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._refuse(event, "no-anchors", "anchors (&) and aliases (*) are not allowed; write it out")
        if getattr(event, "tag", None):
            raise self._refuse(event, "no-tags", "tags (!) are not allowed; put the text in quotes")

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._refuse(event, "too-deep", f"is nested more than {MAX_DEPTH} levels deep; make it flatter")
        self._refuse_marks(event)
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
            self._refuse_marks(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refuse(event, "key", "a key must be a plain word; put the text in quotes if it is no key")
            key = event.value
            if key in mapping:
                first = keys[key][0]
                raise self._refuse(
                    event, "duplicate-key", f"the key `{hidden(key)}` already stands on line {first}; remove one"
                )
            keys[key] = _place(event)
            mapping[key] = self._node(next(self._events), depth + 1)
        return Node(mapping, line, column, keys)


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _scalar(event: yaml.ScalarEvent) -> str | int | bool | None:
    text = str(event.value)
    if event.style == "|":  # spaces that nobody sees at the ends of lines would part a text from its translations
        return _LINE_END_SPACES.sub("", text)
    if event.style:  # quoted, or folded: always text
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else text


def _line_column(text: str, position: int) -> tuple[int, int]:
    breaks = list(_BREAK.finditer(text, 0, position))
    return len(breaks) + 1, position - (breaks[-1].end() if breaks else 0) + 1


def _yaml_fault(error: yaml.YAMLError, text: str, file: str) -> Fault:
    """What the parser could not read, where an editor would look for it, in words that need no knowledge of YAML."""
    lines = _BREAK.split(text)
    problem, context = (getattr(error, name, None) or "" for name in ("problem", "context"))
    opened = getattr(error, "context_mark", None)
    mark = getattr(error, "problem_mark", None) or opened
    message = f"{problem or context}; check the indentation, the quotes and the colons near this line"
    if "a tab" in problem or (mark and "\t" in [*lines, ""][mark.line][mark.column :][:1]):
        message = "a tab stands here; use spaces to indent"
    elif "quoted scalar" in context and "end of" in problem:
        mark, message = opened, "the quotes that open here are not closed; close them"
    elif "simple key" in context and opened and not _COLON.search("".join(lines[opened.line : opened.line + 1])):
        mark, message = opened, "a colon is missing on this line; write `key: value`, or indent it as a text"
    elif "flow" in context and opened and mark and opened.line != mark.line:
        message = f"the bracket that opens here is not closed before line {mark.line + 1}; close it"
        mark = opened
    elif mark and not "".join(lines[mark.line :])[mark.column :].strip():
        message = "the file ends too early; close the brackets and quotes, and save it again"
    elif "mapping values are not allowed" in problem:
        message = "a colon is not allowed here; put the text in quotes, or check the indentation"
    elif "cannot start any token" in problem:
        message = "a text must not begin with this character; put the text in quotes"
    elif "did not find expected" in problem and "block" in context:
        message = "this line does not fit those above; check its indentation, and the dash before it"
    if mark is None or mark.line >= len(lines):  # behind the last line, where no editor can go
        return Fault(file, len(lines), len(lines[-1]) + 1, "yaml", message)
    return Fault(file, mark.line + 1, mark.column + 1, "yaml", message)


def _existing(problem: Any, root: Node) -> Path_:
    """The path without what pydantic adds (the branch of a union, `[key]`), but with the key that is missing."""
    kept: list[str | int] = []
    node = root
    for part in problem["loc"]:
        if part in node.value if isinstance(node.value, dict) else isinstance(part, int):
            node = node.value[part]
            kept.append(part)
    return (*kept, problem["loc"][-1]) if problem["type"] == "missing" else tuple(kept)


def _remedy(problem: Any, loc: Path_, model: type[BaseModel]) -> str:
    kind, given = problem["type"], problem.get("input")
    if kind == "missing":
        return f"the key `{loc[-1]}` is missing; add it"
    if kind == "extra_forbidden":
        name, known = hidden(loc[-1]), _fields(model, loc[:-1])
        close = difflib.get_close_matches(name.casefold(), known, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"known here: {', '.join(sorted(known)) or 'nothing'}"
        return f"the key `{name}` is not known here; {hint}"
    return f"{_named(loc)}: {_wanted(problem, given)}"


def _named(loc: Path_) -> str:
    if not loc:
        return "the file"
    last = loc[-1]
    return f"`{hidden(last)}`" if isinstance(last, str) else f"item {last + 1} of `{loc[-2]}`"


def _wanted(problem: Any, given: object) -> str:
    """What must stand here instead, for each kind of fault that pydantic knows and editors make."""
    kind, context = problem["type"], problem.get("ctx", {})
    if kind == "value_error":
        return hidden(str(problem["msg"]).removeprefix("Value error, "), 400)
    if given is None or kind == "string_too_short":
        return "is empty; write something, or remove the line"
    if kind == "string_too_long":
        return f"is longer than {context['max_length']} characters; shorten it"
    shown = "" if isinstance(given, Mapping | list) else f", not {hidden(repr(given))}"
    if kind == "string_type":
        quoted = str(given).lower() if isinstance(given, bool) else given
        return f'must be words; put quotes around it: "{quoted}"' if isinstance(given, int) else "must be words"
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", str(context["expected"]))
        close = difflib.get_close_matches(str(given), known, n=1)
        return f"must be {context['expected']}{shown}" + (f"; did you mean `{close[0]}`?" if close else "; correct it")
    wanted = {
        "model_type": "must be keys with values, one `key: value` a line",
        "dict_type": "must be keys with values, one `key: value` a line",
        "list_type": "must be a list; begin each item with `- `",
        "bool_type": "must be true or false",
        "int_type": "must be a whole number, without quotes",
        "greater_than_equal": f"must be at least {context.get('ge')}",
        "less_than_equal": f"must be at most {context.get('le')}",
        "too_short": "is an empty list; add to it, or remove the line",
        "too_long": f"has more than {context.get('max_length')} items; remove some",
    }.get(kind)
    return f"{wanted or problem['msg'][:1].lower() + problem['msg'][1:]}{shown}"


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
