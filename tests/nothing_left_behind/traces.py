"""What is looked for: everything that is known of a person, in every form in which a program writes it down."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote

WINDOW: Final = 6  # bytes; no form of anything is shorter
_ORDERS: Final[tuple[Literal["little", "big"], ...]] = ("little", "big")


@dataclass(frozen=True, slots=True)
class Canary:
    """Somebody whose name, number and words occur nowhere else. `postcode` is one that was invented, with a space."""

    chat: int
    first_name: str
    last_name: str
    username: str
    phone: str
    latitude: float
    postcode: str
    story: str

    @property
    def texts(self) -> Iterator[str]:
        """What must not be written down, as text."""
        yield from (f"{self.chat}", self.first_name, self.last_name, self.username, self.phone, f"{self.latitude}")
        yield self.story
        for postcode in (self.postcode, self.postcode.replace(" ", "")):
            yield from (postcode, postcode.lower())


def canary(number: int) -> Canary:
    """The person with this number, of ten thousand. A hundred of them share a postcode."""
    place = number % 100
    return Canary(
        chat=7_300_000_000 + 104_729 * number,
        first_name=f"Quetzal{number:04}",
        last_name=f"Ibáñezq{number:04}",
        username=f"zumbido{number:04}",
        phone=f"44794609{number:04}",
        latitude=round(51.4 + (number * 2 + 1) / 10**6, 6),
        postcode=f"QX{10 + place // 10} {place % 10}KV",
        story=f"Tlaloc{number:04}",
    )


def forms_of_text(text: str) -> Iterator[bytes]:
    """A text as it may stand in a file: UTF-8, UTF-16, JSON, a URL, base64 and hexadecimal; and its plain hashes."""
    utf8 = text.encode()
    yield from (utf8, text.encode("utf-16-le"), json.dumps(text)[1:-1].encode(), quote(text, safe="").encode())
    yield from (utf8.hex().encode(), utf8.hex().upper().encode())
    for skipped in range(3):  # base64 looks otherwise after one byte or two of something else; its edges always do
        coded = base64.b64encode(bytes(skipped) + utf8)
        inner = coded[(skipped * 8 + 5) // 6 : len(utf8 + bytes(skipped)) * 8 // 6]
        yield from (inner, inner.translate(bytes.maketrans(b"+/", b"-_")))
    yield from _hashes_of(utf8)


def forms_of_chat(chat: int) -> Iterator[bytes]:
    """A chat id as a number in memory and on disk, and as a hash that anybody could compute who tries every number."""
    for order in _ORDERS:
        for length in (6, 8):  # SQLite keeps such a number in six bytes
            yield chat.to_bytes(length, order)
    yield from (b"%x" % chat, b"%X" % chat)
    said = (f"{chat}".encode(), f"telegram:{chat}".encode(), f"telegram|{chat}".encode())
    for content in (*said, *(chat.to_bytes(8, order) for order in _ORDERS)):
        yield from _hashes_of(content)


def _hashes_of(content: bytes) -> Iterator[bytes]:
    for name in ("md5", "sha1", "sha256", "blake2b"):
        digest = hashlib.new(name, content, usedforsecurity=False).digest()
        yield from (digest, digest.hex().encode(), base64.b64encode(digest)[:-2])


class Traces:
    """All forms of everything that is known of these people."""

    def __init__(self, people: Iterable[Canary]) -> None:
        self._by_start: dict[bytes, dict[bytes, str]] = {}
        self.count = 0
        for person in people:
            for text in person.texts:
                self._add(text, forms_of_text(text))
            self._add(f"{person.chat}", forms_of_chat(person.chat))

    def _add(self, meant: str, forms: Iterable[bytes]) -> None:
        for form in set(forms):
            assert len(form) >= WINDOW, f"a form of {meant} would be found by chance"
            self._by_start.setdefault(form[:WINDOW], {})[form] = meant
            self.count += 1

    def in_content(self, content: bytes) -> set[tuple[str, bytes]]:
        """What is found in these bytes: what it means, and its form."""
        starts, found = self._by_start, set()
        for at in range(len(content) - WINDOW + 1):
            if (forms := starts.get(content[at : at + WINDOW])) is not None:
                found |= {(meant, form) for form, meant in forms.items() if content.startswith(form, at)}
        return found

    def in_files(self, files: Mapping[str, bytes]) -> list[str]:
        """The same in files, for a person to read: one line for each kind of finding."""
        return [
            f"{name}: {meant} as {form[:40]!r}"
            for name, content in files.items()
            for meant, form in sorted(self.in_content(content))
        ]
