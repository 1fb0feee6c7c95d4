"""Plays a conversation by the ids of steps and buttons, with the real engine, and notes what it went through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.content.flows import not_known
from bot.content.scripts import OWN_LANGUAGE, Move, Script
from bot.content.supposing import NotSupposable, supposed
from bot.engine.drawing import options
from bot.engine.machine import fail, step
from bot.engine.model import Card, Edit, Event, Frame, Said, Send, Session, Started, Tapped
from bot.engine.walk import Passed
from bot.engine.world import World
from bot.errors import Fault

Visit = tuple[str, Passed]  # the language of the card, and what the turn went through


@dataclass(slots=True)
class Player:
    """A conversation that is driven line by line. `language`: the one it is played in; None while nobody chose one."""

    world: World
    language: str | None
    at: dt.datetime
    session: Session | None = None
    card: Card | None = None
    visits: set[Visit] = field(default_factory=set)
    _breaks: bool = False

    def play(self, move: Move) -> str | None:
        """Does one line; what is wrong with it, or None."""
        match move.kind:
            case "see":
                shown = self.steps()
                missing = [name for name in move.what if not _among(name, shown)]
                return f"`{missing[0]}` is not shown; shown are {', '.join(shown)}" if missing else None
            case "unseen":
                there = [name for name in move.what if _among(name, self.steps())]
                return f"`{there[0]}` is shown" if there else None
            case "meanwhile":
                self._meanwhile(move.one)
                return None
        event = self._event(move)
        if event is None:
            return f"there is no such button here: {not_known(move.one, self.buttons())}"
        self.take(event)
        return None

    def take(self, event: Event) -> None:
        """Takes one turn."""
        turn = fail(self.world, self.session, event) if self._breaks else step(self.world, self.session, event)
        self._breaks = False
        self.session = turn.session
        self.card = next(reply.card for reply in turn.replies if isinstance(reply, Send | Edit))
        self.visits |= {(self.card.language, passed) for passed in turn.trail}

    @property
    def shown(self) -> Card:
        """The newest card. There is one as soon as anything was done."""
        if self.card is None:
            raise LookupError("nothing was done yet")
        return self.card

    def steps(self) -> list[str]:
        """The steps whose texts are on the card, as `flow.step`."""
        return list(dict.fromkeys(block.step for block in (self.card.blocks if self.card else ())))

    def buttons(self) -> dict[str, str]:
        """What each button of the card sends, by its id; of a list, also the options on its other pages, because their
        order may hang on the language."""
        keys = [key for row in self.card.rows for key in row] if self.card else []
        listed = options(self.world, self.session, self.language) if self.session else ()
        others = {option.id: f"{self.session.card}:={option.id}" for option in listed if self.session}
        return others | {button_of(key.data): key.data for key in keys}

    def _event(self, move: Move) -> Event | None:
        match move.kind:
            case "start":
                # Any word that opens no flow opens the start; the language rides on the link.
                return Started(self.at, self.language, f"{move.one or 'start'}-{self.language}")
            case "arrive":
                return Started(self.at, self.language, move.one)
            case "say":
                return Said(self.at, move.one, self.language)
            case "photo":
                return Said(self.at, None, self.language)
        wanted = self.language or "" if move.one == OWN_LANGUAGE else move.one
        data = self.buttons().get(wanted)
        return Tapped(self.at, data, self.language) if data is not None else None

    def _meanwhile(self, what: str) -> None:
        """What happens without the person. The card stays on their phone."""
        if what == "forgotten":
            self.session = None
        elif what == "changed" and self.session is not None:
            frames = self.session.frames
            self.session = replace(self.session, frames=tuple(Frame(frame.flow, "") for frame in frames))
        elif what == "broken":
            self._breaks = True


def button_of(data: str) -> str:
    """The id of a button, or of an option, from what it sends."""
    return data.split(":")[-1].lstrip("=")


def _among(name: str, steps: Iterable[str]) -> bool:
    return any(name in (one, one.partition(".")[2]) for one in steps)


@dataclass(frozen=True, slots=True)
class Played:
    """How a script went: the first line that does not hold, if one does not, and what was gone through."""

    fault: Fault | None
    visits: frozenset[Visit]


def play(world: World, script: Script, language: str, at: dt.datetime) -> Played:
    """Plays one script in one language, all of it at one time."""
    player = Player(supposed(world, script.suppose), language, at)
    for number, move in enumerate(script.moves):
        try:
            wrong = player.play(move)
        except NotSupposable as error:
            wrong = str(error)
        if wrong:
            fault = script.fault(["script", number, move.kind], "script", f"in {language}: {wrong}")
            return Played(fault, frozenset(player.visits))
    return Played(None, frozenset(player.visits))
