"""Business days: the same local time on the Nth later working day (semantics.md 1.9)."""

from datetime import date, datetime, time, timedelta
from typing import Final

from goodstanding.core.clocks.calendar import DAY
from goodstanding.core.clocks.clock import WorkingClock, moment
from goodstanding.core.clocks.intervals import Interval

_THE_FIRST: Final = date(1970, 1, 1)


def after_business_days(clock: WorkingClock, start: int, days: int) -> int:
    """Return the epoch second `days` business days after `start`.

    Roll to the next opening; then the same local time on the Nth later working day, clamped into that day's opening
    hours: its first opening, its last closing, or the start of the break the time falls in. A working day is a local
    date with any open time. A local time that a clock change skips is the instant of the change, one that it repeats is
    the first. Zero days is `start` itself. Raises `ValueError` for a negative count and `OutOfReach` past 2099.
    """
    if days <= 0:
        if days < 0:
            raise ValueError(f"cannot add {days} business days: clocks are added to forward only")
        return start
    on, at = _named(clock, start, days)
    return _clamp(at, clock.open_on(on))


def business_day_seconds(clock: WorkingClock, start: int, days: int) -> int:
    """Return the open seconds that `days` business days from `start` come to: what a target in days is turned into, once.

    Raises as `after_business_days` does.
    """
    if days <= 0:
        return clock.seconds_between(start, after_business_days(clock, start, days))
    on, at = _named(clock, start, days)
    if not steady_around(clock, at):
        at = _clamp(at, clock.open_on(on))
    # On any other day clamping into the day's hours passes over closed time only, and the open seconds are the same.
    return clock.seconds_between(start, at)


def steady_around(clock: WorkingClock, at: int) -> bool:
    """Whether the zone keeps one offset for a day to either side of an epoch second."""
    zone = clock.calendar.tz
    return moment(at - DAY).astimezone(zone).utcoffset() == moment(at + DAY).astimezone(zone).utcoffset()


def _named(clock: WorkingClock, start: int, days: int) -> tuple[date, int]:
    local = moment(clock.next_opening(start)).astimezone(clock.calendar.tz)
    on = _THE_FIRST + timedelta(days=clock.working_day_after((local.date() - _THE_FIRST).days, days))
    return on, _instant(clock, on, local.time())


def _instant(clock: WorkingClock, on: date, at: time) -> int:
    zone = clock.calendar.tz
    naive = datetime.combine(on, at.replace(fold=0))
    second = int(naive.replace(tzinfo=zone).timestamp())
    if moment(second).astimezone(zone).replace(tzinfo=None, fold=0) == naive:
        return second
    # Skipped by a clock change: with fold=0 the offset before the change was used, so the change lies before `second`.
    low, high = second - 86_400, second
    while high - low > 1:
        middle = (low + high) // 2
        if moment(middle).astimezone(zone).replace(tzinfo=None, fold=0) < naive:
            low = middle
        else:
            high = middle
    return high


def _clamp(at: int, hours: tuple[Interval, ...]) -> int:
    inside = hours[0][0]
    for opens, closes in hours:
        if at < opens:
            break
        inside = min(at, closes)
    return inside
