"""What a client's own people may tell: they open tickets of their client and write on them, as the client."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.desk.events import Actor, EventKind
from goodstanding.flows.open_ticket import Opened, Opening, open_ticket
from goodstanding.flows.tell_ticket import Telling, Told, tell_ticket


def open_as_client(
    scope: Scope, *, client: UUID, title: str, text: str, priority: str, who: str, contact: str, name: str, now: datetime
) -> Opened:
    """Open a ticket for a client in scope, as the client and as of now; `name` names the call (`Opening`).

    Raises `NotFound` for a client outside the scope, and `Forbidden` for one whose tickets the scope only reads.
    """
    owner = tenancy.client(scope, client)
    scope.demand(May.ASK, client=owner.pk)
    opening = Opening(
        client=client, title=title, text=text, priority=priority, who=who, contact=contact, name=name, actor=Actor.CLIENT
    )
    return open_ticket(_for(owner.partner, owner.name), opening, now=now)


def write_as_client(
    scope: Scope, *, ticket: UUID, text: str, who: str, source_id: str, reopen: bool = False, now: datetime
) -> Told:
    """Write on a ticket in scope, as the client; with `reopen`, say as well that it is not solved.

    Raises `NotFound` for a ticket outside the scope, and `Forbidden` for one that the scope only reads.
    """
    found = desk.standing(scope, ticket)
    scope.demand(May.ASK, client=found.client)
    wrote = Telling(
        kind=EventKind.CLIENT_REPLIED, actor=Actor.CLIENT, public=True, source_id=source_id, who=who, text=text,
        # Seconds are what clocks read; within one, what people did stays in the order in which they did it.
        sequence=now.microsecond,
    )  # fmt: skip
    again = replace(wrote, kind=EventKind.REOPENED, source_id=f"{source_id}.reopened", text="")
    tellings: Sequence[Telling] = (again, wrote) if reopen else (wrote,)
    return tell_ticket(_for(found.partner, found.client_name), ticket=ticket, tellings=tellings, now=now)


def _for(partner: int, client: str) -> Scope:
    """The scope of the partner's desk, which writes down what a client says; whose ticket it is was settled before."""
    return Scope.of_machine(partner, (May.TELL,), f"told by {client}")
