"""Explain a deadline: service hours by name or file, a target, a start, and pauses."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from goodstanding.adapters.files.yaml12 import FileError
from goodstanding.core.clocks.amounts import Amount
from goodstanding.core.clocks.calendar import CalendarError
from goodstanding.core.clocks.clock import OutOfReach
from goodstanding.core.clocks.compile import LAST_YEAR
from goodstanding.core.desk.deadline import DeadlineExplained, explain_deadline
from goodstanding.core.desk.policy import SUPPORT, WALL, Target
from goodstanding.flows.choose_hours import Hours
from goodstanding.reports.deadline_json import deadline_json

BAD_TERMS: Final = (FileError, CalendarError)
OUT_OF_REACH: Final = OutOfReach


def deadline(
    hours: Hours,
    zone: str,
    *,
    amount: Amount,
    wall: bool,
    start: datetime,
    pauses: Sequence[tuple[datetime, datetime | None]] = (),
) -> DeadlineExplained:
    """Return the deadline and what made it; `zone` is a preset's. Raises one of `BAD_TERMS`, or `OUT_OF_REACH`."""
    instants = [start, *(at for pause in pauses for at in pause if at is not None)]
    # A year to spare on each side: the local date of an instant may lie in the year before or after.
    first, last = min(instants).year - 1, max(instants).year + 1
    target = Target(amount, WALL if wall else SUPPORT)
    while True:
        found = explain_deadline(hours.calendar(zone, first, last), target, start, pauses)
        reached = found.deadline_at
        # The last year of known holidays is not one to end in: the years after it may move the deadline.
        if not hours.dated or reached is None or reached.year < last or last > LAST_YEAR:
            return found
        last = reached.year + 1


def print_deadline(found: DeadlineExplained, path: Path, *, hours: str) -> None:
    """Write the explanation as JSON; raises `OSError`."""
    path.write_text(deadline_json(found, hours=hours), encoding="utf-8")
