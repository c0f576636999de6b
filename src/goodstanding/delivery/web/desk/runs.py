"""Runs: the long work that is waiting, being done, done or failed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.runs import actions, queries
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict
from goodstanding.delivery import words_of_files
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page, part

NAMES = {"import_tickets": "Import of tickets", "reassess_all": "Judging tickets anew", "rehearse_plan": "Rehearsal of a plan"}
SHAPES = {"waiting": "waiting", "running": "working", "done": "done", "failed": "failed"}
STATES = {"waiting": "Waiting", "running": "Working", "done": "Done", "failed": "Failed"}


@needs(May.SEE_RUNS)
def runs(request: HttpRequest) -> HttpResponse:
    """The newest runs."""
    context = {"runs": queries.runs(request.scope), "names": NAMES, "shapes": SHAPES, "states": STATES}
    if request.htmx:
        return part(request, "desk/runs.html", "live", context)
    return page(request, "desk/runs.html", context, here="runs")


@needs(May.SEE_RUNS)
def run(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One run, with its progress while it lasts and its result when it is over."""
    found = queries.run(request.scope, public_id)
    context = {"run": found, "names": NAMES, "shapes": SHAPES, "states": STATES, "said": words_of_files}
    if request.htmx:
        return part(request, "desk/run.html", "live", context)
    return page(request, "desk/run.html", context, here="runs")


@needs(May.IMPORT)
@require_POST
def retry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a failed run up again."""
    try:
        actions.retry(request.scope, queries.run(request.scope, public_id), now=request.now)
    except Conflict as error:
        messages.error(request, f"{error}.")
    return redirect("run", public_id)
