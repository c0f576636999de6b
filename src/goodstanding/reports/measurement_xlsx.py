"""A measurement as a workbook: numbers as numbers, instants as dates, a sheet for each way to split."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from io import BytesIO
from typing import Any, Final
from zoneinfo import ZoneInfo

import xlsxwriter

from goodstanding.core.figures.figures import Compliance
from goodstanding.core.figures.measurement import Row, key_figures
from goodstanding.core.figures.numbers import Rating, Share, Spread
from goodstanding.reports.brand import COLOURS
from goodstanding.reports.measured import MeasuredFile
from goodstanding.reports.voice import Voice

SHEETS: Final = ("Summary", "By priority", "By client", "By month", "By tier", "Breaches", "Bad rows", "What if")
MOST_ROWS: Final = 1_048_576
"""Rows that a sheet can hold, its header included."""
MOST_CHARACTERS: Final = 32_767
"""Characters that a cell can hold."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\0")


@dataclass(frozen=True, slots=True)
class Points:
    """A difference of shares in percentage points."""

    value: Fraction


Cell = str | int | float | datetime | timedelta | Fraction | Points | None


def measurement_xlsx(file: MeasuredFile, voice: Voice) -> bytes:
    """Return the workbook.

    Durations are hours, percentages shares of 1, instants local times of the measurement's zone without an offset, since
    a sheet knows none; headers say so. Text that a spreadsheet would take for a formula begins with an apostrophe
    (metrics.md G.2, 16). Means, medians and shares are the nearest binary number to the exact value.
    """
    out = BytesIO()
    book = _Book(out, file.measurement.zone)
    _summary(book.sheet("Summary", (34, 20, 20, 20, 20, 20)), file, voice)
    for name, dimension, rows in (
        ("By priority", "priority", file.measurement.by_priority),
        ("By client", "client", file.measurement.by_client),
        ("By month", "month", file.measurement.by_month),
        ("By tier", "tier", file.measurement.by_tier),
    ):
        _split(book.sheet(name, (26, 16, 9, 9, 9, 12, 12, 12, 40)), dimension, rows, voice)
    _breaches(book.sheet("Breaches", (16, 26, 9, 12, 16, 22, 14, 18, 18, 14)), file, voice)
    _bad_rows(book.sheet("Bad rows", (9, 22, 30, 22, 80)), file)
    _what_if(book.sheet("What if", (18, 16, 12, 12, 12, 12, 12, 12, 16)), file, voice)
    book.close()
    return out.getvalue()


