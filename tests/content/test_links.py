"""Links lead where they say, and a telephone can read their codes."""

from __future__ import annotations

import io
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.content.links import address, link_to, qr_png, qr_svg
from bot.engine.links import MAX_PAYLOAD, Link
from bot.errors import ContentError
from tests.browser import photographed
from tests.engine.talk import FLOWS, a_flow, say

SPOKEN = ("en", "ar", "pt", "pt-BR", "zh-Hans")


def read_codes(image: Image.Image) -> list[str]:
    """What a reader of QR codes finds in a picture."""
    return [
        code.text
        for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    ]


def refused(flow: str = "ask_mp", language: str | None = None, ref: str = "") -> str:
    with pytest.raises(ContentError) as raised:
        link_to(FLOWS, SPOKEN, flow, language, ref)
    return str(raised.value)


# --- which link


@pytest.mark.parametrize(
    ("flow", "language", "ref", "payload"),
    [
        ("ask_mp", None, "", "mp"),
        ("mp", None, "", "mp"),
        ("ask_mp", "ar", "leeds7", "mp-ar-leeds7"),
        ("find_help", "pt-BR", "", "help-pt-BR"),
        ("find_help", None, "hull-library", "help-hull-library"),
        ("_start", "ar", "", "-ar"),
        ("_start", None, "", ""),
    ],
)
def test_a_flow_is_named_by_its_file_or_by_its_link(flow: str, language: str | None, ref: str, payload: str) -> None:
    assert link_to(FLOWS, SPOKEN, flow, language, ref).payload == payload


def test_the_address_opens_telegram() -> None:
    assert address("AskFirstBot", Link("mp", "ar", "leeds7")) == "https://t.me/AskFirstBot?start=mp-ar-leeds7"
    assert address("AskFirstBot", Link("")) == "https://t.me/AskFirstBot"


def test_a_name_that_is_not_known_is_answered_with_the_nearest_one() -> None:
    assert refused("ask_pm") == "There is no flow `ask_pm`; did you mean `ask_mp`?"
    known = ", ".join(sorted(flow.link for flow in FLOWS.values() if flow.link))
    assert refused("xyzzy") == f"There is no flow `xyzzy`; choose one of {known}."
    assert refused(language="pt-br") == "There is no language `pt-br`; did you mean `pt-BR`?"
    assert refused(language="zz").startswith("There is no language `zz`; choose one of ar, en, ")


def test_a_flow_without_a_link_is_told_how_to_get_one() -> None:
    assert refused("mp_answer") == (
        "The flow `mp_answer` has no link; add `link: mp_answer` under `start` in mp_answer.yaml."
    )


def test_a_ref_that_would_be_read_as_a_language_is_refused() -> None:
    assert refused(ref="ar").startswith("The ref `ar` cannot be used: `ar` could be read as part of a language")
    assert refused(language="pt", ref="BR").startswith("The ref `BR` cannot be used")
    assert refused(ref="fr-hall").startswith("The ref `fr-hall` cannot be used")


def test_a_payload_has_at_most_64_characters() -> None:
    room = MAX_PAYLOAD - len("mp-ar-")
    assert len(link_to(FLOWS, SPOKEN, "ask_mp", "ar", "x" * room).payload) == MAX_PAYLOAD
    assert refused(language="ar", ref="x" * (room + 1)) == (
        f"Telegram's links carry 64 characters; shorten the ref to {room}."
    )


@given(
    st.sampled_from(sorted(flow.name for flow in FLOWS.values() if flow.link)),
    st.sampled_from([None, *SPOKEN]),
    st.text(alphabet="abR_9-hHans", max_size=70),
)
def test_a_link_is_made_for_the_bot_api_or_refused(flow: str, language: str | None, ref: str) -> None:
    with suppress(ContentError):
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", link_to(FLOWS, SPOKEN, flow, language, ref).payload)


def test_a_flow_may_have_a_name_that_is_the_link_of_another() -> None:
    flows = {name: replace(a_flow(name, say("hello")), link=word) for name, word in (("one", "two"), ("two", "three"))}
    assert link_to(flows, SPOKEN, "two", None, "").payload == "three"


# --- codes

LONGEST = "https://t.me/" + "A" * 32 + "?start=" + "w" * MAX_PAYLOAD
URLS = ["https://t.me/AskFirstBot", "https://t.me/AskFirstBot?start=mp-ar-leeds7", LONGEST]


@given(st.from_regex(r"https://t\.me/[A-Za-z0-9_]{4,32}\?start=[A-Za-z0-9_-]{1,64}", fullmatch=True))
@settings(max_examples=20, deadline=None)
def test_a_picture_of_a_code_is_read_as_its_address(url: str) -> None:
    with Image.open(io.BytesIO(qr_png(url))) as image:
        assert read_codes(image) == [url]


@pytest.mark.parametrize("url", URLS)
def test_a_drawing_of_a_code_is_read_as_its_address(url: str, tmp_path: Path) -> None:
    drawing = tmp_path / "code.svg"
    drawing.write_text(qr_svg(url), encoding="utf-8")
    assert read_codes(photographed(drawing, 600, 600)) == [url]


@pytest.mark.parametrize("url", URLS)
def test_a_picture_is_black_on_white_with_a_quiet_zone_and_large_enough_to_print(url: str) -> None:
    with Image.open(io.BytesIO(qr_png(url))) as image:
        grey = image.convert("L")
    assert {value for _, value in grey.getcolors(256) or []} == {0, 255}
    assert min(grey.size) >= 1200
    modules = segno.make_qr(url, error="m").symbol_size(border=4)[0]
    module = grey.width // modules
    left, top, right, bottom = grey.point(lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    assert (left, top) == (4 * module, 4 * module)
    assert (grey.width - right, grey.height - bottom) == (4 * module, 4 * module)


def test_a_code_can_be_read_with_a_smudge_on_it() -> None:
    """Level M: 15 % of a code may be lost."""
    with Image.open(io.BytesIO(qr_png(URLS[1]))) as image:
        smudged = image.convert("L")
    side = smudged.width // 6
    smudged.paste(255, (smudged.width // 2, smudged.width // 2, smudged.width // 2 + side, smudged.width // 2 + side))
    assert read_codes(smudged) == [URLS[1]]


@pytest.mark.parametrize("inline", [False, True])
def test_a_drawing_needs_nothing_from_elsewhere(inline: bool) -> None:
    text = qr_svg(URLS[1], inline=inline)
    root = ElementTree.fromstring(text)  # noqa: S314 - our own
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {"svg", "title", "path"}
    assert {attribute for element in root.iter() for attribute in element.attrib} <= {
        *("viewBox", "class", "fill", "stroke", "d")
    }
    assert text.startswith("<?xml") != inline
