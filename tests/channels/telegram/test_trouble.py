"""What goes wrong between the bot and Telegram, and what the person sees of it."""

import asyncio
import datetime as dt
import logging
from dataclasses import replace

import pytest

from bot.engine.model import Session
from bot.errors import SessionError
from bot.sessions.memory import MemorySessions
from bot.sessions.protocol import ChatKey, Remembered
from tests.channels.telegram.running import HURRY, begins, card, running, until
from tests.fake_facts import NO_RECORD
from tests.telegram_peer import Person, TelegramPeer


def session_of(row: Remembered) -> Session:
    assert row.session is not None
    return row.session


async def test_too_many_requests_are_waited_out_and_the_card_comes_once(peer: TelegramPeer, person: Person) -> None:
    peer.fail_next("sendMessage", 429, retry_after=1)
    begun = asyncio.get_running_loop().time()
    async with running(peer) as bot:
        await person.says("/start")
        await person.sees(lambda messages: messages[-1].from_bot)
        await until(lambda: peer.pending_updates == 0)
        assert asyncio.get_running_loop().time() - begun >= 1
        assert session_of(await bot.row(person)).frames[-1].step == "choose"
    assert [call.status for call in peer.calls_of("sendMessage")] == [429, 200]


async def test_a_person_in_a_hurry_is_answered_as_fast_as_telegram_allows(peer: TelegramPeer, person: Person) -> None:
    peer.enforce_limits = True
    async with running(peer):
        await begins(person)
        await person.taps("Find help near me")
        await person.sees(lambda messages: "What do you need help with" in messages[-1].text)
        await person.taps("← Back")
        await person.sees(lambda messages: "This is Ask First" in messages[-1].text)
    assert 429 in [call.status for call in peer.calls_of("editMessageText")]


