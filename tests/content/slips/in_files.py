"""Slips in the file as a whole: what YAML makes of it, and its name."""

from __future__ import annotations

from collections.abc import Iterator

from bot.engine.model import RESERVED
from bot.yamlfile import MAX_BYTES, MAX_DEPTH, MAX_FAULTS
from tests.content.slips.slip import Slip, operator, slip
from tests.content.slips.written import Written


@operator
def a_tab_indents(written: Written) -> Iterator[Slip]:
    for number, line in enumerate(written.lines, 1):
        if line.startswith("    ") and not line.startswith("      "):
            yield slip(written, number, written.on_line(number, "    ", "\t"), "yaml")


@operator
def a_key_stands_one_space_too_far_right(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps():
        second = list(written.node(*keys).value)[1]
        line = written.line(*keys, second)
        yield slip(written, line, written.on_line(line, "    ", "     "), "yaml")


@operator
def a_key_stands_one_space_too_far_left(written: Written) -> Iterator[Slip]:
    for keys, step in written.steps():
        for key in list(step.value)[1:]:
            line = written.line(*keys, key)
            yield slip(written, line, written.on_line(line, "    ", "   "), "yaml")


@operator
def a_quote_is_not_closed(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        if keys[-1] in ("id", "text", "call", "goto", "description"):
            value = written.node(*keys).value
            yield slip(written, keys, written.value(keys, f'"{value}'), "yaml")


@operator
def a_bracket_is_not_closed(written: Written) -> Iterator[Slip]:
    for keys, _ in (*written.buttons(), *written.inputs()):
        line = written.node(*keys).line
        if written.lines[line - 1].rstrip().endswith("}"):
            yield slip(
                written, line, written.on_line(line, written.lines[line - 1], written.lines[line - 1][:-1]), "yaml"
            )


@operator
def a_bracket_too_many_is_closed(written: Written) -> Iterator[Slip]:
    for keys, _ in written.buttons():
        line = written.line(*keys)
        yield slip(written, line, written.on_line(line, written.lines[line - 1], written.lines[line - 1] + "}"), "yaml")


@operator
def a_colon_is_forgotten(written: Written) -> Iterator[Slip]:
    for keys, step in written.steps():
        for key in list(step.value)[1:]:
            line = written.line(*keys, key)
            if written.lines[line - 1].rstrip().endswith("|"):
                yield slip(written, line, written.on_line(line, f"{key}: |", f"{key} |"), "yaml")


@operator
def a_plain_text_has_a_colon(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        if keys[-1] in ("description", "label") or (keys[-1] == "note" and "buttons" not in keys):
            yield slip(written, keys, written.value(keys, "One thing: another"), "yaml")


@operator
def a_text_begins_with_a_sign(written: Written) -> Iterator[Slip]:
    signs = {"@you": "yaml", "%": "yaml", "`x`": "yaml", "*bold": "no-anchors", "&x y": "no-anchors", "!yes": "no-tags"}
    for number, (keys, _) in enumerate(written.buttons("text")):
        sign = list(signs)[number % len(signs)]
        yield slip(written, keys, written.value((*keys, "text"), sign), signs[sign], "wrong-value")


@operator
def an_anchor_is_set(written: Written) -> Iterator[Slip]:
    for keys, step in written.steps():
        yield slip(written, keys, written.value((*keys, "id"), f"&x {step.value['id'].value}"), "no-anchors")


@operator
def a_bomb_of_anchors(written: Written) -> Iterator[Slip]:
    bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    bomb += [
        f"{name}: &{name} [*{before}, *{before}, *{before}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    yield slip(written, len(written.lines), written.append(*bomb), "no-anchors")


@operator
def a_tag_is_set(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps():
        yield slip(written, keys, written.value((*keys, "id"), "!!python/name:os.system x"), "no-tags")


@operator
def the_file_was_saved_as_windows_text(written: Written) -> Iterator[Slip]:
    for number, line in enumerate(written.lines, 1):
        if line.strip() and line.isascii():
            text = written.on_line(number, line, f"{line} café")
            start, _, rest = text.partition(f"{line} café")
            if start.isascii():
                yield slip(written, number, f"{start}{line} caf".encode() + b"\xe9" + rest.encode(), "not-utf-8")


@operator
def the_file_was_saved_as_utf_16(written: Written) -> Iterator[Slip]:
    yield slip(written, 1, written.text.encode("utf-16"), "not-utf-8")
    if written.text.isascii():
        yield slip(written, 1, written.text.encode("utf-16-le"), "control-character")


@operator
def a_character_that_nobody_sees(written: Written) -> Iterator[Slip]:
    for number, line in enumerate(written.lines, 1):
        if line:
            sign = "\x00\x07\x1b\x85\u2028\u2029\ufeff"[number % 7]
            yield slip(written, number, written.on_line(number, line, line + sign), "control-character")


@operator
def ten_megabytes(written: Written) -> Iterator[Slip]:
    yield slip(written, 0, written.append("# " + "x" * 10 * MAX_BYTES), "too-big")


@operator
def a_second_document(written: Written) -> Iterator[Slip]:
    for keys, _ in list(written.steps())[1:]:
        line = written.line(*keys)
        yield slip(written, line, written.insert(line, "---"), "two-documents")


@operator
def nothing_but_notes(written: Written) -> Iterator[Slip]:
    yield slip(written, 0, "".join(f"# {line}\n" for line in written.lines), "empty")
    yield slip(written, 0, "", "empty")


@operator
def the_end_was_cut_off(written: Written) -> Iterator[Slip]:
    for keys, _ in written.buttons("text"):
        line = written.line(*keys)
        cut = "\n".join([*written.lines[: line - 1], written.lines[line - 1].rpartition(",")[0]])
        yield slip(written, line, cut, "yaml")


@operator
def brackets_in_brackets(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps():
        line = written.line(*keys)
        deep = "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)
        yield slip(written, line, written.value((*keys, "id"), deep), "too-deep")


@operator
def a_key_that_is_no_word(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps("next"):
        line = written.line(*keys, "next")
        yield slip(written, line, written.insert(line, "    [a, b]: c"), "key")


@operator
def a_key_twice(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        line = written.line(*keys)
        if keys[-1] in written.lines[line - 1][:20].split(":")[0].split() and not written.is_block(keys):
            twice = written.lines[line - 1].replace("- ", "  ")
            end = written.after(keys)
            yield slip(written, end, written.insert(end, twice), "duplicate-key")


@operator
def a_key_twice_on_one_line(written: Written) -> Iterator[Slip]:
    for keys, _ in written.buttons("text"):
        yield slip(written, keys, written.inside(keys, "text: Twice"), "duplicate-key")


@operator
def everything_is_misspelt(written: Written) -> Iterator[Slip]:
    yield slip(
        written, 0, written.append(*(f"x{number}: y" for number in range(MAX_FAULTS + 1))), "more-faults", "unknown-key"
    )


@operator
def a_folder_with_the_name_of_a_file(written: Written) -> Iterator[Slip]:
    yield Slip({written.file: None, f"{written.file}/note.txt": "x"}, written.file, 0, "unreadable", where=written.name)


@operator
def another_ending(written: Written) -> Iterator[Slip]:
    other = f"{written.name}.yml"
    yield Slip({written.file: None, other: written.text}, other, 0, "file-name", where=written.name)


@operator
def another_name(written: Written) -> Iterator[Slip]:
    yield slip(written, ("flow",), written.value(("flow",), "another"), "flow-name")
    line = written.line("flow")
    files = {written.file: None, f"x{written.file}": written.text}
    missing = {"reserved-missing"} if written.name in RESERVED else set()
    also = frozenset({"unknown-flow", "reserved-action", "start-does-not-ask", *missing})
    yield Slip(files, f"x{written.file}", line, "flow-name", also, written.name)


@operator
def a_name_that_begins_like_a_reserved_one(written: Written) -> Iterator[Slip]:
    if not written.name.startswith("_"):
        name = f"_{written.name}"
        text = written.value(("flow",), name)
        files = {written.file: None, f"{name}.yaml": text}
        yield Slip(
            files, f"{name}.yaml", written.line("flow"), "reserved-name", frozenset({"unknown-flow"}), written.name
        )


@operator
def a_reserved_flow_is_thrown_away(written: Written) -> Iterator[Slip]:
    if written.name in RESERVED:
        also = frozenset({"unknown-flow", "unknown-command"})
        yield Slip({written.file: None}, "", 0, "reserved-missing", also, written.name)
