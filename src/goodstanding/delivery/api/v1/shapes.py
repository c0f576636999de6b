"""Tickets, clocks and promises as they go out: the words of pages and exports, codes and numbers instead of sentences."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from goodstanding.apps.desk.values import AssignmentRow, BoardRow, TicketRow
from goodstanding.core.desk.board import RowState, pressing, row_state
from goodstanding.core.desk.events import EventKind, PauseOwner
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import Assessment, Breach, Cause, ClockState, Reckoning, Stretch, Verdict
from goodstanding.core.figures.outcome import outcome_of
from goodstanding.delivery.api.v1.fields import At, Out
from goodstanding.flows.explain_ticket import Explained


class State(StrEnum):
    """How a ticket stands: as on the board while it is open."""

    BREACHED = "breached"
    AT_RISK = "at_risk"
    ON_TRACK = "on_track"
    PAUSED = "paused"
    NO_CLOCK = "no_clock"
    CLOSED = "closed"


class Named(Out):
    """Something with a name, and the id to ask for it by."""

    id: UUID
    name: str


class TicketOut(Out):
    """A ticket as a list has it."""

    id: UUID
    ref: str
    source: str
    title: str
    client: Named
    priority: str
    team: str
    assignee: str
    state: State
    opened_at: At
    resolved_at: At | None
    due_at: At | None
    """The next deadline, also one that has passed."""
    due_clock: ClockKind | None
    breaches: int
    satisfaction: int | None
    """What the client answered when asked how it went, from 1 to 5."""
    trouble: str
    """Why it could not be judged; empty where it could."""

    @classmethod
    def of(cls, row: TicketRow, satisfaction: int | None) -> "TicketOut":
        """Return a row of the list as it goes out."""
        same = ("ref", "source", "title", "priority", "team", "assignee", "opened_at", "resolved_at", "due_at", "due_clock",
                "breaches", "trouble")  # fmt: skip
        return cls(
            id=row.public_id,
            client=Named(id=row.client, name=row.client_name),
            state=_state(row.state, is_open=row.is_open),
            satisfaction=satisfaction,
            **_same(row, same),
        )


class BoardRowOut(Out):
    """An open ticket as the board has it."""

    id: UUID
    ref: str
    title: str
    client: Named
    priority: str
    team: str
    assignee: str
    state: State
    due_at: At | None
    due_clock: ClockKind | None
    at_risk_at: At | None
    target_seconds: int | None
    open_left_seconds: int | None
    """Service time between now and the deadline; 0 past it."""
    waiting_on: str | None
    waiting_since: At | None
    opened_at: At
    last_staff_act_at: At | None
    breaches: int
    zone: str
    trouble: str

    @classmethod
    def of(cls, row: BoardRow) -> "BoardRowOut":
        """Return a row of the board as it goes out."""
        same = ("ref", "title", "priority", "team", "assignee", "due_at", "due_clock", "at_risk_at", "waiting_since",
                "opened_at", "last_staff_act_at", "breaches", "zone", "trouble")  # fmt: skip
        return cls(
            id=row.public_id,
            client=Named(id=row.client, name=row.client_name),
            state=_state(row.state, is_open=True),
            target_seconds=seconds(row.target),
            open_left_seconds=seconds(row.open_left),
            waiting_on=row.waiting_on or None,
            **_same(row, same),
        )


class PromiseOut(Out):
    """What a client is promised, from when until when (not included)."""

    id: UUID
    tier: str
    tier_name: str
    tier_version: UUID
    calendar: str
    calendar_version: UUID
    zone: str
    from_at: At
    until_at: At | None

    @classmethod
    def of(cls, row: AssignmentRow) -> "PromiseOut":
        """Return a promise as it goes out."""
        return cls(
            id=row.public_id,
            tier=row.tier_key,
            tier_name=row.tier_name,
            tier_version=row.tier_version,
            calendar=row.calendar_name,
            calendar_version=row.calendar_version,
            zone=row.zone,
            from_at=row.from_at,
            until_at=row.until_at,
        )


class StretchOut(Out):
    """A stretch of a clock's life, and why it counts as it does."""

    reckoning: Reckoning
    from_at: At
    until_at: At
    open_seconds: int
    cause: Cause
    owner: PauseOwner | None
    detail: str

    @classmethod
    def of(cls, stretch: Stretch) -> "StretchOut":
        """Return a stretch as it goes out."""
        return cls(
            reckoning=stretch.reckoning,
            from_at=stretch.start_at,
            until_at=stretch.end_at,
            open_seconds=seconds(stretch.open) or 0,
            cause=stretch.cause,
            owner=stretch.owner,
            detail=stretch.detail,
        )


class BreachOut(Out):
    """A broken promise."""

    at: At
    late_by_seconds: int
    """Wall time from the breach to the stop, or so far."""
    reclassified: bool
    rule: str

    @classmethod
    def of(cls, breach: Breach, late_by: timedelta | None) -> "BreachOut":
        """Return a breach as it goes out."""
        return cls(at=breach.at, late_by_seconds=seconds(late_by) or 0, reclassified=breach.reclassified, rule=breach.rule)


class WaiverOut(Out):
    """An exemption, with its reason and who granted it."""

    reason: str
    author: str
    granted_at: At


class TargetOut(Out):
    """What was promised: so many units, spent in `support` hours or `always`."""

    amount: int
    unit: str
    hours: str


