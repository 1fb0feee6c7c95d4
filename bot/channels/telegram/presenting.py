"""Brings what Telegram shows of the bot in line with what it should show; see `profile`.

Telegram counts changes strictly, those of names most of all: after some it refuses more for hours. So it is asked first
what it shows, and only what differs is sent, one language after the other. Whoever stops half way, or is stopped by
Telegram, runs it again later; what was done is then not sent again.

There is no call that lists the languages that a bot has texts in. So only those of the profile are looked at.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from telegram import Bot, MenuButtonCommands
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.channel import shut_loggers
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.profile import DEFAULT, Difference, Profile, Texts, differences
from bot.channels.telegram.request import AiohttpRequest
from bot.channels.telegram.starting import UNKNOWN_TO_TELEGRAM, unreachable
from bot.channels.telegram.throttle import seconds_of
from bot.channels.turns import utc_now
from bot.errors import ChannelError, hidden

T = TypeVar("T")
Say = Callable[[str], None]
# Told of each language that is done, by its code, what was sent.
Told = Callable[[str, Sequence[Difference]], None]

LONGEST_WAIT: Final = 60.0  # seconds that whoever runs a command will sit and wait for


class _Refused(ChannelError):
    """Telegram does not take what it was sent, however often."""


async def compare(
    profile: Profile, *, token: str, base_url: str, say: Say, pace: Pace | None = None
) -> list[Difference]:
    """What Telegram shows otherwise. Changes nothing. Raises ChannelError; `say` tells the operator of waits."""
    async with _telegram(token, base_url, say, pace) as telegram:
        found: list[Difference] = []
        default = Texts()
        for code, wanted in profile.texts.items():
            shown = await telegram.read(code)
            default = shown if code == DEFAULT else default
            found += differences(code, wanted, shown, default)
    return found


async def push(profile: Profile, *, token: str, base_url: str, say: Say, told: Told, pace: Pace | None = None) -> None:
    """Sends what differs. May be cancelled at any time, and done again.

    Raises ChannelError if the token is wrong, Telegram cannot be reached, wants a longer pause, or refused a text; the
    error says what is done. A refused text does not keep the others from being sent.
    """
    async with _telegram(token, base_url, say, pace) as telegram:
        default = Texts()
        for done, (code, wanted) in enumerate(profile.texts.items()):
            telegram.so_far = f" {done} of {len(profile.texts)} languages are done; what was sent is not sent again."
            shown = await telegram.read(code)
            sent = [one for one in differences(code, wanted, shown, default) if await telegram.takes(one)]
            if code == DEFAULT:  # it comes first, because what the others fall back on is known only then
                default = await telegram.read(code) if sent else shown
            told(code, sent)
        if telegram.refused:
            raise ChannelError(
                f"Texts that Telegram refused: {telegram.refused}. Change them, and run this command again; "
                "all others are done."
            )


@dataclass(slots=True, repr=False)
class _Telegram:
    """Calls that wait if they must. `so_far` is added to an error; `refused` counts texts."""

    bot: Bot
    say: Say
    pace: Pace
    so_far: str = ""
    refused: int = 0

    async def read(self, code: str) -> Texts:
        """What Telegram shows in a language: its own texts or the default's, but only its own commands."""
        bot = self.bot
        name = await self._call(partial(bot.get_my_name, code))
        short = await self._call(partial(bot.get_my_short_description, code))
        long = await self._call(partial(bot.get_my_description, code))
        commands = await self._call(partial(bot.get_my_commands, language_code=code))
        return Texts(
            name=name.name,
            short_description=short.short_description,
            description=long.description,
            commands=tuple((command.command, command.description) for command in commands),
            menu_button="" if code else (await self._call(bot.get_chat_menu_button)).type,
        )

    async def takes(self, difference: Difference) -> bool:
        """Sends what is wanted; whether Telegram takes it. Sending the same twice does no harm."""
        try:
            await self._send(difference)
        except _Refused as refused:
            self.refused += 1
            self.say(f"{difference.code or 'default'}: {difference.what.replace('_', ' ')}: {refused}")
            return False
        return True

    async def _send(self, difference: Difference) -> None:
        bot, code = self.bot, difference.code
        call: Callable[[], Awaitable[bool]]
        match difference:
            case Difference(what="name", wanted=str(text)):
                call = partial(bot.set_my_name, text, code)
            case Difference(what="short_description", wanted=str(text)):
                call = partial(bot.set_my_short_description, text, code)
            case Difference(what="description", wanted=str(text)):
                call = partial(bot.set_my_description, text, code)
            case Difference(what="commands", wanted=tuple(commands)) if commands:
                call = partial(bot.set_my_commands, commands, language_code=code)
            case Difference(what="commands"):
                call = partial(bot.delete_my_commands, language_code=code)
            case _:
                call = partial(bot.set_chat_menu_button, menu_button=MenuButtonCommands())
        await self._call(call)

    async def _call(self, call: Callable[[], Awaitable[T]]) -> T:
        pauses, tried = self.pace.pauses(), 0
        while True:
            try:
                return await call()
            except InvalidToken:
                raise ChannelError(UNKNOWN_TO_TELEGRAM) from None
            except BadRequest as refused:
                raise _Refused(f"Telegram does not take it ({hidden(refused.message)}).") from None
            except RetryAfter as refused:
                pause = seconds_of(refused)
                if pause > LONGEST_WAIT:
                    raise ChannelError(_later(pause) + self.so_far) from None
                self.say(f"Telegram asks to wait for {pause:.0f} seconds.")
            except TelegramError as error:
                tried, pause = tried + 1, next(pauses)
                if tried >= self.pace.start_tries:
                    raise ChannelError(unreachable(error) + self.so_far) from None
            await asyncio.sleep(pause)


@asynccontextmanager
async def _telegram(token: str, base_url: str, say: Say, pace: Pace | None) -> AsyncIterator[_Telegram]:
    shut_loggers()
    async with AiohttpRequest() as request:
        # Not `async with bot`: its own start puts the token into the error about a wrong token.
        yield _Telegram(
            Bot(token, base_url=base_url, request=request, get_updates_request=request), say, pace or Pace()
        )


def _later(pause: float) -> str:
    again = utc_now() + dt.timedelta(seconds=pause, minutes=1)  # in a minute that has not begun before then
    return f"Telegram wants a pause: run this command again after {again:%H:%M} UTC on {again.day} {again:%B}."
