"""What people do with a ticket from its page: each act told as an event, once however often the form is sent."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as stories
from goodstanding.core.desk.acts import possible, possible_for_client
from goodstanding.core.desk.events import INNER, Actor, EventKind, PauseOwner
from goodstanding.delivery import words
from goodstanding.delivery.web.desk.days import moment_on
from goodstanding.delivery.web.desk.offered import Typed
from goodstanding.delivery.web.desk.ticket import ticket_page
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.flows.ask_desk import write_as_client
from goodstanding.flows.explain_ticket import Explained, explain_ticket
from goodstanding.flows.tell_ticket import NotYet, Telling, Told, tell_ticket

_FIELDS: Final = ("do", "text", "at", "then", "owner", "reason", "priority", "team", "assignee", "reopen")
_LONGEST: Final = {"text": 100_000, "reason": 2_000, "priority": 10, "team": 60, "assignee": 200}
_LONGEST_TOKEN: Final = 64
_THEN: Final = frozenset({EventKind.WAITING, EventKind.RESOLVED})
"""What a reply may come with: it is then waited for the client's answer, or done."""
_WRITTEN: Final = frozenset({EventKind.STAFF_REPLIED, EventKind.NOTED, EventKind.CLIENT_REPLIED})


class _Wrong(ValueError):
    """Something typed that cannot be taken; the message says what, in a sentence."""


@needs(May.ASK)
@require_POST
def act(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Do one thing to a ticket, as staff or as the client; what cannot be done is said, with all that was typed."""
    staff = May.TELL in request.scope.may
    typed = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    told = explain_ticket(request.scope, public_id, inner=staff, now=request.now)
    token = request.POST.get("token", "")[:_LONGEST_TOKEN] or uuid.uuid4().hex
    source_id = f"form.{request.user.pk}.{token}"
    try:
        _check(typed)
        done = _tell(request, told, typed, source_id, staff=staff)
        _once(told, done, typed, source_id)
    except _Wrong as wrong:
        return ticket_page(request, public_id, typed=Typed(str(wrong), typed))
    except NotYet:
        return ticket_page(
            request, public_id, typed=Typed("This lies ahead: write when it happened, or leave it empty.", typed)
        )
    messages.success(request, "Recorded." if done.new else "This was recorded already; nothing was recorded twice.")
    return redirect("ticket", public_id)


def _tell(request: HttpRequest, told: Explained, typed: Mapping[str, str], source_id: str, *, staff: bool) -> Told:
    ticket, who = told.standing.public_id, request.user.name
    if told.found is None:
        raise _Wrong("This ticket cannot be judged, so nothing can be recorded here: see what is wrong with it first.")
    known = stories.event_names(Scope.everything("its standing is in scope"), [told.standing.pk]).get(told.standing.pk, set())
    again = any(name == source_id for _, name in known)
    if not staff:
        if not (again or possible_for_client(told.found)):
            raise _Wrong("This ticket was called off: open a new one instead.")
        if not typed["text"]:
            raise _Wrong("Write something first.")
        reopen = bool(typed["reopen"]) and (again or EventKind.REOPENED in possible_for_client(told.found))
        return write_as_client(
            request.scope, ticket=ticket, text=typed["text"], who=who, source_id=source_id, reopen=reopen, now=request.now
        )
    kinds = possible(told.found, told.case.events)
    kind = next((each for each in EventKind if each == typed["do"]), None)
    if kind is None or not (again or kind in kinds):
        raise _Wrong(f"Not recorded: {_why_not(kind)}.")
    at = _moment(typed["at"], told)
    # Seconds are what clocks read; within one, what people did stays in the order in which they did it.
    order = request.now.microsecond if at is None else None
    tellings = [_telling(kind, typed, source_id, who, at, order)]
    if kind is EventKind.STAFF_REPLIED and typed["then"]:
        then = next((each for each in _THEN if each == typed["then"] and (again or each in kinds)), None)
        if then is None:
            raise _Wrong("Not recorded: what was to follow the reply cannot be done to the ticket as it stands.")
        follows = dict(typed) | {"text": "", "owner": PauseOwner.CUSTOMER.value, "reason": ""}
        tellings.append(_telling(then, follows, f"{source_id}.then", who, at, order))
    return tell_ticket(request.scope, ticket=ticket, tellings=tellings, now=request.now)


def _check(typed: Mapping[str, str]) -> None:
    for name, longest in _LONGEST.items():
        if len(typed[name]) > longest:
            raise _Wrong(f"The {name} has {len(typed[name]):,} letters: at most {longest:,} are kept.")


def _moment(text: str, told: Explained) -> datetime | None:
    """The moment that was typed, on the clocks of the ticket's zone."""
    if not text:
        return None
    try:
        at = moment_on(text, told.standing.zone)
    except ValueError as error:
        raise _Wrong(f"Not recorded: {error}.") from error
    if told.found is not None and at < told.found.opened_at.replace(second=0, microsecond=0):
        opened = words.moment(told.found.opened_at, told.standing.zone, year=True)
        raise _Wrong(f"Not recorded: the ticket was opened only {opened}.")
    return at


def _telling(
    kind: EventKind, typed: Mapping[str, str], source_id: str, who: str, at: datetime | None, order: int | None
) -> Telling:
    """Return the event that a form tells of; raises `_Wrong` for one that lacks what its kind needs."""
    fields: dict[str, object] = {}
    if kind in _WRITTEN and not typed["text"]:
        raise _Wrong("Write something first.")
    if kind is EventKind.WAITING:
        owner = next((each for each in PauseOwner if each == typed["owner"]), None)
        if owner is None:
            raise _Wrong("Say whom the ticket waits on.")
        fields = {"owner": owner, "reason": typed["reason"] or None}
    elif kind is EventKind.CANCELLED:
        if not typed["reason"]:
            raise _Wrong("Say why it is cancelled: the client reads it.")
        fields = {"reason": typed["reason"]}
    elif kind is EventKind.PRIORITY_CHANGED:
        if not typed["priority"]:
            raise _Wrong("Choose the new priority.")
        fields = {"priority": typed["priority"]}
    elif kind is EventKind.ASSIGNED:
        if not (typed["assignee"] or typed["team"]):
            raise _Wrong("Name a person or a team.")
        fields = {"assignee": typed["assignee"] or None, "team": typed["team"] or None}
    return Telling(
        kind=kind, actor=Actor.STAFF, public=kind not in INNER, at=at, source_id=source_id, sequence=order, who=who,
        text=typed["text"],
        **fields,  # type: ignore[arg-type]  # the branches above name fields of a telling
    )  # fmt: skip


def _why_not(kind: EventKind | None) -> str:
    if kind is None:
        return "choose what was done"
    return f"the ticket has changed meanwhile, and somebody who {words.EVENT[kind]} would change nothing"


def _once(told: Explained, done: Told, typed: Mapping[str, str], source_id: str) -> None:
    """Refuse to drop words: a form that was sent before and comes again with others has not been recorded."""
    if done.new:
        return
    kept = next(
        stories.happening(Scope.everything("its standing is in scope"), told.standing.pk, source=source, source_id=name)
        for source, name in done.names
        if name == source_id
    )
    event = kept.event
    fields = ("priority", "team", "assignee", "owner", "reason")
    if kept.text != typed["text"] or any(typed[name] and typed[name] != getattr(event, name) for name in fields):
        raise _Wrong("This form was sent before with other words, which are kept. Send it again to record these as well.")
