"""How a text and its values become lines: forms, markup, languages, and the order on the screen."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import pytest
from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.model import Line, Span, Text
from bot.engine.wording import (
    ENGLISH,
    FSI,
    LRI,
    PDI,
    RLM,
    Catalogue,
    Code,
    Lines,
    Month,
    Names,
    Value,
    Wording,
    english_plural,
)
from tests.engine.talk import ARABIC_PLURAL, POLISH_PLURAL, language, made_up_arabic

DAY = dt.date(2026, 11, 2)
SAID = Text("test", "What is said in English.")
EN = Wording(ENGLISH)
VALUES: st.SearchStrategy[str] = st.text(st.sampled_from("aZ9 *[](){}_•-\n\t\u200f\u2066\u2067\u2068\u2069\u202eب٣🙂“"))


def in_arabic(translation: str, **values: Value) -> Line:
    """One line of a made-up Arabic translation."""
    return Wording(language("ar", {SAID: translation}, rtl=True, plural=ARABIC_PLURAL)).line(SAID, values)


def letters(line: Line) -> str:
    """A line as one string."""
    return "".join(span.text for span in line)


def on_screen(line: Line) -> str:
    """The line from left to right as a screen shows it, by the bidirectional algorithm, without invisible marks.

    The library does not mirror brackets: one that a screen shows as `(` still is `)` here.
    """
    return "".join(letter for letter in get_display(letters(line)) if unicodedata.category(letter) != "Cf")


def isolates_are_balanced(text: str) -> bool:
    """Whether each isolate that opens in the text also closes in it, and nothing else does."""
    depth = 0
    for letter in text:
        depth += (letter in (LRI, FSI)) - (letter == PDI)
        if depth < 0 or letter in "\u2067\u202a\u202b\u202c\u202d\u202e":
            return False
    return depth == 0


# --- forms


def test_english_has_two_forms() -> None:
    text = Text("test", "One {count} thing", plural="{count} things", count="count")
    assert [letters(EN.line(text, {"count": n})) for n in (0, 1, 2)] == ["0 things", "One 1 thing", "2 things"]
    assert [english_plural(n) for n in (0, 1, 2)] == [1, 0, 1]
    assert letters(EN.line(Text("test", "Only one"), {"count": 2})) == "Only one"


@pytest.mark.parametrize(
    ("plural", "forms", "numbers"),
    [
        (POLISH_PLURAL, ("organizacja", "organizacje", "organizacji"), {1: 0, 2: 1, 4: 1, 5: 2, 12: 2, 22: 1, 112: 2}),
        (
            ARABIC_PLURAL,
            ("صفر", "واحد", "اثنان", "قليل", "كثير", "مئة"),
            {0: 0, 1: 1, 2: 2, 3: 3, 10: 3, 11: 4, 99: 4, 100: 5, 103: 3},
        ),
    ],
    ids=["Polish", "Arabic"],
)
def test_other_languages_have_the_forms_of_their_own_rule(
    plural: str, forms: tuple[str, ...], numbers: dict[int, int]
) -> None:
    text = Text("test", "one", plural="many", count="count")
    wording = Wording(language(messages={text: forms}, plural=plural))
    for number, form in numbers.items():
        assert letters(wording.line(text, {"count": number})) == forms[form]


def test_a_plural_without_its_number_is_said_of_one() -> None:
    text = Text("test", "one", plural="many", count="count")
    assert letters(EN.line(text, {})) == "one"
    assert letters(EN.line(text, {"count": "many"})) == "one"


def test_a_text_without_a_plural_has_one_form_whatever_the_number() -> None:
    wording = Wording(language(messages={SAID: "słowo"}))
    assert letters(wording.line(SAID, {"count": 5})) == "słowo"


def test_what_is_not_translated_is_said_in_english() -> None:
    wording = Wording(language(messages={SAID: "Mówi się"}))
    assert letters(wording.line(Text("another", SAID.msgid), {})) == SAID.msgid  # the context counts
    assert letters(wording.line(SAID, {})) == "Mówi się"
    assert wording.translated(SAID)
    assert not wording.translated(Text("another", SAID.msgid))


# --- markup


def test_bold_links_and_list_lines() -> None:
    text = Text(
        "test", "This is **bold** and [a link](https://example.org/x).\n\n- first\n-not a list\n  **all bold**  "
    )
    assert EN.lines(text, {}) == (
        (
            Span("This is "),
            Span("bold", bold=True),
            Span(" and "),
            Span("a link", url="https://example.org/x"),
            Span("."),
        ),
        (),
        (Span("• first"),),
        (Span("-not a list"),),
        (Span("all bold", bold=True),),
    )


def test_a_line_is_one_line_also_if_its_text_is_folded() -> None:
    assert EN.line(Text("test", "one\n  two\n"), {}) == (Span("one two"),)


def test_values_may_stand_in_bold_in_labels_and_in_addresses() -> None:
    text = Text("test", "**{name}** [{shown}]({url})")
    values: dict[str, Value] = {"name": "Tess", "shown": Code("example.org"), "url": Code("https://example.org/(x)")}
    assert EN.line(text, values) == (
        Span("Tess", bold=True),
        Span(" "),
        Span("example.org", url="https://example.org/(x)"),
    )


@pytest.mark.parametrize(
    "value", ["**bold**", "[x](https://evil.example)", "{name}", "- item", "_i_ <b>&amp;", "%s {0}"]
)
def test_a_value_cannot_add_markup(value: str) -> None:
    assert EN.lines(Text("test", "{name}"), {"name": value}) == ((Span(value),),)
    assert EN.line(Text("test", "**{name}**"), {"name": value}) == (Span(value, bold=True),)
    assert EN.plain(Text("test", value)) == (Span(value),)
    assert EN.label(Text("test", value)) == value
    assert EN.label(Text("test", "{name}"), {"name": value}) == value


@given(VALUES)
def test_no_value_breaks_a_line_or_its_direction(value: str) -> None:
    english = (EN, Text("test", "{name} [{name}](https://example.org)"))
    arabic = (Wording(language("ar", {SAID: "قبل {name} بعد [{name}](https://example.org)"}, rtl=True)), SAID)
    for wording, text in (english, arabic):
        for given_value in (value, Names((value, "x"))):
            line = wording.line(text, {"name": given_value})
            assert isolates_are_balanced(letters(line))
            assert "\n" not in letters(line)
            assert {span.url for span in line} <= {None, "https://example.org"}
            assert not any(span.bold for span in line)


def test_lines_of_a_value_stand_alone_or_in_a_row() -> None:
    two = Lines(lambda wording: ((Span("one"), Span("!")), (), (Span("two"),)))
    assert EN.lines(Text("test", "Before\n  {all}\nafter {all}"), {"all": two}) == (
        (Span("Before"),),
        (Span("one"), Span("!")),
        (),
        (Span("two"),),
        (Span("after one!  two"),),
    )


def test_a_value_that_has_no_lines_leaves_none() -> None:
    assert EN.lines(Text("test", "{all}"), {"all": Lines(lambda wording: ())}) == ()


def test_a_placeholder_without_a_value_is_a_fault() -> None:
    with pytest.raises(KeyError):
        EN.line(Text("test", "{nothing}"), {})


# --- values


@pytest.mark.parametrize(
    ("tag", "date", "month", "names", "number"),
    [
        ("en-GB", "2 November 2026", "November 2026", "A, B and C", "12,345"),
        ("pl", "2 listopada 2026", "listopad 2026", "A, B i C", "12\xa0345"),
        ("ar", "2 نوفمبر 2026", "نوفمبر 2026", "A وB وC", "12,345"),
        ("fa-AF", "2 نومبر 2026", "نومبر 2026", "A،\u200f B، و C", "12,345"),
        ("zh-Hans", "2026年11月2日", "2026年11月", "A、B和C", "12,345"),
        ("hu", "2026. november 2.", "2026. november", "A, B és C", "12\xa0345"),
        ("bn", "2 নভেম্বর, 2026", "নভেম্বর 2026", "A, B এবং C", "12,345"),
        ("so", "Noofeembar 2, 2026", "Noofeembar 2026", "A, B iyo C", "12,345"),
    ],
)
def test_dates_lists_and_numbers_are_written_as_the_language_writes_them(
    tag: str, date: str, month: str, names: str, number: str
) -> None:
    # After Chinese: Babel's stand-alone month names of one language must not appear in another.
    Wording(language("zh")).value(Month(DAY))
    wording = Wording(language(tag))
    assert wording.value(DAY) == date
    assert wording.value(Month(DAY)) == month
    assert wording.value(Names(("A", "B", "C"))) == names
    assert wording.value(12345) == number


def test_other_values() -> None:
    assert EN.value("  two\nwords ") == "two words"
    assert EN.value(Code("+44 20 7946 0001")) == "+44 20 7946 0001"
    assert EN.value(Names(())) == ""
    assert Wording(language(messages={SAID: "Mówi się"})).value(SAID) == "Mówi się"


def test_a_label_is_one_line() -> None:
    assert EN.label(Text("test", " Two\n words ")) == "Two words"
    assert EN.label(Text("test", "{n} of {all}"), {"n": 1, "all": Names(("a", "b"))}) == "1 of a and b"


# --- from right to left

ARABIC_LINE = st.lists(
    st.sampled_from(
        ["اتصل", "الآن", "0808 157 0001", "+44 20 7946 0001", "(020) 7946 0001", "M1 1AE", "(MP)", "“MP”", "،", "."]
    )
).map(" ".join)


@pytest.mark.parametrize(
    "kept",
    [
        "0808 157 0001",
        "+44 20 7946 0001",
        "(020) 7946 0001",
        "020 7946 0001 (option 2)",
        "116 123",
        "M1 1AE",
        "/mp",
        "help@example.org",
        "example.org/help-me",
        "9am-5pm",
        "50%",
        "18+",
        "£10.50",
        "MPs Not Border Guards",
        "A & B’s",
    ],
)
def test_what_is_latin_in_a_translation_keeps_its_order(kept: str) -> None:
    screen = on_screen(in_arabic(f"قبل {kept} بعد."))
    assert screen == f".دعب {kept} لبق"


def test_brackets_around_latin_letters_belong_to_the_language_and_are_mirrored_with_it() -> None:
    screen = on_screen(in_arabic("قبل (MP) بعد."))
    # The algorithm turns the order; a screen then shows each bracket by its mirror image (UAX #9, rule L4).
    assert screen.translate(str.maketrans("()", ")(")) == ".دعب (MP) لبق"


@pytest.mark.parametrize("phone", ["0808 157 0001", "+44 20 7946 0001", "+44 (0)20 7946 0001", "*123#"])
def test_so_does_a_telephone_number_that_is_a_value(phone: str) -> None:
    assert on_screen(in_arabic("اتصل {phone}.", phone=Code(phone))) == f".{phone} لصتا"


def test_latin_names_keep_their_order_and_stay_in_their_place() -> None:
    line = in_arabic(
        "{member}، {party}، {place}.", member="Tess (Tessa) Testing", party="Sample Party", place="Vale 01"
    )
    assert on_screen(line) == ".Vale 01 ،Sample Party ،Tess (Tessa) Testing"


def test_a_list_of_names_reads_from_right_to_left() -> None:
    names = Names(("بيت", "Leeds (East)", "سؤال"))
    assert on_screen(in_arabic("{names} Tess", names=names)) == "Tess لاؤسو Leeds (East)و تيب"
    assert on_screen(in_arabic("{names}.", names=Names(("Leeds (East)", "York")))) == ".Yorkو Leeds (East)"


def test_brackets_around_a_value_stay_around_it() -> None:
    assert on_screen(in_arabic("نعم ({party}) لا", party="Party (X)")) == "ال )Party (X)( معن"  # shown as (Party (X))


def test_dates_read_from_right_to_left() -> None:
    assert on_screen(in_arabic("في {day}.", day=DAY)) == ".2026 ربمفون 2 يف"
    assert on_screen(in_arabic("في {month}.", month=Month(DAY))) == ".2026 ربمفون يف"


def test_the_bullet_of_a_list_stands_on_the_right() -> None:
    assert on_screen(in_arabic("- {place}: {member}", place="Vale 01", member="Val 01")) == "Val 01 :Vale 01 •"


def test_a_line_that_begins_with_a_latin_name_still_runs_from_right_to_left() -> None:
    line = in_arabic("{name}.", name="St Mary’s")
    assert line[0] == Span(RLM)
    assert on_screen(line) == ".St Mary’s"
    assert on_screen(line[1:]) == "St Mary’s."  # what the mark is for


def test_a_number_inside_a_translated_value_keeps_its_order() -> None:
    alert = Text("organisation.x", "Call 0808 157 0001 first.")
    catalogue = language("ar", {SAID: "ملاحظة: {alert}", alert: "اتصل 0808 157 0001 أولا."}, rtl=True)
    assert on_screen(Wording(catalogue).line(SAID, {"alert": alert})) == ".الوأ 0808 157 0001 لصتا :ةظحالم"
    assert on_screen(Wording(catalogue).plain(alert)) == ".الوأ 0808 157 0001 لصتا"


def test_english_within_a_translation_reads_from_left_to_right() -> None:
    english = Text("organisation.x", "Open! Monday – Friday; “free” (call first).")
    line = in_arabic("ملاحظة: {alert}", alert=english)
    assert on_screen(line) == "Open! Monday – Friday; “free” (call first). :ةظحالم"


def test_english_in_the_place_of_a_missing_translation_reads_from_left_to_right() -> None:
    wording = Wording(language("ar", rtl=True))
    text = Text("test", "We have **no record** of {name} on {day} – “sorry”! (It may come.)")
    values: dict[str, Value] = {"name": "Tess", "day": DAY}
    whole = "We have no record of Tess on 2 November 2026 – “sorry”! (It may come.)"
    assert letters(wording.line(text, values)) == whole
    assert [letters(line) for line in wording.lines(text, values)] == [whole]
    assert letters(wording.plain(Text("test", "Open! (Call first.)"))) == "Open! (Call first.)"


def test_but_lines_within_it_are_in_the_language() -> None:
    catalogue = language("ar", {SAID: "كلمة"}, rtl=True)
    inner = Lines(lambda wording: (wording.line(SAID, {}),))
    assert Wording(catalogue).lines(Text("test", "Title\n{inner}"), {"inner": inner}) == (
        (Span("Title"),),
        (Span(RLM), Span("كلمة")),
    )


@given(ARABIC_LINE)
def test_every_line_begins_with_a_mark_and_closes_its_isolates(translation: str) -> None:
    line = in_arabic(translation or "كلمة")
    assert line[0] == Span(RLM)
    assert letters(line).count(RLM) == 1
    assert isolates_are_balanced(letters(line))


@given(st.lists(st.text("0123456789", min_size=2, max_size=5), min_size=1, max_size=4).map(" ".join))
def test_any_number_keeps_its_order(number: str) -> None:
    assert number in on_screen(in_arabic(f"اتصل {number} الآن"))
    assert number in on_screen(in_arabic("اتصل {number} الآن", number=Code(number)))


def test_an_empty_line_has_no_mark() -> None:
    catalogue = language("ar", {SAID: "كلمة\n\nكلمة"}, rtl=True)
    assert Wording(catalogue).lines(SAID, {})[1] == ()


@pytest.mark.parametrize("catalogue", [made_up_arabic(), language("ar", rtl=True)], ids=["translated", "missing"])
def test_a_label_has_no_direction_marks(catalogue: Catalogue) -> None:
    text = Text("_start.menu", "Find help near me")
    label = Wording(catalogue).label(text)
    mixed = Wording(catalogue).label(Text("test", "{a} {b} {c}"), {"a": Names(("x", "y")), "b": Code("1"), "c": DAY})
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", label + mixed)
