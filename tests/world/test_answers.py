"""What `askfirst lookup --json` prints, and its exit codes."""

from __future__ import annotations

import json

import pytest

from bot.engine.facts import PostcodeKind
from bot.world.answers import exit_code, lookup_json
from bot.world.world import WorldFacts
from tests.world.sample import TODAY, sample_world
from tests.world.small_index import CLACTON, LEEDS_CENTRAL, LEEDS_EAST, MANCHESTER_CENTRAL


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> WorldFacts:
    return sample_world(tmp_path_factory.mktemp("data"))


def test_a_found_postcode(world: WorldFacts) -> None:
    assert lookup_json(world, "m1 1ae", TODAY) == {
        "kind": "found",
        "status": "live",
        "constituencies": [
            {
                "code": MANCHESTER_CENTRAL,
                "name": "Manchester Central",
                "member": {"id": 4263, "name": "Lucy Powell", "party": "Labour (Co-op)"},
                "verdict": "no_record",
            }
        ],
        "verdict": "no_record",
        "data": {"postcodes": "2024-07-01", "members": "2026-06-27", "pledges": "2026-11-22"},
    }


def test_several_vacant_and_part(world: WorldFacts) -> None:
    several = lookup_json(world, "LS1 9ZZ", TODAY)
    assert (several["kind"], several["status"], several["verdict"]) == ("several", "newer_than_index", "several")
    assert [seat["code"] for seat in several["constituencies"]] == [LEEDS_CENTRAL, LEEDS_EAST]
    vacant = lookup_json(world, "CO15 1AA", TODAY)
    assert vacant["constituencies"] == [{"code": CLACTON, "name": "Clacton", "member": None, "verdict": "vacant"}]
    assert lookup_json(world, "M1", TODAY)["kind"] == "partial"


def test_northern_ireland_lists_its_18(world: WorldFacts) -> None:
    found = lookup_json(world, "BT7 1NN", TODAY)
    assert (found["kind"], found["status"]) == ("northern_ireland", None)
    assert len(found["constituencies"]) == 18


def test_without_a_constituency_the_verdict_is_unknown(world: WorldFacts) -> None:
    jersey = lookup_json(world, "JE2 3AB", TODAY)
    assert (jersey["kind"], jersey["reason"], jersey["verdict"]) == ("no_mp", "jersey", "unknown")
    for text, kind in (("LS99 9ZZ", "not_found"), ("hello", "not_a_postcode")):
        found = lookup_json(world, text, TODAY)
        assert (found["kind"], found["constituencies"], found["verdict"]) == (kind, [], "unknown")
        assert "reason" not in found


def test_it_is_plain_json_and_does_not_hold_the_text(world: WorldFacts) -> None:
    for text in ("M1 1AE", "ZZ9 9AF", "BFPO 57", "LS1 9ZZ"):
        assert text not in json.dumps(lookup_json(world, text, TODAY), allow_nan=False)


def test_exit_codes() -> None:
    assert {kind.value: exit_code(kind) for kind in PostcodeKind} == {
        "found": 0,
        "several": 0,
        "partial": 0,
        "northern_ireland": 1,
        "no_mp": 1,
        "not_found": 1,
        "not_a_postcode": 2,
    }


def test_the_docstring_names_every_key(world: WorldFacts) -> None:
    documented = lookup_json.__doc__ or ""
    for key in (*lookup_json(world, "JE2 3AB", TODAY), *lookup_json(world, "M1 1AE", TODAY)["constituencies"][0]):
        assert f"`{key}`" in documented
