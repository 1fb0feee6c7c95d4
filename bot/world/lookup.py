"""From a person's words to constituencies: what was typed, looked up in the index, with every oddity of UK postcodes.

Ambiguity falls to the careful side: the answer holds every constituency that the place may lie in, most likely first.
The finding does not hold the postcode, and nothing here writes it anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol

from bot.engine.facts import NoMpReason, PostcodeFinding, PostcodeKind, PostcodeStatus
from bot.world import sandbox
from bot.world.postcode_text import FORCES_AREA, SANDBOX_AREA, ReadPostcode, area_of, district_of, read, sector_of

NORTHERN_IRELAND_AREA = "BT"
# ONS numbers the constituencies of Northern Ireland in the order of their names.
NORTHERN_IRELAND = tuple(f"N050000{number:02}" for number in range(1, 19))

_NO_MP_AREAS: dict[str, NoMpReason] = {
    "JE": "jersey",
    "GY": "guernsey",
    "IM": "isle_of_man",
    FORCES_AREA: "british_forces",
}
# ONS marks the Channel Islands with L99999999 and the Isle of Man with M99999999: no constituencies.
_CONSTITUENCY = ("E14", "S14", "W07", "N05")

NOT_FOUND = PostcodeFinding(PostcodeKind.NOT_FOUND)
NOT_A_POSTCODE = PostcodeFinding(PostcodeKind.NOT_A_POSTCODE)


class PostcodeFacts(Protocol):
    """What an index says of one postcode. `constituencies`: the source's own first, then others close by."""

    @property
    def status(self) -> Literal["live", "terminated"]:
        """Whether mail is still delivered to it."""
        ...

    @property
    def constituencies(self) -> tuple[str, ...]:
        """GSS codes, or ONS's pseudo codes of the islands; () where the source gives none."""
        ...


class PostcodeLookup(Protocol):
    """The part of `PostcodeIndex` that a look-up uses. Postcodes, sectors and districts are in canonical form."""

    def find(self, postcode: str) -> PostcodeFacts | None:
        """The postcode's entry; None for an unknown one."""
        ...

    def in_sector(self, sector: str) -> tuple[str, ...]:
        """The constituencies of the sector's live postcodes, most postcodes first; () for an unknown sector."""
        ...

    def in_district(self, district: str) -> tuple[str, ...]:
        """The same of a district."""
        ...


def find(text: str, index: PostcodeLookup, sandbox_on: bool) -> PostcodeFinding:
    """Finds the postcode in a text and looks it up. `sandbox_on`: whether the invented ZZ postcodes exist."""
    found = read(text)
    if found.form == "none":
        return NOT_A_POSTCODE
    if found.form == "full":
        return _full(found, index, sandbox_on)
    special = _special(found.readings)
    if special is not None:
        return special
    return _part(found, index)


def _full(found: ReadPostcode, index: PostcodeLookup, sandbox_on: bool) -> PostcodeFinding:
    """What was typed counts if it exists, or could (its district does). A correction counts only if it is the one
    reading that exists."""
    typed = found.readings[:1] if found.as_typed else ()
    corrected = found.readings[len(typed) :]
    for reading in typed:
        if area_of(reading) == SANDBOX_AREA:
            return (sandbox.finding(reading) if sandbox_on else None) or NOT_FOUND
        answer = _listed(reading, index) or _special(typed) or _newer(reading, index)
        if answer is not None:
            return answer
    listed = [answer for reading in corrected if (answer := _listed(reading, index)) is not None]
    if listed:
        return listed[0] if len(listed) == 1 else NOT_FOUND
    if typed:
        return _northern_ireland(typed) or NOT_FOUND
    special = _special(corrected) or _northern_ireland(corrected)
    newer = [answer for reading in corrected if (answer := _newer(reading, index)) is not None]
    if len(newer) == 1:
        return newer[0]
    return special or NOT_FOUND


def _listed(reading: str, index: PostcodeLookup) -> PostcodeFinding | None:
    """The finding of a postcode that the index holds; without a constituency there, those around it."""
    entry = index.find(reading)
    if entry is None:
        return None
    codes = _constituencies(entry.constituencies)
    if not codes and (reason := _no_mp(reading, entry.constituencies)):
        return PostcodeFinding(PostcodeKind.NO_MP, entry.status, (), reason)
    codes = codes or _around(reading, index)
    if not codes:
        return _northern_ireland((reading,)) or PostcodeFinding(PostcodeKind.NOT_FOUND, entry.status)
    return _found(codes, entry.status)


def _newer(reading: str, index: PostcodeLookup) -> PostcodeFinding | None:
    """The finding of a postcode that the index does not hold although it knows its sector or district."""
    codes = _around(reading, index)
    return _found(codes, "newer_than_index") if codes else None


def _part(found: ReadPostcode, index: PostcodeLookup) -> PostcodeFinding:
    candidates = []
    for reading in found.readings:
        codes = _constituencies(index.in_sector(reading)) if found.form == "sector" else ()
        codes = codes or _constituencies(index.in_district(district_of(reading)))
        if codes:
            candidates.append(codes)
    if len(candidates) == 1:
        return PostcodeFinding(PostcodeKind.PARTIAL, None, candidates[0])
    return _northern_ireland(found.readings) or NOT_FOUND


def _around(reading: str, index: PostcodeLookup) -> tuple[str, ...]:
    """The constituencies of the postcode's sector, or else of its district."""
    return _constituencies(index.in_sector(sector_of(reading))) or _constituencies(
        index.in_district(district_of(reading))
    )


def _found(codes: tuple[str, ...], status: PostcodeStatus) -> PostcodeFinding:
    return PostcodeFinding(PostcodeKind.FOUND if len(codes) == 1 else PostcodeKind.SEVERAL, status, codes)


def _constituencies(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(code for code in codes if code.startswith(_CONSTITUENCY))


def _no_mp(reading: str, codes: tuple[str, ...]) -> NoMpReason | None:
    if codes and codes[0].startswith("M99"):
        return "isle_of_man"
    reason = _NO_MP_AREAS.get(area_of(reading))
    return reason or ("guernsey" if codes and codes[0].startswith("L99") else None)


def _special(readings: tuple[str, ...]) -> PostcodeFinding | None:
    """Areas whose every postcode has the same answer, whether or not the index holds it."""
    areas = {area_of(reading) for reading in readings}
    if len(areas) == 1 and (reason := _NO_MP_AREAS.get(areas.pop())):
        return PostcodeFinding(PostcodeKind.NO_MP, None, (), reason)
    return None


def _northern_ireland(readings: tuple[str, ...]) -> PostcodeFinding | None:
    """Northern Ireland's postcodes may not be redistributed: without them, the person chooses among its 18."""
    if readings and {area_of(reading) for reading in readings} == {NORTHERN_IRELAND_AREA}:
        return PostcodeFinding(PostcodeKind.NORTHERN_IRELAND, None, NORTHERN_IRELAND)
    return None
