"""The scope switcher: which of their partners somebody looks at."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from goodstanding.apps.tenancy import queries
from goodstanding.apps.tenancy.roles import May
from goodstanding.apps.unit import NotFound
from goodstanding.delivery.web.frame.guard import needs
from goodstanding.delivery.web.frame.middleware import PLACE


@needs(May.SEE_TICKETS)
@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """Remember the chosen partner; what it gives access to is decided afresh with the next request."""
    asked = request.POST.get("partner", "")
    chosen = next((each.pk for each in queries.places_of_person(request.user.pk) if str(each.pk) == asked), None)
    if chosen is None:
        raise NotFound("there is no such partner")
    request.session[PLACE] = chosen
    return redirect("start")
