"""Do the long work that is waiting: claim a run, do what it asks for, keep its result or its error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from goodstanding.apps.runs import actions, queries
from goodstanding.apps.runs.queries import Run
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.flows import import_tickets, reassess_all, rehearse_plan

Job = Callable[..., Mapping[str, Any]]

JOBS: Final[Mapping[str, Job]] = {
    import_tickets.NAME: import_tickets.work,
    reassess_all.NAME: reassess_all.work,
    rehearse_plan.NAME: rehearse_plan.work,
}
LAST: Final = (rehearse_plan.NAME,)
"""What no clock waits for: it is done when nothing else is, so that it holds up nobody's plans and imports."""


@dataclass(frozen=True, slots=True)
class Done:
    """A run that was worked on, with the error that ended it, if one did."""

    run: Run
    error: Exception | None = None


def work(*, worker: str, clock: Callable[[], datetime], jobs: Mapping[str, Job] = JOBS) -> Done | None:
    """Do the run that has been due longest, those of `LAST` after all others; None when there is none, or others were quicker.

    `clock` is read by the door: a run takes longer than the moment it was begun in. An input that cannot be used ends the
    run at once; anything else, also a conflict that the job met, is tried some more times, since it may pass. `jobs` says
    what does a run by its name.
    """
    for pk in queries.due(clock(), last=LAST):
        run = actions.claim(pk, worker=worker, now=clock())
        if run is not None:
            return _do(run, worker, clock, jobs)
    return None


def work_on(run: Run, *, worker: str, clock: Callable[[], datetime], also_tell: Callable[[int, int | None, str], None]) -> Run:
    """Do one run here and now, telling its progress to the caller too, and return how it ended.

    A run that is over, or that a worker has already, is returned as it is.
    """
    claimed = actions.claim(run.pk, worker=worker, now=clock())
    if claimed is not None:
        _do(claimed, worker, clock, JOBS, also_tell)
    return queries.run(Scope.everything("typed by the operator"), run.public_id)


def _do(
    run: Run,
    worker: str,
    clock: Callable[[], datetime],
    jobs: Mapping[str, Job],
    also_tell: Callable[[int, int | None, str], None] | None = None,
) -> Done:
    def tell(done: int, total: int | None, stage: str) -> None:
        actions.progress(run.pk, worker=worker, now=clock(), done=done, total=total, stage=stage)
        if also_tell is not None:
            also_tell(done, total, stage)

    try:
        result = jobs[run.name](run, now=clock(), tell=tell)
    except actions.TakenOver as error:
        # It is the other worker's to end.
        return Done(run, error)
    except Exception as error:
        # Whatever it is, it belongs on the run's page and must not end the worker.
        actions.fail(run.pk, worker=worker, now=clock(), error=_said(error), again=not _is_final(error))
        return Done(run, error)
    actions.finish(run.pk, worker=worker, now=clock(), result=result)
    return Done(run)


def _is_final(error: Exception) -> bool:
    return isinstance(error, import_tickets.FINAL)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2_000]
