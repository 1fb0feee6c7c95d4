"""Sessions in this process's memory alone: for the terminal and for tests. They end with the process."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from bot.errors import StaleSession
from bot.sessions.expiry import still_kept
from bot.sessions.protocol import ChatKey, Remembered


@dataclass(frozen=True, slots=True)
class _Kept:
    row: Remembered
    saved: dt.datetime


class MemorySessions:
    """A `SessionStore` that writes nothing anywhere. It keeps time exactly as the one on disk does."""

    def __init__(self) -> None:
        self._rows: dict[ChatKey, _Kept] = {}

    async def load(self, key: ChatKey, now: dt.datetime) -> Remembered:
        """See `SessionStore`."""
        kept = self._rows.get(key)
        return Remembered() if kept is None else still_kept(kept.row, kept.saved, now)

    async def save(self, key: ChatKey, row: Remembered, now: dt.datetime) -> Remembered:
        """See `SessionStore`."""
        if (await self.load(key, now)).version != row.version:
            raise StaleSession("Another turn saved this chat in the meantime: load it and take the turn again")
        saved = still_kept(replace(row, version=row.version + 1), now, now)
        self._rows[key] = _Kept(saved, now)
        return saved

    async def settle(self, key: ChatKey, row: Remembered, now: dt.datetime) -> None:
        """See `SessionStore`."""
        await self.save(key, replace(row, pending=False), now)

    async def forget(self, key: ChatKey) -> None:
        """See `SessionStore`."""
        self._rows.pop(key, None)

    async def sweep(self, now: dt.datetime) -> int:
        """See `SessionStore`."""
        touched = 0
        for key, kept in list(self._rows.items()):
            left = still_kept(kept.row, kept.saved, now)
            touched += left.version == 0 or left.session is not kept.row.session
            if left.version == 0:
                del self._rows[key]
            else:
                self._rows[key] = replace(kept, row=left)
        return touched

    async def close(self) -> None:
        """See `SessionStore`."""
        self._rows.clear()
