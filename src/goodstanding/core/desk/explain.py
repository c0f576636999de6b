"""Why a clock stands where it does: the stretches of its life, and the same day by day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.clocks.clock import WorkingClock, moment
from goodstanding.core.clocks.intervals import Interval, clip, subtract, union
from goodstanding.core.desk.events import PauseOwner
from goodstanding.core.desk.verdict import Cause, Reckoning, Stretch

_LAST_SECOND: Final = timedelta(days=1, seconds=-1)


@dataclass(frozen=True, slots=True)
class Pause:
    """Time cut out of a clock, in epoch seconds; `owner` None is the time between a resolution and a reopening."""

    start: int
    end: int
    owner: PauseOwner | None
    reason: str


@dataclass(frozen=True, slots=True)
class Day:
    """One local date of a clock's life: how much service time it had, and what became of it."""

    on: date
    counted: timedelta
    paused: timedelta
    closed: Cause | None = None
    """Why the date had no service hours at all, where it had none."""
    detail: str = ""


def stretches(clock: WorkingClock, start: int, end: int, pauses: Sequence[Pause]) -> tuple[Stretch, ...]:
    """Return every stretch of `[start, end)` in order: counted, closed or paused, with its cause.

    The counted ones add up to the elapsed time, and each begins where the one before ended. `pauses` are sorted.
    """
    cut = union((pause.start, pause.end) for pause in pauses)
    found = [
        _paused(clock, max(pause.start, start), min(pause.end, end), pause)
        for pause in pauses
        if max(pause.start, start) < min(pause.end, end)
    ]
    for a, b in subtract([(start, end)] if start < end else [], cut):
        opened = clock.open_within(a, b)
        found += [_stretch(Reckoning.COUNTED, c, d, d - c, Cause.SERVICE_HOURS) for c, d in opened]
        found += [_closed(clock.calendar, c, d) for c, d in subtract([(a, b)], opened)]
    return tuple(sorted(found, key=lambda each: each.start_at))


def days(clock: WorkingClock, start: int, end: int, cut: Sequence[Interval]) -> Iterator[Day]:
    """Yield every local date of `[start, end)` with the open time it counted and lost to pauses."""
    zone = clock.calendar.tz
    on, last = moment(start).astimezone(zone).date(), moment(end).astimezone(zone).date()
    while on <= last:
        hours = clock.open_on(on)
        mine = clip(hours, start, end)
        counted = sum(b - a for a, b in subtract(mine, cut))
        paused = sum(b - a for a, b in mine) - counted
        midnight = datetime.combine(on, time())
        cause, detail = (None, "") if hours else _why_closed(clock.calendar, on, midnight, midnight + _LAST_SECOND)
        yield Day(on, timedelta(seconds=counted), timedelta(seconds=paused), cause, detail)
        on += timedelta(days=1)


def _stretch(reckoning: Reckoning, start: int, end: int, seconds: int, cause: Cause, detail: str = "") -> Stretch:
    return Stretch(reckoning, moment(start), moment(end), timedelta(seconds=seconds), cause, detail=detail)


def _paused(clock: WorkingClock, start: int, end: int, pause: Pause) -> Stretch:
    cause = Cause.RESOLVED if pause.owner is None else Cause.WAITING
    lost = timedelta(seconds=clock.seconds_between(start, end))
    return Stretch(Reckoning.PAUSED, moment(start), moment(end), lost, cause, pause.owner, pause.reason)


def _closed(calendar: Calendar, start: int, end: int) -> Stretch:
    """Name the holidays and closures that a closed stretch covers; nights and weekends need no name."""
    first, last = (moment(at).astimezone(calendar.tz).replace(tzinfo=None) for at in (start, end - 1))
    on = first.date()
    cause, names = Cause.OUTSIDE_HOURS, []
    while on <= last.date():
        midnight = datetime.combine(on, time())
        why, name = _why_closed(calendar, on, max(first, midnight), min(last, midnight + _LAST_SECOND))
        if why is not Cause.OUTSIDE_HOURS:
            cause = why
            names.append(f"{on.isoformat()} {name}".rstrip())
        on += timedelta(days=1)
    return _stretch(Reckoning.CLOSED, start, end, 0, cause, ", ".join(names))


def _why_closed(calendar: Calendar, on: date, first: datetime, last: datetime) -> tuple[Cause, str]:
    """Return why a local date was closed from the second `first` to the second `last`, both included and in its wall time."""
    if on in calendar.holidays and calendar.week[on.weekday()]:
        return Cause.HOLIDAY, calendar.holiday_names.get(on, "")
    for closure in calendar.closed:
        if closure.start <= last and closure.end > first and calendar.week[on.weekday()]:
            return Cause.OWN_CLOSURE, closure.name
    return Cause.OUTSIDE_HOURS, ""
