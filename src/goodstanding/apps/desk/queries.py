"""Questions about promises and standings."""

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from goodstanding.apps.desk import models
from goodstanding.apps.desk.values import (
    AssignmentRow,
    BoardCounts,
    BoardFilter,
    BoardPage,
    BoardRow,
    CalendarVersion,
    Choices,
    Kept,
    Lately,
    Measured,
    MeasuredFilter,
    SourceStanding,
    Standing,
    TicketFilter,
    TicketRow,
    TierVersion,
)
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.apps.unit import NotFound
from goodstanding.core.clocks.calendar import Calendar
from goodstanding.core.clocks.clock import clock_of, moment, moment_if, second_of
from goodstanding.core.clocks.plain import calendar_from_plain
from goodstanding.core.clocks.presets import ALWAYS
from goodstanding.core.desk.board import RowState, objective_passed, row_state
from goodstanding.core.desk.case import Case, Waiver
from goodstanding.core.desk.plain import policy_from_plain
from goodstanding.core.desk.policy import SUPPORT, WALL, Assignment, ClockKind, Policy
from goodstanding.core.desk.verdict import DECIDED, ClockState
from goodstanding.core.figures.figures import Compliance
from goodstanding.core.figures.numbers import Share

PAGE: Final = 50
_HOURS: Final = "assignment__calendar_version__definition"
_LAST: Final = re.compile(r"(?P<due>[0-9]{0,18})\.(?P<ticket>[0-9]{1,18})")
"""The row a page of the board ended with: its deadline, if it has one, and its ticket."""


@lru_cache(maxsize=512)
def _calendar(definition: str) -> Calendar:
    return calendar_from_plain(json.loads(definition))


@lru_cache(maxsize=512)
def _policy(definition: str) -> Policy:
    return policy_from_plain(json.loads(definition))


def calendars(scope: Scope) -> tuple[CalendarVersion, ...]:
    """Return the newest version of every calendar in scope, by name."""
    return tuple(version for version, _ in calendars_defined(scope))


def calendars_defined(scope: Scope) -> tuple[tuple[CalendarVersion, Calendar], ...]:
    """Return the newest version of every calendar in scope with the calendar it defines, by name."""
    newest: dict[int, models.CalendarVersion] = {}
    for row in _calendar_versions(scope).order_by("calendar__name", "calendar_id", "number"):
        newest[row.calendar_id] = row
    return tuple((_calendar_version(row), _calendar(row.definition)) for row in newest.values())


def calendar_versions(scope: Scope, calendar: UUID) -> tuple[CalendarVersion, ...]:
    """Return the versions of a calendar, the newest first; raises `NotFound`."""
    rows = _calendar_versions(scope).filter(calendar__public_id=calendar).order_by("-number")
    found = tuple(_calendar_version(row) for row in rows)
    if not found:
        raise NotFound("there is no such calendar")
    return found


def calendar_version(scope: Scope, public_id: UUID) -> tuple[CalendarVersion, Calendar]:
    """Return a version of a calendar with the calendar it defines; raises `NotFound`."""
    row = _calendar_versions(scope).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such calendar version")
    return _calendar_version(row), _calendar(row.definition)


def tiers(scope: Scope) -> tuple[TierVersion, ...]:
    """Return the newest version of every tier in scope, in the order they were set up."""
    newest: dict[int, TierVersion] = {}
    for row in _tier_versions(scope).order_by("tier_id", "number"):
        newest[row.tier_id] = _tier_version(row)
    return tuple(newest.values())


def tier_versions(scope: Scope, tier: UUID) -> tuple[TierVersion, ...]:
    """Return the versions of a tier, the newest first; raises `NotFound`."""
    rows = _tier_versions(scope).filter(tier__public_id=tier).order_by("-number")
    found = tuple(_tier_version(row) for row in rows)
    if not found:
        raise NotFound("there is no such tier")
    return found


def tier_version(scope: Scope, public_id: UUID) -> TierVersion:
    """Return a version of a tier; raises `NotFound`."""
    row = _tier_versions(scope).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such tier version")
    return _tier_version(row)


