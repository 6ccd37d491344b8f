"""Places to wait in: few for all, fewer for one."""

from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import ExitStack
from threading import Barrier, Event

import pytest

from contextfs.kit.errors import TooManyRequests
from contextfs.kit.waiting import AGAIN, Places


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Give what leaves all places at the end."""
    with ExitStack() as made:
        yield made


def test_one_takes_some_and_leaves_the_rest_to_others(stack: ExitStack) -> None:
    places = Places("a provider", most=3, each=2)
    for one in ("a", "a", "b"):
        stack.enter_context(places.taken(one))

    with pytest.raises(TooManyRequests) as own, places.taken("a"):
        pass
    with pytest.raises(TooManyRequests) as whole, places.taken("b"):
        pass

    assert own.value.retry_after == whole.value.retry_after == AGAIN
    assert "wait for a provider already" in own.value.detail


def test_a_place_is_left_also_by_a_mistake(stack: ExitStack) -> None:
    places = Places("a provider", most=1, each=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), places.taken("a"):
            _ = 1 / 0

    stack.enter_context(places.taken("b"))


def test_many_at_once_take_no_more_than_there_are() -> None:
    places, barrier = Places("a provider", most=5, each=5), Barrier(8)

    def enter(one: int) -> bool:
        barrier.wait(20)
        try:
            with places.taken(one % 2):
                barrier.wait(20)
        except TooManyRequests:
            barrier.wait(20)
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(enter, range(8)))

    assert sum(taken) == 5


def test_who_stands_in_line_has_the_next_place_and_the_line_ends() -> None:
    places, inside, held = Places("a provider", most=1, each=1, patience=20), Event(), Event()

    def enter(_: int) -> None:
        with places.taken("a"):
            inside.set()
            held.wait(20)

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(enter, 1)
        inside.wait(20)
        others = [pool.submit(enter, number) for number in (2, 3)]
        turned_away, waiting = wait(others, return_when=FIRST_COMPLETED)
        held.set()
        first.result(20)

    assert [type(one.exception()) for one in turned_away] == [TooManyRequests]
    assert [one.exception() for one in waiting] == [None]


def test_who_stood_in_line_for_long_is_told_to_come_again(stack: ExitStack) -> None:
    places = Places("a provider", most=1, each=1, patience=0.02)
    stack.enter_context(places.taken("a"))

    for _ in range(2):
        with pytest.raises(TooManyRequests), places.taken("a"):
            pass
