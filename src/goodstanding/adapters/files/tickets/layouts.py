"""How dates and times are written: the layouts that exports use, read for whole columns at once.

A text's shape is the text with every digit made a zero. A column has few shapes, so a shape is understood once, and the
digits of all its rows are then read where the shape says they are.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from goodstanding.adapters.files.tickets.asking import DateOrder

Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]

LONGEST: Final = 48
"""Bytes: nothing longer is a date."""

_MONTHS: Final = {
    name: number
    for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_GAP = rb"(?: |\xc2\xa0|\xe2\x80\xaf)"
"""A space, also the ones that do not break, which newer programs put before PM."""
_MONTH = (
    rb"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    rb"|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAY = rb"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,? )?"
_CLOCK = (
    rb"(?P<hour>00?):(?P<minute>00)(?::(?P<second>00)(?:[.,]0+)?)?(?:" + _GAP + rb"*(?P<half>[ap])\.?m\.?)?"
    rb"(?:" + _GAP + rb"?(?:(?P<utc>z|utc|gmt)|(?P<sign>[+-])(?P<off_hour>00):?(?P<off_minute>00)?))?"
)
_BETWEEN = rb"(?:t|,? at |,?" + _GAP + rb"+)"
_DATES: Final[tuple[tuple[bytes, tuple[DateOrder, ...]], ...]] = (
    (rb"(?P<y>0000)(?P<sep>[-/.])(?P<m>00?)(?P=sep)(?P<d>00?)", ("ymd",)),
    (rb"(?P<a>00?)(?P<sep>[-/.])(?P<b>00?)(?P=sep)(?P<y>0000)", ("dmy", "mdy")),
    (rb"(?P<a>00?)(?P<sep>[-/.])(?P<b>00?)(?P=sep)(?P<c>00)", ("dmy", "mdy", "ymd")),
    (rb"(?P<d>00?)(?P<sep>[-/. ])" + _MONTH + rb"\.?(?P=sep)(?P<y>0000|00)", ("dmy",)),
    (_MONTH + rb"\.? (?P<d>00?),? (?P<y>0000)", ("mdy",)),
)
_LAYOUTS: Final = tuple(
    (re.compile(_WEEKDAY + date + rb"(?:" + _BETWEEN + _CLOCK + rb")?", re.IGNORECASE), orders) for date, orders in _DATES
)
_COMPACT = re.compile(rb"(?P<y>0000)(?P<m>00)(?P<d>00)(?:t?(?P<hour>00)(?P<minute>00)(?P<second>00)(?P<utc>z)?)", re.IGNORECASE)
_BARE = re.compile(rb"0{1,13}(?:\.0+)?(?:e[+-]?00?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a shape has its parts, as byte spans; `orders` are the orders its date may be in.

    `bare` is a number alone. A layout without `hour` is a date without a time of day. `half` is 0 before noon and 12
    after it on a clock of twelve hours. `sign` is 0 for a local time, else the shape tells the offset from UTC.
    """

    orders: tuple[DateOrder, ...] = ()
    spans: tuple[tuple[str, int, int], ...] = ()
    month: int | None = None
    half: int | None = None
    sign: int | None = None
    short_year: bool = False
    bare: bool = False

    def has(self, part: str) -> bool:
        """Whether the shape has such a part."""
        return any(name == part for name, _, _ in self.spans)


@lru_cache(maxsize=8192)
def layout_of(shape: bytes) -> Layout | None:
    """Return the layout of a shape, or None for one that is no date, time or number."""
    if _BARE.fullmatch(shape):
        return Layout(bare=True)
    compact = _COMPACT.fullmatch(shape)
    if compact is not None:
        return _layout(compact, ("ymd",))
    for pattern, orders in _LAYOUTS:
        match = pattern.fullmatch(shape)
        if match is not None:
            return _layout(match, orders)
    return None


