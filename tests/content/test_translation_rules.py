"""The check of translations as a whole: what it finds stands at its line, and good translations have no findings."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.content.catalogues import load_catalogues
from bot.content.flows import FlowDocument, flow_paths, read_flows
from bot.content.translation_rules import EASY_LABEL, check_translations, remarks_on
from bot.content.translation_sources import Source, sources_of
from bot.content.writing_systems import WritingSystem, writing_of
from bot.errors import Fault
from tests.content.editor import ROOT, steps
from tests.content.test_catalogues import entry, header

LOCALES = ROOT / "locales"


@cache
def documents() -> dict[str, FlowDocument]:
    """The shipped flows."""
    found: dict[str, FlowDocument] = {}
    read_flows(flow_paths(ROOT / "flows"), [], found)
    return found


@cache
def sources() -> list[Source]:
    """Every English text that is shipped."""
    return sources_of(documents().values(), LOCALES / "askfirst.pot", [])


@cache
def pairs() -> list[tuple[str, Source, str]]:
    """Every text that is shown, with each form of each of its translations, and their languages."""
    return [
        (tag, source, form)
        for tag, catalogue in sorted(load_catalogues(LOCALES).items())
        for source in sources()
        if not source.typed
        for form in catalogue.messages.get((source.context, source.ids[0]), ())
    ]


def rules(form: str, source: Source, tag: str) -> set[str]:
    return {remark.rule for remark in remarks_on(form, source, writing_of(tag))}


# --- what is shipped


def test_the_shipped_translations_have_no_findings() -> None:
    assert list(check_translations(load_catalogues(LOCALES).values(), documents().values(), LOCALES)) == []


def test_twenty_eight_languages_take_two_seconds_at_most(tmp_path: Path) -> None:
    shutil.copytree(LOCALES, tmp_path / "locales")
    spanish = (LOCALES / "es/LC_MESSAGES/askfirst.po").read_text(encoding="utf-8").replace('"Language: es\\n"\n', "")
    others = iter(("de", "it", "nl", "sv", "da", "nb"))  # their plural rule is the same
    while len(list(tmp_path.glob("locales/*/LC_MESSAGES"))) < 27:
        folder = tmp_path / "locales" / next(others) / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "askfirst.po").write_text(spanish, encoding="utf-8")
    catalogues = load_catalogues(tmp_path / "locales").values()
    assert len(catalogues) >= 28
    begun = time.process_time()
    list(check_translations(catalogues, documents().values(), tmp_path / "locales"))
    assert time.process_time() - begun < 2  # half a second where nothing else runs


def test_each_text_is_known_with_its_use() -> None:
    by_key = {(one.context, one.ids[0]): one for one in sources()}
    assert len(by_key) == len(sources()) > 400
    back = by_key["_back._", "← Back"]
    assert (back.label, back.about, back.typed, back.organisation) == (True, False, False, "")
    leave = by_key["_forget._", "Leave now"]
    assert (leave.label, leave.about) == (True, True)
    assert by_key["words.help", "help"].typed
    assert by_key["organisation.boaz_trust", by_boaz()].organisation == "boaz_trust"


def by_boaz() -> str:
    return next(one.ids[0] for one in sources() if one.context == "organisation.boaz_trust")


# --- a slip in a good translation is found, wherever it happens

WORD = re.compile(r"(?<![\w{/@.])[^\W\d_]{4,}(?![\w}./@])")


def at_a_word(form: str, change: Callable[[str], str], writing: WritingSystem | None = None) -> str | None:
    """The form with its last plain word changed, or with the last of those in its own script."""
    found = [word for word in WORD.finditer(masked(form)) if writing is None or writing.has(word[0][-1])]
    return form[: found[-1].start()] + change(found[-1][0]) + form[found[-1].end() :] if found else None


def without_last(form: str, pattern: str, instead: str = "") -> str | None:
    """The form without the last of something, or with something else at its place."""
    found = list(re.finditer(pattern, masked(form)))
    return form[: found[-1].start()] + instead + form[found[-1].end() :] if found else None


def masked(form: str) -> str:
    """The form with something else at the place of each address."""
    return re.sub(r"(?<=\])\([^)]*\)", lambda address: "-" * len(address[0]), form)


FOUR_WORDS = re.compile(r"^[^“]*\b[a-z]{4,} [a-z]+ [a-z]+ [a-z]{4,}\b")
Mutation = Callable[[str, Source, WritingSystem], str | None]
MUTATIONS: Mapping[str, tuple[str, Mutation]] = {
    "a value twice": ("placeholder-count", lambda form, *_: re.sub(r"(\{[a-z_]+\})", r"\1 \1", form, count=1)),
    "two lines in one": ("line-count", lambda form, *_: form.replace("\n", " ", 1)),
    "a line more": ("line-count", lambda form, *_: form + "\n."),
    "a space before": ("edge-space", lambda form, *_: " " + form),
    "a space twice": ("double-space", lambda form, *_: re.sub(r"(?<=\w) (?=\w)", "  ", form, count=1)),
    "no mark at the end": ("end-mark", lambda form, *_: without_last(form, r"[.。۔።।:：፦]\Z")),
    "another mark at the end": ("end-mark", lambda form, *_: without_last(form, r"[.。۔።।]\Z", "…")),
    "the mark of Latin": (
        "foreign-mark",
        lambda form, _, writing: at_a_word(form, lambda word: f"{word},", writing) if "," in writing.marks else None,
    ),
    "digits of another script": ("own-digits", lambda form, *_: without_last(form, "[0-9]", "٣")),
    "another number": ("numbers", lambda form, *_: without_last(form, r"(?<!\S)999(?!\S)", "998")),
    "a number more": ("numbers", lambda form, *_: at_a_word(form, lambda word: f"{word} 4711")),
    "half a quotation": ("quotes", lambda form, *_: without_last(form, "[”»」“]")),
    "half a bracket": ("brackets", lambda form, *_: without_last(form, "[)）]")),
    "a letter of another script": ("foreign-letters", lambda form, *_: at_a_word(form, lambda word: f"{word}ա")),
    "a direction mark": ("direction-mark", lambda form, *_: "\u200f" + form),
    "a foreign word": (
        "latin-words",
        lambda form, _, writing: None if writing.latin else f"zuverlässig {form}",
    ),
    "the English": (
        "unchanged-text",
        lambda _, source, __: source.ids[-1] if FOUR_WORDS.search(masked(source.ids[-1])) else None,
    ),
}


@pytest.mark.parametrize("slip", MUTATIONS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_slip_in_a_good_translation_is_found(slip: str, data: st.DataObject) -> None:
    rule, mutate = MUTATIONS[slip]
    tag, source, form = data.draw(st.sampled_from(applicable(slip)))
    mutated = mutate(form, source, writing_of(tag))
    assert mutated is not None
    assert rule in rules(mutated, source, tag)


@cache
def applicable(slip: str) -> list[tuple[str, Source, str]]:
    """The translations in which a slip can happen."""
    _, mutate = MUTATIONS[slip]
    return [one for one in pairs() if mutate(one[2], one[1], writing_of(one[0])) not in (None, one[2])]


# --- a translation made of the English word by word has no findings

ALPHABETS = {
    "es": "abcdefgijlmnoprstuvz",
    "ru": "абвгдежзиклмнопрстуф",
    "am": "ሀለሐመሠረሰሸቀበተቸኀነኘአከኸወ",
    "fa": "ابپتجچحخدرزسشفقلمنو",
    "ur": "ابپتجچحخدرزسشفقلمنو",
    "hi": "कखगघचछजझटठडढणतथदधनप",
    "zh-Hans": "你好我们他人大小多少上下左右天地山水火",
}
KEPT = re.compile(r"\{[a-z_]+\}|\]\([^)\s]+\)|(?<!\S)/[a-z]+|[A-Za-z]+[0-9]+[A-Z]*|[0-9]+[A-Za-z]+|“[^”\n]*”|\S+\.\S+")
MARK = re.compile(r"[.,;?!:](?=\s|\Z|\*\*|[)“”])")


@given(st.sampled_from(list(ALPHABETS)), st.sampled_from(sources()), st.randoms(use_true_random=False))
@settings(max_examples=400, deadline=None)
def test_other_words_at_the_same_places_are_a_good_translation(tag: str, source: Source, chance: object) -> None:
    assume(not source.typed and any(letter.isalpha() for letter in KEPT.sub("", source.ids[-1])))
    writing = writing_of(tag)
    letters, number = ALPHABETS[tag], iter(range(400, 8000))

    def word(match: re.Match[str]) -> str:
        at = next(number)
        return letters[at // 361 % 19] + letters[at // 19 % 19] + letters[at % 19]

    out, end = [], 0
    english = source.ids[-1]
    for kept in [*KEPT.finditer(english), None]:
        part = english[end : kept.start() if kept else None]
        part = MARK.sub(lambda match: writing.marks.get(match[0], match[0]), part)
        out.append(re.sub(r"[A-Za-zÀ-ž’']{2,}|(?<![\w-])[A-Za-z](?!\w)", word, part))
        if kept:
            out.append(kept[0])
            end = kept.end()
    assert remarks_on("".join(out), source, writing) == []


# --- files


def found_in(
    folder: Path, *texts: str, tag: str = "pl", flow: str = "", glossary: str = "", **head: str
) -> list[Fault]:
    """What is said of a catalogue with these entries, beside one flow `t`."""
    path = folder / "locales" / tag / "LC_MESSAGES" / "askfirst.po"
    path.parent.mkdir(parents=True)
    path.write_text(header(tag, **head) + "".join(texts), encoding="utf-8")
    (folder / "flows").mkdir()
    (folder / "flows" / "t.yaml").write_text(flow or steps("{id: a, say: Hello.}"), encoding="utf-8")
    if glossary:
        (folder / "locales" / "glossary.yaml").write_text(glossary, encoding="utf-8")
    flows: dict[str, FlowDocument] = {}
    read_flows([folder / "flows" / "t.yaml"], [], flows)
    catalogues = load_catalogues(folder / "locales").values()
    return list(check_translations(catalogues, flows.values(), folder / "locales"))


def brief(faults: list[Fault]) -> list[tuple[int, int, str]]:
    return [(fault.line, fault.column, fault.rule) for fault in faults]


def test_a_finding_stands_at_the_line_of_the_english(tmp_path: Path) -> None:
    faults = found_in(tmp_path, entry("Hello.", "Cześć"))
    assert brief(faults) == [(11, 1, "end-mark")]
    assert faults[0].warning
    assert Path(faults[0].file).parts[-3:] == ("pl", "LC_MESSAGES", "askfirst.po")


def test_what_is_right_has_no_finding_and_needs_no_template_or_glossary(tmp_path: Path) -> None:
    assert found_in(tmp_path, entry("Hello.", "Cześć.")) == []


@pytest.mark.parametrize("text", ["", entry("Hello.", ""), entry("Hello.", "Cześć.", flags="#, fuzzy")])
def test_all_that_is_missing_of_a_language_is_one_finding_that_names_the_first(tmp_path: Path, text: str) -> None:
    flow = steps("{id: a, say: Hello.}", "{id: b, say: Bye.}")
    (fault,) = found_in(tmp_path, text, flow=flow)
    line = (12 if "fuzzy" in text else 11) if text else 0  # the entry, or the file
    assert (fault.line, fault.rule, fault.warning) == (line, "untranslated", True)
    assert fault.message == (
        "missing or fuzzy texts, shown in English: 2, the first is `Hello.` (`t.a`); "
        "run `askfirst locale update`, and translate them"
    )


def test_texts_that_no_flow_has_are_those_of_the_template(tmp_path: Path) -> None:
    template = 'msgctxt "{}"\nmsgid "{}"\nmsgstr ""\n\n'
    pot = "".join(template.format(*one) for one in (("card.a", "Card"), ("t.gone", "Gone"), ("t.a", "Hello.")))
    (tmp_path / "locales").mkdir()
    (tmp_path / "locales" / "askfirst.pot").write_text('msgid ""\nmsgstr ""\n\n#. The label of a button.\n' + pot)
    found = sources_of([], tmp_path / "locales" / "askfirst.pot", [])
    assert [(one.context, one.label) for one in found] == [("card.a", True), ("t.gone", False), ("t.a", False)]
    (fault,) = found_in(tmp_path, entry("Hello.", "Cześć."))
    assert "shown in English: 1, the first is `Card` (`card.a`)" in fault.message


def test_a_template_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "locales").mkdir()
    (tmp_path / "locales" / "askfirst.pot").write_text("this is no template\n")
    (fault,) = found_in(tmp_path, entry("Hello.", "Cześć."))
    assert (Path(fault.file).name, fault.rule) == ("askfirst.pot", "po-syntax")
    assert "write it again with `askfirst locale update`" in fault.message


def test_the_plural_rule_of_another_language_is_found_at_its_line(tmp_path: Path) -> None:
    faults = found_in(tmp_path, entry("Hello.", "Cześć."), Plural_Forms="nplurals=2; plural=(n != 1);")
    assert brief(faults) == [(6, 1, "plural-rule")]
    assert not faults[0].warning
    assert faults[0].message.endswith("write the rule of CLDR into Plural-Forms, and the forms in its order")


def test_each_plural_form_is_held_to_the_english_form_that_it_fits(tmp_path: Path) -> None:
    flow = steps("{id: p, say: {one: 'One place.', other: 'There are {count} places, 999.', count: count}}")
    good = ("Jedno miejsce.", "Są {count} miejsca, 999.", "Jest {count} miejsc, 999.")
    text = entry("One place.", *good, plural="There are {count} places, 999.").replace("t.a", "t.p")
    assert found_in(tmp_path / "good", text, flow=flow) == []
    bad = text.replace("miejsc, 999", "miejsc, 998")
    assert [fault.rule for fault in found_in(tmp_path / "bad", bad, flow=flow)] == ["numbers"]


def test_a_slip_in_two_forms_is_told_once(tmp_path: Path) -> None:
    flow = steps("{id: p, say: {one: 'One place.', other: '{count} places.', count: count}}")
    text = entry("One place.", "Jedno miejsce.", "{count} miejsca", "{count} miejsc", plural="{count} places.")
    assert len(found_in(tmp_path, text.replace("t.a", "t.p"), flow=flow)) == 1


LABEL = "{id: a, ask: Hi, buttons: [{id: b, text: Press, next: END}]}"


@pytest.mark.parametrize(
    ("letters", "found"), [(EASY_LABEL, []), (EASY_LABEL + 1, ["long-label"]), (64, ["long-label"]), (65, [])]
)
def test_a_label_of_two_lines_is_a_warning(tmp_path: Path, letters: int, found: list[str]) -> None:
    faults = found_in(tmp_path, entry("Hi", "Cześć"), entry("Press", "a" * letters), flow=steps(LABEL))
    assert [fault.rule for fault in faults] == found  # the drawn card says what no button can hold


def test_what_a_command_does_has_256_characters(tmp_path: Path) -> None:
    flow = steps("{id: a, say: Hello.}").replace("link: t", "about: Says hello, link: t")
    texts = [entry("Hello.", "Cześć."), entry("Says hello", "a" * 257).replace("t.a", "t._")]
    faults = found_in(tmp_path, *texts, flow=flow)
    assert [(fault.rule, fault.warning) for fault in faults] == [("no-room", False)]
    assert "has 257 characters, 256 fit here" in faults[0].message


@pytest.mark.parametrize(("context", "room"), [("card.old_card", 200), ("sheet.title", 80)])
def test_a_text_of_the_code_must_fit_where_it_is_shown(tmp_path: Path, context: str, room: int) -> None:
    english = next(one.ids[0] for one in sources() if one.context == context)
    pot = f'msgid ""\nmsgstr ""\n\nmsgctxt "{context}"\nmsgid "{english}"\nmsgstr ""\n'
    for letters, rules in ((room, []), (room + 1, ["no-room"])):
        folder = tmp_path / str(letters)
        (folder / "locales").mkdir(parents=True)
        (folder / "locales" / "askfirst.pot").write_text(pot, encoding="utf-8")
        own = "a" * (letters - 1) + english[-1]
        text = entry(english, own if english[-1] == "." else own[:-1] + "a").replace("t.a", context)
        assert [fault.rule for fault in found_in(folder, entry("Hello.", "Cześć."), text)] == rules


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ("tak, no, dobra", []),
        ("نعم، أجل", ["word-list"]),
        ("tak; no", ["word-list"]),
        ("tak,, no", ["word-list"]),
        ("tak, ", ["word-list"]),
    ],
)
def test_words_that_people_type_are_parted_by_commas(own: str, found: list[str]) -> None:
    tag = "ar" if "،" in own else "pl"
    assert [one.rule for one in remarks_on(own, Source("words.yes", ("yes, ok",)), writing_of(tag))] == found


GLOSSARY = """\
version: 1
terms:
  pledge:
    english: [pledge]
    note: A promise that is signed.
    words:
      pl: {word: zobowiązanie, stems: [zobowiąz]}
"""


def test_a_word_against_the_glossary_is_a_warning_at_the_translation(tmp_path: Path) -> None:
    flow = steps("{id: a, say: The pledge.}")
    (fault,) = found_in(tmp_path / "bad", entry("The pledge.", "Przyrzeczenie."), flow=flow, glossary=GLOSSARY)
    assert (fault.line, fault.rule, fault.warning) == (11, "glossary", True)
    good = entry("The pledge.", "To jest Zobowiązania.")
    assert found_in(tmp_path / "good", good, flow=flow, glossary=GLOSSARY) == []


def test_a_language_without_a_word_is_named_at_the_term(tmp_path: Path) -> None:
    glossary = GLOSSARY.replace("      pl:", "      cs:")
    (fault,) = found_in(tmp_path, entry("Hello.", "Cześć."), glossary=glossary)
    assert (Path(fault.file).name, fault.line, fault.rule) == ("glossary.yaml", 3, "glossary-gap")
    assert "no word in `pl` for `pledge`" in fault.message
