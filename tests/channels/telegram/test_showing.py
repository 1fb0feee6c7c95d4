"""Cards as Telegram's HTML and keyboards; the peer says whether Telegram would take them."""

from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram import showing
from bot.channels.telegram.showing import Part
from bot.engine.model import Block, Card, Key, Line, Span
from bot.engine.wording import RLM
from tests.telegram_peer.entities import Formatted, utf16_length
from tests.telegram_peer.text import MAX_TEXT, read_text

ROWS = ((Key("Yes", "1:yes"), Key("No", "1:no")), (Key("Leave now", "_forget"),))


def card_of(*blocks: tuple[Line, ...], rows: tuple[tuple[Key, ...], ...] = ROWS, rtl: bool = False) -> Card:
    return Card(tuple(Block("flow.step", lines) for lines in blocks), rows, "ar" if rtl else "en", rtl)


def parts_of(card: Card) -> tuple[Part, ...]:
    return showing.parts_of(card, "AskFirstBot")


def plain(*texts: str) -> tuple[Line, ...]:
    return tuple((Span(text),) if text else () for text in texts)


def stored(parts: tuple[Part, ...]) -> list[Formatted]:
    """What Telegram keeps of each part; raises if it would refuse one."""
    return [read_text(part.html, "HTML") for part in parts]


def one(card: Card) -> Formatted:
    (only,) = stored(parts_of(card))
    return only


def labels(part: Part) -> list[list[str]]:
    return [[str(button["text"]) for button in row] for row in part.keyboard]


def test_blocks_are_parted_by_an_empty_line_and_lines_are_not() -> None:
    assert one(card_of(plain("One.", "Two."), plain("Three."))).text == "One.\nTwo.\n\nThree."


def test_signs_that_mean_something_in_html_arrive_as_they_are() -> None:
    text = "R&D <b>not bold</b> \"quoted\" 'too' &lt;"
    assert one(card_of(plain(text))) == Formatted(text)


def test_bold_and_links_become_entities() -> None:
    line = (Span("Ask "), Span("now", bold=True), Span(" "), Span("here", url='https://example.org/?a=1&b="2"'))
    shown = one(card_of((line,)))
    assert shown.text == "Ask now here"
    assert [(entity.type, entity.offset, entity.length) for entity in shown.entities] == [
        ("bold", 4, 3),
        ("text_link", 8, 4),
    ]
    assert shown.entities[1].url == 'https://example.org/?a=1&b="2"'


@pytest.mark.parametrize("url", ["javascript:alert(1)", "tg://user?id=1", "mailto:a@example.org", "example.org", ""])
def test_only_web_addresses_become_links(url: str) -> None:
    assert one(card_of(((Span("here", url=url),),))) == Formatted("here")


def test_buttons_stand_in_the_rows_of_the_card() -> None:
    (part,) = parts_of(card_of(plain("?")))
    assert labels(part) == [["Yes", "No"], ["Leave now"]]
    assert part.keyboard[0][1]["callback_data"] == "1:no"


def test_a_right_to_left_card_is_not_mirrored_a_second_time() -> None:
    (part,) = parts_of(
        card_of(((Span(RLM), Span("سؤال")),), rows=((Key("لا", "1:no"), Key("نعم", "1:yes")),), rtl=True)
    )
    assert labels(part) == [["لا", "نعم"]]
    assert part.html == f"{RLM}سؤال"


def test_a_card_without_buttons_has_no_keyboard() -> None:
    (part,) = parts_of(card_of(plain("."), rows=((),)))
    assert not part.keyboard


def test_a_long_label_is_cut() -> None:
    (part,) = parts_of(card_of(plain("?"), rows=((Key("x" * 64, "1:a"),), (Key("x" * 65, "1:b"),))))
    assert labels(part) == [["x" * 64], ["x" * 63 + "…"]]


def test_a_card_without_words_can_still_be_sent() -> None:
    assert one(card_of(())).text == "…"
    assert one(card_of(((Span(RLM),),), ((), ()))).text == "…"


