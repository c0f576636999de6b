"""Contact roles: who holds which, for whom, with which deputy, and whom each would lead to now (requirements ESC-8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.desk.values import TicketFilter
from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.values import HoldingRow
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.queries import Client, Person
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.desk.escalation.plan import CLIENT_ROLES, ContactRole
from goodstanding.delivery import words
from goodstanding.delivery.web.desk.removed import keep_removed, removed_lately
from goodstanding.delivery.web.desk.role_form import (
    CLIENT_FIELDS,
    LONGEST_TEAM,
    OF_CLIENTS,
    STAFF_FIELDS,
    STAFF_ROLES,
    as_it_stands,
    at_client,
    holders,
    role_at_client,
    role_of_staff,
    team_typed,
)
from goodstanding.delivery.web.desk.role_words import given, named, told, unheard
from goodstanding.delivery.web.desk.rota import after_removal, zone_of
from goodstanding.delivery.web.desk.rota_form import Typed
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.delivery.words_of_escalation import ROLE, name_of
from goodstanding.flows.ask_roles import Asked, Roles, ask_roles


@dataclass(frozen=True, slots=True)
class Row:
    """A contact role on the page: who holds it, what asks for it, and who would be told now, in words."""

    role: ContactRole
    name: str
    steps: tuple[str, ...]
    held: tuple[HoldingRow, ...]
    of_clients: tuple[HoldingRow, ...]
    told: tuple[tuple[str, str], ...]
    """Names, each with why them and from when on."""
    state: tuple[str, str] | None
    """What is wrong: a shape and a word; None where nothing is."""
    without: tuple[str, ...]
    """Clients for whom nobody holds it, where somebody does for others."""


@needs(May.SEE_TERMS)
def contact_roles(request: HttpRequest) -> HttpResponse:
    """Every role, for all clients or a chosen one."""
    return _shown(request)


def _shown(request: HttpRequest, *, typed: Typed | None = None) -> HttpResponse:
    partner, zone = tenancy.home_partner(request.scope).pk, zone_of(request)
    clients = [each for each in tenancy.clients(request.scope) if each.partner == partner]
    client = next((each for each in clients if str(each.public_id) == request.GET.get("client")), None)
    team = request.GET.get("team", "")[:LONGEST_TEAM]
    holdings = queries.holdings(request.scope, partner=partner)
    found = ask_roles(request.scope, partner=partner, client=client, team=team, now=request.now)
    rows = [
        _row(each, holdings, client, [told(one, found.roster, client, team, zone, request.now) for one in each.told])
        for each in found.asked
    ]
    teams = sorted({*found.teams, *(each.team for each in holdings if each.team)})
    known = [each for of in tenancy.people_of_clients(request.scope, partner=partner).values() for each in of]
    begun = dict.fromkeys((*STAFF_FIELDS, *CLIENT_FIELDS), "")
    begun |= {"of_client": str(client.public_id) if client else "", "team": team}
    asked_role = request.GET.get("role", "")
    begun |= {"client_role" if asked_role in set(CLIENT_ROLES) else "role": asked_role}
    context = {
        "title": _title(found, rows, client),
        "rows": rows,
        "has_plan": found.has_plan,
        "client": client,
        "clients": clients,
        "team": team,
        "teams": teams,
        "known_teams": found.teams,
        "seats": queries.seats(request.scope, partner=partner),
        "addresses": sorted({each.email for each in known}),
        "typed": typed or Typed(begun),
        "of_client": bool(typed) and typed.fields.get("client_role", "") != "",
        "ROLE": ROLE,
        "STAFF_ROLES": STAFF_ROLES,
        "OF_CLIENTS": OF_CLIENTS,
        "removed": removed_lately(request, "contact_roles"),
        "zone_of_page": zone,
    }
    return page(request, "desk/contact_roles.html", context, here="rota", status=422 if typed else 200)


def _title(found: Roles, rows: Sequence[Row], client: Client | None) -> str:
    if not found.has_plan:
        return "No plan tells anybody yet"
    empty = sum(each.state is not None for each in rows)
    whose = f" for {client.name}" if client else ""
    if not empty:
        return f"Every role that the plan needs{whose} is held"
    return f"{words.count(empty, 'role')} that the plan needs{whose} {'is' if empty == 1 else 'are'} empty"


def _row(asked: Asked, holdings: Sequence[HoldingRow], client: Client | None, said: Sequence[tuple[str, str]]) -> Row:
    mine = [each for each in holdings if each.role is asked.role]
    if client is not None:
        mine = [each for each in mine if each.client in (None, client.public_id)]
    return Row(
        role=asked.role,
        name=ROLE[asked.role],
        steps=tuple(name_of(each) for each in asked.steps),
        held=tuple(each for each in mine if client is not None or each.client is None),
        of_clients=tuple(each for each in mine if client is None and each.client is not None),
        told=tuple(said),
        state=_state(asked, client, held=bool(mine)),
        without=tuple(each.name for each in asked.without) if client is None and mine else (),
    )


def _state(asked: Asked, client: Client | None, *, held: bool) -> tuple[str, str] | None:
    if not asked.steps or asked.role is ContactRole.AGENT or (held and not asked.without):
        return None
    of_client = asked.role in CLIENT_ROLES
    if client is None and held:
        return "failed" if of_client else "at_risk", f"Nobody for {words.count(len(asked.without), 'client')}"
    return "failed" if of_client else "at_risk", "Nobody holds it"


@needs(May.SET_ESCALATION)
@require_POST
def give_role(request: HttpRequest) -> HttpResponse:
    """Give a role to somebody of the staff, or one of a client's to an address there."""
    partner = tenancy.home_partner(request.scope).pk
    names = CLIENT_FIELDS if "client_role" in request.POST else STAFF_FIELDS
    asked = dict.fromkeys((*STAFF_FIELDS, *CLIENT_FIELDS), "") | {name: request.POST.get(name, "").strip() for name in names}
    clients = {str(each.public_id): each for each in tenancy.clients(request.scope) if each.partner == partner}
    staff = queries.seats(request.scope, partner=partner)
    wrong: dict[str, str] = {}
    if names is CLIENT_FIELDS:
        people = tenancy.people_of_clients(request.scope, partner=partner)
        role, client, held = role_at_client(asked, clients, people, staff, wrong)
    else:
        role, client, held = role_of_staff(asked, clients, staff, wrong)
    if not wrong:
        teams = ask_roles(request.scope, partner=partner, client=None, team="", now=request.now).teams
        asked["team"] = team_typed(asked["team"], teams)
        before = queries.holdings(request.scope, partner=partner)
        try:
            made = actions.hold_role(
                request.scope, partner=partner, role=role, client=client.pk if client else None, team=asked["team"], **held,
                now=request.now,
            )  # fmt: skip
        except (Conflict, NotFound) as error:
            wrong = {"": f"Not given: {error}."}
        else:
            messages.success(request, given(queries.holding(request.scope, made), before, _there(request, partner)))
            if asked["team"] and not _is_known(request, asked["team"], teams):
                messages.warning(request, unheard(asked["team"], teams))
            return redirect(_address(client if names is CLIENT_FIELDS else None))
    return _shown(request, typed=Typed(asked, wrong))


