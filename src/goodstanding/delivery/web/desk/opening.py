"""The form that opens a ticket: staff for any client, a client's people for their own."""

import uuid
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.queries import Client
from goodstanding.apps.tenancy.roles import May
from goodstanding.core.commerce.priorities import Family, priorities
from goodstanding.core.desk.events import Actor
from goodstanding.delivery.web.desk.days import moment_on
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows.ask_desk import open_as_client
from goodstanding.flows.open_ticket import Opened, Opening, open_ticket
from goodstanding.flows.tell_ticket import NotYet

FIELDS: Final = ("client", "title", "text", "contact", "priority", "team", "assignee", "kind", "tags", "opened_at")
LONGEST: Final = {"title": 300, "text": 100_000, "contact": 200, "priority": 10, "team": 60, "assignee": 200, "kind": 60}
"""Letters that each field holds, as the API has it."""
_TAGS, _LONGEST_TAG = 50, 60


@needs(May.ASK)
def new_ticket(request: HttpRequest) -> HttpResponse:
    """Show the form, or open the ticket; what cannot be taken is said beside its field, and nothing typed is lost."""
    staff = May.TELL in request.scope.may
    clients = tuple(each for each in tenancy.clients(request.scope) if request.scope.may_for(May.ASK, each.pk))
    typed = {name: request.POST.get(name, "").strip() for name in FIELDS}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        wrong, client, opened_at = _wrong(typed, clients, staff=staff)
        if not wrong and client is not None:
            try:
                return _opened(request, _open(request, typed, client, opened_at, staff=staff))
            except NotYet:
                wrong = {"opened_at": "This lies ahead: write when it was reported, or leave it empty for now."}
    elif len(clients) == 1:
        typed["client"] = str(clients[0].public_id)
    else:
        typed["client"] = request.GET.get("client", "")
    choices = desk.board_choices(request.scope)
    context = {
        "typed": typed,
        "wrong": wrong,
        "token": request.POST.get("token") or uuid.uuid4().hex,
        "staff": staff,
        "clients": clients,
        "priorities": [name for family in (Family.SUPPORT_PLAN, Family.RETAINER) for name in priorities(family)],
        "teams": choices.teams if staff else (),
        "assignees": choices.assignees if staff else (),
    }
    return page(request, "desk/new_ticket.html", context, here="tickets")


def _wrong(
    typed: dict[str, str], clients: tuple[Client, ...], *, staff: bool
) -> tuple[dict[str, str], Client | None, datetime | None]:
    """Say what is wrong with which field, and return the client and the moment that were typed."""
    wrong = {
        name: f"This has {len(typed[name]):,} letters: at most {longest:,} are kept."
        for name, longest in LONGEST.items()
        if len(typed[name]) > longest
    }
    client = next((each for each in clients if str(each.public_id) == typed["client"]), None)
    if client is None:
        wrong["client"] = "Choose the client."
    if not typed["title"]:
        wrong["title"] = "Give it a title: what is wrong, in a line."
    tags = tags_of(typed["tags"])
    if len(tags) > _TAGS or any(len(tag) > _LONGEST_TAG for tag in tags):
        wrong["tags"] = f"Write at most {_TAGS} tags of at most {_LONGEST_TAG} letters each."
    opened_at = None
    if staff and client is not None and typed["opened_at"]:
        try:
            opened_at = moment_on(typed["opened_at"], client.zone)
        except ValueError as error:
            wrong["opened_at"] = f"{str(error)[:1].upper()}{str(error)[1:]}."
    return wrong, client, opened_at


def _open(request: HttpRequest, typed: dict[str, str], client: Client, opened_at: datetime | None, *, staff: bool) -> Opened:
    # Whose form it was is part of its name: another person's token opens a ticket of its own.
    name = f"form {request.user.pk} {request.POST.get('token') or uuid.uuid4().hex}"
    person = request.user
    if not staff:
        return open_as_client(
            request.scope, client=client.public_id, title=typed["title"], text=typed["text"], priority=typed["priority"],
            who=person.name, contact=person.email, name=name, now=request.now,
        )  # fmt: skip
    opening = Opening(
        client=client.public_id,
        title=typed["title"],
        name=name,
        text=typed["text"],
        priority=typed["priority"],
        team=typed["team"],
        assignee=typed["assignee"],
        kind=typed["kind"],
        tags=frozenset(tags_of(typed["tags"])),
        contact=typed["contact"],
        who=typed["contact"] or client.name,
        # Whoever types it, it is the client who reported it: the clocks start for them.
        actor=Actor.CLIENT,
        opened_at=opened_at,
    )
    return open_ticket(request.scope, opening, now=request.now)


def _opened(request: HttpRequest, found: Opened) -> HttpResponse:
    if found.new:
        messages.success(request, f"{found.ref} is open, and its clocks run.")
    else:
        messages.warning(request, f"This form had opened {found.ref} already; no second ticket was opened.")
    return redirect("ticket", found.ticket)


def tags_of(text: str) -> list[str]:
    """Return the tags of a line that lists them with commas between."""
    return [tag.strip() for tag in text.split(",") if tag.strip()]