def assignments(scope: Scope, *, client: UUID | None = None) -> tuple[AssignmentRow, ...]:
    """Return who is promised what in scope, by client and the newest first."""
    rows = scope.limit(models.Assignment.objects.all()).select_related(
        "client", "tier_version__tier", "calendar_version__calendar"
    )
    if client is not None:
        rows = rows.filter(client__public_id=client)
    return tuple(_assignment_row(row) for row in rows.order_by("client__name", "-from_at"))


def promised_around_the_clock(scope: Scope, *, partner: int, now: datetime) -> tuple[AssignmentRow, ...]:
    """Return the promises of a partner in scope that are in force or to come and have a target around the clock, by client."""
    rows = scope.limit(models.Assignment.objects.filter(partner_id=partner), client=None)
    rows = rows.filter(Q(until_at=None) | Q(until_at__gt=second_of(now)))
    rows = rows.select_related("client", "tier_version__tier", "calendar_version__calendar").order_by("client__name", "from_at")
    return tuple(
        _assignment_row(row) for row in rows if row.tier_version.policy and _policy(row.tier_version.policy).around_the_clock
    )


def assignment(scope: Scope, pk: int) -> AssignmentRow:
    """Return one promise in scope; raises `NotFound`."""
    rows = scope.limit(models.Assignment.objects.all()).select_related(
        "client", "tier_version__tier", "calendar_version__calendar"
    )
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound("there is no such assignment")
    return _assignment_row(row)


def policy_of(scope: Scope, assignment: int) -> tuple[Policy, Calendar]:
    """Return the policy and the support calendar of an assignment in scope; raises `NotFound`."""
    rows = scope.limit(models.Assignment.objects.select_related("tier_version", "calendar_version"))
    row = rows.filter(pk=assignment).first()
    if row is None:
        raise NotFound("there is no such assignment")
    return _policy(row.tier_version.policy), _calendar(row.calendar_version.definition)


def cases(scope: Scope, pks: Iterable[int]) -> list[Case]:
    """Gather all that is needed to judge tickets of the partners in scope: events, assignments and waivers.

    A case's `ticket` is its primary key and its `client` the client's, both as text; so are the ids of assignments.
    """
    known = tickets.tickets_by_pk(scope, pks)
    events = tickets.events_of(scope, known)
    waivers: dict[int, list[Waiver]] = {}
    for row in models.Waiver.objects.filter(ticket_id__in=list(known)).order_by("pk"):
        waivers.setdefault(row.ticket_id, []).append(
            Waiver(
                reason=row.reason,
                author=row.author,
                granted_at=moment(row.granted_at),
                clock=ClockKind(row.clock) if row.clock else None,
                cycle=row.cycle or None,
            )
        )
    bound = _assignments({ticket.partner for ticket in known.values()})
    return [
        Case(
            ticket=str(pk),
            client=str(ticket.client),
            events=tuple(events.get(pk, ())),
            assignments=bound.get(ticket.partner, ()),
            priority=ticket.priority,
            team=ticket.team or None,
            kind=ticket.kind or None,
            tags=ticket.tags,
            waivers=tuple(waivers.get(pk, ())),
            unmeasured=ticket.unmeasured,
        )
        for pk, ticket in known.items()
    ]


def _assignments(partners: Iterable[int]) -> dict[int, tuple[Assignment, ...]]:
    rows = models.Assignment.objects.filter(partner_id__in=list(partners)).select_related("tier_version", "calendar_version")
    found: dict[int, list[Assignment]] = {}
    for row in rows:
        if row.tier_version.policy:
            found.setdefault(row.partner_id, []).append(
                Assignment(
                    id=str(row.pk),
                    client=str(row.client_id),
                    policy=_policy(row.tier_version.policy),
                    slots={SUPPORT: _calendar(row.calendar_version.definition)},
                    from_at=moment(row.from_at),
                    until_at=moment_if(row.until_at),
                )
            )
    return {partner: tuple(each) for partner, each in found.items()}


def looks_due(now: datetime, *, limit: int) -> tuple[int, ...]:
    """Return the tickets whose state time alone has changed by now, the longest due first; for the worker."""
    rows = models.Standing.objects.filter(look_at__lte=second_of(now)).order_by("look_at")
    return tuple(rows.values_list("ticket_id", flat=True)[:limit])


def open_refs(scope: Scope, *, partner: int, source: str) -> dict[str, int]:
    """Return the open tickets of a source of a partner by their names there, with the client of each."""
    rows = models.Standing.objects.filter(partner_id=partner, is_open=True, ticket__source=source)
    return dict(scope.limit(rows, client=None).values_list("ticket__ref", "client_id"))


