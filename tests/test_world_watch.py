"""A running bot rereads changed files, and keeps the last good world where they have faults."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import os
import re
import shutil
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot import app
from bot.config import Config, load_config
from bot.engine.facts import PostcodeKind
from bot.engine.model import Ask
from bot.engine.wording import ENGLISH
from bot.engine.world import World
from bot.errors import BotError, Fault
from bot.world.build.pack import pack_index
from bot.world.postcode_index import PostcodeEntry
from bot.world_watch import LiveWorld, Reading, Rhythm, marks
from tests.channels.telegram.running import begins
from tests.fake_facts import FACTS
from tests.telegram_peer import TelegramPeer
from tests.world.sample import INDEX_DATE, ORGANISATION, TODAY, sample_data
from tests.world.small_index import ENTRIES, HACKNEY_NORTH, MANCHESTER_CENTRAL

ROOT = Path(__file__).parents[1]
HURRY = Rhythm(quiet=0.1, look_again=0.3, look_often=0.1, step=0.02)
TOLD = Rhythm(quiet=0.1, look_again=60, look_often=0.1, step=0.02)
"""Changes are seen because the system tells of them, or not at all."""
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The shipped flows and translations, a small data folder, and a configuration that names them."""
    made = tmp_path / "project"
    (made / "data").mkdir(parents=True)
    sample_data(made / "data")
    for folder in ("flows", "locales"):
        shutil.copytree(ROOT / folder, made / folder)
    shutil.copy(ROOT / "bot_config.yaml", made)
    return made


def config_of(project: Path, **environment: str) -> Config:
    return load_config(project / "bot_config.yaml", environment)


def live_world(project: Path, say: Callable[[str], object] = str, **other: Any) -> LiveWorld:
    config = config_of(project)
    folders = (config.data_dir, config.flows_dir, config.locales_dir)
    other = {"now": lambda: NOON, "rhythm": HURRY, **other}
    return LiveWorld(lambda today: app.build_world(config, today), folders, say=say, **other)


@asynccontextmanager
async def watched(live: LiveWorld) -> AsyncIterator[None]:
    stop = asyncio.Event()
    watching = asyncio.create_task(live.watch(stop))
    await asyncio.sleep(0.1)
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(5):
            await watching


async def until(holds: Callable[[], object], seconds: float = 45.0) -> None:
    async with asyncio.timeout(seconds):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# --- what may change


def change_flow(project: Path) -> None:
    replace(project / "flows/about.yaml", "**Why ask first?**", "**Why, indeed?**")


def change_catalogue(project: Path) -> None:
    replace(project / "locales/pl/LC_MESSAGES/askfirst.po", "← Wstecz", "← Z powrotem")


def change_members(project: Path) -> None:
    replace(project / "data/members.csv", "Lucy Powell", "Example Successor")


def change_pledges(project: Path) -> None:
    replace(project / "data/pledges.yaml", "signed_on: 2018-10-12", "signed_on: 2018-10-01")


def change_organisation(project: Path) -> None:
    replace(project / "data/organisations/oldham.yaml", "Helps for example.", "Helps for another example.")


def change_index(project: Path) -> None:
    entries = {**ENTRIES, "M1 9ZZ": PostcodeEntry("live", (MANCHESTER_CENTRAL,))}
    beside = project / "data/postcodes.idx.new"
    beside.write_bytes(pack_index(sorted(entries.items()), date=INDEX_DATE, near_boundary_m=50))
    beside.replace(project / "data/postcodes.idx")


def add_organisation(project: Path) -> None:
    text = ORGANISATION.format(id="another", area="UK", code="K02000001", topic="work", crisis="false")
    (project / "data/organisations/another.yaml").write_text(text, encoding="utf-8")


def remove_organisation(project: Path) -> None:
    (project / "data/organisations/oldham.yaml").unlink()


def says(world: World) -> tuple[object, ...]:
    """Something of each kind of file."""
    first = world.flows["about"].steps["figures"]
    assert isinstance(first, Ask)
    answer = world.facts.answer((MANCHESTER_CENTRAL, HACKNEY_NORTH), TODAY)
    topics = ("housing", "health", "work")
    return (
        first.text.msgid,
        world.catalogues["pl"].messages["_back._", "← Back"],
        tuple(seat.member for seat in answer.constituencies),
        tuple(seat.pledge for seat in answer.constituencies),
        tuple(world.facts.organisations(topic, ("E14001415",), TODAY) for topic in topics),
        world.facts.read_postcode("M1 9ZZ", TODAY).status,
    )


