"""Changes to promises and standings."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError

from goodstanding.apps.desk import models, queries
from goodstanding.apps.desk.values import AssignmentRow, CalendarVersion, TierVersion
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.apps.unit.bulk import insert_new, put
from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.clocks.clock import second_if, second_of
from goodstanding.core.clocks.plain import calendar_to_plain
from goodstanding.core.desk.board import pressing
from goodstanding.core.desk.plain import policy_to_plain
from goodstanding.core.desk.policy import ClockKind, Policy
from goodstanding.core.desk.verdict import Assessment, Verdict


def publish_calendar(
    scope: Scope, *, partner: int, name: str, calendar: Calendar, text: str, holidays_until: int, now: datetime, note: str = ""
) -> CalendarVersion:
    """Publish a version of a calendar, the first of a new name included; what is published never changes.

    `text` is how it was written, `holidays_until` the last year whose holidays it holds. The same calendar as the newest
    version makes no new one.
    """
    scope.demand(May.SET_TERMS)
    _own(scope, partner)
    definition = json.dumps(calendar_to_plain(calendar), sort_keys=True)
    with together():
        row, _ = models.Calendar.objects.get_or_create(partner_id=partner, name=name)
        newest = models.CalendarVersion.objects.filter(calendar=row).order_by("-number").first()
        if newest is None or newest.definition != definition:
            newest = models.CalendarVersion.objects.create(
                calendar=row,
                number=newest.number + 1 if newest else 1,
                text=text,
                definition=definition,
                holidays_until=holidays_until,
                published_at=second_of(now),
                published_by_id=scope.person,
                note=note,
            )
    return queries.calendar_version(scope, newest.public_id)[0]


def publish_tier(
    scope: Scope,
    *,
    partner: int,
    key: str,
    name: str,
    family: str,
    policy: Policy | None,
    text: str,
    effective_from: datetime,
    now: datetime,
    note: str = "",
) -> TierVersion:
    """Publish a version of a tier, the first of a new key included; what is published never changes.

    `text` is how it was written. The same text as the newest version makes no new one. Raises `Conflict` when a version
    would take effect before the one it follows.
    """
    scope.demand(May.SET_TERMS)
    _own(scope, partner)
    with together():
        row, _ = models.Tier.objects.get_or_create(partner_id=partner, key=key, defaults={"name": name, "family": family})
        newest = models.TierVersion.objects.filter(tier=row).order_by("-number").first()
        if newest is None or newest.text != text:
            if newest is not None and second_of(effective_from) < newest.effective_from:
                raise Conflict(
                    f"version {newest.number} of {name} takes effect later than that: "
                    "a version cannot come before the one it follows"
                )
            newest = models.TierVersion.objects.create(
                tier=row,
                number=newest.number + 1 if newest else 1,
                text=text,
                policy="" if policy is None else json.dumps(policy_to_plain(policy), sort_keys=True),
                effective_from=second_of(effective_from),
                published_at=second_of(now),
                published_by_id=scope.person,
                note=note,
            )
    return queries.tier_version(scope, newest.public_id)


def assign(
    scope: Scope,
    *,
    client: int,
    tier_version: UUID,
    calendar_version: UUID,
    from_at: datetime,
    until_at: datetime | None = None,
) -> AssignmentRow:
    """Promise a tier version to a client from an instant on; an assignment in force then ends there.

    Tickets opened before keep what they were opened under (semantics.md 1.8). Raises `NotFound` for what lies outside the
    scope and `Conflict` where an assignment begins at the same instant.
    """
    scope.demand(May.SET_TERMS)
    tier = models.TierVersion.objects.filter(pk=queries.tier_version(scope, tier_version).pk).select_related("tier").get()
    calendar = queries.calendar_version(scope, calendar_version)[0]
    owner = next((each for each in tenancy.clients(scope) if each.pk == client), None)
    if owner is None or owner.partner != tier.tier.partner_id:
        raise NotFound("there is no such client")
    if not models.CalendarVersion.objects.filter(pk=calendar.pk, calendar__partner_id=owner.partner).exists():
        raise NotFound("there is no such calendar version")
    start = second_of(from_at)
    try:
        with together():
            models.Assignment.objects.filter(client_id=client, from_at__lt=start).exclude(until_at__lte=start).update(
                until_at=start
            )
            row = models.Assignment.objects.create(
                partner_id=owner.partner,
                client_id=client,
                tier_version=tier,
                calendar_version_id=calendar.pk,
                from_at=start,
                until_at=second_if(until_at),
            )
    except IntegrityError as error:
        raise Conflict("this client has an assignment that begins at that very moment") from error
    return queries.assignment(scope, row.pk)


def waive(scope: Scope, *, ticket: UUID, clock: ClockKind | None, reason: str, author: str, now: datetime) -> int:
    """Exempt a ticket's clocks of a kind, or all; return the ticket's primary key, whose standing is to be made anew.

    Raises `NotFound` outside the scope and `Conflict` without a reason or a name (requirements CLOCK-8).
    """
    scope.demand(May.WAIVE)
    if not reason.strip() or not author.strip():
        raise Conflict("a waiver needs a reason and the name of who grants it")
    found = queries.standing(scope, ticket)
    models.Waiver.objects.create(
        ticket_id=found.pk,
        clock="" if clock is None else clock.value,
        reason=reason.strip(),
        author=author,
        granted_at=second_of(now),
    )
    return found.pk


@dataclass(frozen=True, slots=True)
class Judged:
    """A ticket's assessment, or why it could not be made; `ticket` is a primary key."""

    ticket: int
    assessment: Assessment | None
    trouble: str = ""
    objective_at: datetime | None = None
    """When the first of its running clocks uses up the partner's own target."""


