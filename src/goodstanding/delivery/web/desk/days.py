"""A day as people choose it in a form, as the instant it begins on somebody's clocks."""

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

_YEARS: Final = range(1971, 2099)
"""The years clocks count in, with one to spare on either side for the zones."""


def start_of_day(text: str, zone: str) -> datetime:
    """Return the first moment of a day in a zone; raises `ValueError`, in words for the person, for what is no such day."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"“{text[:40]}” is no day: write one like 2026-03-31") from error
    if day.year not in _YEARS:
        raise ValueError(f"the year {day.year} lies outside {_YEARS[0]} to {_YEARS[-1]}")
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
