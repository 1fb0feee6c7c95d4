"""Whatever is done to the files of a running bot: it names the place and the remedy, goes on with what it knew, and
reads them again when they are mended.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import app
from bot.config import load_config
from bot.world_watch import LiveWorld, Rhythm
from tests.test_world_watch import NOON, until
from tests.world.sample import sample_data

ROOT = Path(__file__).parents[1]
BRISK = Rhythm(quiet=0.03, look_again=0.2, look_often=0.05, step=0.01)

FLOW = "flows/about.yaml"
CATALOGUE = "locales/pl/LC_MESSAGES/askfirst.po"
MEMBERS = "data/members.csv"
PLEDGES = "data/pledges.yaml"
ORGANISATION = "data/organisations/oldham.yaml"
INDEX = "data/postcodes.idx"
HEAD = "version: 1\nflow: about\n"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped flows, one translation, small data, and a configuration that names them."""
    made = tmp_path_factory.mktemp("whole")
    (made / "data").mkdir()
    sample_data(made / "data")
    shutil.copytree(ROOT / "flows", made / "flows")
    shutil.copytree(ROOT / "locales/pl", made / "locales/pl")
    shutil.copy(ROOT / "bot_config.yaml", made)
    return made


@pytest.fixture
def project(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in which the bot runs."""
    shutil.copytree(whole, tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@asynccontextmanager
async def running(project: Path) -> AsyncIterator[LiveWorld]:
    """A bot that follows its files; afterwards it must still do so."""
    config = load_config(project / "bot_config.yaml", {})
    live = LiveWorld(
        lambda today: app.build_world(config, today),
        (config.data_dir, config.flows_dir, config.locales_dir),
        say=str,
        now=lambda: NOON,
        rhythm=BRISK,
    )
    stop = asyncio.Event()
    watching = asyncio.create_task(live.watch(stop))
    try:
        yield live
        assert not watching.done()
    finally:
        stop.set()
        async with asyncio.timeout(5):
            await watching


# --- what is refused

Spoiling = Callable[[Path], object]


def text(content: str) -> Spoiling:
    return lambda path: path.write_text(content, encoding="utf-8")


def data(content: bytes) -> Spoiling:
    return lambda path: path.write_bytes(content)


def half(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def instead(make: Callable[[Path], object]) -> Spoiling:
    """Something else stands where the file was."""

    def spoil(path: Path) -> None:
        path.unlink()
        make(path)

    return spoil


def link_to_nowhere(path: Path) -> None:
    path.symlink_to("nowhere")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


@dataclass(frozen=True)
class Bad:
    """`place` is the line and column that must be named, after the file; "" for the file as a whole."""

    file: str
    spoil: Spoiling
    rule: str
    place: str = ""
    remedy: str = ""


BOMB = HEAD + "a: &a [lol, lol]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in ("ab", "bc", "cd", "de"))

BAD = [
    # a flow
    Bad(FLOW, text(HEAD + "\tdescription: x\n"), "yaml", "3:1", "use spaces"),
    Bad(FLOW, text(HEAD + "steps:\n  - id: a\n  \tsay: Hi\n"), "yaml", "5:3", "use spaces"),
    Bad(FLOW, text(HEAD + "flow: about\n"), "duplicate-key", "3:1", "already stands on line 2"),
    Bad(FLOW, text(BOMB), "no-anchors", "3:4", "write it out"),
    Bad(FLOW, text(HEAD + "# " + "x" * 10_000_000), "too-big", "", "split it"),
    Bad(FLOW, data(HEAD.encode() + b"description: caf\xe9\n"), "not-utf-8", "3:17", "encoding UTF-8"),
    Bad(FLOW, data(HEAD.encode("utf-16")), "not-utf-8", "1:1", "encoding UTF-8"),
    Bad(FLOW, data(HEAD.encode() + b"description: \0\n"), "control-character", "3:14", "delete it"),
    Bad(FLOW, text(HEAD + 'description: "Half a sen'), "yaml", "3:14", "close them"),
    Bad(FLOW, half, "wrong-value"),
    Bad(FLOW, text(""), "empty"),
    Bad(FLOW, text(HEAD), "missing-key", "", "`description` is missing; add it"),
    Bad(FLOW, text("- " * 500_000), "too-deep"),
    Bad(FLOW, text("[" * 900_000), "too-deep"),
    Bad("flows/_welcome.yaml", text(HEAD.replace("about", "_welcome")), "missing-key"),
    Bad(
        "flows/_welcome.yaml",
        text(HEAD.replace("about", "_welcome") + "description: x\nsteps: [{id: a, say: Hi}]\n"),
        "reserved-name",
        "2:1",
        "drop the `_`",
    ),
    Bad("flows/more.yml", text(HEAD), "file-name", "", "rename it to `more.yaml`"),
    Bad(FLOW, instead(os.mkdir), "unreadable", "", "rename or remove the folder"),
    Bad(FLOW, instead(os.mkfifo), "unreadable", "", "remove it"),
    Bad(FLOW, instead(link_to_nowhere), "unreadable", "", "check that it is there"),
    Bad(FLOW, instead(link_to_itself), "unreadable", "", "remove the link"),
    Bad("flows", shutil.rmtree, "reserved-missing"),
    # a translation
    Bad(CATALOGUE, text('msgid ""\nmsgstr ""\n"Content-Type: text/pl'), "po-syntax", "3:1", "close the quotes"),
    Bad(CATALOGUE, text(""), "po-header"),
    Bad(CATALOGUE, data(b'msgid ""\nmsgstr "\xff"\n'), "not-utf-8", "2:9"),
    Bad(CATALOGUE, text("# " + "x" * 10_000_000), "too-big"),
    Bad(CATALOGUE, instead(os.mkdir), "unreadable"),
    Bad(CATALOGUE, instead(os.mkfifo), "unreadable"),
    Bad(CATALOGUE, instead(link_to_itself), "unreadable"),
    Bad("locales", shutil.rmtree, "unreadable", "", "is not a folder"),
    # the facts
    Bad(MEMBERS, text(""), "columns", "1:1"),
    Bad(MEMBERS, half, "columns"),
    Bad(MEMBERS, data(b"\xff\xfe"), "not-utf-8", "1:1"),
    Bad(MEMBERS, text("x" * 10_000_000), "too-big"),
    Bad(MEMBERS, instead(os.mkdir), "unreadable"),
    Bad(MEMBERS, instead(os.mkfifo), "unreadable"),
    Bad(PLEDGES, text("pledges: []\npledges: []\n"), "duplicate-key", "2:1"),
    Bad(PLEDGES, text(""), "empty"),
    Bad(ORGANISATION, text(BOMB), "no-anchors"),
    Bad(ORGANISATION, instead(os.mkfifo), "unreadable"),
    Bad(ORGANISATION, instead(link_to_nowhere), "unreadable"),
    Bad("data/organisations", shutil.rmtree, "unreadable"),
    Bad(INDEX, text(""), "postcodes"),
    Bad(INDEX, instead(os.mkfifo), "postcodes"),
    Bad(INDEX, instead(os.mkdir), "postcodes"),
    Bad("data", shutil.rmtree, "unreadable"),
]


def removed(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: f"{bad.file} {bad.rule}")
async def test_a_bad_file_is_named_and_changes_nothing_until_it_is_mended(
    project: Path, whole: Path, bad: Bad, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(project) as live:
        before = live.current()
        bad.spoil(project / bad.file)
        await until(lambda: live.reading.faults, 10)
        assert live.current() is before
        named = [one for one in live.reading.faults if one.file.startswith(bad.file) and one.rule == bad.rule]
        assert named, live.reading.faults
        assert not bad.place or f"{named[0].line}:{named[0].column}" == bad.place
        assert bad.remedy in named[0].message
        assert "Traceback" not in caplog.text
        removed(project / bad.file)
        if (whole / bad.file).is_dir():
            shutil.copytree(whole / bad.file, project / bad.file)
        elif (whole / bad.file).exists():
            shutil.copy(whole / bad.file, project / bad.file)
        await until(lambda: not live.reading.faults, 10)
        assert live.current() is not before
        assert live.current().flows == before.flows


# --- what does no harm


def save_as_windows_does(project: Path) -> None:
    for path in project.rglob("*.*"):
        if path.suffix in (".yaml", ".po", ".csv"):
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))


async def test_files_with_the_line_ends_of_windows_say_the_same(project: Path) -> None:
    async with running(project) as live:
        before = live.current()
        save_as_windows_does(project)
        await until(lambda: live.current() is not before, 10)
        assert not live.reading.faults
        after = live.current()
    assert after.flows == before.flows
    assert after.catalogues["pl"].messages == before.catalogues["pl"].messages
    assert after.facts.organisations("housing", (), NOON.date()) == before.facts.organisations(
        "housing", (), NOON.date()
    )


def leave_a_swap_file(path: Path) -> None:
    path.with_name(f".{path.name}.swp").write_bytes(b"b0VIM\0\xff")
    path.with_name("4913").write_bytes(b"")


def leave_a_backup(path: Path) -> None:
    shutil.copy(path, path.with_name(f"{path.name}~"))
    path.with_name(f"#{path.name}#").write_text("half", encoding="utf-8")


def lock_as_emacs_does(path: Path) -> None:
    path.with_name(f".#{path.name}").symlink_to("editor@machine.1234:1")


def hide_a_copy(path: Path) -> None:
    path.with_name(f"._{path.name}").write_bytes(b"\0\x05\x16\x07")


@pytest.mark.parametrize("leave", [leave_a_swap_file, leave_a_backup, lock_as_emacs_does, hide_a_copy])
async def test_what_editors_leave_beside_a_file_is_not_read(project: Path, leave: Callable[[Path], None]) -> None:
    async with running(project) as live:
        before = live.current()
        for file in (FLOW, CATALOGUE, MEMBERS, ORGANISATION):
            leave(project / file)
        path = project / FLOW
        path.write_text(path.read_text(encoding="utf-8") + "# changed\n", encoding="utf-8")
        await until(lambda: live.current() is not before, 10)
        assert not live.reading.faults


async def test_a_file_that_is_saved_by_renaming_is_read(project: Path) -> None:
    async with running(project) as live:
        before = live.current()
        path = project / FLOW
        new = path.with_name("about.yaml.new")
        new.write_text(path.read_text(encoding="utf-8").replace("**Why ask first?**", "**Why?**"), encoding="utf-8")
        path.rename(path.with_name("about.yaml~"))
        new.rename(path)
        await until(lambda: live.current() is not before, 10)
        assert live.current().flows != before.flows