def clients_by_ref(scope: Scope, *, partner: int, source: str, refs: Iterable[str]) -> dict[str, int]:
    """Return of tickets of a source of a partner, by their names there, whose each is now; those not known are left out."""
    rows = models.Standing.objects.filter(partner_id=partner, ticket__source=source, ticket__ref__in=list(refs))
    return dict(scope.limit(rows, client=None).values_list("ticket__ref", "client_id"))


def of_source(scope: Scope, *, partner: int, source: str) -> tuple[SourceStanding, ...]:
    """Return how the open tickets of a source of a partner stand, by name."""
    rows = models.Standing.objects.filter(partner_id=partner, is_open=True, ticket__source=source)
    rows = (
        scope.limit(rows, client=None)
        .select_related("ticket", "client", "assignment__calendar_version")
        .order_by("ticket__ref")
    )
    breached: dict[int, list[ClockKind]] = {}
    broken = models.ClockStanding.objects.filter(ticket__in=rows.values("ticket"), breached_at__isnull=False)
    for ticket, clock in broken.order_by("breached_at", "pk").values_list("ticket_id", "clock"):
        breached.setdefault(ticket, []).append(ClockKind(clock))
    return tuple(
        SourceStanding(
            ref=row.ticket.ref,
            client=row.client_id,
            due_at=moment_if(row.due_at),
            due_clock=ClockKind(row.due_clock) if row.due_clock else None,
            breaches=row.breaches,
            breached_clocks=tuple(breached.get(row.ticket_id, ())),
            waiting_on=row.waiting_on,
            zone=_calendar(row.assignment.calendar_version.definition).zone if row.assignment else row.client.zone,
        )
        for row in rows
    )


def resolved_between(scope: Scope, *, partner: int, after: datetime, upto: datetime) -> tuple[tuple[int, datetime], ...]:
    """Return the tickets of a partner that stand resolved since some moment, with that moment, the longest ago first."""
    rows = models.Standing.objects.filter(
        partner_id=partner, resolved_at__gt=second_of(after), resolved_at__lte=second_of(upto)
    )
    rows = scope.limit(rows, client=None).order_by("resolved_at", "ticket_id")
    return tuple((ticket, moment(at)) for ticket, at in rows.values_list("ticket_id", "resolved_at"))


def of_client(scope: Scope, client: int, *, since: datetime, limit: int) -> tuple[int, ...]:
    """Return the tickets of a client in scope that were opened or resolved since then or are open, the newest first."""
    at = second_of(since)
    rows = scope.limit(models.Standing.objects.filter(client_id=client))
    rows = rows.filter(Q(opened_at__gte=at) | Q(resolved_at__gte=at) | Q(is_open=True)).order_by("-opened_at", "-ticket_id")
    return tuple(rows.values_list("ticket_id", flat=True)[:limit])


def living_since(scope: Scope, *, partner: int, since: datetime, limit: int, client: int | None = None) -> tuple[int, ...]:
    """Return the tickets of a partner in scope, or of one of its clients, that were open at some time since, newest first."""
    rows = scope.limit(models.Standing.objects.filter(partner_id=partner, trouble=""), client=None)
    if client is not None:
        rows = rows.filter(client_id=client)
    rows = rows.filter(Q(is_open=True) | Q(resolved_at__gte=second_of(since)) | Q(opened_at__gte=second_of(since)))
    return tuple(rows.order_by("-opened_at", "-ticket_id").values_list("ticket_id", flat=True)[:limit])


def next_look(scope: Scope) -> datetime | None:
    """Return when a standing in scope next needs a look, or None when none does."""
    rows = scope.limit(models.Standing.objects.filter(look_at__isnull=False)).order_by("look_at")
    at = rows.values_list("look_at", flat=True).first()
    return moment_if(at)


