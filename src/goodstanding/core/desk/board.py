"""How a ticket looks on the board: one state of its open clocks, judged from stored instants."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from goodstanding.core.desk.events import PauseOwner
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import Assessment, ClockState, Verdict


class RowState(StrEnum):
    """The states of look.md for an open ticket, the most pressing first."""

    BREACHED = "breached"
    AT_RISK = "at_risk"
    ON_TRACK = "on_track"
    PAUSED = "paused"
    NO_CLOCK = "no_clock"


@dataclass(frozen=True, slots=True)
class Pressing:
    """What presses on an open ticket: the clock whose deadline comes first, also when it has passed."""

    verdict: Verdict | None
    at_risk_at: datetime | None
    """The earliest moment at which one of its running clocks is at risk."""
    paused: bool
    """Whether nothing runs because the ticket waits on somebody else."""


def pressing(assessment: Assessment) -> Pressing:
    """Return what presses on a ticket; nothing on one that is closed."""
    going = [each for each in assessment.verdicts if each.is_open and assessment.is_open]
    due = [each for each in going if each.deadline_at is not None]
    first = min(due, key=lambda each: (each.deadline_at, _ORDER[each.clock]), default=None)
    risks = [each.at_risk_at for each in going if each.state is ClockState.RUNNING and each.at_risk_at is not None]
    return Pressing(
        verdict=first,
        at_risk_at=min(risks, default=None),
        paused=first is None and assessment.waiting_on not in (None, PauseOwner.PARTNER),
    )


def row_state(*, now: datetime, due_at: datetime | None, at_risk_at: datetime | None, paused: bool) -> RowState:
    """Return the state of a ticket's row at `now`; breached from the second after its deadline (semantics.md 1.3)."""
    if due_at is None:
        return RowState.PAUSED if paused else RowState.NO_CLOCK
    if now > due_at:
        return RowState.BREACHED
    if at_risk_at is not None and now >= at_risk_at:
        return RowState.AT_RISK
    return RowState.ON_TRACK


def objective_passed(*, now: datetime, objective_at: datetime | None, state: RowState) -> bool:
    """Whether our own target is passed, from the second after it, and the contract's is not: a mark beside the state."""
    return objective_at is not None and now > objective_at and state is not RowState.BREACHED


_ORDER = {kind: number for number, kind in enumerate(ClockKind)}
