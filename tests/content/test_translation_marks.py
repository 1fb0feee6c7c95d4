"""Signs of a translation beside those of its English: what is a slip, and what is the way of another language."""

from __future__ import annotations

import pytest

from bot.content.translation_marks import mark_remarks
from bot.content.writing_systems import writing_of


def rules(tag: str, english: str, own: str) -> list[str]:
    return [remark.rule for remark in mark_remarks(english, own, writing_of(tag))]


def said(tag: str, english: str, own: str) -> str:
    (remark,) = mark_remarks(english, own, writing_of(tag))
    return remark.message


SLIPS = [
    ("placeholder-count", "es", "Dear {member}", "{member}, {member}", "`{member}` stands 2 times, in the English 1"),
    ("placeholder-count", "es", "{a}, {a}: {b}", "{b}: {a}", "`{a}` stands 1 times, in the English 2"),
    ("line-count", "es", "One.\nTwo.", "Uno. Dos.", "the English has 2 lines, the translation has 1"),
    ("line-count", "es", "One.", "Uno.\n\nDos.", "the English has 1 lines, the translation has 3"),
    ("line-count", "es", "One\n\nTwo", "Uno\nDos\nTres", "line 2 is empty in the English alone"),
    ("edge-space", "es", "Go on", " Seguir", "begins or ends with a space"),
    ("edge-space", "es", "One.\nTwo.", "Uno. \nDos.", "delete it"),
    ("double-space", "es", "Go on", "Seguir  adelante", "two spaces stand after `Seguir`"),
    ("double-space", "fr", "Go on", "Aller\u00a0 plus loin", "after `Aller`"),
    ("end-mark", "es", "Go on.", "Siga", "ends without a mark, the English with the full stop `.`"),
    ("end-mark", "es", "Go on", "Siga.", "ends with the full stop `.`, the English without one"),
    ("end-mark", "es", "Where?", "Dónde:", "ends with the colon `:`, the English with the question mark `?`"),
    ("end-mark", "es", "One.\n**Two:**", "Uno.\n**Dos.**", "line 2 ends with the full stop `.`, the English with the"),
    ("end-mark", "am", "Choose:", "ይምረጡ።", "the full stop `።`"),
    ("foreign-mark", "ur", "Go on.", "آگے جائیں.", "`.` after `جائیں` is not of this script; write `۔`"),
    ("foreign-mark", "ar", "Where?", "أين?", "write `؟`"),
    ("foreign-mark", "fa", "Yes, you", "بله, شما", "write `،`"),
    ("foreign-mark", "hi", "Go on.", "आगे जाएँ.", "write `।`"),
    ("foreign-mark", "ti", "Go on. Stop.", "ቀጽል. ደው በል።", "write `።`"),
    ("foreign-mark", "zh-Hans", "Yes, you.", "是,你。", "write `，`"),
    ("own-digits", "ar", "In 15 minutes.", "بعد ١٥ دقيقة.", "`١٥`: write numbers with the digits 0 to 9"),
    ("own-digits", "hi", "In 15 minutes.", "१५ मिनट में।", "`१५`"),
    ("numbers", "es", "In 15 minutes.", "En 51 minutos.", None),
    ("numbers", "es", "Call 999.", "Llame.", "the English has 999, and the translation has not"),
    ("numbers", "es", "Call.", "Llame al 112.", "the translation has 112, and the English has not"),
    ("numbers", "zh-Hans", "In June 2018.", "2018年7月。", "the translation has 7"),
    ("quotes", "fa", "Press “Stop”.", "«توقف را فشار دهید.", "a quotation mark has no partner"),
    ("quotes", "pl", "Press “Stop”.", "Naciśnij „Stop».", "write both, as this language writes them"),
    ("quotes", "es", "Press “Stop” or “Go”.", "Pulse “Stop” o Go.", "2 times, the translation 1"),
    ("brackets", "es", "The list (long).", "La lista (larga.", "a bracket has no partner"),
    ("brackets", "zh-Hans", "The list (long).", "名单（长)。", "write both"),
    ("double-word", "es", "Send it to me.", "Me lo lo envía.", "`lo` stands twice"),
    ("double-word", "fr", "Send it.", "Envoyez le le.", None),
]


@pytest.mark.parametrize(("rule", "tag", "english", "own", "message"), SLIPS)
def test_a_slip_is_named(rule: str, tag: str, english: str, own: str, message: str | None) -> None:
    assert set(rules(tag, english, own)) == {rule}
    if message:
        assert message in said(tag, english, own)


RIGHT = [
    ("ur", "Go on.", "آگے جائیں۔"),
    ("ar", "Where? Here, there; go.", "أين؟ هنا، هناك؛ اذهبوا."),
    ("ti", "Go on.\nWhere?\nChoose:", "ቀጽል።\nኣበይ?\nምረጽ፦"),
    ("hi", "Go on.", "आगे जाएँ।"),
    ("zh-Hans", "Go on, please. Where? (Here)", "请继续。在哪里？（这里）"),
    ("zh-Hans", "In June 2018, fifteen organisations wrote.", "2018年6月，15个组织写了信。"),
    ("vi", "Open on Monday.", "Mở cửa thứ 2."),
    ("pl", "“No” and “yes”.", "„Nie” i „tak”."),
    ("sq", "“No” and “yes”.", "„Jo“ dhe „po“."),
    ("fr", "“No” and “yes”:", "« Non » et « oui » :"),
    ("am", "They said that they go.", "«እንሄዳለን» አሉ።"),  # reported speech
    ("uk", "It is not so.", "Зв’язку немає."),
    ("es", "**This is bold:**", "**Esto es negrita:**"),
    ("es", "Read [this](https://example.org/15/a(b)).", "Lea [esto](https://example.org/15/a(b))."),
    ("es", "Which MP?", "¿Qué diputado?"),
    ("pl", "Find my MP", "Kto jest moim posłem?"),
    ("hi", "Slowly.", "धीरे धीरे।"),
    ("sw", "A little.", "Kidogo kidogo."),
    ("sq", "To help you.", "Për të të ndihmuar."),
    ("fr", "We meet.", "Nous nous voyons."),
    ("hi", "It is for Dr. Rao.", "यह डॉ.राव के लिए, ई.पू. है।"),
    ("am", "In 2018.", "እ.ኤ.አ. በ2018።"),
    ("es", "{count} MPs of {count}", "{count} diputados de {count}"),
    ("es", "1,200 people", "1.200 personas"),
    ("es", "Press “Delete”.", "Pulse “Borrar.”"),
    ("es", "{member}", "{member}"),
]


@pytest.mark.parametrize(("tag", "english", "own"), RIGHT)
def test_another_languages_own_way_is_no_slip(tag: str, english: str, own: str) -> None:
    assert rules(tag, english, own) == []


def test_only_what_changes_the_sense_is_an_error() -> None:
    errors = {
        remark.rule
        for _, tag, english, own, _ in SLIPS
        for remark in mark_remarks(english, own, writing_of(tag))
        if not remark.warning
    }
    assert errors == {"placeholder-count", "line-count", "own-digits"}
