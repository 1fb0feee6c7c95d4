"""Five hundred people talk to the bot, in good days and in every trouble; then every byte that it left is looked
through for their names, numbers, postcodes and words.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.nothing_left_behind.lives import PEOPLE, Left, all_lives, with_a_plain_log
from tests.nothing_left_behind.traces import Traces, canary, forms_of_chat, forms_of_text

TRACES = Traces(map(canary, range(PEOPLE)))


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """What there was at each moment that was looked at."""
    return asyncio.run(all_lives(tmp_path_factory.mktemp("lives")))


def test_nothing_of_anybody_is_in_any_file_at_any_moment(left: Left) -> None:
    assert len(left.moments) == 7
    for moment, files in left.moments.items():
        assert TRACES.in_files(files) == [], moment


# --- that this could have failed


def test_every_kind_of_file_was_looked_at(left: Left) -> None:
    seen = {name for files in left.moments.values() for name in files}
    assert {"var/sessions.db", "var/sessions.db-wal", "var/sessions.db.lock", "var/secret", "var/status.json"} <= seen
    assert {"metrics.txt", "healthz.txt", "busy.out", "busy.err", "aborted.err"} <= seen


def test_what_is_planted_in_any_of_them_is_found(left: Left) -> None:
    one = canary(PEOPLE // 2)
    forms = [form for text in one.texts for form in forms_of_text(text)] + list(forms_of_chat(one.chat))
    planted = b"\0\xff".join(forms)
    for name, content in left.moments["busy"].items():
        half = len(content) // 2
        found = {form for _, form in TRACES.in_content(content[:half] + planted + content[half:])}
        assert found >= set(forms), name


def test_there_were_conversations_of_every_kind(left: Left, tmp_path: Path) -> None:
    rows = {}
    for moment, files in left.moments.items():
        for name, content in files.items():
            if "sessions.db" in name:
                (tmp_path / Path(name).name).write_bytes(content)
        with closing(sqlite3.connect(tmp_path / "sessions.db")) as connection:
            rows[moment] = connection.execute("SELECT count(*), count(session) FROM chat").fetchone()
        (tmp_path / "sessions.db-wal").unlink(missing_ok=True)
    print(rows)
    assert rows["old"][0] > 20
    assert rows["expired"][1] > 30
    assert rows["busy"][1] > 100
    assert rows["last"][0] > rows["last"][1] > 20, "sessions that are over are swept, and others go on"


def test_the_troubles_came_and_were_told_without_their_words(left: Left) -> None:
    said = {name: content.decode() for name, content in left.moments["last"].items() if name.endswith(".err")}
    everything = "".join(said.values())
    for words in (
        "a turn failed: RuntimeError at __main__.fail:",
        "an update was given up: RuntimeError",
        "an update was given up: BadRequest",
        "an update could not be read and was passed over",
        "Telegram is not reached (NetworkError)",
        "expired sessions could not be deleted: RuntimeError",
        "a thread ended early",
        "an error came up where nothing could catch it",
        "asyncio: a library warns of something; its words are left out",
        "py.warnings: a library warns of something; its words are left out",
        "a_library: a library warns of something; its words are left out",
        "bot.world: cannot read RuntimeError",
        "a report could not be passed on",
    ):
        assert words in everything, words
    assert "Fatal Python error: Aborted" in said["aborted.err"]
    assert said["ended.err"].endswith(
        "askfirst: something unexpected went wrong (RuntimeError); run it again with --debug.\n"
    )
    assert left.codes == {"old": -9, "expired": -9, "busy": -9, "ended": 2, "aborted": -6, "last": 0}


def test_without_the_log_that_the_bot_configures_much_would_be_found(tmp_path: Path) -> None:
    files = asyncio.run(with_a_plain_log(tmp_path))
    found = {meant for meant, _ in TRACES.in_content(files["plain.err"])}
    for kind in ("first_name", "last_name", "phone", "postcode", "story"):
        assert found & {f"{getattr(canary(number), kind)}" for number in range(PEOPLE)}, kind
    assert TRACES.in_files({name: content for name, content in files.items() if not name.endswith(".err")}) == []
