"""The clock's bulk twin: the same answers for whole arrays of epoch seconds.

Arrays are worked through in blocks that stay in the processor's cache; the plain clock (`clock.py`) is the oracle.
"""

from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from goodstanding.core.clocks.calendar import DAY
from goodstanding.core.clocks.clock import Compiled, WorkingClock
from goodstanding.core.clocks.compile import steady_spells
from goodstanding.core.clocks.days import business_day_seconds as plain_business_day_seconds
from goodstanding.core.clocks.tables import FinishTable, Instants, Numbers, Offsets

BLOCK: Final = 16_384
"""Values a block: its scratch of six columns fits the cache of a core beside the tables."""

Seconds = NDArray[np.int64]
_AnyInstants = NDArray[np.int64] | NDArray[np.uint32]


def seconds_between(
    clock: WorkingClock, starts: _AnyInstants, ends: _AnyInstants, out: NDArray[np.int64] | None = None
) -> Seconds:
    """Return the open seconds of each `[start, end)`; negative where `end` lies first.

    `starts` and `ends` hold epoch seconds as int64 or uint32, one dimension, equal lengths; `out` is an int64 array to
    write into. Raises `OutOfReach` before 1970 and after 2099.
    """
    _alike(starts, ends)
    found = np.empty(len(starts), dtype=np.int64) if out is None else out
    scratch = _Scratch()
    begin = 0
    while begin < len(starts):
        block = slice(begin, begin + BLOCK)
        try:
            if (compiled := clock.compiled) is None:
                raise _NotCompiled
            if compiled.pure is None:
                np.subtract(_searched(compiled, ends[block]), _searched(compiled, starts[block]), out=found[block])
            else:
                before = scratch.worked(compiled, starts[block], scratch.first)
                until = scratch.worked(compiled, ends[block], scratch.second)
                np.subtract(until, before, out=found[block], dtype=np.int64)
        except _NotCompiled:
            # Once or never: looked for here, in the block at hand, because a pass over whole arrays costs a tenth more.
            clock.reach(min(int(starts.min()), int(ends.min())), max(int(starts.max()), int(ends.max())))
            continue
        begin += BLOCK
    return found


def seconds_after(clock: WorkingClock, starts: _AnyInstants, amounts: NDArray[np.int64]) -> Instants:
    """Return for each start the earliest epoch second by which that many open seconds have passed.

    Shapes as in `seconds_between`; an amount of 0 gives the start itself. Raises `ValueError` for a negative amount and
    `OutOfReach` when a search would pass the end of 2099.
    """
    _alike(starts, amounts)
    found = np.empty(len(starts), dtype=np.int64)
    if len(starts) == 0:
        return found
    if int(amounts.min()) < 0:
        raise ValueError("cannot add a negative amount: clocks are added to forward only")
    compiled = _holding(clock, starts, amounts)
    scratch = _Scratch()
    for begin in range(0, len(starts), BLOCK):
        block = slice(begin, begin + BLOCK)
        if compiled.pure is None:
            wanted = _searched(compiled, starts[block]) + amounts[block]
        else:
            wanted = np.add(scratch.worked(compiled, starts[block], scratch.first), amounts[block], dtype=np.int64)
        if not compiled.intervals:
            found[block] = starts[block]  # nothing is open and nothing was asked for
        elif compiled.to_finish is None:
            at = np.searchsorted(compiled.worked, wanted, side="left") - 1
            opens = np.asarray(compiled.edges, dtype=np.int64)[::2]
            worked = np.asarray(compiled.worked, dtype=np.int64)
            found[block] = opens[np.maximum(at, 0)] + wanted - worked[np.maximum(at, 0)]
        else:
            scratch.finish(compiled.to_finish, wanted, found[block])
            found[block] += compiled.origin
    return np.where(amounts == 0, starts, found)


