"""The time zones that people choose from."""

from functools import cache
from zoneinfo import available_timezones


@cache
def every_zone() -> tuple[str, ...]:
    """Return the names of all zones, sorted; found once, since it takes a walk through hundreds of files."""
    return tuple(sorted(available_timezones()))
