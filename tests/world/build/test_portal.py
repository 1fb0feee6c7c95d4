"""Finding the files of the Open Geography Portal."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import DataError
from bot.world.build.download import new_session
from bot.world.build.members_api import Pace
from bot.world.build.portal import BOUNDARIES, PORTAL, Release, boundaries, newest_release, nspl
from tests.portal_peer import ITEM, Portal, Trouble, item, portal

QUICK = Pace(attempts=3, first_wait=0.01, longest_wait=5.0, timeout=2.0, altogether=20.0)
OTHER = ITEM[::-1]


@pytest.fixture
def peer() -> Iterator[Portal]:
    with portal() as running:
        yield running


async def newest(peer: Portal) -> Release:
    async with new_session(QUICK) as session:
        return await newest_release(session, peer.url, pace=QUICK, say=print)


@pytest.mark.parametrize(
    ("title", "month", "name"),
    [
        ("National Statistics Postcode Lookup - 2021 Census (August 2024) for the UK", 8, "NSPL_AUG_2024.zip"),
        ("National Statistics Postcode Lookup (Feb 2024) for the UK", 2, "NSPL_FEB_2024.zip"),
        ("National Statistics Postcode Lookup (May 2024)", 5, "NSPL_MAY_2024.zip"),
    ],
)
async def test_a_release_is_known_by_its_title(peer: Portal, title: str, month: int, name: str) -> None:
    peer.items = [item(title)]
    assert await newest(peer) == Release(dt.date(2024, month, 1), name, f"{peer.url}/content/items/{ITEM}/data")


async def test_the_newest_month_counts_not_the_order(peer: Portal) -> None:
    peer.items = [
        item("National Statistics Postcode Lookup (May 2026) for the UK", OTHER),
        item("National Statistics Postcode Lookup (August 2026) for the UK"),
        item("National Statistics Postcode Lookup (November 2025) for the UK", OTHER),
    ]
    assert (await newest(peer)).date == dt.date(2026, 8, 1)


@pytest.mark.parametrize(
    "other",
    [
        item("National Statistics Postcode Lookup (August 2026) for the UK", owner="somebody_else"),
        item("National Statistics Postcode Lookup (August 2026) for the UK", type="Web Map"),
        item("National Statistics Postcode Lookup (August 2026) for the UK", "../../secret"),
        item("National Statistics Postcode Lookup (Spring 2026)"),
        item("National Statistics Postcode Lookup User Guide"),
        item("ONS Postcode Directory (August 2026) for the UK"),
        {"id": ITEM},
        "no item",
    ],
)
async def test_what_only_looks_like_a_release_is_left_out(peer: Portal, other: Any) -> None:
    peer.items = [other]
    with pytest.raises(DataError, match=r"names no NSPL of ONSGeography_data\. Download it by hand .* --nspl-url"):
        await newest(peer)


async def test_a_portal_that_is_busy_is_asked_again(peer: Portal) -> None:
    peer.items = [item("National Statistics Postcode Lookup (May 2026) for the UK")]
    peer.troubles += [Trouble(status=429, headers={"Retry-After": "0"}), Trouble(status=502)]
    assert (await newest(peer)).date == dt.date(2026, 5, 1)


async def test_a_portal_that_is_not_there_is_said_with_the_remedy(peer: Portal) -> None:
    peer.troubles += [Trouble(status=404)]
    with pytest.raises(DataError, match=r"portal's list is not at .*/search \(the answer was 404\)\. Download it by"):
        await newest(peer)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"error": {"code": 498}}', b'{"results": {}}'])
async def test_an_answer_that_is_no_list_names_nothing(peer: Portal, body: bytes) -> None:
    peer.files["/elsewhere/search"] = body
    async with new_session(QUICK) as session:
        with pytest.raises(DataError, match="names no NSPL"):
            await newest_release(session, f"{peer.url}/elsewhere", pace=QUICK, say=print)


def test_the_name_of_the_file_comes_from_the_address_or_is_plain(tmp_path: Path) -> None:
    assert nspl("https://a.example/NSPL_MAY_2026.zip?key=1", tmp_path).target.name == "NSPL_MAY_2026.zip"
    assert nspl("https://a.example/data", tmp_path).target.name == "NSPL.zip"
    assert nspl("https://a.example/..%2F..%2Fx.zip", tmp_path).target == tmp_path / "NSPL.zip"
    assert boundaries("https://a.example/data", tmp_path).target.name == "boundaries.geojson"


def test_an_answer_that_is_no_zip_or_geojson_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "part"
    path.write_text('{"error": {"code": 400, "message": "Invalid item"}}')
    with pytest.raises(DataError, match=r"came as the NSPL is no zip \('\{\"error\".*--nspl-url"):
        nspl("https://a.example/", tmp_path).check(path)
    with pytest.raises(DataError, match=r"came as the boundaries is no GeoJSON .*--boundaries-url"):
        boundaries("https://a.example/", tmp_path).check(path)


def test_zips_csvs_and_geojson_are_let_through(tmp_path: Path) -> None:
    path = tmp_path / "part"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a", "b")
    nspl("https://a.example/", tmp_path).check(path)
    path.write_text("\ufeffpcd7,pcd8,pcds\n")
    nspl("https://a.example/", tmp_path).check(path)
    path.write_text('{"type":"FeatureCollection","features":[]}')
    boundaries("https://a.example/", tmp_path).check(path)


def test_the_addresses_built_in_are_of_the_office_for_national_statistics() -> None:
    assert PORTAL.startswith("https://www.arcgis.com/")
    assert BOUNDARIES.startswith("https://services1.arcgis.com/ESMARspQHYMw9BZ9/")
    assert "outSR=4326" in BOUNDARIES
