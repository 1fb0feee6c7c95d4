"""An editor at work: writes flow files beside the shipped ones, reads what the loader says, and talks to the result.

In an example, `§` stands before the place that a fault must name; it is taken out before the file is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.content.flows import flow_paths, read_flows
from bot.engine.facts import Organisation
from bot.engine.machine import step
from bot.engine.model import Card, Edit, Event, Flow, Said, Send, Session, Started, Tapped
from bot.engine.wording import ENGLISH
from bot.engine.world import World
from bot.errors import Fault
from tests.engine.talk import made_up_arabic
from tests.fake_facts import FACTS, POSTCODES, TODAY, FakeFacts, organisation

ROOT = Path(__file__).parents[2]
SHIPPED = flow_paths(ROOT / "flows")
AT = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)

HEAD = """\
version: 1
flow: t
description: A flow that an editor has just written.
start: {command: t, link: t}
slots:
  place: {type: place}
  page: {type: page}
  theme: {type: choice, values: [work, home]}
  once: {type: choice, keep: step, values: [a, b]}
steps:
"""


_RESERVED = {
    "_start": "steps: [{id: a, ask: 'Where?', input: {type: postcode, into: place, otherwise: a, goto: mp_answer}}]",
    "_language": "steps: [{id: a, ask: Choose, input: {type: choice, from: languages, into: language, next: END}}]",
    "_unreviewed": "steps: [{id: notice, say: Nobody has checked this.}]",
    "_privacy": "steps: [{id: kept, ask: Nothing is kept., buttons: [{id: on, text: Go on, next: END}]}]",
    "_help": "steps: [{id: commands, say: Press a button.}]",
    "_back": "steps: [{id: go, action: go_back, next: {done: END, nothing: stay}}, {id: stay, say: Nothing before.}]",
    "_cancel": "steps: [{id: stopped, say: Stopped.}]",
    "_forget": "steps: [{id: go, action: forget, next: {done: gone}}, {id: gone, say: Forgotten.}]",
    "_not_understood": "steps: [{id: sorry, say: I cannot read this.}]",
    "_timeout": "steps: [{id: forgotten, say: I have forgotten where we were.}]",
    "_error": "steps: [{id: sorry, say: Something went wrong.}]",
    "_updated": "steps: [{id: changed, say: This has changed.}]",
}
_OTHERS = {
    "urgent": "steps: [{id: show, ask: Call 999., buttons: [{id: on, text: Go on, next: END}]}]",
    "about": "steps: [{id: why, say: Because.}]",
    "mp_answer": "start: {command: mp, link: mp}\nsteps: [{id: dates, say: As of today.}]",
    "find_help": "slots: {topic: {type: choice, values: [housing]}}\nsteps: [{id: ask, say: Ask somebody.}]",
}
# A whole bot in a few lines, so that an example with one mistake is read in no time.
SMALL: Mapping[str, str] = {
    name: f"version: 1\nflow: {name}\ndescription: Small.\nlabel: Button {name}\n"
    + ("slots: {place: {type: place}}\n" if name == "_start" else "")
    + body
    + "\n"
    for name, body in {**_RESERVED, **_OTHERS}.items()
}


def marked(text: str) -> tuple[str, tuple[int, int]]:
    """The text without its mark, and the line and column where the mark stood; (0, 0) if there was none."""
    before, mark, after = text.partition("§")
    place = (before.count("\n") + 1, len(before) - before.rfind("\n")) if mark else (0, 0)
    return before + after, place


def steps(*lines: str) -> str:
    """The file t.yaml with these steps, one a line."""
    return HEAD + "".join(f"  - {line}\n" for line in lines)


Files = Mapping[str, str] | Mapping[str, bytes] | Mapping[str, str | bytes]


def load(folder: Path, files: Files) -> tuple[Mapping[str, Flow], list[Fault]]:
    """The flows of these files, and of the small bot where it has others; and their faults. All stand in `folder`."""
    write(folder, {f"{name}.yaml": text for name, text in SMALL.items()})
    write(folder, files)
    return read(flow_paths(folder))


def load_shipped(folder: Path, files: Files) -> tuple[Mapping[str, Flow], list[Fault]]:
    """The flows of these files, which stand in `folder`, and of the shipped ones with other names; and their faults."""
    write(folder, files)
    return read((*flow_paths(folder), *(path for path in SHIPPED if path.name not in files)))


def write(folder: Path, files: Files) -> None:
    """Writes files; a text as UTF-8."""
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def read(paths: Iterable[Path]) -> tuple[Mapping[str, Flow], list[Fault]]:
    """The flows of these files, and their faults in order."""
    faults: list[Fault] = []
    flows = read_flows(sorted(paths, key=lambda path: path.name), faults)
    return flows, sorted(faults)


def brief(faults: Iterable[Fault]) -> list[tuple[str, int, int, str]]:
    """Each fault without its message: the name of the file, the line, the column, the rule."""
    return [(Path(fault.file).name, fault.line, fault.column, fault.rule) for fault in faults]


# --- talking to what was accepted


@dataclass(frozen=True, slots=True)
class PatchyFacts(FakeFacts):
    """The invented country, where whether anybody helps depends on the place: outcomes change with every answer."""

    def organisations(self, topic: str | None, codes: tuple[str, ...], today: dt.date) -> tuple[Organisation, ...]:
        """Nobody for the whole country, somebody for some places, and pages of them for others."""
        return tuple(organisation(number) for number in range(len(codes) * 7 % 8))

    def crisis_lines(self, codes: tuple[str, ...], today: dt.date) -> tuple[Organisation, ...]:
        """Help lines in some places only."""
        return self.lines if len(codes) % 2 else ()


WORDS = (
    "hello there",
    "Testford",
    "Vale",
    "/help",
    "/back",
    "/language",
    "/privacy",
    "/cancel",
    "/forget",
    "/t",
    "/mp",
)


def wander(flows: Mapping[str, Flow], chance: Random, turns: int = 20) -> list[Card]:
    """Takes turns by chance, as a person who presses and types anything; the cards that were seen."""
    facts = chance.choice([FACTS, PatchyFacts()])
    world = World(flows, {"en": ENGLISH, "ar": made_up_arabic()}, facts)
    session: Session | None = None
    cards: list[Card] = []
    event: Event = Started(AT, payload=chance.choice(["t-en", "t0-en", "t", "mp-en", ""]))
    for _ in range(turns):
        turn = step(world, session, event)
        session = turn.session
        (card,) = (reply.card for reply in turn.replies if isinstance(reply, Send | Edit))
        cards.append(card)
        event = _anything(card, chance)
    return cards


def _anything(card: Card, chance: Random) -> Event:
    keys = [key for row in card.rows for key in row]
    kind = chance.randrange(10)
    if keys and kind < 7:
        return Tapped(AT, chance.choice(keys).data)
    if kind == 7:
        return Said(AT, chance.choice([*WORDS, None]))
    if kind == 8:
        return Said(AT, chance.choice(POSTCODES))
    return Started(AT, payload=chance.choice(["t", "t0", "help-ar", "mp-en"]))
