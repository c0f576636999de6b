"""Questions about plans, about who is told, and about what became of every step."""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import models
from goodstanding.apps.escalation.values import (
    DraftRow,
    DraftState,
    HoldingRow,
    OfficeRow,
    PlanRow,
    SeatRow,
    SpellRow,
    TrailRow,
    Watched,
)
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import CLIENT_ROLES, May, Role
from goodstanding.apps.tenancy.scope import AnyModel, Scope
from goodstanding.apps.unit import NotFound
from goodstanding.core.clocks.clock import moment, moment_if, second_of
from goodstanding.core.desk.escalation.people import Absence, Holder, Office, Person, Roster, Turn
from goodstanding.core.desk.escalation.places import Reason
from goodstanding.core.desk.escalation.plain import plan_from_plain
from goodstanding.core.desk.escalation.plan import CLIENT_ROLES as AT_CLIENTS
from goodstanding.core.desk.escalation.plan import ContactRole, Kind, Plan, PlanVersion
from goodstanding.core.desk.escalation.steps import Key, Outcome
from goodstanding.core.desk.policy import ClockKind

_ANSWERS_FOR_ALL: Final = frozenset({Role.PARTNER_ADMIN, Role.MANAGER})
"""Whoever is told where no contact role leads to anybody."""
DRAFTS_SHOWN: Final = 200


@lru_cache(maxsize=512)
def _plan(definition: str) -> Plan | None:
    return plan_from_plain(json.loads(definition)) if definition else None


def plan_rows(scope: Scope, *, partner: int | None = None) -> tuple[PlanRow, ...]:
    """Return every published version of a plan in scope, or of a partner in it, the newest first."""
    scope.demand(May.SEE_TERMS)
    rows = _versions(scope) if partner is None else _versions(scope).filter(partner_id=partner)
    return tuple(map(_plan_row, rows.order_by("-published_at", "-pk")))


def plan_row(scope: Scope, public_id: UUID) -> PlanRow:
    """Return a version of a plan in scope; raises `NotFound`."""
    scope.demand(May.SEE_TERMS)
    row = _versions(scope).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such plan")
    return _plan_row(row)


def versions(scope: Scope, partners: Iterable[int]) -> dict[int, tuple[PlanVersion, ...]]:
    """Return the published plans of partners in scope as they are decided by: ids, tiers and clients are keys as text."""
    rows = scope.limit(models.PlanVersion.objects.filter(partner_id__in=list(partners)), client=None).order_by("pk")
    found: dict[int, list[PlanVersion]] = {}
    for row in rows:
        found.setdefault(row.partner_id, []).append(
            PlanVersion(
                id=str(row.pk),
                from_at=moment(row.from_at),
                plan=_plan(row.definition),
                tier=None if row.tier_id is None else str(row.tier_id),
                client=None if row.client_id is None else str(row.client_id),
            )
        )
    return {partner: tuple(each) for partner, each in found.items()}


def without_plan(scope: Scope) -> tuple[int, ...]:
    """Return the partners in scope that have never published a plan."""
    known = models.PlanVersion.objects.values("partner_id")
    return tuple(each.pk for each in tenancy.partners(scope) if not known.filter(partner_id=each.pk).exists())


def roster(scope: Scope, *, partner: int, now: datetime) -> Roster:
    """Return everybody who can be told at a partner in scope, with the turns and absences that have not ended by `now`."""
    scope = scope.at(partner)
    held = staff(scope, partner=partner)
    seats = {row.person_id: row for row in _of(scope, models.Seat, partner)}
    at = second_of(now)
    return Roster(
        people={
            each.pk: Person(
                id=each.pk,
                name=each.name,
                email=each.email,
                zone=each.zone,
                office=seats[each.pk].office_id if each.pk in seats else None,
                skills=frozenset(map(Kind, seats[each.pk].skills)) if each.pk in seats else frozenset(),
            )
            for each in tenancy.people(scope)
            if each.pk in held
        },
        holders=tuple(
            Holder(
                role=ContactRole(row.role),
                to=there[0],
                client=None if row.client_id is None else str(row.client_id),
                team=row.team or None,
                deputy=next(iter(there[1:]), None),
            )
            for row in _of(scope, models.Holding, partner).select_related("person", "deputy").order_by("pk")
            # Whoever has left holds no role any more and stands in for nobody.
            for there in [_who_is_there(row, held)]
            if there
        ),
        offices=_offices(scope, partner),
        turns=tuple(
            Turn(there[0], next(iter(there[1:]), None), moment(row.from_at), moment(row.until_at))
            for row in _of(scope, models.Turn, partner).filter(until_at__gt=at).order_by("from_at", "pk")
            # Whoever has left the partner is on call no more, however far the rota was planned.
            for there in [[each for each in (row.person_id, row.deputy_id) if each in held]]
            if there
        ),
        absences=tuple(
            Absence(row.person_id, moment(row.from_at), moment(row.until_at))
            for row in _of(scope, models.Absence, partner).filter(until_at__gt=at).order_by("from_at", "pk")
        ),
        last_resort=tuple(pk for pk, roles in sorted(held.items()) if _ANSWERS_FOR_ALL & roles),
    )


