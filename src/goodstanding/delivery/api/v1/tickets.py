"""Tickets: the list, one with its clocks, its story; opening one, telling of it, waiving."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field, StringConstraints

from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import TicketFilter
from goodstanding.apps.feedback import queries as feedback
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as stories
from goodstanding.core.desk.board import RowState
from goodstanding.core.desk.events import Actor
from goodstanding.core.desk.policy import ClockKind
from goodstanding.delivery.api.v1.door import REPEATABLE, needs, once, sees_inner
from goodstanding.delivery.api.v1.events import (
    EventIn,
    EventOut,
    LongText,
    Name,
    Person,
    Priority,
    Source,
    Team,
    source_of,
    telling,
)  # fmt: skip
from goodstanding.delivery.api.v1.fields import After, Day, In, Instant, Limit, Text
from goodstanding.delivery.api.v1.paging import Page, numbers_of, place
from goodstanding.delivery.api.v1.shapes import TicketOut, TicketWhole
from goodstanding.flows.explain_ticket import explain_ticket
from goodstanding.flows.open_ticket import Opening, open_ticket
from goodstanding.flows.tell_ticket import tell_ticket
from goodstanding.flows.waive_ticket import waive_ticket

router = Router(tags=["tickets"])


class StateAsked(StrEnum):
    """Which tickets: all that are open, closed ones, or the open ones that stand so."""

    OPEN = "open"
    CLOSED = "closed"
    BREACHED = "breached"
    AT_RISK = "at_risk"
    ON_TRACK = "on_track"
    PAUSED = "paused"
    NO_CLOCK = "no_clock"


class TicketsAsked(In):
    """The filters of the page Tickets."""

    model_config = In.model_config | {"extra": "ignore"}

    client: UUID | None = None
    state: StateAsked | None = None
    priority: Priority = ""
    team: Team = ""
    assignee: Person = ""
    q: Annotated[Text, Field(max_length=300)] = Field("", description="Words of the reference or the title.")
    opened_from: Day | None = Field(None, alias="from", description="Opened on this day or later, in UTC.")
    opened_until: Day | None = Field(None, alias="until", description="Opened on this day or earlier, in UTC.")
    breached: bool | None = Field(None, description="With or without a breach.")
    after: After = ""
    limit: Limit = 50


class OpenTicket(In):
    """A ticket to open."""

    client: UUID
    title: Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
    ref: Name | None = Field(None, description="Your own reference; without one it gets a number of ours.")
    source: Source | None = None
    text: LongText = ""
    priority: Priority = ""
    team: Team = ""
    assignee: Person = ""
    kind: Team = ""
    tags: list[Annotated[Text, Field(min_length=1, max_length=60)]] = Field(default_factory=list, max_length=50)
    contact: Person = ""
    who: Person = Field("", description="The name of who opened it.")
    actor: Actor = Actor.CLIENT
    opened_at: Instant | None = Field(None, description="When it was opened; now, where it is left out.")
    events: list[EventIn] = Field(default_factory=list, max_length=500, description="What has happened to it since.")


class Waive(In):
    """An exemption: the breach stays in the record and no longer counts."""

    reason: Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
    clock: ClockKind | None = Field(None, description="Which clocks; all of the ticket, where it is left out.")


@router.get(
    "", response=Page[TicketOut], auth=needs(May.SEE_TICKETS, TicketsAsked), operation_id="list_tickets", summary="List tickets"
)
def list_tickets(request: HttpRequest, asked: Query[TicketsAsked]) -> Page[TicketOut]:
    """The tickets in reach of the key, the newest first."""
    wanted = TicketFilter(
        client=asked.client,
        text=asked.q.strip(),
        is_open={StateAsked.OPEN: True, StateAsked.CLOSED: False}.get(asked.state) if asked.state else None,
        state=RowState(asked.state) if asked.state in set(RowState) else None,
        breached=asked.breached,
        priority=asked.priority,
        team=asked.team,
        assignee=asked.assignee,
        opened_from=asked.opened_from,
        opened_until=asked.opened_until,
    )
    rows, end = queries.ticket_page(request.scope, wanted, now=request.now, after=numbers_of(asked.after), limit=asked.limit)
    scores = feedback.scores(Scope.everything("their standings are in scope"), [row.public_id for row in rows])
    items = [TicketOut.of(row, scores.get(row.public_id)) for row in rows]
    return Page[TicketOut](items=items, next=place(*end) if end else None)


@router.post(
    "", response={201: TicketWhole, 200: TicketWhole}, auth=needs(May.TELL), operation_id="open_ticket",
    summary="Open a ticket", openapi_extra=REPEATABLE,
)  # fmt: skip
def open_one(request: HttpRequest, body: OpenTicket) -> HttpResponse:
    """Open a ticket; answers 200 with the ticket as it is where its reference was known already, and takes what is new."""

    def work() -> tuple[int, TicketWhole]:
        found = open_ticket(request.scope, opening_of(body, client=body.client, source=source_of(body.source)), now=request.now)
        return (201 if found.new else 200), _whole(request, found.ticket)

    return once(request, work)


@router.get(
    "/{uuid:ticket_id}", response=TicketWhole, auth=needs(May.SEE_TICKETS), operation_id="get_ticket", summary="One ticket"
)
def one_ticket(request: HttpRequest, ticket_id: UUID) -> TicketWhole:
    """A ticket with its clocks: target, elapsed, remaining, deadline, state, and every stretch that made it so."""
    return _whole(request, ticket_id)


class EventsAsked(In):
    """Which part of the story."""

    model_config = In.model_config | {"extra": "ignore"}

    after: After = ""
    limit: Limit = 50


@router.get(
    "/{uuid:ticket_id}/events", response=Page[EventOut], auth=needs(May.SEE_TICKETS, EventsAsked), operation_id="list_events",
    summary="A ticket's events",
)  # fmt: skip
def list_events(request: HttpRequest, ticket_id: UUID, asked: Query[EventsAsked]) -> Page[EventOut]:
    """What happened to a ticket, in the order it happened; without the right `see_board`, what the client may read."""
    pk = queries.standing(request.scope, ticket_id).pk
    told, end = stories.story_page(
        Scope.everything("its standing is in scope"), pk, inner=sees_inner(request), after=numbers_of(asked.after),
        limit=asked.limit,
    )  # fmt: skip
    clients, tiers = _ids(request)
    return Page[EventOut](items=[EventOut.of(each, clients, tiers) for each in told], next=place(*end) if end else None)


@router.post(
    "/{uuid:ticket_id}/events", response={201: EventOut, 200: EventOut}, auth=needs(May.TELL), operation_id="tell_event",
    summary="Tell of an event", openapi_extra=REPEATABLE,
)  # fmt: skip
def tell(request: HttpRequest, ticket_id: UUID, body: EventIn) -> HttpResponse:
    """Tell what happened to a ticket. Under a `source_id` that is known it is the same event: 200, and as it was told first."""

    def work() -> tuple[int, EventOut]:
        told = tell_ticket(request.scope, ticket=ticket_id, tellings=[telling(body, source_of(body.source))], now=request.now)
        ((source, source_id),) = told.names
        kept = stories.happening(request.scope, told.ticket, source=source, source_id=source_id)
        return (201 if told.new else 200), EventOut.of(kept, *_ids(request))

    return once(request, work)


@router.post(
    "/{uuid:ticket_id}/waivers", response={201: TicketWhole}, auth=needs(May.WAIVE), operation_id="waive_ticket",
    summary="Waive a ticket's clocks", openapi_extra=REPEATABLE,
)  # fmt: skip
def waive(request: HttpRequest, ticket_id: UUID, body: Waive) -> HttpResponse:
    """Exempt a ticket's clocks in the name of the key's person. It cannot be taken back."""

    def work() -> tuple[int, TicketWhole]:
        waive_ticket(
            request.scope,
            ticket=ticket_id,
            clock=body.clock,
            reason=body.reason,
            author=request.auth.key.person_name,
            now=request.now,
        )
        return 201, _whole(request, ticket_id)

    return once(request, work)


def opening_of(body: Any, *, client: UUID, source: str, opened_at: datetime | None = None) -> Opening:
    """Return a ticket to open as flows take it; `source` is whose names its own are."""
    same = ("title", "text", "priority", "team", "assignee", "kind", "contact", "who", "actor")
    return Opening(
        **{name: getattr(body, name) for name in same},
        client=client,
        ref=body.ref or "",
        source=source,
        tags=frozenset(body.tags),
        opened_at=opened_at or body.opened_at,
        tellings=tuple(telling(each, source) for each in body.events),
    )


def _whole(request: HttpRequest, ticket: UUID) -> TicketWhole:
    told = explain_ticket(request.scope, ticket, inner=sees_inner(request), now=request.now)
    bound = told.found.assignment if told.found else None
    owned = Scope.everything("its standing is in scope")
    promise = queries.assignment(owned, int(bound)) if bound else None
    return TicketWhole.of(told, promise, feedback.scores(owned, [ticket]).get(ticket), request.now)


def _ids(request: HttpRequest) -> tuple[dict[str, UUID], dict[str, UUID]]:
    """The public ids of clients and promises in scope, by what events call them."""
    clients = {str(each.pk): each.public_id for each in tenancy.clients(request.scope)}
    return clients, {str(each.pk): each.public_id for each in queries.assignments(request.scope)}