def board(scope: Scope, wanted: BoardFilter, *, now: datetime, after: str = "", limit: int = PAGE) -> BoardPage:
    """Return open tickets in scope by time to their next breach: breached ones first, those without a deadline last.

    `after` continues where a page ended; anything else it holds is taken as the beginning.
    """
    rows = _state(_wanted(scope, wanted), wanted.state, now)
    if wanted.objective_passed:
        rows = rows.filter(_past_objective(now)) if scope.is_staff else rows.none()
    # Two questions rather than one sorted with nulls last, which neither database answers from an index.
    dated = rows.filter(due_at__isnull=False).order_by("due_at", "ticket_id")
    undated = rows.filter(due_at__isnull=True).order_by("ticket_id")
    if last := _LAST.fullmatch(after):
        ticket = int(last["ticket"])
        if last["due"]:
            due = int(last["due"])
            dated = dated.filter(Q(due_at__gt=due) | Q(due_at=due, ticket_id__gt=ticket), due_at__gte=due)
        else:
            dated, undated = dated.none(), undated.filter(ticket_id__gt=ticket)
    found = list(dated.values(*_BOARD)[: limit + 1])
    if len(found) <= limit:
        found += undated.values(*_BOARD)[: limit + 1 - len(found)]
    shown = found[:limit]
    more = ""
    if len(found) > limit:
        end = shown[-1]
        more = f"{'' if end['due_at'] is None else end['due_at']}.{end['ticket_id']}"
    return BoardPage(tuple(_board_row(row, now, inner=scope.is_staff) for row in shown), more)


def board_counts(scope: Scope, wanted: BoardFilter, *, now: datetime) -> BoardCounts:
    """Return how many open tickets stand how, whatever state the filter asks for."""
    asked = {f"{state}_count": Count("ticket_id", filter=_in_state(state, now)) for state in RowState}
    if scope.is_staff:
        asked["objective_passed_count"] = Count("ticket_id", filter=_past_objective(now))
    counted = _wanted(scope, wanted).aggregate(**asked)
    return BoardCounts(**{name.removesuffix("_count"): count for name, count in counted.items()})


def board_choices(scope: Scope) -> Choices:
    """Return what the board can be filtered by: the clients in scope, and what the open tickets name."""
    rows = scope.limit(models.Standing.objects.filter(is_open=True))
    named = rows.values_list("team", "assignee", "priority").distinct()
    teams, assignees, priorities = (
        ({name for name in names if name} for names in zip(*named, strict=True)) if named else ((), (), ())
    )
    return Choices(
        tuple((each.public_id, each.name) for each in tenancy.clients(scope)),
        tuple(sorted(teams)),
        tuple(sorted(assignees)),
        tuple(sorted(priorities)),
    )


_BOARD = (
    "ticket_id", "ticket__public_id", "ticket__ref", "ticket__title", "client__public_id", "client__name", "priority",
    "team", "assignee", "due_at", "due_clock", "due_slot", "due_target", "at_risk_at", "objective_at", "paused",
    "waiting_on", "waiting_since", "opened_at", "last_staff_act_at", "breaches", _HOURS,
    "trouble",
)  # fmt: skip


def _wanted(scope: Scope, wanted: BoardFilter) -> "QuerySet[models.Standing]":
    rows = scope.limit(models.Standing.objects.filter(is_open=True))
    given = {"team": wanted.team, "assignee": wanted.assignee, "priority": wanted.priority}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    return rows if wanted.client is None else rows.filter(client_id=_client_pk(scope, wanted.client))


def _client_pk(scope: Scope, public_id: UUID) -> int:
    """Return a client's primary key, of none where the client lies outside the scope: a filter tells nobody that it exists."""
    return next((each.pk for each in tenancy.clients(scope) if each.public_id == public_id), 0)


def _state(rows: "QuerySet[models.Standing]", state: RowState | None, now: datetime) -> "QuerySet[models.Standing]":
    return rows if state is None else rows.filter(_in_state(state, now))


def _in_state(state: RowState, now: datetime) -> Q:
    """What `core.desk.board.row_state` says of a row, asked of stored instants."""
    at = second_of(now)
    due, risky = Q(due_at__gte=at), Q(at_risk_at__lte=at)
    return {
        RowState.BREACHED: Q(due_at__lt=at),
        RowState.AT_RISK: due & risky,
        RowState.ON_TRACK: due & (Q(at_risk_at__gt=at) | Q(at_risk_at__isnull=True)),
        RowState.PAUSED: Q(due_at__isnull=True, paused=True),
        RowState.NO_CLOCK: Q(due_at__isnull=True, paused=False),
    }[state]


