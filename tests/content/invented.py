"""Flows by chance, as no editor would write them: every kind of step, input, action and way on, in any order.

Most sets break a rule and are refused; what is accepted must be safe to talk to.
"""

from __future__ import annotations

from random import Random
from typing import Any

from bot.engine.actions import ACTIONS
from bot.engine.choices import SOURCES
from bot.engine.model import END

SLOTS: dict[str, dict[str, Any]] = {
    "place": {"type": "place"},
    "spot": {"type": "place", "keep": "step"},
    "page": {"type": "page"},
    "theme": {"type": "choice", "values": ["work", "home"]},
    "once": {"type": "choice", "keep": "step", "values": ["a", "b"]},
}
OTHERS = ("urgent", "about", "_help", "_privacy", "_start", "_language", "_cancel", "_forget", "_back", "_error")

Step = dict[str, Any]


def invented_flows(chance: Random) -> dict[str, dict[str, Any]]:
    """One to three flows that may name each other, as what a YAML file holds."""
    names = [f"t{number}" for number in range(chance.randint(1, 3))]
    return {name: _Inventor(chance, [*names, *OTHERS]).flow(name) for name in names}


class _Inventor:
    def __init__(self, chance: Random, flows: list[str]) -> None:
        self.chance, self.flows = chance, flows
        self.ids = [f"s{number}" for number in range(chance.randint(1, 6))]
        self.given: list[str] = []

    def flow(self, name: str) -> dict[str, Any]:
        steps = _reached([self._step(at) for at in range(len(self.ids))])
        start = {"command": name, "link": name}
        return {"version": 1, "flow": name, "description": "x", "start": start, "slots": SLOTS, "steps": steps}

    def _step(self, at: int) -> Step:
        chance = self.chance
        step: Step = {"id": self.ids[at]}
        kind = chance.choice(["say", "ask", "ask", "ask", "action", "action", "switch", "jump"])
        if kind == "say":
            step["say"] = (
                self._text() if chance.random() < 0.8 else {"one": "A", "other": self._text(), "count": "count"}
            )
            self._way(step, at)
        elif kind == "ask":
            step["ask"] = self._text()
            step["buttons"] = [self._button(number, at) for number in range(chance.randint(0, 3))]
            if not step["buttons"] or chance.random() < 0.6:
                step["input"] = self._input(at)
        elif kind == "action":
            action = ACTIONS[chance.choice(list(ACTIONS))]
            step |= {"action": action.name, "with": {name: self._slot(kind) for name, kind in action.needs.items()}}
            step["next"] = {outcome: self._target(at) for outcome in action.outcomes}
            self.given += [value for values in action.outcomes.values() for value in sorted(values)]
        elif kind == "switch":
            step["switch"] = self._slot("choice")
            step["next"] = {value: self._target(at) for value in SLOTS[step["switch"]]["values"]}
        elif chance.random() < 0.5:
            step["goto"] = chance.choice(self.flows)
        else:
            step |= {"call": chance.choice(self.flows), "next": self._target(at)}
        return step

    def _text(self) -> str:
        known = self.given or [value for values in ACTIONS["letter"].outcomes.values() for value in sorted(values)]
        return "Words {%s}" % self.chance.choice(known) if self.chance.random() < 0.4 else "Words"  # noqa: UP031

    def _target(self, at: int) -> str:
        """Mostly forward, so that not every set runs in circles."""
        ahead = self.ids[at + 1 :] if self.chance.random() < 0.9 else self.ids
        return self.chance.choice([*ahead, END])

    def _way(self, part: Step, at: int) -> Step:
        kind = self.chance.random()
        if kind < 0.15:
            part["goto"] = self.chance.choice(self.flows)
        else:
            part["next"] = self._target(at) if kind < 0.8 or "into" in part else self.chance.choice([*self.ids, END])
            if kind > 0.85:
                part["call"] = self.chance.choice(self.flows)
        return part

    def _slot(self, kind: str) -> str:
        return self.chance.choice([name for name, slot in SLOTS.items() if slot["type"] == kind])

    def _button(self, number: int, at: int) -> Step:
        button: Step = {"id": f"b{number}", "text": f"B{number}"}
        if self.chance.random() < 0.4:
            slot = self._slot("choice")
            button["set"] = {slot: self.chance.choice(SLOTS[slot]["values"])}
        return self._way(button, at)

    def _input(self, at: int) -> Step:
        kind = self.chance.choice(["postcode", "search", "choice"])
        if kind == "choice":
            source = self.chance.choice(list(SOURCES))
            into = "language" if source == "languages" else self._slot("place")
            return self._way({"type": kind, "from": source, "into": into}, at)
        asked: Step = {"type": kind, "into": self._slot("place"), "otherwise": self.chance.choice([*self.ids, END])}
        if self.chance.random() < 0.5:
            asked["again"] = self._text()
        return self._way(asked, at)


def _reached(steps: list[Step]) -> list[Step]:
    """The steps that something leads to."""
    by_id = {step["id"]: step for step in steps}
    reached: set[str] = set()
    waiting = [steps[0]["id"]]
    while waiting:
        name = waiting.pop()
        if name == END or name in reached:
            continue
        reached.add(name)
        step = by_id[name]
        for part in (step, *step.get("buttons", []), step.get("input", {})):
            after = part.get("next", END)
            waiting += after.values() if isinstance(after, dict) else [after]
            waiting.append(part.get("otherwise", END))
    return [step for step in steps if step["id"] in reached]
