"""Bad input: whatever stands in a file that people edit, the answer is a value, or a fault at the right place."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Literal

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.errors import Fault
from bot.yamlfile import MAX_BYTES, MAX_DEPTH, MAX_FAULTS, Document, read, read_bytes
from tests.content.editor import marked


class Spot(BaseModel):
    """A part of the file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    size: Annotated[int, Field(ge=1, le=9)] = 1
    colour: Literal["green", "yellow"] = "green"
    shown: bool = True


class Sheet(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: str = "none"
    spots: Annotated[list[Spot], Field(max_length=60)] = []
    by_name: dict[str, Spot] = {}


def reading(text: str | bytes) -> tuple[Document[Sheet] | None, list[Fault]]:
    faults: list[Fault] = []
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return read_bytes(data, "sheet.yaml", Sheet, faults), faults


def fault_of(text: str | bytes) -> Fault:
    """The only fault of a text that cannot be read."""
    document, faults = reading(text)
    assert document is None
    (fault,) = faults
    return fault


# --- what is read


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("No", "No"),
        ("yes", "yes"),
        ("on", "on"),
        ("Null", "Null"),
        ("TRUE", "TRUE"),
        ("0123", "0123"),
        ("1_000", "1_000"),
        ("1.5", "1.5"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("2024-07-04", "2024-07-04"),
        ("12:30", "12:30"),
        ("0x1F", "0x1F"),
        ("'5'", "5"),
        ('"true"', "true"),
        ("|\n  5", "5"),
    ],
)
def test_what_is_neither_a_whole_number_nor_true_false_or_null_is_words(written: str, read_as: str) -> None:
    document, faults = reading(f"title: {written}\n")
    assert not faults
    assert document is not None
    assert document.model.title.strip() == read_as


def test_numbers_and_truth_values_are_read_as_such() -> None:
    document, _ = reading("spots: [{text: a, size: 7, shown: false}]")
    assert document is not None
    assert document.model.spots == [Spot(text="a", size=7, shown=False)]


@pytest.mark.parametrize("text", ["title: a\nspots: []\n", "{title: a, spots: []}"])
def test_block_and_flow_style_are_the_same(text: str) -> None:
    document, _ = reading(text)
    assert document is not None
    assert document.model == Sheet(title="a")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_of_every_system_and_a_byte_order_mark_change_nothing(ends: str, mark: str) -> None:
    text = "title: |\n  one\n  two\nspots:\n  - text: a\n    seize: 2\n"
    assert fault_of(mark + text.replace("\n", ends)) == fault_of(text)
    assert (fault_of(text).line, fault_of(text).column) == (6, 5)
    document, _ = reading(mark + text.replace("    seize: 2\n", "").replace("\n", ends))
    assert document is not None
    assert document.model.title == "one\ntwo\n"


def test_spaces_at_the_ends_of_lines_do_not_count() -> None:
    document, _ = reading("title: |\n  One. \t\n  \n  Two.  \n")
    assert document is not None
    assert document.model.title == "One.\n\nTwo.\n"


@given(st.recursive(st.text(max_size=8), lambda inner: st.dictionaries(st.text(max_size=6), inner, max_size=4)))
@settings(max_examples=60)
def test_whatever_other_programs_write_comes_back_word_for_word(value: object) -> None:
    class Anything(BaseModel):
        value: object

    faults: list[Fault] = []
    text = yaml.safe_dump({"value": value}, default_style='"', allow_unicode=False)
    document = read_bytes(text.encode(), "x.yaml", Anything, faults)
    assert not faults
    assert document is not None
    assert document.model.value == value


# --- what is refused, and where (§ marks the place)


