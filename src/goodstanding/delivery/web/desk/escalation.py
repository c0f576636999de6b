"""The escalation matrix: what is done about a clock, when, who is told, and since which version."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from goodstanding.apps.escalation import queries
from goodstanding.apps.escalation.values import PlanRow
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound
from goodstanding.core.desk.escalation.people import held_roles
from goodstanding.core.desk.escalation.plan import CLIENT_ROLES, Plan
from goodstanding.delivery import words, words_of_escalation, words_of_plans
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows import publish_plan as flow

Whose = tuple[UUID | None, UUID | None]
"""Whose plan: a tier's, a client's, or where both are None everybody's."""


@needs(May.SEE_TERMS)
def escalation(request: HttpRequest) -> HttpResponse:
    """The matrix as it is read, everybody's or one of its own, its versions, and which of its roles nobody holds."""
    home = tenancy.home_partner(request.scope)
    rows = queries.plan_rows(request.scope, partner=home.pk)
    whose = whose_of(request)
    versions = versions_of(rows, whose)
    if whose != (None, None) and not versions:
        raise NotFound("there is no such plan")
    shown = next(
        (each for each in versions if str(each.public_id) == request.GET.get("version")), versions[0] if versions else None
    )
    plan = shown.plan if shown is not None else None
    empty = empty_of(request.scope, home.pk, plan, whose, request) if plan is not None else []
    context = {
        "title": _title(plan, empty, bool(versions)),
        "shown": shown,
        "plan": plan,
        "versions": [(each, _changed(rows, versions, each)) for each in versions],
        "own": owners(rows),
        "whose": whose,
        "asked": query_of(whose),
        "empty": empty,
        "said": words_of_escalation,
        "says": words_of_plans,
    }
    return page(request, "desk/escalation.html", context, here="escalation")


@needs(May.SEE_TERMS)
def export_plan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A version as YAML, to be kept, compared, or taken elsewhere."""
    row = queries.plan_row(request.scope, public_id)
    if row.plan is None:
        raise NotFound("this version takes a plan back")
    return as_file(flow.text_of(row.plan), f"escalation-{row.number}.yaml")


def as_file(text: str, name: str) -> HttpResponse:
    """Answer with YAML to be downloaded."""
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def whose_of(request: HttpRequest) -> Whose:
    """Read whose plan is meant from the address; anything else there is everybody's. Raises `NotFound` for both at once."""
    tier, client = _uuid(request.GET.get("tier", "")), _uuid(request.GET.get("client", ""))
    if tier is not None and client is not None:
        raise NotFound("a plan is of a tier or of a client")
    return tier, client


def query_of(whose: Whose) -> str:
    """Write whose plan is meant for an address."""
    tier, client = whose
    return f"?tier={tier}" if tier else f"?client={client}" if client else ""


def address_of(whose: Whose) -> str:
    """Return the page of a plan."""
    return reverse("escalation") + query_of(whose)


def versions_of(rows: Sequence[PlanRow], whose: Whose) -> list[PlanRow]:
    """Return the versions of one plan, the newest first."""
    return sorted((each for each in rows if (each.tier, each.client) == whose), key=lambda each: -each.number)


def owners(rows: Sequence[PlanRow]) -> list[tuple[str, str, bool]]:
    """Return which tiers and clients have had a plan of their own: the name, its address, and whether it stands."""
    newest: dict[Whose, PlanRow] = {}
    for each in rows:
        whose = (each.tier, each.client)
        if whose != (None, None) and (whose not in newest or newest[whose].number < each.number):
            newest[whose] = each
    found = [(each.tier_name or each.client_name, query_of(whose), each.plan is not None) for whose, each in newest.items()]
    return sorted(found, key=lambda each: (not each[2], each[0].casefold()))


def empty_of(scope: Scope, partner: int, plan: Plan, whose: Whose, request: HttpRequest) -> list[tuple[str, str]]:
    """Return the roles that a plan tells and nobody holds, each with the clients it is empty for, or nothing for all."""
    roster = queries.roster(scope, partner=partner, now=request.now)
    clients = {str(each.pk): each.name for each in tenancy.clients(scope) if each.partner == partner and _is_for(each, whose)}
    roles = words_of_plans.roles(plan)
    held = held_roles(roster)
    if not clients:
        return [(words_of_escalation.ROLE[each], "") for each in roles if each not in CLIENT_ROLES and held.is_empty(each, "")]
    found = []
    for role in roles:
        without = [name for client, name in clients.items() if held.is_empty(role, client)]
        if without:
            found.append((words_of_escalation.ROLE[role], "" if len(without) == len(clients) else _names(without)))
    return found


def _is_for(client: tenancy.Client, whose: Whose) -> bool:
    return whose[1] in (None, client.public_id)


def _names(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMED])
    return f"{shown} and {len(names) - NAMED} more" if len(names) > NAMED else shown


NAMED = 5
"""Clients that are named; of more it is told how many."""


def _title(plan: Plan | None, empty: Sequence[tuple[str, str]], known: bool) -> str:
    if plan is None:
        return "The common matrix applies again" if known else "Nothing is escalated yet"
    steps = words.count(len(plan.steps), "step")
    if not plan.steps:
        return "No steps: nothing is escalated here"
    lacking = sum(1 for _, clients in empty if not clients)
    return (
        f"{steps} in force, {words.count(lacking, 'role')} held by nobody"
        if lacking
        else f"{steps} in force, each with somebody to tell"
    )


def _changed(rows: Sequence[PlanRow], versions: Sequence[PlanRow], row: PlanRow) -> list[str]:
    """What a version changes against the one before it; the first of a tier's or a client's own, against everyone's."""
    before = next((each for each in versions if each.number < row.number), None)
    if before is not None and before.plan is not None:
        return words_of_plans.changed(before.plan, row.plan)
    common = versions_of(rows, (None, None))
    if row.plan is None or not common or common[0].plan is None or (row.tier, row.client) == (None, None):
        return words_of_plans.changed(None, row.plan)
    return [f"against everyone’s: {each}" for each in words_of_plans.changed(common[0].plan, row.plan)] or ["as everyone’s"]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
