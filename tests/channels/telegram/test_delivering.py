"""One chat and the calls that a delivery makes in it."""

import asyncio
import datetime as dt

import pytest
from telegram.error import BadRequest, NetworkError

from bot.channels.telegram.api import Along, BotApi
from bot.channels.telegram.delivering import ChatGone, Connection, PrivateChat
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.reading import Tap
from bot.channels.telegram.throttle import Throttle
from bot.channels.turns import Delivery
from bot.engine.model import Block, Card, Edit, Key, Remove, Reply, Send, Span, Toast
from bot.sessions.protocol import ChatKey, Message
from tests.channels.telegram.running import card
from tests.telegram_peer import Person, TelegramPeer

PACE = Pace(call_again=0.01, turn=2)


def saying(*texts: str) -> Card:
    """A card with one paragraph for each text, and a button."""
    blocks = tuple(Block("flow.step", ((Span(text),),)) for text in texts)
    return Card(blocks, ((Key("Go on", "1:go"),),), "en", False)


LONG = saying("a" * 4000, "b" * 4000, "c")


def chat_of(api: BotApi, person: Person, tap: Tap | None = None, incoming: Message | None = None) -> PrivateChat:
    to = Connection(api, "ask_first_test_bot", PACE, Throttle(PACE))
    return PrivateChat(to, ChatKey("telegram", person.chat_id), dt.datetime.now(dt.UTC), tap, incoming)


async def tapped(person: Person, message: Message) -> Tap:
    """Presses the button of a card."""
    return Tap(await person.taps("Go on", message.id), message)


def delivery(*replies: Reply, messages: tuple[Message, ...] = ()) -> Delivery:
    return Delivery(replies, messages, forgotten=False)


def ids(person: Person) -> list[int]:
    return [message.message_id for message in person.messages if message.from_bot]


async def test_a_long_card_is_several_messages_and_all_of_them_are_the_card(api: BotApi, begun: Person) -> None:
    standing = await chat_of(api, begun).deliver(delivery(Send(LONG)))
    assert [message.text[0] for message in begun.messages if message.from_bot] == ["a", "b"]
    assert card(begun.messages).text.endswith("c")
    assert [(message.id, message.card) for message in standing] == [(one, True) for one in ids(begun)]


async def test_a_change_to_a_long_card_is_sent_and_the_short_one_goes(api: BotApi, begun: Person) -> None:
    (short,) = await chat_of(api, begun).deliver(delivery(Send(saying("short"))))
    chat = chat_of(api, begun, await tapped(begun, short))
    standing = await chat.deliver(delivery(Edit(LONG), messages=(short,)))
    assert short.id not in ids(begun)
    assert [message.id for message in standing] == ids(begun)
    assert len(ids(begun)) == 2
    assert not begun.unanswered


async def test_a_change_of_a_long_card_changes_the_part_with_the_button_and_the_others_go(
    api: BotApi, begun: Person
) -> None:
    first, last = await chat_of(api, begun).deliver(delivery(Send(LONG)))
    chat = chat_of(api, begun, await tapped(begun, last))
    standing = await chat.deliver(delivery(Edit(saying("short")), messages=(first, last)))
    assert standing == (last,)
    assert ids(begun) == [last.id]
    assert card(begun.messages).text == "short"


async def test_a_long_card_that_stopped_halfway_leaves_no_half_card(
    peer: TelegramPeer, api: BotApi, begun: Person
) -> None:
    peer.delay("sendMessage", 0)
    peer.drop_connection("sendMessage")
    chat = chat_of(api, begun)
    with pytest.raises(NetworkError):
        await chat.deliver(delivery(Send(LONG)))
    assert len(ids(begun)) == 1
    standing = await chat.deliver(delivery(Send(LONG)))
    assert [message.id for message in standing] == ids(begun)
    assert len(ids(begun)) == 2


async def test_a_second_delivery_of_one_turn_replaces_the_first(api: BotApi, begun: Person) -> None:
    """As after a session store that failed only once the card was there."""
    chat = chat_of(api, begun)
    for _ in range(2):
        standing = await chat.deliver(delivery(Send(saying("?"))))
        assert [message.id for message in standing] == ids(begun)
        assert len(ids(begun)) == 1


async def test_a_card_whose_answer_was_lost_is_found_among_other_chats(
    peer: TelegramPeer, api: BotApi, begun: Person
) -> None:
    others = [peer.person() for _ in range(30)]
    incoming = Message(begun.messages[0].message_id, dt.datetime.now(dt.UTC))
    chat = chat_of(api, begun, incoming=incoming)
    peer.lose_answer("sendMessage")
    with pytest.raises(NetworkError):
        await chat.deliver(delivery(Send(saying("once"))))
    for other in others:
        await other.says("hello")
    await chat.deliver(delivery(Send(saying("once"))))
    assert [message.text for message in begun.messages] == ["/start", "once"]
    assert all(len(other.messages) == 1 for other in others), "nothing of anybody else's is touched"


