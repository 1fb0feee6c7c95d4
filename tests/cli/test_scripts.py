"""`askfirst test`: the shipped conversation scripts hold in every language, and a wrong one is found."""

from pathlib import Path

import pytest

from bot.cli.main import main

WRONG = """\
scripts:
  - name: Sees a step that is not shown
    languages: [en]
    script:
      - {start: mp}
      - {see: ask_place}
      - {tap: part}
      - {see: ask_name}
"""


def test_the_shipped_scripts_hold_in_every_language(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["test"])
    assert capsys.readouterr().out.splitlines()[-1].endswith("passed, 0 failed")
    assert code == 0


def test_a_script_that_does_not_hold_is_shown_with_its_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    assert main(["test", str(path)]) == 1
    out = capsys.readouterr().out
    assert f"{path}:8:" in out
    assert "`ask_name` is not shown; shown are ask_mp.ask_part, ask_part" in out
    assert out.splitlines()[-1] == "0 passed, 1 failed"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("      - {tap: nothing}\n", "there is no button `nothing` here; there are name, rather_not, _back"),
        ("      - {tap: part, see: ask_part}\n", "make one line of each"),
        ("      - {press: part}\n", "`press` is not known here"),
    ],
)
def test_a_line_that_cannot_be_played_says_why(
    line: str, said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(WRONG + line, encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("      - {see: ask_name}\n", ""), encoding="utf-8")
    assert main(["test", str(path), "--lang", "en"]) in (1, 2)
    output = capsys.readouterr()
    assert said in output.out + output.err
