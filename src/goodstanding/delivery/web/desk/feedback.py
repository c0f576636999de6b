"""What clients say of the service, and how they are asked."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.feedback import actions, queries
from goodstanding.apps.feedback.queries import Terms
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import Conflict
from goodstanding.core.figures.promoters import promoters
from goodstanding.delivery import words_of_feedback
from goodstanding.delivery.outgoing import missing
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import page
from goodstanding.flows.figure_client import DAYS, rating_of

DELAYS: Final = ((0, "at once"), (60, "after 1 h"), (240, "after 4 h"), (1_440, "after a day"), (4_320, "after 3 days"))
"""Minutes after a resolution, as they can be chosen."""


@needs(May.SEE_BOARD)
def feedback(request: HttpRequest) -> HttpResponse:
    """The figures, the last answers, mails that did not go out, and how clients are asked."""
    home = tenancy.home_partner(request.scope)
    recommended = queries.recommendations(request.scope, now=request.now)
    context = {
        "rating": rating_of(queries.answers(request.scope, since=request.now - timedelta(days=DAYS))),
        "recommend": promoters(recommended.scores),
        "recommend_asked": recommended.asked,
        "answers": queries.latest(request.scope),
        "undelivered": queries.undelivered(request.scope),
        "terms": queries.terms(request.scope, partner=home.pk),
        "missing": missing(),
        "delays": DELAYS,
        "days": DAYS,
        "says": words_of_feedback,
    }
    return page(request, "desk/feedback.html", context, here="feedback")


@needs(May.SET_FEEDBACK)
@require_POST
def set_terms(request: HttpRequest) -> HttpResponse:
    """Say whether clients are asked, when, and from which address."""
    home = tenancy.home_partner(request.scope)
    minutes = request.POST.get("delay", "")
    wanted = Terms(
        partner=home.pk,
        asks_after_tickets="asks_after_tickets" in request.POST,
        delay=timedelta(minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 6 else 60),
        sender=request.POST.get("sender", ""),
        asks_to_recommend="asks_to_recommend" in request.POST,
    )
    try:
        actions.set_terms(request.scope, wanted, now=request.now)
    except Conflict as error:
        messages.error(request, f"Not changed: {error}.")
    else:
        messages.success(request, "Changed. What is resolved from now on counts." if wanted.asks_after_tickets else "Changed.")
    return redirect("feedback")
