"""What stays is not looked at by the garbage collector, and goes all the same when it is over."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from bot.collector import ROUND, set_aside


class Ring:
    """Holds itself, so that only the collector can take it away."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_the_collector_does_not_look_at_what_was_set_aside() -> None:
    ring = Ring()
    seen = weakref.ref(ring)
    set_aside()
    del ring
    gc.collect()
    assert gc.get_freeze_count() > 0
    assert seen() is not None


def test_what_only_holds_itself_goes_before_long() -> None:
    set_aside()
    ring = Ring()
    seen = weakref.ref(ring)
    del ring
    kept: list[list[int]] = []
    while seen() is not None and len(kept) <= 2 * ROUND:
        kept.append([])
    assert seen() is None
    assert len(kept) > 1_000, "and not before there is enough to look at"


def test_what_nothing_holds_goes_at_once() -> None:
    class Plain:
        pass

    plain = Plain()
    seen = weakref.ref(plain)
    set_aside()
    del plain
    assert seen() is None
