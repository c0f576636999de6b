"""API keys: who has which, what each is good for and until when; making one, and ending one."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.doors import actions, queries
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict
from goodstanding.delivery.web.desk.once import keep_to_show, show_once
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page

SCOPES = {
    May.SEE_TICKETS: "Read tickets, clients and compliance",
    May.SEE_BOARD: "Read the board, and what is for staff only",
    May.TELL: "Open tickets and tell what happened to them",
    May.WAIVE: "Waive clocks",
    May.SEE_TERMS: "Read tiers, calendars and promises",
}
CHOSEN = frozenset({May.SEE_TICKETS})
LASTING = {30: "30 days", 90: "90 days", 180: "180 days", 365: "A year"}
USUAL = 90
STANDING = {
    queries.Standing.ACTIVE: ("met", "Active"),
    queries.Standing.EXPIRED: ("ended", "Expired"),
    queries.Standing.REVOKED: ("ended", "Revoked"),
}


@needs(May.MANAGE_KEYS)
def keys(request: HttpRequest) -> HttpResponse:
    """Every key of the partner, the newest first; the text of one that was just made, once."""
    found = queries.keys(request.scope)
    working = sum(each.standing(request.now) is queries.Standing.ACTIVE for each in found)
    context = {
        "keys": found,
        "working": working,
        "standing": STANDING,
        "scopes": SCOPES,
        "offered": queries.offered(request.scope),
        "chosen": CHOSEN,
        "lasting": LASTING,
        "usual": USUAL,
        "secret": show_once(request, "new_key"),
    }
    return page(request, "desk/keys.html", context, here="settings")


@needs(May.MANAGE_KEYS)
@require_POST
def add_key(request: HttpRequest) -> HttpResponse:
    """Make a key of one's own, and show it once."""
    days = request.POST.get("days", "")
    try:
        key, text = actions.make_key(
            request.scope,
            partner=tenancy.home_partner(request.scope).pk,
            name=request.POST.get("name", ""),
            scopes=[May(each) for each in request.POST.getlist("scopes")],
            lasts=timedelta(days=int(days) if days.isdecimal() and len(days) < 6 else 0),
            now=request.now,
        )
    except Conflict as error:
        messages.error(request, f"Not made: {error}.")
    except ValueError:
        messages.error(request, "Not made: choose what the key is for from the list.")
    else:
        keep_to_show(request, "new_key", text)
        messages.success(request, f"The key “{key.name}” works from now on.")
    return redirect("keys")


@needs(May.MANAGE_KEYS)
@require_POST
def revoke_key(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a key at once, whosever it is."""
    key = actions.revoke_key(request.scope, public_id, now=request.now)
    messages.success(request, f"The key “{key.name}” is revoked: its next call is refused.")
    return redirect("keys")
