"""Made-up entries of the directory, for tests that read and write them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from bot.world.organisation_file import OrganisationFile
from bot.world.topics import TOPICS

ENTRY = """\
# Keep the number in step with the poster.
organization:
  id: example_advice
  name: Example Advice # the name on the door
  website: https://example.org/

service:
  description: Advice about housing in Manchester.
  status: active
  alert: "Closed on Fridays: ring first."
  assured_date: 2026-10-01
  assurer: directory editor

topics: [housing]
gives_immigration_advice: false

phones:
  # the line of the office
  - number: 0161 234 5000
    description: Monday, 9:00 to 17:00.
    assured_date: 2026-10-01

service_areas:
  - name: Manchester
    codes: [E08000003]

languages: [en, fa-AF, ckb]

sources:
  - url: http://example.org/about
    date: 2026-10-01
    seen: 2026-10-01
    what: Its own page
"""

_words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" "), min_size=1, max_size=30)
texts = _words.map(str.strip).filter(bool)
days = st.dates(dt.date(2000, 1, 1), dt.date(2026, 11, 1)).map(dt.date.isoformat)
_tags = st.lists(st.sampled_from(["en", "ar", "ckb", "fa-AF", "zh-Hans", "cy"]), unique=True, max_size=3)
_codes = st.lists(st.sampled_from(["E08000003", "S12000049", "K02000001", "E12000007"]), min_size=1, max_size=3)
_phones = st.fixed_dictionaries(
    {"number": st.sampled_from(["999", "85258", "0161 234 5000", "08000 121 700", "08001111"])},
    optional={"description": texts, "languages": _tags, "assured_date": days},
)
_regulators = st.just("unknown") | st.fixed_dictionaries(
    {"body": st.sampled_from(["IAA", "SRA"]), "reference": texts, "source": texts, "checked_on": days}
)
_sources = st.fixed_dictionaries({"url": texts, "seen": days, "what": texts}, optional={"date": days})


def _entry(given: dict[str, Any]) -> OrganisationFile:
    return OrganisationFile.model_validate(given)


entries: st.SearchStrategy[OrganisationFile] = st.fixed_dictionaries(
    {
        "organization": st.fixed_dictionaries(
            {
                "id": st.from_regex(r"[a-z0-9_]{1,12}", fullmatch=True),
                "name": texts,
                "website": st.just("https://a.org/"),
            },
            optional={"alternate_name": texts},
        ),
        "service": st.fixed_dictionaries(
            {
                "description": texts,
                "status": st.sampled_from(["active", "inactive", "defunct", "temporarily closed"]),
                "assured_date": days,
                "assurer": texts,
            },
            optional={
                "name": texts,
                "url": st.just("https://a.org/b"),
                "eligibility_description": texts,
                "interpretation_services": texts,
                "fees_description": texts,
                "alert": texts,
            },
        ),
        "topics": st.lists(st.sampled_from(list(TOPICS)), min_size=1, max_size=3, unique=True),
        "gives_immigration_advice": st.booleans(),
        "service_areas": st.lists(
            st.fixed_dictionaries({"name": texts, "codes": _codes}),
            min_size=1,
            max_size=3,
            unique_by=lambda one: one["name"],
        ),
        "languages": _tags.filter(bool),
        "sources": st.lists(_sources, min_size=1, max_size=3),
    },
    optional={
        "crisis": st.booleans(),
        "funding": texts,
        "regulator": _regulators,
        "phones": st.lists(_phones, max_size=3),
        "schedules": st.lists(st.fixed_dictionaries({"description": texts}), max_size=2),
    },
).map(_entry)
"""Entries whose words are anything that can be typed. No two names of areas are the same."""
