"""`askfirst data build`, on small made-up files and a stand-in for the portal, and on the official files."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.world.postcode_index import PostcodeIndex
from tests.cli.killing import ROOT, STOP_IN_WRITING, contents, kill, running, wait_for_output, wait_until
from tests.portal_peer import BOUNDARIES_PATH, NSPL_PATH, Portal, Trouble, item, portal
from tests.world.build.made_up import EAST, SQUARES, WEST, boundaries, nspl_zip, row

SMALL = "few-live,other-seats"
ROWS = [row(f"M1 1A{letter}", WEST) for letter in "ABDEFGHJ"]
SOURCES = ("NSPL_AUG_2026.zip", "boundaries.geojson")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with small source files, a configuration, and an index that was built from them."""
    for folder in ("data", "flows", "locales"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    nspl_zip(tmp_path, ROWS)
    boundaries(tmp_path)
    assert build(tmp_path, "--despite", SMALL) == 0
    return tmp_path


@pytest.fixture
def peer(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    """The same files on a portal."""
    with portal() as running_peer:
        running_peer.items = [item("National Statistics Postcode Lookup (August 2026) for the UK")]
        running_peer.files[NSPL_PATH] = (project / SOURCES[0]).read_bytes()
        running_peer.files[BOUNDARIES_PATH] = (project / SOURCES[1]).read_bytes()
        monkeypatch.setenv("ONS_PORTAL_URL", running_peer.url)
        monkeypatch.setenv("ONS_BOUNDARIES_URL", running_peer.url + BOUNDARIES_PATH)
        yield running_peer


def build(project: Path, *arguments: str, sources: tuple[str, ...] = SOURCES) -> int:
    paths = [str(project / name) for name in sources]
    return main(["data", "build", *paths, "--config", str(project / "bot_config.yaml"), *arguments])


def download(project: Path, *arguments: str) -> int:
    return build(project, "--download", str(project / "sources"), "--despite", SMALL, *arguments, sources=())


def index(project: Path) -> bytes:
    return (project / "data" / "postcodes.idx").read_bytes()


def test_the_report_says_what_was_made_and_where(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "data" / "postcodes.idx").unlink()
    capsys.readouterr()
    assert build(project, "--despite", SMALL) == 0
    digest = hashlib.sha256(index(project)).hexdigest()
    assert capsys.readouterr().out.splitlines() == [
        "Postcodes of August 2026: 8 live, 0 terminated.",
        "3 constituencies in the boundaries; 0 postcodes (0.0 %) have several candidates, 0 have none.",
        "Candidates are constituencies within 50 m of a postcode.",
        "There was no index before.",
        "Used all the same (--despite few-live): it has only 8 live postcodes, fewer than 1,600,000.",
        "Used all the same (--despite other-seats): the boundaries have 3 constituencies, not 650.",
        f"{project}/data/postcodes.idx is written: {len(index(project)):,} bytes, SHA-256 {digest}.",
    ]


def test_the_same_files_give_the_same_bytes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = index(project)
    assert build(project, "--despite", SMALL) == 0
    assert index(project) == before
    assert "Nothing changed against the present index of August 2026." in capsys.readouterr().out


def test_it_may_be_written_elsewhere(project: Path) -> None:
    before = index(project)
    assert build(project, "--despite", SMALL, "--near", "5000", "--out", str(project / "other.idx")) == 0
    assert index(project) == before
    with PostcodeIndex.open(project / "other.idx") as other:
        assert other.near_boundary_m == 5000


def test_a_suspicious_build_is_refused_in_one_sentence_with_the_remedy(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nspl_zip(project, [row("M1 1AA", EAST), *ROWS[1:]])
    before = contents(project)
    assert build(project) == 1
    said = capsys.readouterr()
    assert "  moved, another constituency          1   M1 1" in said.out
    assert said.err == (
        "askfirst: this build is suspicious: it has only 8 live postcodes, fewer than 1,600,000; the boundaries have 3 "
        "constituencies, not 650; 1 live postcodes (12.5 %, over 2 %) have another constituency. "
        f"{project}/data/postcodes.idx was left as it is. Check the source files; if this is right, repeat with "
        "--despite few-live,other-seats,many-moved.\n"
    )
    assert contents(project) == before


def test_each_reason_must_be_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nspl_zip(project, [row("M1 1AA", EAST), *ROWS[1:]])
    before = index(project)
    assert build(project, "--despite", SMALL) == 1
    assert "suspicious: 1 live postcodes" in capsys.readouterr().err
    assert index(project) == before
    assert build(project, "--despite", f"{SMALL},many-moved") == 0
    assert index(project) != before


def test_a_reason_that_is_none_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build(project, "--despite", "everything")
    assert ended.value.code == 2
    assert "one or more of few-live, other-seats, many-moved, older" in capsys.readouterr().err


def test_addresses_go_beside_the_postcode_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"UPRN,PCDS,PCON24CD\n1,M1 1AA,{EAST}\n2,M1 1AA,{EAST}\n3,M1 1AA,{WEST}\n"
    (project / "ONSUD_AUG_2026_NW.csv").write_text(text)
    arguments = ("--uprns", str(project / "ONSUD_AUG_2026_NW.csv"), "--despite", f"{SMALL},many-moved")
    assert build(project, *arguments) == 0
    assert "By 3 addresses, 0 postcodes lie in one constituency and 1 in several" in capsys.readouterr().out
    with PostcodeIndex.open(project / "data" / "postcodes.idx") as built:
        entry = built.find("M1 1AA")
    assert entry is not None
    assert entry.constituencies == (EAST, WEST)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "needs two files"),
        (["a.zip"], "needs two files"),
        (["a.zip", "b", "--nspl-url", "https://a.example/"], "only of use with --download"),
        (["a.zip", "--download"], "not both"),
        (["--download", "--nspl-url", "http://a.example/"], "it must begin with https://"),
        (["a.zip", "b", "--out", "none/a.idx"], "its folder does not exist"),
        (["a.zip", "b"], "a.zip cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    before = contents(project)
    assert main(["data", "build", *arguments, "--config", str(project / "bot_config.yaml")]) == 2
    assert said in capsys.readouterr().err
    assert contents(project) == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (SOURCES[0], b"<html>404</html>", "NSPL_AUG_2026.zip is not a whole zip file"),
        (SOURCES[1], b"<html>404</html>", "boundaries.geojson:1: this line is not JSON"),
        (SOURCES[1], b'{"features": []}', "boundaries.geojson is not a GeoJSON FeatureCollection"),
    ],
)
def test_bad_files_leave_everything_as_it_was(
    project: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes, said: str
) -> None:
    (project / name).write_bytes(content)
    before = contents(project)
    assert build(project, "--despite", SMALL) == 2
    message = capsys.readouterr().err
    assert said in message
    assert "Download" in message
    assert contents(project) == before


def test_an_unknown_code_is_named_with_its_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    boundaries(project, {code: corners for code, corners in SQUARES.items() if code != WEST})
    assert build(project, "--despite", SMALL) == 2
    assert f"NSPL_AUG_2026.zip:2: the constituency {WEST} is not in" in capsys.readouterr().err


class TestDownload:
    """With `--download`."""

    def test_the_newest_files_are_fetched_recorded_and_built(
        self, project: Path, peer: Portal, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = index(project)
        (project / "data" / "postcodes.idx").unlink()
        capsys.readouterr()
        assert download(project) == 0
        said = capsys.readouterr().out.splitlines()
        digest = hashlib.sha256(peer.files[NSPL_PATH]).hexdigest()
        size = len(peer.files[NSPL_PATH])
        assert said[0] == (
            f"NSPL_AUG_2026.zip: downloaded; {size:,} bytes, SHA-256 {digest}, from {peer.url}{NSPL_PATH}"
        )
        assert said[1].startswith("boundaries.geojson: downloaded; ")
        assert index(project) == before
        record = json.loads((project / "sources" / "NSPL_AUG_2026.zip.json").read_text())
        assert (record["sha256"], record["size"]) == (digest, size)

    def test_a_second_time_nothing_is_sent(
        self, project: Path, peer: Portal, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert download(project) == 0
        assert download(project) == 0
        assert capsys.readouterr().out.count("and still the current one") == 2
        assert [one.if_none_match is not None for one in peer.asked] == [False, False, True, True]

    def test_the_addresses_may_be_given(self, project: Path, peer: Portal) -> None:
        peer.items = []
        peer.files["/elsewhere/NSPL_AUG_2026.zip"] = peer.files[NSPL_PATH]
        assert download(project, "--nspl-url", f"{peer.url}/elsewhere/NSPL_AUG_2026.zip") == 0
        assert (project / "sources" / "NSPL_AUG_2026.zip").exists()

    def test_a_download_that_fails_leaves_the_index(
        self, project: Path, peer: Portal, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = index(project)
        del peer.files[NSPL_PATH]
        assert download(project) == 2
        assert "Download it by hand from geoportal.statistics.gov.uk" in capsys.readouterr().err
        assert index(project) == before
        assert list((project / "sources").iterdir()) == []

    def test_a_full_disk_leaves_no_litter(self, project: Path, peer: Portal) -> None:
        before = index(project)
        arguments = ("data", "build", "--download", "sources", "--despite", SMALL)
        with running(project, *arguments, code=FULL_DISK, ONS_PORTAL_URL=peer.url) as process:
            _, said = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "sources/NSPL_AUG_2026.zip cannot be written: File too large. Check the rights and the free" in said
        assert list((project / "sources").iterdir()) == []
        assert index(project) == before

    def test_killed_in_the_middle_it_goes_on_next_time(self, project: Path, peer: Portal) -> None:
        before = index(project)
        rows = [row(f"M{area} {digit}AA", WEST) for area in range(1, 99) for digit in range(10)]
        peer.files[NSPL_PATH] = nspl_zip(project, rows).read_bytes()
        peer.troubles.extend([Trouble(), Trouble(slow=0.3)])  # the search, the NSPL
        part = project / "sources" / "NSPL_AUG_2026.zip.part"
        arguments = ("data", "build", "--download", "sources", "--despite", SMALL)
        with running(project, *arguments, ONS_PORTAL_URL=peer.url) as process:
            wait_until(process, lambda: part.exists() and part.stat().st_size > 1_000)
            kill(process)
        assert index(project) == before
        arrived = part.stat().st_size
        assert download(project, "--despite", f"{SMALL},many-moved") == 0
        assert [one.range for one in peer.asked[:2]] == [None, f"bytes={arrived}-"]
        assert not list((project / "sources").glob("*.part*"))
        with PostcodeIndex.open(project / "data" / "postcodes.idx") as built:
            assert built.live == len(rows)


class TestEnded:
    """Whatever ends it, the old index stays as it was, and the next build works and clears up."""

    @pytest.fixture(autouse=True)
    def _unchanged(self, project: Path) -> Iterator[None]:
        nspl_zip(project, [*ROWS, row("M1 2AA", WEST)])
        before = contents(project)
        yield
        assert contents(project) == before
        assert build(project, "--despite", SMALL) == 0
        assert sorted(path.name for path in (project / "data").iterdir()) == ["postcodes.idx"]
        with PostcodeIndex.open(project / "data" / "postcodes.idx") as built:
            assert built.live == 9

    def test_killed_while_it_writes(self, project: Path) -> None:
        with running(project, "data", "build", *SOURCES, "--despite", SMALL, code=STOP_IN_WRITING) as process:
            wait_for_output(process, "writing")
            kill(process)
        assert len(list((project / "data").glob(".postcodes.idx.*.tmp"))) == 1

    @pytest.mark.parametrize("stage", ["measure", "compare", "check"])
    def test_killed_at_any_stage(self, project: Path, stage: str) -> None:
        with running(project, "data", "build", *SOURCES, "--despite", SMALL, code=killed_at(stage)) as process:
            assert process.wait(60) == -signal.SIGKILL

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_a_signal_leaves_no_litter(self, project: Path, number: signal.Signals) -> None:
        with running(project, "data", "build", *SOURCES, "--despite", SMALL, code=STOP_IN_WRITING) as process:
            wait_for_output(process, "writing")
            process.send_signal(number)
            _, said = process.communicate(timeout=20)
        assert process.returncode == 2
        assert said.strip().endswith("askfirst: stopped; nothing was left half-done.")
        assert [path.name for path in (project / "data").iterdir()] == ["postcodes.idx"]

    def test_a_full_disk_leaves_no_litter(self, project: Path) -> None:
        with running(project, "data", "build", *SOURCES, "--despite", SMALL, code=FULL_DISK) as process:
            _, said = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "data/postcodes.idx cannot be written: File too large. Check the rights and the free space" in said
        assert [path.name for path in (project / "data").iterdir()] == ["postcodes.idx"]


# A file can get no longer than this, as on a disk that is full.
FULL_DISK = """
import resource, sys
from bot.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
sys.exit(main(sys.argv[1:]))
"""


def killed_at(stage: str) -> str:
    """A program that ends itself as a power cut would, when this stage of the build is done."""
    return f"""
import os, signal, sys
import bot.world.build.postcodes as postcodes
from bot.cli.main import main
real = postcodes.build_postcode_index
def build(*args, **named):
    def progress(stage, done, total):
        if stage == {stage!r} and done == total:
            os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **named | {{"progress": progress}})
postcodes.build_postcode_index = build
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.source_data
def test_the_official_files_give_the_shipped_index(
    source_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("data", "flows", "locales"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    shutil.copy(ROOT / "data" / "postcodes.idx", tmp_path / "data")
    (postcodes,) = source_data.glob("nspl*.zip")
    (areas,) = source_data.glob("pcon*.geojson.gz")
    assert build(tmp_path, sources=(os.fspath(postcodes), os.fspath(areas))) == 0
    assert "Nothing changed against the present index of July 2024." in capsys.readouterr().out
    assert index(tmp_path) == (ROOT / "data" / "postcodes.idx").read_bytes()
