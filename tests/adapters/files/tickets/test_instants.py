"""Instants are read as they were written, in every layout, order and zone, at once for whole columns."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from goodstanding.adapters.files.tickets import MISSING, Fault, Field, NeedsAnswer, NoteCode, Reading
from goodstanding.adapters.files.tickets.instants import Instants, read_instants
from goodstanding.adapters.files.tickets.zones import to_utc
from tests.adapters.files.tickets.exports import SOME

EPOCH = datetime(1970, 1, 1)
WALL = st.datetimes(min_value=datetime(1970, 1, 3), max_value=datetime(2099, 12, 29))
ZONES = (
    "UTC",
    "Europe/Rome",
    "America/New_York",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Antarctica/Troll",
)

LAYOUTS: dict[str, tuple[str | None, Callable[[datetime], str], timedelta]] = {
    "ISO, T": (None, lambda at: f"{at:%Y-%m-%dT%H:%M:%S}", timedelta(seconds=1)),
    "ISO, space, minutes": (None, lambda at: f"{at:%Y-%m-%d %H:%M}", timedelta(minutes=1)),
    "ISO, fractions": (None, lambda at: f"{at:%Y-%m-%d %H:%M:%S.%f}", timedelta(seconds=1)),
    "ISO, comma": (None, lambda at: f"{at:%Y-%m-%dT%H:%M:%S},{at.microsecond // 1000:03}", timedelta(seconds=1)),
    "ISO, slashes": (None, lambda at: f"{at:%Y/%m/%d %H:%M:%S}", timedelta(seconds=1)),
    "compact": (None, lambda at: f"{at:%Y%m%dT%H%M%S}", timedelta(seconds=1)),
    "dmy, dashes": ("dmy", lambda at: f"{at:%d-%m-%Y %H:%M}", timedelta(minutes=1)),
    "dmy, dots, short": ("dmy", lambda at: f"{at.day}.{at.month}.{at.year} {at.hour}:{at:%M}", timedelta(minutes=1)),
    "dmy, twelve hours": ("dmy", lambda at: f"{at:%d/%m/%Y} {at.hour % 12 or 12}:{at:%M %p}", timedelta(minutes=1)),
    "dmy, two figures": ("dmy", lambda at: f"{at:%d/%m/%y %H:%M}", timedelta(minutes=1)),
    "mdy": ("mdy", lambda at: f"{at.month}/{at.day}/{at.year}, {at.hour % 12 or 12}:{at:%M:%S} {at:%p}", timedelta(seconds=1)),
    "ymd, two figures": ("ymd", lambda at: f"{at:%y/%m/%d %H:%M}", timedelta(minutes=1)),
    "Jira": (None, lambda at: f"{at:%d/%b/%y} {at.hour % 12 or 12}:{at:%M %p}", timedelta(minutes=1)),
    "month first": (None, lambda at: f"{at:%b} {at.day}, {at.year} {at:%H:%M}", timedelta(minutes=1)),
    "long month": (None, lambda at: f"{at:%B} {at.day}, {at.year} at {at.hour % 12 or 12}:{at:%M %p}", timedelta(minutes=1)),
    "day of the week": (None, lambda at: f"{at:%a, %d %b %Y %H:%M:%S}", timedelta(seconds=1)),
}  # fmt: skip

TWO_FIGURES = ("dmy, two figures", "ymd, two figures", "Jira")
"""Layouts that only tell years from 1970 to 2069 apart."""


def parse(texts: list[str | None], reading: Reading) -> Instants:
    found, _ = read_instants({Field.OPENED: pl.Series(texts, dtype=pl.String)}, {Field.OPENED: "opened"}, reading)
    return found[Field.OPENED]


def first_pass(wall: datetime, zone: str) -> int | None:
    """The plain way: the first instant at which the clocks of the zone show that time, None when they never do."""
    aware = wall.replace(tzinfo=ZoneInfo(zone), fold=0)
    second = int((aware - timedelta(microseconds=aware.microsecond)).timestamp())
    shown = datetime.fromtimestamp(second, ZoneInfo(zone)).replace(tzinfo=None)
    return second if shown == wall.replace(microsecond=0) else None


@SOME
@given(st.lists(WALL, min_size=1, max_size=20), st.sampled_from(sorted(LAYOUTS)), st.sampled_from(ZONES))
@example([datetime(2025, 3, 30, 2, 30), datetime(2025, 10, 26, 2, 30)], "ISO, T", "Europe/Rome")
@example([datetime(2011, 12, 30, 12, 0)], "dmy, dashes", "Pacific/Apia")
def test_what_was_written_in_a_layout_is_read_again(walls: list[datetime], layout: str, zone: str) -> None:
    order, write, step = LAYOUTS[layout]
    if layout in TWO_FIGURES:
        walls = [wall.replace(year=1971 + wall.year % 98, day=min(wall.day, 28)) for wall in walls]
    cut = [wall - (wall - EPOCH) % step for wall in walls]

    found = parse([write(wall) for wall in walls], Reading(zone=zone, date_order=order))  # type: ignore[arg-type]  # an order

    expected = [first_pass(wall, zone) for wall in cut]
    assert found.seconds.tolist() == [MISSING if second is None else second for second in expected]


@SOME
@given(st.lists(WALL, min_size=1, max_size=20), st.integers(-14 * 4, 14 * 4), st.sampled_from([":", ""]))
def test_an_offset_beats_the_zone(walls: list[datetime], quarters: int, colon: str) -> None:
    minutes = quarters * 15
    offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{colon}{abs(minutes) % 60:02}"

    found = parse([f"{wall:%Y-%m-%dT%H:%M:%S}{offset}" for wall in walls], Reading(zone="Asia/Tokyo"))

    expected = [(wall.replace(microsecond=0) - EPOCH) - timedelta(minutes=minutes) for wall in walls]
    assert found.seconds.tolist() == [int(since.total_seconds()) for since in expected]


@SOME
@given(st.lists(WALL, min_size=1, max_size=50), st.sampled_from(ZONES))
def test_whole_columns_of_local_times_are_placed_as_the_zone_places_each(walls: list[datetime], zone: str) -> None:
    local = np.array([int((wall - EPOCH).total_seconds()) for wall in walls], dtype=np.int64)

    placed = to_utc(local, zone)

    expected = [first_pass(wall, zone) for wall in walls]
    assert [bool(skipped) for skipped in placed.skipped] == [second is None for second in expected]
    assert [int(second) for second, skipped in zip(placed.seconds, placed.skipped, strict=True) if not skipped] == [
        second for second in expected if second is not None
    ]


@pytest.mark.parametrize(
    ("zone", "wall", "repeated", "skipped"),
    [
        ("Europe/Rome", datetime(2025, 10, 26, 2, 0), True, False),
        ("Europe/Rome", datetime(2025, 10, 26, 2, 59, 59), True, False),
        ("Europe/Rome", datetime(2025, 10, 26, 3, 0), False, False),
        ("Europe/Rome", datetime(2025, 10, 26, 1, 59, 59), False, False),
        ("Europe/Rome", datetime(2025, 3, 30, 1, 59, 59), False, False),
        ("Europe/Rome", datetime(2025, 3, 30, 2, 0), False, True),
        ("Europe/Rome", datetime(2025, 3, 30, 2, 59, 59), False, True),
        ("Europe/Rome", datetime(2025, 3, 30, 3, 0), False, False),
        ("Australia/Lord_Howe", datetime(2024, 4, 7, 1, 45), True, False),
        ("Pacific/Apia", datetime(2011, 12, 30, 12, 0), False, True),
    ],
)
def test_hours_at_a_clock_change_are_told_apart(zone: str, wall: datetime, repeated: bool, skipped: bool) -> None:
    placed = to_utc(np.array([int((wall - EPOCH).total_seconds())], dtype=np.int64), zone)

    assert (bool(placed.repeated[0]), bool(placed.skipped[0])) == (repeated, skipped)


@SOME
@given(st.lists(st.text(max_size=30), max_size=20), st.sampled_from(["dmy", "mdy", "ymd"]))
@example(["2025-01-31T09:00:00Z\n", "٢٠٢٥-01-31 09:00", "2025-01-31 09:00:00+25:00", "1e5", "1.5.2025 9:00 XM"], "dmy")
def test_no_text_at_all_brings_the_reading_down(texts: list[str], order: str) -> None:
    try:
        found = parse(list(texts), Reading(zone="UTC", date_order=order))  # type: ignore[arg-type]  # an order
    except NeedsAnswer:
        return

    assert len(found.seconds) == len(texts)
    assert all(
        (second != MISSING) or fault or not text for second, fault, text in zip(found.seconds, found.faults, texts, strict=True)
    )


def test_a_column_of_many_shapes_is_still_read_row_by_row() -> None:
    junk = [f"{chr(97 + number % 26)}{chr(97 + number // 26)}-and no dates." for number in range(600)]
    texts = [*junk, "2025-01-31 09:00"]

    found = parse(list(texts), Reading(zone="UTC"))

    assert {len(text) for text in texts} == {16}
    assert found.seconds.tolist() == [*[MISSING] * 600, int(datetime(2025, 1, 31, 9, tzinfo=UTC).timestamp())]
    assert {fault for fault, _ in found.faulty()} == {Fault.UNREADABLE_INSTANT}


def test_dates_without_a_time_are_no_instants_whatever_their_type() -> None:
    days = pl.Series([datetime(2025, 1, 31).date(), None])

    found, _ = read_instants({Field.OPENED: days}, {Field.OPENED: "opened"}, Reading(zone="UTC"))

    assert [(fault, rows.tolist()) for fault, rows in found[Field.OPENED].faulty()] == [(Fault.NO_TIME_OF_DAY, [True, False])]


def test_a_column_of_midnights_is_pointed_out() -> None:
    days = pl.Series([f"2025-01-{day:02} 00:00" for day in range(1, 11)])

    _, notes = read_instants({Field.OPENED: days}, {Field.OPENED: "opened"}, Reading(zone="Europe/Rome"))

    assert [(note.code, note.count) for note in notes] == [(NoteCode.ALL_AT_MIDNIGHT, 10)]


@pytest.mark.parametrize("second", [0, 59, 60, 3600, 43_199, 43_200, 86_399])
def test_days_of_a_spreadsheet_keep_the_second(second: int) -> None:
    found = parse([repr(45_688 + second / 86_400)], Reading(zone="UTC", numbers="excel"))

    assert found.seconds.tolist() == [int(datetime(2025, 1, 31, tzinfo=UTC).timestamp()) + second]
