"""What was removed last of who is told, to be put back with one button."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.actions import NewTurn
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.delivery.web.frame.guard import needs

_KEY: Final = "removed"
LASTS: Final = timedelta(minutes=10)
"""How long what was removed can be put back; later the rota may have moved on without it."""


def keep_removed(request: HttpRequest, partner: int, page: str, said: str, **fields: Any) -> None:
    """Remember what was just removed, for the page of that name at a partner; `fields` are what putting it back takes."""
    request.session[_KEY] = {
        "page": page,
        "partner": partner,
        "said": said,
        "at": request.now.timestamp(),
        "fields": {name: value.isoformat() if isinstance(value, datetime) else value for name, value in fields.items()},
    }


def removed_lately(request: HttpRequest, page: str) -> str:
    """Return in words what can still be put back on a page; empty where nothing can."""
    kept = request.session.get(_KEY)
    return kept["said"] if kept and kept["page"] == page and _is_fresh(request, kept) else ""


@needs(May.SET_ROTA)
@require_POST
def put_back(request: HttpRequest) -> HttpResponse:
    """Put back what was removed last."""
    kept = request.session.pop(_KEY, None)
    if kept is None or not _is_fresh(request, kept):
        messages.error(request, "Nothing is left to put back: it was put back already, or too long ago.")
        return redirect(kept["page"] if kept else "rota")
    try:
        _PUT_BACK[kept["page"]](request.scope, kept["partner"], kept["fields"], request.now)
    except (Conflict, NotFound) as error:
        messages.error(request, f"Not put back: {error}.")
    else:
        messages.success(request, "Put back as it was.")
    return redirect(kept["page"])


def _is_fresh(request: HttpRequest, kept: Mapping[str, Any]) -> bool:
    age = request.now.timestamp() - kept["at"]
    return age < LASTS.total_seconds() and kept["partner"] == tenancy.home_partner(request.scope).pk


def _turn(scope: Scope, partner: int, fields: Mapping[str, Any], now: datetime) -> None:
    spell = {name: datetime.fromisoformat(fields[name]) for name in ("from_at", "until_at")}
    turn = NewTurn(person=fields["person"], deputy=fields["deputy"], **spell)
    actions.plan_turns(scope, partner=partner, turns=[turn], now=now)


def _role(scope: Scope, partner: int, fields: Mapping[str, Any], now: datetime) -> None:
    clients = {each.public_id: each.pk for each in tenancy.clients(scope)}
    wanted = tuple(fields[name] for name in ("role", "client", "team", "person"))
    for each in queries.holdings(scope, partner=partner):
        holder = (each.role, each.client and clients.get(each.client), each.team, each.person)
        if holder == wanted and (each.person is not None or each.name == fields["address"]):
            raise Conflict("somebody has given it again meanwhile")
    actions.hold_role(scope, partner=partner, **fields, now=now)


def _absence(scope: Scope, partner: int, fields: Mapping[str, Any], now: datetime) -> None:
    spell = {name: datetime.fromisoformat(fields[name]) for name in ("from_at", "until_at")}
    known = queries.absences(scope, partner=partner, since=now)
    if any((each.person, each.from_at) == (fields["person"], spell["from_at"]) for each in known):
        raise Conflict("somebody has noted it again meanwhile")
    actions.be_away(scope, partner=partner, person=fields["person"], **spell, now=now)


_PUT_BACK: Final[Mapping[str, Callable[[Scope, int, Mapping[str, Any], datetime], None]]] = {
    "rota": _turn,
    "contact_roles": _role,
    "absences": _absence,
}
"""By the page it was removed on."""
