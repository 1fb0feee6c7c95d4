"""The closed list of things people ask help with.

The keys are what `topics:` in `data/organisations/*.yaml` and the flows may name; the values are their English names,
as buttons show them (gettext msgids, context `topic`). The order here is the order of the buttons.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TOPICS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "asylum": "Asylum",
        "immigration": "Immigration",
        "detention": "Detention",
        "destitution": "Destitution and no recourse to public funds",
        "housing": "Housing",
        "health": "Health",
        "women": "Women and domestic abuse",
        "children": "Children and young people",
        "work": "Work rights and exploitation",
        "lgbt": "LGBT+",
        "mental_health": "Mental health and crisis",
        "trafficking": "Trafficking",
    }
)

ADVICE_TOPICS: Final = frozenset({"asylum", "immigration", "detention"})
"""Where advice on a person's own case may only come from a qualified person (Immigration and Asylum Act 1999, s.84).

Asylum claims, leave, entry, removal, deportation and immigration bail are the "relevant matters" of s.82; housing,
benefits, health and work are not.
"""
