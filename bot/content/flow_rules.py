"""Rules about one flow as a graph: every step can be reached, no question is a dead end, and every value that a text
names is still there on every way to it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.content.flow_file import FlowFile
from bot.content.text_rules import commands_in
from bot.content.ways import asks, filled_by, targets_of
from bot.engine.actions import ACTIONS, NUMBERS
from bot.engine.choices import SOURCES
from bot.engine.model import END, Act, Ask, Flow, Say, Step, Switch, Target, Text
from bot.engine.wording import PLACEHOLDER
from bot.errors import Fault
from bot.yamlfile import Document

NEVER_EMPTY = frozenset({"count", "letter", "member", "organisations", "pledge"})  # values with something to read


def check_graph(document: Document[FlowFile], flow: Flow, flows: Mapping[str, Flow], faults: list[Fault]) -> None:
    """Adds what is wrong with the ways through one flow. `flows` are those whose calls it can look into."""
    order = {name: index for index, name in enumerate(flow.steps)}

    def fault(step: str, keys: list[str | int], rule: str, message: str) -> None:
        faults.append(document.fault(["steps", order[step], *keys], rule, message))

    known = _known_on_every_way(flow, flows)
    for name, step in flow.steps.items():
        if name not in known:
            fault(name, ["id"], "unreachable-step", f"nothing leads to `{name}`; lead a step to it, or remove it")
            continue
        for text, keys in _texts(step):
            for form, where in _forms(text, keys):
                unknown = set(PLACEHOLDER.findall(form)) - known[name].values.keys()
                for value in sorted(unknown):
                    fault(name, where, "unknown-placeholder", _unknown_value(value, name))
                if isinstance(step, Ask) and not unknown and not _always_shown(form):
                    message = "every value here may be empty, and then nothing is asked; add words of your own"
                    fault(name, where, "may-be-blank", message)
            if text.count and text.count not in NUMBERS:
                message = f"`{text.count}` is no number that chooses a plural; use {', '.join(sorted(NUMBERS))}"
                fault(name, [*keys, "count"], "not-a-number", message)
            elif text.count and text.count not in known[name].values:
                fault(name, [*keys, "count"], "unknown-placeholder", _unknown_value(text.count, name))
        if isinstance(step, Switch) and step.slot not in known[name].slots:
            message = f"`{step.slot}` is not set on every way to `{name}`; ask for it before"
            fault(name, ["switch"], "slot-not-set", message)
        source = SOURCES.get(step.input.source) if isinstance(step, Ask) and step.input else None
        if isinstance(step, Ask) and source and source.needs_place and not step.buttons:
            message = f"`{source.name}` may be empty, and then nothing can be pressed; add a button"
            fault(name, ["input"], "choice-may-be-empty", message)


def check_commands(documents: Mapping[str, Document[FlowFile]], flows: Mapping[str, Flow], faults: list[Fault]) -> None:
    """Adds the commands that texts name and nothing opens. `flows` are all that there are."""
    known = {flow.command for flow in flows.values() if flow.command} | {"start"}
    for name, document in documents.items():
        for index, step in enumerate(flows[name].steps.values()):
            for form, keys in (found for text, at in _texts(step) for found in _forms(text, at)):
                for command in commands_in(form):
                    if command not in known:
                        close = difflib.get_close_matches(command, known, n=1)
                        hint = f"did you mean `/{close[0]}`?" if close else "correct it, or leave out the slash"
                        message = f"no flow has the command `/{command:.40}`; {hint}"
                        faults.append(document.fault(["steps", index, *keys], "unknown-command", message))


def texts_of(step: Step) -> Iterator[Text]:
    """Every text that a step can show."""
    yield from (text for text, _ in _texts(step))
    if isinstance(step, Ask):
        yield from (button.text for button in step.buttons)


def _texts(step: Step) -> Iterator[tuple[Text, list[str | int]]]:
    """The texts that values are put into, and the keys that they stand under."""
    if isinstance(step, Say | Ask):
        yield step.text, ["say" if isinstance(step, Say) else "ask"]
    if isinstance(step, Ask) and step.input and step.input.again:
        yield step.input.again, ["input", "again"]


def _forms(text: Text, keys: list[str | int]) -> Iterator[tuple[str, list[str | int]]]:
    """The English of a text, or of each of its plural forms, and the keys that it stands under."""
    if text.plural is None:
        yield text.msgid, keys
    else:
        yield text.msgid, [*keys, "one"]
        yield text.plural, [*keys, "other"]


def placeholders(text: Text) -> frozenset[str]:
    """The values that a text needs."""
    found = set(PLACEHOLDER.findall(text.msgid)) | set(PLACEHOLDER.findall(text.plural or ""))
    return frozenset(found | ({text.count} if text.count else set()))


def _always_shown(form: str) -> bool:
    """Whether there is something to read, whatever the values are."""
    words = any(letter.isalnum() for letter in PLACEHOLDER.sub("", form))
    return words or not NEVER_EMPTY.isdisjoint(PLACEHOLDER.findall(form))


def _unknown_value(value: str, step: str) -> str:
    every = {name for action in ACTIONS.values() for names in action.outcomes.values() for name in names}
    if value in every:
        return f"`{{{value}}}` is not known on every way to `{step}`; run its action before, or remove it"
    close = difflib.get_close_matches(value, sorted(every), n=1)
    hint = f"did you mean `{{{close[0]}}}`?" if close else f"actions give {', '.join(sorted(every))}"
    return f"no action gives `{{{value}}}`; {hint}"


@dataclass(frozen=True, slots=True)
class _Known:
    """What is certain at a step: each value with the actions it may come from, and the slots that are set."""

    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    slots: frozenset[str] = frozenset()

    def met(self, other: _Known) -> _Known:
        """What is certain where two ways meet."""
        values = {name: self.values[name] | other.values[name] for name in self.values.keys() & other.values.keys()}
        return _Known(values, self.slots & other.slots)


def _known_on_every_way(flow: Flow, flows: Mapping[str, Flow]) -> dict[str, _Known]:
    """For each step that can be reached, what is certain on every way to it (a must-analysis to a fixed point).

    Cards are drawn by running their actions again, so a value is lost when a slot changes that its action reads,
    unless the action gives that value whatever comes out.
    """
    passing = frozenset(slot.name for one in flows.values() for slot in one.slots.values() if slot.keep == "step")
    known = {flow.first: _Known()}
    waiting = [flow.first]
    while waiting:
        name = waiting.pop()
        for provided, target in targets_of(flow.steps[name]):
            if target.goto is not None or target.step == END:
                continue
            after = _after(flow, name, known[name], provided, passing)
            after = _after_call(flow, flows, target, after, passing)
            merged = known[target.step].met(after) if target.step in known else after
            if merged != known.get(target.step):
                known[target.step] = merged
                waiting.append(target.step)
    return known


def _after(flow: Flow, name: str, before: _Known, provided: frozenset[str], passing: frozenset[str]) -> _Known:
    """What is certain when a step was left by one of its ways."""
    step = flow.steps[name]
    if isinstance(step, Act):
        others = {value: acts for value, acts in before.values.items() if name not in acts}
        return _Known({**others, **dict.fromkeys(provided, frozenset({name}))}, before.slots)
    if isinstance(step, Ask):
        values = _lasting(flow, before.values, provided | passing)
        return _Known(values, (before.slots - passing) | provided)
    return before


def _after_call(
    flow: Flow, flows: Mapping[str, Flow], target: Target, before: _Known, passing: frozenset[str]
) -> _Known:
    if target.call is None:
        return before
    forgotten = passing if asks(flows, target.call) else frozenset()
    values = _lasting(flow, before.values, filled_by(flows, target.call) | forgotten)
    return _Known(values, before.slots - forgotten)


def _lasting(flow: Flow, values: Mapping[str, frozenset[str]], changed: frozenset[str]) -> dict[str, frozenset[str]]:
    """The values that are still there when these slots have changed."""

    def lost(value: str, act: Step) -> bool:
        if not isinstance(act, Act) or not changed & set(act.arguments.values()):
            return False
        return any(value not in given for given in ACTIONS[act.action].outcomes.values())

    return {value: acts for value, acts in values.items() if not any(lost(value, flow.steps[name]) for name in acts)}
