"""`askfirst preview`: the page on the disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.main import main

ROOT = Path(__file__).parents[2]
CONFIG = ["--config", str(ROOT / "bot_config.yaml")]


def test_the_page_is_written_and_it_is_said_what_is_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "preview.html"
    assert main(["preview", "--out", str(out), "--lang", "ar", *CONFIG]) == 0
    page = out.read_text(encoding="utf-8")
    assert 'lang="ar"' in page
    assert 'lang="pl"' not in page
    assert "1 language, 0 findings" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["preview.html"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--lang", "xx"], "There is no language `xx`"),
        (["--out", "nowhere/at/all.html"], "There is no folder `nowhere/at`"),
    ],
)
def test_what_cannot_be_written_is_said_in_a_sentence(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["preview", "--out", str(tmp_path / "p.html"), *arguments, *CONFIG]) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
