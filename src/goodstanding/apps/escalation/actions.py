"""Changes to plans, to who is told, and what is kept of every step."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import models, queries
from goodstanding.apps.escalation.values import DraftRow, DraftState, Obstacle, PlanRow, Watched
from goodstanding.apps.journal import actions as journal
from goodstanding.apps.journal.values import Act, Change
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.core.clocks.clock import moment, second_if, second_of
from goodstanding.core.desk.contacts import is_address
from goodstanding.core.desk.escalation.changes import changes_of
from goodstanding.core.desk.escalation.plain import plan_from_plain, plan_to_plain
from goodstanding.core.desk.escalation.plan import CLIENT_ROLES, ContactRole, Plan
from goodstanding.core.desk.escalation.steps import Firing, Key

COMMON: Final = "common"
"""How the journal calls the plan that is neither of a tier nor of a client."""
_ROWS: Final = 500
"""Rows a statement of `record`: far from what either database takes."""


def publish_plan(
    scope: Scope,
    *,
    partner: int,
    plan: Plan | None,
    tier: UUID | None = None,
    client: UUID | None = None,
    now: datetime,
    note: str = "",
    after: int | None = None,
) -> PlanRow:
    """Publish a version of a plan, in force from `now` on; what is published never changes (semantics.md 1.8).

    Without tier and client it is the common one; `plan` None takes a tier's or a client's own back. The same plan as the
    newest version makes no new one. `after` is the number of the version that whoever publishes has seen last, 0 for none;
    left out, it does not matter. Raises `NotFound` for a partner, tier or client outside the scope, and `Conflict` for
    the common plan taken back, for one that nobody has published taken back, and where there is a newer one than `after`.
    """
    scope.demand(May.SET_ESCALATION)
    _own(scope, partner)
    tier_pk, client_pk, name = None, None, COMMON
    if tier is not None and client is not None:
        raise Conflict("a plan is of a tier or of a client")
    if tier is not None:
        tier_pk = next((pk for pk, public_id in desk.tier_pks(scope, partner=partner).items() if public_id == tier), None)
        if tier_pk is None:
            raise NotFound("there is no such tier")
        name = desk.tier_versions(scope, tier)[0].name
    if client is not None:
        found = tenancy.client(scope, client)
        if found.partner != partner:
            raise NotFound("there is no such client")
        client_pk, name = found.pk, found.name
    definition = "" if plan is None else json.dumps(plan_to_plain(plan), sort_keys=True)
    with together():
        rows = models.PlanVersion.objects.filter(partner_id=partner, tier_id=tier_pk, client_id=client_pk)
        newest = rows.select_for_update().order_by("-number").first()
        if after is not None and after != (newest.number if newest else 0):
            raise Conflict("somebody else has published a version meanwhile")
        if plan is None and (newest is None or not newest.definition or (tier_pk is None and client_pk is None)):
            raise Conflict("there is no plan of its own to take back")
        if newest is None or newest.definition != definition:
            at, before = second_of(now), newest
            try:
                newest = models.PlanVersion.objects.create(
                    partner_id=partner,
                    tier_id=tier_pk,
                    client_id=client_pk,
                    number=newest.number + 1 if newest else 1,
                    definition=definition,
                    # Of two within a second the later one still comes after.
                    from_at=max(at, newest.from_at) if newest else at,
                    published_at=at,
                    published_by_id=scope.person,
                    note=note[:300],
                )
            except IntegrityError as error:
                raise Conflict("somebody else has published a version at this very moment") from error
            act = Act.PLAN_TAKEN_BACK if plan is None else Act.PLAN_PUBLISHED
            told = tuple(_told(before, newest))
            journal.record(scope, act, partner=partner, thing=newest.public_id, name=name, changes=told, now=now)
    return queries.plan_row(scope, newest.public_id)


def _told(before: models.PlanVersion | None, made: models.PlanVersion) -> Iterator[Change]:
    """What a version changes against the one before it, for the journal."""
    yield Change("version", str(before.number) if before else "", str(made.number))
    yield Change("why", "", made.note)
    if before is None or not before.definition or not made.definition:
        return
    found = changes_of(*(plan_from_plain(json.loads(each.definition)) for each in (before, made)))
    yield Change("steps added", "", ", ".join(each.key for each in found.added))
    yield Change("steps removed", ", ".join(each.key for each in found.removed), "")
    yield Change("steps changed", "", ", ".join(each.key for _, each in found.changed))
    yield Change("also changed", "", ", ".join(part.replace("_", " ") for part in found.parts))


def hold_due(scope: Scope, *, now: datetime, limit: int) -> tuple[Watched, ...]:
    """Take tickets whose steps are due, the longest due first, that no other worker has; within the caller's transaction.

    What is taken is the ticket itself, as whoever judges it does: nothing can happen to it until the transaction ends.
    """
    rows = models.Watch.objects.filter(next_step_at__lte=second_of(now)).order_by("next_step_at", "ticket_id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_related("ticket").select_for_update(skip_locked=True, of=("ticket",))
    pks = [row.ticket_id for row in rows[:limit]]
    # Read again: another worker may have had one of them up to the moment it became free.
    fresh = queries.watched(scope, pks)
    return tuple(fresh[pk] for pk in pks if pk in fresh and (due := fresh[pk].next_step_at) is not None and due <= now)


def watch(scope: Scope, rows: Iterable[Watched]) -> None:
    """Keep when tickets' steps are next looked at; within the transaction that judged or escalated them."""
    # One statement for many rows: on PostgreSQL a statement a row makes a sweep of a thousand tickets a fifth slower.
    models.Watch.objects.bulk_create(
        [
            models.Watch(
                ticket_id=each.ticket,
                next_step_at=second_if(each.next_step_at),
                since_at=second_of(each.since_at),
                trouble=each.trouble,
            )
            for each in rows
        ],
        batch_size=_ROWS,
        update_conflicts=True,
        unique_fields=["ticket"],
        update_fields=["next_step_at", "since_at", "trouble"],
    )