def _who_is_there(row: models.Holding, held: Collection[int]) -> list[int | str]:
    """Whom a contact role leads to, the deputy last: people of ours who still are, and of a client's who can sign in."""
    if ContactRole(row.role) not in AT_CLIENTS:
        return [each for each in (row.person_id, row.deputy_id) if each in held]
    people = [(row.person, row.address), (row.deputy, row.deputy_address)]
    return [
        person.pk if person is not None else address
        for person, address in people
        if (person.is_active if person is not None else address)
    ]


def staff(scope: Scope, *, partner: int) -> dict[int, frozenset[Role]]:
    """Return the people of a partner's own in scope, without those of its clients, with their access roles."""
    return {pk: roles for pk, roles in tenancy.roles_at(scope, partner=partner).items() if roles - CLIENT_ROLES}


def _offices(scope: Scope, partner: int) -> dict[int, Office]:
    hours = {version.calendar: calendar for version, calendar in desk.calendars_defined(scope)}
    rows = _of(scope, models.Office, partner).select_related("calendar")
    return {row.pk: Office(row.pk, row.name, hours[row.calendar.public_id]) for row in rows if row.calendar.public_id in hours}


def offices(scope: Scope, *, partner: int) -> tuple[OfficeRow, ...]:
    """Return the offices of a partner in scope, by name."""
    scope.demand(May.SEE_TERMS)
    zones = {version.calendar: calendar.zone for version, calendar in desk.calendars_defined(scope)}
    rows = _of(scope, models.Office, partner).select_related("calendar").order_by("name")
    return tuple(_office_row(row, zones) for row in rows)


def office(scope: Scope, public_id: UUID) -> OfficeRow:
    """Return an office in scope; raises `NotFound`."""
    scope.demand(May.SEE_TERMS)
    rows = scope.limit(models.Office.objects.filter(public_id=public_id).select_related("calendar"), client=None)
    zones = {version.calendar: calendar.zone for version, calendar in desk.calendars_defined(scope)}
    return _office_row(_found(rows.first(), "office"), zones)


def seats(scope: Scope, *, partner: int) -> tuple[SeatRow, ...]:
    """Return the staff of a partner in scope with where they work, by name."""
    scope.demand(May.SEE_TERMS)
    known = {row.person_id: row for row in _of(scope, models.Seat, partner).select_related("office")}
    own = staff(scope, partner=partner)
    zones = {each.pk: each.zone for each in offices(scope, partner=partner)}
    return tuple(
        SeatRow(
            pk=each.pk,
            zone=(zones.get(seat.office_id, "") if seat else "") or each.zone,
            person=each.public_id,
            name=each.name,
            email=each.email,
            office=seat.office.public_id if seat and seat.office else None,
            office_name=seat.office.name if seat and seat.office else "",
            skills=frozenset(map(Kind, seat.skills)) if seat else frozenset(),
        )
        for each in tenancy.people(scope)
        if each.pk in own
        for seat in [known.get(each.pk)]
    )


def holdings(scope: Scope, *, partner: int) -> tuple[HoldingRow, ...]:
    """Return who holds which contact role at a partner in scope, by role; those for everything come first."""
    scope.demand(May.SEE_TERMS)
    order = [*ContactRole]
    found = map(_holding_row, _holdings(scope).filter(partner_id=partner))
    return tuple(sorted(found, key=lambda each: (order.index(each.role), each.client_name, each.team, each.name)))


def turns(scope: Scope, *, partner: int, since: datetime) -> tuple[SpellRow, ...]:
    """Return the spells on call of a partner in scope that have not ended by `since`, by when they begin."""
    scope.demand(May.SEE_TERMS)
    rows = _turns(scope).filter(partner_id=partner, until_at__gt=second_of(since))
    return tuple(map(_turn_row, rows.order_by("from_at", "pk")))


def absences(scope: Scope, *, partner: int, since: datetime) -> tuple[SpellRow, ...]:
    """Return who of a partner in scope is or will be away, by when it begins."""
    scope.demand(May.SEE_TERMS)
    rows = _absences(scope).filter(partner_id=partner, until_at__gt=second_of(since))
    return tuple(map(_absence_row, rows.order_by("from_at", "pk")))


