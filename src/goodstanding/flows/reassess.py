"""Judge tickets anew: events and terms in, standings and the instant of the next step out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from goodstanding.apps.desk import actions as desk
from goodstanding.apps.desk import queries
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import actions as tickets
from goodstanding.apps.unit import together
from goodstanding.core.desk.assess import Examined, examine
from goodstanding.core.desk.case import Case
from goodstanding.core.desk.escalation.objective import objective_at
from goodstanding.core.desk.escalation.places import Plans
from goodstanding.flows.watch_steps import plans_for, watch_steps

BATCH = 500
"""Tickets a transaction: small enough that other writers wait for less than a second."""


@dataclass(frozen=True, slots=True)
class Reassessed:
    """How many tickets were judged, and how many could not be."""

    judged: int
    troubled: int


def reassess(
    scope: Scope, pks: Sequence[int], *, now: datetime, progress: Callable[[int, int], None] | None = None
) -> Reassessed:
    """Put a fresh standing in the place of each ticket's old one; `progress` hears how many of how many are done.

    Doing it again changes nothing, so it may be left at any point and begun anew.
    """
    judged = troubled = 0
    for batch in _batches(pks):
        with together():
            tickets.hold(scope, batch)
            found = [(case, _examined(case, now)) for case in queries.cases(scope, batch)]
            examined = [(case, each) for case, each in found if isinstance(each, Examined)]
            plans = plans_for(scope, [each for _, each in examined])
            judged_now = [_judged(case, each, plans, now) for case, each in found if each is not None]
            troubled += desk.save(scope, judged_now, now=now)
            watch_steps(scope, examined, plans, now=now)
        judged += len(batch)
        if progress is not None:
            progress(judged, len(pks))
    return Reassessed(judged, troubled)


def follow_time(*, now: datetime, limit: int = 2_000) -> Reassessed:
    """Judge the tickets whose state has changed by the passing of time alone; reads only rows that are due."""
    return reassess(Scope.everything("time has passed"), queries.looks_due(now, limit=limit), now=now)


def _examined(case: Case, now: datetime) -> Examined | str | None:
    """A ticket judged, or why it could not be; None for one that does not exist yet."""
    try:
        return examine(case, as_of=now, explain=False)
    except Exception as error:
        # One ticket that cannot be judged must not keep the others from it; its page and the board show why.
        return f"{type(error).__name__}: {error}"


def _judged(case: Case, found: Examined | str, plans: Mapping[str, Plans], now: datetime) -> desk.Judged:
    if isinstance(found, str):
        return desk.Judged(int(case.ticket), None, found)
    book = plans.get(found.assessment.client)
    objective = None if book is None else objective_at(found, book, now=now)
    return desk.Judged(int(case.ticket), found.assessment, objective_at=objective)


def _batches(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(pks), BATCH):
        yield pks[start : start + BATCH]