def test_a_long_card_is_cut_between_paragraphs_with_the_buttons_under_the_last_part() -> None:
    parts = parts_of(card_of(plain("a" * 3000), plain("b" * 1000), plain("c" * 500, "d" * 500)))
    texts = [part.text for part in stored(parts)]
    assert texts == ["a" * 3000 + "\n\n" + "b" * 1000, "c" * 500 + "\n" + "d" * 500]
    assert [labels(part) for part in parts] == [[], [["Yes", "No"], ["Leave now"]]]


def test_a_long_paragraph_is_cut_between_lines() -> None:
    texts = [part.text for part in stored(parts_of(card_of(plain(*(letter * 1500 for letter in "abcde")))))]
    assert texts == ["a" * 1500 + "\n" + "b" * 1500, "c" * 1500 + "\n" + "d" * 1500, "e" * 1500]


def test_a_long_line_is_cut_between_words_in_its_own_direction_and_style() -> None:
    line = (Span(RLM), Span("كلمة " * 600), Span("مهم " * 600, bold=True))
    parts = stored(parts_of(card_of((line,), rtl=True)))
    assert len(parts) == 2
    assert all(part.text.startswith(RLM) for part in parts)
    assert " ".join(part.text.replace(RLM, "") for part in parts).split() == ["كلمة"] * 600 + ["مهم"] * 600
    assert [len(part.entities) for part in parts] == [1, 1]


def test_length_is_counted_in_utf_16_units() -> None:
    assert len(parts_of(card_of(plain("🏟" * 2048)))) == 1
    assert len(parts_of(card_of(plain("🏟" * 2049)))) == 2


def test_tags_and_addresses_do_not_count() -> None:
    line = tuple(Span("x" * 50, url="https://example.org/" + "y" * 100) for _ in range(80))
    assert len(parts_of(card_of((line,)))) == 1


def test_no_part_has_more_entities_than_telegram_keeps() -> None:
    bold = tuple((Span("x", bold=True), Span(" y")) for _ in range(150))
    parts = stored(parts_of(card_of(bold)))
    assert [len(part.entities) for part in parts] == [100, 50]


# Telegram removes or blanks control characters, and texts never hold them. A text is repeated to make it long.
TEXTS = st.text(
    st.characters(exclude_categories=("C", "Zl", "Zp", "Zs"), include_characters=" \u2066\u2069"), max_size=30
)
SPANS = st.tuples(TEXTS, st.sampled_from([1, 1, 1, 200]), st.booleans(), st.booleans())
BLOCKS = st.lists(st.lists(st.lists(SPANS, max_size=4), min_size=1, max_size=4), max_size=5)


@settings(deadline=None, max_examples=60)
@given(BLOCKS)
def test_whatever_a_card_says_telegram_takes_every_part_and_no_letter_is_lost(
    blocks: list[list[list[tuple[str, int, bool, bool]]]],
) -> None:
    paragraphs = [
        tuple(
            tuple(
                Span(text * times, bold, "https://example.org/a?b=c&d" if link else None)
                for text, times, bold, link in line
            )
            for line in lines
        )
        for lines in blocks
    ]
    parts = parts_of(card_of(*paragraphs))
    texts = [part.text for part in stored(parts)]
    assert all(utf16_length(text) <= MAX_TEXT for text in texts)
    assert [bool(part.keyboard) for part in parts] == [False] * (len(parts) - 1) + [True]
    said = "".join(span.text for line in chain.from_iterable(paragraphs) for span in line)
    assert "".join("".join(texts).split()) == ("".join(said.split()) or "…")


def test_a_number_to_copy_is_a_button_that_copies() -> None:
    rows = ((Key("0800 1111", "1:_copy0", copy="0800 1111"), Key("Go on", "1:on")),)
    card = Card((Block("a.b", ((Span("Call"),),)),), rows, "en", rtl=False)
    (part,) = parts_of(card)
    assert part.keyboard == [
        [{"text": "0800 1111", "copy_text": {"text": "0800 1111"}}, {"text": "Go on", "callback_data": "1:on"}]
    ]


def test_a_button_that_shares_opens_telegrams_own_choice_of_chats() -> None:
    (part,) = parts_of(card_of(plain("?"), rows=((Key("Share this page", "", share="mp-ar"),),)))
    link = "https://t.me/share/url?url=https%3A%2F%2Ft.me%2FAskFirstBot%3Fstart%3Dmp-ar"
    assert part.keyboard == [[{"text": "Share this page", "url": link}]]
