"""The one path that every channel shares: dedupe, load, step, save, deliver.

A turn is saved before it is delivered. If the process dies in between, the same update comes again (Telegram repeats
what was not acknowledged): its id is in the row and the row says that delivery is pending, so the card is drawn once
more instead of the step being taken twice.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar

from bot.channels.counting import TurnOutcome
from bot.engine.machine import Turn, deletion, fail, redraw, step
from bot.engine.model import Event, Reply
from bot.engine.world import World
from bot.errors import StaleSession, kind_and_place
from bot.sessions.protocol import UPDATE_IDS_KEPT, ChatKey, Message, Remembered, SessionStore

log = logging.getLogger(__name__)

T = TypeVar("T")

TRIES: Final = 3  # how often a turn is taken when another update of the chat was saved first


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a channel has to show, and the messages of this chat it may edit or delete.

    unsure: whether a card may stand in the chat that is not among `messages`, because a process died, or a call was
        lost, after it was sent and before it was remembered.
    """

    replies: tuple[Reply, ...]
    messages: tuple[Message, ...]
    forgotten: bool
    unsure: bool = False


# Shows the replies and returns the messages that now stand in the chat.
Deliver = Callable[[Delivery], Awaitable[tuple[Message, ...]]]


async def take_turn(
    world: World,
    store: SessionStore,
    key: ChatKey,
    update_id: int,
    event: Event,
    deliver: Deliver,
    *,
    incoming: Message | None = None,
) -> TurnOutcome:
    """Takes one turn of one chat, and says how it went. `incoming` is the person's own message, if the event came with
    one.

    Raises StaleSession if other updates of the chat kept getting in between, SessionError if nothing can be saved,
    and whatever `deliver` raises; in each case the update may be given again.
    """
    decide = partial(_decide, world, store, key, update_id, event, incoming)
    row, turn, outcome, unsure = await again_if_stale(decide)
    if turn is None:
        # The card is there. A process that died may have left the rest: the message to delete, the tap to answer.
        messages = await deliver(Delivery(deletion(world, event), row.messages, forgotten=False))
        left = tuple(message for message in row.messages if message in messages)
        if left != row.messages:
            await store.save(key, replace(row, messages=left), event.at)
        return outcome
    forgotten = turn.session is None
    messages = await deliver(Delivery(turn.replies, row.messages, forgotten, unsure))
    if forgotten:
        await store.forget(key)
    elif messages == row.messages:  # an edited card, as nearly always
        await store.settle(key, row, event.at)
    else:
        await store.save(key, replace(row, messages=messages, pending=False), event.at)
    return outcome


async def again_if_stale(attempt: Callable[[], Awaitable[T]]) -> T:
    """Makes an attempt that loads a chat's row and saves it, and makes it anew when another save got in between. Raises
    StaleSession if that goes on, and whatever else the attempt raises."""
    for _ in range(TRIES - 1):
        with suppress(StaleSession):
            return await attempt()
    return await attempt()


async def _decide(
    world: World, store: SessionStore, key: ChatKey, update_id: int, event: Event, incoming: Message | None
) -> tuple[Remembered, Turn | None, TurnOutcome, bool]:
    """The saved row and the turn to deliver (no turn for an update that was already answered), and whether an earlier
    turn was saved and its delivery is not known to have ended."""
    row = await store.load(key, event.at)
    unsure = row.pending
    if update_id in row.update_ids:
        # What is pending is always the newest. Older ones come again, too, because Telegram repeats whatever stands
        # behind one that is not finished.
        if not row.pending or update_id != row.update_ids[-1]:
            return row, None, "repeated", unsure
        if row.session is not None:
            turn = redraw(world, row.session, event)
            if turn.session != row.session:  # its card could not be drawn any more
                row = await store.save(key, replace(row, session=turn.session), event.at)
            return row, turn, "repeated", unsure
    turn, outcome = _step(world, row, event)
    messages = row.messages if incoming is None else (*row.messages, incoming)
    others = tuple(one for one in row.update_ids if one != update_id)
    update_ids = (*others, update_id)[-UPDATE_IDS_KEPT:]
    changed = replace(row, session=turn.session, messages=messages, update_ids=update_ids, pending=True)
    # Whoever leaves and is not known has perhaps left before, and Telegram repeats it.
    unsure = unsure or (row.version == 0 and turn.session is None)
    return await store.save(key, changed, event.at), turn, outcome, unsure


def _step(world: World, row: Remembered, event: Event) -> tuple[Turn, TurnOutcome]:
    try:
        return step(world, row.session, event), "answered"
    except Exception as error:  # a fault in a flow or in the facts must not leave a person without an answer
        log.error("a turn failed: %s", kind_and_place(error))  # noqa: TRY400 - its text could hold what was typed
        return fail(world, row.session, event), "failed"


def utc_now() -> dt.datetime:
    """The clock of every channel."""
    return dt.datetime.now(dt.UTC)
