"""What escalation answers with: frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from goodstanding.apps.desk.values import Standing
from goodstanding.core.desk.escalation.places import Reason
from goodstanding.core.desk.escalation.plan import ContactRole, Kind, Plan
from goodstanding.core.desk.escalation.steps import Outcome
from goodstanding.core.desk.policy import ClockKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A published version of a plan, common, of a tier or of a client; `plan` None takes the one before back."""

    pk: int
    public_id: UUID
    number: int
    tier: UUID | None
    tier_name: str
    client: UUID | None
    client_name: str
    plan: Plan | None
    from_at: datetime
    published_at: datetime
    published_by: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRow:
    """An office with the calendar whose hours it keeps."""

    pk: int
    public_id: UUID
    partner: int
    name: str
    calendar: UUID
    calendar_name: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """Somebody of the staff, where they work and what they are good at; without an office they have no quiet hours."""

    pk: int
    person: UUID
    name: str
    email: str
    zone: str
    """Their office's, else their own; empty where neither is known."""
    office: UUID | None
    office_name: str
    skills: frozenset[Kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingRow:
    """A contact role and who holds it, with the deputy."""

    public_id: UUID
    partner: int
    role: ContactRole
    name: str
    person: int | None
    """Their primary key; None for an address, which is then the name."""
    client: UUID | None
    client_name: str
    team: str
    deputy: int | None
    deputy_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpellRow:
    """A spell on call or away."""

    public_id: UUID
    partner: int
    person: int
    name: str
    deputy: int | None
    deputy_name: str
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """A ticket whose steps are watched: when to look, and since when all is accounted for."""

    ticket: int
    next_step_at: datetime | None
    since_at: datetime
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRow:
    """What became of a step of a ticket."""

    public_id: UUID
    clock: ClockKind
    step: str
    outcome: Outcome
    reason: Reason | None
    level: int
    due_at: datetime
    at: datetime
    late_seconds: int
    overtook: tuple[str, ...]
    told: tuple[Mapping[str, Any], ...]
    did: Mapping[str, Any]
    plan: Plan | None
    """The plan it was a step of; None where that was taken back."""


class DraftState(StrEnum):
    """What became of a client message."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"


class Obstacle(StrEnum):
    """Why a client message that waits cannot go out as it was written."""

    MOVED = "moved"
    """The ticket is another client's now: nobody of the old one is to read of it, however it is worded."""
    OVER = "over"
    """The ticket is resolved or was taken back, so that nothing is to be expected of it any more."""
    STALE = "stale"
    """A time that it names has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A client message, with the ticket it is about."""

    pk: int
    public_id: UUID
    fired: UUID
    """The record of the step that wrote it."""
    partner: int
    client: int
    client_name: str
    ticket: UUID
    ref: str
    title: str
    standing: Standing | None
    """How the ticket stands now; None where it cannot be judged."""
    step: str
    level: int
    subject: str
    text: str
    to: tuple[int | str, ...]
    to_names: tuple[str, ...]
    state: DraftState
    written_at: datetime
    good_until: datetime | None
    decided_at: datetime | None
    decided_by: str

    def obstacle(self, at: datetime) -> Obstacle | None:
        """Return why it cannot go out as it was written; None where it can."""
        if self.standing is not None and self.standing.client != self.client:
            return Obstacle.MOVED
        if self.standing is not None and not self.standing.is_open:
            return Obstacle.OVER
        return Obstacle.STALE if self.good_until is not None and self.good_until <= at else None
