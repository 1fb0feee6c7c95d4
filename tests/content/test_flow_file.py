"""The flow file as an editor writes it: which keys there are, what each takes, and what each step may have."""

from __future__ import annotations

import pytest

from bot.content.flow_file import MAX_BUTTONS, FlowFile, PluralPart, StepPart
from bot.errors import Fault
from bot.yamlfile import Document, read_bytes
from tests.content.editor import HEAD, ROOT, marked, steps


def reading(text: str) -> tuple[Document[FlowFile] | None, list[Fault]]:
    faults: list[Fault] = []
    return read_bytes(text.encode(), "t.yaml", FlowFile, faults), faults


def step_of(line: str) -> StepPart:
    """The one step of a file that is right."""
    document, faults = reading(steps(line))
    assert not faults
    assert document is not None
    (part,) = document.model.steps
    return part


# --- what may be written


def test_the_least_that_a_flow_can_be() -> None:
    document, _ = reading("version: 1\nflow: t\ndescription: Says hello.\nsteps:\n  - {id: a, say: Hello}\n")
    assert document is not None
    flow = document.model
    assert (flow.start.command, flow.start.about, flow.start.link, flow.label) == (None, None, None, None)
    assert flow.slots == {}
    (step,) = flow.steps
    assert (step.say, step.next, step.safety, step.note) == ("Hello", None, False, None)


@pytest.mark.parametrize(
    "line",
    [
        "{id: a, say: Hello}",
        "{id: a, say: Hello, next: END}",
        "{id: a, say: Hello, call: urgent}",
        "{id: a, say: Hello, goto: urgent, note: For translators., safety: true}",
        "{id: a, say: {one: A place, other: Places, count: count}}",
        "{id: a, ask: Hello?, buttons: [{id: b, text: Yes, next: END}]}",
        "{id: a, ask: Hello?, buttons: [{id: b, text: Yes, call: urgent, next: a, set: {theme: work}, note: Short.}]}",
        "{id: a, ask: Hello?, input: {type: postcode, into: place, otherwise: END}}",
        "{id: a, ask: Hi, input: {type: search, into: place, otherwise: END, tries: 5, again: What?, goto: urgent}}",
        "{id: a, ask: Hello?, input: {type: choice, from: regions, into: place}}",
        "{id: a, action: first_page, with: {page: page}, next: {done: END}}",
        "{id: a, action: translation_state, next: {reviewed: END, unreviewed: END}}",
        "{id: a, switch: theme, next: {work: END, home: END}}",
        "{id: a, call: urgent, next: END}",
        "{id: a, goto: urgent}",
    ],
)
def test_every_kind_of_step(line: str) -> None:
    assert step_of(line).id == "a"


def test_words_that_other_yaml_reads_as_something_else_stay_words() -> None:
    document, faults = reading(
        HEAD.replace("values: [work, home]", "values: [yes, no, on, off]")
        + "  - id: off\n    ask: No\n    buttons:\n"
        + "      - {id: y, text: No, set: {theme: no}, next: on}\n      - {id: n, text: 1.5, next: END}\n"
        + "  - {id: on, say: Null}\n"
    )
    assert not faults
    assert document is not None
    assert document.model.slots["theme"].values == ["yes", "no", "on", "off"]
    asked, said = document.model.steps
    assert (asked.id, asked.ask, [button.text for button in asked.buttons]) == ("off", "No", ["No", "1.5"])
    assert asked.buttons[0].set == {"theme": "no"}
    assert (said.id, said.say) == ("on", "Null")


def test_spaces_around_a_text_do_not_count() -> None:
    assert step_of('{id: a, say: "  Hello\\n "}').say == "Hello"


def test_a_plural_has_two_forms_and_the_value_that_chooses() -> None:
    assert step_of("{id: a, say: {one: A, other: B, count: count}}").say == PluralPart(
        one="A", other="B", count="count"
    )


def test_a_question_is_asked_twice_if_nothing_else_is_said() -> None:
    asked = step_of("{id: a, ask: Where?, input: {type: search, into: place, otherwise: END}}").input
    assert asked is not None
    assert asked.tries == 2


@pytest.mark.parametrize("path", sorted((ROOT / "flows").glob("*.yaml")), ids=lambda path: path.name)
def test_the_shipped_flow_files_can_be_read(path: object) -> None:
    faults: list[Fault] = []
    text = (ROOT / "flows" / str(path)).read_bytes()
    assert read_bytes(text, str(path), FlowFile, faults) is not None
    assert faults == []


# --- what may not (§ stands before the place that the fault names)

