"""Inbound webhooks: where other systems tell of their tickets, and the secrets they sign with."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from goodstanding.apps.doors import actions, queries
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.delivery.web.desk.keys import STANDING
from goodstanding.delivery.web.desk.once import keep_to_show, show_once
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page


@needs(May.MANAGE_KEYS)
def hooks(request: HttpRequest) -> HttpResponse:
    """Every endpoint of the partner, the newest first; the secret of one that was just made or changed, once."""
    found = queries.endpoints(request.scope)
    context = {
        "hooks": [(each, request.build_absolute_uri(_path(each.public_id))) for each in found],
        "working": sum(each.standing() is queries.Standing.ACTIVE for each in found),
        "standing": STANDING,
        "clients": tenancy.clients(request.scope),
        "secret": show_once(request, "new_secret"),
        "change_over": actions.CHANGE_OVER.days,
    }
    return page(request, "desk/hooks.html", context, here="settings")


@needs(May.MANAGE_KEYS)
@require_POST
def add_hook(request: HttpRequest) -> HttpResponse:
    """Make an endpoint, and show its secret once."""
    of_client = request.POST.get("client", "")
    try:
        hook, secret = actions.make_endpoint(
            request.scope,
            partner=tenancy.home_partner(request.scope).pk,
            name=request.POST.get("name", ""),
            client=UUID(of_client) if of_client else None,
            now=request.now,
        )
    except (Conflict, NotFound) as error:
        messages.error(request, f"Not made: {error}.")
    except ValueError:
        messages.error(request, "Not made: choose the client from the list.")
    else:
        keep_to_show(request, "new_secret", secret)
        messages.success(request, f"“{hook.name}” takes messages in from now on.")
    return redirect("hooks")


@needs(May.MANAGE_KEYS)
@require_POST
def rotate_hook(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give an endpoint a new secret, and show it once; the one before goes on for some days."""
    try:
        hook, secret = actions.rotate_endpoint(request.scope, public_id, now=request.now)
    except Conflict as error:
        messages.error(request, f"Not changed: {error}.")
    else:
        keep_to_show(request, "new_secret", secret)
        days = actions.CHANGE_OVER.days
        messages.success(request, f"“{hook.name}” has a new secret; the one before stays valid for {days} days.")
    return redirect("hooks")


@needs(May.MANAGE_KEYS)
@require_POST
def revoke_hook(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End an endpoint at once."""
    hook = actions.revoke_endpoint(request.scope, public_id, now=request.now)
    messages.success(request, f"“{hook.name}” is revoked: whatever still comes in there is refused.")
    return redirect("hooks")


def _path(public_id: UUID) -> str:
    return reverse("api-v1:take_webhook", args=[public_id])
