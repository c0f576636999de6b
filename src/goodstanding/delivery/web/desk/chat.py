"""Chats: the channels that were agreed on, what waits for a person to say whose it is, and who is known there."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from goodstanding.apps.chat import actions, queries
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.desk.letters import Because, Outcome
from goodstanding.core.desk.posts import Service
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows.agree_channel import agree_channel, change_chat_secret, connect_chat
from goodstanding.flows.sort_post import sort_post

SERVICES: Final = {Service.SLACK: "Slack", Service.TEAMS: "Microsoft Teams"}
WHY: Final = {
    Because.STRANGER: "nobody has said who this is",
    Because.STRANGER_IN_THREAD: "nobody has said who this is, who answers in a thread",
    Because.OTHER_CLIENT: "they write for another client than this is about",
    Because.NO_CLIENT: "it is not known which client it is about",
}
STRANGERS: Final = frozenset({Because.STRANGER, Because.STRANGER_IN_THREAD})


@needs(May.SEE_MAIL)
def chat(request: HttpRequest) -> HttpResponse:
    """Everything of chats on one page: what waits first."""
    channels = queries.channels(request.scope)
    context = {
        "held": _by_person(queries.held(request.scope)),
        "held_count": queries.held_count(request.scope),
        "why": WHY,
        "strangers": STRANGERS,
        "workspaces": [
            (each, request.build_absolute_uri(reverse(each.service.value, args=[each.public_id])),
             [channel for channel in channels if channel.workspace == each.pk])
            for each in queries.workspaces(request.scope)
        ],
        "services": SERVICES,
        "taking": sum(each.is_on for each in channels),
        "senders": queries.senders(request.scope),
        "clients": tenancy.clients(request.scope),
    }  # fmt: skip
    return page(request, "desk/chat.html", context, here="chat")


@needs(May.SET_MAIL)
@require_POST
def connect(request: HttpRequest) -> HttpResponse:
    """Connect a workspace by the link to its first channel."""

    def work() -> str:
        workspace, _ = connect_chat(
            request.scope,
            partner=tenancy.home_partner(request.scope).pk,
            name=request.POST.get("name", ""),
            link=request.POST.get("link", ""),
            secret=request.POST.get("secret", ""),
            now=request.now,
            **_settings(request),
        )
        return f"“{workspace.name}” is connected. Give {SERVICES[workspace.service]} the address below to begin."

    return _done(request, "Not connected", work)


@needs(May.SET_MAIL)
@require_POST
def agree(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Agree on another channel of a workspace."""

    queries.workspace(request.scope, public_id)

    def work() -> str:
        link = request.POST.get("link", "")
        channel = agree_channel(request.scope, workspace=public_id, link=link, **_settings(request))
        return f"What is said in “{channel.name}” becomes tickets from now on."

    return _done(request, "Not agreed", work)


@needs(May.SET_MAIL)
@require_POST
def change_secret(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take another secret for a workspace; the one before is of no use from now on."""

    def work() -> str:
        workspace = change_chat_secret(request.scope, workspace=public_id, secret=request.POST.get("secret", ""))
        return f"“{workspace.name}” has another secret."

    return _done(request, "Not changed", work)


@needs(May.SET_MAIL)
@require_POST
def switch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Begin or stop to take what is said in a channel."""

    def work() -> str:
        channel = actions.switch(request.scope, public_id, on=request.POST.get("on") == "1")
        return f"“{channel.name}” is {'on' if channel.is_on else 'off: nothing that is said there is taken'}."

    return _done(request, "Not changed", work)


@needs(May.SORT_MAIL)
@require_POST
def sort(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say whose a held message is, and take what waits of its sender."""

    queries.post(request.scope, public_id)

    def work() -> str:
        took = sort_post(
            request.scope, post=public_id, address=request.POST.get("address", ""), client=_client(request), now=request.now
        )
        taken = sum(each.outcome is not Outcome.HELD for each in took)
        return "Taken: one message." if taken == 1 else f"Taken: {taken} messages of theirs."

    return _done(request, "Not taken", work)


@needs(May.SORT_MAIL)
@require_POST
def discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a held message away."""

    def work() -> str:
        actions.discard(request.scope, public_id)
        return "Put away."

    return _done(request, "Not put away", work)


@needs(May.SORT_MAIL)
@require_POST
def forget(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Forget whose name in a chat that is."""

    def work() -> str:
        sender = actions.forget_sender(request.scope, public_id)
        return f"What {sender.name or sender.sender} writes from now on is held."

    return _done(request, "Not forgotten", work)


def _done(request: HttpRequest, otherwise: str, work: Callable[[], str]) -> HttpResponse:
    """Do it and say so; an object of others answers as a missing one does, a choice that does not fit with a word."""
    try:
        messages.success(request, work())
    except Conflict as error:
        messages.error(request, f"{otherwise}: {error}.")
    except _NoSuchClient:
        messages.error(request, f"{otherwise}: choose the client from the list.")
    return redirect("chat")


class _NoSuchClient(Exception):
    """A client that is not in the list."""


def _client(request: HttpRequest) -> UUID | None:
    chosen = request.POST.get("client", "")
    if not chosen:
        return None
    try:
        return tenancy.client(request.scope, UUID(chosen)).public_id
    except (ValueError, NotFound) as error:
        raise _NoSuchClient from error


def _by_person(held: Sequence[queries.Post]) -> list[list[queries.Post]]:
    """What is held of one stranger is sorted as one; of somebody who is known, each message by itself."""
    found: dict[object, list[queries.Post]] = {}
    for each in held:
        found.setdefault((each.service, each.sender) if each.because in STRANGERS else each.pk, []).append(each)
    return list(found.values())


def _settings(request: HttpRequest) -> dict[str, Any]:
    return {
        "client": _client(request),
        "channel_name": request.POST.get("channel_name", ""),
        "priority": request.POST.get("priority", ""),
        "team": request.POST.get("team", ""),
    }
