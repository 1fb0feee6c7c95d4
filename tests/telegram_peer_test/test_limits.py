"""How much the peer lets a bot say when it enforces Telegram's advice."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from tests.telegram_peer.errors import ApiError
from tests.telegram_peer.limits import Flood

NOW = 1_800_000_000.0


def flooded(*messages: tuple[int, float], is_group: bool = False) -> Flood:
    """A peer to which (chat, seconds after the start) messages were sent, whether it took them or not."""
    flood = Flood(enforced=True)
    for chat_id, moment in messages:
        with suppress(ApiError):
            flood.spend(chat_id, is_group=is_group, now=NOW + moment)
    return flood


def wait(flood: Flood, chat_id: int, moment: float, *, is_group: bool = False) -> int | None:
    """The seconds a further message is told to wait."""
    try:
        flood.spend(chat_id, is_group=is_group, now=NOW + moment)
    except ApiError as error:
        return error.retry_after
    return None


def test_a_chat_takes_three_at_once_and_then_one_a_second() -> None:
    flood = flooded((1, 0), (1, 0), (1, 0))
    assert wait(flood, 1, 0.5) == 1
    assert wait(flood, 2, 0.5) is None
    assert wait(flood, 1, 1) is None
    assert wait(flood, 1, 1) == 1


def test_a_group_takes_twenty_a_minute() -> None:
    flood = flooded(*[(-1, 0.0)] * 20, is_group=True)
    assert wait(flood, -1, 0, is_group=True) == 3
    assert wait(flood, -1, 3, is_group=True) is None


def test_all_chats_together_take_thirty_a_second() -> None:
    flood = flooded(*[(chat, 0.0) for chat in range(30)])
    assert wait(flood, 30, 0) == 1
    assert wait(flood, 30, 0.04) is None


@given(st.lists(st.tuples(st.integers(1, 3), st.floats(0, 20)), max_size=60), st.integers(1, 3))
def test_who_waits_as_told_is_heard(messages: list[tuple[int, float]], chat_id: int) -> None:
    flood = flooded(*sorted(messages, key=lambda message: message[1]))
    told = wait(flood, chat_id, 20)
    assert told is None or wait(flood, chat_id, 20 + told) is None


def test_nothing_is_counted_unless_it_is_enforced() -> None:
    flood = Flood(enforced=False)
    for _ in range(100):
        flood.spend(1, is_group=False, now=NOW)
    flood.enforced = True
    assert [wait(flood, 1, 0) for _ in range(4)] == [None, None, None, 1]
