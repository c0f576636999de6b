"""The guard at the door of each page: signed in, and allowed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect

from goodstanding.apps.tenancy.roles import May
from goodstanding.delivery.web.frame.failures import unreadable

View = Callable[..., HttpResponse]


def needs(what: May) -> Callable[[View], View]:
    """Let in only who may do `what`; whoever is not signed in is asked to, and comes back to the same page."""

    def guarded(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                entrance = redirect_to_login(request.get_full_path())
                # Followed by htmx itself, the entrance would be put into the middle of the page that asked.
                return HttpResponseClientRedirect(entrance.url) if request.htmx else entrance
            request.scope.demand(what)
            if any("\0" in value for asked in (request.GET, request.POST) for _, values in asked.lists() for value in values):
                # No page of ours sends it, and PostgreSQL keeps no text with it.
                return unreadable(request)
            return view(request, *args, **kwargs)

        setattr(answer, "needs", what)  # noqa: B010 - the test that walks all pages reads it, a type checker need not know
        return answer

    return guarded
