"""What a link carries is read as it was meant, in the flow, the language and the place that it was made for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.links import Link, read_link, wrong_ref
from bot.engine.model import Started
from tests.engine.talk import AT, Talk, a_world, language, made_up_arabic

SPOKEN = ("en", "ar", "zh", "zh-Hans", "pt", "pt-BR", "es", "es-419")
# Languages that the bot might learn one day, after the posters have been printed.
LATER = ("fr", "prs", "uz-Arab", "zh-Hant", "pt-PT", "en-GB", "ar-001", "le")

words = st.from_regex(r"[a-z0-9_]{1,32}", fullmatch=True)
refs = st.from_regex(r"[A-Za-z0-9_]{1,12}(-[A-Za-z0-9_]{1,8}){0,2}", fullmatch=True)
usable = refs.filter(lambda ref: wrong_ref(ref) is None)


@given(words | st.just(""), st.sampled_from([None, *SPOKEN]), usable | st.just(""))
def test_what_a_link_says_is_what_is_read(word: str, tag: str | None, ref: str) -> None:
    link = Link(word, tag, ref)
    assert read_link(link.payload, SPOKEN) == link


@given(words, st.sampled_from([None, *SPOKEN]), usable)
def test_a_printed_link_means_the_same_when_the_bot_has_learned_more_languages(
    word: str, tag: str | None, ref: str
) -> None:
    link = Link(word, tag, ref)
    assert read_link(link.payload, [*SPOKEN, *LATER]) == link


@given(st.text(alphabet="abcrptzhBRHans419_-é /", max_size=80))
def test_any_payload_is_read(payload: str) -> None:
    link = read_link(payload, SPOKEN)
    assert "-" not in link.word
    assert link.language in (None, *SPOKEN)
    assert payload.startswith(link.word)
    assert payload.endswith(link.ref)


@pytest.mark.parametrize(
    ("payload", "meant"),
    [
        ("", Link("")),
        ("mp", Link("mp")),
        ("mp-ar", Link("mp", "ar")),
        ("mp-ar-leeds7", Link("mp", "ar", "leeds7")),
        ("mp-leeds7", Link("mp", None, "leeds7")),
        ("mp-leeds-7", Link("mp", None, "leeds-7")),
        ("mp-arabia", Link("mp", None, "arabia")),
        ("mp-pt-BR", Link("mp", "pt-BR")),
        ("mp-pt-BR-hall", Link("mp", "pt-BR", "hall")),
        ("mp-pt-PT", Link("mp", "pt", "PT")),
        ("mp-zh-Hans-2", Link("mp", "zh-Hans", "2")),
        ("-ar", Link("", "ar")),
        ("mp-", Link("mp")),
    ],
)
def test_the_longest_language_that_fits_is_meant(payload: str, meant: Link) -> None:
    assert read_link(payload, SPOKEN) == meant


@pytest.mark.parametrize("ref", ["leeds7", "leeds-7", "Leeds_Library", "hull", "a", "7", "2026", "advice-pl", "HALL"])
def test_a_ref_may_say_where_a_link_hangs(ref: str) -> None:
    assert wrong_ref(ref) is None


@pytest.mark.parametrize("ref", ["", "-", "-a", "a-", "a--b", "leeds 7", "leeds/7", "łódź", "leeds7\n"])
def test_a_ref_holds_what_telegram_lets_through(ref: str) -> None:
    assert wrong_ref(ref) == "use letters A to Z, digits and _, with single hyphens between them"


@pytest.mark.parametrize("ref", ["ar", "pl-hall", "fr", "hub", "Hans", "York", "BR", "001", "001-hall"])
def test_a_ref_that_could_be_read_as_a_language_is_refused_with_one_that_could_not(ref: str) -> None:
    wrong = wrong_ref(ref)
    first = ref.partition("-")[0]
    assert wrong == f"`{first}` could be read as part of a language; write for example `{first}_1`"
    assert wrong_ref(f"{first}_1") is None


@given(st.sampled_from(["mp", "help", "about"]), st.sampled_from([None, "en", "ar", "zh-Hans"]), usable | st.just(""))
def test_the_engine_opens_a_link_where_it_was_meant_to_lead(word: str, tag: str | None, ref: str) -> None:
    world = a_world(languages=(made_up_arabic(), language("zh"), language("zh-Hans")))
    talk = Talk(world, speaks=None).take(Started(AT, payload=Link(word, tag, ref).payload))
    assert talk.kept.language == tag
    # Whoever has not chosen a language is asked for it first.
    (opens,) = [flow.name for flow in world.flows.values() if flow.link == word]
    if tag is None:
        assert talk.steps == ["_language.choose"]
        talk.press("=en")
    assert {frame.flow for frame in talk.kept.frames} == {opens}
