"""The board and compliance: how promises stand, and how they were kept."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import BoardFilter, MeasuredFilter
from goodstanding.apps.tenancy.roles import May
from goodstanding.core.desk.board import RowState
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import ClockState
from goodstanding.core.figures.figures import Compliance
from goodstanding.delivery.api.v1.door import needs
from goodstanding.delivery.api.v1.events import Person, Priority, Team
from goodstanding.delivery.api.v1.fields import After, At, In, Instant, Limit, Out, ShareOut
from goodstanding.delivery.api.v1.paging import place, row_of_board
from goodstanding.delivery.api.v1.shapes import BoardRowOut

router = Router(tags=["figures"])
LATELY: Final = timedelta(days=30)


class BoardAsked(In):
    """The filters of the board."""

    model_config = In.model_config | {"extra": "ignore"}

    client: UUID | None = None
    team: Team = ""
    assignee: Person = ""
    priority: Priority = ""
    state: RowState | None = None
    after: After = ""
    limit: Limit = 50


class BoardOut(Out):
    """Open tickets, the next deadline first, and how many stand how whatever state was asked for."""

    items: list[BoardRowOut]
    next: str | None
    counts: dict[RowState, int]


class ComplianceAsked(In):
    """Whose promises, and those decided from when until when (not included)."""

    model_config = In.model_config | {"extra": "ignore"}

    client: UUID | None = None
    priority: Priority = ""
    team: Team = ""
    assignee: Person = ""
    from_at: Instant | None = Field(None, description="Thirty days before `until_at`, where it is left out.")
    until_at: Instant | None = Field(None, description="Now, where it is left out.")


class ClockCompliance(Out):
    """How the promises of one kind of clock were kept. Every clock of the period is in one of the numbers."""

    clock: ClockKind
    compliance: ShareOut
    compliance_without_waivers: ShareOut
    met: int
    breached: int
    waived_met: int
    waived_breached: int
    left_out: dict[ClockState, int]

    @classmethod
    def of(cls, clock: ClockKind, found: Compliance) -> "ClockCompliance":
        """Return a kind of clock as it goes out."""
        return cls(
            clock=clock,
            compliance=ShareOut.of(found.rate),
            compliance_without_waivers=ShareOut.of(found.rate_without_waivers),
            met=found.met,
            breached=found.breached,
            waived_met=found.waived_met,
            waived_breached=found.waived_breached,
            left_out=dict(found.left_out),
        )


class ComplianceOut(Out):
    """How promises were kept (docs/figures.md): each kind of clock, and tickets without a breached clock."""

    from_at: At
    until_at: At
    clocks: list[ClockCompliance]
    tickets: ShareOut
    tickets_without_waivers: ShareOut


@router.get("/board", response=BoardOut, auth=needs(May.SEE_BOARD, BoardAsked), operation_id="get_board", summary="The board")
def board(request: HttpRequest, asked: Query[BoardAsked]) -> BoardOut:
    """Open tickets by time to their next breach: breached ones first, those without a deadline last."""
    wanted = BoardFilter(
        client=asked.client, team=asked.team, assignee=asked.assignee, priority=asked.priority, state=asked.state
    )
    counts = queries.board_counts(request.scope, wanted, now=request.now)
    page = queries.board(request.scope, wanted, now=request.now, after=row_of_board(asked.after), limit=asked.limit)
    return BoardOut(
        items=[BoardRowOut.of(row) for row in page.rows],
        next=place(page.after) if page.after else None,
        counts={state: counts.of(state) for state in RowState},
    )


@router.get(
    "/compliance",
    response=ComplianceOut,
    auth=needs(May.SEE_TICKETS, ComplianceAsked),
    operation_id="get_compliance",
    summary="Compliance",
)
def compliance(request: HttpRequest, asked: Query[ComplianceAsked]) -> ComplianceOut:
    """How promises were kept over a period, exact: part and whole, and the percentage rounded down."""
    until_at = asked.until_at or request.now
    from_at = asked.from_at or until_at - LATELY
    found = queries.measured(
        request.scope,
        MeasuredFilter(
            client=asked.client,
            priority=asked.priority,
            team=asked.team,
            assignee=asked.assignee,
            from_at=from_at,
            until_at=until_at,
        ),
    )
    return ComplianceOut(
        from_at=from_at,
        until_at=until_at,
        clocks=[ClockCompliance.of(kind, each) for kind, each in found.clocks.items()],
        tickets=ShareOut.of(found.tickets),
        tickets_without_waivers=ShareOut.of(found.tickets_without_waivers),
    )