REFUSED = [
    ("duplicate-key", "title: a\nspots: []\n§title: b\n", "already stands on line 1; remove one"),
    ("duplicate-key", "spots:\n  - {text: a, size: 1, §text: b}\n", "already stands on line 2; remove one"),
    ("no-anchors", "title: §&a x\n", "write it out"),
    ("no-anchors", "title: §*a\n", "write it out"),
    ("no-anchors", "§&a title: x\n", "write it out"),
    ("no-anchors", "a: §&a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n", "write it out"),
    ("no-anchors", "<<: §*base\n", "write it out"),
    ("unknown-key", "§<<: {title: a}\n", "known here: by_name, spots, title"),
    ("no-tags", "title: §!!str 5\n", "put the text in quotes"),
    ("no-tags", "title: §!!python/object/apply:os.system [ls]\n", "put the text in quotes"),
    ("no-tags", "§!!str title: 5\n", "put the text in quotes"),
    ("no-tags", "spots: §!spots [a]\n", "put the text in quotes"),
    ("key", "? §[a, b]\n: c\n", "a key must be a plain word"),
    ("key", "title: a\n? §{b: c}\n: d\n", "a key must be a plain word"),
    ("two-documents", "title: a\n§---\ntitle: b\n", "remove the line `---`"),
    ("too-deep", "title: " + "[" * MAX_DEPTH + "§[" + "]" * MAX_DEPTH + "]", "make it flatter"),
    ("control-character", "title: a§\x07b\n", "U+0007"),
    ("control-character", "title: a\nspots: §\x00\n", "U+0000"),
    ("control-character", "title: a\r\nspots: §\u2028[]\n", "U+2028"),
    ("control-character", "title: a§\x85b\n", "U+0085"),
    ("control-character", "title: a§\x1bb\n", "delete it"),
    ("control-character", "title: a\n§\ufeffspots: []\n", "U+FEFF"),
    ("yaml", "title: a\nspots:\n§\t- text: a\n", "use spaces to indent"),
    ("yaml", "spots:\n  - text: a\n§\tsize: 2\n", "use spaces to indent"),
    ("yaml", "title: a\ntext: b§: c\n", "put the text in quotes"),
    ("yaml", "title: §@home\n", "must not begin with this character; put the text in quotes"),
    ("yaml", "title: §`home`\n", "must not begin with this character; put the text in quotes"),
    ("yaml", "spots:\n  - text: a\n    size: 1\n   §text: b\n", "does not fit those above; check its indentation"),
    ("yaml", "by_name: {}\n§title |\n  a\nspots: []\n", "a colon is missing on this line; write `key: value`"),
    ("yaml", "title: a\n§spots\n  - text: b\nby_name: {}\n", "a colon is missing on this line"),
    ("yaml", 'title: a\nspots: [{text: §"half, size: 2}]\n', "the quotes that open here are not closed"),
    ("yaml", "title: §'half\nspots: []\n", "the quotes that open here are not closed"),
    ("yaml", "spots: §[{text: a},\nby_name: {}\n", "the bracket that opens here is not closed before line"),
    (
        "yaml",
        "title: a\nby_name: §{a: {text: b}\nspots: []\n",
        "the bracket that opens here is not closed before line 3",
    ),
    ("yaml", "title: a\nspots: [§", "the file ends too early; close the brackets and quotes, and save it again"),
    ("yaml", "by_name: {a: {text: b§: c}}\n", "check the indentation, the quotes and the colons"),
    ("yaml", 'title: "a\\u§d800b"\n', "check the indentation, the quotes"),
    ("yaml", "§%YAML 1.3\n---\ntitle: a\n", "near this line"),
]


@pytest.mark.parametrize(("rule", "text", "remedy"), REFUSED, ids=lambda value: f"{value:.24}")
def test_a_fault_names_the_line_the_column_and_the_remedy(rule: str, text: str, remedy: str) -> None:
    written, place = marked(text)
    fault = fault_of(written)
    assert (fault.rule, fault.line, fault.column) == (rule, *place)
    assert remedy in fault.message


