"""Rules about the ways between two questions, through every flow that is called or gone to.

A conversation that goes on for ever without asking, that calls itself, or that asks after it was forgotten, leaves a
person with nothing to press. None of it can be seen in one file alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.content.flow_file import FlowFile
from bot.engine.actions import ACTIONS
from bot.engine.model import (
    BACK,
    END,
    FORGET,
    LANGUAGE,
    START,
    Act,
    Ask,
    Flow,
    Jump,
    Say,
    Step,
    Switch,
    Target,
)
from bot.engine.walk import RESUMING
from bot.errors import Fault
from bot.yamlfile import Document

# Steps from one question to the next. The engine stops at 200, of up to three such ways and the returns from calls.
MAX_SILENT = 40

Place = tuple[str, str]  # a flow and one of its steps
Path_ = list[str | int]


def check_ways(documents: Mapping[str, Document[FlowFile]], flows: Mapping[str, Flow], faults: list[Fault]) -> None:
    """Adds what is wrong with the ways through these flows; a flow that is not among them counts as one that asks."""

    def fault(place: Place, rule: str, message: str) -> None:
        flow, step = place
        path: Path_ = ["steps", list(flows[flow].steps).index(step), "id"]
        faults.append(documents[flow].fault(path, rule, message))

    quiet = quiet_flows(flows)
    ahead = {(name, step): list(_ahead(flows, quiet, name, step)) for name in flows for step in flows[name].steps}
    order, loops = _postorder(ahead)
    for flow, step in loops:
        message = f"from `{step}` the conversation comes back to it without asking; add a question on the way"
        fault((flow, step), "loop-without-question", message)
    if not loops:
        for place in _too_long(flows, ahead, order):
            message = f"more than {MAX_SILENT} steps follow without a question; add a question"
            fault(place, "too-long-without-question", message)
    for name, document in documents.items():
        for path, called in _calls(document.model):
            if name in {called, *_called_from(flows, called)}:
                message = f"`{called}` comes back here by calls, so nobody would ever get out; use `goto` instead"
                faults.append(document.fault(path, "call-circle", message))
    _reserved(documents, flows, faults)
    for flow, step in ahead:
        found = flows[flow].steps[step]
        if not isinstance(found, Act) or found.action != "forget":
            continue
        if any(isinstance(one, Ask) for one, _ in _following(flows, ahead, (flow, step), (Ask,))):
            message = "a question follows after everything was forgotten, and its answer could not be read; end here"
            fault((flow, step), "question-after-forget", message)
        if any(ends for _, ends in _following(flows, ahead, (flow, step), (Ask, Say))):
            fault((flow, step), "nothing-said", "nothing is said after everything was forgotten; add a `say` after it")


def targets_of(step: Step) -> Iterator[tuple[frozenset[str], Target]]:
    """The ways on from a step, each with what it brings: the values of an action's outcome, the slots of an answer."""
    match step:
        case Say() | Jump():
            yield frozenset(), step.target
        case Act():
            for outcome, target in step.targets.items():
                yield ACTIONS[step.action].outcomes[outcome], target
        case Switch():
            yield from ((frozenset(), target) for target in step.targets.values())
        case Ask():
            for button in step.buttons:
                yield frozenset(button.sets), button.target
            if step.input:
                yield frozenset({step.input.into}), step.input.target
                if step.input.type != "choice":
                    yield frozenset(), step.input.otherwise


def quiet_flows(flows: Mapping[str, Flow]) -> frozenset[str]:
    """The flows that can come back to their caller without asking anything."""
    quiet: set[str] = set()
    while found := {name for name in flows.keys() - quiet if END in _silently(flows[name], quiet)}:
        quiet |= found
    return frozenset(quiet)


def filled_by(flows: Mapping[str, Flow], name: str) -> frozenset[str]:
    """The slots that a call of this flow may fill."""
    filled: set[str] = set()
    for one in {name, *_called_from(flows, name)} & flows.keys():
        for step in flows[one].steps.values():
            if isinstance(step, Ask):
                filled |= {slot for button in step.buttons for slot in button.sets}
                filled |= {step.input.into} if step.input else set()
    return frozenset(filled)


def asks(flows: Mapping[str, Flow], name: str) -> bool:
    """Whether a call of this flow may ask something."""
    called = {name, *_called_from(flows, name)} & flows.keys()
    return any(isinstance(step, Ask) for one in called for step in flows[one].steps.values())


def _silent_targets(flow: Flow, step: str) -> list[Target]:
    found = flow.steps[step]
    return [] if isinstance(found, Ask) else [target for _, target in targets_of(found)]


def _silently(flow: Flow, quiet: set[str]) -> set[str]:
    """Every step of a flow that can be come to from its first without a question, and END."""
    seen: set[str] = set()
    waiting = [flow.first]
    while waiting:
        step = waiting.pop()
        if step in seen:
            continue
        seen.add(step)
        for target in _silent_targets(flow, step) if step != END else ():
            if target.goto is None and (target.call is None or target.call in quiet):
                waiting.append(target.step)
    return seen


def _ahead(flows: Mapping[str, Flow], quiet: frozenset[str], flow: str, step: str) -> Iterator[Place]:
    for target in _silent_targets(flows[flow], step):
        other = flows.get(target.goto or target.call or "")
        if other:
            yield other.name, other.first
        if target.goto is None and target.step != END and (target.call is None or target.call in quiet):
            yield flow, target.step


