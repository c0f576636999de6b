"""How people want to be told, and when what is gathered for them is sent."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

MORNING: Final = time(8, 0)
"""When a daily digest goes out, on the clock of the person's zone."""


class How(StrEnum):
    """How somebody wants messages of a kind by a channel."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    """Gathered, and sent at the full hour."""
    DAILY = "daily"
    """Gathered, and sent in the morning."""
    INBOX = "inbox"
    """Not by this channel: in the inbox alone, so that nothing is lost."""


def group_of(kind: str) -> str:
    """Return the first word of a kind of message, by which people choose."""
    return kind.partition(".")[0]


def next_digest(how: How, *, at: datetime, zone: str) -> datetime:
    """Return when what is written at an instant is sent to somebody who lives in a zone, in UTC.

    Hourly is the next full hour there, daily the next `MORNING`; what is written at that very instant waits for the next.
    Raises `ValueError` for a way that gathers nothing, `ZoneInfoNotFoundError` for a zone that is none.
    """
    there = at.astimezone(ZoneInfo(zone))
    if how is How.HOURLY:
        # Zones lie at quarters of an hour: the minutes that are left are counted there, and added in UTC.
        gone = timedelta(minutes=there.minute, seconds=there.second, microseconds=there.microsecond)
        return at.astimezone(UTC) + timedelta(hours=1) - gone
    if how is not How.DAILY:
        raise ValueError(f"{how} gathers nothing")
    day = there.date() if there.time() < MORNING else there.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(UTC)
