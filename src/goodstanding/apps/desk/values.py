"""What the desk's queries answer with: frozen values, ready to show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from uuid import UUID

from goodstanding.core.desk.board import RowState
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.figures.figures import Compliance
from goodstanding.core.figures.numbers import Share


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """A published version of a calendar."""

    pk: int
    public_id: UUID
    calendar: UUID
    name: str
    number: int
    text: str
    zone: str
    holidays_until: int
    published_at: datetime
    published_by: str
    note: str


@dataclass(frozen=True, slots=True)
class TierVersion:
    """A published version of a tier."""

    pk: int
    public_id: UUID
    tier: UUID
    key: str
    name: str
    family: str
    number: int
    text: str
    effective_from: datetime
    published_at: datetime
    published_by: str
    note: str
    measures_tickets: bool


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """Who is promised what, from when until when."""

    pk: int
    public_id: UUID
    client: int
    client_name: str
    tier_key: str
    tier_name: str
    tier_family: str
    tier_version: UUID
    tier_number: int
    calendar_name: str
    calendar_version: UUID
    calendar_number: int
    zone: str
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFilter:
    """What of the board is wanted; empty means all."""

    client: UUID | None = None
    team: str = ""
    assignee: str = ""
    priority: str = ""
    state: RowState | None = None
    objective_passed: bool = False
    """Only those past our own target that still keep the contract's; nobody but staff can ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """An open ticket on the board."""

    public_id: UUID
    ref: str
    title: str
    client_name: str
    client: UUID
    priority: str
    team: str
    assignee: str
    state: RowState
    due_at: datetime | None
    due_clock: ClockKind | None
    at_risk_at: datetime | None
    objective_at: datetime | None
    """When our own target is used up; None for whoever is not staff (requirements TIER-9)."""
    objective_passed: bool
    open_left: timedelta | None
    """Service time between now and the deadline; None without one, zero past it."""
    target: timedelta | None
    waiting_on: str
    waiting_since: datetime | None
    opened_at: datetime
    last_staff_act_at: datetime | None
    breaches: int
    """How many clocks of the ticket have broken their promise so far, also those that have stopped."""
    zone: str
    """The zone whose hours count for it."""
    trouble: str


@dataclass(frozen=True, slots=True)
class BoardCounts:
    """How many open tickets stand how, among those a filter lets through whatever their state."""

    breached: int
    at_risk: int
    on_track: int
    paused: int
    no_clock: int
    objective_passed: int = 0
    """Of them, those past our own target that still keep the contract's; 0 for whoever is not staff."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.breached + self.at_risk + self.on_track + self.paused + self.no_clock

    def of(self, state: RowState) -> int:
        """Return the count of one state."""
        counts = {
            RowState.BREACHED: self.breached,
            RowState.AT_RISK: self.at_risk,
            RowState.ON_TRACK: self.on_track,
            RowState.PAUSED: self.paused,
            RowState.NO_CLOCK: self.no_clock,
        }
        return counts[state]


@dataclass(frozen=True, slots=True)
class BoardPage:
    """A page of the board; `after` asks for the next one."""

    rows: tuple[BoardRow, ...]
    after: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the board can be filtered by, from the tickets that are open."""

    clients: tuple[tuple[UUID, str], ...]
    teams: tuple[str, ...]
    assignees: tuple[str, ...]
    priorities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRow:
    """A ticket in the list of all tickets."""

    public_id: UUID
    ref: str
    source: str
    title: str
    client: UUID
    client_name: str
    priority: str
    team: str
    assignee: str
    is_open: bool
    state: RowState
    due_at: datetime | None
    due_clock: ClockKind | None
    objective_passed: bool
    """Whether our own target is passed and the contract's is not; never for whoever is not staff."""
    opened_at: datetime
    resolved_at: datetime | None
    breaches: int
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """Which of all tickets are wanted; empty means all."""

    client: UUID | None = None
    text: str = ""
    is_open: bool | None = None
    state: RowState | None = None
    """How an open ticket stands."""
    breached: bool | None = None
    priority: str = ""
    team: str = ""
    assignee: str = ""
    opened_from: date | None = None
    opened_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A ticket in scope with what the board knows of it."""

    pk: int
    public_id: UUID
    ref: str
    title: str
    partner: int
    client: int
    client_id: UUID
    client_name: str
    source: str
    contact: str
    kind: str
    tags: tuple[str, ...]
    zone: str
    is_open: bool
    resolved_at: datetime | None
    objective_at: datetime | None
    """When our own target is used up; None for whoever is not staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredFilter:
    """Whose promises are counted, and those decided from when until when (not included); empty means all."""

    client: UUID | None = None
    priority: str = ""
    team: str = ""
    assignee: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """How promises were kept: each kind of clock, and tickets as a whole with and without waived clocks."""

    clocks: Mapping[ClockKind, Compliance]
    tickets: Share
    tickets_without_waivers: Share


@dataclass(frozen=True, slots=True)
class Kept:
    """Promises of one kind of clock that were decided in a spell, waived ones left out."""

    met: int
    breached: int

    @property
    def share(self) -> Fraction | None:
        """Met of decided, exact; None when nothing was decided."""
        decided = self.met + self.breached
        return Fraction(self.met, decided) if decided else None


@dataclass(frozen=True, slots=True)
class Lately:
    """The last days beside as many days before them, as `(now, before)`."""

    response: tuple[Kept, Kept]
    resolution: tuple[Kept, Kept]
    opened: tuple[int, int]
    resolved: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStanding:
    """How an open ticket of a source stands, as much as is told back to it."""

    ref: str
    client: int
    due_at: datetime | None
    due_clock: ClockKind | None
    breaches: int
    breached_clocks: tuple[ClockKind, ...]
    waiting_on: str
    zone: str
