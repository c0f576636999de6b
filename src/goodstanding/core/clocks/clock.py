"""The working-time clock: open seconds between two instants, and the instant at which an amount of them has passed."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

import numpy as np

from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.clocks.compile import FIRST_YEAR, LAST_YEAR, day_intervals, open_intervals, year_start
from goodstanding.core.clocks.intervals import Interval, clip
from goodstanding.core.clocks.tables import FinishTable, Instants, PureTable, finish_table, pure_table

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = year_start(FIRST_YEAR)
_LAST: Final = year_start(LAST_YEAR + 1)


class OutOfReach(ValueError):
    """An instant or a search outside the years that clocks count in; the message says which limit and why."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A calendar's open time over some years, ready to be asked; made afresh, never changed, when more years are needed."""

    first_year: int
    last_year: int
    origin: int
    end: int
    intervals: tuple[Interval, ...]
    edges: array[int]
    """Every opening and closing in order, in epoch seconds."""
    worked: array[int]
    """Open seconds before each interval, and the total last."""
    working_days: array[int]
    """Local dates with any open time, as days since 1970-01-01; those cut by the first or last year may be missing."""
    total: int
    pure: PureTable | None
    to_finish: FinishTable | None
    """The tables of bulk work."""
    single: tuple[int, int, int, array[int]] | None
    """Where single values look: `origin`, `end`, and the width and numbers of the pure table; None where there is none."""
    finish: tuple[int, array[int], array[int]] | None
    """The finishing table again: its shift, `turn`, and `shifts` that lead to epoch seconds."""


