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


def moment_on(text: str, zone: str) -> datetime:
    """Return the instant that a date and time typed in a form is on the clocks of a zone.

    Of an hour that clocks repeat the first counts. Raises `ValueError`, in words for the person, for what is no such moment.
    """
    try:
        typed = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"“{text[:40]}” is no date and time: write it like 2026-03-31T09:30") from error
    if typed.year not in _YEARS:
        raise ValueError(f"the year {typed.year} lies outside {_YEARS[0]} to {_YEARS[-1]}")
    there = typed.replace(tzinfo=ZoneInfo(zone), fold=0)
    at = there.astimezone(UTC)
    if at.astimezone(there.tzinfo).replace(tzinfo=None) != typed.replace(tzinfo=None):
        raise ValueError(f"{typed:%H:%M} did not exist that day in {zone}: clocks were put forward")
    return at
