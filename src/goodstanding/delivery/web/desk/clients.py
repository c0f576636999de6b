"""Clients: who they are, what they are promised, and how they stand."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.desk import actions, queries
from goodstanding.apps.desk.values import AssignmentRow, BoardCounts, BoardFilter
from goodstanding.apps.tenancy import actions as tenancy_actions
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.naming import LONGEST_NAME
from goodstanding.apps.tenancy.queries import Client
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.clocks.calendar import CalendarError
from goodstanding.delivery import words, words_of_feedback
from goodstanding.delivery.web.desk.days import start_of_day
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.delivery.zones import every_zone
from goodstanding.flows import reassess_all
from goodstanding.flows.figure_client import DAYS, MOST, figure_client

SHOWN = 8
"""Open tickets on a client's page; the board has the rest."""


@needs(May.SEE_TERMS)
def clients(request: HttpRequest) -> HttpResponse:
    """Every client with what is promised now and what is open."""
    promised = {}
    for each in queries.assignments(request.scope):
        if _in_force(each, request.now):
            promised.setdefault(each.client, each)
    open_by_client = queries.open_by_client(request.scope, now=request.now)
    found = [(each, promised.get(each.pk), open_by_client.get(each.pk)) for each in tenancy.clients(request.scope)]
    context = {
        "clients": sorted(found, key=lambda row: (-row[2].breached, -row[2].at_risk) if row[2] else (0, 0)),
        "title": _title(found),
        "most": max((counts.total for _, _, counts in found if counts), default=0),
        "zones": every_zone(),
    }
    return page(request, "desk/clients.html", context, here="clients")


def _title(found: Sequence[tuple[Client, AssignmentRow | None, BoardCounts | None]]) -> str:
    said = words.count(len(found), "client")
    pressed = [
        (sum(bool(counts and counts.breached) for _, _, counts in found), "with a breach"),
        (sum(bool(counts and counts.at_risk and not counts.breached) for _, _, counts in found), "at risk"),
    ]
    return ", ".join([said, *(f"{number} {word}" for number, word in pressed if number)])


@needs(May.SET_TERMS)
@require_POST
def add_client(request: HttpRequest) -> HttpResponse:
    """Set up a client by hand."""
    name, zone = request.POST.get("name", "").strip(), request.POST.get("zone", "").strip()
    if not name or len(name) > LONGEST_NAME:
        messages.error(request, f"Not added: give the client a name of at most {LONGEST_NAME} letters.")
        return redirect("clients")
    try:
        home = tenancy.home_partner(request.scope)
        made = tenancy_actions.set_up_client(request.scope, partner=home.pk, name=name, zone=zone or home.zone)
    except CalendarError as error:
        messages.error(request, f"Not added: {error}.")
        return redirect("clients")
    return redirect("client", made.public_id)


@needs(May.SEE_TERMS)
def client(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One client: its terms over time, and its open tickets by state."""
    found = tenancy.client(request.scope, public_id)
    terms = queries.assignments(request.scope, client=public_id)
    mine = BoardFilter(client=public_id)
    context = {
        "client": found,
        "terms": terms,
        "bound": next((each for each in terms if _in_force(each, request.now)), None),
        "page": queries.board(request.scope, mine, now=request.now, limit=SHOWN),
        "lately": queries.lately(request.scope, now=request.now, client=public_id),
        "counts": queries.board_counts(request.scope, mine, now=request.now),
        "went": figure_client(request.scope, found.pk, now=request.now),
        "went_days": DAYS,
        "went_most": MOST,
        "says": words_of_feedback,
        "tiers": [each for each in queries.tiers(request.scope) if each.measures_tickets],
        "calendars": queries.calendars(request.scope),
        "contacts": tenancy.contacts(request.scope, client=found.pk),
        "today": request.now.astimezone(ZoneInfo(found.zone)).date(),
    }
    return page(request, "desk/client.html", context, here="clients")


@needs(May.SET_TERMS)
@require_POST
def assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Promise a tier in some hours to a client, from a day on."""
    found = tenancy.client(request.scope, public_id)
    tier, calendar = _uuid(request.POST.get("tier", "")), _uuid(request.POST.get("calendar", ""))
    try:
        if tier is None or calendar is None:
            raise NotFound("choose a tier and service hours")
        starts = start_of_day(request.POST.get("from", ""), found.zone)
        made = actions.assign(request.scope, client=found.pk, tier_version=tier, calendar_version=calendar, from_at=starts)
    except (Conflict, NotFound, ValueError) as error:
        messages.error(request, f"Not assigned: {error}.")
        return redirect("client", public_id)
    counts = f"{made.tier_name} counts from {words.moment(made.from_at, found.zone)}"
    if starts < request.now:
        # Tickets opened since then were promised something else or nothing until now: they are judged by the new terms.
        run = reassess_all.request(
            request.scope, partner=found.partner, client=found.pk, why=str(made.public_id), now=request.now
        )
        messages.success(request, f"{counts}. Tickets since then are judged anew.")
        return redirect("run", run.public_id)
    messages.success(request, f"{counts} for tickets opened from then on.")
    return redirect("client", public_id)


def _in_force(bound: AssignmentRow, at: datetime) -> bool:
    return bound.from_at <= at and (bound.until_at is None or bound.until_at > at)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