async def test_a_tap_answered_in_place_takes_away_the_card_below_that_a_dead_process_left(
    api: BotApi, begun: Person
) -> None:
    (known,) = await chat_of(api, begun).deliver(delivery(Send(saying("?"))))
    await chat_of(api, begun).deliver(delivery(Send(saying("not remembered"))))
    chat = chat_of(api, begun, await tapped(begun, known))
    standing = await chat.deliver(Delivery((Edit(saying("!")),), (known,), forgotten=False, unsure=True))
    assert [message.id for message in standing] == ids(begun) == [known.id]
    assert card(begun.messages).text == "!"


async def test_a_toast_is_shown_with_the_answer_to_the_tap(api: BotApi, begun: Person) -> None:
    (old,) = await chat_of(api, begun).deliver(delivery(Send(saying("?"))))
    chat = chat_of(api, begun, await tapped(begun, old))
    await chat.deliver(delivery(Toast("x" * 300), Send(saying("!")), messages=(old,)))
    await chat.release()
    assert [len(toast.text) for toast in begun.toasts] == [200], "answered once"
    assert card(begun.messages).text == "!"


async def test_words_that_were_to_go_along_are_said_at_once_where_the_turn_takes_long(
    peer: TelegramPeer, api: BotApi, begun: Person
) -> None:
    (old,) = await chat_of(api, begun).deliver(delivery(Send(saying("?"))))
    chat = chat_of(api, begun, await tapped(begun, old))
    chat.along = along = Along()
    peer.delay("editMessageText", 0.5)
    turn = asyncio.create_task(chat.deliver(delivery(Toast("It ended."), Edit(saying("!")), messages=(old,))))
    await asyncio.sleep(0.1)
    before = along.call
    assert before is not None
    await chat.takes_long()
    assert begun.toasts[-1].text == "It ended."
    await turn
    assert along.call is None
    assert len(peer.calls_of("answerCallbackQuery")) == 1
    assert peer.calls_of("sendChatAction")


async def test_a_tap_on_a_card_that_was_forgotten_takes_that_card_too(api: BotApi, begun: Person) -> None:
    (old,) = await chat_of(api, begun).deliver(delivery(Send(saying("?"))))
    chat = chat_of(api, begun, await tapped(begun, old))
    await chat.deliver(delivery(Remove("everything"), Send(saying("gone"))))
    assert [message.text for message in begun.messages] == ["/start", "gone"]


async def test_a_card_that_is_too_old_to_delete_at_least_loses_its_buttons(
    peer: TelegramPeer, api: BotApi, begun: Person
) -> None:
    peer.clock_offset = dt.timedelta(hours=-49)
    (old,) = await chat_of(api, begun).deliver(delivery(Send(saying("?"))))
    peer.clock_offset = dt.timedelta()
    chat = chat_of(api, begun, await tapped(begun, old))
    await chat.deliver(delivery(Remove("everything"), Send(saying("gone"))))
    assert [(message.text, bool(message.buttons)) for message in begun.messages if message.from_bot] == [
        ("?", False),
        ("gone", True),
    ]


async def test_a_message_that_the_person_deleted_first_is_no_trouble(api: BotApi, begun: Person) -> None:
    incoming = Message(begun.messages[0].message_id, dt.datetime.now(dt.UTC))
    await begun.deletes(incoming.id)
    chat = chat_of(api, begun, incoming=incoming)
    standing = await chat.deliver(delivery(Remove("incoming"), Send(saying("?")), messages=(incoming,)))
    assert [message.id for message in standing] == ids(begun)


async def test_a_change_without_a_tap_is_sent(api: BotApi, begun: Person) -> None:
    await chat_of(api, begun).deliver(delivery(Edit(saying("!"))))
    assert card(begun.messages).text == "!"


async def test_a_chat_that_nobody_opened_is_gone(peer: TelegramPeer, api: BotApi) -> None:
    with pytest.raises(ChatGone):
        await chat_of(api, peer.person()).deliver(delivery(Send(saying("?"))))


async def test_a_blocked_bot_has_lost_its_chat(api: BotApi, begun: Person) -> None:
    (old,) = await chat_of(api, begun).deliver(delivery(Send(saying("?"))))
    tap = await tapped(begun, old)
    await begun.blocks_bot()
    with pytest.raises(ChatGone):
        await chat_of(api, begun, tap).deliver(delivery(Edit(saying("!")), messages=(old,)))


async def test_what_telegram_refuses_is_raised_and_the_tap_is_answered_all_the_same(
    peer: TelegramPeer, api: BotApi, begun: Person
) -> None:
    (old,) = await chat_of(api, begun).deliver(delivery(Send(saying("?"))))
    peer.fail_next("sendMessage", 400)
    peer.fail_next("editMessageText", 400)
    with pytest.raises(BadRequest):
        await chat_of(api, begun, await tapped(begun, old)).deliver(delivery(Edit(saying("!")), messages=(old,)))
    assert not begun.unanswered
    assert ids(begun) == [old.id]


async def test_the_chat_does_not_show_itself(api: BotApi, begun: Person) -> None:
    assert str(begun.chat_id) not in repr(chat_of(api, begun))
