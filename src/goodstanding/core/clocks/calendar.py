"""The calendar of service hours: weekly hours, holidays, closures and extra openings in one time zone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from goodstanding.core.clocks.intervals import Interval, clip, subtract, union

DAY: Final = 86_400
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_HOURS = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*")
_NO_PLACE = re.compile(r"(right|posix)/.*|localtime|posixrules|Factory|EST|MST|HST|Etc/GMT[+-].*")
"""Names that the database knows and no calendar may use: fixed offsets, leap seconds, whatever this machine is set to."""


class CalendarError(ValueError):
    """A calendar that cannot be: the message says what is wrong, why, and what to write instead.

    `field` is the part of the calendar it lies in, for example `week.fri` or `open[0].hours`.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Closure:
    """Own closed time, in the calendar's local wall time.

    Whole days when `start` and `end` are at midnight; `end` is not included.
    """

    start: datetime
    end: datetime
    name: str = ""

    @classmethod
    def of_days(cls, first: date, last: date, name: str = "") -> "Closure":
        """Close the local dates from `first` to `last`, both included."""
        midnight = time()
        return cls(datetime.combine(first, midnight), datetime.combine(last, midnight) + timedelta(days=1), name)

    @property
    def whole_days(self) -> bool:
        """Whether the closure begins and ends at midnight."""
        return self.start.time() == time() == self.end.time()


@dataclass(frozen=True, slots=True)
class Opening:
    """Extra service hours of one local date; hours past midnight run into the next date."""

    on: date
    hours: tuple[Interval, ...]
    """Seconds since local midnight of `on`; an end above 86,400 lies on the next date."""


@dataclass(frozen=True)
class Calendar:
    """When service is given: the one input of every clock (semantics.md 1.4; requirements TIER-5).

    An instant is open when its local wall time lies in an interval of its local date. The layers, later ones first to
    decide: holidays, closures with times of day, extra openings, closures of whole days, weekly hours.

    `week` holds seven tuples, Monday first, of `(start, end)` in seconds since local midnight, as `parse_hours` and
    `week_of` make them: sorted, without overlap, within the date. A calendar that is never open is refused.
    """

    zone: str
    week: tuple[tuple[Interval, ...], ...]
    holidays: frozenset[date] = frozenset()
    closed: tuple[Closure, ...] = ()
    open: tuple[Opening, ...] = ()
    holiday_names: Mapping[date, str] = field(default_factory=dict)
    """What a holiday is called, for explanations; never part of the decision."""

    def __post_init__(self) -> None:
        check_zone(self.zone)
        if len(self.week) != len(WEEKDAYS):
            raise CalendarError(f"the week has {len(self.week)} days, expected 7, Monday first", field="week")
        for name, spans in zip(WEEKDAYS, self.week, strict=True):
            _check_spans(spans, where=f"week.{name}")
        for number, closure in enumerate(self.closed):
            if closure.end <= closure.start:
                raise CalendarError(
                    f"the closure from {closure.start} to {closure.end} ends before it begins", field=f"closed[{number}]"
                )
            if closure.start.microsecond or closure.end.microsecond:
                raise CalendarError("a closure begins and ends on whole seconds", field=f"closed[{number}]")
        for number, opening in enumerate(self.open):
            _check_opening(opening, where=f"open[{number}].hours")
            for on, _ in _by_date(opening):
                if on in self.holidays:
                    raise CalendarError(
                        f"{on} is a holiday, and a holiday beats an extra opening: put {on} under holidays.skip to work "
                        "on that day",
                        field=f"open[{number}]",
                    )
        if not any(self.week) and not any(self.spans_on(on) for on in self.dated):
            raise CalendarError("the calendar is never open: give it weekly hours or an extra opening", field="week")

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Calendars are looked up by value for every clock that is judged; hashing the parts each time would show.
        return hash((self.zone, self.week, self.holidays, self.closed, self.open))

    @cached_property
    def tz(self) -> ZoneInfo:
        """The zone as the standard library knows it."""
        return ZoneInfo(self.zone)

    @cached_property
    def dated(self) -> frozenset[date]:
        """The local dates on which the hours are not simply those of the week."""
        days = set(self.holidays) | {on for opening in self.open for on, _ in _by_date(opening)}
        for closure in self.closed:
            on = closure.start.date()
            while datetime.combine(on, time()) < closure.end:
                days.add(on)
                on += timedelta(days=1)
        return frozenset(days)

    def spans_on(self, on: date) -> tuple[Interval, ...]:
        """Return the service hours of a local date as `(start, end)` in seconds since local midnight, by wall clock."""
        spans = self.week[on.weekday()]
        if on not in self.dated:
            return spans
        if on in self.holidays:
            return ()
        spans = subtract(spans, [_on(on, closure) for closure in self._closing(on) if closure.whole_days])
        spans = union([*spans, *(span for opening in self.open for day, span in _by_date(opening) if day == on)])
        return subtract(spans, union(_on(on, closure) for closure in self._closing(on) if not closure.whole_days))

    def _closing(self, on: date) -> list[Closure]:
        begin = datetime.combine(on, time())
        return [closure for closure in self.closed if closure.start < begin + timedelta(days=1) and closure.end > begin]


