"""The rules of UK postcodes, and how one is found in a person's own words.

In `SW1A 1AA` the area is SW, the district SW1A, the sector SW1A 1. People type it in lower case, with odd spaces, dots
or dashes, with the digits of their own script, with O for 0 or l for 1. `read` gives what was typed first, and after it
the readings that differ by such a slip; only the index can tell which of them exists, so `bot.world.lookup` chooses.

Two different postcodes in one text are not guessed between: the text counts as holding none, and the person is asked
again.

Sources: Royal Mail, Programmers' Guide to the Postcode Address File (formats, letters that are not used); ONS Postcode
Directory user guide (areas).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_AREAS = """
AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU
GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE
PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV
YO ZE
"""
AREAS = frozenset(_AREAS.split())
SANDBOX_AREA = "ZZ"  # not used by Royal Mail; ours, for training and examples
FORCES_AREA = "BF"  # British forces abroad, whose addresses also have numbers of their own ("BFPO 57")
_KNOWN_AREAS = AREAS | {SANDBOX_AREA, FORCES_AREA, "BX"}  # BX: banks and tax offices, in no place
_LETTERED_AREAS = frozenset({"E", "EC", "N", "NW", "SE", "SW", "W", "WC"})  # inner London: W1A, EC3V
_NUMBERLESS = frozenset({"GIR", "NPT"})  # two old districts without a number

MAX_TEXT = 4_096  # the length of a Telegram message; what follows is not read
_MAX_READINGS = 8

Form = Literal["full", "sector", "district", "forces", "none"]


@dataclass(frozen=True, slots=True)
class ReadPostcode:
    """What a text holds: its readings in canonical form ("M1 1AE", "M1 1" or "M1"), the likeliest first.

    `as_typed`: the first reading is what was typed, and only the others correct a slip of O and 0 or of I, L and 1.
    """

    form: Form
    readings: tuple[str, ...] = ()
    as_typed: bool = True


NOTHING = ReadPostcode("none")


def area_of(reading: str) -> str:
    """The area of a canonical reading of any form: "M" of "M1 1AE"."""
    district = district_of(reading)
    return district if district in _NUMBERLESS else re.split(r"[0-9]", district, maxsplit=1)[0]


def district_of(reading: str) -> str:
    """The district of a canonical reading of any form: "M1" of "M1 1AE"."""
    return reading.partition(" ")[0]


def sector_of(reading: str) -> str:
    """The sector of a canonical full postcode or sector: "M1 1" of "M1 1AE"."""
    district, _, inward = reading.partition(" ")
    return f"{district} {inward[:1]}"


def read(text: str) -> ReadPostcode:
    """The postcode, or part of one, in a person's own words; form `none` where there is not exactly one."""
    folded = fold(text[:MAX_TEXT])
    typed_capitals = text.strip()[-1:].isupper()
    if not (typed_capitals or _DIGIT.search(folded) or _FORCES.search(folded)):
        return NOTHING
    joined = "" if _LETTER in folded else _BETWEEN_WORDS.sub("", folded)
    return (
        _whole(joined)
        or _in_sentence(folded)
        or (ReadPostcode("forces", (FORCES_AREA,)) if _FORCES.search(folded) else None)
        or _spelled_out(folded)
        or _slipped(joined, folded, typed_capitals)
        or _part(joined, folded)
        or NOTHING
    )


# --- characters

_LETTER = "|"  # stands in folded text for a letter that no postcode holds
_DIGIT = re.compile(r"[0-9]")
_BETWEEN_WORDS = re.compile(r"[^A-Z0-9]+")
_WORD_WITH_DIGIT = re.compile(r"[^\W_]*[0-9][^\W_]*")
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТУХІЈЅ" + "авекмнорстухіјѕ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",  # Cyrillic, twice, and Greek
    "ABEKMHOPCTYXIJS" + "ABEKMHOPCTYXIJS" + "ABEZHIKMNOPTYX",
)


def fold(text: str) -> str:
    """Capital ASCII letters and digits; blanks as " ", other signs as they are or as ".", other letters as "|".

    Digits of every script become 0 to 9, and invisible characters (direction marks, zero-width spaces) go. Cyrillic
    and Greek letters that look like Latin ones are read as these in a word that holds a digit.
    """
    if not text.isascii():
        text = "".join(map(_digit, unicodedata.normalize("NFKC", text)))
        text = _WORD_WITH_DIGIT.sub(lambda word: word[0].translate(_LOOKALIKES), text)
    text = text.replace(_LETTER, ".").upper()
    return text if text.isascii() and text.isprintable() else "".join(map(_ascii, text))


