"""Languages by their tags: their CLDR locale, and what people call them, in their own language and in others.

Names and formats are CLDR's, through Babel. The tables here stand only for what CLDR lacks or names in a way that its
speakers do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from babel import Locale, UnknownLocaleError

# CLDR has no language `prs`: it treats Dari as the Persian of Afghanistan, and names that locale "Dari" (CLDR,
# `<language type="fa_AF">`); and it calls Kurmanji by the tag of all Kurdish, `ku`. The tags are those of ISO 639-3.
_CLDR: Mapping[str, str] = {"prs": "fa_AF", "kmr": "ku"}

# Dari: CLDR has no name for it in itself; its other locales of Persian and Pashto call it دری. Kurmanji: CLDR's `kmr`
# adds "(Tirkîye)" to its `ku`, "kurdî (kurmancî)". Sorani: CLDR says "Central Kurdish"; its speakers, and the
# Migrant Help guides that are made for them, say Kurdish Sorani.
_OWN_NAMES: Mapping[str, str] = {"prs": "دری", "kmr": "Kurdî (Kurmancî)", "ckb": "کوردی (سۆرانی)"}

# What people type that CLDR does not list. Kurdish alone may be either of two.
_ALSO: Mapping[str, tuple[str, ...]] = {
    "bn": ("Bangla", "Bengali"),
    "ckb": ("Sorani", "Kurdish", "Kurdi", "کوردی", "Kurdish Sorani"),
    "en": ("Eng",),
    "fa": ("Farsi", "Parsi", "Iranian"),
    "kmr": ("Kurmanji", "Kurmancî", "Kurdish", "Kurdî", "Kurdish Kurmanji"),
    "pa": ("Panjabi", "Gurmukhi"),
    "prs": ("Dari", "Farsi Dari", "فارسی دری", "Afghan Persian"),
    "ps": ("Pashto", "Pushto", "Pakhto", "پشتو"),
    "sw": ("Swahili", "Kiswahili"),
    "ti": ("Tigrigna", "Tigrinja", "Habesha"),
    "zh-Hans": ("Chinese", "Mandarin", "中文", "普通话", "汉语", "简体中文", "Zhongwen"),
}

# In which order languages are offered: first those of people who asked for asylum in the UK or whose communities say
# that they fear to be reported, then those that most people speak here (asylum claims to 2025, Census 2021 main
# language, and the languages that Migrant Help, the Refugee Council and Doctors of the World publish in).
_LIKELY = (
    *("ar", "ur", "fa", "ps", "ckb", "prs", "ti", "sq", "pa", "bn", "es", "pt", "am", "zh-Hans"),
    *("vi", "fr", "ro", "pl", "so", "tr", "hi", "ta", "sw", "ru", "uk", "kmr", "cy"),
)
# Tags that telephones send for more than one of our languages.
_SHARED: Mapping[str, tuple[str, ...]] = {"fa": ("fa", "prs"), "ku": ("kmr", "ckb")}


def hinted(tag: str, hint: str | None) -> bool:
    """Whether a language is one that a hint such as `ar`, `pt-BR` or `ku` may mean."""
    if hint is None:
        return False
    primary = hint.lower().replace("_", "-").split("-")[0]
    return tag.lower().split("-")[0] in _SHARED.get(primary, (primary,))


def by_need(tags: Iterable[str], hint: str | None) -> list[str]:
    """The languages in the order in which they are offered: hinted ones, English, then the others."""
    return sorted(
        tags,
        key=lambda tag: (not hinted(tag, hint), tag != "en", _LIKELY.index(tag) if tag in _LIKELY else 99, tag),
    )


def locale_of(tag: str) -> Locale:
    """The CLDR locale that formats a language's dates, numbers and lists. Raises UnknownLocaleError or ValueError."""
    return Locale.parse(_CLDR.get(tag, tag.replace("-", "_")))


@lru_cache(1_000)
def own_name(tag: str) -> str:
    """What the language is called by its own speakers; its tag if CLDR has no such language. The first call reads its
    data, which takes some milliseconds."""
    try:
        locale = locale_of(tag)
    except (UnknownLocaleError, ValueError):
        return tag
    return _OWN_NAMES.get(tag) or str(locale.get_display_name(locale) or tag)


def name_in(tag: str, locale: str) -> str:
    """The name of a language in another one (CLDR), or its tag where CLDR has no name for it."""
    names = Locale.parse(locale).languages
    try:
        found = names.get(_CLDR.get(tag, tag)) or locale_of(tag).get_display_name(locale)
    except (UnknownLocaleError, ValueError):
        found = None
    return str(found or tag)


def names_of(tag: str, locales: Iterable[str]) -> Iterator[str]:
    """Every name by which people may mean a language: its own, those in these CLDR locales, and common others."""
    yield tag
    yield own_name(tag)
    yield from own_name(tag).replace(")", "").split(" (")
    yield from _ALSO.get(tag, ())
    for locale in locales:
        names = Locale.parse(locale).languages
        yield from (name for key in (tag, _CLDR.get(tag), tag.split("-")[0]) if key and (name := names.get(key)))
