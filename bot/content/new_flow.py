"""A new flow file to begin with: it can be loaded and played at once, and its comments teach the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.content.flow_file import FLOW_NAME, OPENING
from bot.engine.model import RESERVED, Flow
from bot.errors import ContentError, hidden

# What readers of YAML take for something else than a word.
_NO_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_TEMPLATE: Final = """\
# yaml-language-server: $schema=../docs/flow.schema.json
# A flow is one conversation. Lines that begin with # are notes; people never see them. docs/flows.md explains
# everything. After each change: askfirst check flows/{name}.yaml
version: 1
flow: {flow}  # the same as the name of this file
description: Write in one sentence what this conversation is for.  # for other editors
# How people open it: {opened}.
start: {start}
steps:
  # An `ask` shows its text and waits for a button. The first step comes first; the others follow as you lead to them.
  - id: first_question
    note: Write here what translators should know. People never see it.
    ask: |
      **What would you like to know?**
      Write short sentences and plain words. Lists and links look like this:
      - one thing
      - another thing, [with its source](https://www.gov.uk/)
    buttons:
      # The id stays the same when you change the words. `next` is the step that follows.
      - {{id: go_on, text: Go on, next: answer}}
      # `call` opens another flow, which comes back to this question.
      - {{id: urgent, text: I need help now, call: {help}}}
  # A `say` shows its text and goes on to the next step. After the last step, the start of the bot follows.
  - id: answer
    say: |
      Write the answer here.
"""


def new_flow(name: str, flows: Mapping[str, Flow], command: str | None = None, link: str | None = None) -> str:
    """The text of a new file `<name>.yaml`. Without a command and a link, its name is its link.

    flows: those that are there already; no two may open in the same way. Raises ContentError with the remedy.
    """
    if not FLOW_NAME.fullmatch(name):
        raise ContentError(
            f"`{hidden(name)}` cannot be the name of a flow; use small letters, digits and _, beginning with a letter, "
            "at most 31."
        )
    if name.startswith("_"):
        known = "open it and change it" if name in RESERVED else "leave out the _"
        raise ContentError(f"`{name}` begins with _, as only the flows do that the bot itself opens; {known}.")
    if command is None and link is None:
        link = name
    for kind, word in (("command", command), ("link", link)):
        if word is None:
            continue
        if not OPENING.fullmatch(word):
            raise ContentError(f"`{hidden(word)}` cannot be a {kind}; use at most 32 small letters, digits and _.")
        taken = next((flow.name for flow in flows.values() if getattr(flow, kind) == word), None)
        if taken or (kind == "command" and word == "start"):
            raise ContentError(f"The {kind} `{word}` already opens the flow `{taken or '_start'}`; choose another.")
    ways = [f"/{command}"] if command else []
    ways += [f"t.me/<bot>?start={link}"] if link else []
    keys = {"command": command, "link": link}
    start = ", ".join(f"{key}: {_quoted(word)}" for key, word in keys.items() if word)
    help_ = "urgent" if "urgent" in flows else "_help"
    return _TEMPLATE.format(name=name, flow=_quoted(name), opened=" or ".join(ways), start=f"{{{start}}}", help=help_)


def _quoted(word: str) -> str:
    return f'"{word}"' if word in _NO_WORDS or not word[0].isalpha() else word