def _past_objective(now: datetime) -> Q:
    """What `core.desk.board.objective_passed` says of a row, asked of stored instants."""
    at = second_of(now)
    return Q(objective_at__lt=at) & (Q(due_at__isnull=True) | Q(due_at__gte=at))


def _board_row(row: dict[str, Any], now: datetime, *, inner: bool) -> BoardRow:
    due_at, at_risk_at = moment_if(row["due_at"]), moment_if(row["at_risk_at"])
    definition = row[_HOURS]
    calendar = _calendar(definition) if definition and row["due_slot"] != WALL else ALWAYS
    left = None
    if due_at is not None:
        left = timedelta(seconds=max(0, clock_of(calendar).seconds_between(second_of(now), row["due_at"])))
    state = row_state(now=now, due_at=due_at, at_risk_at=at_risk_at, paused=row["paused"])
    objective_at = moment_if(row["objective_at"]) if inner else None
    return BoardRow(
        public_id=row["ticket__public_id"],
        ref=row["ticket__ref"],
        title=row["ticket__title"],
        client_name=row["client__name"],
        client=row["client__public_id"],
        priority=row["priority"],
        team=row["team"],
        assignee=row["assignee"],
        state=state,
        due_at=due_at,
        due_clock=ClockKind(row["due_clock"]) if row["due_clock"] else None,
        at_risk_at=at_risk_at,
        objective_at=objective_at,
        objective_passed=objective_passed(now=now, objective_at=objective_at, state=state),
        open_left=left,
        target=None if row["due_target"] is None else timedelta(seconds=row["due_target"]),
        waiting_on=row["waiting_on"],
        waiting_since=moment_if(row["waiting_since"]),
        opened_at=moment(row["opened_at"]),
        last_staff_act_at=moment_if(row["last_staff_act_at"]),
        breaches=row["breaches"],
        zone=_calendar(definition).zone if definition else "UTC",
        trouble=row["trouble"],
    )


def standing(scope: Scope, public_id: UUID) -> Standing:
    """Return a ticket in scope, by whose it is now; raises `NotFound`."""
    found = _standings(scope, ticket__public_id=public_id)
    if not found:
        raise NotFound("there is no such ticket")
    return found[0]


def standings(scope: Scope, pks: Iterable[int]) -> dict[int, Standing]:
    """Return tickets in scope that could be judged, by whose they are now and by primary key."""
    return {each.pk: each for each in _standings(scope, ticket_id__in=list(pks), trouble="")}


_STANDING: Final = (
    "ticket_id", "ticket__public_id", "ticket__ref", "ticket__title", "ticket__source", "ticket__contact", "ticket__kind",
    "ticket__tags", "partner_id", "client_id", "client__public_id", "client__name", "client__zone",
    _HOURS, "is_open", "resolved_at", "objective_at",
)  # fmt: skip


def _standings(scope: Scope, **which: object) -> list[Standing]:
    # A sweep reads a thousand of them: a model of each ticket, client, assignment and calendar would cost most of that time.
    rows = scope.limit(models.Standing.objects.filter(**which)).values(*_STANDING)
    return [
        Standing(
            pk=row["ticket_id"],
            public_id=row["ticket__public_id"],
            ref=row["ticket__ref"],
            title=row["ticket__title"],
            partner=row["partner_id"],
            client=row["client_id"],
            client_id=row["client__public_id"],
            client_name=row["client__name"],
            source=row["ticket__source"],
            contact=row["ticket__contact"],
            kind=row["ticket__kind"],
            tags=tuple(row["ticket__tags"]),
            zone=_calendar(definition).zone if (definition := row[_HOURS]) else row["client__zone"],
            is_open=row["is_open"],
            resolved_at=moment_if(row["resolved_at"]),
            objective_at=moment_if(row["objective_at"]) if scope.is_staff else None,
        )
        for row in rows
    ]


def open_by_assignee(scope: Scope, *, partner: int) -> dict[str, int]:
    """Return how many open tickets of a partner in scope each name has; those of nobody are left out."""
    rows = scope.limit(models.Standing.objects.filter(partner_id=partner, is_open=True).exclude(assignee=""), client=None)
    return dict(rows.values("assignee").annotate(count=Count("ticket_id")).values_list("assignee", "count"))


def tier_pks(scope: Scope, *, partner: int) -> dict[int, UUID]:
    """Return the tiers of a partner in scope, public ids by primary key."""
    rows = scope.limit(models.Tier.objects.filter(partner_id=partner), client=None)
    return dict(rows.values_list("pk", "public_id"))


