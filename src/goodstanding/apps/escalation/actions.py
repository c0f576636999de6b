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
from goodstanding.apps.escalation.values import DraftRow, DraftState, PlanRow, Watched
from goodstanding.apps.journal import actions as journal
from goodstanding.apps.journal.values import Act, Change
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.core.clocks.clock import second_if, second_of
from goodstanding.core.desk.escalation.changes import changes_of
from goodstanding.core.desk.escalation.plain import plan_from_plain, plan_to_plain
from goodstanding.core.desk.escalation.plan import Plan
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
        firing.plan.level(firing.step.key), firing.priority[:10], second_of(firing.due_at), second_of(firing.at),
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
    a subject, a text or an address, and for one that would go out as it was written though a time it names has passed.
    """
    scope.demand(May.APPROVE)
    found = queries.draft(scope, public_id)
    if state is DraftState.SENT:
        if not subject.strip() or not text.strip():
            raise Conflict("a message needs a subject and a text")
        if not found.to:
            raise Conflict("nobody is known to send it to: give the client a contact role first, or answer the ticket itself")
        if found.is_stale(now) and text.split() == found.text.split():
            raise Conflict("it names a time that has passed: write what the client can expect now")
    fields: dict[str, Any] = {"state": state.value, "decided_at": second_of(now), "decided_by_id": scope.person}
    if state is DraftState.SENT:
        fields |= {"subject": " ".join(subject.split())[:300], "text": text}
    rows = models.Draft.objects.filter(pk=found.pk, state=DraftState.WAITING.value)
    if rows.update(**fields) != 1:
        raise Conflict("somebody has decided about this message already")
    return queries.draft(scope, public_id)


def set_office(scope: Scope, *, partner: int, name: str, calendar: UUID) -> UUID:
    """Set up an office, or give the one of that name other hours; raises `NotFound` and, without a name, `Conflict`."""
    scope.demand(May.SET_ROTA)
    _own(scope, partner)
    name = " ".join(name.split())[:120]
    if not name:
        raise Conflict("an office needs a name")
    pk = next((pk for pk, known in desk.calendar_pks(scope, partner=partner).items() if known == calendar), None)
    if pk is None:
        raise NotFound("there is no such calendar")
    row, _ = models.Office.objects.update_or_create(partner_id=partner, name=name, defaults={"calendar_id": pk})
    return row.public_id


def remove_office(scope: Scope, public_id: UUID) -> None:
    """Remove an office; its people then have no quiet hours. Raises `NotFound`."""
    scope.demand(May.SET_ROTA)
    _remove(scope, models.Office, public_id, "office")


def seat(scope: Scope, *, partner: int, person: int, office: UUID | None, skills: Iterable[str] = ()) -> None:
    """Say where somebody works and what they are good at; raises `NotFound` for a person or office outside the scope."""
    scope.demand(May.SET_ROTA)
    _own(scope, partner)
    _staff(scope, partner, person)
    place = None
    if office is not None:
        place = models.Office.objects.filter(partner_id=partner, public_id=office).values_list("pk", flat=True).first()
        if place is None:
            raise NotFound("there is no such office")
    models.Seat.objects.update_or_create(
        partner_id=partner, person_id=person, defaults={"office_id": place, "skills": sorted(set(skills))}
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
) -> UUID:
    """Give a contact role to a person, or to an address at a client; the same again changes the deputy alone.

    Raises `Conflict` for neither or both, and `NotFound` for whoever lies outside the scope.
    """
    scope.demand(May.SET_ESCALATION)
    _own(scope, partner)
    if (person is None) == (not address):
        raise Conflict("a role is held by one person, or by one address")
    if client is not None and client not in {each.pk for each in tenancy.clients(scope) if each.partner == partner}:
        raise NotFound("there is no such client")
    for each in (person, deputy):
        if each is not None and each not in tenancy.roles_at(scope, partner=partner):
            raise NotFound("there is no such person")
    row, _ = models.Holding.objects.update_or_create(
        partner_id=partner,
        role=role,
        client_id=client,
        team=team.strip()[:60],
        person_id=person,
        address=address,
        defaults={"deputy_id": deputy, "deputy_address": deputy_address},
    )
    return row.public_id


def release_role(scope: Scope, public_id: UUID) -> None:
    """Take a contact role from whoever holds it; raises `NotFound`."""
    scope.demand(May.SET_ESCALATION)
    _remove(scope, models.Holding, public_id, "role")


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A spell on call to be planned; people are primary keys."""

    person: int
    deputy: int | None
    from_at: datetime
    until_at: datetime


def plan_turns(scope: Scope, *, partner: int, turns: Sequence[NewTurn]) -> int:
    """Plan spells on call that are not planned yet; return how many are new. Raises `NotFound` for strangers."""
    scope.demand(May.SET_ROTA)
    _own(scope, partner)
    for person in {each for turn in turns for each in (turn.person, turn.deputy) if each is not None}:
        _staff(scope, partner, person)
    before = models.Turn.objects.filter(partner_id=partner).count()
    models.Turn.objects.bulk_create(
        (
            models.Turn(
                partner_id=partner,
                person_id=each.person,
                deputy_id=each.deputy,
                from_at=second_of(each.from_at),
                until_at=second_of(each.until_at),
            )
            for each in turns
        ),
        ignore_conflicts=True,
    )
    return models.Turn.objects.filter(partner_id=partner).count() - before


def remove_turn(scope: Scope, public_id: UUID) -> None:
    """Take a spell on call out of the rota; raises `NotFound`."""
    scope.demand(May.SET_ROTA)
    _remove(scope, models.Turn, public_id, "turn")


def be_away(scope: Scope, *, partner: int, person: int, from_at: datetime, until_at: datetime) -> UUID:
    """Note that somebody is away; raises `NotFound` for a stranger and `Conflict` for an end before the beginning."""
    scope.demand(May.SET_ROTA)
    _own(scope, partner)
    _staff(scope, partner, person)
    if until_at <= from_at:
        raise Conflict("an absence ends after it begins")
    row, _ = models.Absence.objects.update_or_create(
        partner_id=partner, person_id=person, from_at=second_of(from_at), defaults={"until_at": second_of(until_at)}
    )
    return row.public_id


def be_back(scope: Scope, public_id: UUID) -> None:
    """Take an absence back; raises `NotFound`."""
    scope.demand(May.SET_ROTA)
    _remove(scope, models.Absence, public_id, "absence")


def _remove(scope: Scope, model: Any, public_id: UUID, what: str) -> None:
    if not scope.limit(model.objects.filter(public_id=public_id), client=None).delete()[0]:
        raise NotFound(f"there is no such {what}")


def _staff(scope: Scope, partner: int, person: int) -> None:
    if person not in queries.staff(scope, partner=partner):
        raise NotFound("there is no such person")


def _own(scope: Scope, partner: int) -> None:
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
