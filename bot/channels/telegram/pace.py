"""How long the Telegram channel waits, and for what. All times are in seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """The defaults are those of service; tests are in a greater hurry.

    poll: how long Telegram may hold a getUpdates call open; 50 is the most it allows.
    look_again: while updates are in hand Telegram answers getUpdates at once, with those same updates; so it is asked
        for newer ones when a quarter of them are finished, and else no more often than this.
    turn: how long one turn may take.
    slow: after how long a person is shown that the answer is on its way.
    retake: for how long a turn that failed on the way to Telegram is taken again. A tap cannot be answered for much
        longer than two minutes, and a person who has had no answer for two minutes does something else.
    call_again: before a call that may be made twice is made again.
    first_pause, longest_pause: between other tries; each pause is twice the one before.
    start_tries: how often Telegram is tried at the start before the program gives up.
    sweep: how often expired sessions are deleted.
    chats_at_once: how many chats are answered side by side.
    waiting: how many updates of one chat may wait behind the one in hand. One chat must not fill the hundred places
        that getUpdates has for all of them.
    late: after how long an update may be passed that keeps others from being seen; see `polling.Unconfirmed`.
    gather: how long the updates that a chat sent beyond that are gathered before they are turned away together.
    messages_a_second, burst: how many messages may be sent in all. Telegram advises 30; what is sent evenly does not
        arrive quite so evenly, so a little less is taken.
    chat_messages_a_second, chat_burst: how many may be sent to one chat.
    webhook_check: how often Telegram is asked whether it can reach the webhook.
    """

    poll: int = 50
    look_again: float = 0.1
    turn: float = 20.0
    slow: float = 1.5
    retake: float = 120.0
    call_again: float = 0.5
    first_pause: float = 1.0
    longest_pause: float = 30.0
    start_tries: int = 5
    sweep: float = 60.0
    chats_at_once: int = 64
    waiting: int = 20
    late: float = 5.0
    gather: float = 0.5
    messages_a_second: float = 28.0
    burst: int = 25
    chat_messages_a_second: float = 0.95
    chat_burst: int = 3
    webhook_check: float = 300.0

    def pauses(self) -> Iterator[float]:
        """The pauses between tries, without end."""
        pause = self.first_pause
        while True:
            yield pause
            pause = min(pause * 2, self.longest_pause)


async def set_within(event: asyncio.Event, seconds: float) -> bool:
    """Waits for the event, but not longer than this; whether it is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
