"""Replies -> calls of the Bot API, in one private chat.

What should be left in a chat is one card, the newest, with the only live buttons; everything else is deleted as soon as
it has been read or replaced. A tap changes its card in place; a typed word is deleted, and the new card replaces the
old one. A card that can no longer be deleted (Telegram: after 48 hours) at least loses its buttons.

What is tried again, and what is not:

- 429 means that the call was not obeyed, so every call is made again after the wait that Telegram asks for, unless that
  is longer than a turn; see `throttle`, which also keeps the bot from being refused in the first place.
- Changing, deleting and answering a tap may be done twice, so after a lost answer or an error of Telegram's they are.
- sendMessage may not: perhaps the card did arrive. The turn fails instead; it is saved and its delivery is pending, so
  whoever called takes the update again after a pause and the card is sent anew. If the first one did arrive after all,
  it would stand there for good, unknown and beyond "Leave now". But message ids of private chats are numbered
  across the whole bot, so a lost card has an id between the last one known before and that of the new card, and
  deleteMessages acts on the one chat it is given and passes over ids that it does not find there (Bot API,
  deleteMessages; so does TDLib, `MessagesManager::delete_messages`): the whole gap is deleted. The same is done after a
  process died between sending a card and remembering it; when a tap is then answered in place, the card that nobody
  knows of may stand below, so it is looked for there, too.
- Deleting and answering are beside the point of a turn: if they fail, the message stays remembered for the next turn
  or "Leave now". Only where deleting is the point, in "Leave now" itself, the turn fails and is taken again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from html import escape
from typing import Any, Final, TypeVar

from telegram.constants import BulkRequestLimit, CallbackQueryLimit
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.channels.counting import NO_COUNTS, Counts
from bot.channels.telegram.api import Along, BotApi
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.reading import Tap
from bot.channels.telegram.reports import Reports
from bot.channels.telegram.showing import Part, parts_of
from bot.channels.telegram.throttle import Throttle
from bot.channels.turns import Delivery
from bot.engine.model import Card, Edit, Remove, Reply, Report, Send, Toast
from bot.sessions.protocol import MESSAGES_KEPT, ChatKey, Message

T = TypeVar("T")
Standing = dict[int, Message]

# A card that is changed in place keeps its age. One that is older than this is sent anew, so that "Leave now" can
# still delete whatever a person sees for at least another day.
CHANGED_WITHIN: Final = dt.timedelta(hours=24)
TRIES: Final = 3
_AT_ONCE: Final = int(BulkRequestLimit.MAX_LIMIT)
_GAP: Final = 300  # ids; ten seconds of a bot that sends all that it may, which is longer than a start takes
_TOAST: Final = int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)


class ChatGone(Exception):
    """The person has blocked the bot, or the chat does not exist any more."""


@dataclass(frozen=True, slots=True)
class Connection:
    """What every chat is answered through. name: the bot's user name. reports: takes reports, if any may be made.
    counts: where work is counted."""

    api: BotApi
    name: str
    pace: Pace
    throttle: Throttle
    reports: Reports | None = None
    counts: Counts = NO_COUNTS


@dataclass(slots=True, repr=False, eq=False)
class PrivateChat:
    """One chat while one update of it is answered, however often that takes.

    now: the time of the event. tap: the button that was pressed. incoming: the message that the person sent.
    along: takes the answer to the tap, where it can go with the answer to a push.
    """

    to: Connection
    key: ChatKey
    now: dt.datetime
    tap: Tap | None = None
    incoming: Message | None = None
    along: Along | None = None
    _answered: bool = False
    _sent_before: set[int] = field(default_factory=set)  # by a delivery after which the turn failed all the same
    _unsure: bool = False  # whether a card may have arrived without our knowing
    _known: int = 0  # the highest message id that is known

    @property
    def id(self) -> int:
        """The chat's id."""
        return self.key.chat

    async def deliver(self, delivery: Delivery) -> tuple[Message, ...]:
        """Shows the replies and returns the messages that now stand in the chat; see `turns.Deliver`.

        Raises ChatGone, and TelegramError if the card could not be shown.
        """
        standing = {message.id: message for message in delivery.messages}
        if self.tap is not None:
            # A button that was pressed stands on a card, also where that was forgotten.
            standing[self.tap.on.id] = replace(standing.get(self.tap.on.id, self.tap.on), card=True)
        own = {self.incoming.id} if self.incoming else set()
        if delivery.unsure:
            # What was sent and not remembered is younger than all that is; it may be just what was tapped or answered.
            self._unsure = True
            self._known = max({message.id for message in delivery.messages} - own, default=0)
        else:
            self._known = max([self._known, *standing, *own])
        toast = next((reply.text for reply in delivery.replies if isinstance(reply, Toast)), "")
        beside = [] if self._goes_along(toast) else [self._answer(toast)]
        if self.incoming is not None and Remove("incoming") in delivery.replies:
            beside.append(self._remove_incoming(self.incoming.id, standing))
        await _together(self._show(delivery.replies, standing), *beside)
        return tuple(standing.values())

    def _goes_along(self, toast: str) -> bool:
        """Whether the tap's answer goes to Telegram without a call of its own; then it has been taken care of."""
        if self.along is None or self.tap is None:
            return False
        if not self._answered:
            self.along.answer_callback_query(self.tap.query, toast[:_TOAST])
            self._answered = True
        return True

    async def notice(self, words: str) -> Message:
        """Sends a few words without buttons. Raises ChatGone and TelegramError."""
        return await self._sent(Part(escape(words, quote=False)))

    async def release(self) -> None:
        """Ends the waiting mark on a pressed button where no delivery did."""
        if not self._goes_along(""):
            with suppress(ChatGone):
                await self._answer("")

    async def takes_long(self) -> None:
        """Shows that an answer is on its way, and lets the answer to the tap wait for it no longer. Never raises; it is
        beside the point."""
        along, self.along = self.along, None
        words = along.take_back() if along is not None else None
        with suppress(TelegramError, ChatGone):
            if words is not None:
                self._answered = False
                await self._answer(words)
            await self._call(partial(self.to.api.send_typing, self.id), tries=1)

    async def _show(self, replies: Sequence[Reply], standing: Standing) -> None:
        for reply in replies:
            match reply:
                case Remove("everything"):
                    await self._remove_everything(standing)
                case Send(card):
                    await self._send(parts_of(card, self.to.name), standing)
                case Edit(card):
                    await self._edit(card, standing)
                case Report() if self.to.reports is not None:
                    self.to.reports.take(self.key, reply, self.now)

    async def _edit(self, card: Card, standing: Standing) -> None:
        parts = parts_of(card, self.to.name)
        too_old = self.tap is not None and self.now - standing[self.tap.on.id].sent > CHANGED_WITHIN
        if self.tap is None or len(parts) > 1 or too_old:
            await self._send(parts, standing)
        elif await self._changed(self.tap.on.id, parts[0]):
            # What was tapped may stand above a card that nobody knows of.
            old = _cards(standing) | self._lost(self.tap.on.id + _GAP)
            await self._withdraw(old - {self.tap.on.id}, standing)
        else:
            await self._send(parts, standing)

    async def _changed(self, message: int, part: Part) -> bool:
        """Changes a message; False if Telegram would not."""
        change = partial(self.to.api.edit_message_text, self.id, message, part.html, part.keyboard)
        try:
            await self._call(change, TRIES, says=True)
        except BadRequest as refused:
            # It says just that already: a change whose answer was lost, or a button that leads where one is.
            return "message is not modified" in refused.message.lower()
        return True

    async def _send(self, parts: Sequence[Part], standing: Standing) -> None:
        old, sent = {*_cards(standing), *self._sent_before}, []
        for part in parts:
            sent.append(await self._sent(part))
            self._sent_before.add(sent[-1].id)
        old |= self._lost(sent[0].id)
        self._unsure = False
        standing.update((message.id, message) for message in sent)
        await self._withdraw(old, standing)

    def _lost(self, end: int) -> set[int]:
        """The ids below this one that a card may have of which nobody knows."""
        if not self._unsure:
            return set()
        own = {self.incoming.id} if self.incoming else set()
        return set(range(max(self._known + 1, end - _GAP), end)) - own

    async def _sent(self, part: Part) -> Message:
        send = partial(self.to.api.send_message, self.id, part.html, part.keyboard)
        try:
            return await self._call(send, tries=1, says=True)
        except NetworkError as error:
            self._unsure = self._unsure or not isinstance(error, BadRequest)
            raise

    async def _withdraw(self, old: Set[int], standing: Standing) -> None:
        """Takes replaced cards out of the chat. What could not be reached stays remembered for the next turn."""
        with suppress(NetworkError, RetryAfter):
            await self._delete(old)
            for message in old:
                standing.pop(message, None)

    async def _remove_incoming(self, message: int, standing: Standing) -> None:
        with suppress(NetworkError, RetryAfter):
            with suppress(BadRequest):  # the person was faster, or it is too old
                await self._call(partial(self.to.api.delete_message, self.id, message), TRIES)
            standing.pop(message, None)

    async def _remove_everything(self, standing: Standing) -> None:
        """Raises TelegramError if Telegram could not be reached: then nothing may be forgotten yet."""
        young = {message.id for message in standing.values() if self.now - message.sent < MESSAGES_KEPT}
        await self._delete(young | self._sent_before)
        for message in standing.keys() - young:
            await self._delete_one(message)
        standing.clear()

    async def _delete(self, messages: Iterable[int]) -> None:
        """Deletes messages of both sides, a hundred at a time; ids that are not of this chat are passed over."""
        ids = sorted(messages)
        await _together(*(self._delete_batch(ids[first : first + _AT_ONCE]) for first in range(0, len(ids), _AT_ONCE)))

    async def _delete_batch(self, batch: Sequence[int]) -> None:
        try:
            await self._call(partial(self.to.api.delete_messages, self.id, batch), TRIES)
        except BadRequest:  # one that may not be deleted keeps the others from it
            for message in batch:
                await self._delete_one(message)

    async def _delete_one(self, message: int) -> None:
        """Deletes a message; if it may not be deleted, takes its buttons off."""
        try:
            await self._call(partial(self.to.api.delete_message, self.id, message), TRIES)
        except BadRequest:
            with suppress(BadRequest):  # it has none, is gone, or is the person's own
                await self._call(partial(self.to.api.remove_keyboard, self.id, message), TRIES)

    async def _answer(self, toast: str) -> None:
        """Answers the tap, once: the button shows a waiting mark until then."""
        if self.tap is None or self._answered:
            return
        answer = partial(self.to.api.answer_callback_query, self.tap.query, toast[:_TOAST])
        with suppress(NetworkError, RetryAfter):
            with suppress(BadRequest):  # too old, or answered by a call whose answer was lost
                await self._call(answer, TRIES)
            self._answered = True

    async def _call(self, call: Callable[[], Awaitable[T]], tries: int, *, says: bool = False) -> T:
        """Makes the call, obeying 429 always and trying `tries` times to get an answer at all.

        says: whether it puts something before the person, which Telegram counts.
        """
        tried = 0
        while True:
            try:
                return await self.to.throttle.call(self.id, call, says=says)
            except Forbidden:
                raise ChatGone from None
            except BadRequest as refused:
                if "chat not found" in refused.message.lower():
                    raise ChatGone from None
                raise
            except NetworkError:
                tried += 1
                if tried >= tries:
                    raise
            await asyncio.sleep(self.to.pace.call_again * tried)


async def decline(api: BotApi, chat: int, words: str) -> None:
    """Says the words in a group or channel, if that is allowed, and leaves it."""
    for call in (partial(api.send_message, chat, escape(words, quote=False)), partial(api.leave_chat, chat)):
        with suppress(Forbidden, BadRequest):
            await call()


async def _together(*calls: Coroutine[Any, Any, None]) -> None:
    """Makes the calls at the same time, waits for all of them, and raises what the first of them raised."""
    if len(calls) == 1:  # spares a task
        await calls[0]
        return
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    failure = next((outcome for outcome in outcomes if isinstance(outcome, BaseException)), None)
    if failure is not None:
        try:
            raise failure
        finally:
            del failure, outcomes  # they would hold this frame, and the frame them


def _cards(standing: Standing) -> set[int]:
    return {message.id for message in standing.values() if message.card}