class WorkingClock:
    """Counts the open time of one calendar.

    Years are compiled when they are first asked for, so an answer never depends on how far the clock was compiled.
    Instants are whole epoch seconds, or aware datetimes whose fractions of a second are cut (semantics.md 1.4).
    """

    __slots__ = ("_compiled", "_single", "calendar")

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._compiled: Compiled | None = None
        self._single: tuple[int, int, int, array[int]] | None = None

    def seconds_between(self, start: int, end: int) -> int:
        """Return the open seconds of `[start, end)` in epoch seconds; negative, and as many, when `end` lies first.

        Raises `OutOfReach` before 1970 and after 2099.
        """
        if self._single is not None:
            origin, limit, width, numbers = self._single
            if origin <= start <= end < limit:
                # Written out here, in `second_after` and in `between` and `add`: calls would cost more than the answer.
                start -= origin
                end -= origin
                before, until = numbers[start // width], numbers[end // width]
                if before < 0:
                    before += start + 1
                return (until if until >= 0 else until + end + 1) - before
        compiled = self.reach(min(start, end), max(start, end))
        return _worked(compiled, end) - _worked(compiled, start)

    def second_after(self, start: int, seconds: int) -> int:
        """Return the earliest epoch second by which `seconds` of open time have passed since `start`.

        Used up exactly at closing, the answer is closing time and not the next opening; nothing to wait for is `start`
        itself, also in closed time (semantics.md 1.2, 1.4). Raises `ValueError` for a negative amount and `OutOfReach`
        when the calendar does not hold so much open time before the end of 2099.
        """
        if seconds <= 0:
            if seconds < 0:
                raise ValueError(f"cannot add {seconds} s: clocks are added to forward only")
            return start
        compiled = self._compiled
        if compiled is None or not compiled.origin <= start < compiled.end:
            compiled = self.reach(start, start)
        if compiled.single is not None:
            origin, _, width, numbers = compiled.single
            offset = start - origin
            wanted = numbers[offset // width] + seconds
            if wanted < seconds:
                wanted += offset + 1
        else:
            wanted = _worked(compiled, start) + seconds
        if wanted > compiled.total:
            return self._far_second_after(start, seconds)
        if compiled.finish is not None:
            shift, turn, shifts = compiled.finish
            slot = wanted >> shift
            return wanted + shifts[2 * slot + (wanted > turn[slot])]
        at = bisect_left(compiled.worked, wanted) - 1
        return compiled.intervals[at][0] + wanted - compiled.worked[at]

    def _far_second_after(self, start: int, seconds: int) -> int:
        """Answer `second_after` when the years compiled so far do not hold so much open time."""
        compiled = self.reach(start, start)
        if compiled.last_year == LAST_YEAR:
            left = compiled.total - _worked(compiled, start)
            raise OutOfReach(
                f"the calendar holds {left} s of open time between {moment(start):%Y-%m-%d %H:%M}Z and the end of "
                f"{LAST_YEAR}, not the {seconds} s asked for: clocks search no further"
            )
        self._extend(compiled.first_year, min(LAST_YEAR, 2 * compiled.last_year - compiled.first_year + 2))
        return self.second_after(start, seconds)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time from `start` to `end`, two aware datetimes; see `seconds_between`."""
        first, last = start - EPOCH, end - EPOCH
        a, b = first.days * 86_400 + first.seconds, last.days * 86_400 + last.seconds
        if self._single is not None:
            origin, limit, width, numbers = self._single
            if origin <= a <= b < limit:
                a -= origin
                b -= origin
                before, until = numbers[a // width], numbers[b // width]
                if before < 0:
                    before += a + 1
                return timedelta(0, (until if until >= 0 else until + b + 1) - before)
        return timedelta(0, self.seconds_between(a, b))

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return the earliest instant, in UTC, by which `amount` of open time has passed; see `second_after`."""
        since = start - EPOCH
        second, seconds = since.days * 86_400 + since.seconds, amount.days * 86_400 + amount.seconds
        compiled = self._compiled
        if seconds > 0 and compiled is not None and compiled.single is not None and compiled.finish is not None:
            origin, limit, width, numbers = compiled.single
            offset = second - origin
            if 0 <= offset < limit - origin:
                wanted = numbers[offset // width] + seconds
                if wanted < seconds:
                    wanted += offset + 1
                if wanted <= compiled.total:
                    shift, turn, shifts = compiled.finish
                    slot = wanted >> shift
                    return EPOCH + timedelta(0, wanted + shifts[2 * slot + (wanted > turn[slot])])
        return EPOCH + timedelta(0, self.second_after(second, seconds))

    def is_open(self, at: int) -> bool:
        """Whether service is given at an epoch second."""
        compiled = self.reach(at, at)
        return bisect_right(compiled.edges, at) % 2 == 1

    def next_opening(self, at: int) -> int:
        """Return the first open epoch second at or after `at`; raises `OutOfReach` when there is none until 2099."""
        return at if self.is_open(at) else self.second_after(at, 1) - 1

    def open_within(self, start: int, end: int) -> tuple[Interval, ...]:
        """Return the open intervals within `[start, end)`, sorted, cut to it."""
        if end <= start:
            return ()
        compiled = self.reach(start, end)
        first = bisect_right(compiled.edges, start) // 2
        last = (bisect_left(compiled.edges, end) + 1) // 2
        return clip(compiled.intervals[first:last], start, end)

    def working_day_after(self, on: int, days: int) -> int:
        """Return the local date `days` working days after the date `on`, both as days since 1970-01-01.

        A working day is a local date with any open time. Raises `ValueError` for fewer than one, and `OutOfReach` when there
        are not so many before the end of 2099.
        """
        if days < 1:
            raise ValueError(f"cannot look {days} working days ahead: clocks are added to forward only")
        # Two days to spare on each side: no zone is further than a day from UTC, so such dates are compiled whole.
        compiled = self.reach(max(_FIRST, (on - 2) * 86_400), min(_LAST - 1, (on + days + 2) * 86_400))
        while True:
            at = bisect_right(compiled.working_days, on) + days - 1
            if at < len(compiled.working_days) and (
                compiled.last_year == LAST_YEAR or (compiled.working_days[at] + 3) * 86_400 < compiled.end
            ):
                return compiled.working_days[at]
            if compiled.last_year == LAST_YEAR:
                raise OutOfReach(f"the calendar has fewer than {days} working days left before the end of {LAST_YEAR}")
            compiled = self._extend(compiled.first_year, min(LAST_YEAR, 2 * compiled.last_year - compiled.first_year + 2))

    def open_on(self, on: date) -> tuple[Interval, ...]:
        """Return the open intervals of a local date of the calendar, sorted; empty on a closed day."""
        return day_intervals(self.calendar, on)

    @property
    def compiled(self) -> Compiled | None:
        """What is compiled so far; None before the first question."""
        return self._compiled

    def reach(self, start: int, end: int) -> Compiled:
        """Return the calendar compiled at least from `start` up to and including `end`; raises `OutOfReach`."""
        compiled = self._compiled
        if compiled is not None and compiled.origin <= start and end < compiled.end:
            return compiled
        if start < _FIRST or end >= _LAST:
            wrong = start if start < _FIRST else end
            raise OutOfReach(f"{wrong} as epoch second lies outside the years {FIRST_YEAR} to {LAST_YEAR} clocks count in")
        first, last = moment(start).year, moment(end).year
        if compiled is None:
            # A year to spare: most deadlines fall after the instant they are counted from.
            return self._extend(first, min(LAST_YEAR, last + 1))
        return self._extend(min(first, compiled.first_year), max(last, compiled.last_year))

    def _extend(self, first_year: int, last_year: int) -> Compiled:
        self._compiled = compiled = _compile(self.calendar, first_year, last_year)
        self._single = compiled.single
        return compiled


@lru_cache(maxsize=512)
def clock_of(calendar: Calendar) -> WorkingClock:
    """Return the clock of a calendar; equal calendars share one, so years are compiled once in a process."""
    return WorkingClock(calendar)


def moment(second: int) -> datetime:
    """Return an epoch second as an aware datetime in UTC."""
    return EPOCH + timedelta(0, second)


def second_of(instant: datetime) -> int:
    """Return an aware datetime as whole epoch seconds, a fraction cut; raises `TypeError` for a naive one."""
    since = instant - EPOCH
    return since.days * 86_400 + since.seconds


def moment_if(second: int | None) -> datetime | None:
    """Return an epoch second as an aware datetime in UTC; None, which is not the second zero, stays None."""
    return None if second is None else moment(second)


def second_if(instant: datetime | None) -> int | None:
    """Return an aware datetime as whole epoch seconds, as `second_of` does; None stays None."""
    return None if instant is None else second_of(instant)


def _worked(compiled: Compiled, at: int) -> int:
    edge = bisect_right(compiled.edges, at)
    so_far = compiled.worked[edge // 2]
    return so_far + at - compiled.edges[edge - 1] if edge % 2 else so_far


def _compile(calendar: Calendar, first_year: int, last_year: int) -> Compiled:
    origin, end = year_start(first_year), year_start(last_year + 1)
    intervals, dates = open_intervals(calendar, first_year, last_year)
    edges = array("q", [edge for interval in intervals for edge in interval])
    worked = array("q", _running([end - start for start, end in intervals]))
    to_finish = finish_table(intervals, origin) if intervals else None
    pure = pure_table(intervals, origin, end) if intervals else None
    return Compiled(
        first_year=first_year,
        last_year=last_year,
        origin=origin,
        end=end,
        intervals=intervals,
        edges=edges,
        worked=worked,
        working_days=array("q", dates),
        total=worked[-1],
        pure=pure,
        to_finish=to_finish,
        single=(origin, end, pure.width, array("i", pure.numbers.tobytes())) if pure else None,
        finish=_finish_columns(to_finish, origin) if to_finish else None,
    )


def _finish_columns(table: FinishTable, origin: int) -> tuple[int, array[int], array[int]]:
    return table.shift, _plain(table.turn.astype(np.int64)), _plain(table.shifts + origin)


def _plain(column: Instants) -> array[int]:
    return array("q", column.tobytes())


def _running(lengths: Sequence[int]) -> list[int]:
    total, sums = 0, [0]
    for seconds in lengths:
        total += seconds
        sums.append(total)
    return sums
