"""Clients: who they are, what they are promised, and how they stand."""

from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.desk import actions, queries
from goodstanding.apps.desk.values import BoardFilter
from goodstanding.apps.tenancy import actions as tenancy_actions
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.clocks.calendar import CalendarError
from goodstanding.delivery import words
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows import reassess_all


@needs(May.SEE_TERMS)
def clients(request: HttpRequest) -> HttpResponse:
    """Every client with what is promised now and what is open."""
    promised = {}
    for each in queries.assignments(request.scope):
        if each.from_at <= request.now and (each.until_at is None or each.until_at > request.now):
            promised.setdefault(each.client, each)
    open_by_client = queries.open_by_client(request.scope, now=request.now)
    context = {
        "clients": [(each, promised.get(each.pk), open_by_client.get(each.pk)) for each in tenancy.clients(request.scope)],
        "zones": sorted(available_timezones()),
    }
    return page(request, "desk/clients.html", context, here="clients")


@needs(May.SET_TERMS)
@require_POST
def add_client(request: HttpRequest) -> HttpResponse:
    """Set up a client by hand."""
    name, zone = request.POST.get("name", "").strip(), request.POST.get("zone", "").strip()
    if not name:
        messages.error(request, "Not added: give the client a name.")
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
    context = {
        "client": found,
        "terms": queries.assignments(request.scope, client=public_id),
        "lately": queries.lately(request.scope, now=request.now, client=public_id),
        "counts": queries.board_counts(request.scope, BoardFilter(client=public_id), now=request.now),
        "tiers": [each for each in queries.tiers(request.scope) if each.measures_tickets],
        "calendars": queries.calendars(request.scope),
        "today": request.now.astimezone(ZoneInfo(found.zone)).date(),
    }
    return page(request, "desk/client.html", context, here="clients")


@needs(May.SET_TERMS)
@require_POST
def assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Promise a tier in some hours to a client, from a day on."""
    found = tenancy.client(request.scope, public_id)
    try:
        starts = datetime.combine(date.fromisoformat(request.POST.get("from", "")), time(), ZoneInfo(found.zone))
        made = actions.assign(
            request.scope,
            client=found.pk,
            tier_version=UUID(request.POST.get("tier", "")),
            calendar_version=UUID(request.POST.get("calendar", "")),
            from_at=starts.astimezone(UTC),
        )
    except (Conflict, NotFound, ValueError) as error:
        messages.error(request, f"Not assigned: {error}.")
        return redirect("client", public_id)
    counts = f"{made.tier_name} counts from {words.moment(made.from_at, found.zone)}"
    if starts < request.now:
        # Tickets opened since then were promised something else or nothing until now: they are judged by the new terms.
        run = reassess_all.request(request.scope, partner=found.partner, client=found.pk, now=request.now)
        messages.success(request, f"{counts}. Tickets since then are judged anew.")
        return redirect("run", run.public_id)
    messages.success(request, f"{counts} for tickets opened from then on.")
    return redirect("client", public_id)
