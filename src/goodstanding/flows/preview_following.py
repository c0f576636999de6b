"""Show what following a desk would do: its stages with what each most likely stands for, and some recent tickets told by it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from goodstanding.adapters.odoo.connection import Connection
from goodstanding.adapters.odoo.desks import DESKS, Desk, DeskKind, Proposal, Stage, only_tickets, proposed, stages_of
from goodstanding.adapters.odoo.histories import Histories
from goodstanding.apps.instances import queries
from goodstanding.apps.instances.queries import Following, Instance
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.desk.events import EventKind, PauseOwner
from goodstanding.flows.follow_tickets import Book
from goodstanding.flows.reach_odoo import Reach, connection_to

SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class StageFound:
    """A stage, what it most likely stands for, and what somebody has set it to."""

    stage: Stage
    proposal: Proposal
    said: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class TeamFound:
    """A team or project of the desk."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, as it would be taken."""

    at: datetime
    kind: EventKind
    who: str
    owner: PauseOwner | None
    priority: str | None


@dataclass(frozen=True, slots=True)
class Sample:
    """A recent ticket as it would be taken; `client` is a primary key, None where it would wait for its client to be named."""

    name: str
    title: str
    customer: str
    client: int | None
    stage: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A desk as it would be followed."""

    desk: DeskKind
    stages: tuple[StageFound, ...]
    teams: tuple[TeamFound, ...]
    samples: tuple[Sample, ...]


def preview_following(
    scope: Scope,
    public_id: UUID,
    *,
    desk: str,
    stages: Mapping[str, Any],
    priorities: Mapping[str, str],
    teams: tuple[int, ...],
    client_fallback: int | None,
    reach: Reach,
) -> Preview:
    """Read a desk's stages and its most recently written tickets, and tell what would be taken; nothing is kept.

    `stages`, `priorities` and `client_fallback` are what somebody has set so far. Raises `Unreachable`, `Refused` or
    `Unexpected`.
    """
    scope.demand(May.SET_INSTANCES)
    instance = queries.instance(scope, public_id)
    connection = connection_to(instance, reach)
    chosen = DESKS[DeskKind(desk)]
    found = tuple(StageFound(each, proposed(each), stages.get(each.name)) for each in stages_of(connection, chosen))
    as_if = _as_if(instance, chosen, stages, priorities, client_fallback)
    book = Book(as_if, {each.stage.name: each.proposal.state for each in found})
    return Preview(chosen.kind, found, _teams(connection, chosen), _samples(connection, chosen, book, teams))


def _samples(connection: Connection, desk: Desk, book: Book, teams: tuple[int, ...]) -> tuple[Sample, ...]:
    domain = only_tickets(connection, desk)
    if teams:
        domain.append((desk.team, "in", list(teams)))
    newest = connection.search_read(desk.model, domain, ("id",), order="write_date desc, id desc", limit=SHOWN)
    outside = Histories(connection, desk).read([row.id for row in newest])
    found = []
    for each in outside:
        client = book.client_of(each.customer)
        told = book.incoming(each, each.name, client or 0, None, frozenset())
        steps = sorted(told.happenings, key=lambda happening: (happening.event.at, happening.event.sequence or 0))
        found.append(
            Sample(
                each.name,
                each.title,
                each.customer,
                client,
                each.stage,
                tuple(Step(step.event.at, step.event.kind, step.who, step.event.owner, step.event.priority) for step in steps),
            )
        )
    return tuple(found)


def _teams(connection: Connection, desk: Desk) -> tuple[TeamFound, ...]:
    field = connection.fields(desk.model).get(desk.team)
    if field is None or not field.relation or not connection.may_read(field.relation):
        return ()
    rows = connection.search_read(field.relation, (), ("name",), order="name, id", limit=200)
    return tuple(TeamFound(row.id, row.text("name") or "") for row in rows)


def _as_if(
    instance: Instance, desk: Desk, stages: Mapping[str, Any], priorities: Mapping[str, str], client_fallback: int | None
) -> Instance:
    """Return the instance as it would be with these choices."""
    known = instance.following or Following(
        pk=0, desk=desk.kind, on=False, write_back=False, stages={}, priorities={}, teams=(), customers={},
        client_fallback=None, since=None, cursor={}, caught_up=False, look_at=None, looked_at=None, failures=0, trouble=None,
    )  # fmt: skip
    return replace(
        instance,
        following=replace(known, desk=desk.kind, stages=stages, priorities=priorities, client_fallback=client_fallback),
    )
