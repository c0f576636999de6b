"""One deadline, explained: where a target that starts at an instant ends, and what each local date gave or cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.clocks.clock import clock_of, moment, moment_if, second_of
from goodstanding.core.clocks.intervals import Interval, clip, subtract, union
from goodstanding.core.clocks.presets import preset
from goodstanding.core.desk.events import PauseOwner
from goodstanding.core.desk.explain import Pause, days, stretches
from goodstanding.core.desk.policy import WALL, Target
from goodstanding.core.desk.reckon import FOREVER, instant_after, open_seconds
from goodstanding.core.desk.verdict import Cause, Stretch


@dataclass(frozen=True, slots=True)
class DatedShare:
    """What a local date gave to a clock: its counted and paused spells within the service hours, and what is left after it."""

    on: date
    counted: tuple[tuple[datetime, datetime], ...]
    paused: tuple[tuple[datetime, datetime], ...]
    counted_for: timedelta
    paused_for: timedelta
    left: timedelta
    closed: Cause | None = None
    """Why the date had no service hours at all, where it had none."""
    detail: str = ""
    """The name of the holiday or closure."""
    closures: tuple[str, ...] = ()
    """Own closures of a part of the date, by name; nameless ones are empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineExplained:
    """A deadline with every date and every stretch up to it.

    While a pause goes on there is no deadline to show, only what is left (semantics.md 1.5); dates and stretches then end
    where that pause began.
    """

    calendar: Calendar
    target: Target
    start_at: datetime
    deadline_at: datetime | None
    target_for: timedelta
    """The target in open time; days and weeks are turned into it once, at the start (semantics.md 1.9)."""
    counted_for: timedelta
    left: timedelta
    paused_since: datetime | None
    """When the pause began that has not ended, where there is no deadline because of it."""
    days: tuple[DatedShare, ...]
    because: tuple[Stretch, ...]


def explain_deadline(
    calendar: Calendar, target: Target, start: datetime, pauses: Iterable[tuple[datetime, datetime | None]] = ()
) -> DeadlineExplained:
    """Return where `target` ends when its clock starts at `start` in a calendar, and why there.

    A target in the slot `always` counts wall time on the clocks of the calendar's zone. A pause without an end goes on.
    Raises `ValueError` for a target without an amount, and `OutOfReach` outside the years that clocks count in.
    """
    if target.amount is None:
        raise ValueError("a target without a clock has no deadline")
    wall = target.slot == WALL
    counting = preset("24/7", calendar.zone) if wall else calendar
    clock = clock_of(counting)
    begin = second_of(start)
    cut = union((second_of(a), FOREVER if b is None else second_of(b)) for a, b in pauses)
    seconds = target.amount.seconds_from(clock, begin, wall=wall)
    deadline = instant_after(clock, begin, seconds, cut)
    still = next((max(a, begin) for a, b in cut if b >= FOREVER), None) if deadline is None else None
    end = deadline if deadline is not None else still if still is not None else begin
    counted = open_seconds(clock, begin, end, cut)
    found, left = [], seconds
    for day in days(clock, begin, end, cut):
        hours = clip(clock.open_on(day.on), begin, end)
        mine = subtract(hours, cut)
        left -= sum(b - a for a, b in mine)
        found.append(
            DatedShare(
                day.on,
                _moments(mine),
                _moments(subtract(hours, mine)),
                day.counted,
                day.paused,
                timedelta(seconds=left),
                day.closed,
                day.detail,
                () if day.closed else _closures(counting, day.on, begin, end),
            )
        )
    while len(found) > 1 and begin < end and not found[-1].counted_for and not found[-1].paused_for:
        # Used up at midnight: the date that then begins gave nothing.
        found.pop()
    return DeadlineExplained(
        calendar=counting,
        target=target,
        start_at=moment(begin),
        deadline_at=moment_if(deadline),
        target_for=timedelta(seconds=seconds),
        counted_for=timedelta(seconds=counted),
        left=timedelta(seconds=seconds - counted),
        paused_since=moment_if(still),
        days=tuple(found),
        because=stretches(clock, begin, end, [Pause(a, b, PauseOwner.CUSTOMER, "") for a, b in cut]),
    )


def _moments(spells: Iterable[Interval]) -> tuple[tuple[datetime, datetime], ...]:
    return tuple((moment(a), moment(b)) for a, b in spells)


def _closures(calendar: Calendar, on: date, begin: int, end: int) -> tuple[str, ...]:
    """Own closures, in local wall time, of a part of a date while the clock ran."""
    midnight = datetime.combine(on, time())
    first, last = (moment(at).astimezone(calendar.tz).replace(tzinfo=None) for at in (begin, end))
    first, last = max(first, midnight), min(last, midnight + timedelta(days=1))
    return tuple(each.name for each in calendar.closed if each.start < last and each.end > first)
