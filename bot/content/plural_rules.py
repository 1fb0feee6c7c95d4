"""Whether the plural rule in the header of a translation is that of its language."""

from __future__ import annotations

from collections.abc import Callable

from babel import Locale

# CLDR's rules for whole numbers repeat after a hundred; what it says of millions, gettext's usual rules leave out.
_NUMBERS = range(201)


def plural_mismatch(locale: str, form: Callable[[int], int]) -> str | None:
    """What is wrong with a rule beside CLDR's for this locale; None if both tell the same numbers apart. In which
    order the forms stand is the header's own affair."""
    category = Locale.parse(locale).plural_form
    seen: dict[str, int] = {}
    taken: dict[int, str] = {}
    for number in _NUMBERS:
        kind, own = category(number), form(number)
        before = seen.setdefault(kind, own)
        if before != own:
            other = next(one for one in _NUMBERS if category(one) == kind)
            return f"the rule parts {other} from {number}, which CLDR counts alike (`{kind}`)"
        if taken.setdefault(own, kind) != kind:
            other = next(one for one in _NUMBERS if form(one) == own)
            return f"the rule counts {other} and {number} alike, which CLDR parts (`{taken[own]}`, `{kind}`)"
    return None
