"""Small made-up source files: a postcode file in the layout of the NSPL, and constituencies that are squares."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

COLUMNS = ("pcd7", "pcd8", "pcds", "doterm", "ctry26cd", "pcon24cd", "lat", "long")
CSV_NAME = "Data/NSPL_AUG_2026_UK.csv"

WEST, EAST, NORTH = "E14000001", "E14000002", "S14000003"
# Two squares of about 700 m by 1.1 km that share the meridian 1.00 W, and a third that touches both from above.
SQUARES = {
    WEST: (-1.01, 52.00, -1.00, 52.01),
    EAST: (-1.00, 52.00, -0.99, 52.01),
    NORTH: (-1.01, 52.01, -0.99, 52.02),
}


def row(postcode: str, code: str, latitude: object = 52.005, longitude: object = -1.005, end: str = "") -> list[str]:
    """One line of the postcode file, in the order of COLUMNS."""
    outward, inward = postcode.split(" ")
    country = f"{code[:1]}92000001" if code else ""
    return [
        outward.ljust(4) + inward,
        outward.ljust(5) + inward,
        postcode,
        end,
        country,
        code,
        *map(str, (latitude, longitude)),
    ]


def csv_text(rows: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue()


def nspl_zip(folder: Path, rows: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS) -> Path:
    """Writes the zip as the Office for National Statistics packs it: with the same rows by area, and lists of codes."""
    path = folder / "NSPL_AUG_2026.zip"
    text = csv_text(rows, columns)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Data/multi_csv/NSPL_AUG_2026_UK_ZZ.csv", csv_text([]))
        archive.writestr(CSV_NAME, text)
        archive.writestr("Documents/PCON names and codes UK as at 07_24.csv", "PCON24CD,PCON24NM\n")
    return path


def square(west: float, south: float, east: float, north: float) -> dict[str, object]:
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code: str, geometry: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"PCON24CD": code, "PCON24NM": "Made Up"}, "geometry": geometry}


def boundaries(folder: Path, squares: Mapping[str, tuple[float, float, float, float]] = SQUARES) -> Path:
    path = folder / "boundaries.geojson"
    features = [feature(code, square(*corners)) for code, corners in squares.items()]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path