class ClockOut(Out):
    """A clock of a ticket; durations are service time in whole seconds, `remaining_seconds` negative by the overrun."""

    clock: ClockKind
    number: int
    cycle: str
    state: ClockState
    priority: str
    rule: str | None
    target: TargetOut | None
    target_seconds: int | None
    elapsed_seconds: int
    remaining_seconds: int | None
    started_at: At
    stopped_at: At | None
    stopped_by: EventKind | None
    deadline_at: At | None
    at_risk_at: At | None
    paused_since: At | None
    paused_by_seconds: dict[PauseOwner, int]
    breach: BreachOut | None
    waiver: WaiverOut | None
    because: list[StretchOut]

    @classmethod
    def of(cls, verdict: Verdict) -> "ClockOut":
        """Return a clock as it goes out."""
        same = ("clock", "number", "cycle", "state", "priority", "started_at", "stopped_at", "stopped_by", "deadline_at",
                "at_risk_at", "paused_since")  # fmt: skip
        rule, waiver = verdict.rule, verdict.waiver
        promised = rule.target.amount if rule else None
        return cls(
            rule=rule.name if rule else None,
            target=TargetOut(amount=promised.count, unit=promised.unit, hours=rule.target.slot) if rule and promised else None,
            target_seconds=seconds(verdict.target),
            elapsed_seconds=seconds(verdict.elapsed) or 0,
            remaining_seconds=seconds(verdict.remaining),
            paused_by_seconds={owner: seconds(lost) or 0 for owner, lost in verdict.paused_by},
            breach=BreachOut.of(verdict.breach, verdict.late_by) if verdict.breach else None,
            waiver=WaiverOut(reason=waiver.reason, author=waiver.author, granted_at=waiver.granted_at) if waiver else None,
            because=[StretchOut.of(each) for each in verdict.because],
            **_same(verdict, same),
        )


class TicketWhole(Out):
    """A ticket with its clocks, as they stand at `as_of`."""

    id: UUID
    ref: str
    source: str
    title: str
    client: Named
    contact: str
    kind: str
    tags: list[str]
    zone: str
    as_of: At
    state: State | None
    """Null where it could not be judged."""
    priority: str | None
    team: str | None
    assignee: str | None
    opened_at: At | None
    resolved_at: At | None
    waiting_on: PauseOwner | None
    waiting_since: At | None
    due_at: At | None
    due_clock: ClockKind | None
    breaches: int
    reopened_count: int
    first_contact: bool | None
    """Whether it was resolved by one reply and not reopened soon; null unless resolved, or where replies are not told."""
    first_contact_provisional: bool
    """Whether a reopening can still change that."""
    reopened: bool | None
    """Whether it was reopened within the days that make a resolution final; null unless resolved."""
    escalated: bool | None
    """Whether a clock used 75 % of its target."""
    satisfaction: int | None
    """What the client answered when asked how it went, from 1 to 5."""
    promise: PromiseOut | None
    """What it is measured by; null where nothing was promised when it was opened."""
    clocks: list[ClockOut]
    trouble: str

    @classmethod
    def of(cls, told: Explained, promise: AssignmentRow | None, satisfaction: int | None, now: datetime) -> "TicketWhole":
        """Return a judged ticket as it goes out."""
        standing, found = told.standing, told.found
        return cls(
            **_same(standing, ("ref", "source", "title", "contact", "kind", "zone")),
            **(_judged(found, now) if found else _NOT_JUDGED),
            id=standing.public_id,
            client=Named(id=standing.client_id, name=standing.client_name),
            tags=sorted(standing.tags),
            as_of=now,
            satisfaction=satisfaction,
            promise=PromiseOut.of(promise) if promise else None,
            trouble=told.trouble,
        )


_NOT_JUDGED: dict[str, Any] = {
    **dict.fromkeys((
        "state", "priority", "team", "assignee", "opened_at", "resolved_at", "waiting_on", "waiting_since", "due_at",
        "due_clock", "first_contact", "reopened", "escalated",
    )),
    "first_contact_provisional": False, "breaches": 0, "reopened_count": 0, "clocks": [],
}  # fmt: skip


def _judged(found: Assessment, now: datetime) -> dict[str, Any]:
    first = pressing(found)
    due = first.verdict
    due_at = due.deadline_at if due else None
    state = row_state(now=now, due_at=due_at, at_risk_at=first.at_risk_at, paused=first.paused)
    outcome = outcome_of(found)
    return {
        **_same(outcome, ("first_contact", "reopened", "escalated")),
        "first_contact_provisional": outcome.provisional,
        **_same(found, ("priority", "team", "assignee", "opened_at", "waiting_on", "waiting_since", "reopened_count")),
        "state": _state(state, is_open=found.is_open),
        "resolved_at": None if found.is_open else found.last_resolved_at,
        "due_at": due_at,
        "due_clock": due.clock if due else None,
        "breaches": sum(each.breach is not None for each in found.verdicts),
        "clocks": [ClockOut.of(each) for each in found.verdicts],
    }


def seconds(length: timedelta | None) -> int | None:
    """Return a duration in whole seconds."""
    return None if length is None else length // timedelta(seconds=1)


def _state(state: RowState, *, is_open: bool) -> State:
    return State(state.value) if is_open else State.CLOSED


def _same(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
