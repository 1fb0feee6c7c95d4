"""Which person a signature is, from the name and the constituency that a campaign wrote down. Pure.

Certain is only what leaves no doubt: the same name (titles, capitals, accents, hyphens and "Surname, First name" do not
count), and either the constituency agrees, or none is given and nobody else has the name. Everything else that
resembles somebody is likely at best: initials, short forms, another surname in the same constituency, a name with a
typing error, the same name in another constituency. A wrong "has signed" can cost the reader their home, so a
likely match is for a person to confirm.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.world.build.campaign_list import Signature
from bot.world.constituencies import Constituency
from bot.world.members import MemberList, MemberRecord
from bot.world.search import words

MOST_LIKELY = 3  # so many people at most are suggested for one signature
_ALIKE = 85.0  # of 100: how much two whole names must resemble each other
_SAME_PLACE = 92.0
_TITLES = frozenset(
    {"the", "rt", "right", "hon", "honourable", "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor"}
)
_TITLES |= {"sir", "dame", "lord", "lady", "rev", "revd", "cllr", "councillor"}
_HONOURS = frozenset(
    {"mp", "msp", "ms", "pc", "kc", "qc", "obe", "cbe", "mbe", "kbe", "dbe", "kcb", "dcb", "ch", "bem"}
)
_HONOURS |= {"cmg", "kcmg", "dcmg", "gcmg", "dl", "td", "frs", "frsa"}
_DIRECTIONS = frozenset({"north", "south", "east", "west", "central", "mid", "outer", "inner"})
_APOSTROPHES = re.compile("['’ʼ`]")
_NOT_A_WORD = re.compile(r"[\W_]+")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who sits or sat: all names and all constituencies that members.csv and the register know of them.

    `since` is the day before which the person did not sit, where that is known.
    """

    person_id: int
    name: str
    names: tuple[Words, ...]
    places: tuple[Words, ...]
    seat: str
    since: dt.date | None


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who may be meant; `by_name` holds them by each of their names, folded to one word."""

    by_id: Mapping[int, Person]
    by_name: Mapping[str, tuple[Person, ...]]


@dataclass(frozen=True, slots=True)
class Certain:
    """Nobody else can be meant."""

    person: Person
    why: str


@dataclass(frozen=True, slots=True)
class Likely:
    """These may be meant, the likeliest first, each with the reason."""

    candidates: tuple[tuple[Person, str], ...]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Nobody is known who could be meant."""

    why: str


Match = Certain | Likely | Unmatched


def people(
    members: MemberList,
    seats: Mapping[str, Constituency],
    signed_as: Iterable[tuple[int, str, str | None]],
) -> People:
    """Everybody whom the list of members knows.

    `signed_as`: person id, name and constituency (or None) of records in the register: names that people had before.
    """
    rows: dict[int, list[MemberRecord]] = defaultdict(list)
    for row in (row for found in members.by_seat.values() for row in found):
        rows[row.person_id].append(row)
    names = {person: [row.name for row in found] for person, found in rows.items()}
    places = {person: [_place(row, seats) for row in found] for person, found in rows.items()}
    for person, name, place in signed_as:
        if person in rows:
            names[person].append(name)
            places[person] += [place] if place else []
    by_id: dict[int, Person] = {}
    by_name: dict[str, dict[int, Person]] = defaultdict(dict)
    for person, newest in members.persons().items():
        one = Person(
            person_id=person,
            name=newest.name,
            names=tuple(dict.fromkeys(map(name_words, names[person]))),
            places=tuple(dict.fromkeys(map(words, places[person]))),
            seat=_place(newest, seats) + (f", until {newest.until}" if newest.until else ""),
            since=_since(rows[person]),
        )
        by_id[person] = one
        for name_of in one.names:
            by_name["".join(name_of)][person] = one
    return People(by_id, {name: tuple(found.values()) for name, found in by_name.items()})


def name_words(name: str) -> Words:
    """A person's name as it is compared: small plain letters, the surname last, without titles and honours."""
    parts = [part for part in map(_plain, name.split(",")) if not set(part) <= _HONOURS]
    kept = [_bare(part) for part in parts]
    if len(kept) == 2:  # "Abbott, Ms Diane"
        kept.reverse()
    return tuple(word for part in kept for word in part) or _plain(name)


def _plain(text: str) -> Words:
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return tuple(word for word in _NOT_A_WORD.split(plain) if word)


def _bare(found: Words) -> Words:
    """Without titles at the beginning and honours at the end, but never without any word."""
    start, end = 0, len(found)
    while end - start > 1 and found[start] in _TITLES:
        start += 1
    while end - start > 1 and found[end - 1] in _HONOURS:
        end -= 1
    return found[start:end]


