"""Whether a person has reviewed a translation: who, and when. It stands in the comment above a catalogue's header,
where Poedit and Weblate leave it alone:

    # Reviewed-by: Refugee Council interpreters, 2026-11-26

Who is a role or an organisation, never a person's name.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_LINE = re.compile(r"^#?[ \t]*Reviewed-by:[ \t]*(\S.*?)[ \t]*$\n?", re.MULTILINE | re.IGNORECASE)
_DATED = re.compile(r"(.+?)[ \t]*,[ \t]*([0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody's word that a translation is right. `on` is None where no day was written."""

    by: str
    on: dt.date | None

    def __str__(self) -> str:
        return f"{self.by}, {self.on.isoformat()}" if self.on else self.by


def review_in(comment: str) -> Review | None:
    """The review that a catalogue's comment names."""
    line = _LINE.search(comment)
    if line is None:
        return None
    dated = _DATED.fullmatch(line[1])
    try:
        return Review(dated[1], dt.date.fromisoformat(dated[2])) if dated else Review(line[1], None)
    except ValueError:  # a day that no calendar has
        return Review(line[1], None)


def with_review(comment: str, review: Review | None) -> str:
    """The comment with this review in place of any before it."""
    kept = _LINE.sub("", comment).rstrip("\n")
    if review is None:
        return kept
    return f"{kept}\n# Reviewed-by: {review}" if kept else f"# Reviewed-by: {review}"
