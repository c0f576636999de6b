"""Columns of dates and times to instants, by what the values settle, what the user said, and never by guessing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from goodstanding.adapters.files.tickets.asking import (
    DATE_ORDERS,
    NUMBER_UNITS,
    Asked,
    Choice,
    DateOrder,
    NeedsAnswer,
    NumberUnit,
    Question,
    Reading,
    valid_zone,
)
from goodstanding.adapters.files.tickets.fields import Field
from goodstanding.adapters.files.tickets.layouts import LONGEST, Layout, Numbers, Parts, layout_of, parts_of
from goodstanding.adapters.files.tickets.trouble import Fault, Note, NoteCode
from goodstanding.adapters.files.tickets.words import without_utc
from goodstanding.adapters.files.tickets.zones import local_text, to_utc
from goodstanding.core.clocks.compile import FIRST_YEAR, LAST_YEAR, year_start

MISSING: Final = -1
"""No instant: less than every instant there can be, since clocks count from 1970."""
CONTRADICTING: Final = 0.1
"""Up to this share of the values that settle an order may contradict it and be set aside; beyond it, we ask."""
SAMPLES: Final = 5
_FEW: Final = 5
"""Values from which on it is no chance that all of them lie at midnight."""
_SHAPES: Final = 64
"""Shapes of one length tried on whole columns; a column with more is no column of dates, and is read row by row."""
_DAY: Final = 86_400
_EPOCH_SERIAL: Final = 25_569
"""1970-01-01 as a spreadsheet's day number, counted as if 1900 had been a leap year."""
_PLAUSIBLE: Final[Mapping[NumberUnit, tuple[float, float]]] = {
    "seconds": (year_start(1990), year_start(LAST_YEAR + 1)),
    "milliseconds": (year_start(1990) * 1000.0, year_start(LAST_YEAR + 1) * 1000.0),
    "excel": (year_start(1990) / _DAY + _EPOCH_SERIAL, year_start(LAST_YEAR + 1) / _DAY + _EPOCH_SERIAL),
}
"""Between these a number is unmistakably an instant of the unit: 1990 to 2099, and the ranges do not touch."""
_FAULTS: Final = (
    None,
    Fault.UNREADABLE_INSTANT,
    Fault.NO_TIME_OF_DAY,
    Fault.OTHER_DATE_ORDER,
    Fault.NO_SUCH_LOCAL_TIME,
    Fault.OUT_OF_YEARS,
)
_CODE: Final = {fault: code for code, fault in enumerate(_FAULTS)}


@dataclass(frozen=True, slots=True)
class Instants:
    """A column as instants: epoch seconds, `MISSING` where the cell is empty or cannot be read."""

    seconds: NDArray[np.int64]
    faults: NDArray[np.uint8]

    def faulty(self) -> Iterator[tuple[Fault, NDArray[np.bool_]]]:
        """Yield each fault that occurs with the rows it occurs in."""
        for code in np.unique(self.faults):
            if (fault := _FAULTS[code]) is not None:
                yield fault, self.faults == code


@dataclass(slots=True)
class _Column:
    """A column being read: its local times and instants so far, and the groups whose order is not decided yet."""

    name: str
    cells: pl.Series
    faults: NDArray[np.uint8]
    seconds: NDArray[np.int64]
    local: NDArray[np.bool_]
    """Which rows hold a local time until the zone is applied."""
    told: NDArray[np.bool_]
    """Which cells hold anything."""
    dated: list[tuple[NDArray[np.int64], Parts]] = field(default_factory=list)
    numbers: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = field(default_factory=list)

    def fail(self, rows: NDArray[np.int64] | NDArray[np.bool_], fault: Fault) -> None:
        self.faults[rows] = _CODE[fault]
        self.seconds[rows] = MISSING
        self.local[rows] = False

    def samples(self, rows: Iterable[int]) -> tuple[str, ...]:
        return tuple(str(self.cells[int(row)]) for row in rows)