def calendar_pks(scope: Scope, *, partner: int) -> dict[int, UUID]:
    """Return the calendars of a partner in scope, public ids by primary key."""
    rows = scope.limit(models.Calendar.objects.filter(partner_id=partner), client=None)
    return dict(rows.values_list("pk", "public_id"))


def tiers_promised(scope: Scope, partners: Iterable[int]) -> dict[str, str]:
    """Return the tier of each assignment of partners in scope; both are primary keys as text."""
    rows = scope.limit(models.Assignment.objects.filter(partner_id__in=list(partners)), client=None)
    return {str(pk): str(tier) for pk, tier in rows.values_list("pk", "tier_version__tier_id")}


def ticket_list(
    scope: Scope, wanted: TicketFilter, *, now: datetime, page: int = 1, limit: int = PAGE
) -> tuple[list[TicketRow], bool]:
    """Return a page of all tickets in scope, the newest first, and whether there are more."""
    start = (max(1, page) - 1) * limit
    found = list(_asked_for(scope, wanted, now).order_by("-opened_at", "-ticket_id")[start : start + limit + 1])
    return [_ticket_row(row, now, inner=scope.is_staff) for row in found[:limit]], len(found) > limit


def ticket_page(
    scope: Scope, wanted: TicketFilter, *, now: datetime, after: tuple[int, int] | None, limit: int
) -> tuple[list[TicketRow], tuple[int, int] | None]:
    """Return tickets as `ticket_list` has them, from where a page ended, and where this one does; None after the last.

    `after` is the second the page's last ticket was opened in, and its row: tickets that come in meanwhile neither repeat
    nor hide one.
    """
    rows = _asked_for(scope, wanted, now).order_by("-opened_at", "-ticket_id")
    if after is not None:
        rows = rows.filter(Q(opened_at__lt=after[0]) | Q(opened_at=after[0], ticket_id__lt=after[1]), opened_at__lte=after[0])
    found = list(rows[: limit + 1])
    end = (found[limit - 1].opened_at, found[limit - 1].ticket_id) if len(found) > limit else None
    return [_ticket_row(row, now, inner=scope.is_staff) for row in found[:limit]], end


def _asked_for(scope: Scope, wanted: TicketFilter, now: datetime) -> "QuerySet[models.Standing]":
    rows = scope.limit(models.Standing.objects.all())
    if wanted.client is not None:
        rows = rows.filter(client_id=_client_pk(scope, wanted.client))
    if wanted.is_open is not None:
        rows = rows.filter(is_open=wanted.is_open)
    if wanted.state is not None:
        rows = _state(rows.filter(is_open=True), wanted.state, now)
    if wanted.breached is not None:
        rows = rows.filter(breaches__gt=0) if wanted.breached else rows.filter(breaches=0)
    given = {"priority": wanted.priority, "team": wanted.team, "assignee": wanted.assignee}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    if wanted.opened_from is not None:
        rows = rows.filter(opened_at__gte=second_of(datetime.combine(wanted.opened_from, time(), UTC)))
    if wanted.opened_until is not None:
        rows = rows.filter(opened_at__lt=second_of(datetime.combine(wanted.opened_until, time(), UTC)) + 86_400)
    if wanted.text:
        rows = rows.filter(Q(ticket__ref__icontains=wanted.text) | Q(ticket__title__icontains=wanted.text))
    return rows.select_related("ticket", "client")


def _ticket_row(row: models.Standing, now: datetime, *, inner: bool) -> TicketRow:
    state = row_state(now=now, due_at=moment_if(row.due_at), at_risk_at=moment_if(row.at_risk_at), paused=row.paused)
    return TicketRow(
        public_id=row.ticket.public_id,
        ref=row.ticket.ref,
        source=row.ticket.source,
        title=row.ticket.title,
        client=row.client.public_id,
        client_name=row.client.name,
        priority=row.priority,
        team=row.team,
        assignee=row.assignee,
        is_open=row.is_open,
        state=state,
        due_at=moment_if(row.due_at),
        due_clock=ClockKind(row.due_clock) if row.due_clock else None,
        objective_passed=inner and objective_passed(now=now, objective_at=moment_if(row.objective_at), state=state),
        opened_at=moment(row.opened_at),
        resolved_at=moment_if(row.resolved_at),
        breaches=row.breaches,
        trouble=row.trouble,
    )


