"""The directory in the form that other directories read: JSON after the Human Services Data Specification (HSDS) 3.

A list of organizations, each with its service. What HSDS has no field for (topics, regulator, sources and the like)
travels as attributes of the service, whose terms belong to the taxonomy `Ask First`; so what is written here can be
read back without loss by `bot.world.build.hsds_reading`. Identifiers are made from ours, so the same entry always has
the same one. See docs/organisations.md and https://docs.openreferral.org/.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError
from jsonschema.validators import validator_for
from referencing.exceptions import Unresolvable

from bot.engine.languages import name_in
from bot.errors import DataError, Fault, shown_path
from bot.world.organisation_file import OrganisationFile, PhonePart, RegulatorPart, SourcePart
from bot.world.topics import TOPICS

TAXONOMY: Final = "Ask First"
AREA_URI: Final = "http://statistics.data.gov.uk/id/statistical-geography/"
TAG_NOTE: Final = "BCP 47: "
TERMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "id": "The entry's own short name",
        "assurer": "The role of whoever compared the entry with its sources",
        "crisis": "Whether people in danger or despair must find it at any time",
        "gives_immigration_advice": "Whether it advises people on their own asylum or immigration case",
        "regulator": "Who allows it to give immigration advice; `unknown` where nobody has looked",
        "regulator_reference": "Its number there",
        "regulator_source": "Where that was read",
        "regulator_checked_on": "When that was read",
        "phone_assured_date": "The day on which somebody saw that this number is right",
        "source": "Where the facts were read; the label says which, the metadata when",
    }
)
"""The terms of our taxonomy besides the topics, and what each means."""
_IDS: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:ask-first:directory")
_SCHEMA: Final = Path(__file__).with_name("hsds_schema.json")


def to_hsds(entries: Iterable[OrganisationFile]) -> list[dict[str, Any]]:
    """The entries as HSDS organizations, in the order given."""
    return [_organization(entry) for entry in entries]


def hsds_text(entries: Iterable[OrganisationFile]) -> str:
    """The same as text, ready to be written to a file."""
    return json.dumps(to_hsds(entries), ensure_ascii=False, indent=2) + "\n"


def own_schema() -> Any:
    """Our statement of the documented fields, types and required keys, for a list of organizations."""
    return json.loads(_SCHEMA.read_text(encoding="utf-8"))


def read_schema(path: Path) -> Any:
    """The official HSDS 3 schema as published by Open Referral: `organization.json`, compiled into one file (CC BY-SA,
    so it is not part of this project). Gives a schema for a list of organizations. Raises DataError."""
    file = shown_path(path)
    try:
        schema = json.loads(path.read_bytes())
        validator_for(schema, default=Draft202012Validator).check_schema(schema)
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error.strerror}); check its name.") from None
    except (ValueError, SchemaError):
        raise DataError(f"{file} is not a JSON Schema; download the compiled organization.json of HSDS 3.") from None
    is_list = isinstance(schema, dict) and schema.get("type") == "array"
    return schema if is_list else {"type": "array", "items": schema}


def schema_faults(organizations: object, file: str, schema: Any = None, most: int = 50) -> Iterator[Fault]:
    """Where JSON differs from a schema (ours, unless another is given): the first `most` places, each with its path."""
    validator = Draft202012Validator(own_schema() if schema is None else schema, format_checker=FormatChecker())
    try:
        errors = list(islice(validator.iter_errors(organizations), most + 1))
    except Unresolvable:
        message = "the schema refers to other files; take the compiled one, which stands in one file"
        yield Fault(file, 0, 0, "not-compiled", message)
        return
    for number, error in enumerate(errors):
        if number == most:
            yield Fault(file, 0, 0, "more-faults", f"more than {most} places differ from HSDS 3; mend these first")
            return
        path = "/".join(map(str, error.absolute_path)) or "the whole file"
        message = error.message if len(error.message) <= 160 else f"is not a valid `{error.validator}`"
        yield Fault(file, 0, 0, "not-hsds", f"{path}: {message}; correct it after HSDS 3")


def identifier(kind: str, *parts: object) -> str:
    """The identifier of one of our rows: always the same for the same thing."""
    return str(uuid.uuid5(_IDS, "/".join(map(str, (kind, *parts)))))


def language_name(tag: str) -> str:
    """The English name of a language that BCP 47 writes as `tag`."""
    return name_in(tag, "en")


def _organization(entry: OrganisationFile) -> dict[str, Any]:
    organization = entry.organization
    own = identifier("organization", organization.id)
    return _present(
        {
            "id": own,
            "name": organization.name,
            "alternate_name": organization.alternate_name,
            "description": entry.service.description,
            "website": organization.website,
            "services": [_service(entry, own)],
        }
    )


def _service(entry: OrganisationFile, organization: str) -> dict[str, Any]:
    service, key = entry.service, entry.organization.id
    own = identifier("service", key)
    return _present(
        {
            "id": own,
            "organization_id": organization,
            "name": service.name or entry.organization.name,
            "description": service.description,
            "url": service.url,
            "status": service.status,
            "interpretation_services": service.interpretation_services,
            "fees_description": service.fees_description,
            "eligibility_description": service.eligibility_description,
            "alert": service.alert,
            "assured_date": service.assured_date.isoformat(),
            "phones": [_phone(phone, key, own, at) for at, phone in enumerate(entry.phones)],
            "schedules": [
                {"id": identifier("schedule", key, at), "service_id": own, "description": one.description}
                for at, one in enumerate(entry.schedules)
            ],
            "service_areas": [
                {
                    "id": identifier("service_area", key, at, code),
                    "service_id": own,
                    "name": area.name,
                    "uri": AREA_URI + code,
                }
                for at, area in enumerate(entry.service_areas)
                for code in area.codes
            ],
            "languages": _languages(entry.languages, "service", key, own),
            "funding": [{"id": identifier("funding", key), "service_id": own, "source": entry.funding}]
            if entry.funding
            else [],
            "attributes": list(_attributes(entry, own)),
        }
    )


def _phone(phone: PhonePart, key: str, service: str, at: int) -> dict[str, Any]:
    own = identifier("phone", key, at)
    assured = phone.assured_date
    return _present(
        {
            "id": own,
            "service_id": service,
            "number": phone.number,
            "description": phone.description,
            "languages": _languages(phone.languages, "phone", f"{key}/{at}", own),
            "attributes": [attribute(own, "phone", "phone_assured_date", assured.isoformat())] if assured else [],
        }
    )


def _languages(tags: Sequence[str], entity: str, key: str, own: str) -> list[dict[str, Any]]:
    return [
        {
            "id": identifier("language", entity, key, at),
            f"{entity}_id": own,
            "name": language_name(tag),
            "code": tag.split("-")[0],
        }
        | ({"note": TAG_NOTE + tag} if "-" in tag else {})
        for at, tag in enumerate(tags)
    ]


def _attributes(entry: OrganisationFile, own: str) -> Iterator[dict[str, Any]]:
    for topic in entry.topics:
        yield attribute(own, "service", topic, None)
    yield attribute(own, "service", "id", entry.organization.id)
    yield attribute(own, "service", "assurer", entry.service.assurer)
    yield attribute(own, "service", "crisis", str(entry.crisis).lower())
    yield attribute(own, "service", "gives_immigration_advice", str(entry.gives_immigration_advice).lower())
    regulator = entry.regulator
    if isinstance(regulator, RegulatorPart):
        yield attribute(own, "service", "regulator", regulator.body)
        yield attribute(own, "service", "regulator_reference", regulator.reference)
        yield attribute(own, "service", "regulator_source", regulator.source)
        yield attribute(own, "service", "regulator_checked_on", regulator.checked_on.isoformat())
    elif regulator is not None:
        yield attribute(own, "service", "regulator", regulator)
    for at, source in enumerate(entry.sources):
        yield _source(source, own, at, entry.service.assurer)


def _source(source: SourcePart, own: str, at: int, assurer: str) -> dict[str, Any]:
    row = attribute(own, "service", "source", source.url, at)
    row["label"] = source.what
    days = {"seen": source.seen, "dated": source.date}
    row["metadata"] = [
        {
            "id": identifier("metadata", own, at, kind),
            "resource_id": row["id"],
            "resource_type": "attribute",
            "last_action_date": day.isoformat(),
            "last_action_type": kind,
            "field_name": "value",
            "previous_value": "",
            "replacement_value": source.url,
            "updated_by": assurer if kind == "seen" else "the source itself",
        }
        for kind, day in days.items()
        if day is not None
    ]
    return row


def attribute(own: str, entity: str, code: str, value: str | None, at: int = 0) -> dict[str, Any]:
    """One attribute of the row `own`: a topic (no value), or another term of ours with its value."""
    term = identifier("taxonomy_term", code)
    return _present(
        {
            "id": identifier("attribute", own, code, at),
            "link_id": own,
            "link_entity": entity,
            "link_type": "topic" if code in TOPICS else code,
            "taxonomy_term_id": term,
            "value": value,
            "taxonomy_term": {
                "id": term,
                "code": code,
                "name": TOPICS.get(code, code),
                "description": TERMS.get(code, f"Helps with: {TOPICS.get(code, code)}"),
                "taxonomy": TAXONOMY,
            },
        }
    )


def _present(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if value is not None and value != []}
