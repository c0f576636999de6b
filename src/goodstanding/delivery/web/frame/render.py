"""Turning a page's values into an answer: the whole page, or the part that htmx asked for."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.utils.cache import patch_vary_headers
from jinja2_fragments import render_block

from goodstanding.apps.outbox import queries as outbox
from goodstanding.apps.tenancy import queries
from goodstanding.apps.tenancy.roles import May
from goodstanding.delivery import words


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the rail."""

    key: str
    label: str
    address: str
    icon: str
    may: May
    begins: bool = False
    """Whether a group begins with it: what the day is about, what is promised, where tickets come from, the house."""


RAIL = (
    Place("board", "Board", "board", "layout-dashboard", May.SEE_BOARD),
    Place("tickets", "Tickets", "tickets", "ticket", May.SEE_TICKETS),
    Place("clients", "Clients", "clients", "building-2", May.SEE_TERMS),
    Place("drafts", "To approve", "drafts", "mail-check", May.APPROVE),
    Place("feedback", "Feedback", "feedback", "smile", May.SEE_BOARD),
    Place("tiers", "Tiers", "tiers", "layers", May.SEE_TERMS, begins=True),
    Place("calendars", "Calendars", "calendars", "calendar-clock", May.SEE_TERMS),
    Place("escalation", "Escalation", "escalation", "siren", May.SEE_TERMS),
    Place("rota", "On call", "rota", "phone-call", May.SEE_TERMS),
    Place("odoo", "Odoo", "odoo", "plug", May.SEE_INSTANCES, begins=True),
    Place("mail", "Mail", "mail", "mail", May.SEE_MAIL),
    Place("chat", "Chat", "chat", "message-square", May.SEE_MAIL),
    Place("import", "Import", "import", "file-up", May.IMPORT),
    Place("outbox", "Outbox", "outbox", "send", May.SEE_OUTBOX, begins=True),
    Place("runs", "Runs", "runs", "activity", May.SEE_RUNS),
    Place("people", "People", "people", "users", May.SEE_PEOPLE),
    Place("settings", "Settings", "keys", "settings", May.MANAGE_KEYS),
)


def page(request: HttpRequest, template: str, context: Mapping[str, Any], *, here: str = "", status: int = 200) -> HttpResponse:
    """Return a whole page; `here` is the key of its place in the rail."""
    environment = engines["jinja2"].env
    body = environment.get_template(template).render(**_frame(request, here), **context)
    return _own(HttpResponse(body, status=status))


def part(request: HttpRequest, template: str, block: str, context: Mapping[str, Any]) -> HttpResponse:
    """Return one block of a page, for htmx; the same bytes as last time are answered with 304."""
    told = {**_frame(request, "", whole=False), **context}
    body = render_block(engines["jinja2"].env, template, block, **told)
    answer = HttpResponse(body)
    # Asked for again and again by boards that are left open: what has not changed need not travel.
    tag = f'"{hashlib.blake2b(body.encode(), digest_size=12).hexdigest()}"'
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    answer["ETag"] = tag
    answer["X-Now"] = words.instant(request.now)
    answer["Cache-Control"] = "private, no-cache"
    return _own(answer)


def _own(answer: HttpResponse) -> HttpResponse:
    """Keep a page and its part apart in the browser's memory: they have one address."""
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _frame(request: HttpRequest, here: str, *, whole: bool = True) -> dict[str, Any]:
    """Return what every page knows; a part of one is without what only the frame around it shows."""
    person = request.user if request.user.is_authenticated else None
    places = queries.places_of_person(person.pk) if person and whole else ()
    mine = queries.partners(request.scope) if person else ()
    return {
        "request": request,
        "ui": engines["jinja2"].env.get_template("frame/macros.html").module,
        "now": request.now,
        "scope": request.scope,
        "May": May,
        "person": person,
        "zone": (person and person.zone) or (mine[0].zone if mine else "UTC"),
        "partner": mine[0] if mine else None,
        "places": places,
        "unread": outbox.unread(request.scope) if person and whole else 0,
        "rail": [each for each in RAIL if each.may in request.scope.may],
        "here": here,
        "messages": [(message.level_tag, str(message)) for message in get_messages(request)],
    }