def _calendar_versions(scope: Scope) -> "QuerySet[models.CalendarVersion]":
    rows = models.CalendarVersion.objects.select_related("calendar", "published_by")
    return scope.limit(rows, partner="calendar__partner_id", client=None)


def _tier_versions(scope: Scope) -> "QuerySet[models.TierVersion]":
    return scope.limit(
        models.TierVersion.objects.select_related("tier", "published_by"), partner="tier__partner_id", client=None
    )


def _calendar_version(row: models.CalendarVersion) -> CalendarVersion:
    return CalendarVersion(
        pk=row.pk,
        public_id=row.public_id,
        calendar=row.calendar.public_id,
        name=row.calendar.name,
        number=row.number,
        text=row.text,
        zone=_calendar(row.definition).zone,
        holidays_until=row.holidays_until,
        published_at=moment(row.published_at),
        published_by=row.published_by.name if row.published_by else "",
        note=row.note,
    )


def _tier_version(row: models.TierVersion) -> TierVersion:
    return TierVersion(
        pk=row.pk,
        public_id=row.public_id,
        tier=row.tier.public_id,
        key=row.tier.key,
        name=row.tier.name,
        family=row.tier.family,
        number=row.number,
        text=row.text,
        effective_from=moment(row.effective_from),
        published_at=moment(row.published_at),
        published_by=row.published_by.name if row.published_by else "",
        note=row.note,
        measures_tickets=bool(row.policy),
    )


def _assignment_row(row: models.Assignment) -> AssignmentRow:
    return AssignmentRow(
        pk=row.pk,
        public_id=row.public_id,
        client=row.client_id,
        client_name=row.client.name,
        tier_key=row.tier_version.tier.key,
        tier_name=row.tier_version.tier.name,
        tier_family=row.tier_version.tier.family,
        tier_version=row.tier_version.public_id,
        tier_number=row.tier_version.number,
        calendar_name=row.calendar_version.calendar.name,
        calendar_version=row.calendar_version.public_id,
        calendar_number=row.calendar_version.number,
        zone=_calendar(row.calendar_version.definition).zone,
        from_at=moment(row.from_at),
        until_at=moment_if(row.until_at),
    )


def open_by_client(scope: Scope, *, now: datetime) -> dict[int, BoardCounts]:
    """Return how many open tickets stand how for each client in scope that has any, by primary key."""
    asked = {f"{state}_count": Count("ticket_id", filter=_in_state(state, now)) for state in RowState}
    rows = scope.limit(models.Standing.objects.filter(is_open=True)).values("client_id").annotate(**asked)
    return {
        row["client_id"]: BoardCounts(**{state.value: row[f"{state}_count"] for state in RowState}) for row in rows.order_by()
    }


def lately(scope: Scope, *, now: datetime, client: UUID | None = None, days: int = 30, week: int = 7) -> Lately:
    """Return how promises were kept in the last `days`, and what came and went in the last `week` days, beside before."""
    clocks = scope.limit(models.ClockStanding.objects.filter(waived=False, state__in=[ClockState.MET, ClockState.BREACHED]))
    tickets_ = scope.limit(models.Standing.objects.all())
    if client is not None:
        pk = _client_pk(scope, client)
        clocks, tickets_ = clocks.filter(client_id=pk), tickets_.filter(client_id=pk)

    # The spell and the one before it lie side by side: they are counted in one reading each.
    begin, at = second_of(now - timedelta(days=days)), second_of(now)
    decided = clocks.filter(
        clock__in=[ClockKind.RESPONSE, ClockKind.RESOLUTION], decided_at__gt=2 * begin - at, decided_at__lte=at
    )
    counts = decided.values("clock", "state").annotate(new=Count("pk", filter=Q(decided_at__gt=begin)), every=Count("pk"))
    told = {(each["clock"], each["state"]): (each["new"], each["every"] - each["new"]) for each in counts.order_by()}

    def kept(clock: ClockKind) -> tuple[Kept, Kept]:
        met, breached = (told.get((clock, state), (0, 0)) for state in (ClockState.MET, ClockState.BREACHED))
        return Kept(met[0], breached[0]), Kept(met[1], breached[1])

    def counted(column: str) -> tuple[int, int]:
        since = second_of(now - timedelta(days=week))
        rows = tickets_.filter(**{f"{column}__gt": 2 * since - at, f"{column}__lte": at})
        found = rows.aggregate(new=Count("pk", filter=Q(**{f"{column}__gt": since})), every=Count("pk"))
        return found["new"], found["every"] - found["new"]

    return Lately(
        response=kept(ClockKind.RESPONSE),
        resolution=kept(ClockKind.RESOLUTION),
        opened=counted("opened_at"),
        resolved=counted("resolved_at"),
    )


