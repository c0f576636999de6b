"""Questions about runs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, When

from goodstanding.apps.runs import models
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import NotFound
from goodstanding.core.clocks.clock import moment, moment_if, second_of


class RunState(StrEnum):
    """How far a run is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of long work as people see it."""

    pk: int
    public_id: UUID
    name: str
    key: str
    partner: int | None
    params: Mapping[str, Any]
    state: RunState
    done: int
    total: int | None
    stage: str
    result: Mapping[str, Any] | None
    error: str
    attempts: int
    requested_at: datetime
    requested_by: str
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def home(self) -> int:
        """The partner it works for; raises `NotFound` for work of the platform as a whole."""
        if self.partner is None:
            raise NotFound("this run works for no partner")
        return self.partner

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it by itself."""
        return self.state in (RunState.DONE, RunState.FAILED)

    @property
    def percent(self) -> int | None:
        """Progress rounded down, or None while the amount of work is not known."""
        return None if not self.total else min(100, 100 * self.done // self.total)


def run(scope: Scope, public_id: UUID) -> Run:
    """Return a run in scope; raises `NotFound`."""
    row = _rows(scope).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("there is no such run")
    return _run(row)


def runs(scope: Scope, *, limit: int = 50, name: str | None = None) -> tuple[Run, ...]:
    """Return the newest runs in scope."""
    rows = _rows(scope).order_by("-requested_at", "-pk")
    return tuple(_run(row) for row in (rows.filter(name=name) if name else rows)[:limit])


def due(now: datetime, *, last: Collection[str] = (), limit: int = 10) -> tuple[int, ...]:
    """Return the primary keys of runs that wait and may start, and of those whose worker was lost, longest due first.

    Runs of the names in `last` come after all others, however long they have been due.
    """
    at = second_of(now)
    rows = models.Run.objects.filter(Q(state=RunState.WAITING, due_at__lte=at) | Q(state=RunState.RUNNING, lease_until__lt=at))
    # A turn that is the same for all would be a bare number, which PostgreSQL takes for the place of a column.
    turn = [Case(When(name__in=list(last), then=1), default=0)] if last else []
    return tuple(rows.order_by(*turn, "due_at", "pk").values_list("pk", flat=True)[:limit])


def _rows(scope: Scope) -> Any:
    return scope.limit(models.Run.objects.select_related("requested_by"), client=None)


def _run(row: models.Run) -> Run:
    return Run(
        pk=row.pk,
        public_id=row.public_id,
        name=row.name,
        key=row.key,
        partner=row.partner_id,
        params=row.params,
        state=RunState(row.state),
        done=row.done,
        total=row.total,
        stage=row.stage,
        result=row.result,
        error=row.error,
        attempts=row.attempts,
        requested_at=moment(row.requested_at),
        requested_by=row.requested_by.name if row.requested_by else "",
        started_at=moment_if(row.started_at),
        finished_at=moment_if(row.finished_at),
    )