def check_zone(name: str) -> None:
    """Raise `CalendarError` unless `name` is a zone of the IANA database; offsets are refused (semantics.md 2, row 39)."""
    try:
        known = bool(_ZONE.fullmatch(name)) and not _NO_PLACE.fullmatch(name) and ZoneInfo(name) is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = False
    if not known:
        raise CalendarError(
            f"{name!r} is not a time zone of the IANA database: write a place such as Europe/Rome, or UTC; "
            "a fixed offset would be wrong half of the year",
            field="zone",
        )


def parse_hours(text: str, *, where: str = "hours") -> Interval:
    """Read `09:00-13:00`; an end before the start runs past midnight, and `24:00` is the end of the day.

    Returns seconds since midnight, the end above 86,400 for a shift that runs into the next day (semantics.md 2, row 40).
    Raises `CalendarError`, naming `where`, for anything else.
    """
    parts = text.replace("–", "-").split("-")
    if len(parts) != 2:
        raise CalendarError(f"{text!r} is not a pair of times: write 09:00-17:30", field=where)
    start, end = (_seconds(part.strip(), where=where) for part in parts)
    if start == DAY:
        raise CalendarError(f"{text!r} begins at 24:00: write 00:00 on the next day", field=where)
    if start == end:
        raise CalendarError(f"{text!r} is empty: for a whole day write 00:00-24:00", field=where)
    return (start, end if end > start else end + DAY)


def week_of(hours: Mapping[str, Iterable[str]]) -> tuple[tuple[Interval, ...], ...]:
    """Turn `{"mon": ["09:00-13:00"], "fri": ["22:00-06:00"]}` into the `week` of a `Calendar`.

    A shift past midnight is stored split: its morning belongs to the next weekday. Raises `CalendarError` for an unknown
    weekday, a bad time or two spans that overlap.
    """
    days: list[list[Interval]] = [[] for _ in WEEKDAYS]
    for name, texts in hours.items():
        if name not in WEEKDAYS:
            raise CalendarError(f"{name!r} is no weekday: use {', '.join(WEEKDAYS)}", field=f"week.{name}")
        number = WEEKDAYS.index(name)
        for text in texts:
            start, end = parse_hours(text, where=f"week.{name}")
            days[number].append((start, min(end, DAY)))
            if end > DAY:
                days[(number + 1) % 7].append((0, end - DAY))
    for name, spans in zip(WEEKDAYS, days, strict=True):
        spans.sort()
        _check_spans(spans, where=f"week.{name}")
    return tuple(union(spans) for spans in days)


def _seconds(text: str, *, where: str) -> int:
    match = _HOURS.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > DAY:
        raise CalendarError(f"{text!r} is not a time of day: write 00:00 to 24:00", field=where)
    return total


def _check_spans(spans: Sequence[Interval], *, where: str) -> None:
    for start, end in spans:
        if not 0 <= start < end <= DAY:
            raise CalendarError(f"the span {start}-{end} s does not lie within one day", field=where)
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            raise CalendarError(
                f"two spans overlap: one begins at {clock_face(start)} before the other ended at {clock_face(end)}",
                field=where,
            )


def _check_opening(opening: Opening, *, where: str) -> None:
    for start, end in opening.hours:
        if not (0 <= start < DAY and start < end <= start + DAY):
            raise CalendarError(f"the hours {start}-{end} s do not begin on {opening.on} and end within a day", field=where)


def clock_face(seconds: int) -> str:
    """Write seconds since midnight as people read them: `09:00`, `13:30:15`, `24:00`."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours:02d}:{minutes:02d}" + (f":{left:02d}" if left else "")


def _by_date(opening: Opening) -> list[tuple[date, Interval]]:
    found: list[tuple[date, Interval]] = []
    for start, end in opening.hours:
        if start < DAY:
            found.append((opening.on, (start, min(end, DAY))))
        if end > DAY:
            found.append((opening.on + timedelta(days=1), (max(start, DAY) - DAY, end - DAY)))
    return found


def _on(on: date, closure: Closure) -> Interval:
    begin = datetime.combine(on, time())
    start, end = ((moment - begin) // timedelta(seconds=1) for moment in (closure.start, closure.end))
    return clip([(start, end)], 0, DAY)[0]
