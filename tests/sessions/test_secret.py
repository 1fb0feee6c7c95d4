"""Where the server secret comes from, and when it is refused."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import SessionError
from bot.sessions.secret import VARIABLE, server_secret

LONG = "0123456789abcdef0123456789abcdef"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def written(path: Path, content: bytes, permissions: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(permissions)
    return path


def test_the_environment_comes_first_and_no_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    assert server_secret({VARIABLE: LONG}, path).values == (LONG.encode(),)
    assert not path.exists()


def test_the_first_run_makes_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "deeper" / "secret"
    secret = server_secret({}, path)
    assert [len(bytes.fromhex(value.decode())) for value in secret.values] == [32]
    assert (mode(path), mode(path.parent), mode(path.parent.parent)) == (0o600, 0o700, 0o700)
    assert list(path.parent.iterdir()) == [path]


def test_later_runs_read_the_same_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    assert server_secret({}, path) == server_secret({}, path)


def test_each_machine_has_a_secret_of_its_own(tmp_path: Path) -> None:
    assert server_secret({}, tmp_path / "one") != server_secret({}, tmp_path / "two")


def test_many_first_runs_at_once_agree(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret"
    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(lambda _: server_secret({}, path), range(64)))
    assert len(secrets) == 1
    assert list(path.parent.iterdir()) == [path]


def test_a_first_run_that_was_slower_takes_the_secret_of_the_quicker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, link = tmp_path / "secret", os.link

    def overtaken(draft: Path, target: Path) -> None:
        written(path, LONG.encode())
        link(draft, target)

    monkeypatch.setattr(os, "link", overtaken)
    assert server_secret({}, path).values == (LONG.encode(),)
    assert list(tmp_path.iterdir()) == [path]


def test_an_empty_variable_counts_as_none(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    assert server_secret({VARIABLE: "  "}, path) == server_secret({}, path)


def test_several_secrets_stand_newest_first(tmp_path: Path) -> None:
    newer = "f" * 40
    path = written(tmp_path / "secret", f"{newer}\r\n\n  {LONG}\n".encode())
    assert server_secret({}, path).values == (newer.encode(), LONG.encode())
    assert server_secret({VARIABLE: f"{newer}\n{LONG}"}, path).values == (newer.encode(), LONG.encode())


@pytest.mark.parametrize("permissions", [0o640, 0o604, 0o620, 0o666, 0o644])
def test_a_file_that_others_can_use_is_refused(tmp_path: Path, permissions: int) -> None:
    path = written(tmp_path / "secret", LONG.encode(), permissions)
    with pytest.raises(SessionError, match=r"chmod 600 .*secret"):
        server_secret({}, path)


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path / "secret", content)
    with pytest.raises(SessionError, match="is empty: delete it"):
        server_secret({}, path)


def test_a_short_secret_is_refused_by_its_line_and_not_shown(tmp_path: Path) -> None:
    path = written(tmp_path / "secret", f"{LONG}\nhunter2-hunter2-hun\n".encode())
    with pytest.raises(SessionError, match=r"secret:2: .*at least 32 characters, this one has 19: ") as caught:
        server_secret({}, path)
    assert "hunter" not in str(caught.value)


def test_a_short_variable_is_refused_although_there_is_a_file(tmp_path: Path) -> None:
    path = written(tmp_path / "secret", LONG.encode())
    with pytest.raises(SessionError, match=rf"{VARIABLE}:1: .*at least 32 characters"):
        server_secret({VARIABLE: "too short"}, path)


def test_a_place_where_no_file_can_be_made_is_refused_with_the_remedy(tmp_path: Path) -> None:
    file = written(tmp_path / "file", b"")
    with pytest.raises(SessionError, match=rf"cannot be read or made \(.+\): .*{VARIABLE}"):
        server_secret({}, file / "secret")
    with pytest.raises(SessionError, match="cannot be read or made"):
        server_secret({}, tmp_path)


def test_a_draft_of_a_killed_first_run_does_no_harm(tmp_path: Path) -> None:
    written(tmp_path / ".secret.0123456789abcdef", b"half a sec")
    assert len(server_secret({}, tmp_path / "secret").values) == 1


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    assert LONG not in repr(server_secret({VARIABLE: LONG}, tmp_path / "secret"))
