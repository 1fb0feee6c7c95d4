"""A translation goes out as a table and comes back, whatever a spreadsheet does to it on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.exchange import FIXED, apply, changes, read_table, table, titles, write_csv, write_xlsx
from bot.errors import ContentError

WORDS = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc", "Zl", "Zp"),
        exclude_characters="{}*[]\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    ),
    min_size=1,
).filter(lambda text: text.strip() == text and any(letter.isalpha() for letter in text))


def catalogue(*texts: tuple[str, str | tuple[str, str], str | tuple[str, ...]]) -> Catalog:
    """A Polish catalogue of these texts: context, English, translation."""
    made = Catalog(locale="pl")
    for context, english, said in texts:
        made.add(english, said, context=context, auto_comments=["The label of a button."])
    return made


SMALL = (
    ("a.b", "Hello", "Cześć"),
    ("a.c", ("One {count}", "Many {count}"), ("raz {count}", "dwa {count}", "pięć {count}")),
)


def written(path: Path, rows: list[list[str]]) -> Path:
    if path.suffix == ".csv":
        write_csv(path, rows)
    else:
        write_xlsx(path, rows, rtl=False)
    return path


@pytest.fixture(params=["t.csv", "t.xlsx"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


def test_what_goes_out_comes_back_as_it_was(file: Path) -> None:
    there = catalogue(*SMALL)
    found = changes(read_table(written(file, table(there, 3))), there, file)
    assert (found.changed, found.unknown, found.faults) == ((), (), ())


def test_a_changed_translation_is_taken_and_is_no_longer_fuzzy(file: Path) -> None:
    there = catalogue(*SMALL)
    there.get("Hello", "a.b").flags.add("fuzzy")  # type: ignore[union-attr]
    rows = table(there, 3)
    rows[1][len(FIXED)] = "Dzień dobry"
    rows[2][len(FIXED) + 2] = "wiele {count}"
    apply(changes(read_table(written(file, rows)), there, file))
    hello, many = (message for message in there if message.id)
    assert (hello.string, hello.fuzzy) == ("Dzień dobry", False)
    assert many.string == ("raz {count}", "dwa {count}", "wiele {count}")


def test_the_order_of_rows_and_columns_left_out_do_not_matter(file: Path) -> None:
    there = catalogue(*SMALL)
    head, *rows = table(there, 3)
    rows[0][len(FIXED)] = "Witaj"
    found = changes(read_table(written(file, [[*head[:-1]], *(row[:-1] for row in reversed(rows))])), there, file)
    assert [(message.id, forms) for message, forms in found.changed] == [("Hello", ("Witaj",))]


def test_an_emptied_translation_changes_nothing(file: Path) -> None:
    there = catalogue(*SMALL)
    rows = table(there, 3)
    rows[1][len(FIXED)] = " "
    assert changes(read_table(written(file, rows)), there, file).changed == ()


def test_a_row_whose_english_has_changed_is_passed_over_and_named(file: Path) -> None:
    there = catalogue(*SMALL)
    rows = table(there, 3)
    rows[1][1] = "Hello there"
    (row,) = changes(read_table(written(file, rows)), there, file).unknown
    assert (row.number, row.ids) == (2, ("Hello there",))


@pytest.mark.parametrize(
    ("row", "column", "text", "rule"),
    [
        (2, 1, "raz", "placeholders"),
        (2, 0, "", "plural-forms"),
        (1, 0, "**Cześć**", "bold"),
        (1, 0, "Cześć {x", "stray-brace"),
    ],
)
def test_what_would_lose_a_fact_is_refused_with_its_row(
    file: Path, row: int, column: int, text: str, rule: str
) -> None:
    there = catalogue(*SMALL)
    rows = table(there, 3)
    rows[row][len(FIXED) + column] = text
    (fault,) = changes(read_table(written(file, rows)), there, file).faults
    assert (fault.line, fault.rule) == (row + 1, rule)


def test_the_same_row_twice_is_refused(file: Path) -> None:
    there = catalogue(*SMALL)
    rows = table(there, 3)
    assert [fault.rule for fault in changes(read_table(written(file, [*rows, rows[1]])), there, file).faults] == [
        "duplicate-entry"
    ]


def test_a_text_that_looks_like_a_formula_stays_a_text(file: Path) -> None:
    there = catalogue(("a.b", "=1+1 words", "=2+2 słowa"), ("a.c", "+44 words", "+44 słowa"), ("a.d", "@x y", "@x z"))
    found = changes(read_table(written(file, table(there, 1))), there, file)
    assert (found.changed, found.unknown) == ((), ())


def test_a_spreadsheet_that_separates_with_semicolons_is_understood(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(";".join(titles(1)) + '\r\na.b;Hello;;"Cześć; witaj";note\r\n', encoding="utf-8")
    (row,) = read_table(file)
    assert (row.context, row.ids, row.forms) == ("a.b", ("Hello",), ("Cześć; witaj",))


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("t.csv", b"one,two\n", "table"),
        ("t.csv", b"", "table"),
        ("t.csv", "Cześć".encode("utf-16"), "not-utf-8"),
        ("t.xlsx", b"no workbook", "table"),
        ("t.xlsx", b"PK\x03\x04 nearly one", "table"),
        ("none.csv", None, "unreadable"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path, name: str, data: bytes | None, rule: str) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ContentError) as caught:
        read_table(tmp_path / name)
    assert [fault.rule for fault in caught.value.faults] == [rule]


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5, unique_by=lambda pair: pair[0]))
@settings(max_examples=40, deadline=None)
def test_any_words_survive_both_kinds(tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]) -> None:
    there = catalogue(*(("a.b", english, said) for english, said in pairs))
    for name in ("t.csv", "t.xlsx"):
        file = tmp_path_factory.getbasetemp() / name
        found = changes(read_table(written(file, table(there, 1))), there, file)
        assert (found.changed, found.unknown) == ((), ())
