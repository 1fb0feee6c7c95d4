"""Links to the bot (https://t.me/…?start=…) and their QR codes. What they carry: bot/engine/links.py."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from typing import Final

from bot.content.names import no_such
from bot.engine.links import MAX_PAYLOAD, Link, read_link, wrong_ref
from bot.engine.model import START, Flow
from bot.errors import ContentError, hidden

# ISO/IEC 18004: M can be read with 15 % of the code gone, and needs 4 empty modules around it.
CORRECTION: Final = "m"
QUIET: Final = 4
_PNG_SIDE: Final = 1200  # pixels at least: 10 cm in print


def link_to(flows: Mapping[str, Flow], languages: Collection[str], flow: str, language: str | None, ref: str) -> Link:
    """The link that opens a flow, named as its file is or by its link's word. Raises ContentError with the remedy."""
    link = Link(_word(flows, flow), language, ref)
    if language is not None and language not in languages:
        raise no_such("language", language, languages)
    if ref and (wrong := wrong_ref(ref)):
        raise ContentError(f"The ref `{hidden(ref)}` cannot be used: {wrong}.")
    if len(link.payload) > MAX_PAYLOAD:
        most = MAX_PAYLOAD - len(Link(link.word, language, "x").payload) + 1
        raise ContentError(f"Telegram's links carry {MAX_PAYLOAD} characters; shorten the ref to {most}.")
    if read_link(link.payload, languages) != link:
        raise ContentError(f"`{link.payload}` would be read as another link; choose another ref.")
    return link


def address(bot: str, link: Link) -> str:
    """The web address that opens the link in Telegram. `bot` is the bot's user name, without @."""
    return f"https://t.me/{bot}?start={link.payload}" if link.payload else f"https://t.me/{bot}"


def qr_png(url: str) -> bytes:
    """A QR code to print, black on white."""
    import segno  # takes 0.1 s to import

    code = segno.make_qr(url, error=CORRECTION)
    out = io.BytesIO()
    code.save(out, kind="png", scale=-(-_PNG_SIDE // code.symbol_size(border=QUIET)[0]), border=QUIET, light="white")
    return out.getvalue()


def qr_svg(url: str, *, inline: bool = False) -> str:
    """A QR code that can be printed in any size, black on white. `inline`: as a part of a page."""
    import segno

    code = segno.make_qr(url, error=CORRECTION)
    out = io.BytesIO()
    code.save(
        out,
        kind="svg",
        border=QUIET,
        light="white",
        title=url,
        omitsize=True,
        xmldecl=not inline,
        svgns=True,
        nl=not inline,
    )
    return out.getvalue().decode()


def _word(flows: Mapping[str, Flow], name: str) -> str:
    by_link = {flow.link: flow for flow in flows.values() if flow.link is not None}
    flow = flows.get(name) or by_link.get(name)
    if flow is None:
        raise no_such("flow", name, {*flows, *by_link}, listed=by_link)
    if flow.link is None and flow.name == START:
        return ""
    if flow.link is None:
        raise ContentError(
            f"The flow `{flow.name}` has no link; add `link: {flow.name.strip('_')}` under `start` in {flow.name}.yaml."
        )
    return flow.link
