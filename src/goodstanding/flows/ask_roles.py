"""Ask the contact roles: which of them the plans in force need, and whom each would lead to at this moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import queries
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.queries import Client
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.clocks.clock import second_of
from goodstanding.core.desk.escalation.people import Concern, Recipient, Roster, held_roles, reach
from goodstanding.core.desk.escalation.places import Plans
from goodstanding.core.desk.escalation.plan import CLIENT_ROLES, FALL_BACK, ContactRole, Plan, Step
from goodstanding.core.desk.escalation.rota import roles_asked
from goodstanding.flows.watch_steps import plans_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A contact role, with what asks for it and whom it leads to."""

    role: ContactRole
    steps: tuple[Step, ...]
    """Steps that need it, each once, of whichever plan."""
    told: tuple[Recipient, ...]
    """Who would be told now of a ticket that nobody is assigned."""
    without: tuple[Client, ...]
    """Clients whose plan asks for it and for whom nobody holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Every contact role, and who is who."""

    asked: tuple[Asked, ...]
    roster: Roster
    has_plan: bool
    teams: tuple[str, ...]
    """The teams of open tickets, and those that the plans in force name."""


def ask_roles(scope: Scope, *, partner: int, client: Client | None, team: str, now: datetime) -> Roles:
    """Return the contact roles of a partner in scope: for one client, or for all of them and no client in particular."""
    roster = queries.roster(scope, partner=partner, now=now)
    clients = [each for each in tenancy.clients(scope) if each.partner == partner and client in (None, each)]
    plans = _in_force(scope, partner, clients, now)
    teams = {*desk.board_choices(scope).teams, *(queue.team for plan in plans.values() for queue in plan.queues)}
    if client is not None:
        plans = {pk: plan for pk, plan in plans.items() if pk == client.pk}
    common = plans.get(None if client is None else client.pk)
    steps: dict[ContactRole, dict[str, Step]] = {}
    for plan in plans.values():
        for role, each in roles_asked(plan).items():
            steps.setdefault(role, {}).update({step.key: step for step in each})
    held = held_roles(roster, team=team)
    needed = {each.pk: roles_asked(plans[each.pk]).keys() for each in clients if each.pk in plans}
    concern = Concern(client=str(client.pk) if client else "", team=team or None)
    fall_back = common.fall_back if common else FALL_BACK
    return Roles(
        asked=tuple(
            Asked(
                role=role,
                steps=tuple(steps.get(role, {}).values()),
                told=()
                if client is None and role in CLIENT_ROLES
                else reach(roster, [role], concern, now=now, fall_back=fall_back),
                without=tuple(
                    each for each in clients if role in needed.get(each.pk, ()) and held.is_empty(role, str(each.pk))
                ),
            )
            for role in ContactRole
        ),
        roster=roster,
        has_plan=bool(plans),
        teams=tuple(sorted(teams)),
    )


def _in_force(scope: Scope, partner: int, clients: Iterable[Client], now: datetime) -> Mapping[int | None, Plan]:
    """Return the plan in force for each client that has one; under None the one for a client without terms."""
    book = plans_of(scope, [partner]).get(partner)
    if book is None:
        return {}
    bound: dict[int, str] = {}
    for each in desk.assignments(scope):
        if each.from_at <= now and (each.until_at is None or each.until_at > now):
            bound.setdefault(each.client, str(each.pk))
    found = {each.pk: _now(book, str(each.pk), bound.get(each.pk), now) for each in clients}
    return {pk: plan for pk, plan in {**found, None: _now(book, "", None, now)}.items() if plan is not None}


def _now(book: Plans, client: str, assignment: str | None, now: datetime) -> Plan | None:
    at = second_of(now)
    return next((each.plan for each in book(client, assignment) if each.start <= at < each.end), None)
