"""Where the Office for National Statistics keeps its files: the Open Geography Portal, which is ArcGIS Online.

A release of the NSPL is an item of type "CSV Collection" with the tag PRD_NSPL, whose owner is ONSGeography_data. Each
release is an item of its own, so the newest is asked for
(these are requests, with their parameters encoded):

    GET {portal}/search?q=owner:ONSGeography_data AND tags:PRD_NSPL AND type:"CSV Collection"&…&f=json
    GET {portal}/content/items/{id}/data        the zip

The boundaries are a feature layer, which answers GeoJSON in degrees (WGS 84) when it is asked for it. They change with
a boundary review, under another name. Documentation: developers.arcgis.com/rest/users-groups-and-items/search.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import aiohttp

from bot.errors import DataError
from bot.world.build.download import PATIENCE, Wanted, answer, patiently, refuse_size
from bot.world.build.members_api import Pace

PORTAL: Final = "https://www.arcgis.com/sharing/rest"
BOUNDARIES: Final = (
    "https://services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services/"
    "Westminster_Parliamentary_Constituencies_July_2024_Boundaries_UK_BGC/FeatureServer/0/query"
    "?where=1%3D1&outFields=PCON24CD,PCON24NM&outSR=4326&f=geojson"
)
OWNER: Final = "ONSGeography_data"
_QUERY: Final = {
    "q": f'owner:{OWNER} AND tags:PRD_NSPL AND type:"CSV Collection"',
    "sortField": "created",
    "sortOrder": "desc",
    "num": "50",
    "f": "json",
}
_TITLE: Final = re.compile(r"National Statistics Postcode Lookup\b.*\(([A-Z][a-z]{2,8}) (20\d\d)\).*").fullmatch
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ITEM: Final = re.compile(r"[0-9a-f]{32}").fullmatch
_ZIP_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,80}\.(?:zip|csv)").fullmatch
_MOST_ANSWER: Final = 5_000_000
_MOST_NSPL: Final = 2_000_000_000
_MOST_BOUNDARIES: Final = 1_500_000_000
_REMEDY: Final = (
    "Download it by hand from geoportal.statistics.gov.uk and name the two files instead of --download, or give its "
    "address with {option}."
)


@dataclass(frozen=True, slots=True)
class Release:
    """A release of the NSPL: the first day of its month, and where its zip is."""

    date: dt.date
    name: str
    url: str


async def newest_release(
    session: aiohttp.ClientSession, portal: str, *, pace: Pace = PATIENCE, say: Callable[[str], None]
) -> Release:
    """The newest NSPL on the portal. Raises DataError if the portal cannot be reached or lists none."""
    url = f"{portal}/search?{urlencode(_QUERY)}"
    wanted = Wanted(
        "The portal's list", url, Path(), lambda file: None, _MOST_ANSWER, _REMEDY.format(option="--nspl-url")
    )

    async def attempt() -> bytes:
        async with answer(session, wanted, {}) as response:
            body = bytearray()
            async for chunk in response.content.iter_chunked(65_536):
                body += chunk
                refuse_size(wanted, len(body))
            return bytes(body)

    releases = _releases(await patiently(attempt, wanted.what, wanted.remedy, pace, say), portal)
    if not releases:
        raise DataError(f"{wanted.what} names no NSPL of {OWNER}. {wanted.remedy}")
    return max(releases, key=lambda release: release.date)


def _releases(body: bytes, portal: str) -> list[Release]:
    """Those in the portal's answer that are releases for the whole country; the portal finds similar things, too."""
    try:
        answer: Any = json.loads(body)
    except ValueError:
        return []
    results = answer.get("results") if isinstance(answer, dict) else None
    found = []
    for item in results if isinstance(results, list) else ():
        if not isinstance(item, dict) or item.get("owner") != OWNER or item.get("type") != "CSV Collection":
            continue
        title = _TITLE(str(item.get("title", "")))
        number = str(item.get("id", ""))
        if not title or title[1][:3].lower() not in _MONTHS or not _ITEM(number):
            continue
        month = _MONTHS.index(title[1][:3].lower()) + 1
        name = f"NSPL_{_MONTHS[month - 1].upper()}_{title[2]}.zip"
        found.append(Release(dt.date(int(title[2]), month, 1), name, f"{portal}/content/items/{number}/data"))
    return found


def nspl(url: str, folder: Path, name: str = "") -> Wanted:
    """What to download for the postcodes; without a `name`, that at the end of the address."""
    last = urlsplit(url).path.rsplit("/", 1)[-1]
    target = folder / (name or (last if _ZIP_NAME(last) else "NSPL.zip"))
    return Wanted("The NSPL", url, target, _check_nspl, _MOST_NSPL, _REMEDY.format(option="--nspl-url"))


def boundaries(url: str, folder: Path) -> Wanted:
    """What to download for the boundaries."""
    remedy = _REMEDY.format(option="--boundaries-url")
    return Wanted("The boundaries", url, folder / "boundaries.geojson", _check_boundaries, _MOST_BOUNDARIES, remedy)


def _check_nspl(path: Path) -> None:
    if not zipfile.is_zipfile(path) and not _start(path).lower().lstrip('\ufeff"').startswith("pcd"):
        raise DataError(
            f"What came as the NSPL is no zip ({_start(path)[:60]!r}). {_REMEDY.format(option='--nspl-url')}"
        )


def _check_boundaries(path: Path) -> None:
    start = _start(path)
    if not start.startswith("\x1f") and "FeatureCollection" not in start:
        remedy = _REMEDY.format(option="--boundaries-url")
        raise DataError(f"What came as the boundaries is no GeoJSON ({start[:60]!r}). {remedy}")


def _start(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(1_000).decode("utf-8", errors="replace")
