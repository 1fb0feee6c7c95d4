"""Which other constituencies come near a position: the boundaries (GeoJSON) cut into small pieces, in metres.

A whole constituency has up to tens of thousands of corners, and each distance to it would look at all of them. Cut by
halves into pieces of at most 64 corners and put in a tree, two million positions take ten seconds.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from bot.errors import DataError, shown_path

CORNERS: Final = 64
CHUNK: Final = 100_000  # positions measured at a time

# The projection of the British National Grid (EPSG:27700) without its shift of datum. A shift moves positions and
# boundaries alike, and PROJ would choose it by the grid files that this machine has: the result would differ.
_GRID: Final = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
    "+step +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=WGS84"
)
# Longitude and latitude between which the United Kingdom lies, with room to spare.
_WEST, _SOUTH, _EAST, _NORTH = -14.0, 48.0, 4.0, 62.0
_MOST_BYTES: Final = 1_500_000_000  # unpacked; at full resolution they are 400 MB
_CODE_PROPERTY: Final = re.compile(r"PCON\d\dCD", re.IGNORECASE).fullmatch
_DOWNLOAD: Final = (
    "Download the Westminster Parliamentary Constituencies as GeoJSON (WGS 84) from geoportal.statistics.gov.uk."
)

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Boundaries:
    """All constituencies, cut up: piece `i` of `tree` belongs to `codes[owner[i]]`. Coordinates are metres."""

    codes: tuple[str, ...]
    tree: shapely.STRtree
    owner: Numbers

    def near(
        self,
        longitude: Floats,
        latitude: Floats,
        own: Numbers,
        metres: float,
        report: Callable[[int], object] = lambda done: None,
    ) -> dict[int, tuple[int, ...]]:
        """For each position (degrees) that has any: the constituencies other than its `own` whose area comes within
        so many metres, nearest first, as numbers in `codes`. Equally near ones (to the millimetre) go by code."""
        none = np.empty(0, dtype=np.int64)
        positions, codes, distances = [none], [none], [none.astype(np.float64)]
        for start in range(0, len(own), CHUNK):
            report(start)
            chunk = slice(start, start + CHUNK)
            points = np.asarray(shapely.points(to_metres(np.column_stack([longitude[chunk], latitude[chunk]]))))
            point, piece = self.tree.query(points, predicate="dwithin", distance=metres)
            other = self.owner[piece] != own[start + point]
            point, piece = point[other], piece[other]
            positions.append(start + point)
            codes.append(self.owner[piece])
            distances.append(np.round(shapely.distance(points[point], self.tree.geometries[piece]), 3))
        report(len(own))
        position, code, distance = np.concatenate(positions), np.concatenate(codes), np.concatenate(distances)
        near: dict[int, tuple[int, ...]] = {}
        order = np.lexsort((code, distance, position))
        for i, number in zip(position[order].tolist(), code[order].tolist(), strict=True):
            if number not in (others := near.get(i, ())):
                near[i] = (*others, number)
        return near


def read_boundaries(path: Path) -> Boundaries:
    """Reads a GeoJSON file (plain or .gz) with one area for each code in the property PCON..CD. Raises DataError."""
    areas: dict[str, Any] = {}
    for number, feature in enumerate(_features(path), 1):
        where = f"{shown_path(path)}: feature {number}"
        properties = (feature.get("properties") if isinstance(feature, dict) else None) or {}
        names = [name for name in properties if _CODE_PROPERTY(name)]
        if len(names) != 1:
            raise DataError(f"{where} has no property PCON..CD (such as PCON24CD), the code. {_DOWNLOAD}")
        code = str(properties[names[0]])
        if code in areas:
            raise DataError(f"{where} has the code {code}, which an earlier one has. {_DOWNLOAD}")
        areas[code] = _area(f"{where} ({code})", feature.get("geometry"))
    codes = tuple(sorted(areas))
    pieces: list[Any] = []
    owner: list[int] = []
    for i, code in enumerate(codes):
        cut = _cut(areas[code])
        pieces += cut
        owner += [i] * len(cut)
    return Boundaries(codes, shapely.STRtree(pieces), np.array(owner, dtype=np.int64))


def _features(path: Path) -> list[Any]:
    try:
        collection = json.loads(_content(path))
        features = collection["features"]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{shown_path(path)} is not a whole gzip file: {error}. {_DOWNLOAD}") from None
    except OSError as error:
        raise DataError(f"{shown_path(path)} cannot be read: {error.strerror}. Check the path.") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{shown_path(path)} is not UTF-8 (byte {error.start:,}). {_DOWNLOAD}") from None
    except json.JSONDecodeError as error:
        what = f"this line is not JSON: {error.msg} (column {error.colno})"
        raise DataError(f"{shown_path(path)}:{error.lineno}: {what}. {_DOWNLOAD}") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, lists in lists in lists
        raise DataError(f"{shown_path(path)} is not JSON of boundaries. {_DOWNLOAD}") from None
    except (KeyError, TypeError):
        features = None
    if not isinstance(features, list) or not features:
        raise DataError(f"{shown_path(path)} is not a GeoJSON FeatureCollection with areas. {_DOWNLOAD}")
    return features


def _content(path: Path) -> bytes:
    """The file, unpacked if it is gzip."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return path.read_bytes()
    with gzip.open(path) as packed:
        data = packed.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise DataError(f"{shown_path(path)} would unpack to more than {_MOST_BYTES:,} bytes. {_DOWNLOAD}")
    return data


def _area(where: str, geometry: Any) -> Any:
    """The area in metres. Rounded coordinates can make a boundary touch itself, so that it has to be mended."""
    try:
        area = shapely.from_geojson(json.dumps(geometry))
    except shapely.errors.GEOSException:
        area = None
    if area is None or area.is_empty or area.geom_type not in ("Polygon", "MultiPolygon"):
        raise DataError(f"{where} is not a polygon. {_DOWNLOAD}")
    west, south, east, north = area.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise DataError(f"{where} has coordinates that are not degrees but of another projection. {_DOWNLOAD}")
    if west < _WEST or east > _EAST or south < _SOUTH or north > _NORTH:
        raise DataError(
            f"{where} does not lie in the United Kingdom: longitude {west:g} to {east:g}, latitude {south:g} to "
            f"{north:g}. {_DOWNLOAD}"
        )
    return shapely.make_valid(shapely.transform(area, to_metres))


def to_metres(degrees: Floats) -> Floats:
    """Rows of longitude, latitude to rows of easting, northing."""
    return np.column_stack(_TO_METRES.transform(degrees[:, 0], degrees[:, 1]))


def _cut(area: Any) -> list[Any]:
    """Pieces that together are the area, cut by halves across the longer side."""
    pieces = []
    todo = [area]
    while todo:
        part = todo.pop()
        if part.geom_type != "Polygon":
            todo += [piece for piece in shapely.get_parts(part) if shapely.get_dimensions(piece) == 2]
        elif shapely.get_num_coordinates(part) <= CORNERS:
            pieces.append(part)
        else:
            west, south, east, north = part.bounds
            if east - west > north - south:
                middle = (west + east) / 2
                boxes = (west, south, middle, north), (middle, south, east, north)
            else:
                middle = (south + north) / 2
                boxes = (west, south, east, middle), (west, middle, east, north)
            todo += [shapely.intersection(part, shapely.box(*box)) for box in boxes]
    return pieces


_TO_METRES: Final = pyproj.Transformer.from_pipeline(_GRID)
