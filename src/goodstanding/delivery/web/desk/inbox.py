"""The inbox of whoever is signed in, and how they want to be told."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from goodstanding.apps.outbox import actions, queries
from goodstanding.apps.outbox.queries import Channel
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.outgoing.digests import How
from goodstanding.delivery import words_of_outbox
from goodstanding.delivery.web.desk.outbox import page_of
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page, part

ALWAYS = frozenset({"escalation"})
"""Kinds that are offered before anything of them was ever written."""


@needs(May.SEE_TICKETS)
def inbox(request: HttpRequest) -> HttpResponse:
    """What was told to this person, the newest first; htmx is answered the bell, which stands on every page.

    With `message` it is that one, with all that went with it, page by page.
    """
    if request.htmx:
        return part(request, "frame/base.html", "bell", {"unread": queries.unread(request.scope)})
    number, named = page_of(request.GET.get("page", "")), request.GET.get("message", "")
    if named:
        return _one(request, named, number)
    loads, more = queries.inbox(request.scope, page=number)
    context = {
        "loads": loads,
        "new": queries.unread(request.scope),
        "says": words_of_outbox,
        "number": number,
        "before": address(number - 1) if number > 1 else "",
        "after": address(number + 1) if more else "",
    }
    return page(request, "desk/inbox.html", context, here="inbox")


def _one(request: HttpRequest, named: str, number: int) -> HttpResponse:
    try:
        load, more = queries.in_inbox(request.scope, UUID(named), page=number)
    except ValueError:
        raise NotFound("there is no such message") from None
    context = {
        "load": load,
        "listed": load.every if number == 1 else load.parts,
        "says": words_of_outbox,
        "number": number,
        "before": address(number - 1, named) if number > 1 else "",
        "after": address(number + 1, named) if more else "",
    }
    return page(request, "desk/inbox_message.html", context, here="inbox")


def address(number: int, message: object = "") -> str:
    """Return where a page of the inbox is, or of one message in it."""
    asked = {"message": message, "page": number if number > 1 else ""}
    query = urlencode({key: str(value) for key, value in asked.items() if value})
    return f"{reverse('inbox')}?{query}" if query else reverse("inbox")


@needs(May.SEE_TICKETS)
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Keep that one message was read, or all of them; one that is not this person's own is not there."""
    named = request.POST.get("message", "")
    try:
        actions.read(request.scope, UUID(named) if named else None, now=request.now)
    except ValueError:
        messages.error(request, "There is no such message.")
    return redirect(address(page_of(request.POST.get("page", ""))))


@needs(May.SEE_TICKETS)
def preferences(request: HttpRequest) -> HttpResponse:
    """Which kinds of message reach this person by which channel, and when."""
    groups = sorted(ALWAYS | queries.groups_told(request.scope), key=words_of_outbox.group)
    offered = [Channel.EMAIL, *([Channel.SMS] if queries.has_telephone(request.scope) else [])]
    if request.method == "POST":
        return _keep(request, groups, offered)
    context = {
        "groups": [(each, words_of_outbox.group(each)) for each in groups],
        "offered": offered,
        "chosen": queries.preferences(request.scope),
        "says": words_of_outbox,
    }
    return page(request, "desk/preferences.html", context, here="inbox")


def _keep(request: HttpRequest, groups: list[str], offered: list[Channel]) -> HttpResponse:
    try:
        for group in groups:
            for channel in offered:
                wanted = request.POST.get(f"{group}.{channel}")
                if wanted:
                    actions.prefer(request.scope, group=group, channel=channel, how=How(wanted))
    except (Conflict, ValueError):
        messages.error(request, "Not changed: choose one of the ways that are offered.")
    else:
        messages.success(request, "Kept. What is written from now on reaches you so.")
    return redirect("preferences")
