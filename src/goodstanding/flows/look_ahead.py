"""Look ahead at the rota: who is on call, which hours nobody covers, and whether any client was promised those hours."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.desk.values import AssignmentRow
from goodstanding.apps.escalation import queries
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.desk.escalation.people import Roster, uncovered
from goodstanding.core.desk.escalation.rota import Called, on_call_within

DAYS: Final = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """The days ahead, from the midnight before now until another midnight on the clocks of a zone."""

    start: datetime
    end: datetime
    roster: Roster
    called: tuple[Called, ...]
    gaps: tuple[tuple[datetime, datetime], ...]
    """What nobody covers from now on."""
    always: tuple[AssignmentRow, ...]
    """Promises with a target around the clock."""

    @property
    def open(self) -> timedelta:
        """How long nobody is there, all in all."""
        return sum((end - start for start, end in self.gaps), timedelta())


def look_ahead(scope: Scope, *, partner: int, zone: str, now: datetime) -> Ahead:
    """Return the days ahead of a partner in scope; today is the first of them."""
    clocks = ZoneInfo(zone)
    today = now.astimezone(clocks).date()
    start, end = (
        datetime.combine(today + timedelta(days=days), time(), clocks).astimezone(UTC) for days in (0, DAYS)
    )  # fmt: skip
    roster = queries.roster(scope, partner=partner, now=start)
    return Ahead(
        start=start,
        end=end,
        roster=roster,
        called=on_call_within(roster, start, end),
        gaps=uncovered(roster, now, end),
        always=desk.promised_around_the_clock(scope, partner=partner, now=now),
    )
