"""Conversation scripts (`flows/tests/*.yaml`): what a person does, and the steps that must be seen.

A script names steps and buttons by their ids, never by their words, so that it runs in every language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.engine.machine import step
from bot.engine.model import Card, Edit, Event, Said, Send, Session, Started, Tapped
from bot.engine.world import World
from bot.errors import Fault
from bot.yamlfile import Document, read


class MovePart(BaseModel):
    """One line of a script: `start` (a link payload), `say`, `tap` (a button's id), or `see` (a step, or several)."""

    model_config = ConfigDict(extra="forbid", strict=True)

    start: str | None = None
    say: str | None = None
    tap: str | None = None
    see: str | list[str] | None = None

    @model_validator(mode="after")
    def _is_one_move(self) -> MovePart:
        if len(self.model_fields_set) != 1:
            raise ValueError("a line has one of start, say, tap, see; make one line of each")
        return self


class ScriptPart(BaseModel):
    """One conversation."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    languages: Literal["all"] | list[str] = "all"
    script: Annotated[list[MovePart], Field(min_length=2)]


class ScriptFile(BaseModel):
    """A file of conversations."""

    model_config = ConfigDict(extra="forbid", strict=True)

    scripts: Annotated[list[ScriptPart], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Script:
    """One conversation and where it stands."""

    document: Document[ScriptFile]
    index: int

    @property
    def part(self) -> ScriptPart:
        """What it says."""
        return self.document.model.scripts[self.index]

    def languages(self, known: Iterable[str]) -> list[str]:
        """The languages to run it in."""
        return [tag for tag in known if self.part.languages == "all" or tag in self.part.languages]


def script_paths(folder: Path) -> list[Path]:
    """The script files of a folder of flows."""
    return sorted((folder / "tests").glob("*.yaml"))


def read_scripts(paths: Iterable[Path], faults: list[Fault]) -> list[Script]:
    """Every script of these files; what is wrong with them is added to `faults`."""
    documents = [document for path in paths if (document := read(path, ScriptFile, faults))]
    return [Script(document, index) for document in documents for index in range(len(document.model.scripts))]


def play(world: World, script: Script, language: str, now: dt.datetime) -> Fault | None:
    """Plays one script in one language; the first line that does not hold, or None."""
    session: Session | None = None
    card: Card | None = None
    for number, move in enumerate(script.part.script):
        fault: str | None = None
        if move.see is not None:
            wanted = [move.see] if isinstance(move.see, str) else move.see
            seen = _steps(card)
            missing = [name for name in wanted if name not in seen]
            fault = f"in {language}: `{missing[0]}` is not shown; shown are {', '.join(seen)}" if missing else None
        else:
            event = _event(move, card, language, now)
            if event is None:
                fault = f"in {language}: there is no button `{move.tap}` here; there are {', '.join(_buttons(card))}"
            else:
                turn = step(world, session, event)
                session = turn.session
                card = next(reply.card for reply in turn.replies if isinstance(reply, Send | Edit))
        if fault:
            return script.document.fault(["scripts", script.index, "script", number], "script", fault)
    return None


def _event(move: MovePart, card: Card | None, language: str, now: dt.datetime) -> Event | None:
    if move.start is not None:
        # Any word that opens no flow opens the start; the language rides on the link.
        return Started(now, payload=f"{move.start or 'start'}-{language}")
    if move.say is not None:
        return Said(now, move.say)
    data = _buttons(card).get(move.tap or "")
    return Tapped(now, data) if data is not None else None


def _buttons(card: Card | None) -> Mapping[str, str]:
    """The data of each button by its id."""
    keys = [key for row in card.rows for key in row] if card else []
    return {key.data.split(":")[-1].lstrip("="): key.data for key in keys}


def _steps(card: Card | None) -> list[str]:
    return [name for block in (card.blocks if card else ()) for name in (block.step, block.step.split(".")[1])]
