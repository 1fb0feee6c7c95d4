"""What is recorded holds at once, in every language, and nothing that could say where somebody lives is in it."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.roads import road_to
from bot.content.script_play import Player, play
from bot.content.script_recording import Recorder
from bot.content.script_text import with_script
from bot.content.scripts import Move
from bot.content.supposing import supposed
from bot.engine.machine import step
from bot.engine.model import Card, Edit, Event, Said, Send, Session, Started, Tapped
from tests.content.shipped import NOW, scripts_of, shipped_world

WORLD = shipped_world()
OWN = "M14 5TP"  # somewhere in Manchester: what a person would type


class Conversation:
    """A person at the terminal, heard by a recorder."""

    def __init__(self, payload: str = "mp-en", language: str | None = None, *, postcodes: bool = False) -> None:
        self.recorder = Recorder(Player(WORLD, language, NOW), postcodes)
        self.session: Session | None = None
        self.card: Card
        self.do(Started(NOW, payload=payload))

    def do(self, event: Event) -> Conversation:
        self.recorder.heard(event, self.session is None)
        turn = step(WORLD, self.session, event)
        self.session = turn.session
        (self.card,) = (reply.card for reply in turn.replies if isinstance(reply, Send | Edit))
        return self

    def say(self, *texts: str | None) -> Conversation:
        for text in texts:
            self.do(Said(NOW, text))
        return self

    def press(self, *buttons: str) -> Conversation:
        for button in buttons:
            data = {key.data.split(":")[-1].lstrip("="): key.data for row in self.card.rows for key in row}
            self.do(Tapped(NOW, data[button]))
        return self

    @property
    def text(self) -> str:
        """The file that is written."""
        return with_script("", "file", self.recorder.suppose, self.recorder.lines, "")

    @property
    def lines(self) -> list[str]:
        """Its lines, without those that say what is seen."""
        return [line.strip()[2:] for line in self.text.splitlines()[3:] if "{see:" not in line]


def holds(text: str) -> None:
    """The recorded script holds in every language."""
    with TemporaryDirectory() as folder:
        for script in scripts_of(Path(folder) / "a.yaml", text):
            for language in WORLD.catalogues:
                assert play(WORLD, script, language, NOW).fault is None, text


def test_what_is_done_is_written_by_ids_with_what_is_seen() -> None:
    talked = Conversation().press("part").say("M1").press("not_sure")
    assert talked.text.splitlines()[3:9] == [
        "      - {start: mp}",
        "      - {see: ask_mp.ask_place}",
        "      - {tap: part}",
        "      - {see: ask_part}",
        "      - {say: M1}",
        "      - {see: which_part}",
    ]
    holds(talked.text)


@pytest.mark.parametrize("language", ["en", "ur", "ar"])
def test_the_language_that_is_chosen_is_that_of_whoever_plays_the_script(language: str) -> None:
    talked = Conversation("").press(language).press("help")
    assert talked.lines == ['{arrive: ""}', "{tap: _own_language}", "{tap: help}"]
    holds(talked.text)


def test_the_words_of_a_button_press_it_in_every_language() -> None:
    label = next(key.label for row in Conversation("mp-pl").card.rows for key in row if key.data.endswith(":part"))
    talked = Conversation("mp-pl").say(label)
    assert talked.lines == ["{start: mp}", "{tap: part}"]
    holds(talked.text)


def test_the_button_for_english_is_not_in_every_language_so_the_list_of_languages_is_used() -> None:
    talked = Conversation("mp-ar").press("_english").press("part")
    assert talked.lines == ["{start: mp}", "{tap: _language}", "{tap: en}", "{tap: part}"]
    holds(talked.text)


def test_a_postcode_of_a_person_is_never_written() -> None:
    talked = Conversation().say(OWN)
    assert talked.lines == ["{start: mp}", "{say: ZZ9 9AC} # in place of a postcode that was typed"]
    assert talked.recorder.replaced == 1
    holds(talked.text)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("BT7 1NN", "BT1 5GS"),
        ("JE3 1AA", "JE2 3AB"),
        ("BFPO 99", "BFPO 57"),
        ("M14", "M1"),
        ("zz9 9xx", "zz9 9xx"),
        ("ZZ9 9AA", "ZZ9 9AA"),
        ("m1 1ae", "m1 1ae"),
        ("M14 8ZZ", "M1 1ZZ"),
    ],
)
def test_the_example_in_its_place_leads_to_the_same_card(typed: str, written: str) -> None:
    talked = Conversation().say(typed)
    assert talked.lines[1].split(" #")[0] == f"{{say: {written}}}"
    holds(talked.text)


def test_a_postcode_is_written_as_it_is_only_where_that_is_asked_for() -> None:
    assert Conversation(postcodes=True).say(OWN).lines[1] == f"{{say: {OWN}}}"
    sentence = f"I am Ann and live at {OWN}"
    assert "Ann" not in Conversation(postcodes=True).say(sentence).text


@pytest.mark.parametrize(
    ("moves", "secret"),
    [
        ((f"My name is Ann Example, {OWN}",), "Ann"),
        (("My name is Ann Example",), "Ann"),
        ((f"/mp {OWN}",), "M14"),
        (("/start mp-en-posterinleeds",), "poster"),
        (("/annexample",), "annexample"),
        (("I came here", "two years ago", "Ann Example", "and then"), "Ann"),
    ],
)
def test_no_other_words_of_a_person_are_written(moves: tuple[str, ...], secret: str) -> None:
    talked = Conversation().say(*moves)
    assert secret not in talked.text
    holds(talked.text)


def test_where_no_example_leads_the_same_way_the_line_is_left_out_with_a_comment() -> None:
    talked = Conversation().press("name").say("Fallowfield and Ann", "Vale of Glamorgan").press("none")
    assert "Fallowfield" not in talked.text
    holds(talked.text)


def test_a_photo_and_a_conversation_that_was_forgotten() -> None:
    talked = Conversation().say(None)
    talked.session = None  # fifteen minutes pass
    talked.press("part").press("en")
    assert talked.lines == [
        *("{start: mp}", "{photo: true}", "{meanwhile: forgotten}", "{tap: part}", "{tap: _own_language}")
    ]
    holds(talked.text)


def test_a_road_that_was_taken_before_is_written_too_with_what_it_supposes() -> None:
    road = road_to(WORLD, "show_none", "en", NOW)
    recorder = Recorder(Player(supposed(WORLD, road.suppose), "en", NOW))
    recorder.begin(road)
    text = with_script("", "file", recorder.suppose, recorder.lines, "")
    assert "    suppose: {find_help.list: none}\n" in text
    assert text.endswith("      - {see: show_none}\n")
    holds(text)


def test_steps_are_named_without_their_flow_where_that_is_enough() -> None:
    seen = [line.move for line in Conversation("about-en").press("more").recorder.lines if line.move]
    assert seen[1::2] == [Move("see", ("figures",)), Move("see", ("about.letter",))]


@given(st.integers(), st.lists(st.sampled_from(["press", "press", "press", OWN, "ZZ9 9AF", "Leeds", "/back", "?"])))
@settings(max_examples=40, deadline=None)
def test_whatever_is_done_what_is_recorded_holds(seed: int, moves: list[str]) -> None:
    chance = Random(seed)  # noqa: S311 - a walk, not a secret
    talked = Conversation(chance.choice(["", "mp", "help-pl", "about-ar"]))
    for move in moves:
        if move == "press":
            keys = [key.data for row in talked.card.rows for key in row]
            talked.do(Tapped(NOW, chance.choice(keys)))
        else:
            talked.say(move)
    assert OWN not in talked.text
    holds(talked.text)
