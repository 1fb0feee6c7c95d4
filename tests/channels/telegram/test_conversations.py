"""Whole conversations: what a person does, and what then stands in the chat of both sides."""

from datetime import timedelta

from bot.engine.wording import LRI, PDI, RLM
from tests.channels.telegram.running import begins, card, labels, running, until
from tests.fake_facts import NO_RECORD, SEVERAL
from tests.telegram_peer import Person, TelegramPeer


async def test_it_says_who_it_is(peer: TelegramPeer) -> None:
    async with running(peer) as bot:
        (said,) = bot.said
        assert said == "This bot is @ask_first_test_bot on Telegram; it asks Telegram for updates. Ctrl+C ends it."


async def test_the_first_card_offers_languages_and_the_tap_changes_it_in_place(
    peer: TelegramPeer, person: Person
) -> None:
    async with running(peer):
        await person.says("/start")
        await person.sees(lambda messages: "Choose your language" in messages[-1].text)
        first = card(person.messages)
        assert labels(first)[0] == ["English", "العربية"]
        await person.taps("English")
        await person.sees(lambda messages: "This is Ask First" in messages[-1].text)
        assert card(person.messages).message_id == first.message_id
        await until(lambda: not person.unanswered)
        assert [toast.text for toast in person.toasts] == [""]
    assert len(peer.calls_of("sendMessage")) == 1


async def test_the_language_of_the_app_is_offered_first_and_not_assumed(peer: TelegramPeer) -> None:
    person = peer.person(language_code="ar")
    async with running(peer):
        await person.says("/start")
        await person.sees(lambda messages: "Choose your language" in messages[-1].text)
        assert labels(card(person.messages))[0] == ["English", "العربية"], "right to left: the first is on the right"


async def test_a_typed_postcode_is_deleted_and_answered(peer: TelegramPeer, person: Person) -> None:
    async with running(peer) as bot:
        await begins(person)
        before = card(person.messages).message_id
        await person.says(NO_RECORD)
        await person.sees(lambda messages: "no record" in messages[-1].text)
        await person.sees(lambda messages: len(messages) == 2)
        assert [message.text for message in person.messages if not message.from_bot] == ["/start"]
        answer = card(person.messages)
        assert "Stu Stubbs" in answer.text
        assert "Example House 1" in answer.text
        assert answer.message_id != before
        assert NO_RECORD not in repr(await bot.row(person))


