"""Rules about ways: what an editor, careless or malicious, cannot do to a conversation by its content."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import product
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content.flow_rules import NEVER_EMPTY
from bot.content.ways import MAX_SILENT
from bot.engine import actions
from bot.engine.actions import ACTIONS, NUMBERS
from bot.engine.facts import DataDates
from bot.engine.model import Place, SlotValue, Text
from bot.engine.walk import MAX_STEPS
from bot.engine.wording import ENGLISH, Wording
from tests.content.editor import SMALL, brief, load, marked, steps, wander
from tests.content.invented import invented_flows
from tests.fake_facts import FACTS, TODAY

# --- ways (§ stands before the place that the fault names)

POSTCODE = "type: postcode, into: place, otherwise: END"
LETTER = "action: letter, with: {place: place}"
PLACE_KINDS = ", ".join(f"{outcome}: b" for outcome in ACTIONS["place_kind"].outcomes)
NOBODY = "vacant: END, several: END, unknown: END"
CHOOSE = "{id: x, text: X, set: {theme: work}, next: c}"
WRONG = [
    ("unreachable-step", ["{id: a, say: Hi, next: END}", "{§id: b, say: Ho}"], "lead a step to it, or remove it"),
    ("unreachable-step", ["{id: a, goto: about}", "{§id: b, say: Ho}"], "nothing leads to `b`"),
    (
        "unreachable-step",
        ["{id: a, say: A, next: c}", "{§id: b, say: B, next: c}", "{id: c, say: C, next: END}"],
        "`b`",
    ),
    # loops
    (
        "loop-without-question",
        ["{§id: a, say: Hi, next: a}"],
        "from `a` the conversation comes back to it without asking",
    ),
    ("loop-without-question", ["{§id: a, say: Hi}", "{id: b, say: Ho, next: a}"], "add a question on the way"),
    ("loop-without-question", ["{§id: a, say: Hi}", "{id: b, goto: t}"], "comes back"),
    (
        "loop-without-question",
        ["{§id: a, action: first_page, with: {page: page}, next: {done: b}}", "{id: b, call: about, next: a}"],
        "from `a`",
    ),
    (
        "loop-without-question",
        [
            f"{{id: a, ask: Hi, buttons: [{CHOOSE}, {{id: y, text: Y, set: {{theme: home}}, next: c}}]}}",
            "{§id: c, switch: theme, next: {work: c, home: END}}",
        ],
        "from `c`",
    ),
    ("call-circle", ["{id: a, ask: Hi, buttons: [{id: b, text: More, §call: t}]}"], "use `goto` instead"),
    ("call-circle", [f"{{id: a, ask: Hi, input: {{{POSTCODE}, §call: t}}}}"], "nobody would ever get out"),
    # values
    (
        "unknown-placeholder",
        ["{id: a, §say: 'Dear {member}'}"],
        "is not known on every way to `a`; run its action before",
    ),
    ("unknown-placeholder", ["{id: a, §say: 'Dear {membre}'}"], "no action gives `{membre}`; did you mean `{member}`?"),
    ("unknown-placeholder", ["{id: a, §say: '{zzz}'}"], "actions give areas, as_of, candidates"),
    ("unknown-placeholder", ["{id: a, say: {one: A, other: B, §count: count}}"], "`{count}` is not known on every way"),
    (
        "unknown-placeholder",
        [
            f"{{id: a, {LETTER}, next: {{ready: b, signed: b, vacant: b, several: END, unknown: END}}}}",
            "{id: b, §say: '{member}'}",
        ],
        "on every way to `b`",
    ),
    (
        "unknown-placeholder",
        [
            f"{{id: a, {LETTER}, next: {{ready: b, signed: b, {NOBODY}}}}}",
            f"{{id: b, ask: Hi, input: {{{POSTCODE}, §again: '{{your_mp}}'}}}}",
        ],
        "on every way to `b`",
    ),
    (
        # The action is run again for every card: with the new place it may have another outcome.
        "unknown-placeholder",
        [
            f"{{id: a, {LETTER}, next: {{ready: b, signed: b, {NOBODY}}}}}",
            f"{{id: b, ask: 'Hi {{member}}', input: {{{POSTCODE}}}}}",
            "{id: c, §say: '{member}'}",
        ],
        "on every way to `c`",
    ),
    (
        # The same, when a flow that is called fills the slot.
        "unknown-placeholder",
        [
            f"{{id: a, {LETTER}, next: {{ready: b, signed: b, {NOBODY}}}}}",
            "{id: b, call: other}",
            "{id: c, §say: '{member}'}",
        ],
        "on every way to `c`",
    ),
    (
        # An outcome that gives nothing takes away what the same action gave before.
        "unknown-placeholder",
        [
            "{id: a, action: crisis_lines, with: {place: place}, next: {found: b, none: c}}",
            "{id: b, ask: '{organisations}', buttons: [{id: x, text: X, next: a}]}",
            "{id: c, §say: '{organisations}'}",
        ],
        "on every way to `c`",
    ),
    (
        "not-a-number",
        [
            f"{{id: a, {LETTER}, next: {{ready: b, signed: b, {NOBODY}}}}}",
            "{id: b, say: {one: A, other: B, §count: member}}",
        ],
        "`member` is no number that chooses a plural; use count",
    ),
    (
        "may-be-blank",
        [
            f"{{id: a, action: place_kind, with: {{place: place}}, next: {{{PLACE_KINDS}}}}}",
            "{id: b, §ask: '**{areas}**', buttons: [{id: x, text: X, next: END}]}",
        ],
        "every value here may be empty, and then nothing is asked; add words of your own",
    ),
    (
        "may-be-blank",
        [
            f"{{id: a, action: place_kind, with: {{place: place}}, next: {{{PLACE_KINDS}}}}}",
            f"{{id: b, ask: 'Hi {{areas}}', input: {{{POSTCODE}, §again: '{{areas}}.'}}}}",
        ],
        "add words of your own",
    ),
    (
        "may-be-blank",
        [
            f"{{id: a, action: place_kind, with: {{place: place}}, next: {{{PLACE_KINDS}}}}}",
            "{id: b, ask: {one: Hi, §other: '{areas}', count: count}, buttons: [{id: x, text: X, next: END}]}",
        ],
        "add words of your own",
    ),
    # commands
    ("unknown-command", ["{id: a, §say: Send /mpp to begin.}"], "no flow has the command `/mpp`; did you mean `/mp`?"),
    ("unknown-command", ["{id: a, §say: Black /or white}"], "correct it, or leave out the slash"),
    (
        "unknown-command",
        [f"{{id: a, ask: Hi, input: {{{POSTCODE}, §again: 'Hm (/zzzz).'}}}}"],
        "no flow has the command `/zzzz`",
    ),
    # slots
    (
        "slot-not-set",
        ["{id: a, §switch: theme, next: {work: END, home: END}}"],
        "`theme` is not set on every way to `a`",
    ),
    (
        "slot-not-set",
        [
            f"{{id: a, ask: Hi, buttons: [{CHOOSE}, {{id: y, text: Y, next: c}}]}}",
            "{id: c, §switch: theme, next: {work: END, home: END}}",
        ],
        "ask for it before",
    ),
    (
        # `keep: step`: forgotten when the next question has been answered.
        "slot-not-set",
        [
            "{id: a, ask: Hi, buttons: [{id: x, text: X, set: {once: a}, next: b}]}",
            "{id: b, ask: Ho, buttons: [{id: x, text: X, next: c}]}",
            "{id: c, §switch: once, next: {a: END, b: END}}",
        ],
        "`once` is not set on every way to `c`",
    ),
    (
        "slot-not-set",
        [
            "{id: a, ask: Hi, buttons: [{id: x, text: X, set: {once: a}, call: urgent, next: c}]}",
            "{id: c, §switch: once, next: {a: END, b: END}}",
        ],
        "`once` is not set",
    ),
    (
        "choice-may-be-empty",
        ["{id: a, ask: Hi, §input: {type: choice, from: candidates, into: place}}"],
        "add a button",
    ),
    (
        "choice-may-be-empty",
        ["{id: a, ask: Hi, §input: {type: choice, from: constituencies, into: place}}"],
        "be empty",
    ),
    # forgetting
    ("nothing-said", ["{§id: a, action: forget, next: {done: END}}"], "add a `say` after it"),
    (
        "question-after-forget",
        ["{§id: a, action: forget, next: {done: b}}", "{id: b, ask: Sure?, buttons: [{id: x, text: X, next: END}]}"],
        "its answer could not be read; end here",
    ),
    (
        "question-after-forget",
        ["{§id: a, action: forget, next: {done: b}}", "{id: b, say: Bye, goto: urgent}"],
        "end here",
    ),
]
OTHER = (
    "version: 1\nflow: other\ndescription: Asks.\nslots: {place: {type: place}}\n"
    f"steps: [{{id: a, ask: Where?, input: {{{POSTCODE}}}}}]\n"
)
AWAY = "version: 1\nflow: away\ndescription: Leaves.\nsteps: [{id: a, goto: about}]\n"


@pytest.mark.parametrize(("rule", "lines", "remedy"), WRONG, ids=lambda value: f"{value!s:.70}")
def test_a_way_that_leads_nowhere_good_is_named(tmp_path: Path, rule: str, lines: list[str], remedy: str) -> None:
    text, place = marked(steps(*lines))
    _, faults = load(tmp_path, {"t.yaml": text, "other.yaml": OTHER})
    assert ("t.yaml", *place, rule) in brief(faults)
    assert {fault.rule for fault in faults} <= {rule, "unreachable-step"}
    assert any(remedy in fault.message for fault in faults)


RIGHT = {
    "a question that is asked again": ["{id: a, ask: Hi, buttons: [{id: b, text: Again, next: a}]}"],
    "an unreadable answer that asks again": [f"{{id: a, ask: Hi, input: {{{POSTCODE.replace('END', 'a')}}}}}"],
    "a loop through a flow that always asks": ["{id: a, call: urgent, next: a}"],
    "the same flow called twice": ["{id: a, call: about}", "{id: b, call: about}"],
    "a value that the action gives in every outcome, after its slot has changed": [
        f"{{id: a, action: place_kind, with: {{place: place}}, next: {{{PLACE_KINDS}}}}}",
        f"{{id: b, ask: 'Hi {{areas}}', input: {{{POSTCODE}}}}}",
        "{id: c, say: '{areas}'}",
    ],
    "a value after another slot has changed": [
        f"{{id: a, {LETTER}, next: {{ready: b, signed: b, {NOBODY}}}}}",
        f"{{id: b, ask: Hi, buttons: [{CHOOSE}]}}",
        "{id: c, say: 'Dear {member}'}",
    ],
    "the same value from two actions": [
        f"{{id: a, {LETTER}, next: {{ready: c, signed: b, {NOBODY}}}}}",
        f"{{id: b, {LETTER}, next: {{ready: c, signed: c, {NOBODY}}}}}",
        "{id: c, say: 'Dear {member}'}",
    ],
    "a slot for the whole session, after another question": [
        f"{{id: a, ask: Hi, buttons: [{CHOOSE}]}}",
        "{id: c, ask: Ho, buttons: [{id: x, text: X, call: urgent, next: d}]}",
        "{id: d, switch: theme, next: {work: END, home: END}}",
    ],
    "options that may be empty beside a button": [
        "{id: a, ask: Hi, input: {type: choice, from: candidates, into: place}, buttons: [{id: x, text: X, next: END}]}"
    ],
    "options that are never empty": ["{id: a, ask: Hi, input: {type: choice, from: regions, into: place}}"],
    "a command, and a slash that is none": ["{id: a, say: 'Send /mp, /start or /t. And/or https://e.org/mpp 24/7.'}"],
    "a question that is one value, which always has words": [
        f"{{id: a, {LETTER}, next: {{ready: b, signed: b, {NOBODY}}}}}",
        "{id: b, ask: '{letter}', buttons: [{id: x, text: X, next: END}]}",
    ],
    "words after everything was forgotten": ["{id: a, action: forget, next: {done: b}}", "{id: b, say: Bye}"],
}


@pytest.mark.parametrize("lines", RIGHT.values(), ids=RIGHT.keys())
def test_what_only_looks_wrong_is_allowed(tmp_path: Path, lines: list[str]) -> None:
    flows, faults = load(tmp_path, {"t.yaml": steps(*lines)})
    assert faults == []
    for seed in range(5):
        wander(flows, Random(seed))  # noqa: S311 - a walk, not a secret


def small(name: str, body: str) -> str:
    """A reserved flow of the small bot with other steps."""
    return SMALL[name].partition("steps:")[0] + body + "\n"


def test_loops_and_calls_are_followed_through_other_flows(tmp_path: Path) -> None:
    def flow(name: str, body: str) -> str:
        return f"version: 1\nflow: {name}\ndescription: x\nsteps: [{{id: a, {body}}}]\n"

    _, faults = load(
        tmp_path,
        {
            "u.yaml": flow("u", "goto: v"),
            "v.yaml": flow("v", "call: w"),
            "w.yaml": flow("w", "say: Hi, goto: u"),
            "x.yaml": flow("x", "ask: Hi, buttons: [{id: b, text: B, call: y}]"),
            "y.yaml": flow("y", "ask: Hi, buttons: [{id: b, text: B, call: z}]"),
            "z.yaml": flow("z", "ask: Hi, buttons: [{id: b, text: B, call: x}, {id: c, text: C, goto: x}]"),
        },
    )
    circles = [fault for fault in brief(faults) if fault[3] == "call-circle"]
    loops = [fault for fault in brief(faults) if fault[3] == "loop-without-question"]
    assert circles == [(f"{name}.yaml", 4, 53, "call-circle") for name in "xyz"]
    assert len(loops) == 1
    assert len(faults) == 4


def test_too_many_steps_in_a_row_are_refused_long_before_the_engine_gives_up(tmp_path: Path) -> None:
    def says(number: int) -> str:
        return steps(*(f"{{id: s{step}, say: Hi}}" for step in range(number)))

    assert load(tmp_path, {"t.yaml": says(MAX_SILENT)})[1] == []
    _, faults = load(tmp_path, {"t.yaml": says(MAX_SILENT + 1)})
    assert brief(faults) == [("t.yaml", 11, 6, "too-long-without-question")]
    # A person may come from the choice of language into a flow, and from its end to the start; calls return as well.
    assert 3 * (MAX_SILENT + MAX_SILENT // 2) < MAX_STEPS


def test_called_flows_count_as_steps_in_a_row(tmp_path: Path) -> None:
    half = MAX_SILENT // 2
    called = steps(*(f"{{id: s{step}, say: Hi}}" for step in range(half))).replace("flow: t", "flow: u")
    called = called.replace("{command: t, link: t}", "{link: u}")
    calls = steps("{id: a, call: u}", "{id: b, call: u}", "{id: c, say: Hi}")
    _, faults = load(tmp_path, {"u.yaml": called, "t.yaml": calls})
    assert brief(faults) == [("t.yaml", 11, 6, "too-long-without-question")]


def test_a_very_long_flow_is_checked_in_a_moment(tmp_path: Path) -> None:
    line = "{{id: s{0}, ask: Hi, buttons: [{{id: b, text: B, next: s{1}}}]}}"
    text = steps(*(line.format(number, number + 1) for number in range(3000)), "{id: s3000, say: Done}")
    assert load(tmp_path, {"t.yaml": text})[1] == []


RESERVED_WRONG = [
    (
        "reserved-action",
        "_forget",
        "steps: [{§id: a, say: Forgotten.}]",
        "the first step of `_forget` must be the action",
    ),
    ("reserved-action", "_back", "steps: [{§id: a, say: No.}]", "must be the action `go_back`"),
    ("reserved-action", "_language", "steps: [{§id: a, say: English only.}]", "`_language` must offer the languages"),
    ("start-does-not-ask", "_start", "steps: [{§id: a, say: Hi}]", "end it with a question"),
    ("start-does-not-ask", "_start", "steps: [{§id: a, say: Hi, goto: about}]", "can end without a question"),
    ("start-does-not-ask", "_start", "steps: [{§id: a, call: about}]", "can end without a question"),
    (
        "start-does-not-ask",
        "_start",
        "steps: [{§id: a, call: away}, {id: b, goto: other}]",
        "can end without a question",
    ),
    (
        "slot-lost",
        "_help",
        f"steps: [{{§id: a, ask: Where?, input: {{{POSTCODE}}}}}]",
        "`place` is lost; `goto` a flow",
    ),
    ("slot-lost", "_privacy", "steps: [{§id: a, call: other}]", "`_privacy` comes back to the card it was opened from"),
]


@pytest.mark.parametrize(("rule", "name", "body", "remedy"), RESERVED_WRONG, ids=lambda value: f"{value:.40}")
def test_a_reserved_flow_must_do_what_its_name_says(
    tmp_path: Path, rule: str, name: str, body: str, remedy: str
) -> None:
    slots = "slots: {place: {type: place}}\n" if name != "_start" else ""
    text, place = marked(small(name, slots + body))
    _, faults = load(tmp_path, {f"{name}.yaml": text, "other.yaml": OTHER, "away.yaml": AWAY})
    assert brief(faults) == [(f"{name}.yaml", *place, rule)]
    assert remedy in faults[0].message


@pytest.mark.parametrize(
    "body", ["steps: [{id: a, call: away}]", "steps: [{id: a, call: urgent}, {id: b, goto: other}]"]
)
def test_the_start_may_ask_through_other_flows(tmp_path: Path, body: str) -> None:
    away = AWAY.replace("goto: about", "goto: other")
    files = {"_start.yaml": small("_start", body), "other.yaml": OTHER, "away.yaml": away}
    assert load(tmp_path, files)[1] == []


def test_a_reserved_flow_may_leave_for_a_flow_that_asks(tmp_path: Path) -> None:
    assert load(tmp_path, {"_help.yaml": small("_help", "steps: [{id: a, goto: other}]"), "other.yaml": OTHER})[1] == []


# --- whatever chance puts together


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("invented")


@given(chance=st.randoms(use_true_random=True))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_content_can_make_a_conversation_fail(workplace: Path, chance: Random) -> None:
    shutil.rmtree(workplace)
    workplace.mkdir()
    invented = invented_flows(chance)
    files = {f"{name}.yaml": yaml.safe_dump(flow, sort_keys=False) for name, flow in invented.items()}
    flows, faults = load(workplace, files)
    if faults:
        return
    for card in wander(flows, chance):
        keys = [key for row in card.rows for key in row]
        assert card.blocks, "a card without a text cannot be sent"
        assert keys, "a card without a button is a dead end"
        assert all(key.label.strip() and len(key.data.encode()) <= 64 for key in keys)


def test_chance_finds_sets_that_are_accepted(workplace: Path) -> None:
    accepted = 0
    for seed in range(40):
        files = {f"{name}.yaml": yaml.safe_dump(flow) for name, flow in invented_flows(Random(seed)).items()}  # noqa: S311
        shutil.rmtree(workplace)
        workplace.mkdir()
        accepted += not load(workplace, files)[1]
    assert accepted >= 4


# --- what is said about numbers


def test_the_values_that_choose_a_plural_are_the_numbers() -> None:
    numbers: set[str] = set()
    others: set[str] = set()
    for action in ACTIONS.values():
        outcome = action.run(actions.Context(FACTS, ENGLISH, {}, TODAY))
        for name, value in outcome.values.items():
            (numbers if isinstance(value, int) else others).add(name)
    assert numbers == NUMBERS
    assert not numbers & others


def test_it_is_known_which_values_always_have_something_to_read() -> None:
    wording, given_values, empty = Wording(ENGLISH), set[str](), set[str]()
    undated = replace(FACTS, dates=DataDates(None, None, None))
    places = [Place("search"), *(Place("found", (seat.code,)) for seat in FACTS.seats)]
    for action, facts, place in product(ACTIONS.values(), (FACTS, undated), places):
        slots: dict[str, SlotValue] = {"place": place}
        for name, value in action.run(actions.Context(facts, ENGLISH, slots, TODAY)).values.items():
            given_values.add(name)
            lines = wording.lines(Text("t", f"{{{name}}}"), {name: value})
            if not any(span.text.strip() for line in lines for span in line):
                empty.add(name)
    assert given_values - empty == NEVER_EMPTY


def test_a_command_is_not_looked_for_when_a_file_cannot_be_read(tmp_path: Path) -> None:
    files = {"t.yaml": steps("{id: a, say: Send /about.}"), "about.yaml": "version: 1\n"}
    assert "unknown-command" not in {fault.rule for fault in load(tmp_path, files)[1]}
