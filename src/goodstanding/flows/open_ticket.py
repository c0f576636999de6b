"""Open a ticket: under the caller's reference or a number of ours, judged at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import actions, queries
from goodstanding.apps.tickets.actions import IncomingTicket
from goodstanding.apps.unit import together
from goodstanding.core.desk.events import Actor, EventKind
from goodstanding.flows.reassess import reassess
from goodstanding.flows.tell_ticket import Telling, happenings_of

OPENED: Final = "opened"
"""The name of a ticket's opening in its source: told again, it is the same event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A ticket to open; without a `ref` it gets a number of ours, and `source` says whose reference it is otherwise.

    `name` names the call itself: named again, it opens no second ticket.
    """

    client: UUID
    title: str
    ref: str = ""
    source: str = actions.OWN
    name: str = ""
    text: str = ""
    priority: str = ""
    team: str = ""
    assignee: str = ""
    kind: str = ""
    tags: frozenset[str] = frozenset()
    contact: str = ""
    who: str = ""
    actor: Actor = Actor.CLIENT
    opened_at: datetime | None = None
    tellings: tuple[Telling, ...] = ()
    """What has happened to it since."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The ticket, and whether it is this call that opened it."""

    ticket: UUID
    ref: str
    new: bool


def open_ticket(scope: Scope, opening: Opening, *, now: datetime) -> Opened:
    """Keep a ticket with what happened to it and judge it; a reference that is known already opens no second one.

    Raises `NotFound` for a client or tier outside the scope and for a tier that is promised to another client, and `NotYet`
    for what has not happened.
    """
    scope.demand(May.TELL)
    client = tenancy.client(scope, opening.client)
    first = Telling(
        kind=EventKind.OPENED,
        actor=opening.actor,
        public=True,
        at=opening.opened_at,
        source=opening.source if opening.ref else actions.OWN,
        source_id=OPENED,
        who=opening.who,
        text=opening.text,
        priority=opening.priority or None,
        team=opening.team or None,
        assignee=opening.assignee or None,
    )
    happenings = happenings_of(scope, client.partner, {client.pk}, (first, *opening.tellings), now)
    with together():
        ref = opening.ref or _number(scope, client.partner, opening.name)
        taken = actions.take(
            scope,
            partner=client.partner,
            source=first.source,
            tickets=[
                IncomingTicket(
                    ref=ref,
                    client=client.pk,
                    title=opening.title,
                    priority=opening.priority,
                    team=opening.team,
                    kind=opening.kind,
                    tags=opening.tags,
                    contact=opening.contact,
                    happenings=happenings,
                )
            ],
            now=now,
        )
        reassess(scope, taken.moved, now=now)
    found = queries.ticket_by_ref(scope, partner=client.partner, source=first.source, ref=ref)
    return Opened(found.public_id, found.ref, taken.new_tickets == 1)


def _number(scope: Scope, partner: int, name: str) -> str:
    if not name:
        return actions.next_number(scope, partner=partner)
    return actions.number_named(scope, partner=partner, name=name)