async def test_back_brings_the_card_before_in_the_same_place(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        await begins(person)
        await person.says(NO_RECORD)
        await person.sees(lambda messages: "no record" in messages[-1].text)
        await person.taps("← Back")
        await person.sees(lambda messages: "This is Ask First" in messages[-1].text)
        assert card(person.messages).edits == 1


async def test_leave_now_deletes_both_sides_and_forgets(peer: TelegramPeer, person: Person) -> None:
    async with running(peer) as bot:
        await begins(person)
        await person.says("/help")
        await person.sees(lambda messages: "at any time" in messages[-1].text)
        await person.says("/privacy")
        await person.sees(lambda messages: "What I keep" in messages[-1].text)
        await person.taps("Leave now")
        await person.sees(lambda messages: "I have forgotten" in messages[-1].text)
        assert len(person.messages) == 1, "the last card alone is left"
        await until(lambda: peer.pending_updates == 0)
        row = await bot.row(person)
        assert (row.version, row.session, row.messages) == (0, None, ())


async def test_leave_now_works_by_command_and_from_a_forgotten_card(peer: TelegramPeer, person: Person) -> None:
    async with running(peer) as bot:
        await begins(person)
        await person.says("/forget")
        await person.sees(lambda messages: len(messages) == 1 and "I have forgotten" in messages[-1].text)
        await until(lambda: peer.pending_updates == 0)
        assert (await bot.row(person)).version == 0
        await person.taps("Start again")
        await person.sees(lambda messages: "Choose your language" in messages[-1].text)
        await person.taps("Leave now")
        await person.sees(lambda messages: "I have forgotten" in messages[-1].text)
        assert len(person.messages) == 1


async def test_leave_now_deletes_more_than_a_hundred_messages(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        await begins(person)
        for number in range(105):
            await person.says("/menu")
            if number % 10 == 0:  # so that they do not all wait at once
                await until(lambda: peer.pending_updates == 0)
        await until(lambda: peer.pending_updates == 0)
        assert len(person.messages) > 105
        await person.taps("Leave now")
        await person.sees(lambda messages: "I have forgotten" in messages[-1].text)
        assert len(person.messages) == 1


async def test_a_link_opens_its_flow_in_its_language(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        await person.follows_link("mp-ar")
        await person.sees(lambda messages: len(messages) == 2)
        shown = card(person.messages)
        assert shown.text == f"{RLM}أرسل الرمز البريدي، مثلًا {LRI}M1 1AE{PDI}."


async def test_rows_of_a_right_to_left_language_are_mirrored_once(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        await person.follows_link("mp-ar")
        await person.sees(lambda messages: len(messages) == 2)
        # Read from the right: start again, language.
        assert labels(card(person.messages))[-2:] == [["🌐 اللغة", "ابدأ من جديد"], ["اخرج الآن"]]


async def test_a_tap_on_an_old_card_brings_the_newest_and_takes_the_old_one_away(
    peer: TelegramPeer, person: Person
) -> None:
    async with running(peer) as bot:
        await begins(person)
        old = card(person.messages).message_id
        await person.taps("Find help near me")
        await person.taps("I need help now")  # on the same card, which is replaced before this arrives
        await until(lambda: len(person.toasts) == 3)
        await until(lambda: peer.pending_updates == 0)
        assert person.toasts[-1].text == "This button was on an older card. Here is the newest one."
        newest = card(person.messages)
        assert "What do you need help with" in newest.text
        assert newest.message_id != old
        assert [message.message_id for message in person.messages if message.from_bot] == [newest.message_id]
        assert [message.id for message in (await bot.row(person)).messages if message.card] == [newest.message_id]


async def test_a_photo_is_deleted_unopened_and_the_question_asked_again(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        await begins(person)
        photo = {"file_id": "x", "file_unique_id": "y", "width": 1, "height": 1}
        await person.sends(photo=[photo], caption="my letter")
        await person.sees(lambda messages: "I cannot read this message" in messages[-1].text)
        await person.sees(lambda messages: len(messages) == 2)
    assert {call.method for call in peer.calls} == {
        "getMe",
        "getWebhookInfo",
        "getUpdates",
        "sendMessage",
        "editMessageText",
        "answerCallbackQuery",
        "deleteMessage",
        "deleteMessages",
    }


async def test_an_edited_message_is_not_answered_twice(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        await begins(person)
        await until(lambda: peer.pending_updates == 0)
        await person.edits(person.messages[0].message_id, "/help")
        await person.says("/privacy")
        await person.sees(lambda messages: "What I keep" in messages[-1].text)
    assert len(peer.calls_of("sendMessage")) == 2


async def test_a_group_hears_one_sentence_and_is_left(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        group = peer.group()
        await group.says(person, "/start")
        await group.sees(lambda messages: messages[-1].from_bot)
        await until(lambda: peer.calls_of("leaveChat"))
        await until(lambda: peer.pending_updates == 0)
        assert group.messages[-1].text.startswith("I work only in a private chat")
        assert not group.messages[-1].buttons
    assert len(peer.calls_of("sendMessage")) == 1


async def test_somebody_who_blocks_the_bot_is_forgotten(peer: TelegramPeer, person: Person) -> None:
    async with running(peer) as bot:
        await begins(person)
        await until(lambda: peer.pending_updates == 0)
        assert (await bot.row(person)).version > 0
        await person.blocks_bot()
        await until(lambda: peer.pending_updates == 0)
        assert (await bot.row(person)).version == 0
        await person.unblocks_bot()
        await until(lambda: peer.pending_updates == 0)


async def test_a_card_from_yesterday_is_sent_anew_so_that_it_can_be_deleted_tomorrow(
    peer: TelegramPeer, person: Person
) -> None:
    async with running(peer):
        peer.clock_offset = timedelta(hours=-30)
        await person.says("/start")
        await person.sees(lambda messages: "Choose your language" in messages[-1].text)
        old = card(person.messages).message_id
        peer.clock_offset = timedelta()
        await person.taps("English")
        await person.sees(lambda messages: "This is Ask First" in messages[-1].text)
        await person.sees(lambda messages: old not in [message.message_id for message in messages])
        assert card(person.messages).message_id > old


async def test_a_card_that_is_too_old_to_delete_loses_its_buttons(peer: TelegramPeer, person: Person) -> None:
    async with running(peer) as bot:
        await person.says("/start")
        await person.sees(lambda messages: "Choose your language" in messages[-1].text)
        await until(lambda: peer.pending_updates == 0)
        old = card(person.messages).message_id
        peer.clock_offset = timedelta(hours=49)
        await person.says("/menu")
        await person.sees(lambda messages: messages[-1].from_bot and messages[-1].message_id > old)
        await person.sees(lambda messages: [m.buttons for m in messages if m.message_id == old] == [()])
        await until(lambda: peer.pending_updates == 0)
        assert old not in [message.id for message in (await bot.row(person)).messages]


async def test_a_card_that_the_person_deleted_is_sent_anew(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        await person.says("/start")
        await person.sees(lambda messages: "Choose your language" in messages[-1].text)
        await until(lambda: peer.pending_updates == 0)
        peer.delay("editMessageText", 0.1)
        await person.taps("English")
        await person.clears_chat()
        await person.sees(lambda messages: "This is Ask First" in messages[-1].text)
        assert len(person.messages) == 1
        await until(lambda: not person.unanswered)


async def test_a_choice_between_constituencies(peer: TelegramPeer, person: Person) -> None:
    async with running(peer):
        await begins(person)
        await person.says(SEVERAL)
        await person.sees(lambda messages: "Which one is yours" in messages[-1].text)
        await person.taps("Testford")
        await person.sees(lambda messages: "has signed" in messages[-1].text)
        links = {entity.url for entity in card(person.messages).entities if entity.url}
        assert any("pledges.example.org" in link for link in links)
    assert all(
        call.parameters["link_preview_options"] == {"is_disabled": True} and "protect_content" not in call.parameters
        for method in ("sendMessage", "editMessageText")
        for call in peer.calls_of(method)
    )
