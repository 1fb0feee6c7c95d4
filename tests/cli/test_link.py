"""`askfirst link`: prints links, and writes their codes and sheets."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from bot.cli.main import main
from tests.content.test_links import read_codes

ROOT = Path(__file__).parents[2]
NAME = "AskFirstBot"
CONFIG = f"""\
data: {{dir: "{ROOT / "data"}"}}
flows: {{dir: "{ROOT / "flows"}"}}
members: {{last_general_election: 2024-07-04}}
"""

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with settings that do not name the bot, and with Arabic and Polish."""
    (tmp_path / "bot_config.yaml").write_text(CONFIG, encoding="utf-8")
    for tag in ("ar", "pl"):
        shutil.copytree(ROOT / "locales" / tag, tmp_path / "locales" / tag)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def reviewed(folder: Path, tag: str) -> None:
    """Lets a person have reviewed a language."""
    path = folder / "locales" / tag / "LC_MESSAGES" / "askfirst.po"
    path.write_text(f"# Reviewed-by: a person\n{path.read_text(encoding='utf-8')}", encoding="utf-8")


def link(*arguments: str, bot: str = NAME) -> int:
    return main(["link", *arguments, "--bot", bot])


def test_a_link_is_printed_and_nothing_is_written(folder: Path, capsys: Capture) -> None:
    before = sorted(folder.iterdir())
    assert link("--flow", "ask_mp", "--lang", "ar", "--ref", "leeds7") == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("https://t.me/AskFirstBot?start=mp-ar-leeds7\n", "")
    assert sorted(folder.iterdir()) == before


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "languages", [["--lang", "ar", "pl", "en"], ["--lang", "ar", "--lang", "pl", "--lang", "en", "--lang", "ar"]]
)
def test_each_language_has_a_link_of_its_own(languages: list[str], capsys: Capture) -> None:
    assert link("--flow", "mp", *languages) == 0
    assert capsys.readouterr().out.split() == [f"https://t.me/{NAME}?start=mp-{tag}" for tag in ("ar", "pl", "en")]


@pytest.mark.usefixtures("folder")
def test_a_program_reads_one_object_a_line(capsys: Capture) -> None:
    assert link("--flow", "ask_mp", "--lang", "ar", "pl", "--ref", "hull", "--json", "--svg", "code.svg") == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {
        "flow": "ask_mp",
        "language": "ar",
        "ref": "hull",
        "payload": "mp-ar-hull",
        "link": "https://t.me/AskFirstBot?start=mp-ar-hull",
    }
    assert second["language"] == "pl"


# --- the bot's name


def test_the_name_may_stand_in_the_settings(folder: Path, capsys: Capture) -> None:
    with (folder / "bot_config.yaml").open("a", encoding="utf-8") as file:
        file.write("telegram: {name: '@CampaignBot'}\n")
    assert main(["link", "--flow", "mp"]) == 0
    assert main(["link", "--flow", "mp", "--bot", f"@{NAME}"]) == 0
    assert capsys.readouterr().out.split() == ["https://t.me/CampaignBot?start=mp", f"https://t.me/{NAME}?start=mp"]


@pytest.mark.usefixtures("folder")
def test_without_a_name_there_is_no_link(capsys: Capture) -> None:
    assert main(["link", "--flow", "mp"]) == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert "give --bot NAME, or write `name: NAME` under `telegram`" in shown.err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["", "a", "Ask First", "t.me/AskFirstBot", "1bot", "bot_", "é" * 5, "A" * 33])
def test_a_name_that_no_bot_can_have_is_refused(name: str, capsys: Capture) -> None:
    assert link("--flow", "mp", bot=name) == 2
    assert "is no user name of a bot; copy it from @BotFather" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_a_token_in_the_place_of_a_name_is_not_shown(capsys: Capture) -> None:
    assert link("--flow", "mp", bot="123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") == 2
    assert "AAAA" not in capsys.readouterr().err


# --- files


def test_codes_and_sheet_lead_where_the_links_lead(folder: Path, capsys: Capture) -> None:
    assert link("--flow", "mp", "--lang", "ar", "--png", "c.png", "--svg", "c.svg", "--sheet", "s.html") == 0
    url = capsys.readouterr().out.strip()
    with Image.open(folder / "c.png") as image:
        assert read_codes(image) == [url]
    assert url in (folder / "c.svg").read_text(encoding="utf-8")
    assert url in (folder / "s.html").read_text(encoding="utf-8")


