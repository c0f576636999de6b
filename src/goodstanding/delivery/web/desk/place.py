"""The scope switcher: which of their partners somebody looks at."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.tenancy.roles import May
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.middleware import PLACE


@needs(May.SEE_TICKETS)
@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """Remember the chosen partner; what it gives access to is decided afresh with the next request."""
    chosen = request.POST.get("partner", "")
    if chosen.isdecimal():
        request.session[PLACE] = int(chosen)
    return redirect("start")
