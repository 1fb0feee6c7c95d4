"""Troubles that a test asks for: refusals, lost connections, delays, answers that are not Telegram's."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from tests.telegram_peer.errors import ApiError

HTML_ERROR_PAGE: Final = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answers with an error; the call has no effect."""

    error: ApiError


@dataclass(frozen=True, slots=True)
class Drop:
    """Closes the connection without a word; before the call takes effect or after it."""

    after_effect: bool


@dataclass(frozen=True, slots=True)
class Html:
    """Answers with a web page, as a proxy in between may; the call has no effect."""

    status: int


@dataclass(frozen=True, slots=True)
class Delay:
    """Waits, and then goes on as if nothing were the matter."""

    seconds: float


Fault: TypeAlias = Refuse | Drop | Html | Delay


@dataclass(slots=True)
class Faults:
    """For each method the troubles of its next calls, one a call."""

    _coming: dict[str, deque[Fault]] = field(default_factory=dict)

    def add(self, method: str, fault: Fault, times: int) -> None:
        """The next calls of the method will meet this, after what is planned already."""
        self._coming.setdefault(method.lower(), deque()).extend([fault] * times)

    def take(self, method: str) -> Fault | None:
        """What the call that has just come in is to meet."""
        coming = self._coming.get(method.lower())
        return coming.popleft() if coming else None
