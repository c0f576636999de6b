"""The guard at the door of each page: signed in, and allowed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from goodstanding.apps.tenancy.roles import May

View = Callable[..., HttpResponse]


def needs(what: May) -> Callable[[View], View]:
    """Let in only who may do `what`; whoever is not signed in is asked to, and comes back to the same page."""

    def guarded(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            request.scope.demand(what)
            return view(request, *args, **kwargs)

        setattr(answer, "needs", what)  # noqa: B010 - the test that walks all pages reads it, a type checker need not know
        return answer

    return guarded
