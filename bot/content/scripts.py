"""Conversation scripts (`flows/tests/*.yaml`): what a person does, and the steps that must be seen.

A script names steps and buttons by their ids, never by their words, so that it runs in every language. This module
reads the files and finds the names that are not known; `script_play` plays them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from bot.content.flow_file import Part, Words
from bot.content.flows import not_known
from bot.content.supposing import Supposed, wrong_supposition
from bot.engine.model import Flow
from bot.errors import Fault, shown_path
from bot.yamlfile import Document, read

OWN_LANGUAGE = "_own_language"  # the button of the language that the script is played in

# What a folder of facts may hold; what it does not hold is read from the configured one.
DATA = ("constituencies.csv", "members.csv", "organisations", "pledges.yaml", "postcodes.idx")

Meanwhile = Literal["forgotten", "changed", "broken"]
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _day(value: object) -> object:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) and re.match(_DAY, value) else value
    except ValueError as error:
        raise ValueError(f"{value!r:.60} is no day of the calendar; write it like 2026-11-26") from error


Day = Annotated[dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY})]


class MovePart(Part):
    """One line of a script: something that a person does, something that happens, or what must be seen."""

    start: str | None = Field(None, description="Opens the bot by a link with this word, in the script's language.")
    arrive: str | None = Field(None, description="The same by somebody new, who is asked for the language first.")
    say: str | None = Field(None, description="Sends this text.")
    tap: Words | None = Field(None, description="Presses the button with this id.")
    photo: Literal[True] | None = Field(None, description="Sends something that is no text.")
    meanwhile: Meanwhile | None = Field(
        None, description="Before the next line the conversation is forgotten, its flow is changed, or a turn breaks."
    )
    see: Words | list[Words] | None = Field(None, description="Steps whose texts must be on the card.")
    unseen: Words | list[Words] | None = Field(None, description="Steps whose texts must not be on the card.")

    @model_validator(mode="after")
    def _is_one_move(self) -> MovePart:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"a line has one of {', '.join(MovePart.model_fields)}; make one line of each")
        return self

    @property
    def move(self) -> Move:
        """What is done, or is to be seen."""
        ((kind, value),) = self.model_dump(exclude_unset=True).items()
        return Move(kind, tuple(value) if isinstance(value, list) else ("",) if value is True else (value,))


@dataclass(frozen=True, slots=True)
class Move:
    """One line of a script: the key, and its values (one, but for `see` and `unseen`)."""

    kind: str
    what: tuple[str, ...]

    @property
    def one(self) -> str:
        """Its value, where there is one."""
        return self.what[0]


class _SettingPart(Part):
    data: Words | None = Field(None, description="A folder beside this file whose facts take the place of the others.")
    today: Day | None = Field(None, description="The day on which it is played; without it, today.")


class ScriptPart(_SettingPart):
    """One conversation."""

    name: Words
    languages: Literal["all"] | Annotated[list[str], Field(min_length=1)] = "all"
    suppose: dict[str, str] = Field({}, description="Outcomes of actions (`flow.step`), whatever the facts say.")
    script: Annotated[list[MovePart], Field(min_length=2)]


class ScriptFile(_SettingPart):
    """A file of conversations. Its `data` and `today` are for every script that has none of its own."""

    scripts: Annotated[list[ScriptPart], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Script:
    """One conversation and where it stands."""

    path: Path
    document: Document[ScriptFile]
    index: int

    @property
    def part(self) -> ScriptPart:
        """What it says."""
        return self.document.model.scripts[self.index]

    @property
    def moves(self) -> Iterator[Move]:
        """Its lines."""
        return (line.move for line in self.part.script)

    @property
    def data(self) -> Path | None:
        """The folder of the facts that it is played with instead of the configured ones."""
        folder = self.part.data or self.document.model.data
        return self.path.parent / folder if folder else None

    @property
    def today(self) -> dt.date | None:
        """The day on which it is played; None for any."""
        return self.part.today or self.document.model.today

    @property
    def suppose(self) -> Supposed:
        """The outcomes that are supposed, each by its flow and step."""
        return {_named(place): outcome for place, outcome in self.part.suppose.items()}

    def languages(self, known: Iterable[str]) -> list[str]:
        """The languages to run it in."""
        return [tag for tag in known if self.part.languages == "all" or tag in self.part.languages]

    def fault(self, path: Iterable[str | int], rule: str, message: str) -> Fault:
        """A fault at a part of it."""
        return self.document.fault(["scripts", self.index, *path], rule, message)


def script_paths(folder: Path) -> list[Path]:
    """The script files of a folder of flows."""
    return scripts_in(folder / "tests")


def scripts_in(folder: Path) -> list[Path]:
    """The script files of a folder."""
    return sorted(path for path in folder.glob("*.yaml") if not path.name.startswith("."))


def read_scripts(paths: Iterable[Path], faults: list[Fault]) -> list[Script]:
    """Every script of these files; what is wrong with them is added to `faults`."""
    documents = [(path, document) for path in paths if (document := read(path, ScriptFile, faults))]
    return [Script(path, one, index) for path, one in documents for index in range(len(one.model.scripts))]


def check_scripts(
    scripts: Iterable[Script], flows: Mapping[str, Flow], languages: Collection[str], faults: list[Fault]
) -> None:
    """Adds every name in these scripts that is not known."""
    steps = {name for flow in flows.values() for step in flow.steps for name in (step, f"{flow.name}.{step}")}
    links = {flow.link for flow in flows.values() if flow.link}
    for script in scripts:
        part = script.part
        for number, tag in enumerate(part.languages if isinstance(part.languages, list) else ()):
            if tag not in languages:
                faults.append(script.fault(["languages", number], "unknown-language", not_known(tag, languages)))
        if script.data is not None and (wrong := _wrong_data(script.data)):
            faults.append(script.fault(["data"], *wrong) if part.data else script.document.fault(["data"], *wrong))
        for place, outcome in part.suppose.items():
            wrong = wrong_supposition(flows, *_named(place), outcome)
            if wrong:
                faults.append(script.fault(["suppose", place], *wrong))
        for number, move in enumerate(script.moves):
            for which, name in enumerate(move.what):
                at: list[str | int] = ["script", number, move.kind, *([which] if len(move.what) > 1 else [])]
                if move.kind in ("see", "unseen") and name not in steps:
                    faults.append(script.fault(at, "unknown-step", not_known(name, steps)))
                if move.kind in ("start", "arrive") and name and name not in links:
                    message = f'no flow has this link; write "" for the start of the bot. {not_known(name, links)}'
                    faults.append(script.fault(at, "unknown-link", message))


def _wrong_data(folder: Path) -> tuple[str, str] | None:
    if not folder.is_dir():
        return "no-folder", f"there is no folder `{shown_path(folder)}`; it is looked for beside this file"
    names = sorted(path.name for path in folder.iterdir() if path.suffix != ".md" and path.name[0] != ".")
    wrong = next((name for name in names if name not in DATA), None)
    if wrong is not None:
        return "unknown-file", f"in `{shown_path(folder)}`: {not_known(wrong, DATA)}"
    return None if names else ("no-data", f"`{shown_path(folder)}` is empty; put one of {', '.join(DATA)} there")


def _named(place: str) -> tuple[str, str]:
    flow, _, step = place.partition(".")
    return flow, step
