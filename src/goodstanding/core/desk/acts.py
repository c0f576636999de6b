"""What can sensibly be done with a ticket as it stands: pages offer this and nothing else."""

from collections.abc import Iterable
from typing import Final

from goodstanding.core.desk.events import Event, EventKind, in_order
from goodstanding.core.desk.policy import ClockKind
from goodstanding.core.desk.verdict import Assessment

_ENDING: Final = (EventKind.RESOLVED, EventKind.CLOSED, EventKind.REOPENED)
_OF_STAFF: Final = (
    EventKind.STAFF_REPLIED,
    EventKind.NOTED,
    EventKind.RESOLVED,
    EventKind.WAITING,
    EventKind.RESUMED,
    EventKind.NO_REPLY_NEEDED,
    EventKind.ASSIGNED,
    EventKind.PRIORITY_CHANGED,
    EventKind.REOPENED,
    EventKind.CLOSED,
    EventKind.CANCELLED,
)
"""In the order in which they are offered."""


def possible(found: Assessment, events: Iterable[Event]) -> tuple[EventKind, ...]:
    """Return what staff can do with a ticket, in the order in which it is offered.

    `found` is how it stands and `events` is all that was told of it. What was called off takes notes only, since nothing
    else that is told of it counts (semantics.md 1.11); what is resolved can be reopened, and closed once; a wait can be
    ended only while it lasts, and an answer be declared needless only while one is owed.
    """
    if found.cancelled_at is not None:
        return (EventKind.NOTED,)
    if not found.is_open:
        last = next((event.kind for event in reversed(in_order(events)) if event.kind in _ENDING), None)
        closed = last is EventKind.CLOSED
        return tuple(
            kind
            for kind in _OF_STAFF
            if kind in (EventKind.STAFF_REPLIED, EventKind.NOTED, EventKind.REOPENED)
            or (kind is EventKind.CLOSED and not closed)
        )
    waits = found.waiting_on is not None
    owed = any(verdict.is_open for verdict in found.of(ClockKind.NEXT_RESPONSE))
    without = {
        EventKind.REOPENED,
        EventKind.CLOSED,
        EventKind.WAITING if waits else EventKind.RESUMED,
        *(() if owed else (EventKind.NO_REPLY_NEEDED,)),
    }
    return tuple(kind for kind in _OF_STAFF if kind not in without)


def possible_for_client(found: Assessment) -> tuple[EventKind, ...]:
    """Return what the client's own people can do with a ticket: write, and say that it is not solved."""
    if found.cancelled_at is not None:
        return ()
    return (EventKind.CLIENT_REPLIED,) if found.is_open else (EventKind.CLIENT_REPLIED, EventKind.REOPENED)