NAME = "use small letters, digits and _, beginning with a letter, at most"
WRONG_STEPS = [
    # keys
    ("unknown-key", "{id: a, say: Hi, §netx: END}", "did you mean `next`?"),
    ("unknown-key", "{id: a, say: Hi, §Note: x}", "did you mean `note`?"),
    ("unknown-key", "{id: a, action: letter, §with_: {}, next: {}}", "did you mean `with`?"),
    ("unknown-key", "{id: a, ask: Hi, buttons: [{id: b, §txt: Yes, text: Yes, next: END}]}", "did you mean `text`?"),
    ("unknown-key", "{id: a, ask: Hi, input: {type: search, into: place, §form: x, otherwise: END}}", "mean `from`?"),
    ("unknown-key", "{id: a, say: {one: A, other: B, count: count, §few: C}}", "known here: count, one, other"),
    ("missing-key", "§say: Hi", "the key `id` is missing; add it"),
    ("missing-key", "{id: a, ask: Hi, buttons: [§{text: Yes, next: END}]}", "the key `id` is missing; add it"),
    ("missing-key", "{id: a, ask: Hi, buttons: [§{id: b, next: END}]}", "the key `text` is missing; add it"),
    ("missing-key", "{id: a, ask: Hi, §input: {into: place, otherwise: END}}", "the key `type` is missing; add it"),
    ("missing-key", "{id: a, ask: Hi, §input: {type: search, otherwise: END}}", "the key `into` is missing; add it"),
    ("missing-key", "{id: a, §say: {one: A, count: count}}", "the key `other` is missing; add it"),
    ("missing-key", "{id: a, §say: {one: A, other: B}}", "the key `count` is missing; add it"),
    # values
    ("wrong-value", "{§id: Ask place, say: Hi}", f"`id`: {NAME} 32; or END, not 'Ask place'"),
    ("wrong-value", "{§id: a-b, say: Hi}", f"{NAME} 32"),
    ("wrong-value", f"{{§id: {'a' * 33}, say: Hi}}", f"{NAME} 32"),
    ("wrong-value", "{§id: 5, say: Hi}", '`id`: must be words; put quotes around it: "5"'),
    ("wrong-value", "{§id: END, say: Hi}", "cannot be the id of a step; choose another id"),
    ("wrong-value", "{id: a, §say: 999}", '`say`: must be words; put quotes around it: "999"'),
    ("wrong-value", "{id: a, §say: }", "`say`: is empty; write something, or remove the line"),
    ("wrong-value", "{id: a, say: Hi, §next: }", "`next`: is empty; write something, or remove the line"),
    ("wrong-value", "{id: a, say: Hi, §goto: null}", "`goto`: is empty; write something, or remove the line"),
    ("wrong-value", '{id: a, §say: "  "}', "`say`: is empty; write something, or remove the line"),
    ("wrong-value", "{id: a, §say: [Hi]}", "`say`: must be words"),
    ("wrong-value", "{id: a, say: Hi, §next: The end}", f"{NAME} 32; or END, not 'The end'"),
    ("wrong-value", "{id: a, say: Hi, §call: Find help}", f"`call`: {NAME} 31, not 'Find help'"),
    ("wrong-value", "{id: a, say: Hi, §safety: yes}", "`safety`: must be true or false, not 'yes'"),
    ("wrong-value", "{id: a, say: Hi, §note: 5}", '`note`: must be words; put quotes around it: "5"'),
    ("wrong-value", "{id: a, ask: Hi, §buttons: {id: b}}", "`buttons`: must be a list; begin each item with `- `"),
    ("wrong-value", "{id: a, ask: Hi, buttons: [§Yes]}", "item 1 of `buttons`: must be keys with values"),
    ("wrong-value", "{id: a, ask: Hi, buttons: [{id: b, §text: 999, next: END}]}", 'put quotes around it: "999"'),
    ("wrong-value", "{id: a, ask: Hi, buttons: [{§id: Yes, text: Yes, next: END}]}", f"{NAME} 32, not 'Yes'"),
    ("wrong-value", "{id: a, ask: Hi, buttons: [{id: b, text: Yes, next: END, §set: [theme]}]}", "must be keys with"),
    (
        "wrong-value",
        "{id: a, ask: Hi, buttons: [{id: b, text: Yes, next: END, set: {§theme: 1}}]}",
        'quotes around it: "1"',
    ),
    ("wrong-value", "{id: a, ask: Hi, buttons: [{id: b, text: Yes, next: END, set: {§Theme: x}}]}", f"{NAME} 31"),
    (
        "wrong-value",
        "{id: a, ask: Hi, input: {§type: postcod, into: place, otherwise: END}}",
        "did you mean `postcode`?",
    ),
    (
        "wrong-value",
        "{id: a, ask: Hi, input: {type: search, into: place, otherwise: END, §tries: 0}}",
        "at least 1, not 0",
    ),
    (
        "wrong-value",
        "{id: a, ask: Hi, input: {type: search, into: place, otherwise: END, §tries: 6}}",
        "at most 5, not 6",
    ),
    (
        "wrong-value",
        '{id: a, ask: Hi, input: {type: search, into: place, otherwise: END, §tries: "2"}}',
        "without quotes",
    ),
    ("wrong-value", "{id: a, action: letter, §with: [place], next: {}}", "`with`: must be keys with values"),
    ("wrong-value", "{id: a, switch: theme, next: {§Work: END}}", f"`Work`: {NAME} 31, not 'Work'"),
    ("wrong-value", "{id: a, switch: theme, next: {§work: [END]}}", "`work`: must be words"),
    # one step, one thing
    ("wrong-value", "§{id: a}", "a step needs one of say, ask, action, switch, call, goto; add one"),
    ("wrong-value", "§{id: a, next: END}", "a step needs one of say, ask, action, switch, call, goto; add one"),
    ("wrong-value", "§{id: a, say: Hi, ask: Hi, buttons: []}", "this one has say and ask; make two steps"),
    ("wrong-value", "§{id: a, say: Hi, action: letter, next: {}}", "this one has say and action; make two steps"),
    ("wrong-value", "§{id: a, call: urgent, goto: about}", "this one has call and goto; make two steps"),
    ("wrong-value", "§{id: a, switch: theme, next: {}, goto: about}", "`goto` does not go with `switch`"),
    ("wrong-value", "§{id: a, ask: Hi, call: about}", "put it on a button or in a step of its own"),
    ("wrong-value", "§{id: a, ask: Hi}", "a question needs `buttons` or `input`; add them, or change `ask` to `say`"),
    ("wrong-value", "§{id: a, ask: Hi, buttons: [], next: END}", "a question needs `buttons` or `input`"),
    ("wrong-value", "§{id: a, ask: Hi, buttons: [{id: b, text: B, next: END}], next: END}", "move `next` there"),
    (
        "wrong-value",
        "§{id: a, say: Hi, buttons: [{id: b, text: B, next: END}]}",
        "change `say` to `ask`, or remove them",
    ),
    (
        "wrong-value",
        "§{id: a, goto: about, input: {type: choice, from: regions, into: place}}",
        "only `ask` has `input`",
    ),
    ("wrong-value", "§{id: a, action: letter}", "`next` must list every outcome with its step"),
    ("wrong-value", "§{id: a, action: letter, next: END}", "write one `outcome: step` a line"),
    ("wrong-value", "§{id: a, switch: theme, next: END}", "`next` must list every outcome with its step"),
    ("wrong-value", "§{id: a, say: Hi, next: {done: END}}", "outcomes belong to `action` and `switch`"),
    ("wrong-value", "§{id: a, say: Hi, with: {place: place}}", "only `action` has `with`; remove it"),
    # inputs
    ("wrong-value", "{id: a, ask: Hi, §input: {type: choice, into: place}}", "a choice needs the key `from`"),
    ("wrong-value", "{id: a, ask: Hi, §input: {type: search, into: place}}", "the key `otherwise` is missing"),
    (
        "wrong-value",
        "{id: a, ask: Hi, §input: {type: postcode, into: place}}",
        "name the step to go to when the answer",
    ),
    (
        "wrong-value",
        "{id: a, ask: Hi, §input: {type: search, from: regions, into: place, otherwise: END}}",
        "only a choice has the key `from`; remove it",
    ),
    (
        "wrong-value",
        "{id: a, ask: Hi, §input: {type: choice, from: regions, into: place, tries: 3, again: What?, otherwise: END}}",
        "nothing is typed at a choice; remove `again`, `otherwise`, `tries`",
    ),
]