WRONG_VALUES = [
    ("wrong-value", "§title: 5\n", '`title`: must be words; put quotes around it: "5"'),
    ("wrong-value", "§title: true\n", '`title`: must be words; put quotes around it: "true"'),
    ("wrong-value", "§title:\n", "`title`: is empty; write something, or remove the line"),
    ("wrong-value", "§title: ~\n", "`title`: is empty; write something, or remove the line"),
    ("wrong-value", "§title: [a]\n", "`title`: must be words"),
    ("wrong-value", "§spots: {text: a}\n", "`spots`: must be a list; begin each item with `- `"),
    ("wrong-value", "§by_name: [a]\n", "`by_name`: must be keys with values, one `key: value` a line"),
    ("wrong-value", "spots:\n  - {text: a}\n  - §b\n", "item 2 of `spots`: must be keys with values"),
    ("wrong-value", "spots:\n  - {text: a}\n  - §[b]\n", "item 2 of `spots`: must be keys with values"),
    ("wrong-value", 'spots: [{§text: ""}]\n', "`text`: is empty; write something"),
    ("wrong-value", f"spots: [{{§text: {'x' * 41}}}]\n", "`text`: is longer than 40 characters; shorten it"),
    ("wrong-value", "spots: [{text: a, §size: 10}]\n", "`size`: must be at most 9, not 10"),
    ("wrong-value", "spots: [{text: a, §size: 0}]\n", "`size`: must be at least 1, not 0"),
    ("wrong-value", 'spots: [{text: a, §size: "2"}]\n', "`size`: must be a whole number, without quotes, not '2'"),
    (
        "wrong-value",
        "spots: [{text: a, §colour: geen}]\n",
        "must be 'green' or 'yellow', not 'geen'; did you mean `green`?",
    ),
    ("wrong-value", "spots: [{text: a, §colour: pink}]\n", "must be 'green' or 'yellow', not 'pink'; correct it"),
    ("wrong-value", "spots: [{text: a, §shown: no}]\n", "`shown`: must be true or false, not 'no'"),
    ("missing-key", "spots:\n  - §size: 2\n", "the key `text` is missing; add it"),
    ("missing-key", "by_name:\n  §corner: {size: 2}\n", "the key `text` is missing; add it"),
    ("unknown-key", "§Title: a\n", "the key `Title` is not known here; did you mean `title`?"),
    ("unknown-key", "spots: [{text: a, §color: green}]\n", "did you mean `colour`?"),
    ("unknown-key", "by_name: {a: {text: a, §zzz: 1}}\n", "known here: colour, shown, size, text"),
    ("wrong-value", "§- title: a\n", "the file: must be keys with values"),
    ("wrong-value", "§hello\n", "the file: must be keys with values"),
]


@pytest.mark.parametrize(("rule", "text", "message"), WRONG_VALUES, ids=lambda value: f"{value:.24}")
def test_a_value_that_does_not_fit_says_what_would(rule: str, text: str, message: str) -> None:
    written, place = marked(text)
    fault = fault_of(written)
    assert (fault.rule, fault.line, fault.column) == (rule, *place)
    assert message in fault.message


def test_no_message_speaks_of_the_programming_language() -> None:
    for _, text, _ in WRONG_VALUES:
        message = fault_of(marked(text)[0]).message
        for word in ("dictionary", "instance", "Input", "validation", "NoneType", "None", "Spot", "str"):
            assert word not in message


def test_every_wrong_value_of_a_file_is_reported_at_once() -> None:
    _, faults = reading("titel: a\nspots:\n  - {text: 5, colour: red}\n  - {}\n")
    assert [(fault.line, fault.column, fault.rule) for fault in sorted(faults)] == [
        (1, 1, "unknown-key"),
        (3, 6, "wrong-value"),
        (3, 15, "wrong-value"),
        (4, 5, "missing-key"),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "\ufeff", "null\n"])
def test_an_empty_file_says_so(text: str) -> None:
    assert str(fault_of(text)) == "sheet.yaml: empty: is empty; see the example in docs/"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ("title: caf\xe9\n".encode("latin-1"), (1, 11)),
        ("title: a\nspots: []\n# ← caf".encode() + b"\xe9\n", (3, 8)),
        ("title: a\n".encode("utf-16"), (1, 1)),
        (b"\xef\xbb\xbftitle: \xff\n", (1, 8)),
    ],
)
def test_another_encoding_is_named_at_its_first_strange_byte(data: bytes, place: tuple[int, int]) -> None:
    fault = fault_of(data)
    assert (fault.rule, fault.line, fault.column) == ("not-utf-8", *place)
    assert "save the file with the encoding UTF-8" in fault.message


def test_utf_16_without_a_mark_is_noticed_too() -> None:
    fault = fault_of("title: a\n".encode("utf-16-le"))
    assert (fault.rule, fault.line, fault.column) == ("control-character", 1, 2)
    assert "save as UTF-8" in fault.message