def holding(scope: Scope, public_id: UUID) -> HoldingRow:
    """Return who holds a contact role, in scope; raises `NotFound`."""
    scope.demand(May.SEE_TERMS)
    return _holding_row(_found(_holdings(scope).filter(public_id=public_id).first(), "role"))


def turn(scope: Scope, public_id: UUID) -> SpellRow:
    """Return a spell on call in scope; raises `NotFound`."""
    scope.demand(May.SEE_TERMS)
    return _turn_row(_found(_turns(scope).filter(public_id=public_id).first(), "turn"))


def absence(scope: Scope, public_id: UUID) -> SpellRow:
    """Return a spell in which somebody in scope is away; raises `NotFound`."""
    scope.demand(May.SEE_TERMS)
    return _absence_row(_found(_absences(scope).filter(public_id=public_id).first(), "absence"))


def watched(scope: Scope, tickets: Iterable[int]) -> dict[int, Watched]:
    """Return the tickets of the partners in scope that are watched, by primary key."""
    rows = models.Watch.objects.filter(ticket_id__in=list(tickets))
    rows = scope.limit(rows, partner="ticket__partner_id", client=None)
    return {row.ticket_id: _watched(row) for row in rows}


def recorded(scope: Scope, tickets: Iterable[int]) -> dict[int, dict[Key, Outcome]]:
    """Return what became of the steps of tickets of the partners in scope, by ticket."""
    rows = scope.limit(models.Fired.objects.filter(ticket_id__in=list(tickets)), client=None)
    found: dict[int, dict[Key, Outcome]] = {}
    for ticket, clock, cycle, step, outcome in rows.values_list("ticket_id", "clock", "cycle", "step", "outcome"):
        found.setdefault(ticket, {})[(ClockKind(clock), cycle, step)] = Outcome(outcome)
    return found


def due(now: datetime) -> bool:
    """Return whether any ticket's steps are due; for the worker."""
    return models.Watch.objects.filter(next_step_at__lte=second_of(now)).exists()


def next_step(scope: Scope, ticket: int) -> Watched | None:
    """Return when a ticket's steps are next looked at; None for one that is not watched."""
    return watched(scope, [ticket]).get(ticket)


def trail(scope: Scope, ticket: int) -> tuple[TrailRow, ...]:
    """Return what became of the steps of a ticket of the partners in scope, by their instants; staff see it."""
    scope.demand(May.SEE_BOARD)
    rows = scope.limit(models.Fired.objects.filter(ticket_id=ticket), client=None).select_related("version")
    return tuple(
        TrailRow(
            public_id=row.public_id,
            clock=ClockKind(row.clock),
            step=row.step,
            outcome=Outcome(row.outcome),
            reason=Reason(row.reason) if row.reason else None,
            level=row.level,
            due_at=moment(row.due_at),
            at=moment(row.at),
            late_seconds=row.late_by,
            overtook=tuple(row.overtook),
            told=tuple(row.told),
            did=row.did,
            plan=_plan(row.version.definition),
        )
        for row in rows.order_by("due_at", "pk")
    )


def escalated(scope: Scope, *, partner: int, since: datetime) -> dict[Outcome, int]:
    """Return how many steps a partner in scope has recorded since then, by outcome."""
    rows = scope.limit(models.Fired.objects.filter(partner_id=partner, at__gt=second_of(since)), client=None)
    found: dict[Outcome, int] = {}
    for outcome in rows.values_list("outcome", flat=True):
        found[Outcome(outcome)] = found.get(Outcome(outcome), 0) + 1
    return found


def drafts(scope: Scope, *, state: DraftState) -> tuple[DraftRow, ...]:
    """Return the client messages of the partners in scope in a state: waiting ones the oldest first, others the newest."""
    scope.demand(May.SEE_BOARD)
    order = ("written_at", "pk") if state is DraftState.WAITING else ("-decided_at", "-pk")
    return tuple(_draft_rows(scope, _drafts(scope).filter(state=state.value).order_by(*order)[:DRAFTS_SHOWN]))


def drafts_of(scope: Scope, ticket: int) -> tuple[DraftRow, ...]:
    """Return the client messages about a ticket of the partners in scope, the first first."""
    scope.demand(May.SEE_BOARD)
    return tuple(_draft_rows(scope, _drafts(scope).filter(ticket_id=ticket).order_by("written_at", "pk")))


def draft(scope: Scope, public_id: UUID) -> DraftRow:
    """Return a client message of the partners in scope; raises `NotFound`."""
    scope.demand(May.SEE_BOARD)
    found = _draft_rows(scope, _drafts(scope).filter(public_id=public_id))
    if not found:
        raise NotFound("there is no such message")
    return found[0]


