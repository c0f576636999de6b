"""The reference of the clock's benchmark: open or not for every minute, by asking the local wall clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

FIRST = datetime(2023, 12, 1, tzinfo=UTC)
LAST = datetime(2027, 3, 1, tzinfo=UTC)


class MinuteReference:
    """Open minutes of a calendar given in words of its own: `hours` by weekday in minutes, `holidays` as dates."""

    def __init__(self, zone: str, hours: dict[int, list[tuple[int, int]]], holidays: set[date]) -> None:
        place = ZoneInfo(zone)
        count = (LAST - FIRST) // timedelta(minutes=1)
        is_open = np.zeros(count, dtype=np.int64)
        at = FIRST
        for minute in range(count):
            local = at.astimezone(place)
            of_day = local.hour * 60 + local.minute
            if local.date() not in holidays:
                is_open[minute] = any(a <= of_day < b for a, b in hours.get(local.weekday(), ()))
            at += timedelta(minutes=1)
        self.worked = np.concatenate([[0], np.cumsum(is_open)])

    def between(self, start: datetime, end: datetime) -> int:
        """Open seconds between two whole minutes."""
        a, b = ((at - FIRST) // timedelta(minutes=1) for at in (start, end))
        return int(self.worked[b] - self.worked[a]) * 60
