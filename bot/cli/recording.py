"""The file behind `askfirst chat --record`: looked at before the conversation, written after it, however it ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.content.script_recording import Recorder
from bot.content.script_text import Line, with_script
from bot.content.scripts import Move
from bot.content.supposing import Supposed
from bot.errors import ConfigError, ContentError, shown_path
from bot.world.build.whole_file import current_bytes, replace_whole

_SCHEMA = Path("docs/flow-tests.schema.json")


@contextmanager
def recording(path: Path | None, root: Path, recorder: Recorder) -> Iterator[None]:
    """Adds what the recorder hears meanwhile to the file, also after Ctrl+C; without a path it does nothing.

    Raises ConfigError or ContentError before the conversation if the file could not be written after it.
    """
    if path is None:
        yield
        return
    if path.suffix != ".yaml" or not path.parent.is_dir():
        raise ConfigError(f"`{path}` must be a file in a folder that is there, and end in .yaml; give another.")
    schema = root / _SCHEMA
    inside = schema.exists() and path.resolve().is_relative_to(root.resolve())
    named = os.path.relpath(schema, path.parent).replace(os.sep, "/") if inside else ""
    _added(path, [Line(Move("start", ("",))), Line(Move("see", ("menu",)))], {}, named)
    try:
        yield
    finally:
        _write(path, recorder, named)


def _write(path: Path, recorder: Recorder, schema: str) -> None:
    moves = sum(line.move is not None and line.move.kind != "see" for line in recorder.lines)
    if not moves:
        return
    was, text = _added(path, recorder.lines, recorder.suppose, schema)
    replace_whole(path, text, was=was, check=lambda _: None)
    print(f"{shown_path(path)}: {moves} lines recorded. Give the script a name.", file=sys.stderr)
    if recorder.replaced:
        print(
            f"In {recorder.replaced} of them the words that were typed were not written: they may say where somebody "
            "lives. A comment in the file stands at each.",
            file=sys.stderr,
        )


def _added(path: Path, lines: Iterable[Line], suppose: Supposed, schema: str) -> tuple[bytes | None, str]:
    """The file as it is, and its text with a script of these lines."""
    was = current_bytes(path)
    try:
        old = (was or b"").decode()
    except UnicodeDecodeError:
        raise ContentError(f"{shown_path(path)} is not UTF-8 text; save the file with the encoding UTF-8.") from None
    return was, with_script(old, shown_path(path), suppose, lines, schema)
