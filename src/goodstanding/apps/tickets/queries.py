"""Questions about tickets and their events."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, Q, TextField
from django.db.models.functions import Cast

from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import models
from goodstanding.apps.unit import NotFound
from goodstanding.core.clocks.clock import moment, moment_if
from goodstanding.core.desk.events import Actor, Event, EventKind, PauseOwner
from goodstanding.core.desk.policy import ClockKind


@dataclass(frozen=True, slots=True)
class Happening:
    """An event as it is kept: what clocks read, and beside it what people read."""

    event: Event
    who: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket as its source told it at the start."""

    pk: int
    public_id: UUID
    partner: int
    client: int
    source: str
    ref: str
    title: str
    priority: str
    team: str
    kind: str
    tags: frozenset[str]
    contact: str
    unmeasured: frozenset[ClockKind]


def tickets_by_pk(scope: Scope, pks: Iterable[int]) -> dict[int, Ticket]:
    """Return tickets of the partners in scope by primary key.

    A client's people get none here: whose a ticket is follows its events, which is the desk's to know
    (`desk.queries.standing`).
    """
    rows = scope.limit(models.Ticket.objects.filter(pk__in=list(pks)), client=None)
    return {row.pk: _ticket(row) for row in rows}


class Begun(NamedTuple):
    """Whose a ticket was when it began: primary keys."""

    partner: int
    client: int


def begun_by_pk(scope: Scope, pks: Iterable[int]) -> dict[int, Begun]:
    """Return whose tickets of the partners in scope were when they began, by primary key."""
    rows = scope.limit(models.Ticket.objects.filter(pk__in=list(pks)), client=None)
    return {pk: Begun(*whose) for pk, *whose in rows.values_list("pk", "partner_id", "client_id")}


def ticket_pks(scope: Scope, *, partner: int, client: int | None = None) -> tuple[int, ...]:
    """Return the primary keys of a partner's tickets, oldest first; of those that began at one client, if it is named."""
    rows = scope.limit(models.Ticket.objects.filter(partner_id=partner), client=None)
    if client is not None:
        rows = rows.filter(client_id=client)
    return tuple(rows.order_by("pk").values_list("pk", flat=True))


