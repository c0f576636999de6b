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
TYPED: Final = ("channel", "name", "address", "person", "client")


@needs(May.SEE_OUTBOX)
def channels(request: HttpRequest) -> HttpResponse:
    """The endpoints of the partner; the secret of one that was just made or changed, once."""
    return _shown(request)


def _shown(request: HttpRequest, *, wrong: str = "", of: UUID | None = None) -> HttpResponse:
    """Return the page, with what was typed where it was refused: for a new endpoint, or for the address of the one `of`.

    An address is a credential and, once kept, never shown. What was just typed and kept nowhere goes back into its field, in
    this answer alone, which no browser keeps: whoever is asked to mend one letter would else have to fetch it once more.
    """
    found = queries.endpoints(request.scope)
    ways = {way.name: way for way in queries.ways(request.scope)}
    endpoints = [(each, ways.get(each.channel.route(str(each.public_id)))) for each in found]
    context = {
        "title": _title(sum(each.is_on and way is None for each, way in endpoints), len(endpoints)),
        "endpoints": endpoints,
        "mail": ways.get(Channel.EMAIL.value),
        "missing": missing(),
        "own": OWN,
        "offered": TO_ENDPOINTS,
        "people": tenancy.people(request.scope) if May.SET_CHANNELS in request.scope.may else (),
        "clients": tenancy.clients(request.scope) if May.SET_CHANNELS in request.scope.may else (),
        "secret": show_once(request, "new_channel_secret"),
        "change_over": actions.CHANGE_OVER.days,
        "says": words_of_outbox,
        "typed": {name: request.POST.get(name, "") if wrong and of is None else "" for name in TYPED},
        "moved": request.POST.get("address", "") if of else "",
        "wrong": wrong,
        "of": of,
    }
    answer = page(request, "desk/channels.html", context, here="outbox", status=422 if wrong else 200)
    if wrong:
        answer["Cache-Control"] = "private, no-store"
    return answer


def _title(working: int, known: int) -> str:
    if not known:
        return "Messages go to mailboxes and inboxes"
    if not working:
        return "The endpoint takes no messages" if known == 1 else f"None of {known} endpoints takes messages"
    of = "" if working == known else f" of {known}"
    return f"{working}{of} {'endpoint' if known == 1 else 'endpoints'} {'takes' if working == 1 else 'take'} messages"


@needs(May.SET_CHANNELS)
@require_POST
def add_channel(request: HttpRequest) -> HttpResponse:
    """Set an endpoint up, and show the secret of a webhook once."""
    asked = request.POST
    try:
        people = {str(each.public_id): each.pk for each in tenancy.people(request.scope)}
        partner = tenancy.home_partner(request.scope).pk
        _refuse_twin(request, partner, Channel(asked.get("channel", "")))
        kept, secret = set_up_endpoint(
            request.scope,
            partner=partner,
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


def _refuse_twin(request: HttpRequest, partner: int, channel: Channel) -> None:
    """Raise `Conflict` where an endpoint has this kind and name already and is for the same tickets or the same person."""
    clients = {str(each.public_id): each.pk for each in tenancy.clients(request.scope)}
    people = {str(each.public_id): each.pk for each in tenancy.people(request.scope)}
    name = request.POST.get("name", "").strip().casefold()
    whose = clients.get(request.POST.get("client", "")), people.get(request.POST.get("person", ""))
    wanted = partner, channel, name, *whose
    for each in queries.endpoints(request.scope):
        if (each.partner, each.channel, each.name.casefold(), each.client, each.person) == wanted:
            said = f"there is “{each.name}” of this kind already, and what names it would reach both: write another name"
            raise Conflict(said)


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
        return _shown(request, wrong=f"Not changed: {error}.", of=public_id)
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