# --- attacks


def test_ten_megabytes_are_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"title: " + b"a" * 10_000_000)
    faults: list[Fault] = []
    assert read(path, Sheet, faults) is None
    assert [(fault.rule, fault.line) for fault in faults] == [("too-big", 0)]
    assert fault_of(b"#" * (MAX_BYTES + 1)).rule == "too-big"


@pytest.mark.parametrize(
    "text",
    [
        "title: " + "[" * 400_000,
        "{a: " * 200_000,
        "- " * 400_000,
        "? " * 400_000,
        "title: " + "a: " * 300_000,
        "title: '" + "''" * 400_000,
        "\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(20_000)),
        "k" * 900_000 + ": 1",
        "&" + "a" * 900_000 + " title: x",
        "!" * 900_000,
        "#" * 999_999,
        " " * 999_999 + "x",
    ],
    ids=lambda value: f"{value:.16}".replace("\n", " "),
)
def test_a_hostile_file_is_refused_quickly_and_shortly(text: str) -> None:
    began = time.perf_counter()
    fault = fault_of(text)
    assert time.perf_counter() - began < 5
    assert len(str(fault)) < 300


def test_of_very_many_faults_only_the_first_are_shown() -> None:
    _, faults = reading("".join(f"key{number}: 1\n" for number in range(5_000)))
    assert len(faults) == MAX_FAULTS + 1
    assert str(faults[-1]) == f"sheet.yaml: more-faults: {5_000 - MAX_FAULTS} more faults were found; mend these first"


TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFake1"


@pytest.mark.parametrize(
    "text",
    [
        f"spots: {TOKEN}",
        f"{TOKEN}: x",
        f'"{TOKEN}": x\n"{TOKEN}": y',
        f"spots: [{{text: a, colour: '{TOKEN}'}}]",
        f"spots: [{{text: a, size: 'see {TOKEN}'}}]",
        f"spots: [{{text: '{TOKEN}: {TOKEN}'}}]",
    ],
)
def test_no_fault_shows_what_looks_like_a_bot_token(text: str) -> None:
    _, faults = reading(text)
    assert faults
    assert "AAFake" not in " ".join(map(str, faults))


def test_a_message_stays_on_one_line() -> None:
    _, faults = reading('"a\\nb\\0\\e[31m": 1')
    assert str(faults[0]).isprintable()


# --- files that are none


def test_what_cannot_be_opened_is_a_fault_and_not_an_exception(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "dangling.yaml").symlink_to(tmp_path / "nothing.yaml")
    faults: list[Fault] = []
    for name in ("folder", "loop", "dangling", "missing"):
        assert read(tmp_path / f"{name}.yaml", Sheet, faults) is None
    assert {fault.rule for fault in faults} == {"unreadable"}
    folder, loop, dangling, missing = (fault.message for fault in faults)
    assert "rename or remove the folder" in folder
    assert "remove the link" in loop
    assert "check that it is there" in dangling
    assert "check that it is there" in missing


@given(st.binary(max_size=200))
@settings(max_examples=150)
def test_no_bytes_raise(data: bytes) -> None:
    document, faults = reading(data)
    assert (document is None) == bool(faults)


GOOD = "title: a\nspots:\n  - {text: b, size: 2}\n  - text: |\n      c\n    colour: green\nby_name: {d: {text: 'e'}}\n"


@given(st.integers(0, len(GOOD)), st.sampled_from(["", *"\t:-[]{}'\"&*!|>#%@`,?\n\r\x00\u2028é"]), st.integers(0, 3))
@settings(max_examples=300)
def test_a_file_with_a_slip_of_the_finger_is_read_or_refused_at_a_real_place(at: int, typed: str, lost: int) -> None:
    text = GOOD[:at] + typed + GOOD[at + lost :]
    document, faults = reading(text)
    assert (document is None) == bool(faults)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for fault in faults:
        assert fault.line <= len(lines)
        assert not fault.line or 1 <= fault.column <= max(len(lines[fault.line - 1]), 1) + 1


@given(st.integers(0, len(GOOD)))
def test_a_half_saved_file_is_never_a_traceback(length: int) -> None:
    document, faults = reading(GOOD[:length])
    assert (document is None) == bool(faults)
