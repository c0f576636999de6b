"""Take tickets in and judge what has moved, as one: a crash between the two would leave events that nobody judged."""

from collections.abc import Sequence
from datetime import datetime

from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import actions
from goodstanding.apps.tickets.actions import IncomingTicket, Taken
from goodstanding.apps.unit import together
from goodstanding.flows.reassess import Reassessed, reassess


def take_tickets(
    scope: Scope, *, partner: int, source: str, tickets: Sequence[IncomingTicket], now: datetime
) -> tuple[Taken, Reassessed]:
    """Keep what is new of some hundred tickets and put their standings right; both or neither."""
    with together():
        taken = actions.take(scope, partner=partner, source=source, tickets=tickets, now=now)
        return taken, reassess(scope, taken.moved, now=now)
