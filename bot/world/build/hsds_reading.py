"""Reads HSDS 3 JSON into entries of the directory: our own export without loss, those of others as far as they say
what an entry needs.

Accepted are a list of organizations with their services, a list of services with their organization, and one page of
either as an HSDS API answers it (`contents`). Each service becomes one entry. What is missing is said, never guessed:
a service that does not say whether it gives immigration advice is taken to give it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

import phonenumbers
from babel import Locale
from pydantic import ValidationError

from bot.errors import Fault
from bot.world.build.hsds import TAG_NOTE, TAXONOMY, schema_faults
from bot.world.organisation_file import OrganisationFile
from bot.world.topics import TOPICS

MAX_BYTES: Final = 50_000_000
_AREA = re.compile(r"[EKNSW][0-9]{8}")
_TOPIC_NAMES: Final = {name.casefold(): code for code, name in TOPICS.items()} | {code: code for code in TOPICS}
_DEFAULT_ASSURER: Final = "directory editor"

Row = Mapping[str, Any]


def read_hsds(data: bytes, file: str, faults: list[Fault]) -> tuple[OrganisationFile, ...]:
    """The entries of an HSDS file, in its order; what is wrong is added to `faults`, which carry the name `file`."""
    rows = _rows(data, file, faults)
    if rows is None:
        return ()
    organizations = [_as_organization(row) for row in rows]
    before = len(faults)
    faults.extend(schema_faults(organizations, file))
    if len(faults) > before:
        return ()
    entries = []
    for organization in organizations:
        for service in organization.get("services", ()):
            entry = _entry(organization, service, file, faults)
            if entry is not None:
                entries.append(entry)
    first: dict[str, OrganisationFile] = {}
    for entry in entries:
        if first.setdefault(entry.organization.id, entry) is not entry:
            message = f"two services would both be `{entry.organization.id}.yaml`; give one another name"
            faults.append(Fault(file, 0, 0, "duplicate-id", message))
    if not entries and len(faults) == before:
        faults.append(Fault(file, 0, 0, "empty", "names no service; export it with the services of the organizations"))
    return tuple(entries)


def _rows(data: bytes, file: str, faults: list[Fault]) -> list[Row] | None:
    if len(data) > MAX_BYTES:
        faults.append(Fault(file, 0, 0, "too-big", f"is larger than {MAX_BYTES:,} bytes; split it"))
        return None
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        faults.append(Fault(file, 0, 0, "not-utf-8", "is not UTF-8 text; save it with the encoding UTF-8"))
        return None
    except json.JSONDecodeError as error:
        message = f"is not JSON ({error.msg.lower()}); export it again"
        faults.append(Fault(file, error.lineno, error.colno, "not-json", message))
        return None
    except RecursionError:
        faults.append(Fault(file, 0, 0, "too-deep", "is nested too deeply to be HSDS; export it again"))
        return None
    if isinstance(content, dict):
        content = content.get("contents", [content])
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        faults.append(
            Fault(file, 0, 0, "not-hsds", "must be a list of HSDS organizations or services; export it again")
        )
        return None
    return content


def _as_organization(row: Row) -> Row:
    """A service that carries its organization, turned round; anything else as it is."""
    if "services" in row or not isinstance(row.get("organization"), dict):
        return row
    service = {key: value for key, value in row.items() if key != "organization"}
    return {**row["organization"], "services": [service]}


def _entry(organization: Row, service: Row, file: str, faults: list[Fault]) -> OrganisationFile | None:
    name = str(service["name"])
    before = len(faults)

    def fault(rule: str, message: str) -> None:
        faults.append(Fault(file, 0, 0, rule, f"the service `{name[:60]}` {message}"))

    ours = dict(_ours(service))
    topics = list(_topics(service))
    if not topics:
        fault("no-topic", f"names none of our topics; add an attribute with one of these codes: {', '.join(TOPICS)}")
    areas = list(_areas(service))
    if not areas:
        fault("no-area", "has no service area with a GSS code at the end of its `uri`; add one")
    if "assured_date" not in service:
        fault("no-date", "has no `assured_date`; add the day on which it was last checked")
    sources = list(_sources(service))
    languages = [_tag(one) for one in service.get("languages", ())]
    phones = [_phone(one) for one in service.get("phones", ()) or organization.get("phones", ())]
    for tag in (*languages, *(tag for phone in phones for tag in phone["languages"])):
        if tag is None:
            fault("unknown-language", "names a language without a code; add its ISO 639 code")
    if len(faults) > before:
        return None
    given = {
        "organization": {
            "id": ours.get("id") or _short_name(name),
            "name": organization["name"],
            "alternate_name": organization.get("alternate_name"),
            "website": organization.get("website") or service.get("url"),
        },
        "service": {
            "name": None if name == organization["name"] else name,
            "description": service.get("description") or organization["description"],
            "assurer": ours.get("assurer", _DEFAULT_ASSURER),
            **{key: service.get(key) for key in _SERVICE_FIELDS},
        },
        "topics": topics,
        "crisis": ours.get("crisis") == "true",
        "gives_immigration_advice": ours.get("gives_immigration_advice") != "false",
        "funding": "; ".join(one["source"] for one in service.get("funding", ()) if one.get("source")) or None,
        "regulator": _regulator(ours),
        "phones": phones,
        "schedules": [
            {"description": text} for one in service.get("schedules", ()) if (text := one.get("description"))
        ],
        "service_areas": areas,
        "languages": languages or ["en"],
        "sources": sources,
    }
    try:
        return OrganisationFile.model_validate(given)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            path = ".".join(str(part) for part in problem["loc"] if "[" not in str(part))
            fault("wrong-value", f"cannot be an entry: {path}: {problem['msg']}; correct it")
        return None


_SERVICE_FIELDS: Final = (
    *("url", "status", "eligibility_description", "interpretation_services", "fees_description"),
    *("alert", "assured_date"),
)


def _terms(row: Row) -> Iterator[tuple[Row, Row]]:
    for attribute in row.get("attributes", ()):
        yield attribute, attribute.get("taxonomy_term", {})


def _ours(row: Row) -> Iterator[tuple[str, str]]:
    for attribute, term in _terms(row):
        if term.get("taxonomy") == TAXONOMY and "code" in term and "value" in attribute:
            yield term["code"], attribute["value"]


def _topics(service: Row) -> Iterator[str]:
    found = dict.fromkeys(
        _TOPIC_NAMES[word]
        for attribute, term in _terms(service)
        if "value" not in attribute
        for word in (str(term.get("code", "")).casefold(), str(term.get("name", "")).casefold())
        if word in _TOPIC_NAMES
    )
    yield from found


def _areas(service: Row) -> Iterator[dict[str, Any]]:
    """Rows of the same name that follow each other are one area made of several codes."""
    together: dict[str, Any] | None = None
    for row in service.get("service_areas", ()):
        code = str(row.get("uri", "")).rstrip("/").rpartition("/")[2]
        if not _AREA.fullmatch(code):
            continue
        name = row.get("name") or code
        if together is not None and together["name"] == name:
            together["codes"].append(code)
            continue
        if together is not None:
            yield together
        together = {"name": name, "codes": [code]}
    if together is not None:
        yield together


def _phone(row: Row) -> dict[str, Any]:
    number = str(row["number"]).strip()
    if number.startswith("+44"):
        try:
            parsed = phonenumbers.parse(number)
            number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
        except phonenumbers.NumberParseException:
            pass  # the rules of the directory say what is wrong with it
    return {
        "number": number,
        "description": row.get("description"),
        "languages": [_tag(one) for one in row.get("languages", ())],
        "assured_date": dict(_ours(row)).get("phone_assured_date"),
    }


def _tag(row: Row) -> str | None:
    note, code = str(row.get("note", "")), row.get("code")
    if note.startswith(TAG_NOTE):
        return note.removeprefix(TAG_NOTE)
    if code:
        return str(code)
    name = str(row.get("name", "")).casefold()
    english = Locale("en").languages
    return next((tag.replace("_", "-") for tag, known in english.items() if known.casefold() == name), None)


def _regulator(ours: Mapping[str, str]) -> dict[str, Any] | str | None:
    body = ours.get("regulator")
    if body is None or body == "unknown":
        return body
    return {
        "body": body,
        "reference": ours.get("regulator_reference"),
        "source": ours.get("regulator_source"),
        "checked_on": ours.get("regulator_checked_on"),
    }


def _sources(service: Row) -> Iterator[dict[str, Any]]:
    for attribute, term in _terms(service):
        if term.get("taxonomy") != TAXONOMY or term.get("code") != "source":
            continue
        days = {one["last_action_type"]: one["last_action_date"] for one in attribute.get("metadata", ())}
        yield {
            "url": attribute.get("value"),
            "what": attribute.get("label"),
            "seen": days.get("seen"),
            "date": days.get("dated"),
        }


def _short_name(name: str) -> str:
    """A file name for an entry that comes from elsewhere: its name in small letters, digits and _."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "_", plain.replace("'", "")).strip("_")[:64] or "entry"
