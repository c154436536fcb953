"""A stream worked on in threads, its order kept and only a few items of it in memory: what lets reading, matching and writing go on at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
Made = TypeVar("Made")

_END = object()


def ahead(items: Iterable[T], size: int = 2) -> Generator[T, None, None]:
    """The same items, got in a thread of their own, up to `size` of them before they are asked for. What goes wrong there is raised here."""
    source = iter(items)
    pool = ThreadPoolExecutor(1)
    waiting: deque[Future[Any]] = deque(pool.submit(next, source, _END) for _ in range(size))
    try:
        while (item := waiting.popleft().result()) is not _END:
            waiting.append(pool.submit(next, source, _END))
            yield item
            del item
    finally:
        pool.shutdown(cancel_futures=True)


def side_by_side(work: Callable[[T], Made], items: Iterable[T], workers: int = 2) -> Iterator[Made]:
    """What `work` makes of every item, in order; as many are worked on at a time as there are workers."""
    with ThreadPoolExecutor(workers) as pool:
        running: deque[Future[Made]] = deque()
        for item in items:
            running.append(pool.submit(work, item))
            del item
            if len(running) > workers:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
