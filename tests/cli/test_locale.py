"""`askfirst locale update`: the template and the catalogues follow the texts, and nothing is lost on the way."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.cli import locale
from bot.cli.locale import template
from bot.cli.main import main
from bot.content.catalogues import catalogue_paths, load_catalogues
from bot.errors import ContentError

ROOT = Path(__file__).parents[2]
DAY = dt.date(2026, 11, 22)

Key = tuple[str, tuple[str, ...]]


@pytest.fixture
def project(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The content of the project in a folder of its own; of its code only one file, elsewhere, to be quick."""
    code = tmp_path_factory.mktemp("code")
    (code / "bot").mkdir()
    shutil.copy(ROOT / "bot" / "engine" / "cards.py", code / "bot")
    monkeypatch.setattr(locale, "PROJECT", code)
    for folder in ("flows", "locales"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copytree(ROOT / "data" / "organisations", tmp_path / "data" / "organisations")
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    return tmp_path


def update(project: Path) -> int:
    return main(["locale", "update", "--config", str(project / "bot_config.yaml")])


@cache
def shipped_template() -> Catalog:
    """What the committed files must hold."""
    return template(ROOT, ROOT / "flows", ROOT / "data" / "organisations", DAY)


def own_template(project: Path) -> Catalog:
    """What an update of this project must write."""
    return template(project, project / "flows", project / "data" / "organisations", DAY)


def keys(catalogue: Catalog) -> set[Key]:
    """Each text with its context."""
    return {
        (str(entry.context or ""), (entry.id,) if isinstance(entry.id, str) else tuple(entry.id))
        for entry in catalogue
        if entry.id
    }


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def po(project: Path, tag: str = "pl") -> Path:
    return project / "locales" / tag / "LC_MESSAGES" / "askfirst.po"


def translate(path: Path, msgid: str, msgstr: str) -> None:
    """Writes a translation into a catalogue, as a translator would."""
    text = path.read_text(encoding="utf-8")
    assert text.count(f'msgid "{msgid}"\nmsgstr "') == 1
    path.write_text(re.sub(rf'(msgid "{re.escape(msgid)}"\nmsgstr) ".*"', rf'\1 "{msgstr}"', text), encoding="utf-8")


# --- the template


def test_the_committed_template_holds_every_text_and_no_other() -> None:
    """Compared by text and context; lines and dates may differ."""
    assert keys(read(ROOT / "locales" / "askfirst.pot")) == keys(shipped_template()), "run: askfirst locale update"


@pytest.mark.parametrize("path", catalogue_paths(ROOT / "locales"), ids=lambda path: path.parts[-3])
def test_every_committed_catalogue_has_an_entry_for_every_text(path: Path) -> None:
    assert keys(read(path)) == keys(shipped_template()), "run: askfirst locale update"


def test_every_text_has_a_context_and_a_place_in_the_project() -> None:
    for entry in shipped_template():
        if entry.id:
            assert re.fullmatch(r"[a-z_]+\.[a-z0-9_]+(\.[a-z_]+)?", str(entry.context)), entry
            assert all((ROOT / place).is_file() for place, _ in entry.locations), entry
            assert not entry.string or not any(entry.string), entry


def test_texts_come_from_flows_code_and_directory() -> None:
    places = {place.split("/")[0] for entry in shipped_template() for place, _ in entry.locations}
    assert places == {"flows", "bot", "data"}


def test_plurals_and_notes_are_in_the_template() -> None:
    entries = [entry for entry in shipped_template() if entry.id]
    assert any(isinstance(entry.id, tuple) for entry in entries)
    comments = {comment for entry in entries for comment in entry.auto_comments}
    assert "The label of a button." in comments
    assert "Safety: a person must review this text." in comments


def test_the_template_can_be_read_by_translators_tools(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert update(project) == 0
    pot = read(project / "locales" / "askfirst.pot")
    assert keys(pot) == keys(own_template(project))
    assert f"askfirst.pot: {len(pot)} texts" in capsys.readouterr().out


def test_the_texts_of_the_code_stay_when_the_settings_lie_elsewhere(project: Path) -> None:
    assert not (project / "bot").exists()
    update(project)
    places = {place for entry in read(project / "locales" / "askfirst.pot") for place, _ in entry.locations}
    assert any(place.startswith("bot/") for place in places)
    assert not any(place.startswith("/") for place in places)


# --- the catalogues


def test_a_translation_stays_and_is_loaded(project: Path) -> None:
    update(project)
    translate(po(project), "Go back one step", "Wróć o krok")
    update(project)
    messages = load_catalogues(project / "locales")["pl"].messages
    assert messages["_back._", "Go back one step"] == ("Wróć o krok",)


def test_updating_twice_changes_nothing_but_dates(project: Path) -> None:
    def state() -> dict[str, str]:
        files = [project / "locales" / "askfirst.pot", *catalogue_paths(project / "locales")]
        return {str(path): re.sub(r'"[A-Za-z-]+-Date: .*\n', "", path.read_text(encoding="utf-8")) for path in files}

    update(project)
    before = state()
    update(project)
    assert state() == before


def test_who_reviewed_a_language_is_kept(project: Path) -> None:
    update(project)
    path = po(project, "ar")
    path.write_text("# Reviewed-by: a speaker, 2026-11-01\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_catalogues(project / "locales")["ar"].reviewed
    update(project)
    assert load_catalogues(project / "locales")["ar"].reviewed


def test_no_translation_is_guessed_for_a_text_that_has_changed(project: Path) -> None:
    update(project)
    translate(po(project), "Go back one step", "Wróć o krok")
    flow = project / "flows" / "_back.yaml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("Go back one step", "Go back two steps"), encoding="utf-8")
    update(project)
    changed = read(po(project)).get("Go back two steps", context="_back._")
    assert changed is not None
    assert (changed.string, changed.fuzzy) == ("", False)
    assert "Wróć" not in po(project).read_text(encoding="utf-8")


def test_a_new_language_begins_as_a_header_and_gets_every_text(project: Path) -> None:
    path = po(project, "uk")
    path.parent.mkdir(parents=True, exist_ok=True)
    plural = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
    path.write_text(
        f'msgid ""\nmsgstr ""\n"Language: uk\\n"\n"Plural-Forms: {plural}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
    )
    assert update(project) == 0
    assert keys(read(path)) == keys(own_template(project))
    ukrainian = load_catalogues(project / "locales")["uk"]
    assert (ukrainian.locale, ukrainian.rtl, ukrainian.messages) == ("uk", False, {})
    assert [ukrainian.plural_form(number) for number in (1, 2, 5)] == [0, 1, 2]


def test_how_much_is_translated_is_told(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def told() -> int:
        capsys.readouterr()
        update(project)
        found = re.search(r"locales/pl/.*: (\d+) of \d+ translated", capsys.readouterr().out)
        assert found
        return int(found[1])

    told()
    translate(po(project), "Go back one step", "")
    without = told()
    translate(po(project), "Go back one step", "Wróć o krok")
    assert told() == without + 1


# --- what cannot be done is not half done


def test_a_damaged_catalogue_stops_everything_before_anything_is_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    update(project)
    flow = project / "flows" / "_back.yaml"
    flow.write_text(flow.read_text(encoding="utf-8").replace("Go back one step", "Go back two steps"), encoding="utf-8")
    po(project, "ar").write_bytes(b"\xff")
    with po(project, "pl").open("a") as file:
        file.write('msgid "half\n')
    state = {path: path.read_bytes() for path in (project / "locales").rglob("*.po*")}
    assert update(project) == 2
    said = capsys.readouterr().err
    assert "not-utf-8" in said
    assert "po-syntax" in said
    assert {path: path.read_bytes() for path in (project / "locales").rglob("*.po*")} == state


@pytest.mark.parametrize("name", ["flows/_back.yaml", "data/organisations/samaritans.yaml"])
def test_a_text_that_cannot_be_read_stops_everything(
    project: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / name).write_bytes(b"label: [half")
    pot = (project / "locales" / "askfirst.pot").read_bytes()
    assert update(project) == 2
    assert f"{Path(name).name}:1:" in capsys.readouterr().err
    assert (project / "locales" / "askfirst.pot").read_bytes() == pot


def test_a_folder_named_like_a_flow_is_an_error_and_no_traceback(project: Path) -> None:
    (project / "flows" / "x.yaml").mkdir()
    with pytest.raises(ContentError, match=r"x\.yaml cannot be read \(Is a directory\); check the file"):
        template(project, project / "flows", project / "data" / "organisations", DAY)


def test_no_file_is_left_over(project: Path) -> None:
    before = {path.name for path in (project / "locales").rglob("*") if path.is_file()}
    update(project)
    assert {path.name for path in (project / "locales").rglob("*") if path.is_file()} == before
