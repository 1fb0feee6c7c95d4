"""How much a bot may say: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this

Telegram does not publish the exact numbers; these are the ones it advises bots to keep to.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

from tests.telegram_peer.errors import too_many_requests

CHAT_BURST: Final = 3
CHAT_PER_SECOND: Final = 1.0
GROUP_BURST: Final = 20
GROUP_PER_SECOND: Final = 20 / 60
OVERALL_BURST: Final = 30
OVERALL_PER_SECOND: Final = 30.0


@dataclass(slots=True)
class Allowance:
    """A bucket that holds `burst` messages, and refills at `per_second`."""

    burst: int
    per_second: float
    level: float = field(init=False)
    seen_at: float = 0.0

    def __post_init__(self) -> None:
        self.level = self.burst

    def wait(self, now: float) -> float:
        """Seconds until one more message is allowed, 0 if it is now."""
        self.level = min(self.burst, self.level + max(now - self.seen_at, 0) * self.per_second)
        self.seen_at = now
        # Seconds since 1970 are exact to less than a microsecond only.
        return max(0.0, (1 - self.level - 1e-6) / self.per_second)

    def spend(self) -> None:
        """One message was sent."""
        self.level -= 1


class Flood:
    """The allowances of one bot: overall, and per chat."""

    def __init__(self, *, enforced: bool) -> None:
        self.enforced = enforced
        self._overall = Allowance(OVERALL_BURST, OVERALL_PER_SECOND)
        self._chats: dict[int, Allowance] = {}

    def spend(self, chat_id: int, *, is_group: bool, now: float) -> None:
        """Counts one message to a chat. ApiError 429 with `retry_after`, whole seconds, if it is one too many."""
        if not self.enforced:
            return
        own = Allowance(GROUP_BURST, GROUP_PER_SECOND) if is_group else Allowance(CHAT_BURST, CHAT_PER_SECOND)
        allowances = (self._overall, self._chats.setdefault(chat_id, own))
        wait = max(allowance.wait(now) for allowance in allowances)
        if wait > 0:
            raise too_many_requests(math.ceil(wait))
        for allowance in allowances:
            allowance.spend()
