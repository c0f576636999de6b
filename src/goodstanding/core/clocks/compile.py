"""From a calendar to instants: the open intervals of a span of years in UTC epoch seconds, by the local wall clock."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from goodstanding.core.clocks.calendar import DAY, Calendar
from goodstanding.core.clocks.intervals import Interval, union

Spell: TypeAlias = tuple[int, int, int]
"""From when until when, in epoch seconds, and so many seconds from UTC."""

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2099
"""Clocks count from 1970 to 2099: 130 years of seconds fit an unsigned 32-bit number, which halves the bulk tables."""

_EPOCH: Final = date(1970, 1, 1).toordinal()
_SAMPLE: Final = 3 * 3600
"""Offsets are compared this far apart; no zone has ever changed its clock twice within three hours."""


def year_start(year: int) -> int:
    """Return the epoch second at which a UTC year begins."""
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def open_intervals(calendar: Calendar, first_year: int, last_year: int) -> tuple[tuple[Interval, ...], tuple[int, ...]]:
    """Return the open time of UTC years `first_year` to `last_year`, both included, and the local dates that have any.

    The intervals are sorted and merged, in epoch seconds; the dates are days since 1970-01-01, and the first and the last
    may be missing where the years cut them. An instant is open when its local wall time lies in an interval of its local
    date: hours that a clock change skips count nothing, hours that it repeats count twice, and a local date that never
    was is never open (semantics.md 1.4).
    """
    found: list[Interval] = []
    dates: dict[int, None] = {}
    for start, end, offset in steady_spells(calendar.tz, year_start(first_year), year_start(last_year + 1)):
        for number in range((start + offset) // DAY, (end + offset - 1) // DAY + 1):
            pieces = _pieces(calendar.spans_on(_date(number)), number * DAY - offset, start, end)
            if pieces:
                found += pieces
                dates[number] = None
    return union(found), tuple(sorted(dates))


def day_intervals(calendar: Calendar, on: date) -> tuple[Interval, ...]:
    """Return the open time of one local date in epoch seconds, sorted; empty on a closed date or one that never was."""
    midnight = (on - date(1970, 1, 1)).days * DAY
    spans = calendar.spans_on(on)
    # No zone is further than a day from UTC, so the local date lies within a day to either side.
    spells = steady_spells(calendar.tz, midnight - DAY, midnight + 2 * DAY)
    return union(piece for start, end, offset in spells for piece in _pieces(spans, midnight - offset, start, end))


def _pieces(spans: Sequence[Interval], midnight: int, start: int, end: int) -> list[Interval]:
    if start <= midnight and midnight + DAY <= end:
        # A whole day, as nearly all are: nothing is cut from it.
        return [(midnight + opens, midnight + closes) for opens, closes in spans]
    cut = [(max(midnight + opens, start), min(midnight + closes, end)) for opens, closes in spans]
    return [(a, b) for a, b in cut if a < b]


def steady_spells(zone: ZoneInfo, start: int, end: int) -> Iterator[Spell]:
    """Yield `(start, end, offset)` for each spell of `[start, end)` over which the zone keeps one offset from UTC.

    `start` lies before `end`. Spells that follow each other differ in their offset.
    """
    held: Spell | None = None
    for year in range(_year_of(start), _year_of(end - 1) + 1):
        for first, last, offset in _spells_of_year(zone, year):
            a, b = max(first, start), min(last, end)
            if a >= b:
                continue
            if held is not None and held[2] != offset:
                yield held
                held = None
            held = (a, b, offset) if held is None else (held[0], b, offset)
    assert held is not None, "years follow each other without a gap"
    yield held


def _year_of(at: int) -> int:
    return datetime.fromtimestamp(at, UTC).year


@lru_cache(maxsize=4_096)
def _spells_of_year(zone: ZoneInfo, year: int) -> tuple[Spell, ...]:
    """Return the spells of one UTC year; kept, because every calendar of a zone asks for the same ones."""
    start, end = year_start(year), year_start(year + 1)
    found, spell, offset = [], start, _offset(zone, start)
    for at in range(start, end, _SAMPLE):
        ahead = min(at + _SAMPLE, end)
        if (changed := _offset(zone, ahead)) != offset:
            turn = _change(zone, at, ahead)
            if turn < end:
                found.append((spell, turn, offset))
                spell, offset = turn, changed
    return (*found, (spell, end, offset))


def _change(zone: ZoneInfo, low: int, high: int) -> int:
    before = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    assert offset is not None
    return offset.days * DAY + offset.seconds


def _date(number: int) -> date:
    return date.fromordinal(_EPOCH + number)
