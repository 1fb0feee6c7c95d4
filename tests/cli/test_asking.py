"""How far a long task has come, on a terminal and elsewhere."""

from __future__ import annotations

import io

from bot.cli.asking import ProgressLine


class Screen(io.StringIO):
    """Standard error on a terminal."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_one_line_counts_up() -> None:
    out = Screen()
    line = ProgressLine("Members read", out)
    line(20, 40)
    line(40, 40)
    line.close()
    assert out.getvalue() == "\rMembers read: 20 of 40\rMembers read: 40 of 40\n"


def test_a_sentence_gets_a_line_of_its_own() -> None:
    out = Screen()
    line = ProgressLine("Members read", out)
    line.say("Hello.")
    line(20, 40)
    line.say("Waiting.")
    line(20, 40)
    line.close()
    assert out.getvalue() == "Hello.\n\rMembers read: 20 of 40\nWaiting.\n\rMembers read: 20 of 40\n"


def test_elsewhere_only_the_end_is_told() -> None:
    out = io.StringIO()
    line = ProgressLine("Members read", out)
    line(20, 1040)
    line(1040, 1040)
    line.close()
    assert out.getvalue() == "Members read: 1,040 of 1,040\n"
