"""The directory as HSDS 3: valid for others, and ours again when it comes back."""

from __future__ import annotations

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.errors import Fault
from bot.world.build.hsds import hsds_text, identifier, language_name, schema_faults, to_hsds
from bot.world.build.hsds_reading import read_hsds
from bot.world.organisation_file import OrganisationFile
from bot.world.topics import TOPICS
from bot.yamlfile import read
from tests.world.entries import entries

SHIPPED = Path(__file__).parents[3] / "data" / "organisations"


def shipped() -> list[OrganisationFile]:
    documents = [read(path, OrganisationFile, []) for path in sorted(SHIPPED.glob("*.yaml"))]
    return [document.model for document in documents if document is not None]


def read_back(content: object) -> tuple[tuple[OrganisationFile, ...], list[Fault]]:
    faults: list[Fault] = []
    return read_hsds(json.dumps(content).encode(), "feed.json", faults), faults


# --- our own export


def test_the_shipped_directory_is_valid_hsds_and_comes_back_as_it_was() -> None:
    text = hsds_text(shipped())
    assert list(schema_faults(json.loads(text), "x")) == []
    faults: list[Fault] = []
    assert read_hsds(text.encode(), "x", faults) == tuple(shipped())
    assert faults == []


@settings(max_examples=100, deadline=None)
@given(st.lists(entries, min_size=1, max_size=3, unique_by=lambda one: one.organization.id))
def test_export_and_import_give_back_the_same_entries(given_entries: list[OrganisationFile]) -> None:
    # A service that repeats its organisation's name says the same as one without a name of its own.
    assume(all(one.service.name != one.organization.name for one in given_entries))
    text = hsds_text(given_entries)
    assert list(schema_faults(json.loads(text), "x")) == []
    faults: list[Fault] = []
    assert read_hsds(text.encode(), "x", faults) == tuple(given_entries)
    assert faults == []


def test_the_same_entry_always_has_the_same_identifiers_and_no_two_rows_share_one() -> None:
    assert to_hsds(shipped()) == to_hsds(shipped())
    assert identifier("phone", "a", 0) != identifier("phone", "a", 1) != identifier("phone", "b", 1)
    found: list[str] = []

    def collect(value: Any, key: str = "") -> None:
        if isinstance(value, dict) and key != "taxonomy_term":
            found.append(value["id"])
            for inner, one in value.items():
                collect(one, inner)
        elif isinstance(value, list):
            for one in value:
                collect(one, key)

    collect(to_hsds(shipped()))
    assert len(found) == len(set(found)) > 1000


def test_what_others_know_by_name_stands_in_the_fields_of_the_standard() -> None:
    (one,) = (row for row in to_hsds(shipped()) if row["name"] == "Migrant Help")
    (service,) = one["services"]
    assert service["funding"][0]["source"].startswith("A charity. The Home Office pays")
    assert service["interpretation_services"]
    assert service["service_areas"][0]["uri"].endswith("/K02000001")
    assert service["phones"][0]["number"] == "0808 8010 503"
    assert dt.date.fromisoformat(service["assured_date"])
    topics = {row["taxonomy_term"]["name"] for row in service["attributes"] if row["link_type"] == "topic"}
    assert topics == {TOPICS["destitution"], TOPICS["housing"]}


@pytest.mark.parametrize(
    ("tag", "name"), [("en", "English"), ("ckb", "Central Kurdish"), ("fa-AF", "Persian (Afghanistan)")]
)
def test_languages_have_english_names(tag: str, name: str) -> None:
    assert language_name(tag) == name


# --- what comes from others


