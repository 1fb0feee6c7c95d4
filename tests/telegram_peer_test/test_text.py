"""What becomes of a text: markup, entities, cleaning, length."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.telegram_peer import Entity
from tests.telegram_peer.entities import Formatted, bot_commands, checked_link, utf16_length
from tests.telegram_peer.errors import ApiError
from tests.telegram_peer.markup import parse_html
from tests.telegram_peer.text import as_stored, read_text


def refusal(text: str, parse_mode: str | None = None, entities: list[object] | None = None) -> str:
    with pytest.raises(ApiError) as refused:
        read_text(text, parse_mode, entities)
    assert refused.value.status == 400
    return refused.value.description.removeprefix("Bad Request: ")


def test_html_becomes_text_and_entities_counted_in_utf16() -> None:
    assert parse_html('🏟 <b>bold <i>both</i></b> &amp; <a href="https://example.org/?a=1&amp;b">link</a>') == Formatted(
        "🏟 bold both & link",
        (
            Entity("italic", 8, 4),
            Entity("bold", 3, 9),
            Entity("text_link", 15, 4, url="https://example.org/?a=1&b"),
        ),
    )


@pytest.mark.parametrize(
    ("markup", "entity"),
    [
        ("<strong>x</strong>", "bold"),
        ("<EM>x</em>", "italic"),
        ("<ins>x</ins>", "underline"),
        ("<del>x</del>", "strikethrough"),
        ('<span class="tg-spoiler">x</span>', "spoiler"),
        ("<tg-spoiler>x</tg-spoiler>", "spoiler"),
        ("<code>x</code>", "code"),
        ("<pre >x</pre >", "pre"),
        ("<blockquote>x</blockquote>", "blockquote"),
        ("<blockquote expandable>x</blockquote>", "expandable_blockquote"),
        ("<b>x</>", "bold"),
    ],
)
def test_telegrams_tags_are_known(markup: str, entity: str) -> None:
    assert parse_html(markup) == Formatted("x", (Entity(entity, 0, 1),))


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("🏟 🏟&lt;<abac>", 'Unsupported start tag "abac" at byte offset 13'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b/>", 'Unsupported start tag "b/" at byte offset 0'),
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<b>x</b ", "Unclosed end tag at byte offset 4"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>x</tg-emoji>", "Invalid custom emoji identifier specified"),
        ("&#xd83c;", "Text contains invalid Unicode characters after decoding HTML entities"),
    ],
)
def test_broken_html_is_refused_in_telegrams_words(markup: str, reason: str) -> None:
    assert refusal(markup, "HTML") == f"can't parse entities: {reason}"


def test_references_that_telegram_does_not_know_stay_as_they_are() -> None:
    assert parse_html("&lt;&gt;&amp;&quot;&#65;&#x2014;&laquo;&nbsp; & &;").text == '<>&"A—&laquo;&nbsp; & &;'


@given(st.text())
def test_escaped_text_arrives_unchanged(text: str) -> None:
    assert parse_html(html.escape(text)) == Formatted(text)


@given(st.text(alphabet="<>/abui=\"' &;#x1"))
def test_every_markup_is_read_or_refused(markup: str) -> None:
    try:
        formatted = read_text(markup, "HTML")
    except ApiError:
        return
    assert all(0 <= entity.offset < entity.end <= utf16_length(formatted.text) for entity in formatted.entities)


@given(st.text())
def test_what_is_stored_is_stored_the_same_again(text: str) -> None:
    stored = as_stored(Formatted(text))
    assert as_stored(stored) == stored


@given(st.text(), st.text(min_size=1), st.text())
def test_entities_move_with_their_text(before: str, inside: str, after: str) -> None:
    whole = Formatted(before + inside + after, (Entity("bold", utf16_length(before), utf16_length(inside)),))
    stored = as_stored(whole)
    units = stored.text.encode("utf-16-le")
    shown = [units[2 * entity.offset : 2 * entity.end].decode("utf-16-le") for entity in stored.entities]
    # Marks in a row change where two parts meet, so they are left out of the comparison.
    plain = str.maketrans("", "", "\u200c\u200e\u200f")
    expected = as_stored(Formatted(f"|{inside}|")).text[1:-1]
    assert "".join(shown).translate(plain).strip(" \n") == expected.translate(plain).strip(" \n")


def test_old_bidi_controls_vanish_and_isolates_stay() -> None:
    stored = read_text(
        "\u202b\u20680808 801 0503\u2069\u202c\r\n\tx", None, [{"type": "bold", "offset": 1, "length": 15}]
    )
    assert stored == Formatted("\u20680808 801 0503\u2069\n x", (Entity("bold", 0, 15),))


@pytest.mark.parametrize("empty", [" ", "\n\n", "\u200b", "\u202e", "\u00a0 \u200f"])
def test_a_text_that_shows_nothing_is_refused(empty: str) -> None:
    assert refusal(empty) == "text must be non-empty"
    assert refusal("") == "message text is empty"
    assert refusal("<b></b>", "HTML") == "text must be non-empty"


def test_length_is_counted_in_utf16_after_markup_and_trimming() -> None:
    assert len(read_text("<b>" + "x" * 4096 + "</b>\n\n", "HTML").text) == 4096
    assert len(read_text("🏟" * 2048).text) == 2048
    assert refusal("🏟" * 2048 + "x") == "message is too long"


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        ({"type": "bold", "offset": 0, "length": 4}, "entity beginning at UTF-16 offset 0 ends after the end"),
        ({"type": "bold", "offset": 9, "length": 1}, "entity begins after the end of the text at UTF-16 offset 9"),
        ({"type": "bold", "offset": 2, "length": 1}, "begins or ends in a middle of a UTF-16 symbol"),
        ({"type": "sparkle", "offset": 0, "length": 1}, "Unsupported type specified"),
        ({"type": "bold", "offset": 0, "length": 0}, "must be of type Number"),
        ({"type": "bold", "offset": 0, "length": 1, "colour": "red"}, "unknown fields ['colour']"),
        ({"type": "text_link", "offset": 0, "length": 1}, 'Can\'t find field "url"'),
        ({"type": "text_link", "offset": 0, "length": 1, "url": "localhost"}, "Wrong HTTP URL"),
        ("bold", "expected an Object"),
    ],
)
def test_entities_must_fit_their_text(entity: object, reason: str) -> None:
    assert reason in refusal("x🏟", None, [entity])


def test_entities_may_nest_but_not_cross() -> None:
    outer, inner = {"type": "bold", "offset": 0, "length": 4}, {"type": "italic", "offset": 1, "length": 3}
    assert [entity.type for entity in read_text("text!", None, [inner, outer]).entities] == ["bold", "italic"]
    assert "ends after the end" in refusal("text!", None, [outer, {**inner, "length": 4}])


def test_custom_emoji_keep_their_identifier() -> None:
    explicit = {"type": "custom_emoji", "offset": 0, "length": 2, "custom_emoji_id": "5"}
    expected = Formatted("🏟", (Entity("custom_emoji", 0, 2, custom_emoji_id="5"),))
    assert read_text('<tg-emoji emoji-id="5">🏟</tg-emoji>', "HTML") == read_text("🏟", None, [explicit]) == expected


def test_what_telegram_would_silently_ignore_is_refused() -> None:
    bold = {"type": "bold", "offset": 0, "length": 1}
    assert "exclude each other" in refusal("x", "HTML", [bold])
    assert "unsupported parse_mode" in refusal("*x*", "MarkdownV2")
    assert refusal("<b>x</b>y" * 101, "HTML") == "more than 100 entities"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.org", "https://example.org/"),
        ("http://example.org/a?b#c", "http://example.org/a?b#c"),
        ("example.org/help", "http://example.org/help"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("https://localhost/", None),
        ("mailto:a@example.org", None),
        ("tel:+440000", None),
        ("javascript:alert(1)", None),
        ("ftp://example.org/", None),
        ("https://", None),
        ("https://[bad/", None),
    ],
)
def test_links_that_telegram_keeps(url: str, kept: str | None) -> None:
    assert checked_link(url) == kept


def test_a_link_that_leads_nowhere_loses_its_entity() -> None:
    assert parse_html('<a href="tel:999">x</a>') == Formatted("x")


def test_commands_are_found_where_telegram_finds_them() -> None:
    assert bot_commands("🏟 /start x /help@a_bot a/b http://x/y") == (
        Entity("bot_command", 3, 6),
        Entity("bot_command", 12, 11),
    )