def read_instants(
    cells: Mapping[Field, pl.Series], headers: Mapping[Field, str], reading: Reading
) -> tuple[Mapping[Field, Instants], tuple[Note, ...]]:
    """Read columns of one file as instants; all of equal length, of any type, empty cells null or empty
    text.

    Text may be ISO 8601, numeric dates in one order throughout, dates with an English month, each with an offset from
    UTC or in the zone of `reading`; numbers are seconds or milliseconds since 1970 or days of a spreadsheet. Fractions of
    a second are cut. Raises `NeedsAnswer` where the values leave order, unit or zone open.
    """
    columns = {field: _survey(headers[field], series) for field, series in cells.items()}
    notes = [*_place_dates(list(columns.values()), reading)]
    for column in columns.values():
        _place_numbers(column, reading.unit)
    notes += _at_midnight(list(columns.values()))
    notes += _place_local(list(columns.values()), reading)
    first, last = year_start(FIRST_YEAR), year_start(LAST_YEAR + 1)
    for column in columns.values():
        column.fail(
            (column.faults == 0) & column.told & ((column.seconds < first) | (column.seconds >= last)), Fault.OUT_OF_YEARS
        )
    return {field: Instants(column.seconds, column.faults) for field, column in columns.items()}, tuple(notes)


def _survey(name: str, cells: pl.Series) -> _Column:
    """Take a column apart into what is settled already, dates of undecided order, and numbers of undecided unit."""
    length = len(cells)
    column = _Column(
        name,
        cells,
        np.zeros(length, dtype=np.uint8),
        np.full(length, MISSING, dtype=np.int64),
        np.zeros(length, dtype=np.bool_),
        cells.is_not_null().to_numpy(),
    )
    kind = cells.dtype
    if isinstance(kind, pl.Datetime):
        rows = np.flatnonzero(column.told)
        # Floored, so that a fraction of a second is cut before 1970 too.
        column.seconds[rows] = cells.drop_nulls().dt.epoch("us").to_numpy() // 1_000_000
        column.local[rows] = kind.time_zone is None
    elif kind == pl.Date:
        column.fail(column.told, Fault.NO_TIME_OF_DAY)
    elif kind.is_numeric():
        rows = np.flatnonzero(column.told)
        if len(rows):
            column.numbers.append((rows, cells.drop_nulls().cast(pl.Float64).to_numpy()))
    elif kind == pl.String:
        _survey_text(column)
    else:
        column.fail(column.told, Fault.UNREADABLE_INSTANT)
    return column


def _survey_text(column: _Column) -> None:
    lengths = column.cells.str.len_bytes().fill_null(0).to_numpy()
    column.told = lengths > 0
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        if length > LONGEST:
            column.fail(rows, Fault.UNREADABLE_INSTANT)
        elif length:
            texts = column.cells if len(rows) == len(lengths) else column.cells.gather(rows)
            matrix = np.frombuffer(texts.str.join("").item().encode(), dtype=np.uint8).reshape(len(rows), length)
            for layout, of_shape in _by_layout(matrix):
                _sort_out(column, rows[of_shape], texts, of_shape, matrix, layout)


def _by_layout(matrix: NDArray[np.uint8]) -> Iterator[tuple[Layout | None, NDArray[np.int64]]]:
    """Yield each layout among texts of one length, with its rows; a layout may come more than once."""
    shapes = np.where((matrix >= 48) & (matrix <= 57), np.uint8(48), matrix)
    left = np.arange(len(matrix))
    for _ in range(_SHAPES):
        if not len(left):
            return
        shape = shapes[left[0]]
        same = (shapes[left] == shape).all(axis=1) if len(left) < len(matrix) else (shapes == shape).all(axis=1)
        yield layout_of(shape.tobytes()), left[same]
        left = left[~same]
    found: dict[Layout | None, list[int]] = {}
    for row in left:
        found.setdefault(layout_of(shapes[row].tobytes()), []).append(int(row))
    for layout, rows in found.items():
        yield layout, np.array(rows, dtype=np.int64)


