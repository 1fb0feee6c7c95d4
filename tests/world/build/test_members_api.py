"""Reading all members from Parliament, with everything that goes wrong on the way."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from bot.errors import ConfigError, DataError
from bot.world.build.members_api import Pace, checked_url, fetch_members, retry_after
from bot.world.build.members_page import ListedMember, read_page
from tests.parliament_peer import Json, Parliament, Trouble, member, parliament

QUICK = Pace(attempts=3, first_wait=0.01, longest_wait=5.0, timeout=2.0, altogether=20.0)


def some(count: int) -> list[Json]:
    return [member(100 + number, f"Ms Example {number}", "Example Party", f"Seat {number}") for number in range(count)]


@pytest.fixture
def peer() -> Iterator[Parliament]:
    with parliament(some(50)) as running:
        yield running


async def fetch(peer: Parliament, said: list[str] | None = None, pace: Pace = QUICK) -> tuple[ListedMember, ...]:
    heard = said if said is not None else []
    return await fetch_members(peer.url, pace=pace, say=heard.append)


async def test_all_pages_are_read_by_twenty_and_progress_is_told(peer: Parliament) -> None:
    heard: list[tuple[int, int]] = []
    found = await fetch_members(peer.url, pace=QUICK, progress=lambda *done: heard.append(done), say=print)
    assert peer.asked == [0, 20, 40]
    assert heard == [(20, 50), (40, 50), (50, 50)]
    assert len(found) == 50
    assert found[0] == ListedMember(100, "Ms Example 0", "Example Party", "Seat 0", dt.date(2024, 7, 4))


@pytest.mark.parametrize("count", [0, 1, 20, 21, 40, 650])
async def test_any_number_of_members_is_read_whole(count: int) -> None:
    with parliament(some(count)) as peer:
        assert len(await fetch(peer)) == count
        assert len(peer.asked) == max(1, -(-count // 20))


async def test_a_wish_to_wait_is_obeyed(peer: Parliament) -> None:
    peer.troubles += [Trouble(), Trouble(429, {"Retry-After": "1"})]
    said: list[str] = []
    assert len(await fetch(peer, said)) == 50
    assert peer.asked == [0, 20, 20, 40]
    assert said == [f"{peer.url}/api/Members/Search asks to wait (429); trying again in 1 s."]


async def test_a_wait_that_is_too_long_is_not_sat_through(peer: Parliament) -> None:
    peer.troubles += [Trouble(429, {"Retry-After": "900"})]
    with pytest.raises(DataError, match=r"asks to wait 900 seconds; run this again after that"):
        await fetch(peer)
    assert peer.asked == [0]


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble(429), "asks to wait"),
        (Trouble(500), "answered 500"),
        (Trouble(503, {"Retry-After": "0"}), "answered 503"),
        (Trouble(cut=True), "broke off its answer"),
        (Trouble(delay=1.5), "did not answer in time"),
    ],
)
async def test_what_fails_is_tried_again_but_not_for_ever(peer: Parliament, trouble: Trouble, words: str) -> None:
    pace = Pace(attempts=3, first_wait=0.01, timeout=0.5)
    peer.troubles += [trouble, trouble]
    said: list[str] = []
    assert len(await fetch(peer, said, pace)) == 50
    assert [words in sentence for sentence in said] == [True, True]
    peer.troubles += [trouble] * 3
    with pytest.raises(DataError, match=f"{words}.*, after 3 attempts.* import a list with --from"):
        await fetch(peer, [], pace)


async def test_the_waits_grow(peer: Parliament) -> None:
    peer.troubles += [Trouble(502)] * 2
    said: list[str] = []
    await fetch(peer, said)
    assert [sentence.rsplit(" in ")[1] for sentence in said] == ["0.01 s.", "0.02 s."]


async def test_nobody_there_is_said_with_the_remedy() -> None:
    with pytest.raises(DataError, match=r"cannot be reached, after 2 attempts\. Check the connection"):
        await fetch_members("http://127.0.0.1:9", pace=Pace(attempts=2, first_wait=0.01), say=lambda _: None)


async def test_all_of_it_may_take_only_so_long(peer: Parliament) -> None:
    peer.delay = 0.2
    with pytest.raises(DataError, match=r"took longer than 0\.3 seconds"):
        await fetch(peer, [], Pace(altogether=0.3))


@pytest.mark.parametrize("status", [301, 400, 403, 404])
async def test_an_address_that_is_wrong_is_not_asked_again(peer: Parliament, status: int) -> None:
    peer.troubles += [Trouble(status, {"Location": "/elsewhere"})]
    with pytest.raises(DataError, match=f"answered {status}; check the address"):
        await fetch(peer)
    assert peer.asked == [0]


def on_page(number: int, edit: Callable[[Json], None]) -> Callable[[int, Json], Json]:
    def change(page: int, answer: Json) -> Json:
        if page == number:
            answer = copy.deepcopy(answer)
            edit(answer)
        return answer

    return change


def value(answer: Json, item: int = 3) -> Json:
    found: Json = answer["items"][item]["value"]
    return found


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda page: page.update(totalResults=49), "counted 50 members at first and 49 later"),
        (lambda page: page["items"].pop(), r"sent 19 members after the first 20 where 20 belong"),
        (lambda page: page["items"].clear(), r"sent 0 members after the first 20"),
        (lambda page: page["items"].append(page["items"][0]), r"sent 21 members"),
        (lambda page: page["items"].__setitem__(0, page["items"][1]), r"Ms Example 21 \(121\) twice"),
        (lambda page: page.update(skip=0), "answers another question"),
        (lambda page: page.pop("totalResults"), "totalResults: missing"),
        (lambda page: page.pop("items"), "items: missing"),
        (lambda page: value(page).pop("id"), r"items\[3\]\.value\.id: missing"),
        (lambda page: value(page).update(id="123"), r"items\[3\]\.value\.id: input should be a valid integer"),
        (lambda page: value(page).pop("nameDisplayAs"), r"items\[3\]\.value\.nameDisplayAs: missing"),
        (lambda page: value(page).update(nameDisplayAs=" "), r"nameDisplayAs: is empty"),
        (lambda page: value(page).update(nameDisplayAs="Ms \u202e Example"), r"cannot be seen"),
        (lambda page: value(page).update(nameDisplayAs="x" * 201), r"longer than 200"),
        (lambda page: value(page).update(latestParty=None), r"items\[3\]\.value\.latestParty"),
        (lambda page: value(page)["latestHouseMembership"].pop("membershipFrom"), r"membershipFrom: missing"),
        (lambda page: value(page)["latestHouseMembership"].pop("membershipStatus"), r"membershipStatus: missing"),
        (lambda page: value(page)["latestHouseMembership"].update(membershipStartDate="soon"), r"membershipStartDate"),
        (
            lambda page: value(page)["latestHouseMembership"].update(house=2),
            r"Ms Example 23 \(123\), who sits in the Lo",
        ),
        (
            lambda page: value(page)["latestHouseMembership"].update(membershipEndDate="2026-01-01T00:00:00"),
            "who does not sit any more",
        ),
        (
            lambda page: value(page)["latestHouseMembership"]["membershipStatus"].update(statusIsActive=False),
            "who does not sit any more",
        ),
    ],
)
async def test_what_is_partial_or_contradicts_itself_is_refused(
    peer: Parliament, edit: Callable[[Json], None], words: str
) -> None:
    peer.change = on_page(1, edit)
    with pytest.raises(DataError, match=words):
        await fetch(peer)


async def test_more_members_than_seats_are_refused(peer: Parliament) -> None:
    peer.change = on_page(0, lambda page: page.update(totalResults=651))
    with pytest.raises(DataError, match="counts 651 sitting members, but there are 650 seats"):
        await fetch(peer)


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(DataError, match="is not JSON; check the address"):
        read_page(b"<!doctype html>", 0, 20, "The answer")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://members-api.parliament.uk", "https://members-api.parliament.uk"),
        ("https://members-api.parliament.uk/", "https://members-api.parliament.uk"),
        ("https://example.org/parliament/", "https://example.org/parliament"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:1", "http://localhost:1"),
    ],
)
def test_a_base_address_may_be_https_or_this_machine(given: str, meant: str) -> None:
    assert checked_url(given) == meant


@pytest.mark.parametrize(
    "given",
    [
        *("", "members-api.parliament.uk", "http://members-api.parliament.uk", "ftp://example.org", "https://"),
        *("https://somebody:secret@example.org", "https://example.org/?x=1", "https://[x", "https://example.org:port"),
        "http://127.0.0.1.example.org",
    ],
)
def test_any_other_address_is_refused_with_the_remedy(given: str) -> None:
    with pytest.raises(ConfigError, match="must begin with https://"):
        checked_url(given)


NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 0 ", 0.0),
        ("Sun, 22 Nov 2026 12:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2026 12:00:30 -0000", 30.0),
        ("soon", None),
        ("-3", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOON) == seconds