def _is_known(request: HttpRequest, team: str, known: Sequence[str]) -> bool:
    return team in known or bool(desk.ticket_list(request.scope, TicketFilter(team=team), now=request.now, limit=1)[0])


def _there(request: HttpRequest, partner: int) -> frozenset[int]:
    """Who still is one of us or of a client's: nobody else is told, whatever role they held."""
    at_clients = tenancy.people_of_clients(request.scope, partner=partner).values()
    return frozenset((*queries.staff(request.scope, partner=partner), *(each.pk for people in at_clients for each in people)))


@needs(May.SET_ESCALATION)
def holding(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whoever holds one role, to be changed, or given another deputy."""
    found = queries.holding(request.scope, public_id)
    client = next((each for each in tenancy.clients(request.scope) if each.public_id == found.client), None)
    of_client = found.role in CLIENT_ROLES
    staff, people = queries.seats(request.scope, partner=found.partner), _people_of(request, found.partner, client)
    asked = as_it_stands(found, staff, people)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        asked = {name: request.POST.get(name, "").strip() for name in asked}
        held = at_client(asked, people, staff, wrong) if of_client else holders(asked, staff, wrong)
        if not wrong:
            before = queries.holdings(request.scope, partner=found.partner)
            try:
                actions.change_holding(request.scope, public_id, **held, now=request.now)
            except (Conflict, NotFound) as error:
                wrong = {"": f"Not changed: {error}."}
            else:
                there = _there(request, found.partner)
                messages.success(request, given(queries.holding(request.scope, public_id), before, there))
                return redirect(_address(client if of_client else None))
    context = {
        "holding": found,
        "named": named(found.role, found.client_name, found.team),
        "of_client": of_client,
        "seats": staff,
        "typed": Typed(asked, wrong),
    }
    return page(request, "desk/contact_role.html", context, here="rota", status=422 if wrong else 200)


def _people_of(request: HttpRequest, partner: int, client: Client | None) -> tuple[Person, ...]:
    return tenancy.people_of_clients(request.scope, partner=partner).get(client.pk, ()) if client else ()


@needs(May.SET_ESCALATION)
@require_POST
def release_role(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a role from whoever holds it; it can be put back."""
    found = queries.holding(request.scope, public_id)
    client = next((each for each in tenancy.clients(request.scope) if each.public_id == found.client), None)
    actions.release_role(request.scope, public_id, now=request.now)
    said = f"{found.name} is no longer {named(found.role, found.client_name, found.team)}."
    keep_removed(
        request, found.partner, "contact_roles", said, role=found.role.value, person=found.person,
        address="" if found.person else found.name,
        client=client.pk if client else None, team=found.team, deputy=found.deputy,
        deputy_address="" if found.deputy else found.deputy_name,
    )  # fmt: skip
    return after_removal("contact_roles")


def _address(client: Client | None) -> str:
    return reverse("contact_roles") + (f"?client={client.public_id}" if client else "")
