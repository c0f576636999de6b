"""Contact roles: who holds which, for whom, with which deputy, and whom each would lead to now (requirements ESC-8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.values import HoldingRow, SeatRow
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.queries import Client, Person
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict, NotFound
from goodstanding.core.desk.contacts import is_address
from goodstanding.core.desk.escalation.people import Recipient, Roster, Why
from goodstanding.core.desk.escalation.plan import CLIENT_ROLES, ContactRole
from goodstanding.delivery import words
from goodstanding.delivery.web.desk.removed import keep_removed, removed_lately
from goodstanding.delivery.web.desk.rota import zone_of
from goodstanding.delivery.web.desk.rota_form import Typed
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.delivery.words_of_escalation import ROLE, WHY, name_of
from goodstanding.flows.ask_roles import Asked, Roles, ask_roles

STAFF_ROLES: Final = tuple(each for each in ContactRole if each not in CLIENT_ROLES)
OF_CLIENTS: Final = tuple(each for each in ContactRole if each in CLIENT_ROLES)
LONGEST_TEAM: Final = 60
LONGEST_ADDRESS: Final = 254
_OF_STAFF: Final = ("role", "holder", "deputy", "client", "team")
_OF_CLIENT: Final = ("client_role", "of_client", "address", "deputy_address")


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
    rows = [_row(each, holdings, found.roster, client, zone) for each in found.asked]
    teams = sorted({*desk.board_choices(request.scope).teams, *(each.team for each in holdings if each.team)})
    known = [each for of in tenancy.people_of_clients(request.scope, partner=partner).values() for each in of]
    begun = dict.fromkeys((*_OF_STAFF, *_OF_CLIENT), "")
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


def _row(asked: Asked, holdings: Sequence[HoldingRow], roster: Roster, client: Client | None, zone: str) -> Row:
    mine = [each for each in holdings if each.role is asked.role]
    if client is not None:
        mine = [each for each in mine if each.client in (None, client.public_id)]
    return Row(
        role=asked.role,
        name=ROLE[asked.role],
        steps=tuple(name_of(each) for each in asked.steps),
        held=tuple(each for each in mine if client is not None or each.client is None),
        of_clients=tuple(each for each in mine if client is None and each.client is not None),
        told=tuple(_told(each, roster, zone) for each in asked.told),
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


def _told(each: Recipient, roster: Roster, zone: str) -> tuple[str, str]:
    name = roster.people[each.to].name if isinstance(each.to, int) and each.to in roster.people else ""
    said = [] if each.why is Why.HOLDER else [WHY[each.why]]
    said += [f"from {words.moment(each.not_before, zone)}, when their office opens"] if each.not_before else []
    return name or (each.to if isinstance(each.to, str) else "somebody of the client’s"), ", ".join(said)


@needs(May.SET_ESCALATION)
@require_POST
def give_role(request: HttpRequest) -> HttpResponse:
    """Give a role to somebody of the staff, or one of a client's to an address there."""
    partner = tenancy.home_partner(request.scope).pk
    names = _OF_CLIENT if "client_role" in request.POST else _OF_STAFF
    asked = dict.fromkeys((*_OF_STAFF, *_OF_CLIENT), "") | {name: request.POST.get(name, "").strip() for name in names}
    clients = {str(each.public_id): each for each in tenancy.clients(request.scope) if each.partner == partner}
    staff = queries.seats(request.scope, partner=partner)
    wrong: dict[str, str] = {}
    if names is _OF_CLIENT:
        role, client, held = _of_client(request, partner, asked, clients, wrong)
    else:
        role, client, held = _of_staff(staff, asked, clients, wrong)
    if not wrong:
        try:
            actions.hold_role(
                request.scope, partner=partner, role=role, client=client.pk if client else None, team=asked["team"], **held,
                now=request.now,
            )  # fmt: skip
        except (Conflict, NotFound) as error:
            wrong = {"": f"Not given: {error}."}
        else:
            who = asked["address"] or next(each.name for each in staff if each.pk == held["person"])
            messages.success(request, f"{who} is {_named(ContactRole(role), client, asked['team'])}.")
            return redirect(_address(client if names is _OF_CLIENT else None))
    return _shown(request, typed=Typed(asked, wrong))


def _of_staff(
    staff: Sequence[SeatRow], asked: Mapping[str, str], clients: Mapping[str, Client], wrong: dict[str, str]
) -> tuple[str, Client | None, dict[str, Any]]:
    if asked["role"] not in STAFF_ROLES:
        wrong["role"] = "Choose a role from the list."
    held = _holders(asked, staff, wrong)
    if asked["client"] and asked["client"] not in clients:
        wrong["client"] = "Choose a client from the list, or all of them."
    if asked["client"] and asked["team"]:
        wrong["team"] = "A role is held for a client or for a team: leave one of them out."
    if len(asked["team"]) > LONGEST_TEAM:
        wrong["team"] = f"A team’s name has at most {LONGEST_TEAM} letters."
    return asked["role"], clients.get(asked["client"]), held


