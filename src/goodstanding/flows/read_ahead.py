"""Read the next thing from outside while the last one is being kept here: neither side waits for the other."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


def read_ahead(wanted: Iterable[T], read: Callable[[T], U]) -> Iterator[U]:
    """Yield what `read` gives for each thing wanted, in order; it is called in a thread of its own, one call at a time.

    While the caller is busy with one answer the next one is read, and no more than that: memory is two answers. What is
    wanted is taken in the caller's thread. What `read` raises is raised in its turn, after all answers before it; left
    early, a reading that has begun is waited for and forgotten.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="reading ahead") as reader:
        coming: deque[Future[U]] = deque()
        for each in wanted:
            coming.append(reader.submit(read, each))
            if len(coming) > 1:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
