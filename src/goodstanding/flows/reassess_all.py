"""Judge every ticket of a partner or a client anew, in the worker: after a change of terms that is to reach back."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from goodstanding.apps.runs import actions as runs
from goodstanding.apps.runs.queries import Run
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.tenancy.scope import Scope
from goodstanding.apps.tickets import queries as tickets
from goodstanding.flows.reassess import reassess

NAME: Final = "reassess_all"


def request(scope: Scope, *, partner: int, client: int | None, why: str, now: datetime) -> Run:
    """Ask the worker to judge every ticket anew; `why` names the change it is for: asked again for that, it is the same run."""
    scope.demand(May.SET_TERMS)
    key = f"{partner}:{client or 'all'}:{why}"
    return runs.request(scope, name=NAME, key=key, partner=partner, params={"client": client}, now=now)[0]


def work(run: Run, *, now: datetime, tell: Callable[[int, int | None, str], None]) -> Mapping[str, Any]:
    """Judge the tickets of a run; begun again after a crash, it ends with the same standings."""
    scope = Scope.everything(f"run {run.public_id}")
    pks = tickets.ticket_pks(scope, partner=run.home, client=run.params["client"])
    found = reassess(scope, pks, now=now, progress=lambda done, total: tell(done, total, "Judging tickets"))
    return {"judged": found.judged, "troubled": found.troubled}
