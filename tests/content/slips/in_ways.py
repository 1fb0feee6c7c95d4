"""Slips in the ways from step to step."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.ways import MAX_SILENT
from bot.engine.model import RESERVED
from tests.content.slips.slip import FOLLOWS, Slip, operator, slip, ways
from tests.content.slips.written import WRITTEN, Keys, Written


@operator
def nothing_leads_to_a_step(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps():
        line = written.line(*keys)
        before = written.node("steps").value[int(keys[1]) - 1].value if keys[1] else {}
        if keys[1] and ("ask" in before or "action" in before or "goto" in before):
            text = written.insert(line, "  - id: lonely", "    say: Nobody comes here.", "    next: END")
            yield slip(written, line, text, "unreachable-step")


@operator
def the_only_way_to_a_step_leads_elsewhere(written: Written) -> Iterator[Slip]:
    for keys, step in written.steps():
        leading = [way for way in ways(written) if written.node(*way).value == step.value["id"].value]
        index = int(keys[1])
        before = written.node("steps").value[index - 1].value if index else {}
        falls = ("say" in before or "call" in before) and "next" not in before
        answered = "input" in before and not {"next", "goto"} & before["input"].value.keys()
        if index and len(leading) == 1 and not falls and not answered and leading[0][:2] != keys:
            text = written.value(leading[0], written.node("steps", leading[0][1], "id").value)
            yield slip(written, keys, text, "unreachable-step", "loop-without-question", "misplaced-claim", *FOLLOWS)


@operator
def a_circle_without_a_question(written: Written) -> Iterator[Slip]:
    for keys, step in written.steps("say"):
        if "next" in step.value:
            text = written.value((*keys, "next"), step.value["id"].value)
            yield slip(written, keys, text, "loop-without-question", "unreachable-step", "misplaced-claim")


@operator
def a_circle_through_two_flows(written: Written) -> Iterator[Slip]:
    for other in WRITTEN:
        if written.name not in RESERVED and other.name not in RESERVED and written.name < other.name:
            line = written.line("steps", 0)
            mine = written.insert(line, "  - id: away", f"    goto: {other.name}")
            theirs = other.insert(other.line("steps", 0), "  - id: back_again", f"    goto: {written.name}")
            also = frozenset({"unreachable-step"})
            files = {written.file: mine, other.file: theirs}
            where, partner = f"{written.name} and {other.name}", (other.file, other.line("steps", 0))
            yield Slip(files, written.file, line, "loop-without-question", also, where, partner)


@operator
def very_many_steps_without_a_question(written: Written) -> Iterator[Slip]:
    for keys, _ in written.steps("say"):
        line = written.line(*keys)
        if keys[1] == 0:
            more = [line for number in range(MAX_SILENT) for line in (f"  - id: more{number}", "    say: And more.")]
            yield slip(written, line, written.insert(line, *more), "too-long-without-question", "reserved-action")


@operator
def a_flow_calls_itself(written: Written) -> Iterator[Slip]:
    for keys, _ in written.buttons("call"):
        text = written.value((*keys, "call"), written.name)
        yield slip(written, (*keys, "call"), text, "call-circle", "unknown-placeholder")


@operator
def two_flows_call_each_other(written: Written) -> Iterator[Slip]:
    for keys, button in written.buttons("call"):
        other = next(one for one in WRITTEN if one.name == button.value["call"].value)
        for theirs, _ in list(other.buttons("next"))[: other.name not in RESERVED]:
            line, also = written.line(*keys, "call"), frozenset({"slot-lost", "unknown-placeholder"})
            text = other.inside(theirs, f"call: {written.name}")
            yield Slip({other.file: text}, written.file, line, "call-circle", also, written.name)


@operator
def a_list_that_may_be_empty_stands_alone(written: Written) -> Iterator[Slip]:
    for keys, step in written.steps("input", "buttons"):
        source = step.value["input"].value.get("from")
        if source and source.value in ("candidates", "constituencies"):
            text = written.without((*keys, "buttons"))
            yield slip(written, (*keys, "input"), text, "choice-may-be-empty", "unreachable-step")


@operator
def a_switch_before_its_slot_is_filled(written: Written) -> Iterator[Slip]:
    if written.name == "find_help":
        for keys, _ in written.steps():
            line = written.line(*keys)
            topics = [node.value for node in written.node("slots", "topic", "values").value]
            branches = ", ".join(f"{topic}: {written.node(*keys, 'id').value}" for topic in topics)
            text = written.insert(line, "  - id: which", "    switch: topic", f"    next: {{{branches}}}")
            if keys[1] == 0:
                yield slip(written, line + 1, text, "slot-not-set")


@operator
def a_button_forgets_to_fill_the_slot_of_a_switch(written: Written) -> Iterator[Slip]:
    if written.name == "find_help":
        topics = [node.value for node in written.node("slots", "topic", "values").value]
        branches = ", ".join(f"{topic}: place_known" for topic in topics)
        line = written.line("steps", 1)
        for keys, _ in written.buttons("set"):
            lines = written.without((*keys, "set")).split("\n")
            lines[line - 1 : line - 1] = ["  - id: which", "    switch: topic", f"    next: {{{branches}}}"]
            text = re.sub("next: place_known([,}])", r"next: which\1", "\n".join(lines))
            yield slip(written, line + 1, text, "slot-not-set")


@operator
def a_flow_that_comes_back_fills_a_slot(written: Written) -> Iterator[Slip]:
    if written.name in ("_help", "_privacy"):
        line = written.line("steps", 0)
        question = ["slots: {place: {type: place, keep: session}}"]
        asked = "    input: {type: choice, from: regions, into: place, next: END}"
        text = written.insert(written.line("steps", 0, "buttons"), asked)
        text = text.replace("steps:", f"{question[0]}\nsteps:", 1)
        yield slip(written, line + 1, text, "slot-lost")


@operator
def a_reserved_flow_no_longer_does_its_work(written: Written) -> Iterator[Slip]:
    if written.name in ("_forget", "_back"):
        line = written.line("steps", 0)
        yield slip(written, line, written.insert(line, "  - id: first", "    say: One moment."), "reserved-action")
    if written.name == "_language":
        keys: Keys = ("steps", 0, "input")
        text = written.value((*keys, "from"), "regions").replace("into: language", "into: place")
        text = text.replace("steps:", "slots: {place: {type: place, keep: session}}\nsteps:")
        yield slip(written, written.line("steps", 0) + 1, text, "reserved-action", "slot-lost")


@operator
def the_start_does_not_ask(written: Written) -> Iterator[Slip]:
    if written.name == "_start":
        for keys, _ in written.steps("say"):
            line = written.line("steps", 0) + (keys[1] == 0)
            yield slip(written, line, written.inside(keys, "next: END"), "start-does-not-ask", "unreachable-step")


@operator
def a_question_after_everything_was_forgotten(written: Written) -> Iterator[Slip]:
    if written.name == "_forget":
        asked = ("  - id: sure", "    ask: Are you sure?", "    buttons: [{id: on, text: Go on, next: END}]")
        for more in (("    goto: about",), asked):
            yield slip(written, ("steps", 0), written.append(*more), "question-after-forget")
    for keys, step in written.steps("action"):
        if step.value["action"].value == "first_page":
            text = written.without((*keys, "with")).replace("first_page", "forget")
            yield slip(written, keys, text, "question-after-forget")


@operator
def nothing_is_said_after_everything_was_forgotten(written: Written) -> Iterator[Slip]:
    if written.name == "_forget":
        text = written.without(("steps", 1)).replace("gone", "END")
        yield slip(written, ("steps", 0), text, "nothing-said")