def save(scope: Scope, judged: Sequence[Judged], *, now: datetime) -> int:
    """Put standings in the place of what was known of these tickets; return how many could not be judged.

    Within the caller's transaction, after `tickets.actions.hold`, so that the last to judge has seen all events. A ticket
    that could not be judged keeps its standing and shows the trouble.
    """
    known = tickets.begun_by_pk(scope, [each.ticket for each in judged])
    ours = {(each.partner, str(each.pk)) for each in tenancy.clients(scope)}
    mine = [_of_ours(each, known[each.ticket].partner, ours) for each in judged if each.ticket in known]
    good = [(each.ticket, each.assessment) for each in mine if each.assessment is not None]
    objectives = {each.ticket: second_if(each.objective_at) for each in mine}
    at = second_of(now)
    models.ClockStanding.objects.filter(ticket_id__in=[pk for pk, _ in good]).delete()
    insert_new(
        models.ClockStanding,
        _CLOCK_FIELDS,
        (_clock(known[pk].partner, pk, found, verdict) for pk, found in good for verdict in found.verdicts),
    )
    put(
        models.Standing,
        _STANDING_FIELDS,
        (_standing(known[pk].partner, pk, found, objectives[pk], at) for pk, found in good),
        key="ticket",
    )
    troubled = [each for each in mine if each.assessment is None]
    for each in troubled:
        models.Standing.objects.update_or_create(
            ticket_id=each.ticket,
            defaults={"trouble": each.trouble, "look_at": None, "objective_at": None, "assessed_at": at},
            create_defaults={
                "partner_id": known[each.ticket].partner,
                "client_id": known[each.ticket].client,
                "is_open": True,
                "opened_at": at,
                "assessed_at": at,
                "trouble": each.trouble,
            },
        )
    return len(troubled)


def _of_ours(judged: Judged, partner: int, clients: set[tuple[int, str]]) -> Judged:
    """Refuse a ticket that its events moved to a client that is not one of the partner's."""
    if judged.assessment is None or (partner, judged.assessment.client) in clients:
        return judged
    return Judged(judged.ticket, None, f"its events name a client that is not known here: {judged.assessment.client!r}")


_STANDING_FIELDS = (
    "ticket", "partner", "client", "assignment", "priority", "team", "assignee", "is_open", "waiting_on", "waiting_since",
    "opened_at", "resolved_at", "last_staff_act_at", "due_at", "due_clock", "due_slot", "due_target", "at_risk_at",
    "objective_at", "paused", "breaches", "look_at", "assessed_at", "trouble",
)  # fmt: skip


def _standing(partner: int, pk: int, found: Assessment, objective_at: int | None, now: int) -> tuple[object, ...]:
    press = pressing(found)
    due = press.verdict
    return (
        pk,
        partner,
        int(found.client),
        None if found.assignment is None else int(found.assignment),
        found.priority[:10],
        (found.team or "")[:60],
        (found.assignee or "")[:200],
        found.is_open,
        found.waiting_on or "",
        second_if(found.waiting_since),
        second_of(found.opened_at),
        None if found.is_open else second_if(found.last_resolved_at),
        second_if(found.last_staff_act_at),
        second_if(due.deadline_at) if due else None,
        due.clock if due else "",
        due.rule.target.slot if due and due.rule else "",
        _length(due.target) if due else None,
        second_if(press.at_risk_at),
        objective_at,
        press.paused,
        sum(each.breach is not None for each in found.verdicts),
        second_if(found.look_at),
        now,
        "",
    )


_CLOCK_FIELDS = (
    "ticket", "partner", "client", "clock", "cycle", "number", "state", "started_at", "stopped_at", "target", "elapsed",
    "deadline_at", "at_risk_at", "breached_at", "decided_at", "reclassified", "first_stopped_at", "first_outcome", "linked",
    "waived", "rule", "priority", "paused",
)  # fmt: skip


def _clock(partner: int, pk: int, found: Assessment, verdict: Verdict) -> tuple[object, ...]:
    return (
        pk,
        partner,
        int(found.client),
        verdict.clock,
        verdict.cycle,
        verdict.number,
        verdict.state,
        second_if(verdict.started_at),
        second_if(verdict.stopped_at),
        _length(verdict.target),
        _length(verdict.elapsed),
        second_if(verdict.deadline_at),
        second_if(verdict.at_risk_at),
        None if verdict.breach is None else second_if(verdict.breach.at),
        second_if(verdict.decided_at),
        verdict.breach is not None and verdict.breach.reclassified,
        second_if(verdict.first_stopped_at),
        verdict.first_outcome or "",
        verdict.linked,
        verdict.waiver is not None,
        verdict.rule.name[:300] if verdict.rule else "",
        verdict.priority[:10],
        {owner.value: _length(lost) for owner, lost in verdict.paused_by},
    )


def _length(duration: timedelta | None) -> int | None:
    return None if duration is None else duration.days * 86_400 + duration.seconds


def _own(scope: Scope, partner: int) -> None:
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
