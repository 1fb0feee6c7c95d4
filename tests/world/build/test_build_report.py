"""The report of a build in words, and what makes it suspicious."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot.world.build.build_report import AddressReport, BuildReport, described, suspicions
from bot.world.build.index_changes import Change, IndexChanges

SOUND = BuildReport(
    live=1_746_525,
    terminated=885_011,
    without_constituency=21_185,
    ambiguous=58_325,
    sectors=12_000,
    size=908_139,
    date=dt.date(2024, 7, 1),
    sha256="0" * 64,
    near_boundary_m=50,
    boundaries=650,
)
BEFORE = IndexChanges(dt.date(2024, 5, 1), 1_000_000)


def test_a_sound_build_is_not_suspicious() -> None:
    assert suspicions(SOUND) == {}
    assert suspicions(replace(SOUND, changes=BEFORE)) == {}


@pytest.mark.parametrize(
    ("report", "word", "said"),
    [
        (replace(SOUND, live=1_599_999), "few-live", "only 1,599,999 live postcodes, fewer than 1,600,000"),
        (replace(SOUND, boundaries=632), "other-seats", "the boundaries have 632 constituencies, not 650"),
        (replace(SOUND, boundaries=651), "other-seats", "the boundaries have 651 constituencies, not 650"),
        (
            replace(SOUND, changes=replace(BEFORE, moved=Change(20_001))),
            "many-moved",
            "20,001 live postcodes (2.0 %, over 2 %) have another constituency",
        ),
        (
            replace(SOUND, changes=replace(BEFORE, before=dt.date(2024, 8, 1))),
            "older",
            "its postcodes are of July 2024, and those of the present index of August 2024",
        ),
    ],
)
def test_each_suspicion_has_its_word(report: BuildReport, word: str, said: str) -> None:
    found = suspicions(report)
    assert list(found) == [word]
    assert said in found[word]


@pytest.mark.parametrize(
    "report",
    [
        replace(SOUND, live=1_600_000),
        replace(SOUND, changes=replace(BEFORE, moved=Change(20_000))),
        replace(SOUND, changes=replace(BEFORE, before=dt.date(2024, 7, 1))),
        replace(SOUND, changes=IndexChanges(dt.date(2024, 5, 1), 0)),
    ],
)
def test_the_limits_themselves_are_sound(report: BuildReport) -> None:
    assert suspicions(report) == {}


def test_several_suspicions_are_all_named() -> None:
    report = replace(SOUND, live=1, boundaries=1, changes=replace(BEFORE, moved=Change(900_000)))
    assert list(suspicions(report)) == ["few-live", "other-seats", "many-moved"]


def test_the_report_reads_like_a_text() -> None:
    assert list(described(SOUND)) == [
        "Postcodes of July 2024: 1,746,525 live, 885,011 terminated.",
        "650 constituencies in the boundaries; 58,325 postcodes (2.2 %) have several candidates, 21,185 have none.",
        "Candidates are constituencies within 50 m of a postcode.",
        "There was no index before.",
    ]


def test_what_changed_is_a_table_with_examples() -> None:
    changed = replace(
        BEFORE, new=Change(1_234, (("M1", 800), ("LS2", 34))), moved=Change(2, (("CF10", 2),)), gone=Change()
    )
    assert list(described(replace(SOUND, changes=changed)))[3:] == [
        "Against the present index of May 2024 (1,000,000 live postcodes):",
        "  new                              1,234   M1 800, LS2 34 and others",
        "  gone                                 0",
        "  revived, live again                  0",
        "  terminated                           0",
        "  moved, another constituency          2   CF10 2",
        "  placed, had no constituency          0",
        "  other neighbours                     0",
    ]


def test_nothing_changed_and_nothing_known_are_said() -> None:
    assert (
        list(described(replace(SOUND, changes=BEFORE)))[-1] == "Nothing changed against the present index of May 2024."
    )
    assert list(described(replace(SOUND, unreadable="It is damaged.")))[-1] == (
        "What changed is not known: It is damaged."
    )


def test_addresses_are_described_in_place_of_the_distance_alone() -> None:
    found = AddressReport(lines=40_000_000, split=9_000, single=1_700_000, contradicted=12, unknown=3)
    assert list(described(replace(SOUND, addresses=found)))[2:5] == [
        "By 40,000,000 addresses, 1,700,000 postcodes lie in one constituency and 9,000 in several; for all others, "
        "candidates are constituencies within 50 m.",
        "12 postcodes have no address in the constituency that the postcode file names; it stays their last candidate.",
        "3 postcodes of addresses are not in the postcode file, and were left out.",
    ]
    assert len(list(described(replace(SOUND, addresses=replace(found, contradicted=0, unknown=0))))) == 4
