"""The sheet prints on one page of A4, says the same in each language, and its codes can be read off the paper."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.content.sheet import MOST, OPEN, PROMISE, SCAN, TEXTS, TITLE, WHAT, Notice, sheet, untranslated
from bot.engine.model import Text
from bot.engine.wording import ENGLISH, Catalogue
from tests.browser import pages, printed, scanned, words_of
from tests.content.test_links import read_codes
from tests.engine.talk import language

# Long words and long sentences, such as translations have.
POLISH = {
    TITLE: "Zanim zwrócisz się o pomoc do swojego posła, najpierw zapytaj nas",
    WHAT: "Dowiedz się, kto jest twoim posłem, czy obiecał nie zgłaszać ludzi do ministerstwa Home Office i kto może "
    "ci pomóc.",
    SCAN: "Zeskanuj ten kod aparatem swojego telefonu komórkowego.",
    OPEN: "Lub otwórz ten adres w przeglądarce:",
    PROMISE: "Nie pytamy o twoje imię ani nazwisko. To jest informacja, a nie porada prawna.",
}
ARABIC = {
    TITLE: "قبل أن تسأل نائبك، اسأل أولاً",
    WHAT: "اعرف من هو نائبك في البرلمان (MP)، وهل وعد بألا يبلّغ عن الناس لوزارة الداخلية (Home Office)، ومن يمكنه "
    "مساعدتك.",
    SCAN: "امسح هذا الرمز بكاميرا هاتفك.",
    OPEN: "أو افتح هذا العنوان:",
    PROMISE: "نحن لا نسأل عن اسمك. هذه معلومات وليست نصيحة.",
}
LONGEST = "https://t.me/" + "A" * 32 + "?start=" + "w" * 64


def pl(*, reviewed: bool = False, words: dict[Text, str] | None = None) -> Catalogue:
    return language("pl", words if words is not None else POLISH, reviewed=reviewed)


def ar(*, reviewed: bool = False) -> Catalogue:
    return language("ar", ARABIC, rtl=True, reviewed=reviewed)


def url(tag: str) -> str:
    return f"https://t.me/AskFirstBot?start=mp-{tag}-leeds7"


def made(*catalogues: Catalogue) -> str:
    return sheet([Notice(catalogue, url(catalogue.language)) for catalogue in catalogues])


class _Reader(HTMLParser):
    """The words of a page, each with the language and the direction that are said of it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[tuple[str, str, str]] = []
        self._around: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        assert not self._around, "something is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self._around.append((tag, dict(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        name, _ = self._around.pop()
        assert name == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self._around and self._around[-1][0] not in ("style", "title"):
            lang, turned = (
                next(str(own[key]) for _, own in reversed(self._around) if key in own) for key in ("lang", "dir")
            )
            self.said.append((lang, turned, "".join(letter for letter in data if letter not in "\u200f\u2066\u2069")))


def said(page: str) -> list[tuple[str, str, str]]:
    return _Reader(page).said


# --- what it says


def test_english_is_said_once() -> None:
    assert said(made(ENGLISH)) == [
        ("en", "ltr", "Before you ask your MP, ask first"),
        (
            "en",
            "ltr",
            "Find out who your MP is, if they have promised not to report people to the Home Office, and who can help "
            "you.",
        ),
        ("en", "ltr", "Scan this code with the camera of your phone."),
        ("en", "ltr", "Or open this address:"),
        ("zxx", "ltr", "t.me/AskFirstBot?start=mp-en-leeds7"),
        ("en", "ltr", "We do not ask for your name. This is information, not advice."),
    ]


def test_a_reviewed_language_stands_alone() -> None:
    assert [words for lang, _, words in said(made(pl(reviewed=True))) if lang == "pl"] == list(POLISH.values())
    assert not [words for lang, _, words in said(made(pl(reviewed=True))) if lang == "en"]


