"""Inline keyboards."""

from typing import Any

import pytest

from tests.telegram_peer import Button
from tests.telegram_peer.errors import ApiError
from tests.telegram_peer.keyboards import read_keyboard


def refusal(button: object) -> str:
    with pytest.raises(ApiError) as refused:
        read_keyboard({"inline_keyboard": [[button]]})
    return refused.value.description


def test_rows_of_the_three_kinds_of_button() -> None:
    rows: list[list[dict[str, Any]]] = [
        [{"text": "Yes", "callback_data": "y", "style": "primary"}, {"text": "Site", "url": "https://example.org"}],
        [{"text": "Copy", "copy_text": {"text": "0000"}}],
    ]
    keyboard = read_keyboard({"inline_keyboard": rows})
    assert keyboard == (
        (Button("Yes", callback_data="y", style="primary"), Button("Site", url="https://example.org/")),
        (Button("Copy", copy_text="0000"),),
    )
    rows[0][1]["url"] = "https://example.org/"
    assert [[button.to_json() for button in row] for row in keyboard] == rows


def test_no_keyboard_and_an_empty_one_have_no_rows() -> None:
    assert read_keyboard(None) == read_keyboard({"inline_keyboard": []}) == read_keyboard({"inline_keyboard": [[]]})


def test_callback_data_is_measured_in_bytes() -> None:
    assert read_keyboard({"inline_keyboard": [[{"text": "x", "callback_data": "ش" * 32}]]})
    assert refusal({"text": "x", "callback_data": "ش" * 33}).endswith("BUTTON_DATA_INVALID")
    assert refusal({"text": "x", "callback_data": ""}).endswith("BUTTON_DATA_INVALID")


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "x"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": " ", "callback_data": "x"}, 'Field "text" must be non-empty'),
        ({"callback_data": "x"}, 'Field "text" must be of type String'),
        ({"text": "x", "callback_data": "x", "url": "https://example.org"}, "more than one action"),
        ({"text": "x", "callback_data": 1}, 'Field "callback_data" is of the wrong type'),
        ({"text": "x", "url": "tel:999"}, "Wrong HTTP URL"),
        ({"text": "x", "copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "callback_data": "x", "style": "pink"}, "BUTTON_STYLE_INVALID"),
        ({"text": "x", "callback_data": "x", "colour": "red"}, "not known here: ['colour']"),
        ({"text": "x", "pay": True}, "not known here: ['pay']"),
        ("x", "expected an Object"),
    ],
)
def test_a_button_that_telegram_would_refuse(button: object, reason: str) -> None:
    assert reason in refusal(button)


@pytest.mark.parametrize(
    "markup",
    [
        {"keyboard": [[{"text": "x"}]]},
        {"inline_keyboard": {}},
        {"inline_keyboard": [{}]},
        {"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 8] * 13},
    ],
)
def test_a_keyboard_that_is_none(markup: dict[str, object]) -> None:
    with pytest.raises(ApiError):
        read_keyboard(markup)
