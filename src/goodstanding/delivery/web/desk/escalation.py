"""The escalation matrix: what is done about a clock, when, who is told, and since which version."""

from collections.abc import Sequence
from itertools import pairwise
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import queries
from goodstanding.apps.escalation.values import PlanRow
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound
from goodstanding.core.desk.escalation.people import held_roles
from goodstanding.core.desk.escalation.plan import CLIENT_ROLES, Plan
from goodstanding.core.desk.policy import ClockKind, Target
from goodstanding.delivery import words, words_of_escalation, words_of_plans
from goodstanding.delivery.web.desk.plan_form import PRIORITIES
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows import publish_plan as flow
from goodstanding.flows.rehearse_plan import Asked

Whose = tuple[UUID | None, UUID | None]
"""Whose plan: a tier's, a client's, or where both are None everybody's."""


@needs(May.SEE_TERMS)
def escalation(request: HttpRequest) -> HttpResponse:
    """The matrix as it is read, everybody's or one of its own, its versions, and which of its roles nobody holds."""
    home = tenancy.home_partner(request.scope)
    rows = queries.plan_rows(request.scope, partner=home.pk)
    of = _asked_of(request, home.pk)
    whose = whose_of(request) if of is None else _followed(request, home.pk, rows, of)
    versions = versions_of(rows, whose)
    if whose != (None, None) and not versions:
        raise NotFound("there is no such plan")
    version = request.GET.get("version") if of is None else None
    shown = next((each for each in versions if str(each.public_id) == version), versions[0] if versions else None)
    plan = shown.plan if shown is not None else None
    until = next((later.from_at for later, each in pairwise(versions) if each is shown), None)
    empty = empty_of(request.scope, home.pk, plan, whose, request) if plan is not None and until is None else []
    priority = next((each for each in _priorities(plan) if each == request.GET.get("priority")), "")
    steps = [each for each in plan.in_time() if not priority or priority in (each.priorities or {priority})] if plan else []
    targets = _targets(request, of, priority) if of is not None and priority else {}
    comes = {each.key: words_of_plans.comes(each, targets[each.clock], plan) for each in steps if targets and plan}
    context = {
        "title": _title(plan, empty, bool(versions), over=until is not None),
        "shown": shown,
        "until": until,
        "plan": plan,
        "steps": steps,
        "comes": comes,
        "of": of,
        "clients": [each for each in tenancy.clients(request.scope) if each.partner == home.pk],
        "priority": priority,
        "priorities": _priorities(plan),
        "wider": wider_of(request, home.pk, rows, whose) if plan is not None and until is None else "",
        "key": key_of(whose),
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


def key_of(whose: Whose) -> str:
    """Write whose plan is meant for a form."""
    tier, client = whose
    return f"tier:{tier}" if tier else f"client:{client}" if client else "everyone"


def wider_of(request: HttpRequest, partner: int, rows: Sequence[PlanRow], whose: Whose) -> str:
    """Name whose plan would be in force in the place of a tier's or a client's own: `everyone’s`; empty for none."""
    tier, client = whose
    if client is None:
        common = versions_of(rows, (None, None))
        return _possessive(common[0]) if tier is not None and common else ""
    asked, pk = Asked(partner=partner, plan=None, client=client), tenancy.client(request.scope, client).pk
    _, after = flow.plan_of_client(request.scope, asked, client=pk, now=request.now)
    return next((_possessive(each) for each in rows if str(each.pk) == after), "")


def _possessive(row: PlanRow) -> str:
    return f"{row.tier_name or row.client_name or 'everyone'}’s"


def _asked_of(request: HttpRequest, partner: int) -> tenancy.Client | None:
    """Return the client of whose tickets it is asked what happens to them; raises `NotFound` for one out of sight."""
    public_id = _uuid(request.GET.get("of", ""))
    found = None if public_id is None else tenancy.client(request.scope, public_id)
    if found is not None and found.partner != partner:
        raise NotFound("there is no such client")
    return found


def _followed(request: HttpRequest, partner: int, rows: Sequence[PlanRow], of: tenancy.Client) -> Whose:
    """Return whose plan is in force for a client."""
    asked = Asked(partner=partner, plan=None, client=of.public_id)
    before, _ = flow.plan_of_client(request.scope, asked, client=of.pk, now=request.now)
    return next(((each.tier, each.client) for each in rows if str(each.pk) == before), (None, None))


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


def _title(plan: Plan | None, empty: Sequence[tuple[str, str]], known: bool, *, over: bool) -> str:
    if plan is None:
        return f"The common matrix {'applied' if over else 'applies'} again" if known else "Nothing is escalated yet"
    steps = words.count(len(plan.steps), "step")
    if over:
        return f"{steps}, no longer in force"
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


def _targets(request: HttpRequest, of: tenancy.Client, priority: str) -> dict[ClockKind, Target | None]:
    """Return what a client is promised now for a priority, by clock; None where it is promised nothing."""
    promised = desk.assignments(request.scope, client=of.public_id)
    begun = [each for each in promised if each.from_at <= request.now]
    now = next((each for each in begun if each.until_at is None or request.now < each.until_at), None)
    policy = desk.policy_of(request.scope, now.pk)[0] if now is not None else None
    rules = {clock: policy.rule_for(clock, priority) if policy is not None else None for clock in ClockKind}
    return {clock: None if rule is None else rule.target for clock, rule in rules.items()}


def _priorities(plan: Plan | None) -> list[str]:
    """Return the priorities that can be asked for: those that tiers know, and whatever else the plan names."""
    named = {name for each in plan.steps for name in each.priorities} if plan is not None else set()
    return [*PRIORITIES, *sorted(named.difference(PRIORITIES))]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
