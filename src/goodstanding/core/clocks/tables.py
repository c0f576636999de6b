"""Slot tables: where an instant stands in a calendar's open time, found without a search."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from goodstanding.core.clocks.intervals import Interval

Instants = NDArray[np.int64]
Offsets = NDArray[np.uint32]

_WIDEST: Final = 12
_NARROWEST: Final = 8
"""Finishing slots are 2**12 to 2**8 open seconds wide; shorter intervals are searched for."""
_NARROWEST_PURE: Final = 60
"""Pure slots are a minute wide at least: narrower ones would fill the processor's cache several times over."""
_LONGEST: Final = (1 << 31) - 1
"""Pure slots count in signed 32-bit numbers, so they reach over 68 years; a calendar asked for more is searched."""

Numbers = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class PureTable:
    """Open seconds from `origin` to any instant, one number a slot: slots of `width` seconds, open or closed as a whole.

    In a closed slot the number is the open seconds so far; in an open one it is that many less the slot's start, less
    one, and so below zero: by `t`, counted from `origin`, `t + number + 1` seconds were open.
    """

    width: int
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class FinishTable:
    """The inverse: the earliest instant by which so many open seconds have passed since `origin`, three numbers a slot.

    A slot is `2**shift` open seconds and holds the end of at most one interval, `turn`. Up to and including `turn` the
    instant lies `shifts[2 * slot]` seconds after the open seconds, beyond it `shifts[2 * slot + 1]` (closing time wins,
    semantics.md 1.2).
    """

    shift: int
    turn: Offsets
    shifts: Instants


def pure_table(intervals: Sequence[Interval], origin: int, end: int) -> PureTable | None:
    """Build the table over `[origin, end)` from merged intervals within it, or None where boundaries share no wide slot."""
    if end - origin > _LONGEST:
        return None
    starts, ends, worked = _columns(intervals, origin)
    width = gcd(end - origin, int(np.gcd.reduce(starts)), int(np.gcd.reduce(ends)))
    if width < _NARROWEST_PURE:
        return None
    slots = np.arange(0, end - origin, width, dtype=np.int64)
    at = np.searchsorted(ends, slots, side="right")
    here = np.minimum(at, len(ends) - 1)
    is_open = (at < len(ends)) & (slots >= starts[here])
    return PureTable(width, np.where(is_open, worked[at] - starts[here] - 1, worked[at]).astype(np.int32))


def finish_table(intervals: Sequence[Interval], origin: int) -> FinishTable | None:
    """Build the inverse table from merged intervals, or None where an interval is too short."""
    starts, ends, worked = _columns(intervals, origin)
    shift = _shift(int((ends - starts).min()))
    if shift is None:
        return None
    slots = np.arange((int(worked[-1]) >> shift) + 1, dtype=np.int64) << shift
    # The first interval whose end is at or after the slot's first second; the next one serves beyond its end.
    at = np.minimum(np.searchsorted(worked[1:], slots, side="left"), len(starts) - 1)
    following = np.minimum(at + 1, len(starts) - 1)
    shifted = starts - worked[:-1]
    return FinishTable(shift, worked[at + 1].astype(np.uint32), np.stack([shifted[at], shifted[following]], axis=1).reshape(-1))


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
