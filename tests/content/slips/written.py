"""A shipped flow file as an editor finds it: its text, where everything in it stands, and ways to change it.

Every change gives the whole text of a new file; lines and columns count from 1, as in findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.content.flows import FlowDocument, read_flows
from bot.engine.wording import ENGLISH
from bot.engine.world import World
from bot.errors import Fault
from bot.yamlfile import Node, read_tree
from tests.content.editor import SHIPPED, write
from tests.fake_facts import FACTS

T = TypeVar("T")
Keys = tuple[str | int, ...]


@dataclass(frozen=True)
class Written:
    """One file as it is shipped."""

    name: str
    text: str
    root: Node

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.name}.yaml"

    @property
    def lines(self) -> list[str]:
        """The text, line by line."""
        return self.text.split("\n")

    def node(self, *keys: str | int) -> Node:
        """The value under these keys."""
        node = self.root
        for key in keys:
            node = node.value[key]
        return node

    def has(self, *keys: str | int) -> bool:
        """Whether there is such a value."""
        try:
            self.node(*keys)
        except (KeyError, IndexError, TypeError):
            return False
        return True

    def line(self, *keys: str | int) -> int:
        """The line of the key of a value, or of an item of a list."""
        return self.root.at(keys)[0]

    def steps(self, *having: str) -> Iterator[tuple[Keys, Node]]:
        """Each step that has all of these keys."""
        for index, step in enumerate(self.node("steps").value):
            if all(key in step.value for key in having):
                yield ("steps", index), step

    def buttons(self, *having: str) -> Iterator[tuple[Keys, Node]]:
        """Each button that has all of these keys."""
        for step, _ in self.steps("buttons"):
            for number, button in enumerate(self.node(*step, "buttons").value):
                if all(key in button.value for key in having):
                    yield (*step, "buttons", number), button

    def inputs(self, *having: str) -> Iterator[tuple[Keys, Node]]:
        """Each input that has all of these keys."""
        for step, _ in self.steps("input"):
            if all(self.has(*step, "input", key) for key in having):
                yield (*step, "input"), self.node(*step, "input")

    def every_key(self) -> Iterator[Keys]:
        """The keys of every value of a mapping, in order."""
        waiting: list[tuple[Keys, Node]] = [((), self.root)]
        while waiting:
            keys, node = waiting.pop(0)
            parts = node.value.items() if isinstance(node.value, dict) else enumerate(node.value)
            for key, inner in parts:
                if isinstance(key, str):
                    yield (*keys, key)
                if isinstance(inner.value, dict | list):
                    waiting.append(((*keys, key), inner))

    # --- changes

    def value(self, keys: Keys, new: str) -> str:
        """The text with other words in place of one plain or quoted value, which stands on one line."""
        node = self.node(*keys)
        start = self._at(node.line, node.column)
        return self.text[:start] + new + self.text[self._end(start) :]

    def key(self, keys: Keys, new: str) -> str:
        """The text with one key renamed."""
        start = self._at(*self.root.at(keys))
        assert self.text.startswith(f"{keys[-1]}:", start)
        return self.text[:start] + new + self.text[start + len(str(keys[-1])) :]

    def inside(self, keys: Keys, more: str) -> str:
        """The text with one more `key: value` at the beginning of a button, input or other short mapping."""
        node = self.node(*keys)
        start = self._at(node.line, node.column)
        if self.text[start] == "{":
            return f"{self.text[: start + 1]}{more}, {self.text[start + 1 :]}"
        return f"{self.text[:start]}{more}\n{' ' * (node.column - 1)}{self.text[start:]}"

    def words(self, keys: Keys, new: str) -> str:
        """The text with other words in place of a text, written on the line of its key."""
        line, column = self.root.at(keys)
        lines = self.lines
        if not self.is_block(keys):
            return self.value(keys, new)
        lines[line - 1] = f"{lines[line - 1][: column - 1]}{keys[-1]}: {new}"
        del lines[line : self._last_line(line, column)]
        return "\n".join(lines)

    def is_block(self, keys: Keys) -> bool:
        """Whether the value is a text on lines of its own."""
        node = self.node(*keys)
        return self.text[self._at(node.line, node.column)] == "|"

    def without(self, keys: Keys) -> str:
        """The text without a key and its value, or without an item of a list."""
        line, column = self._begin(keys)
        lines = self.lines
        if not lines[line - 1][: column - 1].strip():
            del lines[line - 1 : self._last_line(line, column)]
            return "\n".join(lines)
        start = self._at(line, column)
        node = self.node(*keys)
        end = self._end(self._at(node.line, node.column))
        if self.text.startswith(", ", end):
            return self.text[:start] + self.text[end + 2 :]
        return self.text[:start].removesuffix(", ") + self.text[end:]

    def insert(self, line: int, *new: str) -> str:
        """The text with more lines before this one."""
        lines = self.lines
        lines[line - 1 : line - 1] = new
        return "\n".join(lines)

    def append(self, *new: str) -> str:
        """The text with more lines at its end."""
        return self.text + "".join(f"{line}\n" for line in new)

    def on_line(self, line: int, old: str, new: str) -> str:
        """The text with one piece of one line changed, which must be there."""
        lines = self.lines
        assert old in lines[line - 1], (self.file, line, old)
        lines[line - 1] = lines[line - 1].replace(old, new, 1)
        return "\n".join(lines)

    def after(self, keys: Keys) -> int:
        """The line behind a value, or behind an item of a list."""
        return self._last_line(*self._begin(keys)) + 1

    def _begin(self, keys: Keys) -> tuple[int, int]:
        """Where a key stands, or the dash of an item."""
        line, column = self.root.at(keys)
        return line, column - 2 * isinstance(keys[-1], int)

    def _at(self, line: int, column: int) -> int:
        return sum(len(one) + 1 for one in self.lines[: line - 1]) + column - 1

    def _end(self, start: int) -> int:
        """Where the value that begins here ends: at the comma or bracket behind it, or with its line."""
        depth, quote = 0, ""
        in_brackets = "{" in self.text[self.text.rfind("\n", 0, start) + 1 : start]
        for position in range(start, len(self.text)):
            letter = self.text[position]
            if quote:
                quote = "" if letter == quote else quote
            elif letter == '"' and position == start:
                quote = letter
            elif letter in "[{" and (in_brackets or depth or position == start):
                depth += 1
            elif letter in "]}" and depth:
                depth -= 1
            elif letter == "\n" or (in_brackets and not depth and letter in ",}]"):
                return position
        return len(self.text)

    def _last_line(self, line: int, column: int) -> int:
        """The last line of what begins at a key or dash: what follows stands further right, or is empty."""
        lines, last = self.lines, line
        for number, text in enumerate(lines[line:], line + 1):
            if text.startswith(" " * column):
                last = number
            elif text.strip():
                break
        return last


def spread(found: list[T], most: int) -> list[T]:
    """So many of them, from the first to the last."""
    if len(found) <= most:
        return found
    return [found[index * (len(found) - 1) // (most - 1)] for index in range(most)]


def among_shipped(
    folder: Path, files: Mapping[str, str | bytes | None]
) -> tuple[World, dict[str, FlowDocument], list[Fault]]:
    """The shipped flows with these files in them, which are written to a folder (None: one is taken away)."""
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        if text is not None:
            write(folder, {name: text})
    taken = {Path(name).parts[0] for name in files}
    faults: list[Fault] = []
    documents: dict[str, FlowDocument] = {}
    paths = [*(path for path in SHIPPED if path.name not in taken), *sorted(folder.glob("*.y*ml"))]
    return World(read_flows(paths, faults, documents), {"en": ENGLISH}, FACTS), documents, faults


def _shipped() -> Iterator[Written]:
    for path in SHIPPED:
        faults: list[Fault] = []
        root = read_tree(path, faults)
        assert root is not None
        yield Written(path.stem, path.read_text(encoding="utf-8"), root)


WRITTEN = tuple(_shipped())
