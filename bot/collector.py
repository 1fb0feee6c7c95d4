"""Spares the garbage collector what stays for as long as the bot runs.

Python's collector looks for objects that only hold each other, again and again while people are answered, and now and
then among all that there is: libraries, flows, translations, facts. That took about a third of a tap's processor time
(docs/decisions/0011-speed-on-telegram.md). What is set aside here is not looked at; it still goes when nothing holds
it any more. And a round comes less often: when there are 10,000 new objects, a few megabytes, and not already at 700.
"""

from __future__ import annotations

import gc
from typing import Final

ROUND: Final = 10_000  # new objects that may hold others


def set_aside() -> None:
    """Sets aside what is there now. For the start, before anybody talks: what a person said must not be among it."""
    gc.set_threshold(ROUND, *gc.get_threshold()[1:])
    gc.collect()
    gc.freeze()
