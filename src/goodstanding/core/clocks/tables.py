"""Slot tables: where an instant stands in a calendar's open time, found without a search."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from goodstanding.core.clocks.intervals import Interval

Instants = NDArray[np.int64]
Offsets = NDArray[np.uint32]

_WIDEST: Final = 12
_NARROWEST: Final = 8
"""Slots are 2**12 to 2**8 seconds wide. Narrower ones would no longer fit the processor's cache, so search serves instead."""


@dataclass(frozen=True, slots=True)
class WorkedTable:
    """Open seconds from `origin` to any instant, three numbers a slot.

    A slot is `2**shift` seconds and holds part of at most one open interval, `[low, high)`. So for an instant `t` in it,
    counted from `origin`, the open seconds so far are `clamp(t, low, high) + base`, modulo 2**32. Boundaries may lie on
    any second; only gaps narrower than a slot forbid it.
    """

    shift: int
    low: Offsets
    high: Offsets
    base: Offsets


@dataclass(frozen=True, slots=True)
class FinishTable:
    """The inverse: the earliest instant by which so many open seconds have passed since `origin`, three numbers a slot.

    A slot is `2**shift` open seconds and holds the end of at most one interval, `turn`. Up to and including `turn` the
    instant lies `before` seconds after the open seconds, beyond it `after` (closing time wins, semantics.md 1.2).
    """

    shift: int
    turn: Offsets
    before: Offsets
    after: Offsets


def worked_table(intervals: Sequence[Interval], origin: int, end: int) -> WorkedTable | None:
    """Build the table over `[origin, end)` from merged intervals within it, or None where gaps are too narrow."""
    gaps = [start - closed for (_, closed), (start, _) in pairwise(intervals)]
    shift = _shift(min(gaps, default=1 << _WIDEST))
    if shift is None:
        return None
    starts, ends, worked = _columns(intervals, origin)
    width = 1 << shift
    slots = np.arange(((end - origin) >> shift) + 1, dtype=np.int64) << shift
    at = np.searchsorted(ends, slots, side="right")
    within = at < len(ends)
    here = np.minimum(at, len(ends) - 1)
    low = np.maximum(starts[here], slots)
    high = np.minimum(ends[here], slots + width)
    empty = ~within | (low >= high)
    low, high = np.where(empty, slots, low), np.where(empty, slots, high)
    # Open seconds at the start of the slot: whole intervals before, and the part of the one that began before the slot.
    so_far = worked[at] + np.where(within, np.maximum(slots - starts[here], 0), 0)
    base = so_far - low
    return WorkedTable(shift, _wrap(low), _wrap(high), _wrap(base))


def finish_table(intervals: Sequence[Interval], origin: int) -> FinishTable | None:
    """Build the inverse table from merged intervals, or None where an interval is too short."""
    shift = _shift(min(end - start for start, end in intervals))
    if shift is None:
        return None
    starts, _, worked = _columns(intervals, origin)
    slots = np.arange((int(worked[-1]) >> shift) + 1, dtype=np.int64) << shift
    # The first interval whose end is at or after the slot's first second; the next one serves beyond its end.
    at = np.minimum(np.searchsorted(worked[1:], slots, side="left"), len(starts) - 1)
    following = np.minimum(at + 1, len(starts) - 1)
    shifted = starts - worked[:-1]
    return FinishTable(shift, _wrap(worked[at + 1]), _wrap(shifted[at]), _wrap(shifted[following]))


def _columns(intervals: Sequence[Interval], origin: int) -> tuple[Instants, Instants, Instants]:
    both = np.array(intervals, dtype=np.int64).reshape(-1, 2) - origin
    starts, ends = both[:, 0].copy(), both[:, 1].copy()
    worked = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(ends - starts)])
    return starts, ends, worked


def _shift(narrowest: int) -> int | None:
    for shift in range(_WIDEST, _NARROWEST - 1, -1):
        if narrowest >= 1 << shift:
            return shift
    return None


def _wrap(numbers: Instants) -> Offsets:
    return (numbers & 0xFFFFFFFF).astype(np.uint32)