def set_aside(scope: Scope, held: Watched, said: str) -> None:
    """Look at a ticket no more until something happens to it, with the reason; not where its next look is another by now.

    Between a failure and this another worker may have taken its steps after all: then nothing is to be taken from it.
    """
    rows = models.Watch.objects.filter(ticket_id=held.ticket, next_step_at=second_if(held.next_step_at))
    scope.limit(rows, partner="ticket__partner_id", client=None).update(next_step_at=None, trouble=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A step to be recorded, with whom it tells and what it does."""

    public_id: UUID
    partner: int
    client: int
    ticket: int
    firing: Firing
    told: Sequence[dict[str, Any]] = ()
    did: dict[str, Any] | None = None

    @property
    def key(self) -> tuple[int, Key]:
        """The step's name."""
        return self.ticket, self.firing.key


_COLUMNS: Final = (
    "public_id", "partner_id", "client_id", "ticket_id", "clock", "cycle", "step", "outcome", "reason", "version_id", "level",
    "priority", "due_at", "at", "late_by", "overtook", "told", "did",
)  # fmt: skip


def record(scope: Scope, records: Sequence[Record]) -> frozenset[UUID]:
    """Record steps that are not recorded yet; return the public ids of those that are new, which alone may be carried out.

    Within the caller's transaction. A step that was passed at a change and is due after all takes the place of that record.
    """
    wanted = [each for each in records if scope.partners is None or each.partner in scope.partners]
    if connection.vendor == "sqlite":
        public = {each.public_id.hex: each.public_id for each in wanted}
    else:
        public = {str(each.public_id): each.public_id for each in wanted}
    moved = ", ".join(f"{name} = excluded.{name}" for name in (*_COLUMNS[:1], *_COLUMNS[7:]))
    won: set[UUID] = set()
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), _ROWS):
            batch = wanted[start : start + _ROWS]
            places = ", ".join(["(" + ", ".join(["%s"] * len(_COLUMNS)) + ")"] * len(batch))
            cursor.execute(
                f"INSERT INTO escalation_fired ({', '.join(_COLUMNS)}) VALUES {places} "  # noqa: S608 - names of our own columns
                f"ON CONFLICT (ticket_id, clock, cycle, step) DO UPDATE SET {moved} "
                "WHERE escalation_fired.outcome = 'passed_at_change' AND excluded.outcome <> 'passed_at_change' "
                "RETURNING public_id",
                [value for each in batch for value in _row(each)],
            )
            won.update(public[str(public_id)] for (public_id,) in cursor.fetchall())
    return frozenset(won)