def _sort_out(
    column: _Column,
    rows: NDArray[np.int64],
    texts: pl.Series,
    of_shape: NDArray[np.int64],
    matrix: NDArray[np.uint8],
    layout: Layout | None,
) -> None:
    if layout is None:
        column.fail(rows, Fault.UNREADABLE_INSTANT)
    elif layout.bare:
        column.numbers.append((rows, texts.gather(of_shape).cast(pl.Float64, strict=False).fill_null(np.inf).to_numpy()))
    elif not layout.has("hour"):
        column.fail(rows, Fault.NO_TIME_OF_DAY)
    else:
        column.dated.append((rows, parts_of(matrix if len(of_shape) == len(matrix) else matrix[of_shape], layout)))


def _place_dates(columns: Sequence[_Column], reading: Reading) -> Iterator[Note]:
    """Read all dates, in one order across columns; ISO dates and dates with a named month have only one."""
    order, notes = _order(columns, reading.dates)
    yield from notes
    for column in columns:
        for rows, parts in column.dated:
            own = parts.layout.orders[0] if len(parts.layout.orders) == 1 else order
            column.seconds[rows] = parts.seconds(own)
            column.local[rows] = parts.offset is None
            right = parts.fits(own)
            if not (right.all() and parts.sound.all()):
                column.fail(rows[~(right & parts.sound)], Fault.UNREADABLE_INSTANT)
                for other in parts.layout.orders:
                    column.fail(rows[parts.fits(other) & ~right & parts.sound], Fault.OTHER_DATE_ORDER)
        column.dated.clear()


def _order(columns: Sequence[_Column], given: DateOrder | None) -> tuple[DateOrder, tuple[Note, ...]]:
    """Return the order of numeric dates: the one given, or the only one that the values leave (raises `NeedsAnswer`)."""
    open_groups = [(column, rows, parts) for column in columns for rows, parts in column.dated if len(parts.layout.orders) > 1]
    if given is not None or not open_groups:
        return given or "dmy", ()
    misfits = dict.fromkeys(DATE_ORDERS, 0)
    decisive: dict[DateOrder, str] = {}
    for column, rows, parts in open_groups:
        fits = {order: parts.fits(order) & parts.sound for order in DATE_ORDERS}
        some = fits["dmy"] | fits["mdy"] | fits["ymd"]
        for order in DATE_ORDERS:
            misfits[order] += int((some & ~fits[order]).sum())
            if order not in decisive:
                others = [fits[other] for other in DATE_ORDERS if other != order]
                only = np.flatnonzero(fits[order] & ~others[0] & ~others[1])
                if len(only):
                    decisive[order] = column.samples(rows[only[:1]])[0]
    ranked = sorted(DATE_ORDERS, key=lambda order: misfits[order])
    best, second = ranked[0], ranked[1]
    if not misfits[second] or misfits[best] > CONTRADICTING * misfits[second]:
        raise NeedsAnswer(_ask_order(*max(open_groups, key=lambda group: len(group[1]))))
    settled = Note(NoteCode.DATE_ORDER_SETTLED, misfits[second], values=(best, decisive.get(best, "")))
    if misfits[best]:
        return best, (settled, Note(NoteCode.DATES_CONTRADICT, misfits[best], values=(best,)))
    return best, (settled,)


def _ask_order(column: _Column, rows: NDArray[np.int64], parts: Parts) -> Question:
    shown = rows[:SAMPLES]
    first = slice(len(shown))
    choices = tuple(
        Choice(order, _texts(parts.seconds(order)[first], parts.fits(order)[first])) for order in parts.layout.orders
    )
    return Question(Asked.DATE_ORDER, column.name, column.samples(shown), choices)


