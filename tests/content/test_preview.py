"""The preview shows every step in every language on one page that needs nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

from bot.content.flows import FlowDocument, flow_paths, read_flows
from bot.content.preview import preview
from bot.content.typical import typical_values
from bot.engine.actions import ACTIONS
from bot.engine.model import Ask, Say
from bot.engine.wording import ENGLISH, Catalogue
from bot.engine.world import World
from bot.errors import Fault
from tests.browser import dom_of
from tests.content.editor import load, steps
from tests.engine.talk import FLOWS, made_up_arabic
from tests.fake_facts import FACTS, TODAY

ROOT = Path(__file__).parents[2]
DOCUMENTS: dict[str, FlowDocument] = {}
read_flows(flow_paths(ROOT / "flows"), [], DOCUMENTS)
VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """A page as a browser takes it: which elements stand where, and what they say."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[tuple[str, str], str] = {}
        self.links: list[str] = []
        self.wrong: list[str] = []
        self._article = self._phone = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [value for key in ("src", "href") if (value := given.get(key))]
        if tag == "article":
            self._article = given["id"] or ""
        if given.get("class") == "phone":
            self._phone = given["lang"] or ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)
        if tag == "article":
            self._article = self._phone = ""

    def handle_data(self, data: str) -> None:
        key = (self._article, self._phone)
        self.texts[key] = self.texts.get(key, "") + data


def page(world: World, documents: dict[str, FlowDocument], faults: Iterable[Fault] = ()) -> Page:
    return Page("".join(preview(world, documents, faults, TODAY)))


def a_page(*languages: Catalogue) -> Page:
    return page(World(FLOWS, {one.language: one for one in (ENGLISH, *languages)}, FACTS), DOCUMENTS)


def test_every_text_of_every_step_is_there_in_every_language() -> None:
    shown = a_page(made_up_arabic()).texts
    for flow in FLOWS.values():
        for step in flow.steps.values():
            if isinstance(step, Say | Ask):
                assert {(f"{flow.name}.{step.id}", tag) for tag in ("en", "ar")} <= shown.keys()


def test_steps_without_a_text_say_where_they_lead() -> None:
    assert "does forget: done → gone" in a_page().texts["_forget.forget", ""]


def test_it_is_a_whole_page_that_asks_for_nothing() -> None:
    shown = a_page(made_up_arabic())
    assert shown.wrong == []
    assert shown.open == []
    assert all(link.startswith(("https://", "http://")) for link in shown.links)
    html = "".join(preview(World(FLOWS, {"en": ENGLISH}, FACTS), DOCUMENTS, (), TODAY))
    assert not re.search(r"<(script|link|img|iframe)[^>]*\b(src|href)=|@import|url\(", html)


def test_right_to_left_is_said_of_the_language() -> None:
    html = "".join(preview(World(FLOWS, {"ar": made_up_arabic()}, FACTS), DOCUMENTS, (), TODAY))
    assert '<div class="phone" lang="ar" dir="rtl">' in html


def test_buttons_and_what_is_said_again_are_shown() -> None:
    menu = a_page().texts["_start.menu", "en"]
    assert "Find help near me" in menu
    assert "I cannot read this as a postcode." in menu
    assert "Leave now" in menu


def test_a_finding_stands_beside_its_step() -> None:
    line, _ = DOCUMENTS["_start"].root.at(["steps", 1, "id"])
    at_step = Fault(DOCUMENTS["_start"].file, line, 5, "a-rule", "is wrong; mend it")
    in_language = Fault("locales/ar/x.po", 7, 1, "b-rule", "two buttons read alike (`_start.menu`)", warning=True)
    shown = page(World(FLOWS, {"en": ENGLISH}, FACTS), DOCUMENTS, [at_step, in_language]).texts
    assert "a-rule: is wrong; mend it" in shown["_start.what_is_kept", ""]
    assert "b-rule: (warning) two buttons" in shown["_start.menu", ""]
    assert not any("a-rule" in text for (name, _), text in shown.items() if name != "_start.what_is_kept")


def test_what_an_editor_writes_cannot_break_the_page(tmp_path: Path) -> None:
    text = "1 < 2 & \"'"
    flows, faults = load(tmp_path, {"t.yaml": steps(f"{{id: a, say: {text!r}, goto: _start}}".replace("\\'", "''"))})
    assert not faults
    documents: dict[str, FlowDocument] = {}
    read_flows(flow_paths(tmp_path), [], documents)
    shown = page(World(flows, {"en": ENGLISH}, FACTS), documents)
    assert text in shown.texts["t.a", "en"]
    assert shown.wrong == []


def test_every_outcome_has_typical_values() -> None:
    given = typical_values(FACTS, ENGLISH, TODAY, ("housing",))
    for action in ACTIONS.values():
        for outcome, names in action.outcomes.items():
            assert names <= given[action.name, outcome].keys()


def test_a_browser_searches_and_chooses_languages(tmp_path: Path) -> None:
    html = "".join(preview(World(FLOWS, {"en": ENGLISH, "ar": made_up_arabic()}, FACTS), DOCUMENTS, (), TODAY))
    script = (
        "<script>search.value = 'leave now'; search.dispatchEvent(new Event('input'));"
        "document.getElementById('none').click();"
        "document.title = [articles.filter(one => !one.hidden).length, articles.length,"
        "[...document.querySelectorAll('.phone:not([hidden])')].every(one => one.lang === 'en')].join(' ');</script>"
    )
    file = tmp_path / "preview.html"
    file.write_text(html.replace("</html>", f"{script}</html>"), encoding="utf-8")
    title = re.search(r"<title>(\d+) (\d+) (\w+)</title>", dom_of(file))
    assert title
    assert 0 < int(title[1]) < int(title[2])
    assert title[3] == "true"
