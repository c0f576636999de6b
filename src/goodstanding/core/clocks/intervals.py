"""Half-open intervals of whole seconds: union, intersection, difference and length."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

Interval: TypeAlias = tuple[int, int]
"""`(start, end)`, start included and end not, in whole seconds of one time line; empty when `end <= start`."""


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the intervals sorted, without overlap, touching ones merged and empty ones dropped."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def intersect(left: Sequence[Interval], right: Sequence[Interval]) -> tuple[Interval, ...]:
    """Return what lies in both; each side is sorted and free of overlap, as `union` returns it."""
    found: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i][0], right[j][0])
        end = min(left[i][1], right[j][1])
        if start < end:
            found.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def subtract(whole: Sequence[Interval], cut: Sequence[Interval]) -> tuple[Interval, ...]:
    """Return what of `whole` is left without `cut`; each side is sorted and free of overlap."""
    left: list[Interval] = []
    j = 0
    for start, end in whole:
        while j < len(cut) and cut[j][1] <= start:
            j += 1
        cursor, k = start, j
        while k < len(cut) and cut[k][0] < end:
            if cursor < cut[k][0]:
                left.append((cursor, cut[k][0]))
            cursor = max(cursor, cut[k][1])
            k += 1
        if cursor < end:
            left.append((cursor, end))
    return tuple(left)


def clip(intervals: Iterable[Interval], start: int, end: int) -> tuple[Interval, ...]:
    """Return the parts of the intervals that lie in `[start, end)`, in their order."""
    parts = ((max(a, start), min(b, end)) for a, b in intervals)
    return tuple((a, b) for a, b in parts if a < b)


def length(intervals: Iterable[Interval]) -> int:
    """Return the seconds the intervals cover; they must not overlap."""
    return sum(end - start for start, end in intervals)
