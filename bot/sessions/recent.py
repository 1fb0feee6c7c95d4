"""What was saved a moment ago, kept in memory in front of a store that nobody else writes to.

Somebody who talks to the bot taps again within seconds. The row that their last turn saved is then still at hand, and
need not be fetched and decrypted. And that a turn's replies were shown, which changes nothing but `pending`, is written
by the next turn's save, or else by the next sweep. Together that is two of the three ways to the store that a tap took
(docs/decisions/0011-speed-on-telegram.md).

After a crash, or after a save that came too late, some rows may therefore say that their replies are pending although
they were shown. Without this module that happens too, when the process dies between the two; the channel is made for
it.

Only what a save returned is kept, never what was loaded: a save that was broken off may have been carried out all the
same, and then the row that an earlier load found is not the row any more.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from bot.errors import StaleSession
from bot.sessions.expiry import still_kept
from bot.sessions.protocol import ChatKey, Remembered, SessionStore

RECENT: Final = dt.timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class _Kept:
    """owed: whether the store still has this row as pending, which it is not."""

    row: Remembered
    saved: dt.datetime
    owed: bool = False


class RecentSessions:
    """A `SessionStore` in front of another one, which must have no other writer."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self._kept: dict[ChatKey, _Kept] = {}

    async def load(self, key: ChatKey, now: dt.datetime) -> Remembered:
        """See `SessionStore`."""
        kept = self._kept.get(key)
        if kept is None:
            return await self._store.load(key, now)
        return still_kept(kept.row, kept.saved, now)

    async def save(self, key: ChatKey, row: Remembered, now: dt.datetime) -> Remembered:
        """See `SessionStore`."""
        self._kept.pop(key, None)  # until it is known what the store has
        saved = await self._store.save(key, row, now)
        self._kept[key] = _Kept(saved, now)
        return saved

    async def settle(self, key: ChatKey, row: Remembered, now: dt.datetime) -> None:
        """See `SessionStore`."""
        kept = self._kept.get(key)
        if kept is None or kept.row.version != row.version:
            await self._store.settle(key, row, now)
        else:
            settled = still_kept(replace(kept.row, pending=False), kept.saved, now)
            self._kept[key] = _Kept(settled, max(kept.saved, now), owed=True)

    async def forget(self, key: ChatKey) -> None:
        """See `SessionStore`."""
        try:
            await self._store.forget(key)
        finally:
            self._kept.pop(key, None)  # last, as a save of the same chat may have ended meanwhile

    async def sweep(self, now: dt.datetime) -> int:
        """See `SessionStore`."""
        paid = False
        try:
            await self._pay()
            paid = True
        finally:
            # What has come to be owed meanwhile is written the next time; what cannot be written is not kept for that.
            self._kept = {
                key: kept for key, kept in self._kept.items() if now - kept.saved < RECENT or (paid and kept.owed)
            }
            swept = await self._store.sweep(now)
        return swept

    async def close(self) -> None:
        """See `SessionStore`."""
        try:
            await self._pay()
        finally:
            self._kept.clear()
            await self._store.close()

    async def _pay(self) -> None:
        """Writes what is owed, with the time of its turn, so that nothing is kept longer."""
        for key, kept in list(self._kept.items()):
            if kept.owed and self._kept.get(key) is kept:
                with suppress(StaleSession):  # another turn has been saved, and its row counts
                    await self.save(key, kept.row, kept.saved)
