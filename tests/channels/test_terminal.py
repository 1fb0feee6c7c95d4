"""The conversation in a terminal."""

import io
from pathlib import Path

import pytest

from bot.channels.terminal import Look, chat, look_of, written
from bot.channels.turns import utc_now
from bot.content.flows import load_flows
from bot.engine.machine import step
from bot.engine.model import Block, Card, Event, Key, Said, Send, Span, Started, Tapped
from bot.engine.wording import ENGLISH, FSI, LRI, PDI, RLM, Catalogue
from bot.engine.world import World
from tests.fake_facts import FakeFacts

FLOWS = Path(__file__).parents[2] / "flows"
PLAIN = Look(colours=False, visual=False)


@pytest.fixture(scope="module")
def world() -> World:
    polish = Catalogue("pl", "pl", False, {("_start._", "Start again"): ("Od nowa",)}, lambda n: 0, True)
    return World(load_flows(FLOWS), {"en": ENGLISH, "pl": polish}, FakeFacts())


def talk(world: World, said: str, *, language: str | None = None, payload: str = "", echo: bool = True) -> str:
    out = io.StringIO()
    chat(lambda: world, io.StringIO(said), out, PLAIN, language=language, payload=payload, echo=echo)
    return out.getvalue()


def test_numbers_press_buttons(world: World) -> None:
    said = talk(world, "1\n")
    assert "1  English" in said
    assert "This is Ask First" in said


def test_digits_of_other_scripts_press_buttons_too(world: World) -> None:
    assert "This is Ask First" in talk(world, "١\n")


def test_a_buttons_words_press_it(world: World) -> None:
    assert "This is Ask First" in talk(world, "english\n")


def test_anything_else_is_said(world: World) -> None:
    assert "I cannot read this as a postcode" in talk(world, "hello\n", payload="mp", language="en")


def test_a_number_without_a_button_is_said(world: World) -> None:
    assert "I cannot read this as a postcode" in talk(world, "99\n", payload="mp", language="en")


def test_a_link_opens_its_flow_in_its_language(world: World) -> None:
    said = talk(world, "", payload="mp-pl")
    assert "Od nowa" in said
    assert "Choose your language" not in said


def test_an_option_wins_over_the_language_of_the_link(world: World) -> None:
    assert "Od nowa" not in talk(world, "", payload="mp-pl", language="en")


def test_piped_lines_are_repeated_and_typed_ones_are_not(world: World) -> None:
    assert "> 1\n" in talk(world, "1\n")
    assert "> 1\n" not in talk(world, "1\n", echo=False)


def test_a_very_long_number_is_said(world: World) -> None:
    assert "I cannot read this as a postcode" in talk(world, "9" * 5000 + "\n", payload="mp", language="en")


def test_empty_lines_are_passed_over(world: World) -> None:
    assert (talk(world, "\n\n1\n")).count("This is Ask First") == 1


def test_a_conversation_that_stands_somewhere_already_goes_on_from_there(world: World) -> None:
    turn = step(world, None, Started(utc_now(), payload="mp-en"))
    (card,) = (reply.card for reply in turn.replies if isinstance(reply, Send))
    out = io.StringIO()
    came_to = (turn.session, card)
    chat(lambda: world, io.StringIO("1\n"), out, PLAIN, language="en", payload="", echo=False, came_to=came_to)
    assert out.getvalue().startswith("Send me the postcode where you live")
    assert "This is Ask First" not in out.getvalue()
    assert "Send me the first part of the postcode" in out.getvalue()


def test_whoever_hears_a_conversation_hears_each_event_before_its_answer(world: World) -> None:
    heard: list[tuple[Event, bool]] = []
    lines = io.StringIO("1\nhello\n/forget\n1\n")

    def hears(event: Event, forgotten: bool) -> None:
        heard.append((event, forgotten))

    chat(lambda: world, lines, io.StringIO(), PLAIN, language="en", payload="mp", echo=False, hears=hears)
    assert [type(event) for event, _ in heard] == [Started, Tapped, Said, Said, Tapped]
    assert [forgotten for _, forgotten in heard] == [True, False, False, False, True]


def test_the_conversation_ends_with_its_input(world: World) -> None:
    assert talk(world, "") != ""


def card(*lines: tuple[Span, ...], rtl: bool = False) -> Card:
    rows = ((Key("نعم", "1:yes"), Key("لا", "1:no")),)
    return Card((Block("flow.step", lines),), rows, "ar" if rtl else "en", rtl)


def test_bold_is_bold_only_with_colours() -> None:
    bold = card((Span("This "), Span("matters", bold=True)))
    assert "\x1b[1mmatters\x1b[0m" in written(bold, Look(colours=True, visual=False))
    assert "\x1b" not in written(bold, PLAIN)


def test_a_link_shows_its_address_unless_its_words_are_the_address() -> None:
    assert "here (https://example.org/a)" in written(card((Span("here", url="https://example.org/a"),)), PLAIN)
    assert "(" not in written(card((Span("example.org", url="https://www.example.org/"),)), PLAIN)


def test_buttons_of_a_mirrored_row_are_numbered_as_they_are_read() -> None:
    shown = written(card((Span(RLM), Span("سؤال")), rtl=True), PLAIN)
    assert shown.index("1  لا") < shown.index("2  نعم")


def test_a_terminal_that_cannot_order_right_to_left_text_gets_it_in_visual_order() -> None:
    line = (Span(RLM), Span(f"الهاتف {LRI}0808 8010 503{PDI}"))
    shown = written(card(line, rtl=True), Look(colours=False, visual=True)).splitlines()[0]
    assert shown.strip().startswith("0808 8010 503"), "the number stands left of the word, in its own order"
    assert shown.startswith(" "), "the line stands at the right edge"
    assert LRI not in shown


def test_brackets_open_towards_what_they_hold_in_visual_order() -> None:
    line = (Span(RLM), Span(f"حزب (العمال) {FSI}Labour (Co-op){PDI}"))
    shown = written(card(line, rtl=True), Look(colours=False, visual=True)).splitlines()[0]
    assert "Labour (Co-op)" in shown
    arabic = shown.replace("Labour (Co-op)", "")
    assert arabic.index("(") < arabic.index(")")


def test_a_piped_conversation_stays_in_logical_order_with_its_marks() -> None:
    line = (Span(RLM), Span(f"الهاتف {LRI}0808{PDI}"))
    assert f"{RLM}الهاتف {LRI}0808{PDI}" in written(card(line, rtl=True), PLAIN)


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "plain", "expected"),
    [
        ({}, False, Look(colours=True, visual=True)),
        ({"VTE_VERSION": "7200"}, False, Look(colours=True, visual=False)),
        ({"TERM_PROGRAM": "Apple_Terminal"}, True, Look(colours=False, visual=False)),
        ({"NO_COLOR": "1"}, False, Look(colours=False, visual=True)),
    ],
)
def test_the_look_fits_the_terminal(environment: dict[str, str], plain: bool, expected: Look) -> None:
    assert look_of(Screen(), environment, plain) == expected


def test_a_pipe_gets_plain_text_in_logical_order() -> None:
    assert look_of(io.StringIO(), {}, plain=False) == Look(colours=False, visual=False)
