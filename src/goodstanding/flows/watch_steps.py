"""Watch the steps of tickets: whenever one is judged, note when its next step comes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from goodstanding.apps.desk import queries as desk
from goodstanding.apps.escalation import actions, queries
from goodstanding.apps.escalation.values import Watched
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.desk.assess import Examined
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.escalation.force import book
from goodstanding.core.desk.escalation.places import Plans
from goodstanding.core.desk.escalation.steps import Escalated, escalate


def plans_for(scope: Scope, judged: Iterable[Examined]) -> Mapping[str, Plans]:
    """Return the plans of those clients of tickets just judged whose partner has published any, by the client's id."""
    named = {each.assessment.client for each in judged}
    homes = {str(each.pk): each.partner for each in tenancy.clients(scope)}
    plans = plans_of(scope, {homes[client] for client in named if client in homes})
    return {client: plans[homes[client]] for client in named if client in homes and homes[client] in plans}


def watch_steps(scope: Scope, judged: Sequence[tuple[Case, Examined]], plans: Mapping[str, Plans], *, now: datetime) -> None:
    """Note when the next step of each ticket just judged comes; within the transaction that judged them.

    What is due already is left to whoever takes steps: nothing is told from here. A client without a plan has no steps.
    """
    named = [(case, found, found.assessment.client) for case, found in judged]
    mine = [(case, found, plans[client]) for case, found, client in named if client in plans]
    pks = [int(case.ticket) for case, _, _ in mine]
    recorded, watched = queries.recorded(scope, pks), queries.watched(scope, pks)
    rows = []
    for case, found, book_of in mine:
        pk = int(case.ticket)
        before = watched.get(pk)
        told = escalate(case, found, book_of, recorded.get(pk, {}), since=_since(before), now=now)
        if before is not None or found.assessment.is_open or told.next_step_at is not None:
            rows.append(watched_row(pk, told))
    actions.watch(scope, rows)


def plans_of(scope: Scope, partners: Iterable[int]) -> Mapping[int, Plans]:
    """Return the plans of those of the partners that have published any."""
    versions = queries.versions(scope, partners)
    tiers = desk.tiers_promised(scope, versions)
    return {partner: book(each, tiers) for partner, each in versions.items()}


def watched_row(pk: int, told: Escalated) -> Watched:
    """Return what is noted of a ticket whose due steps are still to be taken."""
    return Watched(pk, told.next_step_at, told.since_at)


def _since(before: Watched | None) -> datetime | None:
    return None if before is None else before.since_at
