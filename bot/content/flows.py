"""Flow files -> flows. Everything that is wrong with a set of flows is found and reported together.

A set that loads cannot crash the engine: every step, flow, slot, action, outcome and value that is named exists, every
outcome has a way on, and every question leads somewhere.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from bot.content.claim_rules import check_claims
from bot.content.flow_file import FLOW_NAME, ButtonPart, FlowFile, InputPart, PluralPart, StepPart, Wording
from bot.content.flow_rules import check_commands, check_graph
from bot.content.text_rules import label_faults, plain_faults, text_faults
from bot.content.ways import check_ways
from bot.engine.actions import ACTIONS
from bot.engine.choices import SOURCES
from bot.engine.model import (
    END,
    NAVIGATION,
    RESERVED,
    Act,
    Ask,
    Button,
    Flow,
    Input,
    Jump,
    Say,
    Slot,
    Step,
    Switch,
    Target,
    Text,
)
from bot.errors import ContentError, Fault, shown_path
from bot.yamlfile import Document, read

FlowDocument = Document[FlowFile]
_LISTED = 20  # known names in one message


def load_flows(folder: Path) -> Mapping[str, Flow]:
    """The flows of a folder, by name. Raises ContentError with every fault of every file."""
    faults: list[Fault] = []
    flows = read_flows(flow_paths(folder), faults)
    if faults:
        raise ContentError("The flows cannot be used:", faults)
    return flows


def flow_paths(folder: Path) -> list[Path]:
    """The flow files of a folder, in the order of their names; also `.yml`, so that it can be said that they are not
    read, but not the hidden files that editors and file managers leave."""
    return sorted(
        path for path in folder.glob("*.y*ml") if path.suffix in (".yaml", ".yml") and not path.name.startswith(".")
    )


def read_flows(
    paths: Iterable[Path], faults: list[Fault], documents: dict[str, FlowDocument] | None = None
) -> Mapping[str, Flow]:
    """The flows of these files; what is wrong is added to `faults`, and each file that can be read to `documents`."""
    paths = list(paths)
    documents = {} if documents is None else documents
    for path in paths:
        if path.suffix != ".yaml":
            message = f"its name does not end in `.yaml`, so it is not read; rename it to `{path.stem}.yaml`"
            faults.append(Fault(shown_path(path), 0, 0, "file-name", message))
            continue
        document = read(path, FlowFile, faults)
        if document is not None and _is_named_for_its_file(document, path, faults):
            documents[document.model.flow] = document
    # A flow whose file cannot be read is there all the same: nobody mends a missing flow that is not missing.
    names = documents.keys() | {path.stem for path in paths}
    for name in RESERVED:
        if name not in names:
            folder = shown_path(paths[0].parent) if paths else "flows"
            faults.append(Fault(folder, 0, 0, "reserved-missing", f"the flow `{name}` is missing; add {name}.yaml"))
    links = _Links(documents, names, faults)
    flows = {name: links.flow(document) for name, document in documents.items()}
    links.unique_starts()
    faulty = {fault.file for fault in faults}
    sound = {name: flow for name, flow in flows.items() if documents[name].file not in faulty}
    for name, flow in sound.items():
        check_graph(documents[name], flow, sound, faults)
        check_claims(documents[name], flow, faults)
    check_ways({name: documents[name] for name in sound}, sound, faults)
    if flows.keys() == names:  # or else a command of a file that cannot be read would be missed
        check_commands({name: documents[name] for name in sound}, flows, faults)
    return flows


def _is_named_for_its_file(document: FlowDocument, path: Path, faults: list[Fault]) -> bool:
    name = document.model.flow
    if name != path.stem:
        usable = FLOW_NAME.fullmatch(path.stem)
        remedy = f"so write `{path.stem}`" if usable else f"which is no name of a flow; rename it to `{name}.yaml`"
        faults.append(document.fault(["flow"], "flow-name", f"the file is named `{path.name}`, {remedy}"))
    elif name.startswith("_") and name not in RESERVED:
        faults.append(document.fault(["flow"], "reserved-name", f"{not_known(name, RESERVED)}; or drop the `_`"))
    else:
        return True
    return False


def not_known(name: str, known: Iterable[str]) -> str:
    """`x` is not known, with the nearest name that is."""
    names = sorted(set(known))
    folded = {one.casefold(): one for one in names}
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    listed = ", ".join(names[:_LISTED]) + (" and others" if len(names) > _LISTED else "")
    hint = f"did you mean `{folded[close[0]]}`?" if close else f"known here: {listed or 'nothing'}"
    return f"`{name:.60}` is not known; {hint}"


class _Links:
    """Builds the steps of each flow and checks that whatever a step names exists."""

    def __init__(self, documents: Mapping[str, FlowDocument], names: Collection[str], faults: list[Fault]) -> None:
        self._documents = documents
        self._names = names
        self._faults = faults
        self._navigation = {
            document.model.label.casefold(): name
            for name, document in documents.items()
            if name in NAVIGATION and document.model.label
        }
        self._document: FlowDocument
        self._steps: list[str]
        self._slots: Mapping[str, Slot]

    def flow(self, document: FlowDocument) -> Flow:
        """One file as a flow."""
        self._document = document
        file = document.model
        self._steps = [part.id for part in file.steps]
        self._slots = {name: Slot(name, part.type, part.keep, tuple(part.values)) for name, part in file.slots.items()}
        self._shared_slots(file)
        if file.flow in NAVIGATION and not file.label:
            message = f"the button of `{file.flow}` stands under every card; add `label` with its words"
            self._fault(["flow"], "label-missing", message)
        steps: dict[str, Step] = {}
        for index, part in enumerate(file.steps):
            after = self._steps[index + 1] if index + 1 < len(self._steps) else END
            step = self._step(part, index, after)
            if part.id in steps:
                line, _ = document.root.at(["steps", self._steps.index(part.id), "id"])
                message = f"`{part.id}` already stands on line {line}; rename one"
                self._fault(["steps", index, "id"], "duplicate-step", message)
            steps.setdefault(part.id, step)
        context = f"{file.flow}._"
        return Flow(
            name=file.flow,
            description=file.description,
            steps=steps,
            first=file.steps[0].id,
            slots=self._slots,
            command=file.start.command,
            command_text=self._plain(context, file.start.about, ["start", "about"]) if file.start.about else None,
            link=file.start.link,
            label=self._label(context, file.label, ["label"]) if file.label else None,
        )

    def unique_starts(self) -> None:
        """Two flows must not open by the same command or link."""
        for kind in ("command", "link"):
            seen: dict[str, str] = {}
            for name, document in self._documents.items():
                word = getattr(document.model.start, kind)
                if word is None:
                    continue
                if word in seen:
                    message = f"the {kind} `{word}` already opens the flow `{seen[word]}`; choose another"
                    self._faults.append(document.fault(["start", kind], "duplicate-start", message))
                seen.setdefault(word, name)
                if kind == "command" and word == "start" and name != "_start":
                    message = "the command `start` is Telegram's own and opens `_start`; choose another"
                    self._faults.append(document.fault(["start", kind], "reserved-command", message))

    def _fault(self, path: list[str | int], rule: str, message: str) -> None:
        self._faults.append(self._document.fault(path, rule, message))

    def _shared_slots(self, file: FlowFile) -> None:
        """A slot of the same name is the same memory in every flow, so it must be of the same kind."""
        for name, part in file.slots.items():
            if name == "language":
                message = "the language is kept already, and not in a slot; choose another name"
                self._fault(["slots", name], "reserved-slot", message)
            others = [document.model for other, document in self._documents.items() if other < file.flow]
            differing = [other.flow for other in others if other.slots.get(name, part) != part]
            if differing:
                message = f"`{name}` is another kind of slot in `{differing[0]}`; make them the same"
                self._fault(["slots", name], "slot-clash", message)

    def _step(self, part: StepPart, index: int, after: str) -> Step:
        at: list[str | int] = ["steps", index]
        if part.ask is not None:
            return self._ask(part, self._text(part.id, part.ask, [*at, "ask"], part.safety), at, after)
        if part.action is not None:
            return self._act(part, part.action, at)
        if part.switch is not None:
            return self._switch(part, part.switch, at)
        target = self._target(part.next, part.call, part.goto, after, at)
        if part.say is not None:
            return Say(part.id, self._text(part.id, part.say, [*at, "say"], part.safety), target)
        return Jump(part.id, target)

    def _text(self, step: str, wording: Wording, at: list[str | int], safety: bool = False) -> Text:
        context = f"{self._document.model.flow}.{step}"
        if isinstance(wording, PluralPart):
            self._words(wording.one, [*at, "one"])
            self._words(wording.other, [*at, "other"])
            return Text(context, wording.one, wording.other, wording.count, safety)
        self._words(wording, at)
        return Text(context, wording, safety=safety)

    def _words(self, text: str, at: list[str | int]) -> None:
        for rule, message in text_faults(text):
            self._fault(at, rule, message)

    def _label(self, context: str, text: str, at: list[str | int]) -> Text:
        for rule, message in label_faults(text):
            self._fault(at, rule, message)
        return Text(context, text)

    def _plain(self, context: str, text: str, at: list[str | int]) -> Text:
        for rule, message in plain_faults(text):
            self._fault(at, rule, message)
        return Text(context, text)

    def _ask(self, part: StepPart, text: Text, at: list[str | int], after: str) -> Ask:
        buttons = []
        seen: dict[str, int] = {}
        for number, button in enumerate(part.buttons):
            here = [*at, "buttons", number]
            if button.id in seen:
                self._fault([*here, "id"], "duplicate-button", f"the button `{button.id}` stands twice; rename one")
            seen[button.id] = number
            if button.means and any(other.means == button.means for other in part.buttons[:number]):
                message = f"another button here also means `{button.means}`; remove `means` from one"
                self._fault([*here, "means"], "duplicate-means", message)
            self._distinct_label(button.text, part.buttons[:number], [*here, "text"])
            buttons.append(self._button(part.id, button, here))
        asked = self._input(part, part.input, [*at, "input"], after) if part.input else None
        return Ask(part.id, text, tuple(buttons), asked)

    def _distinct_label(self, label: str, before: Iterable[ButtonPart], at: list[str | int]) -> None:
        """Whoever types the words of a button must get that button."""
        typed = label.casefold()
        if any(other.text.casefold() == typed for other in before):
            self._fault(at, "duplicate-label", f"another button here is also `{label:.60}`; choose other words")
        if typed in self._navigation:
            message = f"`{label:.60}` already opens `{self._navigation[typed]}` on every card; choose other words"
            self._fault(at, "reserved-label", message)

    def _button(self, step: str, part: ButtonPart, at: list[str | int]) -> Button:
        if part.next is None and part.call is None and part.goto is None:
            self._fault(at, "no-way-on", f"the button `{part.id}` leads nowhere; add `next`, `call` or `goto`")
        for slot, value in part.set.items():
            known = self._slots[slot].values if self._slot(slot, "choice", [*at, "set", slot]) else (value,)
            if value not in known:
                self._fault([*at, "set", slot], "unknown-value", not_known(value, known))
        # A button that calls a flow comes back to its question, unless `next` says otherwise.
        target = self._target(part.next, part.call, part.goto, step if part.call else END, at)
        text = self._label(f"{self._document.model.flow}.{step}", part.text, [*at, "text"])
        return Button(part.id, text, target, dict(part.set), part.means)

    def _input(self, part: StepPart, asked: InputPart, at: list[str | int], after: str) -> Input:
        source = asked.from_ or ""
        if asked.type == "choice" and source not in SOURCES:
            self._fault([*at, "from"], "unknown-source", not_known(source, SOURCES))
        if source == "languages":
            if asked.into != "language":
                message = f"languages do not go into `{asked.into}`; write `into: language`, which is no slot"
                self._fault([*at, "into"], "wrong-slot", message)
        else:
            self._slot(asked.into, "place", [*at, "into"])
        target = self._target(asked.next, asked.call, asked.goto, after, at)
        otherwise = self._target(asked.otherwise, None, None, after, [*at, "otherwise"])
        again = self._text(part.id, asked.again, [*at, "again"]) if asked.again else None
        return Input(asked.type, asked.into, target, otherwise, asked.tries, source, again)

    def _act(self, part: StepPart, name: str, at: list[str | int]) -> Act:
        act = Act(part.id, name, dict(part.with_), self._outcome_targets(part, at))
        action = ACTIONS.get(name)
        if action is None:
            self._fault([*at, "action"], "unknown-action", not_known(name, ACTIONS))
            return act
        for argument in action.needs.keys() - part.with_.keys():
            self._fault([*at, "action"], "missing-argument", f"`{name}` needs `{argument}`; add it under `with`")
        for argument, slot in part.with_.items():
            if argument not in action.needs:
                self._fault([*at, "with", argument], "unknown-argument", not_known(argument, action.needs))
            else:
                self._slot(slot, action.needs[argument], [*at, "with", argument])
        self._branches(part.outcomes, action.outcomes, "outcome", f"`{name}`", at)
        return act

    def _switch(self, part: StepPart, slot: str, at: list[str | int]) -> Switch:
        self._slot(slot, "choice", [*at, "switch"])
        if slot in self._slots:
            self._branches(part.outcomes, self._slots[slot].values, "value", f"the slot `{slot}`", at)
        return Switch(part.id, slot, self._outcome_targets(part, at))

    def _outcome_targets(self, part: StepPart, at: list[str | int]) -> dict[str, Target]:
        return {
            outcome: self._target(step, None, None, END, [*at, "next", outcome])
            for outcome, step in part.outcomes.items()
        }

    def _branches(
        self, given: Mapping[str, str], known: Iterable[str], noun: str, whose: str, at: list[str | int]
    ) -> None:
        names = set(known)
        for missing in sorted(names - given.keys()):
            message = f"{whose} has the {noun} `{missing}`; add it with its step"
            self._fault([*at, "next"], "missing-outcome", message)
        for extra in sorted(given.keys() - names):
            self._fault([*at, "next", extra], "unknown-outcome", not_known(extra, names))

    def _slot(self, name: str, kind: str, at: list[str | int]) -> bool:
        slot = self._slots.get(name)
        if slot is None:
            self._fault(at, "unknown-slot", f"{not_known(name, self._slots)}; slots are listed under `slots`")
        elif slot.type != kind:
            self._fault(at, "wrong-slot", f"`{name}` is a {slot.type} slot; a {kind} slot is needed here")
        return slot is not None and slot.type == kind

    def _target(self, step: object, call: str | None, goto: str | None, after: str, at: list[str | int]) -> Target:
        for key, flow in (("call", call), ("goto", goto)):
            if flow is not None and flow not in self._names:
                self._fault([*at, key], "unknown-flow", not_known(flow, self._names))
        if goto is not None:
            if step is not None or call is not None:
                self._fault([*at, "goto"], "goto-and-next", "`goto` does not come back; remove `next` or `call`")
            return Target(goto=goto)
        name = step if isinstance(step, str) else after
        if name != END and name not in self._steps:
            where = at if at[-1] == "otherwise" or at[-2:-1] == ["next"] else [*at, "next"]
            self._fault(where, "unknown-step", not_known(name, [*self._steps, END]))
        return Target(name, call)
