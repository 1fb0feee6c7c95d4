"""Reports of wrong facts: what the admins' chat sees of them, and how often."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.channels.telegram.reports import words_of
from bot.engine.facts import Subject
from bot.engine.model import Report
from bot.engine.reporting import REPORTABLE
from tests.channels.telegram.running import Running, begins, running, until
from tests.fake_facts import NO_RECORD
from tests.telegram_peer import Group, Person, TelegramPeer


@pytest.fixture
def admins(peer: TelegramPeer) -> Group:
    return peer.group()


@asynccontextmanager
async def taking_reports(peer: TelegramPeer, admins: Group) -> AsyncIterator[Running]:
    async with running(peer, reports_chat=admins.chat_id) as bot:
        yield bot


async def reports_mp(person: Person, what: str = "This MP is not the MP any more") -> None:
    await person.taps("Something here is wrong")
    await person.sees(lambda messages: "Which one is wrong?" in messages[-1].text)
    await person.taps("Stu Stubbs")
    await person.sees(lambda messages: "What is wrong?" in messages[-1].text)
    await person.taps(what)
    await person.sees(lambda messages: "Thank you. I pass this on to the people" in messages[-1].text)


async def asks(person: Person) -> None:
    await begins(person)
    await person.says(NO_RECORD)
    await person.sees(lambda messages: "Stu Stubbs" in messages[-1].text)


async def test_the_admins_see_the_fact_and_what_is_wrong_and_nothing_of_the_person(
    peer: TelegramPeer, admins: Group
) -> None:
    person = peer.person(first_name="Canary", chat_id=7_123_456_789)
    async with taking_reports(peer, admins):
        await asks(person)
        await reports_mp(person)
        await admins.sees(lambda messages: messages[-1].from_bot)
        (message,) = admins.messages
        assert message.text == "Somebody says: this MP is not the MP any more.\nMP: Stu Stubbs (E14900003)"
        assert "Stu Stubbs" in person.messages[-1].text


async def test_one_person_reports_one_fact_once_a_day_also_after_leaving(peer: TelegramPeer, admins: Group) -> None:
    person, another = peer.person(), peer.person()
    async with taking_reports(peer, admins):
        await asks(person)
        await reports_mp(person)
        await reports_mp(person, "Something else")
        await person.taps("Leave now")
        await person.sees(lambda messages: "I have forgotten this conversation" in messages[-1].text)
        await asks(person)
        await reports_mp(person)
        await asks(another)
        await reports_mp(another)
        await until(lambda: peer.pending_updates == 0)
    assert len(admins.messages) == 2


async def test_the_admins_chat_is_not_left_and_what_is_written_there_is_not_read(
    peer: TelegramPeer, person: Person, admins: Group
) -> None:
    async with taking_reports(peer, admins):
        await admins.says(person, "Thank you, bot")
        await until(lambda: peer.pending_updates == 0)
        assert not peer.calls_of("leaveChat")
        assert not [message for message in admins.messages if message.from_bot]


async def test_a_chat_that_cannot_be_written_to_does_not_keep_the_person_waiting(
    peer: TelegramPeer, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(peer, reports_chat=-987_654):
        await asks(person)
        await reports_mp(person)
        await until(lambda: "a report could not be passed on" in caplog.text)
        assert "telegram.reports_chat" in caplog.text
        assert "987" not in caplog.text


async def test_a_pause_that_telegram_asks_for_delays_a_report_and_loses_none(
    peer: TelegramPeer, person: Person, admins: Group
) -> None:
    async with taking_reports(peer, admins):
        await asks(person)
        peer.fail_next("sendMessage", 429, retry_after=1)
        await reports_mp(person)
        await admins.sees(lambda messages: messages[-1].from_bot)
    assert len(admins.messages) == 1


async def test_stopping_passes_on_what_was_taken(peer: TelegramPeer, person: Person, admins: Group) -> None:
    async with taking_reports(peer, admins) as bot:
        await asks(person)
        peer.delay("sendMessage", 0.5)
        await reports_mp(person)
        await bot.ends()
    assert len(admins.messages) == 1


async def test_without_a_chat_for_reports_there_is_no_button(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        await asks(person)
        assert "Something here is wrong" not in str(person.messages[-1])
        assert "Share this page" in str(person.messages[-1])


def test_everything_that_can_be_said_has_words() -> None:
    for kind, faults in REPORTABLE.items():
        for wrong in faults:
            subject = Subject("member" if kind == "member" else "organisation", "x", "Name")
            assert words_of(Report(subject, wrong)).startswith("Somebody says: ")