class _Book:
    """A workbook that is written row by row, so that a million of them need no memory."""

    def __init__(self, out: BytesIO, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.book = xlsxwriter.Workbook(out, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss"})
        make: Callable[[dict[str, Any]], Any] = self.book.add_format
        ink = COLOURS["muted"].light
        self.styles = {
            "text": make({}),
            "title": make({"bold": True, "font_size": 14}),
            "head": make({"bold": True, "font_color": ink, "bottom": 1, "text_wrap": True, "valign": "bottom"}),
            "count": make({"num_format": "#,##0"}),
            "hours": make({"num_format": "#,##0.00"}),
            "share": make({"num_format": "0.0%"}),
            "points": make({"num_format": "+0.0;-0.0;0.0"}),
            "instant": make({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }

    def sheet(self, name: str, widths: Sequence[int]) -> "_Sheet":
        return _Sheet(self, name, widths)

    def close(self) -> None:
        self.book.close()


class _Sheet:
    """One sheet, written from the top."""

    def __init__(self, book: _Book, name: str, widths: Sequence[int]) -> None:
        self.book = book
        self.sheet: Any = book.book.add_worksheet(name)
        self.row = 0
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    @property
    def left(self) -> int:
        """How many rows the sheet still has room for."""
        return MOST_ROWS - self.row

    def head(self, *texts: str, freeze: bool = False) -> None:
        self.write(*texts, style="head")
        if freeze:
            self.sheet.freeze_panes(self.row, 0)

    def write(self, *cells: Cell, style: str = "") -> None:
        """Write a row; a `Fraction` is a share, a `timedelta` and a `float` are hours."""
        for column, cell in enumerate(cells):
            self.cell(column, cell, style)
        self.row += 1

    def cell(self, column: int, cell: Cell, style: str) -> None:
        at, styles = (self.row, column), self.book.styles
        match cell:
            case None | "":
                pass
            case str():
                self.sheet.write_string(*at, safe(cell), styles[style or "text"])
            case datetime():
                self.sheet.write_datetime(*at, cell.astimezone(self.book.zone).replace(tzinfo=None), styles["instant"])
            case timedelta():
                self.sheet.write_number(*at, cell / timedelta(hours=1), styles["hours"])
            case Fraction():
                # The format would round it up: 98 of 99 is never shown as 99.0 %.
                self.sheet.write_number(*at, (cell * 1_000).__floor__() / 1_000, styles["share"])
            case Points():
                self.sheet.write_number(*at, float(cell.value * 100), styles["points"])
            case float():
                self.sheet.write_number(*at, cell, styles["hours"])
            case int():
                self.sheet.write_number(*at, cell, styles["count"])


def safe(text: str) -> str:
    """Return text as a cell can hold it: no formula, no more characters than fit."""
    guarded = f"'{text}" if text.startswith(_FORMULA) else text
    return guarded if len(guarded) <= MOST_CHARACTERS else guarded[: MOST_CHARACTERS - 1] + "…"


def _hours(seconds: Fraction | int | None) -> float | None:
    return None if seconds is None else float(Fraction(seconds) / 3600)


def _summary(sheet: _Sheet, file: MeasuredFile, voice: Voice) -> None:
    found = file.measurement
    product = voice.PRODUCT.get(file.product, file.product) or "no product recognised"
    sheet.write(f"{file.source} under {', '.join(tier.name for tier in file.tiers)}", style="title")
    for name, cell in (
        ("As of", found.as_of),
        ("", "the newest instant of the file" if file.as_of_newest else "as asked"),
        ("Time zone", found.zone),
        ("Service hours", f"{file.hours}: {voice.calendar(file.calendar)}"),
        ("Read as", f"{product}, {voice.SHAPE[file.shape]}"),
        ("Rows", file.rows),
        ("Tickets measured", found.tickets),
        ("Rows set aside", len(file.bad)),
        ("Tickets left out with them", len(file.left_out)),
        ("Tickets opened later", file.opened_later),
    ):
        sheet.write(name, cell)
    sheet.row += 1
    _split_head(sheet, "Clock")
    for group in found.totals.clocks:
        sheet.write(voice.CLOCK[group.clock], "", *_cells(group.compliance, group.elapsed, voice))
    sheet.row += 1
    sheet.head("Figure", "Share", "Part", "Of", "Mean (hours)", "Median (hours)", "90th percentile (hours)", "In words")
    for each in key_figures(found):
        cells: list[Cell] = [None] * 6
        match each.value:
            case Share():
                cells[:3] = [each.value.value, each.value.part, each.value.whole]
            case Spread():
                cells[3:] = [_hours(each.value.mean), _hours(each.value.median), _hours(each.value.p90)]
            case Rating():
                cells[3] = None if each.value.mean is None else float(each.value.mean)
            case None:
                pass
        sheet.write(voice.figure_name(each.name), *cells, voice.figure(each.name, each.value))
    sheet.row += 1
    sheet.head("Tier", "Target", "Printed", "Read as", "Prefilled from")
    for target in (*found.readings, *(file.what_if.after.readings if file.what_if else ())):
        sheet.write(target.tier, target.name, target.printed, target.read_as, target.prefilled_from)
    for name, read in file.by_rank.items():
        sheet.write(name, "read by rank", ", ".join(f"{one} as {other}" for one, other in read.items()))
    sheet.row += 1
    sheet.head("Field", "Column")
    for field, header in file.columns:
        sheet.write(field.replace("_", " "), header)
    sheet.row += 1
    sheet.head("Field", "Word", "Read as", "Count", "Please confirm")
    for word in file.words:
        confirm = "please confirm" if word.confirm else ""
        sheet.write(word.field.replace("_", " "), word.word, voice.meaning(word.meaning), word.count, confirm)
    sheet.row += 1
    sheet.head("Noticed while reading")
    for note in file.notes:
        sheet.write(note.said)


def _split_head(sheet: _Sheet, *first: str) -> None:
    times = ("Mean open time (hours)", "Median open time (hours)", "90th percentile open time (hours)")
    names = first if len(first) > 1 else (*first, "")
    sheet.head(*names, "Met", "Breached", "Met of decided", *times, "Not decided", freeze=len(first) > 1)


def _split(sheet: _Sheet, dimension: str, rows: Sequence[Row], voice: Voice) -> None:
    _split_head(sheet, voice.DIMENSION[dimension], "Clock")
    for row in rows:
        for group in row.clocks:
            name = row.name or voice.NAMELESS[dimension]
            sheet.write(name, voice.CLOCK[group.clock], *_cells(group.compliance, group.elapsed, voice))


def _cells(compliance: Compliance, elapsed: Spread, voice: Voice) -> tuple[Cell, ...]:
    times = (_hours(elapsed.mean), _hours(elapsed.median), _hours(elapsed.p90))
    return (compliance.met, compliance.breached, compliance.rate.value, *times, voice.undecided(compliance))


def _breaches(sheet: _Sheet, file: MeasuredFile, voice: Voice) -> None:
    found = file.measurement
    zone = found.zone
    sheet.head(
        *("Ticket", "Client", "Priority", "Tier", "Clock", "Target", "Open time used (hours)"),
        *(f"Deadline ({zone})", f"Stopped ({zone})", "Late by, wall time (hours)"),
        freeze=True,
    )
    room = sheet.left - 1
    for each in found.breaches.rows(room):
        target = "" if each.promised is None else voice.target(each.promised)
        sheet.write(
            *(each.ref, each.client, each.priority, each.tier, voice.CLOCK[each.clock], target),
            *(each.elapsed, each.deadline_at, each.stopped_at, each.late_by),
        )
    if len(found.breaches) > room:
        sheet.write(f"and {len(found.breaches) - room:,} more, for which a sheet has no room: all are in the JSON file")


def _bad_rows(sheet: _Sheet, file: MeasuredFile) -> None:
    sheet.head("Line", "Column", "Value", "Reason", "In words", freeze=True)
    room = sheet.left - 1
    for bad in file.bad[:room]:
        sheet.write(bad.line, bad.column, bad.value, bad.reason, bad.said)
    if len(file.bad) > room:
        sheet.write(f"and {len(file.bad) - room:,} more, for which a sheet has no room: all are in the JSON file")


def _what_if(sheet: _Sheet, file: MeasuredFile, voice: Voice) -> None:
    found, other = file.what_if, file.what_if_tier
    if found is None or other is None:
        sheet.write("No other tier was asked for. Measure with --what-if to see this history under two tiers side by side.")
        return
    before, after = ", ".join(tier.name for tier in file.tiers), other.name
    sheet.head(
        *("Priority", "Clock", f"Met, {before}", f"Breached, {before}", f"Met of decided, {before}"),
        *(f"Met, {after}", f"Breached, {after}", f"Met of decided, {after}", "Difference (percentage points)"),
    )
    for each in (*found.by_priority, *found.totals):
        name = "All" if each in found.totals else each.name or voice.NAMELESS["priority"]
        points = None if each.difference is None else Points(each.difference)
        sheet.write(name, voice.CLOCK[each.clock], *_side(each.before), *_side(each.after), points)
    sheet.row += 1
    sheet.write(f"Tickets met under {before} that {after} would breach", found.worse)
    sheet.write(f"Tickets breached under {before} that {after} would meet", found.better)
    if file.by_rank:
        sheet.write("Priorities of the two families stand side by side by rank.")


def _side(found: Compliance | None) -> Iterable[Cell]:
    return (None, None, None) if found is None else (found.met, found.breached, found.rate.value)
