"""Translations: what is taken from a .po file, what is left out, and what is a fault with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.catalogues import CatalogueReader, catalogue_paths, load_catalogues, read_catalogue
from bot.content.po_file import MAX_BYTES, read_messages
from bot.engine.model import Text
from bot.engine.wording import ENGLISH, Catalogue, Wording
from bot.errors import ContentError, Fault
from tests.content.editor import ROOT, marked

PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "pl": "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "pt_BR": "nplurals=2; plural=(n > 1);",
    "fa": "nplurals=1; plural=0;",
}


def header(tag: str = "ar", **changed: str) -> str:
    """Nine lines: a comment, the header, and an empty line."""
    fields = {"Language": tag, "Plural-Forms": PLURALS.get(tag, "nplurals=2; plural=(n != 1);")}
    fields |= {"Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit"}
    fields |= {name.replace("_", "-"): value for name, value in changed.items()}
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in fields.items())
    return f'# Translations.\nmsgid ""\nmsgstr ""\n"MIME-Version: 1.0\\n"\n{lines}\n'


def entry(msgid: str, *forms: str, plural: str = "", flags: str = "") -> str:
    """One entry, with the context `t.a`."""
    lines = [flags] if flags else []
    lines += ['msgctxt "t.a"', f'msgid "{msgid}"']
    if plural:
        lines += [f'msgid_plural "{plural}"', *(f'msgstr[{number}] "{form}"' for number, form in enumerate(forms))]
    else:
        lines.append(f'msgstr "{forms[0]}"')
    return "\n".join(lines) + "\n\n"


def reading(folder: Path, text: str | bytes, tag: str = "ar") -> tuple[Catalogue | None, list[Fault]]:
    path = folder / tag / "LC_MESSAGES" / "askfirst.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    faults: list[Fault] = []
    return read_catalogue(path, faults), faults


def right(folder: Path, text: str | bytes, tag: str = "ar") -> Catalogue:
    catalogue, faults = reading(folder, text, tag)
    assert faults == []
    assert catalogue is not None
    return catalogue


# --- what is taken


def test_a_language_knows_its_locale_and_its_direction(tmp_path: Path) -> None:
    arabic = right(tmp_path, header() + entry("Hello", "مرحبا"))
    assert (arabic.language, arabic.locale, arabic.rtl) == ("ar", "ar", True)
    assert arabic.messages == {("t.a", "Hello"): ("مرحبا",)}
    polish = right(tmp_path, header("pl"), "pl")
    assert (polish.locale, polish.rtl) == ("pl", False)


def test_a_folder_named_as_gettext_does_it_is_the_same_language_tag(tmp_path: Path) -> None:
    for folder in ("pt_BR", "pt-BR"):
        portuguese = right(tmp_path, header("pt_BR"), folder)
        assert (portuguese.language, portuguese.locale) == ("pt-BR", "pt_BR")


@pytest.mark.parametrize(
    "flags_and_forms",
    [("#, fuzzy", "مرحبا"), ("", ""), ("#, fuzzy, python-format", "مرحبا")],
    ids=["fuzzy", "empty", "fuzzy and more"],
)
def test_fuzzy_and_empty_entries_are_left_out_so_that_the_english_is_shown(
    tmp_path: Path, flags_and_forms: tuple[str, str]
) -> None:
    flags, form = flags_and_forms
    catalogue = right(tmp_path, header() + entry("Hello", form, flags=flags))
    assert catalogue.messages == {}
    assert Wording(catalogue).template(Text("t.a", "Hello"), {}) == "Hello"


def test_a_fuzzy_entry_may_be_wrong(tmp_path: Path) -> None:
    assert right(tmp_path, header() + entry("Hello {name}", "{nome} **", flags="#, fuzzy")).messages == {}


def test_obsolete_entries_and_comments_are_passed_over(tmp_path: Path) -> None:
    text = header() + '#~ msgid "Old {x}"\n#~ msgstr "half\n#. A note.\n#: flows/t.yaml:3\n#| msgid "Before"\n'
    assert right(tmp_path, text + entry("Hello", "مرحبا")).messages == {("t.a", "Hello"): ("مرحبا",)}


def test_long_texts_over_several_lines_are_joined(tmp_path: Path) -> None:
    text = header() + 'msgctxt "t.a"\nmsgid ""\n"- one\\n"\n"- \\"two\\""\nmsgstr ""\n"- jeden\\n"\n"- \\"dwa\\""\n'
    assert right(tmp_path, text).messages == {("t.a", '- one\n- "two"'): ('- jeden\n- "dwa"',)}


@pytest.mark.parametrize(
    ("tag", "numbers", "forms"),
    [
        ("ar", (0, 1, 2, 3, 10, 11, 99, 100, 102, 103, 111, 1000), (0, 1, 2, 3, 3, 4, 4, 5, 5, 3, 4, 5)),
        ("pl", (0, 1, 2, 4, 5, 12, 14, 21, 22, 25, 112, 122), (2, 0, 1, 1, 2, 2, 2, 2, 1, 2, 2, 1)),
        ("fa", (0, 1, 2, 100), (0, 0, 0, 0)),
    ],
)
def test_every_number_gets_the_plural_form_of_its_language(
    tmp_path: Path, tag: str, numbers: tuple[int, ...], forms: tuple[int, ...]
) -> None:
    count = max(forms) + 1
    words = [f"form {number}: {{count}}" for number in range(count)]
    text = header(tag) + entry("{count} place", *words, plural="{count} places")
    catalogue = right(tmp_path, text, tag)
    assert tuple(catalogue.plural_form(number) for number in numbers) == forms
    places = Text("t.a", "{count} place", "{count} places", "count")
    said = [Wording(catalogue).template(places, {"count": number}) for number in numbers]
    assert said == [words[form] for form in forms]


def test_the_shipped_languages_can_be_loaded() -> None:
    catalogues = load_catalogues(ROOT / "locales")
    assert catalogues["en"] is ENGLISH
    assert {"en", "ar", "pl"} <= catalogues.keys()
    # CLDR: zero, one, two, few, many, other; which number a form has in the file is the header's own affair.
    arabic = [
        {catalogues["ar"].plural_form(n) for n in numbers} for numbers in ((0,), (1,), (2,), (3, 110), (11, 99), (100,))
    ]
    assert [len(form) for form in arabic] == [1] * 6
    assert len(set.union(*arabic)) == 6
    polish = [{catalogues["pl"].plural_form(n) for n in numbers} for numbers in ((1,), (2, 4, 22), (0, 5, 12, 21))]
    assert [len(form) for form in polish] == [1] * 3
    assert len(set.union(*polish)) == 3
    assert catalogues["ar"].rtl
    assert not catalogues["pl"].rtl


def test_english_needs_no_file_and_every_fault_of_every_file_is_reported(tmp_path: Path) -> None:
    assert load_catalogues(tmp_path) == {"en": ENGLISH}
    reading(tmp_path, header("ar") + entry("Hi {a}", "Hi"), "ar")
    reading(tmp_path, b"\xff", "pl")
    reading(tmp_path, header("en"), "en")
    with pytest.raises(ContentError, match="The translations cannot be used") as caught:
        load_catalogues(tmp_path)
    assert [fault.rule for fault in caught.value.faults] == ["placeholders", "english-catalogue", "not-utf-8"]


def test_only_catalogues_of_this_program_are_found(tmp_path: Path) -> None:
    for name in ("ar/LC_MESSAGES/askfirst.po", "ar/LC_MESSAGES/other.po", "pl/askfirst.po", "askfirst.pot"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert [path.relative_to(tmp_path).parts[0] for path in catalogue_paths(tmp_path)] == ["ar"]


# --- who has reviewed it


@pytest.mark.parametrize(
    ("comment", "reviewed"),
    [
        ("# Reviewed-by: a speaker of Arabic, 2026-11-01", True),
        ("# reviewed-by: a speaker", True),
        ("#\n# Reviewed-by: a speaker\n#", True),
        ("# Reviewed-by:", False),
        ("# Reviewed-by: \n# Translated-by: somebody", False),
        ("# Not yet Reviewed-by: anybody", False),
        ("", False),
    ],
)
def test_a_language_is_reviewed_when_its_header_names_who_reviewed_it(
    tmp_path: Path, comment: str, reviewed: bool
) -> None:
    text = header().replace("# Translations.", f"# Translations.\n{comment}" if comment else "# Translations.")
    assert right(tmp_path, text).reviewed is reviewed


def test_a_comment_of_one_entry_reviews_nothing(tmp_path: Path) -> None:
    assert not right(tmp_path, header() + "# Reviewed-by: a speaker\n" + entry("Hello", "مرحبا")).reviewed


# --- what a translation must keep; the fault stands at line 11, where the English is

KEEPS = [
    ("placeholders", "Dear {member}", "Drogi", "the English has member, the translation has none"),
    ("placeholders", "Dear {member}", "Drogi {memebr}", "the English has member, the translation has memebr"),
    ("placeholders", "Dear", "Drogi {member}", "the English has none, the translation has member"),
    ("stray-brace", "Dear {member}", "Drogi {member} {Member}", "`{Member}` is no placeholder"),
    ("stray-brace", "Dear", "Drogi }", "`}` is no placeholder"),
    (
        "links",
        "[x](https://a.org)",
        "[x](https://b.org)",
        "the English has https://a.org, the translation has https://b.org",
    ),
    ("links", "[x](https://a.org)", "x", "the translation has none; make them the same"),
    ("links", "Ask.", "Ask www.example.org", "the translation has www.example.org"),
    ("links", "Ask.", "Ask https://example.org/x", "the translation has https://example.org/x"),
    ("links", "Ask.", "Ask t.me/other", "the translation has t.me/other"),
    ("links", "Ask.", "Ask @otherbot", "the translation has @otherbot"),
    ("commands", "- /mp – find", "- /pm – find", "the English has /mp, the translation has /pm"),
    ("bold", "**no** record", "no record", "the English has 2, the translation has 0"),
    ("bold", "no record", "**no** record", "the English has 0, the translation has 2"),
    ("markup", "**no** record", "**no\\nrecord**", "`**` has no partner on its line"),
    ("markup", "[x](https://a.org)", "[x] (y](https://a.org)", "a link is written"),
    ("list-lines", "- a\\n- b", "- a, b", "the English has 2, the translation has 1"),
    ("list-lines", "a", "a\\n- b", "the English has 0, the translation has 1"),
    ("turning-mark", "has signed", "has \u202eton\u202c signed", "U+202E"),
    ("no-words", "Yes", "\u200b", "write words"),
    ("text-too-long", "Yes", "a" * 5000, "more than 4096"),
]


@pytest.mark.parametrize(("rule", "english", "own", "message"), KEEPS, ids=lambda value: f"{value:.30}")
def test_a_translation_that_lost_or_added_something_is_named_with_its_line(
    tmp_path: Path, rule: str, english: str, own: str, message: str
) -> None:
    _, faults = reading(tmp_path, header() + entry("Before", "قبل") + entry(english, own))
    found = [fault for fault in faults if fault.rule == rule]
    assert [(fault.line, fault.column) for fault in found] == [(15, 1)]
    assert message in found[0].message


@pytest.mark.parametrize(
    ("english", "own"),
    [
        ("Dear {member}, {party}", "{party} {member}"),
        ("**no** record", "brak **zapisu**"),
        ("- /mp – find\\n- /help", "- /mp – znajdź\\n- /help"),
        ("[source](https://a.org) and [source](https://a.org)", "[źródło](https://a.org), [źródło](https://a.org)"),
        ("and/or 5/6", "i/lub 5/6"),
        ("Dear {mémbre}", "Drogi {mémbre}"),
        ("Hello", "\u200fمرحبا\u200e!"),
    ],
)
def test_another_order_and_other_words_are_what_translations_are_for(tmp_path: Path, english: str, own: str) -> None:
    assert len(right(tmp_path, header() + entry(english, own)).messages) == 1


PLURAL_FAULTS = [
    ("plural-forms", ("a {count}", "b {count}", ""), "2 of 3 plural forms are translated; translate each, or none"),
    ("plural-forms", ("", "", "c {count}"), "1 of 3 plural forms are translated"),
    ("placeholders", ("a {count}", "b", "c {count}"), "the translation has none"),
    ("bold", ("a {count}", "**b** {count}", "c {count}"), "the translation has 2"),
    ("po-syntax", ("a {count}", "b {count}", "c {count}", "d {count}"), "more translations than num_plurals"),
]


@pytest.mark.parametrize(("rule", "forms", "message"), PLURAL_FAULTS, ids=lambda value: f"{value!s:.30}")
def test_every_plural_form_is_read(tmp_path: Path, rule: str, forms: tuple[str, ...], message: str) -> None:
    _, faults = reading(tmp_path, header("pl") + entry("{count} place", *forms, plural="{count} places"), "pl")
    assert [(fault.rule, fault.line) for fault in faults] == [(rule, 11)]
    assert message in faults[0].message


def test_a_plural_entry_without_any_form_is_left_out(tmp_path: Path) -> None:
    assert right(tmp_path, header("pl") + entry("One", "", "", "", plural="Many"), "pl").messages == {}


def test_a_plural_form_may_have_what_either_english_form_has(tmp_path: Path) -> None:
    text = header("pl") + entry("One place", "Jedno", "{count} a", "{count} b", plural="{count} places")
    assert len(right(tmp_path, text, "pl").messages) == 1


# --- files that are damaged (§ stands before the place that the fault names; no mark: the file as a whole)

HI = entry("Hello", "مرحبا")
DAMAGED = [
    ("po-syntax", header() + 'msgctxt "t.a"\n§msgid "Hello\nmsgstr "x"\n', "close the quotes"),
    ("po-syntax", header() + 'msgctxt "t.a"\nmsgid "Hello"\n§msgstr "x" y\n', "open the file in Poedit"),
    ("po-syntax", header() + 'msgctxt "t.a"\nmsgid "Hello"\n§msgstr “x”\n', "quotation marks"),
    ("po-syntax", header() + "§msgid Hello\nmsgstr Bye\n", "quotation marks"),
    ("po-syntax", header() + '§msgdi "Hello"\n', "is not a word such as msgstr"),
    ("po-syntax", header() + HI + "§<<<<<<< HEAD\n" + HI, "is not a word such as msgstr"),
    ("po-syntax", header() + '§msgstr "x"\n', "a second `msgstr` stands in one entry"),
    (
        "po-syntax",
        header() + 'msgid "a"\nmsgid_plural "b"\n§msgid_plural "c"\nmsgstr[0] "d"\n',
        "a second `msgid_plural`",
    ),
    ("po-syntax", header() + '§msgid "Hello"\n', "missing msgstr"),
    ("po-syntax", header() + '§msgid "Hello"\nmsgid "Bye"\nmsgstr "x"\n', "missing msgstr"),
    ("po-syntax", "§\x00\x00\x00\x00", "Poedit"),
    ("po-syntax", '§"just a text"\n', "Poedit"),
    (
        "duplicate-entry",
        header() + HI + "§" + HI.replace("مرحبا", "أهلا"),
        "the same text stands on line 10; remove one",
    ),
    ("po-header", "", "has no header"),
    ("po-header", HI, "copy that of another file"),
    ("po-header", '# x\n§msgid ""\nmsgstr ""\n\n' + HI, "has no header"),
    ("po-header", header(Content_Type="text/plain; charset=latin-1").replace("msgid", "§msgid"), "write charset=UTF-8"),
    ("po-header", header(Content_Type="text/plain; charset=klingon").replace("msgid", "§msgid"), "charset=klingon"),
    ("po-header", header(Content_Type="text/plain").replace("msgid", "§msgid"), "charset=none"),
    ("po-header", header(Language="pl").replace("msgid", "§msgid"), "says that this is `pl`, the folder says `ar`"),
    ("po-header", header(Language="1 (x)").replace("msgid", "§msgid"), "check which is right"),
    ("po-header", header(Plural_Forms="").replace("msgid", "§msgid"), "Plural-Forms of the header is missing or wrong"),
    (
        "po-header",
        header(Plural_Forms="nplurals=INTEGER; plural=EXPRESSION;").replace("msgid", "§msgid"),
        "copy it from",
    ),
    ("po-header", header(Plural_Forms="nplurals=2; plural=n;").replace("msgid", "§msgid"), "Plural-Forms"),
    ("po-header", header(Plural_Forms="nplurals=2; plural=n%0;").replace("msgid", "§msgid"), "Plural-Forms"),
    ("po-header", header(Plural_Forms="nplurals=1; plural=__import__(os);").replace("msgid", "§msgid"), "Plural-Forms"),
    (
        "po-header",
        header(Plural_Forms="nplurals=2; plural=" + "(" * 400 + "n" + ")" * 400).replace("msgid", "§msgid"),
        "Pl",
    ),
]


@pytest.mark.parametrize(("rule", "text", "message"), DAMAGED, ids=lambda value: f"{value[-40:]}")
def test_a_damaged_file_is_refused_with_its_line(tmp_path: Path, rule: str, text: str, message: str) -> None:
    written, place = marked(text)
    catalogue, faults = reading(tmp_path, written)
    assert catalogue is None
    assert [(fault.rule, fault.line, fault.column) for fault in faults] == [(rule, *place)]
    assert message in faults[0].message


def test_a_file_with_windows_line_ends_and_a_byte_order_mark_is_read_as_well(tmp_path: Path) -> None:
    text = header().replace("# Translations.", "# Reviewed-by: a speaker") + HI
    catalogue = right(tmp_path, b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert catalogue.messages == {("t.a", "Hello"): ("مرحبا",)}
    assert catalogue.reviewed


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (header().encode() + 'msgid "a"\nmsgstr "caf\xe9"\n'.encode("latin-1"), (11, 12)),
        (header().encode("utf-16"), (1, 1)),
    ],
)
def test_another_encoding_is_named_at_its_first_strange_byte(
    tmp_path: Path, data: bytes, place: tuple[int, int]
) -> None:
    _, faults = reading(tmp_path, data)
    assert [(fault.rule, fault.line, fault.column) for fault in faults] == [("not-utf-8", *place)]


def test_a_file_that_is_none_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "ar" / "LC_MESSAGES" / "askfirst.po").mkdir(parents=True)
    (tmp_path / "pl" / "LC_MESSAGES").mkdir(parents=True)
    (tmp_path / "pl" / "LC_MESSAGES" / "askfirst.po").symlink_to("nowhere")
    faults: list[Fault] = []
    for path in catalogue_paths(tmp_path):
        assert read_catalogue(path, faults) is None
    assert {fault.rule for fault in faults} == {"unreadable"}


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    _, faults = reading(tmp_path, b"#" * (MAX_BYTES + 1))
    assert [fault.rule for fault in faults] == ["too-big"]


@pytest.mark.parametrize("folder", ["klingon", "xx", "AR", "ar@x", "en_US_POSIX", "a", "ar_", "templates"])
def test_a_folder_that_is_no_language_is_named(tmp_path: Path, folder: str) -> None:
    catalogue, faults = reading(tmp_path, header(folder), folder)
    assert catalogue is None
    assert [fault.rule for fault in faults] == ["unknown-language"]
    assert f"`{folder}`" in faults[0].message


def test_english_cannot_be_replaced_by_a_catalogue(tmp_path: Path) -> None:
    _, faults = reading(tmp_path, header("en") + entry("We have **no** record.", "Has **signed**."), "en")
    assert [fault.rule for fault in faults] == ["english-catalogue"]


WHOLE = header() + entry("Hello {name}, **welcome**", "مرحبا {name} **أهلا**") + entry("- a\\n- b", "- ا\\n- ب")


@given(st.integers(0, len(WHOLE)), st.sampled_from(["", *'"\\\n#[]~ m0']), st.integers(0, 4))
@settings(max_examples=200, deadline=None)
def test_a_slip_in_a_catalogue_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, typed: str, lost: int
) -> None:
    catalogue, faults = reading(tmp_path_factory.getbasetemp(), WHOLE[:at] + typed + WHOLE[at + lost :])
    assert catalogue is not None or faults
    for fault in faults:
        assert fault.line <= WHOLE.count("\n") + 2


def test_messages_are_read_for_other_tools_too(tmp_path: Path) -> None:
    reading(tmp_path, header() + HI)
    faults: list[Fault] = []
    messages = read_messages(catalogue_paths(tmp_path)[0], faults)
    assert messages is not None
    assert len(messages) == 1


def test_a_date_that_other_tools_cannot_read_is_named_before_anything_is_written(tmp_path: Path) -> None:
    reading(tmp_path, header(POT_Creation_Date="yesterday") + HI)
    faults: list[Fault] = []
    assert read_messages(catalogue_paths(tmp_path)[0], faults) is None
    assert [fault.rule for fault in faults] == ["po-syntax"]


# --- read again


def test_only_what_has_changed_is_parsed_again(tmp_path: Path) -> None:
    reader = CatalogueReader()
    for tag in ("ar", "pl"):
        reading(tmp_path, header(tag) + entry("Hi", f"In {tag}"), tag)
    first = reader.load(tmp_path)
    path = catalogue_paths(tmp_path)[0]
    path.write_text(path.read_text(encoding="utf-8").replace("In ar", "In ab"), encoding="utf-8")
    again = reader.load(tmp_path)
    assert again["pl"] is first["pl"]
    assert again["ar"].messages != first["ar"].messages
    assert reader.load(tmp_path) == again
    assert again["ar"].messages == load_catalogues(tmp_path)["ar"].messages


def test_a_fault_stays_until_it_is_mended(tmp_path: Path) -> None:
    reader = CatalogueReader()
    reading(tmp_path, header("ar") + entry("Hi {a}", "Hi"), "ar")
    told = []
    for _ in range(2):
        with pytest.raises(ContentError) as caught:
            reader.load(tmp_path)
        told.append(caught.value.faults)
    assert told[0] == told[1] != ()
    reading(tmp_path, header("ar") + entry("Hi {a}", "Hi {a}"), "ar")
    assert set(reader.load(tmp_path)) == {"en", "ar"}


def test_a_language_goes_with_its_file_but_not_with_the_whole_folder(tmp_path: Path) -> None:
    reader = CatalogueReader()
    reading(tmp_path / "locales", header("ar") + entry("Hi", "Hi"), "ar")
    assert set(reader.load(tmp_path / "locales")) == {"en", "ar"}
    (tmp_path / "locales").rename(tmp_path / "away")
    with pytest.raises(ContentError, match="is not a folder"):
        reader.load(tmp_path / "locales")
    (tmp_path / "away").rename(tmp_path / "locales")
    catalogue_paths(tmp_path / "locales")[0].unlink()
    assert set(reader.load(tmp_path / "locales")) == {"en"}