def match(signature: Signature, known: People) -> Match:
    """Who is meant by a line of the campaign's list."""
    if signature.person_id is not None:
        return _by_id(signature, known)
    ours = name_words(signature.name)
    same = known.by_name.get("".join(ours), ())
    if signature.constituency is None:
        meant, why = list(same), "the same name, and nobody else has it"
    else:
        place = words(signature.constituency)
        meant, why = [person for person in same if _agrees(place, person)], "the same name and constituency"
    if len(meant) == 1 and not _too_early(signature, meant[0]):
        return Certain(meant[0], why)
    if same:
        return Likely(tuple((person, _doubt(signature, person, len(same))) for person in same[:MOST_LIKELY]))
    return _resembling(signature, ours, known)


def _by_id(signature: Signature, known: People) -> Match:
    person = known.by_id.get(signature.person_id or 0)
    if person is None:
        return Unmatched(f"nobody in members.csv has the person id {signature.person_id}")
    if name_words(signature.name)[-1] in {name[-1] for name in person.names}:
        return Certain(person, "the person id and the surname")
    return Likely(((person, "the person id, but another surname"),))


def _doubt(signature: Signature, person: Person, same: int) -> str:
    if _too_early(signature, person):
        return f"the same name, but sits only since {person.since}"
    if signature.constituency is not None and not _agrees(words(signature.constituency), person):
        return "the same name, but another constituency (their names changed in 2024)"
    return f"the same name, which {same} people have"


def _too_early(signature: Signature, person: Person) -> bool:
    return person.since is not None and person.since > signature.signed_on


def _resembling(signature: Signature, ours: Words, known: People) -> Match:
    """The people whose names resemble the signature's, or who sit where it says under another name."""
    place = words(signature.constituency or "")
    where = "and no constituency is given" if signature.constituency is None else "but another constituency"
    found: list[tuple[float, int, Person, str]] = []
    for person in known.by_id.values():
        here = signature.constituency is not None and _agrees(place, person)
        score, why = max((_likeness(ours, theirs, here) for theirs in person.names), default=(0.0, ""))
        if score:
            found.append(
                (
                    score + 50 * here,
                    person.person_id,
                    person,
                    f"{why}, {'and the same constituency' if here else where}",
                )
            )
    if not found:
        return Unmatched("nobody of that name, or of one like it, is in members.csv")
    best_first = sorted(found, key=lambda one: (-one[0], one[1]))[:MOST_LIKELY]
    return Likely(tuple((person, why) for _, _, person, why in best_first))


def _likeness(ours: Words, theirs: Words, here: bool) -> tuple[float, str]:
    """How much one name resembles another, up to 100, and in what; 0 where it does not. `here`: the seat agrees."""
    if sorted(ours) == sorted(theirs):
        return 98.0, "the same words in another order"
    if len(ours) > 1 and len(theirs) > 1 and ours[-1] == theirs[-1]:
        first, other = sorted((ours[0], theirs[0]), key=len)
        if first == other:
            return 95.0, "the same first name and surname, but not what is between"
        if other.startswith(first):
            return 90.0, "an initial and the surname" if len(first) == 1 else "a short first name and the surname"
    whole = fuzz.ratio("".join(ours), "".join(theirs))
    if whole >= _ALIKE:
        return whole, "a name spelt nearly the same"
    if here and ours[-1] == theirs[-1]:
        return 60.0, "the same surname"
    if here and ours[0] == theirs[0]:
        return 60.0, "the same first name with another surname"
    return 0.0, ""


def _agrees(place: Words, person: Person) -> bool:
    """Whether a constituency as it was written is one of the person's: the same, or part of its name."""
    return any(_same_place(place, own) for own in person.places)


def _same_place(one: Words, other: Words) -> bool:
    shared = set(one) & set(other)
    if shared - _DIRECTIONS and (shared == set(one) or shared == set(other)):
        return True
    # A typing error, but never another point of the compass: "Leeds East" is not "Leeds West".
    same_directions = set(one) & _DIRECTIONS == set(other) & _DIRECTIONS
    return same_directions and fuzz.ratio("".join(one), "".join(other)) >= _SAME_PLACE


def _place(row: MemberRecord, seats: Mapping[str, Constituency]) -> str:
    return seats[row.gss_code].name if row.gss_code in seats else row.gss_code


def _since(rows: Iterable[MemberRecord]) -> dt.date | None:
    starts = [row.since for row in rows]
    known = [start for start in starts if start is not None]
    return min(known) if known and len(known) == len(starts) else None
