"""A person says that a fact on their card is wrong: which one, and what, by buttons alone.

Nothing of it is kept in the session. What has been chosen so far travels in the buttons (`_report:subject:wrong`), and
the card that was interrupted is drawn again from where the conversation stands. No free text is taken: a person who is
asked what is wrong would tell their story.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.engine.cards import BOLD_NAME
from bot.engine.drawing import REPORTS, draw, in_pairs, in_reading_order, speaking, subjects_of, ways_out
from bot.engine.facts import Subject
from bot.engine.model import BACK, Block, Card, Edit, Key, Line, Reply, Report, Session, Tapped, Text
from bot.engine.wording import Wording
from bot.engine.world import World

_WHICH: Final = Text("report.which", "Which one is wrong?")
_WHAT: Final = Text(
    "report.what",
    "What is wrong? I send only what you press to the people who keep this list. I send nothing about you.",
)
_THANKS: Final = Text("report.thanks", "Thank you. I pass this on to the people who keep this list.")

# The label of a button.
_NUMBER: Final = Text("report.number", "The phone number does not answer")
# The label of a button. The organisation is closed for good.
_CLOSED: Final = Text("report.closed", "It is closed")
# The label of a button. The languages that the organisation speaks.
_LANGUAGES: Final = Text("report.languages", "The languages are wrong")
# The label of a button.
_NOT_MP: Final = Text("report.not_mp", "This MP is not the MP any more")
# The label of a button.
_OTHER: Final = Text("report.other", "Something else")

# What can be said of each kind of subject, by the word that is passed on.
REPORTABLE: Final[Mapping[str, Mapping[str, Text]]] = {
    "organisation": {"number": _NUMBER, "closed": _CLOSED, "languages": _LANGUAGES, "other": _OTHER},
    "member": {"not_mp": _NOT_MP, "other": _OTHER},
}


def report_tapped(world: World, session: Session, event: Tapped) -> tuple[Reply, ...] | None:
    """The answer to a button of a report; None if this is none, or not one that the card could have now."""
    word, *chosen = event.data.split(":")
    if word != REPORTS or "report" not in world.offers or session.language is None:
        return None
    today = event.at.date()
    subjects = {subject.id: subject for subject in subjects_of(world, session, today, event.hint)}
    wording = Wording(speaking(world, session.language, event.hint))
    match chosen:
        case [""]:
            return (Edit(draw(world, session, today, event.hint)),)
        case []:
            if len(subjects) == 1:
                return (Edit(_what(world, session, wording, *subjects.values())),)
            return (Edit(_which(world, session, wording, tuple(subjects.values()))),) if subjects else None
        case [name] if name in subjects:
            return (Edit(_what(world, session, wording, subjects[name])),)
        case [name, wrong] if name in subjects and wrong in REPORTABLE[subjects[name].kind]:
            card = draw(world, session, today, event.hint)
            thanks = Block("report.thanks", (wording.line(_THANKS, {}),))
            return (Report(subjects[name], wrong), Edit(replace(card, blocks=(thanks, *card.blocks))))
    return None


def _which(world: World, session: Session, wording: Wording, subjects: tuple[Subject, ...]) -> Card:
    keys = [Key(subject.name, f"{REPORTS}:{subject.id}") for subject in subjects]
    return _card(world, session, wording, (wording.line(_WHICH, {}),), keys)


def _what(world: World, session: Session, wording: Wording, subject: Subject) -> Card:
    keys = [
        Key(wording.label(label), f"{REPORTS}:{subject.id}:{wrong}")
        for wrong, label in REPORTABLE[subject.kind].items()
    ]
    lines = (wording.line(BOLD_NAME, {"name": subject.name}), wording.line(_WHAT, {}))
    return _card(world, session, wording, lines, keys)


def _card(world: World, session: Session, wording: Wording, lines: tuple[Line, ...], keys: list[Key]) -> Card:
    back = world.flows[BACK].label if BACK in world.flows else None
    ways = [Key(wording.label(back), f"{REPORTS}:")] if back else []
    ways += [key for key in ways_out(world, session, wording) if key.data != BACK]
    rows = in_reading_order([*((key,) for key in keys), *in_pairs(ways)], wording)
    return Card((Block("report", lines),), rows, wording.catalogue.language, wording.rtl)
