"""The map: complete, self-contained, and readable without colours and with few."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from bot.content.catalogues import load_catalogues
from bot.engine.facts import Verdict
from bot.engine.wording import ENGLISH, RLM, Catalogue
from bot.world.map_cells import Cell, read_map
from bot.world.map_picture import ATTRIBUTION, LOOKS, draw
from bot.world.pledges import register
from bot.world.world import WorldFacts
from tests.world.sample import SHIPPED, TODAY, sample_world
from tests.world.small_index import CLACTON, HACKNEY_NORTH

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> WorldFacts:
    return sample_world(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def cells(world: WorldFacts) -> dict[str, Cell]:
    return dict(read_map(SHIPPED / "map.csv", world.seats, []))


@pytest.fixture(scope="module")
def picture(world: WorldFacts, cells: dict[str, Cell]) -> str:
    return draw(world, cells, ENGLISH, TODAY)


def hexagons(picture: str) -> dict[str, tuple[str, str, float, float]]:
    """Of each constituency: its verdict, what pointing at it tells, and where it stands."""
    group = ET.fromstring(picture).find(f"{SVG}g[@id='constituencies']")  # noqa: S314  (made here)
    assert group is not None
    found = {}
    for one in group:
        use = one.find(f"{SVG}use")
        assert use is not None
        place = float(use.get("x", "")), float(use.get("y", ""))
        found[one.get("id", "")] = (use.get("href", "")[1:], one.findtext(f"{SVG}title", ""), *place)
    return found


def texts(picture: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314


# --- what it tells


def test_every_constituency_has_its_verdict(picture: str, world: WorldFacts) -> None:
    found = hexagons(picture)
    assert {code: one[0] for code, one in found.items()} == {
        code: world.answer((code,), TODAY).verdict.value for code in world.seats
    }
    assert len({one[2:] for one in found.values()}) == 650


def test_pointing_at_one_tells_constituency_member_and_verdict(picture: str) -> None:
    found = hexagons(picture)
    assert found[HACKNEY_NORTH][1] == (
        "Hackney North and Stoke Newington: Ms Diane Abbott, Independent. "
        "Signed the pledge in the past. We could not confirm that the promise still stands."
    )
    assert found[CLACTON][1] == "Clacton. There is no MP now, as far as we know."


def test_the_legend_counts_every_verdict_and_the_dates_stand_there(picture: str, world: WorldFacts) -> None:
    counts = Counter(one[0] for one in hexagons(picture).values())
    said = " ".join(texts(picture))
    assert f"{counts['no_record']}: We have no record of a signature." in said
    assert f"{counts['unconfirmed']}: Signed the pledge in the past." in said
    assert "0: Has signed the pledge." in said
    for words in ("Drawn on 22 November 2026.", "MPs as of 27 June 2026.", "Our list of MPs is not new."):
        assert words in said
    assert "Postcodes" not in said
    for sentence in ATTRIBUTION:
        assert sentence in said


def test_another_day_gives_another_picture(world: WorldFacts, cells: dict[str, Cell]) -> None:
    confirmed = replace(world.pledges.by_person[172], confirmed_on=dt.date(2026, 6, 1))
    facts = replace(world, pledges=register((confirmed,)))
    assert hexagons(draw(facts, cells, ENGLISH, dt.date(2026, 7, 1)))[HACKNEY_NORTH][0] == "pledged"
    assert hexagons(draw(facts, cells, ENGLISH, TODAY))[HACKNEY_NORTH][0] == "unconfirmed"
    late = draw(facts, cells, ENGLISH, dt.date(2028, 12, 1))
    assert Counter(one[0] for one in hexagons(late).values()) == {"unknown": 650}
    assert "Abbott" not in late


def test_the_same_facts_give_the_same_bytes(world: WorldFacts, cells: dict[str, Cell], picture: str) -> None:
    assert draw(world, dict(reversed(cells.items())), ENGLISH, TODAY) == picture


def test_names_cannot_break_the_file(world: WorldFacts, cells: dict[str, Cell]) -> None:
    (member,) = world.members.by_seat[HACKNEY_NORTH]
    odd = replace(member, name='A <script>alert("1")</script> & "B"')
    members = replace(world.members, by_seat={**world.members.by_seat, HACKNEY_NORTH: (odd,)})
    drawn = draw(replace(world, members=members), cells, ENGLISH, TODAY)
    assert 'A <script>alert("1")</script> & "B"' in hexagons(drawn)[HACKNEY_NORTH][1]
    assert "<script" not in drawn


# --- what the file is


def test_it_needs_nothing_from_elsewhere(picture: str) -> None:
    assert not re.search(r"<(script|style|image|foreignObject|font|a)\b|\bon\w+=|url\(|@import|data:", picture)
    assert set(re.findall(r"https?://[^\"\s<]*", picture)) == {"http://www.w3.org/2000/svg"}
    assert {link[0] for link in re.findall(r'href="([^"]*)"', picture)} == {"#"}
    assert len(picture) < 200_000


def test_it_has_a_title_and_a_description(picture: str) -> None:
    root = ET.fromstring(picture)  # noqa: S314
    assert root.get("role") == "img"
    ids = {one.get("id") for one in root.iter()}
    assert set((root.get("aria-labelledby") or "").split()) <= ids
    assert "MPs Not Border Guards" in root.findtext(f"{SVG}title", "")
    assert "We have no record of a signature." in root.findtext(f"{SVG}desc", "")


def test_everything_is_on_the_paper(picture: str) -> None:
    root = ET.fromstring(picture)  # noqa: S314
    _, _, width, height = map(float, (root.get("viewBox") or "").split())
    for _, _, x, y in hexagons(picture).values():
        assert 10 <= x <= width - 10
        assert 90 <= y <= height - 40
    for one in root.iter(f"{SVG}text"):
        assert 0 <= float(one.get("x", "")) <= width
        assert 0 <= float(one.get("y", "")) <= height


def test_the_legend_lies_beside_the_map(picture: str) -> None:
    legend = [
        (float(one.get("x", "")), float(one.get("y", "")))
        for one in ET.fromstring(picture).iter(f"{SVG}text")  # noqa: S314
        if float(one.get("x", "")) > 300 and 80 < float(one.get("y", "")) < 400
    ]
    bottom = max(y for _, y in legend)
    assert max(x for _, _, x, y in hexagons(picture).values() if y < bottom + 20) + 20 < min(x for x, _ in legend)


# --- colours

# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency", IEEE TVCG
# 15 (2009): what somebody without red, green or blue cones sees, in linear RGB.
SIGHT = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
    "no colours": ((0.2126, 0.7152, 0.0722),) * 3,
}


def lab(colour: str, sight: str) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of a colour as it is seen."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    ]
    r, g, b = (min(1, max(0, sum(a * c for a, c in zip(row, linear, strict=True)))) for row in SIGHT[sight])
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("sight", SIGHT)
def test_verdicts_differ_for_every_eye(sight: str) -> None:
    for (one, look), (other, other_look) in itertools.combinations(LOOKS.items(), 2):
        distance = math.dist(lab(look.fill, sight), lab(other_look.fill, sight))
        assert distance > 6, (one, other)
        if Verdict.PLEDGED in (one, other) and sight != "no colours":
            assert distance > 15, (one, other)


def test_verdicts_differ_without_colours_too() -> None:
    signs = {(look.sign, look.dashed) for look in LOOKS.values()}
    assert len(signs) == len(LOOKS) == len(Verdict) - 1


@pytest.mark.parametrize("verdict", [verdict for verdict, look in LOOKS.items() if look.sign])
def test_a_sign_stands_out_from_its_hexagon(verdict: Verdict) -> None:
    look = LOOKS[verdict]
    assert abs(lab(look.fill, "no colours")[0] - lab(look.ink, "no colours")[0]) > 45


# --- languages


@pytest.fixture(scope="module")
def catalogues() -> dict[str, Catalogue]:
    return dict(load_catalogues(SHIPPED.parent / "locales"))


def test_a_language_from_right_to_left_begins_on_the_right(
    world: WorldFacts, cells: dict[str, Cell], catalogues: dict[str, Catalogue]
) -> None:
    arabic = catalogues["ar"]
    own = replace(
        arabic, messages={**arabic.messages, ("map.title", "MPs and the pledge “MPs Not Border Guards”"): ("عنوان",)}
    )
    drawn = draw(world, cells, own, TODAY)
    root = ET.fromstring(drawn)  # noqa: S314
    assert root.get("lang") == "ar"
    width = float((root.get("viewBox") or "").split()[2])
    title = next(one for one in root.iter(f"{SVG}text"))
    assert title.text == RLM + "عنوان"
    assert (title.get("direction"), title.get("text-anchor")) == ("rtl", "start")
    assert float(title.get("x", "")) == width - 15
    for one in root.iter(f"{SVG}text"):
        assert ((one.text or "").startswith(RLM)) == (one.get("direction") == "rtl")
    assert {code: one[0] for code, one in hexagons(drawn).items()} == {
        code: world.answer((code,), TODAY).verdict.value for code in world.seats
    }


def test_english_that_stands_in_keeps_its_order(world: WorldFacts, cells: dict[str, Cell]) -> None:
    bare = replace(ENGLISH, language="ar", locale="ar", rtl=True)
    root = ET.fromstring(draw(world, cells, bare, TODAY))  # noqa: S314
    title = next(one for one in root.iter(f"{SVG}text"))
    assert title.text == "MPs and the pledge “MPs Not Border Guards”"
    assert (title.get("direction"), title.get("text-anchor")) == (None, "end")


def test_the_picture_in_the_documentation_is_of_this_map(cells: dict[str, Cell]) -> None:
    shown = Path(SHIPPED.parent / "docs/map.svg").read_text(encoding="utf-8")
    assert set(hexagons(shown)) == set(cells)