def _digit(char: str) -> str:
    if char.isascii():
        return char
    if unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return ""
    value = unicodedata.digit(char, None)
    return char if value is None else str(value)


def _ascii(char: str) -> str:
    if char.isspace():
        return " "
    if char.isascii():
        return char if char.isprintable() else ""
    if char == "İ":
        return "I"
    category = unicodedata.category(char)
    return "-" if category == "Pd" else "." if category[0] in "PSZC" else _LETTER


# --- the rules of a postcode

_FULL = re.compile(r"([A-Z]{1,2})(0|[1-9][0-9]?|[1-9][A-HJKMNPR-Y])([0-9][A-Z]{2})")
_DISTRICT = re.compile(r"([A-Z]{1,2})(0|[1-9][0-9]?|[1-9][A-HJKMNPR-Y])")
_NUMBERLESS_FULL = re.compile(r"(?:GIR|NPT)[0-9][A-Z]{2}")
_NOT_IN_UNITS = frozenset("CIKMOV")  # but for our own ZZ9 9AC, and a few of NPT


def canonical(joined: str) -> str | None:
    """ "M11AE" as "M1 1AE"; None for what breaks a rule. The three last characters are always the inward part."""
    match = _FULL.fullmatch(joined)
    if match is None:
        return f"{joined[:3]} {joined[3:]}" if _NUMBERLESS_FULL.fullmatch(joined) else None
    area, number, inward = match.groups()
    if area != SANDBOX_AREA and not _NOT_IN_UNITS.isdisjoint(inward):
        return None
    return f"{area}{number} {inward}" if _district_exists(area, number) else None


def _canonical_district(joined: str) -> str | None:
    match = _DISTRICT.fullmatch(joined)
    return joined if match and _district_exists(match[1], match[2]) else None


def _district_exists(area: str, number: str) -> bool:
    if area not in _KNOWN_AREAS or (number == "0" and len(area) == 1):  # the districts 0 are BS0, CR0, SL0 …
        return False
    return number.isdigit() or area in _LETTERED_AREAS


_SLIPS_OUTWARD = {"O": "O0", "0": "0O", "I": "I1", "L": "L1", "1": "1IL"}
_SLIPS_SECTOR = {"O": "0", "I": "1", "L": "1"}
_SLIPS_UNIT = {"1": "L"}  # a unit holds neither I nor O


def _corrections(joined: str, inward: int) -> tuple[str, ...]:
    """The other readings of a joined postcode (`inward` 3) or district (0), the fewest changes first."""
    split = len(joined) - inward
    choices = [_SLIPS_OUTWARD.get(char, char) for char in joined[:split]]
    if inward:
        choices.append(_SLIPS_SECTOR.get(joined[split], joined[split]))
        choices.extend(_SLIPS_UNIT.get(char, char) for char in joined[split + 1 :])
    found: list[tuple[int, str]] = []
    for chars in itertools.product(*choices):
        other = "".join(chars)
        reading = canonical(other) if inward else _canonical_district(other)
        if reading and other != joined:
            found.append((sum(a != b for a, b in zip(joined, other, strict=True)), reading))
    return tuple(reading for _, reading in sorted(found))[:_MAX_READINGS]


def _typed(reading: str) -> ReadPostcode:
    return ReadPostcode("full", (reading, *_corrections(reading.replace(" ", ""), 3)))


# --- where it stands in the text

_GAP = r"(?:[ ]*[.\-_/'][ ]*|[ ]*|,)"  # what people put between the halves
_OUTWARD = r"(?:GIR|NPT|[A-Z]{1,2}[0-9][A-Z0-9]?)"
_START, _STOP = r"(?<![A-Z0-9])", r"(?![A-Z0-9])"
_NATURAL = re.compile(rf"{_START}(?:([B-HJ-Z])[ .\-]{{1,2}})?({_OUTWARD}){_GAP}([0-9][A-Z]{{2}}){_STOP}")
_LOOSE = re.compile(rf"{_START}([A-Z][A-Z0-9]{{1,3}}){_GAP}([0-9OIL][A-Z1]{{2}}){_STOP}")
_FORCES = re.compile(rf"{_START}B\.?F\.?P\.?O(?![A-Z])")
_HALF = re.compile(rf"{_START}([A-Z]{{1,2}}[0-9][A-Z0-9]?)(?:({_GAP})([0-9])[A-Z]?)?{_STOP}")
_CLAUSE = re.compile(r"[^A-Z0-9 .\-_/']+")
_WORD = re.compile(r"[A-Z0-9]+")


