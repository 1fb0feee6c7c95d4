"""Writes records into the text of `pledges.yaml`, and leaves the rest of it as it is: comments, order, quotes."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.errors import DataError
from bot.world.pledges import PledgeEntry

_KEYS = tuple(PledgeEntry.model_fields)  # in the order in which a record is written
_DASH = re.compile(r"^( *)-( +)\S", re.MULTILINE)
_COMMENT = re.compile(r"(?:^|\s)(#.*?)\s*$", re.MULTILINE)


def with_records(text: str, updates: Mapping[int, Mapping[str, Any]], additions: Iterable[PledgeEntry]) -> str:
    """The text of the register with new values in records (by number, from 0), and new records at its end.

    A value of None takes its key out. Raises DataError where a comment would be lost.
    """
    windows = "\r\n" in text
    text = text.replace("\r\n", "\n")
    yaml = _yaml(text)
    root = yaml.load(text)
    records: CommentedSeq = root["pledges"]
    for number, values in updates.items():
        for key, value in values.items():
            _put(records[number], key, value)
    for entry in additions:
        _append(records, entry)
    out = io.StringIO()
    yaml.dump(root, out)
    written = out.getvalue()
    lost = Counter(_COMMENT.findall(text)) - Counter(_COMMENT.findall(written))
    if lost:
        raise DataError(
            f"The comment {next(iter(lost))!r:.60} in pledges.yaml would be lost, so nothing was written; move it to a "
            "line of its own above the record, and run this again."
        )
    return written.replace("\n", "\r\n") if windows else written


def record_lines(entry: PledgeEntry) -> list[str]:
    """A record as it would stand in the file."""
    yaml = _yaml("")
    out = io.StringIO()
    yaml.dump([_mapping(entry)], out)
    return out.getvalue().splitlines()


def _yaml(text: str) -> YAML:
    """A reader and writer with the indentation of this text."""
    yaml = YAML()
    yaml.width = 10**6  # a note stays on its line
    yaml.preserve_quotes = True
    yaml.explicit_start = bool(re.match(r"(\s*(#.*)?\n)*---(\s|$)", text))
    dash = _DASH.search(text[text.find("pledges:") :])
    before, after = (len(dash[1]), len(dash[2])) if dash else (2, 1)
    yaml.indent(mapping=2, sequence=before + 1 + after, offset=before)
    return yaml


def _put(record: CommentedMap, key: str, value: Any) -> None:
    if value is None:
        record.pop(key, None)
    elif key in record:
        record[key] = _own(value)
    else:
        later = set(_KEYS[_KEYS.index(key) :])
        place = next((n for n, other in enumerate(record) if other in later), len(record))
        record.insert(place, key, _own(value))


def _append(records: CommentedSeq, entry: PledgeEntry) -> None:
    records.fa.set_block_style()  # a register without records may be written as []
    first = not records
    records.append(_mapping(entry))
    if not first:
        records.yaml_set_comment_before_after_key(len(records) - 1, before="\n")


def _mapping(entry: PledgeEntry) -> CommentedMap:
    values = {key: getattr(entry, key) for key in _KEYS}
    return CommentedMap(
        (key, _own(value))
        for key, value in values.items()
        if value is not None and (key, value) != ("signed_on_is", "on")
    )


def _own(value: Any) -> Any:
    """The same value as an object of its own: of one date written twice, YAML would make an anchor and an alias."""
    return value.replace() if isinstance(value, dt.date) else value
