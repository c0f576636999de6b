"""Tell what happened to a ticket: events in, its standing put right, as one."""

import uuid
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import actions, queries
from goodstanding.apps.tickets.actions import IncomingTicket
from goodstanding.apps.tickets.queries import Happening
from goodstanding.apps.unit import NotFound, together
from goodstanding.core.desk.events import Actor, Event, EventKind, PauseOwner
from goodstanding.flows.reassess import reassess

AHEAD: Final = timedelta(minutes=1)
"""How far somebody's clock may run ahead of ours; what it tells of is then taken to happen now."""


class NotYet(ValueError):
    """Something told of before it happens; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Something that happened to a ticket, as people and other systems tell it (core.desk.events.Event).

    Clients and tiers are named by their public ids. `at` None is now; without a `source_id` it gets one that nobody else has.
    """

    kind: EventKind
    actor: Actor
    public: bool
    at: datetime | None = None
    source: str = actions.OWN
    source_id: str = ""
    sequence: int | None = None
    supersedes: str | None = None
    who: str = ""
    text: str = ""
    priority: str | None = None
    client: UUID | None = None
    tier: UUID | None = None
    team: str | None = None
    assignee: str | None = None
    owner: PauseOwner | None = None
    reason: str | None = None
    into: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it: how many events were new, and the ids by which each is known now, in the order they were told in."""

    ticket: int
    new: int
    names: tuple[tuple[str, str], ...]


def tell_ticket(scope: Scope, *, ticket: UUID, tellings: Sequence[Telling], now: datetime) -> Told:
    """Keep what is new of the events of a ticket and judge it; both or neither.

    Raises `NotFound` for a ticket, client or tier outside the scope and for a tier that is promised to another client, and
    `NotYet` for what has not happened.
    """
    scope.demand(May.TELL)
    standing = desk.standing(scope, ticket)
    pk = standing.pk
    known = queries.tickets_by_pk(scope, [pk])[pk]
    # Told again, what was true before it was moved still is.
    happenings = happenings_of(scope, known.partner, {standing.client, known.client}, tellings, now)
    with together():
        taken = actions.take(
            scope,
            partner=known.partner,
            source=known.source,
            tickets=[
                IncomingTicket(ref=known.ref, client=known.client, unmeasured=known.unmeasured, happenings=happenings),
            ],
            now=now,
        )
        reassess(scope, taken.moved, now=now)
    return Told(pk, taken.new_events, tuple((each.event.source, each.event.source_id) for each in happenings))


def happenings_of(
    scope: Scope, partner: int, owners: Set[int], tellings: Sequence[Telling], now: datetime
) -> tuple[Happening, ...]:
    """Turn what was told into events of a ticket of these clients of a partner; raises as `tell_ticket` does."""
    clients = {each.public_id: each.pk for each in tenancy.clients(scope) if each.partner == partner}
    named = any(each.tier is not None for each in tellings)
    # A ticket that is moved in the same breath may be bound by what its new client is promised.
    whose = {*owners, *(clients.get(each.client) for each in tellings if each.client is not None)}
    tiers = {each.public_id: each.pk for each in desk.assignments(scope) if each.client in whose} if named else {}
    return tuple(
        Happening(
            Event(
                at=happened(each.at, now),
                kind=each.kind,
                source=each.source,
                source_id=each.source_id or uuid.uuid4().hex,
                actor=each.actor,
                public=each.public,
                sequence=each.sequence,
                supersedes=each.supersedes,
                priority=each.priority,
                client=_named(clients, each.client, "client"),
                tier=_named(tiers, each.tier, "assignment"),
                team=each.team,
                assignee=each.assignee,
                owner=each.owner,
                reason=each.reason,
                into=each.into,
            ),
            each.who,
            each.text,
        )
        for each in tellings
    )


def happened(at: datetime | None, now: datetime) -> datetime:
    """Return when something happened, never after now; raises `NotYet` for what lies further ahead than clocks differ."""
    if at is not None and at > now + AHEAD:
        raise NotYet("what is told of has not happened yet: its time lies ahead of this server's clock")
    return now if at is None else min(at, now)


def _named(known: dict[UUID, int], public_id: UUID | None, what: str) -> str | None:
    if public_id is None:
        return None
    if public_id not in known:
        raise NotFound(f"there is no such {what}")
    return str(known[public_id])