def _place_numbers(column: _Column, given: NumberUnit | None) -> None:
    """Read bare numbers by the unit that was given, or by the only one that their size allows."""
    if not column.numbers:
        return
    rows = np.concatenate([rows for rows, _ in column.numbers])
    values = np.concatenate([values for _, values in column.numbers])
    column.numbers.clear()
    fits = {unit: (values >= low) & (values < high) for unit, (low, high) in _PLAUSIBLE.items()}
    possible = [unit for unit in NUMBER_UNITS if fits[unit].any()]
    alone = len(rows) == int(column.told.sum())
    if given is None and (len(possible) > 1 or (not possible and alone)):
        shown = np.argsort(rows)[:SAMPLES]
        choices = tuple(Choice(unit, _texts(*_as_unit(values[shown], unit))) for unit in NUMBER_UNITS)
        raise NeedsAnswer(Question(Asked.NUMBERS, column.name, column.samples(rows[shown]), choices))
    unit = given or (possible[0] if possible else None)
    if unit is None:
        column.fail(rows, Fault.UNREADABLE_INSTANT)
        return
    seconds, right = _as_unit(values, unit)
    if given is None:
        right &= fits[unit]
    column.seconds[rows] = seconds
    column.local[rows] = unit == "excel"
    column.fail(rows[~right], Fault.UNREADABLE_INSTANT)


def _as_unit(values: NDArray[np.float64], unit: NumberUnit) -> tuple[Numbers, NDArray[np.bool_]]:
    """Numbers as seconds, and which of them lie in the years that clocks count in."""
    if unit == "excel":
        # A day number carries a time of day only to some hundred-thousandths of a second, so it is rounded before the cut.
        exact = np.round((values - _EPOCH_SERIAL) * _DAY, 3)
    elif unit == "milliseconds":
        exact = values / 1000
    else:
        exact = values
    right = np.isfinite(exact) & (exact >= year_start(FIRST_YEAR) - _DAY) & (exact < year_start(LAST_YEAR + 1) + _DAY)
    return np.floor(np.where(right, exact, 0)).astype(np.int64), right


def _at_midnight(columns: Sequence[_Column]) -> Iterator[Note]:
    """Note columns that tell dates only, as typed cells do that were never given a time."""
    for column in columns:
        known = column.seconds[column.told & (column.faults == 0)]
        if len(known) >= _FEW and not (known % _DAY).any():
            yield Note(NoteCode.ALL_AT_MIDNIGHT, len(known), column.name)


def _place_local(columns: Sequence[_Column], reading: Reading) -> Iterator[Note]:
    """Turn local times into instants by the zone of the reading (raises `NeedsAnswer` when there is none)."""
    for column in columns:
        rows = np.flatnonzero(column.local)
        if not len(rows):
            continue
        # What the header says of its own times is nearer than what was said of the file.
        zone = "UTC" if without_utc(column.name) else reading.local_zone
        local = column.seconds[rows]
        if zone is None:
            shown = rows[:SAMPLES]
            raise NeedsAnswer(
                Question(Asked.ZONE, column.name, column.samples(shown), local=tuple(int(at) for at in column.seconds[shown]))
            )
        placed = to_utc(local, zone)
        column.seconds[rows] = placed.seconds
        column.fail(rows[placed.skipped], Fault.NO_SUCH_LOCAL_TIME)
        if count := int(placed.repeated.sum()):
            yield Note(NoteCode.REPEATED_HOUR, count, column.name)


def as_read(question: Question, zone: str) -> Choice:
    """Return what a zone would make of the samples of a question about it: the instants in UTC, empty where none is.

    Raises `ValueError` for a zone that does not exist.
    """
    placed = to_utc(np.array(question.local, dtype=np.int64), valid_zone(zone))
    return Choice(zone, _texts(placed.seconds, ~placed.skipped))


def _texts(seconds: Numbers, right: NDArray[np.bool_]) -> tuple[str, ...]:
    shown = right & (seconds >= year_start(FIRST_YEAR)) & (seconds < year_start(LAST_YEAR + 1))
    return tuple(local_text(int(at))[:19] if fine else "" for at, fine in zip(seconds, shown, strict=True))