def _whole(joined: str) -> ReadPostcode | None:
    """The text is a postcode and nothing else, however it is spaced."""
    reading = canonical(joined) if 5 <= len(joined) <= 7 else None
    return _typed(reading) if reading else None


def _in_sentence(folded: str) -> ReadPostcode | None:
    """Stands among other words. In "S W1A 1AA" the lone letter may belong to it: that is two readings, so none."""
    found = set()
    for lone, outward, inward in _NATURAL.findall(folded):
        found.add(canonical(outward + inward))
        if lone:
            found.add(canonical(lone + outward + inward))
    return _only(found)


def _spelled_out(folded: str) -> ReadPostcode | None:
    """Stands among other words, with odd spaces: "it is M 1 1 A E thanks". The longest run of words counts."""
    found: list[tuple[int, str]] = []
    for clause in _CLAUSE.split(folded):
        words = _WORD.findall(clause)
        for first in range(len(words)):
            found.extend(_runs(words, first))
    longest = max((length for length, _ in found), default=0)
    return _only({reading for length, reading in found if length == longest})


def _runs(words: list[str], first: int) -> Iterator[tuple[int, str]]:
    joined = ""
    for word in words[first : first + 7]:
        joined += word
        if len(joined) > 7:
            return
        if len(joined) >= 5 and (reading := canonical(joined)):
            yield len(joined), reading


def _only(found: set[str | None] | set[str]) -> ReadPostcode | None:
    readings = sorted(reading for reading in found if reading)
    if not readings:
        return None
    return _typed(readings[0]) if len(readings) == 1 else NOTHING


def _slipped(joined: str, folded: str, typed_capitals: bool) -> ReadPostcode | None:
    """Nothing stands there as it must, but something does once O and 0, or I, L and 1, change places.

    Words such as "sell lap" are left alone: there must be a digit, or the whole text ends in capitals.
    """
    has_sign = typed_capitals or _DIGIT.search(joined)
    if 5 <= len(joined) <= 7 and has_sign and (joined[0].isalpha() or joined[-3].isdigit()):
        readings = _corrections(joined, 3)
        if readings:
            return ReadPostcode("full", readings, as_typed=False)
    found = set()
    for match in _LOOSE.finditer(folded):
        if _DIGIT.search(match[0]) and (readings := _corrections(match[1] + match[2], 3)):
            found.add(readings)
    if not found:
        return None
    return ReadPostcode("full", found.pop(), as_typed=False) if len(found) == 1 else NOTHING


def _part(joined: str, folded: str) -> ReadPostcode | None:
    """A district or sector; or a postcode whose last letter is missing, which is worth as much as its sector.

    A sector counts only at the end of the text: in "M1 2 years ago" the 2 is something else. What has the shape of a
    whole postcode and breaks a rule ("M1 1CE") has a slip in it that nobody can place, so it is not cut down to M1.
    """
    if _NATURAL.search(folded):
        return NOTHING
    text = folded.strip(" .-_/',!?")
    if not _HALF.fullmatch(text):
        return _alone(joined)
    halves = [(match, _canonical_district(match[1])) for match in _HALF.finditer(text)]
    districts = {district for _, district in halves if district}
    if len(districts) > 1:
        return NOTHING
    for match, district in halves:
        if district and match[3] and match.end() == len(text):
            return ReadPostcode("sector", (f"{district} {match[3]}",))
    return ReadPostcode("district", (districts.pop(),)) if districts else _alone(joined)


def _alone(joined: str) -> ReadPostcode | None:
    """The whole text is a district. Among other words it means something else: "the B1 English test"."""
    if district := _canonical_district(joined):
        return ReadPostcode("district", (district,))
    if 2 <= len(joined) <= 4 and _DIGIT.search(joined) and (readings := _corrections(joined, 0)):
        return ReadPostcode("district", readings, as_typed=False)
    return None