def business_day_seconds(clock: WorkingClock, starts: Instants, days: int) -> Seconds:
    """Return for each start the open seconds that `days` business days come to; the twin of `days.business_day_seconds`.

    `starts` holds epoch seconds as int64. Raises `ValueError` for a negative count and `OutOfReach` past 2099.
    """
    if days < 0:
        raise ValueError(f"cannot add {days} business days: clocks are added to forward only")
    if days == 0 or len(starts) == 0:
        return np.zeros(len(starts), dtype=np.int64)
    # One open second after the start is one second into the opening that the start rolls to.
    rolled = seconds_after(clock, starts, np.ones(len(starts), dtype=np.int64)) - 1
    last = int(rolled.max())
    clock.working_day_after(last // DAY + 1, days)
    compiled = clock.reach(int(starts.min()), last)
    begins, ends, offsets = _spells(clock.calendar.tz, compiled.origin, compiled.end)
    local = rolled + offsets[np.searchsorted(begins, rolled, side="right") - 1]
    working = np.asarray(compiled.working_days, dtype=np.int64)
    on = working[np.searchsorted(working, local // DAY, side="right") - 1 + days]
    named = on * DAY + local % DAY
    # The first spell whose local time reaches the named one; a time that the change before it skipped is the change.
    spell = np.searchsorted(np.maximum.accumulate(ends + offsets), named, side="right")
    at = np.maximum(named - offsets[spell], begins[spell])
    seconds = seconds_between(clock, starts, at)
    # Around a clock change two dates may take turns; there, and only there, the day's own hours have to be asked.
    changing = np.searchsorted(begins, at - DAY, side="right") != np.searchsorted(begins, at + DAY, side="right")
    for row in np.flatnonzero(changing).tolist():
        seconds[row] = plain_business_day_seconds(clock, int(starts[row]), days)
    return seconds


@lru_cache(maxsize=64)
def _spells(zone: ZoneInfo, start: int, end: int) -> tuple[Seconds, Seconds, Seconds]:
    """Return the starts, ends and offsets of a zone's spells; kept, since every block of a long column asks for them again."""
    begins, ends, offsets = np.array(list(steady_spells(zone, start, end)), dtype=np.int64).T
    return begins, ends, offsets


def _alike(left: _AnyInstants, right: _AnyInstants) -> None:
    if len(left) != len(right):
        raise ValueError(f"the arrays hold {len(left)} and {len(right)} values: they must hold as many")


def scratch_bytes() -> int:
    """Return the memory that bulk work needs beside its arrays, in bytes, whatever their length."""
    scratch = _Scratch()
    return sum(column.nbytes for column in (getattr(scratch, name) for name in _Scratch.__slots__))


class _NotCompiled(Exception):
    """An instant of this block lies outside the years compiled so far."""


class _Scratch:
    """Columns of one block, reused for every block, so that memory does not grow with the arrays."""

    __slots__ = ("_index", "_offset", "_part", "_slot", "_wide", "first", "second")

    def __init__(self) -> None:
        self._wide = np.empty(BLOCK, dtype=np.int64)
        self._index = np.empty(BLOCK, dtype=np.intp)
        self._offset, self._slot = (np.empty(BLOCK, dtype=np.uint32) for _ in range(2))
        self._part, self.first, self.second = (np.empty(BLOCK, dtype=np.int32) for _ in range(3))

    def worked(self, compiled: Compiled, instants: _AnyInstants, out: Numbers) -> Numbers:
        table = compiled.pure
        assert table is not None
        offsets = self._offsets(compiled, instants)
        count = len(offsets)
        index, part, out = self._index[:count], self._part[:count], out[:count]
        # Converted once: `take` would do it itself, less cheaply.
        np.copyto(index, np.floor_divide(offsets, table.width, out=self._slot[:count]))
        table.numbers.take(index, out=part, mode="clip")
        # The sign, spread over all bits, lets the offset through in open slots and nothing in closed ones.
        np.right_shift(part, 31, out=out)
        np.bitwise_and(out, np.add(offsets.view(np.int32), 1, out=self._slot[:count].view(np.int32)), out=out)
        return np.add(out, part, out=out)

    def finish(self, table: FinishTable, wanted: NDArray[np.int64], out: NDArray[np.int64]) -> None:
        count = len(wanted)
        index, slot, part = self._index[:count], self._wide[:count], self._offset[:count]
        np.right_shift(wanted, table.shift, out=slot)
        np.copyto(index, slot)
        table.turn.take(index, out=part, mode="clip")
        # `shifts` holds before and after in turn, so the comparison is the last bit of the place to look in.
        np.left_shift(index, 1, out=index)
        np.add(index, wanted > part, out=index)
        np.add(wanted, table.shifts.take(index, mode="clip"), out=out)

    def _offsets(self, compiled: Compiled, instants: _AnyInstants) -> Offsets:
        offset = self._offset[: len(instants)]
        # Read as unsigned, an instant before the origin is larger than any after it: one look finds both sides.
        if instants.dtype == np.uint32:
            np.subtract(instants, np.uint32(compiled.origin), out=offset)
            farthest = offset.max()
        else:
            wide = np.subtract(instants, compiled.origin, out=self._wide[: len(instants)])
            farthest = wide.view(np.uint64).max()
            np.copyto(offset, wide, casting="unsafe")
        if farthest >= compiled.end - compiled.origin:
            raise _NotCompiled
        return offset


def _holding(clock: WorkingClock, starts: _AnyInstants, amounts: NDArray[np.int64]) -> Compiled:
    """Compile far enough for every search: what the plain clock needs for the farthest start and the largest amount."""
    compiled = clock.reach(int(starts.min()), int(starts.max()))
    last, most = int(starts.max()), int(amounts.max())
    left = compiled.total - clock.seconds_between(compiled.origin, last)
    if most > left:
        try:
            clock.second_after(last, most)
        except ValueError:
            # The farthest start and the largest amount need not belong together: ask for each that matters.
            for start, amount in zip(starts.tolist(), amounts.tolist(), strict=True):
                clock.second_after(start, amount)
    return clock.reach(int(starts.min()), last)


def _searched(compiled: Compiled, instants: _AnyInstants) -> Seconds:
    if int(instants.min()) < compiled.origin or int(instants.max()) >= compiled.end:
        raise _NotCompiled
    if not compiled.intervals:
        return np.zeros(len(instants), dtype=np.int64)
    edges = np.asarray(compiled.edges, dtype=np.int64)
    worked = np.asarray(compiled.worked, dtype=np.int64)
    edge = np.searchsorted(edges, instants, side="right")
    so_far = worked[edge // 2]
    return np.where(edge % 2 == 1, so_far + instants - edges[edge - 1], so_far)
