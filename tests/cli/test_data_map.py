"""`askfirst data map`: writes the picture, or says why not."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bot.cli import data_map
from bot.errors import ConfigError, DataError
from tests.cli.data_action import ROOT, run
from tests.world.sample import sample_data


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A configuration of its own, with a small data folder and the shipped map."""
    (tmp_path / "data").mkdir()
    shutil.copy(ROOT / "data/map.csv", sample_data(tmp_path / "data"))
    for folder in ("flows", "locales"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    return tmp_path / "bot_config.yaml"


@pytest.mark.parametrize("language", ["en", "ar", "pl"])
def test_it_writes_a_picture_of_the_shipped_data(
    tmp_path: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "map.svg"
    assert run(data_map, "map", "--out", str(out), "--lang", language) == 0
    assert "650 constituencies" in capsys.readouterr().out
    root = ET.parse(out).getroot()  # noqa: S314  (made here)
    assert root.get("lang") == language
    assert len(list(root.iter("{http://www.w3.org/2000/svg}use"))) == 650 + 6


def test_a_language_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"`xx`; choose one of .*ar.*en"):
        run(data_map, "map", "--out", str(tmp_path / "map.svg"), "--lang", "xx")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        run(data_map, "map", "--out", str(tmp_path / "no" / "map.svg"))


def test_a_map_with_faults_is_not_drawn(project: Path, tmp_path: Path) -> None:
    path = tmp_path / "data/map.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(DataError, match="missing-code"):
        run(data_map, "map", "--out", str(tmp_path / "map.svg"), config=project)
    assert not (tmp_path / "map.svg").exists()


def test_boundaries_that_are_none_leave_the_map_as_it_is(project: Path, tmp_path: Path) -> None:
    before = (tmp_path / "data/map.csv").read_bytes()
    wrong = tmp_path / "wrong.geojson"
    wrong.write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match=r"wrong\.geojson"):
        run(data_map, "map", "--build", str(wrong), config=project)
    assert (tmp_path / "data/map.csv").read_bytes() == before


def test_it_does_one_thing_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ((), ("--out", "a.svg", "--build", "b")):
        with pytest.raises(SystemExit) as stop:
            run(data_map, "map", *arguments)
        assert stop.value.code == 2
    capsys.readouterr()
