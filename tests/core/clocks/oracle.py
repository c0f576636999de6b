"""The second walker: what the clock must answer, found by following the local wall clock through every single second."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

DAY = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOSED, OPEN = b"\x00", b"\x01"

# This module shares no code and no idea with `goodstanding.core.clocks`, and is written from semantics.md 1.2, 1.4 and 1.9
# alone: no intervals, no compiling, no searching of a zone's changes. There is one flag for each second that a wall clock
# can show, and `zoneinfo` is asked what it shows at both ends of every minute that passes, and at each second of a minute
# that did not take it from the one to the other.


@dataclass(frozen=True)
class Plain:
    """A calendar as a person would write it down."""

    zone: str
    week: Mapping[str, Sequence[str]]
    holidays: frozenset[date] = frozenset()
    closed: tuple[date | tuple[date, date] | tuple[datetime, datetime], ...] = ()
    """A date, the first and the last of several dates, or two local wall times of which the second is not closed any more."""
    open: tuple[tuple[date, Sequence[str]], ...] = ()


class BeyondWindow(Exception):
    """The answer lies outside the seconds that were walked."""


class SecondWalker:
    """Answers about one calendar within the epoch seconds `[first, last]`."""

    def __init__(self, plain: Plain, first: int, last: int) -> None:
        self.plain, self.first, self.last = plain, first, last
        self.origin, self.walls = walk(plain.zone, first, last)
        flags = self._painted(self.walls[-1] // DAY + 3)
        self._open_by_day: dict[int, array[int]] = {}
        self.open = np.frombuffer(flags, dtype=np.uint8)[np.frombuffer(self.walls, dtype=np.int64)].tobytes()
        self.passed = array("q", np.cumsum(np.frombuffer(b"\x00" + self.open, dtype=np.uint8), dtype=np.int64).tobytes())

    def is_open(self, t: int) -> bool:
        return bool(self.open[self._index(t)])

    def between(self, a: int, b: int) -> int:
        """The open seconds from a until b."""
        return self.passed[self._index(b)] - self.passed[self._index(a)]

    def add(self, start: int, n: int) -> int:
        """The earliest instant, not before start, by which n open seconds have passed since start."""
        begin = self._index(start)
        index = bisect_left(self.passed, self.passed[begin] + n, begin)
        if index == len(self.passed):
            raise BeyondWindow(f"{n} open seconds after {start}")
        return self.first + index

    def business_days(self, start: int, n: int) -> int:
        """Roll to the next opening; then the same local time on the nth later working day, kept inside that day's hours."""
        if n == 0:
            return start
        rolled = self.open.find(OPEN, self._index(start))
        if rolled < 0:
            raise BeyondWindow(f"no opening after {start}")
        day, second = divmod(self.walls[rolled], DAY)
        while n:
            day += 1
            n -= 1 if self._service(day) else 0
        return self.first + self._kept_inside(day, self._index_of(day, second))

    def runs(self) -> list[tuple[int, int]]:
        """Each stretch of open seconds of the window, as its first second and the one after its last."""
        found, begin = [], self.open.find(OPEN)
        while begin >= 0:
            end = self.open.find(CLOSED, begin)
            end = len(self.open) if end < 0 else end
            found.append((self.first + begin, self.first + end))
            begin = self.open.find(OPEN, end)
        return found

    def _painted(self, days: int) -> bytearray:
        """One flag for each second that the wall clock can show; later rules paint over earlier ones."""
        flags = bytearray(days * DAY)

        def paint(day: int, start: int, end: int, colour: bytes) -> None:
            start, end = max(0, day * DAY + start), min(len(flags), day * DAY + end)
            if start < end:
                flags[start:end] = colour * (end - start)

        for day in range(-1, days):
            for shift in self.plain.week.get(WEEKDAYS[self._date(day).weekday()], ()):
                for later, start, end in _halves(shift):
                    paint(day + later, start, end, OPEN)
        for day in range(days):
            if any(first <= self._date(day) <= last for first, last in self._closed_days()):
                paint(day, 0, DAY, CLOSED)
        for on, shifts in self.plain.open:
            for shift in shifts:
                for later, start, end in _halves(shift):
                    paint(on.toordinal() - self.origin + later, start, end, OPEN)
        for start, end in self._closed_times():
            paint(0, self._wall(start), self._wall(end), CLOSED)
        for holiday in self.plain.holidays:
            paint(holiday.toordinal() - self.origin, 0, DAY, CLOSED)
        return flags

    def _closed_days(self) -> list[tuple[date, date]]:
        pairs = [closure if isinstance(closure, tuple) else (closure, closure) for closure in self.plain.closed]
        return [(first, last) for first, last in pairs if not isinstance(first, datetime)]

    def _closed_times(self) -> list[tuple[datetime, datetime]]:
        return [closure for closure in self.plain.closed if isinstance(closure, tuple) and isinstance(closure[0], datetime)]

    def _date(self, day: int) -> date:
        return date.fromordinal(self.origin + day)

    def _wall(self, moment: datetime) -> int:
        into_the_day = moment - datetime.combine(moment, time())
        return (moment.toordinal() - self.origin) * DAY + into_the_day // timedelta(seconds=1)

    def _seconds_of(self, day: int) -> NDArray[np.int64]:
        if (day + 1) * DAY > self.walls[-1]:
            raise BeyondWindow("the date is not walked to its end")
        return seconds_of(self.plain.zone, self.first, self.last, day)

    def _service(self, day: int) -> array[int]:
        """The open seconds of a date; none on a closed date and on one that never was."""
        if day not in self._open_by_day:
            seconds = self._seconds_of(day)
            is_open = np.frombuffer(self.open, dtype=np.bool_)[seconds]
            self._open_by_day[day] = array("q", seconds[is_open].tobytes())
        return self._open_by_day[day]

    def _index_of(self, day: int, second: int) -> int:
        """The first second at which the wall clock of a date shows this; if none does, that of the change that skipped it."""
        wall, begin = day * DAY + second, max(1, int(self._seconds_of(day)[0]))
        before, shown = np.frombuffer(self.walls, dtype=np.int64)[begin - 1 : -1], np.frombuffer(self.walls, np.int64)[begin:]
        named = np.flatnonzero(shown == wall)
        if not len(named):
            named = np.flatnonzero((before < wall) & (wall < shown))
        return begin + int(named[0])

    def _kept_inside(self, day: int, named: int) -> int:
        """The named second if service is given then on that date, else the end of service before it, else the first opening."""
        service = self._service(day)
        before = bisect_right(service, named)
        if before == 0:
            return service[0]
        return named if service[before - 1] == named else service[before - 1] + 1

    def _index(self, t: int) -> int:
        if not self.first <= t <= self.last:
            raise BeyondWindow(f"{t} is outside [{self.first}, {self.last}]")
        return t - self.first