def pks_by_public_id(scope: Scope, public_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Return the primary keys of tickets of the partners in scope, by public id."""
    rows = scope.limit(models.Ticket.objects.filter(public_id__in=list(public_ids)), client=None)
    return dict(rows.values_list("public_id", "pk"))


def tickets_by_ref(scope: Scope, *, partner: int, ref: str) -> tuple[int, ...]:
    """Return the primary keys of a partner's tickets with a reference, of whatever source, oldest first."""
    rows = scope.limit(models.Ticket.objects.filter(partner_id=partner, ref__iexact=ref), client=None)
    return tuple(rows.order_by("pk").values_list("pk", flat=True)[:20])


def ticket_pks_by_ref(scope: Scope, *, partner: int, source: str, refs: Iterable[str]) -> dict[str, int]:
    """Return the primary keys of tickets of a source of a partner, by their names there."""
    rows = models.Ticket.objects.filter(partner_id=partner, source=source, ref__in=list(refs))
    return dict(scope.limit(rows, client=None).values_list("ref", "pk"))


def events_of(scope: Scope, pks: Iterable[int]) -> dict[int, list[Event]]:
    """Return what happened to tickets of the partners in scope, by primary key, as clocks read it."""
    rows = models.TicketEvent.objects.filter(ticket_id__in=list(pks))
    rows = scope.limit(rows, partner="ticket__partner_id", client=None)
    found: dict[int, list[Event]] = {}
    # Django would decode each row's details by itself: they are read as text, for most say nothing or what others say.
    columns = ("ticket_id", *_COLUMNS[:-1], Cast("details", TextField()))
    for ticket, *told, details in rows.values_list(*columns).iterator(10_000):
        found.setdefault(ticket, []).append(_event(*told, _details(details)))
    return found


@lru_cache(maxsize=4_096)
def _details(text: str) -> Mapping[str, str]:
    return MappingProxyType(json.loads(text))


def story(scope: Scope, pk: int, *, inner: bool) -> tuple[Happening, ...]:
    """Return what happened to a ticket of the partners in scope with its texts, by when it happened.

    Without `inner`, only what the client may read.
    """
    rows = scope.limit(models.TicketEvent.objects.filter(ticket_id=pk), partner="ticket__partner_id", client=None)
    rows = rows.order_by("at", "pk") if inner else rows.filter(public=True).order_by("at", "pk")
    return tuple(Happening(_event(*(getattr(row, name) for name in _COLUMNS)), row.who, row.text) for row in rows)


def story_page(
    scope: Scope, pk: int, *, inner: bool, after: tuple[int, int] | None, limit: int
) -> tuple[tuple[Happening, ...], tuple[int, int] | None]:
    """Return part of a ticket's story, as `story` has it, and where the next part begins; None after the last.

    `after` is where a part ended: the second an event happened in, and its row.
    """
    rows = models.TicketEvent.objects.filter(ticket_id=pk)
    rows = scope.limit(rows, partner="ticket__partner_id", client=None).order_by("at", "pk")
    rows = rows if inner else rows.filter(public=True)
    if after is not None:
        rows = rows.filter(Q(at__gt=after[0]) | Q(at=after[0], pk__gt=after[1]))
    found = list(rows[: limit + 1])
    shown = tuple(Happening(_event(*(getattr(row, name) for name in _COLUMNS)), row.who, row.text) for row in found[:limit])
    return shown, (found[limit - 1].at, found[limit - 1].pk) if len(found) > limit else None


def happening(scope: Scope, pk: int, *, source: str, source_id: str) -> Happening:
    """Return one event of a ticket of the partners in scope by its name; raises `NotFound`."""
    rows = models.TicketEvent.objects.filter(ticket_id=pk, source=source, source_id=source_id)
    row = scope.limit(rows, partner="ticket__partner_id", client=None).first()
    if row is None:
        raise NotFound("there is no such event")
    return Happening(_event(*(getattr(row, name) for name in _COLUMNS)), row.who, row.text)


def ticket_by_ref(scope: Scope, *, partner: int, source: str, ref: str) -> Ticket:
    """Return the ticket that a source knows by a reference, of the partners in scope; raises `NotFound`."""
    rows = models.Ticket.objects.filter(partner_id=partner, source=source, ref=ref)
    row = scope.limit(rows, client=None).first()
    if row is None:
        raise NotFound("there is no such ticket")
    return _ticket(row)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is kept of a source."""

    tickets: int
    events: int


def counts(scope: Scope, *, partner: int, source: str) -> Counts:
    """Return how many tickets and events of a partner's source are kept."""
    rows = scope.limit(models.Ticket.objects.filter(partner_id=partner, source=source), client=None)
    events = models.TicketEvent.objects.filter(ticket_id__in=rows.values("pk"))
    return Counts(rows.count(), events.count())


def told_until(scope: Scope, *, partner: int, source: str) -> datetime | None:
    """Return when the last event of a partner's source was learned of, or None when there is none."""
    rows = scope.limit(models.Ticket.objects.filter(partner_id=partner, source=source), client=None)
    events = models.TicketEvent.objects.filter(ticket_id__in=rows.values("pk"))
    latest = events.aggregate(latest=Max("received_at"))["latest"]
    return moment_if(latest)


def event_names(scope: Scope, pks: Iterable[int]) -> dict[int, set[tuple[str, str]]]:
    """Return the source and source id of every event kept of tickets, which tell the new from the known."""
    rows = models.TicketEvent.objects.filter(ticket_id__in=list(pks))
    rows = scope.limit(rows, partner="ticket__partner_id", client=None)
    found: dict[int, set[tuple[str, str]]] = {}
    for pk, source, source_id in rows.values_list("ticket_id", "source", "source_id"):
        found.setdefault(pk, set()).add((source, source_id))
    return found


def event_names_by_ref(scope: Scope, *, partner: int, source: str, refs: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the source id of every event that the source of some of a partner's tickets has told of them, by ticket."""
    rows = models.TicketEvent.objects.filter(
        ticket__partner_id=partner, ticket__source=source, ticket__ref__in=list(refs), source=source
    )
    found: dict[str, set[str]] = {}
    for ref, name in scope.limit(rows, partner="ticket__partner_id", client=None).values_list("ticket__ref", "source_id"):
        found.setdefault(ref, set()).add(name)
    return {ref: frozenset(names) for ref, names in found.items()}


_COLUMNS = ("at", "received_at", "kind", "actor", "public", "source", "source_id", "sequence", "supersedes", "details")


def _event(
    at: int,
    received_at: int,
    kind: str,
    actor: str,
    public: bool,
    source: str,
    source_id: str,
    sequence: int | None,
    supersedes: str | None,
    details: Mapping[str, str],
) -> Event:
    owner = details.get("owner")
    return Event(
        at=moment(at),
        received_at=moment(received_at),
        kind=EventKind(kind),
        actor=Actor(actor),
        public=public,
        source=source,
        source_id=source_id,
        sequence=sequence,
        supersedes=supersedes,
        priority=details.get("priority"),
        client=details.get("client"),
        tier=details.get("tier"),
        team=details.get("team"),
        assignee=details.get("assignee"),
        owner=PauseOwner(owner) if owner else None,
        reason=details.get("reason"),
        into=details.get("into"),
    )


def _ticket(row: models.Ticket) -> Ticket:
    return Ticket(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        client=row.client_id,
        source=row.source,
        ref=row.ref,
        title=row.title,
        priority=row.priority,
        team=row.team,
        kind=row.kind,
        tags=frozenset(row.tags),
        contact=row.contact,
        unmeasured=frozenset(map(ClockKind, row.unmeasured)),
    )
