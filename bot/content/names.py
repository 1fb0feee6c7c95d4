"""What is said of a name that nothing has: the nearest one that is known, or all of them."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from bot.errors import ContentError, hidden


def no_such(noun: str, name: str, known: Collection[str], listed: Collection[str] | None = None) -> ContentError:
    """The error for a name that was given and is not among those that are known; `listed`: those to choose from."""
    close = difflib.get_close_matches(name.casefold(), known, n=1)
    hint = f"did you mean `{close[0]}`?" if close else f"choose one of {', '.join(sorted(listed or known))}."
    return ContentError(f"There is no {noun} `{hidden(name)}`; {hint}")
