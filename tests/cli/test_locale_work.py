"""`askfirst locale add`, `status`, `review`, `export` and `import`, as a translator uses them."""

from __future__ import annotations

import json
import shutil
from gettext import c2py
from pathlib import Path

import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from babel.messages.catalog import Catalog

from bot.cli.locale import plural_forms
from bot.cli.main import main
from bot.content.catalogues import load_catalogues
from bot.content.exchange import read_table
from bot.content.plural_rules import plural_mismatch
from bot.content.po_file import read_entries

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The content of the project in a folder of its own, with one language."""
    for folder in ("flows", "data"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copytree(ROOT / "locales" / "pl", tmp_path / "locales" / "pl")
    shutil.copy(ROOT / "bot_config.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    return main(["locale", *arguments])


def polish(project: Path) -> Path:
    return project / "locales/pl/LC_MESSAGES/askfirst.po"


def test_a_new_language_begins_with_every_text_and_none_translated(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add", "lt") == 0
    po = read_entries(project / "locales/lt/LC_MESSAGES/askfirst.po", [])
    assert po is not None
    assert po.forms == 3
    assert len(po.entries) > 400
    assert not any(form for entry in po.entries for form in entry.forms)
    assert "texts to translate" in capsys.readouterr().out
    assert load_catalogues(project / "locales")["lt"].plural_form(21) == 0


@pytest.mark.parametrize("tag", ["prs", "kmr", "zh-Hans", "pt_BR"])
def test_a_language_without_a_country_of_its_own_can_be_begun(project: Path, tag: str) -> None:
    assert run("add", tag) == 0
    assert tag.replace("_", "-") in load_catalogues(project / "locales")
    assert main(["check"]) == 0


@pytest.mark.parametrize(
    ("tag", "said"), [("pl", "There is `pl` already"), ("en", "already"), ("klingon", "not a language tag")]
)
def test_what_cannot_be_begun_is_said_and_nothing_is_written(
    project: Path, tag: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = polish(project).read_bytes()
    assert run("add", tag) == 2
    assert said in capsys.readouterr().err
    assert polish(project).read_bytes() == before
    assert [path.name for path in (project / "locales").iterdir()] == ["pl"]


@pytest.mark.parametrize(
    ("tag", "usual", "rule"),
    [
        ("fa", "nplurals=1; plural=0;", "nplurals=2; plural=(n > 1);"),
        ("tr", "nplurals=1; plural=0;", "nplurals=2; plural=(n != 1);"),
        ("zh_Hans", "nplurals=1; plural=0;", "nplurals=1; plural=0;"),
        ("fr", "nplurals=2; plural=(n > 1);", "nplurals=2; plural=(n > 1);"),
    ],
)
def test_a_plural_rule_has_as_many_forms_as_the_language(tag: str, usual: str, rule: str) -> None:
    assert plural_forms(Locale.parse(tag), usual) == rule


@pytest.mark.parametrize("locale", [one for one in locale_identifiers() if "_" not in one])
def test_every_language_is_begun_with_a_plural_rule_that_the_check_accepts(locale: str) -> None:
    rule = plural_forms(Locale.parse(locale), Catalog(locale=locale).plural_forms)
    assert plural_mismatch(locale, c2py(rule.partition("; plural=")[2].rstrip(";"))) is None


def test_a_review_is_written_and_the_bot_believes_it(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("review", "pl", "--by", "Praxis interpreters", "--on", "2026-11-20") == 0
    assert "# Reviewed-by: Praxis interpreters, 2026-11-20" in polish(project).read_text(encoding="utf-8")
    assert load_catalogues(project / "locales")["pl"].reviewed
    assert run("review", "pl", "--withdraw") == 0
    assert not load_catalogues(project / "locales")["pl"].reviewed
    assert "it said: Praxis interpreters, 2026-11-20" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pl"], "Say who reviewed it"),
        (["pl", "--by", "  "], "Say who reviewed it"),
        (["pl", "--by", "X", "--on", "yesterday"], "is not a day"),
        (["pl", "--by", "X", "--on", "2999-01-01"], "has not come yet"),
        (["ar", "--by", "X"], "There is no translation `ar`; there are pl"),
    ],
)
def test_a_review_without_who_or_when_is_none(
    project: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = polish(project).read_bytes()
    assert run("review", *arguments) == 2
    assert said in capsys.readouterr().err
    assert polish(project).read_bytes() == before


def test_what_is_not_translated_cannot_be_reviewed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = polish(project).read_text(encoding="utf-8")
    at = text.index('msgctxt "_back.at_the_start"')
    polish(project).write_text(f"{text[:at]}#, fuzzy\n{text[at:]}", encoding="utf-8")
    assert run("review", "pl", "--by", "X") == 2
    assert "untranslated: translate this first" in capsys.readouterr().err


def test_the_status_of_each_language_is_a_line(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status") == 0
    _, row, total = capsys.readouterr().out.splitlines()
    assert row.split()[:2] == ["pl", "Polish"]
    assert "100 %" in row
    assert row.endswith("nobody yet")
    assert total == "1 languages: 1 complete, 0 reviewed by a person."


def test_what_is_missing_is_counted_and_the_exit_code_says_so(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = project / "flows" / "_error.yaml"
    flow.write_text(flow.read_text().replace("Let us start again.", "We start again."))
    assert run("status", "--json") == 1
    (row,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (row["tag"], row["missing"]) == ("pl", 1)


@pytest.mark.parametrize("name", ["pl.csv", "pl.xlsx"])
def test_a_reviewer_changes_a_word_in_a_table(project: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", "pl", "--out", name) == 0
    rows = read_table(project / name)
    assert len(rows) > 400
    assert run("import", "pl", name) == 0
    assert "0 texts changed" in capsys.readouterr().out
    if name.endswith(".csv"):
        text = (project / name).read_text(encoding="utf-8-sig")
        old = next(row for row in rows if row.context == "_back.at_the_start").forms[0]
        (project / name).write_text(text.replace(old, "Dalej wstecz się nie da."), encoding="utf-8-sig")
        run("review", "pl", "--by", "X")
        assert run("import", "pl", name, "--dry-run") == 0
        assert load_catalogues(project / "locales")["pl"].reviewed
        assert run("import", "pl", name) == 0
        said = capsys.readouterr().out
        assert "_back.at_the_start: Dalej wstecz się nie da." in said
        assert "The review (X" in said
        catalogue = load_catalogues(project / "locales")["pl"]
        assert catalogue.messages["_back.at_the_start", "You cannot go back from here."] == (
            "Dalej wstecz się nie da.",
        )
        assert not catalogue.reviewed


def test_a_table_with_a_fault_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("export", "pl", "--out", "pl.csv")
    row = next(row for row in read_table(project / "pl.csv") if row.context == "_help.commands" and "/mp" in row.ids[0])
    text = (project / "pl.csv").read_text(encoding="utf-8-sig")
    line = next(line for line in row.forms[0].splitlines() if line.startswith("- /mp "))
    (project / "pl.csv").write_text(text.replace(line, line.replace("/mp", "/pm")), encoding="utf-8")
    before = polish(project).read_bytes()
    assert run("import", "pl", "pl.csv") == 2
    assert polish(project).read_bytes() == before
    said = capsys.readouterr().err
    assert "Nothing was changed" in said
    assert f"pl.csv:{row.number}:1: commands: the English has" in said


@pytest.mark.parametrize("out", ["pl.doc", "nowhere/pl.csv"])
def test_a_table_needs_a_name_that_can_be_written(project: Path, out: str) -> None:
    assert run("export", "pl", "--out", out) == 2
    assert not list(project.glob("**/*.doc"))
