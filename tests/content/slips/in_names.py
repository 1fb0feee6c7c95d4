"""Slips in names: of steps, flows, slots, actions, buttons, commands."""

from __future__ import annotations

from collections.abc import Iterator

from bot.engine.model import NAVIGATION
from tests.content.slips.slip import FOLLOWS, Slip, operator, slip, texts, ways
from tests.content.slips.written import WRITTEN, Written


@operator
def the_way_on_is_misspelt(written: Written) -> Iterator[Slip]:
    for keys in ways(written):
        yield slip(written, keys, written.value(keys, f"{written.node(*keys).value.lower()}x"), "unknown-step")


@operator
def the_way_on_is_the_id_of_a_step_elsewhere(written: Written) -> Iterator[Slip]:
    for keys in ways(written):
        elsewhere = "cannot_find" if written.name != "ask_to_sign" else "mp_pledged"
        yield slip(written, keys, written.value(keys, elsewhere), "unknown-step")


@operator
def a_step_is_renamed(written: Written) -> Iterator[Slip]:
    for keys, step in written.steps():
        leading = [way for way in ways(written) if written.node(*way).value == step.value["id"].value]
        for way in leading[:1]:
            yield slip(written, way, written.value((*keys, "id"), "renamed"), "unknown-step")


@operator
def a_step_is_thrown_away(written: Written) -> Iterator[Slip]:
    for keys, step in written.steps():
        leading = [way for way in ways(written) if written.node(*way).value == step.value["id"].value]
        text = written.without(keys)
        for way in leading[:1]:
            line = written.line(*way)
            gone = written.after(keys) - written.line(*keys)
            moved = line - gone if line > written.line(*keys) else line
            if way[:2] != keys:
                yield slip(written, moved, text, "unknown-step")


