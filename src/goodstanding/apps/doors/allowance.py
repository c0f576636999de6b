"""What an allowance costs and holds: the arithmetic of the generic cell rate algorithm, in milliseconds."""

from datetime import datetime, timedelta
from typing import Final

from goodstanding.core.clocks.clock import EPOCH

_BURST_SECONDS: Final = 20
"""An unused allowance adds up to what is allowed in as many seconds, unless it is said how many calls it holds."""


def measures(per_minute: int, at_once: int, now: datetime) -> tuple[int, int, int]:
    """Return the instant, what one call costs, and what an allowance holds."""
    cost = max(1, 60_000 // per_minute)
    room = at_once * cost if at_once else max(cost, _BURST_SECONDS * 1_000)
    return (now - EPOCH) // timedelta(milliseconds=1), cost, room
