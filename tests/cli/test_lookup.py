"""`askfirst lookup` on the data that is shipped."""

import io
import json
from typing import Any

import pytest

from bot.cli.main import main


def look_up(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    code = main(["lookup", "--json", *arguments])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("SW1A 0AA", "E14001172"),
        ("n7 6pa", "E14001305"),
        ("CF99 1SN", "W07000091"),
        ("M1 1AE", "E14001352"),
        ("I live at m11ae, thanks", "E14001352"),
        ("Ｍ１ １ＡＥ", "E14001352"),
        ("M١ ١AE", "E14001352"),
        ("MI IAE", "E14001352"),
    ],
)
def test_a_postcode_gives_its_constituency(typed: str, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exit_code, (found,) = look_up(capsys, typed)
    assert exit_code == 0
    assert found["kind"] in ("found", "several")
    assert found["status"] == "live"
    assert found["constituencies"][0]["code"] == code
    assert set(found) == {"kind", "status", "constituencies", "verdict", "data"}
    assert set(found["data"]) == {"postcodes", "members", "pledges"}


def test_a_found_constituency_names_its_member_and_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    _, (found,) = look_up(capsys, "M1 1AE")
    assert found["constituencies"][0] == {
        "code": "E14001352",
        "name": "Manchester Central",
        "member": {"id": 4263, "name": "Lucy Powell", "party": "Labour (Co-op)"},
        "verdict": "no_record",
    }
    assert found["data"]["members"] == "2026-06-27"


def test_a_signature_of_2018_is_unconfirmed(capsys: pytest.CaptureFixture[str]) -> None:
    _, (found,) = look_up(capsys, "N16 8PJ")
    assert found["constituencies"][0]["member"]["id"] == 172
    assert found["constituencies"][0]["verdict"] == "unconfirmed"


@pytest.mark.parametrize(
    ("typed", "kind", "status", "exit_code"),
    [
        ("BT1 5GS", "northern_ireland", None, 1),
        ("JE2 3AB", "no_mp", None, 1),
        ("ZZ1 1ZZ", "not_found", None, 1),
        ("M1", "partial", None, 0),
        ("AB1 0AA", "found", "terminated", 0),
        ("hello", "not_a_postcode", None, 2),
    ],
)
def test_every_other_text_has_its_own_answer(
    typed: str, kind: str, status: str | None, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    code, (found,) = look_up(capsys, typed)
    assert (found["kind"], code) == (kind, exit_code)
    if status is not None:
        assert found["status"] == status


def test_northern_ireland_lists_its_eighteen_constituencies(capsys: pytest.CaptureFixture[str]) -> None:
    _, (found,) = look_up(capsys, "BT1 5GS")
    assert len(found["constituencies"]) == 18
    assert {seat["code"][0] for seat in found["constituencies"]} == {"N"}


def test_clacton_is_vacant(capsys: pytest.CaptureFixture[str]) -> None:
    _, (found,) = look_up(capsys, "CO15 1AA")
    assert found["constituencies"][0]["name"] == "Clacton"
    assert found["constituencies"][0]["member"] is None
    assert found["verdict"] == "vacant"


def test_the_exit_code_of_several_is_the_worst(capsys: pytest.CaptureFixture[str]) -> None:
    code, found = look_up(capsys, "M1 1AE", "ZZ1 1ZZ", "hello", "N7 6PA")
    assert code == 2
    assert [one["kind"] for one in found] == ["found", "not_found", "not_a_postcode", found[3]["kind"]]


def test_standard_input_is_read_a_line_at_a_time(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("M1 1AE\n\nZZ9 9AA\n"))
    code, found = look_up(capsys, "-")
    assert code == 0
    assert [one["verdict"] for one in found] == ["no_record", "pledged"]


def test_people_get_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", "M1 1AE"]) == 0
    out = capsys.readouterr().out
    assert "Manchester Central (E14001352): Lucy Powell (Labour (Co-op)). Verdict: no_record" in out
    assert "Members as of 2026-06-27" in out
    assert "This list of members is not new" in out


def test_a_member_who_is_not_known_is_not_called_vacant(capsys: pytest.CaptureFixture[str]) -> None:
    main(["lookup", "ZZ9 9AG"])
    assert "vacant" not in capsys.readouterr().out