def test_below_an_unreviewed_language_stands_the_english() -> None:
    (below,) = [one for one in said(made(ar())) if one[0] == "en"]
    assert below[1] == "ltr"
    for text in (TITLE, WHAT, SCAN, PROMISE):
        assert text.msgid in below[2]


def test_a_text_without_a_translation_is_said_in_english_once_and_marked_as_english() -> None:
    some = {text: words for text, words in POLISH.items() if text is not WHAT}
    page = said(made(pl(words=some)))
    assert ("en", "ltr", WHAT.msgid) in page
    assert sum(WHAT.msgid in words for _, _, words in page) == 1
    arabic = said(made(language("ar", {TITLE: ARABIC[TITLE]}, rtl=True)))
    assert ("ar", "rtl", ARABIC[TITLE]) in arabic
    assert ("en", "ltr", PROMISE.msgid) in arabic


def test_it_is_counted_how_many_texts_are_not_translated() -> None:
    assert untranslated(ENGLISH) == 0
    assert untranslated(pl()) == 0
    assert untranslated(pl(words={TITLE: "Tak"})) == len(TEXTS) - 1


def test_right_to_left_stands_right_but_its_address_reads_left_to_right() -> None:
    page = said(made(ENGLISH, ar()))
    assert {turned for lang, turned, _ in page if lang == "ar"} == {"rtl"}
    assert ("zxx", "ltr", "t.me/AskFirstBot?start=mp-ar-leeds7") in page
    assert '<html lang="en" dir="ltr">' in made(ENGLISH, ar())
    assert '<html lang="ar" dir="rtl">' in made(ar(), ENGLISH)


def test_where_there_are_several_languages_each_has_its_name_in_its_own_script() -> None:
    assert [one for one in said(made(pl(reviewed=True), ENGLISH)) if one[2] in ("polski", "English")] == [
        ("pl", "ltr", "polski"),
        ("en", "ltr", "English"),
    ]
    assert "English" not in [words for _, _, words in said(made(ENGLISH))]


def test_a_sheet_has_one_main_heading() -> None:
    page = made(ENGLISH, ar(), pl())
    assert (page.count("<h1"), page.count("<h2")) == (1, 2)


def test_a_sheet_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    page = made(ENGLISH, ar(), pl())
    assert not re.search(r"<(script|link|img|iframe|object)|src=|href=|url\(|@import|@font-face", page)
    without_addresses = page.replace("https://t.me/", "").replace("http://www.w3.org/2000/svg", "")
    assert "://" not in without_addresses


# --- on paper


@pytest.fixture(scope="session")
def on_paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("paper") / "sheet.html"
    page.write_text(made(ENGLISH, ar(), pl()), encoding="utf-8")
    return printed(page)


def test_three_languages_print_on_one_page_of_a4(on_paper: Path) -> None:
    count, size = pages(on_paper)
    assert (count, size[-4:]) == (1, "(A4)")


def test_every_code_can_be_read_off_the_paper(on_paper: Path) -> None:
    assert sorted(read_codes(scanned(on_paper))) == sorted(map(url, ("en", "ar", "pl")))


def test_the_addresses_stand_there_in_letters(on_paper: Path) -> None:
    words = words_of(on_paper).splitlines()
    for tag in ("en", "ar", "pl"):
        assert any(f"t.me/AskFirstBot?start=mp-{tag}-leeds7" in line for line in words)


@pytest.mark.parametrize("languages", range(1, MOST + 1))
def test_the_longest_address_and_long_words_fit_on_one_page(languages: int, tmp_path: Path) -> None:
    page = tmp_path / "sheet.html"
    spoken = [pl(), ar(), pl(), ar()][:languages]
    page.write_text(sheet([Notice(catalogue, LONGEST) for catalogue in spoken]), encoding="utf-8")
    pdf = printed(page)
    assert pages(pdf)[0] == 1
    assert read_codes(scanned(pdf)) == [LONGEST] * languages
