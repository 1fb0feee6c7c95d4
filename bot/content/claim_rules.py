"""Rules about the steps that say whether an MP has signed: a wrong “has signed” must not come from a slip in a flow.

No program can read whether a text says so. So the steps are held to a shape: the step after the outcome for a signature
has the word for it in its id, nothing but this outcome leads to such a step, and what follows a verdict is marked as a
text that could harm somebody if its translation were wrong.
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

Path_ = list[str | int]


def check_claims(document: Document[FlowFile], flow: Flow, faults: list[Fault]) -> None:
    """Adds what is wrong with the claims of one flow, whose names must all exist."""
    order = {name: index for index, name in enumerate(flow.steps)}
    acts = [step for step in flow.steps.values() if isinstance(step, Act) and step.action in SIGNED]
    words = {SIGNED[act.action] for act in acts}

    def fault(step: str, keys: Path_, rule: str, message: str) -> None:
        faults.append(document.fault(["steps", order[step], *keys], rule, message))

    for act in acts:
        if _may_hide_a_claim(flow, act):
            word = SIGNED[act.action]
            message = f"the id of the step after `{word}` must have the word `{word}` in it; lead to such a step"
            fault(act.id, ["next", word], "misplaced-claim", message)
        for target in act.targets.values() if act.action == "pledge_verdict" else ():
            said = flow.steps.get(target.step)
            if isinstance(said, Say | Ask) and not said.text.safety:
                message = f"`{said.id}` says something of an MP and the pledge; add `safety: true`"
                fault(said.id, ["id"], "claim-without-safety", message)
    for name, step in flow.steps.items():
        for keys, target in _ways(step):
            if target.step == name or (isinstance(step, Act) and SIGNED.get(step.action) == keys[-1]):
                continue
            for word in sorted(words & set(_claims(target.step))):
                message = f"only the outcome `{word}` may lead to `{target.step}`, where the MP has signed"
                fault(name, keys, "misplaced-claim", f"{message}; lead to another step, or rename that one")


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