def _postorder(ahead: Mapping[Place, list[Place]]) -> tuple[list[Place], list[Place]]:
    """The places, each after all that lie ahead of it; and the places at which a loop closes."""
    order: list[Place] = []
    loops: list[Place] = []
    begun: set[Place] = set()
    open_: dict[Place, Iterator[Place]] = {}
    for start in ahead:
        if start in begun:
            continue
        begun.add(start)
        open_[start] = iter(ahead[start])
        while open_:
            place = next(reversed(open_))
            for following in open_[place]:
                if following in open_ and following not in loops:
                    loops.append(following)
                if following not in begun:
                    begun.add(following)
                    open_[following] = iter(ahead[following])
                    break
            else:
                order.append(place)
                del open_[place]
    return order, loops


def _too_long(flows: Mapping[str, Flow], ahead: Mapping[Place, list[Place]], order: list[Place]) -> Iterator[Place]:
    """In each flow the first step from which too many follow."""
    length: dict[Place, int] = {}
    through: dict[Place, int] = {}  # as far as the end of the step's own flow, where that can be come to
    for place in order:
        flow, step = place
        length[place] = 1 + max((length[one] for one in ahead[place]), default=0)
        ends = []
        for target in _silent_targets(flows[flow], step):
            rest = 0 if target.step == END else through.get((flow, target.step))
            called = flows.get(target.call or "")
            inner = through.get((called.name, called.first)) if called else None if target.call else 0
            if target.goto is None and inner is not None:
                after = 0 if target.step == END else length.get((flow, target.step), 0)
                length[place] = max(length[place], 1 + inner + after)
                ends += [] if rest is None else [1 + inner + rest]
        if ends:
            through[place] = max(ends)
    for name, whole in flows.items():
        yield from [(name, step) for step in whole.steps if length[name, step] > MAX_SILENT][:1]


def _called_from(flows: Mapping[str, Flow], name: str) -> set[str]:
    """Every flow that a call of this flow calls in its turn."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        flow = flows.get(waiting.pop())
        steps = flow.steps.values() if flow else ()
        called = {target.call for step in steps for _, target in targets_of(step) if target.call} - seen
        seen |= called
        waiting += called
    return seen


def _calls(file: FlowFile) -> Iterator[tuple[Path_, str]]:
    """Each `call` of a file and where it stands."""
    for index, part in enumerate(file.steps):
        at: Path_ = ["steps", index]
        if part.call:
            yield [*at, "call"], part.call
        if part.input and part.input.call:
            yield [*at, "input", "call"], part.input.call
        for number, button in enumerate(part.buttons):
            if button.call:
                yield [*at, "buttons", number, "call"], button.call


def _following(
    flows: Mapping[str, Flow], ahead: Mapping[Place, list[Place]], place: Place, until: tuple[type[Step], ...]
) -> Iterator[tuple[Step, bool]]:
    """The steps that follow silently, this one first, as far as one of these kinds; and whether a flow ends there."""
    seen: set[Place] = set()
    waiting = [place]
    while waiting:
        flow, step = one = waiting.pop()
        found = flows[flow].steps[step]
        stops = isinstance(found, until)
        yield found, not stops and any(target == Target(END) for target in _silent_targets(flows[flow], step))
        seen.add(one)
        waiting += [] if stops else [following for following in ahead[one] if following not in seen]


def _reserved(documents: Mapping[str, Document[FlowFile]], flows: Mapping[str, Flow], faults: list[Fault]) -> None:
    """What the reserved flows must do, whatever they say."""
    for name, action in ((FORGET, "forget"), (BACK, "go_back")):
        flow = flows.get(name)
        first = flow.steps[flow.first] if flow else None
        if first is not None and not (isinstance(first, Act) and first.action == action):
            message = f"the first step of `{name}` must be the action `{action}`; put it before everything else"
            faults.append(documents[name].fault(["steps", 0, "id"], "reserved-action", message))
    language = flows.get(LANGUAGE)
    if language and not any(
        isinstance(step, Ask) and step.input and step.input.source == "languages" for step in language.steps.values()
    ):
        message = "`_language` must offer the languages; ask with `input: {type: choice, from: languages, …}`"
        faults.append(documents[LANGUAGE].fault(["steps", 0, "id"], "reserved-action", message))
    if START in flows and _ends_unasked(flows, START):
        message = "`_start` can end without a question, and nothing comes after it; end it with a question"
        faults.append(documents[START].fault(["steps", 0, "id"], "start-does-not-ask", message))
    for name in sorted(RESUMING & flows.keys()):
        lost = sorted(filled_by(flows, name) - {"language"})
        if lost:
            message = (
                f"`{name}` comes back to the card it was opened from, and `{lost[0]}` is lost; `goto` a flow instead"
            )
            faults.append(documents[name].fault(["steps", 0, "id"], "slot-lost", message))


def _ends_unasked(flows: Mapping[str, Flow], name: str) -> bool:
    """Whether a conversation that begins in this flow can run to its end without a question."""
    quiet = quiet_flows(flows)
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        flow = waiting.pop()
        if flow in seen or flow not in flows:
            continue
        seen.add(flow)
        steps = _silently(flows[flow], set(quiet))
        if END in steps:
            return True
        targets = [target for step in steps for target in _silent_targets(flows[flow], step)]
        called = {one for target in targets if target.call for one in (target.call,)}
        waiting += [target.goto for target in targets if target.goto]
        waiting += [goto for one in called if one in flows for goto in _gone_to(flows, one, quiet)]
    return False


def _gone_to(flows: Mapping[str, Flow], name: str, quiet: frozenset[str]) -> Iterator[str]:
    """The flows that a call of this one may go to for good, without asking first."""
    for one in {name, *_called_from(flows, name)} & flows.keys():
        for step in _silently(flows[one], set(quiet)) - {END}:
            yield from (target.goto for target in _silent_targets(flows[one], step) if target.goto)
