"""Calendars as plain data, for whoever stores them: what goes in comes out equal."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from goodstanding.core.clocks.calendar import Calendar, Closure, Opening


def calendar_to_plain(calendar: Calendar) -> dict[str, Any]:
    """Return a calendar as JSON-ready data: strings, whole numbers, lists and dictionaries."""
    return {
        "zone": calendar.zone,
        "week": [[list(span) for span in spans] for spans in calendar.week],
        "holidays": {on.isoformat(): calendar.holiday_names.get(on, "") for on in sorted(calendar.holidays)},
        "closed": [[each.start.isoformat(), each.end.isoformat(), each.name] for each in calendar.closed],
        "open": [[each.on.isoformat(), [list(span) for span in each.hours]] for each in calendar.open],
    }


def calendar_from_plain(data: Mapping[str, Any]) -> Calendar:
    """Return the calendar that `calendar_to_plain` made the data of; raises `CalendarError` where it cannot be."""
    return Calendar(
        zone=data["zone"],
        week=tuple(tuple((start, end) for start, end in spans) for spans in data["week"]),
        holidays=frozenset(date.fromisoformat(on) for on in data["holidays"]),
        closed=tuple(
            # Local wall times of the calendar's own zone, so they carry none.
            Closure(datetime.fromisoformat(start), datetime.fromisoformat(end), name)
            for start, end, name in data["closed"]
        ),
        open=tuple(Opening(date.fromisoformat(on), tuple((start, end) for start, end in hours)) for on, hours in data["open"]),
        holiday_names={date.fromisoformat(on): name for on, name in data["holidays"].items() if name},
    )