FOREIGN: dict[str, Any] = {
    "id": "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610",
    "name": "Example Org",
    "description": "A charity.",
    "website": "https://example.org/",
    "services": [
        {
            "id": "ac148810-d857-441c-9679-408f346de14b",
            "name": "Night Shelter – Leeds",
            "description": "A bed for the night.",
            "status": "active",
            "assured_date": "2026-10-01",
            "phones": [{"id": "1554f2e2-a373-45db-a3fa-9fc48a61c15e", "number": "+44 161 234 5000"}],
            "languages": [{"id": "2989d3ed-c547-48f8-8f9d-432d81c7892e", "name": "Urdu"}],
            "service_areas": [
                {
                    "id": "381c64f1-a724-4884-9c21-ac96c21cca3e",
                    "name": "Leeds",
                    "uri": "http://statistics.data.gov.uk/id/statistical-geography/E08000035",
                }
            ],
            "attributes": [
                {
                    "id": "ae58cc39-8b70-4ab1-8aea-786882e5ac8e",
                    "taxonomy_term": {
                        "id": "3f7b145d-84af-42d7-8fae-eaca714b02b2",
                        "name": "Housing",
                        "description": "A place to live",
                    },
                }
            ],
        }
    ],
}


def foreign(**service: Any) -> dict[str, Any]:
    """The foreign organization with some fields of its service replaced; None takes one out."""
    row = copy.deepcopy(FOREIGN)
    row["services"][0] |= service
    row["services"][0] = {key: value for key, value in row["services"][0].items() if value is not None}
    return row


def test_an_organization_of_another_directory_becomes_an_entry() -> None:
    (entry,), faults = read_back([FOREIGN])
    assert faults == []
    assert entry.organization.id == "night_shelter_leeds"
    assert (entry.organization.name, entry.service.name) == ("Example Org", "Night Shelter – Leeds")
    assert entry.phones[0].number == "0161 234 5000"
    assert entry.phones[0].assured_date is None
    assert (entry.topics, entry.languages, entry.service_areas[0].codes) == (("housing",), ("ur",), ("E08000035",))
    assert entry.gives_immigration_advice  # it does not say so, so the careful answer
    assert entry.sources == ()


def test_services_with_their_organization_and_pages_of_an_api_are_read_too() -> None:
    service = {**FOREIGN["services"][0], "organization": {k: v for k, v in FOREIGN.items() if k != "services"}}
    expected, _ = read_back([FOREIGN])
    for content in ([service], {"contents": [service]}, service, {"contents": [FOREIGN]}, FOREIGN):
        assert read_back(content) == (expected, [])


@pytest.mark.parametrize(
    ("rule", "content", "hint"),
    [
        ("not-hsds", [{"name": "no id"}], "'id' is a required property"),
        ("not-hsds", [foreign(status="open")], "services/0/status"),
        ("not-hsds", [foreign(id="17")], "'17' is not a 'uuid'"),
        ("not-hsds", ["words"], "list of HSDS organizations"),
        ("not-hsds", "words", "list of HSDS organizations"),
        ("no-topic", [foreign(attributes=None)], "asylum, immigration"),
        ("no-area", [foreign(service_areas=None)], "GSS code"),
        ("no-date", [foreign(assured_date=None)], "assured_date"),
        ("unknown-language", [foreign(languages=[{"id": "2989d3ed-c547-48f8-8f9d-432d81c7892e"}])], "ISO 639"),
        ("wrong-value", [{k: v for k, v in FOREIGN.items() if k != "website"}], "organization.website"),
        ("empty", [], "names no service"),
        ("duplicate-id", [FOREIGN, FOREIGN], "night_shelter_leeds.yaml"),
    ],
)
def test_what_cannot_be_an_entry_is_named(rule: str, content: object, hint: str) -> None:
    _, faults = read_back(content)
    assert rule in {fault.rule for fault in faults}
    assert any(hint in fault.message and fault.file == "feed.json" for fault in faults)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b'[{"id": 1,', "not-json"),
        (b"\xff\xfe", "not-utf-8"),
        (b"[" * 100_000, "too-deep"),
        (b"", "not-json"),
    ],
)
def test_what_is_no_json_is_named_with_its_place(data: bytes, rule: str) -> None:
    faults: list[Fault] = []
    assert read_hsds(data, "feed.json", faults) == ()
    assert [fault.rule for fault in faults] == [rule]


def test_only_the_first_faults_of_a_file_that_is_something_else_are_listed() -> None:
    faults = list(schema_faults([{}] * 1000, "x"))
    assert len(faults) == 51
    assert faults[-1].rule == "more-faults"
