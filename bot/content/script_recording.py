"""Turns a conversation into a script while it is held.

The recorder plays along with what it writes down, so a recorded script holds at once. Nothing that a person types by
hand is written as it is, but commands and the example postcodes: a postcode says where somebody lives, and other words
may say anything. An example that leads to the same card stands in their place, with a comment, or the line is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from bot.content.roads import EXAMPLES, UNREADABLE, Road
from bot.content.script_play import Player, button_of
from bot.content.script_text import Line
from bot.content.scripts import OWN_LANGUAGE, Move
from bot.content.supposing import NotSupposable, Supposed
from bot.engine.drawing import IN_ENGLISH, waiting_question
from bot.engine.facts import PostcodeKind
from bot.engine.links import read_link
from bot.engine.machine import step
from bot.engine.model import LANGUAGE, UNREVIEWED, Card, Edit, Event, Said, Send, Started, Tapped
from bot.engine.reading import command, pressed_by_words
from bot.engine.wording import ENGLISH

_SIGNS = re.compile(r"[\W_]")
_INVENTED = re.compile(r"ZZ[0-9]{1,2}[A-Z]{2}|ZZ[0-9]{1,2}")
_ONLY_A_POSTCODE = re.compile(r"[A-Za-z0-9 .-]{2,10}")


@dataclass(slots=True)
class Recorder:
    """Writes down one conversation. `player` plays along. With `postcodes`, typed postcodes are written as they are."""

    player: Player
    postcodes: bool = False
    suppose: Supposed = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    replaced: int = 0  # lines whose own words were not written, or that were left out

    def begin(self, road: Road) -> None:
        """The conversation began with this, which nobody typed."""
        self.suppose = road.suppose
        for move in road.moves:
            self._do(move)

    def heard(self, event: Event, forgotten: bool) -> None:
        """Writes down one thing that was done; `forgotten`: the conversation before it was, after fifteen minutes."""
        if forgotten and self.player.session is not None:
            self._do(Move("meanwhile", ("forgotten",)))
        try:
            match event:
                case Started(payload=payload):
                    self._started(payload)
                case Tapped(data=data):
                    self._tapped(data)
                case Said(text=None):
                    self._do(Move("photo", ("",)))
                case Said(text=str(text)):
                    self._said(text)
        except NotSupposable as error:
            self._left_out(str(error))

    def _started(self, payload: str) -> None:
        link = read_link(payload, self.player.world.catalogues)
        word = link.word if self.player.world.flow_of_link(link.word) else ""
        if link.language:
            self.player.language = link.language
        self._do(Move("start" if link.language else "arrive", (word,)))

    def _tapped(self, data: str) -> None:
        button = button_of(data)
        if button == IN_ENGLISH:  # a button that only the languages have that nobody has reviewed
            self._do(Move("tap", (LANGUAGE,)))
            button = ENGLISH.language
        question = self.player.session and waiting_question(self.player.world, self.player.session)
        if (
            question
            and question.input
            and question.input.source == "languages"
            and button in self.player.world.catalogues
        ):
            self.player.language = self.player.language or button
            button = OWN_LANGUAGE if button == self.player.language else button
        self._do(Move("tap", (button,)))

    def _said(self, text: str) -> None:
        player = self.player
        word = command(text)
        if word == "start":
            self._typed(text, (*self._openings(text), "/start"), "more words were typed here")
            return
        if word and player.world.flow_of_command(word):
            self._typed(text, (f"/{word}",), "more words were typed here")
            return
        pressed = player.session and pressed_by_words(player.world, player.session, text, player.language)
        if pressed:
            self._tapped(pressed)
        elif _is_example(text):
            self._do(Move("say", (text.strip(),)))
        elif self._holds_postcode(text):
            as_it_is = self.postcodes and _ONLY_A_POSTCODE.fullmatch(text.strip())
            self._typed(text, () if as_it_is else EXAMPLES, "in place of a postcode that was typed")
        else:
            names = [area.name for area in player.world.facts.search(text)[:1]]
            self._typed(text, (UNREADABLE, *names), "in place of what was typed")

    def _openings(self, text: str) -> tuple[str, ...]:
        """The same `/start`, without what it may say of the place where the link hangs."""
        world = self.player.world
        link = read_link("".join(text.split()[1:2]), world.catalogues)
        return (f"/start {replace(link, ref='').payload}",) if world.flow_of_link(link.word) else ()

    def _holds_postcode(self, text: str) -> bool:
        facts, today = self.player.world.facts, self.player.at.date()
        return facts.read_postcode(text, today).kind is not PostcodeKind.NOT_A_POSTCODE

    def _typed(self, text: str, instead: tuple[str, ...], comment: str) -> None:
        """Writes the first of `instead` that leads to the same card, or the text itself where there is nothing."""
        own = next((other for other in instead or (text.strip(),) if other.casefold() == text.strip().casefold()), None)
        if own is not None:
            self._do(Move("say", (own,)))
            return
        wanted = self._leads_to(text)
        found = next((other for other in instead if self._leads_to(other) == wanted), None)
        if found is None:
            self._left_out("no example leads to the same card")
        else:
            self.replaced += 1
            self._do(Move("say", (found,)), comment)

    def _left_out(self, why: str) -> None:
        self.replaced += 1
        self.lines.append(Line(None, f"A line was left out: {why}"))

    def _leads_to(self, text: str) -> list[str]:
        turn = step(self.player.world, self.player.session, Said(self.player.at, text, self.player.language))
        return next(_steps(reply.card) for reply in turn.replies if isinstance(reply, Send | Edit))

    def _do(self, move: Move, comment: str = "") -> None:
        """Does it as the script will, and writes down what is seen."""
        if self.player.play(move):
            self._left_out(f"`{move.kind}: {move.one}` cannot be done here")
            return
        self.lines.append(Line(move, comment))
        if move.kind == "meanwhile" or self.player.card is None:
            return
        # The notice about a translation stands only in those that nobody has reviewed.
        shown = [name for name in self.player.steps() if not name.startswith(f"{UNREVIEWED}.")]
        flows = self.player.world.flows.values()
        called = Counter(step for flow in flows for step in flow.steps)
        short = (name.partition(".")[2] for name in shown)
        names = (one if called[one] == 1 else whole for one, whole in zip(short, shown, strict=True))
        self.lines.append(Line(Move("see", tuple(names))))


def _is_example(text: str) -> bool:
    """Whether nobody can live at this postcode: it is invented, or one of the examples of this guide."""
    bare = _SIGNS.sub("", text).upper()
    return bool(_INVENTED.fullmatch(bare)) or bare in {_SIGNS.sub("", one).upper() for one in EXAMPLES}


def _steps(card: Card) -> list[str]:
    return list(dict.fromkeys(block.step for block in card.blocks))
