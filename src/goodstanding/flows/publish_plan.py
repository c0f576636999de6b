"""Publish an escalation plan: check it, keep it as an immutable version, and let every watch follow it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from goodstanding.adapters.files.escalation import dump_plan, fields_of, load_plan, plan_of, shipped_plan
from goodstanding.adapters.files.yaml12 import FileError, Problem, read, write
from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import actions
from goodstanding.apps.escalation.values import PlanRow
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import together
from goodstanding.core.desk.escalation.places import Plans
from goodstanding.core.desk.escalation.plan import Plan
from goodstanding.core.desk.escalation.supposed import SUPPOSED
from goodstanding.flows import reassess_all
from goodstanding.flows.rehearse_plan import Asked, books_of


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan as it was read, None where it could not be, and all that is wrong with it."""

    plan: Plan | None
    problems: tuple[Problem, ...] = ()


def check_text(text: str) -> Checked:
    """Read a plan from YAML without keeping it."""
    try:
        return Checked(load_plan(text, name="plan"))
    except FileError as error:
        return Checked(None, error.problems)


def check_fields(fields: Mapping[str, Any]) -> Checked:
    """Make a plan of fields as its YAML has them, such as a form collects, without keeping it."""
    try:
        return Checked(plan_of(fields, name="plan"))
    except FileError as error:
        return Checked(None, error.problems)


def fields_in(text: str) -> Mapping[str, Any] | None:
    """Return the fields that a text has as YAML, a plan or not; None where it has none."""
    try:
        found = read(text, name="plan").data
    except FileError:
        return None
    return found if isinstance(found, dict) else None


def fields(plan: Plan) -> dict[str, Any]:
    """Return a plan as the fields of its YAML."""
    return fields_of(plan)


def text_of(plan: Plan) -> str:
    """Write a plan as YAML."""
    return dump_plan(plan)


def text_of_fields(fields: Mapping[str, Any]) -> str:
    """Write fields as YAML, a plan or not."""
    return write(fields)


def shipped() -> Plan:
    """Return the matrix that ships."""
    return shipped_plan()


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a plan is for: how many clients have none narrower, and how many tickets of theirs are open."""

    clients: int
    tickets: int


def reach(scope: Scope, asked: Asked, *, now: datetime) -> Reach:
    """Return whom a plan would be for if it were published now, by the rule that decides which one is in force."""
    _, supposed = books_of(scope, asked, from_at=now)
    mine = [client for client, version in _by_client(scope, asked.partner, supposed, now).items() if version == SUPPOSED]
    tickets = desk.open_by_client(scope, now=now)
    return Reach(len(mine), sum(tickets[client].total for client in mine if client in tickets))


def plan_of_client(scope: Scope, asked: Asked, *, client: int, now: datetime) -> tuple[str, str]:
    """Return which version is in force for a client now, and which would be with the plan asked about; empty for none."""
    now_and_then = (_by_client(scope, asked.partner, each, now) for each in books_of(scope, asked, from_at=now))
    before, after = (found.get(client, "") for found in now_and_then)
    return before, after


def _by_client(scope: Scope, partner: int, plans: Plans, now: datetime) -> dict[int, str]:
    """The version in force now for each client of a partner, under what it is promised now."""
    promised = {
        each.client: str(each.pk)
        for each in desk.assignments(scope)
        if each.from_at <= now and (each.until_at is None or now < each.until_at)
    }
    clients = [each.pk for each in tenancy.clients(scope) if each.partner == partner]
    spells = {client: plans(str(client), promised.get(client)) for client in clients}
    return {client: found[-1].version for client, found in spells.items() if found}


def publish_plan(
    scope: Scope,
    *,
    partner: int,
    plan: Plan | None,
    tier: UUID | None = None,
    client: UUID | None = None,
    now: datetime,
    note: str = "",
    after: int | None = None,
) -> PlanRow:
    """Publish a plan, or take a tier's or a client's own back, and have the tickets it may move judged anew.

    Whatever is watched follows it from `now` on: a step that it puts into the past is passed. Raises as the action does.
    """
    with together():
        made = actions.publish_plan(
            scope, partner=partner, plan=plan, tier=tier, client=client, now=now, note=note, after=after
        )
        whose = None if client is None else tenancy.client(scope, client).pk
        reassess_all.request(scope, partner=partner, client=whose, why=f"plan {made.public_id}", now=now)
    return made
