"""What the engine's tests talk with: made-up languages, worlds, and a conversation that can be driven line by line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from gettext import c2py
from pathlib import Path

from bot.content.flow_rules import texts_of
from bot.content.flows import load_flows
from bot.engine import cards, drawing, machine
from bot.engine.facts import Facts
from bot.engine.machine import Turn, step
from bot.engine.model import (
    Ask,
    Button,
    Card,
    Edit,
    Event,
    Flow,
    Input,
    Key,
    Reply,
    Said,
    Say,
    Send,
    Session,
    Slot,
    Started,
    Step,
    Tapped,
    Target,
    Text,
)
from bot.engine.wording import ENGLISH, Catalogue
from bot.engine.world import World
from tests.fake_facts import FACTS, TODAY

AT = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)
FLOWS: Mapping[str, Flow] = load_flows(Path(__file__).parents[2] / "flows")

START_CARD = ["_start.welcome", "_start.what_is_kept", "_start.menu"]

POLISH_PLURAL = "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2"
ARABIC_PLURAL = "n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5"


# --- texts and languages


def every_text(flows: Mapping[str, Flow] = FLOWS) -> Iterator[Text]:
    """Every text that can stand on a card or button of these flows."""
    for flow in flows.values():
        yield from (text for text in (flow.label, flow.command_text) if text)
        for one in flow.steps.values():
            yield from texts_of(one)
    for module in (cards, drawing, machine):
        for value in vars(module).values():
            for text in value.values() if isinstance(value, dict) else (value,):
                if isinstance(text, Text):
                    yield text


_KEPT = re.compile(r"(\{\w+\}|\]\([^)]*\)|\*\*|\[|M1 1AE|M1|/[a-z]+)")
_WORDS = ("كلمة", "بيت", "سؤال", "مدينة")


def in_made_up_arabic(english: str) -> str:
    """The text with an Arabic word for each English one; placeholders, marks, links and figures stay."""
    parts = _KEPT.split(english)
    parts[::2] = [re.sub("[A-Za-z’]+", lambda word: _WORDS[len(word[0]) % 4], part) for part in parts[::2]]
    return "".join(parts)


@cache
def made_up_arabic(*, reviewed: bool = True) -> Catalogue:
    """A right-to-left language that has words for every text."""
    messages = {
        (text.context, text.msgid): (in_made_up_arabic(text.msgid),) * (6 if text.plural else 1)
        for text in every_text()
    }
    return Catalogue("ar", "ar", True, messages, c2py(ARABIC_PLURAL), reviewed)


def language(
    tag: str = "pl",
    messages: Mapping[Text, str | tuple[str, ...]] | None = None,
    *,
    rtl: bool = False,
    plural: str = POLISH_PLURAL,
    reviewed: bool = True,
) -> Catalogue:
    """A language with words for these texts only."""
    words = {
        (text.context, text.msgid): (forms,) if isinstance(forms, str) else forms
        for text, forms in (messages or {}).items()
    }
    return Catalogue(tag, tag.replace("-", "_"), rtl, words, c2py(plural), reviewed)


# --- flows and worlds


def a_world(*flows: Flow, languages: tuple[Catalogue, ...] = (), facts: Facts = FACTS) -> World:
    """The shipped flows and these, in English and these languages, over an invented country."""
    catalogues = {catalogue.language: catalogue for catalogue in (ENGLISH, *languages)}
    return World({**FLOWS, **{flow.name: flow for flow in flows}}, catalogues, facts)


def a_flow(name: str, *steps: Step, slots: tuple[Slot, ...] = (), label: str = "") -> Flow:
    """A flow that is opened by /name and by the link `name`."""
    known = {slot.name: slot for slot in slots}
    title = Text(f"{name}._", label) if label else None
    opens = name.removeprefix("_")
    return Flow(name, name, {one.id: one for one in steps}, steps[0].id, known, opens, None, opens, title)


def words(english: str, **more: bool) -> Text:
    """A text of a small flow."""
    return Text("small", english, safety=more.get("safety", False))


def to(place: str) -> Target:
    """`step`, `call:flow step` or `goto:flow`."""
    kind, _, rest = place.partition(":")
    if kind == "goto":
        return Target(goto=rest)
    if kind == "call":
        flow, _, then = rest.partition(" ")
        return Target(then, call=flow)
    return Target(place)


def ask(name: str, *buttons: str, input: Input | None = None, text: str = "") -> Ask:  # noqa: A002
    """A question; `yes -> done` is a button with the id `yes` and the label `Yes`."""
    pressed = (button.split(" -> ") for button in buttons)
    return Ask(
        name,
        words(text or f"Question {name}?"),
        tuple(Button(one, words(one.capitalize()), to(target)) for one, target in pressed),
        input,
    )


def say(name: str, target: str = "END") -> Say:
    """A text that goes on."""
    return Say(name, words(f"Text {name}."), to(target))


# --- talking


class Talk:
    """A conversation. Each turn is also taken twice, and must neither differ nor change what it was given."""

    def __init__(self, world: World | None = None, *, opens: str = "", speaks: str | None = "en") -> None:
        self.world = world or a_world()
        self.session: Session | None = None
        self.replies: tuple[Reply, ...] = ()
        self.at = AT
        self.start(f"{opens}-{speaks}" if speaks else opens)

    def take(self, event: Event) -> Talk:
        """Takes one turn."""
        before = repr(self.session)
        turn = step(self.world, self.session, event)
        assert repr(self.session) == before
        assert step(self.world, self.session, event) == turn
        return self.after(turn)

    def after(self, turn: Turn) -> Talk:
        """Goes on from a turn that was taken elsewhere."""
        self.session, self.replies = turn.session, turn.replies
        return self

    def start(self, payload: str = "", hint: str | None = None) -> Talk:
        """Opens the bot, by a link that carries `payload`."""
        return self.take(Started(self.at, hint, payload))

    def say(self, text: str | None) -> Talk:
        """Sends a text, or None for a photo."""
        return self.take(Said(self.at, text))

    def tap(self, data: str) -> Talk:
        """Presses whatever carries this data."""
        return self.take(Tapped(self.at, data))

    def press(self, *buttons: str) -> Talk:
        """Presses these buttons one after another, each on the newest card; navigation by its flow's name."""
        for button in buttons:
            found = [key.data for key in self.keys if key.data.partition(":")[2] == button or key.data == button]
            assert found, f"no button {button} among {self.buttons}"
            self.tap(found[0])
        return self

    def in_world(self, world: World) -> Talk:
        """The world was replaced between two turns."""
        self.world = world
        return self

    @property
    def kept(self) -> Session:
        """The session, which must not have been forgotten."""
        assert self.session is not None
        return self.session

    @property
    def card(self) -> Card:
        """The card of the last turn."""
        (card,) = (reply.card for reply in self.replies if isinstance(reply, Send | Edit))
        return card

    @property
    def steps(self) -> list[str]:
        """The steps whose texts are on the card."""
        return [block.step for block in self.card.blocks]

    @property
    def keys(self) -> list[Key]:
        """The buttons of the card."""
        return [key for row in self.card.rows for key in row]

    @property
    def buttons(self) -> list[str]:
        """What the buttons of the card stand for, without the number of the card."""
        return [key.data.rpartition(":")[2] for key in self.keys]

    @property
    def text(self) -> str:
        """The words of the card."""
        return text_of(self.card)


def text_of(card: Card) -> str:
    """The words of a card, line by line."""
    return "\n".join("".join(span.text for span in line) for block in card.blocks for line in block.lines)


def without(world: World, flow: str, *steps: str) -> World:
    """The world after an editor removed these steps (or the flow, if none is named)."""
    old = world.flows[flow]
    left = {name: one for name, one in old.steps.items() if name not in steps}
    flows = {name: one for name, one in world.flows.items() if name != flow}
    return replace(world, flows={**flows, flow: replace(old, steps=left)} if steps else flows)
