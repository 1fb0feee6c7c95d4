"""A sheet of paper for a notice board: what the bot is, its QR code and its address, in one or a few languages.

One web page without anything from elsewhere, which a browser prints on one page of A4. A language that nobody has
reviewed, and a text that is not translated, show the English too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from bot.content.links import qr_svg
from bot.engine.languages import own_name
from bot.engine.model import Text
from bot.engine.wording import Catalogue, Wording

TITLE: Final = Text("sheet.title", "Before you ask your MP, ask first")
WHAT: Final = Text(
    "sheet.what",
    "Find out who your MP is, if they have promised not to report people to the Home Office, and who can help you.",
)
SCAN: Final = Text("sheet.scan", "Scan this code with the camera of your phone.")
OPEN: Final = Text("sheet.open", "Or open this address:")
PROMISE: Final = Text("sheet.promise", "We do not ask for your name. This is information, not advice.")
TEXTS: Final = (TITLE, WHAT, SCAN, OPEN, PROMISE)

MOST: Final = 4  # languages on one page; with more, nobody could read it from where they stand

# All lengths are of paper. 296 mm, because some browsers round 297 up to a second page; a text that is too long runs
# onto one, rather than being cut. The fonts are the reader's own: a browser chooses one that has the letters.
_STYLE: Final = """\
@page { size: A4 portrait; margin: 0 }
* { box-sizing: border-box; margin: 0 }
html { background: #fff; color: #000; print-color-adjust: exact }
body { width: 210mm; min-height: 296mm; padding: 11mm 15mm; margin: 0 auto; display: flex; flex-direction: column;
  gap: 5mm; font-family: system-ui, "Noto Sans", "Segoe UI", Arial, sans-serif; line-height: 1.35; text-align: start }
section { flex: 1 1 0; break-inside: avoid; display: flex; gap: 8mm; align-items: center; font-size: var(--size) }
section + section { border-top: .4mm solid #000; padding-top: 5mm }
.words { flex: 1; min-width: 0; display: flex; flex-direction: column; gap: .35em }
.code { flex: none; width: var(--code) }
.code svg { display: block; width: 100% }
h1, h2 { font-size: 1.6em; line-height: 1.2 }
.address { direction: ltr; unicode-bidi: isolate; font-family: "DejaVu Sans Mono", Consolas, Menlo, monospace;
  font-size: .85em; overflow-wrap: anywhere; hyphens: none }
section[dir=rtl] .address { text-align: right }
.language { font-size: .85em; font-weight: bold }
.english { font-size: .78em; line-height: 1.3 }
.one section { flex-direction: column; justify-content: space-evenly; align-items: stretch }
.one .words { flex: none; gap: .6em }
.one .code { align-self: center }
@media screen { html { background: #ddd } body { background: #fff } }
"""
# By how many languages share the page: the size of the letters, and the side of the code with its quiet zone.
_SIZES: Final = {1: ("18pt", "95mm"), 2: ("13.5pt", "72mm"), 3: ("10.5pt", "56mm"), 4: ("9pt", "46mm")}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a sheet says in one language, and where its code leads."""

    catalogue: Catalogue
    url: str


def sheet(notices: Sequence[Notice]) -> str:
    """The sheet as one page of HTML. At least one notice, and at most `MOST`."""
    size, code = _SIZES[len(notices)]
    first = notices[0].catalogue
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{escape(first.language)}" dir="{_direction(first)}">',
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
            f"<title>{escape(_said(first, TITLE))}</title>",
            f"<style>\n{_STYLE}</style></head>",
            f'<body class="{"one" if len(notices) == 1 else "several"}" style="--size: {size}; --code: {code}">',
            *(line for notice in notices for line in _section(notice, notices)),
            "</body></html>\n",
        ]
    )


def untranslated(catalogue: Catalogue) -> int:
    """How many texts of the sheet this language has no words for."""
    return 0 if catalogue.language == "en" else sum(not Wording(catalogue).translated(text) for text in TEXTS)


def _section(notice: Notice, notices: Sequence[Notice]) -> Iterator[str]:
    catalogue = notice.catalogue
    yield f'<section lang="{escape(catalogue.language)}" dir="{_direction(catalogue)}">'
    yield '<div class="words">'
    if len(notices) > 1:  # so that people find theirs
        yield f'<p class="language">{escape(own_name(catalogue.language))}</p>'
    yield _element(catalogue, TITLE, "h1" if notice is notices[0] else "h2")
    yield _element(catalogue, WHAT)
    yield _element(catalogue, SCAN)
    yield _element(catalogue, OPEN)
    yield f'<p class="address" dir="ltr" lang="zxx">{escape(notice.url.removeprefix("https://"))}</p>'
    yield _element(catalogue, PROMISE)
    if not catalogue.reviewed:
        own = [text for text in (TITLE, WHAT, SCAN, PROMISE) if Wording(catalogue).translated(text)]
        words = " ".join(text.msgid if text.msgid.endswith(".") else f"{text.msgid}." for text in own)
        yield f'<p class="english" lang="en" dir="ltr">{escape(words)}</p>' if words else ""
    yield "</div>"
    yield f'<div class="code">{qr_svg(notice.url, inline=True)}</div>'
    yield "</section>"


def _element(catalogue: Catalogue, text: Text, name: str = "p") -> str:
    """A text as an element, which names the language and the direction where they are not those of its section."""
    foreign = catalogue.language != "en" and not Wording(catalogue).translated(text)
    english = ' lang="en" dir="ltr"' if foreign else ""
    return f"<{name}{english}>{escape(_said(catalogue, text))}</{name}>"


def _said(catalogue: Catalogue, text: Text) -> str:
    return "".join(span.text for span in Wording(catalogue).line(text, {}))


def _direction(catalogue: Catalogue) -> str:
    return "rtl" if catalogue.rtl else "ltr"
