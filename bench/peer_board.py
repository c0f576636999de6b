"""The board as a plain Django application has it: model instances in a Django template, behind the same session and scope."""

from pathlib import Path

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import include, path

from goodstanding.apps.desk import queries
from goodstanding.apps.desk.models import Standing
from goodstanding.apps.tenancy import queries as tenancy
from goodstanding.apps.tenancy.roles import May
from goodstanding.core.clocks.clock import moment, second_of
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.render import RAIL

_TEMPLATE = Engine().from_string((Path(__file__).parent / "peer_board.html").read_text(encoding="utf-8"))


@needs(May.SEE_BOARD)
def peer(request: HttpRequest) -> HttpResponse:
    """Fifty open tickets by time to their next deadline, with counts by state, choices of the filters and key figures."""
    now = second_of(request.now)
    open_ones = request.scope.limit(Standing.objects.filter(is_open=True))
    rows = list(open_ones.filter(due_at__isnull=False).select_related("ticket", "client").order_by("due_at", "pk")[:50])
    for row in rows:
        row.left = row.due_at - now
        row.due, row.opened = moment(row.due_at), moment(row.opened_at)
        row.state = "breached" if row.left < 0 else "at_risk" if row.at_risk_at and row.at_risk_at <= now else "on_track"
        row.used = 100 if not row.due_target else max(0, min(100, 100 - 100 * row.left // row.due_target))
    counts = {
        "breached": open_ones.filter(due_at__lt=now).count(),
        "at_risk": open_ones.filter(due_at__gte=now, at_risk_at__lte=now).count(),
        "on_track": open_ones.filter(due_at__gte=now).filter(Q(at_risk_at__gt=now) | Q(at_risk_at=None)).count(),
        "paused": open_ones.filter(due_at=None, paused=True).count(),
        "no_clock": open_ones.filter(due_at=None, paused=False).count(),
    }
    context = {
        "request": request,
        "rail": [each for each in RAIL if each.may in request.scope.may],
        "places": tenancy.places_of_person(request.user.pk),
        "partner": tenancy.partners(request.scope)[0],
        "rows": rows,
        "counts": counts,
        "total": sum(counts.values()),
        "choices": queries.board_choices(request.scope),
        "lately": queries.lately(request.scope, now=request.now),
        "now": request.now,
    }
    return HttpResponse(_TEMPLATE.render(Context(context)))


urlpatterns = [path("peer", peer), path("", include("goodstanding.config.urls"))]