@pytest.mark.parametrize(("rule", "line", "remedy"), WRONG_STEPS, ids=lambda value: f"{value:.60}")
def test_a_wrong_step_is_named_with_its_place_and_the_remedy(rule: str, line: str, remedy: str) -> None:
    text, place = marked(steps("{id: before, say: Right}", line))
    document, faults = reading(text)
    assert document is None
    (fault,) = faults
    assert (fault.rule, fault.line, fault.column) == (rule, *place)
    assert remedy in fault.message


RIGHT = HEAD + "  - {id: a, say: Hi}\n"
WRONG_HEADS = [
    ("wrong-value", "version: 1", "§version: 2", "`version`: is 2, made for a newer Ask First; update the program"),
    ("wrong-value", "version: 1", "§version: 0", "`version`: must be 1, not 0; correct it"),
    ("wrong-value", "version: 1", "§version: true", "must be 1, not True"),
    ("wrong-value", "version: 1", '§version: "1"', "must be 1, not '1'"),
    ("wrong-value", "version: 1", "§version: 1.0", "must be 1, not '1.0'"),
    ("missing-key", "version: 1\nflow: t\n", "§flow: t\n", "the key `version` is missing; add it"),
    ("missing-key", "version: 1\nflow: t\n", "§version: 1\n", "the key `flow` is missing; add it"),
    (
        "missing-key",
        "version: 1\nflow: t\ndescription",
        "§version: 1\nflow: t\nlabel",
        "the key `description` is missing",
    ),
    ("wrong-value", "flow: t", "§flow: My flow", f"`flow`: {NAME} 31, not 'My flow'"),
    ("wrong-value", "flow: t", "§flow: 5", 'put quotes around it: "5"'),
    ("wrong-value", "description: A flow that an editor has just written.", "§description:", "`description`: is empty"),
    ("unknown-key", "description:", "label: Hi\n§lables: Hi\ndescription:", "did you mean `label`?"),
    ("unknown-key", "description:", "§name: Hi\ndescription:", "known here: description, flow, label, slots, start"),
    ("unknown-key", "{command: t, link: t}", "{§comand: t, link: t}", "did you mean `command`?"),
    ("wrong-value", "{command: t, link: t}", "{§command: /t}", "use at most 32 small letters, digits and _, not '/t'"),
    ("wrong-value", "{command: t, link: t}", "{§link: t-ar}", "use at most 32 small letters, digits and _, not 't-ar'"),
    ("wrong-value", "{command: t, link: t}", f"{{§link: {'x' * 33}}}", "use at most 32 small letters"),
    ("wrong-value", "{command: t, link: t}", f"{{§about: {'x' * 257}}}", "is longer than 256 characters; shorten it"),
    ("wrong-value", "start: {command: t, link: t}", "§start: t", "`start`: must be keys with values"),
    ("wrong-value", "{type: page}", "{§type: postcode}", "must be 'place', 'choice' or 'page', not 'postcode'"),
    ("wrong-value", "{type: page}", "{type: page, §keep: forever}", "must be 'step' or 'session', not 'forever'"),
    ("wrong-value", "page: {type: page}", "§page: page", "`page`: must be keys with values"),
    ("wrong-value", "page: {type: page}", "§Page: {type: page}", f"`Page`: {NAME} 31"),
    ("wrong-value", "page: {type: page}", "§page: {type: page, values: [a]}", "a choice slot lists its `values`"),
    ("wrong-value", "page: {type: page}", "§page: {type: choice}", "a choice slot lists its `values`, and no other"),
    ("wrong-value", "values: [work, home]", "values: [§Work, home]", f"item 1 of `values`: {NAME} 31, not 'Work'"),
    ("wrong-value", "values: [work, home]", "values: [work, §2]", 'put quotes around it: "2"'),
    ("missing-key", "page: {type: page}", "§page: {keep: step}", "the key `type` is missing; add it"),
    ("wrong-value", "steps:\n  - {id: a, say: Hi}\n", "§steps: []\n", "`steps`: is an empty list; add to it"),
    ("wrong-value", "steps:\n  - {id: a, say: Hi}\n", "§steps:\n", "`steps`: is empty; write something"),
    ("wrong-value", "steps:\n  - {id: a, say: Hi}\n", "§steps: {a: {say: Hi}}\n", "`steps`: must be a list"),
    (
        "wrong-value",
        "steps:\n  - {id: a, say: Hi}\n",
        "steps:\n  - §Hi\n",
        "item 1 of `steps`: must be keys with values",
    ),
]


@pytest.mark.parametrize(("rule", "old", "new", "remedy"), WRONG_HEADS, ids=lambda value: f"{value:.60}")
def test_a_wrong_head_is_named_with_its_place_and_the_remedy(rule: str, old: str, new: str, remedy: str) -> None:
    assert old in RIGHT
    text, place = marked(RIGHT.replace(old, new))
    document, faults = reading(text)
    assert document is None
    (fault,) = faults
    assert (fault.rule, fault.line, fault.column) == (rule, *place)
    assert remedy in fault.message


def test_a_question_has_no_more_buttons_than_a_card_can_show() -> None:
    buttons = ", ".join(f"{{id: b{number}, text: B{number}, next: END}}" for number in range(MAX_BUTTONS + 1))
    _, faults = reading(steps(f"{{id: a, ask: Hi, buttons: [{buttons}]}}"))
    assert [fault.message for fault in faults] == [f"`buttons`: has more than {MAX_BUTTONS} items; remove some"]
