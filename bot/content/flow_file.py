"""The flow file as an editor writes it, version 1: its keys, and what kind of value each takes."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    field_validator,
    model_validator,
)

from bot.engine.measure import COMMAND_CHARACTERS


def _as(pattern: str, words: str) -> BeforeValidator:
    """Says in words what the pattern beside it wants; the schema for editors still shows the pattern."""

    def check(value: object) -> object:
        if isinstance(value, str) and not re.fullmatch(pattern, value):
            raise ValueError(f"{words}, not {value!r:.60}")
        return value

    return BeforeValidator(check)


_NAME = r"^_?[a-z][a-z0-9_]{0,30}$"
_STEP = r"^([a-z][a-z0-9_]{0,31}|END)$"
_ID = r"^[a-z][a-z0-9_]{0,31}$"
_OPENS = r"^[a-z0-9_]{1,32}$"
_LETTERS = "use small letters, digits and _, beginning with a letter, at most"

Name = Annotated[str, StringConstraints(pattern=_NAME), _as(_NAME, f"{_LETTERS} 31")]
StepName = Annotated[str, StringConstraints(pattern=_STEP), _as(_STEP, f"{_LETTERS} 32; or END")]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
# A button's id travels in Telegram's callback data, which holds 64 bytes.
ButtonId = Annotated[str, StringConstraints(pattern=_ID), _as(_ID, f"{_LETTERS} 32")]
# Bot API, BotCommand: 1-32 of a-z, 0-9 and _; a link's payload must also hold a language and a poster's name.
Opening = Annotated[str, StringConstraints(pattern=_OPENS), _as(_OPENS, "use at most 32 small letters, digits and _")]
VERSION = 1  # of the format; whoever raises it adds a migration (bot/content/migrations.py)
FLOW_NAME = re.compile(_NAME)
OPENING = re.compile(_OPENS)
MAX_BUTTONS = 40  # Telegram shows 100 on a card; options, "More" and the ways out stand there too


class Part(BaseModel):
    """A part of a file that people write: no key but those that are known, and none without a value."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @field_validator("*", mode="before")
    @classmethod
    def _is_written(cls, value: object) -> object:
        """A key without a value is a line that somebody has not finished."""
        if value is None:
            raise ValueError("is empty; write something, or remove the line")
        return value


class PluralPart(Part):
    """A text whose words depend on a number: `count` names the value."""

    one: Words
    other: Words
    count: Name


def _branch(value: object) -> str:
    """Which of two shapes an editor meant, so that only that one is complained about."""
    return "[keys]" if isinstance(value, dict) else "[word]"


Wording = Annotated[
    Annotated[Words, Tag("[word]")] | Annotated[PluralPart, Tag("[keys]")],
    Discriminator(_branch),
]
Next = Annotated[
    Annotated[StepName, Tag("[word]")] | Annotated[dict[Name, StepName], Tag("[keys]")],
    Discriminator(_branch),
]


class ButtonPart(Part):
    """A button: a stable `id`, a `text`, and where it leads."""

    id: ButtonId
    text: Words
    next: StepName | None = None
    call: Name | None = None
    goto: Name | None = None
    set: dict[Name, Words] = {}
    means: Literal["yes", "no"] | None = None
    note: Words | None = None


class InputPart(Part):
    """What a question accepts besides its buttons."""

    type: Literal["postcode", "search", "choice"]
    into: Name
    from_: Name | None = Field(default=None, alias="from")
    again: Words | None = None
    tries: Annotated[int, Field(ge=1, le=5)] = 2
    otherwise: StepName | None = None
    next: StepName | None = None
    call: Name | None = None
    goto: Name | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> InputPart:
        if self.type == "choice" and self.from_ is None:
            raise ValueError("a choice needs the key `from`, which names where its options come from")
        if self.type != "choice" and self.from_ is not None:
            raise ValueError("only a choice has the key `from`; remove it")
        typed = self.model_fields_set & {"again", "tries", "otherwise"}
        if self.type == "choice" and typed:
            raise ValueError(f"nothing is typed at a choice; remove `{'`, `'.join(sorted(typed))}`")
        if self.type != "choice" and self.otherwise is None:
            raise ValueError("the key `otherwise` is missing; name the step to go to when the answer cannot be read")
        return self


