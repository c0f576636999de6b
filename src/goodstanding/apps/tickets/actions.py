"""Taking tickets and their events in: each outside ticket once, each event once."""

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import models, queries
from goodstanding.apps.tickets.queries import Happening
from goodstanding.apps.unit import NotFound, together
from goodstanding.apps.unit.bulk import insert_new
from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.events import Event
from goodstanding.core.desk.policy import ClockKind


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingTicket:
    """A ticket as an outside source tells it, with what happened to it; `client` is a primary key."""

    ref: str
    client: int
    title: str = ""
    priority: str = ""
    team: str = ""
    kind: str = ""
    tags: frozenset[str] = frozenset()
    contact: str = ""
    unmeasured: frozenset[ClockKind] = frozenset()
    happenings: tuple[Happening, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking tickets in."""

    new_tickets: int
    new_events: int
    known_events: int
    moved: tuple[int, ...]
    """Primary keys of the tickets to which something new has happened."""


def take(scope: Scope, *, partner: int, source: str, tickets: Sequence[IncomingTicket], now: datetime) -> Taken:
    """Keep tickets and events that are not kept yet; the same call again changes nothing (requirements CLOCK-1).

    Meant for some thousand tickets at a time: one transaction. Raises `NotFound` for a partner outside the scope.
    """
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
    received = second_of(now)
    with together():
        made = insert_new(
            models.Ticket,
            _TICKET_FIELDS,
            (
                (uuid.uuid4(), partner, each.client, source, _name(each.ref), _text(each.title, 300), _text(each.priority, 10),
                 _text(each.team, 60), _text(each.kind, 60), sorted(map(_text, each.tags)), _text(each.contact, 200),
                 sorted(each.unmeasured))
                for each in tickets
            ),
        )  # fmt: skip
        refs = [_name(each.ref) for each in tickets]
        known_tickets = models.Ticket.objects.filter(partner_id=partner, source=source, ref__in=refs)
        told = {ref: (pk, untold) for ref, pk, untold in known_tickets.values_list("ref", "pk", "unmeasured")}
        pks = {ref: pk for ref, (pk, _) in told.items()}
        known = queries.event_names(scope, pks.values())
        rows, moved, seen = [], {}, 0
        for each in tickets:
            pk, untold = told[_name(each.ref)]
            if not each.unmeasured.issuperset(untold):
                # An earlier file did not tell what stops these clocks; this one does.
                still = sorted(each.unmeasured.intersection(untold))
                models.Ticket.objects.filter(pk=pk).update(unmeasured=still)
                moved[pk] = None
            kept = known.setdefault(pk, set())
            for happening in each.happenings:
                name = (happening.event.source, _name(happening.event.source_id))
                if name in kept:
                    seen += 1
                    continue
                kept.add(name)
                moved[pk] = None
                rows.append((pk, *_row(happening, received)))
        new = insert_new(models.TicketEvent, _FIELDS, rows)
    return Taken(made, new, seen + len(rows) - new, tuple(moved))


OWN: Final = "desk"
"""The source of tickets that were opened here; only it gives numbers out, so none meets a reference of somebody else's."""
_NUMBER_BEFORE_THE_FIRST: Final = 1_000


def next_number(scope: Scope, *, partner: int) -> str:
    """Return the next number of a partner's own tickets, `T-1042`, which nobody else gets; numbers may be left out.

    Raises `NotFound` for a partner outside the scope.
    """
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
    with connection.cursor() as cursor:
        # One statement, so that of two at once one waits for the other.
        cursor.execute(
            "INSERT INTO tickets_numbering (partner_id, last) VALUES (%s, %s) "
            "ON CONFLICT (partner_id) DO UPDATE SET last = tickets_numbering.last + 1 RETURNING last",
            [partner, _NUMBER_BEFORE_THE_FIRST + 1],
        )
        return f"T-{cursor.fetchone()[0]}"


def number_named(scope: Scope, *, partner: int, name: str) -> str:
    """Return the number that an opening of that name has, `next_number` where it is the first of its name.

    Within the caller's transaction: of two at once one waits for the other's end. Raises `NotFound` for a partner outside
    the scope.
    """
    name = _name(name)
    ref = next_number(scope, partner=partner)
    if insert_new(models.GivenNumber, ("partner", "name", "ref"), [(partner, name, ref)]) == 1:
        return ref
    return models.GivenNumber.objects.values_list("ref", flat=True).get(partner_id=partner, name=name)


def hold(scope: Scope, pks: Iterable[int]) -> None:
    """Keep others from judging these tickets until the caller's transaction ends."""
    rows = scope.limit(models.Ticket.objects.filter(pk__in=list(pks)), client=None)
    # Whoever only refers to a ticket, as a letter about it does, need not wait for this.
    list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk"))


_LONGEST_NAME: Final = 120
_TICKET_FIELDS = (
    "public_id", "partner", "client", "source", "ref", "title", "priority", "team", "kind", "tags", "contact", "unmeasured",
)  # fmt: skip
_FIELDS = (
    "ticket", "at", "received_at", "kind", "actor", "public", "source", "source_id", "sequence", "supersedes", "who",
    "details", "text",
)  # fmt: skip


def _row(happening: Happening, received: int) -> tuple[Any, ...]:
    event = happening.event
    return (
        second_of(event.at),
        received if event.received_at is None else second_of(event.received_at),
        event.kind.value,
        event.actor.value,
        event.public,
        event.source,
        _name(event.source_id),
        event.sequence,
        None if event.supersedes is None else _name(event.supersedes),
        _text(happening.who, 200),
        _details(event),
        _text(happening.text),
    )


def _details(event: Event) -> dict[str, str]:
    fields = ("priority", "client", "tier", "team", "assignee", "owner", "reason", "into")
    return {name: _text(str(value)) for name in fields if (value := getattr(event, name)) is not None}


def _text(text: str, longest: int | None = None) -> str:
    """Return a text as every database takes it: cut to the room there is, without the one letter that no text has."""
    return text.replace("\0", "")[:longest]


def _name(name: str) -> str:
    """Return the name of a ticket or event; one too long for its column is told apart by its digest."""
    name = _text(name)
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 33]}~{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}"