def _drafts(scope: Scope) -> "QuerySet[models.Draft]":
    return scope.limit(models.Draft.objects.select_related("ticket", "client", "fired", "decided_by"), client=None)


def _draft_rows(scope: Scope, rows: "Iterable[models.Draft]") -> list[DraftRow]:
    listed = list(rows)
    names = {each.pk: each.name for each in tenancy.people(scope)} if any(_people(row.to) for row in listed) else {}
    standings = desk.standings(scope, {row.ticket_id for row in listed}) if listed else {}
    return [
        DraftRow(
            pk=row.pk,
            public_id=row.public_id,
            fired=row.fired.public_id,
            partner=row.partner_id,
            client=row.client_id,
            client_name=row.client.name,
            ticket=row.ticket.public_id,
            ref=row.ticket.ref,
            title=row.ticket.title,
            standing=standings.get(row.ticket_id),
            step=row.fired.step,
            level=row.fired.level,
            subject=row.subject,
            text=row.text,
            to=tuple(row.to),
            to_names=tuple(names.get(each, "somebody who has left") if isinstance(each, int) else each for each in row.to),
            state=DraftState(row.state),
            written_at=moment(row.written_at),
            good_until=moment_if(row.good_until),
            decided_at=moment_if(row.decided_at),
            decided_by=row.decided_by.name if row.decided_by else "",
        )
        for row in listed
    ]


def _people(to: Iterable[int | str]) -> list[int]:
    return [each for each in to if isinstance(each, int)]


def _holdings(scope: Scope) -> "QuerySet[models.Holding]":
    return scope.limit(models.Holding.objects.select_related("person", "deputy", "client"), client=None)


def _turns(scope: Scope) -> "QuerySet[models.Turn]":
    return scope.limit(models.Turn.objects.select_related("person", "deputy"), client=None)


def _absences(scope: Scope) -> "QuerySet[models.Absence]":
    return scope.limit(models.Absence.objects.select_related("person"), client=None)


def _office_row(row: models.Office, zones: Mapping[UUID, str]) -> OfficeRow:
    return OfficeRow(
        pk=row.pk,
        public_id=row.public_id,
        partner=row.partner_id,
        name=row.name,
        calendar=row.calendar.public_id,
        calendar_name=row.calendar.name,
        zone=zones.get(row.calendar.public_id, ""),
    )


def _holding_row(row: models.Holding) -> HoldingRow:
    return HoldingRow(
        public_id=row.public_id,
        partner=row.partner_id,
        role=ContactRole(row.role),
        name=row.person.name if row.person else row.address,
        person=row.person_id,
        client=row.client.public_id if row.client else None,
        client_name=row.client.name if row.client else "",
        team=row.team,
        deputy=row.deputy_id,
        deputy_name=row.deputy.name if row.deputy else row.deputy_address,
    )


def _turn_row(row: models.Turn) -> SpellRow:
    return SpellRow(
        public_id=row.public_id,
        partner=row.partner_id,
        person=row.person_id,
        name=row.person.name,
        deputy=row.deputy_id,
        deputy_name=row.deputy.name if row.deputy else "",
        from_at=moment(row.from_at),
        until_at=moment(row.until_at),
    )


def _absence_row(row: models.Absence) -> SpellRow:
    return SpellRow(
        public_id=row.public_id,
        partner=row.partner_id,
        person=row.person_id,
        name=row.person.name,
        deputy=None,
        deputy_name="",
        from_at=moment(row.from_at),
        until_at=moment(row.until_at),
    )


def _found(row: AnyModel | None, what: str) -> AnyModel:
    if row is None:
        raise NotFound(f"there is no such {what}")
    return row


def _of(scope: Scope, model: type, partner: int) -> "QuerySet[models.Holding]":
    return scope.limit(model.objects.filter(partner_id=partner), client=None)


def _watched(row: models.Watch) -> Watched:
    return Watched(row.ticket_id, moment_if(row.next_step_at), moment(row.since_at), row.trouble)


def _versions(scope: Scope) -> "QuerySet[models.PlanVersion]":
    rows = models.PlanVersion.objects.select_related("tier", "client", "published_by")
    return scope.limit(rows, client=None)


def _plan_row(row: models.PlanVersion) -> PlanRow:
    return PlanRow(
        pk=row.pk,
        public_id=row.public_id,
        number=row.number,
        tier=row.tier.public_id if row.tier else None,
        tier_name=row.tier.name if row.tier else "",
        client=row.client.public_id if row.client else None,
        client_name=row.client.name if row.client else "",
        plan=_plan(row.definition),
        from_at=moment(row.from_at),
        published_at=moment(row.published_at),
        published_by=row.published_by.name if row.published_by else "",
        note=row.note,
    )
