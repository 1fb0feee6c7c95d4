"""What has to be right before the bot can work: the token, and where Telegram sends the updates. Every trouble is one
sentence with the remedy."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from telegram import Bot
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.pace import Pace, set_within
from bot.channels.telegram.throttle import seconds_of
from bot.errors import ChannelError

T = TypeVar("T")

UNKNOWN_TO_TELEGRAM: Final = (
    "The token is wrong or no longer valid: copy it again from @BotFather into the environment variable "
    "TELEGRAM_BOT_TOKEN."
)
HAS_WEBHOOK: Final = (
    "A webhook is set for this bot, so Telegram pushes its updates there and gives none out here: stop the program "
    "that set it and start this one with --take-over, or run this one behind the webhook with --webhook."
)
OTHER_WEBHOOK: Final = (
    "Another webhook is set for this bot: stop the program that set it, then start this one with --take-over."
)


async def introduce(bot: Bot, url: str | None, stop: asyncio.Event, pace: Pace, *, take_over: bool) -> str | None:
    """The bot's user name, after making sure that updates can come here; None if it is time to stop.

    url: of the webhook, None for long polling. take_over: an end is made to a webhook that another program has set.
    Raises ChannelError.
    """
    me = await reach(bot.get_me, stop, pace)
    if me is None:
        return None
    webhook = await reach(bot.get_webhook_info, stop, pace)
    if webhook is None:
        return None
    if webhook.url and webhook.url != url:
        if not take_over:
            raise ChannelError(OTHER_WEBHOOK if url else HAS_WEBHOOK)
        # What waits at Telegram is kept: people have asked, and nobody has answered.
        if await reach(bot.delete_webhook, stop, pace) is None:
            return None
    return me.username or me.first_name


async def reach(
    call: Callable[[], Awaitable[T]], stop: asyncio.Event, pace: Pace, concerns: str = "telegram.base_url"
) -> T | None:
    """The answer to a call, which is tried a few times; None if it is time to stop. Raises ChannelError.

    concerns: the setting that may be wrong if Telegram refuses this.
    """
    pauses, tried = pace.pauses(), 0
    while True:
        try:
            return await call()
        except InvalidToken:
            raise ChannelError(UNKNOWN_TO_TELEGRAM) from None
        except RetryAfter as refused:
            pause = seconds_of(refused)
        except BadRequest as refused:
            raise ChannelError(
                f"Telegram does not take this ({refused.message}): correct `{concerns}` in the configuration."
            ) from None
        except TelegramError as error:
            tried, pause = tried + 1, next(pauses)
            if tried >= pace.start_tries:
                raise ChannelError(unreachable(error)) from None
        if await set_within(stop, pause):
            return None


def unreachable(error: TelegramError) -> str:
    """The sentence about a Telegram that does not answer."""
    return (
        f"Telegram cannot be reached ({type(error).__name__}): check this machine's internet connection, and "
        "`telegram.base_url` in the configuration."
    )