def test_with_several_languages_each_code_has_its_language_in_its_name(folder: Path, capsys: Capture) -> None:
    assert link("--flow", "mp", "--lang", "ar", "pl", "--png", "c.png", "--sheet", "s.html") == 0
    shown = capsys.readouterr()
    for tag, url in zip(("ar", "pl"), shown.out.split(), strict=True):
        with Image.open(folder / f"c-{tag}.png") as image:
            assert read_codes(image) == [url]
    written = [path.removeprefix("Written: ") for path in re.findall("^Written: .*", shown.err, re.MULTILINE)]
    assert written == ["c-ar.png", "c-pl.png", "s.html"]
    assert (folder / "s.html").read_text(encoding="utf-8").count("<section ") == 2


def test_a_sheet_without_a_language_is_in_english(folder: Path) -> None:
    assert link("--flow", "mp", "--sheet", "s.html") == 0
    text = (folder / "s.html").read_text(encoding="utf-8")
    assert '<html lang="en"' in text
    assert "?start=mp<" in text


def test_a_person_is_asked_to_look_at_what_nobody_has_reviewed(folder: Path, capsys: Capture) -> None:
    reviewed(folder, "pl")
    assert link("--flow", "mp", "--lang", "en", "ar", "pl", "--sheet", "s.html") == 0
    warned = [line for line in capsys.readouterr().err.splitlines() if "reviewed" in line]
    assert warned == [
        "Warning: nobody has reviewed Arabic yet. Ask a person who reads it to check the sheet before you print it."
    ]


def test_a_sheet_with_english_in_place_of_a_translation_says_so(folder: Path, capsys: Capture) -> None:
    path = folder / "locales" / "pl" / "LC_MESSAGES" / "askfirst.po"
    kept = [entry for entry in path.read_text(encoding="utf-8").split("\n\n") if 'msgctxt "sheet.' not in entry]
    path.write_text("\n\n".join(kept) + "\n", encoding="utf-8")
    assert link("--flow", "mp", "--lang", "pl", "--sheet", "s.html") == 0
    assert "Warning: 5 of the 5 texts are not translated into Polish." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flag", "name", "ending"),
    [("--png", "c.jpg", ".png"), ("--svg", "c", ".svg"), ("--sheet", "s.pdf", ".html")],
)
def test_a_file_is_named_for_what_it_is(folder: Path, flag: str, name: str, ending: str, capsys: Capture) -> None:
    assert link("--flow", "mp", flag, name) == 2
    assert f"`{name}` must end in {ending}" in capsys.readouterr().err
    assert not (folder / name).exists()


def test_more_languages_than_a_page_has_room_for_are_refused_before_anything_is_written(
    folder: Path, capsys: Capture
) -> None:
    for tag in ("fr", "es"):
        path = shutil.copytree(folder / "locales" / "ar", folder / "locales" / tag) / "LC_MESSAGES" / "askfirst.po"
        header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        path.write_text(f'{header}"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n', encoding="utf-8")
    languages = ["en", "ar", "pl", "fr", "es"]
    assert link("--flow", "mp", "--lang", *languages, "--png", "c.png", "--sheet", "s.html") == 2
    assert "A sheet has room for 4 languages, not 5; make two sheets." in capsys.readouterr().err
    assert not list(folder.glob("c*"))


@pytest.mark.usefixtures("folder")
def test_a_place_that_cannot_be_written_is_named(capsys: Capture) -> None:
    assert link("--flow", "mp", "--png", "no/such/folder/c.png") == 2
    assert "c.png cannot be written: No such file or directory" in capsys.readouterr().err


# --- what it opens


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--flow", "ask_pm"], "There is no flow `ask_pm`; did you mean `ask_mp`?"),
        (["--flow", "mp_answer"], "add `link: mp_answer` under `start` in mp_answer.yaml"),
        (["--flow", "mp", "--lang", "cy"], "There is no language `cy`"),
        (["--flow", "mp", "--ref", "pl"], "`pl` could be read as part of a language"),
        (["--flow", "mp", "--ref", "x" * 62], "shorten the ref to 61"),
    ],
)
def test_what_cannot_be_linked_to_is_refused_with_the_remedy(arguments: list[str], says: str, capsys: Capture) -> None:
    assert link(*arguments) == 2
    shown = capsys.readouterr()
    assert not shown.out
    assert says in shown.err


def test_the_guide_names_every_option_and_every_limit(capsys: Capture) -> None:
    guide = (ROOT / "docs" / "links.md").read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["link", "--help"])
    for option in set(re.findall(r"--[a-z]+", capsys.readouterr().out)) - {"--help", "--debug", "--config"}:
        assert f"`{option}" in guide
    for fact in ("64 characters", "4 languages", "telegram.name"):
        assert fact in guide
