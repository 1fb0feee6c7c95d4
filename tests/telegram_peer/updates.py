"""What the bot has still to be told: https://core.telegram.org/bots/api#getting-updates"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.telegram_peer.errors import conflict

FIRST_UPDATE_ID: Final = 700_000_001
# Telegram sends these only if the bot names them.
OPTIONAL_KINDS: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True)
class Update:
    """One update that waits.

    chat_id: the chat it is about. expires_at: seconds since 1970, after which Telegram drops it.
    """

    id: int
    kind: str
    payload: dict[str, Any]
    chat_id: int
    expires_at: float

    def to_json(self) -> dict[str, Any]:
        """The Update object."""
        return {"update_id": self.id, self.kind: self.payload}


@dataclass(slots=True)
class Webhook:
    """What setWebhook was told."""

    url: str
    secret_token: str | None
    max_connections: int
    ip_address: str | None = None
    last_error: str | None = None
    last_error_date: int | None = None


@dataclass(slots=True)
class Updates:
    """The queue of updates, and whoever waits at its end."""

    pending: list[Update] = field(default_factory=list)
    allowed: frozenset[str] | None = None
    webhook: Webhook | None = None
    _next_id: int = FIRST_UPDATE_ID
    _poll: asyncio.Future[None] | None = None

    def allow(self, kinds: Iterable[str] | None) -> None:
        """`allowed_updates` of a call: None keeps the setting, an empty list is the default. Later updates only."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def put(self, kind: str, payload: dict[str, Any], *, chat_id: int, expires_at: float) -> None:
        """Queues an update, unless the bot does not want its kind."""
        if kind not in self.allowed if self.allowed is not None else kind in OPTIONAL_KINDS:
            return
        self.pending.append(Update(self._next_id, kind, payload, chat_id, expires_at))
        self._next_id += 1
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def forget(self, update_ids: Iterable[int]) -> None:
        """These have arrived."""
        gone = set(update_ids)
        self.pending = [update for update in self.pending if update.id not in gone]

    def forget_expired(self, now: float) -> None:
        """Telegram keeps an update for a day at most, a tap for far less."""
        self.pending = [update for update in self.pending if update.expires_at > now]

    def confirm(self, offset: int) -> None:
        """Forgets what `offset` of getUpdates confirms; a negative one keeps only so many of the newest."""
        if offset < 0:
            self.pending = self.pending[offset:]
        elif offset > 0:
            self.pending = [update for update in self.pending if update.id >= offset]

    async def poll(self, offset: int, limit: int, seconds: float) -> Sequence[Update]:
        """Up to `limit` updates, waiting up to `seconds` for the first. ApiError 409 if two ask at once.

        As in Telegram it is the earlier call that fails.
        """
        if self.webhook is not None:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self.end_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        self.confirm(offset)
        if not self.pending and seconds > 0:
            poll = self._poll = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(seconds):
                    await poll
            except TimeoutError:
                pass
            finally:
                if self._poll is poll:
                    self._poll = None
        return self.pending[:limit]

    def end_poll(self, reason: str) -> None:
        """Ends a waiting getUpdates, if there is one, with 409."""
        poll, self._poll = self._poll, None
        if poll is not None and not poll.done():
            poll.set_exception(conflict(reason))
