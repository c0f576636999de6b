"""Counting open time with pauses cut out: elapsed seconds, and the instant by which an amount has passed."""

from collections.abc import Sequence
from typing import Final

from goodstanding.core.clocks.clock import WorkingClock
from goodstanding.core.clocks.intervals import Interval, clip

FOREVER: Final = 1 << 40
"""Later than any second a clock counts; the end of a pause that has not ended."""


def open_seconds(clock: WorkingClock, start: int, end: int, cut: Sequence[Interval]) -> int:
    """Return the open seconds of `[start, end)` outside `cut`, which is sorted and free of overlap."""
    if end <= start:
        return 0
    return clock.seconds_between(start, end) - sum(clock.seconds_between(a, b) for a, b in clip(cut, start, end))


def instant_after(clock: WorkingClock, start: int, seconds: int, cut: Sequence[Interval]) -> int | None:
    """Return the earliest epoch second by which `seconds` open, uncut seconds have passed since `start`.

    A pause costs only the open time inside it; one that begins at or after the answer changes nothing, so it can never
    undo a breach (semantics.md 1.5). None when a pause that has not ended (`FOREVER`) begins first.
    """
    if seconds == 0:
        return start
    cursor, left = start, seconds
    for begin, end in cut:
        if end <= cursor:
            continue
        if begin > cursor:
            available = clock.seconds_between(cursor, begin)
            if left <= available:
                return clock.second_after(cursor, left)
            left -= available
        if end >= FOREVER:
            return None
        cursor = end
    return clock.second_after(cursor, left)
