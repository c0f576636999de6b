"""Explain how a ticket stands: its clocks judged as of now, with every stretch of time that made them so."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from goodstanding.apps.desk import queries
from goodstanding.apps.desk.values import Standing
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.core.desk.assess import assess
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.verdict import Assessment


@dataclass(frozen=True, slots=True)
class Explained:
    """A ticket in scope with what it was judged by and how; `found` None has not begun yet, or could not be judged."""

    standing: Standing
    case: Case
    found: Assessment | None
    trouble: str = ""


def explain_ticket(scope: Scope, ticket: UUID, *, inner: bool, now: datetime) -> Explained:
    """Judge a ticket of the scope's as of now; raises `NotFound`.

    Without `inner`, without the reasons that staff gave among themselves.
    """
    standing = queries.standing(scope, ticket)
    case = queries.cases(Scope.everything("its standing is in scope"), [standing.pk])[0]
    if not inner:
        told = tuple(event if event.public else replace(event, reason=None) for event in case.events)
        case = replace(case, events=told)
    try:
        return Explained(standing, case, assess(case, as_of=now))
    except Exception as error:
        # The board shows it among the open tickets, as one that could not be judged; whoever looks is told why.
        return Explained(standing, case, None, str(error) or type(error).__name__)
