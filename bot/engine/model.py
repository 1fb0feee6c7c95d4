"""The words of a conversation: flows and their steps, the session, events in, replies out. All values, all frozen.

A flow is a graph of steps with an order. A step ends in a `Target`; only an `Ask` waits for the person.
The session says where a conversation waits; the card that the person sees can always be drawn from it again, so
nothing that was said is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.engine.facts import NoMpReason, PostcodeStatus, Subject

END = "END"
MAX_HISTORY = 20  # cards that "Back" can go back through

START = "_start"
LANGUAGE = "_language"
PRIVACY = "_privacy"
HELP = "_help"
BACK = "_back"
CANCEL = "_cancel"
FORGET = "_forget"
NOT_UNDERSTOOD = "_not_understood"
TIMEOUT = "_timeout"
ERROR = "_error"
UPDATED = "_updated"
UNREVIEWED = "_unreviewed"
RESERVED = (
    *(START, LANGUAGE, UNREVIEWED, PRIVACY, HELP, BACK, CANCEL, FORGET),
    *(NOT_UNDERSTOOD, TIMEOUT, ERROR, UPDATED),
)

# Buttons that stand under every card, in this order, two to a row; never the one that is already open.
NAVIGATION = (BACK, START, LANGUAGE, FORGET)


# --- flows


@dataclass(frozen=True, slots=True)
class Text:
    """A translatable text: English is the gettext msgid, `context` its msgctxt (`flow.step`).

    With `plural` and `count`, the value named `count` chooses the plural form.
    `safety` texts are shown with the English beneath until the language is marked as reviewed.
    """

    context: str
    msgid: str
    plural: str | None = None
    count: str | None = None
    safety: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Where a step leads. `call` comes back to `step` of this flow afterwards; `goto` does not come back."""

    step: str = END
    call: str | None = None
    goto: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A choice with a stable id; `text` is only its label. `sets` are slots it fills with fixed values. A typed yes or
    no presses the button that `means` it."""

    id: str
    text: Text
    target: Target
    sets: Mapping[str, str] = field(default_factory=dict)
    means: Literal["yes", "no"] | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """What a question accepts besides its buttons.

    `postcode` and `search` read typed text; `choice` offers buttons from the source named `source`.
    After `tries` texts that could not be read, the conversation goes on at `otherwise`.
    """

    type: Literal["postcode", "search", "choice"]
    into: str
    target: Target
    otherwise: Target
    tries: int = 2
    source: str = ""
    again: Text | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """Shows a text and goes on."""

    id: str
    text: Text
    target: Target


@dataclass(frozen=True, slots=True)
class Ask:
    """Shows a text and waits for a button or a typed answer."""

    id: str
    text: Text
    buttons: tuple[Button, ...] = ()
    input: Input | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """Runs a registered action; its outcome chooses the way on."""

    id: str
    action: str
    arguments: Mapping[str, str]  # argument -> slot name
    targets: Mapping[str, Target]


@dataclass(frozen=True, slots=True)
class Switch:
    """Chooses the way on by the value of a slot with closed values."""

    id: str
    slot: str
    targets: Mapping[str, Target]


@dataclass(frozen=True, slots=True)
class Jump:
    """Calls another flow and comes back, or goes to it for good."""

    id: str
    target: Target


Step = Say | Ask | Act | Switch | Jump


@dataclass(frozen=True, slots=True)
class Slot:
    """A named memory. `step` slots are forgotten when the next question has been answered; `session` ones stay
    until the session ends. No type can hold a postcode or a person's own words."""

    name: str
    type: Literal["place", "choice", "page"]
    keep: Literal["step", "session"] = "session"
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """One conversation. `command` and `link` open it; `label` is its button under every card (reserved flows)."""

    name: str
    description: str
    steps: Mapping[str, Step]
    first: str
    slots: Mapping[str, Slot]
    command: str | None = None
    command_text: Text | None = None
    link: str | None = None
    label: Text | None = None


# --- session


