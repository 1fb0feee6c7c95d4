"""Which constituencies come near a position."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import DataError
from bot.world.build.boundaries import CORNERS, Boundaries, read_boundaries, to_metres
from tests.world.build.made_up import EAST, NORTH, SQUARES, WEST, boundaries, feature, square

METRE_NORTH = 1 / 111_250  # degrees of latitude at 52° N
METRE_EAST = METRE_NORTH / math.cos(math.radians(52))


def near(areas: Boundaries, own: str, longitude: float, latitude: float, metres: float = 50) -> list[str]:
    numbers = areas.near(np.array([longitude]), np.array([latitude]), np.array([areas.codes.index(own)]), metres)
    return [areas.codes[number] for number in numbers.get(0, ())]


@pytest.mark.parametrize(("metres_west", "expected"), [(49, [EAST]), (51, []), (0, [EAST])])
def test_the_distance_is_in_metres(tmp_path: Path, metres_west: float, expected: list[str]) -> None:
    areas = read_boundaries(boundaries(tmp_path))
    assert near(areas, WEST, -1.00 - metres_west * METRE_EAST, 52.005) == expected


def test_several_come_nearest_first(tmp_path: Path) -> None:
    areas = read_boundaries(boundaries(tmp_path))
    assert near(areas, WEST, -1.00 - 30 * METRE_EAST, 52.01 - 20 * METRE_NORTH) == [NORTH, EAST]
    assert near(areas, WEST, -1.00 - 20 * METRE_EAST, 52.01 - 30 * METRE_NORTH) == [EAST, NORTH]


def test_equally_near_ones_go_by_code(tmp_path: Path) -> None:
    areas = read_boundaries(boundaries(tmp_path))
    assert near(areas, NORTH, -1.00, 52.01 + 20 * METRE_NORTH) == [WEST, EAST]


def test_a_position_deep_inside_another_constituency_has_that_one(tmp_path: Path) -> None:
    assert near(read_boundaries(boundaries(tmp_path)), WEST, -0.995, 52.005) == [EAST]


def test_no_positions_have_no_neighbours(tmp_path: Path) -> None:
    nothing = np.empty(0)
    assert read_boundaries(boundaries(tmp_path)).near(nothing, nothing, nothing.astype(np.int64), 50) == {}


def star(corners: int, seed: int) -> list[tuple[float, float]]:
    """A ragged ring around 1.00 W, 52.00 N, of 500 m to 2 km."""
    radii = np.random.default_rng(seed).uniform(0.005, 0.02, corners)
    angles = np.linspace(0, 2 * math.pi, corners, endpoint=False)
    ring = [
        (-1 + radius * math.cos(angle), 52 + radius * math.sin(angle))
        for radius, angle in zip(radii, angles, strict=True)
    ]
    return [*ring, ring[0]]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 1000), corners=st.integers(3 * CORNERS, 10 * CORNERS), metres=st.floats(0, 500))
def test_cutting_changes_no_distance(
    tmp_path_factory: pytest.TempPathFactory, seed: int, corners: int, metres: float
) -> None:
    path = tmp_path_factory.mktemp("star") / "star.geojson"
    features = [
        feature(WEST, {"type": "Polygon", "coordinates": [star(corners, seed)]}),
        feature(EAST, square(2, 52, 2.01, 52.01)),
    ]
    path.write_text(json.dumps({"features": features}))
    areas = read_boundaries(path)
    assert len(areas.owner) > 2
    whole = shapely.union_all(areas.tree.geometries[areas.owner == areas.codes.index(WEST)])
    random = np.random.default_rng(seed)
    longitude, latitude = random.uniform(-1.03, -0.97, 200), random.uniform(51.97, 52.03, 200)
    found = areas.near(longitude, latitude, np.full(200, areas.codes.index(EAST)), metres)
    distance = np.asarray(shapely.distance(whole, shapely.points(to_metres(np.column_stack([longitude, latitude])))))
    sure = np.abs(distance - metres) > 0.001
    assert [i in found for i in range(200) if sure[i]] == [d <= metres for d in distance[sure]]


def test_gzip_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "boundaries.geojson.gz"
    path.write_bytes(gzip.compress(boundaries(tmp_path).read_bytes()))
    assert read_boundaries(path).codes == tuple(sorted(SQUARES))


def test_islands_and_rings_that_touch_themselves_are_areas(tmp_path: Path) -> None:
    bow_tie = [(-1.01, 52.0), (-1.0, 52.01), (-1.0, 52.0), (-1.01, 52.01), (-1.01, 52.0)]
    islands = [square(-1.01, 53, -1, 53.01)["coordinates"], square(-1.01, 54, -1, 54.01)["coordinates"]]
    path = tmp_path / "b.geojson"
    features = [
        feature(WEST, {"type": "Polygon", "coordinates": [bow_tie]}),
        feature(EAST, {"type": "MultiPolygon", "coordinates": islands}),
    ]
    path.write_text(json.dumps({"features": features}))
    areas = read_boundaries(path)
    assert near(areas, EAST, -1.001, 52.003) == [WEST]
    assert near(areas, WEST, -1.005, 53.005) == near(areas, WEST, -1.005, 54.005) == [EAST]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is not JSON"),
        ("[]", "is not a GeoJSON FeatureCollection with areas"),
        ('{"features": []}', "is not a GeoJSON FeatureCollection with areas"),
        ('{"features": {}}', "is not a GeoJSON FeatureCollection with areas"),
        ('{"features": [1]}', "feature 1 has no property PCON..CD"),
        (json.dumps({"features": [{"properties": {"WD24CD": "E05"}}]}), "feature 1 has no property PCON..CD"),
        (json.dumps({"features": [feature(WEST, None)]}), rf"feature 1 \({WEST}\) is not a polygon"),
        (json.dumps({"features": [feature(WEST, {"type": "Polygon"})]}), "is not a polygon"),
        (json.dumps({"features": [feature(WEST, {"type": "Point", "coordinates": [0, 52]})]}), "is not a polygon"),
        (
            json.dumps({"features": [feature(WEST, square(384000, 398000, 385000, 399000))]}),
            "has coordinates that are not degrees",
        ),
        (
            json.dumps({"features": [feature(WEST, square(0, 52, 1, 53)), feature(WEST, square(0, 52, 1, 53))]}),
            f"feature 2 has the code {WEST}, which an earlier one has",
        ),
    ],
)
def test_a_file_that_is_not_of_constituencies_is_refused(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "b.geojson"
    path.write_text(content)
    with pytest.raises(DataError, match=rf"b\.geojson.*{said}.*Download the Westminster"):
        read_boundaries(path)


def test_a_damaged_gzip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.geojson.gz"
    path.write_bytes(gzip.compress(boundaries(tmp_path).read_bytes())[:-12])
    with pytest.raises(DataError, match=r"b\.geojson\.gz is not a whole gzip file"):
        read_boundaries(path)


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"b\.geojson cannot be read: No such file or directory"):
        read_boundaries(tmp_path / "b.geojson")


def written(folder: Path, content: bytes) -> Path:
    path = folder / "b.geojson"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("corners", [(52.00, -1.01, 52.01, -1.00), (-80, 52, -79, 53), (0, 0, 1, 1), (-1, 40, 1, 70)])
def test_a_place_outside_the_country_is_refused(tmp_path: Path, corners: tuple[float, float, float, float]) -> None:
    text = json.dumps({"features": [feature(WEST, square(*corners))]})
    with pytest.raises(DataError, match=r"feature 1 .* does not lie in the United Kingdom: longitude .*\. Download"):
        read_boundaries(written(tmp_path, text.encode()))


def test_a_fault_in_the_json_is_named_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"b\.geojson:3: this line is not JSON: Expecting value \(column 1\)\. Download"
    ):
        read_boundaries(written(tmp_path, b'{\n"features":\n'))


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"features": ' + b"1" * 5_000 + b"}"])
def test_json_that_is_made_to_do_harm_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DataError, match="is not JSON of boundaries"):
        read_boundaries(written(tmp_path, content))


def test_latin_1_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"b\.geojson is not UTF-8 \(byte 14\)\. Download"):
        read_boundaries(written(tmp_path, '{"features": "Môn"}'.encode("latin-1").replace(b"M", b"", 1)))


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.world.build.boundaries._MOST_BYTES", 1_000)
    with pytest.raises(DataError, match=r"b\.geojson would unpack to more than 1,000 bytes"):
        read_boundaries(written(tmp_path, gzip.compress(bytes(1_001))))