CHANGES = [
    change_flow,
    change_catalogue,
    change_members,
    change_pledges,
    change_organisation,
    change_index,
    add_organisation,
    remove_organisation,
]


@pytest.mark.parametrize("change", CHANGES)
async def test_a_good_change_goes_live_as_a_whole(project: Path, change: Callable[[Path], None]) -> None:
    said: list[str] = []
    live = live_world(project, said.append)
    before = live.current()
    told = says(before)
    async with watched(live):
        change(project)
        await until(lambda: live.current() is not before)
        after = says(live.current())
        assert sum(a != b for a, b in zip(told, after, strict=True)) == 1
        assert says(before) == told, "a turn in hand goes on with the world that it began with"
        assert not live.reading.faults
    assert len(said) == 1
    assert "because of" in said[0]


# --- what is refused


def spoil_flow(project: Path) -> None:
    replace(project / "flows/about.yaml", "next: letter", "next: lettre")


def spoil_catalogue(project: Path) -> None:
    path = project / "locales/pl/LC_MESSAGES/askfirst.po"
    path.write_text(path.read_text(encoding="utf-8") + '\nmsgid "unclosed\n', encoding="utf-8")


def spoil_members(project: Path) -> None:
    replace(project / "data/members.csv", "E14001063", "E14009999")


def cut_members(project: Path) -> None:
    path = project / "data/members.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:300]), encoding="utf-8")


def spoil_pledges(project: Path) -> None:
    replace(project / "data/pledges.yaml", "person_id: 4493", "person_id: 172")


def spoil_organisation(project: Path) -> None:
    replace(project / "data/organisations/oldham.yaml", "https://example.org/oldham", "http://example.org/oldham")


def spoil_index(project: Path) -> None:
    path = project / "data/postcodes.idx"
    path.write_bytes(path.read_bytes()[:-100])


def delete(name: str) -> Callable[[Path], None]:
    def deleting(project: Path) -> None:
        (project / name).unlink()

    return deleting


@pytest.mark.parametrize(
    ("spoil", "file", "rule"),
    [
        (spoil_flow, "about.yaml", "unknown-step"),
        (spoil_catalogue, "askfirst.po", "po-syntax"),
        (spoil_members, "members.csv", "unknown-code"),
        (cut_members, "members.csv", "cut-short"),
        (spoil_pledges, "pledges.yaml", "two-records"),
        (spoil_organisation, "oldham.yaml", "not-https"),
        (spoil_index, "postcodes.idx", "postcodes"),
        (delete("data/members.csv"), "members.csv", "unreadable"),
        (delete("data/pledges.yaml"), "pledges.yaml", "unreadable"),
        (delete("data/postcodes.idx"), "postcodes.idx", "missing"),
        (delete("flows/_start.yaml"), "flows", "reserved-missing"),
    ],
)
async def test_a_fault_keeps_the_last_good_world_until_it_is_mended(
    project: Path, spoil: Callable[[Path], None], file: str, rule: str, caplog: pytest.LogCaptureFixture
) -> None:
    kept = project.parent / "kept"
    shutil.copytree(project, kept)
    live = live_world(project)
    before = live.current()
    told = says(before)
    with caplog.at_level(logging.WARNING, logger="bot.world_watch"):
        async with watched(live):
            spoil(project)
            await until(lambda: live.reading.faults)
            assert (file, rule) in {(Path(fault.file).name, fault.rule) for fault in live.reading.faults}
            problem = str(live.reading.faults[0])
            assert live.current() is before
            assert says(before) == told
            shutil.copytree(kept, project, dirs_exist_ok=True)
            await until(lambda: live.current() is not before)
            assert not live.reading.faults
            assert says(live.current()) == told
    assert [problem in message for message in caplog.messages] == [True], "it is told once"


