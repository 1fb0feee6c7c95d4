"""Writes scripts: a suggestion on one line, and a recorded conversation at the end of a file."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from bot.content.roads import Road
from bot.content.scripts import Move, ScriptFile
from bot.content.supposing import Supposed
from bot.errors import ContentError, Fault
from bot.yamlfile import Node, read_bytes

SCHEMA_LINE = "# yaml-language-server: $schema={schema}\n"
_PLAIN = re.compile(r"[A-Za-z_/](?:[A-Za-z0-9_./'-]| (?! |#))*")
_NO_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


@dataclass(frozen=True, slots=True)
class Line:
    """A move, or only a comment; `comment` stands behind the move."""

    move: Move | None
    comment: str = ""


def one_line(name: str, road: Road, seen: str) -> str:
    """A script as one item of the list `scripts`."""
    moves = map(_written, (*road.moves, Move("see", (seen,))))
    places = [f"{flow}.{step}: {outcome}" for (flow, step), outcome in road.suppose.items()]
    suppose = f"suppose: {{{', '.join(places)}}}, " if places else ""
    return f"- {{name: {name}, {suppose}script: [{', '.join(moves)}]}}"


def with_script(text: str, file: str, suppose: Supposed, lines: Iterable[Line], schema: str) -> str:
    """The text of a script file with one more script at the end of its list; "" for a new file.

    What stands there stays to the letter. `file` is the name that faults carry; `schema` is where the schema lies, ""
    for nowhere. Raises ContentError where the file is no file of scripts.
    """
    if not text.strip():
        head = SCHEMA_LINE.format(schema=schema) if schema else ""
        return f"{head}scripts:\n" + _item(_name(()), suppose, lines, 2)
    faults: list[Fault] = []
    document = read_bytes(text.encode(), file, ScriptFile, faults)
    if document is None:
        raise ContentError("Nothing can be recorded into this file:", faults)
    rows = text.splitlines(keepends=True)
    scripts: Node = document.root.value["scripts"]
    dash = re.match(r"( *)- ", rows[scripts.value[-1].line - 1])
    if dash is None:
        raise ContentError(f"The scripts of {file} stand in brackets; begin each on a line of its own, with `- `.")
    # Behind the list comes the next key of the file, with the comments above it, or nothing.
    following = [line for line, _ in document.root.keys.values() if line > scripts.line]
    end = min(following, default=len(rows) + 1) - 1
    while following and (not rows[end - 1].strip() or rows[end - 1].startswith("#")):
        end -= 1
    item = _item(_name(script.name for script in document.model.scripts), suppose, lines, len(dash[1]))
    before = "".join(rows[:end])
    ending = "\r\n" if "\r\n" in text else "\n"
    return before + ("" if before.endswith("\n") else ending) + item.replace("\n", ending) + "".join(rows[end:])


def _name(taken: Iterable[str]) -> str:
    names = set(taken)
    numbered = (f"Recorded conversation {number}" for number in range(1, len(names) + 2))
    return next(name for name in numbered if name not in names)


def _item(name: str, suppose: Supposed, lines: Iterable[Line], before: int) -> str:
    """A script as an item of a list, whose dash stands behind so many blanks."""
    yaml = YAML()
    yaml.width = 10**6  # no line is broken in two
    yaml.indent(mapping=2, sequence=before + 2, offset=before)
    out = io.StringIO()
    yaml.dump([_script(name, suppose, lines, 2 * before + 2)], out)
    return out.getvalue()


def _script(name: str, suppose: Supposed, lines: Iterable[Line], indent: int) -> CommentedMap:
    script = CommentedMap(name=name)
    if suppose:
        script["suppose"] = _in_brackets({f"{flow}.{step}": outcome for (flow, step), outcome in suppose.items()})
    moves = CommentedSeq()
    script["script"] = moves
    above: list[str] = []
    for line in lines:
        if line.move is None:
            above.append(line.comment)
            continue
        moves.append(_in_brackets({line.move.kind: _value(line.move)}))
        if above:  # ruamel cannot hold a comment in both places
            own = [line.comment] if line.comment else []
            moves.yaml_set_comment_before_after_key(len(moves) - 1, before="\n".join([*above, *own]), indent=indent)
        elif line.comment:
            moves.yaml_add_eol_comment(line.comment, len(moves) - 1, column=0)
        above = []
    if above:  # nothing follows that they could stand above
        moves.yaml_add_eol_comment("; ".join(above), len(moves) - 1, column=0)
    return script


def _in_brackets(values: Mapping[str, object]) -> CommentedMap:
    found = CommentedMap(values)
    found.fa.set_flow_style()
    return found


def _value(move: Move) -> object:
    if move.kind == "photo":
        return True
    words = [word if _bare(word) else DoubleQuotedScalarString(word) for word in move.what]
    if len(words) == 1:
        return words[0]
    found = CommentedSeq(words)
    found.fa.set_flow_style()
    return found


def _written(move: Move) -> str:
    """A line in brackets."""
    if move.kind == "photo":
        return "{photo: true}"
    words = [word if _bare(word) else json.dumps(word, ensure_ascii=False) for word in move.what]
    return f"{{{move.kind}: {words[0] if len(words) == 1 else '[' + ', '.join(words) + ']'}}}"


def _bare(word: str) -> bool:
    """Whether YAML reads a word as it stands, inside brackets too."""
    return bool(_PLAIN.fullmatch(word)) and word.casefold() not in _NO_WORDS