@dataclass(frozen=True, slots=True)
class Place:
    """What is kept of a place: area codes, never the postcode they came from.

    `codes` are GSS codes, most likely first: constituencies, or one nation or region. `kind` says how they were
    found: one of `PostcodeKind`, or `area` for a nation or region, or `chosen` when the person picked one.
    """

    kind: str
    codes: tuple[str, ...] = ()
    status: PostcodeStatus | None = None
    reason: NoMpReason | None = None


SlotValue = Place | str | int


@dataclass(frozen=True, slots=True)
class Frame:
    """A flow that is under way: the step it stands at, and the action steps whose values its texts may use.

    `came` are the outcomes that these had, one each; "" where a slot that the action reads has changed since.
    """

    flow: str
    step: str
    acted: tuple[str, ...] = ()
    came: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """One text on the card: the frame it was said in, so that its values can be worked out again."""

    flow: str
    step: str
    acted: tuple[str, ...] = ()
    again: bool = False  # the question's `again` text instead of its own
    came: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the conversation that can be gone back to."""

    frames: tuple[Frame, ...]
    shown: tuple[Shown, ...]
    slots: Mapping[str, SlotValue]


@dataclass(frozen=True, slots=True)
class Session:
    """Everything that is remembered of a conversation between two turns.

    `card` numbers the cards, so that a tap on an old one is noticed. `page` counts the pages of options that were
    turned, `tries` the answers that could not be read. `resume` is what comes next when the flows in `frames` end: the
    card that was interrupted (by help, privacy, language), or, without texts, a flow that has yet to be run.
    """

    language: str | None = None
    frames: tuple[Frame, ...] = ()
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    shown: tuple[Shown, ...] = ()
    history: tuple[Mark, ...] = ()
    card: int = 0
    page: int = 0
    tries: int = 0
    resume: Mark | None = None


# --- events


@dataclass(frozen=True, slots=True)
class Started:
    """The person opened the bot: `payload` is what the link carried (Telegram's /start parameter)."""

    at: dt.datetime
    hint: str | None = None  # BCP 47 tag that the channel believes in; offered, never assumed
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """The person sent a text. `text` is None for a photo, voice message and the like, which are never opened."""

    at: dt.datetime
    text: str | None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Tapped:
    """The person pressed the button that carries `data`."""

    at: dt.datetime
    data: str
    hint: str | None = None


Event = Started | Said | Tapped


# --- replies


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style; `url` makes it a link."""

    text: str
    bold: bool = False
    url: str | None = None


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or list; `step` is the `flow.step` that said it."""

    step: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """A button as the channel shows it. `data` is at most 64 bytes (Bot API, InlineKeyboardButton).

    One with `copy` puts that text where the person can paste it, and does nothing else (Bot API, CopyTextButton: 1-256
    characters). One with `share` lets the person send somebody a link to the bot with this payload (see `links`). A
    channel that cannot do this leaves such a key out.
    """

    label: str
    data: str
    copy: str | None = None
    share: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What the person sees: paragraphs, then rows of buttons. `language` is a BCP 47 tag."""

    blocks: tuple[Block, ...]
    rows: tuple[tuple[Key, ...], ...]
    language: str
    rtl: bool


@dataclass(frozen=True, slots=True)
class Send:
    """Show the card as a new message, below what was there."""

    card: Card


@dataclass(frozen=True, slots=True)
class Edit:
    """Show the card in the place of the one that was tapped."""

    card: Card


@dataclass(frozen=True, slots=True)
class Remove:
    """Delete messages: the one that just came in, or every one of both sides that can still be deleted."""

    what: Literal["incoming", "everything"]


@dataclass(frozen=True, slots=True)
class Toast:
    """A short notice that leaves nothing in the chat (Bot API, answerCallbackQuery: at most 200 characters)."""

    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """Tell those who keep the facts what a person says is wrong; never who says so. `wrong` is one of `REPORTABLE`."""

    subject: Subject
    wrong: str


Reply = Send | Edit | Remove | Toast | Report
