"""What the ticket page offers to do, to whom, and what it says of tickets whose truth lives elsewhere."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tickets.actions import OWN
from goodstanding.core.commerce.priorities import Family, priorities
from goodstanding.core.desk.acts import possible, possible_for_client
from goodstanding.core.desk.verdict import Assessment
from goodstanding.flows.explain_ticket import Explained


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into a form of the ticket page that could not be taken as it is, and why."""

    wrong: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def offered(request: HttpRequest, told: Explained, found: Assessment, typed: Typed | None) -> dict[str, Any]:
    """Return what the page's forms need: the acts that make sense now, the choices, a fresh token, and what was typed."""
    staff = May.TELL in request.scope.may
    acts: tuple[str, ...] = ()
    if staff:
        acts = possible(found, told.case.events)
    elif request.scope.may_for(May.ASK, told.standing.client):
        acts = possible_for_client(found)
    choices = desk.board_choices(request.scope) if staff else None
    return {
        "acts": acts,
        "as_staff": staff,
        "typed": dict(typed.fields) if typed else {},
        "wrong": typed.wrong if typed else "",
        # Fresh each time, so that what was refused and is sent anew is told as an event of its own.
        "token": uuid.uuid4().hex,
        "elsewhere": elsewhere(told.standing.source) if staff else "",
        "teams": choices.teams if choices else (),
        "assignees": choices.assignees if choices else (),
        "priorities": [name for family in (Family.SUPPORT_PLAN, Family.RETAINER) for name in priorities(family)],
    }


def elsewhere(source: str) -> str:
    """Say where a ticket lives, where that is not here; empty for a ticket of our own."""
    if source == OWN:
        return ""
    if source.startswith("odoo"):
        return "This ticket lives in an Odoo: its changes come from there. What you record here stays here."
    if "@" in source or source.startswith("mail"):
        return "This ticket came by mail. What you record here stays here: no mail is sent."
    return f"This ticket came from {source}. What you record here stays here."
