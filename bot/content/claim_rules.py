"""Rules about the steps that say whether an MP has signed: a wrong “has signed” must not come from a slip in a flow.

No program can read whether a text says so. So the steps are held to a shape. What follows the outcome for a signature
has the word for it in its id, and nothing else leads there. What is said after a verdict is said after nothing else, is
marked as a text that could harm somebody if its translation were wrong, and is followed by the dates of the data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bot.content.flow_file import FlowFile
from bot.engine.model import END, Act, Ask, Flow, Jump, Say, Step, Switch, Target
from bot.errors import Fault
from bot.yamlfile import Document

# The outcome after which a text may say that an MP has signed, for each action that has one.
SIGNED: Final[Mapping[str, str]] = {"pledge_verdict": "pledged", "letter": "signed"}
_VERDICT: Final = "pledge_verdict"
_DATES: Final = "{as_of}"

Path_ = list[str | int]


def check_claims(document: Document[FlowFile], flow: Flow, faults: list[Fault]) -> None:
    """Adds what is wrong with the claims of one flow, whose names must all exist."""
    order = {name: index for index, name in enumerate(flow.steps)}
    acts = [step for step in flow.steps.values() if isinstance(step, Act) and step.action in SIGNED]
    words = {SIGNED[act.action] for act in acts}
    verdicts = {
        target.step: outcome
        for act in acts
        if act.action == _VERDICT
        for outcome, target in act.targets.items()
        if target.step != END
    }

    def fault(step: str, keys: Path_, rule: str, message: str) -> None:
        faults.append(document.fault(["steps", order[step], *keys], rule, message))

    for act in acts:
        if _may_hide_a_claim(flow, act):
            word = SIGNED[act.action]
            message = f"the id of the step after `{word}` must have the word `{word}` in it; lead to such a step"
            fault(act.id, ["next", word], "misplaced-claim", message)
    for name, said in flow.steps.items():
        claims = name in verdicts or words & set(_claims(name))
        if claims and isinstance(said, Say | Ask) and not said.text.safety:
            message = f"`{name}` says something of an MP and the pledge; add `safety: true`"
            fault(name, ["id"], "claim-without-safety", message)
    for name, outcome in verdicts.items():
        if not _is_dated(flow, name):
            message = f"after `{outcome}`, a question can come before the dates of the data; add `{_DATES}` to a text"
            fault(name, ["id"], "claim-without-date", message)
    for name, step in flow.steps.items():
        for keys, target in _ways(step):
            if target.step == name or (isinstance(step, Act) and SIGNED.get(step.action) == keys[-1]):
                continue
            claimed = sorted(words & set(_claims(target.step)))
            is_verdict = isinstance(step, Act) and step.action == _VERDICT
            if claimed:
                message = f"only the outcome `{claimed[0]}` may lead to `{target.step}`, where the MP has signed"
                fault(name, keys, "misplaced-claim", f"{message}; lead to another step, or rename that one")
            elif target.step in verdicts and not is_verdict and isinstance(flow.steps[target.step], Say):
                message = f"`{target.step}` says what is known of an MP, and follows only an outcome of `{_VERDICT}`"
                fault(name, keys, "misplaced-claim", f"{message}; lead to another step")


def _claims(step: str) -> list[str]:
    """The words in the id of a step that say that the MP has signed."""
    return [word for word in step.split("_") if word in SIGNED.values()]


def _may_hide_a_claim(flow: Flow, act: Act) -> bool:
    """Whether what follows a signature cannot be told from other steps by its id."""
    word = SIGNED[act.action]
    step = act.targets[word].step
    if step == END or word in _claims(step):
        return False
    # A letter is the same whether its reader has signed or not, so the two may share a step.
    alone = [outcome for outcome, target in act.targets.items() if target.step == step] == [word]
    return act.action == "pledge_verdict" or (alone and isinstance(flow.steps[step], Say | Ask))


def _is_dated(flow: Flow, name: str) -> bool:
    """Whether every way from a step shows the dates before a question, or the end, is come to."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        step = waiting.pop()
        found = flow.steps.get(step)
        if step in seen or (isinstance(found, Say | Ask) and _shows_dates(found)):
            continue
        seen.add(step)
        if found is None or isinstance(found, Ask):
            return False
        waiting += [END if target.goto else target.step for _, target in _ways(found)]
    return True


def _shows_dates(step: Say | Ask) -> bool:
    return all(_DATES in form for form in (step.text.msgid, step.text.plural) if form is not None)


def _ways(step: Step) -> Iterator[tuple[Path_, Target]]:
    """The ways on from a step, each with the keys that it stands under, or would stand under."""
    match step:
        case Say() | Jump():
            yield ["next"], step.target
        case Act() | Switch():
            for outcome, target in step.targets.items():
                yield ["next", outcome], target
        case Ask():
            for number, button in enumerate(step.buttons):
                yield ["buttons", number, "next"], button.target
            if step.input:
                yield ["input", "next"], step.input.target
            if step.input and step.input.type != "choice":
                yield ["input", "otherwise"], step.input.otherwise