async def test_a_wait_that_is_longer_than_a_turn_is_not_waited(
    peer: TelegramPeer, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    peer.fail_next("sendMessage", 429, retry_after=600)
    async with running(peer) as bot:
        await person.says("/start")
        await until(lambda: peer.calls and peer.pending_updates == 0)
        assert (await bot.row(person)).pending
        await person.says("/start")
        await until(lambda: peer.pending_updates == 0)
        somebody = peer.person()
        await somebody.says("/start")
        await somebody.sees(lambda messages: messages[-1].from_bot)
    assert "an update was given up: RetryAfter" in caplog.text
    assert len(peer.calls_of("sendMessage")) == 2, "nothing is tried in a chat where Telegram asked for silence"


async def test_an_advice_to_wait_between_polls_is_followed(peer: TelegramPeer, person: Person) -> None:
    peer.fail_next("getUpdates", 429, retry_after=1)
    async with running(peer):
        await person.says("/start")
        await person.sees(lambda messages: messages[-1].from_bot)
    assert [call.status for call in peer.calls_of("getUpdates")][:2] == [429, 200]


@pytest.mark.parametrize("method", ["editMessageText", "answerCallbackQuery"])
@pytest.mark.parametrize("trouble", ["drop", "lose", "html", "500"])
async def test_what_may_be_done_twice_is_tried_again_at_once(
    peer: TelegramPeer, person: Person, method: str, trouble: str
) -> None:
    async with running(peer):
        await person.says("/start")
        await person.sees(lambda messages: messages[-1].from_bot)
        match trouble:
            case "drop":
                peer.drop_connection(method)
            case "lose":
                peer.lose_answer(method)
            case "html":
                peer.html_instead_of_json(method)
            case _:
                peer.fail_next(method, 500)
        await person.taps("English")
        await person.sees(lambda messages: "Ask First" in messages[-1].text)
        await until(lambda: not person.unanswered)
        await until(lambda: peer.pending_updates == 0)
        assert card(person.messages).edits == 1
        assert len(person.toasts) == 1
    assert len(peer.calls_of("sendMessage")) == 1


async def test_a_card_that_was_not_sent_is_sent_a_little_later(peer: TelegramPeer, person: Person) -> None:
    peer.drop_connection("sendMessage")
    async with running(peer):
        await person.says("/start")
        await person.sees(lambda messages: messages[-1].from_bot)
        await until(lambda: peer.pending_updates == 0)
        assert len(person.messages) == 2
    assert len(peer.calls_of("sendMessage")) == 2


async def test_a_card_that_arrived_unnoticed_does_not_stay(peer: TelegramPeer, person: Person) -> None:
    async with running(peer) as bot:
        await begins(person)
        somebody = peer.person()
        peer.lose_answer("sendMessage")
        await person.says(NO_RECORD)
        await person.sees(lambda messages: len(messages) == 3)
        await begins(somebody)  # messages of other chats have their ids in between
        await person.sees(lambda messages: len(messages) == 2 and "Stu Stubbs" in messages[-1].text)
        await until(lambda: peer.pending_updates == 0)
        assert card(somebody.messages)
        row = await bot.row(person)
        assert [message.id for message in row.messages if message.card] == [card(person.messages).message_id]
        assert len(session_of(row).history) == 1, "the step was taken once"


async def test_a_long_outage_is_survived(peer: TelegramPeer, person: Person, caplog: pytest.LogCaptureFixture) -> None:
    async with running(peer):
        await begins(person)
        await until(lambda: peer.pending_updates == 0)
        peer.drop_connection("getUpdates", times=4)
        peer.drop_connection("sendMessage", times=4)
        await person.says("/help")
        await person.sees(lambda messages: "at any time" in messages[-1].text)
        await until(lambda: peer.pending_updates == 0)
    kinds = [record.getMessage() for record in caplog.records]
    assert kinds.count("Telegram is not reached (NetworkError); it is tried until it is") == 1
    assert kinds.count("Telegram is reached again") == 1


async def test_a_turn_that_cannot_be_delivered_is_given_up_and_the_next_one_works(
    peer: TelegramPeer, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(peer, pace=replace(HURRY, first_pause=0.1, retake=0.35)):
        await begins(person)
        peer.drop_connection("sendMessage", times=3)
        await person.says("/help")
        await until(lambda: "given up" in caplog.text)
        await until(lambda: peer.pending_updates == 0)
        await person.says("/privacy")
        await person.sees(lambda messages: "What I keep" in messages[-1].text)
    assert "an update was given up: NetworkError" in caplog.text


async def test_a_refusal_is_not_tried_again(
    peer: TelegramPeer, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(peer):
        await begins(person)
        peer.fail_next("editMessageText", 400)
        peer.fail_next("sendMessage", 400)
        await person.taps("Find help near me")
        await until(lambda: peer.pending_updates == 0)
        await until(lambda: not person.unanswered)
    assert "an update was given up: BadRequest" in caplog.text
    assert [call.status for call in peer.calls_of("sendMessage")] == [200, 400]


async def test_a_turn_that_takes_too_long_is_given_up_and_the_tap_is_released(
    peer: TelegramPeer, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(peer, pace=replace(HURRY, turn=0.2)):
        await begins(person)
        peer.delay("editMessageText", 1)
        await person.taps("Find help near me")
        await until(lambda: peer.pending_updates == 0)
        assert not person.unanswered
    assert "an update was given up: TimeoutError" in caplog.text


async def test_somebody_who_blocked_the_bot_in_the_middle_is_forgotten(peer: TelegramPeer, person: Person) -> None:
    async with running(peer) as bot:
        await begins(person)
        peer.fail_next("editMessageText", 403)
        await person.taps("Find help near me")
        await until(lambda: peer.pending_updates == 0)
        assert await bot.row(person) == Remembered()


async def test_a_chat_that_is_gone_is_forgotten(peer: TelegramPeer, person: Person) -> None:
    async with running(peer) as bot:
        await begins(person)
        peer.fail_next("sendMessage", 400, description="Bad Request: chat not found")
        await person.says("/help")
        await until(lambda: peer.pending_updates == 0)
        assert await bot.row(person) == Remembered()


async def test_leave_now_waits_for_the_network_to_delete_everything(peer: TelegramPeer, person: Person) -> None:
    async with running(peer) as bot:
        await begins(person)
        peer.drop_connection("deleteMessages", times=4)
        await person.taps("Leave now")
        await person.sees(lambda messages: len(messages) == 1 and "I have forgotten" in messages[-1].text)
        await until(lambda: peer.pending_updates == 0)
        assert await bot.row(person) == Remembered()


async def test_messages_that_may_not_be_deleted_do_not_keep_the_others(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        await begins(person)
        await until(lambda: peer.pending_updates == 0)
        peer.fail_next("deleteMessages", 400, description="Bad Request: message can't be deleted for everyone")
        peer.fail_next("deleteMessage", 400, description="Bad Request: message can't be deleted for everyone")
        await person.taps("Leave now")
        await person.sees(lambda messages: "I have forgotten" in messages[-1].text)
        assert [message.text for message in person.messages[:-1]] == ["/start"], "the one that was refused"


async def test_a_card_that_could_not_be_taken_away_is_taken_away_by_the_next_turn(
    peer: TelegramPeer, person: Person
) -> None:
    async with running(peer):
        await begins(person)
        peer.drop_connection("deleteMessages", times=3)
        await person.says("/help")
        await person.sees(lambda messages: "at any time" in messages[-1].text)
        await until(lambda: peer.pending_updates == 0)
        assert sum(message.from_bot for message in person.messages) == 2
        await person.taps("Go on")
        await person.sees(lambda messages: sum(message.from_bot for message in messages) == 1)


async def test_a_message_that_could_not_be_deleted_is_deleted_by_leave_now(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        await begins(person)
        peer.drop_connection("deleteMessage", times=3)
        await person.says(NO_RECORD)
        await person.sees(lambda messages: "Stu Stubbs" in messages[-1].text)
        await until(lambda: peer.pending_updates == 0)
        assert NO_RECORD in [message.text for message in person.messages]
        await person.taps("Leave now")
        await person.sees(lambda messages: len(messages) == 1)


async def test_after_a_crash_between_saving_and_delivering_the_card_comes_and_the_step_is_not_taken_twice(
    peer: TelegramPeer, person: Person
) -> None:
    store = MemorySessions()
    async with running(peer, store):
        await begins(person)
    async with running(peer, store) as bot:
        peer.delay("editMessageText", 60)
        await person.taps("Find help near me")
        await until(lambda: not person.unanswered)
        assert not await bot.delivered(person)
        saved = session_of(await bot.row(person))
        await bot.crashes()
    assert peer.pending_updates == 1
    async with running(peer, store) as bot:
        await person.sees(lambda messages: "What do you need help with" in messages[-1].text)
        await until(lambda: peer.pending_updates == 0)
        assert session_of(await bot.row(person)) == saved
        assert not person.unanswered


async def test_an_update_that_comes_again_after_it_was_answered_does_nothing(
    peer: TelegramPeer, person: Person
) -> None:
    store = MemorySessions()
    async with running(peer, store, pace=replace(HURRY, first_pause=60)) as bot:
        await begins(person)
        await until(lambda: peer.pending_updates == 0)
        peer.drop_connection("getUpdates")  # the call that would confirm it
        await person.says("/help")
        await person.sees(lambda messages: "at any time" in messages[-1].text)
        await until(lambda: None in [call.status for call in peer.calls_of("getUpdates")])
        await until(lambda: bot.delivered(person))
        await bot.crashes()
    assert peer.pending_updates == 1
    answered = len(peer.calls_of("sendMessage"))
    async with running(peer, store):
        await until(lambda: peer.pending_updates == 0)
    assert len(peer.calls_of("sendMessage")) == answered


class Stuck(MemorySessions):
    """A store that cannot save, a number of times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    async def save(self, key: ChatKey, row: Remembered, now: dt.datetime) -> Remembered:
        if self.times:
            self.times -= 1
            raise SessionError("The disk is full: make room")
        return await super().save(key, row, now)


async def test_a_store_that_is_stuck_for_a_moment_loses_nothing(peer: TelegramPeer, person: Person) -> None:
    async with running(peer, Stuck(3)):
        await person.says("/start")
        await person.sees(lambda messages: messages[-1].from_bot)
        assert len(person.messages) == 2


async def test_an_update_that_cannot_be_read_does_not_stop_the_others(
    peer: TelegramPeer, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    await person.sends(date="today")
    await peer.person().says("/start")
    async with running(peer):
        await until(lambda: peer.calls_of("getUpdates") and peer.pending_updates == 0)
    assert "an update could not be read and was passed over: " in caplog.text
    assert len(peer.calls_of("sendMessage")) == 1


async def test_no_log_holds_a_chat_a_text_or_the_token(
    peer: TelegramPeer, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("telegram.Bot").setLevel(logging.NOTSET)
    async with running(peer, pace=replace(HURRY, retake=0.3, turn=0.5)) as bot:
        await begins(person)
        await person.says(NO_RECORD)
        await person.sees(lambda messages: "Stu Stubbs" in messages[-1].text)
        for method in ("getUpdates", "editMessageText", "deleteMessages", "answerCallbackQuery"):
            peer.drop_connection(method, times=2)
        peer.fail_next("editMessageText", 400)
        peer.fail_next("sendMessage", 400)
        await person.taps("← Back")
        await until(lambda: peer.pending_updates == 0)
        peer.delay("sendMessage", 2)
        await person.says("words that only the person should read")
        await until(lambda: "TimeoutError" in caplog.text)
        await bot.ends()
    assert "an update was given up" in caplog.text
    for secret in (str(person.chat_id), "words that only", NO_RECORD, "TOKEN-OF-THE-BOT", "127.0.0.1", "Somebody"):
        assert secret not in caplog.text


async def test_a_person_who_waits_long_sees_that_an_answer_is_on_its_way(peer: TelegramPeer, person: Person) -> None:
    async with running(peer, pace=replace(HURRY, slow=0.1)):
        peer.delay("sendMessage", 0.4)
        await person.says("/start")
        await person.sees(lambda messages: messages[-1].from_bot)
        assert person.actions == ("typing",)
        await person.taps("English")
        await person.sees(lambda messages: "Ask First" in messages[-1].text)
        assert person.actions == ("typing",), "a quick answer needs no notice"
