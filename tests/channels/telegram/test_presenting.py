"""The profile goes to Telegram once, and only where it differs."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.presenting import compare, push
from bot.channels.telegram.profile import DEFAULT, Difference, Profile, Texts
from bot.channels.turns import utc_now
from bot.errors import ChannelError
from tests.channels.telegram.running import HURRY, until
from tests.telegram_peer import Call, TelegramPeer
from tests.telegram_peer.profile import Profile as TelegramsProfile

ENGLISH = Texts("The bot", "Short", "Long", (("mp", "Find my MP"), ("help", "Help")), "commands")
POLISH = Texts("Bot", "Krótko", "Długo", (("mp", "Znajdź posła"), ("help", "Pomoc")))
CHINESE = Texts(description="长")


def profile(**texts: Texts) -> Profile:
    """A profile in English and these languages."""
    return Profile({DEFAULT: ENGLISH, **texts}, {DEFAULT: "en", **{code: code for code in texts}}, {})


WHOLE = profile(pl=POLISH, zh=CHINESE)


@dataclass(slots=True)
class Operator:
    """Who runs the command: what they were told, and what was sent."""

    peer: TelegramPeer
    said: list[str] = field(default_factory=list)
    sent: list[tuple[str, list[str]]] = field(default_factory=list)

    async def pushes(self, wanted: Profile = WHOLE, token: str = "", base_url: str = "") -> None:
        def told(code: str, sent: Sequence[Difference]) -> None:
            self.sent.append((code, [one.what for one in sent]))

        await push(
            wanted,
            token=token or self.peer.token,
            base_url=base_url or self.peer.base_url,
            say=self.said.append,
            told=told,
            pace=HURRY,
        )

    async def differing(self, wanted: Profile = WHOLE) -> list[tuple[str, str]]:
        found = await compare(
            wanted, token=self.peer.token, base_url=self.peer.base_url, say=self.said.append, pace=HURRY
        )
        return [(one.code, one.what) for one in found]

    async def fails(self, wanted: Profile = WHOLE, token: str = "", base_url: str = "") -> str:
        """The one sentence or two that a push ends with."""
        with pytest.raises(ChannelError) as failed:
            await self.pushes(wanted, token, base_url)
        told = str(failed.value)
        assert len(told.splitlines()) == 1
        assert "TOKEN-OF" not in told
        assert "127.0.0.1" not in told
        return told

    def changes(self) -> list[Call]:
        """The calls that changed something, or tried to."""
        return [call for call in self.peer.calls if not call.method.startswith("get")]


@pytest.fixture
def operator(peer: TelegramPeer) -> Operator:
    return Operator(peer)


def kept(peer: TelegramPeer) -> TelegramsProfile:
    """What Telegram keeps, to be meddled with as another program would."""
    return peer._telegram.profile


async def test_everything_is_there_after_a_push(operator: Operator, peer: TelegramPeer) -> None:
    texts = ["name", "short_description", "description", "commands"]
    assert await operator.differing() == [
        *((DEFAULT, what) for what in [*texts, "menu_button"]),
        *(("pl", what) for what in texts),
        ("zh", "description"),
    ]
    await operator.pushes()
    assert operator.sent == [(DEFAULT, [*texts, "menu_button"]), ("pl", texts), ("zh", ["description"])]
    assert await operator.differing() == []
    assert kept(peer).text("description", "zh") == "长"
    assert kept(peer).text("name", "zh") == "The bot"
    assert kept(peer).get_commands({"type": "default"}, "pl") == [
        {"command": "mp", "description": "Znajdź posła"},
        {"command": "help", "description": "Pomoc"},
    ]
    assert kept(peer).get_commands({"type": "default"}, "zh") == []


async def test_a_comparison_changes_nothing(operator: Operator) -> None:
    await operator.differing()
    assert operator.changes() == []


async def test_a_second_push_sends_nothing(operator: Operator, peer: TelegramPeer) -> None:
    await operator.pushes()
    peer.calls.clear()
    await operator.pushes()
    assert operator.changes() == []
    assert operator.sent[3:] == [(DEFAULT, []), ("pl", []), ("zh", [])]


async def test_a_changed_text_is_one_call(operator: Operator, peer: TelegramPeer) -> None:
    await operator.pushes()
    peer.calls.clear()
    await operator.pushes(profile(pl=replace(POLISH, description="Dłużej"), zh=CHINESE))
    [call] = operator.changes()
    assert (call.method, call.parameters) == ("setMyDescription", {"description": "Dłużej", "language_code": "pl"})


async def test_what_somebody_set_elsewhere_is_overwritten(operator: Operator, peer: TelegramPeer) -> None:
    await operator.pushes()
    kept(peer).set_text("name", "Another", DEFAULT)
    kept(peer).set_menu_button({"type": "web_app", "text": "Open", "web_app": {"url": "https://example.org"}}, 0)
    kept(peer).set_commands([{"command": "mp", "description": "Znajdź posła"}], {"type": "default"}, "pl")
    assert await operator.differing() == [(DEFAULT, "name"), (DEFAULT, "menu_button"), ("pl", "commands")]
    await operator.pushes()
    assert await operator.differing() == []


async def test_what_is_no_longer_translated_is_taken_away(operator: Operator, peer: TelegramPeer) -> None:
    await operator.pushes()
    less = profile(pl=Texts(), zh=CHINESE)
    await operator.pushes(less)
    assert operator.sent[4] == ("pl", ["name", "short_description", "description", "commands"])
    assert kept(peer).text("description", "pl") == "Long"
    assert not any(code == "pl" for _, code in [*kept(peer).texts, *kept(peer).commands])
    assert await operator.differing(less) == []


async def test_a_language_that_the_profile_does_not_know_is_not_touched(operator: Operator, peer: TelegramPeer) -> None:
    """There is no call that tells of it."""
    kept(peer).set_text("description", "Vielleicht", "de")
    await operator.pushes()
    assert kept(peer).text("description", "de") == "Vielleicht"


async def test_old_words_that_were_hidden_behind_the_same_default_are_found(
    operator: Operator, peer: TelegramPeer
) -> None:
    """They show only when the default changes: Telegram tells what people see, and not whose words these are."""
    for code in (DEFAULT, "zh"):
        kept(peer).set_text("name", "The old bot", code)
    await operator.pushes()
    assert kept(peer).text("name", "zh") == "The bot"
    assert await operator.differing() == []


async def test_marks_that_telegram_drops_are_not_sent_again_and_again(operator: Operator, peer: TelegramPeer) -> None:
    arabic = profile(ar=Texts(description="\u200fأرسل \u2066M1 1AE\u2069."))
    await operator.pushes(arabic)
    kept(peer).set_text("description", "أرسل M1 1AE.", "ar")
    assert await operator.differing(arabic) == []


WORDS = st.sampled_from(["", "a", "b"])
LISTS = st.sampled_from([(), (("mp", "a"),), (("mp", "b"), ("help", "a"))])
ANY = st.builds(Texts, WORDS, WORDS, WORDS, LISTS)


@settings(max_examples=25, deadline=None)
@given(ANY, ANY, ANY, ANY)
def test_whatever_telegram_had_a_push_ends_every_difference(old: Texts, older: Texts, ar: Texts, zh: Texts) -> None:
    async def example() -> None:
        async with TelegramPeer(token="123456:TOKEN-OF-THE-BOT") as peer:
            for code, texts in ((DEFAULT, old), ("ar", older), ("zh", old)):
                kept(peer).set_text("name", texts.name, code)
                kept(peer).set_text("short_description", texts.short_description, code)
                kept(peer).set_text("description", texts.description, code)
                commands = [{"command": command, "description": words} for command, words in texts.commands]
                kept(peer).set_commands(commands, {"type": "default"}, code)
            default = Texts("a", "b", "a", (("mp", "a"),), "commands")
            wanted = Profile({DEFAULT: default, "ar": ar, "zh": zh}, {}, {})
            operator = Operator(peer)
            await operator.pushes(wanted)
            assert await operator.differing(wanted) == []
            for code, texts in (("ar", ar), ("zh", zh)):
                assert kept(peer).text("description", code) == (texts.description or default.description)

    asyncio.run(example())


# --- trouble


async def test_a_short_pause_is_waited_for(operator: Operator, peer: TelegramPeer) -> None:
    peer.fail_next("setMyName", 429, retry_after=1)
    await operator.pushes()
    assert operator.said == ["Telegram asks to wait for 1 seconds."]
    assert await operator.differing() == []


async def test_a_long_pause_ends_the_push_and_the_next_one_goes_on(operator: Operator, peer: TelegramPeer) -> None:
    await operator.pushes(profile(pl=Texts()))
    peer.calls.clear()
    peer.fail_next("setMyDescription", 429, retry_after=2 * 60 * 60)
    told = await operator.fails()
    assert told.endswith(" 1 of 3 languages are done; what was sent is not sent again.")
    again = re.search(r"run this command again after (\d\d:\d\d) UTC on (\d+ \w+)\.", told)
    assert again is not None
    expected = utc_now() + dt.timedelta(hours=2)
    assert again[1] in {f"{expected + dt.timedelta(minutes=more):%H:%M}" for more in (0, 1)}
    await operator.pushes()
    done = [(call.method, call.parameters.get("language_code")) for call in operator.changes() if call.status == 200]
    assert done == [
        ("setMyName", "pl"),
        ("setMyShortDescription", "pl"),
        ("setMyDescription", "pl"),
        ("setMyCommands", "pl"),
        ("setMyDescription", "zh"),
    ]


async def test_a_push_that_is_broken_off_goes_on_where_it_was(operator: Operator, peer: TelegramPeer) -> None:
    peer.delay("setMyDescription", 30)
    broken = asyncio.create_task(operator.pushes())
    await until(lambda: peer.calls_of("setMyShortDescription"))
    await asyncio.sleep(0.05)
    broken.cancel()
    await asyncio.gather(broken, return_exceptions=True)
    assert operator.sent == []
    await operator.pushes()
    assert operator.sent[0] == (DEFAULT, ["description", "commands", "menu_button"])
    assert await operator.differing() == []


async def test_a_text_that_telegram_refuses_does_not_keep_back_the_others(
    operator: Operator, peer: TelegramPeer
) -> None:
    peer.fail_next("setMyShortDescription", 400, description="Bad Request: BOT_ABOUT_INVALID")
    assert "Texts that Telegram refused: 1." in await operator.fails()
    assert operator.said == ["default: short description: Telegram does not take it (Bot_about_invalid)."]
    assert await operator.differing() == [(DEFAULT, "short_description")]


async def test_a_wrong_token(operator: Operator, peer: TelegramPeer) -> None:
    told = await operator.fails(token="123456:SOMETHING-ELSE")
    assert "The token is wrong" in told
    assert "SOMETHING-ELSE" not in told


async def test_nothing_there(operator: Operator) -> None:
    told = await operator.fails(base_url="http://127.0.0.1:9/bot")
    assert "Telegram cannot be reached (NetworkError)" in told
    assert told.endswith("0 of 3 languages are done; what was sent is not sent again.")


@pytest.mark.parametrize("method", ["getMyName", "setMyName", "setMyCommands", "setChatMenuButton"])
@pytest.mark.parametrize(
    "trouble", [TelegramPeer.drop_connection, TelegramPeer.lose_answer, TelegramPeer.html_instead_of_json]
)
async def test_a_lost_call_or_answer_is_made_good(
    operator: Operator, peer: TelegramPeer, method: str, trouble: Callable[[TelegramPeer, str], None]
) -> None:
    trouble(peer, method)
    await operator.pushes()
    assert len(peer.calls_of(method)) > 1
    assert await operator.differing() == []


async def test_telegram_in_trouble_is_told_as_such(operator: Operator, peer: TelegramPeer) -> None:
    await operator.pushes()
    peer.fail_next("getMyDescription", 502, times=HURRY.start_tries)
    assert "0 of 3 languages are done" in await operator.fails()
    peer.fail_next("getMyDescription", 400)
    assert "Telegram does not take it" in await operator.fails()


async def test_neither_texts_nor_token_reach_a_log(operator: Operator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await operator.pushes()
    assert "TOKEN-OF" not in caplog.text
    assert "Krótko" not in caplog.text