@lru_cache(maxsize=64)
def walk(zone: str, first: int, last: int) -> tuple[int, array[int]]:
    """What the wall clock shows at each second of [first, last), counted from the midnight of a date shortly before."""
    place, ask, walls = ZoneInfo(zone), datetime.fromtimestamp, array("q")
    origin = ask(first, place).toordinal() - 2

    def shown(t: int) -> int:
        wall = ask(t, place)
        return (wall.toordinal() - origin) * DAY + wall.hour * 3600 + wall.minute * 60 + wall.second

    for begin in range(first, last, 60):
        final = min(begin + 59, last - 1)
        a, b = shown(begin), shown(final)
        walls.extend(range(a, b + 1) if b - a == final - begin else map(shown, range(begin, final + 1)))
    return origin, walls


@lru_cache(maxsize=64)
def seconds_of(zone: str, first: int, last: int, day: int) -> NDArray[np.int64]:
    """The walked seconds at which the wall clock shows this date; they need not follow one another."""
    _, walls = walk(zone, first, last)
    return np.flatnonzero(np.frombuffer(walls, dtype=np.int64) // DAY == day)


def _halves(shift: str) -> list[tuple[int, int, int]]:
    """How many days later, from which second, until which second, for each date that a shift touches."""
    first, last = (_seconds(side) for side in shift.split("-"))
    return [(0, first, last)] if first < last else [(0, first, DAY), (1, 0, last)]


def _seconds(clock_time: str) -> int:
    hours, minutes, seconds = (*(int(part) for part in clock_time.split(":")), 0)[:3]
    return hours * 3600 + minutes * 60 + seconds


def at(text: str) -> int:
    """'2026-03-29 01:00' in UTC, as seconds since 1970."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
