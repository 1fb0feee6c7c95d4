"""A whole data folder for tests: the shipped constituencies and members, a small index, a register and a directory."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from bot.world.build.pack import pack_index
from bot.world.limits import Limits
from bot.world.world import WorldFacts, load_world
from tests.world.small_index import ENTRIES

SHIPPED = Path(__file__).parents[2] / "data"
TODAY = dt.date(2026, 11, 22)
INDEX_DATE = dt.date(2024, 7, 1)


def sample_data(folder: Path) -> Path:
    """Puts the files of a data folder into `folder`: shipped ones, and the index of `ENTRIES`."""
    for name in ("constituencies.csv", "members.csv", "pledges.yaml"):
        shutil.copy(SHIPPED / name, folder / name)
    (folder / "postcodes.idx").write_bytes(pack_index(sorted(ENTRIES.items()), date=INDEX_DATE, near_boundary_m=50))
    directory = folder / "organisations"
    directory.mkdir()
    for name, area, code, topic, crisis in (
        ("everywhere", "UK", "K02000001", "housing", "true"),
        ("north_west", "North West", "E12000002", "housing", "false"),
        ("oldham", "Oldham", "E08000004", "health", "false"),
        ("scotland", "Scotland", "S92000003", "housing", "true"),
    ):
        text = ORGANISATION.format(id=name, area=area, code=code, topic=topic, crisis=crisis)
        (directory / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def sample_world(
    folder: Path, today: dt.date = TODAY, limits: Limits | None = None, sandbox: bool = True
) -> WorldFacts:
    """The world of a new data folder."""
    return load_world(sample_data(folder), limits or Limits(), today, sandbox)


ORGANISATION = """\
organization:
  id: {id}
  name: Example {id}
  website: https://example.org/{id}
service:
  description: Helps for example.
  status: active
  assured_date: 2026-11-01
  assurer: directory editor
topics: [{topic}]
gives_immigration_advice: false
crisis: {crisis}
phones:
  - number: 0161 234 5000
    assured_date: 2026-11-01
service_areas:
  - name: {area}
    codes: [{code}]
languages: [en]
sources:
  - url: https://example.org/{id}
    date: 2026-11-01
    seen: 2026-11-01
    what: Its own page
"""