@operator
def another_flow_is_misspelt(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        if keys[-1] in ("call", "goto"):
            yield slip(written, keys, written.value(keys, f"{written.node(*keys).value}s"), "unknown-flow")


@operator
def a_flow_is_thrown_away(written: Written) -> Iterator[Slip]:
    others = [other for other in WRITTEN if other is not written]
    for other in others:
        for keys in other.every_key():
            if keys[-1] in ("call", "goto") and other.node(*keys).value == written.name:
                also = frozenset({"reserved-missing", "unknown-command"})
                yield Slip({written.file: None}, other.file, other.line(*keys), "unknown-flow", also, written.name)


@operator
def an_action_is_misspelt(written: Written) -> Iterator[Slip]:
    for keys, step in written.steps("action"):
        text = written.value((*keys, "action"), step.value["action"].value + "s")
        yield slip(written, (*keys, "action"), text, "unknown-action")


@operator
def an_outcome_is_forgotten(written: Written) -> Iterator[Slip]:
    for keys in ways(written):
        if keys[-2:-1] == ("next",):
            text = written.without(keys)
            yield slip(written, keys[:-1], text, "missing-outcome", "wrong-value")


@operator
def an_outcome_is_misspelt(written: Written) -> Iterator[Slip]:
    for keys in ways(written):
        if keys[-2:-1] == ("next",):
            yield slip(written, keys, written.key(keys, f"{keys[-1]}s"), "unknown-outcome", "missing-outcome")


@operator
def an_outcome_too_many(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps("action", "next"):
        line = written.node(*keys, "next").line
        yield slip(written, line, written.inside((*keys, "next"), "perhaps: END"), "unknown-outcome")


@operator
def an_argument_is_forgotten(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps("with"):
        yield slip(written, (*keys, "action"), written.without((*keys, "with")), "missing-argument")


@operator
def an_argument_is_misspelt(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        if keys[-2:-1] == ("with",):
            yield slip(written, keys, written.key(keys, f"{keys[-1]}s"), "unknown-argument", "missing-argument")


@operator
def a_slot_is_misspelt(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        if keys[-2:-1] == ("with",) or (keys[-1] == "into" and written.node(*keys).value != "language"):
            yield slip(written, keys, written.value(keys, f"{written.node(*keys).value}s"), "unknown-slot")
        if keys[-2:-1] == ("set",):
            yield slip(written, keys, written.key(keys, f"{keys[-1]}s"), "unknown-slot")


@operator
def a_slot_is_not_listed(written: Written) -> Iterator[Slip]:
    for keys, _ in written.inputs("into"):
        if written.has("slots"):
            gone = written.after(("slots",)) - written.line("slots")
            yield slip(written, written.line(*keys, "into") - gone, written.without(("slots",)), "unknown-slot")


@operator
def a_slot_of_another_type(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        if keys[-2:-1] == ("with",):
            value = written.node(*keys).value
            others = {"place": "page", "page": "place", "topic": "place", "urgent_area": "page"}
            if written.has("slots", others[value]):
                yield slip(written, keys, written.value(keys, others[value]), "wrong-slot")


@operator
def a_slot_changes_its_type(written: Written) -> Iterator[Slip]:
    for name in written.node("slots").value if written.has("slots") else ():
        other = {"place": "page", "page": "place"}.get(written.node("slots", name, "type").value)
        used = [keys for keys in written.every_key() if keys[-1] in ("into",) or keys[-2:-1] == ("with",)]
        used = [keys for keys in used if written.node(*keys).value == name]
        if other and used:
            text = written.value(("slots", name, "type"), other)
            yield slip(written, used[0], text, "wrong-slot", "slot-clash")


@operator
def a_slot_differs_between_flows(written: Written) -> Iterator[Slip]:
    for name in written.node("slots").value if written.has("slots") else ():
        if name == "place" and written.name != "_start":  # the first of the alphabet is taken as right
            text = written.value(("slots", name, "keep"), "step")
            yield slip(written, ("slots", name), text, "slot-clash")


@operator
def a_slot_for_the_language(written: Written) -> Iterator[Slip]:
    if written.has("slots"):
        line = written.line("slots") + 1
        yield slip(written, line, written.insert(line, "  language: {type: place}"), "reserved-slot")


@operator
def a_value_that_a_slot_cannot_have(written: Written) -> Iterator[Slip]:
    for keys in written.every_key():
        if keys[-2:-1] == ("set",):
            yield slip(written, keys, written.value(keys, f"{written.node(*keys).value}s"), "unknown-value")


@operator
def options_from_nowhere(written: Written) -> Iterator[Slip]:
    for keys, _ in written.inputs("from"):
        value = written.node(*keys, "from").value
        text = written.value((*keys, "from"), value.removesuffix("s"))
        yield slip(written, (*keys, "from"), text, "unknown-source", "wrong-slot", "unknown-slot")


@operator
def languages_go_into_a_slot(written: Written) -> Iterator[Slip]:
    for keys, _ in written.inputs("from"):
        if written.node(*keys, "into").value == "place":
            yield slip(written, (*keys, "into"), written.value((*keys, "from"), "languages"), "wrong-slot")


@operator
def a_step_twice(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps():
        first, last = written.line(*keys), written.after(keys)
        yield slip(written, last, written.insert(last, *written.lines[first - 1 : last - 1]), "duplicate-step")


@operator
def a_button_twice(written: Written) -> Iterator[Slip]:
    for keys, _ in written.buttons():
        line = written.line(*keys)
        text = written.insert(line + 1, written.lines[line - 1])
        yield slip(written, line + 1, text, "duplicate-button", "duplicate-label", "duplicate-means")


@operator
def two_buttons_with_the_same_words(written: Written) -> Iterator[Slip]:
    for keys, _ in written.buttons():
        number = int(keys[-1])
        if number:
            other = written.node(*keys[:-1], number - 1, "text").value
            yield slip(written, keys, written.value((*keys, "text"), other.upper()), "duplicate-label")


@operator
def two_buttons_that_mean_the_same(written: Written) -> Iterator[Slip]:
    for keys, button in written.buttons("means"):
        line, means = written.line(*keys) + 1, button.value["means"].value
        text = written.insert(line, f'      - {{id: more, text: More, means: "{means}", next: END}}')
        yield slip(written, line, text, "duplicate-means")


@operator
def a_button_with_the_words_of_one_under_every_card(written: Written) -> Iterator[Slip]:
    labels = [other.node("label").value for other in WRITTEN if other.name in NAVIGATION]
    for number, (keys, _) in enumerate(written.buttons()):
        text = written.value((*keys, "text"), labels[number % len(labels)].swapcase())
        yield slip(written, keys, text, "reserved-label", "duplicate-label")


@operator
def a_command_or_link_of_another_flow(written: Written) -> Iterator[Slip]:
    for kind in ("command", "link"):
        if written.has("start", kind):
            used = sorted(
                (other.name, other.node("start", kind).value)
                for other in WRITTEN
                if other.has("start", kind) and other.name < written.name
            )
            for _, word in used[:1]:
                text = written.value(("start", kind), word)
                yield slip(written, ("start", kind), text, "duplicate-start", "unknown-command")


@operator
def the_command_of_telegram(written: Written) -> Iterator[Slip]:
    if written.has("start", "command") and written.name != "_start":
        text = written.value(("start", "command"), "start")
        yield slip(written, ("start", "command"), text, "reserved-command", "unknown-command")


@operator
def a_command_is_renamed_and_a_text_still_names_it(written: Written) -> Iterator[Slip]:
    helping = next(other for other in WRITTEN if other.name == "_help")
    if written.has("start", "command"):
        old = written.node("start", "command").value
        if f"/{old} " in helping.text:
            line = helping.line("steps", 0, "ask")
            files = {written.file: written.value(("start", "command"), f"{old}_new")}
            yield Slip(files, helping.file, line, "unknown-command", where=written.name)


@operator
def a_command_is_misspelt(written: Written) -> Iterator[Slip]:
    for keys in texts(written):
        yield slip(written, keys, written.words(keys, "Send /langauge to change it."), "unknown-command", *FOLLOWS)


@operator
def a_button_under_every_card_loses_its_words(written: Written) -> Iterator[Slip]:
    if written.name in NAVIGATION:
        line = written.line("flow")
        yield slip(written, line, written.without(("label",)), "label-missing")


@operator
def a_button_leads_nowhere(written: Written) -> Iterator[Slip]:
    for keys, button in written.buttons():
        key = next(key for key in ("next", "call", "goto") if key in button.value)
        yield slip(written, keys, written.without((*keys, key)), "no-way-on")


@operator
def goto_and_next(written: Written) -> Iterator[Slip]:
    for keys, button in (*written.buttons(), *written.steps("goto"), *written.inputs("goto")):
        if "call" in button.value:
            yield slip(written, keys, written.inside(keys, "goto: about"), "goto-and-next")
        elif "goto" in button.value:
            line = written.line(*keys, "goto")
            alone = written.lines[line - 1].strip().startswith("goto:")
            indented = f"{' ' * (button.column - 1)}next: END"
            text = written.insert(line, indented) if alone else written.inside(keys, "next: END")
            yield slip(written, line + alone, text, "goto-and-next")
