"""Streams worked on in threads: order, errors, and no more in memory than was said."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator.matching.flow import ahead, side_by_side


@given(st.lists(st.integers()), st.integers(1, 4))
def test_the_order_of_items_is_kept(items, size):
    assert list(ahead(items, size)) == items
    assert list(side_by_side(lambda item: item, ahead(items), size)) == items


def test_the_slow_item_is_waited_for():
    def work(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    assert list(side_by_side(work, [0.05, 0.0, 0.02, 0.0])) == [0.05, 0.0, 0.02, 0.0]


def counted(most: int, made: list[int]) -> Iterator[int]:
    for number in range(most):
        made.append(number)
        yield number


@pytest.mark.parametrize("size", [1, 2, 3])
def test_only_so_many_items_are_made_before_they_are_asked_for(size):
    made: list[int] = []
    stream = ahead(counted(50, made), size)
    assert next(stream) == 0
    assert next(stream) == 1
    time.sleep(0.05)
    assert len(made) == size + 2
    stream.close()


@pytest.mark.parametrize("run", [lambda items: ahead(items), lambda items: side_by_side(int, ahead(items))])
def test_what_goes_wrong_in_a_thread_is_raised_to_the_one_who_asks(run):
    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("读到一半")

    found = []
    with pytest.raises(ValueError, match="读到一半"):
        found.extend(run(broken()))


def test_a_stream_left_early_leaves_no_thread_and_closes_its_source():
    closed = threading.Event()

    def source() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            closed.set()

    before = threading.active_count()
    stream = side_by_side(lambda item: item, ahead(source()))
    assert next(stream) == 0
    stream.close()
    del stream
    assert closed.wait(2)
    assert threading.active_count() == before
