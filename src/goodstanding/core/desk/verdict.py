"""The verdict: how one clock of one ticket stands, and every stretch of time that made it so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from goodstanding.core.desk.case import Waiver
from goodstanding.core.desk.events import EventKind, PauseOwner
from goodstanding.core.desk.policy import ClockKind, Target, TargetRule


class ClockState(StrEnum):
    """How a clock stands (requirements CLOCK-3)."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    NONE = "none"
    """A rule promises no clock."""
    NOT_COVERED = "not_covered"
    """No rule or no assignment covers the ticket."""
    NOT_MEASURED = "not_measured"
    """The source does not say what stops this clock, so nobody can know."""
    CANCELLED = "cancelled"
    """Called off before it was decided: merged, cancelled, or no reply needed."""
    ENDED = "ended"
    """The client's service ended while the clock ran."""


DECIDED = frozenset({ClockState.MET, ClockState.BREACHED})


class Reckoning(StrEnum):
    """How a stretch of time counts."""

    COUNTED = "counted"
    CLOSED = "closed"
    PAUSED = "paused"


class Cause(StrEnum):
    """Why a stretch counts as it does; delivery puts it in words."""

    SERVICE_HOURS = "service_hours"
    OUTSIDE_HOURS = "outside_hours"
    HOLIDAY = "holiday"
    OWN_CLOSURE = "own_closure"
    WAITING = "waiting"
    RESOLVED = "resolved"
    """Between a resolution and the reopening that resumed the clock."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a clock's life; stretches follow each other without a gap.

    `open` is the service time within it: all of it when counted, none when closed, and what the pause took out of the
    count when paused.
    """

    reckoning: Reckoning
    start_at: datetime
    end_at: datetime
    open: timedelta
    cause: Cause
    owner: PauseOwner | None = None
    """Whom a paused stretch waited on."""
    detail: str = ""
    """The name of a holiday or closure, or the reason of a pause."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken promise: a fact that stays, whatever changes later (semantics.md 1.7)."""

    at: datetime
    """The deadline that passed; for a breach by reclassification, the change."""
    target: Target
    rule: str
    reclassified: bool = False
    """Whether the ticket was already past the target when a change of priority, tier or client gave it that target."""
    assignee: str | None = None
    """Who was responsible at that moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one clock stood at `as_of`.

    A clock's name is its ticket, its kind and `cycle`, the id of the event that started it: never a running number, so
    that a late event cannot rename it. Durations are open time of the calendar in force; `deadline_at` is None while a
    clock is paused, because a pause of unknown length has no deadline to show (semantics.md 1.5).
    """

    ticket: str
    clock: ClockKind
    cycle: str
    number: int
    state: ClockState
    as_of: datetime
    started_at: datetime
    stopped_at: datetime | None = None
    stopped_by: EventKind | None = None
    detail: str = ""
    """What called the clock off, in the source's words; the ticket it was merged into."""
    rule: TargetRule | None = None
    assignment: str | None = None
    priority: str = ""
    target: timedelta | None = None
    elapsed: timedelta = timedelta()
    remaining: timedelta | None = None
    """Target less elapsed; negative by the open time over target. None without a target."""
    deadline_at: datetime | None = None
    at_risk_at: datetime | None = None
    """When the share of the target from which a clock is at risk is used up; None while paused before it."""
    paused_since: datetime | None = None
    breach: Breach | None = None
    first_stopped_at: datetime | None = None
    """The first resolution of a clock that was reopened; the same as `stopped_at` of one that was not."""
    first_outcome: ClockState | None = None
    """Met or breached at the first resolution; kept for ever (semantics.md 1.6)."""
    resumed_at: datetime | None = None
    """When a reopening first set the clock going again."""
    linked: bool = False
    """Whether this cycle counts as a ticket of its own, linked to this one."""
    waiver: Waiver | None = None
    paused_by: tuple[tuple[PauseOwner, timedelta], ...] = ()
    """Open time taken out by waits, by whom they waited on."""
    because: tuple[Stretch, ...] = ()

    @property
    def key(self) -> tuple[str, ClockKind, str]:
        """The clock's name."""
        return (self.ticket, self.clock, self.cycle)

    @property
    def used(self) -> Fraction | None:
        """Elapsed by target, exact and frozen while paused; None without a target."""
        if not self.target:
            return None
        return Fraction(self.elapsed // timedelta(seconds=1), self.target // timedelta(seconds=1))

    @property
    def is_open(self) -> bool:
        """Whether the clock can still change by the passing of time or by what people do."""
        return self.stopped_at is None and self.state not in (ClockState.CANCELLED, ClockState.ENDED)

    @property
    def decided_at(self) -> datetime | None:
        """The moment that puts a decided clock into a period: its breach, else its stop (semantics.md 1.16)."""
        if self.breach is not None:
            return self.breach.at
        return self.stopped_at if self.state is ClockState.MET else None

    @property
    def late_by(self) -> timedelta | None:
        """Wall time from the breach to the stop, or so far; None without a breach."""
        if self.breach is None:
            return None
        return (self.stopped_at or self.as_of) - self.breach.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All clocks of one ticket at `as_of`, with the milestones that figures need."""

    ticket: str
    as_of: datetime
    client: str
    priority: str
    team: str | None
    assignee: str | None
    assignment: str | None
    opened_at: datetime
    verdicts: tuple[Verdict, ...]
    is_open: bool
    waiting_on: PauseOwner | None = None
    waiting_since: datetime | None = None
    first_resolved_at: datetime | None = None
    last_resolved_at: datetime | None = None
    first_reopened_at: datetime | None = None
    reopened_count: int = 0
    cancelled_at: datetime | None = None
    merged_into: str | None = None
    replies_at_resolution: int | None = None
    last_staff_act_at: datetime | None = None
    look_at: datetime | None = None
    """When time alone next changes a state; None when only an event can."""

    def of(self, clock: ClockKind) -> tuple[Verdict, ...]:
        """Return the verdicts of one kind of clock, cycles in order."""
        return tuple(verdict for verdict in self.verdicts if verdict.clock is clock)
