"""The parts of a card that are put together from facts: the members of a place, and organisations.

Every fact is followed by its date, and every date by what it is the date of. The texts here are translated like those
of the flows (gettext context `card.…`).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.engine.facts import ConstituencyAnswer, Organisation, PlaceAnswer, Subject, Verdict, taken_back
from bot.engine.model import Line, Span, Text
from bot.engine.wording import Code, Lines, Month, Names, Value, Wording

_YOUR_MP = Text("card.your_mp", "Your MP is **{member}**, {party}, for {constituency}.")
_ONE_OF = Text("card.one_of", "Your postcode is in or near more than one constituency. Your MP is one of these:")
_CANDIDATE = Text("card.candidate", "- {constituency}: **{member}**, {party}")
_CANDIDATE_VACANT = Text("card.candidate_vacant", "- {constituency}: nobody, as far as we know")
_CANDIDATE_UNKNOWN = Text("card.candidate_unknown", "- {constituency}")
_CANDIDATE_VERDICT = Text("card.candidate_verdict", "- {constituency}: {member}. {verdict}")
_CANDIDATE_VACANT_VERDICT = Text("card.candidate_vacant_verdict", "- {constituency}. {verdict}")
_EXAMPLE = Text("card.example", "This is an example for training. The place and the person are invented.")
_AS_OF = Text("card.as_of", "MPs as of {members}. Pledges as of {pledges}. Postcodes as of {postcodes}.")
_AS_OF_NO_POSTCODE = Text("card.as_of_no_postcode", "MPs as of {members}. Pledges as of {pledges}.")
_AS_OF_MEMBERS = Text("card.as_of_members", "MPs as of {members}.")
_NOT_FRESH = Text(
    "card.not_fresh",
    "Our list of MPs is not new. Your MP may have changed. You can check at [members.parliament.uk]({page}).",
)
_MEMBERS_PAGE = "https://members.parliament.uk/FindYourMP"

VERDICT_TEXTS = {
    Verdict.PLEDGED: Text("card.verdict.pledged", "Has signed the pledge."),
    Verdict.UNCONFIRMED: Text(
        "card.verdict.unconfirmed", "Signed the pledge in the past. We could not confirm that the promise still stands."
    ),
    Verdict.WITHDRAWN: Text("card.verdict.withdrawn", "Signed the pledge, and later took the signature back."),
    Verdict.NO_RECORD: Text("card.verdict.no_record", "We have no record of a signature."),
    Verdict.VACANT: Text("card.verdict.vacant", "There is no MP now, as far as we know."),
    Verdict.UNKNOWN: Text("card.verdict.unknown", "We cannot tell."),
}

# Of a signature, often only the day of the report that names it is known.
_SIGNED = {
    "on": Text("card.signed", "{member} signed on {signed}. [Source]({source})"),
    "by": Text("card.signed_by", "{member} signed on {signed} or before. [Source]({source})"),
}
_CONFIRMED = Text("card.confirmed", "{member} confirmed it on {confirmed}.")
_WITHDRAWN = Text("card.withdrawn", "{member} took it back on {withdrawn}.")
_VACANT = Text("card.vacant", "{constituency} has no MP, as far as we know.")
_VACANT_SINCE = Text("card.vacant_since", "{constituency} has had no MP since {since}, as far as we know.")

# The pledge's own words, and a letter about it, are English in every language: an MP reads English.
_PLEDGE = (
    "As a member of parliament, I pledge to represent and advocate for all people living in my constituency as equal "
    "members of the local community, regardless of their immigration status. My constituency and surgery are safe "
    "places and I welcome all my constituents to seek representation free from fear of immigration enforcement. I will "
    "not report on anyone who seeks my advice to the Home Office for immigration enforcement and will ensure my office "
    "correctly handles sensitive personal information to prevent this from happening."
)
_LETTER = (
    "Dear {member},",
    "",
    "I live in {constituency}. I am writing to ask you to sign the pledge “MPs Not Border Guards”, which Migrants "
    "Organise and Global Justice Now launched in June 2018, or to confirm it if you have signed it.",
    "",
    "Between September 2012 and May 2018, MPs made 723 reports to the Home Office for immigration enforcement. "
    "Organisations that help migrants wrote to the Speaker in October 2018 that many people are now afraid to contact "
    "their MP. Everyone in {constituency} should be able to speak to you without that fear.",
    "",
    "The pledge says: “{pledge}”",
    "",
    "Please tell me if you will sign it, and please say so in public.",
    "",
    "Yours sincerely,",
    "[your name]",
    "[your address and postcode]",
)

BOLD_NAME = Text("card.organisation", "**{name}**")
_WEBSITE = Text("card.website", "Website: [{shown}]({url})")
_PHONE = Text("card.phone", "Phone: {number}")
_PHONE_OF = Text("card.phone_of", "Phone: {number}. {description}")
_HOURS = Text("card.hours", "Open: {hours}")
_AREA = Text("card.area", "Where: {area}")
_ELIGIBILITY = Text("card.eligibility", "For whom: {eligibility}")
_COST = Text("card.cost", "Cost: {cost}")
_LANGUAGES = Text("card.languages", "Languages: {languages}")
_INTERPRETERS = Text("card.interpreters", "It has interpreters.")
_ALERT = Text("card.alert", "Please note: {alert}")
_FUNDING = Text("card.funding", "Who pays for it: {funding}")
_REGULATOR = Text("card.regulator", "Registered to give immigration advice: {body}, {reference}")
_CHECKED = Text("card.checked", "We compared this with published sources in {month}.")


def your_mp(answer: PlaceAnswer) -> Lines:
    """Names the member, or the candidates of an ambiguous place."""

    def lines(wording: Wording) -> tuple[Line, ...]:
        first = answer.constituencies[0] if answer.constituencies else None
        out = _example(answer, wording)
        if first and len(answer.constituencies) == 1 and first.member:
            out.append(wording.line(_YOUR_MP, _names(first)))
        elif len(answer.constituencies) > 1:
            out.append(wording.line(_ONE_OF, {}))
            for seat in answer.constituencies:
                out.append(wording.line(_candidate(seat), _names(seat)))
        return tuple(out)

    return Lines(lines)


def candidates(answer: PlaceAnswer) -> Lines:
    """Each candidate of an ambiguous place with the verdict on its member."""

    def lines(wording: Wording) -> tuple[Line, ...]:
        out = _example(answer, wording)
        for seat in answer.constituencies:
            text = _CANDIDATE_VERDICT if seat.member else _CANDIDATE_VACANT_VERDICT
            out.append(wording.line(text, {**_names(seat), "verdict": VERDICT_TEXTS[seat.verdict]}))
        return tuple(out)

    return Lines(lines)


def as_of(answer: PlaceAnswer) -> Lines:
    """The dates of the data the answer was made from, and how to check when the list of members is not fresh."""

    def lines(wording: Wording) -> tuple[Line, ...]:
        dates = answer.dates
        if dates.members is None:
            return ()
        values: dict[str, Value] = {"members": dates.members, "pledges": dates.pledges or ""}
        if dates.pledges is None:
            out = [wording.line(_AS_OF_MEMBERS, values)]
        elif dates.postcodes is None:
            out = [wording.line(_AS_OF_NO_POSTCODE, values)]
        else:
            out = [wording.line(_AS_OF, {**values, "postcodes": Month(dates.postcodes)})]
        if not answer.members_fresh:
            out.append(wording.line(_NOT_FRESH, {"page": Code(_MEMBERS_PAGE)}))
        return tuple(out)

    return Lines(lines)


def signatures(answer: PlaceAnswer) -> Lines:
    """When each member of the place signed, confirmed or took back the pledge, and where that is published."""

    def lines(wording: Wording) -> tuple[Line, ...]:
        out = []
        for seat in answer.constituencies:
            if seat.member is None or seat.pledge is None:
                continue
            pledge, member = seat.pledge, seat.member.name
            signed: dict[str, Value] = {"signed": pledge.signed_on, "source": Code(pledge.source)}
            out.append(wording.line(_SIGNED[pledge.signed_on_is], {"member": member, **signed}))
            if pledge.withdrawn_on and taken_back(pledge):
                out.append(wording.line(_WITHDRAWN, {"member": member, "withdrawn": pledge.withdrawn_on}))
            elif pledge.confirmed_on:
                out.append(wording.line(_CONFIRMED, {"member": member, "confirmed": pledge.confirmed_on}))
        return tuple(out)

    return Lines(lines)


def vacancies(answer: PlaceAnswer) -> Lines:
    """Which seats are vacant, and since when."""

    def lines(wording: Wording) -> tuple[Line, ...]:
        out = _example(answer, wording)
        for seat in answer.constituencies:
            if seat.verdict is Verdict.VACANT and seat.vacant_since:
                out.append(wording.line(_VACANT_SINCE, {"constituency": seat.name, "since": seat.vacant_since}))
            elif seat.verdict is Verdict.VACANT:
                out.append(wording.line(_VACANT, {"constituency": seat.name}))
        return tuple(out)

    return Lines(lines)


def organisation_cards(organisations: tuple[Organisation, ...]) -> Lines:
    """Organisations one below the other, an empty line between them."""

    def lines(wording: Wording) -> tuple[Line, ...]:
        out: list[Line] = []
        for organisation in organisations:
            if out:
                out.append(())
            out.extend(_organisation(organisation, wording))
        return tuple(out)

    return Lines(lines)


def numbers(organisations: tuple[Organisation, ...]) -> tuple[str, ...]:
    """Their telephone numbers, each once, in the order of the cards."""
    return tuple(dict.fromkeys(phone.number for organisation in organisations for phone in organisation.phones))


def subjects(organisations: tuple[Organisation, ...]) -> tuple[Subject, ...]:
    """What the cards of these organisations are about."""
    return tuple(Subject("organisation", organisation.id, organisation.name) for organisation in organisations)


def members(answer: PlaceAnswer) -> tuple[Subject, ...]:
    """The sitting members that an answer is about; the invented ones of the sandbox are not."""
    return tuple(
        Subject("member", seat.code, seat.member.name)
        for seat in answer.constituencies
        if seat.member is not None and not seat.example
    )


def _organisation(organisation: Organisation, wording: Wording) -> list[Line]:
    def own(msgid: str) -> Text:
        return Text(f"organisation.{organisation.id}", msgid)

    shown = (urlsplit(organisation.url).hostname or "").removeprefix("www.")
    out: list[Line] = [
        wording.line(BOLD_NAME, {"name": organisation.name}),
        wording.plain(own(organisation.description)),
        wording.line(_AREA, {"area": Names(organisation.area_names)}),
    ]
    if organisation.eligibility:
        out.append(wording.line(_ELIGIBILITY, {"eligibility": own(organisation.eligibility)}))
    for phone in organisation.phones:
        values: dict[str, Value] = {"number": Code(phone.number), "description": own(phone.description)}
        out.append(wording.line(_PHONE_OF if phone.description else _PHONE, values))
    if organisation.hours:
        out.append(wording.line(_HOURS, {"hours": own(organisation.hours)}))
    if organisation.cost:
        out.append(wording.line(_COST, {"cost": own(organisation.cost)}))
    if set(organisation.languages) - {"en"}:
        names = tuple(wording.language_name(tag) for tag in organisation.languages)
        out.append(wording.line(_LANGUAGES, {"languages": Names(names)}))
    if organisation.interpretation:
        out.append(wording.line(_INTERPRETERS, {}))
    if organisation.url:
        out.append(wording.line(_WEBSITE, {"shown": Code(shown), "url": Code(organisation.url)}))
    if organisation.regulator:
        regulator = organisation.regulator
        out.append(wording.line(_REGULATOR, {"body": regulator.body, "reference": Code(regulator.reference)}))
    if organisation.funding:
        out.append(wording.line(_FUNDING, {"funding": own(organisation.funding)}))
    if organisation.alert:
        out.append(wording.line(_ALERT, {"alert": own(organisation.alert)}))
    out.append(wording.line(_CHECKED, {"month": Month(organisation.assured_date)}))
    return out


def _example(answer: PlaceAnswer, wording: Wording) -> list[Line]:
    """The notice over everything that is said of an invented place."""
    return [wording.line(_EXAMPLE, {})] if any(seat.example for seat in answer.constituencies) else []


def _candidate(seat: ConstituencyAnswer) -> Text:
    if seat.member:
        return _CANDIDATE
    return _CANDIDATE_VACANT if seat.verdict is Verdict.VACANT else _CANDIDATE_UNKNOWN


def _names(seat: ConstituencyAnswer) -> dict[str, str]:
    names = {"constituency": seat.name}
    if seat.member:
        names |= {"member": seat.member.name, "party": seat.member.party}
    return names


PLEDGE = Lines(lambda wording: ((Span(f"“{_PLEDGE}”"),),))


def letter(member: str, constituency: str) -> Lines:
    """A letter that asks this MP to sign, in English, with gaps for the sender."""

    def lines(wording: Wording) -> tuple[Line, ...]:
        filled = (line.format(member=member, constituency=constituency, pledge=_PLEDGE) for line in _LETTER)
        return tuple((Span(line),) if line else () for line in filled)

    return Lines(lines)
