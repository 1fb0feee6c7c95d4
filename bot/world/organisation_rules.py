"""The rules of a directory file that a schema cannot state, each with its remedy.

docs/organisations.md gives them in words for the people who keep the files; docs/decisions/0005 gives the reasons.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterator
from typing import Final

import phonenumbers
from babel import Locale, UnknownLocaleError
from dateutil.relativedelta import relativedelta

from bot.errors import Fault
from bot.world.organisation_file import WIDE_AREAS, OrganisationFile, RegulatorPart, texts
from bot.world.topics import ADVICE_TOPICS, TOPICS
from bot.yamlfile import Document, Path_

MAX_TEXT: Final = 200
"""Characters of one text on a card: cards are read on small telephones, and every text is translated."""
RECENT: Final = relativedelta(months=24)
"""A service without a source dated within this time before `assured_date` must carry an alert."""
TOO_OLD: Final = relativedelta(years=5)
"""A service whose sources are all dated longer than this before `assured_date` may not be listed."""
SHORT_NUMBERS: Final = frozenset({"999", "112", "111", "101", "116000", "116123"})
_SMS_CODE: Final = re.compile(r"[6-8][0-9]{4}")
_ID: Final = re.compile(r"[a-z0-9_]{1,64}")


def check(
    document: Document[OrganisationFile], stem: str, today: dt.date, known_areas: frozenset[str]
) -> Iterator[Fault]:
    """What is wrong in one file that could be read. `stem` is its name without `.yaml`."""
    yield from _identity(document, stem)
    yield from _topics(document)
    yield from _areas(document, known_areas)
    yield from _contacts(document)
    yield from _texts(document)
    yield from _dates(document, today)
    yield from _evidence(document)


def _identity(document: Document[OrganisationFile], stem: str) -> Iterator[Fault]:
    given, place = document.model.organization.id, ("organization", "id")
    if not _ID.fullmatch(given):
        yield document.fault(place, "wrong-id", f"`{given}`: use only small letters, digits and _ (a-z, 0-9)")
    elif given != stem:
        yield document.fault(
            place, "id-not-file-name", f"the id is `{given}` but the file is `{stem}.yaml`; make them the same"
        )


def _topics(document: Document[OrganisationFile]) -> Iterator[Fault]:
    entry = document.model
    for index, topic in enumerate(entry.topics):
        if topic not in TOPICS:
            close = difflib.get_close_matches(topic, TOPICS, n=1)
            hint = f"did you mean `{close[0]}`?" if close else f"the topics are: {', '.join(TOPICS)}"
            yield document.fault(("topics", index), "unknown-topic", f"`{topic}` is not a topic; {hint}")
    advised = sorted(ADVICE_TOPICS.intersection(entry.topics))
    if entry.gives_immigration_advice and advised and entry.regulator is None:
        yield document.fault(
            ("gives_immigration_advice",),
            "no-regulator",
            f"gives immigration advice under {', '.join(advised)} but names no `regulator`; "
            "add the regulator's entry, or write `regulator: unknown`: then it is not offered for these topics",
        )


def _areas(document: Document[OrganisationFile], known_areas: frozenset[str]) -> Iterator[Fault]:
    for index, area in enumerate(document.model.service_areas):
        for at, code in enumerate(area.codes):
            if code not in known_areas and code not in WIDE_AREAS:
                yield document.fault(
                    ("service_areas", index, "codes", at),
                    "unknown-area",
                    f"`{code}` is not the GSS code of a nation, region, council or constituency; correct it",
                )
        fixed = WIDE_AREAS.get(area.codes[0]) if len(area.codes) == 1 else None
        if fixed is not None and area.name != fixed:
            yield document.fault(
                ("service_areas", index, "name"),
                "area-name",
                f"{area.codes[0]} is called `{fixed}` everywhere, not `{area.name}`; change the name",
            )


def _contacts(document: Document[OrganisationFile]) -> Iterator[Fault]:
    entry = document.model
    links = ((("organization", "website"), entry.organization.website), (("service", "url"), entry.service.url))
    for path, link in links:
        if link is not None and not link.startswith("https://"):
            yield document.fault(path, "not-https", f"`{link}` must start with https://; find the safe address")
    for index, phone in enumerate(entry.phones):
        problem = phone_problem(phone.number)
        if problem:
            yield document.fault(("phones", index, "number"), "wrong-phone", f"`{phone.number}` {problem}")
    spoken: list[tuple[Path_, str]] = [(("languages", at), tag) for at, tag in enumerate(entry.languages)]
    for index, phone in enumerate(entry.phones):
        spoken += [(("phones", index, "languages", at), tag) for at, tag in enumerate(phone.languages)]
    for place, tag in spoken:
        if not _is_language(tag):
            yield document.fault(
                place,
                "unknown-language",
                f"`{tag}` is not a language code; use one such as en, ar, ckb, fa-AF (Dari) or zh-Hans",
            )


def phone_problem(number: str) -> str | None:
    """What is wrong with a telephone number or text code, as the rest of a sentence; None if nothing is."""
    plain = number.replace(" ", "")
    if plain in SHORT_NUMBERS or _SMS_CODE.fullmatch(plain):
        return None
    if not re.fullmatch(r"0[1-9][0-9 ]*", number):
        return "must be written as people in the UK dial it: digits and spaces, starting with 0"
    try:
        parsed = phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException:
        return "is not a telephone number; correct it"
    if parsed.country_code != 44 or not phonenumbers.is_valid_number(parsed):
        return "is not a UK number that can be dialled; count its digits"
    return None


def _is_language(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return False
    return True


def _texts(document: Document[OrganisationFile]) -> Iterator[Fault]:
    for path, text in texts(document.model):
        if len(text) > MAX_TEXT:
            yield document.fault(
                path, "too-long", f"has {len(text)} characters; {MAX_TEXT} are allowed, so make it shorter"
            )


def _dates(document: Document[OrganisationFile], today: dt.date) -> Iterator[Fault]:
    entry = document.model
    days: list[tuple[Path_, dt.date | None]] = [(("service", "assured_date"), entry.service.assured_date)]
    days += [(("phones", at, "assured_date"), one.assured_date) for at, one in enumerate(entry.phones)]
    for at, source in enumerate(entry.sources):
        days += [(("sources", at, "seen"), source.seen), (("sources", at, "date"), source.date)]
    if isinstance(entry.regulator, RegulatorPart):
        days.append((("regulator", "checked_on"), entry.regulator.checked_on))
    for path, day in days:
        if day is not None and day > today:
            yield document.fault(path, "future-date", f"{day} is after today ({today}); write the day it was checked")


def _evidence(document: Document[OrganisationFile]) -> Iterator[Fault]:
    """The rules of docs/decisions/0005: no date may claim more than the sources show."""
    entry = document.model
    assured = entry.service.assured_date
    if not entry.sources:
        yield document.fault(("sources",), "no-source", "names no source; write where these facts can be read")
        return
    if assured > max(source.seen for source in entry.sources):
        yield document.fault(
            ("service", "assured_date"),
            "unsourced-date",
            f"{assured} is after the last day on which a source was read; read one again, and write that day as `seen`",
        )
    dated = {source.date for source in entry.sources if source.date is not None}
    for index, phone in enumerate(entry.phones):
        if phone.assured_date is not None and phone.assured_date not in dated:
            yield document.fault(
                ("phones", index, "assured_date"),
                "unsourced-date",
                f"no source has the date {phone.assured_date}; add the source that gave this number on that day",
            )
    newest = max(dated, default=None)
    if newest is not None and newest + TOO_OLD < assured and all(source.date for source in entry.sources):
        yield document.fault(
            ("sources",), "old-evidence", f"the newest source is of {newest}; find a newer one, or remove this file"
        )
    if (newest is None or newest + RECENT < assured) and entry.service.alert is None:
        yield document.fault(
            ("service",),
            "needs-alert",
            "no source is dated within the last 24 months, so people must be told; add an `alert`",
        )
    regulator = entry.regulator
    if isinstance(regulator, RegulatorPart) and regulator.checked_on + RECENT < assured:
        yield document.fault(
            ("regulator", "checked_on"), "old-regulator", "was checked over 24 months ago; look it up again"
        )


def repeated(documents: list[Document[OrganisationFile]]) -> Iterator[Fault]:
    """Ids and names that stand in more than one file, reported at the later one."""
    ids: dict[str, str] = {}
    names: dict[str, str] = {}
    for document in documents:
        entry = document.model
        first = ids.setdefault(entry.organization.id, document.file)
        if first != document.file:
            yield document.fault(
                ("organization", "id"), "duplicate-id", f"`{entry.organization.id}` is used in {first} too; change one"
            )
        for name in {entry.service.name or entry.organization.name, entry.organization.alternate_name}:
            first = names.setdefault(name.casefold(), document.file) if name else document.file
            if first != document.file:
                yield document.fault(
                    ("organization", "name"), "duplicate-name", f"`{name}` is listed in {first} too; remove one of them"
                )
