"""How a postcode is found in a person's own words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.world.postcode_text import AREAS, area_of, canonical, district_of, fold, read, sector_of

UNIT_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
LONDON = ("E", "EC", "N", "NW", "SE", "SW", "W", "WC")


@st.composite
def postcodes(draw: st.DrawFn) -> str:
    """Any postcode that the rules allow, in canonical form."""
    if draw(st.booleans()):
        area, number = draw(st.sampled_from(LONDON)), draw(st.sampled_from([f"{n}{c}" for n in "129" for c in "AEPW"]))
    else:
        area, number = draw(st.sampled_from(sorted(AREAS))), str(draw(st.integers(1, 99)))
    unit = draw(st.text(UNIT_LETTERS, min_size=2, max_size=2))
    return f"{area}{number} {draw(st.integers(0, 9))}{unit}"


@st.composite
def disguises(draw: st.DrawFn) -> tuple[str, str]:
    """A postcode, and one of the ways in which people type it."""
    postcode = draw(postcodes())
    joined = postcode.replace(" ", "")
    zero = draw(st.sampled_from("0٠۰০०０߀"))
    digits = {str(n): chr(ord(zero) + n) for n in range(10)}
    text = "".join(digits.get(char, char) for char in joined)
    if draw(st.booleans()):
        text = text.lower()
    if draw(st.booleans()):
        text = "".join(chr(ord(char) + 0xFEE0) if "!" < char <= "~" else char for char in text)
    gap = draw(
        st.sampled_from(["", " ", "  ", "\u00a0", "\u2009", "\t", "\n", ".", "-", " - ", "\u2013", "\u3000", "_"])
    )
    invisible = draw(st.sampled_from(["", "\u200b", "\u200e", "\u200f", "\u2066", "\ufeff", "\u00ad"]))
    text = text[:-3] + invisible + gap + text[-3:]
    before = draw(st.sampled_from(["", "(", "I live at ", "postcode:", "أعيش في ", "12 High Street, ", "\u2067"]))
    after = draw(st.sampled_from(["", ")", " thanks", ".", "!!", "، شكرا", ", UK", "\u2069"]))
    return postcode, before + text + after


@given(disguises())
def test_the_postcode_is_found_however_it_is_typed(typed: tuple[str, str]) -> None:
    postcode, text = typed
    found = read(text)
    assert found.form == "full"
    assert found.as_typed
    assert found.readings[0] == postcode


@given(postcodes())
def test_spelled_letter_by_letter_it_is_still_found(postcode: str) -> None:
    joined = postcode.replace(" ", "")
    for between in (" ", ".", "-", " . "):
        assert read(between.join(joined)).readings[0] == postcode


@given(st.text(max_size=200))
@example("|")
@example("ß1 1ŉ" * 20)
@example("İ1 1AA")
def test_any_text_is_read_without_an_error_and_what_is_found_follows_the_rules(text: str) -> None:
    found = read(text)
    assert bool(found.readings) == (found.form != "none")
    for reading in found.readings:
        if found.form == "full":
            assert canonical(reading.replace(" ", "")) == reading


@given(st.text(max_size=50))
def test_folding_leaves_capital_ascii_only_and_is_stable(text: str) -> None:
    folded = fold(text)
    assert folded.isascii()
    assert folded == folded.upper()
    assert fold(folded).replace(".", "") == folded.replace(".", "").replace("|", "")


@given(postcodes(), postcodes())
def test_two_different_postcodes_are_not_guessed_between(one: str, other: str) -> None:
    found = read(f"I moved from {one} to {other}")
    if one == other:
        assert found.readings[0] == one
    else:
        assert found.form == "none"


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("M1 1AE", "M1 1AE"),
        ("M60 1NW", "M60 1NW"),
        ("CR2 6XH", "CR2 6XH"),
        ("DN55 1PT", "DN55 1PT"),
        ("W1A 1HQ", "W1A 1HQ"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("gir 0aa", "GIR 0AA"),
        ("NPT 1AA", "NPT 1AA"),
        ("NPT 0VA", "NPT 0VA"),
        ("ZZ9 9AC", "ZZ9 9AC"),
        ("zz99aa", "ZZ9 9AA"),
        ("1 M1 1AE", "M1 1AE"),
        ("Flat 2, 10 Downing St, SW1A 2AA, London", "SW1A 2AA"),
        ("S W1A 1AA", "SW1A 1AA"),
        ("B33 8TH!!!", "B33 8TH"),
        ("M1,1AE", "M1 1AE"),
        ("it is m 1 1 a e thanks", "M1 1AE"),
        ("М1 1АЕ", "M1 1AE"),  # Cyrillic letters
        ("Μ1 1ΑΕ", "M1 1AE"),  # Greek letters
        ("M፩ ፩AE", "M1 1AE"),  # Ethiopic digits
        ("M\u00b9 \u2460AE", "M1 1AE"),
    ],
)
def test_formats_and_scripts(text: str, reading: str) -> None:
    found = read(text)
    assert (found.form, found.readings[0], found.as_typed) == ("full", reading, True)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("SW1A OAA", ("SW1A 0AA",)),
        ("sw1a oaa", ("SW1A 0AA",)),
        ("SWIA 0AA", ("SW1A 0AA",)),
        ("SWIA IAA", ("SW1A 1AA",)),
        ("swla 1aa", ("SW1A 1AA",)),
        ("m1 lae", ("M1 1AE",)),
        ("Ml lAE", ("M1 1AE",)),
        ("S014 1AA", ("SO14 1AA",)),
        ("0X1 1AA", ("OX1 1AA",)),
        ("1S1 4AP", ("LS1 4AP",)),
        ("E1O 1AA", ("E10 1AA",)),
        ("M1 11E", ("M1 1LE",)),
        ("I live at CRO 2AA", ("CR0 2AA",)),
        ("BII 1AA", ("B11 1AA",)),
    ],
)
def test_slips_of_o_and_0_or_i_l_and_1_are_offered_as_corrections(text: str, readings: tuple[str, ...]) -> None:
    found = read(text)
    assert (found.form, found.readings, found.as_typed) == ("full", readings, False)


def test_what_was_typed_comes_before_its_corrections() -> None:
    assert read("BL1 9ZZ").readings == ("BL1 9ZZ", "B11 9ZZ")
    assert read("B11 9ZZ").readings == ("B11 9ZZ", "BL1 9ZZ")
    assert read("BL1 9ZZ").as_typed


@pytest.mark.parametrize(
    ("text", "form", "reading"),
    [
        ("M1", "district", "M1"),
        ("m 1", "district", "M1"),
        ("sw1a", "district", "SW1A"),
        ("CR0", "district", "CR0"),
        ("bt7", "district", "BT7"),
        ("M١", "district", "M1"),
        ("M1 1", "sector", "M1 1"),
        ("M1-1", "sector", "M1 1"),
        ("M1 1A", "sector", "M1 1"),
        ("BFPO 57", "forces", "BF"),
        ("bfpo57", "forces", "BF"),
        ("b.f.p.o. 57", "forces", "BF"),
        ("BFPO", "forces", "BF"),
    ],
)
def test_parts_and_forces_numbers(text: str, form: str, reading: str) -> None:
    found = read(text)
    assert (found.form, found.readings, found.as_typed) == (form, (reading,), True)


@pytest.mark.parametrize(("text", "reading"), [("E1O", "E10"), ("S014", "SO14"), ("WIA 1", "")])
def test_a_slip_in_a_district(text: str, reading: str) -> None:
    found = read(text)
    assert found.readings == ((reading,) if reading else ())
    assert not (found.readings and found.as_typed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "hello",
        "سلام",
        "07911 123456",
        "M1 or M2",
        "M1 1AE or M1 1AF",
        "M1 1CE",  # C is not used in a unit
        "QQ1 1AA",  # not an area
        "A1",
        "B2B",
        "M1A 1AA",  # districts with a letter are in London only
        "E0 1AA",  # a district 0 has two letters before it
        "sell lap",  # SE11 1AP, if l were 1
        "12 old",
        "my child is 12 old",
        "no 1st floor",
        "call me at 2 3 pm",
        "я живу в 10 км",
        "live at S W1A 1AA",  # SW1A 1AA or W1A 1AA
        "SW1A1AAthanks",
        "x" * 5_000,
    ],
)
def test_what_is_not_one_postcode_is_none(text: str) -> None:
    assert read(text).form == "none"


def test_a_lone_letter_that_is_a_word_does_not_belong_to_the_postcode() -> None:
    assert read("here is a L1 8JQ for you").readings[0] == "L1 8JQ"
    assert read("flat B, E1 6AN please").readings[0] == "E1 6AN"


def test_only_the_length_of_a_message_is_read() -> None:
    assert read("x " * 1_000 + "M1 1AE").form == "full"
    assert read("x " * 3_000 + "M1 1AE").form == "none"


@given(postcodes())
def test_the_parts_of_a_postcode(postcode: str) -> None:
    outward, inward = postcode.split()
    assert district_of(postcode) == outward
    assert sector_of(postcode) == f"{outward} {inward[0]}"
    assert area_of(postcode) == outward.rstrip("ABCDEFGHJKLMNPRSTUVWXY").rstrip("0123456789") or outward[0] in "EGW"
    assert area_of(postcode) in AREAS


def test_the_old_districts_without_a_number_are_their_own_area() -> None:
    assert area_of("GIR 0AA") == "GIR"
    assert sector_of("NPT 1AA") == "NPT 1"


def test_there_are_124_areas() -> None:
    assert len(AREAS) == 124


def test_every_decimal_digit_of_unicode_is_read() -> None:
    for point in range(0x110000):
        char = chr(point)
        if unicodedata.category(char) == "Nd":
            assert fold(char) == str(unicodedata.decimal(char))


@pytest.mark.parametrize(
    "text",
    ["I passed the B1 English test", "my room is B1 in Leeds", "I live in LS6 please", "M1 2 years ago", "LS6 3 beds"],
)
def test_part_of_a_postcode_counts_only_alone(text: str) -> None:
    """Among other words it may be anything, and many districts lie in one constituency."""
    assert read(text).form == "none"