def _holders(asked: Mapping[str, str], staff: Sequence[SeatRow], wrong: dict[str, str]) -> dict[str, Any]:
    seats = {str(each.person): each.pk for each in staff}
    if asked["holder"] not in seats:
        wrong["holder"] = "Choose somebody from the list."
    if asked["deputy"] and asked["deputy"] not in seats:
        wrong["deputy"] = "Choose somebody from the list, or nobody."
    elif asked["deputy"] and asked["deputy"] == asked["holder"]:
        wrong["deputy"] = "Whoever holds a role cannot be their own deputy."
    return {"person": seats.get(asked["holder"]), "deputy": seats.get(asked["deputy"])}


def _of_client(
    request: HttpRequest, partner: int, asked: Mapping[str, str], clients: Mapping[str, Client], wrong: dict[str, str]
) -> tuple[str, Client | None, dict[str, Any]]:
    client = clients.get(asked["of_client"])
    if asked["client_role"] not in OF_CLIENTS:
        wrong["client_role"] = "Choose a role from the list."
    if client is None:
        wrong["of_client"] = "Choose a client from the list."
    return asked["client_role"], client, _at_client(asked, _people_of(request, partner, client), wrong)


def _at_client(asked: Mapping[str, str], people: Sequence[Person], wrong: dict[str, str]) -> dict[str, Any]:
    """Return who holds a role at a client: whoever signs in with an address as a person, anybody else as the address."""
    for name in ("address", "deputy_address"):
        if (asked[name] or name == "address") and not (is_address(asked[name]) and len(asked[name]) <= LONGEST_ADDRESS):
            wrong[name] = "Write an e-mail address, such as anna@example.com."
    if asked["address"] and asked["address"].lower() == asked["deputy_address"].lower():
        wrong["deputy_address"] = "Whoever holds a role cannot be their own deputy."
    known = {each.email.lower(): each.pk for each in people}
    person, deputy = (known.get(asked[name].lower()) for name in ("address", "deputy_address"))
    return {
        "person": person,
        "address": "" if person else asked["address"],
        "deputy": deputy,
        "deputy_address": "" if deputy else asked["deputy_address"],
    }


@needs(May.SET_ESCALATION)
def holding(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whoever holds one role, to be changed, or given another deputy."""
    found = queries.holding(request.scope, public_id)
    client = next((each for each in tenancy.clients(request.scope) if each.public_id == found.client), None)
    of_client = found.role in CLIENT_ROLES
    staff, people = queries.seats(request.scope, partner=found.partner), _people_of(request, found.partner, client)
    asked = _as_it_stands(found, staff, people)
    wrong: dict[str, str] = {}
    if request.method == "POST":
        asked = {name: request.POST.get(name, "").strip() for name in asked}
        held = _at_client(asked, people, wrong) if of_client else _holders(asked, staff, wrong)
        if not wrong:
            try:
                actions.change_holding(request.scope, public_id, **held, now=request.now)
            except (Conflict, NotFound) as error:
                wrong = {"": f"Not changed: {error}."}
            else:
                changed = queries.holding(request.scope, public_id)
                deputy = f", {changed.deputy_name} the deputy" if changed.deputy_name else ""
                messages.success(request, f"{changed.name} is {_named(found.role, client, found.team)}{deputy}.")
                return redirect(_address(client if of_client else None))
    context = {
        "holding": found,
        "named": _named(found.role, client, found.team),
        "of_client": of_client,
        "seats": staff,
        "typed": Typed(asked, wrong),
    }
    return page(request, "desk/contact_role.html", context, here="rota", status=422 if wrong else 200)


def _people_of(request: HttpRequest, partner: int, client: Client | None) -> tuple[Person, ...]:
    return tenancy.people_of_clients(request.scope, partner=partner).get(client.pk, ()) if client else ()


def _as_it_stands(found: HoldingRow, staff: Sequence[SeatRow], people: Sequence[Person]) -> dict[str, str]:
    if found.role not in CLIENT_ROLES:
        ids = {each.pk: str(each.person) for each in staff}
        return {"holder": ids.get(found.person or 0, ""), "deputy": ids.get(found.deputy or 0, "")}
    emails = {each.pk: each.email for each in people}
    return {
        "address": emails.get(found.person or 0, "") if found.person else found.name,
        "deputy_address": emails.get(found.deputy or 0, "") if found.deputy else found.deputy_name,
    }


@needs(May.SET_ESCALATION)
@require_POST
def release_role(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a role from whoever holds it; it can be put back."""
    found = queries.holding(request.scope, public_id)
    client = next((each for each in tenancy.clients(request.scope) if each.public_id == found.client), None)
    actions.release_role(request.scope, public_id, now=request.now)
    said = f"{found.name} is no longer {_named(found.role, client, found.team)}."
    keep_removed(
        request, found.partner, "contact_roles", said, role=found.role.value, person=found.person,
        address="" if found.person else found.name,
        client=client.pk if client else None, team=found.team, deputy=found.deputy,
        deputy_address="" if found.deputy else found.deputy_name,
    )  # fmt: skip
    return redirect("contact_roles")


def _named(role: ContactRole, client: Client | None, team: str) -> str:
    """Name a role with for whom it is held: `team lead of hosting for Casa Ferrante`."""
    name = ROLE[role] if role is ContactRole.VP else ROLE[role][:1].lower() + ROLE[role][1:]
    return name + (f" of team {team}" if team else "") + (f" for {client.name}" if client else "")


def _address(client: Client | None) -> str:
    return reverse("contact_roles") + (f"?client={client.public_id}" if client else "")
