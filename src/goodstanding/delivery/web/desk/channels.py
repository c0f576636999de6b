"""Channels: the endpoints that messages go to, each with a button that tries it."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.outbox import actions, queries
from goodstanding.apps.outbox.queries import TO_ENDPOINTS, Channel
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.delivery import words_of_outbox
from goodstanding.delivery.outgoing import missing
from goodstanding.delivery.web.desk.once import keep_to_show, show_once
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows.set_up_endpoint import change_address, set_up_endpoint, try_endpoint, try_own

OWN: Final = (Channel.EMAIL, Channel.INBOX)
"""Channels that everybody has without setting them up."""


@needs(May.SEE_OUTBOX)
def channels(request: HttpRequest) -> HttpResponse:
    """The endpoints of the partner; the secret of one that was just made or changed, once."""
    return _shown(request)


def _shown(request: HttpRequest, *, wrong: str = "") -> HttpResponse:
    """Return the page, with what was typed where it could not be set up; an address is a credential and is typed again."""
    found = queries.endpoints(request.scope)
    ways = {way.name: way for way in queries.ways(request.scope)}
    working = sum(each.is_on for each in found)
    context = {
        "endpoints": [(each, ways.get(each.channel.route(str(each.public_id)))) for each in found],
        "working": working,
        "mail": ways.get(Channel.EMAIL.value),
        "missing": missing(),
        "own": OWN,
        "offered": TO_ENDPOINTS,
        "people": tenancy.people(request.scope) if May.SET_CHANNELS in request.scope.may else (),
        "clients": tenancy.clients(request.scope) if May.SET_CHANNELS in request.scope.may else (),
        "secret": show_once(request, "new_channel_secret"),
        "change_over": actions.CHANGE_OVER.days,
        "says": words_of_outbox,
        "typed": {name: request.POST.get(name, "") if wrong else "" for name in ("channel", "name", "person", "client")},
        "wrong": wrong,
    }
    return page(request, "desk/channels.html", context, here="outbox", status=422 if wrong else 200)


@needs(May.SET_CHANNELS)
@require_POST
def add_channel(request: HttpRequest) -> HttpResponse:
    """Set an endpoint up, and show the secret of a webhook once."""
    asked = request.POST
    try:
        people = {str(each.public_id): each.pk for each in tenancy.people(request.scope)}
        kept, secret = set_up_endpoint(
            request.scope,
            partner=tenancy.home_partner(request.scope).pk,
            channel=Channel(asked.get("channel", "")),
            name=asked.get("name", ""),
            address=asked.get("address", ""),
            person=people[asked["person"]] if asked.get("person") else None,
            client=UUID(asked["client"]) if asked.get("client") else None,
            networks=settings.ALLOW_NETWORKS,
            http=settings.ALLOW_HTTP,
            now=request.now,
        )
    except (Conflict, NotFound) as error:
        return _shown(request, wrong=f"Not set up: {error}.")
    except (ValueError, KeyError):
        return _shown(request, wrong="Not set up: choose the kind, the client and the person from their lists.")
    if secret:
        keep_to_show(request, "new_channel_secret", secret)
    messages.success(request, f"“{kept.name}” is set up. Try it, to see whether messages arrive.")
    return redirect("channels")


@needs(May.SET_CHANNELS)
@require_POST
def try_channel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a message to an endpoint, and show how it goes."""
    return redirect("outbox_message", try_endpoint(request.scope, public_id, now=request.now).public_id)


@needs(May.SEE_OUTBOX)
@require_POST
def try_own_channel(request: HttpRequest) -> HttpResponse:
    """Write a message to whoever asks, by mail or to their inbox, and show how it goes."""
    channel = next((each for each in OWN if each == request.POST.get("channel")), Channel.EMAIL)
    partner = tenancy.home_partner(request.scope).pk
    return redirect(
        "outbox_message", try_own(request.scope, partner=partner, channel=channel, now=request.now).public_id
    )  # fmt: skip


@needs(May.SET_CHANNELS)
@require_POST
def rotate_channel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Sign with a new secret, and show it once; for some days the one before signs as well."""
    try:
        kept, secret = actions.rotate_endpoint(request.scope, public_id, now=request.now)
    except Conflict as error:
        messages.error(request, f"Not changed: {error}.")
    else:
        keep_to_show(request, "new_channel_secret", secret)
        days = actions.CHANGE_OVER.days
        messages.success(request, f"“{kept.name}” has a new secret; for {days} days the one before signs as well.")
    return redirect("channels")


@needs(May.SET_CHANNELS)
@require_POST
def move_channel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give an endpoint another address."""
    try:
        kept = change_address(
            request.scope, public_id, address=request.POST.get("address", ""), networks=settings.ALLOW_NETWORKS,
            http=settings.ALLOW_HTTP,
        )  # fmt: skip
    except Conflict as error:
        messages.error(request, f"Not changed: {error}.")
    else:
        messages.success(request, f"“{kept.name}” has another address. Try it, to see whether messages arrive.")
    return redirect("channels")


@needs(May.SET_CHANNELS)
@require_POST
def switch_endpoint(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin or stop to send to an endpoint."""
    kept = actions.switch_endpoint(request.scope, public_id, on=request.POST.get("on") == "yes")
    said = "takes messages again" if kept.is_on else "is off: what it would be sent is given up, and can be sent again"
    messages.success(request, f"“{kept.name}” {said}.")
    return redirect("channels")
