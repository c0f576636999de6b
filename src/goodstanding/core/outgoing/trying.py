"""How long something that cannot be delivered is tried, and how long the wait is between two tries."""

from datetime import datetime, timedelta
from typing import Final

FIRST_WAIT: Final = timedelta(seconds=15)
LONGEST_WAIT: Final = timedelta(hours=1)
LONGEST_HOLD: Final = timedelta(minutes=5)
"""A whole route is looked at more often than one message: everything waits for it."""
GIVEN_UP_AFTER: Final = timedelta(hours=72)
"""As long as webhooks are retried (metrics.md G.2 11)."""


def wait_after(failures: int, *, chance: float, longest: timedelta = LONGEST_WAIT, asked: timedelta = timedelta()) -> timedelta:
    """Return how long to wait after so many failures in a row, at least one.

    The bound doubles with each failure up to `longest`; the wait lies between half of it and the whole, by `chance` from
    0 to 1, so that what failed together does not come back together. It is no shorter than what the other side `asked`
    for, up to `LONGEST_WAIT`. Raises `ValueError` for no failure.
    """
    if failures < 1:
        raise ValueError("there is nothing to wait for without a failure")
    bound = min(FIRST_WAIT * (1 << min(failures - 1, 16)), longest)
    return max(bound * (0.5 + chance / 2), min(asked, LONGEST_WAIT))


def next_try(failures: int, *, since: datetime, now: datetime, chance: float) -> datetime | None:
    """Return when to try again what has been tried since an instant; None once that is `GIVEN_UP_AFTER` ago.

    The last try falls at the end of that time and not before it.
    """
    end = since + GIVEN_UP_AFTER
    return None if now >= end else min(now + wait_after(failures, chance=chance), end)
