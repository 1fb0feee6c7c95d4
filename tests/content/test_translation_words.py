"""Letters and words of a translation: its own script, and nothing left in English."""

from __future__ import annotations

import pytest

from bot.content.translation_words import word_remarks
from bot.content.writing_systems import letter_script, writing_of

SOLICITORS = "The Law Society's list of solicitors. It gives no advice."
SLIPS = [
    ("direction-mark", "ar", "Go on", "\u200fتابعوا", "(U+200F) stands here; delete it"),
    ("direction-mark", "ar", "Go on", "تابعوا\u061c", "(U+061C)"),
    ("direction-mark", "es", "Go on", "Seguir\u200e", "(U+200E)"),
    ("foreign-letters", "pl", "Go on", "Dаlej", "`а` in `Dаlej` is a letter of another script (Cyrillic)"),
    ("foreign-letters", "uk", "Go on", "Дaлi далі ἀ", "(Greek)"),
    ("foreign-letters", "ti", "Go on", "ቀጽል ه", "(Arabic); type the word again"),
    ("foreign-letters", "fa", "person", "كسی", "`ك` (U+0643) in `كسی` is of another language; write `ک` (U+06A9)"),
    ("foreign-letters", "ur", "who", "يہ", "write `ی` (U+06CC)"),
    ("foreign-letters", "ur", "he", "وه", "write `ہ` (U+06C1)"),
    ("foreign-letters", "ps", "who", "څوك", "write `ک`"),
    ("foreign-letters", "ckb", "who", "كێ", "write `ک`"),
    ("foreign-letters", "ar", "I have", "لدی", "write `ي` (U+064A)"),
    ("foreign-letters", "ro", "and", "şi", "write `ș`"),
    ("foreign-letters", "uk", "you", "ты", "write `и`"),
    ("foreign-letters", "ar", "no", "\ufefb", "`\ufefb` (U+FEFB) is the shape of a letter, not the letter"),
    ("no-own-script", "ti", "Go on", "Go on", "nothing here is written in Ethiopic letters; translate it"),
    ("no-own-script", "zh-Hans", "Go on", "Jixu", "in Han letters"),
    ("no-own-script", "ru", "Go on", "Dalshe", "in Cyrillic letters"),
    ("latin-words", "ti", "Help for people", "ሓገዝ support ንሰባት", "`support`: not in the English; write it in Ethiopic"),
    (
        "unchanged-text",
        "es",
        "Go to the people who help you.",
        "Vaya to the people who help you.",
        "`the people who help`",
    ),
    ("unchanged-text", "am", "Some of them have closed since then.", "Some of them have ተዘግተዋል።", "translate it"),
    ("unchanged-text", "es", "I do not give advice.", "I do not give advice.", "`do not give advice` is still"),
]


@pytest.mark.parametrize(("rule", "tag", "english", "own", "message"), SLIPS)
def test_a_slip_is_named(rule: str, tag: str, english: str, own: str, message: str) -> None:
    remarks = list(word_remarks(english, own, writing_of(tag), "", typed=False))
    assert {remark.rule for remark in remarks} == {rule}
    assert any(message in remark.message for remark in remarks)
    assert all(remark.warning == (rule in ("latin-words", "unchanged-text")) for remark in remarks)


RIGHT = [
    ("ti", "The Home Office of the UK", "Home Office ናይ UK"),
    ("am", "Your internet address", "የኢንተርኔት አድራሻዎ (IP address)"),
    ("ar", "Send a text message", "أرسلوا رسالة SMS"),
    ("ar", SOLICITORS, "قائمة نقابة المحامين Law Society. لا تقدم استشارات."),
    ("ta", "MPs", "MP கள்"),
    ("am", "In the UK", "በUK ውስጥ"),
    ("es", "- Joint Council for the Welfare of Immigrants", "- Joint Council for the Welfare of Immigrants"),
    ("es", "“no recourse to public funds” is a rule", "“no recourse to public funds” es una regla"),
    ("ps", "who", "څوک ي ې ۍ ی"),
    ("ckb", "Go on", "بڕۆ، ه ە"),
    ("fa", "Go on", "می‌خواهید ادامه دهید"),
    ("vi", "Go on", "Đi tiếp"),
    ("ro", "and", "și"),
    ("pl", "M1 1AE", "M1 1AE"),
    ("ti", "M1 1AE, LGBTQI+", "M1 1AE, LGBTQI+"),
    ("so", "Go on", "Sii wad"),
    (
        "ar",
        "{member} of [the page](https://example.org/some-long-page)",
        "{member} من [الصفحة](https://example.org/some)",
    ),
]


@pytest.mark.parametrize(("tag", "english", "own"), RIGHT)
def test_names_and_abbreviations_may_stay_and_letters_of_the_language_are_right(
    tag: str, english: str, own: str
) -> None:
    assert list(word_remarks(english, own, writing_of(tag), "", typed=False)) == []


def test_a_text_about_an_organisation_may_name_it() -> None:
    english, own = "You can ask its fund.", "يمكنكم سؤال صندوق Southall Black Sisters."
    assert list(word_remarks(english, own, writing_of("ar"), "southall_black_sisters", typed=False)) == []
    assert len(list(word_remarks(english, own, writing_of("ar"), "", typed=False))) == 1


def test_words_that_people_type_may_be_in_latin_letters() -> None:
    assert list(word_remarks("yes, ok", "እወ, ewe, ok", writing_of("ti"), "", typed=True)) == []


SCRIPTS = {
    **dict.fromkeys(("ar", "ckb", "fa", "prs", "ps", "ur"), "Arabic"),
    **dict.fromkeys(("cy", "es", "fr", "kmr", "pl", "pt", "pt-BR", "ro", "so", "sq", "sw", "tr", "vi"), "Latin"),
    **dict.fromkeys(("am", "ti"), "Ethiopic"),
    **dict.fromkeys(("ru", "uk"), "Cyrillic"),
    "pa": "Gurmukhi",
    "hi": "Devanagari",
    "ta": "Tamil",
    "zh-Hans": "Han",
    "si": "Sinhala",
    "uz-Cyrl": "Cyrillic",
    "pa-PK": "Arabic",
}


@pytest.mark.parametrize(("tag", "script"), SCRIPTS.items())
def test_the_script_of_a_language_is_that_of_cldr(tag: str, script: str) -> None:
    assert writing_of(tag).script == script


@pytest.mark.parametrize("tag", [*SCRIPTS, "bn"])
def test_a_language_can_write_its_own_name(tag: str) -> None:
    from bot.engine.languages import own_name

    assert any(map(writing_of(tag).has, own_name(tag).replace("(", "")))


def test_letters_of_all_scripts_belong_to_none() -> None:
    assert [letter_script(char) for char in "aªµʼ1।،é中"] == ["LATIN", "", "", "", "", "", "", "LATIN", "CJK"]
