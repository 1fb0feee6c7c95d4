"""docs/checks/translations has a page for every rule about translations, and each page is right."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog

from bot.cli.locale import plural_forms
from bot.content import catalogues
from bot.content.catalogues import load_catalogues
from bot.content.translation_rules import EASY_LABEL, check_translations
from bot.engine.measure import COMMAND_CHARACTERS
from bot.errors import ContentError, Fault
from tests.content.editor import ROOT
from tests.content.test_guide import rules_of

FOLDER = ROOT / "docs" / "checks" / "translations"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md") if path.stem != "README"}
INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")
OVERVIEW = (ROOT / "docs" / "translation-checks.md").read_text(encoding="utf-8")
LANGUAGE = re.compile(r"# language: (\w+)\n")


def remarks_of(module: Path) -> Iterator[str]:
    """The ids of the rules that a module makes a remark of."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Remark":
            rule = node.args[0]
            assert isinstance(rule, ast.Constant)
            yield str(rule.value)


CONTENT = ROOT / "bot" / "content"
OF_FILES = {rule for name in ("catalogues", "po_file", "glossary") for rule in rules_of(CONTENT / f"{name}.py")}
RULES = (
    {rule for path in CONTENT.glob("*.py") for rule in remarks_of(path)}
    | {rule for rule, _ in catalogues._COUNTED}
    | OF_FILES - {"unreadable", "too-big", "not-utf-8"}  # of all files, so they have their pages beside this folder
)


def example(rule: str, which: str) -> tuple[str, str]:
    """What kind of file the wrong or the right example of a page is of, and its text."""
    ((kind, text),) = re.findall(rf"```(po|yaml) {which}\n(.*?)```", PAGES[rule], re.DOTALL)
    return kind, text


def findings(folder: Path, kind: str, text: str) -> list[Fault]:
    """What is said of an example: a catalogue, or some of its entries; or a glossary, beside two languages."""
    if kind == "yaml":
        for tag in ("es", "pl"):
            write(folder, tag, header(tag))
        (folder / "glossary.yaml").write_text(text, encoding="utf-8")
    else:
        (tag,) = LANGUAGE.findall(text)
        entries = LANGUAGE.sub("", text)
        whole = entries.startswith('msgid ""')
        write(folder, tag, entries if whole else f"{header(tag)}\n{entries}")
        if not whole:
            asked = re.sub(r"^(msgstr\S*) .*$", r'\1 ""', entries.split("\n\n")[0], flags=re.MULTILINE)
            (folder / "askfirst.pot").write_text(f'msgid ""\nmsgstr ""\n\n{asked}', encoding="utf-8")
        shutil.copy(ROOT / "locales" / "glossary.yaml", folder)
    try:
        loaded = load_catalogues(folder)
    except ContentError as error:
        return list(error.faults)
    return list(check_translations(loaded.values(), [], folder))


def write(folder: Path, tag: str, text: str) -> None:
    path = folder / tag / "LC_MESSAGES" / "askfirst.po"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")


def header(tag: str) -> str:
    rule = plural_forms(Locale.parse(tag), Catalog(locale=tag).plural_forms) if tag != "spanish" else "x"
    return f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {rule}\\n"\n'


# --- there is a page for each


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert PAGES.keys() == RULES
    assert len(RULES) > 30


@pytest.mark.parametrize("rule", sorted(PAGES))
def test_a_page_says_what_is_wrong_for_whom_and_how_to_mend_it(rule: str) -> None:
    title, what, *others = PAGES[rule].split("\n\n")
    assert title == f"# {rule}"
    assert what.endswith(".")
    assert [one.split("**")[1] for one in others[:2]] == ["For the person who chats:", "How to mend it:"]


def test_the_index_lists_every_page_with_its_first_sentence() -> None:
    meanings = {rule: PAGES[rule].split("\n\n")[1].split(". ")[0].rstrip(".") for rule in PAGES}
    rows = [f"| [`{rule}`]({rule}.md) | {meanings[rule]} |" for rule in sorted(PAGES)]
    assert INDEX.endswith("|---|---|\n" + "\n".join(rows) + "\n")


def test_a_link_leads_somewhere() -> None:
    for text, folder in (*((page, FOLDER) for page in (*PAGES.values(), INDEX)), (OVERVIEW, ROOT / "docs")):
        for path, anchor in re.findall(r"\]\(([\w./-]+\.md)(?:#([\w-]+))?\)", text):
            target = (folder / path).read_text(encoding="utf-8")
            assert not anchor or f"\n## {anchor.replace('-', ' ')}\n" in target.lower()


def test_the_overview_names_every_rule_that_an_entry_can_break() -> None:
    named = set(re.findall("`([a-z-]+)`", OVERVIEW.split("## What may differ")[0]))
    of_the_file = {
        "po-syntax",
        "po-header",
        "duplicate-entry",
        "english-catalogue",
        "unknown-language",
        "glossary-stem",
    }
    assert named - {"turning-mark", "label-too-long"} == RULES - of_the_file


def test_the_pages_name_the_limits_that_there_are() -> None:
    assert f" {EASY_LABEL} characters" in PAGES["long-label"]
    assert f" {COMMAND_CHARACTERS} characters" in PAGES["no-room"]


# --- the examples


@pytest.mark.parametrize("rule", sorted(PAGES))
def test_the_wrong_example_is_named_by_the_rule_and_nothing_else(tmp_path: Path, rule: str) -> None:
    found = findings(tmp_path, *example(rule, "wrong"))
    assert {fault.rule for fault in found} == {rule}
    assert all(fault.warning == ("This is a warning." in PAGES[rule]) for fault in found)


@pytest.mark.parametrize("rule", sorted(PAGES))
def test_the_right_example_has_no_finding(tmp_path: Path, rule: str) -> None:
    assert findings(tmp_path, *example(rule, "right")) == []
