"""What happened to a ticket: its events, their order, and what a correction replaces."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class EventKind(StrEnum):
    """The kinds of ticket events (requirements CLOCK-2)."""

    OPENED = "opened"
    CLIENT_REPLIED = "client_replied"
    STAFF_REPLIED = "staff_replied"
    AUTO_REPLIED = "auto_replied"
    NOTED = "noted"
    PROGRESS = "progress"
    ASSIGNED = "assigned"
    WAITING = "waiting"
    RESUMED = "resumed"
    PRIORITY_CHANGED = "priority_changed"
    TIER_CHANGED = "tier_changed"
    CLIENT_CHANGED = "client_changed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"
    NO_REPLY_NEEDED = "no_reply_needed"


class Actor(StrEnum):
    """Who did it."""

    STAFF = "staff"
    CLIENT = "client"
    SYSTEM = "system"


USUAL_ACTOR: Final = {
    EventKind.OPENED: Actor.CLIENT,
    EventKind.CLIENT_REPLIED: Actor.CLIENT,
    EventKind.AUTO_REPLIED: Actor.SYSTEM,
}
"""Who does it where nobody says who; of any other kind it is the staff."""
INNER: Final = frozenset({EventKind.NOTED, EventKind.PROGRESS, EventKind.ASSIGNED})
"""Kinds that the client does not see where nobody says that they may."""


class PauseOwner(StrEnum):
    """Whom a ticket waits on; the policy says which of them stop a clock (semantics.md 1.5)."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    AGREED_DATE = "agreed_date"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to a ticket, as its source tells it; never changed, only superseded.

    `at` is when it happened and `received_at` when we learned of it, both aware; fractions of a second are cut where
    clocks read them. `source` and `source_id` together name the event everywhere. `sequence` is the source's own order
    of events within one second, where it has one. `supersedes` is the `source_id`, in the same source, of the event this
    one corrects. The other fields belong to single kinds.
    """

    at: datetime
    kind: EventKind
    source: str
    source_id: str
    actor: Actor = Actor.SYSTEM
    public: bool = False
    received_at: datetime | None = None
    sequence: int | None = None
    supersedes: str | None = None
    priority: str | None = None
    """The new one, of `opened` and `priority_changed`."""
    client: str | None = None
    """The right one, of `client_changed`."""
    tier: str | None = None
    """The id of the assignment that counts from the start of the ticket, of `tier_changed`."""
    team: str | None = None
    """The team now responsible, of `opened` and `assigned`."""
    assignee: str | None = None
    """The person now responsible, of `opened` and `assigned`."""
    owner: PauseOwner | None = None
    """Whom the ticket waits on, of `waiting`; not said, it is the partner, for whom no clock stops unless a policy says so."""
    reason: str | None = None
    """Why, in the source's words, of `waiting`, `cancelled` and corrections."""
    into: str | None = None
    """The ticket that goes on, of `merged`."""

    @property
    def id(self) -> str:
        """The event's name across all sources."""
        return f"{self.source}:{self.source_id}"


_RANK: Final = {
    kind: rank
    for rank, kind in enumerate(
        (
            EventKind.OPENED,
            EventKind.CLIENT_CHANGED,
            EventKind.TIER_CHANGED,
            EventKind.PRIORITY_CHANGED,
            EventKind.REOPENED,
            EventKind.ASSIGNED,
            EventKind.CLIENT_REPLIED,
            EventKind.RESUMED,
            EventKind.PROGRESS,
            EventKind.NOTED,
            EventKind.AUTO_REPLIED,
            EventKind.STAFF_REPLIED,
            EventKind.NO_REPLY_NEEDED,
            EventKind.WAITING,
            EventKind.RESOLVED,
            EventKind.CLOSED,
            EventKind.CANCELLED,
            EventKind.MERGED,
        )
    )
}
"""Within one second, and where the source has no order of its own, what sets a ticket up comes before what ends it."""

_NUMBERS = re.compile(r"\d+|\D+")
_Key = tuple[datetime, int, int, str, tuple[tuple[int, int, str], ...]]


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the events that stand, in the order in which they happened.

    Each event once, whatever its copies; without those that another one supersedes; sorted by the second they happened
    in, then by the source's sequence, then by rank of kind. The order in which they were delivered changes nothing
    (semantics.md 1.11).
    """
    once: dict[str, Event] = {}
    for event in events:
        name = event.id
        known = once.get(name)
        if known is None or _first_told(event) < _first_told(known):
            once[name] = event
    replaced = {f"{event.source}:{event.supersedes}" for event in once.values() if event.supersedes is not None}
    return tuple(sorted((event for name, event in once.items() if name not in replaced), key=_order))


def _order(event: Event) -> _Key:
    return (
        event.at.replace(microsecond=0) if event.at.microsecond else event.at,
        event.sequence or 0,
        _RANK[event.kind],
        event.source,
        _parts(event.source_id),
    )


def _parts(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return a name's runs of digits as numbers and all else as text, so that 9 comes before 10."""
    if name.isdecimal():
        return ((0, int(name), ""),)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _NUMBERS.findall(name))


def _first_told(event: Event) -> tuple[bool, datetime, str]:
    """Of two events of one name the one received first stands; the text settles what would be a tie."""
    return (event.received_at is None, event.received_at or event.at, repr(event))