def _layout(match: re.Match[bytes], orders: tuple[DateOrder, ...]) -> Layout:
    named = {name: text for name, text in match.groupdict().items() if text is not None}
    spans = tuple(
        (name, *match.span(name))
        for name in ("y", "m", "d", "a", "b", "c", "hour", "minute", "second", "off_hour", "off_minute")
        if name in named
    )
    sign = None
    if "utc" in named:
        sign = 0
    elif "sign" in named:
        sign = 1 if named["sign"] == b"+" else -1
    return Layout(
        orders,
        spans,
        month=_MONTHS[named["month"][:3].lower().decode()] if "month" in named else None,
        half=(12 if named["half"].lower() == b"p" else 0) if "half" in named else None,
        sign=sign,
        short_year="c" in named or len(named.get("y", b"0000")) == 2,
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """The numbers of all rows of one layout: the date's three as written, the second of the day, the offset from UTC."""

    layout: Layout
    date: tuple[Numbers, Numbers, Numbers]
    """Year, month, day where the layout knows which is which; else the three as they stand."""
    second: Numbers
    offset: Numbers | None
    sound: NDArray[np.bool_]
    """Whether time of day and offset exist; the date is judged once its order is known."""

    def fits(self, order: DateOrder) -> NDArray[np.bool_]:
        """Return which rows are dates when read in an order."""
        if order not in self.layout.orders:
            return np.zeros(len(self.second), dtype=np.bool_)
        year, month, day = self._civil(order)
        right: NDArray[np.bool_] = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
        unsure = np.flatnonzero(right & (day > 28))
        right[unsure] = day[unsure] <= _days_in_month(year[unsure], month[unsure])
        return right

    def days(self, order: DateOrder) -> Numbers:
        """Return the dates as days since 1970-01-01 read in an order; without meaning where they are none in it."""
        return _days_from_civil(*self._civil(order))

    def seconds(self, order: DateOrder) -> Numbers:
        """Return seconds since 1970-01-01 00:00, in UTC where the text has an offset, else on the local clock."""
        local = self.days(order) * 86_400 + self.second
        return local if self.offset is None else local - self.offset

    def _civil(self, order: DateOrder) -> tuple[Numbers, Numbers, Numbers]:
        year, month, day = self.date
        if self.layout.has("a"):
            first, second, third = self.date
            if order == "dmy":
                year, month, day = third, second, first
            elif order == "mdy":
                year, month, day = third, first, second
        if self.layout.short_year:
            year = np.where(year < 70, year + 2000, year + 1900)
        return year, month, day


def parts_of(matrix: Bytes, layout: Layout) -> Parts:
    """Read the digits of rows of one layout; `matrix` has a row of bytes a text."""
    columns = {name: _number(matrix, start, end) for name, start, end in layout.spans}
    none = np.zeros(len(matrix), dtype=np.int64)
    if layout.month is not None:
        date = (columns["y"], np.full(len(matrix), layout.month, dtype=np.int64), columns["d"])
    elif "a" in columns:
        date = (columns["a"], columns["b"], columns["c"] if "c" in columns else columns["y"])
    else:
        date = (columns["y"], columns["m"], columns["d"])
    hour, minute, second = columns.get("hour", none), columns.get("minute", none), columns.get("second", none)
    sound = (minute < 60) & (second < 60)
    if layout.half is None:
        sound &= hour < 24
    else:
        sound &= (hour >= 1) & (hour <= 12)
        hour = hour % 12 + layout.half
    offset = None
    if layout.sign is not None:
        off_hour, off_minute = columns.get("off_hour", none), columns.get("off_minute", none)
        sound &= (off_hour <= 15) & (off_minute < 60)
        offset = layout.sign * (off_hour * 3600 + off_minute * 60)
    return Parts(layout, date, hour * 3600 + minute * 60 + second, offset, sound)


def _number(matrix: Bytes, start: int, end: int) -> Numbers:
    found = matrix[:, start].astype(np.int64) - 48
    for column in range(start + 1, end):
        found *= 10
        found += matrix[:, column] - np.uint8(48)
    return found


def _days_in_month(year: Numbers, month: Numbers) -> Numbers:
    lengths = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    return np.asarray(lengths[month - 1] + (leap & (month == 2)))


def _days_from_civil(year: Numbers, month: Numbers, day: Numbers) -> Numbers:
    """Days since 1970-01-01 in the proleptic Gregorian calendar, years counted from March so that leap days come last."""
    counted = year - (month <= 2)
    era = counted // 400
    of_era = counted - era * 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    result: Numbers = era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    return result
