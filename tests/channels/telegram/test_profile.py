"""What Telegram should show of the bot, in which languages, and what counts as a difference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.notices import DESCRIPTION, NAME, SHORT_DESCRIPTION
from bot.channels.telegram.profile import DEFAULT, KINDS, Difference, Kind, Profile, Texts, differences, profile_of
from bot.engine.measure import units
from bot.engine.model import END, RESERVED, Flow, Say, Target, Text
from bot.engine.wording import ENGLISH, LRI, PDI, RLM, Catalogue
from bot.errors import ContentError
from tests.channels.telegram.running import FLOWS
from tests.content.shipped import shipped_world
from tests.telegram_peer.profile import MAX_COMMAND_DESCRIPTION, MAX_COMMANDS, MAX_LENGTH
from tests.telegram_peer.profile import Profile as TelegramsProfile

_FIND = FLOWS["find_help"].command_text
assert _FIND is not None
FIND: Text = _FIND


def spoken(tag: str, words: dict[Text, str], *, rtl: bool = False) -> Catalogue:
    """A language that has these words."""
    messages = {(text.context, text.msgid): (own,) for text, own in words.items()}
    return Catalogue(tag, "ar" if rtl else "en", rtl, messages, lambda count: 0, reviewed=True)


def made(*catalogues: Catalogue, flows: Iterable[Flow] = FLOWS.values()) -> Profile:
    languages = {catalogue.language: catalogue for catalogue in (ENGLISH, *catalogues)}
    return profile_of({flow.name: flow for flow in flows}, languages, lambda tag: f"words of {tag}")


def refused(*catalogues: Catalogue, flows: Iterable[Flow] = FLOWS.values()) -> list[str]:
    with pytest.raises(ContentError) as wrong:
        made(*catalogues, flows=flows)
    return [str(fault) for fault in wrong.value.faults]


def flow(name: str, words: str = "Words") -> Flow:
    return Flow(
        name=name,
        description="",
        steps={"say": Say("say", Text(f"{name}.say", "Words"), Target(END))},
        first="say",
        slots={},
        command=name,
        command_text=Text(f"{name}._", words),
    )


# --- the default


def test_the_default_is_english_and_complete() -> None:
    default = made().texts[DEFAULT]
    assert default.name == "Ask First"
    assert default.short_description == SHORT_DESCRIPTION.msgid
    assert default.description == DESCRIPTION.msgid
    assert default.menu_button == "commands"
    assert ("mp", "Find my MP") in default.commands
    assert "not to report people" in default.description


def test_commands_stand_in_one_order_wherever_their_files_lie() -> None:
    default = made().texts[DEFAULT]
    assert made(flows=reversed([*FLOWS.values()])).texts[DEFAULT] == default
    words = [command for command, _ in default.commands]
    assert words == [
        "about",
        "mp",
        "sign",
        "find",
        "urgent",
        "menu",
        "language",
        "privacy",
        "help",
        "back",
        "cancel",
        "forget",
    ]
    by_word = {one.command: one for one in FLOWS.values()}
    assert {word for word in words if by_word[word].name not in RESERVED} == set(words[:5])


def test_start_is_not_listed_beside_the_command_that_does_the_same() -> None:
    assert FLOWS["_start"].command == "menu"
    assert "start" not in dict(made().texts[DEFAULT].commands)


# --- languages


@pytest.mark.parametrize(
    ("tags", "codes", "left_out"),
    [
        (["ar"], {"ar": "ar"}, {}),
        (["zh-Hans"], {"zh": "zh-Hans"}, {}),
        (["ckb", "prs", "kmr"], {}, {"ckb": None, "prs": None, "kmr": None}),
        (["fa", "prs"], {"fa": "fa"}, {"prs": None}),
        (["pt-BR", "pt"], {"pt": "pt"}, {"pt-BR": "pt"}),
        (["zh-Hant", "zh-Hans"], {"zh": "zh-Hans"}, {"zh-Hant": "zh-Hans"}),
        (["ku", "ckb"], {"ku": "ku"}, {"ckb": None}),
    ],
)
def test_a_language_has_a_code_of_two_letters_or_none(
    tags: list[str], codes: dict[str, str], left_out: dict[str, str | None]
) -> None:
    profile = made(*(spoken(tag, {NAME: f"Ask First in {tag}"}) for tag in tags))
    assert profile.tags == {DEFAULT: "en", "en": "en", **codes}
    assert profile.left_out == left_out
    assert {code: profile.texts[code].name for code in codes} == {
        code: f"Ask First in {tag}" for code, tag in codes.items()
    }
    assert list(profile.texts) == [DEFAULT, *sorted([*codes, "en"])]


def test_english_has_nothing_beside_the_default() -> None:
    assert made().texts["en"] == Texts()


def test_a_language_that_lacks_every_text_has_nothing_of_its_own() -> None:
    assert made(spoken("ar", {})).texts["ar"] == Texts()


def test_a_text_that_is_not_translated_is_left_to_the_default() -> None:
    assert made(spoken("pl", {SHORT_DESCRIPTION: "Krótko"})).texts["pl"] == Texts(short_description="Krótko")


def test_a_list_with_one_translated_command_has_the_others_in_english() -> None:
    profile = made(spoken("pl", {FIND: "Znajdź pomoc"}))
    own = dict(profile.texts["pl"].commands)
    assert own == {**dict(profile.texts[DEFAULT].commands), "find": "Znajdź pomoc"}
    assert list(own) == list(dict(profile.texts[DEFAULT].commands))


def test_right_to_left_words_are_kept_in_order_in_lines_but_not_in_labels() -> None:
    words = {NAME: "Ask First اسأل", DESCRIPTION: "أرسل M1 1AE.\nمرحبا", FIND: "ابحث عن MP"}
    own = made(spoken("ar", words, rtl=True)).texts["ar"]
    assert own.description == f"{RLM}أرسل {LRI}M1 1AE{PDI}.\n{RLM}مرحبا"
    assert own.name == "Ask First اسأل"
    assert dict(own.commands)["find"] == "ابحث عن MP"


def test_marks_that_alone_make_a_text_too_long_are_left_out() -> None:
    most = MAX_LENGTH["short_description"]
    long, longer = "ب" * (most - 1), "ب" * most
    assert made(spoken("ar", {SHORT_DESCRIPTION: long}, rtl=True)).texts["ar"].short_description == RLM + long
    assert made(spoken("ar", {SHORT_DESCRIPTION: longer}, rtl=True)).texts["ar"].short_description == longer


# --- limits


@pytest.mark.parametrize(
    ("text", "kind"), [(NAME, "name"), (SHORT_DESCRIPTION, "short_description"), (DESCRIPTION, "description")]
)
def test_a_text_has_the_length_that_telegram_takes_and_is_never_cut(text: Text, kind: str) -> None:
    most = {str(one): length for one, length in MAX_LENGTH.items()}[kind]
    emoji = "🤝" * (most // 2)  # two UTF-16 units each
    assert getattr(made(spoken("pl", {text: emoji})).texts["pl"], kind) == emoji
    for longer in (f"{emoji}🤝", "x" * (most + 1)):
        told = f"`telegram.{kind}` has {units(longer)} characters, and Telegram takes {most}; shorten it"
        assert refused(spoken("pl", {text: longer})) == [f"words of pl: too-long: {told}"]


def test_what_a_command_does_is_never_cut_either() -> None:
    longer = "x" * (MAX_COMMAND_DESCRIPTION + 1)
    assert made(spoken("pl", {FIND: longer[1:]})).texts["pl"].commands
    [fault] = refused(spoken("pl", {FIND: longer}))
    assert fault.startswith(
        "words of pl: too-long: what is said of `/find` has 257 characters, and Telegram takes 1 to 256"
    )


def test_a_list_is_not_longer_than_telegram_takes() -> None:
    many = [flow(f"f{number}") for number in range(MAX_COMMANDS + 1)]
    assert len(made(flows=many[1:]).texts[DEFAULT].commands) == MAX_COMMANDS
    [fault] = refused(flows=many)
    assert fault.startswith("words of en: too-many: 101 flows have commands")


@pytest.mark.parametrize("name", ["Find", "find-help", "f" * 33, "f e"])
def test_a_command_is_one_that_telegram_takes(name: str) -> None:
    [fault] = refused(flows=[flow(name)])
    assert fault.startswith("words of en: command-name: ")


def test_all_faults_are_told_together() -> None:
    pl = spoken("pl", {NAME: "x" * 65, FIND: "x" * 257})
    assert len(refused(pl, replace(pl, language="cy"))) == 4


def test_whatever_is_shipped_is_within_telegrams_limits() -> None:
    world = shipped_world()
    profile = profile_of(world.flows, world.catalogues, str)
    telegram = TelegramsProfile("Ask First")
    for code, own in profile.texts.items():
        telegram.set_text("name", own.name, code)
        telegram.set_text("short_description", own.short_description, code)
        telegram.set_text("description", own.description, code)
        commands = [{"command": command, "description": words} for command, words in own.commands]
        telegram.set_commands(commands, {"type": "default"}, code)
    assert {"ckb", "kmr", "prs"} == profile.left_out.keys()
    assert profile.tags.keys() - {DEFAULT} == {tag.split("-")[0] for tag in world.catalogues} - {"ckb", "kmr", "prs"}


# --- differences

OWN = Texts("Nazwa", "Krótko", "Długo", (("mp", "Poseł"),))
MARKS = (RLM, "\u200e", LRI, PDI, "\u2067")
ENGLISH_TEXTS = Texts("Name", "Short", "Long", (("mp", "MP"),), "commands")
FALLEN_BACK = replace(ENGLISH_TEXTS, commands=(), menu_button="")  # what Telegram tells of a language with nothing


def found(wanted: Texts, shown: Texts, default: Texts = ENGLISH_TEXTS, code: str = "pl") -> list[Difference]:
    return list(differences(code, wanted, shown, default))


OTHERS = {
    "name": replace(ENGLISH_TEXTS, name="Other"),
    "short_description": replace(ENGLISH_TEXTS, short_description="Other"),
    "description": replace(ENGLISH_TEXTS, description="Other"),
    "commands": replace(ENGLISH_TEXTS, commands=(("mp", "Other"),)),
    "menu_button": replace(ENGLISH_TEXTS, menu_button="web_app"),
}


@pytest.mark.parametrize("what", KINDS)
def test_each_thing_that_differs_is_one_difference(what: Kind) -> None:
    shown = OTHERS[what]
    assert found(ENGLISH_TEXTS, shown, shown, DEFAULT) == [Difference(DEFAULT, what, shown[what], ENGLISH_TEXTS[what])]


def test_a_language_without_words_that_shows_the_default_is_as_it_should_be() -> None:
    assert found(Texts(), FALLEN_BACK) == []


def test_old_words_of_a_language_that_has_none_any_more_must_go() -> None:
    removed = [(one.what, one.wanted) for one in found(Texts(), OWN)]
    assert removed == [("name", ""), ("short_description", ""), ("description", ""), ("commands", ())]


def test_words_that_are_those_of_the_default_need_not_be_sent() -> None:
    assert found(FALLEN_BACK, FALLEN_BACK) == []


@given(st.text(["a", "\n", *MARKS]), st.text(["a", "\n", *MARKS]))
def test_what_nobody_sees_is_no_difference_and_the_rest_is(wanted: str, shown: str) -> None:
    """Telegram may drop it, and then the text would be sent again and again."""
    bare, other = ("".join(letter for letter in text if letter not in MARKS) for text in (wanted, shown))
    own = replace(OWN, description=f"x{wanted}x")
    assert found(own, replace(OWN, description=f" x{bare}x\n")) == []
    assert bool(found(own, replace(OWN, description=f"x{shown}x"))) == (bare != other)


def test_another_order_of_the_commands_is_a_difference() -> None:
    two = (("mp", "a"), ("find", "b"))
    assert [one.what for one in found(replace(OWN, commands=two), replace(OWN, commands=two[::-1]))] == ["commands"]
