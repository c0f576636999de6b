"""Changes to runs: asked for once, claimed by one worker, kept alive by a lease, and ended."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError
from django.db.models import F, Max, Q

from goodstanding.apps.runs import models, queries
from goodstanding.apps.runs.queries import Run, RunState
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.unit import Conflict, NotFound, together
from goodstanding.core.clocks.clock import second_of

LEASE: Final = timedelta(seconds=30)
"""How long a worker may be silent before its run is given to another."""
ATTEMPTS: Final = 4
_BACK_OFF: Final = timedelta(seconds=5)


class TakenOver(Conflict):
    """Another worker has a run by now, and will end it."""


def request(
    scope: Scope, *, name: str, key: str, partner: int | None, params: Mapping[str, Any], now: datetime, instead: str = ""
) -> tuple[Run, bool]:
    """Ask for a piece of work; return its run, and whether this call is the one that asked.

    The same name and key twice is one run, also when it is over; one that failed is taken up again. With `instead` a new run
    takes the place of those of its name that still wait for the partner, and they end with that sentence as their error.
    Raises `NotFound` when the partner lies outside the scope.
    """
    if scope.partners is not None and partner not in scope.partners:
        raise NotFound("there is no such partner")
    at = second_of(now)
    try:
        with together():
            row = models.Run.objects.create(
                name=name, key=key, partner_id=partner, requested_by_id=scope.person, params=dict(params),
                state=RunState.WAITING, requested_at=at, due_at=at,
            )  # fmt: skip
    except IntegrityError:
        known = models.Run.objects.get(name=name, key=key)
        again = models.Run.objects.filter(pk=known.pk, state=RunState.FAILED).update(
            state=RunState.WAITING, due_at=at, attempts=0, error="", finished_at=None, done=0, total=None, stage=""
        )
        return queries.run(scope, known.public_id), bool(again)
    if instead:
        _take_the_place(row, instead, at)
    return queries.run(scope, row.public_id), True


def _take_the_place(row: models.Run, said: str, at: int) -> None:
    """End what waits beside a run; of several that were asked for at one moment the last one stays, whoever looks first."""
    waiting = models.Run.objects.filter(name=row.name, partner_id=row.partner_id, state=RunState.WAITING)
    last = max(waiting.aggregate(last=Max("pk"))["last"] or 0, row.pk)
    waiting.filter(pk__lt=last).update(state=RunState.FAILED, finished_at=at, error=said)


def claim(pk: int, *, worker: str, now: datetime) -> Run | None:
    """Take a run for a worker; None when another one was quicker."""
    at = second_of(now)
    free = Q(state=RunState.WAITING, due_at__lte=at) | Q(state=RunState.RUNNING, lease_until__lt=at)
    taken = models.Run.objects.filter(free, pk=pk).update(
        state=RunState.RUNNING,
        lease_by=worker,
        lease_until=at + LEASE.seconds,
        started_at=at,
        attempts=F("attempts") + 1,
        error="",
    )
    if taken != 1:
        return None
    row = models.Run.objects.get(pk=pk)
    if row.attempts > ATTEMPTS:
        # Whoever took it up so often never came back: it is the work itself that ends its worker.
        _end(pk, worker, RunState.FAILED, now, error=f"given up: {ATTEMPTS} workers were lost while doing it")
        return None
    return queries.run(Scope.everything("to work on a run"), row.public_id)


def progress(pk: int, *, worker: str, now: datetime, done: int, total: int | None = None, stage: str = "") -> None:
    """Say how far a run is and keep it; raises `TakenOver` when another worker has it by now, so that this one stops."""
    kept = models.Run.objects.filter(pk=pk, state=RunState.RUNNING, lease_by=worker).update(
        done=done, total=total, stage=stage, lease_until=second_of(now) + LEASE.seconds
    )
    if kept != 1:
        raise TakenOver("another worker has taken this run over")


def finish(pk: int, *, worker: str, now: datetime, result: Mapping[str, Any]) -> None:
    """End a run with its result."""
    _end(pk, worker, RunState.DONE, now, result=dict(result), error="")


def fail(pk: int, *, worker: str, now: datetime, error: str, again: bool) -> None:
    """End a run with an error; with `again` it is tried some more times, each after a longer wait."""
    row = models.Run.objects.get(pk=pk)
    if again and row.attempts < ATTEMPTS:
        models.Run.objects.filter(pk=pk, lease_by=worker, state=RunState.RUNNING).update(
            state=RunState.WAITING,
            due_at=second_of(now) + _BACK_OFF.seconds * 2**row.attempts,
            error=error,
            lease_until=None,
            lease_by="",
        )
        return
    _end(pk, worker, RunState.FAILED, now, error=error)


def retry(scope: Scope, run: Run, *, now: datetime) -> None:
    """Take a failed run up again; raises `Conflict` when it has not failed."""
    known = queries.run(scope, run.public_id)
    again = models.Run.objects.filter(pk=known.pk, state=RunState.FAILED).update(
        state=RunState.WAITING, due_at=second_of(now), attempts=0, error="", finished_at=None, done=0, total=None, stage=""
    )
    if not again:
        raise Conflict("only a run that failed can be tried again")


def _end(pk: int, worker: str, state: RunState, now: datetime, **fields: Any) -> None:
    models.Run.objects.filter(pk=pk, lease_by=worker, state=RunState.RUNNING).update(
        state=state, finished_at=second_of(now), lease_until=None, lease_by="", **fields
    )
