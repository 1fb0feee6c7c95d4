"""`askfirst data export hsds` and `import hsds`: out, back in, and never half."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.errors import DataError
from tests.cli.data_commands import ROOT, directory, run, typed
from tests.world.entries import ENTRY


def texts_of(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


def exported(tmp_path: Path, **service: object) -> Path:
    """An export of the one entry, with fields of its service replaced."""
    out = tmp_path / "export.json"
    assert run(directory(tmp_path), "export", "hsds", "--out", str(out)) == 0
    rows = json.loads(out.read_text(encoding="utf-8"))
    rows[0]["services"][0] |= service
    out.write_text(json.dumps(rows), encoding="utf-8")
    return out


def test_an_export_comes_back_unchanged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = directory(tmp_path)
    before = texts_of(config.data_dir / "organisations")
    assert run(config, "export", "hsds") == 0
    said = capsys.readouterr().out
    assert json.loads(said)[0]["name"] == "Example Advice"
    (tmp_path / "feed.json").write_text(said, encoding="utf-8")
    assert run(config, "import", "hsds", str(tmp_path / "feed.json")) == 0
    assert "0 new, 0 changed, 1 unchanged." in capsys.readouterr().out
    assert texts_of(config.data_dir / "organisations") == before


def test_a_change_is_shown_asked_for_and_written_with_the_comments_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = exported(tmp_path, status="temporarily closed")
    shutil.rmtree(tmp_path / "data")
    config = directory(tmp_path)
    path = config.data_dir / "organisations" / "example_advice.yaml"
    typed(monkeypatch, "n", terminal=True)
    assert run(config, "import", "hsds", str(feed)) == 1
    assert "+  status: temporarily closed" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == ENTRY
    typed(monkeypatch)
    assert run(config, "import", "hsds", str(feed)) == 1  # nobody there to ask
    assert "--yes" in capsys.readouterr().out
    assert path.read_text(encoding="utf-8") == ENTRY
    assert run(config, "import", "hsds", str(feed), "--yes") == 0
    assert path.read_text(encoding="utf-8") == ENTRY.replace("status: active", "status: temporarily closed")


def test_new_entries_are_written_one_file_each_and_others_are_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = exported(tmp_path)
    rows = json.loads(feed.read_text(encoding="utf-8"))
    text = json.dumps(rows).replace("example_advice", "other_advice").replace("Example Advice", "Other Advice")
    feed.write_text(text, encoding="utf-8")
    shutil.rmtree(tmp_path / "data")
    config = directory(tmp_path)
    assert run(config, "import", "hsds", str(feed), "--yes", "--short") == 0
    assert capsys.readouterr().out.splitlines()[-3:] == [
        "new: other_advice.yaml",
        "1 new, 0 changed, 0 unchanged.",
        "Written.",
    ]
    found = texts_of(config.data_dir / "organisations")
    assert found["example_advice.yaml"] == ENTRY
    assert found["other_advice.yaml"].startswith("organization:\n  id: other_advice\n  name: Other Advice\n")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"phones": [{"id": "1554f2e2-a373-45db-a3fa-9fc48a61c15e", "number": "12"}]}, "wrong-phone"),
        ({"assured_date": "2026-10-02"}, "unsourced-date"),
        ({"url": "http://example.org/"}, "not-https"),
        ({"description": "word " * 50}, "too-long"),
        ({"status": "open"}, "not-hsds"),
    ],
)
def test_what_the_rules_refuse_is_named_and_nothing_is_written(
    tmp_path: Path, change: dict[str, object], rule: str
) -> None:
    feed = exported(tmp_path, **change)
    shutil.rmtree(tmp_path / "data")
    config = directory(tmp_path)
    with pytest.raises(DataError, match="Nothing was written") as refused:
        run(config, "import", "hsds", str(feed), "--yes")
    assert rule in {fault.rule for fault in refused.value.faults}
    assert texts_of(config.data_dir / "organisations") == {"example_advice.yaml": ENTRY}


def test_a_name_that_would_lead_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    feed = exported(tmp_path)
    feed.write_text(feed.read_text(encoding="utf-8").replace("example_advice", "../../elsewhere"), encoding="utf-8")
    shutil.rmtree(tmp_path / "data")
    with pytest.raises(DataError, match="wrong-id"):
        run(directory(tmp_path), "import", "hsds", str(feed), "--yes")
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_one_name_for_two_entries_is_refused(tmp_path: Path) -> None:
    feed = exported(tmp_path)
    feed.write_text(feed.read_text(encoding="utf-8").replace("example_advice", "again"), encoding="utf-8")
    shutil.rmtree(tmp_path / "data")
    with pytest.raises(DataError, match="duplicate-name"):
        run(directory(tmp_path), "import", "hsds", str(feed), "--yes")


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        run(directory(tmp_path), "import", "hsds", str(tmp_path / "none.json"))


def test_a_directory_that_is_faulty_is_not_exported(tmp_path: Path) -> None:
    config = directory(tmp_path)
    (config.data_dir / "organisations" / "broken.yaml").write_text("organization: [", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be exported"):
        run(config, "export", "hsds")


_IMPORT = """
import sys
from pathlib import Path
from tests.cli.data_commands import ROOT, run
import dataclasses
from bot.config import load_config
config = dataclasses.replace(load_config(ROOT / "bot_config.yaml", {}), data_dir=Path(sys.argv[1]))
print("ready", flush=True)
run(config, "import", "hsds", sys.argv[2], "--yes", "--short")
"""


def test_a_process_killed_in_the_middle_leaves_every_file_whole(tmp_path: Path) -> None:
    config = directory(tmp_path)
    folder = config.data_dir / "organisations"
    for number in range(150):
        text = ENTRY.replace("example_advice", f"entry_{number}").replace("Example Advice", f"Entry {number}")
        (folder / f"entry_{number}.yaml").write_text(text, encoding="utf-8")
    feed = tmp_path / "feed.json"
    assert run(config, "export", "hsds", "--out", str(feed)) == 0
    feed.write_text(feed.read_text(encoding="utf-8").replace('"active"', '"inactive"'), encoding="utf-8")
    before = texts_of(folder)
    after = {name: text.replace("status: active", "status: inactive") for name, text in before.items()}
    with subprocess.Popen(
        [sys.executable, "-c", _IMPORT, str(config.data_dir), str(feed)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        first = folder / "entry_0.yaml"  # the export names them in this order
        deadline = time.monotonic() + 60
        while first.read_text(encoding="utf-8") == before[first.name] and time.monotonic() < deadline:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    found = {name: text for name, text in texts_of(folder).items() if name.endswith(".yaml")}
    assert found.keys() == before.keys()
    assert all(text in (before[name], after[name]) for name, text in found.items())
    assert before != found != after  # it was the middle
    assert run(config, "import", "hsds", str(feed), "--yes", "--short") == 0
    assert {name: text for name, text in texts_of(folder).items() if name.endswith(".yaml")} == after


# A published schema stands for one organization; this one asks for what HSDS 3 requires of it.
OFFICIAL = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["id", "name", "description"],
    "properties": {"id": {"type": "string", "format": "uuid"}, "services": {"type": "array"}},
}


def test_an_export_is_checked_against_a_schema_that_is_given(tmp_path: Path) -> None:
    schema = tmp_path / "organization.json"
    schema.write_text(json.dumps(OFFICIAL), encoding="utf-8")
    config = directory(tmp_path)
    assert run(config, "export", "hsds", "--schema", str(schema), "--out", str(tmp_path / "all.json")) == 0
    schema.write_text(json.dumps({**OFFICIAL, "required": ["legal_status"]}), encoding="utf-8")
    with pytest.raises(DataError, match="'legal_status' is a required property"):
        run(config, "export", "hsds", "--schema", str(schema), "--out", str(tmp_path / "other.json"))
    assert not (tmp_path / "other.json").exists()


def test_an_import_is_checked_against_a_schema_that_is_given(tmp_path: Path) -> None:
    out = exported(tmp_path)
    schema = tmp_path / "organization.json"
    schema.write_text(json.dumps({**OFFICIAL, "required": ["legal_status"]}), encoding="utf-8")
    with pytest.raises(DataError, match="'legal_status' is a required property"):
        run(directory(tmp_path / "other"), "import", "hsds", str(out), "--yes", "--schema", str(schema))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("not json", "is not a JSON Schema"),
        ('{"type": "nonsense"}', "is not a JSON Schema"),
        ('{"$ref": "organization_only.json"}', "take the compiled one"),
    ],
)
def test_a_schema_that_cannot_be_used_says_why(content: str, said: str, tmp_path: Path) -> None:
    schema = tmp_path / "organization.json"
    schema.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=said):
        run(directory(tmp_path), "export", "hsds", "--schema", str(schema), "--out", str(tmp_path / "all.json"))
