"""Rows and chats to remember, how to draw any of them, and the files they are kept in."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from bot.channels.turns import again_if_stale
from bot.engine.model import Frame, Mark, Place, Session, Shown
from bot.errors import StaleSession
from bot.sessions.protocol import ChatKey, Message, Remembered, SessionStore
from bot.sessions.secret import ServerSecret
from bot.sessions.sqlite import SqliteSessions

NOW = dt.datetime(2026, 5, 4, 10, 30, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)

CHAT = ChatKey("telegram", 7_412_369_085)
OTHER = ChatKey("telegram", 7_412_369_086)

SECRET = ServerSecret((b"a secret of the tests, long enough",))
NEWER = ServerSecret((b"another secret, that was put on top", *SECRET.values))
OTHER_SECRET = ServerSecret((b"a secret that opens nothing of ours",))

PLACE = Place("found", ("E14001352",), "live")
FRAMES = (Frame("ask_mp", "mp_no_record", ("look_up",)), Frame("find_help", "ask_topic"))
SHOWN = (Shown("ask_mp", "mp_no_record", ("look_up",)), Shown("find_help", "ask_topic", again=True))
MARK = Mark(FRAMES, SHOWN, {"place": PLACE, "topic": "asylum"})
SESSION = Session("ar", FRAMES, {"place": PLACE, "topic": "asylum", "page": 2}, SHOWN, (MARK,) * 3, 7, 1, 1, MARK)


def row(session: Session | None = SESSION, *, sent: dt.datetime = NOW, version: int = 0) -> Remembered:
    """A row as it is in the middle of a conversation, its two messages sent at `sent`."""
    return Remembered(
        session=session,
        messages=(Message(1001, sent), Message(1002, sent, card=True)),
        update_ids=(880_001, 880_002),
        pending=True,
        version=version,
    )


async def outcome(store: SessionStore, what: str, chat: ChatKey, now: dt.datetime, new: Remembered) -> object:
    """What comes of one thing that is done with a store. A "turn" saves `new`, again if it came too late, as every
    channel does, and then its replies are shown: at once, "later", or not at all in a "turn that dies"."""
    match what:
        case "load":
            return await store.load(chat, now)
        case "forget":
            await store.forget(chat)
            return None
        case "sweep":
            return await store.sweep(now)
        case "save" | "stale":
            version = (await store.load(chat, now)).version + (what == "stale")
            try:
                return await store.save(chat, replace(new, version=version), now)
            except StaleSession:
                return StaleSession

    async def saved() -> Remembered:
        return await store.save(chat, replace(new, version=(await store.load(chat, now)).version), now)

    row = await again_if_stale(saved)
    if what != "turn that dies":
        await store.settle(chat, row, now + MINUTE * what.endswith("later"))
    return row


@asynccontextmanager
async def opened(path: Path, secret: ServerSecret = SECRET) -> AsyncIterator[SqliteSessions]:
    """The store in the file, closed afterwards."""
    store = await SqliteSessions.open(path, secret)
    try:
        yield store
    finally:
        await store.close()


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """The file as any other program sees it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


_names = st.text(max_size=12)
_numbers = st.integers(min_value=-(2**63), max_value=2**63)
_places = st.builds(
    Place,
    kind=_names,
    codes=st.lists(_names, max_size=3).map(tuple),
    status=st.sampled_from([None, "live", "terminated", "newer_than_index"]),
    reason=st.sampled_from([None, "jersey", "guernsey", "isle_of_man", "british_forces"]),
)
_acted = st.lists(_names, max_size=2).map(tuple)
_frames = st.lists(st.builds(Frame, flow=_names, step=_names, acted=_acted), max_size=3).map(tuple)
_shown = st.lists(st.builds(Shown, flow=_names, step=_names, acted=_acted, again=st.booleans()), max_size=3).map(tuple)
_slots = st.dictionaries(_names, st.one_of(_places, _names, _numbers), max_size=3)
_marks = st.builds(Mark, frames=_frames, shown=_shown, slots=_slots)

sessions = st.builds(
    Session,
    language=st.none() | _names,
    frames=_frames,
    slots=_slots,
    shown=_shown,
    history=st.lists(_marks, max_size=3).map(tuple),
    card=_numbers,
    page=_numbers,
    tries=_numbers,
    resume=st.none() | _marks,
)
messages = st.builds(Message, id=_numbers, sent=st.datetimes(timezones=st.just(dt.UTC)), card=st.booleans())
rows = st.builds(
    Remembered,
    session=st.none() | sessions,
    messages=st.lists(messages, max_size=5).map(tuple),
    update_ids=st.lists(_numbers, max_size=8).map(tuple),
    pending=st.booleans(),
    version=st.integers(min_value=0, max_value=2**62),
)
