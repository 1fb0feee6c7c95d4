"""Sessions in this process's memory alone: for the terminal and for tests. They end with the process."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from bot.errors import StaleSession
from bot.sessions.expiry import ROW, SESSION, without_old_messages
from bot.sessions.protocol import ChatKey, Remembered


@dataclass(frozen=True, slots=True)
class _Kept:
    row: Remembered
    session_until: int
    row_until: int


class MemorySessions:
    """A `SessionStore` that writes nothing anywhere. It keeps time exactly as the one on disk does."""

    def __init__(self) -> None:
        self._rows: dict[ChatKey, _Kept] = {}

    async def load(self, key: ChatKey, now: dt.datetime) -> Remembered:
        """See `SessionStore`."""
        kept = self._rows.get(key)
        if kept is None or kept.row_until <= now.timestamp():
            return Remembered()
        row = kept.row if kept.session_until > now.timestamp() else replace(kept.row, session=None)
        return without_old_messages(row, now)

    async def save(self, key: ChatKey, row: Remembered, now: dt.datetime) -> Remembered:
        """See `SessionStore`."""
        if (await self.load(key, now)).version != row.version:
            raise StaleSession("Another turn saved this chat in the meantime: load it and take the turn again")
        saved = replace(without_old_messages(row, now), version=row.version + 1)
        self._rows[key] = _Kept(saved, SESSION.until(now), ROW.until(now))
        return saved

    async def forget(self, key: ChatKey) -> None:
        """See `SessionStore`."""
        self._rows.pop(key, None)

    async def sweep(self, now: dt.datetime) -> int:
        """See `SessionStore`."""
        second = int(now.timestamp())
        over = [key for key, kept in self._rows.items() if kept.row_until <= second]
        idle = [
            (key, kept)
            for key, kept in self._rows.items()
            if kept.row_until > second >= kept.session_until and kept.row.session is not None
        ]
        for key in over:
            del self._rows[key]
        for key, kept in idle:
            self._rows[key] = replace(kept, row=replace(kept.row, session=None))
        return len(over) + len(idle)

    async def close(self) -> None:
        """See `SessionStore`."""
        self._rows.clear()