def measured(scope: Scope, wanted: MeasuredFilter) -> Measured:
    """Return how the promises in scope were kept, as standings have it; `core.figures` counts the same from assessments.

    A clock counts once: in the period of its breach, else of its stop; one still open counts as left out of every period
    that it began before (docs/figures.md).
    """
    rows = _measured_rows(scope, wanted)
    decided = rows.filter(_spell("decided_at", wanted), state__in=DECIDED)
    counts = Counter[tuple[str, str, bool]]()
    for clock, state, waived, count in decided.values_list("clock", "state", "waived").annotate(Count("pk")).order_by():
        counts[clock, state, waived] = count
    open_still = Q(stopped_at=None)
    if wanted.until_at is not None:
        open_still &= Q(started_at__lt=second_of(wanted.until_at))
    others = rows.exclude(state__in=DECIDED).filter(_spell("stopped_at", wanted) & Q(stopped_at__isnull=False) | open_still)
    left = Counter[tuple[str, str]]()
    for clock, state, count in others.values_list("clock", "state").annotate(Count("pk")).order_by():
        left[clock, state] = count
    return Measured(
        clocks={
            kind: Compliance(
                met=counts[kind, ClockState.MET, False],
                breached=counts[kind, ClockState.BREACHED, False],
                waived_met=counts[kind, ClockState.MET, True],
                waived_breached=counts[kind, ClockState.BREACHED, True],
                left_out={state: left[kind, state] for state in ClockState if left[kind, state]},
            )
            for kind in ClockKind
        },
        tickets=_tickets_kept(rows, decided.filter(waived=False)),
        tickets_without_waivers=_tickets_kept(rows, decided),
    )


def _measured_rows(scope: Scope, wanted: MeasuredFilter) -> "QuerySet[models.ClockStanding]":
    rows = scope.limit(models.ClockStanding.objects.all())
    if wanted.client is not None:
        rows = rows.filter(client_id=_client_pk(scope, wanted.client))
    given = {"priority": wanted.priority, "team": wanted.team, "assignee": wanted.assignee}
    asked = {name: value for name, value in given.items() if value}
    # A ticket counts under what it is now, also the clocks it had before.
    return rows.filter(ticket_id__in=models.Standing.objects.filter(**asked).values("ticket_id")) if asked else rows


def _spell(column: str, wanted: MeasuredFilter) -> Q:
    asked = Q()
    if wanted.from_at is not None:
        asked &= Q(**{f"{column}__gte": second_of(wanted.from_at)})
    if wanted.until_at is not None:
        asked &= Q(**{f"{column}__lt": second_of(wanted.until_at)})
    return asked


def _tickets_kept(rows: "QuerySet[models.ClockStanding]", decided: "QuerySet[models.ClockStanding]") -> Share:
    """Tickets without a breached clock, of those with a decided one; a linked cycle begins a ticket of its own."""
    linked = rows.filter(linked=True)
    plain = decided.exclude(ticket_id__in=linked.values("ticket_id"))
    whole = plain.values("ticket_id").distinct().count()
    broken = plain.filter(state=ClockState.BREACHED).values("ticket_id").distinct().count()
    begins: dict[int, list[int]] = {}
    for ticket, start in linked.values_list("ticket_id", "started_at").distinct().order_by("started_at"):
        begins.setdefault(ticket, []).append(start)
    parts: dict[tuple[int, int], bool] = {}
    for ticket, start, state in decided.filter(ticket_id__in=begins).values_list("ticket_id", "started_at", "state"):
        part = ticket, bisect_right(begins[ticket], start)
        parts[part] = parts.get(part, False) or state == ClockState.BREACHED
    return Share(whole + len(parts) - broken - sum(parts.values()), whole + len(parts))
