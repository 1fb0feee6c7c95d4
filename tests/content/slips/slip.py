"""What a slip is, and where the ways to make one are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.content.slips.written import Keys, Written


@dataclass(frozen=True)
class Slip:
    """A broken file in place of a shipped one (None: it was taken away), and the finding that must come of it."""

    files: Mapping[str, str | bytes | None]
    file: str
    line: int
    rule: str
    also: frozenset[str] = frozenset()  # rules that follow from it, anywhere
    where: str = ""
    partner: tuple[str, int] | None = None  # the other place where it may be named, if two files make it together


Operator = Callable[[Written], Iterator[Slip]]  # one way to break a file, at every place of it
OPERATORS: dict[str, Operator] = {}
IN_CONVERSATION: dict[str, Operator] = {}  # those that only the whole conversation shows, which takes seconds
FOLLOWS = ("unknown-placeholder", "may-be-blank")  # from a text that was changed, or comes at another time


def operator(function: Operator) -> Operator:
    """Has this way tried."""
    OPERATORS[function.__name__] = function
    return function


def in_conversation(function: Operator) -> Operator:
    """Has this way tried on the whole conversation."""
    IN_CONVERSATION[function.__name__] = function
    return function


def slip(written: Written, at: Keys | int, text: str | bytes, rule: str, *also: str) -> Slip:
    """The file with this text, which must be named at the line of these keys, or at this line."""
    line = at if isinstance(at, int) else written.line(*at)
    return Slip({written.file: text}, written.file, line, rule, frozenset(also), f"{written.name}:{line}")


def ways(written: Written) -> Iterator[Keys]:
    """Each place where the id of a step stands as the way on."""
    for keys in written.every_key():
        if keys[-1] in ("next", "otherwise") and isinstance(written.node(*keys).value, str):
            yield keys
        if keys[-2:-1] == ("next",):
            yield keys


def texts(written: Written) -> Iterator[Keys]:
    """Each text that stands on a card."""
    for keys in written.every_key():
        if keys[-1] in ("say", "ask", "again", "one", "other") and isinstance(written.node(*keys).value, str):
            yield keys
