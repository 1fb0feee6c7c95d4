"""Scripts drive the real engine by ids, and say what does not hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.content.script_play import Player, play
from bot.content.scripts import Move
from bot.engine.walk import Passed
from bot.engine.wording import ENGLISH
from tests.content.shipped import NOW, ROOT, scripts_of, shipped_world


def driven(*moves: tuple[str, str], language: str | None = "en") -> Player:
    """A conversation after these moves, each of which must hold."""
    player = Player(shipped_world(), language, NOW)
    for kind, what in moves:
        assert player.play(Move(kind, (what,))) is None, (kind, what)
    return player


@pytest.mark.parametrize("language", shipped_world().catalogues)
def test_a_start_is_in_the_language_that_the_script_is_played_in(language: str) -> None:
    assert driven(("start", "mp"), language=language).shown.language == language


@pytest.mark.parametrize("language", shipped_world().catalogues)
def test_somebody_new_chooses_the_language_first(language: str) -> None:
    player = driven(("arrive", "mp"), language=language)
    assert player.steps() == ["_language.choose"]
    assert player.play(Move("tap", ("_own_language",))) is None
    assert player.steps()[-1] == "ask_mp.ask_place"
    assert player.shown.language == language


def test_among_more_languages_than_fit_on_a_card_each_finds_its_own() -> None:
    names = [f"x{number}" for number in range(10, 40)]
    many = {name: replace(ENGLISH, language=name) for name in names}
    world = replace(shipped_world(), catalogues={"en": ENGLISH, **many})
    for name in ("en", "x10", "x39"):
        player = Player(world, name, NOW)
        for move in (Move("arrive", ("mp",)), Move("tap", ("_more",)), Move("tap", ("_own_language",))):
            assert player.play(move) is None
        assert player.shown.language == name


def test_what_is_pressed_must_be_on_the_card() -> None:
    player = driven(("start", "mp"))
    wrong = player.play(Move("tap", ("prat",)))
    assert wrong == "there is no such button here: `prat` is not known; did you mean `part`?"


def test_an_option_on_another_page_of_a_list_can_be_pressed() -> None:
    player = driven(("start", "mp"), ("say", "BT1 5GS"))
    shown = {key.data.split("=")[-1] for row in player.shown.rows for key in row}
    assert "N05000018" not in shown
    assert player.play(Move("tap", ("N05000018",))) is None
    assert "mp_answer.dates" in player.steps()


def test_what_is_seen_must_be_on_the_card_and_what_is_unseen_must_not() -> None:
    player = driven(("start", "mp"), ("see", "ask_place"), ("see", "ask_mp.ask_place"), ("unseen", "menu"))
    assert player.play(Move("see", ("ask_place", "menu"))) == "`menu` is not shown; shown are ask_mp.ask_place"
    assert player.play(Move("unseen", ("menu", "ask_place"))) == "`ask_place` is shown"


def test_a_photo_is_a_message_without_words() -> None:
    driven(("start", "mp"), ("photo", ""), ("see", "_not_understood.sorry"), ("see", "ask_place"))


def test_a_conversation_that_was_forgotten_begins_anew() -> None:
    driven(("start", "mp"), ("meanwhile", "forgotten"), ("tap", "part"), ("tap", "_own_language"), ("see", "forgotten"))


def test_a_flow_that_was_changed_says_so() -> None:
    driven(("start", "mp"), ("meanwhile", "changed"), ("tap", "part"), ("see", "changed"))


def test_a_turn_that_breaks_says_so_once() -> None:
    driven(
        *(("start", "mp"), ("meanwhile", "broken"), ("tap", "part"), ("see", "_error.sorry")),
        *(("say", "ZZ9 9AC"), ("see", "mp_no_record")),
    )


def test_what_was_gone_through_is_noted_in_the_language_of_its_card() -> None:
    player = driven(("start", "mp"), ("tap", "_language"), ("tap", "pl"), ("tap", "part"))
    assert ("en", Passed("ask_mp", "ask_place")) in player.visits
    assert ("pl", Passed("ask_mp", "ask_part")) in player.visits
    assert ("en", Passed("ask_mp", "ask_part")) not in player.visits


def test_a_script_stops_at_the_first_line_that_does_not_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    (script,) = scripts_of(path, "scripts:\n  - name: A\n    script:\n      - {start: mp}\n      - {see: menu}\n")
    played = play(shipped_world(), script, "en", NOW)
    assert str(played.fault) == f"{path}:5:10: script: in en: `menu` is not shown; shown are ask_mp.ask_place"
    assert ("en", Passed("ask_mp", "ask_place")) in played.visits


def test_a_supposition_that_cannot_be_is_a_line_that_does_not_hold(tmp_path: Path) -> None:
    (script,) = scripts_of(
        tmp_path / "a.yaml",
        "scripts: [{name: A, suppose: {urgent.lines: found}, script: [{start: urgent}, {see: urgent.show}]}]",
    )
    played = play(shipped_world(ROOT / "flows/tests/data/nobody_helps"), script, "en", NOW)
    assert "cannot be supposed" in str(played.fault)