class StepPart(Part):
    """One step. Its kind is the one key of `say`, `ask`, `action`, `switch`, `call` or `goto` that it has;
    `say` may also have `call` or `goto` as its way on."""

    id: StepName
    say: Wording | None = None
    ask: Wording | None = None
    action: Name | None = None
    switch: Name | None = None
    call: Name | None = None
    goto: Name | None = None
    note: Words | None = None
    safety: bool = False
    input: InputPart | None = None
    buttons: Annotated[list[ButtonPart], Field(max_length=MAX_BUTTONS)] = []
    with_: dict[Name, Name] = Field(default={}, alias="with")
    next: Next | None = None

    @field_validator("id")
    @classmethod
    def _id_is_free(cls, value: str) -> str:
        if value == "END":
            raise ValueError("`END` ends a flow and cannot be the id of a step; choose another id")
        return value

    @property
    def outcomes(self) -> dict[str, str]:
        """The branches of an action or switch."""
        return dict(self.next) if isinstance(self.next, dict) else {}

    @model_validator(mode="after")
    def _is_one_kind(self) -> StepPart:
        main = [key for key in ("say", "ask", "action", "switch") if getattr(self, key) is not None]
        jumps = [key for key in ("call", "goto") if getattr(self, key) is not None]
        if len(main) > 1 or len(jumps) > 1:
            raise ValueError(f"a step does one thing, this one has {' and '.join(main + jumps)}; make two steps")
        if not main and not jumps:
            raise ValueError("a step needs one of say, ask, action, switch, call, goto; add one")
        if main and main != ["say"] and jumps:
            raise ValueError(f"`{jumps[0]}` does not go with `{main[0]}`; put it on a button or in a step of its own")
        if main != ["ask"] and (self.input or self.buttons):
            raise ValueError("only `ask` has `input` and `buttons`; change `say` to `ask`, or remove them")
        if main == ["ask"] and not (self.input or self.buttons):
            raise ValueError("a question needs `buttons` or `input`; add them, or change `ask` to `say`")
        if main == ["ask"] and self.next is not None:
            raise ValueError("the way on from a question is on its buttons and its input; move `next` there")
        branches = main in (["action"], ["switch"])
        if branches and not isinstance(self.next, dict):
            raise ValueError("`next` must list every outcome with its step; write one `outcome: step` a line")
        if not branches and isinstance(self.next, dict):
            raise ValueError("`next` must be one step here; outcomes belong to `action` and `switch`")
        if main != ["action"] and self.with_:
            raise ValueError("only `action` has `with`; remove it")
        return self


class SlotPart(Part):
    """A named memory. Nothing is kept for longer than the session, and no type can hold a postcode."""

    type: Literal["place", "choice", "page"]
    keep: Literal["step", "session"] = "session"
    values: list[Name] = []

    @model_validator(mode="after")
    def _lists_its_values(self) -> SlotPart:
        if (self.type == "choice") != bool(self.values):
            raise ValueError("a choice slot lists its `values`, and no other slot does")
        return self


class StartPart(Part):
    """How a flow is opened: `/command`, and `t.me/<bot>?start=link`."""

    command: Opening | None = None
    about: Annotated[Words, StringConstraints(max_length=COMMAND_CHARACTERS)] | None = None
    link: Opening | None = None


def wrong_version(value: object, newest: int = VERSION) -> str | None:
    """Why this program cannot read a file of this version, with the remedy; None if it can."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        return f"must be {newest}, not {value!r:.60}; correct it"
    if value > newest:
        return f"is {value}, made for a newer Ask First; update the program (this one reads up to {newest})"
    return f"is {value}, of an older Ask First; run `askfirst migrate`" if value < newest else None


def _readable(value: object) -> object:
    if wrong := wrong_version(value):
        raise ValueError(wrong)
    return value


class FlowFile(Part):
    """A whole flow file."""

    version: Annotated[Literal[1], BeforeValidator(_readable)]
    flow: Name
    description: Words
    start: StartPart = StartPart()
    label: Words | None = None
    slots: dict[Name, SlotPart] = {}
    steps: Annotated[list[StepPart], Field(min_length=1)]