def _row(each: Record) -> tuple[Any, ...]:
    firing = each.firing
    public_id = each.public_id.hex if connection.vendor == "sqlite" else str(each.public_id)
    return (
        public_id, each.partner, each.client, each.ticket, firing.clock.value, firing.cycle, firing.step.key,
        firing.outcome.value, firing.reason.value if firing.reason else "", int(firing.version),
        firing.plan.levels[firing.step.key], firing.priority[:10], second_of(firing.due_at), second_of(firing.at),
        second_of(firing.at) - second_of(firing.due_at), json.dumps(list(firing.overtook)), json.dumps(list(each.told)),
        json.dumps(each.did or {}),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDraft:
    """A client message that a step writes."""

    fired: UUID
    partner: int
    client: int
    ticket: int
    subject: str
    text: str
    to: Sequence[int | str]
    sent: bool
    written_at: datetime
    good_until: datetime | None
    """The first of the times that it names."""


def write_drafts(scope: Scope, drafts: Sequence[NewDraft]) -> None:
    """Keep the client messages of steps that were recorded just now; within the caller's transaction."""
    wanted = [each for each in drafts if scope.partners is None or each.partner in scope.partners]
    known = dict(models.Fired.objects.filter(public_id__in=[each.fired for each in wanted]).values_list("public_id", "pk"))
    models.Draft.objects.bulk_create(
        models.Draft(
            partner_id=each.partner,
            client_id=each.client,
            ticket_id=each.ticket,
            fired_id=known[each.fired],
            subject=each.subject[:300],
            text=each.text,
            to=list(each.to),
            state=DraftState.SENT.value if each.sent else DraftState.WAITING.value,
            written_at=second_of(each.written_at),
            good_until=second_if(each.good_until),
            decided_at=second_of(each.written_at) if each.sent else None,
        )
        for each in wanted
    )


def decide_draft(
    scope: Scope, public_id: UUID, *, state: DraftState, subject: str = "", text: str = "", now: datetime
) -> DraftRow:
    """Send or drop a client message that waits; within the caller's transaction, which sends it.

    Of two who decide at once one gets `Conflict`; raises `NotFound` outside the scope, and `Conflict` for a message without
    a subject, a text or an address, and for one that an obstacle keeps from going out, at all or as it was written.
    """
    scope.demand(May.APPROVE)
    found = queries.draft(scope, public_id)
    if state is DraftState.SENT:
        if not subject.strip() or not text.strip():
            raise Conflict("a message needs a subject and a text")
        if not found.to:
            raise Conflict("nobody is known to send it to: give the client a contact role first, or answer the ticket itself")
        obstacle = found.obstacle(now)
        if obstacle is Obstacle.MOVED:
            raise Conflict("the ticket belongs to another client now: drop this message")
        if obstacle is not None and text.split() == found.text.split():
            raise Conflict(_UNCHANGED[obstacle])
    fields: dict[str, Any] = {"state": state.value, "decided_at": second_of(now), "decided_by_id": scope.person}
    if state is DraftState.SENT:
        fields |= {"subject": " ".join(subject.split())[:300], "text": text}
    rows = models.Draft.objects.filter(pk=found.pk, state=DraftState.WAITING.value)
    if rows.update(**fields) != 1:
        decided = queries.draft(scope, public_id)
        raise Conflict(f"{decided.decided_by or 'somebody'} has {decided.state} this message already")
    return queries.draft(scope, public_id)


_UNCHANGED: Final = {
    Obstacle.OVER: "the ticket is over: drop this message, or write what the client should hear now",
    Obstacle.STALE: "it names a time that has passed: write what the client can expect now",
}


def restore_draft(scope: Scope, public_id: UUID) -> DraftRow:
    """Let a client message that was dropped wait again; raises `NotFound` outside the scope, and `Conflict` for any other."""
    scope.demand(May.APPROVE)
    found = queries.draft(scope, public_id)
    rows = models.Draft.objects.filter(pk=found.pk, state=DraftState.DROPPED.value)
    if rows.update(state=DraftState.WAITING.value, decided_at=None, decided_by=None) != 1:
        raise Conflict("only a message that was dropped can be put back")
    return queries.draft(scope, public_id)


def set_office(scope: Scope, *, partner: int, name: str, calendar: UUID, now: datetime) -> UUID:
    """Set up an office with the hours of a calendar; the same again changes nothing.

    Raises `NotFound` for a calendar outside the scope, and `Conflict` without a name or where one of that name has other
    hours.
    """
    scope.demand(May.SET_ROTA)
    _own(scope, partner)
    name, hours = _office_name(name), _calendar(scope, partner, calendar)
    with together():
        row, made = models.Office.objects.get_or_create(partner_id=partner, name=name, defaults={"calendar_id": hours})
        if not made and row.calendar_id != hours:
            raise Conflict(f"there is an office {name} already: change its hours where it stands")
        if made:
            told = [Change("hours", "", _named_hours(scope, calendar))]
            journal.record(scope, Act.OFFICE_MADE, partner=partner, thing=row.public_id, name=name, changes=told, now=now)
    return row.public_id


def change_office(scope: Scope, public_id: UUID, *, name: str, calendar: UUID, now: datetime) -> None:
    """Rename an office, or give it the hours of another calendar.

    Raises `NotFound` for an office or calendar outside the scope, and `Conflict` for no name or that of another office.
    """
    scope.demand(May.SET_ROTA)
    row = _one(scope, models.Office, public_id, "office", "calendar")
    name, hours = _office_name(name), _calendar(scope, row.partner_id, calendar)
    told = [Change("name", row.name, name), Change("hours", row.calendar.name, _named_hours(scope, calendar))]
    with together():
        if models.Office.objects.filter(partner_id=row.partner_id, name=name).exclude(pk=row.pk).exists():
            raise Conflict(f"there is another office {name}")
        models.Office.objects.filter(pk=row.pk).update(name=name, calendar_id=hours)
        _journal_changes(scope, Act.OFFICE_CHANGED, row, name, told, now)


def remove_office(scope: Scope, public_id: UUID, *, now: datetime) -> None:
    """Remove an office; its people then have no quiet hours, and cover nothing. Raises `NotFound`."""
    scope.demand(May.SET_ROTA)
    row = _one(scope, models.Office, public_id, "office", "calendar")
    told = [Change("hours", row.calendar.name, "")]
    with together():
        if row.delete()[0]:
            journal.record(
                scope, Act.OFFICE_REMOVED, partner=row.partner_id, thing=public_id, name=row.name, changes=told, now=now
            )


def seat(scope: Scope, *, partner: int, person: int, office: UUID | None, skills: Iterable[str] = (), now: datetime) -> None:
    """Say where somebody works and what they are good at; raises `NotFound` for a person or office outside the scope."""
    scope.demand(May.SET_ROTA)
    _own(scope, partner)
    _staff(scope, partner, person)
    place = None
    if office is not None:
        place = models.Office.objects.filter(partner_id=partner, public_id=office).first()
        if place is None:
            raise NotFound("there is no such office")
    able = sorted(set(skills))
    with together():
        rows = models.Seat.objects.filter(partner_id=partner, person_id=person).select_related("office")
        before = rows.first()
        models.Seat.objects.update_or_create(
            partner_id=partner, person_id=person, defaults={"office": place, "skills": able}
        )  # fmt: skip
        told = [
            Change("office", before.office.name if before and before.office else "", place.name if place else ""),
            Change("skills", ", ".join(before.skills) if before else "", ", ".join(able)),
        ]
        if any(each.before != each.after for each in told):
            known = tenancy.reachable(scope, partner=partner, people=[person])[person]
            journal.record(
                scope, Act.SEAT_CHANGED, partner=partner, thing=known.public_id, name=known.name, changes=told, now=now
            )


def hold_role(
    scope: Scope,
    *,
    partner: int,
    role: str,
    person: int | None = None,
    address: str = "",
    client: int | None = None,
    team: str = "",
    deputy: int | None = None,
    deputy_address: str = "",
    now: datetime,
) -> UUID:
    """Give a contact role to a person, or to an address at a client; the same again changes the deputy alone.

    A role of the partner's is held by its own staff, one of a client's for one client, by its people or by address: what
    is for staff reaches no client, and what is for one client no other. Raises `Conflict` for anything else, and
    `NotFound` for whoever lies outside the scope.
    """
    scope.demand(May.SET_ESCALATION)
    _own(scope, partner)
    if client is not None and client not in {each.pk for each in tenancy.clients(scope) if each.partner == partner}:
        raise NotFound("there is no such client")
    held = _Held(person, address.strip().lower(), deputy, deputy_address.strip().lower())
    _check_held(scope, held, partner=partner, role=ContactRole(role), client=client)
    names = _names(scope, partner, (person, deputy))
    whose = {"partner_id": partner, "role": role, "client_id": client, "team": " ".join(team.split())[:60]}
    who = {"person_id": held.person, "address": held.address}
    with together():
        before = models.Holding.objects.filter(**whose, **who).select_related("client", "deputy").first()
        row, made = models.Holding.objects.update_or_create(
            **whose, **who, defaults={"deputy_id": held.deputy, "deputy_address": held.deputy_address}
        )
        name = names.get(person, held.address)
        told = [
            Change("held by", "" if made else name, name),
            Change("deputy", _deputy(before) if before else "", names.get(deputy, held.deputy_address)),
        ]
        _journal_changes(scope, Act.ROLE_GIVEN if made else Act.ROLE_CHANGED, row, _role_name(row), told, now)
    return row.public_id


def change_holding(
    scope: Scope,
    public_id: UUID,
    *,
    person: int | None = None,
    address: str = "",
    deputy: int | None = None,
    deputy_address: str = "",
    now: datetime,
) -> None:
    """Give a contact role that somebody holds to somebody else, or to another deputy; for whom it is held stays.

    Raises `NotFound`, and `Conflict` as `hold_role` does and where whoever is to hold it does so already.
    """
    scope.demand(May.SET_ESCALATION)
    row = _one(scope, models.Holding, public_id, "role", "client", "person", "deputy")
    held = _Held(person, address.strip().lower(), deputy, deputy_address.strip().lower())
    _check_held(scope, held, partner=row.partner_id, role=ContactRole(row.role), client=row.client_id)
    names = _names(scope, row.partner_id, (person, deputy))
    name = names.get(person, held.address)
    told = [
        Change("held by", row.person.name if row.person else row.address, name),
        Change("deputy", _deputy(row), names.get(deputy, held.deputy_address)),
    ]
    with together():
        same = models.Holding.objects.filter(
            partner_id=row.partner_id, role=row.role, client_id=row.client_id, team=row.team, person_id=held.person,
            address=held.address,
        )  # fmt: skip
        if same.exclude(pk=row.pk).exists():
            raise Conflict(f"{name} holds this role already")
        models.Holding.objects.filter(pk=row.pk).update(
            person_id=held.person, address=held.address, deputy_id=held.deputy, deputy_address=held.deputy_address
        )
        _journal_changes(scope, Act.ROLE_CHANGED, row, _role_name(row), told, now)


def release_role(scope: Scope, public_id: UUID, *, now: datetime) -> None:
    """Take a contact role from whoever holds it; raises `NotFound`."""
    scope.demand(May.SET_ESCALATION)
    row = _one(scope, models.Holding, public_id, "role", "client", "person", "deputy")
    told = [Change("held by", row.person.name if row.person else row.address, ""), Change("deputy", _deputy(row), "")]
    with together():
        if row.delete()[0]:
            journal.record(
                scope, Act.ROLE_TAKEN, partner=row.partner_id, thing=public_id, name=_role_name(row), changes=told, now=now
            )


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A spell on call to be planned; people are primary keys."""

    person: int
    deputy: int | None
    from_at: datetime
    until_at: datetime


def plan_turns(scope: Scope, *, partner: int, turns: Sequence[NewTurn], now: datetime) -> int:
    """Plan spells on call that are not planned yet; return how many are new.

    Raises `NotFound` for strangers, and `Conflict` for an end before the beginning and for whoever is their own deputy.
    """
    scope.demand(May.SET_ROTA)
    _own(scope, partner)
    people = {each for turn in turns for each in (turn.person, turn.deputy) if each is not None}
    for person in people:
        _staff(scope, partner, person)
    for turn in turns:
        _check_turn(turn)
    with together():
        mine = models.Turn.objects.filter(partner_id=partner, person_id__in=people)
        known = set(mine.values_list("person_id", "from_at"))
        new = [
            models.Turn(
                partner_id=partner,
                person_id=each.person,
                deputy_id=each.deputy,
                from_at=second_of(each.from_at),
                until_at=second_of(each.until_at),
            )
            for each in turns
            if (each.person, second_of(each.from_at)) not in known
        ]
        models.Turn.objects.bulk_create(new, ignore_conflicts=True)
        if new:
            names = _names(scope, partner, people)
            told = [Change(names[row.person_id], "", _spell(row, names.get(row.deputy_id, ""))) for row in new]
            name = names[new[0].person_id] if len(new) == 1 else f"{len(new)} turns"
            journal.record(scope, Act.TURNS_PLANNED, partner=partner, thing=new[0].public_id, name=name, changes=told, now=now)
    return len(new)


def change_turn(scope: Scope, public_id: UUID, turn: NewTurn, *, now: datetime) -> None:
    """Give a spell on call to somebody else, or move it.

    Raises `NotFound` for a turn or person outside the scope, and `Conflict` as `plan_turns` does and where that person has
    another turn that begins at the same time.
    """
    scope.demand(May.SET_ROTA)
    row = _one(scope, models.Turn, public_id, "turn", "person", "deputy")
    for person in (turn.person, turn.deputy):
        if person is not None:
            _staff(scope, row.partner_id, person)
    _check_turn(turn)
    after = models.Turn(from_at=second_of(turn.from_at), until_at=second_of(turn.until_at))
    names = _names(scope, row.partner_id, (turn.person, turn.deputy))
    told = [
        Change("person", row.person.name, names[turn.person]),
        Change("deputy", row.deputy.name if row.deputy else "", names.get(turn.deputy, "")),
        Change("when", _spell(row), _spell(after)),
    ]
    with together():
        same = models.Turn.objects.filter(partner_id=row.partner_id, person_id=turn.person, from_at=after.from_at)
        if same.exclude(pk=row.pk).exists():
            raise Conflict(f"{names[turn.person]} has another turn that begins at the same time")
        models.Turn.objects.filter(pk=row.pk).update(
            person_id=turn.person, deputy_id=turn.deputy, from_at=after.from_at, until_at=after.until_at
        )
        _journal_changes(scope, Act.TURN_CHANGED, row, names[turn.person], told, now)


def remove_turn(scope: Scope, public_id: UUID, *, now: datetime) -> None:
    """Take a spell on call out of the rota; raises `NotFound`."""
    scope.demand(May.SET_ROTA)
    row = _one(scope, models.Turn, public_id, "turn", "person", "deputy")
    told = [Change("when", _spell(row, row.deputy.name if row.deputy else ""), "")]
    with together():
        if row.delete()[0]:
            journal.record(
                scope, Act.TURN_REMOVED, partner=row.partner_id, thing=public_id, name=row.person.name, changes=told, now=now
            )


def be_away(scope: Scope, *, partner: int, person: int, from_at: datetime, until_at: datetime, now: datetime) -> UUID:
    """Note that somebody is away; the same beginning again moves the end.

    Raises `NotFound` for a stranger and `Conflict` for an end before the beginning.
    """
    scope.demand(May.SET_ROTA)
    _own(scope, partner)
    _staff(scope, partner, person)
    if until_at <= from_at:
        raise Conflict("an absence ends after it begins")
    whose = {"partner_id": partner, "person_id": person, "from_at": second_of(from_at)}
    with together():
        before = models.Absence.objects.filter(**whose).first()
        row, _ = models.Absence.objects.update_or_create(**whose, defaults={"until_at": second_of(until_at)})
        told = [Change("away", _spell(before) if before else "", _spell(row))]
        _journal_changes(scope, Act.ABSENCE_NOTED, row, _names(scope, partner, [person])[person], told, now)
    return row.public_id


def be_back(scope: Scope, public_id: UUID, *, now: datetime) -> None:
    """Take an absence back; raises `NotFound`."""
    scope.demand(May.SET_ROTA)
    row = _one(scope, models.Absence, public_id, "absence", "person")
    told = [Change("away", _spell(row), "")]
    with together():
        if row.delete()[0]:
            journal.record(
                scope, Act.ABSENCE_REMOVED, partner=row.partner_id, thing=public_id, name=row.person.name, changes=told,
                now=now,
            )  # fmt: skip


def _check_turn(turn: NewTurn) -> None:
    if turn.until_at <= turn.from_at:
        raise Conflict("a turn ends after it begins")
    if turn.deputy == turn.person:
        raise Conflict("whoever is on call cannot be their own deputy")


@dataclass(frozen=True, slots=True)
class _Held:
    person: int | None
    address: str
    deputy: int | None
    deputy_address: str


def _check_held(scope: Scope, held: _Held, *, partner: int, role: ContactRole, client: int | None) -> None:
    """Say why somebody cannot hold a role, or be the deputy in it."""
    if (held.person is None) == (not held.address) or (held.deputy is not None and held.deputy_address):
        raise Conflict("a role is held by one person, or by one address")
    if role in CLIENT_ROLES:
        if client is None:
            raise Conflict("a client's role is held for one client")
        known = {each.pk for each in tenancy.people_of_clients(scope, partner=partner).get(client, ())}
        wrong = next((each for each in (held.address, held.deputy_address) if each and not is_address(each)), "")
        if wrong:
            raise Conflict(f"“{wrong[:80]}” is no e-mail address")
        own = {each.email.lower(): each.name for each in _own_people(scope, partner)}
        ours = next((each for each in (held.address, held.deputy_address) if each in own), "")
        if ours:
            raise Conflict(f"{ours} is the address of {own[ours]}, who is one of your own staff and not of the client")
    else:
        if held.address or held.deputy_address:
            raise Conflict("a role of the partner's is held by its staff")
        known = set(queries.staff(scope, partner=partner))
    if not known.issuperset(each for each in (held.person, held.deputy) if each is not None):
        raise NotFound("there is no such person")
    if (held.person, held.address) == (held.deputy, held.deputy_address):
        raise Conflict("whoever holds a role cannot be their own deputy")


def _office_name(name: str) -> str:
    name = " ".join(name.split())[:120]
    if not name:
        raise Conflict("an office needs a name")
    return name


def _calendar(scope: Scope, partner: int, calendar: UUID) -> int:
    pk = next((pk for pk, known in desk.calendar_pks(scope, partner=partner).items() if known == calendar), None)
    if pk is None:
        raise NotFound("there is no such calendar")
    return pk


def _named_hours(scope: Scope, calendar: UUID) -> str:
    return desk.calendar_versions(scope, calendar)[0].name


def _names(scope: Scope, partner: int, people: Iterable[int | None]) -> dict[int | None, str]:
    known = tenancy.reachable(scope, partner=partner, people=[each for each in people if each is not None])
    return {pk: each.name for pk, each in known.items()}


def _deputy(row: models.Holding) -> str:
    return row.deputy.name if row.deputy else row.deputy_address


def _role_name(row: models.Holding) -> str:
    """A contact role as the journal names it, with for whom it is held: `team lead, team hosting`."""
    whose = [f"for {row.client.name}"] if row.client else []
    return ", ".join([row.role.replace("_", " "), *whose, *([f"team {row.team}"] if row.team else [])])


def _spell(row: models.Turn | models.Absence, deputy: str = "") -> str:
    """A spell as the journal tells it, in the one zone that is nobody's own."""
    said = f"{moment(row.from_at):%Y-%m-%d %H:%M} to {moment(row.until_at):%Y-%m-%d %H:%M} UTC"
    return f"{said}, deputy {deputy}" if deputy else said


def _journal_changes(scope: Scope, act: Act, row: Any, name: str, told: Sequence[Change], now: datetime) -> None:
    """Keep what changed, if anything did."""
    if any(each.before != each.after for each in told):
        journal.record(scope, act, partner=row.partner_id, thing=row.public_id, name=name, changes=told, now=now)


def _one(scope: Scope, model: Any, public_id: UUID, what: str, *also: str) -> Any:
    row = scope.limit(model.objects.filter(public_id=public_id), client=None).select_related(*also).first()
    if row is None:
        raise NotFound(f"there is no such {what}")
    return row


def _own_people(scope: Scope, partner: int) -> Iterable[tenancy.Person]:
    return tenancy.reachable(scope, partner=partner, people=queries.staff(scope, partner=partner)).values()


def _staff(scope: Scope, partner: int, person: int) -> None:
    if person not in queries.staff(scope, partner=partner):
        raise NotFound("there is no such person")


def _own(scope: Scope, partner: int) -> None:
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