async def test_what_is_logged_is_the_place_the_rule_and_the_remedy(
    project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = live_world(project)
    async with watched(live):
        spoil_flow(project)
        await until(lambda: live.reading.faults)
    (message,) = caplog.messages
    first, *faults = message.split("\n")
    assert first == "the files have faults, so the bot goes on with what it knew before:"
    assert faults == [str(fault) for fault in live.reading.faults]
    assert re.search(r"about\.yaml:\d+:\d+: unknown-step: `lettre` is not known; did you mean `letter`\?", faults[0])


async def test_of_many_faults_ten_are_logged_and_all_are_known(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    many = [Fault("one.yaml", line, 1, "bad", "is bad\n" * 999) for line in range(1, 31)]
    live, _ = small(tmp_path, wrong := Wrong())
    wrong.error = BotError("bad", many)
    async with watched(live):
        (tmp_path / "one.yaml").write_text("b", encoding="utf-8")
        await until(lambda: live.reading.faults)
    assert live.reading.faults == tuple(many)
    lines = caplog.messages[0].split("\n")
    assert len(lines) == 12
    assert max(map(len, lines)) <= 500
    assert lines[-1] == "and 20 more: run `askfirst check`"


async def test_what_looks_like_a_token_is_never_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    live, _ = small(tmp_path, wrong := Wrong())
    wrong.error = BotError("bad", [Fault("one.yaml", 1, 1, "bad", "123456:TOKEN-OF-THE-BOT is bad")])
    async with watched(live):
        (tmp_path / "one.yaml").write_text("b", encoding="utf-8")
        await until(lambda: live.reading.faults)
    assert "TOKEN-OF" not in caplog.text


# --- half-written sets


async def test_what_an_editor_has_only_begun_to_save_is_not_read(project: Path) -> None:
    live = live_world(project)
    before = live.current()
    path = project / "flows/about.yaml"
    whole = path.read_text(encoding="utf-8").replace("**Why ask first?**", "**Why, indeed?**")
    async with watched(live):
        with path.open("w", encoding="utf-8") as file:
            for at in range(0, len(whole), 500):
                file.write(whole[at : at + 500])
                file.flush()
                await asyncio.sleep(0.02)
        await until(lambda: live.current() is not before)
        assert not live.reading.faults
    first = live.current().flows["about"].steps["figures"]
    assert isinstance(first, Ask)
    assert "indeed" in first.text.msgid


async def test_half_a_file_that_stays_so_is_refused_and_the_rest_mends_it(project: Path) -> None:
    live = live_world(project)
    before = live.current()
    path = project / "data/members.csv"
    whole = path.read_bytes()
    async with watched(live):
        path.write_bytes(whole[: len(whole) // 2])
        await until(lambda: live.reading.faults)
        assert live.current() is before
        path.write_bytes(whole)
        await until(lambda: not live.reading.faults)
        assert live.current() is not before


async def test_two_files_that_belong_together_go_live_together(project: Path) -> None:
    live = live_world(project)
    before = live.current()
    async with watched(live):
        replace(project / "flows/about.yaml", "flow: about\n", "flow: why\n")
        await asyncio.sleep(HURRY.quiet / 2)
        (project / "flows/about.yaml").rename(project / "flows/why.yaml")
        for path in (project / "flows").glob("*.yaml"):
            text = path.read_text(encoding="utf-8")
            if ": about" in text:
                await asyncio.sleep(HURRY.quiet / 4)
                path.write_text(text.replace("call: about", "call: why").replace("goto: about", "goto: why"))
        await until(lambda: live.current() is not before)
        assert not live.reading.faults
        assert "why" in live.current().flows


class Wrong:
    """Raises this in the middle of a load, once there is something to raise."""

    error: Exception | None = None

    def __call__(self) -> None:
        if self.error is not None:
            raise self.error


class Loading:
    """Counts loads; what `hook` does happens in the middle of one."""

    def __init__(self, folder: Path, hook: Callable[[], None] = lambda: None) -> None:
        self.folder = folder
        self.hook = hook
        self.days: list[dt.date] = []
        self.threads: set[int] = set()

    def __call__(self, today: dt.date) -> World:
        self.days.append(today)
        self.threads.add(threading.get_ident())
        texts = []
        for path in sorted(self.folder.glob("*.yaml")):
            texts.append(path.read_text(encoding="utf-8"))
            self.hook()
        if "bad" in "".join(texts):
            raise BotError("bad", [Fault("one.yaml", 1, 1, "bad", "is bad")])
        return World({}, {"".join(texts): ENGLISH}, FACTS)


def small(tmp_path: Path, hook: Callable[[], None] = lambda: None, **other: Any) -> tuple[LiveWorld, Loading]:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("a", encoding="utf-8")
    loading = Loading(tmp_path, hook)
    live = LiveWorld(loading, [tmp_path], **{"now": lambda: NOON, "rhythm": HURRY, "say": str, **other})
    return live, loading


def texts(live: LiveWorld) -> str:
    return next(iter(live.current().catalogues))


async def test_fifty_saves_are_one_change(tmp_path: Path) -> None:
    live, loading = small(tmp_path)
    async with watched(live):
        for number in range(50):
            (tmp_path / "one.yaml").write_text(f"save {number} ", encoding="utf-8")
            await asyncio.sleep(0.01)
        await until(lambda: texts(live) == "save 49 a")
        await asyncio.sleep(2 * HURRY.look_again)
    assert len(loading.days) == 2


async def test_a_file_that_changes_while_the_others_are_read_is_read_again(tmp_path: Path) -> None:
    halves: list[Path] = []

    def hook() -> None:
        if halves:
            halves.pop().write_text("new ", encoding="utf-8")

    live, loading = small(tmp_path, hook)
    seen = set()
    async with watched(live):
        (tmp_path / "two.yaml").write_text("new ", encoding="utf-8")
        halves.append(tmp_path / "one.yaml")
        while texts(live) != "new new ":
            seen.add(texts(live))
            await asyncio.sleep(0.005)
    assert seen == {"aa"}, "never old and new together"
    assert len(loading.days) == 3


async def test_it_is_read_in_a_thread_and_turns_go_on_meanwhile(tmp_path: Path) -> None:
    reading, go_on = threading.Event(), threading.Event()
    go_on.set()

    def hook() -> None:
        reading.set()
        assert go_on.wait(5)

    live, loading = small(tmp_path, hook)
    reading.clear()
    go_on.clear()
    async with watched(live):
        (tmp_path / "one.yaml").write_text("b", encoding="utf-8")
        await until(reading.is_set)
        assert texts(live) == "aa"
        go_on.set()
        await until(lambda: texts(live) == "ba")
    assert len(loading.threads - {threading.get_ident()}) == 1


async def test_an_error_that_nobody_thought_of_keeps_the_last_good_world(tmp_path: Path) -> None:
    live, _ = small(tmp_path, wrong := Wrong())
    wrong.error = RecursionError("content of a file")
    async with watched(live):
        (tmp_path / "one.yaml").write_text("b", encoding="utf-8")
        await until(lambda: live.reading.faults)
        (fault,) = live.reading.faults
        assert (fault.rule, "RecursionError" in fault.message) == ("cannot-load", True)
        assert texts(live) == "aa"
        wrong.error = None
        (tmp_path / "two.yaml").write_text("c", encoding="utf-8")
        await until(lambda: texts(live) == "bc")


async def test_what_changed_while_something_was_wrong_is_named_too(tmp_path: Path) -> None:
    said: list[str] = []
    live, _ = small(tmp_path, wrong := Wrong(), say=said.append)
    wrong.error = BotError("bad")
    async with watched(live):
        (tmp_path / "one.yaml").write_text("b", encoding="utf-8")
        await until(lambda: live.reading.faults)
        wrong.error = None
        (tmp_path / "two.yaml").write_text("c", encoding="utf-8")
        await until(lambda: texts(live) == "bc")
    (words,) = said
    assert words.endswith("because of one.yaml, two.yaml.")


async def test_an_error_that_names_no_file_is_told_as_it_is(tmp_path: Path) -> None:
    live, _ = small(tmp_path, wrong := Wrong())
    wrong.error = BotError("The weather is bad; wait.")
    async with watched(live):
        (tmp_path / "one.yaml").write_text("b", encoding="utf-8")
        await until(lambda: live.reading.faults)
    assert [fault.message for fault in live.reading.faults] == ["The weather is bad; wait."]


async def test_each_reading_is_told_with_when_it_was_and_what_was_wrong(tmp_path: Path) -> None:
    time = [NOON]
    told: list[tuple[Reading, dt.datetime]] = []
    live, _ = small(tmp_path, now=lambda: time[0], told=lambda live: told.append((live.reading, live.loaded_at)))
    assert live.reading == Reading(NOON)
    async with watched(live):
        for minutes, text in ((1, "bad"), (2, "b")):
            time[0] = NOON + dt.timedelta(minutes=minutes)
            (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
            await until(lambda minutes=minutes: len(told) == minutes)  # type: ignore[misc]
    (bad, since), (good, now) = told
    assert (bad.at, [fault.rule for fault in bad.faults], since) == (NOON + dt.timedelta(minutes=1), ["bad"], NOON)
    assert (good, now) == (Reading(NOON + dt.timedelta(minutes=2)), NOON + dt.timedelta(minutes=2))


async def test_files_that_are_no_part_of_a_world_change_nothing(tmp_path: Path) -> None:
    live, loading = small(tmp_path)
    async with watched(live):
        for name in (".one.yaml.swp", "one.yaml~", ".#two.yaml", "4913", "notes.txt", ".members.csv.x1y2"):
            (tmp_path / name).write_text("c", encoding="utf-8")
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "three.yaml").write_text("c", encoding="utf-8")
        (tmp_path / "tests").mkdir()
        (tmp_path / "tests" / "script.yaml").write_text("c", encoding="utf-8")
        await asyncio.sleep(3 * HURRY.look_again)
    assert len(loading.days) == 1


# --- the day


async def test_a_new_day_reads_everything_again(tmp_path: Path) -> None:
    time = [dt.datetime(2026, 11, 22, 23, 59, tzinfo=dt.UTC)]
    said: list[str] = []
    live, loading = small(tmp_path, now=lambda: time[0], say=said.append)
    loaded_at = live.loaded_at
    async with watched(live):
        await asyncio.sleep(2 * HURRY.look_again)
        assert loading.days == [dt.date(2026, 11, 22)]
        time[0] += dt.timedelta(minutes=2)
        await until(lambda: loading.days[-1] == dt.date(2026, 11, 23))
        await until(lambda: live.loaded_at > loaded_at)
        await asyncio.sleep(2 * HURRY.look_again)
        assert len(loading.days) == 2
    assert said == [], "nothing changed that the operator did"


async def test_a_file_of_tomorrow_is_refused_today_and_read_tomorrow(project: Path) -> None:
    time = [NOON]
    live = live_world(project, now=lambda: time[0])
    before = live.current()
    async with watched(live):
        path = project / "data/organisations/oldham.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("2026-11-01", "2026-11-23"), encoding="utf-8")
        await until(lambda: live.reading.faults)
        assert {fault.rule for fault in live.reading.faults} == {"future-date"}
        assert live.current() is before
        time[0] += dt.timedelta(days=1)
        await until(lambda: live.current() is not before)
        assert not live.reading.faults


# --- where the system does not tell


async def test_it_is_told_of_a_change_at_once(tmp_path: Path) -> None:
    live, _ = small(tmp_path, rhythm=TOLD)
    async with watched(live):
        (tmp_path / "one.yaml").write_text("told ", encoding="utf-8")
        await until(lambda: texts(live) == "told a")


async def test_the_polling_of_the_library_sees_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "true")
    live, _ = small(tmp_path, rhythm=TOLD)
    async with watched(live):
        await asyncio.sleep(1.2)
        (tmp_path / "one.yaml").write_text("polled ", encoding="utf-8")
        await until(lambda: texts(live) == "polled a")


@pytest.mark.parametrize("error", [OSError("OS file watch limit reached."), RuntimeError("no inotify")])
async def test_a_system_that_cannot_tell_is_looked_at(
    tmp_path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refusing(*paths: Path, **options: object) -> object:
        raise error

    monkeypatch.setattr("bot.world_watch.awatch", refusing)
    live, _ = small(tmp_path, rhythm=TOLD)
    async with watched(live):
        for text in ("one ", "two "):
            (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
            await until(lambda: texts(live) == (tmp_path / "one.yaml").read_text(encoding="utf-8") + "a")
    assert [type(error).__name__ in message for message in caplog.messages] == [True]


async def test_a_folder_that_is_swapped_for_another_is_seen_and_watched_on(tmp_path: Path) -> None:
    folder, other = tmp_path / "now", tmp_path / "next"
    for path in (folder, other):
        path.mkdir()
    live, _ = small(folder, rhythm=TOLD)
    (other / "one.yaml").write_text("new ", encoding="utf-8")
    async with watched(live):
        folder.rename(tmp_path / "old")
        other.rename(folder)
        await until(lambda: texts(live) == "new ")
        (folder / "one.yaml").write_text("newer ", encoding="utf-8")
        await until(lambda: texts(live) == "newer ")


async def test_a_folder_that_is_away_for_a_while_is_waited_for(project: Path) -> None:
    live = live_world(project)
    before = live.current()
    async with watched(live):
        (project / "flows").rename(project / "away")
        await until(lambda: live.reading.faults)
        assert live.current() is before
        (project / "away").rename(project / "flows")
        await until(lambda: not live.reading.faults)
        change_flow(project)
        await until(lambda: "indeed" in str(live.current().flows["about"].steps["figures"]))


# --- the index


async def test_an_old_index_answers_on_whatever_happens_to_its_file(project: Path) -> None:
    live = live_world(project)
    before = live.current()
    path = project / "data/postcodes.idx"
    async with watched(live):
        change_index(project)
        await until(lambda: live.current() is not before)
        assert live.current().facts.read_postcode("M1 9ZZ", TODAY).status == "live"
        path.write_bytes(b"\0" * path.stat().st_size)
        path.unlink()
        found = before.facts.read_postcode("M1 1AE", TODAY)
        assert (found.kind, found.constituencies) == (PostcodeKind.FOUND, (MANCHESTER_CENTRAL,))
        assert before.facts.read_postcode("M1 9ZZ", TODAY).status == "newer_than_index"


# --- starting and stopping


def test_files_that_are_wrong_at_the_start_are_an_error(project: Path) -> None:
    spoil_flow(project)
    with pytest.raises(BotError, match="unknown-step"):
        live_world(project)


async def test_a_change_between_loading_and_watching_is_seen(tmp_path: Path) -> None:
    live, _ = small(tmp_path, rhythm=TOLD)
    (tmp_path / "one.yaml").write_text("early ", encoding="utf-8")
    async with watched(live):
        await until(lambda: texts(live) == "early a")


async def test_stopping_takes_no_time(tmp_path: Path) -> None:
    live, _ = small(tmp_path, rhythm=Rhythm(look_again=60))
    stop = asyncio.Event()
    watching = asyncio.create_task(live.watch(stop))
    await asyncio.sleep(0.3)
    stop.set()
    async with asyncio.timeout(1):
        await watching


async def test_breaking_it_off_does_not_stop_the_bot(tmp_path: Path) -> None:
    live, _ = small(tmp_path)
    stop = asyncio.Event()
    watching = asyncio.create_task(live.watch(stop))
    await asyncio.sleep(0.2)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert watching.cancelled()
    assert not stop.is_set()


def test_the_marks_end_where_links_lead_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("a", encoding="utf-8")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "again").symlink_to(tmp_path)
    assert 1 <= len(marks([tmp_path, tmp_path / "missing"])) < 10


def link_to_nowhere(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [link_to_nowhere, link_to_itself, os.mkfifo, os.mkdir])
def test_what_stands_where_a_file_belongs_leaves_a_mark_and_hides_no_other(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "b.yaml")
    for name in ("a.yaml", "c.yaml"):
        (tmp_path / name).write_text("a", encoding="utf-8")
    assert {Path(path).name for path in marks([tmp_path])} == {"a.yaml", "b.yaml", "c.yaml"}


def test_a_folder_that_is_a_link_to_itself_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "b").symlink_to(tmp_path / "b")
    (tmp_path / "one.yaml").write_text("a", encoding="utf-8")
    assert {Path(path).name for path in marks([tmp_path])} == {"one.yaml"}


def test_a_save_of_the_same_size_and_time_leaves_another_mark(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("a", encoding="utf-8")
    before, times = marks([tmp_path]), path.stat()
    path.write_text("b", encoding="utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert marks([tmp_path]) != before


# --- the bot itself


async def test_the_bot_on_telegram_says_the_new_words(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(project / "bot_config.yaml", "store: sqlite", "store: memory")
    async with TelegramPeer(token="123456:TOKEN-OF-THE-BOT") as peer:
        config = config_of(project, TELEGRAM_BASE_URL=peer.base_url, TELEGRAM_BOT_TOKEN=peer.token)
        bot = asyncio.create_task(app._run_telegram(config, peer.token))
        person = peer.person()
        await begins(person)
        await person.says("/about")
        await person.sees(lambda messages: "Why ask first?" in messages[-1].text)
        change_flow(project)
        await until(lambda: "because of about.yaml" in capsys.readouterr().out)
        await person.says("/about")
        await person.sees(lambda messages: "Why, indeed?" in messages[-1].text)
        bot.cancel()
        await asyncio.gather(bot, return_exceptions=True)
